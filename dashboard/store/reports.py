"""Reports that were made, who fetched them, and which columns people want of the list of tickets."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.store.base import Base

REPORT_STATES = ("waiting", "making", "done", "failed", "cancelled")


class ReportRow(Base):
    """One report: what was asked for, how far it is, what became of it. Its file lies in the desk's folder."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in REPORT_STATES)})", name="state"),
        Index("ix_reports_asked_at", "asked_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    asked: Mapped[dict[str, Any]]
    """The question, as dashboard.reports.asked writes it."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    made_by: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(20))
    done: Mapped[float] = mapped_column(default=0.0)
    problem: Mapped[str | None] = mapped_column(Text)
    """Why there is none, in the language of the report."""
    digest: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    rows: Mapped[int | None]
    summary: Mapped[str | None] = mapped_column(Text)
    """What a mail says of it, in the language of the report."""
    notes: Mapped[list[Any] | None]
    """What did not go into a layout of the desk's own, in words."""


class ReportFetch(Base):
    """One time that somebody took a report away."""

    __tablename__ = "report_fetches"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"), index=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    by: Mapped[str] = mapped_column(String(200))


class ReportColumns(Base):
    """The columns that a person wants of the list of tickets, in their order; the newest row of a person holds."""

    __tablename__ = "report_columns"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    columns: Mapped[list[Any]]
    kept_at: Mapped[datetime]
