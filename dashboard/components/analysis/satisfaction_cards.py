"""The charts of the satisfaction page that no other page has, each down to the tickets."""

from datetime import date

import streamlit as st

from dashboard import data
from dashboard.charts.matrix import Field, matrix
from dashboard.charts.periods import period_name
from dashboard.charts.rows import Row, interval_text, rows_of_shares
from dashboard.charts.stars import star_course, star_name
from dashboard.components.analysis.figure_cards import by_card, within
from dashboard.components.analysis.figure_words import EVERY_NAMES
from dashboard.components.analysis.low_ratings import rating_list
from dashboard.components.analysis.satisfaction_words import (
    THINGS,
    band_name,
    changes_table,
    changes_title,
    stars_table,
    stars_title,
    waits_table,
    waits_title,
)
from dashboard.components.card import Card, draw
from dashboard.components.definition import Basis
from dashboard.components.switch import switch
from dashboard.format import count, dimension
from dashboard.language import speak
from dashboard.services.analysis.satisfaction import (
    BAND,
    STARS,
    WaitThing,
    behind_wait,
    by_wait,
    changes_of_score,
    ratings_of_star,
    score_course,
    tickets_of_change,
)
from dashboard.services.analysis.trends import end_of
from dashboard.wording import _
from metrics.catalog import metric
from metrics.model import Every, Period, Scope

SPLITS = ("channel", "team", "type", "product")


@st.fragment
def stars_card(scope: Scope, every: Every) -> None:
    """How the scores spread, period by period."""
    speak()
    clicked = draw(data.kept(_stars, scope, every), data.facts(), state=(scope, every))
    if clicked:
        start, star = date.fromisoformat(str(clicked[0])[:10]), int(str(clicked[1]))
        period = within(Period(start, end_of(start, every)), scope)
        found = data.answer(ratings_of_star, Scope(period, scope.where), star=star)
        rating_list(found, heading=f"{star_name(star)} · {period_name(start, every)}", key="stars")


def _stars(scope: Scope, every: Every) -> Card:
    rows = data.answer(score_course, scope, every=every)
    n = int(rows["n"].sum())
    enough = metric("csat").minimum_n
    return Card(
        key="stars",
        title=stars_title(rows),
        caption=_(
            "Ratings by stars · one bar per {every}, dated by the rating · n = {n}",
            every=_(EVERY_NAMES[every]), n=count(n),
        ),
        figure=star_course(rows, every=every, enough=enough),
        metric_id="ratings",
        basis=Basis(n),
        table=stars_table(rows, every),
        export=rows,
        notes=(_("Faint: fewer than {n} ratings. Scores on other scales stand at the nearest star.", n=enough),),
    )  # fmt: skip


@st.fragment
def split_card(scope: Scope) -> None:
    """Satisfaction of channels, teams, types or products, with intervals."""
    speak()
    by_card(
        "csat", scope, switch("split", _("Side by side"), {name: dimension(name) for name in SPLITS}), key="csat-by"
    )


@st.fragment
def waits_card(scope: Scope, thing: WaitThing) -> None:
    """Satisfaction by band of waiting time."""
    speak()
    clicked = draw(data.kept(_waits, scope, thing), data.facts(), state=(scope, thing))
    if clicked:
        band = str(clicked[0])
        found = data.answer(behind_wait, scope, thing=thing, band=band)
        rating_list(found, heading=f"{_(THINGS[thing])}: {band_name(thing, band)}", key=f"waits-{thing}")


def _waits(scope: Scope, thing: WaitThing) -> Card:
    found = data.answer(by_wait, scope, thing=thing)
    whole = data.figures(["csat"], scope).row(0, named=True)
    enough = metric("csat").minimum_n
    known = int(found["n"].sum())
    return Card(
        key=f"waits-{thing}",
        title=waits_title(found, thing, enough),
        caption=_(
            "Share of 4 and 5 stars by the time to {what} · calendar time · n = {n}",
            what=_(THINGS[thing]), n=count(known),
        ),
        figure=rows_of_shares(
            [_band(row, thing, enough) for row in found.iter_rows(named=True)],
            of=_("waiting time"), title=_("satisfied (4 or 5 stars)"),
            lines=() if whole["value"] is None else ((whole["value"], _("all")),),
        ),
        metric_id="csat",
        basis=Basis(known, int(whole["n"]) - known),
        table=waits_table(found, thing),
        export=found,
        notes=(
            _("Bars: 95% intervals; grey: fewer than {n} ratings. Channels wait and rate differently: to see waiting "
              "alone, choose one channel.", n=enough),
        ),
    )  # fmt: skip


def _band(row: dict[str, object], thing: WaitThing, enough: int) -> Row:
    value, low, high = (part if isinstance(part, float) else None for part in (row["value"], row["low"], row["high"]))
    n, name = int(str(row["n"])), band_name(thing, str(row[BAND]))
    told = f"<b>{name}</b><br>{interval_text(value, low, high)}<br>{_('n = {n}', n=count(n))}"
    return Row(name, value, low, high, _("n = {n}", n=count(n)), [row[BAND]], told, is_fair=n >= enough)


@st.fragment
def changes_card(scope: Scope) -> None:
    """First against latest score of the tickets that were rated again."""
    speak()
    pairs = data.answer(changes_of_score, scope)
    if pairs.is_empty():
        st.header(_("Changes of score"), anchor="score-changes")
        st.info(
            _("No ticket of these days was rated more than once, or the source keeps only the latest rating. Where it "
              "gives each rating a row of its own (rating id and time), the first and the latest score stand here side "
              "by side.")
        )  # fmt: skip
        return
    clicked = draw(data.kept(_changes, scope), data.facts(), state=scope)
    if clicked:
        first, latest = (int(str(part)) for part in clicked[:2])
        found = data.answer(tickets_of_change, scope, first=first, latest=latest)
        rating_list(found, heading=f"{star_name(first)} → {star_name(latest)}", key="score-changes")


def _changes(scope: Scope) -> Card:
    pairs = data.answer(changes_of_score, scope)
    n, most = int(pairs["n"].sum()), max(int(value) for value in pairs["n"])
    fields = {
        (5 - int(row["latest"]), int(row["first"]) - 1): Field(
            strength=row["n"] / most, text=count(row["n"]), custom=[row["first"], row["latest"]],
            hover=f"{star_name(row['first'])} → {star_name(row['latest'])}<br>{_('{n} tickets', n=count(row['n']))}",
        )
        for row in pairs.iter_rows(named=True)
    }  # fmt: skip
    return Card(
        key="score-changes",
        title=changes_title(pairs),
        caption=_("First score (across) and latest score (down) of tickets rated more than once · n = {n}", n=count(n)),
        figure=matrix(
            [star_name(star) for star in reversed(STARS)], [star_name(star) for star in STARS], fields,
            titles=(_("first rating"), _("latest rating")),
        ),
        metric_id="ratings",
        basis=Basis(n),
        table=changes_table(pairs),
        export=pairs,
    )  # fmt: skip
