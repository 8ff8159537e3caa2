"""What a helpdesk pushes: taken when signed and fresh, once, of a bounded size; loaded by the next run."""

import json
import time
from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette

from dashboard.desk import Desk
from dashboard.gate import push_answers
from dashboard.people import COMMAND_LINE
from dashboard.people import presence as present
from dashboard.services.loading.ledger import undo_last
from dashboard.services.sync.connections import Connected, ConnectionRefused, keep_connection
from dashboard.services.sync.running import sync
from loaders.live.pushed import MOST_BYTES, signature
from tests.dashboard.gate.conftest import listening

SECRET = "a secret of thirty characters."
TICKET = {
    "ticket_id": "P1",
    "created_at": "2026-03-01T10:00:00Z",
    "status": "open",
    "subject": "我的包裹",
    "team": "One",
}
MESSAGE = {"message_id": "m1", "ticket_id": "P1", "at": "2026-03-01T10:05:00Z", "author_kind": "agent", "text": "yes"}


@pytest.fixture
def number(desk: Desk) -> int:
    return keep_connection(COMMAND_LINE, desk, Connected("Pushed", "push"), secret=SECRET)


@pytest.fixture
def there(guarded: Starlette, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    who = present.Presence(desk)
    monkeypatch.setattr(push_answers, "presence", lambda: who)
    monkeypatch.setattr(push_answers, "load_pushed", lambda _desk, _connection: None)
    with listening(guarded) as found:
        yield f"http://{found}"


def push(
    there: str, number: int, content: object, *, id: str = "1", secret: str = SECRET, ago: int = 0
) -> httpx.Response:
    body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    stamp = str(int(time.time()) - ago)
    headers = {"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": signature(secret, id, stamp, body)}
    return httpx.post(f"{there}/push/{number}", content=body, headers=headers)


def standing(desk: Desk, name: str) -> list[dict[str, object]]:
    head = desk.head()
    return desk.warehouse.scan(name, head.versions if head else {}).collect().to_dicts()


def test_what_is_pushed_is_on_the_desk_after_the_next_run(there: str, number: int, desk: Desk) -> None:
    assert push(there, number, {"tickets": [TICKET], "messages": [MESSAGE]}).status_code == 202
    later = {"ticket_id": "P1", "created_at": "2026-03-01T10:00:00Z", "status": "closed"}
    assert push(there, number, {"tickets": [later]}, id="2").status_code == 202
    assert sync(COMMAND_LINE, desk, number, batch=1).failed is None
    ticket = standing(desk, "tickets")[0]
    assert (ticket["status"], ticket["subject"], ticket["team"]) == ("closed", "我的包裹", "One")
    assert [row["text"] for row in standing(desk, "messages")] == ["yes"]
    assert sync(COMMAND_LINE, desk, number).counts.records == 0
    undo_last(COMMAND_LINE, desk)
    assert sync(COMMAND_LINE, desk, number).counts.records == 1, "what was taken back is read again"


def test_the_same_delivery_counts_once(there: str, number: int, desk: Desk) -> None:
    assert push(there, number, {"tickets": [TICKET]}).status_code == 202
    assert push(there, number, {"tickets": [TICKET]}).json() == {"taken": "before"}
    assert sync(COMMAND_LINE, desk, number).counts.records == 1


def test_who_cannot_sign_or_is_late_is_not_heard_and_not_told_why(there: str, number: int, desk: Desk) -> None:
    told = [
        push(there, number, {"tickets": [TICKET]}, secret="another secret altogether"),
        push(there, number, {"tickets": [TICKET]}, ago=301),
        push(there, number, {"tickets": [TICKET]}, ago=-301),
        push(there, number + 1, {"tickets": [TICKET]}),
        push(there, number, b"no json", secret="another secret altogether"),
        httpx.post(f"{there}/push/{number}", content=b"{}"),
    ]
    assert {(one.status_code, one.text) for one in told} == {(401, '{"error":"not signed"}')}
    assert sync(COMMAND_LINE, desk, number).counts.records == 0


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"no json", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        ({"orders": []}, "nothing else"),
        ({"tickets": "all"}, "list of objects"),
        ({"tickets": [{"ticket_id": "1"}]}, "created_at is missing"),
        ({"tickets": [{**TICKET, "colour": "red"}]}, "'colour' is not known"),
        ({"messages": [{**MESSAGE, "at": None}]}, "at is missing"),
        ({"tickets": [TICKET] * 5001}, "more than 5000"),
    ],
)
def test_a_signed_body_that_is_not_as_documented_is_refused_with_the_reason(
    there: str, number: int, body: object, said: str
) -> None:
    answer = push(there, number, body)
    assert answer.status_code == 422
    assert said in answer.json()["error"]


def test_a_body_that_is_too_long_is_not_read(there: str, number: int) -> None:
    assert push(there, number, b"x" * (MOST_BYTES + 1)).status_code == 413


def test_only_post_passes_and_the_pages_stay_closed(there: str, number: int) -> None:
    assert httpx.get(f"{there}/push/{number}").status_code in (401, 405)
    assert httpx.get(f"{there}/data").status_code == 303


def test_nothing_of_a_delivery_stands_in_clear_in_the_database(there: str, number: int, desk: Desk) -> None:
    push(there, number, {"tickets": [{**TICKET, "subject": "zq-planted-word"}]})
    for path in desk.root.glob("desk.db*"):
        assert b"zq-planted-word" not in path.read_bytes()
        assert SECRET.encode() not in path.read_bytes()


def test_a_short_secret_is_refused(desk: Desk) -> None:
    with pytest.raises(ConnectionRefused):
        keep_connection(COMMAND_LINE, desk, Connected("Pushed", "push"), secret="short")
