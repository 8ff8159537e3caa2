"""One customer over channels and sources: what rules would bring together, the rules that hold, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sqlalchemy import select

from dashboard.agreement_text import with_table
from dashboard.desk import Desk
from dashboard.identity_rules import TABLE, identity_rules
from dashboard.people import Act, Actor, needs, record
from dashboard.services.facts.figures import readable_facts
from dashboard.services.settings.changes import keep_agreements
from dashboard.services.settings.editing import standing
from dashboard.store import CustomerTie
from dashboard.triage.now import now
from metrics.errors import ActionableError
from metrics.identity import RULES, WHO, Identities, Name, Tie, identities
from metrics.words import N_

OFFERED = 30
_TWO = N_("Choose two different customers of this desk.")
_ONE = N_("These two are one person already.")
_APART = N_("They were taken apart already.")


class IdentityError(ActionableError):
    """Two names that cannot be brought together, or taken apart."""


@dataclass(frozen=True)
class Tied:
    """Two names that somebody has said to be one person."""

    id: int
    one: Name
    other: Name
    reason: str
    by: str
    at: datetime


@needs(Act.SEE_TICKETS)
def rules_in_force(actor: Actor, desk: Desk) -> tuple[str, ...]:
    """The rules by which this desk's customers are brought together; none as shipped."""
    del actor  # whoever may see tickets may know by which rules their customers are one
    return identity_rules(desk.agreements())


@needs(Act.SEE_TICKETS)
def people(actor: Actor, desk: Desk, rules: Sequence[str] | None = None) -> Identities:
    """Who is one by these rules, or by those in force, in the tickets that this person may open."""
    chosen = rules_in_force(actor, desk) if rules is None else rules
    with desk.reading() as session:
        tied = [_ends(row) for row in session.scalars(select(CustomerTie).order_by(CustomerTie.id))]
    return identities(readable_facts(actor, desk).tickets, chosen, tied)


@needs(Act.SEE_TICKETS)
def ties(actor: Actor, desk: Desk) -> tuple[Tied, ...]:
    """What was brought together by hand, newest first, as far as this person may open tickets of both names."""
    with desk.reading() as session:
        rows = session.scalars(select(CustomerTie).order_by(CustomerTie.id.desc()))
        known = [Tied(row.id, *_ends(row), row.reason, row.tied_by, row.tied_at) for row in rows]
    seen = set(_names(actor, desk).iter_rows()) if known else set()
    return tuple(one for one in known if {one.one, one.other} <= seen)


@needs(Act.SEE_TICKETS)
def named(actor: Actor, desk: Desk, word: str) -> tuple[Name, ...]:
    """The first customers whose name or number has this word in it, of the tickets that this person may open."""
    wanted = word.strip().lower()
    if not wanted:
        return ()
    found = _names(actor, desk).filter(pl.col("customer").str.to_lowercase().str.contains(wanted, literal=True))
    return tuple((source, customer) for source, customer in found.sort("customer", "source").head(OFFERED).iter_rows())


@needs(Act.SEE_TICKETS)
def offered(actor: Actor, desk: Desk) -> tuple[Tie, ...]:
    """Pairs over different sources that share an address or a number, and are not one yet: perhaps the same person."""
    tickets, now = readable_facts(actor, desk).tickets, people(actor, desk)
    person = {(source, customer): who for source, customer, who in now.persons.iter_rows()}
    alike = identities(tickets, ("email", "phone")).persons.sort("person", "source", "customer")
    pairs: list[Tie] = []
    for _person, group in alike.group_by("person", maintain_order=True):
        (first, *others) = [(source, customer) for source, customer, _who in group.iter_rows()]
        pairs += [(first, one) for one in others if one[0] != first[0] and person[first] != person[one]]
        if len(pairs) >= OFFERED:
            break
    return tuple(pairs[:OFFERED])


@needs(Act.CHANGE_SETTINGS)
def tie(actor: Actor, desk: Desk, one: Name, other: Name, *, reason: str) -> int:
    """Say that two names are one person: the number of it. Raises IdentityError.

    Nothing of a ticket is written. The audit keeps that it was done, not of whom.
    """
    known = set(_names(actor, desk).iter_rows())
    if one == other or not {one, other} <= known:
        raise IdentityError(_TWO)
    now_one = {(source, customer): who for source, customer, who in people(actor, desk).persons.iter_rows()}
    if now_one[one] == now_one[other]:
        raise IdentityError(_ONE)
    with desk.keeping() as session:
        row = CustomerTie(source=one[0], customer=one[1], other_source=other[0], other_customer=other[1],
                          reason=reason.strip()[:300], tied_by=actor.name, tied_at=now())  # fmt: skip
        session.add(row)
        session.flush()
        record(session, actor, "customer.tie", f"tie:{row.id}")
        return row.id


@needs(Act.CHANGE_SETTINGS)
def untie(actor: Actor, desk: Desk, number: int) -> None:
    """Take two names apart again; all is as it was before. Raises IdentityError where they are apart already."""
    with desk.keeping() as session:
        row = session.get(CustomerTie, number)
        if row is None:
            raise IdentityError(_APART)
        session.delete(row)
        record(session, actor, "customer.untie", f"tie:{number}")


def _names(actor: Actor, desk: Desk) -> pl.DataFrame:
    tickets = readable_facts(actor, desk).tickets
    return tickets.select(WHO).drop_nulls().unique()


def _ends(row: CustomerTie) -> Tie:
    return (row.source, row.customer), (row.other_source, row.other_customer)


@needs(Act.CHANGE_SETTINGS)
def keep_rules(actor: Actor, desk: Desk, rules: Sequence[str], *, reason: str, expected: int | None = None) -> int:
    """Let these rules hold from today on; the number of the change. Without rules nobody is brought together.

    Nothing of a ticket is written: taking the rules back, here or by `settings undo`, leaves no trace in any figure.
    """
    stands = standing(actor, desk)
    kept = [rule for rule in RULES if rule in rules]
    text = with_table(stands.text, TABLE, {"rules": kept})
    return keep_agreements(actor, desk, text, since=max(stands.today, stands.since), reason=reason, expected=expected)
