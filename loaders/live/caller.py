"""Asks one server over HTTP, again where that may help, with waits that grow or that the server names.

httpx and stamina do the work. dlt was weighed: its REST source brings 40 packages of 74 MB and keeps the cursor in a
state of its own, where ours has to lie in the transaction of the load.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx
import stamina

from loaders.live.errors import Misread, NotFound, NotLetIn, Unreachable, Waiting
from metrics.words import N_

logging.getLogger("stamina").addHandler(logging.NullHandler())  # what is asked again is counted, and told by the run
SECONDS = 60.0
MOST_BYTES = 200 * 2**20
AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 509, 520, 521, 522, 523, 524})
"""Answers that say that the same question may be answered later."""
LET_IN = N_("{host} does not let us in (HTTP {status}). Enter a new token, and see to it that it may read {path}.")
ABSENT = N_(
    "{host} has nothing at {path} (HTTP {status}: {said}). Look at the address and the settings of the connection."
)
REFUSED = N_("{host} refused {path} (HTTP {status}: {said}). Look at the address and the settings of the connection.")
UNREACHABLE = N_("{host} could not be reached ({detail}). What was loaded stays; the next run goes on from there.")
PATIENCE = N_("{host} asks to be left alone for {minutes} minutes. The next run goes on from where this one stopped.")
MISREAD = N_("{host} answered {path} otherwise than its documentation says ({detail}). Nothing of it was loaded.")


@dataclass(frozen=True)
class Patience:
    """How often a question is asked, and for how long one run waits, in seconds."""

    attempts: int = 8
    first: float = 1.0
    longest: float = 60.0
    named: float = 600.0
    """The longest wait that a server may name within one run."""


class _Again(Exception):
    """The same question may be answered later; `after`: seconds that the server named."""

    def __init__(self, detail: str, after: float | None = None) -> None:
        super().__init__(detail)
        self.after = after


@dataclass
class Told:
    """What asking cost so far."""

    asked: int = 0
    again: int = 0
    waited: float = 0.0


class Caller:
    """One server with what lets us in. No other is asked, but one that gives out tokens: no redirect is followed."""

    def __init__(
        self,
        base: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | httpx.Auth | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.base = base.rstrip("/")
        self.host = urlsplit(base).netloc
        self.patience = patience or Patience()
        self.told = Told()
        self.on_wait: Callable[[float], None] = lambda _seconds: None
        self._client = httpx.Client(
            headers={"Accept": "application/json", "User-Agent": "Floorwalker", **(headers or {})},
            auth=auth,
            timeout=SECONDS,
            follow_redirects=False,
        )

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, **asked: Any) -> Any:
        """The JSON that is answered; what is None is not asked. Raises SourceError."""
        return self.ask("GET", path, params={name: value for name, value in asked.items() if value is not None})

    def has(self, path: str) -> bool:
        """Whether there is something; any other answer than that there is none counts as yes. Raises SourceError."""
        try:
            self.get(path)
        except NotFound:
            return False
        return True

    def post(self, path: str, content: Any) -> Any:
        """The JSON that is answered to this JSON; only for questions, which may be asked again. Raises SourceError."""
        return self.ask("POST", path, json=content)

    def ask(self, method: str, path: str, **how: Any) -> Any:
        """The JSON that is answered. Raises SourceError."""
        patience = self.patience
        tries = stamina.retry_context(
            on=self._after, attempts=patience.attempts, timeout=None, wait_initial=patience.first,
            wait_max=patience.longest, wait_jitter=patience.first,
        )  # fmt: skip
        try:
            for attempt in tries:
                with attempt:
                    return self._once(method, path, how)
        except _Again as error:
            raise Unreachable(UNREACHABLE, host=self.host, detail=str(error)) from None
        raise AssertionError("unreachable")

    def misread(self, path: str, detail: str) -> NoReturn:
        """Say that an answer is not what the documentation promises."""
        raise Misread(MISREAD, host=self.host, path=path, detail=detail)

    def _after(self, error: Exception) -> bool | float:
        """Whether to ask again, and after how long where the server has said it."""
        if not isinstance(error, _Again):
            return False
        self.told.again += 1
        if error.after is None:
            return True
        self.told.waited += error.after
        self.on_wait(error.after)
        return error.after

    def _once(self, method: str, path: str, how: Mapping[str, Any]) -> Any:
        self.told.asked += 1
        try:
            with self._client.stream(method, f"{self.base}{path}", **how) as answer:
                body = _body(answer)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _Again(type(error).__name__) from None  # its text may hold the address with what was asked
        if answer.status_code in AGAIN:
            raise _Again(f"HTTP {answer.status_code}", self._named_wait(answer))
        if answer.status_code != 200:
            self._refused(answer, path, body)
        try:
            return json.loads(body)
        except ValueError:
            raise _Again("an answer that is no whole JSON") from None

    def _named_wait(self, answer: httpx.Response) -> float | None:
        seconds = _retry_after(answer.headers)
        if seconds is not None and seconds > self.patience.named:
            raise Waiting(PATIENCE, host=self.host, minutes=round(seconds / 60))
        return seconds

    def _refused(self, answer: httpx.Response, path: str, body: bytes) -> NoReturn:
        if answer.status_code in (401, 403):
            raise NotLetIn(LET_IN, host=self.host, status=answer.status_code, path=path)
        said = " ".join(body[:2000].decode("utf-8", "replace").split())[:200]
        if answer.status_code in (404, 410):
            raise NotFound(ABSENT, host=self.host, path=path, status=answer.status_code, said=said)
        raise Misread(REFUSED, host=self.host, path=path, status=answer.status_code, said=said)


def is_address(address: str) -> bool:
    """Whether a server may be asked there: over TLS, or on this machine."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in ("127.0.0.1", "localhost"))


def _body(answer: httpx.Response) -> bytes:
    parts, size = [], 0
    for part in answer.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise _Again("an answer without end")
    return b"".join(parts)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from a number of seconds or from an instant held against the server's own clock, not ours."""
    named = (headers.get("retry-after") or "").strip()
    if not named:
        return None
    try:
        return max(0.0, float(named))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(named)
        its_now = parsedate_to_datetime(headers["date"]) if headers.get("date") else datetime.now(UTC)
        return max(0.0, (until - its_now).total_seconds())
    except (ValueError, TypeError):
        return None
