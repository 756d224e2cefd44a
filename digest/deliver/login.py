"""Logging in: one mechanism, tried once, and no trace of the secret afterwards.

smtplib's own `login` tries every mechanism in turn with the same password.  A wrong one is then counted twice by
servers that lock accounts (NetEase), and QQ hangs up in the middle of the second try, so that its reply to the first,
the only words that say what is wrong, is lost.
"""

from __future__ import annotations

import smtplib

from digest.deliver.masking import bearer
from digest.deliver.server import Server, plain_password

METHODS = {"PLAIN": "auth_plain", "LOGIN": "auth_login", "CRAM-MD5": "auth_cram_md5"}
UNSUPPORTED = 504
"""The reply to a mechanism that was offered and is not there after all (RFC 4954 section 4)."""


def log_in(smtp: smtplib.SMTP, server: Server, secret: str) -> str:
    """The name of the mechanism that the server accepted; raises smtplib's exceptions."""
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    if not offered:
        raise smtplib.SMTPNotSupportedError("AUTH")
    usable = [name for name in (("XOAUTH2",) if server.token else METHODS) if name in offered]
    if not usable:
        raise smtplib.SMTPException(f"it takes only {', '.join(offered)}")
    for name in usable[:-1]:
        try:
            return _try(smtp, server, secret, name)
        except smtplib.SMTPAuthenticationError as refusal:
            if refusal.smtp_code != UNSUPPORTED:
                raise
    return _try(smtp, server, secret, usable[-1])


def get_secret(server: Server) -> str:
    """The password as it was meant, or a fresh token; nothing where there is no login."""
    if not server.user:
        return ""
    return server.token() if server.token else plain_password(server.password or "")


def _try(smtp: smtplib.SMTP, server: Server, secret: str, name: str) -> str:
    if name == "XOAUTH2":
        # a refused token is answered with a challenge, which wants an empty line before the refusal itself is said
        smtp.auth(name, lambda challenge=None: bearer(server, secret) if challenge is None else "")
        return name
    smtp.user, smtp.password = server.user or "", secret
    try:
        smtp.auth(name, getattr(smtp, METHODS[name]))
    finally:
        smtp.user = smtp.password = ""
    return name
