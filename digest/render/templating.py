"""Renders a template of a mapping name -> text, in a sandbox, and says in which line a broken one is broken.

The sandbox forbids what a template has no business with; plain data gives it nothing to reach for.  Time and memory are
for the caller to limit (`digest.guard`).  Filters beside jinja's own: `wrap(width, first, rest)` breaks Chinese lines,
`columns` counts the columns a text takes on a screen.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from digest.errors import TemplateError
from digest.render.context import Context
from digest.render.wrapping import text_width, wrap

if TYPE_CHECKING:
    from jinja2 import Environment

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
_NAME_IN_MESSAGE = re.compile(r"^'(\w+)' is undefined|has no attribute '(\w+)'|No (?:filter|test) named '(\w+)'")


class Press:
    """A set of templates made ready to render.

    The texts are read when first needed; `render` raises TemplateError with the file, the line and what to try.
    """

    def __init__(self, templates: Mapping[str, str]) -> None:
        self._templates = templates
        self._environment = _environment(templates)

    def render(self, name: str, context: Context) -> str:
        """The text of the template `name` filled with `context`."""
        import jinja2

        try:
            return self._environment.get_template(name).render(context)
        except jinja2.TemplateSyntaxError as error:
            raise self._complaint(error.name or name, error.lineno, error.message or "", context) from error
        except jinja2.TemplateNotFound as error:
            raise self._missing(name, str(error.message or error)) from error
        except (jinja2.TemplateError, *_MISTAKES) as error:
            place, line = self._place(error, name)
            raise self._complaint(place, line, str(error) or type(error).__name__, context) from error

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
        """The innermost template on the way to the error; jinja has put its own lines into the traceback."""
        place, line = name, 1
        step = error.__traceback__
        while step:
            if step.tb_frame.f_code.co_filename in self._templates:
                place, line = step.tb_frame.f_code.co_filename, step.tb_lineno
            step = step.tb_next
        return place, line

    def _remedy(self, message: str, context: Context) -> str:
        found = _NAME_IN_MESSAGE.search(message)
        word = next(filter(None, found.groups()), "") if found else ""
        known = {*_names(context), *self._environment.globals, *self._environment.filters, *self._environment.tests}
        near = difflib.get_close_matches(word, sorted(known), n=1) if word else []
        if near:
            return f"did you mean {near[0]}?"
        return "mend that line, or remove your copy of the file so that the built-in one is used"


def _environment(templates: Mapping[str, str]) -> Environment:
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def find(name: str) -> tuple[str, str, Any] | None:
        # A DictLoader gives no file name, and errors could not tell an included template from the one that includes it.
        return (templates[name], name, lambda: True) if name in templates else None

    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.FunctionLoader(find),
        autoescape=lambda name: name is None or ".txt" not in name,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for mapping, name in ((environment.filters, "random"), (environment.globals, "lipsum")):
        mapping.pop(name, None)  # the same issue must always give the same letter
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
