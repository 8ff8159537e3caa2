"""Whether what was promised was kept: one calculation for tickets, waits and every instance of a target."""

import polars as pl

from metrics.calendar import BusinessClock
from metrics.desk import DeskSettings, Thing
from metrics.facts.durations import CALENDAR, of_some, opened_by, second_of, with_clocks
from metrics.facts.pauses import PLACE, paused
from metrics.local_time import local_times
from metrics.tables import INSTANT
from metrics.targets import by_precedence, chosen

PARTS = (
    "target", "target_clock", "due_at", "state", "left_seconds", "paused_calendar_seconds",
    "paused_business_seconds", "overrun_calendar_seconds", "overrun_business_seconds",
)  # fmt: skip
"""What `with_attainment` finds of a thing beside its three-state verdict, as columns `<thing>_<part>`."""
CLOCKS = ("calendar", "business")


def with_attainment(
    frame: pl.DataFrame,
    thing: Thing,
    desk: DeskSettings,
    *,
    span: str,
    start: str,
    done: str,
    until: pl.Expr,
    known: pl.Expr,
    clock: BusinessClock | None,
    pauses: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Add `<thing>_target_seconds`, `<thing>_met`, `<thing>_decided_at` and the PARTS.

    span: the durations' name · start, done: the instants that begin and end it · until: where a span that never ended
    stops counting (the end of the ticket, else as_of) · known: whether it can be told that it did not end · pauses:
    spans by `row` in which its clock stands still. `ended_at` tells whether the ticket has ended.
    met is null while running, where no target applies, where the clock stopped before the target, and where unknown.
    """
    targeted = _with_target(with_clocks(frame, [start], clock), thing, desk, start=start).with_row_index(PLACE)
    undone = pl.col(done).is_null()
    stopped = targeted.with_columns(__undone=undone, __stop=pl.when(undone).then(until).otherwise(done))
    through = _with_through(stopped, span, start=start, known=known, clock=clock)
    rested = _with_pauses(through, thing, start=start, pauses=pauses, clock=clock)
    judged = _judged(rested, thing, start=start, done=done, clock=clock)
    whole = _with_lateness(judged, thing, start=start, clock=clock)
    working = (
        "undone", "stop", "through_calendar", "through_business", "before_calendar", "before_business", "is_open",
        "ran", "late",
    )  # fmt: skip
    return whole.drop(PLACE, *(f"__{name}" for name in working))


def _with_through(
    frame: pl.DataFrame, span: str, *, start: str, known: pl.Expr, clock: BusinessClock | None
) -> pl.DataFrame:
    """Add how long it took on both clocks; of what is not done, so far."""
    so_far = of_some(
        frame.with_columns(__known=known),
        pl.col("__undone") & pl.col("__known"),
        _since(start, "__stop", clock, "__far"),
    )
    return so_far.with_columns(
        pl.when("__undone").then(f"__far_{name}").otherwise(f"{span}_{name}_seconds").alias(f"__through_{name}")
        for name in CLOCKS
    ).drop("__known", *(f"__far_{name}" for name in CLOCKS))


def _since(start: str, end: str, clock: BusinessClock | None, prefix: str) -> dict[str, pl.Expr]:
    """On both clocks, the seconds from an instant of `with_clocks` to another."""
    at = pl.col(end)
    opened = pl.lit(None, pl.Int64) if clock is None else clock.seconds(at, calendar=pl.col(CALENDAR))
    return {
        f"{prefix}_calendar": at.dt.epoch("s") - pl.col(second_of(start)),
        f"{prefix}_business": opened - pl.col(opened_by(start)),
    }


def _with_target(frame: pl.DataFrame, thing: Thing, desk: DeskSettings, *, start: str) -> pl.DataFrame:
    """Add the target in force on the day of *start*: its place among the desk's, its seconds, its clock."""
    day = local_times(frame, [start], desk.zone)[start].dt.date()
    targets = by_precedence(desk.targets, thing)
    looked_up = {
        "target": pl.Series([desk.targets.index(target) for target in targets], dtype=pl.Int64),
        "target_seconds": pl.Series([target.seconds for target in targets], dtype=pl.Int64),
        "target_clock": pl.Series([target.clock for target in targets], dtype=pl.String),
    }
    place = chosen(desk.targets, thing, on=pl.col("__day"), columns=frame.columns)
    placed = frame.with_columns(__day=day).with_columns(__chosen=place).drop("__day")
    columns = {f"{thing}_{name}": pl.lit(values).gather("__chosen") for name, values in looked_up.items()}
    return placed.with_columns(**columns).drop("__chosen")


def _with_pauses(
    frame: pl.DataFrame, thing: Thing, *, start: str, pauses: pl.DataFrame | None, clock: BusinessClock | None
) -> pl.DataFrame:
    """Add how long the clock stood still, on both clocks, whole and before the target was used up."""
    names = ("calendar", "business", "before_calendar", "before_business")
    if pauses is None:
        none = {name: pl.lit(0, pl.Int64) for name in names} | {"is_open": pl.lit(False)}
        return _named_pauses(frame.with_columns(**{f"__paused_{name}": value for name, value in none.items()}), thing)
    runs = frame.filter(pl.col("__stop") >= pl.col(start)).select(
        PLACE, "row", CALENDAR, start=start, stop="__stop", target=f"{thing}_target_seconds",
        is_calendar=(pl.col(f"{thing}_target_clock") == "calendar").fill_null(False),
    )  # fmt: skip
    found = paused(runs, pauses, clock).rename({name: f"__paused_{name}" for name in (*names, "is_open")})
    joined = frame.join(found, on=PLACE, how="left", maintain_order="left")
    return _named_pauses(
        joined.with_columns(
            *(pl.col(f"__paused_{name}").fill_null(0) for name in names), pl.col("__paused_is_open").fill_null(False)
        ),
        thing,
    )


def _named_pauses(frame: pl.DataFrame, thing: Thing) -> pl.DataFrame:
    """The pauses of what could be measured; of the rest nothing is known."""
    measured = pl.col("__through_calendar").is_not_null()
    return frame.rename(
        {f"__paused_{name}": f"__{name}" for name in ("before_calendar", "before_business", "is_open")}
    ).with_columns(
        pl.when(measured).then("__paused_calendar").alias(f"{thing}_paused_calendar_seconds"),
        pl.when(pl.col("__through_business").is_not_null()).then("__paused_business").alias(f"{thing}_paused_business_seconds"),
    ).drop("__paused_calendar", "__paused_business")  # fmt: skip


def _judged(frame: pl.DataFrame, thing: Thing, *, start: str, done: str, clock: BusinessClock | None) -> pl.DataFrame:
    """Add met, due_at, decided_at, state and what is left."""
    target, on_calendar = pl.col(f"{thing}_target_seconds"), pl.col(f"{thing}_target_clock") == "calendar"
    undone, met, state = pl.col("__undone"), pl.col(f"{thing}_met"), pl.col(f"{thing}_state")
    on_clock = {
        name: pl.col(f"__through_{name}") - pl.col(f"{thing}_paused_{name}_seconds")
        for name in ("calendar", "business")
    }
    ran = pl.when(on_calendar).then(on_clock["calendar"]).otherwise(on_clock["business"])
    # Seconds are whole; on the calendar the fractions tell who was late by less than one.
    by_fraction = on_calendar & (pl.col("__stop").dt.microsecond() > pl.col(start).dt.microsecond())
    late = (pl.col("__ran") > target) | ((pl.col("__ran") == target) & by_fraction)
    ran_on = frame.with_columns(__ran=ran).with_columns(__late=late).with_columns(
        pl.when(~undone).then(~pl.col("__late")).when("__late").then(False).alias(f"{thing}_met")
    )  # fmt: skip
    running = undone & met.is_null() & ~pl.col("__late")
    stated = ran_on.with_columns(
        pl.when(met).then(pl.lit("met")).when(~met).then(pl.lit("breached"))
        .when(running & pl.col("ended_at").is_not_null()).then(pl.lit("cancelled"))
        .when(running & pl.col("__is_open")).then(pl.lit("paused"))
        .when(running).then(pl.lit("running"))
        .alias(f"{thing}_state"),
        _due_at(thing, start=start, clock=clock),
    )  # fmt: skip
    return stated.with_columns(
        pl.when(state.is_not_null() & (state != "paused")).then(f"{thing}_due_at").alias(f"{thing}_due_at"),
        pl.when(met).then(done).when(~met).then(f"{thing}_due_at").alias(f"{thing}_decided_at"),
        pl.when(state.is_in(["running", "paused"])).then(target - pl.col("__ran")).alias(f"{thing}_left_seconds"),
    )


def _due_at(thing: Thing, *, start: str, clock: BusinessClock | None) -> pl.Expr:
    """When the target is used up, pauses that began before then added."""
    target, is_calendar = pl.col(f"{thing}_target_seconds"), pl.col(f"{thing}_target_clock") == "calendar"
    on_calendar = pl.col(start) + pl.duration(seconds=target + pl.col("__before_calendar"))
    on_business = pl.lit(None, INSTANT)
    if clock is not None:
        opened = pl.when(pl.col("__ran").is_not_null() & ~is_calendar).then(opened_by(start))
        seconds = target + pl.col("__before_business")
        on_business = clock.reached(pl.col(second_of(start)), opened, seconds, calendar=pl.col(CALENDAR))
    due = pl.when(is_calendar).then(on_calendar).otherwise(on_business)
    return due.alias(f"{thing}_due_at")


def _with_lateness(frame: pl.DataFrame, thing: Thing, *, start: str, clock: BusinessClock | None) -> pl.DataFrame:
    """Add by how much the breached were late on both clocks, so far where nothing has been done yet."""
    late = ~pl.col(f"{thing}_met") & pl.col(f"{thing}_due_at").is_not_null()
    until_due = of_some(frame, late, _since(start, f"{thing}_due_at", clock, "__due"))
    overrun = {
        f"{thing}_overrun_{name}_seconds": (pl.col(f"__through_{name}") - pl.col(f"{thing}_paused_{name}_seconds"))
        - (pl.col(f"__due_{name}") - pl.col(f"__before_{name}"))
        for name in CLOCKS
    }
    return until_due.with_columns(**overrun).drop(f"__due_{name}" for name in CLOCKS)
