"""Planning of people: events, rosters, scenarios, overrides of the forecast, forecasts that were made, dated rules.

A row that is taken back stays, with who did it when; nothing of a plan is ever deleted. No customer is named here.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.store.base import Base

EVENT_KINDS = ("promotion", "launch", "holiday", "make_up_day", "outage", "other")
EFFECTS = ("learned", "percent", "absolute")
SHIFT_KINDS = ("regular", "part_time", "outsourced", "borrowed")
ROSTER_WAYS = ("typed", "pasted", "loaded", "proposed")
OVERRIDE_WAYS = ("percent", "set")


def _one_of(name: str, values: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{name} IN ({', '.join(repr(value) for value in values)})", name=name)


class Kept:
    """Who made a row, and who took it back; `version` counts its changes."""

    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None]
    made_by: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)


class StaffingEvent(Kept, Base):
    """Days on which more or fewer customers come than by the calendar; events of one name are one event each year."""

    __tablename__ = "staffing_events"
    __table_args__ = (
        _one_of("kind", EVENT_KINDS),
        _one_of("effect", EFFECTS),
        CheckConstraint("first_day <= last_day", name="days"),
        Index("ix_staffing_events_first_day", "first_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    first_day: Mapped[date]
    last_day: Mapped[date]
    """The last of its days, included."""
    queues: Mapped[list[Any]]
    """The queues that it moves; empty: all."""
    effect: Mapped[str] = mapped_column(String(20))
    value: Mapped[float | None]
    """Of percent: what is added to the usual (0.5: half as much again); of absolute: requests more on each day."""
    is_trained_on: Mapped[bool]
    """Whether its days are part of what the forecast learns the usual from."""
    note: Mapped[str | None] = mapped_column(Text)


class Roster(Kept, Base):
    """Shifts that were entered in one go; for a team and day the newest roster that names both is in force."""

    __tablename__ = "staffing_rosters"
    __table_args__ = (_one_of("way", ROSTER_WAYS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    way: Mapped[str] = mapped_column(String(20))
    first_day: Mapped[date]
    last_day: Mapped[date]
    read: Mapped[int]
    """Rows that were read, and of them those kept aside."""
    aside: Mapped[list[Any]]
    """The rows kept aside: line, column, value, reason."""
    note: Mapped[str | None] = mapped_column(Text)


class RosterShift(Base):
    """One line of a roster: so many people of a team from an instant to another."""

    __tablename__ = "staffing_shifts"
    __table_args__ = (
        _one_of("kind", SHIFT_KINDS),
        CheckConstraint("starts_at < ends_at", name="times"),
        CheckConstraint("people > 0", name="people"),
        Index("ix_staffing_shifts_starts_at", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    roster_id: Mapped[int] = mapped_column(ForeignKey("staffing_rosters.id"), index=True)
    day: Mapped[date]
    """The local day on which it begins."""
    team: Mapped[str | None] = mapped_column(String(200))
    person: Mapped[str | None] = mapped_column(String(200))
    queues: Mapped[list[Any]]
    """The queues that they serve; empty: those of their team."""
    kind: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    break_from: Mapped[datetime | None]
    break_to: Mapped[datetime | None]
    people: Mapped[float]


class StaffingScenario(Kept, Base):
    """What if: changes against the plan, kept under a name."""

    __tablename__ = "staffing_scenarios"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    first_day: Mapped[date]
    last_day: Mapped[date]
    queues: Mapped[list[Any]]
    """The queues that it changes; empty: all."""
    changes: Mapped[dict[str, Any]]
    teams: Mapped[list[Any]]
    """Whose plan it changes: teams of the maker, empty for the desk's."""
    note: Mapped[str | None] = mapped_column(Text)


class ForecastOverride(Kept, Base):
    """A forecast that somebody knew better, and why."""

    __tablename__ = "staffing_overrides"
    __table_args__ = (
        _one_of("way", OVERRIDE_WAYS),
        CheckConstraint("starts_at < ends_at", name="times"),
        Index("ix_staffing_overrides_starts_at", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    queue: Mapped[str] = mapped_column(String(300))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    way: Mapped[str] = mapped_column(String(20))
    value: Mapped[float]
    """Of percent: what is added (−0.1: a tenth less); of set: requests in all of this time."""
    old: Mapped[float]
    new: Mapped[float]
    """Requests in all of this time by the forecast, and by whoever overrode it, at that moment."""
    why: Mapped[str] = mapped_column(Text)
    teams: Mapped[list[Any]]
    """Whose forecast it changes: teams of the maker, empty for the desk's."""


class ForecastRun(Base):
    """A forecast that was made: of which state of the data, and by which ways."""

    __tablename__ = "staffing_forecasts"
    __table_args__ = (UniqueConstraint("state"), Index("ix_staffing_forecasts_origin", "origin"))

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None]
    made_by: Mapped[str] = mapped_column(String(200))
    origin: Mapped[datetime]
    """Up to when the data told."""
    state: Mapped[str] = mapped_column(String(64))
    """Names the data and settings that it was made of."""
    minutes: Mapped[int]
    methods: Mapped[dict[str, Any]]
    """Queue -> the way by which it was forecast."""
    told: Mapped[dict[str, Any] | None]
    """Queue -> how well that way did on its own past, and what is to be said; None where it was not kept."""


class ForecastDay(Base):
    """One queue and local day of a kept forecast: requests by interval, one after the other from `starts_at` on."""

    __tablename__ = "staffing_forecast_days"
    __table_args__ = (UniqueConstraint("run_id", "queue", "day"), Index("ix_staffing_forecast_days_day", "day"))

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("staffing_forecasts.id"))
    queue: Mapped[str] = mapped_column(String(300))
    day: Mapped[date]
    starts_at: Mapped[datetime]
    means: Mapped[list[Any]]
    lows: Mapped[list[Any]]
    highs: Mapped[list[Any]]
    factors: Mapped[list[Any] | None]
    """How the day's figure comes about, factor by factor; None where it was not kept."""


class StaffingRule(Base):
    """How a queue is staffed from a day on, and why it was changed; the newest row for a queue and day holds."""

    __tablename__ = "staffing_rules"
    __table_args__ = (Index("ix_staffing_rules_queue", "queue", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    queue: Mapped[str] = mapped_column(String(300))
    """Empty text: every queue that has no row of its own."""
    valid_from: Mapped[date]
    values: Mapped[dict[str, Any]]
    why: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(200))
