"""Threat 28: what others wrote never becomes a command; threat 25: front matter is text and makes no objects."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest

from digest import read_article
from digest.config import MailSettings, read_password
from digest.errors import FormatError

PACKAGE = Path(__file__).parents[2] / "digest"
STARTERS = {"app/operation/steps.py", "config/programs.py", "daemon/worker.py", "guard.py"}
"""Who may start a program: a timer's own, the user's that prints a password or addresses, and this interpreter."""

SHELLS = {
    *("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "pty.spawn"),
    *("asyncio.create_subprocess_shell", "eval", "exec", "compile"),
}
MAKERS = {"yaml.unsafe_load", "yaml.full_load", "yaml.load_all", "yaml.unsafe_load_all", "yaml.full_load_all"}
PICKLES = {"pickle.loads", "pickle.load", "marshal.loads", "shelve.open", "jsonpickle.decode"}


@cache
def calls() -> tuple[tuple[str, str, ast.Call], ...]:
    """Every call in the package: its module, the dotted name of what is called, the call."""
    return tuple(_find_calls())


def _find_calls() -> Iterator[tuple[str, str, ast.Call]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield path.relative_to(PACKAGE).as_posix(), ast.unparse(node.func), node


def test_there_is_no_shell() -> None:
    """Nothing in the package opens a shell, evaluates a text, or starts a program that is not given as a list."""
    found = [(where, name) for where, name, _ in calls() if name in SHELLS]
    assert found == []
    for where, name, call in calls():
        assert not [key for key in call.keywords if key.arg == "shell"], where
        if name.startswith(("subprocess.", "os.exec", "os.spawn", "os.posix_spawn")):
            assert where in STARTERS, where
            assert not isinstance(call.args[0], ast.Constant | ast.JoinedStr | ast.BinOp), where


def test_nothing_that_was_read_becomes_an_object() -> None:
    """YAML is loaded by a loader that makes text only; nothing is unpickled but by our own child processes."""
    for where, name, call in calls():
        assert name not in MAKERS | PICKLES, where
        if name == "yaml.load":
            loaders = [ast.unparse(key.value) for key in call.keywords if key.arg == "Loader"]
            assert loaders == ["yaml.BaseLoader"], where


@pytest.mark.parametrize("words", [["$(touch canary)", "`touch canary`"], [";", "touch", "canary"], ["| touch canary"]])
def test_a_command_is_a_list_and_no_line(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a shell would act on is handed to the program as it is."""
    monkeypatch.chdir(tmp_path)
    mail = MailSettings.model_validate(
        {"host": "127.0.0.1", "user": "me", "from": "me@example.cn", "password_command": ("echo", *words)}
    )
    assert read_password(mail, {}) == "".join(words).replace(" ", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.system ['touch canary']",
        "!!python/object/new:subprocess.Popen [['touch', 'canary']]",
        "!!python/name:os.system",
        "!!python/module:os",
        "!!timestamp 2026-11-20",
        "!!binary aGk=",
    ],
)
def test_tags_of_front_matter_make_nothing(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A YAML tag runs nothing and imports nothing: the article is read, or its front matter refused."""
    monkeypatch.chdir(tmp_path)
    try:
        article = read_article(f"---\ntitle: {value}\nauthor: 王芳\n---\n岚川大桥今日通车。\n")
    except FormatError:
        article = None
    assert list(tmp_path.iterdir()) == []
    assert article is None or isinstance(article.title, str)


def test_words_of_front_matter_stay_words() -> None:
    """`on`, `1e3` and `2026-11-20` are not made into something else where a text is wanted."""
    for word in ("on", "null", "1e3", "0x1F", "12:30:00"):
        assert read_article(f"---\ntitle: {word}\n---\n岚川大桥今日通车。\n").title == word


def test_a_bomb_of_aliases_is_read_at_once() -> None:
    """Ten lists of ten aliases of each other are 10^10 texts, which nobody asks for."""
    lines = ["a0: &a0 [哈, 哈, 哈, 哈, 哈, 哈, 哈, 哈, 哈, 哈]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 11)]
    begun = time.monotonic()
    text = dedent("---\ntitle: 大桥\n{}\n---\n岚川大桥今日通车。\n").format("\n".join(lines))
    assert read_article(text).title == "大桥"
    assert time.monotonic() - begun < 5
