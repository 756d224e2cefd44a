"""The letter as headless Chromium lays it out: on wide and narrow screens, in light and in darkness."""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from digest.model import Imprint, Issue
from digest.render import render_letter
from tests.render.every_part import PICTURES, every_part
from tests.render.render_samples import (
    CHROMIUM,
    FOOTER,
    TEMPLATES,
    THEMES,
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
WIDTHS = (320, 375, 1200)
LONG = item(
    1, "W" * 150 + "长标题" * 20, "一" * 200 + "x" * 200, words="k" * 20, site="s" * 40, url="https://a.cn/" + "b" * 900
)
ISSUES = {
    "every-part": every_part(),
    "large": large_issue(200),
    "unbreakable": replace(
        one_item_issue(LONG), title="标" * 40, imprint=Imprint("机" * 60, "送" * 60, "x" * 60), number=9999
    ),
    "english": replace(every_part(), language="en", title="Daily Brief"),
}

# The window of headless Chromium cannot be narrower than 500 pixels; a frame can.
FRAME = '<iframe width="%d" height="900" style="border:0" srcdoc="%s"></iframe>'
MEASURE = """<!DOCTYPE html><meta charset="utf-8"><body style="margin:0">%s<pre id="out"></pre><script>
const measure = frame => {
  const page = frame.contentDocument, style = (what, name) => getComputedStyle(page.querySelector(what))[name];
  const paragraphs = [...page.querySelectorAll("p")].map(p => {
    const s = getComputedStyle(p);
    return (p.clientWidth - parseFloat(s.paddingLeft) - parseFloat(s.paddingRight)) / parseFloat(s.fontSize);
  });
  return {
    scroll: page.documentElement.scrollWidth, heading: page.querySelector("h1").getBoundingClientRect().width,
    longest: Math.max(...paragraphs), card: style(".card", "backgroundColor"), ink: style(".ink", "color"),
    hidden: page.querySelector("div").getBoundingClientRect().height,
  };
};
onload = () => { out.textContent = JSON.stringify([...document.querySelectorAll("iframe")].map(measure)); };
</script>"""


def measure(folder: Path, page: str, width: int, scheme: int = LIGHT) -> dict[str, object]:
    """What Chromium computes for the page in a frame of this width."""
    return measure_all(folder, page, (width,), scheme)[0]


def measure_all(folder: Path, page: str, widths: Sequence[int], scheme: int = LIGHT) -> list[dict[str, object]]:
    """The same for frames of several widths, in one browser."""
    file = folder / "frame.html"
    file.write_text(MEASURE % "".join(FRAME % (width, html.escape(page)) for width in widths), encoding="utf-8")
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
    found = re.search(r'<pre id="out">(\[\{.*?\}\])</pre>', dom)
    assert found, dom[-500:]
    measured = json.loads(found[1])
    assert isinstance(measured, list)
    return measured


@pytest.mark.parametrize("name", ISSUES)
@pytest.mark.parametrize("theme", THEMES)
def test_nothing_is_wider_than_the_screen(tmp_path: Path, theme: str, name: str) -> None:
    """There is no horizontal scroll, no line of more than 42 Chinese characters, and the preheader is out of sight."""
    issue: Issue = replace(ISSUES[name], theme=theme)
    page = render_letter(issue, TEMPLATES, mail_footer=FOOTER, pictures=PICTURES).html
    measured = measure_all(tmp_path, page, WIDTHS)
    assert [seen["scroll"] for seen in measured] == list(WIDTHS)
    assert all(15 <= float(str(seen["longest"])) <= 42 for seen in measured)
    assert [seen["hidden"] for seen in measured] == [0, 0, 0]


@pytest.mark.parametrize("theme", THEMES)
def test_a_program_that_drops_style_elements_does_not_scroll_either(tmp_path: Path, theme: str) -> None:
    """With inlined styles alone the letter still fits a telephone."""
    letter = render_letter(every_part(theme), TEMPLATES, mail_footer=FOOTER, pictures=PICTURES)
    bare = re.sub(r"<style>.*?</style>", "", letter.html, flags=re.DOTALL)
    assert measure(tmp_path, bare, 320)["scroll"] == 320
    assert Page(bare).text == Page(letter.html).text


GROUNDS = {
    "modern": (("rgb(255, 253, 248)", "rgb(36, 33, 29)"), ("rgb(28, 26, 24)", "rgb(228, 223, 213)")),
    "gongwen": (("rgb(255, 255, 255)", "rgb(17, 17, 17)"), ("rgb(27, 27, 27)", "rgb(230, 230, 230)")),
}


@pytest.mark.parametrize("theme", THEMES)
def test_darkness_changes_ground_and_ink(tmp_path: Path, theme: str) -> None:
    """A reader who prefers dark gets light ink on dark ground, others dark ink on paper."""
    page = render_letter(replace(morning_issue(), theme=theme), TEMPLATES).html
    shown = [measure(tmp_path, page, 600, scheme) for scheme in (LIGHT, DARK)]
    assert tuple((seen["card"], seen["ink"]) for seen in shown) == GROUNDS[theme]
