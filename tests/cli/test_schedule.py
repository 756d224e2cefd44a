"""digest schedule: this machine's timers are set up, told, brought up to date and taken away."""

from __future__ import annotations

import os
import plistlib
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from digest.app.operation.timers import KINDS, installed_kinds
from digest.cli.schedule import install
from tests.cli.conftest import Office, Result, Terminal, edition

CRONTAB = """#!/bin/sh
echo "crontab $*" >>{log}
case "$1" in
-l)
    test -f {folder}/broken && { echo "you may not use crontab" >&2; exit 1; }
    test -f {folder}/table && exec cat {folder}/table
    echo "no crontab for me" >&2; exit 1;;
-) exec cat >{folder}/table;;
esac
"""
SYSTEMCTL = """#!/bin/sh
echo "systemctl $*" >>{log}
shift
for unit; do :; done
wants=timers.target.wants; test "${unit%.timer}" = "$unit" && wants=default.target.wants
case "$1" in
is-system-running) cat {folder}/state; test "$(cat {folder}/state)" = running;;
enable) mkdir -p "$HOME/.config/systemd/user/$wants"
    exec ln -sf "../$unit" "$HOME/.config/systemd/user/$wants/$unit";;
disable) exec rm -f "$HOME/.config/systemd/user/$wants/$unit";;
show) echo "Mon 2026-11-23 00:05:11 ${TZ:-CST}";;
esac
"""
SYSTEMD_RUN = """#!/bin/sh
case "$*" in *PrivateDevices*) exit 226;; esac
"""
LAUNCHCTL = """#!/bin/sh
echo "launchctl $*" >>{log}
test "$1" != bootout
"""
SCHTASKS = """#!/bin/sh
echo "schtasks $*" >>{log}
case "$1" in
/Create) touch {folder}/task;;
/Delete) exec rm {folder}/task;;
/Query) test -f {folder}/task && echo '"x","2026/11/23 8:05:00","Ready"';;
esac
"""


@dataclass(frozen=True)
class Machine:
    """A terminal on a machine with programs of ours in the place of the system's, which note how they are called."""

    terminal: Terminal
    folder: Path

    def __call__(self, *words: str | Path) -> Result:
        """The result of digest schedule WORDS…."""
        return self.terminal("schedule", *words, "--data-dir", self.terminal.folder / "data")

    def has(self, name: str, script: str) -> None:
        """Put a program into the machine."""
        path = self.folder / name
        script = script.replace("{log}", str(self.folder / "log")).replace("{folder}", str(self.folder))
        path.write_text(script)
        path.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        """What was called, without questions."""
        asked = ("-l", "is-system-running", "show", "/Query", "print")
        path = self.folder / "log"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if not any(f" {word}" in line for word in asked)]

    @property
    def table(self) -> str:
        """The crontab."""
        return (self.folder / "table").read_text("utf-8")

    @property
    def units(self) -> Path:
        """Where systemd looks for the user's units."""
        return Path(os.environ["HOME"]) / ".config" / "systemd" / "user"


@pytest.fixture
def machine(terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with nothing but cron, and a configuration with one edition."""
    folder = tmp_path / "programs"
    folder.mkdir()
    # nothing but plain tools besides: neither the crontab nor the systemd of the machine that tests
    for tool in ("sh", "cat", "rm", "ln", "mkdir", "touch", "test"):
        found = next(Path(place) / tool for place in ("/bin", "/usr/bin") if (Path(place) / tool).exists())
        (folder / tool).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    terminal.write_news()
    terminal.write("digest.toml", 'version = 1\n[[source]]\nname = "n"\nkind = "folder"\npath = "news"\n' + edition())
    made = Machine(terminal, folder)
    made.has("crontab", CRONTAB)
    return made


def with_systemd(machine: Machine, state: str = "running") -> Machine:
    """A machine whose systemd serves users, but gives them no devices of their own."""
    (machine.folder / "state").write_text(state)
    machine.has("systemctl", SYSTEMCTL)
    machine.has("systemd-run", SYSTEMD_RUN)
    return machine


# --------------------------------------------------------------------------------------------------------------- cron


def test_cron_gets_one_line_and_keeps_the_others(machine: Machine) -> None:
    """Installed twice there is one line; uninstalled, the crontab is what it was."""
    before = "MAILTO=me@example.cn\n0 1 * * * /bin/备份\n"
    (machine.folder / "table").write_text(before, "utf-8")
    first = machine("install")
    assert first.code == 0, first.err
    config = machine.terminal.folder / "digest.toml"
    assert installed_kinds(config) == ("cron",)
    assert machine.table.startswith(before)
    (line,) = machine.table[len(before) :].splitlines()
    assert f"run --quiet --log human --config {config} --data-dir {machine.terminal.folder}/data" in line
    assert machine("install").code == 0
    assert machine.calls == ["crontab -"], "a second time there was nothing to do"
    assert machine("uninstall").code == 0
    assert machine.table == before
    assert machine("uninstall", "--kind", "cron").code == 0
    assert installed_kinds(config) == ()


def test_an_empty_crontab_is_begun_and_told(machine: Machine) -> None:
    """Who has no crontab gets one, and is told how to see that it works."""
    result = machine("install")
    assert "calling crontab -" in result.lines
    assert "to see that it works: crontab -l" in result.err
    assert "MAILTO" in result.err
    assert machine.table.count("\n") == 1


def test_a_crontab_that_cannot_be_read_is_left_alone(machine: Machine) -> None:
    """Where crontab -l refuses, nothing is written in its place."""
    (machine.folder / "broken").touch()
    result = machine("install")
    assert result.code == 1
    assert "you may not use crontab" in result.err
    assert machine.calls == []


def test_a_machine_without_cron_is_told_what_else_there_is(machine: Machine) -> None:
    """Without crontab and systemd the daemon is named."""
    (machine.folder / "crontab").unlink()
    result = machine("install")
    assert result.code == 1
    assert "this machine has no crontab" in result.err
    assert "digest daemon" in result.err


def test_the_sandbox_reaches_where_a_linked_database_lies(machine: Machine) -> None:
    """SQLite keeps its log beside the file itself: without that folder no run could write."""
    far, data = machine.terminal.folder / "far", machine.terminal.folder / "data"
    far.mkdir()
    data.mkdir(exist_ok=True)
    (data / "digest.db").symlink_to(far / "digest.db")
    assert f"ReadWritePaths=-{far}\n" in with_systemd(machine)("show", "--kind", "systemd").out


def test_two_configurations_have_two_lines(machine: Machine) -> None:
    """A second configuration gets a line of its own, and taking it away leaves the first."""
    text = (machine.terminal.folder / "digest.toml").read_text("utf-8").replace('"news"', '"../news"')
    other = machine.terminal.write("晚 报/digest.toml", text)
    machine("install")
    alone = machine.table
    assert machine("install", "--config", other).code == 0
    assert len(machine.table.splitlines()) == 2
    machine("uninstall", "--config", other)
    assert machine.table == alone


def test_a_line_written_by_hand_is_named(machine: Machine) -> None:
    """Who had followed an older README learns of the line that may go."""
    by_hand = f"*/5 * * * * /x/digest run --config {machine.terminal.folder / 'digest.toml'}"
    (machine.folder / "table").write_text(by_hand + "\n")
    assert by_hand in machine("install").err


# ------------------------------------------------------------------------------------------------------------ systemd


def test_systemd_gets_a_timer_where_it_serves_users(machine: Machine) -> None:
    """Two units are written and enabled; a line that this machine cannot do is not in them."""
    with_systemd(machine)
    result = machine("install")
    assert result.code == 0, result.err
    service, timer = sorted(machine.units.glob("digest-*.*"))
    assert machine.calls == ["systemctl --user daemon-reload", f"systemctl --user enable --now {timer.name}"]
    assert f"ExecStart=:{_digest()} run --config {machine.terminal.folder}/digest.toml" in service.read_text("utf-8")
    assert "PrivateDevices" not in service.read_text("utf-8")
    assert "ProtectSystem=strict" in service.read_text("utf-8")
    assert "loginctl enable-linger" in result.err
    assert f"writing {service}" in result.lines
    again = machine("install")
    assert f"{service} is as it should be" in again.lines
    assert machine("show").err.rstrip().endswith("next call: 2026-11-23 08:05 (Asia/Shanghai)")
    assert installed_kinds(machine.terminal.folder / "digest.toml") == ("systemd",)


def test_systemd_is_left_as_it_was(machine: Machine) -> None:
    """Uninstalled, no unit and no link is there any more; a drop-in of the user's stays."""
    with_systemd(machine)
    machine("install")
    (timer,) = machine.units.glob("*.timer")
    drop_in = machine.units / f"{timer.stem}.service.d" / "own.conf"
    drop_in.parent.mkdir()
    drop_in.write_text("[Service]\nNice=19\n")
    assert machine("uninstall").code == 0
    assert [path for path in machine.units.rglob("*") if not path.is_dir()] == [drop_in]
    assert machine.calls[-2:] == [f"systemctl --user disable --now {timer.name}", "systemctl --user daemon-reload"]
    assert "nothing to take away" in machine("uninstall").err


@pytest.mark.parametrize("state", ["offline", "unknown", ""])
def test_cron_is_taken_where_systemd_serves_no_users(machine: Machine, state: str) -> None:
    """In a container, or by su, the user's manager does not answer."""
    assert "calling crontab -" in with_systemd(machine, state)("install").err


def test_the_daemon_is_a_service_that_starts_anew(machine: Machine) -> None:
    """--kind daemon enables the service and starts it again, with the unit of today."""
    with_systemd(machine)
    assert machine("install", "--kind", "daemon").code == 0
    (service,) = machine.units.glob("*-daemon.service")
    assert "Type=notify" in service.read_text("utf-8")
    assert machine.calls[-1] == f"systemctl --user restart {service.name}"
    assert installed_kinds(machine.terminal.folder / "digest.toml") == ("daemon",)
    result = machine("install", "--kind", "cron")
    assert "digest schedule uninstall --kind daemon" in result.err
    assert machine("uninstall").code == 0
    assert installed_kinds(machine.terminal.folder / "digest.toml") == ()


def test_a_refusal_of_systemd_is_one_clear_line(machine: Machine) -> None:
    """What systemctl complains of is said, with exit code 1."""
    with_systemd(machine)
    machine.has("systemctl", '#!/bin/sh\ncase "$2" in is-*) echo running;; *) echo "Bus error" >&2; exit 1;; esac\n')
    result = machine("install")
    assert result.code == 1
    assert "systemctl --user daemon-reload failed: Bus error" in result.err
    assert "taking back what was done" in result.err
    assert not list(machine.units.iterdir())


def test_a_refused_renewal_leaves_the_timer_of_before(machine: Machine) -> None:
    """An install that fails gives an older timer its units back, and it stays enabled."""
    with_systemd(machine)
    machine("install")
    (service,) = machine.units.glob("*.service")
    older = service.read_text("utf-8").replace(_digest(), "/old/digest")
    service.write_text(older, "utf-8")
    machine.has("systemctl", SYSTEMCTL.replace("enable)", "enable) exit 1; "))
    assert machine("install").code == 1
    assert service.read_text("utf-8") == older
    assert installed_kinds(machine.terminal.folder / "digest.toml") == ("systemd",)


def test_what_a_failed_install_of_old_left_is_taken_away(machine: Machine) -> None:
    """Units and a link where systemd does not answer any more are no timer, are told of, and go."""
    with_systemd(machine)
    machine("install")
    (machine.folder / "systemctl").unlink()
    assert installed_kinds(machine.terminal.folder / "digest.toml") == ()
    assert "systemd: not installed, but its files lie here" in machine("show").err
    assert machine("uninstall").code == 0
    assert [path for path in machine.units.rglob("*") if not path.is_dir()] == []


@pytest.mark.parametrize("kind", ["systemd", "daemon", "launchd", "windows"])
def test_a_timer_that_the_machine_does_not_have_is_refused(machine: Machine, kind: str) -> None:
    """With the one that fits, and before anything is written."""
    result = machine("install", "--kind", kind)
    assert (result.code, "digest schedule install --kind cron" in result.err) == (2, True), result.err
    tried = machine("install", "--kind", kind, "--dry-run")
    assert (tried.code, "it would be refused" in tried.err) == (0, True)
    assert not machine.units.exists()
    assert not (machine.terminal.folder / "data").exists()


@pytest.mark.parametrize("kind", ["cron", "systemd", "daemon", "launchd"])
def test_a_timer_whose_configuration_is_gone_is_told_and_taken_away(machine: Machine, kind: str) -> None:
    """The file was renamed: show and install name the old timer with the line that takes it away."""
    with_systemd(machine).has("launchctl", LAUNCHCTL)
    old = machine.terminal.folder / "digest.toml"
    assert machine("install", "--kind", kind).code == 0
    assert "not there" not in machine("show").err
    new = old.rename(old.with_name("100% 新.toml"))
    remedy = f"digest schedule uninstall --kind {kind} --config {old}"
    for words in (("show",), ("install", "--dry-run"), ("install", "--kind", kind), ("uninstall",)):
        told = machine(*words, "--config", new)
        assert (told.code, remedy in told.err) == (0, True), told.err
    assert machine("uninstall", "--config", old).code == 0
    assert "not there" not in machine("show", "--config", new).err


# ---------------------------------------------------------------------------------------------------- launchd, Windows


def test_launchd_gets_an_agent(machine: Machine) -> None:
    """The agent is written and loaded, though none was loaded before; uninstalled it is gone."""
    machine.has("launchctl", LAUNCHCTL)
    assert machine("install", "--kind", "launchd").code == 0
    (path,) = (Path(os.environ["HOME"]) / "Library" / "LaunchAgents").iterdir()
    assert plistlib.loads(path.read_bytes())["ProgramArguments"][1] == "run"
    assert machine.calls[-1] == f"launchctl bootstrap gui/{os.getuid()} {path}"
    assert "launchd: installed as" in machine("show", "--kind", "launchd").err
    assert machine("uninstall").code == 0
    assert not path.exists()


def test_windows_gets_a_task(machine: Machine) -> None:
    """The task is made of a file in the data folder, told with its next run, and deleted with the file."""
    machine.has("schtasks", SCHTASKS)
    assert machine("install", "--kind", "windows").code == 0
    (path,) = (machine.terminal.folder / "data").glob("*.xml")
    assert path.read_text("utf-16").startswith("<?xml")
    assert "next call: 2026/11/23 8:05:00" in machine("show", "--kind", "windows").err
    assert machine("uninstall").code == 0
    assert not path.exists()
    assert machine.calls[-1].startswith("schtasks /Delete")


# --------------------------------------------------------------------------------------------------------- the command


def test_every_kind_can_be_chosen() -> None:
    """The command line, which reads no application to show its help, names the kinds that there are."""
    (choice,) = [parameter.type for parameter in install.params if parameter.name == "kind"]
    assert isinstance(choice, click.Choice)
    assert tuple(choice.choices) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_dry_run_changes_nothing_and_tells_all(machine: Machine, kind: str) -> None:
    """Nothing is called and nothing is written; each step is told."""
    before = sorted(machine.terminal.folder.rglob("*"))
    result = with_systemd(machine)("install", "--kind", kind, "--dry-run")
    assert result.code == 0, result.err
    assert any(line.startswith("would ") for line in result.lines)
    assert machine.calls == []
    assert sorted(machine.terminal.folder.rglob("*")) == before
    assert not machine.units.exists()


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("systemd", "OnCalendar"),
        ("daemon", "Type=notify"),
        ("cron", "*/5 * * * *"),
        ("launchd", "<plist"),
        ("windows", "<Task "),
    ],
)
def test_show_prints_what_would_be_installed(machine: Machine, kind: str, word: str) -> None:
    """The text is the product, whether it is installed the talk."""
    result = with_systemd(machine)("show", "--kind", kind)
    assert word in result.out
    assert result.err == f"{kind}: not installed\n"


def test_show_tells_the_coming_slots_and_how_digest_is_called(machine: Machine) -> None:
    """Five slots of each edition with their weekdays; then the timer, and when it calls next."""
    text = (machine.terminal.folder / "digest.toml").read_text("utf-8")
    weekly = edition(name="weekly").replace('"08:00"', '"18:30"').replace('"daily" }', '"weekly:mon" }')
    machine.terminal.write("digest.toml", text + weekly)
    result = machine("show", "--now", "2026-11-20T09:00")
    assert result.out.splitlines()[:2] == ["daily: 每日摘要 (Asia/Shanghai)", "  Sat 2026-11-21 08:00"]
    assert result.out.splitlines()[6:8] == ["weekly: 每日摘要 (Asia/Shanghai)", "  Mon 2026-11-23 18:30"]
    assert len(result.out.splitlines()) == 12
    assert "no timer calls digest" in result.err
    machine("install")
    shown = machine("show", "--now", "2026-11-20T09:02+00:00")
    assert "cron: installed as digest-office-" in shown.err
    assert shown.err.rstrip().endswith("next call: 2026-11-20 17:05 (Asia/Shanghai)")


def test_show_tells_of_a_timer_that_is_out_of_date(machine: Machine) -> None:
    """A line that calls another digest, or other folders, is to be installed again."""
    machine("install")
    (machine.folder / "table").write_text(machine.table.replace(_digest(), "/old/digest"), "utf-8")
    assert "cron: installed, but not as it would be now: digest schedule install --kind cron" in machine("show").err
    machine("install")
    assert "cron: installed as" in machine("show").err


def test_show_prints_the_units_of_a_whole_machine(machine: Machine) -> None:
    """--system prints units for an administrator, and what else is to be done; it goes with systemd alone."""
    result = machine("show", "--system")
    assert "User=digest" in result.out
    assert "systemd-creds" in result.err
    assert "Type=notify" in machine("show", "--system", "--kind", "daemon").out
    assert machine("show", "--system", "--kind", "cron").code == 2


def test_what_a_timer_does_not_see_is_told(office: Office, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password in a variable, settings and a proxy of this terminal: each is named, and no value is shown."""
    office.configure()
    monkeypatch.setenv("DIGEST_TIMEZONE", "Asia/Hong_Kong")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.cn:3128")
    result = machine("install")
    assert "does not see the variable DIGEST_SMTP_PASSWORD" in result.err
    assert "password_file" in result.err
    assert "DIGEST_TIMEZONE, HTTPS_PROXY" in result.err
    assert "Hong_Kong" not in result.err


def test_a_wrong_configuration_is_not_scheduled(machine: Machine) -> None:
    """What no run could read is refused with exit code 3; what was installed can still be taken away."""
    machine("install")
    machine.terminal.write("digest.toml", "version = 1\nfalsch = 2\n")
    assert machine("install").code == 3
    assert machine("uninstall").code == 0
    assert machine.table == ""
    (machine.terminal.folder / "digest.toml").unlink()
    assert machine("install").code == 3


def _digest() -> str:
    from digest.app.operation.planning import _program

    return _program()[0]
