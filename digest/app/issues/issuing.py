"""From what was gathered to a frozen issue: offered to the ledger, composed, rendered, put into envelopes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.app.issues.letters import write_letter
from digest.app.issues.past import notices_of
from digest.app.issues.pictures import fetch_pictures
from digest.app.mail.leaving import own_ways, shared_way
from digest.app.proof.manifest import make_manifest, seal_manifest
from digest.app.reading.gather import Gathering, Progress
from digest.compose.issue import Composition, Past, compose_issue
from digest.config import MailSettings, Settings
from digest.deliver.signing import Dkim, read_dkim, sign_message
from digest.model import Article, Edition, InterfaceLanguage, Issue, Letter, Recipient
from digest.render import build_message, message_id
from digest.store import Envelope, FrozenIssue, ItemRow, Placement, Store


@dataclass(frozen=True, slots=True)
class Material:
    """What an issue is composed of: its candidates, what was read, how much of it is none, the past, and the slot."""

    found: Gathering
    articles: Sequence[Article]
    known: int
    past: Past
    slot: datetime


def compose_letter(
    settings: Settings,
    edition: Edition,
    made: Material,
    clock: Callable[[], datetime],
    environ: Mapping[str, str],
    key: bytes | None = None,
    progress: Progress | None = None,
) -> tuple[Composition, Letter]:
    """Return the issue with its pictures, and its letter, whose warnings tell of pictures that could not be had.

    With the `key` that signs what readers leave by, and where there are mail settings, it has the foot of a mail.
    """
    composed = compose_issue(
        made.articles,
        edition,
        made.slot,
        past=made.past,
        sources=made.found.reports,
        known=made.known,
        unreadable=made.found.unreadable,
        progress=progress,
    )
    told: list[str] = []
    issue, pictures = fetch_pictures(edition, composed.issue, settings, environ, clock, told.append)
    mail = settings.mail if key is not None else None
    letter = write_letter(issue, settings, mail, shared_way(mail, issue, key or b""), pictures)
    return replace(composed, issue=issue), replace(letter, warnings=(*letter.warnings, *told))


def freeze(
    store: Store,
    composed: Composition,
    letter: Letter,
    recipients: Sequence[Recipient],
    mail: MailSettings,
    now: datetime,
    origin: str = "",
    key: bytes | None = None,
) -> bool:
    """Freeze the issue with one envelope a recipient; False where another process froze the slot first.

    `origin` is the configuration it was made by, for the manifest; `key` names and signs the mails
    in place of the store's.
    """
    issue = composed.issue
    post = Post.of(mail, key or store.signing_key())
    messages = [post.address_letter(issue, letter, recipient, now) for recipient in recipients]
    frozen = FrozenIssue(
        edition=issue.edition,
        slot=issue.slot,
        day=issue.day,
        subject=letter.subject,
        html=letter.html,
        text=letter.text,
        body=messages[0][1],
        composed_at=now,
        manifest=seal_manifest(make_manifest(issue, letter, messages[0][1]) | {"configuration": origin}, post.key),
    )
    return store.freeze_issue(
        frozen,
        [envelope for envelope, _ in messages],
        placements_of(composed),
        items=[ItemRow.of(item) for item in issue.items],
        appointments=composed.appointments,
        words=composed.words,
        notices=notices_of(issue.revisions),
    )


def placements_of(composed: Composition) -> list[Placement]:
    """Return what became of every article, as the store keeps it."""
    return [Placement(key, *placing) for key, placing in composed.placements.items()]


@dataclass(frozen=True, slots=True)
class Post:
    """What turns the letter of an issue into mails: who sends, which key names and signs them, who vouches (DKIM)."""

    mail: MailSettings
    key: bytes
    dkim: Dkim | None = None

    @classmethod
    def of(cls, mail: MailSettings, key: bytes) -> Post:
        """Return the post of a configuration.

        Raises:
            ConfigError: the key of DKIM cannot be used.
        """
        return cls(mail, key, read_dkim(mail.dkim) if mail.dkim else None)

    def address_letter(
        self, issue: Issue, letter: Letter, recipient: Recipient, now: datetime
    ) -> tuple[Envelope, bytes]:
        """Return one recipient's envelope and the body that all recipients share."""
        mail, edition = self.mail, issue.edition
        identity = message_id(edition, issue.slot, recipient.address, domain_of(mail), self.key)
        ways = own_ways(mail, edition, recipient.address, self.key)
        date = now.astimezone(issue.slot.tzinfo)
        header, body = write_mail(mail, self.dkim, letter, recipient, edition, issue.language, identity, date, ways)
        until = now + timedelta(hours=mail.give_up)
        return Envelope(recipient.address, identity, header, recipient.name, until), body


def domain_of(mail: MailSettings) -> str:
    """Return the domain that mails are sent from."""
    return mail.sender.address.rpartition("@")[2]


def write_mail(
    mail: MailSettings,
    dkim: Dkim | None,
    letter: Letter,
    recipient: Recipient,
    edition: str,
    language: InterfaceLanguage,
    identity: str,
    date: datetime,
    ways: Sequence[str],
) -> tuple[bytes, bytes]:
    """Return header and body of one mail of an edition, signed where there is a key.

    `identity` is its Message-ID, `ways` are the addresses by which its reader leaves.
    """
    header, body = build_message(
        letter,
        sender=mail.sender,
        recipient=recipient,
        message_id=identity,
        date=date,
        list_id=f"{edition}.{domain_of(mail)}",
        unsubscribe=ways,
        edition=edition,
        one_click=mail.one_click,
        reply_to=mail.reply_to,
        feedback_id=mail.feedback_id or "",
        language=language,
    )
    return (sign_message(header, body, dkim) if dkim else header), body
