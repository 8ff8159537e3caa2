"""Customers of several names that somebody has brought together by hand."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.store.base import Base


class CustomerTie(Base):
    """Two names of one person. Taken apart, the row goes, and nothing of it is left but that something was done."""

    __tablename__ = "customer_ties"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(100))
    customer: Mapped[str] = mapped_column(Text)
    other_source: Mapped[str] = mapped_column(String(100))
    other_customer: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    tied_by: Mapped[str] = mapped_column(String(200))
    tied_at: Mapped[datetime]
