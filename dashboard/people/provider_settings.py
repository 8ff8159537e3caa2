"""Where the company's own sign-in is, as the server was started: nothing of it is kept in the database."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from metrics.errors import ActionableError
from metrics.words import N_

ISSUER, CLIENT, SECRET, SECRET_FILE, NAME, ADDRESS = (
    f"FLOORWALKER_OIDC_{name}" for name in ("ISSUER", "CLIENT", "SECRET", "SECRET_FILE", "NAME", "ADDRESS")
)
HERE = ("127.0.0.1", "localhost", "::1")
_HALF = N_("A sign-in provider needs both its issuer (--oidc-issuer) and this desk's name there (--oidc-client).")
_OPEN = N_("“{address}” must begin with https://, so that nobody on the way can be the sign-in provider.")
_NO_FILE = N_("The file with the sign-in provider's secret cannot be read: {path}")
_NO_LIBRARY = N_("Signing in by a provider needs the extra oidc: pip install 'floorwalker[oidc]'")


class ProviderSettingsError(ActionableError):
    """A provider that the server cannot be started with."""


@dataclass(frozen=True)
class ProviderSettings:
    """One provider. `address`: how browsers call this desk, where that is not how they called it just now."""

    issuer: str
    client_id: str
    secret: str | None = field(default=None, repr=False)
    name: str = ""
    address: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "ProviderSettings | None":
        """Read FLOORWALKER_OIDC_ISSUER, _CLIENT, _SECRET or _SECRET_FILE, _NAME, _ADDRESS; None where there is none.

        Raises ProviderSettingsError.
        """
        given = os.environ if environment is None else environment
        issuer, client = given.get(ISSUER) or "", given.get(CLIENT) or ""
        if not issuer and not client:
            return None
        if not issuer or not client:
            raise ProviderSettingsError(_HALF)
        address = (given.get(ADDRESS) or "").rstrip("/")
        for asked in filter(None, (issuer, address)):
            if not is_safe(asked):
                raise ProviderSettingsError(_OPEN, address=asked)
        name = given.get(NAME) or urlsplit(issuer).hostname or issuer
        return cls(issuer, client, _secret(given), name, address or None)


def is_safe(address: str) -> bool:
    """Whether what is said to this address is for nobody else: HTTPS, or this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    is_private = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)
    return bool(parts.hostname) and is_private


def choose_provider(asked: Mapping[str, str]) -> None:
    """Let the server that is started in this process use what was asked for by name, else what the environment says.

    Raises ProviderSettingsError, so that a mistake is told before anybody wants to sign in.
    """
    chosen = {f"FLOORWALKER_OIDC_{name.upper()}": value for name, value in asked.items()}
    if ProviderSettings.from_environment({**os.environ, **chosen}) is not None and find_spec("authlib") is None:
        raise ProviderSettingsError(_NO_LIBRARY)
    os.environ.update(chosen)


def _secret(given: Mapping[str, str]) -> str | None:
    path = given.get(SECRET_FILE)
    if not path:
        return given.get(SECRET) or None
    try:
        return Path(path).expanduser().read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        raise ProviderSettingsError(_NO_FILE, path=path) from None
