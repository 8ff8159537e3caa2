"""The desk database: what is true of a desk beside its tickets."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from dashboard.store.types import UtcDateTime

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables of the desk database; constraints are named so that SQLite can be migrated in batches."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UtcDateTime(), dict[str, Any]: JSON(), list[Any]: JSON()}  # noqa: RUF012


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
