"""What digest doctor says of the mail: settings, password, the way to the server, signature, outbox, answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from digest.app.doctor.finding import Finding, attempt
from digest.app.mail.posting import name_rest, server_of
from digest.config import MailSettings, Settings
from digest.config.fields import is_loopback
from digest.config.mail import BounceSettings, preset_of
from digest.config.mail_defaults import USUAL_SECURITY
from digest.config.passwords import locate_password
from digest.deliver import Refused, Server, check_login
from digest.deliver.server import fetch_token
from digest.errors import DigestError, MailError
from digest.store import Store

PATIENCE = 10
"""Seconds that a server may take for an answer; whoever runs the doctor waits for it."""


def examine_mail(
    settings: Settings, environ: Mapping[str, str], store: Store, now: datetime, origin: str = ""
) -> Iterator[Finding]:
    """Yield what is found of everything that mail needs; one login is tried, and nothing is sent."""
    mail = settings.mail
    if mail is None:
        yield attempt("mail", lambda: str(settings.require_mail()))
        return
    yield from _settings(mail)
    try:
        server = replace(fetch_token(server_of(mail, environ)), timeout=PATIENCE)
    except DigestError as error:
        yield Finding("mail password", "FAIL", error.message, error.hint)
    else:
        yield from _password(mail, server, environ)
        yield from _server(server)
        yield from _rest(mail, server, store, now, origin)
    yield from _signature(mail)
    yield from _leaving(settings, mail)
    yield from _answers(settings, environ, now)
    yield from _outbox(store)


def _settings(mail: MailSettings) -> Iterator[Finding]:
    """What can be seen without asking anybody."""
    preset, name = preset_of(mail), "mail settings"
    place = f"{mail.host}:{mail.port}, {mail.security}"
    wanted = USUAL_SECURITY.get(mail.port, mail.security)
    asks = bool(preset.host) or bool(preset.host_example and mail.preset)
    wrong = False
    if wanted != mail.security:
        wrong = True
        yield Finding(name, "warn", f"{place}: that port goes with {wanted}", f'write security = "{wanted}"')
    if not mail.user and asks and not is_loopback(mail.host):
        wrong = True
        remedy = f'write user = "{mail.sender.address}"; {preset.login}'
        yield Finding(name, "warn", f"{place}: no user, and {preset.title} takes no mail without a login", remedy)
    if mail.user and preset.from_is_login and mail.user.casefold() != mail.sender.address.casefold():
        wrong = True
        seen = (
            f"from is {mail.sender.address}, but {preset.title} as a rule takes mail only from the login, {mail.user}"
        )
        yield Finding(name, "warn", seen, f'write from = "{mail.sender.name or "每日摘要"} <{mail.user}>"')
    if not wrong:
        yield Finding(name, "ok", f"{place}, from {mail.sender.address}")


def _password(mail: MailSettings, server: Server, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Where the password is; and whether it can be one, where the provider makes them all alike."""
    if not mail.user:
        return
    preset, place = preset_of(mail), locate_password(mail, environ)
    if server.password and not preset.fits(server.password):
        seen = f"what {place} holds does not look like a {preset.secret}, {preset.shape_words}"
        yield Finding("mail password", "warn", seen, server.login_help)
    else:
        yield Finding("mail password", "ok", place)


def _server(server: Server) -> Iterator[Finding]:
    """Each step of the way to the server, and where it ends."""
    steps: list[str] = []
    problem: MailError | None = None
    try:
        check_login(server, steps.append)
    except MailError as error:
        problem = error
    names = ("mail server", "mail login")
    for name, step in zip(names, steps[1:], strict=False):  # the first says only that it begins
        yield Finding(name, "ok", step)
    if problem is not None:
        at_login = len(steps) > 1 or (isinstance(problem, Refused) and problem.stage == "login")
        yield Finding(names[at_login], "FAIL", problem.message, problem.hint)


def _rest(mail: MailSettings, server: Server, store: Store, now: datetime, origin: str) -> Iterator[Finding]:
    rest = store.find_rest(name_rest(server, mail, origin))
    if rest is not None and now < rest.until:
        until = rest.until.astimezone(now.tzinfo)
        seen = f"{server.address} is left alone until {until:%Y-%m-%d %H:%M}: {rest.why}"
        yield Finding(
            "mail rest", "warn", seen, "mend what it says, then digest test-mail: where that works, it is over"
        )


def _signature(mail: MailSettings) -> Iterator[Finding]:
    """Whether the key can sign, and for this sender."""
    if mail.dkim is None:
        return
    from digest.deliver.signing import read_dkim

    domain, sender = mail.dkim.domain, mail.sender.address.rpartition("@")[2]
    try:
        read_dkim(mail.dkim)
    except DigestError as error:
        yield Finding("mail signature", "FAIL", error.message, error.hint)
        return
    if sender != domain and not sender.endswith(f".{domain}"):
        seen = f"it is of {domain}, which says nothing for mail from {sender} (DMARC)"
        yield Finding("mail signature", "warn", seen, f'sign with the domain of the sender: domain = "{sender}"')
    else:
        seen = f"signs for {domain}; its public key must stand in the DNS at {mail.dkim.selector}._domainkey.{domain}"
        yield Finding("mail signature", "ok", seen)


def _leaving(settings: Settings, mail: MailSettings) -> Iterator[Finding]:
    """Whether a reader who wants to leave is heard."""
    preset, bounces = preset_of(mail), settings.bounces
    if mail.one_click and mail.dkim is None and not preset.signs:
        seen = "one_click counts only in signed mail (RFC 8058), and neither digest nor a provider we know signs"
        yield Finding("mail leaving", "warn", seen, "sign: dkim = { domain = …, selector = …, key_file = … } in [mail]")
    if not mail.unsubscribe and not (preset.imap or bounces.host or bounces.maildir):
        seen = f"readers leave by writing to {mail.sender.address}, and digest bounces knows no mailbox to read"
        yield Finding("mail leaving", "warn", seen, 'name it: [bounces] with host = "imap.example.cn" or maildir = "…"')


def _answers(settings: Settings, environ: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    """Whether the mailbox that [bounces] names can be read; one that nobody named is left alone."""
    if settings.bounces == BounceSettings():
        return
    from digest.app.mail.bounces import open_mailbox

    def look() -> str:
        next(iter(open_mailbox(settings, environ, now)), None)
        return f"{settings.bounces.maildir or settings.bounces.folder} can be read"

    yield attempt("bounces", look)


def _outbox(store: Store) -> Iterator[Finding]:
    held = store.count_mails(None, "unknown")
    if held:
        seen = f"{held} held: nobody can know whether they arrived"
        yield Finding("outbox", "warn", seen, "digest outbox list shows them; digest outbox resend, or forget")
    else:
        yield Finding("outbox", "ok", f"nothing is held, {len(store.pending())} to send")
