"""digest init, doctor, templates and completion: from an empty folder to a mail that works."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.app.mail.posting import name_rest, server_of
from digest.config import load_settings
from digest.store import open_store
from tests.cli.conftest import ANNA, PASSWORD, Office, Terminal, edition, fingerprint, source
from tests.cli.test_testmail import QQ, as_qq
from tests.web_server import WebServer

# --------------------------------------------------------------------------------------------------------------- init


def test_init_beside_samples_makes_a_file_that_previews(terminal: Terminal) -> None:
    """In a folder that has samples, init asks nothing, and preview works with the file as it stands."""
    terminal.write_news("samples")
    made = terminal("init")
    assert (made.code, made.out) == (0, "digest.toml\n")
    assert "digest preview" in made.err
    result = terminal("preview", "--text")
    assert (result.code, len(result.lines)) == (0, 1), result.err
    assert "岚川大桥通车" in result.out


@pytest.mark.parametrize(
    "name",
    [
        "news",
        "新闻 一",
        "it's",
        'zwei"mal',
        "mit\\strich",
        "a#b=c[d]",
        "-x",
        "{home}",
        "%(x)s",
        "\\N{DASH}",
        'it\'s "so"',
    ],
)
def test_init_points_at_any_folder(terminal: Terminal, name: str) -> None:
    """Whatever the folder is called, the file that init writes is valid and leads there."""
    terminal.write_news(name)
    assert terminal("init", "--source", "./" + name).code == 0
    result = terminal("preview", "--text")
    assert result.code == 0, result.err
    assert "岚川大桥通车" in result.out


def test_init_works_from_another_folder(terminal: Terminal) -> None:
    """The source is found from the folder of the file and not from where init was called."""
    terminal.write_news("a/news")
    (terminal.folder / "b").mkdir()
    assert terminal("init", "--source", "a/news", "--output", "b/my.toml").code == 0
    result = terminal("preview", "--config", terminal.folder / "b" / "my.toml", "--text", cwd=Path("/"))
    assert "岚川大桥通车" in result.out


def test_init_never_overwrites(terminal: Terminal) -> None:
    """A file that is there stays byte by byte, until --force."""
    terminal.write_news("samples")
    path = terminal.write("digest.toml", "mein = 1\n")
    result = terminal("init")
    assert result.code == 3
    assert "--force" in result.err
    assert path.read_text() == "mein = 1\n"
    assert terminal("init", "--force").code == 0
    assert tomllib.loads(path.read_text("utf-8"))["version"] == 1


def test_init_does_not_follow_a_dangling_link(terminal: Terminal) -> None:
    """A link that leads nowhere is something that is already there."""
    terminal.write_news("samples")
    (terminal.folder / "digest.toml").symlink_to(terminal.folder / "anderswo.toml")
    terminal("init")
    assert not (terminal.folder / "anderswo.toml").exists()


def test_init_into_a_folder_that_is_not_there_is_said(terminal: Terminal) -> None:
    """An --output that cannot be written is one clear line."""
    terminal.write_news("samples")
    result = terminal("init", "--output", "fehlt/digest.toml")
    assert result.code == 3
    assert "fehlt" in result.err


def test_init_with_a_source_that_is_none_is_a_usage_error(terminal: Terminal) -> None:
    """A file or nothing in the place of the folder ends in exit code 2."""
    terminal.write("a.txt", "x")
    for name in ("a.txt", "fehlt"):
        assert terminal("init", "--source", name).code == 2
    assert not (terminal.folder / "digest.toml").exists()


# ------------------------------------------------------------------------------------------------------------- doctor


def failures(out: str) -> list[str]:
    """The lines that complain."""
    return [line for line in out.splitlines() if line.startswith("FAIL")]


def test_doctor_finds_nothing_where_all_is_well(office: Office) -> None:
    """Everything right: exit 0, a line for each part, the login tried over TLS, nothing changed and nothing sent."""
    result = office("doctor")
    assert result.code == 0, result.out
    assert failures(result.out) == []
    for word in (
        *("python", "source news: 3 articles", "edition daily: 2 recipients", "templates", "store", "mail settings"),
        *(
            "mail password: the variable DIGEST_SMTP_PASSWORD",
            "mail server: connected over TLSv1",
            "verified, issued by",
        ),
        *("mail login: logged in as me@qq.com", "outbox: nothing is held, 0 to send"),
    ):
        assert word in result.out
    assert not office.data.exists()
    assert office.smtp.received == []
    office("run")
    before = fingerprint(office.data)
    assert office("doctor").code == 0
    assert fingerprint(office.data) == before


@pytest.mark.parametrize(
    "part", ["source", "empty", "file", "recipients", "template", "password", "unset", "server", "nomail"]
)
def test_doctor_names_each_part_that_fails_with_a_remedy(
    office: Office, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One thing wrong: exit 1, exactly that line fails, the next line says what to try."""
    name = {
        "source": "source fehlt",
        "empty": "source leer",
        "file": "source news",
        "recipients": "edition daily",
        "template": "templates",
        "password": "mail login",
        "unset": "mail password",
        "server": "mail server",
    }.get(part, "mail")
    if part == "source":
        office.configure(sources=source(office.news) + source(office.terminal.folder / "weg", "fehlt"))
    elif part == "empty":
        (office.terminal.folder / "leer").mkdir()
        office.configure(sources=source(office.news) + source(office.terminal.folder / "leer", "leer"))
    elif part == "file":
        office.terminal.write("news/kaputt.json", "{")
    elif part == "recipients":
        office.configure(recipients=())
    elif part == "template":
        office.terminal.write("mine/digest.txt.j2", "{{ falsch }}")
        office.configure(top='templates = "mine"')
    elif part == "password":
        monkeypatch.setenv("DIGEST_SMTP_PASSWORD", "falsch")
    elif part == "unset":
        monkeypatch.delenv("DIGEST_SMTP_PASSWORD")
    elif part == "server":
        office.configure(mail=office.mail(trust=False))
    else:
        office.configure(mail="")
    result = office("doctor")
    lines = result.out.splitlines()
    (complaint,) = failures(result.out)
    assert result.code == 1
    assert complaint.startswith(f"FAIL {name}: ")
    assert lines[lines.index(complaint) + 1].startswith("     Try: ")
    assert office.smtp.received == []


def test_doctor_looks_at_everything_at_once(office: Office) -> None:
    """Several things wrong are all named, each with its remedy."""
    office.configure(
        mail="", recipients=(), sources=source(office.terminal.folder / "weg", "fehlt"), top='templates = "fehlt"'
    )
    result = office("doctor")
    assert result.code == 1
    assert len(failures(result.out)) == 4
    assert result.out.count("     Try: ") == 4 + len(warnings(result.out))


def warnings(out: str) -> list[str]:
    """The lines that warn, each with its remedy."""
    lines = out.splitlines()
    return [f"{line} {lines[n + 1]}" for n, line in enumerate(lines) if line.startswith("warn")]


def test_doctor_reads_each_source_once(office: Office) -> None:
    """Two editions that share a source give one line for it; a paused source is left alone."""
    office.configure(
        sources=source(office.news) + source(office.terminal.folder / "weg", "fehlt") + "paused = true\n",
        editions=edition() + edition((ANNA,), "weekly", 'sources = ["news"]'),
    )
    result = office("doctor")
    assert result.code == 0, result.out
    assert result.out.count("source news: 3 articles") == 1
    assert "fehlt" not in result.out
    assert "edition weekly: 1 recipients" in result.out


def test_a_stranger_with_the_wrong_code_is_led_to_the_menu(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The login password in place of the 授权码: a warning, QQ's own words, and the whole way to the code."""
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", "meinQQ-Passwort")
    office.configure(mail=as_qq(office))
    office.smtp.fail("auth", QQ)
    result = office("doctor")
    assert result.code == 1
    (warning,) = [line for line in warnings(result.out) if " mail " in line]
    assert warning.startswith(
        "warn mail password: what the variable DIGEST_SMTP_PASSWORD holds does not look like a 授权码"
    )
    (complaint,) = failures(result.out)
    lines = result.out.splitlines()
    remedy = lines[lines.index(complaint) + 1]
    assert "535 Login fail. Account is abnormal" in complaint
    for word in (
        "授权码",
        "mail.qq.com",
        "设置 → 账号与安全 → 安全设置",
        "开启服务",
        "生成授权码",
        "https://service.mail.qq.com/",
    ):
        assert word in remedy
        assert word in warning or word.startswith("https")
    assert "meinQQ" not in result.out + result.err


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"from": '"每日摘要 <other@qq.com>"'}, ("from is other@qq.com", 'write from = "每日摘要 <me@qq.com>"')),
        ({"user": "", "password_env": ""}, ("no user", 'write user = "me@qq.com"', "授权码")),
    ],
)
def test_doctor_warns_of_what_the_provider_refuses(
    office: Office, changes: dict[str, str], words: tuple[str, ...]
) -> None:
    """A From that is not the login, a login that is missing: seen without asking the server."""
    # "localhost" needs no login; a name that leads to it does
    office.configure(mail=as_qq(office, **changes, **({"host": '"nowhere.invalid"'} if "user" in changes else {})))
    result = office("doctor")
    (warning,) = [line for line in warnings(result.out) if "settings" in line]
    assert all(word in warning for word in words), warning


def test_doctor_warns_of_a_port_that_goes_with_another_security(terminal: Terminal) -> None:
    """587 begins in the clear: TLS from the first byte will not be understood there."""
    mail = '[mail]\nhost = "nowhere.invalid"\nport = 587\nsecurity = "tls"\nfrom = "a@b.cn"\n'
    terminal.write("digest.toml", f"version = 1\n{source(terminal.write_news())}{edition()}{mail}")
    (warning,) = [line for line in warnings(terminal("doctor").out) if "settings" in line]
    assert "that port goes with starttls" in warning


def test_doctor_tells_what_waits_and_who_is_left_out(office: Office) -> None:
    """Mails that are held, and recipients that left, are counted; neither is a failure."""
    office.smtp.fail("dot", drop=True, who=ANNA)
    office.configure(mail=as_qq(office))
    office("run")
    with open_store(office.data / "digest.db") as store:
        store.suppress("b@example.cn", "daily", "unsubscribed", "退订", datetime.now(UTC))
    result = office("doctor")
    assert result.code == 0, result.out
    assert "edition daily: 1 recipients (1 more left out)" in result.out
    (warning,) = [line for line in warnings(result.out) if "outbox" in line]
    assert warning.startswith("warn outbox: 1 held")
    assert "digest outbox list" in warning


def test_doctor_tells_of_a_server_that_is_left_alone(office: Office) -> None:
    """Until when and why, and that a test mail ends it."""
    office("run")
    environ = {"DIGEST_SMTP_PASSWORD": PASSWORD}
    config = office.terminal.folder / "digest.toml"
    mail = load_settings(config, environ, office.data).require_mail()
    with open_store(office.data / "digest.db") as store:
        until = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
        store.begin_rest(name_rest(server_of(mail, environ), mail, str(config)), until, "535 refused")
    (warning,) = [line for line in warnings(office("doctor", now="2026-11-22T09:30").out) if " rest" in line]
    assert "left alone until 2026-11-22 10:00: 535 refused" in warning
    assert "digest test-mail" in warning
    assert "left alone" not in office("doctor", now="2026-11-22T10:30").out


def test_doctor_says_when_nobody_would_hear_a_reader_who_leaves(office: Office) -> None:
    """One-click without a signature, and no mailbox to read, are warned of; a provider that signs is trusted."""
    leave = 'unsubscribe = "https://lists.example.cn/leave?t={token}"\none_click = true\n'
    office.configure(mail=office.mail() + leave)
    (warning,) = [line for line in warnings(office("doctor").out) if " mail " in line]
    assert "one_click counts only in signed mail" in warning
    assert "dkim = {" in warning
    office.configure(mail=office.mail())
    (warning,) = [line for line in warnings(office("doctor").out) if " mail " in line]
    assert "knows no mailbox to read" in warning
    office.configure(mail=as_qq(office, leave))
    assert [line for line in warnings(office("doctor").out) if "leaving" in line] == []


def test_doctor_looks_into_the_mailbox_of_answers(office: Office) -> None:
    """A maildir that [bounces] names is opened; one that is missing fails, with what to name instead."""
    for name in ("new", "cur", "tmp"):
        (office.terminal.folder / "Maildir" / name).mkdir(parents=True)
    office.configure(mail=as_qq(office) + '[bounces]\nmaildir = "Maildir"\n')
    assert "ok   bounces: " in office("doctor").out
    office.configure(mail=as_qq(office) + '[bounces]\nmaildir = "fehlt"\n')
    (complaint,) = failures(office("doctor").out)
    assert complaint.startswith("FAIL bounces: ")
    assert "fehlt" in complaint
    office.configure(mail=as_qq(office))
    assert "bounces" not in office("doctor").out


def test_doctor_tries_the_dkim_key(office: Office, tmp_path: Path) -> None:
    """A key that others can read, or that is none, fails; one of another domain is warned of."""
    pytest.importorskip("dkim")
    key = tmp_path / "dkim.pem"
    key.write_text("no key")

    def sign(domain: str) -> str:
        return f'dkim = {{ domain = "{domain}", selector = "s1", key_file = \'{key}\' }}\n'

    for mode in (0o644, 0o600):
        key.chmod(mode)
        office.configure(mail=as_qq(office, sign("qq.com")))
        (complaint,) = failures(office("doctor").out)
        assert complaint.startswith("FAIL mail signature: ")
    made = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True)
    key.write_bytes(made.stdout)
    good = office("doctor")
    assert failures(good.out) == []
    assert "s1._domainkey.qq.com" in good.out
    office.configure(mail=as_qq(office, sign("example.cn")))
    (warning,) = [line for line in warnings(office("doctor").out) if "signature" in line]
    assert "says nothing for mail from qq.com" in warning


def test_doctor_says_when_nothing_runs_it_and_nobody_would_hear(office: Office) -> None:
    """Without a timer, a daemon and an operator it would stop one day unseen: each is a warning with its remedy."""
    found = warnings(office("doctor").out)
    (schedule,) = [line for line in found if line.startswith("warn schedule")]
    assert "digest schedule install" in schedule
    (operator,) = [line for line in found if line.startswith("warn operator")]
    assert "[monitoring]" in operator
    office.configure(mail=office.mail() + '\n[monitoring]\noperator = ["op@example.cn"]\n')
    assert "ok   operator: op@example.cn" in office("doctor").out


def test_doctor_warns_of_a_year_without_holidays(office: Office) -> None:
    """An edition of workdays needs the year's days, and so does a daily one's agenda; a year that is known is well."""
    assert "holidays of 2090 are not known" in office("doctor", now="2090-12-01T09:00").out
    workdays = edition().replace('days = "daily"', 'days = "workdays"')
    office.configure(editions=workdays)
    (warning,) = [line for line in warnings(office("doctor", now="2090-12-01T09:00").out) if "calendar" in line]
    assert "holidays of 2090 are not known" in warning
    assert "write holidays and workdays in [calendar]" in warning
    assert "ok   calendar" in office("doctor", now="2026-10-01T09:00").out


def test_doctor_asks_the_heartbeats_server_but_never_the_heartbeat(office: Office) -> None:
    """Its server is tried at its front door: asking the URL itself would report a delivery that was none."""
    with WebServer() as web:
        office.configure(mail=office.mail() + f'\n[monitoring]\nheartbeat = "{web.url("/ping/uuid-0815-geheim")}"\n')
        result = office("doctor")
        assert "ok   heartbeat: 127.0.0.1 answers" in result.out
        assert web.paths() == ["/"]
    result = office("doctor")
    assert "FAIL heartbeat" in result.out
    assert "uuid-0815" not in result.out


def test_doctor_looks_at_the_folder_of_the_metrics(office: Office) -> None:
    """A place that cannot be written fails; a name that node_exporter does not read is warned of."""
    blocked = office.terminal.write("voll", "")
    for path, line in (
        (blocked / "digest.prom", "FAIL metrics"),
        (office.terminal.folder / "digest.txt", "warn metrics"),
        (office.terminal.folder / "neu" / "digest.prom", "ok   metrics"),
    ):
        office.configure(mail=office.mail() + f"\n[monitoring]\ntextfile = '{path}'\n")
        assert line in office("doctor").out
    assert not (office.terminal.folder / "neu").exists()


def test_doctor_warns_of_files_that_others_may_change(office: Office) -> None:
    """Whoever may write the configuration may have mail sent; whoever reads the database reads every address."""
    office("run")
    config, database = office.terminal.folder / "digest.toml", office.data / "digest.db"
    config.chmod(0o664)
    database.chmod(0o644)
    found = warnings(office("doctor").out)
    assert any(f"chmod go-w {config}" in line for line in found)
    assert any(f"chmod 600 {database}" in line for line in found)
    config.chmod(0o600)
    database.chmod(0o600)
    assert "ok   configuration" in office("doctor").out


def test_doctor_says_which_clock_counts(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine in another time zone than the schedule is told of, and is no trouble."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        out = office("doctor").out
    finally:
        monkeypatch.undo()
        time.tzset()
    assert "ok   clock: schedules go by Asia/Shanghai, where it is 2026-11-22 09:00" in out
    assert "shows 20:00 (UTC-05:00)" in out


def test_doctor_speaks_json(office: Office) -> None:
    """--json gives the same findings as data, with the exit code of the plain form."""
    office.configure(recipients=())
    result = office("doctor", "--json")
    assert result.code == 1
    told = json.loads(result.out)
    assert told["version"] == 1
    by_name = {finding["name"]: finding for finding in told["findings"]}
    assert by_name["edition daily"]["verdict"] == "fail"
    assert "digest recipients add" in by_name["edition daily"]["remedy"]
    assert by_name["python"]["verdict"] == "ok"
    assert "remedy" not in by_name["python"]


def test_doctor_without_a_configuration_says_what_to_do(terminal: Terminal) -> None:
    """Without a digest.toml the exit code is 3 and the remedy is digest init."""
    result = terminal("doctor")
    assert result.code == 3
    assert "digest init" in result.err


def test_doctor_is_quiet_about_colours_in_a_pipe(office: Office) -> None:
    """What goes into a pipe or a file holds no escape sequences."""
    assert "\x1b" not in office("doctor").out


@pytest.mark.parametrize("no_color", ["", "1"])
def test_a_terminal_gets_colours_unless_no_color_is_set(terminal: Terminal, no_color: str) -> None:
    """On a real terminal FAIL is red; with NO_COLOR nothing is coloured."""
    terminal.write("digest.toml", f"version = 1\n{source(terminal.write_news())}{edition(())}")
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "digest", "doctor"]
    environ = {**os.environ, "NO_COLOR": no_color}
    with subprocess.Popen(words, cwd=terminal.folder, stdout=theirs, stderr=theirs, env=environ) as process:
        process.wait(60)
    os.close(theirs)
    shown = os.read(ours, 65536)
    os.close(ours)
    assert b"FAIL" in shown
    assert (b"\x1b[31m" in shown) is not bool(no_color)


# ---------------------------------------------------------------------------------------------------------- templates


def test_exported_templates_change_nothing_until_they_are_changed(office: Office) -> None:
    """The templates that export writes render the same page; changed, they render the change."""
    before = office("preview", "--text").out
    exported = office.terminal("templates", "export", "mine")
    assert exported.code == 0
    assert all(Path(office.terminal.folder, line).is_file() for line in exported.out.splitlines())
    office.configure(top='templates = "mine"')
    assert office("preview", "--text").out == before
    path = office.terminal.folder / "mine" / "digest.txt.j2"
    path.write_text("Guten Morgen\n" + path.read_text("utf-8"), "utf-8")
    assert office("preview", "--text").out.startswith("Guten Morgen")


def test_export_never_overwrites(terminal: Terminal) -> None:
    """A template of one's own stays as it is until --force."""
    mine = terminal.write("mine/digest.txt.j2", "meins")
    result = terminal("templates", "export", "mine")
    assert result.code == 1
    assert "--force" in result.err
    assert mine.read_text() == "meins"
    assert len(list(mine.parent.iterdir())) == 1
    assert terminal("templates", "export", "mine", "--force").code == 0
    assert mine.read_text() != "meins"


def test_a_templates_folder_that_is_missing_is_said(office: Office) -> None:
    """The folder is named together with the command that makes it, and ours are used in its place."""
    office.configure(top='templates = "fehlt"')
    result = office("preview")
    assert result.code == 4
    assert "templates export" in result.err


# --------------------------------------------------------------------------------------------------------- completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_the_shell(terminal: Terminal, shell: str) -> None:
    """The script names the program and the variable it is asked through."""
    result = terminal("completion", shell)
    assert result.code == 0
    assert "_DIGEST_COMPLETE" in result.out
    assert "digest" in result.out


def test_completion_of_an_unknown_shell_is_a_usage_error(terminal: Terminal) -> None:
    """A shell nobody knows ends in exit code 2 and those there are."""
    result = terminal("completion", "tcsh")
    assert result.code == 2
    assert "fish" in result.err


def test_the_shell_is_told_the_commands(terminal: Terminal) -> None:
    """What the completion script calls answers with the names of the commands."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv[0] = 'digest'; from digest.cli.door import main; main()"],
        env={**os.environ, "_DIGEST_COMPLETE": "bash_complete", "COMP_WORDS": "digest pre", "COMP_CWORD": "1"},
        cwd=terminal.folder,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert "preview" in done.stdout.decode()


# ---------------------------------------------------------------------------------------------------- which digest.toml


def test_the_configuration_is_found_in_its_order(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """--config goes before DIGEST_CONFIG, that before ./digest.toml, that before the user's own."""
    places = ["flag.toml", "variable.toml", "digest.toml", "heim/digest/config.toml"]
    for number, place in enumerate(places):
        news = terminal.write_news(f"n{number}", {"a.txt": f"第{number}号消息\n今天发布第{number}号消息，内容很重要。"})
        terminal.write(place, f"version = 1\n{source(news)}{edition((ANNA,))}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(terminal.folder / "heim"))
    monkeypatch.setenv("DIGEST_CONFIG", str(terminal.folder / "variable.toml"))
    seen = [terminal("preview", "--text", "--config", "flag.toml").out, terminal("preview", "--text").out]
    monkeypatch.delenv("DIGEST_CONFIG")
    seen.append(terminal("preview", "--text").out)
    (terminal.folder / "digest.toml").unlink()
    seen.append(terminal("preview", "--text").out)
    assert [f"第{number}号消息" in text for number, text in enumerate(seen)] == [True] * 4


def test_a_named_configuration_that_is_missing_is_not_replaced(terminal: Terminal) -> None:
    """Where --config or DIGEST_CONFIG names no file, no other file is taken for it."""
    terminal.write("digest.toml", f"version = 1\n{source(terminal.write_news())}{edition()}")
    result = terminal("preview", "--config", "fehlt.toml")
    assert result.code == 3
    assert "fehlt.toml" in result.err
