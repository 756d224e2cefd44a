"""Hands the frozen mails to a server and writes down what it said.

yagmail's and smtplib's only door.  `deliver_pending` empties the outbox, `check_login` is for `digest doctor`, `judge`
says what a reply means.
"""

from digest.deliver.connection import check_login
from digest.deliver.outbox import deliver_pending
from digest.deliver.replies import Decision, Stage, judge
from digest.deliver.server import Server, check_server

__all__ = ["Decision", "Server", "Stage", "check_login", "check_server", "deliver_pending", "judge"]
