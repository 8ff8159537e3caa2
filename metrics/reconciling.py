"""A source's own figures held against ours, ticket by ticket, with the rule that explains each difference.

Sources write their own durations and verdicts into their exports; they are kept as `x_own_…`. Where both sides know
something of a ticket, the difference is looked for in this order: the rounding of the source, that system's own rules
(metrics.rules), its opening hours as its own times tell them (metrics.their_hours), other opening hours, a clock that
never stands, another time zone. What none explains is said to be so.
"""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from metrics.facts import Facts
from metrics.rules import Ruled, Thing
from metrics.their_hours import Hours, hours_behind, within

OWN = "x_own_"
DURATIONS: Mapping[str, Thing | None] = {
    "first_response": "first_response",
    "first_resolution": None,
    "full_resolution": "full_resolution",
    "requester_wait": None,
}
ENDS = {
    "first_response": "first_response_at",
    "first_resolution": "first_resolution_at",
    "full_resolution": "full_resolution_at",
}
NONE: Mapping[str, Hours] = MappingProxyType({})
VERDICTS = ("first_response_met", "resolution_met")
CLOCKS = ("calendar", "business")
ROUNDING = 60
"""Sources round to whole minutes: less than one is no difference."""
QUARTER, FARTHEST_ZONE = 900, 14 * 3600
SCHEMA = {
    "source": pl.String(), "ticket_id": pl.String(), "figure": pl.String(), "ours": pl.Float64(),
    "theirs": pl.Float64(), "difference": pl.Float64(), "why": pl.String(),
}  # fmt: skip
SAME = "same"


def their_hours(facts: Facts) -> dict[str, Hours]:
    """Source -> the opening hours that its own business times speak of, where nearly all of them do."""
    spans = [
        facts.tickets.select("source", begin="created_at", end=end, theirs=_own(f"{thing}_business_seconds"))
        for thing, end in ENDS.items()
        if f"{OWN}{thing}_business_seconds" in facts.tickets.columns
    ]
    if not spans:
        return {}
    by_source = pl.concat(spans).partition_by("source", as_dict=True)
    found = {str(source): hours_behind(rows, facts.zone) for (source,), rows in by_source.items()}
    return {source: hours for source, hours in sorted(found.items()) if hours is not None}


def reconciled(facts: Facts, rules: Mapping[str, Ruled], hours: Mapping[str, Hours] = NONE) -> pl.DataFrame:
    """Rows source, ticket_id, figure, ours, theirs, difference, why: all tickets of which a source gives that figure.

    Durations in seconds, verdicts 1 and 0, null where one side has none; `why` is `same` or what explains it, a key of
    the catalogue below `reconcile.` or, where that system's own rule gives just its value, below `rule.`.
    `rules`: source -> the facts by the rules of its system. `hours`: source -> the opening hours that it counts by.
    """
    given = [name for name in facts.tickets.columns if name.startswith(OWN)]
    parts = [pl.DataFrame(schema=SCHEMA)]
    for thing, ruled_thing in DURATIONS.items():
        parts += [
            _durations(facts, thing, clock, rules, ruled_thing, hours)
            for clock in CLOCKS
            if f"{OWN}{thing}_{clock}_seconds" in given and f"{thing}_{clock}_seconds" in facts.tickets.columns
        ]
    parts += [
        _verdicts(facts.tickets, name) for name in VERDICTS if OWN + name in given and name in facts.tickets.columns
    ]
    return pl.concat([part.select(list(SCHEMA)).cast(pl.Schema(SCHEMA)) for part in parts])


def summary(rows: pl.DataFrame) -> pl.DataFrame:
    """Per source and figure: tickets told by the source, both known, the same, explained, not explained, medians."""
    both = pl.col("ours").is_not_null() & pl.col("theirs").is_not_null()
    same, open_ = pl.col("why") == SAME, pl.col("why") == "reconcile.unexplained"
    return rows.group_by("source", "figure").agg(
        told=pl.len().cast(pl.Int64),
        both=both.sum().cast(pl.Int64),
        same=same.sum().cast(pl.Int64),
        explained=(~same & ~open_).sum().cast(pl.Int64),
        unexplained=open_.sum().cast(pl.Int64),
        ours=pl.col("ours").filter(both).median(),
        theirs=pl.col("theirs").filter(both).median(),
    ).sort("source", "figure")  # fmt: skip


def _durations(
    facts: Facts, thing: str, clock: str, rules: Mapping[str, Ruled], ruled_thing: Thing | None,
    hours: Mapping[str, Hours],
) -> pl.DataFrame:  # fmt: skip
    figure, tickets = f"{thing}_{clock}_seconds", facts.tickets
    told = tickets.filter(pl.col(OWN + figure).is_not_null()).select(
        "source", "ticket_id", pl.lit(figure).alias("figure"), pl.col(figure).cast(pl.Float64).alias("ours"),
        _own(figure).alias("theirs"), _by_hours(thing, clock, hours, facts.zone).alias("__hours"),
        _other_clock(tickets, thing, clock).alias("__agrees"), pl.col(f"{thing}_calendar_seconds").alias("__calendar"),
    ).with_columns(difference=pl.col("theirs") - pl.col("ours"))  # fmt: skip
    told = told.join(
        _by_rules(rules, ruled_thing, clock), on=["source", "ticket_id"], how="left", maintain_order="left"
    )
    return told.with_columns(why=_why(clock))


def _own(figure: str) -> pl.Expr:
    return pl.col(OWN + figure).cast(pl.Float64, strict=False)


def _by_hours(thing: str, clock: str, hours: Mapping[str, Hours], zone: str) -> pl.Expr:
    """What the ticket took by the opening hours of its source."""
    took = pl.lit(None, dtype=pl.Int64)
    if clock == "business" and thing in ENDS:
        for source, one in hours.items():
            span = within(one, "created_at", ENDS[thing], zone)
            took = pl.when(pl.col("source") == source).then(span).otherwise(took)
    return took


def _other_clock(tickets: pl.DataFrame, thing: str, clock: str) -> pl.Expr:
    """Whether both agree in calendar time, which says that only the opening hours differ."""
    name = f"{thing}_calendar_seconds"
    if clock == "calendar" or OWN + name not in tickets.columns:
        return pl.lit(None, dtype=pl.Boolean)
    return (_own(name) - pl.col(name)).abs() < ROUNDING


def _by_rules(rules: Mapping[str, Ruled], thing: Thing | None, clock: str) -> pl.DataFrame:
    """What each source's own rules give of its tickets, and why."""
    found = [
        one.rows[thing].filter(source=source).select(
            "source", "ticket_id", pl.col(f"{clock}_seconds").cast(pl.Float64).alias("__ruled"),
            pl.col("why").cast(pl.String).alias("__rule"),
        )
        for source, one in rules.items()
        if thing is not None and thing in one.rows
    ]  # fmt: skip
    empty = pl.DataFrame(
        schema={"source": pl.String, "ticket_id": pl.String, "__ruled": pl.Float64, "__rule": pl.String}
    )
    return pl.concat([empty, *found]).unique(["source", "ticket_id"], keep="last", maintain_order=True)


def _why(clock: str) -> pl.Expr:
    away = pl.col("difference").abs()
    ruled = (pl.col("theirs") - pl.col("__ruled")).abs() < ROUNDING
    steps = away % QUARTER
    shifted = (away <= FARTHEST_ZONE) & (pl.min_horizontal(steps, QUARTER - steps) < ROUNDING) & (away >= QUARTER)
    chain = (
        pl.when(pl.col("ours").is_null()).then(pl.lit("reconcile.only_theirs"))
        .when(away < ROUNDING).then(pl.lit(SAME))
        .when(ruled).then(pl.coalesce("rule." + pl.col("__rule"), pl.lit("reconcile.their_rule")))
    )  # fmt: skip
    if clock == "business":
        never_stands = (pl.col("theirs") - pl.col("__calendar")).abs() < ROUNDING
        chain = chain.when((pl.col("theirs") - pl.col("__hours")).abs() < ROUNDING).then(
            pl.lit("reconcile.their_hours")
        )
        chain = chain.when("__agrees").then(pl.lit("reconcile.other_hours"))
        chain = chain.when(never_stands).then(pl.lit("reconcile.calendar_time"))
    else:
        chain = chain.when(shifted).then(pl.lit("reconcile.time_zone"))
    return chain.otherwise(pl.lit("reconcile.unexplained"))


def _verdicts(tickets: pl.DataFrame, name: str) -> pl.DataFrame:
    """Kept promises: another verdict comes from another target or other hours, or from counting what still runs."""
    told = tickets.filter(pl.col(OWN + name).is_not_null()).select(
        "source", "ticket_id", pl.lit(name).alias("figure"), pl.col(name).cast(pl.Float64).alias("ours"),
        (pl.col(OWN + name) == "true").cast(pl.Float64).alias("theirs"),
    ).with_columns(difference=pl.col("theirs") - pl.col("ours"))  # fmt: skip
    why = (
        pl.when(pl.col("ours").is_null()).then(pl.lit("reconcile.still_running"))
        .when(pl.col("difference") == 0).then(pl.lit(SAME)).otherwise(pl.lit("reconcile.other_target"))
    )  # fmt: skip
    return told.with_columns(why=why)
