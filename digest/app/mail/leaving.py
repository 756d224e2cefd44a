"""How a reader leaves: by an address of his own in the mail's header, by one that all share at the letter's foot."""

from __future__ import annotations

from urllib.parse import quote

from digest.config import MailSettings
from digest.deliver.tokens import issue_token, leave_by_mail, recipient_token
from digest.model import Issue


def own_ways(mail: MailSettings, edition: str, address: str, key: bytes) -> tuple[str, ...]:
    """Return the addresses by which one recipient leaves an edition, for List-Unsubscribe: https first, then mail."""
    token = recipient_token(key, edition, address)
    by_mail = leave_by_mail(mail.sender.address, edition, token)
    return (_fill(mail.unsubscribe, edition, address, token), by_mail) if mail.unsubscribe else (by_mail,)


def shared_way(mail: MailSettings | None, issue: Issue, key: bytes) -> str:
    """Return the address by which any recipient of an issue leaves: its body is the same for all of them.

    Whoever writes to it is known by his own address; the token proves that he has the issue.  Empty without settings.
    """
    if mail is None:
        return ""
    if mail.unsubscribe and "{" not in mail.unsubscribe:
        return mail.unsubscribe
    return leave_by_mail(mail.sender.address, issue.edition, issue_token(key, issue.edition, issue.slot))


def _fill(template: str, edition: str, address: str, token: str) -> str:
    holes = {"{token}": token, "{address}": quote(address, safe=""), "{edition}": edition}
    for hole, value in holes.items():
        template = template.replace(hole, value)
    return template
