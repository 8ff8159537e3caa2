"""What is true of a desk beside its tickets: the load ledger, kept mappings, dated settings and their journal."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.store.base import Base


class LoadRow(Base):
    """One entry of the load ledger; the newest one says which versions of the warehouse everybody reads.

    An undo is an entry too: it points to the versions before the entry that it undoes. Entries are never changed.
    """

    __tablename__ = "loads"
    __table_args__ = (CheckConstraint("kind IN ('load', 'undo')", name="kind"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    source: Mapped[str | None] = mapped_column(String(200))
    undoes: Mapped[int | None] = mapped_column(ForeignKey("loads.id"))
    versions: Mapped[dict[str, Any]]
    as_of: Mapped[datetime | None]
    files: Mapped[list[Any]]
    settings: Mapped[dict[str, Any]]


class KeptMapping(Base):
    """A mapping that this desk has used or named, found again by the header of a file."""

    __tablename__ = "mappings"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    toml: Mapped[str] = mapped_column(Text)
    header: Mapped[str] = mapped_column(String(64), index=True)
    kept_at: Mapped[datetime]


class DeskSetting(Base):
    """A setting of the desk that holds from a day on, until a later row of the same key."""

    __tablename__ = "settings"
    __table_args__ = (UniqueConstraint("key", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200))
    value: Mapped[Any] = mapped_column(JSON)
    valid_from: Mapped[date]


class SettingChange(Base):
    """One change of a setting, kept for ever: who, when, why, what was before. Entries are never changed."""

    __tablename__ = "setting_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(200), index=True)
    valid_from: Mapped[date]
    before: Mapped[Any] = mapped_column(JSON)
    """None: there was no row of that key and day."""
    after: Mapped[Any] = mapped_column(JSON)
    """None: the row was taken away."""
    undoes: Mapped[int | None] = mapped_column(ForeignKey("setting_changes.id"))
