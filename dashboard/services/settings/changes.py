"""Every change of a desk's settings: from which day on, by whom, why; kept for ever, and taken back bit for bit.

What holds is kept as one text per day from which it holds. A change puts one of these texts in the place of another, in
the same transaction as its entry in the journal and in the audit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.agreements import SettingsError, read_toml
from dashboard.desk import AGREEMENTS, ZONE, Desk
from dashboard.helpdesk_links import demand_sound_links
from dashboard.identity_rules import identity_rules
from dashboard.improvements import improvements_of
from dashboard.people import Act, Actor, needs, record
from dashboard.quality.rules import review_rules
from dashboard.quality.settings import quality_settings
from dashboard.settings import desk_settings, settings_through
from dashboard.store import DeskSetting, SettingChange
from dashboard.triage.reminder_settings import reminder_settings
from dashboard.triage.settings import triage_settings
from metrics.errors import ActionableError
from metrics.words import N_

NOTHING_YET = 0
"""The version of settings that were never changed."""
_NO_REASON = N_("Say why the settings change; whoever reads the figures later will ask.")
_OVERTAKEN = N_(
    "{who} has changed the settings meanwhile (change {id}). Nothing was saved: look at the settings as they are now, "
    "and save again."
)
_NEWER = N_("The desk has newer agreements from {newest} on; name that day or a later one instead of {day}.")
_NO_CHANGE = N_("There is no change {id} of the settings.")
_UNDONE = N_("Change {id} was taken back already, by change {by}.")
_BUILT_UPON = N_(
    "Change {id} cannot be taken back: change {later} has changed the same text since. Take that back first."
)
_MOVED = N_("Change {id} cannot be taken back: a load has set the same thing since.")
_ZONE = N_("There is no time zone “{zone}”; name one like Asia/Shanghai or Europe/London.")


class Overtaken(ActionableError):
    """Somebody else has changed the same thing since it was looked at."""


class NoSuchChange(ActionableError):
    """A change that is not there, or that cannot be taken back."""


@dataclass(frozen=True)
class Change:
    """One entry of the journal. `before` None: there was no text of that day; `after` None: it was taken away.

    was, now: what held on that day before the change and after it, None where that is what ships.
    """

    id: int
    at: datetime
    actor: str
    reason: str
    key: str
    valid_from: date
    before: str | None
    after: str | None
    undoes: int | None
    undone_by: int | None = None
    was: str | None = None
    now: str | None = None


@needs(Act.SEE_SETTINGS)
def version(actor: Actor, desk: Desk) -> int:
    """The number of the newest change; who edits says it when he saves, so that nobody overwrites another."""
    del actor
    with desk.reading() as session:
        return session.scalar(select(func.max(SettingChange.id))) or NOTHING_YET


@needs(Act.SEE_SETTINGS)
def history(actor: Actor, desk: Desk) -> tuple[Change, ...]:
    """Every change of the settings, the newest first."""
    del actor
    with desk.reading() as session:
        rows = session.scalars(select(SettingChange).order_by(SettingChange.id.desc())).all()
        texts = {(row.key, row.valid_from): str(row.value) for row in session.scalars(select(DeskSetting))}
    return tuple(_told(rows, texts))


def _told(rows: Sequence[SettingChange], texts: dict[tuple[str, date], str]) -> Iterator[Change]:
    """The entries from the newest back; *texts* goes back with them, so that each finds what held before it."""
    undone = _undone(rows)
    for row in rows:
        place = (row.key, row.valid_from)
        now = _in_force(texts, *place)
        texts.pop(place, None)
        if row.before is not None:
            texts[place] = row.before
        yield Change(row.id, row.at, row.actor, row.reason, row.key, row.valid_from, row.before, row.after, row.undoes,
                     undone.get(row.id), _in_force(texts, *place), now)  # fmt: skip


def _in_force(texts: Mapping[tuple[str, date], str], key: str, day: date) -> str | None:
    held = [since for name, since in texts if name == key and since <= day]
    return texts[key, max(held)] if held else None


def _undone(newest_first: Sequence[SettingChange]) -> dict[int, int]:
    """Change -> the one that took it back, where that was not taken back itself."""
    undone: dict[int, int] = {}
    for row in newest_first:
        if row.undoes is not None and row.id not in undone:
            undone[row.undoes] = row.id
    return undone


@needs(Act.CHANGE_SETTINGS)
def keep_agreements(
    actor: Actor, desk: Desk, text: str, *, since: date, reason: str, expected: int | None = None,
    at: datetime | None = None,
) -> int:  # fmt: skip
    """Let these agreements hold from a day on; the number of the change.

    Texts of earlier days stay, so figures of those days stay too; one of the same day is replaced. expected: the
    version that was edited. Raises SettingsError naming everything that is wrong, Overtaken where somebody was quicker.
    """
    with desk.keeping() as session:
        _demand_version(session, expected)
        texts = _texts(session)
        demand_newest(texts, since)
        demand_fit(_zone(session) or "UTC", {**texts, since: text})
        return _change(session, actor, AGREEMENTS, since, text, reason, at=at)


def demand_newest(texts: Mapping[date, str], since: date) -> None:
    """Raises SettingsError where newer agreements would be pushed aside by those that hold from *since* on."""
    newest = max(texts, default=date.min)
    if since < newest:
        raise SettingsError.of(_NEWER, newest=newest.isoformat(), day=since.isoformat())


def demand_fit(zone: str, texts: Mapping[date, str]) -> None:
    """Raises SettingsError with everything that is wrong in these texts, or that keeps them from holding together."""
    for text in texts.values():
        desk_settings(zone, text)
        improvements_of(text)
        triage_settings(text)
        reminder_settings(text)
        identity_rules(text)
        review_rules(text)
        quality_settings(text)
        demand_sound_links(text)
    settings_through(zone, tuple(sorted(texts.items())))


@needs(Act.CHANGE_SETTINGS)
def change_zone(
    actor: Actor, desk: Desk, zone: str, *, reason: str, expected: int | None = None, at: datetime | None = None
) -> int:
    """Let the desk's days and hours be those of another zone, for all dates; the number of the change."""
    try:
        ZoneInfo(zone)
    except (LookupError, ValueError, OSError) as error:
        raise SettingsError.of(_ZONE, zone=zone) from error
    with desk.keeping() as session:
        _demand_version(session, expected)
        demand_fit(zone, _texts(session))
        return _change(session, actor, ZONE, date.min, zone, reason, at=at)


@needs(Act.CHANGE_SETTINGS)
def undo(
    actor: Actor, desk: Desk, id: int, *, reason: str, expected: int | None = None, at: datetime | None = None
) -> int:
    """Put back what a change replaced, to the letter; the number of the change that does so.

    Raises NoSuchChange where there is none, or where another one stands upon it.
    """
    with desk.keeping() as session:
        _demand_version(session, expected)
        row = session.get(SettingChange, id)
        if row is None:
            raise NoSuchChange(_NO_CHANGE, id=id)
        _demand_last(session, row)
        return _change(session, actor, row.key, row.valid_from, row.before, reason, undoes=id, at=at)


def _demand_last(session: Session, change: SettingChange) -> None:
    """Refuse to take back what was taken back, or what another change stands upon."""
    of_key = select(SettingChange).where(SettingChange.key == change.key, SettingChange.id > change.id)
    newer = session.scalars(of_key.order_by(SettingChange.id.desc())).all()
    undone = _undone(newer)
    if change.id in undone:
        raise NoSuchChange(_UNDONE, id=change.id, by=undone[change.id])
    row = _row(session, change.key, change.valid_from)
    if (None if row is None else str(row.value)) != change.after:
        standing = [one.id for one in newer if one.valid_from == change.valid_from and one.id not in undone]
        raise NoSuchChange(_BUILT_UPON if standing else _MOVED, id=change.id, later=max(standing, default=None))


def _demand_version(session: Session, expected: int | None) -> None:
    newest = session.scalars(select(SettingChange).order_by(SettingChange.id.desc()).limit(1)).first()
    if expected is not None and newest is not None and newest.id != expected:
        raise Overtaken(_OVERTAKEN, who=newest.actor, id=newest.id)


def _texts(session: Session) -> dict[date, str]:
    rows = session.scalars(select(DeskSetting).where(DeskSetting.key == AGREEMENTS))
    return {row.valid_from: str(row.value) for row in rows}


def _zone(session: Session) -> str | None:
    row = session.scalars(
        select(DeskSetting).where(DeskSetting.key == ZONE).order_by(DeskSetting.valid_from.desc()).limit(1)
    ).first()
    return None if row is None else str(row.value)


def _row(session: Session, key: str, since: date) -> DeskSetting | None:
    asked = select(DeskSetting).where(DeskSetting.key == key, DeskSetting.valid_from == since)
    return session.scalars(asked).first()


def _tables(before: str | None, after: str | None) -> list[str]:
    """The names of what two texts say differently, for the audit."""
    try:
        was, now = (read_toml(text or "") for text in (before, after))
    except SettingsError:  # a zone is no TOML
        return []
    return sorted(name for name in {*was, *now} if was.get(name) != now.get(name))


def _change(
    session: Session, actor: Actor, key: str, since: date, value: str | None, reason: str,
    *, undoes: int | None = None, at: datetime | None = None,
) -> int:  # fmt: skip
    """Put the text in its place and say so in the journal and the audit."""
    if not reason.strip():
        raise SettingsError.of(_NO_REASON)
    row = _row(session, key, since)
    before = None if row is None else str(row.value)
    if row is None and value is not None:
        session.add(DeskSetting(key=key, value=value, valid_from=since))
    elif row is not None and value is None:
        session.delete(row)
    elif row is not None:
        row.value = value
    entry = SettingChange(
        at=(at or datetime.now(UTC)).astimezone(UTC), actor=actor.name, reason=reason.strip(), key=key,
        valid_from=since, before=before, after=value, undoes=undoes,
    )  # fmt: skip
    session.add(entry)
    session.flush()
    details = {"change": entry.id, "valid_from": since.isoformat(), "undoes": undoes, "tables": _tables(before, value)}
    record(session, actor, "settings.undo" if undoes else "settings.change", f"setting:{key}", details, at=at)
    return entry.id
