"""What is remembered between two runs, in one SQLite file: articles, ledger, issues, outbox, sources.

SQLAlchemy's only door.  See `Store` for what can be asked, `records` for what comes back.
"""

from digest.store.copying import copy_for_dry_run, empty_store
from digest.store.database import Store, open_store
from digest.store.lock import run_lock
from digest.store.records import (
    Change,
    Envelope,
    FrozenIssue,
    IssueState,
    LedgerRow,
    LedgerState,
    OutboxRow,
    Placement,
    SourceHealth,
    SourceReading,
    Version,
    Visit,
)

__all__ = [
    "Change",
    "Envelope",
    "FrozenIssue",
    "IssueState",
    "LedgerRow",
    "LedgerState",
    "OutboxRow",
    "Placement",
    "SourceHealth",
    "SourceReading",
    "Store",
    "Version",
    "Visit",
    "copy_for_dry_run",
    "empty_store",
    "open_store",
    "run_lock",
]
