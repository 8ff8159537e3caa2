"""A draw as it is kept: its window, its frozen frame, its strata, what was picked; read and written in a session."""

import base64
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, aliased

from dashboard.quality.plans import Plan, plan_of
from dashboard.store import SampleDraw, SampleFrame, SamplePlan, SampleStratum, SampleUnit
from dashboard.store.frames import frame_of
from metrics.errors import ActionableError
from metrics.quality import sampling
from metrics.quality.risks import Window
from metrics.quality.sampling import REST, parts
from metrics.tables import INSTANT
from metrics.words import N_

KEPT_DAYS = 183
"""A frame is kept so long at least, so that the draw can be made again."""
LEVEL = 1
_NONE = N_("There is no draw {id} here for you.")
UNITS: dict[str, pl.DataType | type[pl.DataType]] = {
    "id": pl.Int64, "draw_id": pl.Int64, "source": pl.String, "ticket_id": pl.String, "stratum": pl.String,
    "agent": pl.String, "u": pl.Float64, "pi": pl.Float64, "reason": pl.String, "round": pl.Int64,
    "outcome": pl.String, "code": pl.String, "settled_at": INSTANT,
}  # fmt: skip


class DrawError(ActionableError):
    """A draw that cannot be made, extended or found."""


@dataclass(frozen=True)
class Stratum:
    """So many conversations has a stratum; so many were drawn at first, and are by now."""

    name: str
    size: int
    initial: int
    drawn: int


@dataclass(frozen=True)
class Draw:
    """One draw of a plan over a window, with its strata."""

    id: int
    plan: Plan
    window: Window
    load_id: int
    as_of: datetime
    frame_size: int
    frame_sha256: str
    seed: str
    algorithm: str
    drawn_by: str
    drawn_at: datetime
    reason: str | None
    supersedes: int | None
    superseded_by: int | None
    strata: tuple[Stratum, ...]

    @property
    def drawn(self) -> int:
        return sum(stratum.drawn for stratum in self.strata)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each stratum are drawn by now."""
        return {stratum.name: stratum.drawn for stratum in self.strata}


def draw_with(session: Session, draw_id: int) -> Draw:
    """The draw of that number. Raises DrawError."""
    found = draws_in(session, [draw_id])
    if not found:
        raise DrawError(_NONE, id=draw_id)
    return found[0]


def draws_in(session: Session, ids: Collection[int] | None = None) -> tuple[Draw, ...]:
    """All draws, or those of these numbers, the newest window first."""
    later = aliased(SampleDraw)
    asked = (
        select(SampleDraw, SamplePlan, later.id)
        .join(SamplePlan, SampleDraw.plan_id == SamplePlan.id)
        .outerjoin(later, later.supersedes == SampleDraw.id)
        .order_by(SampleDraw.window_from.desc(), SampleDraw.id.desc())
    )
    rows = session.execute(asked if ids is None else asked.where(SampleDraw.id.in_(ids))).all()
    strata: dict[int, list[Stratum]] = {}
    known = select(SampleStratum).order_by(SampleStratum.stratum)
    for row in session.scalars(known if ids is None else known.where(SampleStratum.draw_id.in_(ids))):
        strata.setdefault(row.draw_id, []).append(Stratum(row.stratum, row.size, row.initial, row.drawn))
    return tuple(_draw_of(row, plan, newer, strata.get(row.id, [])) for row, plan, newer in rows)


def _draw_of(row: SampleDraw, plan: SamplePlan, newer: int | None, strata: Sequence[Stratum]) -> Draw:
    return Draw(
        id=row.id, plan=plan_of(plan), window=Window(row.window_from, row.window_to), load_id=row.load_id,
        as_of=row.as_of, frame_size=row.frame_size, frame_sha256=row.frame_sha256, seed=row.seed,
        algorithm=row.algorithm, drawn_by=row.drawn_by, drawn_at=row.drawn_at, reason=row.reason,
        supersedes=row.supersedes, superseded_by=newer, strata=tuple(strata),
    )  # fmt: skip


def units_in(session: Session, draw_ids: Collection[int]) -> pl.DataFrame:
    """What was picked in these draws, in the order of stratum and u; columns UNITS."""
    columns = (getattr(SampleUnit, name) for name in UNITS)
    asked = select(*columns).where(SampleUnit.draw_id.in_(draw_ids))
    return frame_of(session, asked.order_by(SampleUnit.draw_id, SampleUnit.stratum, SampleUnit.u), UNITS)


def drawn_within(session: Session, plan_name: str, window: Window) -> pl.DataFrame:
    """What the standing draws of a plan have picked whose windows lie in this one: source, ticket_id."""
    later = aliased(SampleDraw)
    standing = ~select(later.id).where(later.supersedes == SampleDraw.id).exists()
    asked = (
        select(SampleUnit.source, SampleUnit.ticket_id).join(SampleDraw, SampleUnit.draw_id == SampleDraw.id)
        .join(SamplePlan, SampleDraw.plan_id == SamplePlan.id)
        .where(SamplePlan.name == plan_name, SampleDraw.window_from >= window.start,
               SampleDraw.window_to <= window.end, standing)
    )  # fmt: skip
    return frame_of(session, asked, {"source": pl.String, "ticket_id": pl.String})


def keep_frame(session: Session, draw_id: int, text: bytes, *, at: datetime) -> None:
    """Keep the text of a frame, compressed, for at least half a year."""
    body = base64.b64encode(zlib.compress(text, LEVEL)).decode()
    session.add(SampleFrame(draw_id=draw_id, body=body, kept_until=at + timedelta(days=KEPT_DAYS)))


def frame_text_of(session: Session, draw_id: int) -> bytes:
    """The text of the frame that a draw was made from. Raises DrawError where it is not kept any more."""
    row = session.get(SampleFrame, draw_id)
    if row is None:
        raise DrawError(_NONE, id=draw_id)
    return zlib.decompress(base64.b64decode(row.body))


def keep_strata(session: Session, draw_id: int, frame: pl.DataFrame, counts: Mapping[str, int]) -> None:
    """Keep how many conversations each stratum has, and how many of them are drawn."""
    sizes = frame.group_by("stratum").len().sort("stratum").iter_rows()
    rows = [
        {"draw_id": draw_id, "stratum": name, "size": size, "initial": counts.get(name, 0),
         "drawn": counts.get(name, 0)}
        for name, size in sizes
    ]  # fmt: skip
    if rows:
        session.execute(insert(SampleStratum), rows)


def keep_units(session: Session, draw_id: int, units: pl.DataFrame, *, round: int, at: datetime, plan: Plan) -> None:
    """Keep what was picked; columns as `sampling.drawn` gives them."""
    rows = [
        {"draw_id": draw_id, "source": source, "ticket_id": ticket, "stratum": stratum, "agent": agent, "u": u,
         "pi": pi, "reason": reason_of(plan, stratum), "round": round, "added_at": at}
        for source, ticket, stratum, agent, u, pi in units.select(
            "source", "ticket_id", "stratum", "agent", "u", "pi"
        ).iter_rows()
    ]  # fmt: skip
    if rows:
        session.execute(insert(SampleUnit), rows)


def reason_of(plan: Plan, stratum: str) -> str:
    """Why a conversation of this stratum is read."""
    if plan.purpose == "coaching":
        return "floor"
    return "random" if parts(stratum)[1] == REST else "risk"


def raise_strata(session: Session, draw: Draw, more: Mapping[str, int]) -> None:
    """So many more of these strata are drawn: their probabilities grow with them."""
    for stratum in draw.strata:
        if not more.get(stratum.name):
            continue
        drawn = stratum.drawn + more[stratum.name]
        key = (SampleStratum.draw_id == draw.id, SampleStratum.stratum == stratum.name)
        session.execute(update(SampleStratum).where(*key).values(drawn=drawn))
        picked = (SampleUnit.draw_id == draw.id, SampleUnit.stratum == stratum.name)
        session.execute(update(SampleUnit).where(*picked).values(pi=drawn / stratum.size))


def picked_again(draw: Draw, text: bytes) -> pl.DataFrame:
    """What this frame, the seed and the numbers of the draw give; columns as `sampling.drawn`."""
    return sampling.drawn(sampling.frame_of_text(text), draw.seed, draw.counts)
