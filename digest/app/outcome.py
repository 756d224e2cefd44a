"""What a run did, and how its exit code and last line tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from digest.deliver import AGAIN
from digest.errors import BusyError, DigestError, MailError, PartlyDone
from digest.model import Receipt, State

_ADVICE: dict[State, str] = {
    "failed": "a corrected address gets the next issue, or this one by digest send --to",
    "unknown": "digest outbox list shows what is held, digest outbox resend sends it again",
}
_ADVICE_ELSE = "a later digest run tries again, digest send at once"


@dataclass(slots=True)
class Outcome:
    """The receipts of a run, what it found in the outbox, what waits for a person, and how its sources were.

    `resting` says that nothing was tried because the server is left alone, `unlisted` names the editions whose lists of
    recipients could not be read whole, `plain` those whose own templates failed.  `stopped` says what was left for the
    next run, since this one was asked to end; `causes` says why `broken` editions could not be composed; `issued` names
    the editions that got an issue, `worked` says whether anything was done.  `aside`: nothing of it is kept.
    """

    receipts: list[Receipt] = field(default_factory=list)
    troubled: bool = False
    held: int = 0
    ahead: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    causes: dict[str, str] = field(default_factory=dict)
    resting: str = ""
    unlisted: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    issued: list[str] = field(default_factory=list)
    worked: bool = False
    aside: bool = False

    @property
    def complaint(self) -> DigestError | None:
        """What `check` raises, or None where all is well."""
        try:
            self.check()
        except DigestError as error:
            return error
        return None

    def check(self) -> None:
        """Raise what the exit code must tell: asked to end, nothing sent, or only partly done."""
        if self.stopped:
            raise BusyError(
                f"asked to end before all was done: {'; '.join(self.stopped)}",
                "the next digest run goes on; nothing is lost",
            )
        if self.resting:
            raise MailError(f"nothing could be sent: {self.resting}", "digest send tries at once, and digest test-mail")
        self._check_receipts()
        if self.held:
            raise PartlyDone(
                f"mails held because the connection broke before the last reply: {self.held}", _ADVICE["unknown"]
            )
        if self.ahead:
            raise PartlyDone(
                f"a clock was wrong: {'; '.join(self.ahead)}, far in the future",
                "see that the clock is right: new issues go by it; where none does, digest send sends one",
            )
        if self.broken:
            raise PartlyDone(f"not composed: {', '.join(self.broken)}", "the lines above say why")
        if self.unlisted:
            raise PartlyDone(
                f"not every list of recipients could be read whole: {', '.join(self.unlisted)}",
                "the lines above say which; digest recipients list shows who is on them",
            )
        if self.waiting:
            raise PartlyDone(
                f"waiting for a person: {'; '.join(self.waiting)}",
                "digest issue show shows it, digest issue release lets it go out at the next digest run",
            )
        if self.plain:
            raise PartlyDone(
                f"mailed by the built-in templates, since your own failed: {', '.join(self.plain)}",
                "the line above says where; digest templates check tries them",
            )
        if self.troubled:
            raise PartlyDone("not every source could be read whole", "the lines above and the mail's foot say which")

    def _check_receipts(self) -> None:
        unsent = [receipt for receipt in self.receipts if receipt.state != "sent"]
        if not unsent:
            return
        advice = "; ".join(dict.fromkeys(_ADVICE.get(receipt.state, _ADVICE_ELSE) for receipt in unsent))
        advice = AGAIN if self.aside else advice
        if len(unsent) == len(self.receipts):
            raise MailError(f"nothing could be sent: {_worded(unsent)}", advice)
        raise PartlyDone(f"not everybody was reached: {_worded(unsent)}", advice)


def _worded(receipts: Sequence[Receipt]) -> str:
    named = "; ".join(f"{receipt.recipient} {receipt.state}" for receipt in receipts[:5])
    return named + (f" and {len(receipts) - 5} more" if len(receipts) > 5 else "")
