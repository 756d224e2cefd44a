"""What is known of mail providers: data read from `digest/data/presets.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

Security = Literal["tls", "starttls", "none"]

CUSTOM = "custom"
"""The preset of a server that nothing is known of."""


@dataclass(frozen=True, slots=True)
class Preset:
    """The server of a provider, and in `login` what it wants as password and where to get it (`login_zh` in Chinese).

    `secret` is what the provider calls that password, `help` the page that explains it; `imap` is where answers come
    in.  `host_example` stands in for `host` where each user has another one; `user` is a login that everybody shares;
    `from_is_login` says that the server refuses a From other than the login; `token` that it takes an OAuth2 token and
    no password; `signs` that it signs with DKIM.  `per_minute` is the pace it bears, 0 for any; `per_connection` the
    mails of one connection; the addresses it gives out end in one of
    `domains`.  Where all of its passwords look alike, `shape` is their pattern, `shape_words` says it.
    """

    name: str
    title: str
    secret: str
    login: str
    login_zh: str
    host: str = ""
    host_example: str = ""
    port: int = 465
    security: Security = "tls"
    imap: str = ""
    help: str = ""
    user: str = ""
    from_is_login: bool = False
    token: bool = False
    signs: bool = False
    per_minute: int = 0
    per_connection: int = 20
    shape: str = ""
    shape_words: str = ""
    domains: tuple[str, ...] = ()

    def fits(self, password: str) -> bool:
        """Whether the provider can have made this password; True where it makes them in no known shape."""
        return not self.shape or re.fullmatch(self.shape, password, re.IGNORECASE) is not None


@cache
def load_presets() -> Mapping[str, Preset]:
    """Every preset by its name, in the order of the file."""
    text = (resources.files("digest") / "data" / "presets.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text).items()
    return MappingProxyType(
        {name: Preset(name=name, **table | {"domains": tuple(table.get("domains", ()))}) for name, table in tables}
    )


def preset_for(address: str) -> Preset | None:
    """The preset of the provider that gives out such addresses, or None."""
    domain = address.rpartition("@")[2].casefold()
    return next((preset for preset in load_presets().values() if domain in preset.domains), None)


@cache
def find_preset(name: str, host: str = "") -> Preset:
    """The preset of that name, else the one whose server `host` is, else the one of servers nothing is known of.

    Who writes host = "smtp.qq.com" wants the same advice as who writes preset = "qq".
    """
    presets = load_presets()
    if name in presets:
        return presets[name]
    return next((preset for preset in presets.values() if preset.host and preset.host == host), presets[CUSTOM])
