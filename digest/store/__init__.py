"""What is remembered between two runs, in one SQLite file: articles, ledger, issues, drafts, outbox, sources.

SQLAlchemy's only door.  See `Store` and its `Questions` for what can be asked, `records` for what comes back.
"""

from digest.store.copying import copy_for_dry_run, empty_store
from digest.store.database import Store, open_store
from digest.store.lock import run_lock
from digest.store.records import (
    LEFT,
    BounceKind,
    BounceRow,
    Change,
    Draft,
    DraftState,
    Envelope,
    FrozenIssue,
    IssueRow,
    IssueState,
    ItemRow,
    LedgerRow,
    LedgerState,
    NoticeRow,
    OutboxRow,
    Placement,
    Rest,
    Rhythm,
    SourceHealth,
    SourceReading,
    Suppression,
    SuppressionReason,
    Version,
    Visit,
)
from digest.store.traces import Address, Course, Trace, VisitRow

__all__ = [
    "LEFT",
    "Address",
    "BounceKind",
    "BounceRow",
    "Change",
    "Course",
    "Draft",
    "DraftState",
    "Envelope",
    "FrozenIssue",
    "IssueRow",
    "IssueState",
    "ItemRow",
    "LedgerRow",
    "LedgerState",
    "NoticeRow",
    "OutboxRow",
    "Placement",
    "Rest",
    "Rhythm",
    "SourceHealth",
    "SourceReading",
    "Store",
    "Suppression",
    "SuppressionReason",
    "Trace",
    "Version",
    "Visit",
    "VisitRow",
    "copy_for_dry_run",
    "empty_store",
    "open_store",
    "run_lock",
]
