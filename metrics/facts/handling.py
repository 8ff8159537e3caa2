"""What became of a ticket on the way: who handled it, whether it was escalated, when work began, how long it waited."""

from collections.abc import Callable
from datetime import datetime

import polars as pl

from metrics.calendar import BusinessClock
from metrics.facts.dimensions import is_day
from metrics.facts.durations import CALENDAR, opened_by, second_of, with_clocks, with_durations
from metrics.facts.history import ACTIVE_STATUSES
from metrics.facts.knowledge import Knowledge
from metrics.tables import ENDED_STATUSES, INSTANT, TIERS

INSTANTS = (
    "created_at", "start_at", "first_response_at", "first_auto_response_at", "first_resolution_at",
    "full_resolution_at", "ended_at",
)  # fmt: skip
"""Between which tickets are measured."""
WAITING_STATUSES = ("new", "open", "on_hold")
"""While a ticket stands so, the customer waits for the desk; in `pending` the desk waits for the customer."""


def with_handling(
    settled: pl.DataFrame,
    messages: pl.DataFrame,
    changes: pl.DataFrame,
    clock: BusinessClock | None,
    knowledge: Knowledge,
    *,
    as_of: datetime,
) -> pl.DataFrame:
    """Add to the settled tickets (with `row`, as messages and changes) what stands in the columns below.

    is_inquiry_resolved: null for merged tickets and spam · escalation_at, is_escalated · reopened_at: the first time ·
    is_bot_only, is_human_answered: of the resolved · cycle_time_… and requester_wait_…_seconds: of what is over ·
    first_response_waiting_…_seconds: how long those who still wait have waited at *as_of*.
    Null where the source tells nothing of it; see metrics/DECISIONS.md.
    """
    found = settled.join(_written(messages), on="row", how="left", maintain_order="left")
    found = found.join(_moved(changes), on="row", how="left", maintain_order="left")
    found = found.join(_waited(settled, changes, clock), on="row", how="left", maintain_order="left")
    judged = found.with_columns(_escalation(), *_shares(knowledge)).with_columns(is_escalated=_is_escalated(knowledge))
    cycled = with_clocks(judged, ("began_at", *INSTANTS), clock).with_columns(**_cycle_time())
    measured = with_durations(cycled, {"first_response_waiting": _waiting(as_of)}, clock)
    working = ("wrote_bot", "wrote_person", "began_at", "raised_at", second_of("began_at"), opened_by("began_at"))
    return measured.drop(working)


def _written(messages: pl.DataFrame) -> pl.DataFrame:
    kind = pl.col("author_kind")
    return messages.group_by("row").agg(
        wrote_bot=((kind == "bot") & pl.col("is_public").fill_null(True)).any(),
        wrote_person=(kind == "agent").any(),
    )


def _moved(changes: pl.DataFrame) -> pl.DataFrame:
    """When work began by the status (“new” → active), when first reopened, when first given to a higher line."""
    ordered = changes.filter(pl.col("field").is_in(["status", "tier"])).sort("row", "field", "at", "sequence")
    same = (pl.col("row") == pl.col("row").shift(1)) & (pl.col("field") == pl.col("field").shift(1))
    before = pl.coalesce("from_value", pl.when(same).then(pl.col("to_value").shift(1)))
    is_tier, after = pl.col("field") == "tier", pl.col("to_value")
    began = ~is_tier & (pl.col("before") == "new") & after.is_in([s for s in ACTIVE_STATUSES if s != "new"])
    raised = is_tier & (_line(after) > _line(pl.col("before")))
    back = ~is_tier & pl.col("before").is_in(ENDED_STATUSES) & after.is_in(ACTIVE_STATUSES)
    return (
        ordered.with_columns(before=before)
        .group_by("row")
        .agg(
            began_at=pl.col("at").filter(began).min(),
            raised_at=pl.col("at").filter(raised).min(),
            reopened_at=pl.col("at").filter(back).min(),
        )
    )


def _line(tier: pl.Expr) -> pl.Expr:
    return tier.replace_strict({name: place for place, name in enumerate(TIERS)}, default=None, return_dtype=pl.Int8)


def _escalation() -> pl.Expr:
    return pl.when("is_inquiry").then(pl.coalesce("escalated_at", "raised_at")).alias("escalation_at")


def _is_escalated(knowledge: Knowledge) -> pl.Expr:
    # A stamp that is a day of unknown time still says that it happened.
    happened = pl.col("escalation_at").is_not_null() | is_day("escalated_at")
    return pl.when(pl.col("is_inquiry") & knowledge.tells("escalations")).then(happened)


def _shares(knowledge: Knowledge) -> list[pl.Expr]:
    resolved = pl.col("is_resolved").fill_null(False)
    replied = pl.col("first_response_at").is_not_null() | (pl.col("replies") > 0).fill_null(False)
    bot_only = pl.col("wrote_bot").fill_null(False) & ~pl.col("wrote_person").fill_null(False) & ~replied
    return [
        pl.when("is_inquiry").then("is_resolved").alias("is_inquiry_resolved"),
        pl.when(resolved & knowledge.tells("desk_messages")).then(bot_only).alias("is_bot_only"),
        pl.when(resolved & pl.col("knows_response")).then(replied).alias("is_human_answered"),
    ]


def _cycle_time() -> dict[str, pl.Expr]:
    """From the first sign of work, a reply or a change of status, to the end."""
    has_replied = ~pl.col("first_response_is_day").fill_null(False)

    def first(clock: Callable[[str], str]) -> pl.Expr:
        return pl.min_horizontal(pl.when(has_replied).then(clock("first_response_at")), clock("began_at"))

    over = pl.col("is_inquiry") & ~pl.col("ended_is_day").fill_null(False)
    there = over & (pl.col("ended_at") >= first(str))
    return {
        "cycle_time_calendar_seconds": pl.when(there).then(pl.col(second_of("ended_at")) - first(second_of)),
        "cycle_time_business_seconds": pl.when(there).then(pl.col(opened_by("ended_at")) - first(opened_by)),
    }


def _waiting(as_of: datetime) -> tuple[pl.Expr, pl.Expr]:
    start_is_day = is_day("created_at") & (pl.col("start_at") == pl.col("created_at")).fill_null(False)
    return pl.when(pl.col("is_waiting") & ~start_is_day).then("start_at"), pl.lit(as_of, INSTANT)


def _waited(settled: pl.DataFrame, changes: pl.DataFrame, clock: BusinessClock | None) -> pl.DataFrame:
    """requester_wait_…_seconds of the tickets that are over and have recorded changes of status."""
    status = changes.filter(pl.col("field") == "status").sort("row", "at", "sequence")
    ended = pl.col("is_inquiry") & pl.col("ended_at").is_not_null() & ~pl.col("ended_is_day").fill_null(False)
    over = (
        settled.lazy().filter(ended & ~is_day("created_at")).select("row", "created_at", "ended_at", CALENDAR).collect()
    )
    moves = status.select("row", "at", "from_value", "to_value").join(
        over, on="row", how="inner", maintain_order="left"
    )
    is_last = (pl.col("row") != pl.col("row").shift(-1)).fill_null(True)
    is_first = (pl.col("row") != pl.col("row").shift(1)).fill_null(True)
    kept = ("row", CALENDAR)
    began = moves.filter(is_first).select(
        *kept, status=pl.col("from_value").fill_null("new"), begin="created_at", end=pl.min_horizontal("at", "ended_at")
    )
    went_on = moves.select(
        *kept, status="to_value", begin=pl.max_horizontal("at", "created_at"),
        end=pl.min_horizontal(pl.when(~is_last).then(pl.col("at").shift(-1)), "ended_at"),
    )  # fmt: skip
    stays = pl.concat([began, went_on])
    waiting = pl.col("status").is_in(WAITING_STATUSES).fill_null(False)
    ends = {"requester_wait": (pl.col("begin"), pl.when(waiting).then("end"))}
    measured = with_durations(stays, ends, clock)
    sums = [pl.col(f"requester_wait_{name}_seconds").sum() for name in ("calendar", "business")]
    if clock is None:
        sums[1] = pl.lit(None, pl.Int64).alias("requester_wait_business_seconds")
    return measured.group_by("row").agg(sums)
