"""The README as tests read it, and a checkout to run its commands in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = [line[2:] for line in README.splitlines() if line.startswith("$ ")]
SETUP = [command for command in COMMANDS if "venv" in command]
PLAIN = [command for command in COMMANDS if "venv" not in command]

PARTS = ("pyproject.toml", "README.md", "LICENSE", "digest", "templates", "tests", "samples", ".docker")


def copy_checkout(target: Path) -> Path:
    """The folder `target`, filled with what a user checks out."""
    target.mkdir()
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, target / name)
    return target


def run_command(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of the README as a shell does, with this environment's `digest` on the path."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    home = {"HOME": str(folder), "PATH": path}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        env={**os.environ, **home},
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=600,
        check=False,
    )
