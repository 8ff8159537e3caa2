"""Opening hours: whose calendar, its week, the single days of a year, and that year at a glance."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.agreements import BY_ZONE, SettingsError, agreed
from dashboard.charts.year import year_chart, year_table
from dashboard.components.drawn import show_chart
from dashboard.components.settings.draft import begin, begin_anew, draft, field_key, propose
from dashboard.components.settings.faults import hours_field, tidied, wrong
from dashboard.components.settings.rows import edited_rows
from dashboard.components.settings.saving import may_change
from dashboard.components.settings.week import copy_a_day, draw_week
from dashboard.components.text import plain
from dashboard.format import count, value_name, weekday_and_day
from dashboard.language import speak
from dashboard.public_holidays import FIRST_YEAR, LAST_YEAR
from dashboard.services.settings.editing import (
    days_in_year,
    days_of_year,
    is_hours,
    place_of,
    tables_of,
    usual_days,
    week_of,
    with_days,
    with_week,
)
from dashboard.settings import ESTIMATED, holidays_estimated_from
from dashboard.wording import _
from metrics.calendar import CalendarError

COUNTRIES = ("CN", "HK", "TW", "SG", "JP", "IN", "GB", "DE", "FR", "US")
CALENDAR, YEAR = "settings.calendar", "settings.year"
Rows = list[dict[str, Any]]


def opening_hours() -> None:
    """Draw the calendars, and which team goes by which."""
    calendars()
    team_calendars()


def calendars() -> None:
    """Draw the calendars: one is chosen, then its week and its year."""
    opened = begin("hours")
    rows: Rows = [dict(row) for row in tables_of(opened.text).get("calendar", [])]
    names = list(dict.fromkeys(str(row.get("name", "")) for row in rows))
    st.subheader(_("Opening hours"), anchor="hours")
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        if st.session_state.get(CALENDAR) not in names:
            st.session_state[CALENDAR] = names[0]
        name = str(st.selectbox(_("Calendar"), names, format_func=_called, key=CALENDAR, on_change=begin_anew))
    with right:
        year = _year(opened.base.today)
    place = place_of(rows, name)
    row = _week(rows[place])
    row = _single_days(row, year)
    rows[place] = row
    propose("calendar", rows)
    _view(row, year)
    _copy(rows, row)


def _called(name: str) -> str:
    first = tables_of(draft().text)["calendar"][0]["name"]
    return _("{name} (every team without its own)", name=name) if name == first else name


def _year(today: date) -> int:
    if YEAR not in st.session_state:
        st.session_state[YEAR] = today.year
    years = list(range(max(FIRST_YEAR, today.year - 5), min(LAST_YEAR, today.year + 3) + 1))
    return st.selectbox(_("Year"), years, key=YEAR, on_change=begin_anew)


def _week(row: dict[str, Any]) -> dict[str, Any]:
    """Draw the week, to take hold of and as seven fields; the calendar as it then is."""
    drawn, calendar = st.container(), str(row.get("name", ""))
    names = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    was = week_of(row)
    st.caption(
        _(
            "Hours as 09:00-12:00, 13:30-18:00; over midnight 22:00-06:00, counted to the day it starts; around the "
            "clock 00:00-24:00; or closed."
        )
    )
    typed = list[str]()
    for column, name, hours in zip(_columns(7), names, was, strict=True):
        with column:
            typed.append(hours_field(f"week-{name}", name, hours, disabled=not may_change()))
    with drawn:
        draw_week(calendar, names, typed)
        copy_a_day(calendar, names)
    changed = with_week(row, typed) if typed != was else dict(row)
    return _holidays(changed)


def _columns(n: int) -> Sequence[Any]:
    """Side by side where there is room, two and two where there is not."""
    return [column for first in range(0, n, 4) for column in st.columns(4)[: min(4, n - first)]]


def _holidays(row: dict[str, Any]) -> dict[str, Any]:
    kept = row.get("holidays")
    options = list(dict.fromkeys(["", BY_ZONE, *COUNTRIES, *([str(kept)] if kept else [])]))
    left, right = st.columns(2)
    with left:
        chosen = st.selectbox(
            _("Public holidays and make-up working days"),
            options,
            index=options.index(str(kept or "")),
            format_func=_country,
            key=field_key("holidays"),
            disabled=not may_change(),
        )
    with right:
        if chosen:
            text = hours_field(
                "make-up",
                _("Hours of make-up days that are usually closed"),
                str(row.get("make_up", "")) or next((hours for hours in week_of(row) if hours != "closed"), "closed"),
                disabled=not may_change(),
            )
            if "make_up" in row or text != next((hours for hours in week_of(row) if hours != "closed"), "closed"):
                row = {**row, "make_up": text}
    without = {key: value for key, value in row.items() if key != "holidays"}
    return {**without, "holidays": chosen} if chosen else without


def _country(code: str) -> str:
    if not code:
        return _("none")
    return _("those of the desk's zone") if code == BY_ZONE else code


def _single_days(row: dict[str, Any], year: int) -> dict[str, Any]:
    """Draw the days of a year that go otherwise than the week; the calendar as it then is."""
    opened = draft()
    tables = tables_of(opened.text)
    usual = usual_days(row, tables, opened.zone)
    days = days_in_year(row, tables, opened.zone, year)
    with st.expander(
        _("{n} single days of {year}: holidays, make-up days, other hours", n=count(len(days)), year=year)
    ):
        st.caption(_("Change hours, add days, take days away; a day taken away goes by the week again."))
        edited = edited_rows(
            pl.DataFrame(
                {
                    "day": list(days),
                    "what": [_what(day, days[day], usual) for day in days],
                    "hours": list(days.values()),
                },
                schema={"day": pl.Date(), "what": pl.String(), "hours": pl.String()},
            ),
            f"days-{len(usual)}",
            _day_columns(year),
            called=_("Single days"),
            fixed=("what",),
            height=320,
        )
        typed = {row["day"]: tidied(row["hours"]) for row in edited if row["day"] is not None}
        for day, hours in typed.items():
            if not is_hours(hours):
                wrong(
                    _(
                        "{day}: “{found}” are no hours; write them like {example}.",
                        day=weekday_and_day(day),
                        found=plain(hours),
                        example="09:00-12:00",
                    )
                )
    return row if typed == days else with_days(row, tables, opened.zone, year, typed)


def _day_columns(year: int) -> dict[str, Any]:
    kinds = st.column_config
    return {
        "day": kinds.DateColumn(
            _("Day"), format="YYYY-MM-DD", required=True, min_value=date(year, 1, 1), max_value=date(year, 12, 31)
        ),
        "what": kinds.TextColumn(_("What it is")),
        "hours": kinds.TextColumn(_("Hours"), required=True, default="closed"),
    }


def _what(day: date, hours: str, usual: dict[date, str]) -> str:
    if usual.get(day) != hours:
        return _("own entry")
    return _("public holiday") if hours == "closed" else _("make-up working day")


def _view(row: dict[str, Any], year: int) -> None:
    """Draw the year, and what it amounts to."""
    opened = draft()
    try:
        (calendar,) = agreed(
            {**tables_of(opened.text), "calendar": [row], "team_calendars": {}}, zone=opened.zone
        ).calendars
    except (SettingsError, CalendarError):
        st.caption(_("The year is drawn once its hours can be read."))
        return
    days = days_of_year(calendar, year)
    kinds = [kind for _day, kind, _hours in days]
    seconds = sum(end - begin for _day, _kind, hours in days for begin, end in hours)
    st.markdown(
        _(
            "{year}: open on {open} days, {hours} hours; closed for a holiday on {holidays}, open instead on "
            "{worked}, other hours on {other}.",
            year=year,
            open=count(sum(bool(hours) for *_rest, hours in days)),
            hours=count(seconds // 60),
            holidays=count(kinds.count("holiday")),
            worked=count(kinds.count("worked")),
            other=count(kinds.count("other")),
        )
    )
    estimated = holidays_estimated_from(opened.zone, opened.text)
    if row.get("holidays") and estimated and date(year, 12, 31) >= estimated:
        st.warning(_(ESTIMATED, day=estimated.isoformat()))
    title = _("The days of {year}, a column for each month", year=year)
    show_chart(year_chart(days), name=f"year-{year}", title=title, figures=year_table(days), key=field_key("year"),
               width=500, alt=title)  # fmt: skip


def _copy(rows: Rows, row: dict[str, Any]) -> None:
    """Offer the calendar to a team: a copy of its own, to be changed without changing the others'."""
    if not may_change():
        return
    teams = _teams()
    with st.expander(_("Copy for a team"), icon=":material/content_copy:"):
        team = st.selectbox(
            _("Team"),
            teams,
            index=None,
            format_func=lambda one: value_name("team", one),
            placeholder=_("Choose a team"),
            accept_new_options=True,
            key=field_key("copy-team"),
        )
        st.caption(_("The team gets a calendar of its own with these hours; change it without changing the others'."))
        st.button(
            _("Copy"), disabled=not team, on_click=_copied, args=(rows, row, str(team or "")), key=field_key("copy")
        )


def _copied(rows: Rows, row: dict[str, Any], team: str) -> None:
    speak()
    taken = {str(one.get("name")) for one in rows}
    name = next(name for name in (team, f"{team} 2", *(f"{team} {n}" for n in range(3, 99))) if name not in taken)
    propose("calendar", [*rows, {**row, "name": name}])
    propose("team_calendars", {**tables_of(draft().text).get("team_calendars", {}), team: name})
    st.session_state[CALENDAR] = name
    begin_anew()


def _teams() -> list[str]:
    known = data.choices().values.get("team", ()) if data.has_data() else ()
    named = tables_of(draft().text).get("team_calendars", {})
    return list(dict.fromkeys([*(str(team) for team in known if team), *map(str, named)]))


def team_calendars() -> None:
    """Draw which team goes by which calendar."""
    opened = begin("hours")
    st.subheader(_("Whose hours"), anchor="teams")
    names = list(dict.fromkeys(str(row.get("name")) for row in tables_of(draft().text).get("calendar", [])))
    kept = tables_of(opened.text).get("team_calendars", {})
    teams = _teams()
    edited = st.data_editor(
        pl.DataFrame(
            {"team": teams, "calendar": [kept.get(team) for team in teams]},
            schema={"team": pl.String(), "calendar": pl.String()},
        ),
        hide_index=True,
        disabled=["team"] if may_change() else True,
        key=field_key("team-calendars"),
        column_config={
            "team": st.column_config.TextColumn(_("Team")),
            "calendar": st.column_config.SelectboxColumn(_("Calendar"), options=names),
        },
        placeholder=_("the first calendar"),
        alt=_("Whose hours"),
    )
    chosen = {team: name for team, name in zip(edited["team"], edited["calendar"], strict=True) if name}
    propose("team_calendars", chosen)
