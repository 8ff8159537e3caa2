"""By which ways messages leave the house, and where people are reached."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.store.base import Base

MAIL = "mail"
CHANNEL_KINDS = (MAIL, "wecom", "dingtalk", "feishu", "slack")


class SendingChannel(Base):
    """A mail server or a group's robot that a person has set up; without one nothing is ever sent."""

    __tablename__ = "sending_channels"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in CHANNEL_KINDS)})", name="kind"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    teams: Mapped[list[Any]]
    """Of which teams a group is told; empty: of all."""
    settings: Mapped[dict[str, Any]]
    """Of a mail server: host, port, sender, security, user."""
    address: Mapped[str | None] = mapped_column(Text)
    """Of a robot, sealed: who has it may write to the group."""
    secret: Mapped[str | None] = mapped_column(Text)
    """The password of the mail server, or what messages to the robot are signed with; sealed."""
    is_on: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class MailAddress(Base):
    """Where a person wants mail of the desk, if not under the name of the account."""

    __tablename__ = "mail_addresses"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(254))
