"""What a mail in the mailbox of the answers is: one that came back, an answering machine's, a wish to leave, a letter.

    bytes -> read_returned -> Returned -> (digest.app.mail.bounces decides)

Nothing here knows what was mailed; everything here may be forged.  Called in a `digest.guard.Guard`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from hashlib import sha256
from itertools import islice
from typing import Literal

from digest.deliver.mimetext import ADDRESS, addresses_of, header_of, message_ids_in, parse_mail, texts_of
from digest.deliver.tokens import find_request, is_request
from digest.deliver.verdicts import Verdict, bounce_table, find_code, judge_reason

LONGEST_TEXT = 60_000
LONGEST_TOLD = 200
MOST_REPORTS = 200
LONGEST_LINE = 200
FIRST_LINES = 3
"""A wish to leave stands in the subject or in so many first lines: further down it may be our own words, quoted."""

_IDS = re.compile(r"<[^<>\s]{1,250}>")
_TRACE = re.compile(
    rb"^(?:received|return-path|delivered-to|status|x-status|x-keywords|x-uid)[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTING = re.compile(
    r"^\W*(发件人|寄件者|寄件人|from|发送时间|寄件日期)\s*[:：]"
    r"|原始邮件|原始郵件|原邮件|original message|forwarded message"
    r"|(写道|寫道|wrote)\s*[:：]?\s*$|^[-_=—]{3,}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail that came back says of one address; `code` is 5.1.1, 550 or empty, `told` the server's words."""

    address: str
    kind: Verdict
    code: str
    told: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A mail as read.  `mark` is the same whenever it is read; `unreadable` is for the caller whom it broke.

    `reports` are those of a `bounce`, none where it cannot be understood.  `held` are the Message-IDs of the mails it
    holds, `answers` those it answers.  `request` is an edition and a token to leave it by: `exact` where it stands by
    itself, not in a forwarded subject or a sentence, `bare` where the mail says nothing else.  `leaves` says that a
    person wants no more, in words, `unclear` that he may; `forged` that the mailbox's own server does not believe the
    sender's name.
    """

    mark: str
    kind: Literal["bounce", "complaint", "automatic", "letter", "unreadable"]
    sender: str
    subject: str
    told: str
    reports: tuple[Report, ...] = ()
    held: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    request: tuple[str, str] | None = None
    exact: bool = False
    bare: bool = False
    leaves: bool = False
    unclear: bool = False
    forged: bool = False


def mark_of(data: bytes) -> str:
    """Return what tells a message from every other: a hash of it, without what servers write on it on its way."""
    head, gap, body = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    return sha256(_TRACE.sub(b"", head + b"\n") + gap + body).hexdigest()[:24]


def read_returned(data: bytes) -> Returned:
    """Return what the mail says, and nothing that it quotes of ours is taken for its own words."""
    message = parse_mail(data)
    sender = next((address for address in addresses_of(message, "From") if ADDRESS.fullmatch(address)), "")
    subject = header_of(message, "Subject")
    text = "\n".join(texts_of(message))[:LONGEST_TEXT]
    own = _own_lines(text)
    kind = _find_kind(message, sender, subject)
    told = next(iter(own), "")[:LONGEST_TOLD]
    returned = Returned(mark_of(data), kind, sender, subject[:LONGEST_TOLD], told, answers=_answered(message))
    if kind == "bounce":
        reports = tuple(islice(_find_reports(message, text), MOST_REPORTS))
        # a notice of success or of relaying, which nobody asked for
        fine = not reports and any(block.get("Action") for block in _status_blocks(message))
        return replace(returned, kind="automatic" if fine else "bounce", reports=reports, held=_held(message))
    if kind == "complaint":
        return replace(returned, held=_held(message))
    return replace(_read_wish(returned, message, own), forged=_is_forged(message))


def _is_forged(message: Message) -> bool:
    """Whether our own server, whose header is the first (RFC 8601), says that the sender's name is not proved."""
    verdict = header_of(message, "Authentication-Results").casefold()
    return "dmarc=fail" in verdict or ("spf=fail" in verdict and "dkim=pass" not in verdict)


def _find_kind(message: Message, sender: str, subject: str) -> Literal["bounce", "complaint", "automatic", "letter"]:
    kinds = {part.get_content_type() for part in message.walk()}
    if "message/feedback-report" in kinds:
        return "complaint"
    table = bounce_table()
    if "message/delivery-status" in kinds or message.get("X-Failed-Recipients"):
        return "bounce"
    automatic = header_of(message, "Auto-Submitted").casefold()
    if table["sender"].search(sender):
        return "bounce"
    if table["automatic"].search(subject):
        return "automatic"
    if table["subject"].search(subject) and (automatic.startswith("auto") or _is_null_path(message)):
        return "bounce"
    precedence = header_of(message, "Precedence").casefold()
    if automatic.startswith("auto") or precedence == "auto_reply" or message.get("X-Autoreply"):
        return "automatic"
    return "letter"


def _is_null_path(message: Message) -> bool:
    return header_of(message, "Return-Path").replace(" ", "") == "<>"


def _answered(message: Message) -> tuple[str, ...]:
    found = _IDS.findall(header_of(message, "In-Reply-To")) + _IDS.findall(header_of(message, "References"))
    return tuple(dict.fromkeys(found))


def _held(message: Message) -> tuple[str, ...]:
    """The Message-IDs of what came back; the envelope's own name (ENVID, RFC 3461) is one where we gave it."""
    named = [_plain(block.get("Original-Envelope-Id")) for block in _status_blocks(message)]
    return tuple(dict.fromkeys([*message_ids_in(message), *(f"<{name.strip('<>')}>" for name in named if name)]))


# ------------------------------------------------------------------------------------------------- wishes to leave


def _read_wish(returned: Returned, message: Message, own: list[str]) -> Returned:
    """What it says about leaving: by a token, in words, or so that nobody can be sure."""
    table = bounce_table()
    if found := _find_request(message, returned.subject):
        request, exact = found
        # a program that leaves for its owner (List-Unsubscribe) calls itself generated; an answering machine quotes
        generated = header_of(message, "Auto-Submitted").casefold().startswith("auto-generated")
        exact = exact and (returned.kind == "letter" or (generated and not table["automatic"].search(returned.subject)))
        bare = all(table["filler"].search(line) for line in own)
        return replace(returned, request=request, exact=exact, bare=bare)
    if returned.kind != "letter":
        return returned
    if line := next((line for line in own[:FIRST_LINES] if is_request(line)), ""):
        return replace(returned, request=find_request(line), exact=True)
    first = next((line for line in own if table["leave"].search(line) or not table["filler"].search(line)), "")
    wished = bool(table["leave"].search(returned.subject))
    leaves = bool(table["leave"].search(first)) or (wished and not first)
    lines = (returned.subject, *own[:1])
    unclear = not leaves and (wished or any(table["unclear"].search(line) for line in lines))
    return replace(returned, leaves=leaves, unclear=unclear)


def _find_request(message: Message, subject: str) -> tuple[tuple[str, str], bool] | None:
    """The edition and token to leave by, in the address it was sent to or in the subject; and whether by itself."""
    for name in ("To", "Delivered-To", "X-Original-To", "Envelope-To"):
        for address in addresses_of(message, name):
            plus = address.partition("@")[0].partition("+")[2]
            if found := find_request(plus.replace(".", " ").replace("=", " ")):
                return found, True
    found = find_request(subject)
    return (found, is_request(subject)) if found else None


def _own_lines(text: str) -> list[str]:
    """The lines that the sender wrote: what is above anything quoted."""
    own = []
    for line in (" ".join(raw.split()) for raw in text.splitlines()):
        if line == "--" or _QUOTING.search(line):
            break
        if line and not line.startswith(">"):
            own.append(line[:LONGEST_LINE])
    return own


# ------------------------------------------------------------------------------------------------- what came back


def _find_reports(message: Message, text: str) -> Iterator[Report]:
    """What it says of each address: by RFC 3464, by a header, by flufl.bounce where it is there, by our table."""
    reports = list(_status_reports(message))
    if reports or any(_status_blocks(message)):
        yield from reports
        return
    reason = _find_reason(text)
    addresses = addresses_of(message, "X-Failed-Recipients") or _ask_flufl(message) or _find_addresses(text)
    for address in dict.fromkeys(addresses):
        yield Report(address, judge_reason(reason), find_code(reason), reason[:LONGEST_TOLD])


def _status_blocks(message: Message) -> list[Message]:
    """The groups of fields of every message/delivery-status: the first is of the mail, the others of recipients."""
    blocks = []
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            inner = part.get_payload()
            blocks += [block for block in inner if isinstance(block, Message)] if isinstance(inner, list) else []
    return blocks


def _status_reports(message: Message) -> Iterator[Report]:
    for block in _status_blocks(message):
        action = _plain(block.get("Action")).casefold()
        address = _plain(block.get("Original-Recipient")) or _plain(block.get("Final-Recipient"))
        if action not in ("failed", "delayed") or not address:
            continue
        told = _plain(block.get("Diagnostic-Code"))
        status = _plain(block.get("Status"))
        code = find_code(told) if "." in find_code(told) else status or find_code(told)
        kind: Verdict = "soft" if action == "delayed" else judge_reason(told, "" if "." in find_code(told) else status)
        yield Report(_bare(address), kind, code, (told or action)[:LONGEST_TOLD])


def _plain(value: object) -> str:
    """A field's value on one line, without the type before its semicolon."""
    text = " ".join(str(value or "").split())
    return re.sub(r"^(rfc822|utf-8|smtp|x-[a-z0-9-]+)\s*;\s*", "", text, flags=re.IGNORECASE)


def _bare(address: str) -> str:
    found = ADDRESS.search(address)
    return (found[0] if found else address.strip("<> ")).casefold()


def _ask_flufl(message: Message) -> tuple[str, ...]:
    try:
        from flufl.bounce import scan_message
    except ImportError:
        return ()
    found = (address.decode("ascii", "replace") for address in scan_message(message))
    return tuple(sorted(_bare(address) for address in found))


def _find_addresses(text: str) -> tuple[str, ...]:
    """The addresses that follow a label of the table, those of the first label that has any."""
    for label in bounce_table()["address"]:
        pattern = re.compile(rf"(?:{label.pattern})[\s:：|<（(\[]{{0,12}}({ADDRESS.pattern})", re.IGNORECASE)
        found = tuple(dict.fromkeys(match[1].casefold() for match in pattern.finditer(text)))
        if found:
            return found
    return ()


def _find_reason(text: str) -> str:
    """The words after the first label of the table that the text has, to the end of the line or two; else the text."""
    for label in bounce_table()["reason"]:
        pattern = re.compile(rf"(?:{label.pattern})[\s:：|]*([^\n]+(?:\n[^\n]+)?)", re.IGNORECASE)
        if found := pattern.search(text):
            return " ".join(bounce_table()["advice"].split(found[1])[0].split())
    return " ".join(text.split())[:1000]
