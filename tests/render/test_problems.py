"""What goes wrong with sources is told in the reader's language: every sentence that the program can say of one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import digest
from digest.extract.notices import LINES, TITLES
from digest.model import Coverage, SourceReport
from digest.render.day import coverage_context
from digest.render.problems import LONGEST, translate
from tests.render.render_samples import ANY_TEXT

PACKAGE = Path(digest.__file__).parent
MODULES = (
    *sorted((PACKAGE / "collect").glob("*.py")),
    *sorted((PACKAGE / "extract").glob("*.py")),
    *(PACKAGE / "app" / "reading" / f"{name}.py" for name in ("collected", "collecting", "following", "gather")),
    PACKAGE / "guard.py",
)
ELSEWHERE = {"collect/templates.py", "collect/pictures.py"}
"""Rooms' modules whose complaints are about no source."""

ERRORS = {"FetchError", "FormatError", "ReadError", "GuardError", "_SlowError"}
HANDED_ON = {"error.message", "error.hint", "error", "known.message", "known.hint", "told", "told.passing", "reason"}
"""What was said of something inside already."""

SPOKEN = (ast.Constant, ast.JoinedStr, ast.IfExp, ast.BoolOp)

INNER = {"error.message": "x.cn answered 503", "blocked": "the answer is empty"}
"""Sentences that others are made of, for the names that stand for them."""

PIECE = "404"
"""Stands for whatever a sentence names; a number is also a name."""


@cache
def tree_of(path: Path) -> ast.Module:
    """The module as a tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def sentences(node: ast.expr, scope: ast.AST, module: ast.Module) -> list[str]:
    """Everything that an expression can say, with PIECE for what only a run knows; what is wholly unknown is PIECE."""
    if isinstance(node, ast.Constant):
        return [node.value if isinstance(node.value, str) else PIECE]
    if isinstance(node, ast.JoinedStr):
        parts = [sentences(value, scope, module) for value in node.values]
        return ["".join(combination) for combination in product(*parts)]
    if isinstance(node, ast.IfExp):
        return sentences(node.body, scope, module) + sentences(node.orelse, scope, module)
    if isinstance(node, ast.BoolOp):
        return [said for value in node.values for said in sentences(value, scope, module)]
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        return sentences(node.value, scope, module)
    if isinstance(node, ast.FormattedValue):
        if inner := INNER.get(ast.unparse(node.value)):
            return [inner]
        return sentences(node.value, scope, module) if isinstance(node.value, (ast.IfExp, ast.Name)) else [PIECE]
    if isinstance(node, ast.Name):
        return named(node.id, scope, module)
    return [PIECE]


def named(name: str, scope: ast.AST, module: ast.Module) -> list[str]:
    """What was given to a name in its function, or in its module."""
    for place in (ast.walk(scope), iter(module.body)):
        given_to = [
            node.value
            for node in place
            if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in node.targets)
        ]
        texts = [value for value in given_to if isinstance(value, SPOKEN) and not _speaks_of(value, name)]
        if texts:
            return [said for value in texts for said in sentences(value, scope, module)]
    return [PIECE]


def _speaks_of(value: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(value))


def raised(path: Path) -> Iterator[str]:
    """Every message and hint with which a module makes an error, and the lines that it notes as problems."""
    module = tree_of(path)
    for scope in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(scope):
            for argument in _arguments(node):
                if ast.unparse(argument) not in HANDED_ON:
                    yield from (said for said in sentences(argument, scope, module) if said not in (PIECE, ""))


def _arguments(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
        return [argument for argument in node.args if not isinstance(argument, ast.Starred)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
        return node.args if ast.unparse(node.func.value).endswith("problems") else []
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
        texts = node.value.elts  # the message and the hint that a function makes for an error
        return texts if all(isinstance(text, (ast.Constant, ast.JoinedStr, ast.Name)) for text in texts) else []
    return []


def noted() -> Iterator[str]:
    """What is said in other ways: the hints for a status, the notices of block pages, the lines of feeds."""
    (hints,) = (
        node.value
        for node in tree_of(PACKAGE / "collect" / "answers.py").body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_HINTS"
    )
    assert isinstance(hints, ast.Dict)
    module = tree_of(PACKAGE / "collect" / "answers.py")
    for value in hints.values:
        yield from sentences(value, module, module)
    for kind, _ in (*TITLES, *LINES):
        yield f"the server answers with a block page instead: {kind}: 词"
    blocked = ast.unparse(tree_of(PACKAGE / "extract" / "blocked.py"))
    for kind in re.findall(r"'(the (?:answer|page) [a-z ]+)'", blocked):
        yield f"no article is found: {kind}"
    yield "the feed holds 600 items; only the first 500 were read"
    yield "1 item has neither a link with a title nor a text"
    yield "2 items have neither a link with a title nor a text"
    yield "some items are no objects"
    yield "1 page was not read: the server answers 404: 题"
    yield "3 pages were not read: it leads to the front page of its site: 题: 一; 题二; …"
    yield "2 pages were not read: the source took longer than 5 minutes; they wait for the next run: 题"
    yield "4 more pages were not read for other reasons"
    yield "source '甲' wants the variable TOKEN, which is not set (export TOKEN='…' where digest runs)"


EVERYTHING = sorted(
    {
        said
        for path in MODULES
        if str(path.relative_to(PACKAGE)) not in ELSEWHERE
        for said in raised(path)
        if re.search("[a-z]{2}", said)
    }
    | set(noted())
)


def test_the_sentences_are_found() -> None:
    """The scan sees what is known to be said: a test that finds nothing would be content with anything."""
    assert len(EVERYTHING) > 150
    for known in (
        "404 did not answer in time",
        "the feed is nested too deeply",
        "check the network",
        "404 holds no article",
    ):
        assert known in EVERYTHING


@pytest.mark.parametrize("said", EVERYTHING)
def test_every_sentence_about_a_source_is_translated(said: str) -> None:
    """Into both scripts, which differ; where this fails, add the sentence to data/problems.toml."""
    simplified, traditional = (translate(said, language) for language in ("zh-Hans", "zh-Hant"))
    assert simplified != said, f"data/problems.toml has no {said!r}"
    assert traditional != said
    assert translate(said, "en") == said


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "x.cn did not answer in time (try again later, or open it in a browser)",
            "x.cn 未在时限内应答（请稍后再试，或用浏览器打开）",
        ),
        (
            "https://x.cn/a redirects: y.cn has expired",
            "https://x.cn/a redirects: y.cn has expired",
        ),
        (
            "x.cn/a redirects: no address is known for y.cn (check the network)",
            "x.cn/a 跳转后：查不到 y.cn 的地址（请检查网络）",
        ),
        (
            "2 pages were not read: the server answers 404: 题: 一; 题二",
            "2 个页面未能读取：服务器返回 404：题: 一; 题二",
        ),
        (
            "b (1).pdf: the PDF holds pictures of pages, no text (it is scanned) (run it through OCR first)",
            "b (1).pdf：PDF 是扫描件，只有页面图像，没有文字（请先做文字识别（OCR））",
        ),
        ("a.jsonl: line 3: no title and no text", "a.jsonl：第 3 行：既无标题也无正文"),
        (
            "p holds no article (line 2: no title and no text; record 3: no title and no text)",
            "p 中没有文章（第 2 行：既无标题也无正文；第 3 条记录：既无标题也无正文）",
        ),
        ("x.cn did not answer in time (ask the wizard)", "x.cn 未在时限内应答（ask the wizard）"),
        ("x.cn/f answered 404 Not Found", "x.cn/f 返回 404 Not Found"),
        ("the moon is made of cheese", "the moon is made of cheese"),
        ("30 秒内没有应答（试了 3 次）", "30 秒内没有应答（试了 3 次）"),
        ("", ""),
    ],
)
def test_complaints_are_put_together_as_they_were(said: str, told: str) -> None:
    """Message and hint, file and complaint, pages and their reason; what is unknown stays as it is."""
    assert translate(said, "zh-Hans") == told


def test_a_digest_tells_them_in_its_language() -> None:
    """The mail's foot has them translated; that of an English edition has them as they were said."""
    coverage = Coverage((SourceReport("甲", 0, ("x.cn did not answer in time (check the network)",)),))
    told = {
        language: coverage_context(coverage, language)["sources"][0]["problems"]
        for language in ("zh-Hans", "zh-Hant", "en")
    }
    assert told == {
        "zh-Hans": ["x.cn 未在时限内应答（请检查网络）"],
        "zh-Hant": ["x.cn 未於時限內回應（請檢查網路）"],
        "en": ["x.cn did not answer in time (check the network)"],
    }


@given(st.lists(st.sampled_from([*EVERYTHING, " (", ")", ": ", "; ", "{reason}", "%s"]) | ANY_TEXT, max_size=6))
@settings(max_examples=40, deadline=2000)
def test_no_complaint_is_lost_or_takes_long(parts: list[str]) -> None:
    """However sentences, marks and hostile words stand together, something is said, and soon."""
    said = "".join(parts)[:LONGEST]
    assert bool(translate(said, "zh-Hant")) == bool(said)
