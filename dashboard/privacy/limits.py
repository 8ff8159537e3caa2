"""For how long what is kept, and what must not go though its time is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.people.key import keyed
from dashboard.privacy.masking import masked
from dashboard.store import DeskSetting, LegalHold
from metrics.errors import ActionableError
from metrics.words import N_

LEAST_DAYS = 183
"""Six months: what the network law asks for at least."""
MOST_DAYS = 36_500
KEY = "retention"
KINDS: Mapping[str, str] = {
    "texts": N_("What customers wrote and the sources' own fields, from the last thing that happened on the ticket"),
    "customers": N_("Who the customers are, from the last thing that they did"),
    "rejects": N_("Rows that loads set aside"),
    "sign_ins": N_("Tries to sign in and ended sessions"),
}
DEFAULT_DAYS = 400
"""A year's report and its preparation."""
_TOO_FEW = N_("{kind} are kept for at least {least} days; {days} would be too few.")
_TOO_MANY = N_("{kind} are kept for at most {most} days.")
_UNKNOWN = N_("There is no kind of data “{kind}”; there are: {kinds}.")
_NO_REASON = N_("Say why; whoever asks later will want to know.")
NO_NAME = N_("Name what is held; without a name it would be the whole desk.")
_NO_HOLD = N_("There is no legal hold {id} that stands.")


class RetentionError(ActionableError):
    """A limit that is none, or a hold that is not there."""


@needs(Act.SEE_PRIVACY)
def limits(actor: Actor, desk: Desk) -> dict[str, int]:
    """Days by kind of data."""
    del actor
    with desk.reading() as session:
        return limits_in(session)


def limits_in(session: Session) -> dict[str, int]:
    """The same inside a session."""
    row = session.scalars(select(DeskSetting).where(DeskSetting.key == KEY)).first()
    said = dict(row.value) if row is not None else {}
    return {kind: int(said.get(kind, DEFAULT_DAYS)) for kind in KINDS}


@needs(Act.PURGE)
def set_limits(actor: Actor, desk: Desk, days: Mapping[str, int], *, reason: str) -> dict[str, int]:
    """Keep some kinds for so many days from now on. Raises RetentionError."""
    for kind, asked in days.items():
        _check(kind, asked)
    with desk.keeping() as session:
        before = limits_in(session)
        now = {**before, **days}
        row = session.scalars(select(DeskSetting).where(DeskSetting.key == KEY)).first()
        if row is None:
            session.add(DeskSetting(key=KEY, value=now, valid_from=date.min))
        else:
            row.value = now
        changed = {kind: [before[kind], now[kind]] for kind in now if now[kind] != before[kind]}
        record(session, actor, "retention.change", "retention", {**changed, "reason": _said(reason)})
    return now


def _check(kind: str, days: int) -> None:
    if kind not in KINDS:
        raise RetentionError(_UNKNOWN, kind=kind, kinds=", ".join(KINDS))
    if days < LEAST_DAYS:
        raise RetentionError(_TOO_FEW, kind=kind, least=LEAST_DAYS, days=days)
    if days > MOST_DAYS:
        raise RetentionError(_TOO_MANY, kind=kind, most=MOST_DAYS)


def _said(reason: str) -> str:
    said = " ".join(reason.split())
    if not said:
        raise RetentionError(_NO_REASON)
    return masked(said[:300])


@dataclass(frozen=True)
class Hold:
    """What a purge leaves alone: a ticket, all of a source, a customer, or the whole desk where nothing is named."""

    id: int
    made_at: datetime
    actor: str
    reason: str
    source: str | None
    ticket_id: str | None
    customer: str | None


@needs(Act.HOLD)
def place_hold(
    actor: Actor, desk: Desk, *, reason: str, source: str | None = None, ticket_id: str | None = None,
    customer: str | None = None, at: datetime | None = None,
) -> int:  # fmt: skip
    """Let no purge and no erasure touch these: the number of the hold. Raises RetentionError."""
    said = _said(reason)
    hashed = None if customer is None else customer_hash(desk, customer)
    row = LegalHold(made_at=at or datetime.now(UTC), actor=actor.name, reason=said, source=source,
                    ticket_id=ticket_id, customer=hashed)  # fmt: skip
    with desk.keeping() as session:
        session.add(row)
        session.flush()
        record(session, actor, "hold.place", f"hold:{row.id}", {"source": source, "ticket": ticket_id,
               "customer": hashed[:16] if hashed else None, "reason": said}, at=at)  # fmt: skip
        return row.id


@needs(Act.HOLD)
def lift_hold(actor: Actor, desk: Desk, hold: int, *, reason: str, at: datetime | None = None) -> None:
    """End a hold. Raises RetentionError."""
    with desk.keeping() as session:
        row = session.get(LegalHold, hold)
        if row is None or row.lifted_at is not None:
            raise RetentionError(_NO_HOLD, id=hold)
        row.lifted_at = at or datetime.now(UTC)
        record(session, actor, "hold.lift", f"hold:{hold}", {"reason": _said(reason)}, at=at)


@needs(Act.SEE_PRIVACY)
def holds(actor: Actor, desk: Desk) -> tuple[Hold, ...]:
    """The holds that stand, the newest first."""
    del actor
    with desk.reading() as session:
        return holds_in(session)


def holds_in(session: Session) -> tuple[Hold, ...]:
    """The same inside a session."""
    rows = session.scalars(select(LegalHold).where(LegalHold.lifted_at.is_(None)).order_by(LegalHold.id.desc()))
    return tuple(
        Hold(row.id, row.made_at, row.actor, row.reason, row.source, row.ticket_id, row.customer) for row in rows
    )


def not_held(desk: Desk, tickets: pl.DataFrame, standing: tuple[Hold, ...]) -> pl.DataFrame:
    """Of tickets (source, ticket_id, customer, …) those that no hold covers."""
    left = tickets
    for hold in standing:
        if hold.customer is not None:
            known = left["customer"].drop_nulls().unique().to_list()
            theirs = [value for value in known if hold.customer in (customer_hash(desk, value), value)]
            left = left.filter(~pl.col("customer").is_in(theirs).fill_null(value=False))
        elif hold.ticket_id is not None:
            own = pl.lit(True) if hold.source is None else pl.col("source") == hold.source
            left = left.filter(~((pl.col("ticket_id") == hold.ticket_id) & own))
        elif hold.source is not None:
            left = left.filter(pl.col("source") != hold.source)
        else:
            return left.clear()
    return left


def customer_hash(desk: Desk, customer: str) -> str:
    """The keyed hash by which a customer is known where his name must not stand."""
    return keyed(desk, "customer", customer.strip().casefold())
