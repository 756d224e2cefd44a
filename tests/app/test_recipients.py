"""Who gets an issue: lists in the file, in other files and of programs; who has left; who is given up."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from digest.app.recipients.members import Membership, list_members, parse_lines
from digest.app.recipients.roster import Roster, resolve_recipients, suppress_repeated, take_in
from digest.config import Settings, load_settings
from digest.config.recipients import GroupSettings
from digest.errors import ConfigError
from digest.model import Recipient
from digest.store import BounceKind, BounceRow, OutboxRow, Store, open_store
from tests.store.examples import DAY, NOW, end_mails, freeze

ANNA, BEN, CAI = "a@example.cn", "b@example.cn", "c@example.cn"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store in a file."""
    with open_store(tmp_path / "digest.db") as opened:
        yield opened


def configure(folder: Path, edition: str = "", groups: str = "") -> Settings:
    """The settings of a file whose edition and groups are given."""
    path = folder / "digest.toml"
    path.write_text(
        f'version = 1\n[[source]]\nname = "s"\nkind = "folder"\npath = "x"\n'
        f'[[edition]]\nname = "daily"\n{edition}\n{groups}\n',
        encoding="utf-8",
    )
    return load_settings(path, {}, folder)


def roster(settings: Settings, store: Store) -> Roster:
    """Who gets the only edition."""
    return resolve_recipients(settings, settings.editions()[0], store)


def program(text: str) -> str:
    """A command, in TOML, that runs a line of Python."""
    return f'command = [\'{sys.executable}\', \'-c\', """{text}"""]'


def test_an_edition_and_its_groups_give_one_mail_an_address(tmp_path: Path, store: Store) -> None:
    """The first spelling and the first name count, however often an address is listed and however it is written."""
    (tmp_path / "list.txt").write_text(
        "\ufeff# 处长\n\nB@Example.cn\n王芳 <A@EXAMPLE.CN>  # 一处\nc@example.cn,\n", "utf-8"
    )
    settings = configure(
        tmp_path,
        f'recipients = ["{ANNA}", "李 <{BEN}>"]\ngroups = ["处长", "all"]',
        f'[[group]]\nname = "处长"\nfile = "list.txt"\n[[group]]\nname = "all"\nrecipients = ["张 <{CAI}>"]\n'
        + program("print('d@例子.cn')"),
    )
    assert roster(settings, store) == Roster(
        (Recipient(ANNA, "王芳"), Recipient(BEN, "李"), Recipient(CAI, "张"), Recipient("d@xn--fsqu00a.cn"))
    )


def test_who_left_gets_nothing(tmp_path: Path, store: Store) -> None:
    """For that edition or for every one; the roster counts them."""
    settings = configure(tmp_path, f'recipients = ["{ANNA}", "{BEN}", "{CAI}", "d@example.cn"]')
    store.suppress("A@EXAMPLE.CN", "daily", "unsubscribed", "x", NOW)
    store.suppress(BEN, "", "bounced", "x", NOW)
    store.suppress(CAI, "weekly", "by hand", "x", NOW)
    found = roster(settings, store)
    assert [who.address for who in found.recipients] == [CAI, "d@example.cn"]
    assert found.suppressed == 2


def test_everybody_left_is_no_fault_of_the_lists(tmp_path: Path, store: Store) -> None:
    """An empty roster, without a word."""
    settings = configure(tmp_path, f'recipients = ["{ANNA}"]')
    store.suppress(ANNA, "daily", "unsubscribed", "x", NOW)
    assert roster(settings, store) == Roster((), 1)


@pytest.mark.parametrize(
    ("group", "told"),
    [
        ('file = "nobody.txt"', "cannot be read: No such file"),
        ('file = "."', "cannot be read: Is a directory"),
        ('file = "gbk.txt"', "is not UTF-8"),
        ('file = "empty.txt"', "empty.txt names nobody"),
        ('command = ["no-such-program"]', "no-such-program cannot be started"),
        (program("raise SystemExit(3)"), "ended with exit code 3; 0 of its lines count"),
        (program("pass"), "names nobody"),
    ],
)
def test_a_list_that_cannot_be_read_is_told_and_the_others_count(
    group: str, told: str, tmp_path: Path, store: Store
) -> None:
    """The directory of the office is down: the recipients that are known get their mail, and the run says so."""
    (tmp_path / "gbk.txt").write_bytes("王 <a@x.cn>".encode("gbk"))
    (tmp_path / "empty.txt").write_text("# 还没有人\n")
    groups = f'[[group]]\nname = "g"\n{group}'
    found = roster(configure(tmp_path, f'recipients = ["{ANNA}"]\ngroups = ["g"]', groups), store)
    assert found.recipients == (Recipient(ANNA),)
    assert any(told in problem for problem in found.problems), found.problems
    with pytest.raises(ConfigError, match="nobody is left") as caught:
        roster(configure(tmp_path, 'groups = ["g"]', groups), store)
    assert caught.value.mistakes == found.problems


def test_what_a_failing_program_printed_counts(tmp_path: Path, store: Store) -> None:
    """A directory that stops in the middle has named somebody."""
    groups = '[[group]]\nname = "g"\n' + program(f"print('{BEN}'); raise SystemExit(4)")
    found = roster(configure(tmp_path, 'groups = ["g"]', groups), store)
    assert found.recipients == (Recipient(BEN),)
    assert "exit code 4; 1 of its lines count" in found.problems[0]


def test_wrong_lines_are_told_with_their_place(tmp_path: Path, store: Store) -> None:
    """File and line; of many the first ones and their number."""
    (tmp_path / "list.txt").write_text(f"{ANNA}\nnot an address\na@b@c\n用户@x.cn\nx@\n")
    found = roster(configure(tmp_path, 'groups = ["g"]', '[[group]]\nname = "g"\nfile = "list.txt"'), store)
    assert found.recipients == (Recipient(ANNA),)
    assert [problem.split(" the line")[0] for problem in found.problems[:3]] == [
        "group g: list.txt:2:",
        "group g: list.txt:3:",
        "group g: list.txt:4:",
    ]
    assert found.problems[3:] == ("group g: list.txt has 4 wrong lines",)


def test_a_program_that_hangs_is_given_up() -> None:
    """After its time; it gets nothing on stdin to wait for."""
    slow = GroupSettings(name="g", command=(sys.executable, "-c", "import time; time.sleep(60)"))
    assert list_members(slow, patience=0.3).problems == (f"group g: {sys.executable} printed no list within 0.3 s",)
    reads = GroupSettings(name="g", command=(sys.executable, "-c", "import sys; print(len(sys.stdin.read()), 'x')"))
    assert "0 x" in list_members(reads, patience=20).problems[0]


def run(script: str, patience: float = 20) -> Membership:
    """Who is in a group whose program is a line of Python."""
    return list_members(GroupSettings(name="g", command=(sys.executable, "-c", script)), patience=patience)


def test_a_program_that_prints_without_end_is_ended() -> None:
    """So much is read and no more, of stderr too."""
    found = run("while True: print('x' * 10_000)")
    assert found.members == ()
    assert "has more than 4 MB" in found.problems[0]
    endless = run("import sys\nwhile True: print('x' * 10_000, file=sys.stderr)", 0.5)
    assert "printed no list within 0.5 s" in endless.problems[0]


def test_a_child_that_holds_the_pipe_keeps_no_line_back() -> None:
    """The program has ended, and what it printed counts; what it started is not waited for."""
    script = f"import subprocess; print('{ANNA}', flush=True); subprocess.Popen(['sleep', '5'])"
    began = time.monotonic()
    found = run(script)
    assert [member.recipient.address for member in found.members] == [ANNA]
    assert (found.problems, found.complete) == ((), True)
    assert time.monotonic() - began < 4


def test_what_a_program_complains_of_is_told() -> None:
    """The last line of stderr, fit to print, beside the exit code."""
    script = "import sys; print('first\\nldap down \\x1b[31m' + 'x' * 999, file=sys.stderr); sys.exit(3)"
    (problem,) = run(script).problems
    assert "ended with exit code 3 (ldap down ?[31mxxx" in problem
    assert "first" not in problem
    assert len(problem) < 400


def test_a_pipe_is_no_list(tmp_path: Path) -> None:
    """Nobody writes to it, and nobody waits for that."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        found = list_members(GroupSettings(name="g", file=path))
        assert "it is a pipe or a device" in found.problems[0]
        assert not found.complete


@pytest.mark.parametrize("line", ["王芳 wf@x.cn", "a@x.cn, b@x.cn", "nobody", "<a@x.cn> b"])
def test_a_wrong_line_is_no_matter_of_toml(line: str) -> None:
    """The advice is for a line: no quotes, no brackets."""
    ((_, told),) = parse_lines(line, "list.txt")
    assert isinstance(told, str)
    assert told.endswith(": write one recipient a line: name@example.cn, or 王芳 <name@example.cn>")
    assert "in quotes" not in told


def test_no_shell_reads_the_command() -> None:
    """It is a list of words."""
    found = list_members(GroupSettings(name="g", command=("echo", "a@x.cn; echo b@x.cn")))
    assert found.members == ()
    assert "a@x.cn; echo b@x.cn" in found.problems[0]


# ------------------------------------------------------------------------------------------------- given up


def refuse(store: Store, address: str, slot: datetime, edition: str = "daily", at: datetime | None = None) -> OutboxRow:
    """The server says that there is no such address: the mail's end and the row that remembers it, at one stroke."""
    at = at or slot
    row = next(row for row in store.outbox_rows(edition, slot) if row.address == address)
    assert store.claim(row, at)
    refused = BounceRow(row.message_id, address, edition, slot, "hard", "5.1.1", "User unknown", at)
    store.mark(row, "failed", 550, "5.1.1 User unknown", at, refused=refused)
    return row


def mail(store: Store, number: int, state: str = "sent", address: str = ANNA, edition: str = "daily") -> None:
    """An issue of that day with a mail to one address, taken to its end; `hard` and `soft` ones came back."""
    slot = NOW + number * DAY
    freeze(store, [address], slot=slot, edition=edition)
    if state == "refused":
        refuse(store, address, slot, edition)
    elif state != "queued":
        end_mails(store, slot, "sent", edition)
    if state in ("hard", "soft"):
        kind: BounceKind = "hard" if state == "hard" else "soft"
        store.record_bounces([BounceRow(f"m{number}{edition}", address, edition, slot, kind, "5.1.1", "x", slot)])


@pytest.mark.parametrize(
    ("story", "given_up"),
    [
        ("hard hard hard", True),
        ("sent hard hard hard", True),
        ("hard refused hard", True),
        ("refused refused refused", True),
        ("hard hard hard queued", True),
        ("hard hard", False),
        ("hard hard sent", False),
        ("hard sent hard", False),
        ("hard hard soft hard", False),
        ("hard hard hard sent", False),
        ("soft soft soft", False),
        ("sent sent sent", False),
    ],
)
def test_three_issues_in_a_row_that_came_back(store: Store, story: str, given_up: bool) -> None:
    """The last three that ended all did, for good; one that arrived in between begins anew."""
    for number, state in enumerate(story.split()):
        mail(store, number, state)
    found = suppress_repeated(store, NOW + timedelta(days=9))
    assert [(s.address, s.edition, s.reason) for s in found] == ([(ANNA, "", "bounced")] if given_up else [])
    assert [s.address for s in store.suppressions("daily")] == ([ANNA] if given_up else [])
    assert suppress_repeated(store, NOW + timedelta(days=10)) == ()


def test_mails_of_one_day_are_one_verdict(store: Store) -> None:
    """Three missed issues made in one minute, all refused: that is one bad morning; two further days end it."""
    for number in range(3):
        freeze(store, [ANNA], slot=NOW + number * DAY)
        refuse(store, ANNA, NOW + number * DAY, at=NOW + 2 * DAY)
    assert suppress_repeated(store, NOW + 2 * DAY) == ()
    mail(store, 3, "refused")
    assert suppress_repeated(store, NOW + 3 * DAY) == ()
    mail(store, 4, "refused")
    assert len(suppress_repeated(store, NOW + 4 * DAY)) == 1


def test_an_edition_of_every_hour_can_be_given_up(store: Store) -> None:
    """Its days are many issues long; one mail that arrived on the last of them keeps the address."""
    slots = [NOW + timedelta(hours=hour) for hour in range(52)]
    freeze(store, [ANNA], slot=slots[0])
    end_mails(store, slots[0], "sent")
    for slot in slots[1:]:
        freeze(store, [ANNA], slot=slot)
        refuse(store, ANNA, slot)
    assert suppress_repeated(store, slots[20]) == ()
    for slot in (NOW + 3 * DAY, NOW + 3 * DAY + timedelta(hours=1)):
        freeze(store, [ANNA], slot=slot)
        refuse(store, ANNA, slot)
    assert len(suppress_repeated(store, NOW + 3.5 * DAY)) == 1


def test_a_refused_mail_that_was_sent_again_is_delivered(store: Store) -> None:
    """The refusal of before counts no more; a notification that comes back afterwards does."""
    mail(store, 0, "refused")
    mail(store, 2, "refused")
    slot = NOW + DAY
    freeze(store, [ANNA, BEN], slot=slot)
    row = refuse(store, ANNA, slot)
    store.resend(row.message_id, slot)
    end_mails(store, slot, "sent")
    assert suppress_repeated(store, NOW + 4 * DAY) == ()
    store.record_bounces([BounceRow("came back", ANNA, "daily", slot, "hard", "5.1.1", "x", NOW + 5 * DAY)])
    assert len(suppress_repeated(store, NOW + 6 * DAY)) == 1


def test_who_was_taken_in_again_begins_anew(store: Store) -> None:
    """A person says that the address is right: the three mails of before count no more, three further ones do."""
    for number in range(3):
        mail(store, number, "hard")
    (gone,) = suppress_repeated(store, NOW + 2.5 * DAY)
    take_in(store, gone, NOW + 2.5 * DAY)
    assert store.suppressions() == ()
    assert suppress_repeated(store, NOW + 2.6 * DAY) == ()
    mail(store, 3, "hard")
    mail(store, 4, "hard")
    assert suppress_repeated(store, NOW + 5 * DAY) == ()
    mail(store, 5, "hard")
    assert len(suppress_repeated(store, NOW + 6 * DAY)) == 1


def test_a_bounce_that_proves_nothing_does_not_count(store: Store) -> None:
    """One that does not name the mail it answers: anybody may have written it."""
    for number in range(3):
        mail(store, number)
        slot = NOW + number * DAY
        store.record_bounces([BounceRow(f"m{number}", ANNA, "", None, "hard", "5.1.1", "x", slot)])
    assert suppress_repeated(store, NOW + timedelta(days=9)) == ()


def test_editions_count_together_and_addresses_do_not(store: Store) -> None:
    """An address that is gone is gone for every edition."""
    mail(store, 0, "hard")
    mail(store, 1, "hard", edition="weekly")
    mail(store, 2, "hard", BEN)
    assert suppress_repeated(store, NOW) == ()
    mail(store, 3, "hard", edition="weekly")
    (gone,) = suppress_repeated(store, NOW)
    assert (gone.address, gone.edition) == (ANNA, "")
    assert "2026-03-04" in gone.told
