"""Laws of the mail, whatever happens: servers fail at every stage, people come, leave and lie, clocks jump.

A machine plays an office over a real database file, a real SMTP server and a real maildir, and does what the commands
do: run, send, outbox resend and forget, recipients add and remove, bounces, verify.  What must be true is kept beside
it in a model of its own, which knows who stands on which list and who proved that he wants no more.

`DIGEST_EXAMPLES` sets how many lives are played.
"""

from __future__ import annotations

import email
import email.policy
import os
import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from digest.app.mail.bounces import Finding, decide, open_mailbox
from digest.app.outcome import Outcome
from digest.app.proof.verifying import verify_issue
from digest.app.recipients.enrolling import Lists, dismiss, enroll
from digest.app.sending import Call, run, send_now
from digest.app.state import open_state
from digest.config import Settings, load_settings
from digest.deliver.bounces import read_returned
from digest.errors import DigestError, StoreError, UsageError
from digest.model import Edition, Recipient, State
from digest.store import OutboxRow
from tests.compose.examples import SHANGHAI
from tests.deliver.returned_mails import delivery_status, plain
from tests.smtp_server import FaultServer, Received, Stage

EXAMPLES = int(os.environ.get("DIGEST_EXAMPLES", "15"))
"""Read here, since no test sees the variables of who runs it."""

MORNING = datetime(2026, 11, 2, 7, tzinfo=SHANGHAI)
GIVE_UP = timedelta(hours=6)
ME = "me@example.cn"
ANNA, BEN, CARL, DORA, STRANGER = (f"{name}@example.cn" for name in ("anna", "ben", "carl", "dora", "zoe"))
PEOPLE = (ANNA, BEN, CARL, DORA)
DAILY, EVENING = "daily", "evening"
EDITIONS = (DAILY, EVENING)
IN_FILE = frozenset({CARL, DORA})
"""Who stands in the file of the group that the evening's edition is for: a list that is not ours to write."""

CONFIG = """version = 1
timezone = "Asia/Shanghai"
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
user = "{me}"
password_file = 'password'
from = "每日摘要 <{me}>"
give_up = 6
on_unknown = "{on_unknown}"
[bounces]
maildir = 'Maildir'
[[source]]
name = "news"
kind = "folder"
path = 'news'
[[group]]
name = "readers"
file = 'readers.txt'
[[edition]]
name = "daily"
recipients = ["{anna}", "王奔 <{ben}>"]
schedule = {{ at = "08:00", days = "daily" }}
[[edition]]
name = "evening"
recipients = ["{ben}"]
groups = ["readers"]
schedule = {{ at = "18:00", days = "daily" }}
"""
STAGES: tuple[Stage, ...] = (
    "greeting",
    "ehlo",
    "auth",
    "mail",
    "rcpt",
    "rcpt",
    "data",
    "body",
    "dot",
    "dot",
    "rset",
    "quit",
)
NO_SUCH = "550 5.1.1 no such user"
REPLIES = (
    "",  # hangs up without a word
    "421 4.3.2 closing the channel",
    "450 4.2.1 greylisted, come back later",
    "451 4.7.1 try again later",
    "451 DT:SPM please try again",
    "450 MI:DMC too many mails in a connection",
    "452 4.2.2 mailbox full",
    "535 5.7.8 authentication failed",
    "550 5.4.5 daily sending quota exceeded",
    NO_SUCH,
    "552 5.2.2 over quota",
    "553 mail from must equal authorized user",
    "554 DT:SPM taken for spam",
)
FORGERIES = ("wrong token", "token of another edition", "issue token", "bare", "reply", "automatic", "answer", "bounce")
STATES: set[State] = {"queued", "sending", "dot", "sent", "deferred", "failed", "unknown"}
WAITING = ("queued", "sending", "dot", "deferred")


@dataclass(frozen=True)
class View:
    """What the store holds at a moment: mails by Message-ID, who is silent, and the Message-IDs whose time has come."""

    mails: dict[str, OutboxRow]
    silent: frozenset[tuple[str, str]]
    due: frozenset[str]

    def is_silent(self, row: OutboxRow) -> bool:
        """Whether the owner of the mail wants, or may get, no more of its edition."""
        return bool({(row.address, row.edition), (row.address, "")} & self.silent)


@dataclass
class Office:
    """The world of one life, and what its mails must be like by what was done."""

    folder: Path
    smtp: FaultServer
    on_unknown: str
    now: datetime = MORNING
    stories: int = 0
    letters: int = 0
    lists: dict[str, set[str]] = field(default_factory=lambda: {DAILY: {ANNA, BEN}, EVENING: {BEN}})
    silent: dict[tuple[str, str], str] = field(default_factory=dict)  # (address, edition) and why
    taken_in: dict[str, datetime] = field(default_factory=dict)
    touched: Counter[str] = field(default_factory=Counter)  # Message-IDs a person resent, and how often
    forgotten: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)  # Message-IDs of mails that came back for good

    def __post_init__(self) -> None:
        for name in ("news", "Maildir/new", "Maildir/cur"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "password").write_text("secret\n")
        (self.folder / "password").chmod(0o600)
        (self.folder / "readers.txt").write_text(f"{CARL}\n多拉 <{DORA}>  # since May\n", encoding="utf-8")
        config = CONFIG.format(port=self.smtp.port, me=ME, anna=ANNA, ben=BEN, on_unknown=self.on_unknown)
        self.config.write_text(config, encoding="utf-8")
        self.publish()

    # ------------------------------------------------------------------------------------------------------- the office

    @property
    def config(self) -> Path:
        """The file of the configuration."""
        return self.folder / "digest.toml"

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.folder / "data"

    def settings(self) -> Settings:
        """The configuration as it is now."""
        return load_settings(self.config, {}, self.data)

    def call(self) -> Call:
        """How a command is called now."""
        return Call(self.settings(), lambda: self.now, {}, lambda _: None, origin=str(self.config))

    def edition(self, name: str) -> Edition:
        """An edition as it is configured now."""
        return self.settings().find_edition(name)

    def publish(self) -> None:
        """One report more in the folder."""
        self.stories += 1
        n = self.stories
        text = f"石门渡第{n}座新水厂今天开工，总投资{n * 37 + 11}亿元。建成以后，{n * 130}户居民可以用上自来水。\n"
        (self.folder / f"news/{n:03}.txt").write_text(f"石门渡第{n}座新水厂开工\n{text}", encoding="utf-8")

    def look(self) -> View:
        """What the store holds now."""
        with open_state(self.settings()) as store:
            return View(
                {row.message_id: row for row in store.outbox_rows()},
                frozenset((gone.address, gone.edition) for gone in store.suppressions()),
                frozenset(row.message_id for row in store.pending(now=self.now)),
            )

    def messages(self) -> dict[str, bytes]:
        """Every mail as it was frozen, by its Message-ID."""
        own = "SELECT message_id, header, body FROM outbox JOIN issues USING (edition, slot)"
        with closing(sqlite3.connect(self.settings().store.path or "")) as database:
            return {identity: header + body for identity, header, body in database.execute(own)}

    def received(self) -> list[tuple[str, Received]]:
        """What the server took, each with its Message-ID."""
        return [(identity_of(mail.content), mail) for mail in self.smtp.received]

    def members(self, name: str) -> set[str]:
        """Who stands on the lists of an edition."""
        return self.lists[name] | (IN_FILE if name == EVENING else set())

    def readers(self, name: str) -> set[str]:
        """Who is to get an issue of the edition that is frozen now."""
        return {who for who in self.members(name) if not {(who, name), (who, "")} & self.silent.keys()}

    # ----------------------------------------------------------------------------------------------------- the commands

    def send(self, name: str | None = None, *, doubly: bool = False) -> int:
        """The exit code of `digest send`, or of `digest run` (`doubly` twice at the same moment), looked at closely."""
        before, arrived = self.look(), len(self.smtp.received)
        readers = {edition: self.readers(edition) for edition in EDITIONS}
        call = self.call()
        if doubly:
            code = exit_codes_of_two(lambda: run(call))
        elif name is None:
            code = exit_code(lambda: run(call))
        else:
            code = exit_code(lambda: send_now(call, self.edition(name)))
        assert code in (0, 4, 5), f"exit {code}"
        after = self.look()
        for edition, addresses in readers.items():
            self._check_new_issues(before, after, edition, addresses)
        for identity, _ in self.received()[arrived:]:
            row = after.mails[identity]
            assert not before.is_silent(row), f"{row.address} got a mail of {row.edition} after leaving"
        if not doubly:
            self._check_code(code, name, before, after)
        self._learn(after)
        return code

    def read_mailbox(self) -> list[Finding]:
        """digest bounces: what the messages meant that had not been read before."""
        found = self.settings()
        messages = [read_returned(content) for content in open_mailbox(found, {}, self.now - timedelta(days=30))]
        with open_state(found) as store:
            return decide(store, messages, self.now).findings

    def put_letter(self, content: bytes) -> list[Finding]:
        """What came of a message that has just arrived."""
        self.letters += 1
        path = self.folder / "Maildir/new" / f"{self.letters:04}.host"
        path.write_bytes(content)
        os.utime(path, (self.now.timestamp(), self.now.timestamp()))
        findings = self.read_mailbox()
        self._learn(self.look())
        return findings

    def _learn(self, view: View) -> None:
        """Take note of who was given up; rightly, if his last three mails came back for good."""
        with open_state(self.settings()) as store:
            bounced = {gone.address for gone in store.suppressions() if gone.reason == "bounced"}
        for address in bounced - {who for who, edition in self.silent if not edition}:
            since = self.taken_in.get(address, MORNING - timedelta(days=9))
            ended = (r for r in view.mails.values() if r.state not in WAITING and r.slot > since)
            last = sorted((r for r in ended if r.address == address), key=lambda row: row.slot)[-3:]
            assert len(last) == 3, f"{address} was given up after {len(last)} mails"
            for row in last:
                refused = row.state == "failed" and NO_SUCH[4:] in row.reply
                assert refused or row.message_id in self.gone, f"{address} was given up, and got its mail of {row.slot}"
            self.silent[address, ""] = "bounced"

    # --------------------------------------------------------------------------------------------------------- the laws

    def _check_new_issues(self, before: View, after: View, edition: str, readers: set[str]) -> None:
        """An issue has one mail for everybody who is on its lists and did not leave."""
        fresh = [row for identity, row in after.mails.items() if identity not in before.mails]
        for slot in {row.slot for row in fresh if row.edition == edition}:
            addresses = Counter(row.address for row in fresh if (row.edition, row.slot) == (edition, slot))
            assert addresses == Counter(readers), f"{edition}: {addresses} got the issue, not {readers}"

    def _check_code(self, code: int, name: str | None, before: View, after: View) -> None:
        """Exit 0 only where all that was due is sent and nothing is held; exit 5 only where nothing was sent."""
        fresh = after.mails.keys() - before.mails.keys()
        due = {i for i in before.due if name in (None, before.mails[i].edition)} | fresh
        scope = [row for row in after.mails.values() if name in (None, row.edition)]
        if code == 0:
            missed = {i: after.mails[i].state for i in due if not before.is_silent(after.mails[i])}
            assert set(missed.values()) <= {"sent"}, f"exit 0, and yet {missed}"
            assert not [row for row in scope if row.state == "unknown"], "exit 0, and yet a mail is held"
        if code == 5:
            sent = [i for i in due if after.mails[i].state == "sent" and self._was_unsent(i, before)]
            assert not sent, f"exit 5 (nothing could be sent), and yet sent: {sent}"

    def _was_unsent(self, identity: str, before: View) -> bool:
        return identity not in before.mails or before.mails[identity].state != "sent"

    def check(self) -> None:
        """Everything that must be true of the mails at any moment."""
        with open_state(self.settings()) as store:
            rows = {row.message_id: row for row in store.outbox_rows()}
            suppressed = {(gone.address, gone.edition): gone.reason for gone in store.suppressions()}
        messages, received = self.messages(), self.received()
        assert suppressed == self.silent
        assert {row.state for row in rows.values()} <= STATES
        assert {identity_of(message) for message in messages.values()} == messages.keys()
        for identity, mail in received:
            assert mail.content == messages[identity], "it is not the mail that was frozen"
            assert (mail.sender, mail.recipient) == (ME, rows[identity].address)
        self._check_copies(rows, Counter(identity for identity, _ in received))

    def _check_copies(self, rows: dict[str, OutboxRow], copies: Counter[str]) -> None:
        """Nothing twice but what somebody wanted so, nothing `sent` that was not taken, nothing taken unknown."""
        for identity, row in rows.items():
            allowed = 3 if self.on_unknown == "resend" else 1
            assert copies[identity] <= allowed + self.touched[identity], (
                f"{row.address} got it {copies[identity]} times"
            )
            if row.state == "sent":
                assert copies[identity], f"sent to {row.address}, and never arrived"
            if copies[identity] and self.on_unknown == "hold" and identity not in self.forgotten | self.touched.keys():
                assert row.state in ("sent", "unknown"), f"{row.address} has it, and it is {row.state}"

    def finish(self) -> None:
        """Once the server is well and time has passed, no mail waits, and all that was printed can be proved."""
        self.smtp.heal()
        end = self.now + GIVE_UP + timedelta(hours=6)
        while self.now < end and any(row.state in WAITING for row in self.look().mails.values()):
            self.now += timedelta(minutes=65)
            self.send()
            self.check()
        mails = self.look().mails
        assert not [row for row in mails.values() if row.state in WAITING], "a mail waits for ever"
        code = self.send()
        assert code in (0, 4)
        assert (code == 4) == any(row.state == "unknown" for row in self.look().mails.values()) or self._nobody_left()
        for name in sorted({row.edition for row in mails.values()})[:1]:
            proof = verify_issue(self.settings(), self.edition(name))
            assert proof.exit_code == 0, proof

    def _nobody_left(self) -> bool:
        return any(not self.readers(name) for name in EDITIONS)


def exit_code(act: Callable[[], Outcome]) -> int:
    """What a command ends with."""
    try:
        act().check()
    except DigestError as error:
        return error.exit_code
    return 0


def exit_codes_of_two(act: Callable[[], Outcome]) -> int:
    """The smaller exit code of two that are called at the same moment; one of them may do nothing, never both."""
    codes: list[int] = []
    start = threading.Barrier(2)

    def go() -> None:
        start.wait()
        codes.append(exit_code(act))

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == 2, "a run broke down"
    assert codes != [75, 75]
    return min(codes)


def parse(content: bytes) -> EmailMessage:
    """A mail as its reader's program sees it."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def identity_of(content: bytes) -> str:
    """The Message-ID that stands in a mail's header."""
    (found,) = re.findall(rb"^Message-ID:\s*(\S+)", content.partition(b"\r\n\r\n")[0], re.MULTILINE)
    return str(found, "ascii")


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file below a folder, and the hash of its bytes."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in files}


def own_request(mail: Received) -> str:
    """What the mail's List-Unsubscribe asks for: the subject of a letter."""
    found = re.search(r"subject=([^>\s]+)", re.sub(r"\s", "", str(parse(mail.content)["List-Unsubscribe"])))
    assert found is not None
    return found[1].replace("%20", " ")


def shared_request(mail: Received) -> str:
    """What the link at the foot of the letter asks for."""
    part = parse(mail.content).get_body(("html",))
    assert isinstance(part, EmailMessage)
    found = re.search(r"mailto:[^\"?]+\?subject=(unsubscribe[^\"&]+)", part.get_content())
    assert found is not None
    return found[1].replace("%20", " ")


@dataclass(frozen=True)
class Trouble:
    """How a mail server goes wrong: where, what it says, and then it may hang up; for whom, and how often."""

    stage: Stage
    reply: str
    drop: bool
    who: str | None
    times: int | None


troubles = st.builds(
    lambda stage, reply, drop, who, times: Trouble(
        stage, reply, drop or not reply, who if stage in ("rcpt", "data", "body", "dot") else None, times
    ),
    st.sampled_from(STAGES),
    st.sampled_from(REPLIES) | st.just(""),
    st.booleans(),
    st.sampled_from([None, None, *PEOPLE]),
    st.sampled_from([None, 1, 2]),
)


class Mails(RuleBasedStateMachine):
    """What may happen to an office that mails two editions to four people."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self._smtp = FaultServer(login=(ME, "secret"))
        self._smtp.__enter__()
        self.office: Office

    @initialize(on_unknown=st.sampled_from(["hold", "hold", "resend"]))
    def open_office(self, on_unknown: str) -> None:
        """An office whose first day was a good one: both editions have arrived."""
        self.office = Office(Path(self._folder.name), self._smtp, on_unknown)
        self.office.now = MORNING.replace(hour=18, minute=5)
        assert self.office.send() == 0
        assert len(self._smtp.received) == 5

    def teardown(self) -> None:
        """The end of every life, whatever it was like."""
        try:
            if hasattr(self, "office"):
                self.office.finish()
                self.office.check()
        finally:
            self._smtp.__exit__()
            self._folder.cleanup()

    @invariant()
    def hold(self) -> None:
        """The laws hold after every step."""
        if hasattr(self, "office"):
            self.office.check()

    # ------------------------------------------------------------------------------------------------- time and sending

    @rule(hour=st.sampled_from([8, 18, 18]), trouble=troubles | st.none())
    def pass_a_night(self, hour: int, trouble: Trouble | None) -> None:
        """Something was published, it is the next morning or evening, and digest runs, in trouble or not."""
        office = self.office
        if trouble:
            self.break_server(trouble)
        office.publish()
        office.now = (office.now + timedelta(days=1)).replace(hour=hour, minute=5)
        event(f"exit {office.send()}")

    @rule()
    def run(self) -> None:
        """digest run."""
        event(f"exit {self.office.send()}")

    @rule()
    def run_twice_at_once(self) -> None:
        """Two digest run at the same moment."""
        self.office.send(doubly=True)

    @rule(name=st.sampled_from(EDITIONS))
    def send_now(self, name: str) -> None:
        """digest send."""
        event(f"exit {self.office.send(name)}")

    @rule(minutes=st.sampled_from([-120, -10, 1, 6, 20, 70, 300, 1440, 4320]))
    def jump(self, minutes: int) -> None:
        """The clock goes on, or is set back."""
        self.office.now += timedelta(minutes=minutes)

    @rule()
    def rehearse(self) -> None:
        """digest run --dry-run: nothing is mailed, and no byte of the state changes."""
        before, arrived = fingerprint(self.office.data), len(self._smtp.received)
        exit_code(lambda: run(replace(self.office.call(), dry_run=True)))
        assert fingerprint(self.office.data) == before
        assert len(self._smtp.received) == arrived

    # --------------------------------------------------------------------------------------------------------- troubles

    @rule(trouble=troubles)
    def break_server(self, trouble: Trouble) -> None:
        """The mail server goes wrong, for everybody or for one address, for good or a few times."""
        self._smtp.fail(trouble.stage, trouble.reply, who=trouble.who, drop=trouble.drop, times=trouble.times)

    @rule()
    def heal(self) -> None:
        """The mail server is well again."""
        self._smtp.heal()

    @rule()
    def touch_password(self) -> None:
        """The file of the password is written anew, so that the server is tried at once."""
        path = self.office.folder / "password"
        os.utime(path, ns=(0, path.stat().st_mtime_ns + 1_000_000_000))

    # ------------------------------------------------------------------------------------------------------ the outbox

    @rule(data=st.data(), forget=st.booleans())
    def decide_about_a_mail(self, data: st.DataObject, forget: bool) -> None:
        """digest outbox resend, or forget."""
        office = self.office
        rows = [row for row in office.look().mails.values() if row.state != "sent"]
        if not rows:
            return
        row = data.draw(st.sampled_from(sorted(rows, key=lambda row: (row.slot, row.edition, row.address))), "mail")
        with suppress(StoreError), open_state(office.settings()) as store:
            if forget:
                store.forget(row.message_id, office.now)
                office.forgotten.add(row.message_id)
            else:
                store.resend(row.message_id, office.now)
                office.touched[row.message_id] += 1

    # ---------------------------------------------------------------------------------------------- people come and go

    @rule(who=st.sampled_from(PEOPLE), name=st.sampled_from(EDITIONS))
    def add(self, who: str, name: str) -> None:
        """digest recipients add: who left, or came back, gets his mail again."""
        office = self.office
        lists = Lists(office.config, office.settings(), {})
        lifted = [place for place in ((who, ""), (who, name)) if place in office.silent]
        wanted = bool(lifted) or who not in office.members(name)
        done: tuple[str, ...] = ()
        with suppress(UsageError), open_state(lists.settings) as store:
            done = enroll(lists, store, Recipient(who), "edition", name, office.now)
        assert bool(done) == wanted
        if who not in office.members(name):
            office.lists[name].add(who)
        for place in lifted:
            del office.silent[place]
            office.taken_in[who] = office.now

    @rule(who=st.sampled_from(PEOPLE), name=st.sampled_from([None, *EDITIONS]))
    def remove(self, who: str, name: str | None) -> None:
        """digest recipients remove, of one edition or of all."""
        office = self.office
        lists = Lists(office.config, office.settings(), {})
        with suppress(UsageError), open_state(lists.settings) as store:
            dismiss(lists, store, who, "edition" if name else None, name or "", office.now)
        for edition in [name] if name else EDITIONS:
            office.lists[edition].discard(who)
        if who in IN_FILE and name != DAILY:
            office.silent.setdefault((who, name or ""), "by hand")

    @precondition(lambda self: self._smtp.received)
    @rule(data=st.data(), how=st.sampled_from(["own token", "issue token", "reply"]))
    def leave(self, data: st.DataObject, how: str) -> None:
        """Somebody who got a mail asks to get no more, in one of the three ways that prove it."""
        identity, mail, row = self._draw(data)
        if how == "own token":
            letter = plain(own_request(mail), "", STRANGER, Date=self._date())
        elif how == "issue token":
            letter = plain(shared_request(mail), "", row.address, Date=self._date())
        else:
            letter = plain("退订", "", row.address, In_Reply_To=identity, Date=self._date())
        self.office.silent.setdefault((row.address, row.edition), "unsubscribed")
        self.office.put_letter(letter)

    @precondition(lambda self: self._smtp.received)
    @rule(data=st.data(), how=st.sampled_from(FORGERIES))
    def forge(self, data: st.DataObject, how: str) -> None:
        """Somebody writes in the name of another, or an answering machine in its owner's: nobody leaves by that."""
        identity, mail, row = self._draw(data)
        others = [who for who in PEOPLE if who not in {r.address for r in self._mails_of(row)}]
        other = next(iter(others), STRANGER)
        request, shared = own_request(mail), shared_request(mail)
        turned = {DAILY: EVENING, EVENING: DAILY}[row.edition]
        letters = {
            "wrong token": plain(f"unsubscribe {row.edition} {'a' * 24}", "", row.address, Date=self._date()),
            "token of another edition": plain(request.replace(row.edition, turned), "", row.address, Date=self._date()),
            "issue token": plain(shared, "", other, Date=self._date()),
            "bare": plain("退订", "退订", row.address, Date=self._date()),
            "reply": plain("退订", "退订", other, In_Reply_To=identity, Date=self._date()),
            "automatic": plain(
                "自动回复: 每日摘要", f"我在休假。\n\n> {shared}", row.address, In_Reply_To=identity, Date=self._date()
            ),
            "answer": plain(
                "Re: 每日摘要",
                f"谢谢，很有用！\n\n> 退订: {shared}",
                row.address,
                In_Reply_To=identity,
                Date=self._date(),
            ),
            "bounce": delivery_status(address=row.address, message_id="", status=f"5.1.{self.office.letters}"),
        }
        self.office.put_letter(letters[how])

    @precondition(lambda self: self._smtp.received)
    @rule(data=st.data(), hard=st.booleans(), about=st.sampled_from(["owner", "owner", "another"]))
    def bounce(self, data: st.DataObject, hard: bool, about: str) -> None:
        """A mail comes back, for good or for now; it may name the address that it was forwarded to."""
        identity, _, row = self._draw(data)
        address = row.address if about == "owner" else "forwarded@example.org"
        told = "550 5.1.1 User unknown" if hard else "452 4.2.2 Mailbox full"
        status = delivery_status(
            address=address,
            message_id=identity,
            action="failed",
            status="5.1.1" if hard else "4.2.2",
            diagnostic=f"smtp; {told}",
            envelope_id=f"n{self.office.letters}",
        ).replace(b"Message-ID: <b1.", b"Message-ID: <b%d." % self.office.letters, 1)
        if hard:
            self.office.gone.add(identity)
        self.office.put_letter(status)

    def _draw(self, data: st.DataObject) -> tuple[str, Received, OutboxRow]:
        received = self.office.received()
        place = data.draw(st.integers(0, min(len(received), 12) - 1), "mail, from the latest")
        identity, mail = received[-1 - place]
        return identity, mail, self.office.look().mails[identity]

    def _mails_of(self, row: OutboxRow) -> Iterable[OutboxRow]:
        found = self.office.look().mails.values()
        return [other for other in found if (other.edition, other.slot) == (row.edition, row.slot)]

    def _date(self) -> str:
        """Makes each letter another one."""
        return f"Mon, 02 Nov 2026 {self.office.letters // 60 % 24:02}:{self.office.letters % 60:02}:00 +0800"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office on its first evening, when both editions are due."""
    with FaultServer(login=(ME, "secret")) as smtp:
        made = Office(tmp_path, smtp, "hold")
        made.now = MORNING.replace(hour=18, minute=5)
        yield made


def test_what_one_edition_sent_is_sent(office: Office) -> None:
    """Where one edition's mail is tried again and the other's to the same reader was sent, something could be sent."""
    config = CONFIG.format(port=office.smtp.port, me=ME, anna=ANNA, ben=BEN, on_unknown="resend")
    config = config.replace(f'"{ANNA}", ', "").replace('groups = ["readers"]\n', "")
    office.config.write_text(config, encoding="utf-8")
    office.smtp.fail("dot", drop=True, times=1)
    code = exit_code(lambda: run(office.call()))
    states = sorted(row.state for row in office.look().mails.values())
    assert (states, code) == (["queued", "sent"], 4)


def test_a_mail_that_was_sent_again_and_arrived_clears_its_refusal(office: Office) -> None:
    """Who got the last two issues after all is not given up when the third is refused."""
    for day in range(3):
        office.smtp.fail("rcpt", NO_SUCH, who=BEN)
        assert office.send(DAILY) == 4  # where he is given up, it fails here
        if day < 2:
            office.smtp.heal()
            with open_state(office.settings()) as store:
                for row in store.outbox_rows(DAILY, state="failed"):
                    store.resend(row.message_id, office.now)
            assert office.send(DAILY) == 0
        office.publish()
        office.now += timedelta(days=1)


def test_an_edition_without_recipients_stops_no_other(office: Office) -> None:
    """Once the last reader of one edition is taken out, the other one's mails go out all the same."""
    for who in (ANNA, BEN):
        with open_state(office.settings()) as store:
            dismiss(Lists(office.config, office.settings(), {}), store, who, "edition", DAILY, office.now)
    exit_code(lambda: run(office.call()))
    assert sorted(office.smtp.recipients) == [BEN, CARL, DORA]


def test_a_refusal_for_want_of_a_login_at_the_dot_holds_no_mail(office: Office) -> None:
    """A server that answers 535 to the dot has not taken the mail, so it waits for another try."""
    office.smtp.fail("dot", "535 5.7.8 authentication failed", times=1)
    code = exit_code(lambda: run(office.call()))
    assert not office.smtp.received
    assert {row.state for row in office.look().mails.values()} <= {"queued", "deferred"}
    assert code == 5


TestMails = Mails.TestCase
TestMails.settings = settings(max_examples=EXAMPLES, stateful_step_count=12)
