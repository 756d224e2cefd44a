"""Hands the frozen mails to a server and writes down what it said.

yagmail's and smtplib's only door.  `deliver_pending` empties the outbox, `check_login` is for `digest doctor`,
`open_connection` for the one mail of `digest test-mail`; `judge` says what a reply means.
"""

from digest.deliver.connection import Reply, check_login, dot_stuffed, open_connection
from digest.deliver.outbox import AGAIN, Terms, deliver_pending, give_up_overdue, is_due, is_over, waiting_mails
from digest.deliver.pacing import Pace
from digest.deliver.replies import Decision, Stage, judge
from digest.deliver.server import Server, check_server
from digest.deliver.trouble import Refused

__all__ = [
    "AGAIN",
    "Decision",
    "Pace",
    "Refused",
    "Reply",
    "Server",
    "Stage",
    "Terms",
    "check_login",
    "check_server",
    "deliver_pending",
    "dot_stuffed",
    "give_up_overdue",
    "is_due",
    "is_over",
    "judge",
    "open_connection",
    "waiting_mails",
]
