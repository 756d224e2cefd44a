"""What a run did, and how its exit code and last line tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from digest.errors import MailError, PartlyDone
from digest.model import Receipt, State

_ADVICE: dict[State, str] = {
    "failed": "correct the addresses that failed, then digest outbox resend",
    "unknown": "digest outbox list shows what is held, digest outbox resend sends it again",
}
_ADVICE_ELSE = "the next digest run tries again"


@dataclass(slots=True)
class Outcome:
    """The receipts of a run, what it found in the outbox, what waits for a person, and how its sources were."""

    receipts: list[Receipt] = field(default_factory=list)
    troubled: bool = False
    held: int = 0
    ahead: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Raise what the exit code must tell: nothing sent, or only partly done."""
        self._check_receipts()
        if self.held:
            raise PartlyDone(
                f"mails held because the connection broke before the last reply: {self.held}", _ADVICE["unknown"]
            )
        if self.ahead:
            raise PartlyDone(
                f"nothing will be due for a long time: {'; '.join(self.ahead)}",
                "set the clock right; digest send sends an issue now, whatever the clock said then",
            )
        if self.broken:
            raise PartlyDone(f"not composed: {', '.join(self.broken)}", "the lines above say why")
        if self.waiting:
            raise PartlyDone(
                f"waiting for a person: {'; '.join(self.waiting)}",
                "digest issue show shows it, digest issue release lets it go out at the next digest run",
            )
        if self.troubled:
            raise PartlyDone("not every source could be read whole", "the lines above and the mail's foot say which")

    def _check_receipts(self) -> None:
        unsent = [receipt for receipt in self.receipts if receipt.state != "sent"]
        if not unsent:
            return
        advice = "; ".join(dict.fromkeys(_ADVICE.get(receipt.state, _ADVICE_ELSE) for receipt in unsent))
        if len(unsent) == len(self.receipts):
            raise MailError(f"nothing could be sent: {_worded(unsent)}", advice)
        raise PartlyDone(f"not everybody was reached: {_worded(unsent)}", advice)


def _worded(receipts: Sequence[Receipt]) -> str:
    return "; ".join(f"{r.recipient} {r.state}" for r in receipts[:5]) + (" …" if len(receipts) > 5 else "")
