"""Who is there when: shifts as people per interval, a usual week out of what was worked, and people shared over queues.

A person who serves several queues is in each of them for a part: in proportion to what each needs of his team in that
interval. Where several queues share people, that is an approximation; only a simulation of calls would tell more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import polars as pl

from metrics.staffing.model import ROSTER_FRAME, Minutes, is_meant
from metrics.tables import INSTANT

ShiftKind = Literal["regular", "part_time", "outsourced", "borrowed"]
SHIFT_KINDS: tuple[ShiftKind, ...] = get_args(ShiftKind)
Weights = Mapping[str, Mapping[str, float]]
"""Team -> queue -> share of the queue's work that the team does."""
HEADS: Mapping[str, pl.DataType] = {
    "team": pl.String(), "queues": pl.String(), "kind": pl.String(), "starts_at": INSTANT, "people": pl.Float64(),
}  # fmt: skip
"""One row per team, kind and interval. queues: names joined by SEPARATOR where a shift names them, else null."""
SEPARATOR = "\n"
USUAL = timedelta(days=28)
"""The usual week is that of so many last days."""
LEAST = 1e-6
"""Where nothing is needed, people are shared by what their team usually does."""


@dataclass(frozen=True)
class Shift:
    """So many people of a team, or one person, at work from an instant to another.

    day: the local day on which it begins · queues: those that they serve, empty for those of their team · break_from,
    break_to: when they are away in between.
    """

    day: date
    starts_at: datetime
    ends_at: datetime
    team: str | None = None
    person: str | None = None
    kind: ShiftKind = "regular"
    queues: tuple[str, ...] = ()
    people: float = 1.0
    break_from: datetime | None = None
    break_to: datetime | None = None


def heads(shifts: Iterable[Shift], *, minutes: Minutes) -> pl.DataFrame:
    """People per interval, as HEADS; an interval worked in part counts for that part."""
    length = minutes * 60
    rows: dict[tuple[str | None, str | None, str, int], float] = {}
    for shift in shifts:
        queues = SEPARATOR.join(sorted(shift.queues)) or None
        for start, part in _parts(shift, length):
            key = (shift.team, queues, shift.kind, start)
            rows[key] = rows.get(key, 0.0) + shift.people * part
    found = [(*key[:3], datetime.fromtimestamp(key[3], UTC), people) for key, people in rows.items() if people > 0]
    return pl.DataFrame(found, schema=dict(HEADS), orient="row").sort("starts_at", "team", "queues", "kind")


def _parts(shift: Shift, length: int) -> Iterable[tuple[int, float]]:
    """Starts of intervals with the part of each that is worked."""
    begin, end = int(shift.starts_at.timestamp()), int(shift.ends_at.timestamp())
    away = (0, 0)
    if shift.break_from and shift.break_to:
        away = (int(shift.break_from.timestamp()), int(shift.break_to.timestamp()))
    for start in range(begin // length * length, end, length):
        there = _overlap(start, start + length, begin, end) - _overlap(start, start + length, *away)
        if there > 0:
            yield start, there / length


def _overlap(begin: int, end: int, first: int, last: int) -> int:
    return max(0, min(end, last) - max(begin, first))


def usual_week(planned: pl.DataFrame, *, zone: str, minutes: Minutes, origin: datetime) -> pl.DataFrame:
    """Mean people by team, `weekday` (Monday 1) and local `minute` of the day over the last four weeks up to origin.

    planned: team, start_at, end_at of shifts; those whose end or team is not known tell nothing. A week is only what it
    is by the days on which anybody worked; with less than a week of them nothing is usual.
    """
    schema = {"team": pl.String(), "weekday": pl.Int8(), "minute": pl.Int32(), "people": pl.Float64()}
    today = origin.astimezone(ZoneInfo(zone)).date()
    known = planned.drop_nulls(["team", "start_at", "end_at"]).filter(pl.col("end_at") > pl.col("start_at"))
    local = known.select(
        "team",
        *(pl.col(name).dt.convert_time_zone(zone).dt.replace_time_zone(None).alias(name)
          for name in ("start_at", "end_at")),
    ).filter((pl.col("start_at").dt.date() < today) & (pl.col("start_at").dt.date() >= today - USUAL))  # fmt: skip
    days = local["start_at"].dt.date().unique()
    if days.len() < 7:
        return pl.DataFrame(schema=schema)
    every = pl.date_range(min(days), today, interval="1d", closed="left", eager=True)
    times = pl.DataFrame({"weekday": every.dt.weekday()}).group_by("weekday").agg(days=pl.len())
    step = f"{minutes}m"
    cut = local.with_columns(
        at=pl.datetime_ranges(pl.col("start_at").dt.truncate(step), "end_at", interval=step, closed="left")
    ).explode("at")
    after = pl.col("at") + pl.duration(minutes=minutes)
    there = pl.min_horizontal(after, "end_at") - pl.max_horizontal("at", "start_at")
    clock = pl.col("at").dt.hour().cast(pl.Int32) * 60 + pl.col("at").dt.minute()
    return (
        cut.with_columns(part=there.dt.total_seconds() / (minutes * 60))
        .group_by("team", weekday=pl.col("at").dt.weekday(), minute=clock)
        .agg(pl.col("part").sum())
        .join(times, on="weekday")
        .select("team", "weekday", "minute", people=pl.col("part") / pl.col("days"))
        .sort("team", "weekday", "minute")
        .cast(schema)  # type: ignore[arg-type]
    )


def repeated(usual: pl.DataFrame, days: Sequence[date], *, zone: str) -> pl.DataFrame:
    """The usual week on these local days, as HEADS; what summer time skips has nobody."""
    calendar = pl.DataFrame({"day": list(days)}, schema={"day": pl.Date()})
    dated = calendar.with_columns(weekday=pl.col("day").dt.weekday()).join(usual, on="weekday")
    local = pl.col("day").cast(pl.Datetime("us")) + pl.duration(minutes="minute")
    at = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
    rows = dated.select(
        "team", pl.lit(None, pl.String).alias("queues"), pl.lit("regular").alias("kind"), at.alias("starts_at"),
        "people",
    )  # fmt: skip
    return rows.drop_nulls("starts_at").sort("starts_at", "team").cast(dict(HEADS))  # type: ignore[arg-type]


def shared(present: pl.DataFrame, required: pl.DataFrame, weights: Weights) -> pl.DataFrame:
    """People of HEADS in the queues that they serve, as ROSTER_FRAME over every queue and interval of *required*.

    required: queue, starts_at, required. A team without weights and shifts without queues serve nobody here.
    """
    frame = required.select("queue", "starts_at")
    told = [*_told_of_teams(present, weights), *_told_of_shifts(present, frame["queue"].unique().sort().to_list())]
    served = pl.DataFrame(
        told, schema={"team": pl.String(), "queues": pl.String(), "queue": pl.String(), "weight": pl.Float64()},
        orient="row",
    )  # fmt: skip
    group = ["team", "queues"]
    there = present.group_by(*group, "starts_at").agg(pl.col("people").sum())
    spread = there.join(served, on=group, nulls_equal=True).join(
        required.select("queue", "starts_at", needed=pl.col("required").cast(pl.Float64)), on=["queue", "starts_at"]
    )
    part = pl.col("weight") * pl.max_horizontal("needed", pl.lit(LEAST))
    parts = spread.with_columns(part=part / part.sum().over(*group, "starts_at"))
    rostered = parts.group_by("queue", "starts_at").agg(rostered=(pl.col("people") * pl.col("part")).sum())
    return (
        frame.join(rostered, on=["queue", "starts_at"], how="left", maintain_order="left")
        .with_columns(pl.col("rostered").fill_null(0.0))
        .select(*ROSTER_FRAME)
    )


def _told_of_teams(present: pl.DataFrame, weights: Weights) -> Iterable[tuple[str, None, str, float]]:
    for team in present.filter(pl.col("queues").is_null())["team"].drop_nulls().unique(maintain_order=True):
        for queue, weight in weights.get(team, {}).items():
            if weight > 0:
                yield team, None, queue, weight


def _told_of_shifts(present: pl.DataFrame, known: Sequence[str]) -> Iterable[tuple[str | None, str, str, float]]:
    named = present.drop_nulls("queues").select("team", "queues").unique(maintain_order=True)
    for team, queues in named.iter_rows():
        named_here = queues.split(SEPARATOR)
        for queue in known:
            if is_meant(queue, named_here):
                yield team, queues, queue, 1.0


def work_of_teams(done: pl.DataFrame) -> dict[str, dict[str, float]]:
    """Team -> queue -> share of the queue's requests that the team had; done: queue, team, requests."""
    known = done.drop_nulls(["queue", "team"]).filter(pl.col("requests") > 0)
    parts = known.with_columns(weight=pl.col("requests") / pl.col("requests").sum().over("queue"))
    found: dict[str, dict[str, float]] = {}
    for queue, team, weight in parts.select("queue", "team", "weight").sort("team", "queue").iter_rows():
        found.setdefault(team, {})[queue] = float(weight)
    return found
