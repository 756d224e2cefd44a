"""The proxy that the environment names for a host: http_proxy, https_proxy, all_proxy, no_proxy, in either case."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from digest.collect.targets import Target
from digest.errors import FetchError


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy; `authorization` is the value of the header it wants, empty where it wants none."""

    host: str
    port: int
    authorization: str = field(default="", repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """What is sent to the proxy alone."""
        return {"Proxy-Authorization": self.authorization} if self.authorization else {}


def find_proxy(environ: Mapping[str, str], target: Target) -> Proxy | None:
    """Return the proxy that the environment names for a target, None where it is asked directly.

    Raises:
        FetchError: it names one that cannot be used.
    """
    named = _variable(environ, f"{target.scheme}_proxy") or _variable(environ, "all_proxy")
    if not named or _exempt(_variable(environ, "no_proxy"), target):
        return None
    return _read_proxy(named, f"{target.scheme}_proxy")


def _variable(environ: Mapping[str, str], name: str) -> str:
    """A variable in lower case, or else in upper case, as other programs read them."""
    return (environ.get(name) or environ.get(name.upper()) or "").strip()


def _read_proxy(named: str, variable: str) -> Proxy:
    try:
        parts = urlsplit(named if "://" in named else f"http://{named}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    else:
        if host and parts.scheme != "http":
            raise FetchError(f"the proxy in {variable} speaks {parts.scheme}", "only http:// proxies can be used")
    if not host:
        raise FetchError(f"the proxy in {variable} is no address", "write it as http://host:port")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return Proxy(host, port or 80, f"Basic {pair}" if user else "")


def _exempt(listed: str, target: Target) -> bool:
    """Whether no_proxy names the target: `*`, a name, a domain with or without its dot, host:port, an address range."""
    return any(_matches(entry.strip().lower(), target) for entry in listed.split(",") if entry.strip())


def _matches(entry: str, target: Target) -> bool:
    if entry in ("*", target.host, target.place, f"[{target.host}]"):
        return True
    if "/" in entry:
        try:
            return ipaddress.ip_address(target.host) in ipaddress.ip_network(entry, strict=False)
        except ValueError:
            return False
    name, _, port = entry.partition(":")
    domain = name.removeprefix("*").lstrip(".")
    return bool(domain) and port in ("", str(target.port)) and f".{target.host}".endswith(f".{domain}")
