"""What is known of mail providers: data read from `digest/data/presets.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class Preset:
    """The server of a provider, and in `login` what it wants as password and where to get it.

    `host_example` stands in for `host` where each user has another one; `user` is a login that everybody shares;
    `from_is_login` says that the server refuses a From other than the login; `needs` names a way to log in that is not
    built yet.
    """

    name: str
    title: str
    login: str
    host: str = ""
    host_example: str = ""
    port: int = 465
    security: Security = "tls"
    user: str = ""
    from_is_login: bool = False
    needs: str = ""


@cache
def load_presets() -> Mapping[str, Preset]:
    """Every preset by its name, in the order of the file."""
    text = (resources.files("digest") / "data" / "presets.toml").read_text(encoding="utf-8")
    return MappingProxyType({name: Preset(name=name, **table) for name, table in tomllib.loads(text).items()})
