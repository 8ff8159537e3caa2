"""One row per ticket: every instant settled, every duration on both clocks, every promise judged."""

from datetime import datetime

import polars as pl

from metrics.calendar import BusinessClock
from metrics.desk import DeskSettings
from metrics.facts.conversation import Conversation, first_replies
from metrics.facts.dimensions import is_day, with_moments
from metrics.facts.durations import CALENDAR, between, calendar_of_team
from metrics.facts.history import change_facts
from metrics.facts.knowledge import Knowledge, is_inquiry
from metrics.facts.promises import PARTS, with_attainment
from metrics.tables import ENDED_STATUSES, TICKETS

SHOWN = {
    *(f"{thing}_{part}" for thing in ("first_response", "resolution") for part in ("target_clock", "due_at", "state")),
    "resolution_paused_calendar_seconds",
    "resolution_paused_business_seconds",
}
"""What the judgement of a promise found that stands on the ticket itself."""


def settled_tickets(
    tickets: pl.DataFrame, talk: Conversation, changes: pl.DataFrame, desk: DeskSettings, knowledge: Knowledge
) -> pl.DataFrame:
    """The tickets (with `row`) and the instants that their figures use; see metrics/DECISIONS.md."""
    joined = tickets.join(first_replies(talk), on="row", how="left", maintain_order="left").join(
        change_facts(changes), on="row", how="left", maintain_order="left"
    )
    described = joined.with_columns(calendar_of_team(desk)).pipe(
        with_moments, "created_at", desk, is_day=is_day("created_at")
    )
    ended = described.pipe(_with_responses).pipe(_with_resolutions, knowledge).pipe(_with_ends, knowledge)
    return _with_knowledge(ended, desk, knowledge)


def _with_responses(frame: pl.DataFrame) -> pl.DataFrame:
    """first_response_at, first_auto_response_at, who replied, and where the wait began (start_at)."""
    has_talk = pl.col("has_others").is_not_null()
    stamp_counts = ~has_talk | ~pl.col("has_others")
    reply = pl.coalesce("message_reply_at", pl.when(stamp_counts).then("first_responded_at"))
    auto = pl.coalesce("message_auto_at", pl.when(stamp_counts).then("first_auto_responded_at"))
    start = pl.when(has_talk).then("start_at").otherwise("created_at")
    counts = is_inquiry()
    placed = frame.with_columns(is_inquiry=counts, start_at=start).with_columns(
        first_response_at=pl.when(counts & (reply >= pl.col("start_at"))).then(reply),
        first_auto_response_at=pl.when(counts & (auto >= pl.col("start_at"))).then(auto),
    )
    said = pl.col("message_reply_at").is_not_null()
    return placed.with_columns(
        first_response_by=pl.coalesce(pl.when(said).then("message_replier"), "first_responder", "agent"),
        first_response_is_day=pl.col("message_reply_is_day").fill_null(False)
        | (is_day("first_responded_at") & (~said | (pl.col("message_reply_at") == pl.col("first_responded_at")))),
        first_auto_response_is_day=pl.coalesce("message_auto_is_day", is_day("first_auto_responded_at")),
        replies=pl.coalesce("message_replies", "replies"),
    )


def _with_resolutions(frame: pl.DataFrame, knowledge: Knowledge) -> pl.DataFrame:
    """full_resolution_at, first_resolution_at, resolution_by, reopens, handoffs."""
    frame = frame.with_columns(
        reopens=pl.coalesce("reopens", _counted("change_reopens", knowledge.tells("status_changes"))),
        handoffs=pl.coalesce("handoffs", _counted("change_handoffs", knowledge.tells("handovers"))),
    )
    active = ~pl.col("status").is_in(ENDED_STATUSES)
    open_again = (active & (pl.col("reopens") > 0)).fill_null(False)
    full = pl.when(pl.col("is_inquiry") & ~open_again).then("resolved_at")
    # The stamp that a source leaves empty is its word: passing through “resolved” is then no resolution (DECISIONS.md).
    changed = pl.when(full.is_not_null() | open_again).then(pl.min_horizontal("change_resolved_at", "change_closed_at"))
    first = pl.coalesce(changed, "first_resolved_at")
    unseen = ~knowledge.tells("status_changes") & (pl.col("reopens") == 0)
    first = pl.coalesce(first, pl.when(unseen).then(full))
    settled = frame.with_columns(
        full_resolution_at=full,
        first_resolution_at=pl.when("is_inquiry").then(
            pl.min_horizontal(first, pl.when(first.is_not_null()).then(full))
        ),
        resolution_by=pl.coalesce("resolved_by", "agent"),
    )
    stamped = pl.col("first_resolution_at") == pl.col("first_resolved_at")
    return settled.with_columns(
        full_resolution_is_day=is_day("resolved_at"),
        first_resolution_is_day=(stamped & is_day("first_resolved_at")).fill_null(False)
        | ((pl.col("first_resolution_at") == full) & is_day("resolved_at")).fill_null(False),
    )


def _counted(name: str, records: pl.Expr) -> pl.Expr:
    """A count of changes; 0 for a ticket without any where its source records them, else unknown."""
    return pl.when(records).then(pl.col(name).fill_null(0))


def _with_ends(frame: pl.DataFrame, knowledge: Knowledge) -> pl.DataFrame:
    """is_resolved, is_reopened, is_closed_without_resolution, is_set_aside, opened_at and ended_at.

    A source that tells neither status nor ends leaves all of them unknown: its tickets are not a backlog.
    """
    resolved = pl.col("full_resolution_at").is_not_null()
    reopened_since = ~pl.col("status").is_in(ENDED_STATUSES) & (pl.col("reopens") > 0)
    over = pl.col("status").is_in(ENDED_STATUSES).fill_null(False) | (
        pl.col("closed_at").is_not_null() & ~reopened_since.fill_null(False)
    )
    last_seen = pl.coalesce(
        "closed_at", "change_ended_at", "resolved_at", "updated_at", "first_response_at", "created_at"
    )
    ended = pl.when(resolved).then("full_resolution_at").when(over).then(last_seen)
    knows_end = pl.when(knowledge.tells("ends"))
    return frame.with_columns(
        is_resolved=knows_end.then(resolved),
        is_reopened=pl.col("reopens") > 0,
        is_set_aside=knows_end.then(~pl.col("is_inquiry")),
        is_closed_without_resolution=knows_end.then(pl.col("is_inquiry") & over & ~resolved),
        opened_at=knows_end.then("created_at"),
        ended_at=pl.max_horizontal(ended, pl.when(ended.is_not_null()).then("created_at")),
    ).with_columns(
        ended_is_day=pl.when(resolved)
        .then("full_resolution_is_day")
        .otherwise((pl.col("ended_at") == pl.col("closed_at")).fill_null(False) & is_day("closed_at")),
    )


def _with_knowledge(frame: pl.DataFrame, desk: DeskSettings, knowledge: Knowledge) -> pl.DataFrame:
    """Whether a source tells of responses and resolutions at all: only then is a missing one a missing one."""
    named_only = is_day("first_responded_at")
    return frame.with_columns(
        knows_response=pl.col("is_inquiry") & knowledge.tells("responses") & ~named_only,
        knows_resolution=pl.col("is_inquiry") & knowledge.tells("resolutions") & ~is_day("resolved_at"),
        created_on=pl.col("created_at").dt.convert_time_zone(desk.zone).dt.date(),
    ).with_columns(
        pauses_known=knowledge.tells("status_changes"),
        is_waiting=pl.col("knows_response") & pl.col("first_response_at").is_null() & pl.col("ended_at").is_null()
        & pl.col("start_at").is_not_null(),
    )  # fmt: skip


def judged_tickets(
    settled: pl.DataFrame, desk: DeskSettings, clock: BusinessClock | None, *, as_of: datetime, pauses: pl.DataFrame
) -> pl.DataFrame:
    """The settled tickets with every duration and every promise judged; only resolution pauses."""
    whole = settled.with_columns(**_durations())
    until = pl.min_horizontal(pl.col("ended_at").fill_null(as_of), pl.lit(as_of))
    judged = with_attainment(
        whole, "first_response", desk, span="first_response", start="start_at", done="first_response_at",
        until=pl.max_horizontal(until, "start_at"), known=pl.col("knows_response") & ~_start_is_day(), clock=clock,
    )  # fmt: skip
    return with_attainment(
        judged, "resolution", desk, span="full_resolution", start="created_at", done="full_resolution_at",
        until=until, known=pl.col("knows_resolution") & ~is_day("created_at"), clock=clock, pauses=pauses,
    )  # fmt: skip


def ticket_facts(judged: pl.DataFrame) -> pl.DataFrame:
    """One row per ticket: all its columns, `x_` too, instants, durations in whole seconds, promises, dimensions."""
    paused = [
        pl.when("pauses_known").then(name).alias(name)
        for name in ("resolution_paused_calendar_seconds", "resolution_paused_business_seconds")
    ]
    shown = judged.with_columns(_date_only(), *paused)
    return shown.select(_columns(judged))


def _start_is_day() -> pl.Expr:
    return is_day("created_at") & (pl.col("start_at") == pl.col("created_at")).fill_null(False)


def _durations() -> dict[str, pl.Expr]:
    """Every duration on both clocks; an instant known only as a day measures nothing, what ends before it neither."""

    def ends(thing: str) -> pl.Expr:
        return ~pl.col(f"{thing}_is_day").fill_null(False)

    created = ~is_day("created_at")
    spans = {
        "first_response": ("start_at", "first_response_at", ~_start_is_day() & ends("first_response")),
        "first_auto_response": ("start_at", "first_auto_response_at", ~_start_is_day() & ends("first_auto_response")),
        "first_resolution": ("created_at", "first_resolution_at", created & ends("first_resolution")),
        "full_resolution": ("created_at", "full_resolution_at", created & ends("full_resolution")),
        "full_resolution_from_response": (
            "first_response_at", "full_resolution_at", ends("first_response") & ends("full_resolution"),
        ),
    }  # fmt: skip
    return {
        f"{thing}_{name}_seconds": seconds
        for thing, (start, end, known) in spans.items()
        for name, seconds in between(start, end, where=known & (pl.col(end) >= pl.col(start))).items()
    }


def _date_only() -> pl.Expr:
    """The row's `date_only`, the instants of the fact included."""
    flags = ("first_response", "first_auto_response", "first_resolution", "full_resolution", "ended")
    names = [pl.when(pl.col(f"{flag}_is_day").fill_null(False)).then(pl.lit(f"{flag}_at")) for flag in flags]
    any_day = pl.any_horizontal(pl.col(f"{flag}_is_day").fill_null(False) for flag in flags)
    more = pl.concat_list(names).list.drop_nulls()
    own = pl.col("date_only")
    return pl.when(any_day).then(pl.concat_list(own.fill_null(pl.lit([], pl.List(pl.String))), more)).otherwise(own)


def _columns(frame: pl.DataFrame) -> list[str]:
    """Canonical columns first, then the source's own, then what was found; working columns left out."""
    hidden = {
        CALENDAR, "row", "has_others", "is_outbound", "has_status", "has_handed", "knows_resolution", "knows_response",
        "is_inquiry", *(f"{thing}_{part}" for thing in ("first_response", "resolution") for part in PARTS),
    } - SHOWN  # fmt: skip
    found = [name for name in frame.columns if name not in TICKETS.schema]
    shown = [
        name for name in found
        if name not in hidden and not name.startswith(("message_", "change_", "__")) and not name.endswith("_is_day")
    ]  # fmt: skip
    return [*TICKETS.schema, *shown]
