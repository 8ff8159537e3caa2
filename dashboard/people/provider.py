"""The company's own sign-in (OpenID Connect): what it is asked, and what of its answer is believed.

The code flow with PKCE. The provider says who somebody is; whether he may enter, and as what, is the desk's to say.
The library is an extra of the installation, so it is imported where it is needed only.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, TypeVar

from dashboard.people.provider_settings import ProviderSettings, is_safe
from metrics.errors import ActionableError
from metrics.words import N_

SCOPE = "openid email profile"
SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
"""A provider's own key only: with the client's secret everybody who knows it could sign."""
FRESH_SECONDS, AGAIN_SECONDS = 3600.0, 60.0
SECONDS = 10.0
LEEWAY_SECONDS = 60
_AWAY = N_("{name} does not answer at the moment. Try again soon, or sign in with your password.")
_UNTRUSTED = N_(
    "What {name} answered cannot be trusted, so nobody was signed in. Try again; if it happens again, tell an "
    "administrator of this desk."
)
_log = logging.getLogger(__name__)
Result = TypeVar("Result")


class ProviderError(ActionableError):
    """Nobody can be signed in by the provider now."""


class _Untrusted(Exception):
    """An answer that breaks the rules; the text says which one, for the log."""


@dataclass(frozen=True)
class Secrets:
    """What one try to sign in is told apart by: `state` in the address, `nonce` in the token, `verifier` for the code.

    Who stands between the browser and us sees the first two at most, and can do nothing without the third.
    """

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Identity:
    """Whom the provider vouches for. `email`: only where it says that the address is his."""

    subject: str
    """Issuer and subject, joined by a blank: the only name that never changes hands."""
    email: str | None


class Provider:
    """One provider, with what it says of itself, asked again once an hour."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self._lock = Lock()
        self._said: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, Any] | None = None

    def way(self, secrets: Secrets, *, return_to: str) -> str:
        """The address at the provider to which a browser is sent. Raises ProviderError."""
        endpoint = self._told(lambda: self._endpoint("authorization_endpoint"))
        with self._session(return_to) as session:
            address, _state = session.create_authorization_url(
                endpoint, state=secrets.state, nonce=secrets.nonce, code_verifier=secrets.verifier
            )
        return str(address)

    def identity(self, code: str, secrets: Secrets, *, return_to: str) -> Identity:
        """Who it is for whom the provider gave this code. Raises ProviderError."""
        return self._told(lambda: self._identity(code, secrets, return_to))

    def farewell(self) -> str | None:
        """Where one signs out at the provider too, where it has such a page and has been asked for it before."""
        said = self._said
        address = str(said[1].get("end_session_endpoint") or "") if said else ""
        return address if is_safe(address) else None

    def _identity(self, code: str, secrets: Secrets, return_to: str) -> Identity:
        with self._session(return_to) as session:
            token = session.fetch_token(
                self._endpoint("token_endpoint"), grant_type="authorization_code", code=code,
                code_verifier=secrets.verifier, timeout=SECONDS, allow_redirects=False,
            )  # fmt: skip
        claims = self._claims(str(token.get("id_token") or ""), str(token.get("access_token") or ""), secrets.nonce)
        is_his = claims.get("email_verified") is True
        email = str(claims["email"]) if is_his and claims.get("email") else None
        return Identity(f"{self.settings.issuer} {claims['sub']}", email)

    def _claims(self, id_token: str, access_token: str, nonce: str) -> Mapping[str, Any]:
        """What the token says, once its signature and every rule for it hold."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError

        try:
            decoded = jwt.decode(id_token, self._key_set(), algorithms=SIGNED_BY)
        except InvalidKeyIdError:  # the provider has changed its keys
            decoded = jwt.decode(id_token, self._key_set(is_new=True), algorithms=SIGNED_BY)
        claims = CodeIDToken(
            decoded.claims, decoded.header,
            options={"iss": {"essential": True, "value": self.settings.issuer},
                     "aud": {"essential": True, "value": self.settings.client_id}},
            params={"nonce": nonce, "client_id": self.settings.client_id, "access_token": access_token},
        )  # fmt: skip
        claims.validate(leeway=LEEWAY_SECONDS)
        if not isinstance(claims["sub"], str) or not 1 <= len(claims["sub"]) <= 255:
            raise _Untrusted("sub")
        return dict(claims)

    def _key_set(self, *, is_new: bool = False) -> Any:
        """The provider's public keys; asked again for an unknown one at most once a minute."""
        from joserfc.jwk import KeySet

        kept, now = self._keys, time.monotonic()
        if kept is None or now - kept[0] > (AGAIN_SECONDS if is_new else FRESH_SECONDS):
            kept = (now, KeySet.import_key_set(self._json(self._endpoint("jwks_uri"))))  # type: ignore[arg-type]
            self._keys = kept
        return kept[1]

    def _endpoint(self, name: str) -> str:
        address = str(self._metadata().get(name) or "")
        if not is_safe(address):
            raise _Untrusted(name)
        return address

    def _metadata(self) -> Mapping[str, Any]:
        with self._lock:
            kept = self._said
            if kept is None or time.monotonic() - kept[0] > FRESH_SECONDS:
                said = self._json(self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
                if said.get("issuer") != self.settings.issuer:
                    raise _Untrusted("issuer")
                kept = (time.monotonic(), said)
                self._said = kept
            return kept[1]

    def _json(self, address: str) -> Mapping[str, Any]:
        import requests

        answer = requests.get(address, timeout=SECONDS, allow_redirects=False)
        answer.raise_for_status()
        said = answer.json() if answer.status_code == requests.codes.ok else None
        if not isinstance(said, dict):
            raise _Untrusted(address)
        return said

    def _session(self, return_to: str) -> Any:
        from authlib.integrations.requests_client import OAuth2Session

        return OAuth2Session(self.settings.client_id, self.settings.secret, redirect_uri=return_to, scope=SCOPE,
                             code_challenge_method="S256",
                             token_endpoint_auth_method=self._shows_secret())  # fmt: skip

    def _shows_secret(self) -> str:
        """How the desk says who it is at the provider: as that one wants it."""
        if self.settings.secret is None:
            return "none"
        known = self._told(self._metadata).get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return "client_secret_basic" if "client_secret_basic" in known else "client_secret_post"

    def _told(self, ask: Callable[[], Result]) -> Result:
        """The answer; what went wrong goes into the log, and as one sentence to the person."""
        from authlib.common.errors import AuthlibBaseError
        from joserfc.errors import JoseError
        from requests import RequestException

        name = self.settings.name
        try:
            return ask()
        except RequestException as error:
            _log.warning("the sign-in provider does not answer: %s", type(error).__name__)
            raise ProviderError(_AWAY, name=name) from error
        except (AuthlibBaseError, JoseError, _Untrusted, ValueError, KeyError, TypeError) as error:
            reason = getattr(error, "error", None) or getattr(error, "description", None) or error
            _log.warning("the sign-in provider's answer is not trusted: %s: %s", type(error).__name__, reason)
            raise ProviderError(_UNTRUSTED, name=name) from error


@lru_cache(maxsize=4)
def provider_at(settings: ProviderSettings) -> Provider:
    """The one of these settings."""
    return Provider(settings)
