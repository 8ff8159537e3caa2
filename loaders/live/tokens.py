"""Access tokens that last for an hour, asked for anew when a server does not take the old one any more."""

from collections.abc import Callable, Generator, Mapping
from threading import Lock

import httpx

from loaders.live.errors import NotLetIn
from metrics.words import N_

_NOT_GIVEN = N_("{host} gives out no access token (HTTP {status}). Look at the client, its secret and its scopes.")


class Granted(httpx.Auth):
    """Asks for a token by a form, sends it with each question, and asks once more where it was refused."""

    requires_response_body = True

    def __init__(
        self, address: str, form: Mapping[str, str], *, written: Callable[[str], str] = "Bearer {}".format
    ) -> None:
        self._address, self._form, self._written = address, dict(form), written
        self._token: str | None = None
        self._lock = Lock()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._token is None:
            yield from self._grant()
        request.headers["Authorization"] = self._written(str(self._token))
        answer = yield request
        if answer.status_code == 401:
            yield from self._grant()
            request.headers["Authorization"] = self._written(str(self._token))
            yield request

    def _grant(self) -> Generator[httpx.Request, httpx.Response, None]:
        answer = yield httpx.Request("POST", self._address, data=self._form)
        token = answer.json().get("access_token") if answer.status_code == 200 else None
        if token is None and (answer.status_code == 429 or answer.status_code >= 500):
            raise httpx.ReadError("no token at the moment")  # asked again, as for any answer that failed
        if token is None:
            raise NotLetIn(_NOT_GIVEN, host=httpx.URL(self._address).host, status=answer.status_code)
        with self._lock:
            self._token = str(token)
