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

# The last two keep GitHub from making links of bare addresses.
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~&!$^]|:(?=//)|(?<=[wW]{3})\.)")
_MARKS_AT_START = re.compile(r"^(\d+)([.)])|^([-+=:])")
_ENTITY = re.compile(r"&(?=#?\w+;)")


def render_markdown(issue: Issue) -> str:
    """The whole issue, from its title to what it was made of, as a Markdown text."""
    context = issue_context(issue)
    blocks = (
        *_head(context),
        *_overview(context),
        *(block for section in context["sections"] for block in _section(section)),
        *_agenda(context["agenda"]),
        *_revisions(context["revisions"]),
        *_trends(context["trends"], context["names"]),
        *_coverage(context["coverage"]),
    )
    return "\n\n".join(filter(None, blocks)) + "\n"


def escape_markdown(text: str) -> str:
    """The line, which `clean` has passed, such that Markdown prints it as it stands wherever in a line it is put."""
    return _MARKS_AT_START.sub(r"\1\\\2\3", _MARKS.sub(r"\\\1", text))


def _link(text: str, href: str) -> str:
    """A link that shows `text`; the text alone where there is no address."""
    return f"[{escape_markdown(text)}](<{_ENTITY.sub('&amp;', href)}>)" if href else escape_markdown(text)


def _item_link(number: int) -> str:
    return f"[第{number}条](#item-{number})"


def _bullets(lines: Iterable[str], indent: str = "") -> str:
    return "\n".join(f"{indent}- {line}" for line in lines)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _head(context: Context) -> Iterator[str]:
    day = context["date"]
    yield f"# {escape_markdown(context['title']) or '摘要'}"
    yield f"{day['year']}年{day['day']} {day['weekday']} · {context['count']} 条"
    if not context["count"]:
        yield "今天没有新文章。"


def _overview(context: Context) -> Iterator[str]:
    if lights := context["overview"]:
        yield "## 今日要点"
        yield _bullets(f"{escape_markdown(light['sentence'])} {_item_link(light['number'])}" for light in lights)
    yield _keywords(context["keywords"])


def _keywords(words: Sequence[str]) -> str:
    return f"关键词：{escape_markdown('、'.join(words))}" if words else ""


def _section(section: Context) -> Iterator[str]:
    if section["title"]:
        yield f"## {escape_markdown(section['title'])}"
    for story in section["stories"]:
        yield from _story(story, "###" if section["title"] else "##")


def _story(story: Context, level: str) -> Iterator[str]:
    yield f'{level} <a id="{story["anchor"]}"></a>{story["number"]}. {_link(story["title"], story["href"])}'
    yield " · ".join(filter(None, (escape_markdown(story["site"]), story["published"], _standing(story))))
    yield escape_markdown(story["summary"])
    yield f"> 编者按：{escape_markdown(story['note'])}" if story["note"] else ""
    yield _bullets(f"{row['label']}：{escape_markdown(row['value'])}" for row in story["card"])
    if story["added"]:
        yield "其他报道补充："
        yield _bullets(
            f"{_link(added['site'] or '另一家', added['href'])}：{escape_markdown(added['sentence'])}"
            for added in story["added"]
        )
    yield _keywords(story["keywords"])
    if also := story["also"]:
        yield f"另有 {story['also_told']}{'，其中' if story['also_count'] > len(also) else ''}："
        yield _bullets(f"{escape_markdown(other['site'])}「{_link(other['title'], other['href'])}」" for other in also)


def _standing(story: Context) -> str:
    """`**更新**（见 2月5日 第3条）`, linked to where the event stood; nothing for what is new."""
    told = ""
    if earlier := story["earlier"]:
        place = f"{earlier['day']} 第{earlier['number']}条"
        told = f"（见 {_link(place, earlier['href'])}）"
    return f"**{story['standing']}**{told}" if story["standing"] else ""


def _agenda(agenda: Sequence[Context]) -> Iterator[str]:
    if agenda:
        yield "## 临近截止与施行"
        yield _table(("日期", "事项", "文件", "机关", "文号"), map(_appointment, agenda))


def _appointment(row: Context) -> Sequence[str]:
    day, title = f"{row['day']} {row['weekday']}", _link(row["title"], row["href"])
    if row["item"]:
        title += f"（{_item_link(row['item'])}）"
    elif row["told"]:
        title += f"（{row['told']}刊）"
    return day, row["kind"], title, escape_markdown(row["body"]), escape_markdown(row["number"])


def _revisions(revisions: Sequence[Context]) -> Iterator[str]:
    if revisions:
        yield "## 修改与撤下"
        yield "\n".join(map(_revision, revisions))


def _revision(row: Context) -> str:
    told = f"{row['told']}刊" if row["told"] else ""
    about = " · ".join(filter(None, (escape_markdown(row["site"]), told)))
    details = [f"标题改为：{escape_markdown(row['after'])}"] if row["after"] else []
    details += [f"{passage['label']}：{escape_markdown(passage['text'])}" for passage in row["passages"]]
    line = f"- **{row['kind']}** {_link(row['title'], row['href'])}{f'（{about}）' if about else ''}"
    return "\n".join(filter(None, (line, _bullets(details, "  "))))


def _trends(trends: Sequence[Context], names: Sequence[Context]) -> Iterator[str]:
    if trends or names:
        yield "## 今日用词"
    if trends:
        rows = ((escape_markdown(row["word"]), row["bars"], f"{row['count']}{'（新）' * row['new']}") for row in trends)
        yield _table(("词", "走势", "今天篇数"), rows)
    yield _bullets(f"{row['label']}：{escape_markdown('、'.join(row['names']))}" for row in names)


def _coverage(coverage: Context) -> Iterator[str]:
    reasons = f"（{coverage['reasons']}）" if coverage["reasons"] else ""
    yield "## 本期来源"
    yield (
        f"候选 {coverage['read'] - coverage['known']} 篇：刊出 {coverage['printed']}，合并 {coverage['merged']}，"
        f"未刊 {coverage['left_out']}{reasons}，"
        f"无正文 {coverage['empty']}。往期处理过的 {coverage['known']} 篇不再列入；"
        f"无法读取 {coverage['unreadable']} 件。"
    )
    if coverage["total"]:
        silent = f"，{coverage['silent']} 静默超常" if coverage["silent"] else ""
        yield f"{coverage['total']} 源，{coverage['good']} 成功，{coverage['failed']} 失败{silent}。"
    yield "\n".join(map(_source, coverage["sources"]))
    yield "摘要各句均逐字摘自原文，未作改写；“……”表示该句在此处略去一部分。"


def _source(source: Context) -> str:
    notes = [f"{source['articles']} 篇"]
    if source["failing"] > 1:
        notes.append(f"连续 {source['failing']} 天失败")
    if source["silent"]:
        notes.append(f"已 {source['silent']} 天没有新文章（平时至多隔 {source['usual']} 天）")
    line = f"- {escape_markdown(source['name'])}：{'，'.join(notes)}"
    return "\n".join(filter(None, (line, _bullets(map(escape_markdown, source["problems"]), "  "))))
