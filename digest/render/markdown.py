"""Renders an issue as Markdown: CommonMark with the tables of GitHub, one file that reads well as plain text too.

All that a source said is escaped, so that it prints as it stands and becomes neither markup nor HTML; the only HTML is
the empty anchor before an item's title, to which the overview and the agenda link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from digest.model import Issue
from digest.render.context import issue_context
from digest.render.day import Context
from digest.render.words import Words

# The last two keep GitHub from making links of bare addresses.
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~&!$^]|:(?=//)|(?<=[wW]{3})\.)")
_MARKS_AT_START = re.compile(r"^(\d+)([.)])|^([-+=:])")
_ENTITY = re.compile(r"&(?=#?\w+;)")


def render_markdown(issue: Issue) -> str:
    """The whole issue, from its title to what it was made of, as a Markdown text in the issue's language."""
    context = issue_context(issue)
    words: Words = context["t"]
    blocks = (
        *_head(context, words),
        *_overview(context, words),
        *_agenda(context["agenda"], words),
        *(block for section in context["sections"] for block in _section(section, words)),
        *_revisions(context["revisions"], words),
        *_trends(context["trends"], context["names"], words),
        *_coverage(context["coverage"], words),
        *_imprint(context["imprint"], words),
    )
    return "\n\n".join(filter(None, blocks)) + "\n"


def escape_markdown(text: str) -> str:
    """The line, which `clean` has passed, such that Markdown prints it as it stands wherever in a line it is put."""
    return _MARKS_AT_START.sub(r"\1\\\2\3", _MARKS.sub(r"\\\1", text))


def _link(text: str, href: str) -> str:
    """A link that shows `text`; the text alone where there is no address."""
    return f"[{escape_markdown(text)}](<{_ENTITY.sub('&amp;', href)}>)" if href else escape_markdown(text)


def _item_link(number: int, words: Words) -> str:
    return f"[{words['item_number'] % number}](#item-{number})"


def _bullets(lines: Iterable[str], indent: str = "") -> str:
    return "\n".join(f"{indent}- {line}" for line in lines)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _head(context: Context, words: Words) -> Iterator[str]:
    number = words["issue_number"] % context["number"] if context["number"] else ""
    issuer = escape_markdown(context["imprint"]["issuer"])
    day = words["dated"] % {"day": context["date"]["full"], "weekday": context["date"]["weekday"]}
    yield f"# {escape_markdown(context['title']) or words['digest']}"
    yield " · ".join(filter(None, (number, issuer, day, context["count_told"])))
    if not context["count"]:
        yield words["nothing_printed" if context["coverage"]["left_out"] else "no_news"]


def _overview(context: Context, words: Words) -> Iterator[str]:
    if lights := context["overview"]:
        yield f"## {words['overview']}"
        yield _bullets(f"{escape_markdown(light['sentence'])} {_item_link(light['number'], words)}" for light in lights)
    yield _keywords(context["keywords"], words)


def _keywords(keywords: Sequence[str], words: Words) -> str:
    return _labelled(words["keywords"], words["listing"].join(keywords), words) if keywords else ""


def _labelled(label: str, text: str, words: Words) -> str:
    """`label：text`; the text is escaped."""
    return f"{label}{words['colon']}{escape_markdown(text)}"


def _section(section: Context, words: Words) -> Iterator[str]:
    if section["title"]:
        yield f"## {escape_markdown(section['title'])}"
    for story in section["stories"]:
        yield from _story(story, "###" if section["title"] else "##", words)


def _story(story: Context, level: str, words: Words) -> Iterator[str]:
    yield f'{level} <a id="{story["anchor"]}"></a>{story["number"]}. {_link(story["title"], story["url"])}'
    yield " · ".join(filter(None, (escape_markdown(story["site"]), story["published"], _standing(story, words))))
    yield escape_markdown(story["summary"])
    yield f"> {_labelled(words['editor_note'], story['note'], words)}" if story["note"] else ""
    yield _bullets(_labelled(row["label"], row["value"], words) for row in story["card"])
    if story["added"]:
        yield words["additions"] + words["colon"].rstrip()
        yield _bullets(_addition(added, words) for added in story["added"])
    yield _keywords(story["keywords"], words)
    if also := story["also"]:
        some = words["also_some"] if story["also_count"] > len(also) else ""
        yield words["also"] % story["also_told"] + some + words["colon"].rstrip()
        yield _bullets(_reference(other, words) for other in also)


def _addition(added: Context, words: Words) -> str:
    site = _link(added["site"] or words["another_report"], added["href"])
    return f"{site}{words['colon']}{escape_markdown(added['sentence'])}"


def _reference(other: Context, words: Words) -> str:
    title = words["quoted"] % _link(other["title"], other["href"])
    return words["space"].join(filter(None, (escape_markdown(other["site"]), title)))


def _standing(story: Context, words: Words) -> str:
    """`**更新**（见 2月5日第 3 条）`, linked to where the event stood; nothing for what is new."""
    told = ""
    if earlier := story["earlier"]:
        place = words["earlier"] % (earlier["day"], earlier["number"])
        told = f"{words['open']}{words['see'] % _link(place, earlier['href'])}{words['close']}"
    return f"**{story['standing']}**{told}" if story["standing"] else ""


def _agenda(agenda: Sequence[Context], words: Words) -> Iterator[str]:
    if agenda:
        yield f"## {words['agenda']}"
        head = [words[f"agenda_{column}"] for column in ("day", "kind", "title", "body", "number")]
        yield _table(head, (_appointment(row, words) for row in agenda))


def _appointment(row: Context, words: Words) -> Sequence[str]:
    title = _link(row["title"], row["href"])
    place = _item_link(row["item"], words) if row["item"] else words["told"] % row["told"] if row["told"] else ""
    title += f"{words['open']}{place}{words['close']}" if place else ""
    day = words["dated"] % {"day": row["day"], "weekday": row["weekday"]}
    return day, row["kind"], title, escape_markdown(row["body"]), escape_markdown(row["number"])


def _revisions(revisions: Sequence[Context], words: Words) -> Iterator[str]:
    if revisions:
        yield f"## {words['revisions']}"
        yield "\n".join(_revision(row, words) for row in revisions)


def _revision(row: Context, words: Words) -> str:
    told = words["told"] % row["told"] if row["told"] else ""
    about = " · ".join(filter(None, (escape_markdown(row["site"]), told)))
    details = [_labelled(words["retitled"], row["after"], words)] if row["after"] else []
    details += [_labelled(passage["label"], passage["text"], words) for passage in row["passages"]]
    line = f"- **{row['kind']}** {_link(row['title'], row['href'])}"
    line += f"{words['open']}{about}{words['close']}" if about else ""
    return "\n".join(filter(None, (line, _bullets(details, "  "))))


def _trends(trends: Sequence[Context], names: Sequence[Context], words: Words) -> Iterator[str]:
    if trends or names:
        yield f"## {words['trends']}"
    if trends:
        fresh = words["open"] + words["new"] + words["close"]
        rows = ((escape_markdown(row["word"]), row["bars"], f"{row['count']}{fresh * row['new']}") for row in trends)
        yield _table([words[f"trend_{column}"] for column in ("word", "course", "count")], rows)
    yield _bullets(_labelled(row["label"], words["listing"].join(row["names"]), words) for row in names)


def _coverage(coverage: Context, words: Words) -> Iterator[str]:
    yield f"## {words['coverage']}"
    yield escape_markdown(coverage["health"])
    yield escape_markdown(coverage["tally"])
    yield "\n".join(_source(source, words) for source in coverage["sources"])
    yield words["verbatim"]


def _source(source: Context, words: Words) -> str:
    notes = filter(None, (source["articles_told"], source["failing_told"], source["silent_told"]))
    line = f"- {_labelled(escape_markdown(source['name']), words['comma'].join(notes), words)}"
    return "\n".join(filter(None, (line, _bullets(map(escape_markdown, source["problems"]), "  "))))


def _imprint(imprint: Context, words: Words) -> Iterator[str]:
    """For whom the digest is, and who issues it, as the foot of an official one says it."""
    for part in ("submitted_to", "copied_to", "issuer"):
        if imprint[part]:
            yield _labelled(words[f"imprint_{part}"], imprint[part], words)
