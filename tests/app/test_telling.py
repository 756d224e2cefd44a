"""What the operator reads: since when, why, in which language, and what was over before it could be told."""

from __future__ import annotations

from digest.app.operation.matters import Matter
from tests.app.test_watching import OPERATOR, alerts, days_of_a_dead_source, state, watched
from tests.cli.conftest import ANNA, BEN, Office, edition, office, parse, smtp, terminal

__all__ = ("office", "smtp", "terminal")  # fixtures


def subjects(office: Office) -> list[str]:
    """The subjects of the mails to the operator, in order."""
    return [str(parse(mail)["Subject"]) for mail in office.smtp.received if mail.recipient == OPERATOR]


def fail_for_two_hours(office: Office) -> None:
    """The server refuses the login from eight to ten."""
    office.smtp.fail("auth", "535 5.7.8 no")
    for minute in range(0, 130, 10):
        office("run", now=f"2026-11-22T{8 + minute // 60:02}:{minute % 60:02}")
    office.smtp.heal()


def test_an_outage_that_is_over_is_told_with_the_first_mail(office: Office) -> None:
    """Nobody could be told while the server took nothing: the run that mails again tells what was, and why, once."""
    watched(office)
    fail_for_two_hours(office)
    assert alerts(office) == []
    office("send", now="2026-11-22T10:20")
    (told,) = alerts(office)
    assert "== 已经恢复 ==" in told
    assert "自 2026-11-22 08:00 起，2026-11-22 10:20 前已恢复" in told
    assert "拒绝 me@qq.com 登录：535 5.7.8 no" in told
    assert "refuses" not in told
    assert "处理办法" not in told
    (subject,) = subjects(office)
    assert subject.startswith("[digest] 已恢复正常（此前：daily：")
    office("send", now="2026-11-22T10:30")
    assert len(alerts(office)) == 1
    with state(office) as store:
        assert store.alerts() == ()


def test_what_ended_before_it_could_be_told_is_told_although_a_mail_is_young(office: Office) -> None:
    """The end of an outage does not wait for the hour between two mails."""
    watched(office)
    office.smtp.fail("dot", who=BEN, drop=True, times=1)
    office("run", now="2026-11-22T08:00")
    office("outbox", "forget", BEN, now="2026-11-22T08:01")
    office.smtp.fail("auth", "535 5.7.8 no")
    office.terminal.write_news("news", {"neu.txt": "河堤加固完成\n嘉陵区水务局宣布河堤加固完成。全长五公里。"})
    office("run", now="2026-11-23T09:30")
    office.smtp.heal()
    office("send", now="2026-11-23T09:40")
    assert "daily：2026-11-23 08:00 这一期还没有任何人收到" in alerts(office)[-1]


def test_the_cause_of_what_does_not_go_out_is_told(office: Office) -> None:
    """An edition that cannot be composed says why, in the mail and not only on stderr."""
    watched(office, editions=edition((ANNA,)) + edition((BEN,), "weekly"))
    office("recipients", "remove", BEN)
    office("run", now="2026-11-22T09:30")
    (told,) = alerts(office)
    assert "weekly：未能编成：已经没有收件人" in told


def test_a_source_is_told_since_it_failed_and_in_chinese(office: Office) -> None:
    """The mail is of the third day, the trouble of the first; the commonest complaints are not left in English."""
    assert list(days_of_a_dead_source(office)) == [22, 23, 24]
    (told,) = alerts(office)
    assert "自 2026-11-22 09:00 起" in told
    assert "返回 404" in told
    assert "answered" not in told


def test_the_words_of_a_server_stay_and_ours_are_translated() -> None:
    """What a server said is told as it stands; the advice behind it, and each of several complaints, in Chinese."""
    said = Matter("unsent", "daily", {"slot": "x", "count": "2", "why": "451 4.7.1 later (a later run tries again)"})
    assert said.words("zh-Hans").endswith("：451 4.7.1 later（以后的运行会再试）")
    assert said.words("en").endswith(": 451 4.7.1 later (a later run tries again)")
    both = Matter("stopped", values={"why": "there is no password file /x; others can read the password file /y"})
    assert both.words("zh-Hans") == "上次运行中断：没有密码文件 /x；密码文件 /y 别人也能读"


def test_a_dry_run_says_what_the_run_would_refuse(office: Office) -> None:
    """A password that others can read, or that is nowhere: a dry run that stays silent would promise mails."""
    secret = office.terminal.write("smtp-password", "canary-secret-0815")
    secret.chmod(0o644)
    office.configure(mail=office.mail().replace('password_env = "DIGEST_SMTP_PASSWORD"', f"password_file = '{secret}'"))
    result = office("run", "--dry-run")
    assert result.code == 0
    assert f"the run itself would mail nothing: others can read the password file {secret}" in result.err
    assert office("run").code == 3
    secret.chmod(0o600)
    assert "would mail nothing" not in office("run", "--dry-run").err


def test_a_damaged_database_is_new_at_its_first_telling(office: Office) -> None:
    """What is told for the first time does not stand under what still stands, and is told in Chinese."""
    watched(office)
    office("run")
    (office.data / "digest.db").write_bytes(b"something else" * 1000)
    office("run", now="2026-11-23T09:00")
    (told,) = alerts(office)
    assert "== 新出现 ==" in told
    assert "仍未解决" not in told
    assert "不是数据库" in told
    assert "is not a database" not in told
    office("run", now="2026-11-30T09:05")
    assert "== 仍未解决 ==" in alerts(office)[-1]
