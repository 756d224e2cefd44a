"""The timetable of an edition as its configuration has it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from digest.app.timetable import calendar_of, timetable_of, unknown_holidays
from digest.config import Settings, load_settings
from digest.errors import ConfigError
from tests.schedule.spans import slots_between

EDITION = '[[source]]\nname = "s"\nkind = "folder"\npath = "."\n\n[[edition]]\nname = "daily"\n'


def configured(tmp_path: Path, calendar: str = "", schedule: str = 'days = "workdays"', zone: str = "") -> Settings:
    """The settings of one edition with that schedule, in that office."""
    path = tmp_path / "digest.toml"
    path.write_text(f"version = 1\n[calendar]\n{calendar}\n{EDITION}{zone}\nschedule = {{ {schedule} }}\n", "utf-8")
    return load_settings(path, {})


def test_days_times_zone_and_calendar_are_those_of_the_file(tmp_path: Path) -> None:
    """An office in Hong Kong: no issue on 1 July, one on the Saturday it works, at both times of its clock."""
    settings = configured(
        tmp_path,
        'country = "HK"\nworkdays = [2026-07-04]',
        'days = "Workdays", at = ["08:00", "17:30"]',
        'timezone = "Asia/Hong_Kong"',
    )
    timetable = timetable_of(settings, settings.editions()[0])
    slots = slots_between(timetable, datetime(2026, 6, 30, 12, tzinfo=UTC), datetime(2026, 7, 5, tzinfo=UTC))
    assert [f"{slot:%d %H:%M}" for slot in slots] == [
        f"{day:02} {at}" for day in (2, 3, 4) for at in ("08:00", "17:30")
    ]


def test_a_cron_line_needs_no_times(tmp_path: Path) -> None:
    """The line itself says when."""
    settings = configured(tmp_path, schedule='days = "30 7,19 * * 1-5"')
    slot = timetable_of(settings, settings.editions()[0]).following(datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert f"{slot:%a %d %H:%M}" == "Mon 23 07:30"


def test_a_country_nobody_knows_is_a_mistake_of_the_configuration(tmp_path: Path) -> None:
    """It is named with the key, and the nearest is proposed."""
    settings = configured(tmp_path, 'country = "UK"')
    with pytest.raises(ConfigError) as refused:
        calendar_of(settings)
    assert refused.value.message == '[calendar] country is "UK", a country whose holidays are not known'
    assert refused.value.hint == 'write "GB"'


@pytest.mark.parametrize(
    ("schedule", "calendar", "warned"),
    [
        ('days = "workdays"', "", True),
        ('days = "workdays"', "holidays = [2090-01-02]", True),
        ('days = "workdays"', f"holidays = [{', '.join(f'2090-01-0{day}' for day in range(1, 6))}]", False),
        ('days = "workdays"', 'country = "DE"', False),
        ('days = "daily"', "", True),
    ],
)
def test_unknown_holidays_concern_editions_and_agendas(
    tmp_path: Path, schedule: str, calendar: str, warned: bool
) -> None:
    """Also a daily edition's agenda counts workdays ahead; an office that wrote the year's days knows them."""
    settings = configured(tmp_path, calendar, schedule)
    assert unknown_holidays(settings, date(2090, 1, 10)) == (2090 if warned else None)


def test_a_daily_edition_cares_once_its_agenda_reaches_the_new_year(tmp_path: Path) -> None:
    """In November nothing of the coming year is counted yet, in late December it is."""
    settings = configured(tmp_path, "", 'days = "daily"')
    own = [date(2089, 3, day) for day in range(1, 6)]
    known = settings.model_copy(update={"calendar": settings.calendar.model_copy(update={"holidays": tuple(own)})})
    assert unknown_holidays(known, date(2089, 11, 10)) is None
    assert unknown_holidays(known, date(2089, 12, 28)) == 2090
