"""launchd: an agent of the user's on macOS, called every five minutes."""

from __future__ import annotations

import plistlib
from xml.parsers.expat import ExpatError

from digest.schedule.timers.job import MINUTES, Ask, Job, Remove, Step, Write


def install(job: Job, home: str, user: int) -> tuple[Step, ...]:
    """Return the steps that write the agent and load it anew, for the user of that number."""
    path = agent_path(job, home)
    return (
        Write(path, agent(job, home)),
        Ask(("launchctl", "bootout", f"gui/{user}/{job.name}"), calm=True),
        Ask(("launchctl", "enable", f"gui/{user}/{job.name}"), calm=True),
        Ask(("launchctl", "bootstrap", f"gui/{user}", path)),
    )


def uninstall(job: Job, home: str, user: int) -> tuple[Step, ...]:
    """Return the steps that unload the agent and remove it."""
    return Ask(("launchctl", "bootout", f"gui/{user}/{job.name}"), calm=True), Remove(agent_path(job, home))


def agent_path(job: Job, home: str) -> str:
    """Return where the agent is kept."""
    return f"{home}/Library/LaunchAgents/{job.name}.plist"


def log_path(job: Job, home: str) -> str:
    """Return where the words of its runs go."""
    return f"{home}/Library/Logs/{job.name}.log"


def configuration_of(agent: bytes) -> str:
    """Return the configuration that an agent of ours calls digest for; nothing for what is none."""
    try:
        words = plistlib.loads(agent)["ProgramArguments"]
        return str(words[words.index("--config") + 1])
    except (ValueError, LookupError, TypeError, AttributeError, ExpatError):
        return ""


def agent(job: Job, home: str) -> str:
    """Return the property list."""
    told = {
        "Label": job.name,
        "ProgramArguments": list(job.words("run")),
        "StartInterval": MINUTES * 60,
        "RunAtLoad": True,
        "ProcessType": "Background",
        "Umask": 0o077,
        "StandardOutPath": log_path(job, home),
        "StandardErrorPath": log_path(job, home),
    }
    return plistlib.dumps(told, sort_keys=False).decode()
