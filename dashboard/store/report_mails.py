"""Reports that go out by themselves: to whom, when, in which layout; and what became of each mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.store.base import Base
from dashboard.store.claims import Claim


class ReportTemplate(Base):
    """A layout of a desk's own; a removed one stays, so that a workbook made in it can be made again."""

    __tablename__ = "report_templates"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[str] = mapped_column(Text)
    """The workbook in base64, which a backup can hold as text."""
    size: Mapped[int]
    kept_at: Mapped[datetime]
    kept_by: Mapped[str] = mapped_column(String(200))
    removed_at: Mapped[datetime | None]


class ReportSchedule(Base):
    """One report that goes out by itself; what was due before `since` is not sent. A removed one stays."""

    __tablename__ = "report_schedules"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    day: Mapped[int]
    """Of the week from Monday, 1; of the month, or of the first month of a quarter."""
    minute: Mapped[int]
    """After midnight on the desk."""
    on_working_days: Mapped[bool]
    language: Mapped[str] = mapped_column(String(10))
    where: Mapped[dict[str, Any]]
    people: Mapped[list[Any]]
    addresses: Mapped[list[Any]]
    """Of a desk without accounts only."""
    template_id: Mapped[int | None] = mapped_column(ForeignKey("report_templates.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    made_by: Mapped[str] = mapped_column(String(200))
    is_on: Mapped[bool]
    since: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class ReportMail(Claim, Base):
    """One report to one person: claimed by one process, made, handed over once.

    `handed_at` is written before the hand-over: where no end is known of it, nobody tries again by himself.
    """

    __tablename__ = "report_mails"
    __table_args__ = (UniqueConstraint("schedule_id", "occurrence", "recipient"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("report_schedules.id"))
    occurrence: Mapped[str] = mapped_column(String(40))
    """The day on which it was due, or what tells one sending by hand from the next."""
    recipient: Mapped[str] = mapped_column(String(330))
    """`person:` and a number, or `address:` and an address."""
    asked: Mapped[dict[str, Any]]
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"), index=True)
    handed_at: Mapped[datetime | None]
