"""From what was gathered to a frozen issue: offered to the ledger, composed, rendered, put into envelopes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from digest.app.gather import Gathering, Progress
from digest.app.past import notices_of
from digest.compose.issue import NOTHING, Composition, Past, compose_issue
from digest.config import MailSettings
from digest.model import Article, Edition, Issue, Letter, Recipient
from digest.rank.tokens import segmenter_name
from digest.render import Footer, build_message, message_id, render_letter
from digest.store import Envelope, FrozenIssue, ItemRow, Placement, Store

WINDOW = timedelta(days=3)
"""How long an article that found no room stays a candidate for the next issues."""


def offer_articles(store: Store, edition: Edition, found: Gathering, now: datetime) -> tuple[list[Article], int]:
    """Record what was found, offer it to the edition, and return its candidates and how many of it are none.

    What was there before its source was added, and what is too old, is no candidate.
    """
    kept = {key: key for key in found.kept} | store.record_articles(found.articles, now)
    store.offer_baseline(edition.name, [kept[key] for key in found.baseline], now)
    stale = {kept[key]: reason for key, reason in found.stale.items()}
    store.offer(edition.name, list(dict.fromkeys(kept.values())), now, WINDOW, stale)
    store.expire(edition.name, now)
    candidates = store.candidates(edition.name, now)
    open_keys = {article.key for article in candidates}
    return candidates, len(set(kept.values()) - open_keys)


def compose_letter(
    candidates: Sequence[Article],
    known: int,
    found: Gathering,
    edition: Edition,
    slot: datetime,
    templates: Mapping[str, str],
    mail: MailSettings | None = None,
    past: Past = NOTHING,
    progress: Progress | None = None,
) -> tuple[Composition, Letter]:
    """Return the issue composed from the candidates, and its letter."""
    composed = compose_issue(
        candidates,
        edition,
        slot,
        past=past,
        sources=found.reports,
        known=known,
        unreadable=found.unreadable,
        progress=progress,
    )
    return composed, write_letter(composed.issue, templates, mail)


def write_letter(issue: Issue, templates: Mapping[str, str], mail: MailSettings | None) -> Letter:
    """Return the letter of an issue, with the foot of a mail where there are mail settings."""
    footer = Footer(sender=mail.sender.name or mail.sender.address, unsubscribe=_unsubscribe(mail)) if mail else None
    return render_letter(issue, templates, mail_footer=footer)


def freeze(
    store: Store,
    composed: Composition,
    letter: Letter,
    recipients: Sequence[Recipient],
    mail: MailSettings,
    now: datetime,
    origin: str = "",
) -> bool:
    """Freeze the issue with one envelope a recipient; False where another process froze the slot first.

    `origin` is the configuration it was made by, for the manifest.
    """
    issue = composed.issue
    messages = [address_letter(issue, letter, recipient, mail, now) for recipient in recipients]
    frozen = FrozenIssue(
        edition=issue.edition,
        slot=issue.slot,
        day=issue.day,
        subject=letter.subject,
        html=letter.html,
        text=letter.text,
        body=messages[0][1],
        composed_at=now,
        manifest=_manifest(issue) | {"configuration": origin},
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


def address_letter(
    issue: Issue, letter: Letter, recipient: Recipient, mail: MailSettings, now: datetime
) -> tuple[Envelope, bytes]:
    """Return one recipient's envelope and the body that all recipients share."""
    domain = mail.sender.address.rpartition("@")[2]
    identity = message_id(issue.edition, issue.slot, recipient.address, domain)
    header, body = build_message(
        letter,
        sender=mail.sender,
        recipient=recipient,
        message_id=identity,
        date=now.astimezone(issue.slot.tzinfo),
        list_id=f"{issue.edition}.{domain}",
        unsubscribe=_unsubscribe(mail),
        edition=issue.edition,
    )
    return Envelope(recipient.address, identity, header, recipient.name), body


def _unsubscribe(mail: MailSettings) -> str:
    return f"mailto:{mail.sender.address}?subject=unsubscribe"


def _manifest(issue: Issue) -> dict[str, Any]:
    """What proves the issue later: for every item the hash of its text and the offsets of its sentences."""
    return {
        "segmenter": segmenter_name(),
        "items": [
            {
                "key": item.article.key,
                "sha256": sha256(item.article.text.encode("utf-8", "surrogatepass")).hexdigest(),
                "sentences": [[s.start, s.end] for s in item.summary.sentences],
            }
            for item in issue.items
        ],
    }
