"""Files are fetched once, in time, by the one for whom they were made; uploads are counted as they come."""

import re
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, update

from dashboard.desk import Desk
from dashboard.gate import uploads
from dashboard.people import COMMAND_LINE, ONE_PERSON, downloads, quota
from dashboard.people.accounts import Change, actor_of, change, person_called, today_at
from dashboard.store import AuditRow, Download, Upload
from tests.conftest import ROOT
from tests.dashboard.gate.conftest import Browser

CONTENT = "工单,电话\nT1,138****8000\n".encode("utf-8-sig")


def made_for(desk: Desk, account: str) -> str:
    with desk.reading() as session:
        actor = actor_of(session, person_called(session, account), today_at(desk))
    return "/download/" + downloads.keep(actor, desk, CONTENT, file_name="三月 “表”.csv", media_type="text/csv")


def left_files(desk: Desk) -> int:
    return len(list((desk.root / downloads.FOLDER).iterdir()))


def test_the_owner_fetches_a_file_once(root: Browser, desk: Desk) -> None:
    path = made_for(desk, "root")
    answer = root.ask(path)
    assert answer.status == 200
    assert answer.text.encode() == CONTENT
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert root.ask(path).status == 404
    assert left_files(desk) == 0


def test_another_signed_in_person_is_refused_and_the_owner_still_gets_it(root: Browser, desk: Desk) -> None:
    path, other = made_for(desk, "root"), Browser(root.address)
    assert other.ask(path).status == 401
    assert other.sign_in("mei").status == 303
    answer = other.ask(path)
    assert answer.status == 404
    assert "138" not in answer.text
    with desk.reading() as session:
        assert session.scalars(select(AuditRow.action).order_by(AuditRow.id.desc())).first() == "denied"
    assert root.ask(path).status == 200


def test_looking_does_not_use_a_file_up(root: Browser, desk: Desk) -> None:
    path = made_for(desk, "root")
    assert root.ask(path, "HEAD").status == 405
    assert root.ask(path).status == 200


def test_a_file_that_nobody_fetched_in_time_is_gone(root: Browser, desk: Desk) -> None:
    path = made_for(desk, "root")
    with desk.keeping() as session:
        session.execute(update(Download).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert root.ask(path).status == 404
    made_for(desk, "root")
    assert left_files(desk) == 1


def test_with_the_rights_go_the_files(root: Browser, desk: Desk) -> None:
    path = made_for(desk, "mei")
    change(COMMAND_LINE, desk, "mei", Change(role="agent"))
    other = Browser(root.address)
    assert other.sign_in("mei").status == 303
    assert other.ask(path).status == 404


def test_no_guessed_address_leads_to_a_file(root: Browser, desk: Desk) -> None:
    made_for(desk, "root")
    with desk.reading() as session:
        row = session.scalars(select(Download)).one()
    for guess in ("x", row.token, row.file, f"../{row.file}", "..%2f..%2fdesk.db", ""):
        assert "138" not in root.ask(f"/download/{guess}").text


def test_the_one_person_of_an_open_desk_fetches_files_too(open_to_one: Desk, anybody: Browser) -> None:
    token = downloads.keep(ONE_PERSON, open_to_one, CONTENT, file_name="a.csv", media_type="text/csv")
    assert anybody.ask(f"/download/{token}").text.encode() == CONTENT


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> dict[str, str | None]:
    """Page id -> the session that opened it, as the pages' server would say."""
    opened: dict[str, str | None] = {}

    def client(name: str) -> object:
        if name not in opened:
            return None
        headers = [] if opened[name] is None else [("x-floorwalker-session", opened[name])]
        return SimpleNamespace(client_context=SimpleNamespace(headers=headers))

    runtime = SimpleNamespace(exists=lambda: True, instance=lambda: SimpleNamespace(get_client=client))
    monkeypatch.setattr(uploads, "Runtime", runtime)
    return opened


def test_no_page_lays_a_file_where_another_person_could_fetch_it() -> None:
    """Whatever Streamlit keeps below /media is handed to everybody who is signed in and knows its address."""
    called = re.compile(r"\bst\.(download_button|image|audio|video|pdf|logo)\(")
    files = [*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    assert [file.name for file in files if called.search(file.read_text(encoding="utf-8"))] == []


def opened_by(browser: Browser) -> str:
    return browser.ask("/sla").text.split()[2]


def upload(browser: Browser, page: str, size: int) -> int:
    return browser.ask(f"/_stcore/upload_file/{page}/f", "PUT", body=b"x" * size).status


def test_a_file_is_handed_into_ones_own_page_only(root: Browser, page: dict[str, str | None]) -> None:
    manager, agent = Browser(root.address), Browser(root.address)
    assert (manager.sign_in("mei").status, agent.sign_in("wu").status) == (303, 303)
    page |= {"of_root": opened_by(root), "of_manager": opened_by(manager), "of_agent": opened_by(agent)}
    assert upload(root, "of_root", 10) == 200
    assert upload(manager, "of_manager", 10) == 200
    assert upload(manager, "of_root", 10) == 403
    assert upload(root, "of_nobody", 10) == 403
    assert upload(agent, "of_agent", 10) == 403  # an agent may load nothing
    assert manager.ask("/_stcore/upload_file/of_root/f", "DELETE").status == 403
    assert Browser(root.address).ask("/_stcore/upload_file/of_root/f", "PUT").status == 401


def test_a_person_hands_in_no_more_than_the_quota(
    root: Browser, desk: Desk, page: dict[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MOST_BYTES", 100_000)
    page |= {"p": opened_by(root)}
    assert upload(root, "p", 60_000) == 200
    assert upload(root, "p", 60_000) == 413
    assert upload(root, "p", 40_000) == 200
    assert upload(root, "p", 1) == 413
    with desk.reading() as session:
        assert session.scalar(select(func.sum(Upload.bytes))) == 100_000
    other = Browser(root.address)
    other.sign_in("mei")
    page["q"] = opened_by(other)
    assert upload(other, "q", 60_000) == 200


def test_bytes_that_were_not_announced_are_counted_as_they_come(
    root: Browser, desk: Desk, page: dict[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MOST_BYTES", 100_000)
    page |= {"p": opened_by(root)}
    connection = HTTPConnection(root.address, timeout=20)
    cookies = "; ".join(f"{name}={value}" for name, value in root.cookies.items())
    chunks = (b"x" * 10_000 for _ in range(50))
    connection.request("PUT", "/_stcore/upload_file/p/f", body=chunks, headers={"Cookie": cookies}, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()
    with desk.reading() as session:
        assert 100_000 < (session.scalar(select(func.sum(Upload.bytes))) or 0) < 400_000


def test_too_many_files_are_too_much(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "MOST_FILES", 3)
    for _ in range(3):
        assert quota.left(desk, 1) > 0
        quota.take(desk, 1, 10)
    assert quota.left(desk, 1) == 0
    assert quota.left(desk, None) > 0
    assert quota.left(desk, 1, now=datetime.now(UTC) + timedelta(hours=25)) > 0
