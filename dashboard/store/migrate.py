"""Brings a desk database to the newest schema."""

import re
from pathlib import Path

from sqlalchemy import Engine, inspect, text

from dashboard.store.engine import READING

_STEPS = Path(__file__).with_name("migrations") / "versions"
_TO, _FROM = (re.compile(rf'^{name} = "(\w+)"', re.MULTILINE) for name in ("revision", "down_revision"))
_KEPT_IN = "alembic_version"


class UnknownSchema(Exception):
    """The database has a schema that this program does not know."""


def migrate(engine: Engine) -> None:
    """Upgrade to the newest schema; does nothing where it is there already. Raises UnknownSchema.

    That is nearly always so, and found out by one question that waits for no writer.
    """
    known = newest()
    if known is None or _schema_of(engine) != known:
        from dashboard.store.upgrading import upgrade

        upgrade(engine)


def newest() -> str | None:
    """The number of the newest schema: the one that no step goes on from; None where that is not one alone."""
    told = [path.read_text(encoding="utf-8") for path in _STEPS.glob("[0-9]*_*.py")]
    ends = {found[1] for step in told for found in _TO.finditer(step)}
    ends -= {found[1] for step in told for found in _FROM.finditer(step)}
    return ends.pop() if len(ends) == 1 else None


def _schema_of(engine: Engine) -> str | None:
    """The number of the database's schema, None where it is not of one alone."""
    with engine.connect().execution_options(**READING) as connection:
        if not inspect(connection).has_table(_KEPT_IN):
            return None
        kept = connection.scalars(text(f"SELECT version_num FROM {_KEPT_IN}")).all()
    return str(kept[0]) if len(kept) == 1 else None
