"""The desk database: typed models, a safe engine, migrations."""

from dashboard.store.engine import LOADS, READING, DatabaseUrlError, make_engine
from dashboard.store.migrate import migrate
from dashboard.store.models import Base, DeskSetting, KeptMapping, LoadRow

__all__ = [
    "LOADS",
    "READING",
    "Base",
    "DatabaseUrlError",
    "DeskSetting",
    "KeptMapping",
    "LoadRow",
    "make_engine",
    "migrate",
]
