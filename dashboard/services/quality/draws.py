"""Draws of sampling plans: made once a window has closed, extended, made again by anybody, and told whole.

The frame is frozen and kept with its SHA-256; the seed is made after the window closed, so nobody can know before which
conversation will be read. Which conversations a draw has follows from frame, seed and numbers alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_hex

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.format import local
from dashboard.people import SERVER, Act, Actor, needs, record
from dashboard.quality.draws import (
    Draw,
    DrawError,
    draw_with,
    drawn_within,
    draws_in,
    frame_text_of,
    keep_frame,
    keep_strata,
    keep_units,
    picked_again,
    raise_strata,
    units_in,
)
from dashboard.quality.plans import FLOOR, Plan
from dashboard.quality.readers import Unread, assign, demanded_readers, open_loads, spread
from dashboard.quality.windows import complaints_of, counts_of, frame_of, last_windows, window_of
from dashboard.services.facts.figures import facts_of
from dashboard.services.quality.sampling_plans import demand_over, extends_over, plan_named
from dashboard.store import SampleDraw, SamplePlan, SampleUnit
from dashboard.triage.now import now
from metrics.facts import Facts
from metrics.quality import sampling
from metrics.quality.risks import Window
from metrics.words import N_

KEYS = ["source", "ticket_id"]
_OPEN = N_("This window closes at {end}; a draw is made after that, so that nobody knows before what will be read.")
_DATA = N_("The data reach until {as_of} only, and the window ends at {end}. Load the rest first.")
_THERE = N_("This window has draw {id} already. Extend that one, or draw anew with a reason.")
_EMPTY = N_("Nobody answered a conversation in this window that the plan could draw.")
_FULL = N_("There are not so many conversations left in “{stratum}”: {left}.")
_NOTHING = N_("Say of which strata how many more are to be read.")
_OVER = N_("Draw {id} was replaced by draw {by}; extend that one.")


@dataclass(frozen=True)
class Rerun:
    """A draw made again. missing: drawn then and not now · surplus: the other way · frame: whether it is unchanged.

    since: how many conversations the same window has by today's data more (+) or less (−) than the frame; None where
    that was not asked.
    """

    draw: Draw
    frame_sha256: str
    picked: int
    missing: tuple[tuple[str, str], ...]
    surplus: tuple[tuple[str, str], ...]
    joined: int | None = None
    left: int | None = None

    @property
    def is_frame_unchanged(self) -> bool:
        return self.frame_sha256 == self.draw.frame_sha256

    @property
    def is_same(self) -> bool:
        """Whether the same frame gave the same conversations."""
        return self.is_frame_unchanged and not self.missing and not self.surplus


@needs(Act.SEE_QUALITY)
def draws(actor: Actor, desk: Desk) -> tuple[Draw, ...]:
    """The draws over which the person's reach extends, the newest window first."""
    with desk.reading() as session:
        found = draws_in(session)
    return tuple(one for one in found if extends_over(actor, Act.SEE_QUALITY, one.plan))


@needs(Act.SEE_QUALITY)
def draw_of(actor: Actor, desk: Desk, draw_id: int) -> tuple[Draw, pl.DataFrame]:
    """One draw and what was picked in it. Raises DrawError, Denied."""
    with desk.reading() as session:
        found = draw_with(session, draw_id)
        demand_over(actor, Act.SEE_QUALITY, found.plan)
        return found, units_in(session, [draw_id])


@needs(Act.DRAW_SAMPLES)
def draw(
    actor: Actor, desk: Desk, plan_name: str, *, day: date | None = None, reason: str | None = None,
    at: datetime | None = None,
) -> Draw:  # fmt: skip
    """Draw by a plan for the window with this day, the newest that has closed if none is named.

    reason: why a window is drawn again; the new draw takes the place of the one before. Raises DrawError, NoSuchPlan.
    """
    moment = at or now()
    with desk.reading() as session:
        plan = plan_named(session, plan_name)
    demand_over(actor, Act.DRAW_SAMPLES, plan)
    facts, head = facts_of(SERVER, desk), desk.head()
    window = _window(facts, plan, day, moment)
    frame, counts = _to_draw(desk, facts, plan, window)
    if frame.is_empty() or head is None:
        raise DrawError(_EMPTY)
    text, seed = sampling.frame_text(frame), token_hex(sampling.SEED_CHARACTERS // 2)
    units = sampling.drawn(frame, seed, counts)
    with desk.keeping() as session:
        row = SampleDraw(
            plan_id=plan.id, window_from=window.start, window_to=window.end, load_id=head.id, as_of=facts.as_of,
            frame_size=frame.height, frame_sha256=sampling.digest(text), seed=seed, algorithm=sampling.ALGORITHM,
            drawn_by_id=actor.id, drawn_by=actor.name, drawn_at=moment, reason=reason,
            supersedes=_before(session, plan, window, reason),
        )  # fmt: skip
        session.add(row)
        session.flush()
        keep_frame(session, row.id, text, at=moment)
        keep_strata(session, row.id, frame, counts)
        _add(session, row.id, plan, units, seed, round=1, at=moment)
        details = {"plan": plan.id, "frame": row.frame_sha256, "size": frame.height, "drawn": units.height}
        record(session, actor, "sample.draw", f"draw:{row.id}", details, at=moment)
        return draw_with(session, row.id)


def _to_draw(desk: Desk, facts: Facts, plan: Plan, window: Window) -> tuple[pl.DataFrame, dict[str, int]]:
    """What can be drawn, and how much of each stratum.

    A floor is filled up: what the share has drawn of its window counts for its agent and is not drawn again.
    """
    frame = frame_of(facts, plan, window, complaints_of(desk))
    counts = counts_of(frame, plan)
    if not plan.is_floor:
        return frame, counts
    with desk.reading() as session:
        has = drawn_within(session, plan.name.removesuffix(FLOOR), window)
    of_agent = dict(frame.join(has, on=KEYS, how="semi").group_by("stratum").len().iter_rows())
    left = frame.join(has, on=KEYS, how="anti")
    sizes = dict(left.group_by("stratum").len().iter_rows())
    wanted = {name: max(plan.min_per_agent - of_agent.get(name, 0), 0) for name in counts}
    return left, {name: min(count, sizes[name]) for name, count in wanted.items() if name in sizes}


def _window(facts: Facts, plan: Plan, day: date | None, at: datetime) -> Window:
    """The window that is asked for. Raises DrawError where it, or what is known of it, is not over."""
    if day is None:
        found = last_windows(facts, plan.cycle)
        if not found:
            raise DrawError(_EMPTY)
        return found[0]
    window = window_of(day, plan.cycle, facts.zone)
    if at < window.end:
        raise DrawError(_OPEN, end=local(window.end, facts.zone))
    if facts.as_of < window.end:
        raise DrawError(_DATA, as_of=local(facts.as_of, facts.zone), end=local(window.end, facts.zone))
    return window


def _before(session: Session, plan: Plan, window: Window, reason: str | None) -> int | None:
    """The draw of this plan and window that stands. Raises DrawError where there is one and no reason for another."""
    same = select(func.max(SampleDraw.id)).join(SamplePlan).where(
        SamplePlan.name == plan.name, SampleDraw.window_from == window.start, SampleDraw.window_to == window.end
    )  # fmt: skip
    found = session.scalar(same)
    if found is not None and not (reason or "").strip():
        raise DrawError(_THERE, id=found)
    return found


def _add(
    session: Session, draw_id: int, plan: Plan, units: pl.DataFrame, seed: str, *, round: int, at: datetime
) -> None:  # fmt: skip
    """Keep what was picked in this round, and who reads it."""
    keep_units(session, draw_id, units, round=round, at=at, plan=plan)
    asked = select(SampleUnit.id, SampleUnit.agent).where(SampleUnit.draw_id == draw_id, SampleUnit.round == round)
    unread = [Unread(unit, agent) for unit, agent in session.execute(asked.order_by(SampleUnit.u))]
    twice = sampling.doubled([one.unit for one in unread], plan.double_share, seed)
    readers = demanded_readers(session, plan.inspectors)
    given = spread(unread, twice, readers, open_loads(session))
    assign(session, given, at=at, due_hours=plan.due_hours)


@needs(Act.DRAW_SAMPLES)
def extend(
    actor: Actor, desk: Desk, draw_id: int, more: Mapping[str, int], *, at: datetime | None = None
) -> Draw:  # fmt: skip
    """Read so many more of these strata; what was drawn before stays, and the probabilities grow. Raises DrawError."""
    moment = at or now()
    wanted = {name: count for name, count in more.items() if count > 0}
    if not wanted:
        raise DrawError(_NOTHING)
    with desk.keeping() as session:
        found = draw_with(session, draw_id)
        demand_over(actor, Act.DRAW_SAMPLES, found.plan)
        extended(session, found, wanted, at=moment)
        record(session, actor, "sample.extend", f"draw:{draw_id}", {"more": sum(wanted.values())}, at=moment)
        return draw_with(session, draw_id)


def extended(session: Session, found: Draw, more: Mapping[str, int], *, at: datetime) -> None:
    """The same inside the caller's transaction."""
    if found.superseded_by is not None:
        raise DrawError(_OVER, id=found.id, by=found.superseded_by)
    room = {stratum.name: stratum.size - stratum.drawn for stratum in found.strata}
    for name, count in more.items():
        if count > room.get(name, 0):
            raise DrawError(_FULL, stratum=name, left=room.get(name, 0))
    raise_strata(session, found, more)
    grown = draw_with(session, found.id)
    known = units_in(session, [found.id])
    again = picked_again(grown, frame_text_of(session, found.id))
    latest = known["round"].max()
    fresh = again.join(known.select(KEYS), on=KEYS, how="anti")
    _add(session, found.id, found.plan, fresh, found.seed, round=(latest if isinstance(latest, int) else 0) + 1, at=at)


@needs(Act.SEE_QUALITY)
def rerun(
    actor: Actor, desk: Desk, draw_id: int, *, frame: bytes | None = None, with_today: bool = False
) -> Rerun:  # fmt: skip
    """Make a draw again from its kept frame, or from the text of a frame at hand, and compare. Raises DrawError.

    with_today: also count how the same window's conversations differ in the data as they are now.
    """
    with desk.reading() as session:
        found = draw_with(session, draw_id)
        demand_over(actor, Act.SEE_QUALITY, found.plan)
        text = frame_text_of(session, draw_id) if frame is None else frame
        units = units_in(session, [draw_id])
    joined = left = None
    if with_today:
        now_there, _counts = _to_draw(desk, facts_of(SERVER, desk), found.plan, found.window)
        then = sampling.frame_of_text(text)
        joined, left = (a.join(b, on=KEYS, how="anti").height for a, b in ((now_there, then), (then, now_there)))
    again = _again(found, text)
    missing, surplus = (
        tuple(a.join(b, on=KEYS, how="anti").select(KEYS).sort(KEYS).iter_rows())
        for a, b in ((units, again), (again, units))
    )
    return Rerun(found, sampling.digest(text), again.height, missing, surplus, joined, left)


def _again(found: Draw, text: bytes) -> pl.DataFrame:
    """What the draw gives of that text; nothing where it is no frame, or one with fewer conversations."""
    try:
        return picked_again(found, text)
    except (ValueError, pl.exceptions.PolarsError):
        return pl.DataFrame(schema=sampling.FRAME)


@needs(Act.SEE_QUALITY)
def frame_text(actor: Actor, desk: Desk, draw_id: int) -> bytes:
    """The text of a draw's frame, for whoever makes the draw again elsewhere. Raises DrawError."""
    with desk.reading() as session:
        demand_over(actor, Act.SEE_QUALITY, draw_with(session, draw_id).plan)
        return frame_text_of(session, draw_id)
