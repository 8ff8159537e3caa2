"""Robots of group chats: the shapes in which WeCom, DingTalk, Feishu and Slack take a message, and how each answers.

The address of a robot is a secret: whoever has it may write to the group. It stands in no error and no log.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException
from typing import Any, Literal
from urllib.error import HTTPError
from urllib.parse import quote_plus, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from dashboard.sending.message import Message, NotSent

RobotKind = Literal["wecom", "dingtalk", "feishu", "slack"]
SECONDS = 10.0
ANSWER_BYTES = 10_000


@dataclass(frozen=True)
class Robot:
    """A robot by its address; DingTalk and Feishu may want each message signed with a secret."""

    kind: RobotKind
    address: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Shape:
    """What a service takes: at most so many bytes of text, in this body, at this address, and when it has taken it."""

    most_bytes: int
    body: Callable[[Robot, str, datetime], Mapping[str, Any]]
    address: Callable[[Robot, datetime], str]
    taken: Callable[[str], bool]


def post(robot: Robot, message: Message, *, now: datetime) -> None:
    """Hand one message to the robot. Raises NotSent with what it answered; no other address is followed."""
    shape = SHAPES[robot.kind]
    text = _cut(f"{message.line}\n{message.text}", shape.most_bytes)
    body = json.dumps(shape.body(robot, text, now), ensure_ascii=False).encode()
    asked = Request(shape.address(robot, now), data=body, headers={"Content-Type": "application/json; charset=utf-8"})
    try:
        with _OPENER.open(asked, timeout=SECONDS) as answer:
            said = answer.read(ANSWER_BYTES).decode("utf-8", "replace")
    except HTTPError as error:
        with error:
            raise NotSent(f"HTTP {error.code}") from None  # its text may repeat the address
    except (OSError, HTTPException, ValueError) as error:
        raise NotSent(_reason(error, robot)) from None
    if not shape.taken(said):
        raise NotSent(said[:200].replace(robot.address, "…"))


def is_address(address: str) -> bool:
    """Whether a robot may be called there: over TLS, or on this machine."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in ("127.0.0.1", "localhost")))


def _reason(error: Exception, robot: Robot) -> str:
    text = str(getattr(error, "reason", None) or error or type(error).__name__)
    return text.replace(robot.address, "…")[:200]


def _cut(text: str, most: int) -> str:
    """So much of the text as fits; where something is left out, its end says so."""
    raw = text.encode()
    return text if len(raw) <= most else raw[: most - 3].decode("utf-8", "ignore") + "…"


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


_OPENER = build_opener(_NoRedirects)


def _plain(robot: Robot, _now: datetime) -> str:
    return robot.address


def _named_text(_robot: Robot, text: str, _now: datetime) -> Mapping[str, Any]:
    return {"msgtype": "text", "text": {"content": text}}


def _signed_address(robot: Robot, now: datetime) -> str:
    """DingTalk: the milliseconds and the signature stand in the address."""
    if not robot.secret:
        return robot.address
    stamp = str(int(now.timestamp() * 1000))
    digest = hmac.new(robot.secret.encode(), f"{stamp}\n{robot.secret}".encode(), hashlib.sha256).digest()
    joint = "&" if "?" in robot.address else "?"
    return f"{robot.address}{joint}timestamp={stamp}&sign={quote_plus(base64.b64encode(digest))}"


def _signed_text(robot: Robot, text: str, now: datetime) -> Mapping[str, Any]:
    """Feishu: the seconds and the signature of nothing at all, by a key of both, stand in the body."""
    said = {"msg_type": "text", "content": {"text": text.replace("<", "‹")}}  # `<at …>` would call everybody
    if not robot.secret:
        return said
    stamp = str(int(now.timestamp()))
    digest = hmac.new(f"{stamp}\n{robot.secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": stamp, "sign": base64.b64encode(digest).decode(), **said}


def _slack_text(_robot: Robot, text: str, _now: datetime) -> Mapping[str, Any]:
    """Slack reads `<!channel>` and the like in plain text, too."""
    return {"text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}


def _numbered(*names: str) -> Callable[[str], bool]:
    """An answer in JSON is good where one of these numbers is 0."""

    def taken(said: str) -> bool:
        try:
            answer = json.loads(said)
        except ValueError:
            return False
        found = [answer[name] for name in names if name in answer] if isinstance(answer, dict) else []
        return bool(found) and found[0] == 0

    return taken


SHAPES: Mapping[RobotKind, Shape] = {
    "wecom": Shape(2048, _named_text, _plain, _numbered("errcode")),
    "dingtalk": Shape(18_000, _named_text, _signed_address, _numbered("errcode")),
    "feishu": Shape(18_000, _signed_text, _plain, _numbered("code", "StatusCode")),
    "slack": Shape(38_000, _slack_text, _plain, lambda said: said.strip() == "ok"),
}
ROBOTS: tuple[RobotKind, ...] = tuple(SHAPES)
