"""Why a conversation with a server failed, in one line: nothing of urllib3's or OpenSSL's words, nothing secret."""

from __future__ import annotations

import http.client
import re
import ssl

from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as UrllibTimeoutError

from digest.collect.access import Access
from digest.collect.reading import CutBodyError
from digest.collect.retrying import AgainError
from digest.collect.targets import Target
from digest.collect.tls import explain_tls
from digest.errors import FetchError

FAILURES = (OSError, http.client.HTTPException, HTTPError, CutBodyError)
"""What talking to a server may raise, beside our own errors."""

_LATER = "try again later, or open it in a browser"
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")


def explain(error: Exception, target: Target, access: Access) -> FetchError | AgainError:
    """Return what is to be told of a failure; an AgainError where the next try may work."""
    inner = error
    while isinstance(inner, HTTPError) and inner.args and isinstance(inner.args[-1], Exception):
        inner = inner.args[-1]
    if isinstance(inner, ssl.SSLError):
        told = explain_tls(inner, target.host, access)
        return AgainError(told) if told.passing else told
    return AgainError(FetchError(*_lines(inner, target), passing=True))


def _lines(error: Exception, target: Target) -> tuple[str, str]:
    host = target.host
    if isinstance(error, (TimeoutError, UrllibTimeoutError)):
        return f"{host} did not answer in time", _LATER
    if isinstance(error, ConnectionRefusedError):
        return f"{host} refuses connections at port {target.port}", "check the address; or the site is down for now"
    if isinstance(error, (ConnectionError, http.client.RemoteDisconnected)):
        return f"{host} ended the connection without an answer", _LATER
    if isinstance(error, (CutBodyError, http.client.IncompleteRead)):
        return f"{target.name} came only in part", _LATER
    if isinstance(error, (http.client.HTTPException, HTTPError)):
        return f"{host} answered something that is not HTTP", "check the port and the scheme of the address"
    tunnel = _TUNNEL.match(str(error))
    if tunnel:
        return (
            f"the proxy did not connect to {host}: it answered {tunnel[1]}",
            "check the proxy's settings, or no_proxy",
        )
    words = (getattr(error, "strerror", None) or "the network failed").lower()
    return f"{host} cannot be reached: {words}", "check the network"
