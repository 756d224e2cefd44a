"""Renders a template of a mapping name -> text, in a sandbox, and says in which line a broken one is broken.

The sandbox forbids what a template has no business with; plain data gives it nothing to reach for.  Of jinja's filters
and functions those are there that are listed below: nothing that hangs on chance, reaches for attributes, or lets a
text into the markup unescaped.  Time and memory are for the caller to limit (an alarm may raise `Late`).  Filters
of our own: `wrap(width, first, rest)` breaks Chinese lines, `columns` counts the columns a text takes on a screen.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from digest.errors import TemplateError
from digest.render.context import Context
from digest.render.wrapping import text_width, wrap

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.lexer import Token, TokenStream

# What a template can make jinja or Python raise: {{ 1 / 0 }}, {{ 1 + "a" }}, a template that includes itself.
_MISTAKES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
_FILTERS = re.compile(
    "abs|batch|capitalize|center|count|d|default|dictsort|e|escape|filesizeformat|first|float|forceescape|format|"
    "groupby|indent|int|items|join|last|length|list|lower|map|max|min|reject|rejectattr|replace|reverse|round|select|"
    "selectattr|slice|sort|string|striptags|sum|title|tojson|trim|truncate|unique|upper|urlencode|wordcount|wordwrap|"
    "xmlattr"
)
_GLOBALS = re.compile("range|dict|cycler|joiner|namespace")
_NAME_IN_MESSAGE = re.compile(r"^'(\w+)' is undefined|has no attribute '(\w+)'|No (?:filter|test) named '(\w+)'")


LARGEST = 5_000_000
"""The characters one template may give."""


class Late(BaseException):
    """What an alarm raises while a template renders.

    No `except Exception` on its way, such as jinja's own, may swallow it.
    """


def press_of(templates: Mapping[str, str]) -> Press:
    """Return the press of a set of templates; compiling takes longer than rendering, so a few are kept."""
    return _press_of(tuple(sorted(templates.items())))


@lru_cache(maxsize=4)
def _press_of(templates: tuple[tuple[str, str], ...]) -> Press:
    return Press(dict(templates))


class Press:
    """A set of templates made ready to render.

    The texts are read when first needed; `render` raises TemplateError with the file, the line and what to try.
    """

    def __init__(self, templates: Mapping[str, str]) -> None:
        self._templates = templates
        # Of the page that is made, whatever it includes: digest.txt.j2 in a page must not print a title as markup.
        self._environments = {escaped: _environment(templates, escaped=escaped) for escaped in (True, False)}

    def render(self, name: str, context: Context) -> str:
        """The text of the template `name` filled with `context`."""
        import jinja2

        try:
            return _join(name, self._environments[".txt" not in name].get_template(name).generate(context))
        except Late as late:
            place, line = self._place(late, name)
            step = self._environments[".txt" not in name].get_template(place)
            raise TemplateError(
                f"template {place}, line {step.get_corresponding_lineno(line)}: {late}",
                "let it do less there, such as loop over fewer things",
            ) from late
        except jinja2.TemplateSyntaxError as error:
            raise self._complaint(error.name or name, error.lineno, error.message or "", context) from error
        except jinja2.TemplateNotFound as error:
            raise self._missing(name, str(error.message or error)) from error
        except (jinja2.TemplateError, *_MISTAKES) as error:
            place, line = self._place(error, name)
            raise self._complaint(place, line, _message(error), context) from error

    def _complaint(self, name: str, line: int, message: str, context: Context) -> TemplateError:
        return TemplateError(f"template {name}, line {line}: {message}", self._remedy(message, context))

    def _missing(self, name: str, missing: str) -> TemplateError:
        known = ", ".join(sorted(self._templates)) or "none"
        blamed = (
            f"template {missing} is missing"
            if missing == name
            else f"template {name} needs {missing}, which is missing"
        )
        return TemplateError(blamed, f"templates found: {known}")

    def _place(self, error: BaseException, name: str) -> tuple[str, int]:
        """The innermost template on the way to the error; jinja has put its own lines into the traceback.

        It has not where an alarm went off: those are the lines of the Python it made.
        """
        place, line = name, 1
        step = error.__traceback__
        while step:
            code = step.tb_frame.f_code
            if code.co_filename in self._templates:
                passed = [start for begin, _, start in code.co_lines() if start and begin <= step.tb_lasti]
                place, line = code.co_filename, step.tb_lineno or max(passed, default=1)
            step = step.tb_next
        return place, line

    def _remedy(self, message: str, context: Context) -> str:
        found = _NAME_IN_MESSAGE.search(message)
        word = next(filter(None, found.groups()), "") if found else ""
        environment = self._environments[True]
        known = {*_names(context), *environment.globals, *environment.filters, *environment.tests}
        near = difflib.get_close_matches(word, sorted(known), n=1) if word else []
        if near:
            return f"did you mean {near[0]}?"
        return "mend that line, or remove your copy of the file so that the built-in one is used"


def _message(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "it needs more memory than it may have"
    return str(error) or type(error).__name__


def _join(name: str, pieces: Iterator[str]) -> str:
    """The pieces of a template's output together, as far as they may go."""
    made, size = [], 0
    for piece in pieces:
        made.append(piece)
        size += len(piece)
        if size > LARGEST:
            raise TemplateError(f"template {name} gives more than {LARGEST:,} characters", "let it print less")
    return "".join(made)


def _environment(templates: Mapping[str, str], *, escaped: bool) -> Environment:
    import jinja2
    from jinja2.ext import Extension
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class AlwaysEscaped(Extension):
        """Refuses {% autoescape false %}, which would let what others wrote into the markup."""

        def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
            """The tokens as they come."""
            before = ""
            for token in stream:
                if before == "block_begin" and token.value == "autoescape":
                    raise jinja2.TemplateSyntaxError(
                        "escaping cannot be switched on or off", token.lineno, stream.name, stream.filename
                    )
                before = token.type
                yield token

    def find(name: str) -> tuple[str, str, Any] | None:
        # A DictLoader gives no file name, and errors could not tell an included template from the one that includes it.
        return (templates[name], name, lambda: True) if name in templates else None

    environment = ImmutableSandboxedEnvironment(
        extensions=[AlwaysEscaped],
        loader=jinja2.FunctionLoader(find),
        autoescape=escaped,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters = {name: made for name, made in environment.filters.items() if _FILTERS.fullmatch(name)}
    environment.globals = {name: made for name, made in environment.globals.items() if _GLOBALS.fullmatch(name)}
    environment.filters |= {"wrap": wrap, "columns": text_width}
    return environment


def _names(data: object) -> Iterator[str]:
    """Every name of the data, however deep."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield name
            yield from _names(value)
    elif isinstance(data, list):
        for value in data[:1]:
            yield from _names(value)
