"""digest bounces, as a person types it: real mails go out, answers come into a real maildir or over real IMAP."""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from digest.deliver.tokens import find_owner, issue_token, recipient_token
from digest.store import Store, Suppression, open_store
from tests import imap_server
from tests.cli.conftest import ANNA, BEN, PASSWORD, USER, Office, fingerprint, parse
from tests.deliver.returned_mails import delivery_status, netease, plain, qq
from tests.store.examples import end_mails, freeze, make_envelope

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


SLOT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def sent(office: Office) -> Office:
    """An office that has mailed its issue of the day, and reads its answers in a maildir."""
    office.configure(top="[bounces]\nmaildir = 'Maildir'\n")
    (office.terminal.folder / "Maildir" / "new").mkdir(parents=True)
    mail_issue(office, SLOT)
    return office


def mail_issue(office: Office, slot: datetime) -> None:
    """An issue that went to both, as the state has it afterwards."""
    with store_of(office) as store:
        freeze(store, [ANNA, BEN], slot=slot)
        end_mails(store, slot, "sent")


def sent_as(address: str, slot: datetime = SLOT) -> str:
    """The Message-ID of the mail of that issue to an address."""
    return make_envelope(address, slot).message_id


def answer(office: Office, *messages: bytes) -> None:
    """Messages that come into the maildir."""
    for message in messages:
        folder = office.terminal.folder / "Maildir" / "new"
        path = folder / str(len(list(folder.iterdir())))
        path.write_bytes(message)
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))


def request_of(office: Office, address: str) -> str:
    """The subject of the mail by which an address leaves."""
    with store_of(office) as store:
        return f"unsubscribe daily {recipient_token(store.signing_key(), 'daily', address)}"


def store_of(office: Office) -> Store:
    """What the office remembers."""
    return open_store(office.data / "digest.db")


def suppressed(office: Office) -> list[tuple[str, str, str]]:
    """Who gets what no more, and why."""
    with store_of(office) as store:
        return [(s.address, s.edition, s.reason) for s in store.suppressions()]


def lines(out: str) -> list[list[str]]:
    """The cells of every line."""
    return [line.split("\t") for line in out.splitlines()]


def test_a_mail_that_came_back_counts(sent: Office) -> None:
    """It is told once, with what the server said."""
    answer(sent, delivery_status(message_id=sent_as(ANNA), address=ANNA))
    told = sent("bounces")
    assert told.code == 0, told.err
    ((kind, address, said, done),) = lines(told.out)
    assert (kind, address, done) == ("hard", ANNA, "counts against it")
    assert "User unknown" in said
    assert "1 messages: 1 told" in told.err
    again = sent("bounces")
    assert (again.out, again.code) == ("", 0)
    assert "1 read before" in again.err
    with store_of(sent) as store:
        (row,) = store.bounces(ANNA)
    assert (row.edition, row.code, row.slot) == ("daily", "5.1.1", datetime(2026, 11, 22, 0, 0, tzinfo=UTC))


def test_the_address_is_that_of_our_mail(sent: Office) -> None:
    """A bounce speaks of the mailbox ours was forwarded to; it counts for the one we mailed."""
    answer(sent, delivery_status(message_id=sent_as(ANNA), address="elsewhere@example.org"))
    assert lines(sent("bounces").out)[0][:2] == ["hard", ANNA]


def test_after_three_days_an_address_is_given_up(sent: Office) -> None:
    """Its mails of three days came back; the other's did once."""
    told = []
    for day in range(3):
        slot = SLOT + timedelta(days=day)
        if day:
            mail_issue(sent, slot)
        answer(sent, delivery_status(message_id=sent_as(ANNA, slot), address=ANNA, status=f"5.1.{day + 1}"))
        told.append(sent("bounces", now=f"2026-11-{22 + day}T10:00").out)
    assert ["given up" in out for out in told] == [False, False, True]
    assert f"given up\t{ANNA}\tthe mails of 3 days came back" in told[2]
    assert suppressed(sent) == [(ANNA, "", "bounced")]


def test_a_bounce_without_our_mail_counts_against_nobody(sent: Office) -> None:
    """Anybody can write one; a person is shown the line to run."""
    answer(sent, qq(ANNA), netease(BEN, "552 mailbox full"), netease("stranger@163.com"))
    told = sent("bounces")
    assert told.code == 4
    assert [line[:2] for line in lines(told.out)] == [["hard", ANNA], ["soft", BEN]]
    assert f"digest recipients remove {ANNA}" in told.out
    with store_of(sent) as store:
        assert {row.slot for row in store.bounces()} == {None}
    assert suppressed(sent) == []


def test_a_bounce_with_our_mail_as_a_file_counts(sent: Office) -> None:
    """So QQ gives it back."""
    answer(sent, qq(BEN, message_id=sent_as(BEN)))
    assert lines(sent("bounces").out)[0][3] == "counts against it"


def test_a_reader_leaves_by_the_button(office: Office, tmp_path: Path) -> None:
    """What List-Unsubscribe of a real mail asks for is understood, and the next issue goes to the others only."""
    assert office("run").code == 0
    mail = next(parse(mail) for mail in office.smtp.received if ANNA in str(parse(mail)["To"]))
    way = next(way for way in str(mail["List-Unsubscribe"]).split(",") if "mailto:" in way)
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1").write_bytes(plain(parse_qs(urlsplit(way.strip(" <>")).query)["subject"][0], "", ANNA))
    told = office("bounces", "--maildir", tmp_path)
    assert lines(told.out)[0][3] == "gets no more of daily", told
    assert suppressed(office) == [(ANNA, "daily", "unsubscribed")]
    office.terminal.write("news/9.txt", "第九座桥通车\n岚川第九座桥今日通车，全长九公里，双向八车道。")
    assert office("run", now="2026-11-23T09:00").code == 0
    assert [str(parse(mail)["To"]) for mail in office.smtp.received][2:] == [BEN]


def test_whoever_sends_it_the_token_names_the_one_who_leaves(sent: Office) -> None:
    """Some providers send it from an address of their own."""
    answer(sent, plain(request_of(sent, ANNA), "", "gateway@example.org"))
    assert sent("bounces").code == 0
    assert suppressed(sent) == [(ANNA, "daily", "unsubscribed")]


def test_a_reader_leaves_by_the_token_of_the_issue(sent: Office) -> None:
    """It stands in everybody's mail, so his own address must be on the mail he writes."""
    with store_of(sent) as store:
        (issue,) = store.find_issues("daily")
        token = issue_token(store.signing_key(), "daily", issue.slot)
    answer(sent, plain(f"退订 daily {token}", "", "stranger@example.org"))
    assert sent("bounces").code == 4
    assert suppressed(sent) == []
    answer(sent, plain("你好", f"退订 daily {token}", f"王芳 <{BEN.upper()}>"))
    assert sent("bounces").code == 0
    assert suppressed(sent) == [(BEN, "daily", "unsubscribed")]


def test_a_reader_leaves_by_answering(sent: Office) -> None:
    """One word, to a mail of ours, from the address it went to."""
    answer(sent, plain("Re: 每日摘要", "退订\n\n> 早上好", ANNA, In_Reply_To=sent_as(ANNA)))
    assert sent("bounces").code == 0
    assert suppressed(sent) == [(ANNA, "daily", "unsubscribed")]


def test_forged_wishes_change_nothing(sent: Office) -> None:
    """Without a token, with a wrong one, with that of another edition, in answer to somebody else's mail."""
    token = request_of(sent, ANNA).split()[-1]
    answer(
        sent,
        plain("退订", "", ANNA),
        plain("unsubscribe daily " + "a" * 24, "", ANNA),
        plain(f"unsubscribe weekly {token}", "", ANNA),
        plain("退订", "x", ANNA, In_Reply_To=sent_as(BEN)),
        plain("退订", "y", "stranger@example.org", In_Reply_To=sent_as(ANNA)),
    )
    told = sent("bounces")
    assert told.code == 4
    assert [line[0] for line in lines(told.out)] == ["unread"] * 5
    assert "left for a person to look at: 5" in told.err
    assert suppressed(sent) == []


def test_a_made_up_address_is_no_command(sent: Office) -> None:
    """The line to run is copied into a shell."""
    answer(sent, plain("退订", "", "a'$(reboot)'@example.cn"), plain("退订", "x", "a`id`@example.cn"))
    told = sent("bounces")
    assert told.code == 4
    assert "remove 'a`id`@example.cn'" in told.out
    assert "$(reboot)" not in told.out.replace("'\"'\"'", "")


def test_what_is_no_business_of_ours_is_left_alone(sent: Office) -> None:
    """Letters, answering machines, bounces of other mails: the mailbox may be somebody's own."""
    answer(
        sent,
        plain("午饭", "十二点？", "friend@example.org"),
        plain("自动回复: 每日摘要", "我在休假", ANNA, In_Reply_To=sent_as(ANNA)),
        plain("Re: 每日摘要", "很好，谢谢", ANNA, In_Reply_To=sent_as(ANNA)),
        delivery_status(address="friend@example.org", message_id="<x@example.org>"),
        delivery_status(action="delivered", status="2.0.0"),
    )
    told = sent("bounces")
    assert (told.out, told.code) == ("", 0)
    assert "5 messages: 0 told, 0 read before, 5 no business of ours" in told.err
    assert suppressed(sent) == []


def test_a_dry_run_changes_nothing(sent: Office) -> None:
    """It says what would be done."""
    answer(sent, plain(request_of(sent, ANNA), ""), delivery_status(message_id=sent_as(BEN)))
    before = fingerprint(sent.data)
    told = sent("bounces", "--dry-run")
    assert [line[0] for line in lines(told.out)] == ["unsubscribe", "hard"]
    assert fingerprint(sent.data) == before
    assert sent("bounces").out == told.out


def test_for_programs(sent: Office) -> None:
    """The same as JSON, with a version."""
    answer(sent, delivery_status(message_id=sent_as(ANNA)), plain("退订", ""))
    told = sent("bounces", "--json")
    assert told.code == 4
    data = json.loads(told.out)
    assert (data["version"], data["messages"], data["waiting"]) == (1, 2, 1)
    assert data["findings"][0]["kind"] == "hard"
    assert data["findings"][0]["edition"] == "daily"


def test_a_message_that_breaks_its_reader_is_shown(sent: Office) -> None:
    """And the next one is read."""
    answer(sent, b"Content-Type: message/rfc822\n\n" * 30_000, delivery_status(message_id=sent_as(ANNA)))
    told = sent("bounces")
    assert "hard" in [line[0] for line in lines(told.out)]


def test_old_messages_are_not_looked_at(sent: Office) -> None:
    """Thirty days, or as many as are said."""
    answer(sent, delivery_status(message_id=sent_as(ANNA)))
    later = (NOW + timedelta(days=31)).isoformat()
    assert "0 messages" in sent("bounces", now=later).err
    assert "1 messages" in sent("bounces", "--days", "60", now=later).err


def test_another_maildir(sent: Office, tmp_path: Path) -> None:
    """One that is named on the line goes before the configured one."""
    (tmp_path / "other" / "cur").mkdir(parents=True)
    assert "0 messages" in sent("bounces", "--maildir", tmp_path / "other").err
    assert "no maildir" in sent("bounces", "--maildir", tmp_path).err


def test_by_imap(office: Office, context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user and the certificates are those of [mail], the password of [bounces] its own."""
    monkeypatch.setenv("DIGEST_IMAP_PASSWORD", "geheim")
    monkeypatch.setenv("DIGEST_MAIL__PASSWORD", PASSWORD)
    mail_issue(office, SLOT)
    messages = [delivery_status(message_id=sent_as(ANNA))]
    with imap_server.ImapServer(context, messages, login=(USER, "geheim")) as server:
        own = 'password_env = "DIGEST_IMAP_PASSWORD"'
        office.configure(top=f'[bounces]\nhost = "127.0.0.1"\nport = {server.port}\n{own}\n')
        told = office("bounces")
        assert told.code == 0, told.err
        assert lines(told.out)[0][:2] == ["hard", ANNA]
        office.configure(top=f'[bounces]\nhost = "127.0.0.1"\nport = {server.port}\n')
        refused = office("bounces")
    assert refused.code == 1
    assert "refuses the login" in refused.err


def test_no_mailbox_is_known(office: Office) -> None:
    """A server that is no provider's says nothing of its mailbox."""
    told = office("bounces")
    assert told.code == 3
    assert "[bounces]" in told.err


def test_a_suppression_keeps_its_first_reason(sent: Office) -> None:
    """Who left twice left the first time."""
    answer(sent, plain(request_of(sent, ANNA), "1"))
    assert sent("bounces").code == 0
    answer(sent, plain(request_of(sent, ANNA), "2"))
    assert lines(sent("bounces").out)[0][3] == "got no more of daily already"
    with store_of(sent) as store:
        assert isinstance(store.suppressions()[0], Suppression)
        assert len(store.suppressions()) == 1


def token_of_issue(office: Office) -> str:
    """The token that stands in everybody's mail."""
    with store_of(office) as store:
        return issue_token(store.signing_key(), "daily", SLOT)


def test_a_hostile_token_stops_nobody(sent: Office) -> None:
    """Letters that fold to ASCII are no token; the wish behind it is heard."""
    answer(sent, plain("unsubscribe daily " + "\u017f" * 24, ""), plain(request_of(sent, ANNA), "", ANNA))
    sent("bounces")
    assert suppressed(sent) == [(ANNA, "daily", "unsubscribed")]


def test_what_goes_wrong_over_one_message_stops_no_other(sent: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is shown, and the next one counts."""

    def find(key: bytes, edition: str, token: str, addresses: Iterable[str]) -> str | None:
        if token == "a" * 24:
            raise TypeError("comparing strings with non-ASCII characters is not supported")
        return find_owner(key, edition, token, addresses)

    monkeypatch.setattr("digest.app.mail.bounces.find_owner", find)
    answer(sent, plain("unsubscribe daily " + "a" * 24, ""), plain(request_of(sent, ANNA), "", ANNA))
    told = sent("bounces")
    assert told.code == 4
    assert [line[0] for line in lines(told.out)] == ["unread", "unsubscribe"]
    assert "cannot be judged" in told.out
    assert suppressed(sent) == [(ANNA, "daily", "unsubscribed")]


def test_a_flood_is_told(sent: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Newer letters hide a wish to leave: the run says that it did not read everything, and what to do."""
    monkeypatch.setattr("digest.deliver.mailbox.MOST", 2)
    answer(sent, plain(request_of(sent, ANNA), "", ANNA), *(plain("hello", str(n)) for n in range(2)))
    told = sent("bounces")
    assert told.code == 4
    assert "not read: 1 older messages" in told.err
    assert json.loads(sent("bounces", "--json").out)["left"] == 1


def test_what_was_told_is_not_read_again(sent: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that takes long takes long once."""
    answer(sent, plain("退订", ""))
    assert sent("bounces").code == 4
    monkeypatch.setattr("digest.app.mail.bounces.Guard.call", lambda *_: pytest.fail("it was read again"))
    again = sent("bounces")
    assert (again.code, again.out) == (0, "")
    assert "1 read before" in again.err


def test_a_forwarded_token_takes_nobody_off(sent: Office) -> None:
    """A friend who got the mail writes about it: a person sees whose token it is."""
    friend = "friend@example.org"
    answer(
        sent,
        plain(f"Fwd: {request_of(sent, ANNA)}", "看看这个，你也可以订一份。", friend),
        plain(f"转发：{request_of(sent, ANNA)}", "", friend),
        plain(request_of(sent, ANNA), "这样写就可以退了，对吗，我也想知道。", friend),
        plain("你好", request_of(sent, ANNA), friend),
    )
    told = sent("bounces")
    assert told.code == 4
    assert [line[:2] for line in lines(told.out)] == [["unread", ANNA]] * 4
    assert f"digest recipients remove {ANNA}" in told.out
    assert friend in told.out
    assert suppressed(sent) == []
    answer(sent, plain(request_of(sent, ANNA), "我换了单位，这份不再需要了。", ANNA))
    sent("bounces")
    assert suppressed(sent) == [(ANNA, "daily", "unsubscribed")]


def test_an_answering_machine_takes_nobody_off(sent: Office) -> None:
    """It quotes the subject that it answers; an issue's token is believed of a person only."""
    subject = f"退订 daily {token_of_issue(sent)}"
    answer(
        sent,
        plain(f"自动回复: {subject}", "我在休假。", ANNA),
        plain(f"Re: {subject}", "我在休假。", ANNA, Auto_Submitted="auto-replied"),
        plain(f"{subject}", "", ANNA, Auto_Submitted="auto-generated"),
    )
    assert sent("bounces").code == 4
    assert suppressed(sent) == []


@pytest.mark.parametrize(
    "subject", ["unsubscribe daily", "unsubscribe daily 64agix…", "退订 daily", "TD", "T", "退订？"]
)
def test_half_a_wish_is_shown(sent: Office, subject: str) -> None:
    """It proves nothing, and is not thrown away: the line to run stands beside it."""
    answer(sent, plain(subject, "", ANNA, In_Reply_To=sent_as(ANNA)))
    told = sent("bounces")
    assert told.code == 4
    assert f"digest recipients remove {ANNA}" in told.out
    assert suppressed(sent) == []


def test_a_wish_that_its_own_text_denies_is_shown(sent: Office) -> None:
    """The subject says the word, the letter says no."""
    answer(sent, plain("退订", "我的订阅不要动，只是问一下同事的。", ANNA, In_Reply_To=sent_as(ANNA)))
    assert sent("bounces").code == 4
    assert suppressed(sent) == []


def test_two_notifications_without_a_name_both_count(sent: Office) -> None:
    """A server that gives its mails no Message-ID, and the same text for both readers."""
    for address in (ANNA, BEN):
        data = delivery_status(message_id=sent_as(address), address=address)
        answer(sent, data.replace(b"Message-ID: <b1", b"X-Name: <b1").replace(f"to <{address}>".encode(), b"it"))
    assert [line[:2] for line in lines(sent("bounces").out)] == [["hard", ANNA], ["hard", BEN]]
