"""What must not be changed any more: the audit, and what a law forbids to purge."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.store.base import Base


class AuditRow(Base):
    """One act, written in the transaction of what it tells. Rows hold ids and hashes, never what customers wrote.

    `digest` is over the row and the digest before it; triggers refuse UPDATE and DELETE.
    """

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 … without a gap."""
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(300), index=True)
    """What it was done to, such as `person:3` or `ticket:zendesk/991`."""
    details: Mapped[dict[str, Any]]
    before: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), unique=True)


class LegalHold(Base):
    """What a purge leaves alone for now, and why."""

    __tablename__ = "legal_holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(String(200))
    ticket_id: Mapped[str | None] = mapped_column(String(300))
    """None with a source: all of its tickets; both None: the whole desk."""
    customer: Mapped[str | None] = mapped_column(String(64))
    """The keyed hash of a customer whose tickets are held."""
    lifted_at: Mapped[datetime | None]


class ErasedCustomer(Base):
    """A customer whose words and name were erased; kept as a keyed hash, so that a reload does not bring them back."""

    __tablename__ = "erased_customers"

    customer: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_at: Mapped[datetime]
