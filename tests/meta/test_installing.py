"""From nothing but Python to a digest: the README's first command, and the wheel without a checkout beside it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.meta.readme import ROOT, SETUP, copy_checkout, run_command

pytestmark = [pytest.mark.wheel, pytest.mark.xdist_group("wheel")]

LANGUAGES = {"zh-Hant": "zh-TW", "en": "en"}
SAMPLE = ROOT / "samples/hanning-ribao/wanqiuxun-siji-xiangying.txt"


def call(*command: str | Path, folder: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, registry: None) -> Path:
    """A copy of what a user checks out, to run commands in."""
    return copy_checkout(tmp_path_factory.mktemp("checkout") / "digest")


@pytest.fixture(scope="module")
def first_page(checkout: Path) -> Path:
    """What the first command of the README ends with, run as it stands."""
    done = run_command(SETUP[0], checkout)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, registry: None) -> Path:
    """The wheel, built as a release would be."""
    folder = tmp_path_factory.mktemp("wheel")
    call(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, folder=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_the_first_command_ends_with_a_page(first_page: Path) -> None:
    """From nothing but Python: an environment, an installation, and the path of an HTML digest on the last line."""
    assert first_page.suffix == ".html"
    assert "澜川" in first_page.read_text("utf-8")


def test_the_wheel_holds_templates_and_data(wheel: Path) -> None:
    """Every template, theme and data file of the checkout is inside; tests and samples are not."""
    names = set(zipfile.ZipFile(wheel).namelist())
    templates = {f"digest/templates/{path.name}" for path in (ROOT / "templates").glob("*.j2")}
    data = {f"digest/data/{path.name}" for path in (ROOT / "digest" / "data").iterdir() if path.is_file()}
    assert {"digest/templates/modern.html.j2", "digest/templates/gongwen.html.j2"} <= templates
    assert {"digest/data/presets.toml", "digest/data/digest.toml.template"} <= data
    assert (templates | data) - names == set()
    assert not [name for name in names if name.startswith(("tests/", "samples/"))]


def test_the_wheel_works_without_a_checkout(wheel: Path, checkout: Path, first_page: Path, tmp_path: Path) -> None:
    """With what an installation brings and no development tools, it summarizes a sample and previews a folder, in
    both themes and in other languages.
    """
    programs = checkout / ".venv" / "bin"
    call(programs / "pip", "install", "--quiet", "--no-deps", "--force-reinstall", wheel, folder=tmp_path)
    (checkout / "digest").rename(checkout / "gone")
    (checkout / "templates").rename(checkout / "gone" / "templates")
    call(programs / "pip", "check", folder=tmp_path)
    assert "瀚宁" in call(programs / "digest", "summarize", SAMPLE, folder=tmp_path)
    page = call(programs / "digest", "preview", SAMPLE.parent, "--output", tmp_path / "out", folder=tmp_path)
    assert "<html" in Path(page.strip()).read_text("utf-8")
    for theme, language in (("gongwen", "zh-Hant"), ("modern", "en")):
        (tmp_path / "digest.toml").write_text(
            f"""version = 1
[[source]]
name = "samples"
kind = "folder"
path = '{SAMPLE.parent}'
[[edition]]
name = "daily"
theme = "{theme}"
language = "{language}"
""",
            encoding="utf-8",
        )
        page = call(programs / "digest", "preview", "--output", tmp_path / theme, folder=tmp_path)
        assert f'lang="{LANGUAGES[language]}"' in Path(page.strip()).read_text("utf-8")
