"""What keeps a connected system from being read.

SourceError (a LoadError)
├── Unreachable        it did not answer, or not whole, however often it was asked
├── Waiting            it wants to be left alone for longer than one run waits
├── NotLetIn           it does not know the token, or the token may not read this
└── Misread            it answers otherwise than its documentation says
    └── NotFound       it has nothing there
"""

from loaders.errors import LoadError


class SourceError(LoadError):
    """A connected system could not be read; what was kept stays, and the next run goes on from there."""


class Unreachable(SourceError):
    """It did not answer, or not whole, however often it was asked."""


class Waiting(SourceError):
    """It wants to be left alone for longer than one run waits."""


class NotLetIn(SourceError):
    """It does not know the token, or the token may not read this."""


class Misread(SourceError):
    """It answers otherwise than its documentation says."""


class NotFound(Misread):
    """It has nothing there, or not any more."""
