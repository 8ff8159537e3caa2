"""One row per person and local day at a switch: how long on shift, busy, ready; what was planned and done."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from metrics.desk import DeskSettings, EarlierRules
from metrics.facts.dimensions import ruled, with_moments
from metrics.facts.known import NEVER
from metrics.tables import INSTANT

AT = "day_at"
BUSY = ("talking", "after_call")
ON_SHIFT = (*BUSY, "available", "break", "other_work")
LONGEST = timedelta(hours=16)
"""A state whose end is not recorded and whose next one comes later than this is of unknown length."""
PERSON = ["source", "agent", "day"]


def agent_time_facts(
    states: pl.DataFrame, tickets: pl.DataFrame, desk: DeskSettings, *, as_of: datetime
) -> pl.DataFrame:
    """One row per source, person and local day, of what had happened by *as_of*; dated by day_at, the day's start.

    `tickets`: the ticket facts, for who resolved what. <kind>_seconds of each kind of state · busy_seconds: talking
    and after-call work · working_seconds: busy and available · shift_seconds, shift_hours: all but off; breaks are on
    shift · planned_seconds, planned_kept_seconds: of the roster, and of it on shift · resolved: tickets that the
    person resolved that day; null for all where no ticket was resolved by anybody of the switch · cost: of the hours,
    by the desk's rate of that day. States of an unknown kind are in no sum.
    """
    spans = _spans(states, as_of)
    days = _by_day(spans, desk.zone)
    done = days.filter(pl.col("state_kind") != "planned")
    rows = _summed(done).join(_planned(days), on=PERSON, how="full", coalesce=True)
    solved = tickets.clear() if rows.is_empty() else tickets
    rows = rows.join(_resolved(rows, solved, desk.zone), on=PERSON, how="left")
    dated = rows.join(_limits(rows["day"], desk.zone), on="day", how="left").rename({"day_begins": AT})
    return (
        with_moments(dated, AT, desk, is_day=pl.lit(True))
        .with_columns(
            _cost(desk).alias("cost"),
            shift_hours=pl.col("shift_seconds") / 3600,
            days=pl.lit(1, pl.Int64),
            created_at=pl.col(AT),
            date_only=pl.lit([AT], pl.List(pl.String)),
        )
        .drop("day", "day_ends")
        .sort(AT, "source", "agent")
    )


def newest_state(states: pl.LazyFrame) -> pl.LazyFrame:
    """The newest instant that a switch has recorded, as the only value; a roster reaches ahead and tells nothing."""
    done = states.filter((pl.col("state_kind") != "planned").fill_null(True))
    at = (pl.when(pl.col(name) < NEVER).then(name) for name in ("start_at", "end_at"))
    return done.select(pl.max_horizontal(at).max().alias("newest"))


def _spans(states: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Each state from begin to end: a person is in one state of a source at a time, so the next one ends it."""
    is_plan = (pl.col("state_kind") == "planned").fill_null(False)
    ordered = states.with_columns(
        is_plan=is_plan, end_at=pl.when(pl.col("end_at") < NEVER).then("end_at")
    ).sort("source", "agent", "is_plan", "start_at", "state_kind")  # fmt: skip
    who = ("source", "agent", "is_plan")
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(-1) for name in who)
    limit = pl.min_horizontal(pl.when(same).then(pl.col("start_at").shift(-1)), pl.lit(as_of))
    begin, told = pl.col("start_at"), pl.col("end_at").is_not_null()
    guessed = pl.when(~pl.col("is_plan") & (limit - begin <= LONGEST)).then(limit)
    end = pl.when(told).then(pl.min_horizontal("end_at", limit)).otherwise(guessed)
    spans = ordered.select("source", "agent", "team", "state_kind", begin=begin, end=end)
    return spans.filter((pl.col("end") > pl.col("begin")) & pl.col("state_kind").is_not_null())


def _by_day(spans: pl.DataFrame, zone: str) -> pl.DataFrame:
    """The spans cut at local midnights, with their `day` and whole seconds."""
    local = {name: pl.col(name).dt.convert_time_zone(zone).dt.date() for name in ("begin", "last")}
    ends = spans.with_columns(last=pl.col("end") - pl.duration(microseconds=1))
    split = ends.with_columns(day=pl.date_ranges(local["begin"], local["last"])).explode("day").drop("last")
    cut = split.join(_limits(split["day"], zone), on="day", how="left").with_columns(
        begin=pl.max_horizontal("begin", "day_begins"), end=pl.min_horizontal("end", "day_ends")
    )
    return cut.with_columns(seconds=pl.col("end").dt.epoch("s") - pl.col("begin").dt.epoch("s")).drop(
        "day_begins", "day_ends"
    )


def _limits(days: pl.Series, zone: str) -> pl.DataFrame:
    """The instants at which these local days begin and end."""
    rows = [(day, _midnight(day, zone), _midnight(day + timedelta(days=1), zone)) for day in days.unique()]
    schema = {"day": pl.Date(), "day_begins": INSTANT, "day_ends": INSTANT}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _midnight(day: date, zone: str) -> datetime:
    """The instant at which a local day begins; where summer time skips midnight, the moment of the skip."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _summed(done: pl.DataFrame) -> pl.DataFrame:
    """The seconds of each kind per person and day."""
    kind, seconds = pl.col("state_kind"), pl.col("seconds")
    sums = {
        f"{name}_seconds": seconds.filter(kind.is_in(list(kinds))).sum()
        for name, kinds in {
            **{kind: (kind,) for kind in ON_SHIFT}, "busy": BUSY, "working": (*BUSY, "available"), "shift": ON_SHIFT,
        }.items()
    }  # fmt: skip
    ordered = done.sort("source", "agent", "begin")
    return ordered.group_by(PERSON, maintain_order=True).agg(pl.col("team").drop_nulls().first(), **sums)


def _planned(days: pl.DataFrame) -> pl.DataFrame:
    """The planned seconds per person and day and those of them on shift; only of the time that states reach over.

    They reach from the first day on which there are any to the end of the last one.
    """
    is_plan = pl.col("state_kind") == "planned"
    done = days.filter(~is_plan)
    first, last = done["day"].min(), done["end"].max()
    within = days.filter(is_plan & (pl.col("day") >= first)) if done.height else days.clear()
    plan = within.with_columns(end=pl.min_horizontal("end", pl.lit(last))).filter(pl.col("end") > pl.col("begin"))
    present = _united(done.filter(pl.col("state_kind").is_in(list(ON_SHIFT))))
    inside = plan.join(present, on=["agent", "day"], how="inner").select(
        *PERSON, begin=pl.max_horizontal("begin", "present_from"), end=pl.min_horizontal("end", "present_to")
    )
    length = pl.col("end").dt.epoch("s") - pl.col("begin").dt.epoch("s")
    kept = inside.filter(pl.col("end") > pl.col("begin")).group_by(PERSON).agg(planned_kept_seconds=length.sum())
    planned = plan.group_by(PERSON).agg(planned_seconds=length.sum())
    return planned.join(kept, on=PERSON, how="left").with_columns(pl.col("planned_kept_seconds").fill_null(0))


def _united(spans: pl.DataFrame) -> pl.DataFrame:
    """The time that each person was there, at whatever switch, as spans that do not overlap."""
    who = ["agent", "day"]
    ordered = spans.sort(*who, "begin")
    reached = pl.col("end").cum_max().shift(1).over(who)
    starts = (pl.col("begin") > reached).fill_null(True)
    numbered = ordered.with_columns(run=starts.cum_sum().over(who))
    return (
        numbered.group_by(*who, "run")
        .agg(present_from=pl.col("begin").min(), present_to=pl.col("end").max())
        .drop("run")
    )


def _resolved(rows: pl.DataFrame, tickets: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Tickets resolved per person and day, on the first source's row with hours; 0 for a day with hours and none."""
    day = pl.col("full_resolution_at").dt.convert_time_zone(zone).dt.date()
    done = tickets.filter(pl.col("is_resolved").fill_null(False)).select(agent="resolution_by", day=day)
    counts = done.group_by("agent", "day").agg(resolved=pl.len().cast(pl.Int64))
    there = (
        rows.filter(pl.col("shift_seconds") > 0)
        .sort(PERSON)
        .unique(["agent", "day"], keep="first", maintain_order=True)
    )
    found = there.select(PERSON).join(counts, on=["agent", "day"], how="left")
    if found["resolved"].null_count() == found.height:
        return found
    return found.with_columns(pl.col("resolved").fill_null(0))


def _cost(desk: DeskSettings) -> pl.Expr:
    return pl.col("shift_seconds") / 3600 * ruled(desk, pl.col("day"), _rate)


def _rate(rules: DeskSettings | EarlierRules) -> pl.Expr:
    """What an hour costs: by the team's own rate, else by that of all."""
    usual = pl.lit(rules.hourly_cost, pl.Float64)
    if not rules.team_costs:
        return usual
    of_team = pl.col("team").replace_strict(dict(rules.team_costs), default=None, return_dtype=pl.Float64)
    return pl.coalesce(of_team, usual)
