"""The right to send one message, as columns that every table of such rights has."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column


class Claim:
    """Which process has it and since when, the how many-eth try that is, and what came of it."""

    claimed_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=1)
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
