"""What the charts of types say in words, and their numbers as tables that people read."""

import polars as pl

from dashboard.charts.ratios import interval_of_times, times_text
from dashboard.components.text import plain
from dashboard.format import NOTHING, count, dimension, listed, span, value_name
from dashboard.services.analysis.inquiry_types import Growth
from dashboard.wording import N_, _, number, share
from metrics.growth import LEAST_WEEKS
from metrics.model import Period

NAMED_AT_MOST = 3
MOST = 0.8
"""The part that a Pareto chart asks for: which few make so much of all?"""


def ranked_title(rows: pl.DataFrame, by: str, within: str | None) -> str:
    """How few make four fifths of all, and which is the largest."""
    if rows.is_empty():
        return _("No ticket of these days has this field")
    top = rows.row(0, named=True)
    few = int((rows["cumulative"] < MOST).sum()) + 1
    told = {"name": plain(value_name(by, top[by])), "share": share(top["share"], digits=0), "few": few,
            "all": rows.height, "of": share(MOST, digits=0)}  # fmt: skip
    if within is not None:
        return _("{type}: {name} makes {share}; {few} of {all} subtypes make {of}", type=plain(within), **told)
    if rows.height < 2:
        return _("All tickets are of one kind: {name}", **told)
    return _("{few} of {all} make {of} of the tickets; the largest is {name} ({share})", **told)


def ranked_table(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """One row per value."""
    return pl.DataFrame(
        {
            dimension(by): [value_name(by, value) for value in rows[by]],
            _("Tickets"): rows["n"],
            _("Share"): [share(value) for value in rows["share"]],
            _("Cumulative share"): [share(value) for value in rows["cumulative"]],
        }
    )


def growth_title(found: Growth, by: str, *, of_all: bool) -> str:
    """What truly grew, named; else that nothing did."""
    grown = found.groups.filter("is_growing")
    if grown.is_empty():
        return _("No larger share than before, beyond noise") if of_all else _("Nothing grew beyond its own noise")
    ordered = grown.sort(pl.col("ratio").fill_null(float("inf")), descending=True)
    names = [
        f"{plain(value_name(by, row[by]))} {_('new') if row['ratio'] is None else times_text(row['ratio'])}"
        for row in ordered.head(NAMED_AT_MOST).iter_rows(named=True)
    ]
    template = N_("Grew faster than the whole, beyond noise: {names}") if of_all else N_("Grew beyond noise: {names}")
    more = grown.height - NAMED_AT_MOST
    return _(template, names=listed(names)) + (_(", and {n} more", n=count(more)) if more > 0 else "")


def growth_notes(found: Growth, *, of_all: bool) -> tuple[str, ...]:
    """What was held against what, how everything moved, and how many were looked at."""
    spans, whole = found.spans, found.whole.row(0, named=True)
    past = _("{days}, {weeks} weeks", days=span(Period(spans.past, spans.start)), weeks=spans.past_weeks)
    moved = NOTHING if whole["ratio"] is None else times_text(whole["ratio"])
    notes = [
        _("{days} against {past}; days that are not over are left out. All tickets together: {times}.",
          days=span(Period(spans.start, spans.end)), past=past, times=moved),
        _("Bars: 95% intervals with each one's own noise from week to week. Blue: growth beyond noise, {n} looked at "
          "together (at most one in twenty of the named by chance); grey: not to be told from noise.",
          n=count(found.groups["p"].count())),
    ]  # fmt: skip
    if of_all:
        notes.append(_("Times is the share of all tickets now against its share before."))
    return tuple(notes)


def growth_table(found: Growth, by: str) -> pl.DataFrame:
    """One row per value."""
    rows = found.groups
    return pl.DataFrame(
        {
            dimension(by): [value_name(by, value) for value in rows[by]],
            _("Tickets a week now"): [number(value, digits=1) for value in rows["weekly"]],
            _("Tickets a week before"): [number(value, digits=1) for value in rows["past_weekly"]],
            _("Times"): [NOTHING if value is None else times_text(value) for value in rows["ratio"]],
            _("95% interval"): [interval_of_times(*bounds) for bounds in rows.select("low", "high").iter_rows()],
            _("Beyond noise"): [_("yes") if named else _("no") for named in rows["is_growing"]],
        }
    )


def weeks_table(weeks: pl.DataFrame, by: str) -> pl.DataFrame:
    """One row per week, a column per group."""
    starts = weeks["week"].unique().sort()
    columns: dict[str, object] = {_("week from"): starts.cast(pl.String)}
    for value in weeks[by].unique(maintain_order=True):
        counted = dict(weeks.filter(pl.col(by) == value).select("week", "n").iter_rows())
        name = value_name(by, value)
        # A desk may use two words, one of them ours, that read alike.
        columns[f"{name} ({value})" if name in columns else name] = [counted.get(start, 0) for start in starts]
    return pl.DataFrame(columns)


def too_little_past() -> str:
    """Why growth cannot be told."""
    return _(
        "Growth is held against each type's own past: at least {n} weeks of data before these days are needed. Choose "
        "a later or shorter period.", n=LEAST_WEEKS,
    )  # fmt: skip


def crossed_title(rows: pl.DataFrame) -> str:
    """For which product a type is asked strikingly often."""
    striking = rows.filter("is_striking").sort("times", descending=True)
    if striking.is_empty():
        return _("No product stands out in any type by more than noise")
    names = [
        _("{product} in {type} ({times})", times=times_text(row["times"]),
          **{name: plain(value_name(name, row[name])) for name in ("type", "product")})
        for row in striking.head(NAMED_AT_MOST).iter_rows(named=True)
    ]  # fmt: skip
    return _("Asked strikingly often: {names}", names=listed(names))


def crossed_table(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per type and product, the most frequent first."""
    ordered = rows.sort("n", "type", "product", descending=[True, False, False])
    return pl.DataFrame(
        {
            dimension("type"): [value_name("type", value) for value in ordered["type"]],
            dimension("product"): [value_name("product", value) for value in ordered["product"]],
            _("Tickets"): ordered["n"],
            _("Expected"): [number(value, digits=1) for value in ordered["expected"]],
            _("Beyond noise"): [_("yes") if named else _("no") for named in ordered["is_striking"]],
        }
    )
