"""Secrets of the desk that must be read again, such as a mail server's password: sealed with the desk's own key.

Who reads the database alone cannot open them, nor can who reads the key's file alone. A secret may also be the name of
an environment variable, `env:NAME`: then nothing of it is kept here at all.
"""

import base64
import os

from cryptography.fernet import Fernet, InvalidToken

from dashboard.desk import Desk
from dashboard.people.key import keyed
from metrics.errors import ActionableError
from metrics.words import N_

FROM_ENVIRONMENT = "env:"
_NOT_OURS = N_("A secret of this desk cannot be opened: it was sealed with another key. Enter it again.")
_NOT_SET = N_("The environment variable {name} is not set; a secret of this desk is to be read from it.")


class SecretError(ActionableError):
    """A secret that cannot be opened."""


def sealed(desk: Desk, purpose: str, secret: str) -> str:
    """The secret so that only this desk can read it, and only for this purpose; the name of a variable as it is."""
    if secret.startswith(FROM_ENVIRONMENT):
        return secret
    return _box(desk, purpose).encrypt(secret.encode()).decode("ascii")


def opened(desk: Desk, purpose: str, kept: str) -> str:
    """The secret that was sealed, or that the variable holds. Raises SecretError."""
    if kept.startswith(FROM_ENVIRONMENT):
        name = kept.removeprefix(FROM_ENVIRONMENT)
        if not (found := os.environ.get(name)):
            raise SecretError(_NOT_SET, name=name)
        return found
    try:
        return _box(desk, purpose).decrypt(kept.encode("ascii")).decode()
    except (InvalidToken, UnicodeError):
        raise SecretError(_NOT_OURS) from None


def _box(desk: Desk, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(bytes.fromhex(keyed(desk, "sealing", purpose))))
