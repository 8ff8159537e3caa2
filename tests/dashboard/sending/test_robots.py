"""Each robot is told in the shape that its service documents, signed as it wants it, and its answer is understood."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.sending import ROBOTS, Message, NotSent, Robot, post
from dashboard.sending.robots import is_address
from tests.dashboard.sending.servers import TAKEN, robot_server

NOW = datetime(2026, 11, 20, 1, 30, 0, 250_000, tzinfo=UTC)
TOLD = Message("reminder-1", "Three are overdue", "T1 <!channel> & more")


@pytest.mark.parametrize("kind", ROBOTS)
def test_a_robot_is_told_subject_and_text(kind: str) -> None:
    with robot_server() as group:
        group.answer = (200, TAKEN[kind])
        post(Robot(kind, f"{group.address}/hook?key=k1"), TOLD, now=NOW)  # type: ignore[arg-type]
    ((path, body),) = group.told
    assert path == "/hook?key=k1"
    said = {
        "wecom": {"msgtype": "text", "text": {"content": "Three are overdue\nT1 <!channel> & more"}},
        "dingtalk": {"msgtype": "text", "text": {"content": "Three are overdue\nT1 <!channel> & more"}},
        "feishu": {"msg_type": "text", "content": {"text": "Three are overdue\nT1 ‹!channel> & more"}},
        "slack": {"text": "Three are overdue\nT1 &lt;!channel&gt; &amp; more"},
    }
    assert body == said[kind]


def test_dingtalk_is_signed_in_the_address() -> None:
    with robot_server() as group:
        group.answer = (200, TAKEN["dingtalk"])
        post(Robot("dingtalk", f"{group.address}/robot/send?access_token=t", "SECabc"), TOLD, now=NOW)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(group.told[0][0]).query).items()}
    expected = hmac.digest(b"SECabc", b"1795138200250\nSECabc", "sha256")
    assert asked == {
        "access_token": "t", "timestamp": "1795138200250", "sign": base64.b64encode(expected).decode(),
    }  # fmt: skip


def test_feishu_is_signed_in_the_body() -> None:
    with robot_server() as group:
        group.answer = (200, TAKEN["feishu"])
        post(Robot("feishu", f"{group.address}/hook/x", "abc"), TOLD, now=NOW)
    body = group.told[0][1]
    expected = hmac.new(b"1795138200\nabc", digestmod=hashlib.sha256).digest()
    assert (body["timestamp"], body["sign"]) == ("1795138200", base64.b64encode(expected).decode())


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("wecom", (200, '{"errcode":93000,"errmsg":"invalid webhook url"}')),
        ("dingtalk", (200, '{"errcode":310000,"errmsg":"sign not match"}')),
        ("feishu", (200, '{"code":19021,"msg":"sign match fail"}')),
        ("slack", (200, "invalid_payload")),
        ("slack", (404, "no_service")),
        ("wecom", (200, "<html>a proxy's page</html>")),
        ("feishu", (500, TAKEN["feishu"])),
    ],
)
def test_an_answer_that_is_no_taking_is_a_failure(kind: str, answer: tuple[int, str]) -> None:
    with robot_server() as group:
        group.answer = answer
        with pytest.raises(NotSent) as told:
            post(Robot(kind, f"{group.address}/secret-path"), TOLD, now=NOW)  # type: ignore[arg-type]
    assert "secret-path" not in str(told.value)


def test_a_robot_leads_nobody_elsewhere() -> None:
    with robot_server() as elsewhere, robot_server() as group:
        group.answer = (302, "")
        group.headers = {"Location": f"{elsewhere.address}/taken"}
        with pytest.raises(NotSent, match="302"):
            post(Robot("slack", f"{group.address}/hook"), TOLD, now=NOW)
    assert not elsewhere.told


def test_a_long_text_is_cut_to_what_the_service_takes_and_says_so() -> None:
    with robot_server() as group:
        post(Robot("wecom", group.address), Message("1", "长", "超" * 2000), now=NOW)
    content = group.told[0][1]["text"]["content"]
    assert len(content.encode()) <= 2048
    assert content.endswith("超…")


def test_a_robot_is_called_over_tls_or_on_this_machine_alone() -> None:
    assert is_address("https://example.com/hook?key=1")
    assert is_address("http://127.0.0.1:8080/hook")
    for wrong in ("http://example.com/hook", "ftp://example.com", "https://", "file:///etc/hosts", "x", "https://[::"):
        assert not is_address(wrong), wrong
