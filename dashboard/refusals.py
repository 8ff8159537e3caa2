"""Every error that means “a person can act on this”; anything else is our own mistake."""

from dashboard.serving import ServeError
from loaders.errors import LoadError

REFUSALS: tuple[type[Exception], ...] = (LoadError, ServeError)
