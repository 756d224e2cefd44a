"""The letter of an issue: by our templates here, by a user's in a cage, by ours again where the user's own fail."""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from digest.collect.templates import packaged_templates, read_templates
from digest.config.wording import quote, suggest
from digest.errors import TemplateError
from digest.guard import Guard, GuardError
from digest.model import Attachment, Issue, Letter
from digest.render import Footer, render_letter
from digest.render.letter import list_themes
from digest.render.templating import Late

if TYPE_CHECKING:
    from digest.config import MailSettings, Settings

SECONDS = 10.0
"""How long a user's templates may take for one letter."""

GRACE = 2.0
"""After so many seconds more their process is killed: where they are in the middle of a single long step."""

MEMORY = 512_000_000
"""The bytes they may take."""

STARTING = 128_000_000
"""The bytes of address space their process may have beside; it has 46 MB with our templates rendered."""

STANDARD = "modern"
"""The theme that is used where another cannot be."""

BUILT_IN = "the built-in templates were used"


def write_letter(
    issue: Issue,
    settings: Settings,
    mail: MailSettings | None,
    footer_unsubscribe: str = "",
    pictures: Sequence[Attachment] = (),
    seconds: float = SECONDS,
) -> Letter:
    """Return the letter of an issue, with the foot of a mail where there are mail settings.

    Where the user's templates fail, it is made by ours and says so in `Letter.warnings`: see `fell_back`.  Of the
    `pictures` it has those that its HTML shows.
    """
    footer = _footer(mail, footer_unsubscribe) if mail else None
    try:
        return try_templates(issue, settings.templates, footer, pictures, seconds)
    except TemplateError as error:
        return _built_in(issue, footer, pictures, f"{error}; {BUILT_IN}")


def fell_back(letter: Letter) -> bool:
    """Whether a letter was made by the built-in templates since the user's own failed: the run is partly done."""
    return any(warning.endswith(BUILT_IN) for warning in letter.warnings)


def try_templates(
    issue: Issue,
    folder: Path | None,
    footer: Footer | None,
    pictures: Sequence[Attachment] = (),
    seconds: float = SECONDS,
) -> Letter:
    """Return the letter as the templates of a user's `folder` make it, those that are not there being ours.

    Raises:
        TemplateError: they cannot be read or do not render, take too long or too much memory; it says where.
    """
    packaged = packaged_templates()
    own = read_templates(folder) if folder else {}
    templates = packaged | own
    if all(packaged.get(name) == text for name, text in own.items()):
        return render_letter(issue, templates, mail_footer=footer, pictures=pictures)
    with Guard(
        1, seconds=seconds + GRACE, memory=STARTING + MEMORY, warm="digest.app.issues.letters", bare=True
    ) as guard:
        try:
            return guard.call(render_in_time, seconds, issue, templates, footer, pictures)
        except GuardError as error:
            told = f"the templates in {folder} broke the process that renders them, or held it up"
            raise TemplateError(told, "mend what you changed last, or remove it") from error
        except TemplateError as error:
            name = error.message.removeprefix("template ").partition(",")[0].partition(" ")[0]
            where = f"template {folder}/" if name in own else "template "
            raise TemplateError(error.message.replace("template ", where, 1), error.hint) from error


def unknown_themes(settings: Settings) -> list[str]:
    """Return a line for each edition whose theme is no template's, ours or the user's own."""
    try:
        own = read_templates(settings.templates) if settings.templates else {}
    except TemplateError:
        return []  # digest templates check says it
    themes = list_themes(packaged_templates() | own)
    return [
        f"edition {edition.name}: theme is {quote(edition.theme)}, which is none: {suggest(edition.theme, themes)}"
        for edition in settings.editions()
        if edition.theme not in themes
    ]


def render_in_time(
    seconds: float,
    issue: Issue,
    templates: Mapping[str, str],
    footer: Footer | None,
    pictures: Sequence[Attachment],
) -> Letter:
    """Return the letter, in a process of its own; an alarm breaks off what takes longer, so that its line is known."""
    signal.signal(signal.SIGALRM, lambda *_: _raise_late(seconds))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return render_letter(issue, templates, mail_footer=footer, pictures=pictures)
    except Late as late:
        raise TemplateError(f"the page {late}", "lower its items or its length") from late
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _raise_late(seconds: float) -> None:
    raise Late(f"took longer than {seconds:g} s, so it was given up")


def _built_in(issue: Issue, footer: Footer | None, pictures: Sequence[Attachment], warning: str) -> Letter:
    templates = packaged_templates()
    theme = issue.theme if issue.theme in list_themes(templates) else STANDARD
    letter = render_letter(replace(issue, theme=theme), templates, mail_footer=footer, pictures=pictures)
    return replace(letter, warnings=(*letter.warnings, warning))


def _footer(mail: MailSettings, unsubscribe: str) -> Footer:
    by_mail = f"mailto:{mail.sender.address}?subject=unsubscribe"
    return Footer(sender=mail.sender.name or mail.sender.address, unsubscribe=unsubscribe or by_mail)
