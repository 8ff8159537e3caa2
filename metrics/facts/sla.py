"""One row per running of one target on one ticket: from when to when, what paused it, how it ended."""

from datetime import datetime

import polars as pl

from metrics.calendar import BusinessClock
from metrics.desk import DeskSettings, Thing
from metrics.facts.dimensions import TICKET_DIMENSIONS, is_day, source_fields, with_moments
from metrics.facts.durations import CALENDAR, with_durations
from metrics.facts.history import ACTIVE_STATUSES, RESOLVED_STATUSES
from metrics.facts.pauses import is_pausing, pause_spans
from metrics.facts.promises import PARTS, with_attainment
from metrics.tables import ENDED_STATUSES, INSTANT

TICKET_COLUMNS = (
    "source", "ticket_id", *(name for name in TICKET_DIMENSIONS if name not in {"source", "agent"}),
    "customer", "subject", "created_at", "created_on",
)  # fmt: skip
DONE_STATUSES = (*RESOLVED_STATUSES, "closed")


def known_pauses(steps: pl.DataFrame, settled: pl.DataFrame, desk: DeskSettings, *, as_of: datetime) -> pl.DataFrame:
    """The pauses of all tickets by their recorded statuses: row, from_at, to_at (null: it still lasts).

    Where nothing is recorded, a ticket that waits for the customer now has a pause of unknown length: it stands still,
    and what it has rested so far cannot be taken off.
    """
    pausing = is_pausing(desk, pl.col("status"), pl.lit(as_of, INSTANT))
    resting = ~pl.col("pauses_known") & pausing & pl.col("ended_at").is_null()
    now = settled.filter(resting).select("row", from_at=pl.lit(as_of, INSTANT), to_at=pl.lit(None, INSTANT))
    return pl.concat([pause_spans(steps, desk), now])


def sla_instances(
    tickets: pl.DataFrame,
    replies: pl.DataFrame,
    steps: pl.DataFrame,
    desk: DeskSettings,
    clock: BusinessClock | None,
    *,
    as_of: datetime,
    pauses: pl.DataFrame,
) -> pl.DataFrame:
    """One row per running of a target: first responses, later responses, resolutions and those after a reopening.

    `tickets`, `replies`: judged, with working columns; `row` is in the order of creation · `steps`: changes of status.
    thing · run: 1, and one more after each reopening · target: its place among the desk's · target_seconds, clock,
    calendar · started_at · done_at: reply or resolution · ended_at: that, or the end of the ticket; null while it
    runs · due_at: null while paused · state: running, paused, met, breached, cancelled · decided_at, is_met (null:
    not decided) · paused_calendar_seconds, paused_business_seconds: null where pauses_known is false · left_seconds:
    of what runs or is paused · is_at_risk · sla_overrun_calendar_seconds, sla_overrun_business_seconds: of the
    breached, so far where nothing was done yet · the ticket's dimensions; agent is the person credited; weekday,
    hour, peak are those of started_at. What cannot be measured is no instance.
    """
    runs = _reopened_runs(tickets, steps, desk, clock, as_of=as_of, pauses=pauses)
    straight = ~pl.col("row").is_in(runs["row"].unique().implode())
    once, replier, resolver = pl.lit(1), pl.col("first_response_by"), pl.col("resolution_by")
    asked = tickets.lazy().with_columns(run=once)
    later = replies.lazy().filter(~pl.col("is_first")).with_columns(run=once, pauses_known=pl.lit(True))
    kinds = [
        instances_of(asked, "first_response", "start_at", "first_response_at", replier),
        instances_of(later, "next_response", "asked_at", "answered_at", pl.col("agent")),
        instances_of(asked.filter(straight), "resolution", "created_at", "full_resolution_at", resolver),
        instances_of(runs.lazy(), "resolution", "run_start_at", "run_done_at", pl.coalesce("run_by", resolver)),
    ]  # fmt: skip
    whole = pl.concat(kinds, how="vertical_relaxed").collect(engine="in-memory").rechunk()  # else gathering is slow
    return with_verdicts(_ordered(whole).drop("row"), desk)


def _ordered(runs: pl.DataFrame) -> pl.DataFrame:
    """By when they began; those of one ticket by thing and run, as they stand.

    Columns of which nothing is known are most of all: they are not moved about.
    """
    order = runs.select(pl.arg_sort_by("started_at", "row", maintain_order=True)).to_series()
    known = [name for name in runs.columns if runs[name].null_count() < runs.height]
    unknown = [pl.lit(None, dtype).alias(name) for name, dtype in runs.schema.items() if name not in known]
    return runs.select(pl.col(known).gather(order)).with_columns(unknown).select(runs.columns)


def with_wishes(instances: pl.DataFrame, desk: DeskSettings) -> pl.DataFrame:
    """Add `wished`: the share that the desk wishes to keep of the runnings of this target; null until decided."""
    wishes = pl.Series([target.wanted for target in desk.targets], dtype=pl.Float64)
    wished = pl.lit(wishes).gather("target") if wishes.len() else pl.lit(None, pl.Float64)
    return instances.with_columns(wished=pl.when(pl.col("is_met").is_not_null()).then(wished))


def with_verdicts(instances: pl.DataFrame, desk: DeskSettings) -> pl.DataFrame:
    """Add what is the same for every kind of running: when in the week it began, is_met, is_at_risk."""
    state, left = pl.col("state"), pl.col("left_seconds")
    return with_moments(instances, "started_at", desk, is_day=pl.lit(False)).with_columns(
        is_met=pl.when(state == "met").then(True).when(state == "breached").then(False),
        is_at_risk=(state == "running") & (left < desk.at_risk_share * pl.col("target_seconds")),
        date_only=pl.lit(None, pl.List(pl.String)),
    )


def instances_of(frame: pl.LazyFrame, thing: Thing, start: str, done: str, credited: pl.Expr) -> pl.LazyFrame:
    """The rows of a judged frame whose target can be measured, as instances.

    Lazy, so that of a hundred working columns only the few that are kept are ever copied.
    """
    decided, known = pl.col(f"{thing}_decided_at"), pl.col("pauses_known") | (thing != "resolution")
    kept = frame.filter(pl.col(f"{thing}_state").is_not_null())
    own = {name: pl.col(f"{thing}_{name}") for name in ("target", "target_seconds", "due_at", "state", "left_seconds")}
    paused = {
        name: pl.when(known).then(f"{thing}_{name}") for name in ("paused_calendar_seconds", "paused_business_seconds")
    }
    late = {
        f"sla_overrun_{name}": pl.col(f"{thing}_overrun_{name}") for name in ("calendar_seconds", "business_seconds")
    }
    return kept.select(
        "row", *TICKET_COLUMNS, *source_fields(frame),
        agent=credited, thing=pl.lit(thing), run=pl.col("run").cast(pl.Int64), clock=pl.col(f"{thing}_target_clock"),
        calendar=pl.col(CALENDAR), started_at=pl.col(start), done_at=pl.col(done),
        ended_at=pl.coalesce(done, "ended_at"), decided_at=decided, pauses_known=known, **own, **paused, **late,
    )  # fmt: skip


def _reopened_runs(
    tickets: pl.DataFrame, steps: pl.DataFrame, desk: DeskSettings, clock: BusinessClock | None, *, as_of: datetime,
    pauses: pl.DataFrame,
) -> pl.DataFrame:  # fmt: skip
    """The judged runnings of the resolutions of tickets that were reopened, `run` counting from 1.

    A reopening that is only counted, not dated, starts no running that could be measured: there only the first
    resolution makes one.
    """
    judged_parts = [f"resolution_{part}" for part in (*PARTS, "target_seconds", "met", "decided_at")]
    back = steps.filter(_is_back())["row"].unique().implode()
    reopened = pl.col("is_reopened").fill_null(False) | pl.col("row").is_in(back)
    plain = tickets.filter(reopened & ~is_day("created_at") & pl.col("is_inquiry")).drop(judged_parts)
    runs = pl.concat([_dated_runs(plain, steps), _undated_runs(plain, steps)], how="diagonal").sort("row", "run")
    exact = pl.when(~pl.col("run_is_day")).then("run_done_at")
    measured = with_durations(runs, {"run": (pl.col("run_start_at"), exact)}, clock)
    until = pl.max_horizontal("run_start_at", pl.col("ended_at").fill_null(as_of))
    return with_attainment(
        measured, "resolution", desk, span="run", start="run_start_at", done="run_done_at", until=until,
        known=pl.col("knows_resolution") & pl.col("is_last"), clock=clock, pauses=pauses,
    )  # fmt: skip


def _undated_runs(tickets: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    only_counted = pl.col("is_reopened").fill_null(False) & pl.col("first_resolution_at").is_not_null()
    dated = _reopenings(tickets, steps).select("row")
    return tickets.filter(only_counted).join(dated, on="row", how="anti").with_columns(
        run=pl.lit(1, pl.Int64), run_start_at="created_at", run_done_at="first_resolution_at", is_last=pl.lit(False),
        run_is_day=pl.col("first_resolution_is_day").fill_null(False), run_by=pl.lit(None, pl.String),
    )  # fmt: skip


def _reopenings(tickets: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """The dated reopenings of these tickets: row, run (2 for the first), run_start_at."""
    within = steps.join(tickets.select("row", "created_at"), on="row", how="inner", maintain_order="left").filter(
        _is_back() & (pl.col("at") >= pl.col("created_at"))
    )
    return within.select(
        "row", run=pl.int_range(pl.len(), dtype=pl.Int64).over("row") + 2, run_start_at="at",
    )  # fmt: skip


def _is_back() -> pl.Expr:
    """Whether a change of status opens an ended ticket again."""
    return pl.col("before").is_in(ENDED_STATUSES) & pl.col("after").is_in(ACTIVE_STATUSES)


def _dated_runs(tickets: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Runnings of the tickets with dated reopenings; the last one ends with the full resolution, those before it
    with the first change into an ended status of their time."""
    again = _reopenings(tickets, steps)
    reopened = tickets.join(again.select("row").unique(), on="row", how="semi")
    first = reopened.select("row", run=pl.lit(1, pl.Int64), run_start_at="created_at")
    starts = pl.concat([first, again]).sort("row", "run")
    ends = steps.filter(pl.col("after").is_in(DONE_STATUSES)).select("row", settled_at="at", settled_by="by")
    same = pl.col("row") == pl.col("row").shift(-1)
    framed = starts.with_columns(next_at=pl.when(same).then(pl.col("run_start_at").shift(-1)))
    found = framed.join(ends, on="row").filter(
        (
            (pl.col("settled_at") > pl.col("run_start_at"))
            | ((pl.col("run") == 1) & (pl.col("settled_at") == pl.col("run_start_at")))
        )
        & (pl.col("settled_at") <= pl.col("next_at").fill_null(pl.col("settled_at")))
    )
    firsts = found.sort("row", "run", "settled_at").unique(["row", "run"], keep="first")
    runs = framed.join(firsts.select("row", "run", "settled_at", "settled_by"), on=["row", "run"], how="left")
    joined = runs.join(reopened, on="row", how="inner").with_columns(is_last=pl.col("next_at").is_null())
    full, begins = pl.col("full_resolution_at"), pl.col("run_start_at")
    by_full = pl.col("is_last") & (full >= begins).fill_null(False)
    by_change = ~by_full & (~pl.col("is_last") | full.is_not_null())
    return joined.with_columns(
        run_done_at=pl.when(by_full).then(full).when(by_change).then("settled_at"),
        run_is_day=by_full & pl.col("full_resolution_is_day").fill_null(False),
        run_by=pl.when(by_change).then("settled_by"),
    ).drop("next_at", "settled_at", "settled_by")  # fmt: skip
