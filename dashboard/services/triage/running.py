"""Triage by itself: rules looked at after every load, snoozes that end, times that are up. All of it may run twice."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import SERVER, Act, Actor, needs, record
from dashboard.services.triage.acts import ways_of
from dashboard.services.triage.looking import TICKET, looked
from dashboard.store.frames import frame_of
from dashboard.store.triage import TriageCause, TriageClock, TriageEvent, TriageItem, TriageRun
from dashboard.triage import clocks as clock_acts
from dashboard.triage.acts import Asked, Ways, planned
from dashboard.triage.clocks import KINDS, Clock
from dashboard.triage.items import Item, clock_of, item_of
from dashboard.triage.keeping import clocks_of, keep
from dashboard.triage.now import now
from dashboard.triage.opening import TOLD, clock_row, clocks_to_begin, told_of
from dashboard.triage.settings import TriageSettings
from dashboard.triage.states import OPEN, Action
from metrics.facts import Facts
from metrics.tables import INSTANT
from metrics.triage.model import LASTING

Ticket = tuple[str, str]
Row = dict[str, Any]
LIVE = (*OPEN, "resolved")
FILLING = ("thing", "due_at", "seconds", "times", "score", "scale", "value")
"""What of a finding fills the sentence of its cause."""
LONGEST = 200
AT_ONCE = 500
"""How many numbers one statement names at most."""


@dataclass(frozen=True)
class Evaluated:
    """What came of looking at the rules: items opened, causes added to items, items reopened, items settled."""

    opened: int = 0
    added: int = 0
    reopened: int = 0
    settled: int = 0


@dataclass(frozen=True)
class Ticked:
    """What time has brought: snoozes that ended, clocks whose time is up."""

    woken: int = 0
    breached: int = 0


@needs(Act.RUN_TRIAGE)
def evaluate(actor: Actor, desk: Desk, *, as_of: datetime | None = None, at: datetime | None = None) -> Evaluated:
    """Let the rules look at what the desk shows now, and open an item for each ticket that they find, once.

    Nothing is done where neither data nor settings have changed since the last time. as_of: look at the data as they
    stood then.
    """
    del actor  # what comes of it is nobody's act
    ways, moment = ways_of(SERVER, desk), at or now()
    state = _state(desk, ways.settings, as_of)
    with desk.reading() as session:
        if _last_state(session) == state:
            return Evaluated()
        asked = _asked_about(session)
    facts, found = looked(SERVER, desk, ways.settings.rules, as_of, asked)
    with desk.keeping() as session:
        if _last_state(session) == state:
            return Evaluated()  # another process has looked meanwhile
        return keep_findings(session, facts, found, ways, moment, state, asked={*asked.rows(), *_keys(found)})


def _asked_about(session: Session) -> pl.DataFrame:
    """The tickets that items which have not ended lead to, or their causes."""
    causes = select(TriageCause.source, TriageCause.ticket_id).join(TriageItem).where(TriageItem.state.in_(LIVE))
    keys = {*_live(session), *(tuple(row) for row in session.execute(causes))}
    return pl.DataFrame(list(keys), schema=TICKET, orient="row")


def _state(desk: Desk, settings: TriageSettings, as_of: datetime | None) -> str:
    """Names all that the rules look at."""
    head = desk.head()
    shown = (sorted(head.versions.items()), as_of or head.as_of) if head else ([], as_of)
    seen = [*map(str, shown), repr(settings.rules)]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


def _last_state(session: Session) -> str | None:
    return session.scalar(select(TriageRun.state).order_by(TriageRun.id.desc()).limit(1))


def keep_findings(
    session: Session, facts: Facts, found: pl.DataFrame, ways: Ways, at: datetime, state: str,
    *, asked: Collection[Ticket] | None = None,
) -> Evaluated:  # fmt: skip
    """Bring what the rules found and what the data tell into the tables, in one transaction.

    asked: the tickets that the facts tell of where the data have them; all tickets, unless they are named. What came to
    the tables since they were asked about is left to the next look.
    """
    told = told_of(facts)
    kinds = {rule.name: rule.kind for rule in ways.settings.rules}
    live = _live(session)
    new = _not_known(session, found)
    _refresh(session, live, told)
    reopened = _reopen(session, {live[key].id for key in _keys(new) if key in live}, ways, at)
    opened = _open(session, [key for key in _keys(new) if key not in live], new, told, facts, ways, kinds, at)
    items = {key: row.id for key, row in live.items()} | opened
    _add_causes(session, new, items, kinds, at)
    _end_causes(session, found, told, kinds, at, asked)
    _answer(session, told, live, ways)
    settled = _settle(session, told, ways, at, asked)
    result = Evaluated(len(opened), sum(key not in opened for key in _keys(new)), reopened, settled)
    session.add(TriageRun(at=at, state=state, opened=result.opened, added=result.added, reopened=reopened))
    record(session, SERVER, "triage.evaluate", "triage", vars(result), at=at)
    return result


def open_found(session: Session, facts: Facts, found: pl.DataFrame, ways: Ways, at: datetime) -> None:
    """Bring these findings alone into the tables: to the items that their tickets have, else to new ones."""
    kinds = {rule.name: rule.kind for rule in ways.settings.rules}
    live, new = _live(session), _not_known(session, found)
    _reopen(session, {live[key].id for key in _keys(new) if key in live}, ways, at)
    opened = _open(session, [key for key in _keys(new) if key not in live], new, told_of(facts), facts, ways, kinds, at)
    _add_causes(session, new, {key: row.id for key, row in live.items()} | opened, kinds, at)


def _live(session: Session) -> dict[Ticket, TriageItem]:
    """The items that are not ended by their tickets; those merged into one of them lead to it too."""
    rows = {row.id: row for row in session.scalars(select(TriageItem).where(TriageItem.state.in_(LIVE)))}
    merged = select(TriageItem).where(TriageItem.merged_into.in_(rows)).order_by(TriageItem.id)
    led = {(row.source, row.ticket_id): rows[row.merged_into] for row in session.scalars(merged) if row.merged_into}
    return led | {(row.source, row.ticket_id): row for row in rows.values()}


def _keys(found: pl.DataFrame) -> list[Ticket]:
    return found.select("source", "ticket_id").unique(maintain_order=True).rows()


def _not_known(session: Session, found: pl.DataFrame) -> pl.DataFrame:
    """The findings that are no cause yet, the oldest first; a lasting one that holds again goes on."""
    columns = (TriageCause.source, TriageCause.ticket_id, TriageCause.rule, TriageCause.occurrence)
    keys = {name: pl.String() for name in ("source", "ticket_id", "rule", "occurrence")}
    known = frame_of(session, select(*columns), keys)
    cut = found.with_columns(pl.col("occurrence").str.slice(0, LONGEST))
    return cut.join(known, on=list(keys), how="anti", maintain_order="left").sort("since", maintain_order=True)


def _refresh(session: Session, live: Mapping[Ticket, TriageItem], told: pl.DataFrame) -> None:
    """Let items say of their tickets what the newest load says; that is no act, so no version counts on."""
    for row in _of_items(told, live):
        item = live[row["source"], row["ticket_id"]]
        if (item.source, item.ticket_id) != (row["source"], row["ticket_id"]):
            continue  # merged into another ticket's item
        for name in (*TOLD, "activity_at"):
            if getattr(item, name) != row[name]:
                setattr(item, name, row[name])
    session.flush()


def _of_items(told: pl.DataFrame, live: Iterable[Ticket]) -> Iterable[Row]:
    keys = pl.DataFrame(list(live), schema=TICKET, orient="row")
    return told.join(keys, on=["source", "ticket_id"], how="inner").iter_rows(named=True)


def _reopen(session: Session, ids: Iterable[int], ways: Ways, at: datetime) -> int:
    """Bring back what was resolved and has a new cause; as many as that."""
    again = [id for id in ids if session.get_one(TriageItem, id).state == "resolved"]
    for id in again:
        _by_itself(session, id, "reopen", ways, at)
    return len(again)


def _by_itself(session: Session, id: int, action: Action, ways: Ways, at: datetime) -> Item:
    item, clocks = item_of(session.get_one(TriageItem, id)), clocks_of(session, id)
    plan = planned(item, clocks, Asked(action, SERVER.name, at, {"by_itself": True}), ways)
    return keep(session, SERVER, item, clocks, plan, action=action, at=max(at, item.changed_at))


def _open(
    session: Session, keys: Sequence[Ticket], new: pl.DataFrame, told: pl.DataFrame, facts: Facts, ways: Ways,
    kinds: Mapping[str, str], at: datetime,
) -> dict[Ticket, int]:  # fmt: skip
    """New items with their clocks and their first event; their numbers by ticket."""
    asked = pl.DataFrame(keys, schema=TICKET, orient="row")
    complaints = [name for name, kind in kinds.items() if kind == "complaint"]
    per_ticket = new.group_by("source", "ticket_id").agg(
        pl.col("tier").max(), is_complaint=pl.col("rule").is_in(complaints).any()
    )
    whole = asked.join(told, on=asked.columns, how="inner", maintain_order="left").join(per_ticket, on=asked.columns)
    rows = [_item_row(row, at) for row in whole.iter_rows(named=True)]
    session.add_all(rows)
    session.flush()
    begun = whole.with_columns(id=pl.Series([row.id for row in rows], dtype=pl.Int64))
    session.add_all(clock_row(row) for row in clocks_to_begin(begun, facts, ways, at=at).iter_rows(named=True))
    session.add_all(_opening_event(row, at) for row in rows)
    session.flush()
    return {(row.source, row.ticket_id): row.id for row in rows}


def _item_row(row: Row, at: datetime) -> TriageItem:
    told = {name: row[name] for name in (*TOLD, "activity_at", "ticket_created_at", "is_complaint", "tier")}
    return TriageItem(
        source=row["source"], ticket_id=row["ticket_id"], state="new", opened_at=at, raised_at=at, changed_at=at,
        reopen_count=0, version=1, **told,
    )  # fmt: skip


def _opening_event(row: TriageItem, at: datetime) -> TriageEvent:
    return TriageEvent(item_id=row.id, version=1, at=at, actor_id=None, actor=SERVER.name, action="open", before={},
                       after={"state": "new", "tier": row.tier})  # fmt: skip


def _add_causes(
    session: Session, new: pl.DataFrame, items: Mapping[Ticket, int], kinds: Mapping[str, str], at: datetime
) -> None:
    complained = set[int]()
    for row in new.iter_rows(named=True):
        id, kind = items[row["source"], row["ticket_id"]], kinds[row["rule"]]
        values = {
            name: row[name].isoformat() if name == "due_at" else row[name] for name in FILLING if row[name] is not None
        }
        session.add(
            TriageCause(item_id=id, source=row["source"], ticket_id=row["ticket_id"], rule=row["rule"],
                        occurrence=row["occurrence"], since=row["since"], values={"kind": kind, **values}, seen_at=at)
        )  # fmt: skip
        if kind == "complaint":
            complained.add(id)
    session.flush()
    for id in complained:
        session.get_one(TriageItem, id).is_complaint = True


def _end_causes(
    session: Session, found: pl.DataFrame, told: pl.DataFrame, kinds: Mapping[str, str], at: datetime,
    asked: Collection[Ticket] | None,
) -> None:  # fmt: skip
    """Note which lasting causes do not hold any more, and which hold again; what is not in the data holds no more."""
    holding = set(found.select("source", "ticket_id", "rule", pl.col("occurrence").str.slice(0, LONGEST)).iter_rows())
    there = set(told.select("source", "ticket_id").iter_rows())
    lasting = {name for name, kind in kinds.items() if kind in LASTING}
    live = select(TriageCause).join(TriageItem).where(TriageItem.state.in_(LIVE))
    for row in session.scalars(live):
        if asked is not None and (row.source, row.ticket_id) not in asked:
            continue
        holds = (row.source, row.ticket_id, row.rule, row.occurrence) in holding
        ends = not holds and (row.rule in lasting or (row.source, row.ticket_id) not in there)
        if ends and row.ended_at is None:
            row.ended_at = at
        elif holds and row.ended_at is not None:
            row.ended_at = None
    session.flush()


def _answer(session: Session, told: pl.DataFrame, live: Mapping[Ticket, TriageItem], ways: Ways) -> None:
    """A public reply in the ticket meets what is to be answered, whoever wrote it and wherever."""
    kinds = [kind for kind, one in KINDS.items() if one.is_answer]
    running = TriageClock.met_at.is_(None) & TriageClock.cancelled_at.is_(None) & TriageClock.kind.in_(kinds)
    by_item = defaultdict[int, list[TriageClock]](list)
    for row in session.scalars(select(TriageClock).where(running)):
        by_item[row.item_id].append(row)
    replied = {(row["source"], row["ticket_id"]): row["answered_at"] for row in _of_items(told, live)}
    for item in {row.id: row for row in live.values()}.values():
        answered = replied.get((item.source, item.ticket_id))
        for row in by_item.get(item.id, []):
            if answered is not None and answered > row.started_at:
                _set(row, clock_acts.met(clock_of(row), answered, ways.hours))
    session.flush()


def _set(row: TriageClock, clock: Clock) -> None:
    row.met_at, row.breached_at, row.paused_at, row.due_at = (
        clock.met_at,
        clock.breached_at,
        clock.paused_at,
        clock.due_at,
    )
    row.pauses = [[since.isoformat(), to.isoformat()] for since, to in clock.pauses]


def _settle(
    session: Session, told: pl.DataFrame, ways: Ways, at: datetime, asked: Collection[Ticket] | None
) -> int:  # fmt: skip
    """Resolve the items whose tickets have ended, or are not there any more, and none of whose causes holds."""
    over = {(row[0], row[1]) for row in told.filter("is_over").select("source", "ticket_id").iter_rows()}
    there = set(told.select("source", "ticket_id").iter_rows())
    leading = func.coalesce(TriageItem.merged_into, TriageItem.id)
    holding = set(session.scalars(select(leading).join(TriageCause).where(TriageCause.ended_at.is_(None))))
    rows = session.scalars(select(TriageItem).where(TriageItem.state.in_(OPEN))).all()
    done = [
        row.id for row in rows
        if row.id not in holding
        and (asked is None or (row.source, row.ticket_id) in asked)
        and ((row.source, row.ticket_id) in over or (row.source, row.ticket_id) not in there)
    ]  # fmt: skip
    for id in done:
        _by_itself(session, id, "settle", ways, at)
    return len(done)


@needs(Act.RUN_TRIAGE)
def tick(actor: Actor, desk: Desk, *, at: datetime | None = None) -> Ticked:
    """Let time pass: items come back whose snooze is over or whose customer has written, breaches are noted."""
    del actor
    ways, moment = ways_of(SERVER, desk), at or now()
    with desk.reading() as session:
        if not _asleep(session, moment) and not _late(session, moment, ways):
            return Ticked()
    with desk.keeping() as session:
        late = _late(session, moment, ways)
        for some in (late[start : start + AT_ONCE] for start in range(0, len(late), AT_ONCE)):
            breached = update(TriageClock).where(TriageClock.id.in_(some)).values(breached_at=TriageClock.due_at)
            session.execute(breached, execution_options={"synchronize_session": False})
        asleep = _asleep(session, moment)
        for id in asleep:
            _by_itself(session, id, "wake", ways, moment)
        return Ticked(len(asleep), len(late))


def _asleep(session: Session, at: datetime) -> list[int]:
    """The items that are to come back."""
    over = (TriageItem.snoozed_until <= at) | (TriageItem.activity_at > TriageItem.snoozed_at)
    return list(session.scalars(select(TriageItem.id).where(TriageItem.state.in_(OPEN), over)))


def _late(session: Session, at: datetime, ways: Ways) -> list[int]:
    """The running clocks whose time is up and of which nothing says so yet."""
    running = TriageClock.met_at.is_(None) & TriageClock.cancelled_at.is_(None) & TriageClock.breached_at.is_(None)
    asked = select(TriageClock.id, TriageClock.due_at, TriageClock.calendar).where(running & (TriageClock.due_at < at))
    frame = frame_of(session, asked, {"id": pl.Int64, "due_at": INSTANT, "calendar": pl.String})
    frame = frame.with_columns(now=pl.lit(at, INSTANT))
    passed = (frame["now"] - frame["due_at"]).dt.total_microseconds()
    on_hours = ways.hours.passed(frame, "due_at", "now")
    late = pl.when(pl.col("calendar").is_null()).then(passed > 0).otherwise(on_hours > 0)
    return frame.filter(late)["id"].to_list()


@dataclass(frozen=True)
class DueClock:
    """A running clock and how much of its target has passed; past 1 it is late."""

    clock_id: int
    item: Item
    kind: str
    share: float
    target_seconds: int
    started_at: datetime
    due_at: datetime


@needs(Act.RUN_TRIAGE)
def due(actor: Actor, desk: Desk, *, at: datetime | None = None) -> tuple[DueClock, ...]:
    """Every clock that runs on an open item, the one that is due first first; what is paused is not among them."""
    del actor
    ways, moment = ways_of(SERVER, desk), at or now()
    running = TriageClock.met_at.is_(None) & TriageClock.cancelled_at.is_(None) & TriageClock.due_at.is_not(None)
    with desk.reading() as session:
        asked = select(TriageClock, TriageItem).join(TriageItem).where(running & TriageItem.state.in_(OPEN))
        rows = [(clock, item_of(item)) for clock, item in session.execute(asked.order_by(TriageClock.due_at))]
        frame = pl.DataFrame(
            {"due_at": [clock.due_at for clock, _ in rows], "calendar": [clock.calendar for clock, _ in rows]},
            schema={"due_at": INSTANT, "calendar": pl.String},
        ).with_columns(now=pl.lit(moment, INSTANT))
        late, left = ways.hours.passed(frame, "due_at", "now"), ways.hours.passed(frame, "now", "due_at")
        return tuple(
            DueClock(clock.id, item, clock.kind, (clock.target_seconds + behind - ahead) / clock.target_seconds,
                     clock.target_seconds, clock.started_at, clock.due_at)
            for (clock, item), behind, ahead in zip(rows, late, left, strict=True) if clock.due_at is not None
        )  # fmt: skip
