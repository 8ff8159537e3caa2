"""The desk database: typed models, a safe engine, migrations."""

from dashboard.store.base import Base
from dashboard.store.engine import LOADS, READING, DatabaseUrlError, make_engine
from dashboard.store.migrate import migrate
from dashboard.store.models import DeskSetting, KeptMapping, LoadRow, SettingChange
from dashboard.store.people import (
    ROLES,
    Download,
    Goal,
    Membership,
    OneTimeLink,
    Person,
    SavedView,
    SessionRow,
    SignInTry,
    Upload,
)
from dashboard.store.records import AuditRow, ErasedCustomer, LegalHold

__all__ = [
    "LOADS",
    "READING",
    "ROLES",
    "AuditRow",
    "Base",
    "DatabaseUrlError",
    "DeskSetting",
    "Download",
    "ErasedCustomer",
    "Goal",
    "KeptMapping",
    "LegalHold",
    "LoadRow",
    "Membership",
    "OneTimeLink",
    "Person",
    "SavedView",
    "SessionRow",
    "SettingChange",
    "SignInTry",
    "Upload",
    "make_engine",
    "migrate",
]
