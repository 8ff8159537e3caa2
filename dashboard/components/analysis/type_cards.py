"""The charts of types: what makes most of it, what grows, for which products."""

from datetime import date, timedelta

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.charts.matrix import Field, matrix
from dashboard.charts.pareto import Bar, pareto
from dashboard.charts.ratios import Times, interval_of_times, rows_of_times, times_text
from dashboard.charts.style import shown
from dashboard.charts.weeks import week_by_week
from dashboard.components.analysis.type_words import (
    crossed_table,
    crossed_title,
    growth_notes,
    growth_table,
    growth_title,
    ranked_table,
    ranked_title,
    too_little_past,
    weeks_table,
)
from dashboard.components.behind import rows_behind_mark
from dashboard.components.card import Card, draw
from dashboard.components.definition import Basis
from dashboard.components.switch import switch
from dashboard.components.text import plain
from dashboard.format import NOTHING, count, dimension, inline, value_name
from dashboard.language import speak
from dashboard.services.analysis.asks import Ask
from dashboard.services.analysis.inquiry_types import CREATED, Growth, crossed, growing, ranked
from dashboard.wording import N_, _, number, share
from metrics.growth import WEEK
from metrics.model import Period, Scope

LEVELS = ("type", "subtype", "product")
PANELS_AT_MOST = 6
AGAINST = {"own": N_("Its own number"), "share": N_("Its share of all")}
TYPES_AT_MOST, PRODUCTS_AT_MOST = 14, 8
NAME_LENGTH, SLANT = 22, -50
GROWN_AT_MOST = 20
DEEPEST = 3.0
"""So many times the expected is the strongest colour."""
ALL = "-"


@st.fragment
def pareto_card(scope: Scope) -> None:
    """Types by frequency; a choice leads to the subtypes of one."""
    speak()
    inside = _inside(scope)
    by = "type" if inside is None else "subtype"
    asked = scope if inside is None else Scope(scope.period, {**scope.where, "type": (inside,)})
    clicked = draw(data.kept(_pareto, asked, by, inside), data.facts(), state=(asked, by))
    if clicked is not None:
        value = None if clicked[0] is None else str(clicked[0])
        heading = f"{dimension(by)}: {plain(value_name(by, value))}"
        rows_behind_mark(CREATED, asked, where={by: (value,)}, heading=heading, key="pareto")


def _inside(scope: Scope) -> str | None:
    """Whose subtypes are shown; None: the types."""
    found = ranked(data.figures([CREATED], scope, by=("type",)), "type").drop_nulls("type")
    names = {ALL: _("All types"), **{value: value_name("type", value) for value in found["type"]}}
    kept = st.query_params.get("of")
    chosen = st.selectbox(
        _("Subtypes of"), list(names), index=list(names).index(kept) if kept in names else 0,
        format_func=lambda value: names.get(value, value), width=280,
    )  # fmt: skip
    if chosen == ALL:
        st.query_params.pop("of", None)
        return None
    st.query_params["of"] = chosen
    return str(chosen)


def _pareto(scope: Scope, by: str, inside: str | None) -> Card:
    result = data.figures([CREATED], scope, by=(by,))
    rows = ranked(result, by)
    n = int(rows["n"].sum())
    unknown = int(rows.filter(pl.col(by).is_null())["n"].sum())
    within = None if inside is None else value_name("type", inside)
    return Card(
        key="pareto",
        title=ranked_title(rows, by, within),
        caption=_("Tickets by {dimension}, dated by creation · n = {n}", dimension=inline(by), n=count(n)),
        figure=pareto([_bar(row, by) for row in rows.iter_rows(named=True)], of=dimension(by), title=_("tickets")),
        metric_id=CREATED,
        basis=Basis(n),
        table=ranked_table(rows, by),
        export=result,
        asks=(Ask((CREATED,), scope, (by,)),),
        notes=(_("Grey: {n} tickets without one.", n=count(unknown)),) if unknown else (),
    )


def _bar(row: dict[str, object], by: str) -> Bar:
    value = None if row[by] is None else str(row[by])
    n, part, cumulative = int(str(row["n"])), float(str(row["share"])), float(str(row["cumulative"]))
    told = "<br>".join(
        (
            f"<b>{shown(value_name(by, value))}</b>",
            _("{n} tickets", n=count(n)),
            _("{share} of all; with those above {cumulative}", share=share(part), cumulative=share(cumulative)),
        )
    )
    return Bar(value_name(by, value), n, cumulative, share(part, digits=1), [value], told, is_known=value is not None)


@st.fragment
def growth_card(scope: Scope) -> None:
    """Which types, subtypes or products grew by more than their own noise."""
    speak()
    with st.container(horizontal=True, gap="large"):
        by = switch("grown", _("Look at"), {name: dimension(name) for name in LEVELS})
        of_all = switch("against", _("Against the past"), {name: _(text) for name, text in AGAINST.items()}) == "share"
    found = data.answer(growing, scope, by=by, of_all=of_all)
    if found is None:
        st.header(_("Growth"), anchor="growth")
        st.info(too_little_past())
        return
    clicked = draw(data.kept(_growth, scope, by, of_all), data.facts(), state=(scope, by, of_all))
    if clicked:
        value = str(clicked[0])
        days = Period(found.spans.start, found.spans.end)
        heading = f"{dimension(by)}: {plain(value_name(by, value))}"
        rows_behind_mark(CREATED, scope, where={by: (value,)}, period=days, heading=heading, key="growth")
    if found.groups["is_growing"].any():
        st.divider()
        _draw_weeks(scope, by, of_all)


def _growth(scope: Scope, by: str, of_all: bool) -> Card:
    found: Growth | None = data.answer(growing, scope, by=by, of_all=of_all)
    if found is None:
        raise LookupError("growth was drawn without a past")
    named = found.groups.filter(pl.col("p").is_not_null()).head(GROWN_AT_MOST)
    ordered = named.sort("is_growing", pl.col("ratio").fill_null(float("inf")), descending=True)
    n = int(found.groups["n"].sum())
    return Card(
        key="growth",
        title=growth_title(found, by, of_all=of_all),
        caption=_(
            "Tickets a week by {dimension}, now against its own past · n = {n}", dimension=inline(by), n=count(n)
        ),
        figure=rows_of_times(
            [_times(row, by) for row in ordered.iter_rows(named=True)],
            of=dimension(by),
            title=_("times the share before") if of_all else _("times as many a week as before"),
            same=_("as before"),
        ),
        metric_id=CREATED,
        basis=Basis(n),
        table=growth_table(found, by),
        export=found.groups,
        notes=growth_notes(found, of_all=of_all),
    )


def _times(row: dict[str, object], by: str) -> Times:
    value, low, high = (part if isinstance(part, float) else None for part in (row["ratio"], row["low"], row["high"]))
    weekly, past = float(str(row["weekly"])), float(str(row["past_weekly"]))
    before, now = number(past, digits=1), number(weekly, digits=1)
    change = _("{before} → {now} a week", before=before, now=now)
    name = value_name(by, str(row[by]))
    times = _("new") if value is None else f"{times_text(value)} ({interval_of_times(low, high) or NOTHING})"
    hover = f"<b>{shown(name)}</b><br>{times}<br>{change}"
    return Times(_cut(name), value, low, high, f"{before} → {now}", [row[by]], hover, is_named=bool(row["is_growing"]))


def _draw_weeks(scope: Scope, by: str, of_all: bool) -> None:
    """Week by week, what grew most: to see that it did."""
    clicked = draw(data.kept(_weeks, scope, by, of_all), data.facts(), state=(scope, by, of_all))
    if clicked:
        value, start = str(clicked[0]), date.fromisoformat(str(clicked[1])[:10])
        heading = f"{plain(value_name(by, value))} · {_('week from {day}', day=start)}"
        days = Period(start, start + timedelta(days=WEEK))
        rows_behind_mark(CREATED, scope, where={by: (value,)}, period=days, heading=heading, key="weeks")


def _weeks(scope: Scope, by: str, of_all: bool) -> Card:
    found: Growth | None = data.answer(growing, scope, by=by, of_all=of_all)
    if found is None:
        raise LookupError("weeks were drawn without a past")
    grown = found.groups.filter("is_growing").sort(pl.col("ratio").fill_null(float("inf")), descending=True)
    values = grown[by].head(PANELS_AT_MOST).to_list()
    rows = found.weeks.filter(pl.col(by).is_in(values))
    n = int(rows["n"].sum())
    return Card(
        key="weeks",
        title=_("Week by week: what grew most"),
        caption=_("Tickets by week, dated by creation · blue: the days that were asked about · n = {n}", n=count(n)),
        figure=week_by_week(rows, [(value, value_name(by, value)) for value in values], by=by, since=found.spans.start),
        metric_id=CREATED,
        basis=Basis(n),
        table=weeks_table(rows, by),
        export=rows,
        notes=(_("Whole weeks from the first day asked about, each chart on its own scale from zero."),),
    )


@st.fragment
def products_card(scope: Scope) -> None:
    """Which product each type is asked about, and where that is more than could be expected."""
    speak()
    rows = data.kept(_crossed, scope)
    if rows.is_empty() or rows["product"].n_unique() < 2:
        st.header(_("Type by product"), anchor="products")
        st.info(
            _("The tickets of these days do not name two products or more. A column with the product (“产品”, "
              "“Product”) lets this chart show which product each type is asked about.")
        )  # fmt: skip
        return
    clicked = draw(data.kept(_products, scope), data.facts(), state=scope)
    if clicked:
        type_, product = (str(part) for part in clicked[:2])
        heading = f"{plain(value_name('type', type_))} · {plain(value_name('product', product))}"
        rows_behind_mark(
            CREATED, scope, where={"type": (type_,), "product": (product,)}, heading=heading, key="products"
        )


def _crossed(scope: Scope) -> pl.DataFrame:
    return crossed(data.figures([CREATED], scope, by=("type", "product")))


def _products(scope: Scope) -> Card:
    rows = data.kept(_crossed, scope)
    n = int(rows["n"].sum())
    whole = int(data.figures([CREATED], scope)["n"].item())
    types, products = _largest(rows, "type", TYPES_AT_MOST), _largest(rows, "product", PRODUCTS_AT_MOST)
    drawn = rows.filter(pl.col("type").is_in(types) & pl.col("product").is_in(products) & (pl.col("n") > 0))
    fields = {
        (types.index(row["type"]), products.index(row["product"])): _field(row) for row in drawn.iter_rows(named=True)
    }
    return Card(
        key="products",
        title=crossed_title(rows),
        caption=_("Tickets by type and product, dated by creation · n = {n}", n=count(n)),
        figure=matrix(
            [_cut(value_name("type", value)) for value in types],
            [shown(_cut(value_name("product", value))) for value in products], fields,
            titles=(dimension("product"), dimension("type")), slant=SLANT,
        ),
        metric_id=CREATED,
        basis=Basis(n, whole - n),
        table=crossed_table(rows),
        export=data.figures([CREATED], scope, by=("type", "product")),
        asks=(Ask((CREATED,), scope, ("type", "product")),),
        notes=(
            _("Coloured: more than if every type asked about products alike, beyond noise; the stronger, the more "
              "times. The most frequent of each are drawn, the table has all."),
        ),
    )  # fmt: skip


def _largest(rows: pl.DataFrame, name: str, most: int) -> list[str]:
    sizes = rows.group_by(name).agg(pl.col("n").sum()).filter(pl.col("n") > 0)
    return sizes.sort("n", name, descending=[True, False]).head(most)[name].to_list()


def _cut(name: str) -> str:
    """A name short enough for a narrow screen; the hover and the table have it whole."""
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…"


def _field(row: dict[str, object]) -> Field:
    n, expected, times = int(str(row["n"])), float(str(row["expected"])), float(str(row["times"]))
    names = (shown(value_name(name, str(row[name]))) for name in ("type", "product"))
    told = "<br>".join(
        (
            f"<b>{' · '.join(names)}</b>",
            _("{n} tickets", n=count(n)),
            _("expected {expected}: {times}", expected=number(expected, digits=1), times=times_text(times)),
        )
    )
    strength = min((times - 1) / (DEEPEST - 1), 1.0) if row["is_striking"] else None
    return Field(strength, count(n), [row["type"], row["product"]], told)
