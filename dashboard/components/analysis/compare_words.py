"""What a comparison says: verdicts, differences with their intervals, what made a change, in sentences and a table."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard.charts.effects import signed
from dashboard.components.text import plain
from dashboard.format import NOTHING, count, dimension, figure, listed, value_name
from dashboard.metric_words import label
from dashboard.services.analysis.compare import JUDGED, Explained
from dashboard.wording import N_, _, number
from metrics.catalog import metric
from metrics.model import Better, Metric, Total, Unit

Row = Mapping[str, Any]
VERDICTS = {
    "moved": N_("more than noise"),
    "alone": N_("more than noise alone, not among so many"),
    "noise": N_("no more than noise"),
    "few": N_("too few"),
    "young": N_("provisional: not settled yet"),
    "no_interval": N_("no interval: cannot be judged"),
    "unknown": N_("not known on one side"),
}
DIRECTIONS: dict[tuple[Better, bool], str] = {
    ("higher", True): N_("better"), ("higher", False): N_("worse"), ("lower", True): N_("worse"),
    ("lower", False): N_("better"), ("neither", True): N_("higher"), ("neither", False): N_("lower"),
}  # fmt: skip
NAMED_AT_MOST = 3
BY_DAYS = N_("Counts are judged by how much the days of this desk usually scatter around their weekday.")
BY_CHANCE = N_("Counts are judged as if requests came independently; in waves they scatter more.")


def difference(value: float | None, unit: Unit) -> str:
    """A difference with its sign; shares in points."""
    if value is None:
        return NOTHING
    if unit is Unit.SHARE or unit is Unit.RATE:
        points = number(abs(value) * 100, digits=1)
        return _("{points} points", points=(_sign(value) if points != "0.0" else "") + points)
    return (_sign(value) if value else "") + figure(abs(value), unit)


def _sign(value: float) -> str:
    return "+" if value > 0 else "−"


def interval(row: Row, unit: Unit) -> str:
    """The bounds of a difference."""
    if row["low"] is None and row["high"] is None:
        return NOTHING
    return _("from {low} to {high}", low=difference(row["low"], unit), high=difference(row["high"], unit))


def verdict(row: Row) -> str:
    """Whether it is more than noise, and whether it is for the better."""
    outcome = str(row["verdict"])
    told = _(VERDICTS[outcome])
    if outcome in {"moved", "alone"} and row["difference"]:
        told += _(" · {direction}", direction=_(DIRECTIONS[(metric(row["metric"]).better, row["difference"] > 0)]))
    return told


def compared_table(rows: pl.DataFrame, before: str, after: str) -> pl.DataFrame:
    """One row per figure, as people read it."""
    told = [(row, metric(row["metric"])) for row in rows.iter_rows(named=True)]
    return pl.DataFrame(
        {
            _("Figure"): [label(one) + (" *" if row["is_cut"] else "") for row, one in told],
            _("Verdict"): [verdict(row) for row, _one in told],
            _("Difference"): [difference(row["difference"], one.unit) for row, one in told],
            _("95% interval"): [interval(row, one.unit) for row, one in told],
            after: [_with_n(row["after"], row["n_after"], one) for row, one in told],
            before: [_with_n(row["before"], row["n_before"], one) for row, one in told],
        }
    )


def _with_n(value: float | None, n: int, one: Metric) -> str:
    text = figure(value, one.unit)
    return text if isinstance(one.value, Total) else f"{text}  ({_n(n)})"


def _n(n: int) -> str:
    return _("n = {n}", n=count(n))


def compared_title(rows: pl.DataFrame) -> str:
    """How many figures differ by more than noise, and which most."""
    judged = rows.filter(pl.col("verdict").is_in(JUDGED))
    moved = rows.filter(pl.col("verdict") == "moved")
    if judged.is_empty():
        return _("Nothing can be judged here: too few tickets on one side.")
    if moved.is_empty():
        return _("None of the {n} figures differs by more than noise.", n=count(judged.height))
    named = [
        _("{figure} {difference}", figure=label(metric(row["metric"])),
          difference=difference(row["difference"], metric(row["metric"]).unit))
        for row in moved.head(NAMED_AT_MOST).iter_rows(named=True)
    ]  # fmt: skip
    return _("{n} of {all} figures differ by more than noise; most clearly: {named}.", n=count(moved.height),
             all=count(judged.height), named=listed(named))  # fmt: skip


def compared_notes(rows: pl.DataFrame, *, same_length: bool, by_days: bool) -> tuple[str, ...]:
    """What has to be known to read the comparison."""
    judged = rows.filter(pl.col("verdict").is_in(JUDGED)).height
    counts = [id for id in rows["metric"] if isinstance(metric(id).value, Total)]
    cut = rows.filter("is_cut").height
    notes = [
        _("Of {n} figures judged one in twenty would pass its own margin by chance; “more than noise” holds for all of "
          "them together (false discoveries at most 5%, Benjamini–Hochberg).", n=count(judged)) if judged > 1 else "",
        _("Both sides are not equally long, so counts differ for that alone.") if counts and not same_length else "",
        _(BY_DAYS if by_days else BY_CHANCE) if counts else "",
        _("Figures with * settle late and are told by the first days of both sides only, as many as have settled.")
        if cut else "",
    ]  # fmt: skip
    return tuple(note for note in notes if note)


def explained_title(found: Explained, by: str) -> str:
    """What made most of the change: whose own figure, or that there was more or less of something."""
    one = metric(found.metric_id)
    if found.before is None or found.after is None or found.rate is None or found.mix is None or found.parts.is_empty():
        return _("{figure}: nothing to explain, one side is not known.", figure=label(one))
    whole = found.after - found.before
    told = {
        "figure": label(one), "change": difference(whole, one.unit), "rate": difference(found.rate, one.unit),
        "mix": difference(found.mix, one.unit),
    }  # fmt: skip
    top = found.parts.row(0, named=True)
    part = _("most of it by {part} ({effect})", part=plain(value_name(by, top["value"])),
             effect=difference(top["effect"], one.unit))  # fmt: skip
    if isinstance(one.value, Total):
        return _("{figure} {change}; {part}.", part=part, **told)
    return _("{figure} {change}: {rate} because its parts moved, {mix} because their shares did; {part}.", part=part,
             **told)  # fmt: skip


def explained_table(found: Explained, by: str, before: str, after: str) -> pl.DataFrame:
    """One row per part."""
    one = metric(found.metric_id)
    rows = list(found.parts.iter_rows(named=True))
    return pl.DataFrame(
        {
            dimension(by): [value_name(by, row["value"]) for row in rows],
            before: [_with_n(row["before"], row["n_before"], one) for row in rows],
            after: [_with_n(row["after"], row["n_after"], one) for row in rows],
            _("Its own figure"): [signed(row["rate"] or 0.0, one.unit) for row in rows],
            _("More or less of it"): [signed(row["mix"] or 0.0, one.unit) for row in rows],
            _("Both"): [signed(row["effect"] or 0.0, one.unit) for row in rows],
        }
    )
