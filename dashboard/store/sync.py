"""Where data comes from by itself: connections, how far each has read, its runs, files taken, things pushed."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.store.base import Base

RUN_STATES = ("running", "done", "failed")


class Connection(Base):
    """A helpdesk, database, folder or sender that an administrator has connected; without one nothing is asked."""

    __tablename__ = "sync_connections"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(100))
    """Under which source of the warehouse its tickets stand; the same as of files of that helpdesk."""
    settings: Mapped[dict[str, Any]]
    secret: Mapped[str | None] = mapped_column(Text)
    """A token or password, sealed, or `env:NAME`."""
    is_on: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class SyncCursor(Base):
    """How far a connection had read when this load was kept; a load that is taken back takes its cursor with it."""

    __tablename__ = "sync_cursors"

    connection_id: Mapped[int] = mapped_column(ForeignKey("sync_connections.id"), primary_key=True)
    load_id: Mapped[int] = mapped_column(ForeignKey("loads.id"), primary_key=True)
    state: Mapped[dict[str, Any]]


class SyncRun(Base):
    """One run of a connection, told while it goes on."""

    __tablename__ = "sync_runs"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in RUN_STATES)})", name="state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("sync_connections.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """When it last said that it goes on; one that has been silent for long was ended from outside."""
    ended_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    counts: Mapped[dict[str, Any]]
    told: Mapped[list[Any]]
    """Sentences as templates with parameters: why it failed, what waits, which fields are new."""


class TakenFile(Base):
    """A file of a watched folder, by its content: loaded, or refused and why; never looked at twice."""

    __tablename__ = "taken_files"
    __table_args__ = (UniqueConstraint("connection_id", "digest"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("sync_connections.id"))
    digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime]
    load_id: Mapped[int | None] = mapped_column(ForeignKey("loads.id"))
    refused: Mapped[dict[str, Any] | None]
    """The sentence by which it was refused, as a template with parameters."""


class PushedEvent(Base):
    """What a helpdesk has sent and no load has taken yet; the row leaves in the transaction of its load."""

    __tablename__ = "pushed_events"
    __table_args__ = (UniqueConstraint("connection_id", "delivery"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("sync_connections.id"))
    delivery: Mapped[str] = mapped_column(String(64))
    """The digest of its signature: the same delivery is taken once."""
    at: Mapped[datetime]
    body: Mapped[str | None] = mapped_column(Text)
    """Sealed; None once it is loaded. The row stays as long as the delivery could be sent again."""
