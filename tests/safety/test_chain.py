"""Threat 29: what we stand on is new enough, and cannot be exchanged for something else."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

LOCK = Path(__file__).parents[2] / ".ci" / "node" / "package-lock.json"

FLOORS = {
    "urllib3": ("2.7", "decompression bombs and redirects: CVE-2025-66418, CVE-2025-66471, CVE-2026-21441"),
    "lxml": ("5", "CVE-2022-2309, and libxml2 of its wheels"),
    "jinja2": ("3.1.6", "ways out of the sandbox: CVE-2024-56201, CVE-2024-56326, CVE-2025-27516"),
    "pillow": ("10.3", "a buffer overflow: CVE-2024-28219"),
}
"""The oldest release of a requirement of ours that we may run on, and what is wrong with older ones."""

BELOW = {
    "requests": ("2.32.4", "passwords of .netrc sent elsewhere: CVE-2024-47081"),
    "certifi": ("2024.7.4", "a root that is trusted no more: CVE-2024-39689"),
    "idna": ("3.7", "quadratic time: CVE-2024-3651"),
}
"""The same for what comes with our requirements."""


def requirements() -> dict[str, Requirement]:
    """What the installed package says it needs, extras too, by name."""
    parsed = map(Requirement, requires("textrank-digest") or ())
    return {one.name.lower(): one for one in parsed if one.name != "textrank-digest"}


@pytest.mark.parametrize("name", FLOORS)
def test_no_release_with_a_known_hole_satisfies_us(name: str) -> None:
    """The lower bound that we declare is not below the release that mended it."""
    floor = Version(FLOORS[name][0])
    bounds = [Version(one.version) for one in requirements()[name].specifier if one.operator in (">=", "~=", "==")]
    assert bounds, f"{name} has no lower bound"
    assert min(bounds) >= floor, FLOORS[name][1]


@pytest.mark.parametrize("name", [*FLOORS, *BELOW])
def test_what_is_installed_is_mended(name: str) -> None:
    """The installed set, with what came along unasked, has no release with a known hole."""
    floor, hole = (FLOORS | BELOW)[name]
    try:
        installed = Version(version(name))
    except PackageNotFoundError:
        pytest.skip(f"{name} is not installed, so it cannot do harm")
    assert installed >= Version(floor), hole


def test_every_requirement_has_a_lower_bound() -> None:
    """Nobody gets a release older than those we tried, whatever his resolver thinks."""
    loose = [
        name for name, one in requirements().items() if not {s.operator for s in one.specifier} & {">=", "~=", "=="}
    ]
    assert loose == []


@pytest.mark.skipif(not LOCK.exists(), reason="the lock of the Node checkers is in the checkout only")
def test_the_node_checkers_are_locked_by_hash() -> None:
    """Each package of the checkers has its one version and its hash, and the lock names no host to fetch it from."""
    packages = {name: one for name, one in json.loads(LOCK.read_text("utf-8"))["packages"].items() if name}
    assert len(packages) > 100
    assert [name for name, one in packages.items() if not one.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, one in packages.items() if "resolved" in one] == []
