"""Hostile words in our templates, and hostile templates: nothing is run, reached, fetched or held up."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from digest.app.doctor.trial import trial_issue
from digest.app.issues.letters import fell_back, try_templates, write_letter
from digest.app.issues.pictures import page_to_look_at
from digest.config import Settings
from digest.errors import TemplateError
from digest.model import Article, Issue, Item, Letter, Section, Sentence, Summary
from digest.render.context import issue_context
from tests.web_server import WebServer

pytestmark = pytest.mark.workers

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
PLAIN = Settings(version=1)
ISSUE = trial_issue(NOW)
CANARY = "canary-7d1f"

INJECTIONS = [
    "{{7*7}}",
    "{{ 7 * '7' }}",
    "{% for n in range(3) %}x{% endfor %}",
    "{# hidden #}",
    "{{ self }}",
    "{{ config }}",
    "{{ title.__class__.__mro__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{% include '/etc/passwd' %}",
    "{% extends 'digest.html.j2' %}",
    "{{ request|attr('application') }}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "%(title)s %s %d {0} {title}",
    "{0.__class__.__init__.__globals__}",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "</style><style>*{background:url(http://x.example/)}",
    '"><iframe src=javascript:alert(1)>',
    "' onmouseover='alert(1)",
    "<a href=javascript:alert(1)>x</a>",
    "<![endif]--><script>alert(1)</script>",
    "--><img src=http://x.example/pixel.gif>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#106;avascript:alert(1)",
    "<base href=http://x.example/>",
    "<meta http-equiv=refresh content=0;url=http://x.example/>",
    "]]><x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
]

ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ title.__class__.__mro__[1].__subclasses__() }}",
    "{{ title['__class__'] }}",
    "{{ title | attr('__class__') }}",
    "{{ (title | map(attribute='__class__') | list)[0].__mro__ }}",
    "{{ [title] | map(attribute='__class__.__mro__') | list }}",
    "{{ [title] | groupby('__class__') }}{{ ([title] | groupby('__class__'))[0].grouper.__mro__ }}",
    "{{ '{0.__class__}'.format(title) }}",
    "{{ '{a.__init__.__globals__}'.format_map({'a': cycler}) }}",
    "{{ '{0.__class__.__mro__}' | format(title) | length }}{{ title.__class__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.environ }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ range.__self__ }}",
    "{{ dict.__base__.__subclasses__() }}",
    "{{ dict.mro() }}",
    "{{ loop }}",
    "{{ lipsum.__globals__ }}",
    "{{ caller.__globals__ }}",
    "{% macro m() %}{{ m.__call__.__globals__ }}{{ m._func.__globals__ }}{% endmacro %}{{ m() }}",
    "{% set x = title.__class__ %}{{ x.__mro__ }}",
    "{{ sections.append(1) }}",
    "{{ date.update({'day': 'x'}) }}",
    "{{ t.clear() }}",
    "{{ keywords.__reduce_ex__(2) }}",
    "{{ (1).__class__.__base__ }}",
    "{{ ''.join.__self__.__class__ }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{% import 'os' as os %}",
    "{% include '../digest.toml' %}",
    "{% include '/etc/passwd' %}",
    "{% include 'file:///etc/passwd' %}",
    "{% from '/etc/passwd' import x %}",
    "{% extends '..\\\\digest.toml' %}",
]


class Tags(HTMLParser):
    """The tags of a page with their attributes, in their order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[tuple[str, tuple[str, ...]]] = []
        self.values: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one."""
        self.seen.append((tag, tuple(name for name, _ in attrs)))
        self.values.extend(value or "" for name, value in attrs if name in ("src", "href", "background", "srcset"))


def issue_of(word: str) -> Issue:
    """An issue that says `word` wherever a source or a file could say something."""
    text = f"{word}。"
    article = Article(word, text, word, NOW, word, "https://news.example/1", "zh-Hans", word, (word,), word)
    summary = Summary((Sentence(text, 0, len(text), 0),), (word,), text, "zh-Hans")
    items = (Item(1, article, word, summary, word, note=word), Item(2, article, word, summary, word))
    return replace(ISSUE, title=word, sections=(Section(word, items),), keywords=(word,), overview=())


def own(folder: Path, **templates: str) -> Path:
    """A folder with these templates: `subject_txt="…"`."""
    for name, text in templates.items():
        (folder / f"{name.replace('_', '.')}.j2").write_text(text, encoding="utf-8")
    return folder


def in_cage(folder: Path, issue: Issue = ISSUE, seconds: float = 10.0) -> Letter:
    """The letter by the folder's templates, in their cage."""
    return try_templates(issue, folder, None, seconds=seconds)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What this process tried to connect to or to look up: each fails."""
    tried: list[object] = []

    def refuse(*asked: object, **_: object) -> None:
        tried.append(asked)
        raise OSError("there is no network here")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tried


@pytest.fixture
def web() -> Iterator[WebServer]:
    """A server that would see what is fetched."""
    with WebServer() as server:
        yield server


@pytest.mark.parametrize("theme", ["modern", "gongwen"])
@pytest.mark.parametrize("word", INJECTIONS)
def test_words_of_others_stay_words(word: str, theme: str) -> None:
    """The page has the tags it has with a harmless word, and the text part says what was said."""
    hostile = write_letter(replace(issue_of(word), theme=theme), PLAIN, None)
    tags, harmless = Tags(hostile.html).seen, harmless_tags(theme)
    assert [tag for tag, _ in tags] == [tag for tag, _ in harmless]
    assert {name for _, names in tags for name in names} <= {name for _, names in harmless for name in names}
    assert not fell_back(hostile)
    assert "49" not in hostile.subject + hostile.text
    assert without_space(word)[:15] in without_space(hostile.text)


@cache
def harmless_tags(theme: str) -> list[tuple[str, tuple[str, ...]]]:
    """The tags of a page that says nothing bad."""
    return Tags(write_letter(replace(issue_of("无害的话" * 5), theme=theme), PLAIN, None).html).seen


def without_space(text: str) -> str:
    """The text in one."""
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("word", INJECTIONS)
def test_words_of_others_stay_words_in_a_users_template(word: str, tmp_path: Path) -> None:
    """Whatever harmless thing a user does with a title, it comes out as text: here without a process, for speed."""
    from digest.render.templating import Press

    inside = "{{ title | replace('a', 'b') }}{{ title | upper }}{{ '<i>%s</i>' | format(title) }}"
    text = f'<p title="{{{{ title }}}}">{inside}</p>'
    page = Press({"a.html.j2": text}).render("a.html.j2", {"title": word})
    assert [tag for tag, _ in Tags(page).seen] == ["p"]


@pytest.mark.parametrize("text", ESCAPES)
def test_a_template_does_not_get_out_of_its_sandbox(text: str) -> None:
    """Each attempt is an error, or comes out as nothing that tells of Python."""
    from digest.render.templating import Press

    templates = {"main.html.j2": text}
    with pytest.raises(TemplateError):
        Press(templates).render("main.html.j2", issue_context(ISSUE))


def test_a_template_is_given_plain_data_only() -> None:
    """Dicts, lists, texts and numbers: nothing with an attribute worth reaching for."""
    waiting: list[object] = [issue_context(ISSUE)]
    kinds = set()
    while waiting:
        thing = waiting.pop()
        kinds.add(type(thing))
        waiting += [*thing, *thing.values()] if isinstance(thing, dict) else thing if isinstance(thing, list) else []
    assert kinds == {dict, list, str, int}


def test_no_secret_can_be_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a variable nor the password of the settings is anywhere in the process of the templates."""
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", CANARY)
    monkeypatch.setenv("SOME_TOKEN", CANARY)
    names = "{{ title }}{{ t }}{{ footer }}{{ sections }}{{ coverage }}{{ date }}{{ self }}{{ range }}{{ dict }}"
    letter = in_cage(own(tmp_path, digest_txt=names))
    assert "试印" in letter.text
    assert CANARY not in f"{letter}"


def test_the_process_of_the_templates_has_no_secret_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the sandbox broken, there would be nothing to find in its environment."""
    from digest.guard import Guard

    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", CANARY)
    monkeypatch.setenv("https_proxy", f"http://u:{CANARY}@proxy.example")
    with Guard(1, bare=True) as guard:
        seen = guard.call(environment)
    assert CANARY not in seen
    assert "PATH=" in seen


def environment() -> str:
    """The environment of this process."""
    import os

    return "\n".join(f"{name}={value}" for name, value in os.environ.items())


HUNGRY = [
    "{% for a in range(99999) %}{% for b in range(99999) %}{% if a + b < 0 %}x{% endif %}{% endfor %}{% endfor %}",
    "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(99) }}",
    "{{ 9 ** (9 ** 9) % 7 }}",
    "{{ 'a' * 2000000000 }}",
    "{% set ns = namespace(a='a') %}{% for n in range(99) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}{{ ns.a }}",
    "{{ 'a' | center(2000000000) }}",
    "{{ '%02000000000d' | format(1) }}",
    "{% for n in range(99999) %}{{ 'a' * 9999 }}{% endfor %}",
    "{{ range(99999) | list * 99999 }}",
    "{% include 'digest.txt.j2' %}",
]


@pytest.mark.parametrize("text", HUNGRY)
def test_what_eats_time_or_memory_ends_and_ours_is_used(text: str, tmp_path: Path) -> None:
    """Within its time and a little, and the letter goes out all the same."""
    before = time.monotonic()
    letter = write_letter(ISSUE, Settings(version=1, templates=own(tmp_path, digest_txt=text)), None, seconds=1.0)
    assert time.monotonic() - before < 30
    assert fell_back(letter)
    assert letter.text == write_letter(ISSUE, PLAIN, None).text


def test_rendering_fetches_nothing(web: WebServer, tmp_path: Path) -> None:
    """Style sheets, imports, pictures, frames and fonts of a user's page are not looked at."""
    at = web.url("/x")
    head = (
        f'<link rel="stylesheet" href="{at}"><link rel=preload as=image href="{at}"><base href="{web.url()}">'
        f'<style>@import url("{at}");@font-face{{font-family:a;src:url({at})}}p{{background:url({at})}}</style>'
    )
    body = f'<p>{{{{ title }}}}</p><img src="{at}"><iframe src="{at}"></iframe><object data="{at}"></object>'
    letter = in_cage(own(tmp_path, modern_html=f"<html><head>{head}</head><body>{body}</body></html>"))
    assert "试印" in letter.html
    assert web.connections == 0


def test_rendering_reads_no_file(tmp_path: Path) -> None:
    """A style sheet that lies on this machine is not taken in, however it is named."""
    secret = tmp_path / "secret.css"
    secret.write_text(f"p{{font-family:{CANARY}}}", encoding="utf-8")
    links = "".join(f'<link rel="stylesheet" href="{name}">' for name in (secret, secret.as_uri(), secret.name))
    head = f"{links}<style>@import '{secret}';@import url({secret.as_uri()});</style>"
    letter = in_cage(own(tmp_path, modern_html=f"<html><head>{head}</head><body><p>{{{{ title }}}}</p></body></html>"))
    assert "试印" in letter.html
    assert CANARY not in letter.html


def test_our_letter_names_nothing_to_load() -> None:
    """No picture, style sheet or font of the web, no pixel: links to follow are all there is."""
    for theme in ("modern", "gongwen"):
        html = write_letter(replace(ISSUE, theme=theme), PLAIN, None).html
        assert {tag for tag, _ in Tags(html).seen}.isdisjoint({"img", "link", "script", "iframe", "object", "base"})
        assert not re.search(r"url\(|@import|srcset|background=|src=", html)


def test_a_preview_opens_no_socket(no_network: list[object], web: WebServer, tmp_path: Path) -> None:
    """It is a file: made without a connection, and its page forbids the browser to make one."""
    from digest.app.preview import preview
    from digest.model import Edition

    (tmp_path / "a.txt").write_text("标题一二三\n\n全市新设十二个便民服务点，其中五个昼夜开放。", encoding="utf-8")
    made = preview(PLAIN, Edition("daily", "每日摘要"), [tmp_path], NOW, {})
    page = page_to_look_at(made.letter)
    assert "标题一二三" in page
    assert no_network == []


@pytest.mark.parametrize(
    "html",
    [
        "<!DOCTYPE html><html><head><title>x</title></head><body>词</body></html>",
        "<html lang=zh><header>词</header></html>",
        "<!doctype html><p>词",
        "词",
    ],
)
def test_a_previewed_page_is_forbidden_to_load(html: str) -> None:
    """Its policy stands before anything it could load, and behind its doctype."""
    page = page_to_look_at(Letter("s", html, "t"))
    policy = page.index("default-src 'none'; img-src data:; style-src 'unsafe-inline'")
    assert policy < page.index("词")
    assert page.lower().startswith("<!doctype") == html.lower().startswith("<!doctype")
    assert page.replace(page[page.index("<meta http") : page.index(">", policy) + 1], "") == html
