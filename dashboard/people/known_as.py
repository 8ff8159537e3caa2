"""Under which names the figures know a person or a team, where the desk's settings have renamed them."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import AGREEMENTS, ZONE
from dashboard.settings import settings_through
from dashboard.store import DeskSetting
from metrics.desk import NamedDimension
from metrics.facts.naming import names_of


def known_as(session: Session, of: NamedDimension, names: Collection[str]) -> frozenset[str]:
    """These names and all words that mean the same by the desk's newest: rights follow the person, not the word."""
    if not names:
        return frozenset()
    rows = session.execute(select(DeskSetting.key, DeskSetting.valid_from, DeskSetting.value)).all()
    texts = tuple(sorted((since, str(value)) for key, since, value in rows if key == AGREEMENTS))
    zone = max(((since, str(value)) for key, since, value in rows if key == ZONE), default=(None, "UTC"))[1]
    settings = settings_through(zone, texts)
    if not settings.renamings:
        return frozenset(names)
    return frozenset[str]().union(*(names_of(settings, of, name) for name in names))
