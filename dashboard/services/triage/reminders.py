"""Reminders of the clocks of triage, each claimed by one process before it is sent: none twice, none never.

A claim is a row that only one can write. What was claimed and failed is tried again, after waits that grow; so is what
stayed unsent for five minutes, as its process may be gone. `tries` counts who has it now: a process that was overtaken
in the meantime sends nothing and notes nothing. Without a channel that a person has set up nothing is claimed or sent.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.people.accounts import actor_of, today_at
from dashboard.people.sealing import SecretError
from dashboard.sending import MailServer, NotSent, Robot
from dashboard.sending.claims import changed, is_free, put_down
from dashboard.sending.message import Unreachable
from dashboard.sending.ways import addresses_in, hand_over, way_of
from dashboard.services.triage.reminder_words import message
from dashboard.services.triage.running import DueClock, due, evaluate, tick
from dashboard.store import MAIL, Person, SendingChannel
from dashboard.store.triage import ReminderClaim
from dashboard.triage.business import hours_of
from dashboard.triage.now import now
from dashboard.triage.reminder_settings import ReminderSettings, reminder_settings
from dashboard.triage.reminders import Key, Route, Wanted, daily, day_begun, is_quiet, wanted
from dashboard.wording import LANGUAGES, Language, speaking

NEEDLESS = "needless: its time ended, or it is not for this reader any more"
Present = Callable[[], datetime]
"""What time it is by now."""
ENGLISH = frozenset({"slack"})
"""In these groups English is spoken, in the others Chinese."""


@dataclass(frozen=True)
class Reminded:
    """What came of it: reminders claimed now, messages sent and failed, reminders that wait for a better time."""

    claimed: int = 0
    sent: int = 0
    failed: int = 0
    held: int = 0


@dataclass(frozen=True)
class _Claim:
    """A claim of ours: its row, which of its tries is ours, and what it is about."""

    id: int
    tries: int
    of: Wanted


@needs(Act.SEND_REMINDERS)
def remind(actor: Actor, desk: Desk, *, at: datetime | None = None) -> Reminded:
    """Look at the rules and the clocks, and tell everybody what he is to be told by now and was not yet."""
    evaluate(actor, desk, at=at)
    tick(actor, desk, at=at)
    return deliver(actor, desk, at=at)


@needs(Act.SEND_REMINDERS)
def deliver(actor: Actor, desk: Desk, *, at: datetime | None = None) -> Reminded:
    """Tell of the clocks as they stand, without a look at the rules."""
    begun = now()
    moment = at or begun
    ways, routes = _ways(desk)
    if not routes:
        return Reminded()
    settings = _settings(desk)
    told = _wanted(desk, due(actor, desk, at=moment), routes, settings, moment)
    ours, fresh, held = _claimed(desk, told, settings, moment)
    sent, failed = _sent(desk, ours, ways, settings, lambda: moment + (now() - begun))
    return Reminded(fresh, sent, failed, held)


def _settings(desk: Desk) -> ReminderSettings:
    versions = desk.agreement_versions()
    return reminder_settings(versions[-1][1] if versions else None)


def _ways(desk: Desk) -> tuple[dict[int, MailServer | Robot], tuple[Route, ...]]:
    """The channels that are on, opened, and everybody who can be reached by one of them."""
    with desk.reading() as session:
        rows = session.scalars(select(SendingChannel).where(SendingChannel.is_on).order_by(SendingChannel.id)).all()
        ways, routes = dict[int, MailServer | Robot](), list[Route]()
        for row in rows:
            try:
                ways[row.id] = way_of(desk, row)
            except SecretError:
                continue  # its page tells; the other channels go on
            routes += _people(session, desk, row) if row.kind == MAIL else [_group(row)]
        return ways, tuple(routes)


def _people(session: Session, desk: Desk, row: SendingChannel) -> Iterable[Route]:
    addresses, today = addresses_in(session), today_at(desk)
    people = session.scalars(select(Person).where(Person.disabled_at.is_(None)).order_by(Person.id))
    for person in people:
        if person.id in addresses:
            language: Language = person.language if person.language in LANGUAGES else "zh_CN"
            reader = actor_of(session, person, today)
            yield Route(f"person:{person.id}", row.id, language, reader, addresses[person.id])


def _group(row: SendingChannel) -> Route:
    return Route(f"channel:{row.id}", row.id, "en" if row.kind in ENGLISH else "zh_CN", teams=tuple(row.teams))


def _wanted(
    desk: Desk, clocks: Sequence[DueClock], routes: Sequence[Route], settings: ReminderSettings, at: datetime
) -> dict[Key, Wanted]:  # fmt: skip
    """By what it is known: everything that is to be told by now."""
    found = {one.key: one for one in wanted(clocks, routes, settings)}
    agreed = hours_of(desk).settings
    if settings.digest and (day := day_begun(at, agreed)) is not None:
        with desk.reading() as session:
            asked = select(ReminderClaim.clock_id, ReminderClaim.rule_id, ReminderClaim.step, ReminderClaim.sent_at)
            rows = session.execute(asked.where(ReminderClaim.sent_at.is_not(None)))
            told = [((clock, way, step), sent) for clock, way, step, sent in rows if sent is not None]
        found |= {one.key: one for one in daily(clocks, routes, told, day, agreed.zone)}
    return found


def _claimed(
    desk: Desk, told: Mapping[Key, Wanted], settings: ReminderSettings, at: datetime
) -> tuple[list[_Claim], int, int]:  # fmt: skip
    """The reminders that are ours to send, how many of them are new, and how many wait."""
    is_closed = settings.quiet and is_quiet(at, hours_of(desk).settings)
    with desk.keeping() as session:
        rows = {_key(row): row for row in session.scalars(select(ReminderClaim).where(_open(told)))}
        full = _full(session, settings, at)
        allowed = {
            key: one
            for key, one in told.items()
            if one.running.item.is_pressing or not (is_closed or one.route.key in full)
        }
        fresh = _insert(session, [key for key in allowed if key not in rows], at)
        again = _taken_again(rows, told, allowed, at)
        session.flush()
        ours = [_Claim(id, tries, allowed[key]) for key, id, tries in (*fresh, *again)]
        return ours, len(fresh), sum(key not in rows and key not in allowed for key in told)


def _open(told: Mapping[Key, Wanted]) -> Any:
    """The claims that are about these clocks, or that were not sent."""
    clocks = sorted({clock for clock, _way, _step in told})
    return ReminderClaim.clock_id.in_(clocks) | ReminderClaim.sent_at.is_(None)


def _key(row: ReminderClaim) -> Key:
    return row.clock_id, row.rule_id, row.step


def _full(session: Session, settings: ReminderSettings, at: datetime) -> set[str]:
    """The ways by which as many messages went in the last hour as are wanted there."""
    lately = ReminderClaim.sent_at > at - timedelta(hours=1)
    counted = func.count(func.distinct(ReminderClaim.sent_at))
    asked = select(ReminderClaim.rule_id).where(lately).group_by(ReminderClaim.rule_id)
    return set(session.scalars(asked.having(counted >= settings.most_an_hour)))


def _insert(session: Session, keys: Sequence[Key], at: datetime) -> list[tuple[Key, int, int]]:
    """Claim what nobody has claimed; what another one was quicker with is not among what comes back."""
    rows = [
        {"clock_id": clock, "rule_id": way, "step": step, "claimed_at": at, "tries": 1} for clock, way, step in keys
    ]
    columns = (ReminderClaim.id, ReminderClaim.clock_id, ReminderClaim.rule_id, ReminderClaim.step)
    found = put_down(session, ReminderClaim, rows, *columns)
    return [((clock, way, step), id, 1) for id, clock, way, step in found]


def _taken_again(
    rows: Mapping[Key, ReminderClaim], told: Mapping[Key, Wanted], allowed: Mapping[Key, Wanted], at: datetime
) -> list[tuple[Key, int, int]]:  # fmt: skip
    """Take what failed, or what its process left behind; let go of what is not to be told any more."""
    found = []
    for key, row in rows.items():
        if row.sent_at is not None or row.error == NEEDLESS or not is_free(row, at):
            continue
        if key not in told:
            row.error = NEEDLESS
        elif key in allowed:
            row.claimed_at, row.tries, row.error = at, row.tries + 1, None
            found.append((key, row.id, row.tries))
    return found


def _sent(
    desk: Desk, ours: Sequence[_Claim], ways: Mapping[int, MailServer | Robot], settings: ReminderSettings,
    present: Present,
) -> tuple[int, int]:  # fmt: skip
    """Send one message by each way; how many were taken, and how many were not."""
    by_route: dict[str, list[_Claim]] = defaultdict(list)
    for claim in ours:
        by_route[claim.of.route.key].append(claim)
    sent = failed = 0
    gone: dict[int, NotSent] = {}
    for claimed in by_route.values():
        channel = claimed[0].of.route.channel_id
        if not (claims := _kept_alive(desk, claimed, present())):
            continue
        error = gone.get(channel) or _told(desk, claims, ways[channel], settings)
        if isinstance(error, Unreachable):
            gone[channel] = error  # nobody else is kept waiting for a server that is not there
        sent, failed = sent + (error is None), failed + (error is not None)
        _note(desk, claims, error, present())
    return sent, failed


def _kept_alive(desk: Desk, claims: Sequence[_Claim], at: datetime) -> list[_Claim]:
    """Those that are still ours, from now on for five minutes more: the messages before may have taken long."""
    with desk.keeping() as session:
        return [claim for claim in claims if _changed(session, claim, claimed_at=at)]


def _told(
    desk: Desk, claims: Sequence[_Claim], way: MailServer | Robot, settings: ReminderSettings
) -> NotSent | None:  # fmt: skip
    """Send one message; what went wrong, if anything did."""
    route, told, ids = claims[0].of.route, [claim.of for claim in claims], [claim.id for claim in claims]
    with speaking(route.language):
        text = message(told, ids, zone=desk.zone() or "UTC", address=settings.address)
    try:
        hand_over(way, text, (route.address,))
    except NotSent as error:
        return error
    return None


def _note(desk: Desk, claims: Sequence[_Claim], error: NotSent | None, at: datetime) -> None:
    """Write what came of a message, for what is still ours."""
    with desk.keeping() as session:
        for claim in claims:
            if error is None:
                _changed(session, claim, sent_at=at, error=None)
            else:
                _changed(session, claim, error=str(error))


def _changed(session: Session, claim: _Claim, **values: Any) -> bool:
    """Change a claim where it is still ours; whether it was."""
    return changed(session, ReminderClaim, claim.id, claim.tries, **values)
