"""digest test-mail: one mail to oneself, each step said, each refusal explained."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.app.mail.posting import name_rest, server_of
from digest.config import load_settings
from digest.store import open_store
from tests.cli.conftest import ANNA, PASSWORD, USER, Office, edition, fingerprint, parse, part
from tests.deliver.test_oauth import TOKEN, TokenServer
from tests.deliver.test_oauth import USER as HOLDER

QQ = (
    "535 Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or "
    "system is busy. More information at https://help.mail.qq.com/detail/108/1023"
)
OLD_QQ = "535 Login Fail. Please enter your authorization code to login."


def as_qq(office: Office, more: str = "", **changes: str) -> str:
    """[mail] of somebody at QQ whose server is the one of the test."""
    keys = {
        "preset": '"qq"',
        "host": '"127.0.0.1"',
        "port": str(office.smtp.port),
        "cafile": f"'{office.cafile}'",
        "user": f'"{USER}"',
        "password_env": '"DIGEST_SMTP_PASSWORD"',
        "from": f'"每日摘要 <{USER}>"',
        **changes,
    }
    return "[mail]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items() if value) + more


def test_a_test_mail_goes_to_oneself_and_says_each_step(office: Office) -> None:
    """Where the password is from, the encryption, the login, what the server said; and nothing is kept."""
    result = office("test-mail")
    assert (result.code, result.out) == (0, f"{USER}: accepted: 250 2.0.0 taken\n"), result.err
    wanted = ("comes from the variable DIGEST_SMTP_PASSWORD", "connecting to", "connected over TLSv1.", "logged in as")
    assert [any(word in line for line in result.lines) for word in wanted] == [True] * 4
    assert "垃圾箱" in result.lines[-1]
    assert not office.data.exists()
    (received,) = office.smtp.received
    assert (received.sender, received.recipient, received.encrypted) == (USER, USER, True)
    assert office.smtp.commands[-1] == "QUIT"


def test_the_mail_says_what_it_is_and_when_the_next_issue_comes(office: Office) -> None:
    """In Chinese and English, as text and HTML; the next issue is the one that is due already, where one is."""
    office("test-mail", now="2026-11-22T09:00")
    message = parse(office.smtp.received[0])
    assert "测试邮件" in str(message["Subject"])
    assert "每日摘要" in str(message["From"])
    assert str(message["To"]) == USER
    for kind in ("plain", "html"):
        text = part(message, kind)
        assert "测试邮件" in text
        assert "test mail" in text
        assert "2026-11-22 08:00" in text
        assert PASSWORD not in text
    assert message["Message-ID"] != parse_again(office)["Message-ID"]


def parse_again(office: Office) -> dict[str, str]:
    """The headers of a second test mail."""
    office("test-mail")
    return {name: str(value) for name, value in parse(office.smtp.received[-1]).items()}


def test_the_mail_can_go_to_somebody_else_and_speak_of_another_edition(office: Office) -> None:
    """ADDRESS gets it, and nobody else does; --edition decides what it is called."""
    office.configure(editions=edition() + edition((ANNA,), "weekly").replace("每日摘要", "一周要闻"))
    result = office("test-mail", "c@example.cn", "--edition", "weekly")
    assert result.out.startswith("c@example.cn: accepted")
    assert office.smtp.recipients == ["c@example.cn"]
    assert "一周要闻" in str(parse(office.smtp.received[0])["Subject"])
    assert office("test-mail", "no address").code == 2
    assert office("test-mail", "--edition", "fehlt").code == 2
    assert len(office.smtp.received) == 1


@pytest.mark.parametrize("reply", [QQ, OLD_QQ, "535 Error: authentication failed"])
def test_a_wrong_code_at_qq_leads_to_the_menu(office: Office, reply: str) -> None:
    """The server's words are shown, then what the secret is called, the way to it, and the page that explains it."""
    office.configure(mail=as_qq(office))
    office.smtp.fail("auth", reply)
    result = office("test-mail")
    assert result.code == 5
    assert reply.split(".")[0] in result.err
    remedy = result.lines[-1]
    assert remedy.startswith("  Try: ")
    for word in ("授权码", "not your password", "设置 → 账号与安全", "生成授权码", "https://service.mail.qq.com/"):
        assert word in remedy
    assert ("quarter of an hour" in remedy) is (reply == QQ)
    assert office.smtp.commands.count("AUTH") == 1
    assert office.smtp.received == []


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"password_env": ""}, 3, ("no password", "授权码", "生成授权码")),
        ({"password_env": '"NOT_SET"'}, 3, ("NOT_SET", "not set", "export NOT_SET=", "授权码")),
        ({"cafile": ""}, 5, ("not trusted", "cafile")),
        ({"host": '"nowhere.invalid"'}, 5, ("was not found", "host")),
    ],
)
def test_what_is_not_right_is_said_with_the_next_step(
    office: Office, changes: dict[str, str], code: int, words: tuple[str, ...]
) -> None:
    """Exit code 3 for the configuration, 5 for the server; a line that says what, a line that says what to try."""
    office.configure(mail=as_qq(office, **changes))
    result = office("test-mail")
    assert result.code == code
    for word in words:
        assert word in "\n".join(result.lines[-2:])
    assert result.lines[-1].startswith("  Try: ")
    assert "AUTH" not in office.smtp.commands


def test_without_mail_settings_it_says_what_to_write(office: Office) -> None:
    """Exit code 3, and the keys of [mail]."""
    office.configure(mail="")
    result = office("test-mail")
    assert result.code == 3
    assert 'preset = "qq"' in result.err


def test_a_port_where_nobody_listens_is_said(office: Office) -> None:
    """At once, and with the ports that go with each kind of security."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        office.configure(mail=as_qq(office, port=str(taken.getsockname()[1])))
        result = office("test-mail")
    assert result.code == 5
    assert "nothing listening" in result.err
    assert "465" in result.lines[-1]


@pytest.mark.parametrize(
    ("stage", "reply", "words"),
    [
        ("mail", "553 Mail from must equal authorized user", ("553", f"from is {USER}", f"user is {USER}")),
        ("mail", "530 5.7.0 Authentication required", ("530", "授权码")),
        ("rcpt", "550 5.1.1 no such user", ("550", "check the address")),
        ("dot", '550 The "From" header is missing or invalid', ("550", "from must be the address")),
        ("dot", "554 DT:SPM 163 smtp", ("554", "spam")),
        ("dot", "451 try later", ("451", "next run|later")),
    ],
)
def test_a_mail_that_is_not_taken_is_explained(office: Office, stage: str, reply: str, words: tuple[str, ...]) -> None:
    """Whichever command is refused: exit code 5, the server's words, and what they mean."""
    office.configure(mail=as_qq(office))
    office.smtp.fail(stage, reply)  # type: ignore[arg-type]  # one of the stages
    result = office("test-mail")
    assert result.code == 5
    assert result.out == ""
    said = "\n".join(result.lines[-2:])
    assert all(any(choice in said for choice in word.split("|")) for word in words), said


def test_a_lost_answer_is_said_to_be_uncertain(office: Office) -> None:
    """The server hung up in place of an answer: the mailbox knows more."""
    office.smtp.fail("dot", drop=True)
    result = office("test-mail")
    assert result.code == 5
    assert "may have been delivered" in result.lines[-1]


def test_a_mail_that_arrives_ends_the_rest_and_changes_nothing_else(office: Office) -> None:
    """Ledger, outbox and issues stay byte for byte; the server is used again."""
    office("run")
    config = office.terminal.folder / "digest.toml"
    path = office.data / "digest.db"
    mail = load_settings(config, {"DIGEST_SMTP_PASSWORD": PASSWORD}, office.data).require_mail()
    name = name_rest(server_of(mail, {"DIGEST_SMTP_PASSWORD": PASSWORD}), mail, str(config))
    with open_store(path) as store:
        before = [(row.message_id, row.state, row.tries) for row in store.outbox_rows()]
        store.begin_rest(name, datetime.now(UTC) + timedelta(hours=1), "535 refused")
    office.smtp.fail("auth", QQ)
    assert office("test-mail").code == 5
    with open_store(path) as store:
        assert store.find_rest(name) is not None
    office.smtp.heal()
    result = office("test-mail")
    assert result.code == 0
    assert "digest run uses it again" in result.err
    with open_store(path) as store:
        assert store.find_rest(name) is None
        assert [(row.message_id, row.state, row.tries) for row in store.outbox_rows()] == before


def test_without_a_rest_the_database_is_not_touched(office: Office) -> None:
    """A mail that is sent twice leaves every file as it was."""
    office("run")
    office("test-mail")
    before = fingerprint(office.data)
    assert office("test-mail").code == 0
    assert {n: h for n, h in fingerprint(office.data).items() if n.endswith(".db")} == {
        n: h for n, h in before.items() if n.endswith(".db")
    }


def test_a_mail_is_signed_as_the_daily_one_is(office: Office, tmp_path: Path) -> None:
    """A DKIM key that cannot be used is found here, before the connection; exit code 3."""
    key = tmp_path / "dkim.pem"
    dkim = f'dkim = {{ domain = "qq.com", selector = "s", key_file = \'{key}\' }}\n'
    office.configure(mail=as_qq(office, dkim))
    result = office("test-mail")
    assert result.code == 3
    assert str(key) in result.err
    assert office.smtp.connections == 0


def with_tokens(office: Office, server: TokenServer, *words: str) -> str:
    """[mail] of somebody whose provider takes only tokens, which a program prints."""
    listed = ", ".join(f"'{word}'" for word in words)
    return as_qq(
        office,
        preset='"outlook365"',
        port=str(server.port),
        user=f'"{HOLDER}"',
        password_env="",
        token_command=f"[{listed}]",
        **{"from": f'"每日摘要 <{HOLDER}>"'},
    )


def test_a_token_takes_the_place_of_the_password(office: Office, context: ssl.SSLContext) -> None:
    """test-mail, doctor and run log in with what the program prints, and none of them shows it."""
    server = TokenServer("starttls", context)
    with server:
        office.configure(mail=with_tokens(office, server, "echo", TOKEN), recipients=(ANNA,))
        said = office("test-mail")
        assert said.code == 0, said.err
        assert "(XOAUTH2)" in said.err
        assert "a token printed by echo" in said.err
        assert office("doctor").code == 0
        assert office("run").code == 0
        assert server.recipients == [HOLDER, ANNA]
    assert not [text for text in office.terminal.everything if TOKEN in text]
    assert TOKEN.encode() not in b"".join(path.read_bytes() for path in office.data.rglob("*") if path.is_file())


def test_a_token_that_is_refused_is_explained(office: Office, context: ssl.SSLContext) -> None:
    """In plain words, with the scope it must be for; a program that fails is named, with exit code 3."""
    server = TokenServer("starttls", context)
    with server:
        office.configure(mail=with_tokens(office, server, "echo", f"{TOKEN}x"))
        refused = office("test-mail")
        assert refused.code == 5
        assert "535 5.7.3" in refused.err
        assert "token is not accepted" in refused.lines[-1]
        assert "https://outlook.office.com/SMTP.Send" in refused.lines[-1]
        office.configure(mail=with_tokens(office, server, "false"))
        failed = office("test-mail")
    assert failed.code == 3
    assert "token_command false ended with exit code 1" in failed.err
    assert not [text for text in office.terminal.everything if TOKEN in text]
