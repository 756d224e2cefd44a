"""The letter as headless Chromium lays it out: on wide and narrow screens, in light and in darkness."""

from __future__ import annotations

import html
import json
import re
import subprocess
from pathlib import Path

import pytest

from digest.model import Issue
from digest.render import render_letter
from tests.render.render_samples import (
    CHROMIUM,
    FOOTER,
    TEMPLATES,
    Page,
    item,
    large_issue,
    morning_issue,
    one_item_issue,
)

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]

DARK, LIGHT = 0, 1
LONG = item(
    1, "W" * 150 + "长标题" * 20, "一" * 200 + "x" * 200, words="k" * 20, site="s" * 40, url="https://a.cn/" + "b" * 900
)
ISSUES = {"morning": morning_issue(), "large": large_issue(200), "unbreakable": one_item_issue(LONG)}

# The window of headless Chromium cannot be narrower than 500 pixels; a frame can.
MEASURE = """<!DOCTYPE html><meta charset="utf-8"><body style="margin:0">
<iframe id="f" width="%d" height="900" style="border:0" srcdoc="%s"></iframe><pre id="out"></pre><script>
f.onload = () => {
  const page = f.contentDocument, style = (what, name) => getComputedStyle(page.querySelector(what))[name];
  const paragraphs = [...page.querySelectorAll("p")].map(p => {
    const s = getComputedStyle(p);
    return (p.clientWidth - parseFloat(s.paddingLeft) - parseFloat(s.paddingRight)) / parseFloat(s.fontSize);
  });
  out.textContent = JSON.stringify({
    scroll: page.documentElement.scrollWidth, heading: page.querySelector("h1").getBoundingClientRect().width,
    longest: Math.max(...paragraphs), card: style(".card", "backgroundColor"), ink: style(".ink", "color"),
    hidden: page.querySelector("div").getBoundingClientRect().height,
  });
};
</script>"""


def measure(folder: Path, page: str, width: int, scheme: int = LIGHT) -> dict[str, object]:
    """What Chromium computes for the page in a frame of this width."""
    file = folder / "frame.html"
    file.write_text(MEASURE % (width, html.escape(page)), encoding="utf-8")
    options = (
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
        *(
            "--disable-background-networking",
            "--disable-component-update",
            "--virtual-time-budget=4000",
            "--hide-scrollbars",
        ),
        *(f"--user-data-dir={folder / 'profile'}", f"--blink-settings=preferredColorScheme={scheme}"),
        *("--window-size=1400,1000", "--dump-dom"),
    )
    command = [str(CHROMIUM), *options, file.as_uri()]
    dom = subprocess.run(command, check=True, capture_output=True, timeout=120).stdout.decode()
    found = re.search(r'<pre id="out">(\{.*?\})</pre>', dom)
    assert found, dom[-500:]
    measured = json.loads(found[1])
    assert isinstance(measured, dict)
    return measured


@pytest.mark.parametrize("name", ISSUES)
@pytest.mark.parametrize("width", [320, 375, 1200])
def test_nothing_is_wider_than_the_screen(tmp_path: Path, name: str, width: int) -> None:
    """There is no horizontal scroll, no line of more than 42 Chinese characters, and the preheader is out of sight."""
    issue: Issue = ISSUES[name]
    measured = measure(tmp_path, render_letter(issue, TEMPLATES, mail_footer=FOOTER).html, width)
    assert measured["scroll"] == width
    assert 15 <= float(str(measured["longest"])) <= 42
    assert measured["hidden"] == 0


def test_a_program_that_drops_style_elements_does_not_scroll_either(tmp_path: Path) -> None:
    """With inlined styles alone the letter still fits a telephone."""
    letter = render_letter(morning_issue(), TEMPLATES, mail_footer=FOOTER)
    bare = re.sub(r"<style>.*?</style>", "", letter.html, flags=re.DOTALL)
    assert measure(tmp_path, bare, 320)["scroll"] == 320
    assert Page(bare).text == Page(letter.html).text


def test_darkness_changes_ground_and_ink(tmp_path: Path) -> None:
    """A reader who prefers dark gets light ink on dark ground, others dark ink on paper."""
    page = render_letter(morning_issue(), TEMPLATES).html
    light, dark = measure(tmp_path, page, 600, LIGHT), measure(tmp_path, page, 600, DARK)
    assert (light["card"], light["ink"]) == ("rgb(255, 253, 248)", "rgb(36, 33, 29)")
    assert (dark["card"], dark["ink"]) == ("rgb(28, 26, 24)", "rgb(228, 223, 213)")
