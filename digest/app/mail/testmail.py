"""digest test-mail: one small mail over exactly the way that the daily one takes, each step said as it is done."""

from __future__ import annotations

from dataclasses import replace
from email.utils import make_msgid
from html import escape
from zoneinfo import ZoneInfo

from digest.app.call import Call
from digest.app.issues.issuing import domain_of, write_mail
from digest.app.mail.posting import name_rest, server_of
from digest.app.slots import last_slot
from digest.app.state import has_database, open_state, place_of
from digest.app.timetable import timetable_of
from digest.config import MailSettings
from digest.config.passwords import locate_password
from digest.deliver import Refused, Reply, Server, dot_stuffed, judge, open_connection
from digest.deliver.server import fetch_token
from digest.deliver.signing import read_dkim
from digest.errors import BusyError, DigestError, MailError
from digest.model import Edition, Letter, Recipient
from digest.schedule.due import due_slot
from digest.store import copy_for_dry_run

PATIENCE = 10
"""Seconds.  Whoever sits in front of the screen waits less long than `digest run`."""

_LINES = (
    "这是 digest 的测试邮件。读到它，说明发信设置是通的。",
    "This is a test mail of digest. That you read it means that sending works.",
    "{title}：{due} 这一期，到点后第一次运行 digest run 时发出。想先看样子，运行 digest preview。",
    "{title}: the issue of {due} goes out with the first digest run from then on. See it with digest preview.",
    "发件人 {sender}，服务器 {server}。",
    "From {sender}, through {server}.",
)


def send_trial(call: Call, edition: Edition, to: Recipient | None = None) -> str:
    """Send a test mail to `to`, or else to the mailbox that mails are sent from, and return what the server answered.

    Each step is announced.  The ledger stays as it is; where the server was being left alone, that is over.

    Raises:
        ConfigError: there are no mail settings, or the password is not where they say.
        MailError: the server refused, with what to try.
    """
    mail = call.settings.require_mail()
    server = replace(fetch_token(server_of(mail, call.environ)), timeout=PATIENCE, command_timeout=60, dot_timeout=120)
    if mail.user:
        call.announce(f"the login of {mail.user} comes from {locate_password(mail, call.environ)}")
    recipient = to or own_mailbox(mail)
    header, body = write_trial(call, mail, edition, recipient)
    with open_connection(server, call.announce) as connection:
        call.announce(f"handing over a mail from {mail.sender.address} to {recipient.address}")
        reply = (
            connection.offer(mail.sender.address, recipient.address, dot_stuffed(header + body)) or connection.finish()
        )
    if reply.stage != "dot" or reply.code // 100 != 2:
        raise _explain_refusal(reply, server, mail)
    _end_rest(call, mail, server)
    return f"{reply.code} {reply.text}"


def own_mailbox(mail: MailSettings) -> Recipient:
    """Return the mailbox that mails are sent from: the login where that is an address, else the sender."""
    return Recipient(mail.user if "@" in mail.user else mail.sender.address)


def write_trial(call: Call, mail: MailSettings, edition: Edition, recipient: Recipient) -> tuple[bytes, bytes]:
    """Return header and body of the test mail, built and signed as the daily one is.

    Raises:
        ConfigError: the DKIM key cannot be used.
    """
    letter = _write_letter(call, mail, edition)
    date = call.clock().astimezone(ZoneInfo(edition.timezone))
    identity, ways = make_msgid("test", domain=domain_of(mail)), (f"mailto:{mail.sender.address}?subject=unsubscribe",)
    dkim = read_dkim(mail.dkim) if mail.dkim else None
    return write_mail(mail, dkim, letter, recipient, edition.name, edition.language, identity, date, ways)


def _write_letter(call: Call, mail: MailSettings, edition: Edition) -> Letter:
    now = call.clock()
    with copy_for_dry_run(place_of(call.settings)) as store:
        timetable = timetable_of(call.settings, edition)
        waiting = due_slot(timetable, now, last_slot(store, edition.name, now))
    due = (waiting or timetable.following(now) or now).astimezone(ZoneInfo(edition.timezone))
    lines = [
        line.format(
            title=edition.title,
            due=f"{due:%Y-%m-%d %H:%M}",
            sender=mail.sender.address,
            server=f"{mail.host}:{mail.port}",
        )
        for line in _LINES
    ]
    paragraphs = "\n".join(f"<p>{escape(line)}</p>" for line in lines)
    page = (
        '<!DOCTYPE html>\n<html lang="zh-Hans"><head><meta charset="utf-8"><title>digest</title></head>\n'
        f'<body style="font-family:sans-serif;line-height:1.6">\n{paragraphs}\n</body></html>\n'
    )
    return Letter(f"测试邮件 test mail: {edition.title}", page, "\n\n".join(lines) + "\n")


def _explain_refusal(reply: Reply, server: Server, mail: MailSettings) -> MailError:
    """Why the server did not take the mail, and what to try."""
    decision = judge(reply.stage, reply.code, reply.text)
    hint = decision.hint
    if not reply.code:
        if decision.state == "unknown":
            hint = "look into the mailbox: it may have been delivered all the same"
        return MailError(f"{server.address}: {reply.text}", hint)
    if reply.stage == "mail" or "from must" in hint:
        hint = f"{hint}; now from is {mail.sender.address} and user is {mail.user or 'not set'}"
    if reply.code in (530, 534, 535):
        hint = f"{hint}; {server.login_help}"
    return Refused(f"{server.address} does not take the mail: {reply.code} {reply.text}", hint, reply.stage, reply.code)


def _end_rest(call: Call, mail: MailSettings, server: Server) -> None:
    """Forget that the server was to be left alone; where that fails, the mail was sent none the less."""
    name = name_rest(server, mail, call.origin)
    try:
        if not has_database(call.settings):
            return
        with open_state(call.settings) as store:
            if store.find_rest(name):
                store.end_rest(name)
                call.announce(f"{server.address} was being left alone after failures: digest run uses it again")
    except BusyError:
        call.announce("another digest is at work, so the server stays left alone if it was")
    except DigestError as error:
        call.announce(str(error))
