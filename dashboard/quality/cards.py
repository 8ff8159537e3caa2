"""Scorecards as values: a version with its lines and marks, the tree of root causes, what every desk begins with."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.store import Criterion, RootCause, Scorecard, ScorecardVersion
from dashboard.triage.now import now
from metrics.errors import ActionableError
from metrics.quality.scoring import Line, Marks
from metrics.words import N_

SHIPPED_BY = "floorwalker"
LINES_AT_MOST = 12
"""So many lines of a card are judged by people at most; longer cards are filled in without reading."""
AUTO_RULES = ("tier_deadlines", "promises")
_GONE = N_("There is no such scorecard here any more. Choose another one.")


class NoSuchCard(ActionableError):
    """A scorecard, or a version of it, that is not there."""


@dataclass(frozen=True)
class CardLine(Line):
    """A line with its words: keys of the wording on a card that came with the product, else the desk's own."""

    title: str = ""
    guidance: str = ""


@dataclass(frozen=True)
class Card:
    """One version of a scorecard. id: of the version."""

    id: int
    scorecard_id: int
    name: str
    number: int
    status: str
    marks: Marks
    lines: tuple[CardLine, ...]
    version: int = 1
    made_by: str = SHIPPED_BY

    def line(self, code: str) -> CardLine:
        return next(line for line in self.lines if line.code == code)


@dataclass(frozen=True)
class Cause:
    """Why a line failed; parent None: the first level."""

    code: str
    parent: str | None
    title: str
    agent_controllable: bool


def card(session: Session, version_id: int) -> Card:
    """A version of a scorecard. Raises NoSuchCard."""
    row = session.get(ScorecardVersion, version_id)
    if row is None:
        raise NoSuchCard(_GONE)
    lines = session.scalars(select(Criterion).where(Criterion.version_id == row.id).order_by(Criterion.position))
    name = session.get_one(Scorecard, row.scorecard_id).name
    return Card(
        row.id, row.scorecard_id, name, row.number, row.status, Marks(row.pass_mark, row.least_share),
        tuple(map(_line, lines)), row.version, row.made_by,
    )  # fmt: skip


def _line(row: Criterion) -> CardLine:
    return CardLine(
        row.code, row.section, row.kind, row.scale, row.weight, row.na_allowed, row.auto_rule, row.title,  # type: ignore[arg-type]
        row.guidance,
    )  # fmt: skip


def cards(session: Session, *, only: Iterable[str] = ("published",)) -> tuple[Card, ...]:
    """The versions in these states; of each scorecard the newest first, scorecards in the order of their making."""
    asked = select(ScorecardVersion.id).where(ScorecardVersion.status.in_(list(only)))
    ordered = asked.order_by(ScorecardVersion.scorecard_id, ScorecardVersion.number.desc())
    return tuple(card(session, id) for id in session.scalars(ordered))


def causes(session: Session) -> tuple[Cause, ...]:
    """The root causes that can be chosen, in their order."""
    rows = session.scalars(select(RootCause).where(RootCause.is_active).order_by(RootCause.position))
    return tuple(Cause(row.code, row.parent, row.title, row.agent_controllable) for row in rows)


def is_begun(session: Session) -> bool:
    """Whether the desk has its first scorecards."""
    return session.scalar(select(Scorecard.id).limit(1)) is not None


def begin(session: Session) -> None:
    """Give the desk the scorecards and root causes that come with the product, once."""
    if is_begun(session):
        return
    shipped, at = _shipped(), now()
    for told in shipped["scorecard"]:
        keep_version(session, _kept(session, told["name"], at), _told_card(told), by=SHIPPED_BY, at=at, publish=True)
    rows = [(one["code"], None, one["controllable"]) for one in shipped["cause"]]
    for one in shipped["cause"]:
        rows += [(part, one["code"], one["controllable"]) for part in one.get("parts", ())]
    session.add_all(
        RootCause(code=code, parent=parent, title=f"cause.{code}", agent_controllable=own, position=place)
        for place, (code, parent, own) in enumerate(rows)
    )
    session.flush()


def _kept(session: Session, name: str, at: datetime) -> Scorecard:
    row = Scorecard(name=name, made_at=at)
    session.add(row)
    session.flush()
    return row


@cache
def _shipped() -> Mapping[str, Any]:
    return tomllib.loads((files("dashboard") / "defaults" / "scorecards.toml").read_text(encoding="utf-8"))


def _told_card(told: Mapping[str, Any]) -> Card:
    return Card(0, 0, told["name"], 1, "draft", Marks(told["pass_mark"], told["least_share"]),
                tuple(_told_line(line) for line in told["line"]))  # fmt: skip


def _told_line(told: Mapping[str, Any]) -> CardLine:
    code = told["code"]
    return CardLine(
        code, told["section"], told.get("kind", "scored"), told["scale"], told.get("weight", 0), told.get("na", False),
        told.get("auto"), f"criterion.{code}", f"criterion.{code}.guidance",
    )  # fmt: skip


def keep_version(
    session: Session, scorecard: Scorecard, what: Card, *, by: str, at: datetime, publish: bool = False
) -> ScorecardVersion:
    """Add a version with its lines to a scorecard; it is a draft until it is published."""
    last = select(ScorecardVersion.number).where(ScorecardVersion.scorecard_id == scorecard.id)
    row = ScorecardVersion(
        scorecard_id=scorecard.id, number=max(session.scalars(last), default=0) + 1, status="draft", made_by=by,
        made_at=at, pass_mark=what.marks.pass_mark, least_share=what.marks.least_share,
    )  # fmt: skip
    session.add(row)
    session.flush()
    keep_lines(session, row.id, what.lines)
    if publish:
        row.status, row.published_at = "published", at
    session.flush()
    return row


def keep_lines(session: Session, version_id: int, lines: Iterable[CardLine]) -> None:
    """Write the lines of a draft."""
    session.add_all(
        Criterion(
            version_id=version_id, position=place, code=line.code, section=line.section, kind=line.kind,
            scale=line.scale, weight=line.weight, na_allowed=line.na_allowed, auto_rule=line.auto_rule,
            title=line.title, guidance=line.guidance,
        )
        for place, line in enumerate(lines)
    )  # fmt: skip
    session.flush()
