"""digest config: checking, showing, changing and upgrading the configuration."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.options import announce, placed, print_json, printable, require_config
from digest.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from digest.config.loading import Loaded


@click.group()
def config() -> None:
    """Check, show, change and upgrade the configuration file."""


@config.command("check")
@placed
def check(config_path: Path | None, data_dir: Path | None) -> None:
    """Read the configuration whole and tell every mistake in it, with its file and line; exit code 3 where one is."""
    from digest.app.issues.letters import unknown_themes
    from digest.config import loose_files
    from digest.config.loading import load_document
    from digest.config.passwords import foresee_refusal, is_in_file

    path = require_config(config_path)
    loaded = load_document(path, os.environ, data_dir)
    if unknown := unknown_themes(loaded.settings):
        count = _plural(len(unknown), "mistake")
        raise ConfigError(f"{path} has {count}", "mend what is listed and try again", tuple(unknown))
    for file in loose_files(path):
        announce(f"others can write {file}, and so decide what digest runs and mails. Try: chmod go-w {file}")
    mail = loaded.settings.mail
    if mail is not None and is_in_file(mail, os.environ) and (trouble := foresee_refusal(mail, os.environ)):
        announce(f"nothing can be mailed: {trouble.message}. Try: {trouble.hint}")
    click.echo(f"ok {printable(str(path))}: {_count(loaded)}")


def _count(loaded: Loaded) -> str:
    settings, files = loaded.settings, loaded.document.parts[1:]
    lists = [*(table.recipients for table in settings.edition), *(table.recipients for table in settings.group)]
    people = {who.address for recipients in lists for who in recipients}
    paused = sum(source.paused for source in settings.source)
    said = [
        _plural(len(settings.edition), "edition"),
        _plural(len(settings.source), "source") + (f" ({paused} paused)" if paused else ""),
        _plural(len(people), "recipient"),
        *([_plural(len(settings.group), "group")] if settings.group else []),
        f"mail by {settings.mail.host}" if settings.mail else "no [mail]: nothing can be sent",
        *([f"with {', '.join(part.label for part in files)}"] if files else []),
    ]
    return printable(", ".join(said))


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


@config.command("show")
@click.option("--json", "as_json", is_flag=True, help="As JSON: key, value, origin and where it is from.")
@placed
def show(as_json: bool, config_path: Path | None, data_dir: Path | None) -> None:
    """Show every setting in effect and where it is from: the file and line, a variable, a preset, or the default.

    It is TOML again; secrets are masked.
    """
    from digest.config.loading import load_document
    from digest.config.showing import jsonable, list_settings, name_setting, print_toml

    loaded = load_document(require_config(config_path), os.environ, data_dir)
    settings = list_settings(loaded)
    if not as_json:
        for line in print_toml(settings):
            click.echo(printable(line))
        return
    values = {setting.path: setting.value for setting in settings}
    rows = [
        {
            "key": name_setting(one.path, values),
            "value": jsonable(one.value),
            "origin": one.origin,
            "where": one.where or None,
        }
        for one in settings
    ]
    print_json({"version": 1, "files": [str(part.path) for part in loaded.document.parts], "settings": rows})


@config.command("schema")
def schema() -> None:
    """Print the JSON Schema of digest.toml, for editors that complete and check by one (taplo, Even Better TOML)."""
    from digest.config.schema import make_schema

    print_json(make_schema())


@config.command("set")
@click.argument("pairs", nargs=-1, metavar="[KEY VALUE]...")
@click.option("--unset", multiple=True, metavar="KEY", help="Take this key out of the file; may be given repeatedly.")
@placed
def set_(pairs: tuple[str, ...], unset: tuple[str, ...], config_path: Path | None, data_dir: Path | None) -> None:
    """Change settings where they stand in the file; comments and order stay, and a mistake is refused.

    \b
    digest config set mail.preset qq mail.user me@qq.com
    digest config set edition.daily.schedule.at 07:30,18:00
    digest config set edition.daily.recipients a@example.cn,b@example.cn
    digest config set --unset edition.daily.query
    """
    from digest.config import set_values

    if len(pairs) % 2 or not (pairs or unset):
        raise UsageError("keys and values come in pairs", "digest config set timezone Asia/Shanghai")
    path = require_config(config_path)
    changes: dict[str, str | None] = dict(zip(pairs[::2], pairs[1::2], strict=True))
    files = set_values(path, changes | dict.fromkeys(unset), os.environ, data_dir)
    said = ", ".join(str(file) for file in files)
    announce(f"changed {said}" if files else "nothing to change: it says so already")
    for key in changes:
        variable = f"DIGEST_{key.upper().replace('.', '__')}"
        if os.environ.get(variable):
            announce(f"the variable {variable} is set, and goes before the file")


@config.command("upgrade")
@click.option("--dry-run", is_flag=True, help="Show what would be changed, and write nothing.")
@placed
def upgrade(dry_run: bool, config_path: Path | None, data_dir: Path | None) -> None:
    """Bring a configuration of an earlier digest to the present version; the old file is kept as .bak."""
    from difflib import unified_diff

    from digest.config.upgrading import plan_upgrade, write_upgrade

    path = require_config(config_path)
    plan = plan_upgrade(path, os.environ, data_dir)
    if not plan.steps:
        announce(f"{path} is of the present version: nothing to do")
        return
    for line in unified_diff(plan.before.splitlines(), plan.after.splitlines(), path.name, path.name, lineterm="", n=1):
        click.echo(printable(line))
    if not dry_run:
        copy = write_upgrade(path, plan)
        announce(f"{path} is upgraded; what it was is in {copy}")
