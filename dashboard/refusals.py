"""How a refusal is told: one sentence in the reader's language. Every other error is our own mistake."""

from dashboard.agreements import SettingsError
from dashboard.wording import _
from metrics.errors import ActionableError


def sentence(error: ActionableError) -> str:
    """What a person is told, in the current language."""
    if isinstance(error, SettingsError):
        return " ".join(_(fault.template, **fault.params) for fault in error.faults)
    return _(error.template, **error.params)
