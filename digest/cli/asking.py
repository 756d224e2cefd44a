"""The questions of digest init: each answer is checked at once, and asked for again where it is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from digest.cli.options import announce, printable
from digest.config.filling import Answers
from digest.errors import ConfigError, DigestError, UsageError
from digest.model.schedule import is_cron

if TYPE_CHECKING:
    from digest.config import Settings

Answer = TypeVar("Answer")

PASSWORD_FILE = "smtp-password"  # noqa: S105 -- the name of a file

SHOWN = 3
"""So many titles show what a source is."""


class Interview:
    """What was said so far, by options and by answers; `home` is the folder of the file to be written."""

    def __init__(self, home: Path, environ: Mapping[str, str], *, private: bool = False) -> None:
        self.home = home
        self.environ = environ
        self.private = private
        self.answers = Answers()
        self.password = ""
        self.told: set[str] = set()

    def take(
        self,
        *,
        address: str | None,
        provider: str | None,
        host: str | None,
        port: int,
        password_file: Path | None,
        recipients: tuple[str, ...],
        sources: tuple[str, ...],
        at: str | None,
        days: str | None,
        timezone: str | None,
        title: str | None,
    ) -> None:
        """Take in the options; raises UsageError for one that is wrong."""
        given = {"address": address, "recipients": recipients, "sources": sources, "at": at, "days": days}
        self.told = {name for name, value in given.items() if value}
        if provider and not address:
            raise UsageError("--provider says nothing without --address", "add --address me@qq.com")
        if address:
            self.set_mail(address, "custom" if host and not provider else provider)
            self.set_server(host, port)
            self.answers.mail["password_file"] = str(password_file or PASSWORD_FILE)
        for mailbox in recipients or ((address,) if address else ()):
            self.add_recipients(mailbox)
        for place in sources or (("samples",) if Path("samples").is_dir() else ()):
            self.add_source(place)
        if at or days:
            self.set_time(at or "08:00", days or "daily")
        self.answers.timezone, self.answers.title = timezone or "", title or ""
        try:
            self._settings()
        except ConfigError as error:
            raise UsageError("; ".join(line.partition(": ")[2] for line in error.mistakes), error.hint) from None

    # ---------------------------------------------------------------------------------------------------------- answers

    def set_mail(self, address: str, provider: str | None = None) -> None:
        """Take the mailbox that sends, with the server of its provider; raises UsageError."""
        from digest.config import load_presets, parse_mailbox, suggest
        from digest.config.presets import preset_for

        mailbox = _checked(lambda: parse_mailbox(address), "write me@qq.com")
        preset = load_presets().get(provider.strip().casefold()) if provider else preset_for(mailbox.address)
        if preset is None and provider:
            raise UsageError(f"{provider} is no provider that is known", suggest(provider, list(load_presets())))
        if preset is None:
            raise UsageError(
                f"the provider of {mailbox.address} is not known by its address",
                f"say which: --provider {' | '.join(load_presets())}",
            )
        sender = f"{mailbox.name or '每日摘要'} <{mailbox.address}>"
        known = {"preset": preset.name} if preset.host else {"host": preset.host_example}
        self.answers.mail = known | {"user": preset.user or mailbox.address, "from": sender}

    def set_server(self, host: str | None, port: int, security: str = "") -> None:
        """Take the server of a provider that is not known; raises UsageError where it is not said."""
        if "host" not in self.answers.mail:
            return
        if not host:
            raise UsageError(
                "the mail server is not said", "add --host smtp.example.cn, and --port 587 if it is not 465"
            )
        security = security or ("starttls" if port == 587 else "tls")
        self.answers.mail |= {"host": host.strip(), "port": port, "security": security}
        self._settings()  # says what is wrong with them

    def add_recipients(self, listed: str) -> None:
        """Take addresses, separated by commas; raises UsageError."""
        from digest.config import parse_mailbox

        hint = "write a@example.cn, 王芳 <b@example.cn>"
        parts = [part for part in re.split("[,;，；、]", listed) if part.strip()]
        mailboxes = [_checked(partial(parse_mailbox, part), hint) for part in parts]  # all of them, or none
        written = [f"{mailbox.name} <{mailbox.address}>" if mailbox.name else mailbox.address for mailbox in mailboxes]
        self.answers.recipients[:] = dict.fromkeys([*self.answers.recipients, *written])

    def add_source(self, place: str) -> str:
        """Take a folder of articles or an address of the web, and return what it is; raises DigestError."""
        from digest.app.operation.founding import count_articles, folder_source
        from digest.app.reading.sources import free_name

        if "://" in place:
            table, said = self._look_at(place)
        else:
            folder = Path(place).expanduser()
            table = folder_source(folder, self.home)
            said = f"{count_articles(folder)} files that may be articles"
        table["name"] = free_name(table["name"], {str(known["name"]) for known in self.answers.sources})
        self.answers.sources.append(table)
        return said

    def _look_at(self, url: str) -> tuple[dict[str, Any], str]:
        from digest.app.operation.founding import web_source

        found = web_source(url, self._settings(), self.environ, lambda: datetime.now(UTC), private=self.private)
        titles = [entry.article.title for entry in found.entries[:SHOWN]]
        if found.article is not None:
            return dict(found.table), f"a single page: {found.article.title}"
        return dict(found.table), f"{found.table['kind']}, {len(found.entries)} entries: " + " / ".join(titles)

    def set_time(self, at: str, days: str) -> None:
        """Take when the edition is due; raises UsageError."""
        from digest.config.editions import ScheduleSettings
        from digest.model.schedule import check_days

        kept = _checked(lambda: check_days(days), "write workdays")
        if spoken := re.fullmatch(r"(\d{1,2})\s*(?:[:：点时]\s*(\d{1,2})?\s*分?)?", at.strip()):
            at = f"{spoken[1]:0>2}:{spoken[2] or '':0>2}"  # 8, 8:5, 8点, 8点半 is left to be refused
        _checked(lambda: ScheduleSettings.model_validate({"at": at}), "write 08:00")
        self.answers.at, self.answers.days = at, kept

    def _settings(self) -> Settings:
        """What the answers make so far."""
        from digest.config import read_template
        from digest.config.filling import fill_template
        from digest.config.loading import load_document

        path = self.home / "digest.toml"
        stand_in = {"name": "none-yet", "kind": "folder", "path": "."}
        answers = replace(self.answers, sources=self.answers.sources or [stand_in])
        return load_document(path, {}, replaced={path: fill_template(read_template(), answers)}).settings

    def login(self, password: str, tell: Callable[[str], None]) -> str:
        """Try the password, and return how the server was reached; raises MailError."""
        from digest.app.operation.founding import try_login

        return try_login(self._settings(), password, self.environ, tell)


def ask_everything(interview: Interview) -> None:
    """Ask for all that no option has said."""
    announce("Each answer is checked at once; Enter takes what stands in brackets.")
    announce("Nothing is written before the last one; Ctrl-C ends.")
    if "address" not in interview.told:
        _ask_mail(interview)
    if interview.answers.mail:
        _ask_password(interview)
        if "recipients" not in interview.told:
            _ask_recipients(interview)
    if "sources" not in interview.told:
        _ask_sources(interview)
    if not interview.told & {"at", "days"}:
        _ask_time(interview)


def _ask_mail(interview: Interview) -> None:
    def take(address: str) -> None:
        if not address.strip():
            return
        try:
            interview.set_mail(address)
        except UsageError as error:
            if "provider" not in error.message:
                raise
            _ask_provider(interview, address)

    _until_right("1/4  Mailbox that sends (发件邮箱; empty: none yet)", take)
    if interview.answers.mail:
        interview.answers.mail["password_file"] = PASSWORD_FILE


def _ask_provider(interview: Interview, address: str) -> None:
    from digest.config import load_presets

    for preset in load_presets().values():
        announce(f"       {preset.name:12} {preset.title}")
    _until_right("     Its provider (邮箱服务商)", lambda name: interview.set_mail(address, name or "?"), "custom")
    if "host" in interview.answers.mail:
        _ask_server(interview)


def _ask_server(interview: Interview) -> None:
    prompt = "     SMTP server and port (smtp.example.cn:465; without TLS, on this machine only: 127.0.0.1:25 none)"
    _until_right(prompt, lambda place: interview.set_server(*_read_place(place)))


def _read_place(place: str) -> tuple[str, int, str]:
    """Host, port and security of `smtp.example.cn`, `smtp.example.cn:587` or `127.0.0.1 2525 none`."""
    found = re.fullmatch(r"([^\s:：]+)(?:[:：\s]+(\d{1,5}))?(?:\s+(tls|starttls|none))?", place.strip())
    if found is None:
        raise UsageError("that is no server", "write smtp.example.cn:465; for one on this machine 127.0.0.1:25 none")
    return found[1], int(found[2] or 465), found[3] or ""


def _ask_password(interview: Interview) -> None:
    """Ask for the password until the server takes it, or it is left for later."""
    from digest.config import describe_login

    mail = interview._settings().require_mail()
    if mail.token_command or (interview.home / interview.answers.mail["password_file"]).exists():
        return
    announce(f"     {describe_login(mail)}")
    while True:
        said = click.prompt(
            "     Password or 授权码 (not shown; empty: later)",
            hide_input=True,
            default="",
            show_default=False,
            err=True,
        ).strip()
        if not said:
            announce(f"     later: write it into the file {mail.password_file}, readable by you alone (umask 077)")
            return
        try:
            announce(f"     {interview.login(said, lambda _: None)}")
        except DigestError as error:
            _complain(error)
            again = _ask_again("host" in interview.answers.mail)
            if again == "server":
                _ask_server(interview)
            elif again == "later":
                interview.password = said
                return
        else:
            interview.password = said
            return


def _ask_again(own_server: bool) -> str:
    """What to change after a login that failed: the password, the server where a person named it, or nothing now."""
    if own_server:
        choice = click.Choice(["password", "server", "later"])
        return str(click.prompt("     Change what?", type=choice, default="server", err=True))
    return "password" if click.confirm("     Try another one?", default=True, err=True) else "later"


def _ask_recipients(interview: Interview) -> None:
    own = interview.answers.recipients[0] if interview.answers.recipients else _sender(interview)
    interview.answers.recipients.clear()
    _until_right("2/4  Recipients (收件人; commas between)", interview.add_recipients, own)


def _sender(interview: Interview) -> str:
    return str(interview.answers.mail["from"]).rpartition("<")[2].rstrip(">")


def _ask_sources(interview: Interview) -> None:
    default = interview.answers.sources[0]["path"] if interview.answers.sources else ""
    interview.answers.sources.clear()
    announce("3/4  Sources (来源): a feed, a column's list page (栏目列表页), a home page, or a folder of articles.")

    def take(place: str) -> None:
        if place.strip():
            announce(f"     {printable(_add_source(interview, place.strip()))}")

    while True:
        before = len(interview.answers.sources)
        prompt = "     Next source (empty: no more)" if before else "     First source"
        _until_right(prompt, take, "" if before else default)
        if len(interview.answers.sources) == before:
            return


def _add_source(interview: Interview, place: str) -> str:
    """Add it; one on this machine or in the office only where the person says so."""
    try:
        return interview.add_source(place)
    except DigestError as error:
        if interview.private or "allow_private" not in f"{error.message} {error.hint}":
            raise
        if not click.confirm(f"     {place} is on this machine or in the office: may it be read?", err=True):
            raise
        interview.private = True
        try:
            return interview.add_source(place)
        finally:
            interview.private = False


def _ask_time(interview: Interview) -> None:
    _until_right("4/4  Time (时间)", lambda at: interview.set_time(at, "daily"), "08:00")
    at = interview.answers.at
    _until_right("     Days: daily, workdays (工作日) or weekly:mon", partial(interview.set_time, at), "workdays")
    zone = interview.answers.timezone or interview._settings().timezone
    days = interview.answers.days
    announce(f"     {days if is_cron(days) else f'{at}, {days},'} by the clock of {zone}")


def _until_right(prompt: str, take: Callable[[str], None], default: str = "") -> None:
    """Ask until `take` has nothing against the answer."""
    while True:
        said = click.prompt(prompt, default=default, show_default=bool(default), err=True, type=str)
        try:
            return take(said)
        except DigestError as error:
            _complain(error)


def _complain(error: DigestError) -> None:
    hint = f"; {error.hint}" if error.hint and "write " not in error.message else ""
    announce(f"     {error.message}{hint}")


def _checked(read: Callable[[], Answer], hint: str) -> Answer:
    """What `read` returns; its ValueError as a UsageError."""
    try:
        return read()
    except ValueError as error:
        details = getattr(error, "errors", None)
        said = str(details()[0].get("ctx", {}).get("error", error)) if details else str(error)
        raise UsageError(f"that {said}", hint) from None


def offer_more(context: click.Context, interview: Interview, output: Path) -> None:
    """Offer a preview, a test mail and the schedule, each if it is wanted; one that fails stops no other."""
    from digest.cli.preview import preview
    from digest.cli.schedule import install
    from digest.cli.testmail import test_mail

    if interview.answers.sources and click.confirm("See a preview now?", default=True, err=True):
        _try(context, preview, config_path=output)
    if interview.password and click.confirm("Send a test mail now?", default=True, err=True):
        _try(context, test_mail, config_path=output)
    wanted = bool(interview.answers.recipients and interview.answers.sources)
    if wanted and click.confirm("Let this machine call digest run by itself?", default=True, err=True):
        _ask_today(interview, output)
        _try(context, install, config_path=output)
    else:
        announce("later: digest schedule install")
    announce(f"to change anything: digest config set edition.daily.schedule.at 07:30 --config {output}")


def _ask_today(interview: Interview, output: Path) -> None:
    """Ask whether today's issue, whose time has passed, goes out as well: nobody wants to mail an office unawares."""
    from digest.app.operation.founding import find_first, leave_out
    from digest.config import load_settings

    settings, now = load_settings(output, interview.environ), datetime.now(UTC)
    first = find_first(settings, now)
    readers = len(interview.answers.recipients)
    if first.passed is None:
        announce(f"the first issue goes to {readers} at {first.following:%Y-%m-%d %H:%M}")
    elif click.confirm(f"{first.passed:%H:%M} has passed: mail today's issue to {readers} as well?", err=True):
        announce("today's issue goes out with the first digest run, within five minutes")
    else:
        leave_out(settings, first.passed, now)
        announce(f"the first issue goes out at {first.following:%Y-%m-%d %H:%M}")


def _try(context: click.Context, command: click.Command, **given: Any) -> None:
    try:
        context.invoke(command, **given)
    except DigestError as error:
        _complain(error)
