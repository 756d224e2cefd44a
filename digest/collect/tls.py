"""TLS as sources need it: always verified, and where it fails, told which setting would help."""

from __future__ import annotations

import ssl
import threading
from pathlib import Path

from digest.collect.access import Access
from digest.errors import FetchError

_LEGACY_SERVER_CONNECT = getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)  # named from Python 3.12 on
_UNKNOWN_ISSUER = {2, 18, 19, 20, 21}  # the X509_V_ERR_ numbers of OpenSSL
_EXPIRED = {9, 10}
_WRONG_HOST = {62, 64}
_WEAK = {66, 67, 68}
_OLD = (
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED",
    "DH_KEY_TOO_SMALL",
    "WRONG_SIGNATURE_TYPE",
    "LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED",
    "HANDSHAKE_FAILURE",
    "BAD_ECPOINT",
)
_TOO_OLD = ("UNSUPPORTED_PROTOCOL", "ALERT_PROTOCOL_VERSION", "WRONG_SSL_VERSION", "NO_PROTOCOLS_AVAILABLE")
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE")


class Contexts:
    """The TLS settings of all sources, each made once: reading the system's authorities takes milliseconds."""

    def __init__(self) -> None:
        self._made: dict[tuple[bool, Path | None], ssl.SSLContext] = {}
        self._lock = threading.Lock()

    def context(self, access: Access) -> ssl.SSLContext:
        """The settings for one source.

        Raises:
            FetchError: its `cafile` cannot be read.
        """
        key = (access.legacy_tls, access.cafile)
        with self._lock:
            if key not in self._made:
                self._made[key] = _make_context(*key)
            return self._made[key]


def explain_tls(error: ssl.SSLError, host: str, access: Access) -> FetchError:
    """Return what went wrong with the encryption to a host, and the setting that would help where there is one."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return FetchError(*_explain_certificate(error, host, access))
    reason = (error.reason or "").upper()
    if any(word in reason for word in _OLD):
        helps = "" if access.legacy_tls else "set legacy_tls = true for this source; it stays verified"
        return FetchError(f"{host} only speaks an old form of TLS", helps or "nothing older is spoken here")
    if any(word in reason for word in _TOO_OLD):
        return FetchError(f"{host} only speaks TLS older than 1.2", "nobody can vouch for what it says; try http")
    if any(word in reason for word in _NO_TLS):
        return FetchError(f"{host} does not speak TLS at this port", "try http instead of https, or another port")
    said = reason.replace("_", " ").lower() or "the connection ended"
    return FetchError(f"{host}: TLS failed: {said}", "try again later", passing=True)


def _explain_certificate(error: ssl.SSLCertVerificationError, host: str, access: Access) -> tuple[str, str]:
    if error.verify_code in _UNKNOWN_ISSUER:
        missing = "set cafile to a PEM file with the missing intermediate or authority"
        return f"the certificate of {host} comes from an unknown issuer, or an intermediate is missing", missing
    if error.verify_code in _EXPIRED:
        return (
            f"the certificate of {host} has expired, or is not valid yet",
            "check this computer's clock; tell the site",
        )
    if error.verify_code in _WRONG_HOST:
        return f"the certificate is not one of {host}", "check the host's name in the address"
    if error.verify_code in _WEAK and not access.legacy_tls:
        return f"the certificate of {host} is weaker than allowed", "set legacy_tls = true for this source"
    return (
        f"the certificate of {host} is not good: {error.verify_message}",
        "tell the site; it is never read unverified",
    )


def _make_context(legacy: bool, cafile: Path | None) -> ssl.SSLContext:
    made = ssl.create_default_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if legacy:
        # Below level 1 a signature by MD5 would count as verified, so TLS 1.0, which needs that, stays out.
        made.set_ciphers("DEFAULT:@SECLEVEL=1")
        made.options |= _LEGACY_SERVER_CONNECT
        made.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if cafile is not None:
        try:
            made.load_verify_locations(cafile)
        except (OSError, ssl.SSLError):
            raise FetchError(f"the cafile {cafile} cannot be read", "give a file of PEM certificates") from None
    # After the flags above: an intermediate that was added must lead to an authority, it is none itself.
    made.verify_flags &= ~getattr(ssl, "VERIFY_X509_PARTIAL_CHAIN", 0)
    return made
