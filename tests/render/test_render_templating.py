"""Users' own templates: what they may do, and what they are told when they are wrong."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import TemplateError
from digest.render import render_letter, render_terminal
from digest.render.templating import Late, Press
from tests.render.render_samples import TEMPLATES, morning_issue

CONTEXT = {"title": "每日摘要", "sections": [{"title": "财经", "stories": [{"number": 1}]}]}


def complaint(**templates: str) -> TemplateError:
    """What is said of the template `main.html.j2`."""
    named = {name.replace("_", ".") + ".j2": text for name, text in templates.items()}
    with pytest.raises(TemplateError) as caught:
        Press(named).render("main.html.j2", CONTEXT)
    return caught.value


def test_a_broken_line_is_named_with_its_file() -> None:
    """A syntax error is reported with file and line."""
    error = complaint(main_html="{{ title }}\n{% if %}\n")
    assert "main.html.j2, line 2" in error.message
    assert error.hint
    assert error.exit_code == 1


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    """A misspelt variable, key or filter is named, and the likely one suggested."""
    error = complaint(main_html="\n\n{{ titel }}")
    assert "main.html.j2, line 3: 'titel' is undefined" in error.message
    assert error.hint == "did you mean title?"
    assert complaint(main_html="{{ sections[0].storys }}").hint == "did you mean stories?"
    assert complaint(main_html="{{ title | uper }}").hint == "did you mean upper?"


def test_an_error_in_an_included_template_is_laid_to_it() -> None:
    """The file and line are those of the innermost template."""
    error = complaint(main_html="a\nb\n{% include 'part.html.j2' %}", part_html="x\n{{ nothing }}")
    assert "part.html.j2, line 2" in error.message
    error = complaint(main_html="a\n{% include 'part.html.j2' %}", part_html="\n\n{% for %}")
    assert "part.html.j2, line 3" in error.message


def test_a_missing_template_is_named_with_those_that_are_there() -> None:
    """Both the entry and an included one may be missing."""
    assert (
        complaint(main_html="{% include 'gone.j2' %}").message
        == "template main.html.j2 needs gone.j2, which is missing"
    )
    with pytest.raises(TemplateError, match="template digest.txt.j2 is missing") as caught:
        render_terminal(morning_issue(), {"other.j2": ""})
    assert "other.j2" in caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ title.__class__.__mro__[1].__subclasses__() }}",
        "{{ sections.append(1) }}",
        "{{ self.__init__.__globals__ }}",
        "{{ '{0.__class__}'.format(title) }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ range(10000000) | list }}",
        "{{ lipsum() }}",
        "{{ [1, 2] | random }}",
        "{{ 1 / 0 }}",
        "{{ 1 + 'a' }}",
        "{{ sections[9] }}",
        "{{ title | wrap('x') }}",
        "{% include 'main.html.j2' %}",
        "{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}",
    ],
)
def test_what_a_template_may_not_do_is_an_error_of_the_template(text: str) -> None:
    """Escapes, mutation, chance, endless recursion and plain mistakes all end in TemplateError with a line."""
    assert "main.html.j2, line 1" in complaint(main_html=text).message


def outcome(text: str) -> str | TemplateError:
    """What becomes of the template: its output, or the error it ends in."""
    try:
        return Press({"any.txt.j2": text}).render("any.txt.j2", CONTEXT)
    except TemplateError as error:
        return error


@given(st.text(st.sampled_from("{}%#|()[].'\"_ abtile1\n-~"), max_size=40))
@settings(deadline=None)
def test_any_template_renders_or_is_a_template_error(text: str) -> None:
    """Whatever a user writes, no foreign exception comes out, and an error names the file."""
    result = outcome(text)
    assert isinstance(result, str) or "any.txt.j2" in result.message


def test_a_users_template_takes_the_place_of_ours() -> None:
    """A letter is made of whatever texts the mapping holds, and may use the filters of the room."""
    own = {
        "subject.txt.j2": "{{ edition }}:\n {{ count }}",
        "digest.txt.j2": "{{ title | columns }}\n{{ headline | wrap(20) }}\n",
        "modern.html.j2": "<html><head><style>p{color:red}</style></head><body><p>{{ title }}</p></body></html>",
    }
    letter = render_letter(morning_issue(), own)
    assert letter.subject == "daily: 14"
    assert letter.text.startswith("8\n三部门联合发文：明年\n")
    assert '<p style="color: red;">每日摘要</p>' in letter.html


def test_an_empty_subject_is_refused() -> None:
    """A mail without subject is a mistake of the template."""
    with pytest.raises(TemplateError, match="empty subject"):
        render_letter(morning_issue(), {**TEMPLATES, "subject.txt.j2": " \n"})


def test_style_sheets_are_not_fetched() -> None:
    """A link to a style sheet in a user's template opens no connection."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.2)
        link = f'<link rel="stylesheet" href="http://127.0.0.1:{server.getsockname()[1]}/a.css">'
        html = f"<html><head>{link}</head><body><p>词</p></body></html>"
        assert "词" in render_letter(morning_issue(), {**TEMPLATES, "digest.html.j2": html}).html
        with pytest.raises(TimeoutError):
            server.accept()


def test_only_html_is_escaped() -> None:
    """An ampersand is written as such in text and escaped in HTML."""
    templates = {"a.txt.j2": "{{ title }}", "a.html.j2": "{{ title }}"}
    press = Press(templates)
    assert press.render("a.txt.j2", {"title": "R&D"}) == "R&D"
    assert press.render("a.html.j2", {"title": "R&D"}) == "R&amp;D"


def test_what_a_page_includes_is_escaped_as_the_page_is() -> None:
    """The text template in a page prints no title as markup, and the page's parts in a text no entities."""
    templates = {
        "a.txt.j2": "{{ title }}",
        "a.html.j2": "{{ title }}",
        "page.html.j2": "{% include 'a.txt.j2' %}",
        "page.txt.j2": "{% include 'a.html.j2' %}",
    }
    press = Press(templates)
    assert press.render("page.html.j2", {"title": "<b>R&D"}) == "&lt;b&gt;R&amp;D"
    assert press.render("page.txt.j2", {"title": "<b>R&D"}) == "<b>R&D"


@pytest.mark.parametrize(
    "text",
    [
        "{{ title | safe }}",
        "{{ title | attr('__class__') }}",
        "{{ title | pprint }}",
        "{{ title | urlize }}",
        "{% autoescape false %}{{ title }}{% endautoescape %}",
        "{%- autoescape true -%}{{ title }}{% endautoescape %}",
        "{% set a = 1 %}\n{% autoescape title %}{% endautoescape %}",
    ],
)
def test_nothing_lets_a_text_into_the_markup(text: str) -> None:
    """The filters and the tag that would are not there, in a page as little as in a text."""
    assert "main.html.j2, line" in complaint(main_html=text).message
    with pytest.raises(TemplateError):
        Press({"main.txt.j2": text}).render("main.txt.j2", CONTEXT)


def test_the_word_autoescape_is_no_tag() -> None:
    """It may stand in a text, and be the name of a thing."""
    assert Press({"a.txt.j2": "autoescape {{ autoescape }}"}).render("a.txt.j2", {"autoescape": 1}) == "autoescape 1"


def test_a_template_gives_no_more_than_its_measure() -> None:
    """However it comes together, five million characters are enough."""
    assert "gives more than 5,000,000 characters" in complaint(main_html="{{ 'a' * 5000001 }}").message
    assert len(Press({"a.txt.j2": "{{ 'a' * 5000000 }}"}).render("a.txt.j2", {})) == 5_000_000


def test_an_alarm_tells_the_line_it_went_off_in() -> None:
    """Also deep in an included template, and whatever jinja would do with an error of its own."""

    class Slow:
        def __str__(self) -> str:
            raise Late("took too long")

    templates = {"main.html.j2": "a\n{% include 'part.html.j2' %}", "part.html.j2": "b\n\n{{ thing }}\n"}
    with pytest.raises(TemplateError, match="template part.html.j2, line 3: took too long"):
        Press(templates).render("main.html.j2", {"thing": Slow()})
