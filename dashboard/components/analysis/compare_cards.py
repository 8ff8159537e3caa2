"""The cards of “Compare”: all figures by the size of evidence, and what made the change of one of them."""

import math
from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.charts.differences import Difference, differences
from dashboard.charts.effects import Effect, effects
from dashboard.charts.style import shown
from dashboard.components.analysis.compare_controls import EXPLAIN, Sides
from dashboard.components.analysis.compare_words import (
    compared_notes,
    compared_table,
    compared_title,
    difference,
    explained_table,
    explained_title,
    interval,
    verdict,
)
from dashboard.components.behind import rows_behind_mark
from dashboard.components.card import Card, draw
from dashboard.components.choices_in_url import pick
from dashboard.components.definition import Basis
from dashboard.components.sent import sent
from dashboard.components.switch import switch
from dashboard.components.text import plain
from dashboard.format import count, dimension, figure, inline, value_name
from dashboard.language import speak
from dashboard.metric_words import label
from dashboard.services.analysis.asks import Ask
from dashboard.services.analysis.compare import (
    DIMENSIONS,
    JUDGED,
    additive,
    compared,
    drawn_parts,
    explained,
    looks,
    values_of,
)
from dashboard.wording import _
from metrics.catalog import metric
from metrics.model import Ratio, Scope, Total


@st.fragment
def compared_card(sides: Sides, ids: tuple[str, ...]) -> None:
    """Every figure's difference with its interval and verdict, the strongest evidence first."""
    speak()
    clicked = draw(data.kept(compared_figures, sides, ids), data.facts(), state=(sides, ids))
    rows = data.answer(compared, sides.before, sides.after, ids)
    table = compared_table(rows, sides.before_name, sides.after_name)
    st.dataframe(sent(table), hide_index=True, placeholder="–", height="content")
    if clicked:
        _both_sides(str(clicked[0]), sides)


def _both_sides(metric_id: str, sides: Sides) -> None:
    """The tickets behind a figure, on either side."""
    names = {"after": sides.after_name, "before": sides.before_name}
    side = switch("side_shown", _("Tickets of"), names)
    scope = sides.after if side == "after" else sides.before
    heading = f"{label(metric(metric_id))} · {plain(names[side])}"
    rows_behind_mark(metric_id, scope, heading=heading, key=f"compared-{side}")


def compared_figures(sides: Sides, ids: tuple[str, ...]) -> Card:
    """The card of `compared_card`."""
    rows = data.answer(compared, sides.before, sides.after, ids)
    drawable = rows.filter(pl.col("verdict").is_in(JUDGED))
    n = max((int(value) for value in rows["n_after"]), default=0)
    lengths = {(scope.period.end - scope.period.start).days for scope in (sides.before, sides.after) if scope.period}
    first = drawable["metric"][0] if drawable.height else ids[0]
    looked = data.answer(looks, sides.before, sides.after, ids)
    answers = pl.concat(_both(look.ids, look.before, look.after) for look in looked)
    return Card(
        key="compared",
        title=compared_title(rows),
        caption=_(
            "after: {after} · before: {before} · dot: difference, bar: 95% interval, both over the margin of error; "
            "a bar that crosses the line is noise",
            after=plain(sides.after_name), before=plain(sides.before_name),
        ),
        figure=differences([_difference(row) for row in drawable.iter_rows(named=True)]),
        metric_id=first,
        basis=Basis(n),
        table=compared_table(rows, sides.before_name, sides.after_name),
        export=answers.join(rows.drop("unit"), on="metric", how="left"),
        asks=tuple(Ask(look.ids, scope) for look in looked for scope in (look.before, look.after)),
        notes=compared_notes(rows, same_length=len(lengths) < 2, by_days=sides.by is None),
    )  # fmt: skip


def _both(ids: tuple[str, ...], before: Scope, after: Scope, by: tuple[str, ...] = ()) -> pl.DataFrame:
    """What was computed of both sides, under each other."""
    return pl.concat(
        data.figures(ids, scope, by=by).with_columns(side=pl.lit(name))
        for name, scope in (("before", before), ("after", after))
    ).rename({"low": "value_low", "high": "value_high"})


def _difference(row: Mapping[str, Any]) -> Difference:
    one, value = metric(row["metric"]), row["difference"]
    low, high = (value if row[name] is None else row[name] for name in ("low", "high"))
    margin = _margin(value, row["low"], row["high"])
    told = [
        f"<b>{label(one)}</b>",
        f"{figure(row['before'], one.unit)} → {figure(row['after'], one.unit)}",
        f"{difference(value, one.unit)} ({interval(row, one.unit)})",
        verdict(row),
    ]
    return Difference(
        label(one), value / margin, low / margin, high / margin, note=difference(value, one.unit),
        hover="<br>".join(told), custom=one.id, stands_out=row["verdict"] == "moved",
    )  # fmt: skip


def _margin(value: float | None, low: float | None, high: float | None) -> float:
    """Half of the interval, so that bars are about as long as each other."""
    if value is None:
        return 1.0
    sides = [abs(value - bound) for bound in (low, high) if bound is not None]
    found = sum(sides) / len(sides) if sides else 0.0
    return found if found > 0 and math.isfinite(found) else 1.0


@st.fragment
def explained_card(sides: Sides, ids: tuple[str, ...]) -> None:
    """What made the change of one figure, by the members of a dimension."""
    speak()
    rows = data.answer(compared, sides.before, sides.after, ids)
    offered = {id: label(metric(id)) for id in rows["metric"] if additive(id)}
    splits = {name: dimension(name) for name in DIMENSIONS if name != sides.by and _tells(sides, name)}
    if not offered or not splits:
        return
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        chosen = pick(EXPLAIN, _("What explains the change of"), offered, default=_worth_explaining(rows))
    with right, st.container():
        by = switch("explain_by", _("by"), splits)
    card = data.kept(explained_change, sides, chosen, by)
    clicked = draw(card, data.facts(), state=(sides, chosen, by))
    if clicked is not None:
        value = None if clicked[0] is None else str(clicked[0])
        heading = f"{label(metric(card.metric_id))} · {plain(value_name(by, value))} · {plain(sides.after_name)}"
        rows_behind_mark(
            card.metric_id,
            sides.after,
            where={by: (value,)},
            at_first=_moved_by(card, by, value),
            heading=heading,
            key="explained",
        )


def _moved_by(card: Card, by: str, value: str | None) -> bool | None:
    """Which side of a share a part moved to: the tickets there are those that tell why; None where that is unknown."""
    effects = card.export.filter(pl.col(by).eq_missing(value))["effect"].drop_nulls()
    if not isinstance(metric(card.metric_id).value, Ratio) or effects.is_empty() or not effects[0]:
        return None
    return bool(effects[0] > 0)


def _worth_explaining(rows: pl.DataFrame) -> str | None:
    """The clearest change of a share or time: that there is more of everything explains itself."""
    moved = [id for id, verdict in rows.select("metric", "verdict").iter_rows() if verdict == "moved" and additive(id)]
    return next((id for id in moved if not isinstance(metric(id).value, Total)), next(iter(moved), None))


def _tells(sides: Sides, name: str) -> bool:
    return len(data.answer(values_of, sides.after, name)) > 1


def explained_change(sides: Sides, chosen: str, by: str) -> Card:
    """The card of `explained_card`."""
    id = additive(chosen)
    one, found = metric(id), data.answer(explained, sides.before, sides.after, id, by)
    drawn = [_effect(row, by, id) for row in drawn_parts(found.parts).iter_rows(named=True)]
    instead = _("{asked} has no parts that add up; explained is {figure} instead.", asked=label(metric(chosen)),
                figure=label(one)) if id != chosen else ""  # fmt: skip
    notes = (instead, _("Plain: a part's own figure moved. Hatched: there was more or less of that part."))
    n = int(found.parts["n_after"].sum())
    answers = _both((id,), sides.before, sides.after, (by,))
    parts = found.parts.select(pl.col("value").alias(by), "mix", "rate", "effect")
    return Card(
        key="explained",
        title=explained_title(found, by),
        caption=_("parts of the change by {dimension} · n = {n}", dimension=inline(by), n=count(n)),
        figure=effects(drawn, one.unit),
        metric_id=id,
        basis=Basis(n),
        table=explained_table(found, by, sides.before_name, sides.after_name),
        export=answers.join(parts, on=by, how="left", nulls_equal=True),
        asks=(Ask((id,), sides.before, (by,)), Ask((id,), sides.after, (by,))),
        notes=tuple(note for note in notes if note),
    )


def _effect(row: Mapping[str, Any], by: str, id: str) -> Effect:
    unit, value = metric(id).unit, row["value"]
    name = _("all others") if row["is_rest"] else value_name(by, value)
    rate, mix, effect = (row[key] or 0.0 for key in ("rate", "mix", "effect"))
    told = [
        f"<b>{shown(name)}</b>", f"{figure(row['before'], unit)} → {figure(row['after'], unit)}",
        _("its own figure moved: {effect}", effect=difference(rate, unit)),
        _("there was more or less of it: {effect}", effect=difference(mix, unit)),
        _("both: {effect}", effect=difference(effect, unit)),
    ]  # fmt: skip
    return Effect(name, rate, mix, "<br>".join(told), value)


def sizes(sides: Sides) -> tuple[int, int]:
    """How many tickets were created on each side."""
    return _created(sides.before), _created(sides.after)


def _created(scope: Scope) -> int:
    return int(data.figures(["tickets_created"], scope)["value"].item() or 0)
