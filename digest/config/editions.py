"""The table [[edition]]: one digest, what goes in, how it is ordered, who gets it and when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from digest.config.fields import Heading, Line, Mailbox, Table, WordList, Zone
from digest.config.recipients import check_distinct
from digest.config.wording import quote
from digest.model import (
    CatchUp,
    Edition,
    EmptyDay,
    Filter,
    Imprint,
    InterfaceLanguage,
    Recipient,
    Schedule,
    SectionRule,
    WordFile,
)
from digest.model.schedule import check_days, is_cron


class ScheduleSettings(Table):
    """When an edition is due."""

    days: str = Field(
        default="daily", description='"daily", "workdays", "weekly:mon,thu", or a cron line', examples=['"workdays"']
    )
    at: tuple[str, ...] = Field(default=("08:00",), description="time of day, or a list of them", examples=['"08:00"'])
    catch_up: CatchUp = Field(
        default="merge",
        description='issues that were missed: "merge" into one, "each" for itself, "skip" those more than an hour late',
        examples=['"merge"'],
    )

    @field_validator("at", mode="before")
    @classmethod
    def _read_times(cls, at: object) -> object:
        return at if isinstance(at, tuple) else (at,)

    @field_validator("days")
    @classmethod
    def _check_days(cls, days: str) -> str:
        return check_days(days)

    @field_validator("at")
    @classmethod
    def _check_times(cls, at: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        days = info.data.get("days", "")
        if is_cron(days):
            raise ValueError(f"does not go with the cron line {quote(days)}, which names its times itself: delete it")
        if not at:
            raise ValueError('is empty: write at = "08:00"')
        if len(set(at)) < len(at):
            raise ValueError("names a time twice: delete one of them")
        for time in at:
            if not re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", time):
                raise ValueError(
                    f'is {quote(time)}, which is no time from 00:00 to 23:59: write at = "{_likely(time)}"'
                )
        return at

    def to_schedule(self) -> Schedule:
        """The schedule as the rest of the program knows it."""
        return Schedule(self.days, () if is_cron(self.days) else self.at, self.catch_up)


def _likely(time: str) -> str:
    """The time that was probably meant by 7:30, 0730 or 7点30; else an example."""
    found = re.fullmatch(r"(\d{1,2}?)\s*[:：.点时]?\s*(\d\d)\s*分?", time.strip())
    return f"{found[1]:0>2}:{found[2]}" if found and int(found[1]) < 24 and int(found[2]) < 60 else "08:00"


class SummarySettings(Table):
    """How long one summary may be."""

    chars: int = Field(default=120, ge=20, le=2000, description="characters of one summary", examples=["120"])


class SectionSettings(Table):
    """A heading of an edition, and what goes under it: what one of the four lists names."""

    title: Heading = Field(description="heading", examples=['"财经"'])
    words: tuple[Line, ...] = Field(default=(), description="words that lead here", examples=['["央行", "股市"]'])
    topics: tuple[Line, ...] = Field(default=(), description="categories that pages name", examples=['["政策"]'])
    places: tuple[Line, ...] = Field(default=(), description="regions, with all in them", examples=['["江苏"]'])
    limit: int = Field(default=0, ge=0, le=500, description="entries at most, 0 for no limit", examples=["5"])
    sources: tuple[Line, ...] = Field(
        default=(), validate_default=True, description="sources that lead here", examples=['["samples"]']
    )

    @field_validator("sources")
    @classmethod
    def _check_rule(cls, sources: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not sources and all(info.data.get(name) == () for name in ("words", "topics", "places")):
            raise ValueError('and words are both empty, so nothing would go here: write words = ["央行"]')
        return sources


class FilterSettings(Table):
    """What an edition takes at all: articles that one of the first three lists names; all where they are empty."""

    words: tuple[Line, ...] = Field(default=(), description="words to have", examples=['["网信办"]'])
    topics: tuple[Line, ...] = Field(default=(), description="categories to be of", examples=['["政策"]'])
    places: tuple[Line, ...] = Field(default=(), description="regions to be about", examples=['["江苏"]'])
    exclude: tuple[Line, ...] = Field(default=(), description="words that keep out", examples=['["招聘"]'])


class ImprintSettings(Table):
    """Who issues an edition and for whom, as the foot of an official 简报 says it."""

    issuer: Line | None = Field(default=None, description="编印", examples=['"省网信办综合处"'])
    submitted_to: Line | None = Field(default=None, description="报送", examples=['"办领导"'])
    copied_to: Line | None = Field(default=None, description="抄送", examples=['"各处室"'])


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
    query: Line | None = Field(default=None, description="the readers' interests", examples=['"数据安全 个人信息"'])
    per_source: int = Field(
        default=0, ge=0, le=500, description="entries of one source, 0 for two fifths", examples=["8"]
    )
    keywords: WordList = Field(
        default=WordFile(), description="a keyword file of TrendRadar's syntax", examples=['"frequency_words.txt"']
    )
    filter: FilterSettings = Field(default=FilterSettings(), examples=['{ exclude = ["招聘"] }'])
    review: bool = Field(
        default=False, description="true: no issue goes out before a person released it", examples=["true"]
    )
    language: InterfaceLanguage = Field(
        default="zh-Hans", description="headings and labels: zh-Hans, zh-Hant, en", examples=['"zh-Hans"']
    )
    theme: str = Field(default="modern", description="modern, gongwen, or your own", examples=['"gongwen"'])
    images: bool = Field(default=False, description="true: entries show their leading picture", examples=["true"])
    groups: tuple[Line, ...] = Field(default=(), description="lists of further recipients", examples=['["处长"]'])
    imprint: ImprintSettings = Field(
        default=ImprintSettings(), description="编印, 报送, 抄送", examples=['{ submitted_to = "办领导" }']
    )
    empty: EmptyDay = Field(
        default="note",
        description='a day without news: "note" mails that there is none, "skip" nothing, "send" the page as ever',
        examples=['"note"'],
    )
    section: tuple[SectionSettings, ...] = Field(default=(), description="sections of its own")

    @field_validator("name")
    @classmethod
    def _check_slug(cls, name: str) -> str:
        if not re.fullmatch(r"[a-z0-9-]{1,64}", name):
            raise ValueError(f'is {quote(name)}, but takes only a-z, 0-9 and "-": write name = "daily"')
        return name

    @field_validator("theme")
    @classmethod
    def _check_theme(cls, theme: str) -> str:
        if not re.fullmatch(r"[a-z0-9-]{1,64}", theme):
            raise ValueError(f'is {quote(theme)}, but takes only a-z, 0-9 and "-": write theme = "modern"')
        return theme

    @field_validator("recipients")
    @classmethod
    def _check_recipients(cls, recipients: tuple[Recipient, ...]) -> tuple[Recipient, ...]:
        return check_distinct(recipients)

    @field_validator("sources")
    @classmethod
    def _check_sources(cls, sources: tuple[str, ...]) -> tuple[str, ...]:
        if not sources:
            raise ValueError('is empty, so the edition would be too: write sources = ["*"]')
        return sources

    def to_edition(self, timezone: str, tiers: Mapping[str, int]) -> Edition:
        """The edition as the rest of the program knows it, in its own time zone or in the one given.

        `tiers` is the rank of every configured source.
        """
        return Edition(
            name=self.name,
            title=self.title or self.name,
            recipients=self.recipients,
            sources=self.sources,
            timezone=self.timezone or timezone,
            schedule=self.schedule.to_schedule(),
            chars=self.summary.chars,
            items=self.items,
            group_by=self.group_by,
            sections=tuple(
                SectionRule(rule.title, rule.words, rule.sources, rule.topics, rule.places, rule.limit)
                for rule in self.section
            ),
            query=self.query or "",
            filter=Filter(self.filter.words, self.filter.topics, self.filter.places, self.filter.exclude),
            keywords=self.keywords,
            tiers=tiers,
            per_source=self.per_source,
            review=self.review,
            language=self.language,
            theme=self.theme,
            images=self.images,
            imprint=Imprint(self.imprint.issuer or "", self.imprint.submitted_to or "", self.imprint.copied_to or ""),
            groups=self.groups,
            empty=self.empty,
        )
