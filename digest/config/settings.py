"""The tables of digest.toml as frozen pydantic models; each field carries its own description and example.

The names of the fields are the keys of the file.  A validator says only what is wrong and what to write; where it
stands is added by `digest.config.mistakes`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from digest.config.fields import DataPath, FolderPath, Heading, Line, Mailbox, Table, Zone
from digest.config.mail import MailSettings
from digest.config.sources import CollectSettings, PathSettings, SelectSettings, SourceSettings
from digest.config.wording import quote, suggest
from digest.errors import ConfigError, UsageError
from digest.model import Edition, Recipient, SectionRule


class StoreSettings(Table):
    """Where articles, issues and the outbox are kept: either a SQLite file (`path`) or a database (`url`)."""

    url: Line | None = Field(
        default=None, repr=False, description="SQLAlchemy URL", examples=['"postgresql://localhost/digest"']
    )
    path: DataPath | None = Field(
        default=None, description="SQLite file, in the data directory", examples=['"digest.db"']
    )
    keep_originals: int = Field(
        default=400, ge=1, le=36600, description="days that fetched pages are kept, as proof", examples=["400"]
    )

    @field_validator("path")
    @classmethod
    def _check_single_place(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is not None and info.data.get("url"):
            raise ValueError("and url both say where the database is: keep one of them")
        return path


class ScheduleSettings(Table):
    """When an edition is due."""

    at: str = Field(default="08:00", description="time of day", examples=['"08:00"'])
    days: Literal["daily"] = Field(default="daily", description="which days", examples=['"daily"'])

    @field_validator("at")
    @classmethod
    def _check_time(cls, at: str) -> str:
        if not re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", at):
            raise ValueError(f'is {quote(at)}, which is no time from 00:00 to 23:59: write at = "08:00"')
        return at


class SummarySettings(Table):
    """How long one summary may be."""

    chars: int = Field(default=120, ge=20, le=2000, description="characters of one summary", examples=["120"])


class SectionSettings(Table):
    """A heading of an edition, and what goes under it."""

    title: Heading = Field(description="heading", examples=['"财经"'])
    words: tuple[Line, ...] = Field(default=(), description="words that lead here", examples=['["央行", "股市"]'])
    sources: tuple[Line, ...] = Field(
        default=(), validate_default=True, description="sources that lead here", examples=['["samples"]']
    )

    @field_validator("sources")
    @classmethod
    def _check_rule(cls, sources: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not sources and info.data.get("words") == ():
            raise ValueError('and words are both empty, so nothing would go here: write words = ["央行"]')
        return sources


class EditionSettings(Table):
    """One digest: what goes in, how it is ordered, who gets it and when."""

    name: str = Field(description="short name for commands", examples=['"daily"'])
    title: Heading | None = Field(default=None, description="what the mail is called", examples=['"每日摘要"'])
    recipients: tuple[Mailbox, ...] = Field(default=(), description="who gets it", examples=['["王芳 <b@example.cn>"]'])
    sources: tuple[Line, ...] = Field(default=("*",), description='names of sources, "*" for all', examples=['["*"]'])
    timezone: Zone | None = Field(default=None, description="where it differs", examples=['"Asia/Shanghai"'])
    schedule: ScheduleSettings = Field(default=ScheduleSettings(), examples=['{ at = "08:00", days = "daily" }'])
    summary: SummarySettings = Field(default=SummarySettings(), examples=["{ chars = 120 }"])
    items: int = Field(default=30, ge=1, le=500, description="entries at most", examples=["30"])
    group_by: Literal["none", "source", "topic"] = Field(default="none", description="headings", examples=['"none"'])
    section: tuple[SectionSettings, ...] = Field(default=(), description="sections of its own")

    @field_validator("name")
    @classmethod
    def _check_slug(cls, name: str) -> str:
        if not re.fullmatch(r"[a-z0-9-]{1,64}", name):
            raise ValueError(f'is {quote(name)}, but takes only a-z, 0-9 and "-": write name = "daily"')
        return name

    @field_validator("recipients")
    @classmethod
    def _check_recipients(cls, recipients: tuple[Recipient, ...]) -> tuple[Recipient, ...]:
        seen: set[str] = set()
        for recipient in recipients:
            if recipient.address.casefold() in seen:
                raise ValueError(f"holds {quote(recipient.address)} twice: delete one of them")
            seen.add(recipient.address.casefold())
        return recipients

    @field_validator("sources")
    @classmethod
    def _check_sources(cls, sources: tuple[str, ...]) -> tuple[str, ...]:
        if not sources:
            raise ValueError('is empty, so the edition would be too: write sources = ["*"]')
        return sources

    def to_edition(self, timezone: str) -> Edition:
        """The edition as the rest of the program knows it, in its own time zone or in the one given."""
        return Edition(
            name=self.name,
            title=self.title or self.name,
            recipients=self.recipients,
            sources=self.sources,
            timezone=self.timezone or timezone,
            at=self.schedule.at,
            chars=self.summary.chars,
            items=self.items,
            group_by=self.group_by,
            sections=tuple(SectionRule(rule.title, rule.words, rule.sources) for rule in self.section),
        )


class Settings(Table):
    """Everything digest.toml says, checked, with every path absolute."""

    version: int = Field(description="version of this file's format", examples=["1"])
    timezone: Zone = Field(
        default="Asia/Shanghai", description="time zone of the schedules", examples=['"Asia/Shanghai"']
    )
    templates: FolderPath | None = Field(
        default=None, description="folder of your own templates", examples=['"templates"']
    )
    mail: MailSettings | None = None
    store: StoreSettings = StoreSettings()
    collect: CollectSettings = CollectSettings()
    source: tuple[SourceSettings, ...] = ()
    edition: tuple[EditionSettings, ...] = ()

    @field_validator("version")
    @classmethod
    def _check_version(cls, version: int) -> int:
        if version != 1:
            raise ValueError(f"is {version}, which never was: write version = 1")
        return version

    def editions(self) -> tuple[Edition, ...]:
        """Every edition in the order of the file."""
        return tuple(table.to_edition(self.timezone) for table in self.edition)

    def find_edition(self, name: str) -> Edition:
        """The edition of that name; raises UsageError with the nearest name where there is none."""
        for edition in self.editions():
            if edition.name == name:
                return edition
        raise UsageError(f"there is no edition {quote(name)}", suggest(name, [table.name for table in self.edition]))

    def sources_of(self, edition: Edition) -> tuple[SourceSettings, ...]:
        """The sources of an edition in the order of the file, without those paused; `*` stands for all of them."""
        named = [table for table in self.source if "*" in edition.sources or table.name in edition.sources]
        return tuple(table for table in named if not table.paused)

    def require_mail(self) -> MailSettings:
        """The mail settings; raises ConfigError where the file has no [mail], for those who want to send."""
        if self.mail is None:
            raise ConfigError(
                "there is no [mail] in the configuration, so nothing can be sent",
                'add [mail] with preset = "qq", user, password_env and from, as the file of `digest init` shows',
            )
        return self.mail


TABLES: dict[tuple[str, ...], type[Table]] = {
    (): Settings,
    ("mail",): MailSettings,
    ("store",): StoreSettings,
    ("collect",): CollectSettings,
    ("source",): SourceSettings,
    ("source", "select"): SelectSettings,
    ("source", "paths"): PathSettings,
    ("edition",): EditionSettings,
    ("edition", "schedule"): ScheduleSettings,
    ("edition", "summary"): SummarySettings,
    ("edition", "section"): SectionSettings,
}
