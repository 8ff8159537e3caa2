"""A server on this machine that answers as an API does, and now and then as a bad day would have it."""

import json
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Protocol
from urllib.parse import parse_qs, urlsplit

Fault = Literal["none", "busy", "busy_until", "broken", "away", "cut", "hung_up", "half_json"]
FAULTS: tuple[Fault, ...] = ("busy", "busy_until", "broken", "away", "cut", "hung_up", "half_json")


@dataclass(frozen=True)
class Asked:
    """A request: what is asked for, with which headers and which JSON."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: Any = None

    def one(self, name: str) -> str | None:
        return self.query[name][0] if name in self.query else None


@dataclass(frozen=True)
class Answer:
    """What is answered, and how."""

    content: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Api(Protocol):
    """A documented API over a model that changes while it is read."""

    def answer(self, asked: Asked) -> Answer: ...


@dataclass
class Weather:
    """Which faults come, by chance of a seed: each request meets one with this probability."""

    seed: int = 0
    share: float = 0.0
    faults: tuple[Fault, ...] = FAULTS
    before_answer: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self.met: list[Fault] = []

    def next(self) -> Fault:
        fault = self._chance.choice(self.faults) if self._chance.random() < self.share else "none"
        self.met.append(fault)
        return fault


@contextmanager
def served(api: Api, weather: Weather | None = None) -> Iterator[str]:
    """The address of the server while it stands."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.api, server.weather = api, weather or Weather()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    api: Api
    weather: Weather

    def handle_error(self, *_told: object) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        self._serve(None)

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        form = "x-www-form-urlencoded" in self.headers.get("content-type", "")
        self._serve(parse_qs(raw.decode()) if form else json.loads(raw or b"null"))

    def log_message(self, *_told: object) -> None:
        """Silent."""

    def _serve(self, body: Any) -> None:
        parts = urlsplit(self.path)
        asked = Asked(self.command, parts.path, parse_qs(parts.query), dict(self.headers.items()), body)
        fault = self.server.weather.next()
        if fault in ("busy", "busy_until", "broken", "away"):
            self._send(_refusal(fault))
            return
        if fault == "hung_up":
            self.close_connection = True
            return
        self.server.weather.before_answer()
        answer = self.server.api.answer(asked)
        self._send(answer, fault)

    def _send(self, answer: Answer, fault: Fault = "none") -> None:
        content = json.dumps(answer.content, ensure_ascii=False).encode()
        whole = content[: len(content) // 2] if fault == "half_json" else content
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(whole)))
        self.end_headers()
        if fault == "cut":
            self.close_connection = True
        self.wfile.write(whole[: len(whole) // 2] if fault == "cut" else whole)
        self.wfile.flush()


def _refusal(fault: Fault) -> Answer:
    if fault == "busy":
        return Answer({"error": "too many requests"}, 429, {"Retry-After": "0"})
    if fault == "busy_until":
        past = format_datetime(datetime.now(UTC) - timedelta(seconds=1), usegmt=True)
        return Answer({"error": "too many requests"}, 429, {"Retry-After": past})
    return Answer({"error": "sorry"}, 500 if fault == "broken" else 503)
