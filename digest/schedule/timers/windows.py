"""Windows: a task of the Task Scheduler, called every five minutes while its user is logged on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree

from digest.schedule.timers.job import MINUTES, Ask, Job, Remove, Step, Write

_SPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_BEGINNING = "2026-01-01T00:00:00"


def install(job: Job, folder: str) -> tuple[Step, ...]:
    """Return the steps that write the task to a file and make it of that.  Raises ValueError as `task` does."""
    path = task_path(job, folder)
    make = Ask(("schtasks", "/Create", "/TN", job.name, "/XML", path, "/F"))
    return Write(path, task(job), "utf-16"), make


def uninstall(job: Job, folder: str) -> tuple[Step, ...]:
    """Return the steps that delete the task and its file."""
    return Ask(("schtasks", "/Delete", "/TN", job.name, "/F"), calm=True), Remove(task_path(job, folder))


def task_path(job: Job, folder: str) -> str:
    """Return the file that the task is made of."""
    return f"{folder}/{job.name}.xml"


def task(job: Job) -> str:
    """Return the task.  Raises ValueError for a path with %…% or $(…), where the Task Scheduler puts values in."""
    program, *words = job.words("run")
    if any(re.search(r"%[^%]+%|\$\(", word) for word in (program, *words)):
        raise ValueError("the Task Scheduler cannot be told a path with %…% or $( in it")
    root = ElementTree.Element("Task", {"version": "1.2", "xmlns": _SPACE})
    _add(root, "RegistrationInfo", Description=f"digest: mail what {job.config} says is due")
    trigger = _add(_add(root, "Triggers"), "TimeTrigger", StartBoundary=_BEGINNING, Enabled="true")
    # the schema wants Repetition before StartBoundary
    trigger.insert(0, _make("Repetition", Interval=f"PT{MINUTES}M", StopAtDurationEnd="false"))
    principal = _add(_add(root, "Principals"), "Principal", LogonType="InteractiveToken", RunLevel="LeastPrivilege")
    principal.set("id", "Author")
    _add(
        root,
        "Settings",
        MultipleInstancesPolicy="IgnoreNew",
        DisallowStartIfOnBatteries="false",
        StopIfGoingOnBatteries="false",
        StartWhenAvailable="true",
        ExecutionTimeLimit="PT6H",
        Priority="7",
    )
    _add(_add(root, "Actions", Context="Author"), "Exec", Command=program, Arguments=join_words(words))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-16"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def join_words(words: Iterable[str]) -> str:
    r"""Return the words as the C library of Windows reads them: backslashes count double before a quote only."""
    return " ".join(_quote(word) for word in words)


def _quote(word: str) -> str:
    escaped = re.sub(r'(\\*)"', r'\1\1\\"', word)
    if word and " " not in word and "\t" not in word:
        return escaped
    return '"' + re.sub(r"(\\+)$", r"\1\1", escaped) + '"'


def _add(parent: ElementTree.Element, name: str, **told: str) -> ElementTree.Element:
    made = _make(name, **told)
    parent.append(made)
    return made


def _make(name: str, **told: str) -> ElementTree.Element:
    """An element with a child for each word; `Context` is the one attribute."""
    made = ElementTree.Element(name)
    for key, text in told.items():
        if key == "Context":
            made.set(key, text)
        else:
            ElementTree.SubElement(made, key).text = text
    return made
