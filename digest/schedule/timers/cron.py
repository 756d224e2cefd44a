r"""cron: one line of the user's crontab, marked at its end; every other line stays as it is.

Only the words of a failed run are printed, so that cron mails (MAILTO) what somebody should read, and not the 288
calls of a day; --quiet leaves out what it said before.  Of a command cron itself reads only the %, which it takes for
the end of a line unless a backslash stands before; some crons take two backslashes for one, so neither \\ nor \% can be
part of a path.
"""

from __future__ import annotations

import re
import shlex

from digest.schedule.timers.job import MINUTES, PLAIN, Ask, Job, Step


def install(job: Job, table: str) -> tuple[Step, ...]:
    """Return the steps that put the line into the crontab `table`; none where it is there already.

    Raises:
        ValueError: a path cannot be told to cron.
    """
    return _change(table, add_line(table, job))


def uninstall(job: Job, table: str) -> tuple[Step, ...]:
    """Return the steps that take the line out of the crontab `table`; none where it is not there."""
    return _change(table, drop_line(table, job))


def cron_line(job: Job) -> str:
    r"""Return the line.  Raises ValueError where a path holds \\ or \%, which no two crons read alike."""
    words = job.words("run", "--quiet", "--log", "human")
    if any("\\\\" in word or "\\%" in word for word in words):
        raise ValueError(r"cron cannot be told a path with \\ or \% in it")
    command = " ".join(_quote(word) for word in words).replace("%", "\\%")
    mailed = '[ $? -eq 75 ] || [ -z "$said" ] || echo "$said"'
    return f"*/{MINUTES} * * * * said=$({command} 2>&1) || {mailed} {_mark(job)}"


def add_line(table: str, job: Job) -> str:
    """Return the crontab with the line: where an older one of ours stands, in its place, else at the end."""
    line = cron_line(job)
    lines = table.split("\n")
    ours = [number for number, text in enumerate(lines) if _is_ours(text, job)]
    if not ours:
        return table + ("" if not table or table.endswith("\n") else "\n") + line + "\n"
    lines[ours[0]] = line
    return "\n".join(text for number, text in enumerate(lines) if number not in ours[1:])


def drop_line(table: str, job: Job) -> str:
    """Return the crontab without the line."""
    return "\n".join(line for line in table.split("\n") if not _is_ours(line, job))


def has_line(table: str, job: Job) -> bool:
    """Return whether the line, or an older form of it, is in the crontab."""
    return any(_is_ours(line, job) for line in table.split("\n"))


def configurations(table: str) -> tuple[str, ...]:
    """Return the configurations that lines of ours in the crontab call digest for."""
    found = (re.match(r".*?said=\$\((.+) 2>&1\) .* # digest-\S+\s*$", line) for line in table.split("\n"))
    return tuple(name for match in found if match and (name := _config_of(match[1].replace("\\%", "%"))))


def _config_of(command: str) -> str:
    try:
        words = shlex.split(command)
        return words[words.index("--config") + 1]
    except (ValueError, IndexError):  # changed by hand
        return ""


def other_lines(table: str, job: Job) -> tuple[str, ...]:
    """Return the lines written by hand that seem to call digest for this configuration as well."""
    marked = "# digest-"
    return tuple(
        line
        for line in table.split("\n")
        if job.config in line.replace("\\%", "%") and " run" in line and marked not in line and line[:1] != "#"
    )


def _change(before: str, after: str) -> tuple[Step, ...]:
    return () if after == before else (Ask(("crontab", "-"), given=after),)


def _mark(job: Job) -> str:
    return f"# {job.name}"


def _is_ours(line: str, job: Job) -> bool:
    return line.rstrip().endswith(f" {_mark(job)}") and not line.startswith("#")


def _quote(word: str) -> str:
    """A word as sh reads it."""
    return word if word and set(word) <= PLAIN else "'" + word.replace("'", "'\"'\"'") + "'"
