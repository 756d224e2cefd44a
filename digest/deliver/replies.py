"""What a server's reply means: a table, read from the top, in which the first rule that fits decides.

Sources: RFC 5321 sections 4.2 and 4.3.2, RFC 3463 (the x.y.z codes), RFC 4954 (login), RFC 1047 (the final dot), and
the published bounce texts of NetEase (163/126), Tencent (QQ, Exmail), Google, Microsoft and Amazon.
Code 0 stands for no reply: the connection was lost, or what came was not SMTP.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal
from zlib import crc32

from digest.deliver.verdicts import is_hard
from digest.model import State

Stage = Literal["connect", "login", "mail", "rcpt", "data", "dot"]
ANY: tuple[Stage, ...] = ("connect", "login", "mail", "rcpt", "data", "dot")
EARLY: tuple[Stage, ...] = ("connect", "login")
TALK: tuple[Stage, ...] = ("mail", "rcpt", "data")
SENDING: tuple[Stage, ...] = ("mail", "rcpt", "data", "dot")


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one mail.  `stop_run`: nothing further can be sent, the others stay queued.

    `busy`: the server asks for less; the connection is closed, and a second such reply in a row ends the run.
    `wait`: how long to leave a deferred mail alone, where the server's words tell; else the tries so far decide.
    `rest`: how long at least to leave the server alone after a run that ended so.  `hard`: there is no such address.
    """

    state: State
    stop_run: bool = False
    hint: str = ""
    busy: bool = False
    wait: timedelta | None = None
    rest: timedelta = timedelta(0)
    hard: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """Fits a reply of one of `stages` whose code matches `code` and whose text holds `words` (any case)."""

    stages: tuple[Stage, ...]
    code: str
    words: str
    decision: Decision

    def fits(self, stage: Stage, code: int, text: str) -> bool:
        """Whether this rule speaks of the reply."""
        if stage not in self.stages or not re.fullmatch(self.code, f"{code:03d}"):
            return False
        return re.search(self.words, text, re.IGNORECASE) is not None


HOUR = timedelta(hours=1)
TWO_MINUTES = timedelta(minutes=2)
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60))
"""How long a mail waits after its first try, its second …  Greylisting wants five minutes (Postfix: 300 s) and more."""
RESTS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
"""How long a server is left alone after its first failure in a row, its second …"""

TOO_MANY = (  # the sender has used up a quota; a 5xx, but one that passes
    r"frequency limit|too frequent|\b5\.4\.5\b|daily (user )?(sending|message) (quota|limit)"
    r"|sending (quota|limit)|max(imum)? (sending rate|emails per hour)|\b(MI:(SFQ|STC)|RP:(QRC|TRC|CEL))\b"
)
PER_CONNECTION = r"\b(MI:(DMC|CCL|CEL)|RP:(DRC|CCL)|HL:(ICC|IFC|REP|MEP))\b"
CREDENTIALS = (
    "check user and password; QQ, 163 and 126 want the 授权码 from the mailbox's settings, Gmail an app password, "
    "not the password you log in to the web page with"
)
FROM = "[mail] from must be the address of [mail] user; QQ, 163, 126 and Exmail accept no other"
LATER = "a later run tries again"
TOO_BIG = "the server takes no mail of this size; reduce items or summary chars"
SPAM = "the server takes the content for spam; it is not sent again by itself"
FULL = r"\b5\.2\.2\b|over ?quota|mailbox (is )?full"
DISTRUST = r"\b5\.7\.\d|\b(spam|blocked|black ?list|block ?list|reputation|policy|SPF|DKIM|DMARC)\b"

RULES: tuple[Rule, ...] = (
    # the final dot: the only place where a mail can be sent, or uncertain
    Rule(("dot",), "2..", "", Decision("sent")),
    Rule(
        ("dot",),
        "[^245]..",  # no reply, or one that is not the last word, such as a second 354
        "",
        Decision(
            "unknown",
            hint="it may have been delivered; ask the recipient, then `digest outbox resend` or `forget` it",
            busy=True,
        ),
    ),
    # before the dot nothing was handed over, so a lost connection costs nothing
    Rule(EARLY, "000", "", Decision("queued", stop_run=True, hint=LATER)),
    Rule(TALK, "000", "", Decision("deferred", hint=LATER, busy=True)),
    # greeting
    Rule(("connect",), "4..", "", Decision("queued", stop_run=True, hint="the server is busy; " + LATER)),
    Rule(
        ("connect",),
        "5..",
        "",
        Decision("queued", stop_run=True, hint="the server refuses this computer's address; check host and port"),
    ),
    # login
    Rule(
        ("login",),
        "5..",
        r"5\.7\.30|5\.7\.139|basic auth",
        Decision(
            "queued",
            stop_run=True,
            hint="the provider has switched off passwords for this account (OAuth only)",
            rest=HOUR,
        ),
    ),
    Rule(
        ("login",),
        "5..",
        "no permission",
        Decision("queued", stop_run=True, hint="switch on the SMTP service in the mailbox's settings", rest=HOUR),
    ),
    Rule(
        ("login",),
        "...",
        "too much fail|too many (failed|login|auth)|error limit",
        Decision(
            "queued", stop_run=True, hint="too many failed logins: wait an hour, then correct the password", rest=HOUR
        ),
    ),
    Rule(("login",), "4..", "", Decision("queued", stop_run=True, hint="the server cannot check logins now; " + LATER)),
    Rule(("login",), "...", "", Decision("queued", stop_run=True, hint=CREDENTIALS, rest=HOUR)),
    Rule(SENDING, "53[045]", "", Decision("queued", stop_run=True, hint=CREDENTIALS, rest=HOUR)),
    # quotas of the sender, whatever their code
    Rule(SENDING, "[45]..", TOO_MANY, Decision("deferred", hint="a sending limit is reached", busy=True, wait=HOUR)),
    Rule(SENDING, "[45]..", PER_CONNECTION, Decision("deferred", hint=LATER, busy=True)),
    Rule(SENDING, "421", "", Decision("deferred", hint="the server is busy; " + LATER, busy=True)),
    Rule(SENDING, "4..", r"DT:SPM", Decision("deferred", hint=LATER, wait=TWO_MINUTES)),
    # size: RFC 1870 section 6.1; at RCPT, RFC 5321 section 4.5.3.1.10 asks to take 552 for 452
    Rule(("rcpt",), "552", "", Decision("deferred", hint="the mailbox is full; " + LATER)),
    Rule(("rcpt",), "5..", FULL, Decision("deferred", hint="the mailbox is full; " + LATER)),
    Rule(SENDING, "55[24]", r"\b5\.3\.4\b|size|too (large|big)", Decision("failed", hint=TOO_BIG)),
    # MAIL: the sender
    Rule(("mail",), "4..", "", Decision("deferred", hint=LATER, busy=True)),
    Rule(("mail",), "5..", "", Decision("queued", stop_run=True, hint=FROM, rest=HOUR)),
    # RCPT: this recipient, and no other
    Rule(("rcpt",), "4..", "", Decision("deferred", hint=LATER)),
    Rule(
        ("rcpt",),
        "5..",
        "relay|authentication",
        Decision("failed", hint="the server passes mail on only after a login: set [mail] user"),
    ),
    Rule(("rcpt",), "5..", DISTRUST, Decision("failed", hint="the server takes no mail from you for this address")),
    # not `hard` by itself: a server that refuses everybody for its own reasons would cost every reader in three days
    Rule(("rcpt",), "5..", "", Decision("failed", hint="check the address")),
    # DATA and the dot: this mail
    Rule(("data", "dot"), "4..", "", Decision("deferred", hint=LATER)),
    Rule(
        ("dot",),
        "5..",
        r"DT:SUM|mail from (must|address)|\bfrom\b.{0,20}\b(header|address)",
        Decision("failed", hint=FROM),
    ),
    Rule(("dot",), "5..", "spam|DT:SPM|MI:SPB|blocked|content", Decision("failed", hint=SPAM)),
    Rule(("data", "dot"), "5..", "", Decision("failed", hint="the server refuses this mail")),
)
OTHERWISE = Decision("deferred", hint="the server gave an answer that SMTP does not know; " + LATER, busy=True)


def judge(stage: Stage, code: int, text: str) -> Decision:
    """What the reply `code text` means for a mail that has come to `stage`; code 0 where no reply came."""
    decision = next((rule.decision for rule in RULES if rule.fits(stage, code, text)), OTHERWISE)
    if decision.state == "failed" and stage in ("rcpt", "data", "dot") and is_hard(code, text):
        return replace(decision, hint="check the address", hard=True)
    return decision


def retry_after(decision: Decision, tries: int, message_id: str) -> timedelta:
    """How long a deferred mail waits after so many tries: what the server asked for, and longer each time.

    A sixth at most is added, the same for a mail each time, so that mails put off together do not come back together.
    """
    if decision.wait is not None and tries <= 1:
        return decision.wait
    step = RETRIES[min(tries, len(RETRIES)) - 1]
    return max(decision.wait or step, step * (1 + crc32(message_id.encode()) / 2**32 / 6))


def rest_after(failures: int, least: timedelta) -> timedelta:
    """How long a server is left alone after so many failures in a row, and at least `least`."""
    return max(RESTS[min(failures, len(RESTS)) - 1], least)
