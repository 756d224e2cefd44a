"""What an edition takes at all: its filter and its keyword file, before anything is ranked."""

from __future__ import annotations

from digest.compose.events.vetoes import is_imprint
from digest.compose.sections import Reading
from digest.model import Article, Edition


def why_not_taken(article: Article, edition: Edition) -> str:
    """Return an empty string where the edition takes the article, else the reason, for the ledger.

    A keyword file with groups takes only what one of them takes, or a section of the edition's own.
    """
    if is_imprint(article):
        return "is the imprint of a page"
    reading = Reading(article)
    return _excluded(reading, edition) or _beside_filter(reading, edition) or _beside_groups(reading, edition)


def _excluded(reading: Reading, edition: Edition) -> str:
    word = reading.find_word(edition.filter.exclude)
    found = word or next((word.text for word in edition.keywords.excluded if reading.opens_with(word)), "")
    return f"has the excluded word {found}" if found else ""


def _beside_filter(reading: Reading, edition: Edition) -> str:
    wanted = edition.filter
    asked = [name for name in ("words", "topics", "places") if getattr(wanted, name)]
    if not asked or reading.find_word(wanted.words) or reading.is_of(wanted.topics) or reading.lies_in(wanted.places):
        return ""
    return f"is about none of the {' and '.join(filter(None, (', '.join(asked[:-1]), asked[-1])))} of the edition"


def _beside_groups(reading: Reading, edition: Edition) -> str:
    if not edition.keywords.groups or any(True for _ in reading.titles(edition)):
        return ""
    return "no group of the keyword file fits"
