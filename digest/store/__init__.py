"""What is remembered between two runs: articles, the ledger, frozen issues and the outbox, in one SQLite file.

SQLAlchemy's only door.  See `Store` for what can be asked, `records` for what comes back.
"""

from digest.store.copying import copy_for_dry_run, empty_store
from digest.store.database import Store, open_store
from digest.store.lock import run_lock
from digest.store.records import Envelope, FrozenIssue, IssueState, LedgerRow, LedgerState, OutboxRow, Placement

__all__ = [
    "Envelope",
    "FrozenIssue",
    "IssueState",
    "LedgerRow",
    "LedgerState",
    "OutboxRow",
    "Placement",
    "Store",
    "copy_for_dry_run",
    "empty_store",
    "open_store",
    "run_lock",
]
