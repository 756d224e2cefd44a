"""Renders an issue as a letter: subject, HTML and plain text, with the HTML small enough to arrive whole.

Gmail clips a letter near 100 KB and would cut off the foot first.  So the HTML stays within 90 KB: when it is larger,
links lose the sentence they point at, summaries shrink to their first sentence, then the lowest items fold into a list
of titles.  The plain text is complete.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from digest.errors import TemplateError
from digest.model import Attachment, Issue, LeftOff, Letter
from digest.render.context import Context, Footer, issue_context
from digest.render.ics import render_ics
from digest.render.templating import Press, press_of
from digest.render.typography import clean, clip

PAGE = ".html.j2"
SKELETON = "digest"
NO_THEMES = {SKELETON, "summary"}
TEXT_TEMPLATE = "digest.txt.j2"
SUBJECT_TEMPLATE = "subject.txt.j2"

LARGEST_HTML = 90 * 1024
LARGE_HTML = 75 * 1024
LONGEST_SUBJECT = 120
BARE_SOURCES = 40
BARE_PROBLEM = 60


@dataclass(frozen=True, slots=True)
class _Cut:
    """What is left off the HTML: where in its page a sentence stands, later sentences, `folded` summaries, their links,
    `unlisted` titles, then the rest."""

    top: bool = False
    short: bool = False
    folded: int = 0
    plain: bool = False
    unlisted: int = 0
    bare: bool = False


def render_letter(
    issue: Issue,
    templates: Mapping[str, str],
    *,
    mail_footer: Footer | None = None,
    pictures: Sequence[Attachment] = (),
) -> Letter:
    """The issue as a letter; `mail_footer` is what a mail must say at its foot and a preview need not.

    `templates` maps names to texts and must hold subject.txt.j2, digest.txt.j2, the page of the issue's theme and what
    these include.  Of `pictures` the letter carries those its page shows; an item's picture that is not among them is
    not shown.  Raises TemplateError where a template is missing or broken.  `Letter.warnings` says what was left off,
    as `Letter.left_off` does, and when the HTML has grown large.
    """
    press = press_of(templates)
    theme = _theme_page(issue.theme, templates)
    context = _only_pictures(issue_context(issue, mail_footer), {picture.cid for picture in pictures})
    lowest = _lowest_first(issue)
    html, cut = _fit_html(press, theme, context, lowest)
    return Letter(
        subject=_render_subject(press, context),
        html=html,
        text=_tidy(press.render(TEXT_TEMPLATE, context)),
        warnings=_warnings(html, cut, len(issue.items)),
        attachments=tuple(_attachments(issue, pictures, html)),
        left_off=LeftOff(cut.short, tuple(lowest[: cut.folded]), tuple(lowest[: cut.unlisted])),
    )


def list_themes(templates: Mapping[str, str]) -> list[str]:
    """The names an edition's `theme` may have: those of the whole pages, but for the skeleton and the summary's."""
    pages = (name.removesuffix(PAGE) for name, text in templates.items() if name.endswith(PAGE) and _WHOLE.search(text))
    return sorted(set(pages) - NO_THEMES)


_WHOLE = re.compile(r"\{%[-+]?\s*extends\b|<html\b")


def _theme_page(theme: str, templates: Mapping[str, str]) -> str:
    themes = list_themes(templates)
    if theme in themes:
        return theme + PAGE
    near = difflib.get_close_matches(theme, themes, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    known = ", ".join(themes) or "none"
    raise TemplateError(
        f"there is no theme {theme}",
        f"{meant}themes found: {known}; a theme of your own is a file {theme}{PAGE} in your templates folder",
    )


def _only_pictures(context: Context, cids: set[str]) -> Context:
    """The same data with no picture whose bytes are not there: a mail program would show a broken one."""
    sections = [
        {**section, "stories": [_unpicture(story, cids) for story in section["stories"]]}
        for section in context["sections"]
    ]
    return {**context, "sections": sections}


def _unpicture(story: Context, cids: set[str]) -> Context:
    return story if story["picture"].get("cid") in cids else {**story, "picture": {}}


def _attachments(issue: Issue, pictures: Iterable[Attachment], html: str) -> Iterator[Attachment]:
    """The calendar, and the pictures the page shows: one it does not show would hang from the letter as a file."""
    calendar = render_ics(issue)
    if calendar is not None:
        yield calendar
    shown = {}
    for picture in pictures:
        if f'src="cid:{picture.cid}"' in html:
            shown[picture.cid] = picture
    yield from shown.values()


def render_terminal(issue: Issue, templates: Mapping[str, str]) -> str:
    """The issue as plain text 76 columns wide, as the letter's text part has it."""
    return _tidy(press_of(templates).render(TEXT_TEMPLATE, issue_context(issue)))


def _render_subject(press: Press, context: Context) -> str:
    subject = clean(press.render(SUBJECT_TEMPLATE, context))
    if not subject:
        raise TemplateError(f"template {SUBJECT_TEMPLATE} gives an empty subject", "let it print at least {{ title }}")
    return clip(subject, LONGEST_SUBJECT)


def _fit_html(press: Press, theme: str, context: Context, lowest: list[int]) -> tuple[str, _Cut]:
    """The fullest HTML within the limit, and what it leaves off; the barest where even that is too large."""
    html = _render_html(press, theme, context)
    if html_size(html) <= LARGEST_HTML:
        return html, _Cut()
    cuts = _possible_cuts(len(lowest))
    low, high = 0, len(cuts) - 1
    while low < high:
        middle = (low + high) // 2
        if html_size(_render_html(press, theme, _reduce(context, cuts[middle], lowest))) <= LARGEST_HTML:
            high = middle
        else:
            low = middle + 1
    return _render_html(press, theme, _reduce(context, cuts[low], lowest)), cuts[low]


def _possible_cuts(count: int) -> list[_Cut]:
    """Every cut leaves less than the one before it; where more than half must be folded, their links go first."""
    linked = [_Cut(True, True, folded) for folded in range(count // 2 + 1)]
    plain = [_Cut(True, True, folded, True) for folded in range(count // 2, count + 1)]
    listed = [_Cut(True, True, count, True, unlisted) for unlisted in range(1, count + 1)]
    return [_Cut(True), *linked, *plain, *listed, _Cut(True, True, count, True, count, True)]


def _render_html(press: Press, theme: str, context: Context) -> str:
    from css_inline import CSSInliner, InlineError

    page = press.render(theme, context)
    try:
        return _charset_first(CSSInliner(keep_at_rules=True, load_remote_stylesheets=False).inline(page))
    except (InlineError, UnicodeEncodeError) as error:
        raise TemplateError(f"template {theme}: {error}", "check the style sheet in its head") from error


def _charset_first(page: str) -> str:
    """The page with its media queries at the end of the head.

    css-inline puts them at its beginning, and browsers look for the charset in the first 1,024 bytes only.
    """
    head, style, rest = page.partition("<head><style>")
    rules, end, rest = rest.partition("</style>")
    return f"{head}<head>{rest.replace('</head>', f'<style>{rules}{end}</head>', 1)}" if style else page


def html_size(html: str) -> int:
    """The bytes of a page in UTF-8, which is what Gmail counts."""
    return len(html.encode("utf-8", "surrogatepass"))


def _reduce(context: Context, cut: _Cut, lowest: list[int]) -> Context:
    """The same data with less in it."""
    away, gone = set(lowest[: cut.folded]), set(lowest[: cut.unlisted])
    sections = [
        {**section, "stories": [_shorten(story, cut) for story in section["stories"] if story["number"] not in away]}
        for section in context["sections"]
    ]
    stories = [story for section in context["sections"] for story in section["stories"]]
    reduced = {
        **context,
        "sections": [section for section in sections if section["stories"]],
        "folded": [_unlink(story, cut.plain) for story in stories if story["number"] in away - gone],
        "unlisted": cut.unlisted,
        "overview": [light for light in context["overview"] if light["number"] not in gone],
    }
    return {**reduced, "coverage": _bare_coverage(context["coverage"])} if cut.bare else reduced


def _shorten(story: Context, cut: _Cut) -> Context:
    linked = {**story, "href": story["url"]} if cut.top else story
    sentences = story["sentences"][:1]
    first = {"sentences": sentences, "summary": "".join(sentences), "added": []}
    return {**linked, **first} if cut.short else linked


def _unlink(story: Context, plain: bool) -> Context:
    return {**story, "href": "" if plain else story["url"]}


def _bare_coverage(coverage: Context) -> Context:
    troubled = [source for source in coverage["sources"] if source["problems"]][:BARE_SOURCES]
    sources = [{**s, "problems": [clip(problem, BARE_PROBLEM) for problem in s["problems"][:1]]} for s in troubled]
    return {**coverage, "sources": sources, "quiet": len(coverage["sources"]) - len(sources)}


def _lowest_first(issue: Issue) -> list[int]:
    ranked = sorted(issue.items, key=lambda item: (item.score, -item.number))
    return [item.number for item in ranked]


def _warnings(html: str, cut: _Cut, count: int) -> tuple[str, ...]:
    size = html_size(html)
    limit = f"to keep the HTML part within {LARGEST_HTML // 1024} KB"
    warnings = []
    if cut.top and not cut.short:
        warnings.append(f"links lead to the top of their pages, not to the sentences quoted, {limit}")
    if cut.short:
        warnings.append(f"summaries were shortened to their first sentence {limit}; the text part has them whole")
    if cut.folded:
        warnings.append(f"{cut.folded} of {count} items are listed by title only {limit}")
    if cut.unlisted:
        warnings.append(f"{cut.unlisted} of {count} items are in the text part only {limit}")
    if size > LARGE_HTML:
        warnings.append(
            f"the HTML part has {size / 1024:.1f} KB; Gmail clips a letter near 100 KB: lower items or chars"
        )
    return tuple(warnings)


def _tidy(text: str) -> str:
    """The text without spaces at line ends, without empty lines at its ends, never two empty lines together."""
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
    return "\n".join(kept) + "\n"
