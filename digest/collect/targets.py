"""What a URL asks for: the host and port to connect to, the words of the request, and a form fit to be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from digest.errors import FetchError

DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST = 8_000
"""A longer URL is refused: servers would answer it with 414."""
LONGEST_SHOWN = 500

_SECRET = re.compile(
    r"(?:[\w.-]*[_.-])?(?:\w*token|\w*key|\w*secret|passw(?:or)?d|passwd|pwd|pass|sig|sign|signature|auth|jwt|session|"
    r"sid|credential|code)",
    re.I,
)
_NO_SECRET = re.compile(r"monkey|turkey|hockey", re.I)
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_SPACE = re.compile(r"[\x00-\x20\x7f]+")


@dataclass(frozen=True, slots=True)
class Target:
    """One URL, taken apart.  `path` is what the request line asks for, `host` in ASCII and without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def place(self) -> str:
        """The host and port: `news.example:443`."""
        return f"{self._bracketed}:{self.port}"

    @property
    def netloc(self) -> str:
        """The host as a Host header names it: with its port only where it is not the scheme's own."""
        return self._bracketed if self.port == DEFAULT_PORTS[self.scheme] else self.place

    @property
    def url(self) -> str:
        """The URL in its normal form, without a fragment."""
        return f"{self.scheme}://{self.netloc}{self.path}"

    @property
    def name(self) -> str:
        """The URL as people are shown it: without secrets."""
        return mask_url(self.url)

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def read_target(url: str, base: str = "") -> Target:
    """Return what a URL, which may be relative to `base`, asks for.

    Raises:
        FetchError: it is no http or https URL, has a user name in it, or a host that cannot be one.
    """
    if len(url) > LONGEST:
        raise FetchError(f"{mask_url(url)} is longer than any address", "check how it is written")
    try:
        parts = urlsplit(urljoin(base, _SPACE.sub(lambda found: quote(found[0]), url.strip())))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise FetchError(f"{mask_url(url)} is no URL that could be read", "check how it is written") from None
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise FetchError(f"{mask_url(url)} is no http or https address", "only these two are fetched")
    if "@" in parts.netloc:
        raise FetchError(f"{mask_url(url)} has a user name in its address", "give it in the source's headers instead")
    if port == 0:
        raise FetchError(f"{mask_url(url)} names port 0, which nothing listens on", "check the port")
    return Target(scheme, _ascii_host(host, url), port or DEFAULT_PORTS[scheme], _request_path(parts))


def mask_url(url: str) -> str:
    """Return a URL without what may be secret: a user and password, the values of `token=`, `key=` and their like.

    A server may have written it (a redirect), so what a terminal would obey is taken out, and what is endless, cut.
    """
    url = "".join(letter for letter in url[:LONGEST_SHOWN] if letter.isprintable())
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition("?")[0].rpartition("@")[2]
    netloc = f"***@{parts.netloc.rpartition('@')[2]}" if "@" in parts.netloc else parts.netloc
    query = "&".join(_masked(pair) for pair in parts.query.split("&")) if parts.query else ""
    return urlunsplit((parts.scheme, netloc, parts.path, query, ""))


def without_secrets(url: str) -> str:
    """Return a URL without the parameters that may be secret, for those who read the mail."""
    parts = urlsplit(url)
    query = "&".join(pair for pair in parts.query.split("&") if _masked(pair) == pair)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))


def _masked(pair: str) -> str:
    name, equals, value = pair.partition("=")
    secret = value and _SECRET.fullmatch(name) and not _NO_SECRET.search(name)
    return f"{name}{equals}***" if secret else pair


def _ascii_host(host: str, url: str) -> str:
    """The host in lower-case ASCII: 新闻.example is xn--efvy88h.example, and １２７.0.0.1 (full width) is 127.0.0.1."""
    if ":" in host:  # in brackets; what is no IPv6 address finds no address
        return host.lower()
    try:
        plain = host.rstrip(".") if host.isascii() else host[:253].encode("idna").decode("ascii").rstrip(".")
    except UnicodeError:
        plain = ""
    if not _HOST.fullmatch(plain.lower()) or len(plain) > 253:
        raise FetchError(f"{mask_url(url)} has no host that could be one", "check how the address is written")
    return plain.lower()


def _request_path(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]|")
    return (path if path.startswith("/") else f"/{path}") + (f"?{query}" if query else "")
