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
from dashboard.store.sending import CHANNEL_KINDS, MAIL, MailAddress, SendingChannel
from dashboard.store.triage import (
    Meeting,
    MeetingItem,
    ReminderClaim,
    TriageCause,
    TriageClock,
    TriageEvent,
    TriageItem,
    TriageNote,
    TriageRun,
)

__all__ = [
    "CHANNEL_KINDS",
    "LOADS",
    "MAIL",
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
    "MailAddress",
    "Meeting",
    "MeetingItem",
    "Membership",
    "OneTimeLink",
    "Person",
    "ReminderClaim",
    "SavedView",
    "SendingChannel",
    "SessionRow",
    "SettingChange",
    "SignInTry",
    "TriageCause",
    "TriageClock",
    "TriageEvent",
    "TriageItem",
    "TriageNote",
    "TriageRun",
    "Upload",
    "make_engine",
    "migrate",
]
