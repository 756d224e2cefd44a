"""Renders an issue as a letter: subject, HTML and plain text, with the HTML small enough to arrive whole.

Gmail clips a letter near 100 KB and would cut off the foot first.  So the HTML stays within 90 KB: when it is larger,
summaries shrink to their first sentence, then the lowest items fold into a list of titles.  The plain text is complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digest.errors import TemplateError
from digest.model import Issue, Letter, join_printed
from digest.render.context import Context, Footer, issue_context
from digest.render.ics import render_ics
from digest.render.templating import Press
from digest.render.typography import clean, clip

HTML_TEMPLATE = "digest.html.j2"
TEXT_TEMPLATE = "digest.txt.j2"
SUBJECT_TEMPLATE = "subject.txt.j2"

LARGEST_HTML = 90 * 1024
LARGE_HTML = 75 * 1024
LONGEST_SUBJECT = 120
BARE_SOURCES = 40
BARE_PROBLEM = 60


@dataclass(frozen=True, slots=True)
class _Cut:
    """What is left off the HTML: later sentences, `folded` summaries, their links, `unlisted` titles, then the rest."""

    short: bool = False
    folded: int = 0
    plain: bool = False
    unlisted: int = 0
    bare: bool = False


def render_letter(issue: Issue, templates: Mapping[str, str], *, mail_footer: Footer | None = None) -> Letter:
    """The issue as a letter; `mail_footer` is what a mail must say at its foot and a preview need not.

    `templates` maps names to texts and must hold subject.txt.j2, digest.html.j2, digest.txt.j2 and what these include.
    Raises TemplateError where one is missing or broken.  `Letter.warnings` says what was left off, and when the HTML
    has grown large.
    """
    press = Press(templates)
    context = issue_context(issue, mail_footer)
    html, cut = _fit_html(press, context, _lowest_first(issue))
    calendar = render_ics(issue)
    return Letter(
        subject=_render_subject(press, context),
        html=html,
        text=_tidy(press.render(TEXT_TEMPLATE, context)),
        warnings=_warnings(html, cut, len(issue.items)),
        attachments=() if calendar is None else (calendar,),
    )


def render_terminal(issue: Issue, templates: Mapping[str, str]) -> str:
    """The issue as plain text 76 columns wide, as the letter's text part has it."""
    return _tidy(Press(templates).render(TEXT_TEMPLATE, issue_context(issue)))


def _render_subject(press: Press, context: Context) -> str:
    subject = clean(press.render(SUBJECT_TEMPLATE, context))
    if not subject:
        raise TemplateError(f"template {SUBJECT_TEMPLATE} gives an empty subject", "let it print at least {{ title }}")
    return clip(subject, LONGEST_SUBJECT)


def _fit_html(press: Press, context: Context, lowest: list[int]) -> tuple[str, _Cut]:
    """The fullest HTML within the limit, and what it leaves off; the barest where even that is too large."""
    html = _render_html(press, context)
    if html_size(html) <= LARGEST_HTML:
        return html, _Cut()
    cuts = _possible_cuts(len(lowest))
    low, high = 0, len(cuts) - 1
    while low < high:
        middle = (low + high) // 2
        if html_size(_render_html(press, _reduce(context, cuts[middle], lowest))) <= LARGEST_HTML:
            high = middle
        else:
            low = middle + 1
    return _render_html(press, _reduce(context, cuts[low], lowest)), cuts[low]


def _possible_cuts(count: int) -> list[_Cut]:
    """Every cut leaves less than the one before it; where more than half must be folded, their links go first."""
    linked = [_Cut(True, folded) for folded in range(count // 2 + 1)]
    plain = [_Cut(True, folded, True) for folded in range(count // 2, count + 1)]
    listed = [_Cut(True, count, True, unlisted) for unlisted in range(1, count + 1)]
    return [*linked, *plain, *listed, _Cut(True, count, True, count, True)]


def _render_html(press: Press, context: Context) -> str:
    from css_inline import CSSInliner, InlineError

    page = press.render(HTML_TEMPLATE, context)
    try:
        return _charset_first(CSSInliner(keep_at_rules=True, load_remote_stylesheets=False).inline(page))
    except (InlineError, UnicodeEncodeError) as error:
        raise TemplateError(f"template {HTML_TEMPLATE}: {error}", "check the style sheet in its head") from error


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
        {**section, "stories": [_shorten(story) for story in section["stories"] if story["number"] not in away]}
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


def _shorten(story: Context) -> Context:
    sentences = story["sentences"][:1]
    return {**story, "sentences": sentences, "summary": join_printed(sentences, story["lang"]), "added": []}


def _unlink(story: Context, plain: bool) -> Context:
    return {**story, "href": ""} if plain else story


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
