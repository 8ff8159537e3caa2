"""Who may use a desk: people, their teams over time, their sessions, and the tries to sign in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.store.base import Base

ROLES = ("agent", "inspector", "supervisor", "manager", "administrator")


class Person(Base):
    """One who has an account. `version` counts every change of rights; what was granted under an older one ends."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint(f"role IN ({', '.join(repr(role) for role in ROLES)})", name="role"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(200), unique=True)
    """The name to sign in with, lower case."""
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    agent: Mapped[str | None] = mapped_column(String(200))
    """Under which name the tickets know this person, where they do."""
    password: Mapped[str | None] = mapped_column(String(300))
    """The hash, with its own parameters and salt; None: no password opens this account."""
    subject: Mapped[str | None] = mapped_column(String(500), unique=True)
    """Issuer and subject of the identity provider, joined by a blank; None: not signed in through one yet."""
    language: Mapped[str | None] = mapped_column(String(10))
    made_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Membership(Base):
    """A person belongs to a team, or leads it, on the days `[since, until)`; the teams are those of the tickets."""

    __tablename__ = "memberships"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    team: Mapped[str] = mapped_column(String(200))
    since: Mapped[date]
    until: Mapped[date | None]


class SessionRow(Base):
    """One signed-in browser. Only the hash of its token is kept, so that who reads the database cannot be anybody."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    person_version: Mapped[int]
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str | None] = mapped_column(String(64))
    browser: Mapped[str | None] = mapped_column(String(64))
    """The hash of what this browser keeps after its first sign-in: it is known again when it tries in vain."""


class SignInTry(Base):
    """One try to sign in, counted per account and per address. The account is kept as a keyed hash."""

    __tablename__ = "sign_in_tries"
    __table_args__ = (Index("ix_sign_in_tries_account_at", "account", "at"),
                      Index("ix_sign_in_tries_address_at", "address", "at"))  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    succeeded: Mapped[bool]
    browser: Mapped[str | None] = mapped_column(String(64))
    """The hash of a browser from which this account had been entered before; such tries are counted by themselves."""


class OneTimeLink(Base):
    """A link that works once and not for long: to set the first account up, or to choose a password."""

    __tablename__ = "one_time_links"
    __table_args__ = (CheckConstraint("kind IN ('setup', 'password')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Download(Base):
    """A file made for one person, fetched once within minutes by its owner."""

    __tablename__ = "downloads"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """None: the one person of a desk without accounts."""
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    file: Mapped[str] = mapped_column(String(300))
    """Below the desk's folder for downloads."""
    file_name: Mapped[str] = mapped_column(String(300))
    media_type: Mapped[str] = mapped_column(String(100))


class Upload(Base):
    """How many bytes a person has handed in, for the quota."""

    __tablename__ = "uploads"
    __table_args__ = (Index("ix_uploads_person_id_at", "person_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    bytes: Mapped[int]


class SavedView(Base):
    """A page with its scope under a name; shared ones are offered to everybody, each sees there what is theirs."""

    __tablename__ = "saved_views"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    page: Mapped[str] = mapped_column(String(100))
    query: Mapped[str] = mapped_column(Text)
    is_shared: Mapped[bool]
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Goal(Base):
    """An improvement goal: a figure is to go from one value to another by a day."""

    __tablename__ = "goals"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    title: Mapped[str] = mapped_column(String(200))
    metric: Mapped[str] = mapped_column(String(100))
    where: Mapped[Any] = mapped_column(JSON)
    start_value: Mapped[float]
    goal_value: Mapped[float]
    starts_on: Mapped[date]
    due_on: Mapped[date]
    note: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
