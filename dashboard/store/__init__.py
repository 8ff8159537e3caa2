"""The desk database: typed models, a safe engine, migrations."""

from dashboard.store.engine import READING, make_engine
from dashboard.store.migrate import migrate
from dashboard.store.models import Base, DeskSetting, KeptMapping, LoadRow

__all__ = ["READING", "Base", "DeskSetting", "KeptMapping", "LoadRow", "make_engine", "migrate"]
