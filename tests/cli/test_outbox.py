"""digest outbox: what became of every mail, and a person's word about those that are held."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import get_args

import pytest

from digest.cli.outbox import STATES
from digest.model import State
from tests.cli.conftest import ANNA, BEN, Office, edition

LATER = "2026-11-22T09:10"
DAY2 = "2026-11-23T09:00"


def hold(office: Office, *addresses: str) -> None:
    """A run after which the mails to these addresses are held: their connection broke after the dot."""
    for address in addresses:
        office.smtp.fail("dot", drop=True, who=address, times=1)
    office("run")
    assert {address: office.states()[address] for address in addresses} == dict.fromkeys(addresses, "unknown")


def test_the_states_that_can_be_asked_for_are_those_there_are() -> None:
    """The option knows every state of a mail, and no other."""
    assert get_args(State) == STATES


# --------------------------------------------------------------------------------------------------------------- list


def test_the_outbox_can_be_read_by_a_program(office: Office) -> None:
    """Each line of digest outbox list holds six fields between tabs, and an empty outbox is an empty list."""
    empty = office("outbox", "list")
    assert (empty.code, empty.out) == (0, "")
    assert not office.data.exists()
    office.smtp.fail("rcpt", "450 4.2.1 busy\there \x1b[31m", who=BEN)
    office("run")
    rows = office("outbox", "list").out.splitlines()
    assert [len(row.split("\t")) for row in rows] == [6, 6]
    assert not any("\x1b" in row for row in rows)


def test_the_exit_code_tells_whether_all_is_sent(office: Office) -> None:
    """0 with everything sent, 4 while a mail waits or is held; the last line counts the states."""
    office.smtp.fail("rcpt", "450 4.2.1 mailbox busy", who=BEN, times=1)
    office("run")
    waiting = office("outbox", "list")
    assert (waiting.code, waiting.lines[-1]) == (4, "2 mails: 1 sent, 1 deferred")
    office("run", now=LATER)
    sent = office("outbox", "list")
    assert (sent.code, sent.lines) == (0, ["2 mails: 2 sent"])


def test_a_failed_mail_is_told_until_the_next_issue(office: Office) -> None:
    """Exit 4 the day it failed; a day later it is past, and one given up by hand is at once."""
    office.smtp.fail("rcpt", "550 5.1.1 no such user", who=BEN, times=1)
    office("run")
    assert office("outbox", "list").code == 4
    assert office("outbox", "forget", BEN).code == 0
    assert office("outbox", "list").code == 0
    office.terminal.write("news/neu.txt", "港口扩建\n鹿汀港今天开始扩建三号码头，工期两年。")
    office.smtp.fail("rcpt", "550 5.1.1 no such user", who=BEN, times=1)
    office("run", now=DAY2)
    assert office("outbox", "list").code == 4
    office.terminal.write("news/neuer.txt", "新图书馆\n岚川市图书馆今天开馆，藏书一百万册。")
    office("run", now="2026-11-24T09:00")
    assert office("outbox", "list").code == 0


def test_the_list_can_be_narrowed(office: Office) -> None:
    """--edition and --state leave out the others; a state that is none is a usage error."""
    office.configure(editions=edition((ANNA,)) + edition((BEN,), "abend"))
    hold(office, BEN)
    assert [row.split("\t")[3] for row in office("outbox", "list", "--edition", "abend").out.splitlines()] == [BEN]
    assert [row.split("\t")[3] for row in office("outbox", "list", "--state", "sent").out.splitlines()] == [ANNA]
    assert office("outbox", "list", "--state", "sent").code == 0
    assert office("outbox", "list", "--state", "gesendet").code == 2


def test_the_list_can_be_json(office: Office) -> None:
    """A versioned object with every fact of every mail, moments with their offset."""
    office.smtp.fail("rcpt", "450 4.2.1 mailbox busy", who=BEN)
    office("run")
    told = json.loads(office("outbox", "list", "--json").out)
    assert told["version"] == 1
    sent, waiting = told["mails"]
    assert (sent["address"], sent["state"], sent["tries"], sent["code"]) == (ANNA, "sent", 1, 250)
    assert sent["slot"] == "2026-11-22T08:00:00+08:00"
    assert waiting["next_try"].startswith("2026-11-22T09:05:")
    assert waiting["tried_until"] == "2026-11-22T21:00:00+08:00"
    assert waiting["message_id"] == office.message_ids()[BEN]


def test_mails_of_earlier_issues_are_not_denied(office: Office) -> None:
    """Where none is young enough to be listed, how many there are and how they can be seen."""
    assert office("outbox", "list").lines == ["no mail has been made yet"]
    office("run")
    later = "2027-01-31T09:00"
    told = office("outbox", "list", now=later)
    assert told.lines == ["no mail in the last 30 days; 2 older: digest outbox list --days 71"]
    assert len(office("outbox", "list", "--days", "71", now=later).out.splitlines()) == 2
    assert office("outbox", "list", "--state", "failed").lines == ["there is no such mail"]


def test_a_terminal_gets_a_table(office: Office) -> None:
    """Columns are aligned, also below Chinese words, and long answers are cut."""
    office.smtp.fail("rcpt", "450 4.2.1 请稍后再试" + "很长" * 40, who=BEN)
    office("run")
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "digest", "outbox", "list", "--data-dir", str(office.data)]
    done = subprocess.run(words, cwd=office.terminal.folder, stdout=theirs, stderr=subprocess.PIPE, check=False)
    os.close(theirs)
    lines = os.read(ours, 65536).decode().splitlines()
    os.close(ours)
    assert done.returncode == 4
    assert lines[0].split() == ["STATE", "EDITION", "SLOT", "TO", "LAST", "WORD", "MESSAGE-ID"]
    assert "请稍后再试" in lines[2]
    assert "…" in lines[2]
    cells = [sum(2 if ord(char) > 0x2E7F else 1 for char in line.partition("<")[0]) for line in lines[1:]]
    assert cells[0] == cells[1]


# --------------------------------------------------------------------------------------------------------------- show


def test_one_mail_can_be_looked_at(office: Office) -> None:
    """State, tries, the server's words, the next try and the end of its time; the newest where an address is named."""
    office.smtp.fail("rcpt", "450 4.2.1 mailbox busy", who=BEN)
    office("run")
    told = office("outbox", "show", BEN)
    assert told.code == 0
    for word in ("deferred", BEN, "岚川", "450 4.2.1 mailbox busy", "2026-11-22 09:05", "2026-11-22 21:00"):
        assert word in told.out, word
    assert office("outbox", "show", "niemand@example.cn").code == 1


def test_the_message_itself_can_be_had(office: Office) -> None:
    """--message prints the bytes that the server got, and nothing else."""
    office("run")
    told = office("outbox", "show", "--message", office.message_ids()[ANNA])
    (received,) = (message for message in office.smtp.received if message.recipient == ANNA)
    assert told.out.encode() == received.content
    assert told.err == ""


# ---------------------------------------------------------------------------------------------------- resend, forget


@pytest.mark.parametrize("spelling", ["whole", "bare", "beginning", "address"])
def test_a_mail_has_several_names(office: Office, spelling: str) -> None:
    """The Message-ID with and without its brackets, a beginning of it that fits no other, and the address."""
    hold(office, BEN)
    whole = office.message_ids()[BEN]
    names = {"whole": whole, "bare": whole[1:-1], "beginning": whole[1:16], "address": BEN.upper()}
    assert office("outbox", "resend", names[spelling]).code == 0
    assert office.states() == {ANNA: "sent", BEN: "queued"}


def test_a_name_that_fits_several_mails_changes_none(office: Office) -> None:
    """A beginning of two Message-IDs, and nothing at all, are usage errors that name what to write."""
    hold(office, ANNA, BEN)
    both = office.message_ids()[ANNA][1:5]  # the year
    result = office("outbox", "resend", both)
    assert result.code == 2
    assert all(name in result.err for name in office.message_ids().values())
    assert office("outbox", "forget").code == 2
    assert office("outbox", "forget", "--all-unknown", BEN).code == 2
    assert set(office.states().values()) == {"unknown"}


def test_all_that_is_held_can_be_decided_about_at_once(office: Office) -> None:
    """--all-unknown, narrowed by --edition; with nothing held it says so."""
    office.configure(editions=edition((ANNA,)) + edition((BEN,), "abend"))
    hold(office, ANNA, BEN)
    assert office("outbox", "resend", "--all-unknown", "--edition", "abend").code == 0
    assert office.states() == {ANNA: "unknown", BEN: "queued"}
    assert office("outbox", "forget", "--all-unknown").code == 0
    assert office.states() == {ANNA: "failed", BEN: "queued"}
    assert "no mail is held" in office("outbox", "forget", "--all-unknown").err


def test_one_that_cannot_be_changed_does_not_keep_the_others(office: Office) -> None:
    """A sent mail among those named: exit 4, it is named, and the held one is queued."""
    hold(office, BEN)
    result = office("outbox", "resend", ANNA, BEN)
    assert result.code == 4
    assert f"the mail to {ANNA} is sent" in result.err
    assert office.states() == {ANNA: "sent", BEN: "queued"}
