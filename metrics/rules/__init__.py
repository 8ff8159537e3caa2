"""The same data by the rules of other systems, and ticket by ticket where they differ from ours and why.

Each system is one module with functions responses, resolutions, one_touch and ratings over `Told`; what it has no
figure for is not there. Their rules are facts read from public documentation and source, told in each module.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

import polars as pl

from metrics.compute import compute
from metrics.desk import DeskSettings
from metrics.errors import ActionableError
from metrics.facts import Facts
from metrics.model import Every, Metric, Scope
from metrics.rules import chatwoot, freshdesk, zendesk
from metrics.rules.told import Told, told
from metrics.selection import in_period, in_where
from metrics.tables import Tables
from metrics.words import N_

__all__ = ["RULES", "NotRuledError", "Ruled", "differences", "ruled", "ruled_figures", "thing_of"]

Thing = Literal["first_response", "full_resolution", "fcr_one_touch", "csat"]
Read = Callable[[Told], pl.DataFrame]
THINGS: tuple[Thing, ...] = ("first_response", "full_resolution", "fcr_one_touch", "csat")
RULES: Mapping[str, Mapping[Thing, Read]] = MappingProxyType({
    "zendesk": {
        "first_response": zendesk.responses, "full_resolution": zendesk.resolutions,
        "fcr_one_touch": zendesk.one_touch, "csat": zendesk.ratings,
    },
    "freshdesk": {
        "first_response": freshdesk.responses, "full_resolution": freshdesk.resolutions,
        "fcr_one_touch": freshdesk.one_touch, "csat": freshdesk.ratings,
    },
    "chatwoot": {
        "first_response": chatwoot.responses, "full_resolution": chatwoot.resolutions, "csat": chatwoot.ratings,
    },
})  # fmt: skip
CLOCKS = ("calendar", "business")
SCHEMA = {
    "source": pl.String(), "ticket_id": pl.String(), "figure": pl.String(), "ours": pl.Float64(),
    "theirs": pl.Float64(), "why": pl.String(),
}  # fmt: skip


class NotRuledError(ActionableError):
    """That system has no such figure."""

    def __init__(self, metric: str, system: str) -> None:
        super().__init__(
            N_(
                "{system} has no rule for {metric} here. Ask for first_response_…, full_resolution_…, fcr_one_touch "
                "(not Chatwoot) or csat."
            ),
            metric=metric,
            system=system.capitalize(),
        )


@dataclass(frozen=True)
class Ruled:
    """Facts by another system's rules, one for each thing it has, and the rows that say why they are so."""

    system: str
    facts: Mapping[Thing, Facts]
    rows: Mapping[Thing, pl.DataFrame]


def thing_of(metric: Metric) -> Thing | None:
    """Which of the things with rules a metric is about."""
    if metric.id in ("fcr_one_touch", "csat"):
        return "csat" if metric.id == "csat" else "fcr_one_touch"
    return next((thing for thing in THINGS[:2] if metric.wording_id == thing), None)


def ruled(system: str, tables: Tables, desk: DeskSettings, facts: Facts) -> Ruled:
    """The facts as that system would have them, from the same tables at the same instant."""
    data = told(tables, desk, as_of=facts.as_of)
    rows = {thing: _keyed(read(data), data, thing) for thing, read in RULES[system].items()}
    if system == "chatwoot" and not desk.calendars:
        # It calls business time 0 where nobody set opening hours, and averages that in.
        rows["first_response"] = rows["first_response"].with_columns(business_seconds=pl.lit(0, pl.Int64))
    made = {thing: _replaced(facts, thing, found) for thing, found in rows.items()}
    return Ruled(system, made, rows)


def ruled_figures(
    metrics: Sequence[Metric], by_rules: Ruled, scope: Scope, *, by: Sequence[str] = (), every: Every | None = None
) -> pl.DataFrame:
    """Figures as `compute` gives them, by that system's rules. Raises NotRuledError for what it has no rule for."""
    found = []
    for metric in metrics:
        thing = thing_of(metric)
        if thing is None or thing not in by_rules.facts:
            raise NotRuledError(metric.id, by_rules.system)
        found.append(compute([metric], by_rules.facts[thing], scope, by=by, every=every))
    return pl.concat(found, how="vertical_relaxed")


def differences(metrics: Sequence[Metric], by_rules: Ruled, facts: Facts, scope: Scope) -> pl.DataFrame:
    """Rows source, ticket_id, figure, ours, theirs, why: every ticket on which the two do not say the same.

    Times in calendar seconds unless the metric is of the business clock, verdicts 1 and 0, null where one has none.
    `why` is a key of the catalogue. A row is in scope when either side's own instant puts it there.
    """
    parts = [pl.DataFrame(schema=SCHEMA)]
    for metric in metrics:
        thing = thing_of(metric)
        if thing is None or thing not in by_rules.facts:
            raise NotRuledError(metric.id, by_rules.system)
        parts.append(_difference(metric, thing, by_rules, facts, scope))
    return pl.concat(parts).unique(maintain_order=True)


def _difference(metric: Metric, thing: Thing, by_rules: Ruled, facts: Facts, scope: Scope) -> pl.DataFrame:
    keys = ["source", "ticket_id", *(["rating_id"] if thing == "csat" else [])]
    clock = "business" if "_business_" in metric.id else "calendar"
    column = {"fcr_one_touch": "fcr_one_touch", "csat": "is_satisfied"}.get(thing, f"{thing}_{clock}_seconds")
    sides = [
        side.frame(metric.fact).filter(in_where(scope, metric), in_period(scope, metric.at, side.zone))
        .select(*keys, pl.col(column).cast(pl.Float64).alias(name)).drop_nulls(name)
        for name, side in (("ours", facts), ("theirs", by_rules.facts[thing]))
    ]  # fmt: skip
    told_why = by_rules.rows[thing].select(*keys, theirs=_worth(thing, clock), why="why")
    joined = sides[0].join(sides[1], on=keys, how="full", coalesce=True)
    explained = joined.join(told_why, on=[*keys, "theirs"], how="left", nulls_equal=True)
    unlike = explained.filter(~pl.col("ours").eq_missing(pl.col("theirs")))
    fallback = pl.when(pl.col("theirs").is_null()).then(pl.lit("not_counted")).otherwise(pl.lit("counted_there"))
    return unlike.select(
        "source", "ticket_id", pl.lit(thing).alias("figure"), "ours", "theirs",
        why="rule." + pl.coalesce("why", fallback),
    ).sort("source", "ticket_id", "theirs")  # fmt: skip


def _worth(thing: Thing, clock: str) -> pl.Expr:
    column = "verdict" if thing in ("fcr_one_touch", "csat") else f"{clock}_seconds"
    return pl.col(column).cast(pl.Float64)


def _keyed(found: pl.DataFrame, data: Told, thing: Thing) -> pl.DataFrame:
    """The rows of a rule with the ticket's keys, times measured on both clocks."""
    if thing == "csat":
        return found
    keys = data.tickets.select("row", "source", "ticket_id")
    if thing == "fcr_one_touch":
        return found.join(keys, on="row", maintain_order="left")
    timed = data.measured(found)
    if "off_calendar_seconds" in timed.columns:
        timed = timed.with_columns(
            pl.col(f"{clock}_seconds") - pl.col(f"off_{clock}_seconds").fill_null(0) for clock in CLOCKS
        )
    return timed.join(keys, on="row", maintain_order="left")


def _replaced(facts: Facts, thing: Thing, found: pl.DataFrame) -> Facts:
    """The facts with one thing as the rule says; rollups of our own rules stay behind."""
    if thing == "csat":
        verdicts = found.select("source", "ticket_id", "rating_id", is_satisfied="verdict")
        ratings = facts.ratings.drop("is_satisfied").join(
            verdicts, on=["source", "ticket_id", "rating_id"], how="left", maintain_order="left"
        )
        return replace(facts, ratings=ratings, rollups=None)
    if thing == "fcr_one_touch":
        columns = {"fcr_one_touch": pl.col("verdict")}
    else:
        columns = {f"{thing}_at": pl.col("at"), **{f"{thing}_{c}_seconds": pl.col(f"{c}_seconds") for c in CLOCKS}}
    ours = facts.tickets.drop(list(columns))
    theirs = found.select("source", "ticket_id", **columns)
    return replace(
        facts, tickets=ours.join(theirs, on=["source", "ticket_id"], how="left", maintain_order="left"), rollups=None
    )
