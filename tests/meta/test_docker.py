"""The container is made of what is there, runs as nobody special, and keeps its state where digest looks for it."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from digest.cli.commands import cli
from digest.places import find_config
from tests.meta.readme import ROOT

DOCKER = ROOT / ".docker"
TEXT = (DOCKER / "Dockerfile").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile in their order, continued lines joined, without comments."""
    lines = [line for line in TEXT.split("\n") if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in joined.split("\n")]


def stages() -> list[list[tuple[str, str]]]:
    """The instructions of each stage."""
    cut: list[list[tuple[str, str]]] = []
    for name, rest in instructions():
        if name == "FROM":
            cut.append([])
        if cut:
            cut[-1].append((name, rest))
    return cut


def told(stage: list[tuple[str, str]], name: str) -> str:
    """What the one instruction of that name says."""
    (found,) = [rest for each, rest in stage if each == name]
    return found


def environment() -> dict[str, str]:
    """The variables of the image."""
    return dict(word.split("=", 1) for word in shlex.split(told(stages()[-1], "ENV")))


def compose() -> dict[str, Any]:
    """The one service of the compose file."""
    loaded: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text("utf-8"))
    return loaded


def copied() -> list[tuple[str, str]]:
    """What the first stage copies from the checkout, and where to."""
    pairs = [rest.split() for name, rest in stages()[0] if name == "COPY"]
    return [(source, target) for *sources, target in pairs for source in sources]


def test_hadolint_finds_nothing() -> None:
    """hadolint passes without one exception."""
    linter = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    if linter is None:
        pytest.skip("hadolint is not installed")
    done = subprocess.run([linter, DOCKER / "Dockerfile"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert "hadolint ignore" not in TEXT


def test_both_stages_stand_on_one_pinned_python() -> None:
    """The image is named to the patch, once, and is one that the project is tried on."""
    version = re.fullmatch(r"PYTHON=(\d\.\d+)\.\d+-slim-bookworm", told(instructions(), "ARG"))
    assert version
    assert f"Programming Language :: Python :: {version[1]}" in PROJECT["classifiers"]
    assert [rest.split()[0] for name, rest in instructions() if name == "FROM"] == ["python:${PYTHON}"] * 2


def test_what_is_copied_is_there_and_reaches_the_builder() -> None:
    """Every source of a COPY exists and is let in by the ignore file, which keeps passwords and databases out."""
    rules = [
        line for line in (DOCKER / "Dockerfile.dockerignore").read_text("utf-8").split("\n") if line[:1] not in "#"
    ]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    assert {source for source, _ in copied()} == let_in
    assert all((ROOT / source).exists() for source in let_in)
    for kept_out in ("digest.toml", "digest.db", ".git", "smtp_password", ".docker"):
        assert not any(fnmatch.fnmatch(kept_out, rule) for rule in let_in)


def test_the_copied_files_make_the_wheel(tmp_path: Path) -> None:
    """With these files alone, as the first stage does, the wheel is built, its command and templates inside."""
    source = tmp_path / "build"
    source.mkdir()
    for name, target in copied():
        place = source / target / (name if target == "./" else "")
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, place)
    pytest.importorskip("hatchling")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "wheels")]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = (tmp_path / "wheels").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "digest/templates/modern.html.j2" in names
    assert any(name.endswith("entry_points.txt") for name in names)


def test_the_extras_are_those_of_the_project() -> None:
    """Every extra that the image brings is one of the project's, and none is for development."""
    (named,) = re.findall(r"'\.\[(.*?)\]'", TEXT)
    extras = set(named.split(","))
    assert extras <= set(PROJECT["optional-dependencies"])
    assert "dev" not in extras


def test_it_runs_as_nobody_special_and_only_in_its_data() -> None:
    """User 1000 owns /data, which is the volume, and nothing in the image keeps a cache."""
    last = stages()[-1]
    assert told(last, "USER") == "1000:1000"
    assert json.loads(told(last, "VOLUME")) == ["/data"]
    run = told(last, "RUN")
    assert "--uid 1000" in run
    assert "--owner=digest --group=digest --mode=0700 /data" in run
    assert all("--no-cache-dir" in rest for name, rest in instructions() if name == "RUN" and " pip " in rest)


def test_its_paths_are_those_where_digest_looks(tmp_path: Path) -> None:
    """With the variables of the image, digest reads /config/digest.toml and keeps its state below /data."""
    env = environment()
    assert find_config(None, env, tmp_path) == Path("/config/digest.toml")
    script = "from digest.places import find_data; print(find_data(None))"
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **env}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "/data/digest"


def test_it_starts_the_daemon_and_asks_it_how_it_is() -> None:
    """Entry point, command and health check are commands of the project; SIGTERM ends it, as the daemon wants."""
    last = stages()[-1]
    (entry,) = json.loads(told(last, "ENTRYPOINT"))
    assert entry in PROJECT["scripts"]
    assert json.loads(told(last, "CMD")) == ["daemon"]
    assert told(last, "STOPSIGNAL") == "SIGTERM"
    asked = json.loads(told(last, "HEALTHCHECK").split(" CMD ", 1)[1])
    assert asked[:2] == [entry, "daemon"]
    daemon = cli.commands["daemon"]
    assert set(asked[2:]) <= {option for parameter in daemon.params for option in parameter.opts}


def test_composed_it_gets_no_more_than_it_needs() -> None:
    """A read-only root, no capability, the configuration read-only, the password as a secret, time to end a mail."""
    service = compose()["services"]["digest"]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["volumes"] == ["./config:/config:ro", "data:/data"]
    assert "data" in compose()["volumes"]
    assert service["secrets"] == list(compose()["secrets"])
    assert (DOCKER / service["build"]["context"]).resolve() == ROOT
    assert (ROOT / service["build"]["dockerfile"]).is_file()
    assert any(place.startswith("/tmp:") for place in service["tmpfs"])
    assert "ports" not in service


def test_no_secret_lies_beside_it() -> None:
    """The folder holds three files to read, and what the compose file wants beside it is left out by git."""
    ignored = (ROOT / ".gitignore").read_text("utf-8").split("\n")
    assert {"/.docker/config/", "/.docker/smtp_password"} <= set(ignored)
    names = {path.name for path in DOCKER.iterdir()} - {"config", "smtp_password"}
    assert names == {"Dockerfile", "Dockerfile.dockerignore", "compose.yaml"}
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o111 == 0 for path in DOCKER.iterdir() if path.is_file())
