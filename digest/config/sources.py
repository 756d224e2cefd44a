"""The tables [[source]] and [collect]: where articles come from, and how politely they are fetched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator

from digest.config.fields import FolderPath, Line, Table
from digest.config.wording import quote
from digest.errors import ConfigError, UsageError
from digest.model import UNTOLD_TIER

Kind = Literal["feed", "page-list", "page", "json", "folder", "jsonl"]

WEB_KINDS = ("feed", "page-list", "page", "json")
LISTS = ("feed", "page-list", "json")
GOES_WITH: Mapping[str, tuple[str, ...]] = {
    "select": ("page-list",),
    "pages": ("page-list",),
    "paths": ("json",),
    "full_text": ("feed", "json"),
    "items": LISTS,
    "max_age": LISTS,
    "only_new": LISTS,
    "headers": WEB_KINDS,
    "cookies": WEB_KINDS,
    "robots": WEB_KINDS,
    "legacy_tls": WEB_KINDS,
    "cafile": WEB_KINDS,
    "allow_private": WEB_KINDS,
    "delay": WEB_KINDS,
}
"""The kinds of source that a key means something for."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_VALUE = re.compile(r"[\t -~\x80-\U0010ffff]*")
_VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")


class SelectSettings(Table):
    """CSS selectors for a list page; what is left out is found by structure."""

    item: Line | None = Field(default=None, description="one entry of the list", examples=['"ul.list > li"'])
    link: Line | None = Field(default=None, description="its link, in the item", examples=['"a"'])
    title: Line | None = Field(default=None, description="its title, in the item", examples=['"a"'])
    date: Line | None = Field(default=None, description="its date, in the item", examples=['"span.date"'])
    next: Line | None = Field(default=None, description="the link to the next page", examples=['"a.next"'])

    def as_mapping(self) -> dict[str, str]:
        """The selectors that are given."""
        return {name: value for name, value in self.model_dump().items() if value}


class PathSettings(Table):
    """Dotted paths into a JSON answer; what is left out is found by its usual names."""

    items: Line | None = Field(default=None, description="the list", examples=['"data.list"'])
    title: Line | None = Field(default=None, description="the title, in an entry", examples=['"title"'])
    url: Line | None = Field(default=None, description="path, or template with {id}", examples=['"link"'])
    date: Line | None = Field(default=None, description="when it was published", examples=['"publishTime"'])
    text: Line | None = Field(default=None, description="the article, or a teaser", examples=['"content"'])
    site: Line | None = Field(default=None, description="who published it", examples=['"source"'])

    def as_mapping(self) -> dict[str, str]:
        """The paths that are given."""
        return {name: value for name, value in self.model_dump().items() if value}


class SourceSettings(Table):
    """One place that articles come from."""

    name: Line = Field(description="what the mail and the reports call it", examples=['"samples"'])
    kind: Kind = Field(description="feed, page-list, page, json, folder or jsonl", examples=['"feed"'])
    path: FolderPath | None = Field(
        default=None, validate_default=True, description="the folder or file", examples=['"samples"']
    )
    url: str | None = Field(
        default=None, validate_default=True, description="its address", examples=['"https://example.cn/feed.xml"']
    )
    tier: int = Field(
        default=UNTOLD_TIER, ge=1, le=5, description="rank among your sources, 1 the best", examples=["3"]
    )
    paused: bool = Field(default=False, description="true: left alone for now", examples=["true"])
    full_text: Literal["auto", "always", "never"] = Field(
        default="auto", description="whether an entry's page is read: where it is only a teaser", examples=['"auto"']
    )
    items: int = Field(default=100, ge=1, le=500, description="entries looked at, at most", examples=["100"])
    pages: int = Field(default=1, ge=1, le=50, description="following pages of a list", examples=["2"])
    max_age: int = Field(
        default=14, ge=1, le=3660, description="days; what is older when first seen is left out", examples=["14"]
    )
    only_new: bool = Field(
        default=False, description="true: what is there when the source is first read is left out", examples=["true"]
    )
    select: SelectSettings = Field(default=SelectSettings(), examples=['{ item = "ul.list > li", date = "span" }'])
    paths: PathSettings = Field(default=PathSettings(), examples=['{ items = "data.list", url = "link" }'])
    headers: Mapping[str, str] = Field(
        default={}, repr=False, description="sent with every request", examples=['{ Referer = "https://example.cn/" }']
    )
    cookies: Mapping[str, str] = Field(
        default={}, repr=False, description='"$NAME" takes it from the environment', examples=['{ sid = "$SID" }']
    )
    robots: bool = Field(default=True, description="false: robots.txt is not asked", examples=["true"])
    legacy_tls: bool = Field(default=False, description="true: old TLS is put up with", examples=["true"])
    cafile: FolderPath | None = Field(default=None, description="certificates to trust besides", examples=['"ca.pem"'])
    allow_private: bool = Field(
        default=False, description="true: it may be on this machine or in the office", examples=["true"]
    )
    delay: float = Field(default=1.0, ge=0, le=600, description="seconds between two requests", examples=["1.0"])

    @property
    def on_web(self) -> bool:
        """Whether it is read over the network."""
        return self.kind in WEB_KINDS

    def reveal(self, table: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
        """Headers or cookies with each "$NAME" replaced by that variable; raises ConfigError where it is not set."""
        found = {}
        for key, value in table.items():
            variable = _VARIABLE.fullmatch(value)
            if variable and not environ.get(variable[1]):
                raise ConfigError(
                    f"source {quote(self.name)} wants the variable {variable[1]}, which is not set",
                    f"export {variable[1]}='…' where digest runs",
                )
            found[key] = environ[variable[1]].strip() if variable else value
        return found

    @field_validator("name")
    @classmethod
    def _check_name(cls, name: str) -> str:
        if name == "*":
            raise ValueError('cannot be "*", which means every source: choose another name')
        return name

    @field_validator("path")
    @classmethod
    def _check_path(cls, path: Any, info: ValidationInfo) -> Any:
        kind = info.data.get("kind")
        if path is None and kind and kind not in WEB_KINDS:
            raise ValueError('is missing: write path = "samples"')
        if path is not None and kind in WEB_KINDS:
            raise ValueError(f'does not go with kind = "{kind}": write url instead')
        return path

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("kind")
        if kind in WEB_KINDS:
            return check_web_url(url)
        if url is not None and kind:
            raise ValueError(f'does not go with kind = "{kind}": delete it')
        return url

    @field_validator(*GOES_WITH)
    @classmethod
    def _check_kind_has_it(cls, value: Any, info: ValidationInfo) -> Any:
        kind, wanted = info.data.get("kind"), GOES_WITH[info.field_name or ""]
        if kind and kind not in wanted:
            raise ValueError(f'does not go with kind = "{kind}", only with {", ".join(wanted)}: delete it')
        return value

    @field_validator("headers", "cookies")
    @classmethod
    def _check_header(cls, table: Mapping[str, str]) -> Mapping[str, str]:
        for name, value in table.items():
            if not _TOKEN.fullmatch(name):
                raise ValueError(f"holds {quote(name)}, which is no name of a header: write letters, digits and -")
            if not _VALUE.fullmatch(value):
                raise ValueError(f"holds a value for {quote(name)} with a control character: write it on one line")
        return table


class CollectSettings(Table):
    """How the web is read, for all sources."""

    seconds: float = Field(default=30.0, ge=1, le=600, description="for one whole answer", examples=["30"])
    megabytes: int = Field(default=10, ge=1, le=200, description="of one answer, unpacked", examples=["10"])
    deadline: int = Field(
        default=20,
        ge=1,
        le=240,
        description="minutes for the sources of each edition, then what is there goes out",
        examples=["20"],
    )
    recheck: int = Field(
        default=3, ge=0, le=60, description="days in which mailed pages are looked at again", examples=["3"]
    )


def make_source(table: Mapping[str, Any]) -> SourceSettings:
    """The source of one table that stands in no file; raises UsageError with the first mistake in it."""
    try:
        return SourceSettings.model_validate(dict(table))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        said = str(first.get("ctx", {}).get("error", first["msg"]))
        raise UsageError(f"{key} {said}", "see digest sources add --help") from None


def check_web_url(url: str | None) -> str:
    """The URL of a source; raises ValueError with what is wrong with it and what to write."""
    if url is None:
        raise ValueError('is missing: write url = "https://example.cn/feed.xml"')
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError('is no address of a page: write url = "https://example.cn/feed.xml"') from None
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise ValueError('is no address of a page: write url = "https://example.cn/feed.xml"')
    if "@" in parts.netloc:
        raise ValueError('holds a user name: take it out and write headers = { Authorization = "$NEWS_LOGIN" }')
    if any(not char.isprintable() or char.isspace() for char in url.strip()):
        raise ValueError("holds a space or an invisible character: copy it anew from the browser")
    return url.strip()
