"""How a desk stands, or stood at a load and after a change of its settings: what a report can be made of again."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from dashboard.desk import AGREEMENTS, Desk, Head
from dashboard.settings import settings_through
from dashboard.store import LoadRow, SettingChange
from metrics.desk import DeskSettings
from metrics.errors import ActionableError
from metrics.words import N_

_EMPTY = N_("Nothing is loaded on this desk, so there is nothing to report. Load a file first.")


class ReportError(ActionableError):
    """A report that cannot be made as it was asked for."""


@dataclass(frozen=True)
class Standing:
    """How a desk stands, or stood: an entry of the ledger, and the agreements by the days from which they hold."""

    head: Head
    zone: str
    texts: tuple[tuple[date, str], ...]
    change: int

    @property
    def settings(self) -> DeskSettings:
        return settings_through(self.zone, self.texts)

    @property
    def text(self) -> str | None:
        """The newest agreements."""
        return self.texts[-1][1] if self.texts else None


def standing(desk: Desk) -> Standing:
    """How the desk stands now. Raises ReportError on a desk without data."""
    head = desk.head()
    if head is None or head.as_of is None:
        raise ReportError(_EMPTY)
    with desk.reading() as session:
        change = session.scalar(select(func.max(SettingChange.id))) or 0
    return Standing(head, desk.zone() or "UTC", desk.agreement_versions(), change)


def stood(desk: Desk, *, load: int | None = None, change: int | None = None) -> Standing:
    """How it stood at an entry of the ledger, or after a change of the settings: all changes since are taken back."""
    present = standing(desk)
    with desk.reading() as session:
        row = session.get(LoadRow, load) if load is not None else None
        since = SettingChange.id > (present.change if change is None else change)
        undone = session.scalars(select(SettingChange).where(since).order_by(SettingChange.id.desc())).all()
    head = present.head if row is None else Head(row.id, dict(row.versions), row.as_of)
    texts, zone = dict(present.texts), present.zone
    for one in undone:
        if one.key != AGREEMENTS:
            zone = str(one.before) if one.before else zone
        elif one.before is None:
            texts.pop(one.valid_from, None)
        else:
            texts[one.valid_from] = str(one.before)
    return Standing(head, zone, tuple(sorted(texts.items())), min(change, present.change) if change else present.change)
