"""What each tier promises from when a ticket comes to it: a sign of work, a detailed answer, an interim plan.

Definitions and their reasons: metrics/DECISIONS.md.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import reduce
from operator import and_
from typing import Literal

import polars as pl

from metrics.calendar import BusinessClock
from metrics.desk import DeskSettings, Thing
from metrics.facts.dimensions import is_day
from metrics.facts.durations import with_durations
from metrics.facts.knowledge import Knowledge
from metrics.facts.promises import with_attainment
from metrics.facts.sla import instances_of, with_verdicts
from metrics.tables import INSTANT, TIERS

Sign = Literal["work", "reply"]
STEPS: Mapping[Thing, Sign] = {
    "acknowledge": "work", "detailed_answer": "reply", "joint_start": "work", "interim_plan": "reply",
}  # fmt: skip
"""What ends the clock of each step: the first sign of work on the ticket, or the first public reply by a person."""
AT_WORK = ("pending", "on_hold", "resolved", "confirmed", "closed")
"""Statuses that somebody of the desk sets; a ticket may be opened again by its customer."""
MOMENT = timedelta(microseconds=1)
ORDER = ["started_at", "created_at", "source", "ticket_id", "thing", "run"]


def with_tier_steps(
    instances: pl.DataFrame,
    settled: pl.DataFrame,
    messages: pl.DataFrame,
    changes: pl.DataFrame,
    desk: DeskSettings,
    clock: BusinessClock | None,
    knowledge: Knowledge,
    *,
    as_of: datetime,
) -> pl.DataFrame:
    """The runnings of targets with those of the tiers' steps among them; see `sla_instances` for the columns.

    `settled`, `messages`, `changes` carry the ticket's `row`. tier: the one that the ticket had come to · started_at:
    when · run counts the times that a ticket came to a tier with that promise.
    """
    steps = [step for step in STEPS if any(target.thing == step for target in desk.targets)]
    if not steps:
        return instances
    stays = tier_stays(settled, changes, knowledge)
    signs = {"work": signs_of_work(settled, messages, changes), "reply": public_replies(settled, messages)}
    known = _known(settled, messages, knowledge)
    found = [instances]
    for step in steps:
        asked = _asked(stays, settled, known, desk, step)
        ended = _ended(asked, signs[STEPS[step]])
        found.append(_judged(ended, step, desk, clock, as_of=as_of).select(instances.columns))
    return pl.concat(found, how="vertical_relaxed").sort(ORDER)


def tier_stays(settled: pl.DataFrame, changes: pl.DataFrame, knowledge: Knowledge) -> pl.DataFrame:
    """When tickets came to each tier and left it: row, tier, came_at, left_at (null: still there), is_creation.

    By the recorded changes of tier; a ticket without any has been in its tier since it was created, or escalated, where
    its source tells of such things at all.
    """
    created = settled.select("row", "created_at")
    moves = _tier_moves(changes).join(created, on="row", how="inner", maintain_order="left")
    same = pl.col("row") == pl.col("row").shift(1)
    first = moves.filter(~same.fill_null(False))
    begun = first.filter(pl.col("before").is_not_null() & (pl.col("at") > pl.col("created_at"))).select(
        "row", tier="before", came_at="created_at", left_at="at"
    )
    following = pl.when(pl.col("row") == pl.col("row").shift(-1)).then(pl.col("at").shift(-1))
    later = moves.select("row", "created_at", tier="to_value", came_at=pl.max_horizontal("at", "created_at"),
                         left_at=following)  # fmt: skip
    unmoved = settled.join(moves, on="row", how="anti").filter(knowledge.tells("escalations"))
    stays = pl.concat([begun, later.drop("created_at"), _unmoved(unmoved)], how="vertical_relaxed")
    lasting = pl.col("left_at").is_null() | (pl.col("left_at") > pl.col("came_at"))
    whole = stays.filter(pl.col("tier").is_not_null() & lasting).join(created, on="row", how="left")
    return whole.with_columns(is_creation=pl.col("came_at") == pl.col("created_at")).drop("created_at")


def signs_of_work(settled: pl.DataFrame, messages: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """The first thing of each instant that a person did on a ticket: row, at, by.

    A reply or note, being assigned, a status that the desk sets, handing on to another tier, a resolution. What is
    recorded at the creation itself is how the ticket was put in.
    """
    created = settled.select("row", "created_at")
    moved = changes.join(created, on="row", how="inner").sort("row", "field", "at", "sequence")
    same = (pl.col("row") == pl.col("row").shift(1)) & (pl.col("field") == pl.col("field").shift(1))
    before = pl.coalesce("from_value", pl.when(same).then(pl.col("to_value").shift(1)))
    field, after = pl.col("field"), pl.col("to_value")
    assigned = (field == "agent") & after.is_not_null()
    begun = (pl.col("before") == "new") & ~after.is_in(["new", "merged", "spam"])
    worked = (field == "status") & (begun | after.is_in(AT_WORK)).fill_null(False)
    by = pl.when(assigned).then("to_value").otherwise("by")
    did = moved.with_columns(before=before).filter(
        (assigned | worked | (field == "tier")) & (pl.col("at") > pl.col("created_at"))
    ).select("row", "at", by=by, rank=pl.lit(2))  # fmt: skip
    resolved = _stamped(settled, "full_resolution", "resolution_by", rank=3)
    return _first_of_each(pl.concat([_written(messages), _responses(settled), did, resolved]))


def public_replies(settled: pl.DataFrame, messages: pl.DataFrame) -> pl.DataFrame:
    """The public replies by people, from messages, else the first one by its stamp: row, at, by."""
    public = messages.filter(pl.col("is_public").fill_null(True))
    return _first_of_each(pl.concat([_written(public), _responses(settled)]))


def _tier_moves(changes: pl.DataFrame) -> pl.DataFrame:
    """Changes of tier that are changes, in order: row, at, before, to_value."""
    ordered = changes.filter((pl.col("field") == "tier") & pl.col("to_value").is_in(TIERS)).sort(
        "row", "at", "sequence"
    )
    same = pl.col("row") == pl.col("row").shift(1)
    before = pl.coalesce("from_value", pl.when(same).then(pl.col("to_value").shift(1)))
    return ordered.select("row", "at", "to_value", before=before).filter(
        (pl.col("before") != pl.col("to_value")).fill_null(True)
    )


def _unmoved(tickets: pl.DataFrame) -> pl.DataFrame:
    """Never escalated: there from creation; escalated and in a higher tier: there since then; else not known."""
    higher, escalated = pl.col("tier").is_in(TIERS[1:]), pl.col("escalated_at")
    exact = ~is_day("escalated_at")
    came = pl.when(escalated.is_null() & exact).then("created_at").when(higher & exact).then(escalated)
    return tickets.select("row", "tier", came_at=came, left_at=pl.lit(None, INSTANT)).filter(
        pl.col("came_at").is_not_null()
    )


def _written(messages: pl.DataFrame) -> pl.DataFrame:
    """What people wrote at a known time."""
    known = (pl.col("author_kind") == "agent") & ~is_day("at")
    return messages.filter(known).select("row", "at", by="author", rank=pl.lit(0))


def _responses(settled: pl.DataFrame) -> pl.DataFrame:
    return _stamped(settled, "first_response", "first_response_by", rank=1)


def _stamped(settled: pl.DataFrame, thing: str, by: str, *, rank: int) -> pl.DataFrame:
    known = pl.col(f"{thing}_at").is_not_null() & ~pl.col(f"{thing}_is_day").fill_null(False)
    return settled.filter(known).select("row", at=f"{thing}_at", by=by, rank=pl.lit(rank))


def _first_of_each(signs: pl.DataFrame) -> pl.DataFrame:
    ordered = signs.sort("row", "at", "rank", "by", nulls_last=True)
    return ordered.unique(["row", "at"], keep="first", maintain_order=True).drop("rank")


def _known(settled: pl.DataFrame, messages: pl.DataFrame, knowledge: Knowledge) -> pl.DataFrame:
    """Whether it can be told that a ticket has no sign of work, no public reply: row, tells_work, tells_reply.

    A message or a reply of unknown time may be the one.
    """
    doubtful = messages.filter((pl.col("author_kind") == "agent") & is_day("at")).select(
        "row", is_doubtful=pl.lit(True)
    )
    records = knowledge.tells("status_changes") | knowledge.tells("handovers") | knowledge.tells("desk_messages")
    never = pl.col("first_response_at").is_null() & pl.col("knows_response")
    marked = settled.join(doubtful.unique("row"), on="row", how="left", maintain_order="left")
    timed = pl.col("is_doubtful").is_null() & ~pl.col("first_response_is_day").fill_null(False)
    replies = knowledge.tells("desk_messages") | never
    return marked.select("row", tells_work=records & timed, tells_reply=replies & timed)


def _asked(
    stays: pl.DataFrame, settled: pl.DataFrame, known: pl.DataFrame, desk: DeskSettings, step: Thing
) -> pl.DataFrame:
    """The tickets in each stay, as they were there, of which something may be promised; measured from a known time."""
    there = stays.join(settled.drop("tier"), on="row", how="inner").join(known, on="row", how="left")
    ends = pl.min_horizontal("left_at", "ended_at")
    exact = pl.col("is_inquiry") & ~(pl.col("is_creation") & is_day("created_at"))
    alive = (pl.col("came_at") <= pl.col("ended_at")).fill_null(True)
    return there.filter(_may_be_promised(desk, step, there.columns) & exact & alive).with_columns(ended_at=ends)


def _may_be_promised(desk: DeskSettings, step: Thing, columns: list[str]) -> pl.Expr:
    wheres = [target.where for target in desk.targets if target.thing == step and set(target.where) <= set(columns)]
    each = [reduce(and_, (pl.col(name) == value for name, value in where.items()), pl.lit(True)) for where in wheres]
    return pl.any_horizontal(pl.lit(False), *each)


def _ended(asked: pl.DataFrame, signs: pl.DataFrame) -> pl.DataFrame:
    """Add done_at, done_by: the first sign after the ticket came, up to when it left.

    What happens at the very instant at which it comes belongs to the hand-over, but at the creation a reply counts.
    """
    since = pl.when("is_creation").then("came_at").otherwise(pl.col("came_at") + MOMENT)
    found = asked.with_columns(__since=since).sort("__since").join_asof(
        signs.select("row", __at="at", done_by="by").sort("__at"), left_on="__since", right_on="__at", by="row",
        strategy="forward", check_sortedness=False, coalesce=False,
    )  # fmt: skip
    here = (pl.col("__at") <= pl.col("left_at")).fill_null(True) & pl.col("__at").is_not_null()
    return found.with_columns(
        done_at=pl.when(here).then("__at"), done_by=pl.when(here).then("done_by")
    ).drop("__since", "__at")  # fmt: skip


def _judged(
    ended: pl.DataFrame, step: Thing, desk: DeskSettings, clock: BusinessClock | None, *, as_of: datetime
) -> pl.DataFrame:
    measured = with_durations(ended, {step: (pl.col("came_at"), pl.col("done_at"))}, clock)
    until = pl.max_horizontal("came_at", pl.min_horizontal(pl.col("ended_at").fill_null(as_of), pl.lit(as_of)))
    judged = with_attainment(
        measured, step, desk, span=step, start="came_at", done="done_at", until=until,
        known=pl.col(f"tells_{STEPS[step]}"), clock=clock,
    )  # fmt: skip
    promised = judged.filter(pl.col(f"{step}_state").is_not_null()).sort("row", "came_at")
    counted = promised.with_columns(run=pl.int_range(pl.len(), dtype=pl.Int64).over("row") + 1)
    found = instances_of(counted.lazy(), step, "came_at", "done_at", pl.coalesce("done_by", "agent")).collect()
    return with_verdicts(found, desk)
