"""What is written for systemd, cron, launchd and Windows says what was meant, whatever the paths are called."""

from __future__ import annotations

import os
import plistlib
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from digest.schedule.timers import cron, launchd, systemd, windows
from digest.schedule.timers.job import Ask, Job, Remove, Write

NASTY = "/srv/办 公/50%h $HOME $$ \"q\" 'p' `id` #x;&|\\y"
"""A folder whose name means something to every one of them."""

JOB = Job(("/opt/digest/bin/digest",), "/home/me/digest.toml", "/home/me/.local/share/digest")

NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn")), min_size=1, max_size=12
)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(lambda names: "/" + "/".join(names))
TABLES = st.lists(
    st.sampled_from(["", "# a comment", "MAILTO=me@example.cn", "0 8 * * * /bin/true # digest", "\ta"])
).map("\n".join)


def read_systemd(line: str) -> list[str]:
    """The words of a line as systemd takes them apart: quotes, backslashes, then %% for a percent sign."""
    words = re.findall(r'((?:[^\s"]|"(?:[^"\\]|\\.)*")+)', line)
    plain = [re.sub(r'"((?:[^"\\]|\\.)*)"', lambda found: re.sub(r"\\(.)", r"\1", found[1]), word) for word in words]
    assert not any(re.search(r"%(?!%)", word.replace("%%", "")) for word in plain), "a specifier was left"
    return [word.replace("%%", "%") for word in plain]


def read_cron(line: str, *, collapses: bool) -> str:
    r"""The command of a crontab's line as cron hands it to sh; some crons take \\ for one backslash, others do not."""
    command = line.split(" ", 5)[5]
    escaped = re.compile(r"\\([%\\])" if collapses else r"\\(%)")
    assert "%" not in escaped.sub("", command), "cron would cut the line there"
    return escaped.sub(r"\1", command)


# ------------------------------------------------------------------------------------------------------------ the job


def test_each_configuration_has_a_name_of_its_own() -> None:
    """The name tells the folder where it can be told in ASCII, differs by the path, and is always the same."""
    paths = ("/home/me/digest.toml", "/home/you/digest.toml", "/srv/办公/digest.toml", "/home/me/abend.toml")
    names = [Job(JOB.program, path, "/d").name for path in paths]
    assert len({*names}) == len(paths)
    assert names[0] == "digest-me-aeb07455"
    assert re.fullmatch(r"digest-[0-9a-f]{8}", names[2])
    assert names[3].startswith("digest-abend-")


@given(PATHS)
def test_a_name_is_one_that_every_timer_takes(path: str) -> None:
    """Letters, digits and hyphens, and never long."""
    assert re.fullmatch(r"digest-[a-z0-9-]{8,40}", Job(JOB.program, path, "/d").name)


@pytest.mark.parametrize("path", ["/a\nb", "/a\x1b[1m", "/a\udcff", "/a\u2028b", "/a\uffff"])
def test_a_path_that_no_file_can_hold_is_refused(path: str) -> None:
    """A line break, a control character or bytes that are no text would become another line, or none."""
    for config, data in ((path, "/d"), ("/c", path)):
        with pytest.raises(ValueError, match="control character"):
            Job(JOB.program, config, data)


# ------------------------------------------------------------------------------------------------------------ systemd


@given(PATHS, PATHS)
@example(NASTY, NASTY)
def test_systemd_reads_the_words_that_were_meant(config: str, data: str) -> None:
    """ExecStart= gives back every word, and ReadWritePaths= every folder."""
    job = Job(JOB.program, config, data, (config,))
    (text, _) = systemd.user_units(job, "systemd").values()
    lines = dict(line.split("=", 1) for line in text.split("\n") if "=" in line and line[0] != "#")
    assert lines["ExecStart"].startswith(":"), "variables would be put in"
    assert read_systemd(lines["ExecStart"][1:]) == list(job.words("run"))
    written = [line.removeprefix("ReadWritePaths=") for line in text.split("\n") if line.startswith("ReadWritePaths=")]
    assert [read_systemd(line) for line in written] == [["-" + data], ["-" + config]]


@given(PATHS)
def test_a_program_that_systemd_would_refuse_is_called_by_sh(program: str) -> None:
    """Quotes and backslashes are never in the path that systemd starts."""
    words = read_systemd(systemd.exec_line((program, "run"))[1:])
    assert not set(words[0]) & set("\"'\\")
    assert words[-2:] == [program, "run"]


def test_a_timer_of_systemd_catches_up_and_is_hardened() -> None:
    """The timer calls every five minutes, at once after a time when the machine was off; the service gains nothing."""
    service, timer = systemd.user_units(JOB, "systemd").values()
    assert "OnCalendar=*:0/5\nPersistent=true\n" in timer
    for line in ("Type=oneshot", "NoNewPrivileges=yes", "ProtectSystem=strict", "SuccessExitStatus=4 75", "UMask=0077"):
        assert f"\n{line}\n" in service
    assert "ReadWritePaths=-/home/me/.local/share/digest\n" in service


def test_only_what_works_on_the_machine_is_written() -> None:
    """Without name spaces for users no line asks for one: each would fail every start."""
    (bare, _) = systemd.user_units(JOB, "systemd", ()).values()
    assert not any(line in bare for line in (*systemd.SANDBOX, systemd.BELOW, "ReadWritePaths"))
    (some, _) = systemd.user_units(JOB, "systemd", ("ProtectSystem=strict",)).values()
    assert systemd.BELOW in some
    assert "ProtectSystem=strict" in some
    assert "PrivateDevices" not in some


def test_programs_of_the_users_may_do_what_they_need() -> None:
    """Where a program is asked for the password, it may write to the home, and its calls are not filtered."""
    (text, _) = systemd.user_units(Job(JOB.program, JOB.config, JOB.data, asks_programs=True), "systemd").values()
    assert "ReadWritePaths=%h\n" in text
    assert "ProtectHome" not in text
    assert "MemoryDenyWriteExecute" not in text


def test_the_daemon_is_watched_reloaded_and_started_again() -> None:
    """The service of the daemon tells systemd when it is ready, and comes back after a failure."""
    ((name, text),) = systemd.user_units(JOB, "daemon").items()
    assert name == f"{JOB.name}-daemon.service"
    for line in ("Type=notify", "WatchdogSec=5min", "Restart=on-failure", "ExecReload=/bin/kill -HUP $MAINPID"):
        assert f"\n{line}\n" in text
    assert text.endswith("[Install]\nWantedBy=default.target\n")


def test_the_units_of_a_machine_have_a_user_and_a_folder_of_their_own() -> None:
    """A system-wide service is no root's, keeps its state below /var/lib, and gets the password as a credential."""
    (text, _) = systemd.system_units(JOB, "systemd").values()
    for line in ("User=digest", f"StateDirectory={JOB.name}", "LoadCredential=smtp-password:/etc/digest/smtp-password"):
        assert f"\n{line}\n" in text
    assert f"--data-dir /var/lib/{JOB.name}\n" in text
    assert "PrivateUsers" not in text


def units(folder: Path, job: Job) -> Iterator[tuple[str, str, list[str]]]:
    """Every way in which units are written, as files: the manager, the way, the files."""
    for manager, kind in [(m, k) for m in ("user", "system") for k in ("systemd", "daemon")]:
        texts = systemd.user_units(job, kind) if manager == "user" else systemd.system_units(job, kind)
        below = folder / f"{manager}-{kind}-{job.name}"
        below.mkdir()
        for name, text in texts.items():
            (below / name).write_text(text, "utf-8")
        yield manager, kind, [str(below / name) for name in texts]


def analyze(folder: Path, manager: str, *words: str) -> subprocess.CompletedProcess[str]:
    """What systemd-analyze says."""
    env = {**os.environ, "XDG_RUNTIME_DIR": str(folder), "LC_ALL": "C.UTF-8"}
    command = ["systemd-analyze", f"--{manager}", *words]
    return subprocess.run(command, capture_output=True, text=True, env=env, timeout=120, check=False)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_nothing_wrong_and_little_exposed(tmp_path: Path) -> None:
    """systemd-analyze verify says nothing; its exposure is 2.5 at most of 10, even for a user's manager."""
    folder = tmp_path / "办 公 50%h \"q\" 'p' $HOME \\"
    folder.mkdir()
    program = folder / "di gest"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    nasty = Job((str(program),), f"{folder}/digest.toml", f"{folder}/data", (f"{folder}/x",))
    for job in (Job((shutil.which("true") or "/bin/true",), JOB.config, JOB.data), nasty):
        for manager, kind, files in units(tmp_path, job):
            verified = analyze(tmp_path, manager, "--man=no", "verify", *files)
            assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", ""), (manager, kind)
            services = [file for file in files if file.endswith(".service")]
            judged = analyze(tmp_path, manager, "security", "--offline=true", *services).stdout
            exposed = re.search(r"exposure level for \S+: ([0-9.]+)", judged)
            assert exposed, judged
            assert float(exposed[1]) <= 2.5, (manager, kind)


# --------------------------------------------------------------------------------------------------------------- cron


@given(PATHS, PATHS)
@example("/srv/办 公/50%h", '/srv/it\'s "$HOME"')
@example("/srv/a\\\\b", "/d")
@example("/c", "/srv/a\\%b")
def test_every_cron_hands_sh_the_words_that_were_meant(config: str, data: str) -> None:
    r"""Both kinds of cron make the same of the line, and sh the words; what they read differently is refused."""
    job = Job(JOB.program, config, data)
    if any(odd in word for word in (config, data) for odd in ("\\\\", "\\%")):
        with pytest.raises(ValueError, match="cron"):
            cron.cron_line(job)
        return
    for collapses in (True, False):
        command = read_cron(cron.cron_line(job), collapses=collapses)
        inner = re.match(r"said=\$\((.*) 2>&1\) \|\| ", command)
        assert inner
        assert shlex.split(inner[1]) == list(job.words("run", "--quiet", "--log", "human"))
        assert cron.configurations(cron.cron_line(job) + "\n") == (config,)


@pytest.mark.parametrize(
    ("code", "told"), [(0, ""), (75, ""), (5, "run\n--quiet\n--log\nhuman\n--config\n{config}\n--data-dir\n{data}\n")]
)
def test_cron_mails_what_a_failed_run_says_and_nothing_else(tmp_path: Path, code: int, told: str) -> None:
    """A real sh prints nothing for a run that is done or finds another at work, and all words of one that failed."""
    folder = tmp_path / "办 公 50% $HOME 'p' \"q\" `id`"
    folder.mkdir()
    program = folder / "digest"
    program.write_text(f'#!/bin/sh\nfor word; do echo "$word" >&2; done\nexit {code}\n')
    program.chmod(0o755)
    job = Job((str(program),), f"{folder}/a.toml", f"{folder}/data")
    command = read_cron(cron.cron_line(job), collapses=True)
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, timeout=30, check=False)
    assert done.stdout == told.format(config=job.config, data=job.data)
    assert done.stderr == ""


def test_cron_mails_nothing_of_a_failed_run_that_is_silent(tmp_path: Path) -> None:
    """Not even an empty line, which would be a mail."""
    program = tmp_path / "digest"
    program.write_text("#!/bin/sh\nexit 5\n")
    program.chmod(0o755)
    command = read_cron(cron.cron_line(Job((str(program),), "/a.toml", "/d")), collapses=False)
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_is_no_line_of_ours_names_no_configuration() -> None:
    """Lines by hand, comments, other people's, and one of ours that was broken by hand."""
    line = cron.cron_line(JOB)
    assert cron.configurations(f"# hello\n{line}\n0 1 * * * /x/digest run --config /y\n") == (JOB.config,)
    assert cron.configurations(line.replace("--config", "'")) == ()
    assert launchd.configuration_of(b"<?xml") == launchd.configuration_of(b"") == ""
    assert systemd.configuration_of("[Unit]\nDescription=another\n") == ""


@given(TABLES, PATHS)
def test_other_lines_of_a_crontab_stay_as_they_are(table: str, config: str) -> None:
    """The line comes once however often it is added, goes without a trace, and leaves other configurations alone."""
    assume("\\" not in config)
    mine, other = Job(JOB.program, config, "/d"), Job(JOB.program, config + "2", "/d")
    added = cron.add_line(cron.add_line(table, other), mine)
    assert cron.has_line(added, mine)
    assert added.endswith("\n")
    assert cron.add_line(added, mine) == added
    assert cron.install(mine, added) == ()
    left = cron.drop_line(added, mine)
    assert cron.has_line(left, other)
    assert cron.drop_line(left, other).rstrip("\n") == table.rstrip("\n")
    assert cron.uninstall(mine, left) == ()


def test_an_older_line_is_replaced_where_it_stands() -> None:
    """A crontab that called another digest keeps its order, and has the line of today."""
    older = cron.cron_line(Job(("/old/digest",), JOB.config, JOB.data))
    table = f"MAILTO=me@example.cn\n{older}\n0 1 * * * backup\n"
    (step,) = cron.install(JOB, table)
    assert step == Ask(("crontab", "-"), f"MAILTO=me@example.cn\n{cron.cron_line(JOB)}\n0 1 * * * backup\n")


def test_a_line_written_by_hand_is_seen() -> None:
    """A line that calls digest for the same configuration is named; comments and other configurations are not."""
    by_hand = f"*/5 * * * * /x/digest run --config {JOB.config}"
    table = f"{by_hand}\n# {by_hand}\n{cron.cron_line(JOB)}\n5 * * * * /x/digest run --config /other.toml\n"
    assert cron.other_lines(table, JOB) == (by_hand,)


# ---------------------------------------------------------------------------------------------------- launchd, Windows


@given(PATHS, PATHS)
@example(NASTY, NASTY)
def test_launchd_reads_the_words_that_were_meant(config: str, data: str) -> None:
    """The property list gives back every word, every five minutes."""
    job = Job(JOB.program, config, data)
    told = plistlib.loads(launchd.agent(job, "/Users/me").encode())
    assert told["ProgramArguments"] == list(job.words("run"))
    assert (told["Label"], told["StartInterval"], told["Umask"]) == (job.name, 300, 0o077)


def test_launchd_loads_the_agent_anew() -> None:
    """The agent is written first; one that is loaded makes room, and its absence is no failure."""
    written, gone, _, loaded = launchd.install(JOB, "/Users/me", 501)
    path = f"/Users/me/Library/LaunchAgents/{JOB.name}.plist"
    assert isinstance(written, Write)
    assert written.path == path
    assert gone == Ask(("launchctl", "bootout", f"gui/501/{JOB.name}"), calm=True)
    assert loaded == Ask(("launchctl", "bootstrap", "gui/501", path))
    assert launchd.uninstall(JOB, "/Users/me", 501) == (gone, Remove(path))


@given(st.lists(st.text(st.sampled_from('ab \\"\t%新')), max_size=4))
def test_windows_quotes_as_its_c_library_reads(words: list[str]) -> None:
    """The arguments are those that the standard library would write."""
    assert windows.join_words(words) == subprocess.list2cmdline(words)


@given(PATHS, PATHS)
@example("C:\\Users\\王 芳\\digest.toml", "D:\\data & <x>\\")
def test_windows_reads_the_words_that_were_meant(config: str, data: str) -> None:
    """The XML gives back the program and its words; where the Task Scheduler would put values in, it is refused."""
    job = Job(("C:\\Program Files\\digest.exe",), config, data)
    if any(re.search(r"%[^%]+%|\$\(", word) for word in (config, data)):
        with pytest.raises(ValueError, match="Task Scheduler"):
            windows.task(job)
        return
    root = ElementTree.fromstring(windows.task(job).split("\n", 1)[1])
    found = {element.tag.rpartition("}")[2]: element.text or "" for element in root.iter()}
    assert found["Command"] == job.program[0]
    assert found["Arguments"] == subprocess.list2cmdline(job.words("run")[1:])
    assert (found["Interval"], found["MultipleInstancesPolicy"]) == ("PT5M", "IgnoreNew")


def test_windows_takes_the_task_from_a_file() -> None:
    """The file is UTF-16, as its first line says, and the task is made again where it is there."""
    written, made = windows.install(JOB, "D:/data")
    assert isinstance(written, Write)
    assert written.text.encode(written.encoding).startswith((b"\xff\xfe", b"\xfe\xff"))
    assert 'encoding="UTF-16"' in written.text
    assert isinstance(made, Ask)
    assert made.words[-3:] == ("/XML", written.path, "/F")
