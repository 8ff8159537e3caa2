"""The charts of the resolution page about cohorts, first contacts and what is not resolved."""

from datetime import date

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.charts.matrix import matrix
from dashboard.charts.rows import Row, interval_text, number_of, rows_of_shares
from dashboard.components.analysis import resolution_words as words
from dashboard.components.behind import rows_behind_mark
from dashboard.components.card import Card, draw
from dashboard.components.definition import Basis
from dashboard.components.switch import switch
from dashboard.components.text import plain
from dashboard.components.tickets import ticket_table
from dashboard.format import NOTHING, count, dimension, duration, figure, local, value_name
from dashboard.language import speak
from dashboard.metric_words import label
from dashboard.services.analysis.asks import Ask
from dashboard.services.analysis.first_contact import way_in
from dashboard.services.analysis.resolution import (
    AGES,
    FIRST_CONTACT,
    RATE,
    cohort_scope,
    cohort_tickets,
    cohorts,
    counted,
    unresolved,
)
from dashboard.services.settings.names import way_text
from dashboard.wording import _, share
from metrics.catalog import METRICS, definition_key, metric
from metrics.model import Metric, Scope

TILES = ("resolution_rate", "fcr", "reopen_rate", "clearance_rate", "backlog")
TILE_PIXELS = 150
SPLITS = ("type", "team", "status", "age_band", "channel", "priority")
ROWS_AT_MOST = 500
TYPES_AT_MOST = 20
WINDOWS = tuple(id_ for id_ in METRICS if id_.startswith("fcr_repeat"))


def tiles(scope: Scope) -> None:
    """Draw the headlines: value, its interval, over how many."""
    found = {row["metric"]: row for row in data.figures(TILES, scope).iter_rows(named=True)}
    with st.grid(len(TILES), min_column_width=TILE_PIXELS):
        for id_ in TILES:
            _tile(metric(id_), found[id_], scope)


def _own_way(way: str, since: date | None) -> str:
    """How first contacts are counted in the chosen days."""
    if since is None:
        return plain(way_text(way))
    return plain(_("{way}; before {day} another way", way=way_text(way), day=since.isoformat()))


def _tile(one: Metric, row: dict[str, object], scope: Scope) -> None:
    value, low, high = (number_of(row, name) for name in ("value", "low", "high"))
    with st.container(border=True, height="stretch"):
        st.metric(label(one), figure(value, one.unit), help=_(definition_key(one)))
        if low is not None and high is not None:
            st.caption(
                _("{low} to {high} · n = {n}", low=figure(low, one.unit), high=figure(high, one.unit),
                  n=count(int(str(row["n"]))))
            )  # fmt: skip
        else:
            st.caption(
                _("at the end of these days") if one.id == "backlog" else _("n = {n}", n=count(int(str(row["n"]))))
            )
        if one.id == "fcr":
            st.caption(_own_way(*way_in(data.settings(), scope.period)))


@st.fragment
def cohort_card(scope: Scope) -> None:
    """How soon the tickets of each week were resolved; what may still rise is grey."""
    speak()
    asked = cohort_scope(data.facts(), scope)
    clicked = draw(data.kept(_cohorts, asked), data.facts(), state=asked)
    if clicked:
        week, age = words.mark_day(clicked), None if clicked[1] is None else int(str(clicked[1]))
        rows = data.answer(cohort_tickets, asked, week, age)
        when = _("by now") if age is None else _("within {days} days", days=age)
        _tickets(rows, _("Week from {week}: not resolved {age}", week=week, age=when), key="cohorts")


def _tickets(rows: pl.DataFrame, heading: str, *, key: str, extra: dict[str, list[str]] | None = None) -> None:
    st.markdown(f"**{heading}** · {_('{n} tickets', n=count(rows.height))}")
    if rows.height > ROWS_AT_MOST:
        st.caption(_("The first {n} are shown.", n=count(ROWS_AT_MOST)))
    shown = rows.head(ROWS_AT_MOST)
    if shown.height:
        zone = data.facts().zone
        created = {_("Created"): [local(at, zone) for at in shown["created_at"]]}
        resolved = {_("Resolved"): [local(at, zone) for at in shown["full_resolution_at"]]}
        ticket_table(shown, {**(extra or resolved), **created}, key=key)


def _cohorts(asked: Scope) -> Card:
    found = data.answer(cohorts, asked)
    rows, fields = words.cohort_fields(found)
    columns = [words.age_name(age) for age in (*AGES, None)]
    n = int(found.filter(pl.col("age").is_null())["n"].sum())
    return Card(
        key="cohorts",
        title=words.cohort_title(found),
        caption=_("Share of the inquiries created in a week that were resolved within so many days of creation, on the "
                  "calendar · beside the week: how many · n = {n}", n=count(n)),
        figure=matrix(rows, columns, fields, titles=(_("resolved within"), _("week from"))),
        metric_id=RATE,
        basis=Basis(n),
        table=words.cohort_table(found),
        export=data.figures([RATE], asked, every="week"),
        asks=(Ask((RATE,), asked, (), "week"),),
        notes=(_("Grey and slanted: not every ticket of the week is that old yet, so the share may still rise. A "
                 "reopened ticket counts with its last resolution."),
               _("The colours compare the weeks of one column."),
               _("At least the twelve weeks up to the end of the chosen days are shown.")),
    )  # fmt: skip


@st.fragment
def first_contact_card(scope: Scope) -> None:
    """The four definitions of first contact resolution side by side."""
    speak()
    if not data.figures(FIRST_CONTACT, Scope())["n"].sum():
        st.header(_("First contacts cannot be told from these data"), anchor="first-contact")
        st.info(
            _("That needs when tickets were resolved (resolved_at), and one of: the customer (customer), how often a "
              "ticket was reopened (reopens), how many answers it took (replies), recorded changes, or messages.")
        )  # fmt: skip
        return
    clicked = draw(data.kept(_first_contact, scope), data.facts(), state=scope)
    if clicked:
        id_ = str(clicked[0])
        heading = _("{way}: no", way=words.way_name(id_))
        rows_behind_mark(id_, scope, only=False, heading=heading, key="first-contact")


def _first_contact(scope: Scope) -> Card:
    ids = [*FIRST_CONTACT, *(id_ for id_ in WINDOWS if id_ not in FIRST_CONTACT)]
    found = data.figures(ids, scope)
    ever = dict(data.figures(ids, Scope(where=scope.where)).select("metric", "n").iter_rows())
    order = {id_: place for place, id_ in enumerate([*FIRST_CONTACT, *_other_windows()])}
    drawn = sorted(found.iter_rows(named=True), key=lambda row: order[row["metric"]])
    counts = [count(row["n"]) for row in drawn if row["n"]]
    return Card(
        key="first-contact",
        title=words.first_contact_title(found.filter(pl.col("metric").is_in(FIRST_CONTACT))),
        caption=_("Inquiries created in these days and old enough, resolved or not · bar: 95% interval · n = {n}",
                  n=_(" to ").join(dict.fromkeys((counts[-1], counts[0]))) if counts else "0"),
        figure=rows_of_shares(
            [_way(row, is_told=bool(ever[row["metric"]])) for row in drawn], of=_("way of counting"),
            title=_("share of the inquiries"),
        ),
        metric_id=FIRST_CONTACT[0],
        basis=Basis(max(found["n"].to_list(), default=0)),
        table=words.first_contact_table(pl.DataFrame(drawn, schema=found.schema, orient="row")),
        export=found,
        asks=(Ask(tuple(ids), scope),),
        notes=words.first_contact_note(ever),
    )  # fmt: skip


def _other_windows() -> list[str]:
    return sorted(
        (id_ for id_ in WINDOWS if id_ != FIRST_CONTACT[0]), key=lambda id_: metric(id_).settles_after_days or 0
    )


def _way(row: dict[str, object], *, is_told: bool) -> Row:
    value, low, high = (number_of(row, name) for name in ("value", "low", "high"))
    id_, n = str(row["metric"]), int(str(row["n"]))
    name = words.way_name(id_)
    told = NOTHING if value is None else share(value)
    note = f"{told}  ·  {_('n = {n}', n=count(n))}" if n else _("too young yet") if is_told else _("not in the data")
    return Row(
        label=name, value=value, low=low, high=high, note=note, custom=[id_],
        hover=f"<b>{name}</b><br>{interval_text(value, low, high)}<br>{_('n = {n}', n=count(n))}",
        is_fair=n >= metric(id_).minimum_n,
    )  # fmt: skip


@st.fragment
def unresolved_card(scope: Scope) -> None:
    """What was asked in these days and is not resolved, and why."""
    speak()
    by = switch("unresolved", _("Not resolved, by"), {name: dimension(name) for name in SPLITS})
    clicked = draw(data.kept(_unresolved, scope, by), data.facts(), state=(scope, by))
    if clicked:
        value, reason = (None if part is None else str(part) for part in clicked[:2])
        rows = data.answer(unresolved, scope)
        chosen = rows.filter(pl.col(by).eq_missing(pl.lit(value, pl.String)) & (pl.col("reason") == reason))
        heading = f"{plain(value_name(by, value))} · {value_name('reason', reason)}"
        ages = {_("Age"): [duration(age) for age in chosen.head(ROWS_AT_MOST)["age_seconds"]]}
        _tickets(chosen, heading, key="unresolved", extra=ages)


def _unresolved(scope: Scope, by: str) -> Card:
    rows = data.answer(unresolved, scope)
    found = counted(rows, by)
    asked = data.figures([RATE], scope)
    n = int(asked["n"].item())
    names, reasons, fields = words.unresolved_fields(found, by, TYPES_AT_MOST)
    return Card(
        key="unresolved",
        title=words.unresolved_title(rows, n),
        caption=_("Inquiries created in these days that are not resolved at {as_of}, by the first reason that holds, "
                  "left to right · number of tickets · n = {n} inquiries", n=count(n),
                  as_of=local(data.facts().as_of, data.facts().zone)),
        figure=matrix(names, reasons, fields, titles=(_("why"), dimension(by))),
        metric_id=RATE,
        basis=Basis(n),
        table=words.unresolved_table(found, by),
        export=asked,
        asks=(Ask((RATE,), scope),),
    )  # fmt: skip
