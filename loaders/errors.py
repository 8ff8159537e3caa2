"""What can go wrong while a foreign file is read, mapped or kept.

LoadError
├── ReadError             the file itself: damaged, locked, too large, not a table, encoding or format not settled
├── MappingError          columns missing or doubtful, a value map that does not fit, an unknown source
├── ZoneNeededError       stamps without a zone and none was named
├── AmbiguousDatesError   the values do not settle day and month
└── WarehouseError        the desk's store cannot be read or written
"""

from metrics.errors import ActionableError


class LoadError(ActionableError):
    """A file could not be loaded."""


class ReadError(LoadError):
    """The file itself cannot be read as a table."""


class MappingError(LoadError):
    """The columns of the file do not give what the shape needs."""


class ZoneNeededError(MappingError):
    """Stamps carry no zone and none was named."""


class AmbiguousDatesError(MappingError):
    """No value of a column settles whether day or month comes first."""


class WarehouseError(LoadError):
    """The desk's store cannot be read or written."""
