"""The roster of a plan: who is there, by which source; one pasted, loaded or typed, looked at before it is kept."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.staffing.acts import act, may_plan
from dashboard.components.staffing.proposal import proposal
from dashboard.components.staffing.read import Window, present_in, queues_known
from dashboard.components.staffing.words import SHIFTS, queue_name
from dashboard.components.text import plain
from dashboard.format import count, listed, local, span, value_name
from dashboard.people.current import current_actor
from dashboard.privacy.masking import masked_frame
from dashboard.refusals import sentence
from dashboard.services.staffing.rosters import (
    KeptRoster,
    Present,
    end_roster,
    keep_roster,
    kept_rosters,
    read_roster_file,
    read_roster_text,
    shifts_in_force,
)
from dashboard.wording import N_, _
from loaders.rosters import RosterRead
from metrics.errors import ActionableError
from metrics.model import Period
from metrics.staffing.rosters import SEPARATOR, Shift

READ = "roster.read"
ROWS_SHOWN = 200
DAY = timedelta(days=1)
WAYS = {"typed": N_("typed"), "pasted": N_("pasted"), "loaded": N_("loaded"), "proposed": N_("proposed")}
EXAMPLE = N_(
    "date\tteam\tstart\tend\tpeople\n2026-11-24\tHotline\t09:00\t18:00\t6\n2026-11-24\tHotline\t13:00\t22:00\t5"
)


def roster_part(window: Window) -> None:
    """Draw the roster of the days, the ways to enter one, and those that were entered."""
    _who_is_there(window)
    if may_plan():
        with st.container(border=True):
            _enter(window)
        proposal(window)
    _kept(kept_rosters(current_actor(), data.desk()))


def _who_is_there(window: Window) -> None:
    """Draw hours by team and day, and from where they are known."""
    found = present_in(window)
    st.subheader(_("Who is there"), anchor="present")
    if not found.is_known:
        st.info(
            _(
                "Nobody is on a roster in these days, and no switch tells of shifts, so that no gap can be told. "
                "Paste or load a roster below."
            )
        )
        return
    st.caption(_("People-hours by team and day. {who}", who=habit_words(found)))
    zone = data.facts().zone
    hours = (
        found.heads.with_columns(day=pl.col("starts_at").dt.convert_time_zone(zone).dt.date())
        .group_by("team", "queues", "kind", "day")
        .agg(hours=(pl.col("people").sum() * window.minutes / 60).round(1))
    )
    whose = ["team", "queues", "kind"]
    wide = hours.sort("day").pivot("day", index=whose, values="hours").sort(whose, nulls_last=True)
    names = {
        "team": [whose_words(team, queues) for team, queues in zip(wide["team"], wide["queues"], strict=True)],
        "kind": [_(SHIFTS[kind]) for kind in wide["kind"]],
    }
    days = {name[5:]: wide[name] for name in wide.columns if name not in whose}
    table = pl.DataFrame({_("Team"): names["team"], _("Kind"): names["kind"], **days})
    shifts = shifts_in_force(current_actor(), data.desk(), window.first, window.last)
    show_table(table, name="roster", title=_("Roster"), figures=_as_rows(shifts))


def whose_words(team: str | None, queues: str | None) -> str:
    """A team; where a roster names queues, these, since its people serve them and no others."""
    served = listed([queue_name(one) for one in queues.split(SEPARATOR)]) if queues else ""
    if team is None:
        return served or value_name("team", None)
    return f"{value_name('team', team)} · {served}" if served else value_name("team", team)


def habit_words(found: Present) -> str:
    """Which days a roster was entered for, and what stands in where none was."""
    if not found.habit:
        return _("Who is there is known from the rosters that are in force.")
    if not found.entered:
        return _(
            "No roster is entered for these days: the usual week stands in, the mean of the last four weeks of shifts."
        )
    return _(
        "A roster is entered for {n} of these days; for teams and days without one the usual week of the last four "
        "weeks stands in.",
        n=count(len(found.entered)),
    )


def _enter(window: Window) -> None:
    """Draw the ways to hand in a roster, then what was read of it."""
    st.subheader(_("Enter a roster"), anchor="enter")
    left, right = st.columns([1, 2])
    first = left.date_input(_("The roster begins on"), window.first, key="roster.first", format="YYYY-MM-DD")
    codes = right.text_input(
        _("Shift codes, if cells name them"), key="roster.codes", placeholder=_("E=09:00-18:00; L=13:00-22:00")
    )
    paste, load, type_in = st.tabs([_("Paste"), _("Load a file"), _("Type in")])
    given: dict[str, Any] = {"first": first if isinstance(first, date) else window.first, "codes": codes or ""}
    with paste:
        text = st.text_area(
            _("The table, as it is copied from a spreadsheet"),
            key="roster.text",
            height=170,
            placeholder=_(EXAMPLE),
            help=_(
                "One shift a row with date, team, start, end, people; or one person a row with a column for each "
                "day, its cells times such as 09:00-18:00 or shift codes."
            ),
        )
        st.button(_("Read it"), key="roster.read.text", on_click=_read_text, args=(text, given), disabled=not text)
    with load:
        file = st.file_uploader(_("CSV or XLSX"), type=["csv", "tsv", "txt", "xlsx", "xls", "ods"], key="roster.file")
        st.button(_("Read it"), key="roster.read.file", on_click=_read_file, args=(file, given), disabled=file is None)
    with type_in:
        _typed(given)
    found = st.session_state.get(READ)
    if found is not None:
        _look_at(*found)


def _read_text(text: str, given: dict[str, Any], way: str = "pasted") -> None:
    _read(lambda: read_roster_text(current_actor(), data.desk(), text, queues=queues_known(), **given), way)


def _read_file(file: Any, given: dict[str, Any]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory(prefix="floorwalker-roster-") as folder:
        path = Path(folder) / f"roster{Path(file.name).suffix.lower()}"
        path.write_bytes(file.getvalue())
        _read(lambda: read_roster_file(current_actor(), data.desk(), path, queues=queues_known(), **given), "loaded")


def _read(read: Any, way: str) -> None:
    from dashboard.components.staffing.acts import REFUSED
    from dashboard.language import speak

    speak()
    st.session_state.pop(READ, None)
    try:
        st.session_state[READ] = (read(), way)
    except ActionableError as error:
        st.session_state[REFUSED] = plain(sentence(error))


def _typed(given: dict[str, Any]) -> None:
    """Draw an empty table to type into; its rows go the way of a pasted one."""
    names = {"day": _("Date"), "team": _("Team"), "start": _("Start"), "end": _("End"), "people": _("Number of people")}
    teams = sorted({str(team) for team in data.choices().values.get("team", ()) if team})
    empty = pl.DataFrame(
        schema={"day": pl.Date, "team": pl.String, "start": pl.String, "end": pl.String, "people": pl.Float64}
    )
    columns = {
        "day": st.column_config.DateColumn(names["day"], format="YYYY-MM-DD"),
        "team": st.column_config.SelectboxColumn(names["team"], options=teams),
        "start": st.column_config.TextColumn(names["start"]),
        "end": st.column_config.TextColumn(names["end"]),
        "people": st.column_config.NumberColumn(names["people"], min_value=0.5, default=1),
    }
    rows = st.data_editor(
        empty, num_rows="dynamic", hide_index=True, column_config=columns, key="roster.typed", alt=_("Shifts to enter")
    )
    text = rows.with_columns(pl.col("day").cast(pl.Date)).write_csv(null_value="")
    st.button(
        _("Read it"),
        key="roster.read.typed",
        on_click=_read_text,
        args=(text, given, "typed"),
        disabled=rows.is_empty(),
    )


def _look_at(found: RosterRead, way: str) -> None:
    """Draw what was read and what was kept aside, and the button that keeps it."""
    st.markdown(
        _(
            "**{shifts} shifts** of {rows} rows were read; {aside} were kept aside.",
            shifts=count(len(found.shifts)),
            rows=count(found.rows_read),
            aside=count(found.rejects.height),
        )
    )
    if found.shifts:
        show_table(_readable(found.shifts[:ROWS_SHOWN]), name="roster-read", title=_("Roster"),
                   figures=_as_rows(found.shifts), height=220)  # fmt: skip
    aside_table(found.rejects, of="read")
    name = st.text_input(_("Name of the roster"), key="roster.name", max_chars=120, placeholder=_("Week 48"))
    st.button(
        _("Put it in force"),
        type="primary",
        key="roster.keep",
        on_click=act,
        disabled=not (found.shifts and name),
        args=(_keep, lambda: _("The roster is in force."), found, name, way),
        kwargs={"clears": (READ, "roster.text", "roster.name")},
    )


def _keep(actor: Any, desk: Any, found: RosterRead, name: str, way: Any) -> None:
    keep_roster(actor, desk, found, name=name, way=way)


def aside_table(rejects: pl.DataFrame, *, of: str) -> None:
    """Draw the rows and cells that were kept aside: line, column, value, reason."""
    if rejects.is_empty():
        return
    table = pl.DataFrame(
        {
            _("Line"): rejects["line"],
            _("Column"): rejects["column"],
            _("Value"): rejects["value"],
            _("Reason"): [_(f"reason.{reason}") for reason in rejects["reason"]],
        }
    )
    show_table(masked_frame(table), name=f"roster-aside-{of}", title=_("Roster"))


def _readable(shifts: tuple[Shift, ...]) -> pl.DataFrame:
    """Shifts as people read them."""
    names = {
        "day": _("Date"), "team": _("Team"), "person": _("Person"), "kind": _("Kind"), "start": _("Start"),
        "end": _("End"), "people": _("Number of people"), "queues": _("Queues"),
    }  # fmt: skip
    rows = _as_rows(shifts)
    kinds = pl.Series("kind", [_(SHIFTS[one.kind]) for one in shifts], dtype=pl.String)
    served = [listed([queue_name(queue) for queue in one.queues]) or None for one in shifts]
    queues = pl.Series("queues", served, dtype=pl.String)
    some = [name for name in names if rows[name].null_count() < rows.height]
    return rows.with_columns(kinds, queues).select(some).rename({name: names[name] for name in some})


def _as_rows(shifts: tuple[Shift, ...]) -> pl.DataFrame:
    """Shifts as they can be pasted again: one a row, on the wall clock."""
    zone = data.facts().zone
    schema = dict.fromkeys(("day", "team", "person", "kind", "start", "end"), pl.String) | {
        "people": pl.Float64,
        "queues": pl.String,
    }
    rows = [
        (
            one.day.isoformat(),
            one.team,
            one.person,
            one.kind,
            local(one.starts_at, zone)[-5:],
            local(one.ends_at, zone)[-5:],
            one.people,
            ", ".join(one.queues) or None,
        )
        for one in shifts
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _kept(found: tuple[KeptRoster, ...]) -> None:
    """Draw the rosters that were entered, each with what was kept aside and the way to take it back."""
    st.subheader(_("Rosters entered"), anchor="rosters")
    if not found:
        st.caption(_("None is entered yet."))
    for one in found:
        with st.expander(f"{plain(one.name)} · {span(Period(one.first_day, one.last_day + DAY))} · {_(WAYS[one.way])}"):
            st.caption(
                _(
                    "{shifts} shifts of {rows} rows; entered by {who} on {when}.",
                    shifts=count(one.shifts),
                    rows=count(one.read),
                    who=plain(_(one.made_by)),
                    when=local(one.made_at, data.facts().zone),
                )
            )
            aside_table(one.aside, of=str(one.id))
            if may_plan():
                st.button(
                    _("Withdraw it"),
                    key=f"roster.end.{one.id}",
                    on_click=act,
                    args=(_end, lambda: _("The roster is taken back."), one),
                )


def _end(actor: Any, desk: Any, one: KeptRoster) -> None:
    end_roster(actor, desk, one.id, expected=one.version)
