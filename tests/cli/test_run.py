"""digest run, send and outbox against a real mail server that wants TLS and a login."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from digest.errors import StoreError
from digest.model import State
from digest.store import OutboxRow, Store, open_store, run_lock
from tests.cli.conftest import (
    ANNA,
    BEN,
    PASSWORD,
    USER,
    Office,
    Terminal,
    edition,
    fingerprint,
    parse,
    part,
    source,
)
from tests.smtp_server import Stage

DAY1, DAY2, DAY3 = "2026-11-22T09:00", "2026-11-23T09:00", "2026-11-24T09:00"


def contents(office: Office) -> dict[str, bytes]:
    """The last mail each address got, as it came over the wire."""
    return {message.recipient: message.content for message in office.smtp.received}


def body_of(content: bytes) -> bytes:
    """A mail without its header."""
    return content.partition(b"\r\n\r\n")[2]


def header_of(content: bytes, name: bytes) -> bytes:
    """One line of a header."""
    found = re.search(rb"(?im)^" + name + rb":\s*(.*)\r$", content)
    assert found is not None
    return found[1]


def closed_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


# --------------------------------------------------------------------------------------------------- the good morning


def test_each_recipient_gets_one_mail_of_their_own(office: Office) -> None:
    """Two recipients, two messages: one To each, own Message-IDs, text and HTML in base64, through TLS."""
    result = office("run")
    assert (result.code, result.out) == (0, "")
    assert sorted(office.smtp.recipients) == [ANNA, BEN]
    assert all(message.encrypted and message.sender == USER for message in office.smtp.received)
    assert bytes(office.smtp.plain) == b""
    for received in office.smtp.received:
        message = parse(received)
        assert message.get_all("To") == [received.recipient]
        assert message.get_all("Cc") is message.get_all("Bcc") is None
        assert message["From"].addresses[0].addr_spec == USER
        assert message["From"].addresses[0].display_name == "每日摘要"
        assert message.get_content_type() == "multipart/alternative"
        kinds = [(p.get_content_type(), p["Content-Transfer-Encoding"]) for p in message.iter_parts()]
        assert kinds == [("text/plain", "base64"), ("text/html", "base64")]
        for kind in ("plain", "html"):
            assert all(title in part(message, kind) for title in ("岚川大桥通车", "自来水价格调整", "新医院开诊"))
        assert not re.search(rb"[^\r]\n|\r[^\n]|[^\r\n]{999}", received.content)
    first, second = (header_of(m.content, b"Message-ID") for m in office.smtp.received)
    assert first != second


def test_the_same_day_again_sends_nothing(office: Office) -> None:
    """A second run, and one five minutes later, do nothing and are content."""
    office("run")
    for now in (DAY1, "2026-11-22T09:05", "2026-11-22T23:59"):
        result = office("run", now=now)
        assert result.code == 0
        assert "nothing due; next at 2026-11-23 08:00" in result.err
    assert len(office.smtp.received) == 2


def test_the_next_day_brings_only_what_is_new(office: Office) -> None:
    """An article is printed once; the next day's issue holds the others only."""
    office("run", now=DAY1)
    office.terminal.write("news/neu.txt", "港口扩建\n鹿汀港今天开始扩建三号码头，工期两年。")
    assert office("run", now=DAY2).code == 0
    text = part(parse(office.smtp.received[-1]), "plain")
    assert "港口扩建" in text
    assert not any(title in text for title in ("岚川大桥通车", "自来水价格调整", "新医院开诊"))


def test_before_the_time_nothing_is_due(office: Office) -> None:
    """A run before the scheduled time composes nothing, and the one after it does."""
    assert office("run", now="2026-11-22T07:59").code == 0
    assert office.smtp.received == []
    office("run", now="2026-11-22T08:00")
    assert len(office.smtp.received) == 2


def test_a_run_that_comes_late_makes_up_for_one_day_only(office: Office) -> None:
    """After days without a run one issue goes out, not one for each day."""
    office("run", now=DAY1)
    office.terminal.write("news/neu.txt", "港口扩建\n鹿汀港今天开始扩建三号码头，工期两年。")
    office("run", now="2026-12-01T07:00")
    office("run", now="2026-12-01T07:05")
    assert len(office.smtp.received) == 4


def test_two_editions_in_two_zones_go_out_at_their_own_times(office: Office) -> None:
    """08:00 is 08:00 where the edition is read; every edition has its own issues."""
    office.configure(
        editions=edition((ANNA,)) + edition((BEN,), "abroad", 'timezone = "Europe/Berlin"'),
    )
    office("run", now="2026-11-22T09:00+08:00")
    assert office.smtp.recipients == [ANNA]
    office("run", now="2026-11-22T08:01+01:00")
    assert office.smtp.recipients == [ANNA, BEN]
    assert "岚川大桥通车" in part(parse(office.smtp.received[-1]), "plain")
    assert office("run", now="2026-11-22T20:00+01:00").code == 0
    assert len(office.smtp.received) == 2


def test_one_edition_can_be_run_by_itself(office: Office) -> None:
    """--edition leaves the other editions alone; an unknown one is a usage error."""
    office.configure(editions=edition((ANNA,)) + edition((BEN,), "abend"))
    office("run", "--edition", "abend")
    assert office.smtp.recipients == [BEN]
    assert office("run", "--edition", "abent").code == 2
    office("run")
    assert office.smtp.recipients == [BEN, ANNA]


def test_a_clock_that_goes_back_sends_nothing_twice(office: Office) -> None:
    """A run whose clock is before the last issue has nothing to do."""
    for now in (DAY1, DAY2, DAY3):
        office("run", now=now)
    for now, code in ((DAY2, 0), ("2026-11-18T09:00", 4), ("2020-01-01T09:00", 4)):
        assert office("run", now=now).code == code
    assert len(office.smtp.received) == 6
    office.terminal.write("news/neu.txt", "港口扩建\n鹿汀港今天开始扩建三号码头，工期两年。")
    assert office("run", now="2026-11-25T09:00").code == 0
    assert "港口扩建" in part(parse(office.smtp.received[-1]), "plain")


def test_a_clock_that_was_wrong_once_does_not_silence_an_edition_unsaid(office: Office) -> None:
    """After one run in a far future every run says so, with exit 4, and goes on with what is new."""
    office("run", now="2036-01-01T09:00")
    office.terminal.write("news/neu.txt", "港口扩建\n鹿汀港今天开始扩建三号码头，工期两年。")
    result = office("run", now=DAY1)
    assert result.code == 4
    assert "2036-01-01" in result.err
    text = part(parse(office.smtp.received[-1]), "plain")
    assert "港口扩建" in text
    assert "岚川大桥通车" not in text
    assert len(office.smtp.received) == 4


# ------------------------------------------------------------------------------------------------ recipients in trouble


def test_a_recipient_put_off_gets_the_same_mail_later(office: Office) -> None:
    """A 450 for one: exit 4, the other has its mail; the next run sends the same bytes to that one only."""
    office.smtp.fail("rcpt", "450 4.2.1 mailbox busy", who=BEN)
    result = office("run")
    assert result.code == 4
    assert BEN in result.err
    assert office.smtp.recipients == [ANNA]
    waiting = office.message_ids()[BEN]
    office.smtp.heal()
    office.terminal.write("news/neu.txt", "港口扩建\n鹿汀港今天开始扩建三号码头，工期两年。")
    early = office("run", now="2026-11-22T09:04")
    assert (early.code, office.smtp.recipients) == (0, [ANNA])
    assert "1 mail waits for another try, from 2026-11-22 09:05" in early.err
    assert office("run", now="2026-11-22T09:10").code == 0
    assert office.smtp.recipients == [ANNA, BEN]
    sent = contents(office)
    assert body_of(sent[ANNA]) == body_of(sent[BEN])
    assert header_of(sent[BEN], b"Message-ID").decode() == waiting
    assert office.states() == {ANNA: "sent", BEN: "sent"}


def test_a_mail_that_waits_over_night_is_sent_as_it_was(office: Office) -> None:
    """The next day the old mail and the new issue both go to who was put off."""
    office.smtp.fail("rcpt", "450 4.2.1 mailbox busy", who=BEN)
    office("run", now=DAY1)
    office.smtp.heal()
    office.terminal.write("news/neu.txt", "港口扩建\n鹿汀港今天开始扩建三号码头，工期两年。")
    assert office("run", now=DAY2).code == 0
    assert sorted(office.smtp.recipients) == [ANNA, ANNA, BEN, BEN]


def test_a_refused_recipient_is_not_tried_again(office: Office) -> None:
    """A 550 is final: exit 4, no second attempt, the other recipient is served."""
    office.smtp.fail("rcpt", "550 5.1.1 no such user", who=BEN)
    assert office("run").code == 4
    assert office.states() == {ANNA: "sent", BEN: "failed"}
    office.smtp.heal()
    office("run")
    assert office.smtp.recipients == [ANNA]


def test_articles_of_an_issue_nobody_could_get_come_again(office: Office) -> None:
    """Every recipient refused: exit 5, and the next day's issue prints the same articles."""
    office.smtp.fail("rcpt", "550 5.1.1 no such user")
    assert office("run", now=DAY1).code == 5
    office.smtp.heal()
    assert office("run", now=DAY2).code == 0
    assert "岚川大桥通车" in part(parse(office.smtp.received[-1]), "plain")


def test_a_mail_whose_fate_is_unknown_is_held(office: Office) -> None:
    """A connection lost after the dot: nothing is repeated until a person decides, and every run says so."""
    office.smtp.fail("dot", drop=True, who=BEN, times=1)
    assert office("run").code in (4, 5)
    assert office.states()[BEN] == "unknown"
    again = office("run")
    assert again.code == 4
    assert "outbox" in again.err
    assert office.smtp.recipients.count(BEN) == 1
    held = office.message_ids()[BEN]
    assert office("outbox", "resend", held).code == 0
    assert office("run").code == 0
    copies = [m.content for m in office.smtp.received if m.recipient == BEN]
    assert len(copies) == 2
    assert copies[0] == copies[1]


def test_a_held_mail_can_be_forgotten(office: Office) -> None:
    """A mail given up counts as failed, is not sent again, and no longer troubles the next run."""
    office.smtp.fail("dot", drop=True, who=BEN, times=1)
    office("run")
    assert office("outbox", "forget", office.message_ids()[BEN]).code == 0
    assert office.states()[BEN] == "failed"
    assert office("run").code == 0
    assert office.smtp.recipients.count(BEN) == 1


def test_an_unknown_message_id_is_said(office: Office) -> None:
    """Resending or forgetting what is not there ends in exit code 1; a mail that arrived cannot be sent again."""
    office("run")
    for command in ("resend", "forget"):
        assert office("outbox", command, "<nirgends@example.cn>").code == 1
        assert office("outbox", command, office.message_ids()[ANNA]).code == 1


def test_a_recipient_who_left_while_mails_wait_stays_in_the_outbox(office: Office) -> None:
    """A recipient taken out of the configuration gets no new issue; what waits can be listed and forgotten."""
    office.smtp.fail("rcpt", "450 4.2.1 mailbox busy", who=BEN)
    office("run")
    office.configure(recipients=(ANNA,))
    assert office("outbox", "forget", office.message_ids()[BEN]).code == 0
    office.smtp.heal()
    office.terminal.write("news/neu.txt", "港口扩建\n鹿汀港今天开始扩建三号码头，工期两年。")
    assert office("run", now=DAY2).code == 0
    assert office.smtp.recipients == [ANNA, ANNA]


def test_mails_of_an_edition_that_is_gone_are_still_delivered(office: Office) -> None:
    """An edition taken out of the configuration loses nobody's mail in silence."""
    office.smtp.fail("rcpt", "450 4.2.1 mailbox busy", who=BEN)
    office("run")
    office.configure(editions=edition((ANNA,), "abend"))
    office.smtp.heal()
    assert office("run", now="2026-11-22T09:10").code == 0
    assert office.smtp.recipients.count(BEN) == 1
    assert office.states()[BEN] == "sent"


def test_mails_of_another_configuration_are_left_to_it(office: Office) -> None:
    """Two configurations share a database: neither mails what the other composed, by its own server."""
    office.smtp.fail("rcpt", "450 4.2.1 mailbox busy", who=BEN)
    office("run")
    office.smtp.heal()
    first = (office.terminal.folder / "digest.toml").read_text("utf-8")
    office.configure(editions=edition((ANNA,), "abend"))
    second = (office.terminal.folder / "digest.toml").rename(office.terminal.folder / "second.toml")
    office.terminal.write("digest.toml", first)
    told = office("run", "--config", second, now="2026-11-22T09:10")
    assert told.err.count("wait for its own run: daily") == 1
    assert BEN not in office.smtp.recipients
    assert office.states()[BEN] == "deferred"
    assert office("run", now="2026-11-22T09:20").code == 0
    assert office.smtp.recipients.count(BEN) == 1


# ------------------------------------------------------------------------------------------------- servers in trouble


@pytest.mark.parametrize("trouble", ["password", "certificate", "port", "greeting", "no password"])
def test_a_run_that_cannot_send_loses_nothing(office: Office, trouble: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One clear line, exit 5, and the next good run delivers that very issue to both.

    A missing password is found before anything is frozen (exit 3), so then the issue is composed by the good run.
    """
    if trouble == "password":
        monkeypatch.setenv("DIGEST_SMTP_PASSWORD", "falsch-aber-geheim")
    elif trouble == "no password":
        monkeypatch.delenv("DIGEST_SMTP_PASSWORD")
    elif trouble == "certificate":
        office.configure(mail=office.mail(trust=False))
    elif trouble == "port":
        office.configure(mail=office.mail(port=closed_port()))
    else:
        office.smtp.fail("greeting", "554 5.7.1 no service for you")
    result = office("run")
    assert result.code == (3 if trouble == "no password" else 5)
    assert sum(line.startswith("digest: ") for line in result.lines) == 1
    assert "Try: " in result.err
    assert "falsch-aber-geheim" not in result.err
    assert office.smtp.received == []
    composed = office.message_ids()
    assert set(office.states().values()) <= {"queued", "deferred"}

    office.smtp.heal()
    office.configure()
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", PASSWORD)
    office.terminal.write("news/neu.txt", "港口扩建\n鹿汀港今天开始扩建三号码头，工期两年。")
    assert office("run", now="2026-11-22T09:05").code == 0
    assert sorted(office.smtp.recipients) == [ANNA, BEN]
    assert all("岚川大桥通车" in part(parse(message), "plain") for message in office.smtp.received)
    frozen = trouble != "no password"
    assert bool(composed) == frozen
    assert ("港口扩建" not in part(parse(office.smtp.received[0]), "plain")) == frozen
    identities = {m.recipient: header_of(m.content, b"Message-ID").decode() for m in office.smtp.received}
    assert identities == (composed or office.message_ids())


def test_no_mail_settings_are_explained(office: Office) -> None:
    """Without [mail] the exit code is 3 and the keys to write are named; nothing is composed."""
    office.configure(mail="")
    for command in ("run", "send"):
        result = office(command)
        assert result.code == 3
        assert all(word in result.err for word in ("[mail]", "preset", "user", "password_env", "from"))
    assert not office.data.exists()


def test_no_recipients_are_explained(office: Office) -> None:
    """An edition without recipients ends in exit code 3 and the line to write."""
    office.configure(recipients=())
    for command in ("run", "send"):
        result = office(command)
        assert result.code == 3
        assert "recipients = [" in result.err


def test_an_edition_without_recipients_is_named_and_stops_no_other(office: Office) -> None:
    """The others go out, and the exit code tells; alone, it is found before anything has happened."""
    office.configure(editions=edition((), "leer") + edition((ANNA,)))
    assert office("run", "--edition", "leer").code == 3
    assert not office.data.exists()
    result = office("run")
    assert result.code == 4
    assert "leer: nobody is left" in result.err
    assert office.smtp.recipients == [ANNA]


def test_a_server_that_refused_is_left_alone_for_a_while(office: Office) -> None:
    """After a failure the next run within a minute does not connect and says when it will; exit 5, nothing is lost."""
    office.smtp.fail("greeting", "421 4.3.2 too busy", drop=True)
    result = office("run", now="2026-11-22T09:00:00")
    assert result.code == 5
    assert "left alone until 2026-11-22 09:01" in result.err
    asked = office.smtp.connections
    office.smtp.heal()
    again = office("run", now="2026-11-22T09:00:50")
    assert again.code == 5
    assert "left alone until 2026-11-22 09:01" in again.err
    assert "421 4.3.2 too busy" in again.err
    assert office.smtp.connections == asked
    assert office("run", now="2026-11-22T09:01:00").code == 0
    assert sorted(office.smtp.recipients) == [ANNA, BEN]
    assert office("run", now="2026-11-22T09:01:00").code == 0


def test_the_rest_grows_with_every_failure(office: Office) -> None:
    """1, 5, 15 minutes: a run every minute for a quarter of an hour knocks three times."""
    office.smtp.fail("greeting", "421 4.3.2 too busy", drop=True)
    for minute in (0, 1, 2, 4, 6, 7, 12, 15):
        assert office("run", now=f"2026-11-22T09:{minute:02}").code == 5
    assert office.smtp.connections == 3


def test_a_refused_password_is_not_tried_again_for_an_hour(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """NetEase locks accounts: one login an hour, unless a person sends or the settings are changed."""
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", "falsch-aber-geheim")
    for now in ("2026-11-22T09:00", "2026-11-22T09:30", "2026-11-22T09:59"):
        assert office("run", now=now).code == 5
    assert office.smtp.commands.count("AUTH") == 1
    assert office("run", now="2026-11-22T10:00").code == 5
    assert office.smtp.commands.count("AUTH") == 2
    assert office("send", now="2026-11-22T10:05").code == 5
    assert office.smtp.commands.count("AUTH") == 3
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", PASSWORD)
    assert office("run", now="2026-11-22T10:10").code == 5
    assert office.smtp.commands.count("AUTH") == 3
    office.configure(mail=office.mail() + "give_up = 13\n")
    assert office("run", now="2026-11-22T10:10").code == 0
    assert sorted(office.smtp.recipients) == [ANNA, BEN]


def test_a_person_ends_a_rest(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has mended the password says digest send, and the runs after it need not wait either."""
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", "falsch-aber-geheim")
    assert office("run").code == 5
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", PASSWORD)
    assert office("send").code == 0
    office.terminal.write("news/neu.txt", "港口扩建\n鹿汀港今天开始扩建三号码头，工期两年。")
    assert office("run", now=DAY2).code == 0
    assert len(office.smtp.received) == 4


def test_a_changed_password_file_is_tried_at_once(office: Office) -> None:
    """A file that was written since the failure may hold the right password: no need to wait for it."""
    password = office.terminal.write("password", "falsch-aber-geheim\n")
    password.chmod(0o600)
    office.configure(mail=office.mail().replace('password_env = "DIGEST_SMTP_PASSWORD"', "password_file = 'password'"))
    assert [office("run").code for _ in range(2)] == [5, 5]
    assert office.smtp.commands.count("AUTH") == 1
    password.write_text(PASSWORD)
    assert office("run").code == 0


def test_a_mail_is_given_up_after_its_time(office: Office) -> None:
    """Twelve hours after it was composed it has failed, which is said; what nobody got stands in the next issue."""
    office.configure(recipients=(BEN,))
    office.smtp.fail("rcpt", "450 4.2.1 mailbox busy", who=BEN)
    assert office("run").code == 5
    assert office("run", now="2026-11-22T20:59").code == 5
    assert office.states() == {BEN: "deferred"}
    result = office("run", now="2026-11-22T21:00")
    assert result.code == 5
    assert "given up, since its time is over" in result.err
    assert office.states() == {BEN: "failed"}
    assert office("run", now="2026-11-22T21:05").code == 0
    office.smtp.heal()
    assert office("run", now=DAY2).code == 0
    assert "岚川大桥通车" in part(parse(office.smtp.received[-1]), "plain")


def test_who_prefers_a_double_to_a_gap_gets_it(office: Office) -> None:
    """on_unknown = "resend": the next run sends a mail that may have arrived once more, the same bytes, and is well."""
    office.configure(mail=office.mail() + 'on_unknown = "resend"\n')
    office.smtp.fail("dot", drop=True, who=BEN, times=1)
    assert office("run").code == 4
    assert office.states() == {ANNA: "sent", BEN: "queued"}
    assert office("run", now="2026-11-22T09:05").code == 0
    first, second = (m.content for m in office.smtp.received if m.recipient == BEN)
    assert first == second


def test_an_old_mail_whose_fate_is_unknown_is_not_sent_months_later(office: Office) -> None:
    """A mail from before there was an end to it (store version 4) is old three days after its issue."""
    office.configure(mail=office.mail() + 'on_unknown = "resend"\n')
    office("run")
    with sqlite3.connect(office.data / "digest.db") as database:
        database.execute("UPDATE outbox SET state = 'unknown', until = NULL WHERE address = ?", (BEN,))
    assert "is sent again" not in office("run", now="2027-02-22T07:00").err
    assert office.smtp.recipients.count(BEN) <= 2
    assert "unknown" in office("outbox", "list", now="2027-02-22T07:00").out


def test_a_server_that_always_hangs_up_makes_no_endless_doubles(office: Office) -> None:
    """on_unknown = "resend" sends three times at most; then a person is asked after all."""
    office.configure(mail=office.mail() + 'on_unknown = "resend"\n', recipients=(BEN,))
    office.smtp.fail("dot", drop=True)
    codes = [office("run", now=f"2026-11-22T{hour:02}:00").code for hour in range(9, 15)]
    assert office.smtp.recipients == [BEN] * 3
    assert codes[-1] == 4
    assert office.states() == {BEN: "unknown"}


def test_a_crash_after_the_dot_is_sent_again_where_that_is_wanted(office: Office) -> None:
    """on_unknown = "resend" holds for what a killed run left, too."""
    office.configure(mail=office.mail() + 'on_unknown = "resend"\n')
    office("run")
    with sqlite3.connect(office.data / "digest.db") as database:
        database.execute("UPDATE outbox SET state = 'dot' WHERE address = ?", (BEN,))
    result = office("run", now="2026-11-22T09:05")
    assert result.code == 0
    assert "may have arrived, and is sent again" in result.err
    assert office.smtp.recipients.count(BEN) == 2


def test_an_address_refused_in_three_issues_gets_no_fourth(office: Office) -> None:
    """No such user, three days in a row: the address is taken out, which is said once."""
    office.smtp.fail("rcpt", "550 5.1.1 no such user", who=BEN)
    for day, title in enumerate(("港口扩建", "新图书馆", "地铁开工"), 22):
        office.terminal.write(f"news/{day}.txt", f"{title}\n岚川市今天宣布{title}的消息，工期两年。")
        result = office("run", now=f"2026-11-{day}T09:00")
        assert f"{BEN}: failed" in result.err
        assert ("no more mail" in result.err) == (day == 24)
    office.terminal.write("news/25.txt", "机场迁址\n岚川市今天宣布机场迁址，工期五年。")
    asked = office.smtp.commands.count("RCPT")
    assert office("run", now="2026-11-25T09:00").code == 0
    assert office.smtp.commands.count("RCPT") == asked + 1
    assert office.smtp.recipients == [ANNA] * 4


def test_many_mails_are_summed_up(office: Office) -> None:
    """Of 25 mails those in trouble are told one by one, the others as a number."""
    office.configure(recipients=tuple(f"r{number:02}@example.cn" for number in range(25)))
    office.smtp.fail("rcpt", "450 4.2.1 mailbox busy", who="r07@example.cn")
    result = office("run")
    assert result.code == 4
    assert "25 mails: 1 deferred, 24 sent" in result.lines
    assert [line for line in result.lines if line.startswith("r07@")]
    assert not [line for line in result.lines if line.startswith("r08@")]


def test_a_list_that_cannot_be_read_does_not_keep_the_others_waiting(office: Office) -> None:
    """A group whose file is gone: the others get their mail, exit 4, and the file is named."""
    group = '[[group]]\nname = "amt"\nfile = "fehlt.txt"\n'
    office.configure(editions=group + edition((ANNA,), more='groups = ["amt"]'))
    result = office("run")
    assert result.code == 4
    assert "fehlt.txt" in result.err
    assert office.smtp.recipients == [ANNA]


def test_an_edition_everybody_has_left_is_not_composed(office: Office) -> None:
    """Nobody is left: exit 4, nothing is frozen, and the articles are there for whoever comes."""
    assert office("run", now="2026-11-22T07:00").code == 0
    with open_store(office.data / "digest.db") as store:
        for address in (ANNA, BEN):
            store.suppress(address, "daily", "unsubscribed", "", datetime(2026, 11, 22, tzinfo=UTC))
    result = office("run")
    assert result.code == 4
    assert "nobody is left" in result.err
    assert office("outbox", "list").out == ""


# ------------------------------------------------------------------------------------------------- sources in trouble


def test_a_missing_source_is_reported_and_the_others_go_out(office: Office) -> None:
    """Exit 4; the source is named on stderr and in the mail's foot."""
    office.configure(sources=source(office.news) + source(office.terminal.folder / "fehlt", "verschwunden"))
    result = office("run")
    assert result.code == 4
    assert "verschwunden" in result.err
    assert sorted(office.smtp.recipients) == [ANNA, BEN]
    for kind in ("plain", "html"):
        assert "verschwunden" in part(parse(office.smtp.received[0]), kind)


def test_without_any_source_nothing_is_frozen(office: Office) -> None:
    """All sources missing: nothing is sent, the exit code is not 0, and the day's issue comes once they are back."""
    office.configure(sources=source(office.terminal.folder / "fehlt", "verschwunden"))
    result = office("run")
    assert result.code != 0
    assert "verschwunden" in result.err
    assert office.smtp.received == []
    assert office("outbox", "list").out == ""
    office.configure()
    assert office("run", now="2026-11-22T09:05").code == 0
    assert sorted(office.smtp.recipients) == [ANNA, BEN]


def test_a_day_without_news_is_still_a_mail_or_a_word(office: Office) -> None:
    """With nothing new a run is content, and twice in a row sends at most once."""
    office("run", now=DAY1)
    assert office("run", now=DAY2).code == 0
    sent = len(office.smtp.received)
    assert office("run", now=DAY2).code == 0
    assert len(office.smtp.received) == sent


def test_a_template_with_a_mistake_names_file_and_line(office: Office) -> None:
    """The morning's mail goes out all the same, by our templates; the run names file and line and ends with 4."""
    office.terminal.write("mine/digest.txt.j2", "{{ title }}\n{{ titel_falsch }}\n")
    office.configure(top='templates = "mine"')
    result = office("run")
    assert result.code == 4
    assert "digest.txt.j2, line 2" in result.err
    assert "built-in templates were used" in result.err
    assert len(office.smtp.received) == 2
    assert office("run").code == 0


@pytest.mark.parametrize("text", ["{% if %}", "{{ 1 / 0 }}", "{% include 'nirgends' %}", "{{ ''.__class__.__mro__ }}"])
def test_a_template_of_any_kind_cannot_do_harm(office: Office, text: str) -> None:
    """A broken or hostile template is told of and left aside, never a crash."""
    office.terminal.write("mine/digest.html.j2", text)
    office.configure(top='templates = "mine"')
    result = office("run")
    assert result.code == 4
    assert "digest.html.j2" in result.err
    assert len(office.smtp.received) == 2


# ----------------------------------------------------------------------------------------------------------- dry runs


def test_a_dry_run_leaves_no_trace(office: Office) -> None:
    """Before the first run, after it, and with mails waiting: --dry-run sends nothing and changes no byte."""
    for words in (("run", "--dry-run"), ("send", "--dry-run"), ("send", "--dry-run", "--to", ANNA)):
        assert office(*words).code == 0
    assert not office.data.exists()
    office.smtp.fail("rcpt", "450 4.2.1 mailbox busy", who=BEN)
    office("run", now=DAY1)
    before, sent = fingerprint(office.data), len(office.smtp.received)
    office.terminal.write("news/neu.txt", "港口扩建\n鹿汀港今天开始扩建三号码头，工期两年。")
    for words in (("run", "--dry-run"), ("send", "--dry-run"), ("send", "--dry-run", "--to", ANNA)):
        result = office(*words, now=DAY2)
        assert result.code == 0
        assert "would" in result.err
    assert fingerprint(office.data) == before
    assert len(office.smtp.received) == sent
    office.smtp.heal()
    office("run", now=DAY2)
    assert any("港口扩建" in part(parse(message), "plain") for message in office.smtp.received[sent:])


def test_a_dry_run_needs_no_mail_settings(office: Office) -> None:
    """Who has not set up mail yet can see what would be sent."""
    office.configure(mail="", recipients=())
    result = office("run", "--dry-run")
    assert result.code == 0
    assert "3 items" in result.err


def test_a_dry_run_names_who_would_get_a_mail(office: Office) -> None:
    """Each recipient is named, and each edition that is not due is said not to be."""
    result = office("run", "--dry-run")
    assert ANNA in result.err
    assert BEN in result.err
    assert "nothing due" in office("run", "--dry-run", now="2026-11-22T07:00").err


def test_a_dry_run_beside_a_run_takes_it_for_no_crash(office: Office) -> None:
    """A mail that is being handed over is not called broken off, nor decided about."""
    office("run")
    with sqlite3.connect(office.data / "digest.db") as database:
        database.execute("UPDATE outbox SET state = 'dot' WHERE address = ?", (BEN,))
    result = office("run", "--dry-run", now="2026-11-22T09:05")
    assert result.code == 0
    assert "broke off" not in result.err


# --------------------------------------------------------------------------------------------------------------- send


def test_send_does_not_wait_for_the_time(office: Office) -> None:
    """digest send before the time opens an issue of its own, and the run at its time prints only what is new."""
    assert office("send", now="2026-11-22T07:00").code == 0
    assert sorted(office.smtp.recipients) == [ANNA, BEN]
    office.terminal.write("news/neu.txt", "港口扩建\n鹿汀港今天开始扩建三号码头，工期两年。")
    assert office("run", now=DAY1).code == 0
    text = part(parse(office.smtp.received[-1]), "plain")
    assert "港口扩建" in text
    assert "岚川大桥通车" not in text


def test_send_takes_the_slot_that_is_due(office: Office) -> None:
    """digest send at a due time is that day's issue: the run after it has nothing to do."""
    assert office("send").code == 0
    assert office("run").code == 0
    assert len(office.smtp.received) == 2


def test_send_to_somebody_else_is_remembered_nowhere(office: Office) -> None:
    """--to reaches that address only, leaves the state as it is, and the real issue is complete afterwards."""
    result = office("send", "--to", "王芳 <probe@example.cn>")
    assert result.code == 0
    assert office.smtp.recipients == ["probe@example.cn"]
    assert not office.data.exists()
    office("run")
    before = fingerprint(office.data)
    assert office("send", "--to", "x@example.cn", "--to", "y@example.cn").code == 0
    assert fingerprint(office.data) == before
    assert office.smtp.recipients[-2:] == ["x@example.cn", "y@example.cn"]
    assert "岚川大桥通车" in part(parse(office.smtp.received[-1]), "plain")
    assert sorted(office.smtp.recipients[1:3]) == [ANNA, BEN]


def test_an_address_named_twice_gets_one_mail(office: Office) -> None:
    """--to a --to A is one recipient."""
    assert office("send", "--to", "x@example.cn", "--to", "王芳 <X@example.cn>").code == 0
    assert len(office.smtp.received) == 1


def test_send_to_works_without_recipients(office: Office) -> None:
    """Who has no recipients yet can send a mail to try it out."""
    office.configure(recipients=())
    assert office("send", "--to", "probe@example.cn").code == 0
    assert office.smtp.recipients == ["probe@example.cn"]


@pytest.mark.parametrize("address", ["kein-at", "", "a@b@c", "a@example.cn\nBcc: x@example.cn", "a b@example.cn"])
def test_send_to_an_impossible_address_is_a_usage_error(office: Office, address: str) -> None:
    """An address that is none ends in exit code 2 and sends nothing."""
    assert office("send", "--to", address).code == 2
    assert office.smtp.connections == 0


def test_send_to_a_refused_address_is_exit_5(office: Office) -> None:
    """A test mail that is refused is said to be, and is remembered nowhere."""
    office.smtp.fail("rcpt", "550 5.1.1 no such user")
    assert office("send", "--to", "probe@example.cn").code == 5
    assert not office.data.exists()


@pytest.mark.parametrize(("stage", "reply"), [("rcpt", "450 4.2.1 busy"), ("dot", ""), ("greeting", "421 busy")])
def test_send_to_promises_no_later_try(office: Office, stage: Stage, reply: str) -> None:
    """Nothing is kept of such a mail, so no run will try it again, nor does an outbox hold it."""
    office.configure(mail=office.mail() + 'on_unknown = "resend"\n')
    office.smtp.fail(stage, reply, drop=not reply)
    result = office("send", "--to", "probe@example.cn")
    assert result.code == 5
    assert "nothing is kept of a mail sent aside" in result.err
    assert not any(words in result.err for words in ("later", "outbox", "sent again"))
    assert not office.data.exists()


def test_a_disk_that_fills_up_in_the_middle_is_told_with_what_was_sent(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not said that nothing was changed, and the next run sends to nobody twice."""
    real, sent = Store.mark, list[str]()

    def fill(store: Store, row: OutboxRow, state: State, *rest: Any) -> None:
        if sent and state == "dot":
            raise StoreError("the disk is full", "free some space, then try again; nothing was changed")
        if state == "sent":
            sent.append(row.address)
        real(store, row, state, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "mark", fill)
        result = office("run")
    assert result.code == 1
    assert "nothing was changed" not in result.err
    assert "1 of 2 mails were sent, the others wait" in result.err
    assert office("run", now="2026-11-22T09:05").code == 0
    assert sorted(office.smtp.recipients) == [ANNA, BEN]


# ---------------------------------------------------------------------------------------------------- state in trouble


def test_a_second_run_at_the_same_time_steps_back(office: Office) -> None:
    """While another run holds the lock the exit code is 75, and nothing is sent."""
    office.data.mkdir()
    with run_lock(office.data / "digest.db"):
        result = office("run")
        assert result.code == 75
        assert "another digest is running" in result.err
        assert office("run", "--dry-run").code == 0
        assert office("outbox", "list").code == 0
    assert office.smtp.received == []
    assert office("run").code == 0


@pytest.mark.parametrize("content", [b"kein sqlite" * 100, b"", b"SQLite format 3\0" + bytes(200)])
def test_a_damaged_database_is_one_clear_line(office: Office, content: bytes) -> None:
    """A file that is no database is named and not overwritten; an empty one is taken for a new one."""
    path = office.terminal.write("data/digest.db", content)
    for words in (("run",), ("run", "--dry-run"), ("outbox", "list"), ("preview", "--text"), ("doctor",)):
        result = office(*words)
        assert result.code == (1 if content else 0)
        if content:
            assert "digest.db" in result.err + result.out
            assert path.read_bytes() == content


def test_a_data_folder_that_is_a_file_is_one_clear_line(office: Office) -> None:
    """Whatever stands in the place of the data folder is named."""
    office.terminal.write("data", "x")
    for words in (("run",), ("doctor",)):
        result = office(*words)
        assert result.code == 1
        assert "data" in result.err + result.out


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_read_only_data_folder_is_one_clear_line(office: Office) -> None:
    """A data folder that may not be written is named, with what to do."""
    office.data.mkdir(mode=0o500)
    result = office("run")
    assert result.code == 1
    assert "data" in result.err


def test_what_is_kept_is_for_its_owner_only(office: Office) -> None:
    """The data folder and its files cannot be read by others."""
    office("run")
    assert office.data.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in office.data.iterdir())


def test_a_run_killed_in_the_middle_is_taken_up_again(office: Office) -> None:
    """kill -9 while the second mail is under way: the next run reaches everybody, or holds what is uncertain."""
    office.smtp.fail("rcpt", delay=20, who=BEN, times=1)
    words = ("run", "--data-dir", str(office.data), "--now", DAY1)
    process = subprocess.Popen(
        [sys.executable, "-m", "digest", *words], cwd=office.terminal.folder, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 30
    while office.smtp.commands.count("RCPT") < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.kill()
    process.wait()
    assert office.smtp.recipients == [ANNA]
    result = office("run", now="2026-11-22T09:05")
    assert result.code == 0
    assert office.smtp.recipients == [ANNA, BEN]
    sent = contents(office)
    assert body_of(sent[ANNA]) == body_of(sent[BEN])


def test_an_interrupted_run_says_so_and_exits_130(terminal: Terminal) -> None:
    """Ctrl-C ends a command with one word and no traceback."""
    os.mkfifo(terminal.folder / "in")
    process = subprocess.Popen(
        ["bash", "-c", f'exec "{sys.executable}" -m digest summarize - <> in'],
        cwd=terminal.folder,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    time.sleep(2.5)
    process.send_signal(2)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said.decode().strip()) == (130, "interrupted")


def test_articles_with_odd_titles_go_out_as_one_subject_and_no_header_of_theirs(office: Office) -> None:
    """No title can add a header, an escape sequence or a line to a mail."""
    office.configure(recipients=(ANNA,))
    evil = (
        '{"title": "坏\\r\\nBcc: evil@example.cn\\r\\n\\r\\n\\u001b[31m", "text": "公司今天发布新产品，市场反应积极。"}'
    )
    office.terminal.write("news/evil.json", evil)
    assert office("run").code == 0
    (received,) = office.smtp.received
    message = parse(received)
    assert message["Bcc"] is None
    assert "\x1b" not in part(message, "html") + part(message, "plain") + message["Subject"]


def test_a_lone_surrogate_goes_out(office: Office) -> None:
    """Half a character in a JSON file neither stops the run nor the mail."""
    office.terminal.write(
        "news/halb.json", '{"title": "半个\\ud83d字", "text": "公司今天\\ud83d发布新产品，市场反应积极。"}'
    )
    assert office("run").code == 0
    assert "发布新产品" in part(parse(office.smtp.received[0]), "plain")


def test_an_article_changed_after_it_was_sent_is_not_news(office: Office, tmp_path: Path) -> None:
    """An article with an address of its own is known by it, whatever its text becomes."""
    record = '{{"title": "港口", "url": "https://example.cn/1", "text": "{}"}}'
    office.terminal.write("news/a.json", record.format("鹿汀港今天开始扩建三号码头。"))
    office("run", now=DAY1)
    office.terminal.write("news/a.json", record.format("鹿汀港昨天开始扩建四号码头，工期三年。"))
    office("run", now=DAY2)
    later = [part(parse(message), "plain") for message in office.smtp.received[2:]]
    assert not any("四号码头" in text for text in later)
