"""The tables of digest.toml as frozen pydantic models; each field carries its own description and example.

The names of the fields are the keys of the file.  A validator says only what is wrong and what to write; where it
stands is added by `digest.config.mistakes`.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from digest.config.editions import (
    EditionSettings,
    FilterSettings,
    ImprintSettings,
    ScheduleSettings,
    SectionSettings,
    SummarySettings,
)
from digest.config.fields import DataPath, FolderPath, Line, Mailbox, Table, Zone
from digest.config.mail import BounceSettings, DkimSettings, MailSettings
from digest.config.recipients import GroupSettings
from digest.config.sources import CollectSettings, PathSettings, SelectSettings, SourceSettings, check_web_url
from digest.config.wording import quote, suggest
from digest.errors import ConfigError, UsageError
from digest.model import UNTOLD_TIER, Edition


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
    retention: int = Field(
        default=400, ge=60, le=36600, description="days that issues, mails and articles are kept", examples=["400"]
    )

    @field_validator("path")
    @classmethod
    def _check_single_place(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is not None and info.data.get("url"):
            raise ValueError("and url both say where the database is: keep one of them")
        return path

    _folder: Path = PrivateAttr(default=Path())

    @model_validator(mode="after")
    def _know_folder(self, info: ValidationInfo) -> StoreSettings:
        self._folder = info.context["data_dir"] if info.context else Path()
        return self

    @property
    def folder(self) -> Path:
        """The folder of what stands beside the database: its own, or the data directory where it is on a server."""
        return self.path.parent if self.path else self._folder


class CalendarSettings(Table):
    """Days that differ from the State Council's calendar of holidays (放假安排), or that it does not name yet."""

    country: str = Field(
        default="CN", description="whose holidays: CN, or a code of ISO 3166 such as HK", examples=['"CN"']
    )
    holidays: tuple[date, ...] = Field(default=(), description="days off", examples=["[2027-02-08, 2027-02-09]"])
    workdays: tuple[date, ...] = Field(default=(), description="days of work on a weekend", examples=["[2027-02-20]"])

    @field_validator("country")
    @classmethod
    def _check_country(cls, code: str) -> str:
        """Of its form only: which codes there are is known to the library of calendars, when it is asked."""
        if not re.fullmatch(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?", code):
            raise ValueError(f'is {quote(code)}, which is no code of ISO 3166: write country = "CN", "HK" or "DE-BY"')
        return code

    @field_validator("workdays")
    @classmethod
    def _check_apart(cls, workdays: tuple[date, ...], info: ValidationInfo) -> tuple[date, ...]:
        for day in workdays:
            if day in info.data.get("holidays", ()):
                raise ValueError(f"and holidays both name {day}: take it out of one of them")
        return workdays


class MonitoringSettings(Table):
    """How somebody learns that digest does not work: mails to the operator, a dead man's switch, metrics."""

    operator: tuple[Mailbox, ...] = Field(
        default=(), description="who is told when an edition fails", examples=['["me@example.cn"]']
    )
    heartbeat: Line | None = Field(
        default=None, repr=False, description="URL asked after each delivery", examples=['"https://hc.example/ping/1"']
    )
    textfile: DataPath | None = Field(
        default=None, description="metrics for Prometheus' node_exporter", examples=['"digest.prom"']
    )

    @field_validator("heartbeat")
    @classmethod
    def _check_heartbeat(cls, url: str | None) -> str | None:
        return check_web_url(url) if url else url


class Settings(Table):
    """Everything digest.toml says, checked, with every path absolute."""

    version: int = Field(description="version of this file's format", examples=["1"])
    timezone: Zone = Field(
        default="Asia/Shanghai", description="time zone of the schedules", examples=['"Asia/Shanghai"']
    )
    templates: FolderPath | None = Field(
        default=None, description="folder of your own templates", examples=['"templates"']
    )
    include: tuple[Line, ...] = Field(
        default=(), description="files that belong to this one", examples=['["sources.toml", "conf.d/*.toml"]']
    )
    mail: MailSettings | None = None
    bounces: BounceSettings = BounceSettings()
    store: StoreSettings = StoreSettings()
    collect: CollectSettings = CollectSettings()
    calendar: CalendarSettings = CalendarSettings()
    monitoring: MonitoringSettings = MonitoringSettings()
    source: tuple[SourceSettings, ...] = ()
    group: tuple[GroupSettings, ...] = ()
    edition: tuple[EditionSettings, ...] = ()

    @field_validator("version")
    @classmethod
    def _check_version(cls, version: int) -> int:
        if version != 1:
            raise ValueError(f"is {version}, which never was: write version = 1")
        return version

    def editions(self) -> tuple[Edition, ...]:
        """Every edition in the order of the file."""
        tiers = {table.name: table.tier for table in self.source if table.tier != UNTOLD_TIER}
        return tuple(table.to_edition(self.timezone, tiers) for table in self.edition)

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
    ("mail", "dkim"): DkimSettings,
    ("bounces",): BounceSettings,
    ("store",): StoreSettings,
    ("collect",): CollectSettings,
    ("calendar",): CalendarSettings,
    ("monitoring",): MonitoringSettings,
    ("source",): SourceSettings,
    ("source", "select"): SelectSettings,
    ("source", "paths"): PathSettings,
    ("group",): GroupSettings,
    ("edition",): EditionSettings,
    ("edition", "schedule"): ScheduleSettings,
    ("edition", "summary"): SummarySettings,
    ("edition", "section"): SectionSettings,
    ("edition", "imprint"): ImprintSettings,
    ("edition", "filter"): FilterSettings,
}
