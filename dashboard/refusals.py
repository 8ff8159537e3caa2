"""Every error that means “a person can act on this”; anything else is our own mistake."""

from dashboard.agreements import SettingsError
from dashboard.serving import ServeError
from loaders.errors import LoadError
from metrics.calendar import CalendarError
from metrics.catalog import UnknownMetricError
from metrics.compute import AsOfMismatchError
from metrics.selection import UnknownDimensionError

REFUSALS: tuple[type[Exception], ...] = (
    LoadError,
    ServeError,
    SettingsError,
    CalendarError,
    UnknownMetricError,
    UnknownDimensionError,
    AsOfMismatchError,
)
