"""Passwords: which ones are taken, and how they are kept so that nobody can read them back."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from metrics.errors import ActionableError
from metrics.words import N_

LEAST = 12
MOST = 200
HASHER = PasswordHasher()
"""Argon2id with the library's defaults (64 MiB, 3 passes): about half a second, so never on the event loop."""
_SHORT = N_("A password has at least {least} characters. A sentence that only you would say is easy to remember.")
_LONG = N_("A password has at most {most} characters.")
_GUESSABLE = N_("This password would be guessed at once. Take one that is neither the account nor one letter repeated.")


class PasswordError(ActionableError):
    """A password that is not taken."""


def check(password: str, *, account: str = "") -> None:
    """Raise PasswordError where a password is too short, too long, or the first guess."""
    plain = _normal(password)
    if len(plain) < LEAST:
        raise PasswordError(_SHORT, least=LEAST)
    if len(plain) > MOST:
        raise PasswordError(_LONG, most=MOST)
    if len(set(plain)) <= 2 or (account and plain.casefold().replace(account, "") in ("", account)):
        raise PasswordError(_GUESSABLE)


def hashed(password: str) -> str:
    """The hash to keep, with its own salt and parameters."""
    return HASHER.hash(_normal(password))


def agrees(kept: str | None, password: str) -> bool:
    """Whether this is the password; where none is kept it takes as long, so that no account can be told by the time."""
    try:
        return HASHER.verify(kept or _of_nobody(), _normal(password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(kept)


@cache
def _of_nobody() -> str:
    return HASHER.hash("nobody has this password")


def _normal(password: str) -> str:
    """One keyboard's full-width letters are another's plain ones."""
    return unicodedata.normalize("NFKC", password)
