"""The nouns of the program: frozen values that flow from room to room.

    Document -> Article -> Summary -> Issue -> Letter -> Receipt

Nothing here reads, writes, ranks or renders.  Offsets are counted in Python characters (Unicode code points),
`start` inclusive and `end` exclusive, always into `Article.text`.
"""

from __future__ import annotations

from digest.model.articles import Article, Document, Entry, Listing
from digest.model.facts import Appointment, DocumentCard, Fact, FactKind
from digest.model.issue import Coverage, Issue, Names, SourceReport, Trend
from digest.model.items import (
    Addition,
    Event,
    Highlight,
    Item,
    Passage,
    Picture,
    Reference,
    Revision,
    Section,
    Standing,
    Told,
)
from digest.model.mail import Attachment, LeftOff, Letter, Receipt, State
from digest.model.rules import (
    UNTOLD_TIER,
    Edition,
    Filter,
    Imprint,
    InterfaceLanguage,
    Recipient,
    SectionRule,
    Word,
    WordFile,
    WordGroup,
)
from digest.model.schedule import CatchUp, EmptyDay, Schedule
from digest.model.summary import Sentence, Summary, Verdict, join_printed

__all__ = [
    "UNTOLD_TIER",
    "Addition",
    "Appointment",
    "Article",
    "Attachment",
    "CatchUp",
    "Coverage",
    "Document",
    "DocumentCard",
    "Edition",
    "EmptyDay",
    "Entry",
    "Event",
    "Fact",
    "FactKind",
    "Filter",
    "Highlight",
    "Imprint",
    "InterfaceLanguage",
    "Issue",
    "Item",
    "LeftOff",
    "Letter",
    "Listing",
    "Names",
    "Passage",
    "Picture",
    "Receipt",
    "Recipient",
    "Reference",
    "Revision",
    "Schedule",
    "Section",
    "SectionRule",
    "Sentence",
    "SourceReport",
    "Standing",
    "State",
    "Summary",
    "Told",
    "Trend",
    "Verdict",
    "Word",
    "WordFile",
    "WordGroup",
    "join_printed",
]
