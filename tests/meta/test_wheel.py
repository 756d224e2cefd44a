"""The wheel holds all that is needed, and works in an empty environment."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.wheel, pytest.mark.xdist_group("wheel")]

ROOT = Path(__file__).parents[2]
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
def wheel(tmp_path_factory: pytest.TempPathFactory, registry: None) -> Path:
    """The wheel, built as a release would be."""
    folder = tmp_path_factory.mktemp("wheel")
    call(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, folder=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_templates_and_data(wheel: Path) -> None:
    """Every template, theme and data file of the checkout is inside; tests and samples are not."""
    names = set(zipfile.ZipFile(wheel).namelist())
    templates = {f"digest/templates/{path.name}" for path in (ROOT / "templates").glob("*.j2")}
    data = {f"digest/data/{path.name}" for path in (ROOT / "digest" / "data").iterdir() if path.is_file()}
    assert {"digest/templates/modern.html.j2", "digest/templates/gongwen.html.j2"} <= templates
    assert {"digest/data/presets.toml", "digest/data/digest.toml.template"} <= data
    assert (templates | data) - names == set()
    assert not [name for name in names if name.startswith(("tests/", "samples/"))]


def test_the_wheel_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """Installed without a checkout and without development tools, it summarizes a sample and previews a folder, in
    both themes and in other languages.
    """
    venv.create(tmp_path / "env", with_pip=True)
    programs = tmp_path / "env" / "bin"
    call(programs / "pip", "install", "--quiet", wheel, folder=tmp_path)
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
