"""The mail to the operator: what has gone wrong since the last one, what still stands, and what is over.

A matter is told once, again after seven days while it stands, and once when it is over.  There is one mail an hour at
most, but what keeps an edition from going out is told at once.  The mail takes the way of all mails to the server but
is in no outbox: where the server is the trouble, the matter stays untold, and is told once the server takes mail again,
also where it is over by then.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import make_msgid
from html import escape
from zoneinfo import ZoneInfo

from digest.app.call import Call
from digest.app.issues.issuing import domain_of, write_mail
from digest.app.mail.posting import name_rest, server_of
from digest.app.operation import lonely
from digest.app.operation.matters import GRAVE, Matter, operator_words, remedy_of
from digest.config import MailSettings
from digest.deliver import Server, dot_stuffed, open_connection
from digest.deliver.server import fetch_token
from digest.deliver.signing import read_dkim
from digest.errors import DigestError, MailError, StoreError
from digest.model import InterfaceLanguage, Letter, Recipient
from digest.schedule.moments import shown
from digest.store import Alert, Store

AGAIN = timedelta(days=7)
APART = timedelta(hours=1)
MAILED = "mailed the operator: "
"""How the record of a run says so: the next ones look for it."""

CONNECTING, COMMAND, DOT = 10, 20, 60
"""Seconds.  The run is over, and another one may be waiting for its lock."""

Parts = list[tuple[str, list[list[str]]]]
"""The headings of a mail, and the lines of each matter under them."""


def tell_operator(call: Call, store: Store, seen: Mapping[str, str], since: Mapping[str, datetime]) -> str:
    """Keep what is wrong now (matter -> words), mail the operator what he has to know of it, and return who was mailed.

    Nothing is returned where there was nothing to tell, nobody to tell it to, or the last mail is too young.
    `since` is when matters began, where that was earlier.

    Raises:
        DigestError: the mail could not be sent; it is tried again by the next run.
    """
    now = call.clock()
    operators = call.settings.monitoring.operator
    over = [alert for alert in store.alerts() if alert.matter not in seen and _is_worth(alert) and operators]
    alone = lonely.read(call) if operators else None
    if alone and alone.matter not in seen:
        over.append(alone)
    kept = {alert.matter: alert.words for alert in over if alert is not alone}
    store.renew_alerts(kept | dict(seen), now, since)
    standing = [alert for alert in store.alerts() if alert.matter in seen]
    fresh = [alert for alert in standing if alert.told_at is None or now - alert.told_at >= AGAIN]
    urgent = any(map(_is_grave, fresh)) or any(alert.told_at is None for alert in over)
    if not operators or not (fresh or over) or not (urgent or _is_quiet(store, now)):
        return ""
    letter = write_alert(call, fresh, [alert for alert in standing if alert not in fresh], over)
    _send(call, store, letter, operators)
    store.mark_told([alert.matter for alert in fresh], now)
    store.renew_alerts(seen, now, since)
    lonely.clear(call)
    return ", ".join(operator.address for operator in operators)


def _is_grave(alert: Alert) -> bool:
    return alert.matter.partition(" ")[0] in GRAVE


def _is_worth(alert: Alert) -> bool:
    """Whether the end of a matter is told: of one that the operator knows, or that kept an edition from going out."""
    return alert.told_at is not None or _is_grave(alert)


def tell_without_store(call: Call, error: StoreError) -> str:
    """Mail the operator that the database cannot be used, once in seven days, and return who was mailed.

    A small file beside the database remembers it.  Where not even that can be written (the disk is full) nothing is
    mailed, or it would be with every run: then the heartbeat that does not come tells it.

    Raises:
        DigestError, OSError: it could not be told.
    """
    now, operators = call.clock(), call.settings.monitoring.operator
    told = lonely.read(call)
    if not operators or (told and told.told_at and timedelta() <= now - told.told_at < AGAIN):
        return ""
    matter = Matter("database", values={"why": error.message})
    alert = Alert(
        matter.key, matter.words(language_of(call)), told.since if told else now, told.told_at if told else None
    )
    lonely.write(call, replace(alert, told_at=now))
    mail = call.settings.require_mail()
    try:
        hand_over(call, _patient(server_of(mail, call.environ)), mail, write_alert(call, [alert], [], []), operators)
    except DigestError:
        lonely.clear(call)  # untold: the next run tries again
        raise
    return ", ".join(operator.address for operator in operators)


def _is_quiet(store: Store, now: datetime) -> bool:
    """Whether no run of the last hour mailed the operator."""
    young = (run for run in store.runs(100) if timedelta() <= now - run.started_at < APART)
    return not any(line.startswith(MAILED) for run in young for line in run.told)


def write_alert(call: Call, fresh: Sequence[Alert], standing: Sequence[Alert], over: Sequence[Alert]) -> Letter:
    """Return the mail, in the language of the first edition; `fresh` is what it is written for."""
    language, zone = language_of(call), ZoneInfo(call.settings.timezone)
    words = operator_words(language)
    first_told = [alert for alert in fresh if alert.told_at is None]
    told_before = [*(alert for alert in fresh if alert.told_at), *standing]
    parts: Parts = [
        (words["new"], [_lines(alert, language, zone) for alert in first_told]),
        (words["standing"], [_lines(alert, language, zone) for alert in told_before]),
        (words["ended"], [_over(alert, language, zone, call.clock()) for alert in over]),
    ]
    count = len(first_told) + len(told_before)
    leading = next(iter((*first_told, *told_before, *over)))
    subject = words["subject" if count else "subject_ended"] % {"count": count, "first": leading.words}
    head = words["intro"] % {"place": platform.node() or "?"}
    parts = [part for part in parts if part[1]]
    return Letter(subject, _page(head, parts, words["foot"], language), _plain(head, parts, words["foot"]))


def language_of(call: Call) -> InterfaceLanguage:
    """Return the language the operator is written to: that of the first edition."""
    return next((edition.language for edition in call.settings.editions()), "zh-Hans")


def _lines(alert: Alert, language: InterfaceLanguage, zone: ZoneInfo) -> list[str]:
    """What is wrong, since when, and what to do."""
    words = operator_words(language)
    since = words["since"] % {"since": shown(alert.since, zone)}
    return [
        words["told"] % {"words": alert.words, "since": since},
        words["remedy"] % {"remedy": remedy_of(alert.matter, language)},
    ]


def _over(alert: Alert, language: InterfaceLanguage, zone: ZoneInfo, now: datetime) -> list[str]:
    """What was wrong, since when, and by when that was over."""
    words = operator_words(language)
    told = words["until"] % {"since": shown(alert.since, zone), "until": shown(now, zone)}
    return [words["told"] % {"words": alert.words, "since": told}]


def _plain(head: str, told: Parts, foot: str) -> str:
    blocks = [head]
    for title, alerts in told:
        blocks.append("\n".join([f"== {title} ==", *("- " + "\n  ".join(lines) for lines in alerts)]))
    return "\n\n".join([*blocks, foot]) + "\n"


def _page(head: str, told: Parts, foot: str, language: InterfaceLanguage) -> str:
    blocks = [f"<p>{escape(head)}</p>"]
    for title, alerts in told:
        entries = "".join(f"<li>{'<br>'.join(map(escape, lines))}</li>\n" for lines in alerts)
        blocks.append(f'<h2 style="font-size:16px">{escape(title)}</h2>\n<ul>\n{entries}</ul>')
    blocks.append(f"<p>{escape(foot)}</p>")
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>digest</title></head>\n'
        '<body style="font-family:sans-serif;line-height:1.6">\n' + "\n".join(blocks) + "\n</body></html>\n"
    )


def _send(call: Call, store: Store, letter: Letter, operators: Sequence[Recipient]) -> None:
    """Hand the mail over to each operator, unless the server is left alone.

    Raises:
        DigestError: nobody could be mailed.
    """
    mail = call.settings.require_mail()
    server = server_of(mail, call.environ)
    rest = store.find_rest(name_rest(server, mail, call.origin))
    if rest is not None and call.clock() < rest.until:
        raise MailError(f"{server.address} is left alone until {call.show(rest.until)}: {rest.why}")
    hand_over(call, _patient(server), mail, letter, operators)


def _patient(server: Server) -> Server:
    """The server, with little patience for it."""
    return replace(fetch_token(server), timeout=CONNECTING, command_timeout=COMMAND, dot_timeout=DOT)


def hand_over(call: Call, server: Server, mail: MailSettings, letter: Letter, operators: Sequence[Recipient]) -> None:
    """Mail a letter to each of them over one connection.

    Raises:
        DigestError: nobody could be mailed.
    """
    dkim = read_dkim(mail.dkim) if mail.dkim else None
    date = call.clock().astimezone(ZoneInfo(call.settings.timezone))
    refused: list[str] = []
    with open_connection(server) as connection:
        for operator in operators:
            identity = make_msgid("alert", domain=domain_of(mail))
            header, body = write_mail(mail, dkim, letter, operator, "alerts", language_of(call), identity, date, ())
            reply = connection.offer(mail.sender.address, operator.address, dot_stuffed(header + body))
            reply = reply or connection.finish()
            if reply.stage != "dot" or reply.code // 100 != 2:
                refused.append(f"{operator.address}: {reply.code or ''} {reply.text}")
                connection.reset()
    if len(refused) == len(operators):
        raise MailError(f"the operator could not be mailed: {'; '.join(refused)}", "digest test-mail tries the server")
    for line in refused:
        call.announce(f"the operator could not be mailed: {line}")
