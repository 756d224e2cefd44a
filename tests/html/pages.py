"""The letters that are judged: three days in every theme, as they go out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from digest.model import Addition, Appointment, DocumentCard, Fact, Imprint, Issue, Letter, Names, Told, Trend
from digest.render import render_letter
from tests.render.render_samples import FOOTER, TEMPLATES, empty_issue, large_issue, morning_issue

THEMES = ("modern", "gongwen")


def full_issue() -> Issue:
    """A morning with a card, an earlier report, an addition, an agenda, words and names of the day, and an imprint."""
    issue = morning_issue()
    section, *others = issue.sections
    first, second, *rest = section.items
    later = issue.items[5].article
    values = (("number", "岚网信办发〔2026〕38号"), ("effective", "2027-03-01"), ("deadline", "2026-12-02"))
    card = DocumentCard("通知", tuple(Fact(kind, value, 0, len(value), value) for kind, value in values))  # type: ignore[arg-type]  # literals
    told = Told(date(2026, 11, 18), 7, "三部门联合发文", (first.article,))
    added = Addition(issue.items[5].summary.sentences[0], replace(later, site="江海日报"))
    first = replace(first, card=card, standing="update", earlier=told, added=(added,), note="请法规处周三前回复。")
    second = replace(second, standing="follow", earlier=told)
    return replace(
        issue,
        number=1286,
        imprint=Imprint("岚川市网信办综合处", "办领导", "各处室"),
        sections=(replace(section, items=(first, second, *rest)), *others),
        agenda=(
            Appointment(date(2026, 11, 27), "deadline", "低空物流条例（征求意见稿）", "岚川市人民政府", "", "", item=6),
            Appointment(date(2026, 12, 1), "effective", "登记与评估办法（试行）", "岚川市人民政府", "", "", item=1),
        ),
        trends=(Trend("低空物流", (0, 1, 0, 2, 1, 3, 9)), Trend("负面清单", (0, 0, 0, 0, 0, 0, 5), new=True)),
        names=Names((("王建国", 4),), (("岚川市网信办", 6),), (("岚川", 5),)),
    )


DAYS = {"full": full_issue(), "empty": empty_issue(), "thirty": large_issue(30)}


def letter(theme: str, day: str) -> Letter:
    """The letter of a day in a theme."""
    return render_letter(replace(DAYS[day], theme=theme), TEMPLATES, mail_footer=FOOTER)


def pages() -> dict[str, str]:
    """The HTML of every day in every theme, by `theme-day`."""
    return {f"{theme}-{day}": letter(theme, day).html for theme in THEMES for day in DAYS}
