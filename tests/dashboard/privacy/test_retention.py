"""A purge takes words and persons out of every file of a desk and leaves every figure as it was."""

import csv
import io
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import select, update

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor, Denied
from dashboard.people.audit_check import verify
from dashboard.privacy.customers import CustomerError, erase, export, find
from dashboard.privacy.limits import LEAST_DAYS, RetentionError, lift_hold, limits, place_hold, set_limits
from dashboard.privacy.retention import purge
from dashboard.services.facts.figures import facts_of, figures
from dashboard.services.loading.loads import LoadOptions, can_undo, history, load_files, undo_last
from dashboard.store import LibraryCase, LoadRow, Meeting, MeetingItem, TriageEvent, TriageItem, TriageNote
from metrics.catalog import METRICS
from metrics.compute import compute
from metrics.model import Scope

HEADER = ("工单编号", "创建时间", "首次响应时间", "解决时间", "渠道", "问题类型", "客服", "团队", "客户", "标题",
          "咨询内容", "答复内容", "满意度评分", "评价时间", "评价内容", "收货人", "备注", "仓库")  # fmt: skip
START = datetime(2025, 1, 6, 9, 0)  # noqa: DTZ001 - a stamp without a zone, as exports have it
NOW = datetime(2026, 3, 10, tzinfo=UTC)
OLD, YOUNG = range(60), range(60, 120)
"""Tickets of January 2025, and of January and February 2026, when the clock stands at March 2026."""
WORDS = ("subject", "wish", "answer", "praise", "person", "note", "customer")


SOME = ("tickets_created", "fcr_repeat", "csat", "first_response_calendar_p90", "replies", "ratings")


def token(word: str, n: int) -> str:
    return f"{word}-{n:03d}-planted"


def written(numbers: range = range(120)) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for n in numbers:
        at = START + timedelta(days=365 if n in YOUNG else 0, hours=9 * (n % 60))
        said = {word: token(word, n) for word in WORDS}
        created = "31/31/2025" if n == 7 else f"{at:%Y-%m-%d %H:%M:%S}"
        later = [f"{at + timedelta(hours=hours):%Y-%m-%d %H:%M:%S}" for hours in (1, 2, 3)]
        customer = token("customer", 10 * (n // 10)) if n in OLD else token("customer", n)
        writer.writerow(
            [f"T{n:03d}", created, later[0], later[1], ("在线聊天", "邮件")[n % 2], "退换货", "王芳", "甲组", customer,
             said["subject"], said["wish"], said["answer"], 1 + n % 5, later[2], said["praise"], said["person"],
             said["note"] + "x" * n, f"仓{n % 3}"]
        )  # fmt: skip
    return text.getvalue().encode()


def filled(folder: Path, database: str | None = None) -> Desk:
    opened = open_desk(folder / "desk", database=database)
    (folder / "export.csv").write_bytes(written())
    report = load_files(COMMAND_LINE, opened, [folder / "export.csv"], options=LoadOptions(zone="Asia/Shanghai"))
    assert report.any_loaded, report.errors
    with opened.keeping() as session:
        session.execute(update(LoadRow).values(at=datetime(2025, 1, 30, tzinfo=UTC)))  # as if it had been loaded then
    return opened


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk that is filled, for others to begin as its copies."""
    folder = tmp_path_factory.mktemp("filled")
    filled(folder).engine.dispose()
    return folder


@pytest.fixture
def desk(pattern: Path, tmp_path: Path) -> Iterator[Desk]:
    shutil.copytree(pattern, tmp_path, dirs_exist_ok=True)
    opened = open_desk(tmp_path / "desk")
    yield opened
    opened.engine.dispose()


def planted(desk: Desk) -> set[str]:
    """The planted words that can still be found in any byte of the desk's files, packed ones unpacked."""
    content = b"\0".join(part for path in desk.root.rglob("*") if path.is_file() for part in unpacked(path))
    return {found.decode() for found in re.findall(rb"(?:%s)-\d{3}-planted" % "|".join(WORDS).encode(), content)}


def unpacked(path: Path) -> Iterator[bytes]:
    yield path.read_bytes()
    if path.suffix in (".parquet", ".unfinished"):
        yield str(pl.read_parquet(path, glob=False).rows()).encode()
    if path.suffix == ".arrow":
        yield str(pl.read_ipc(path).rows()).encode()


def told(desk: Desk, *, ids: Sequence[str] = SOME) -> pl.DataFrame:
    """Metrics of every month, also by dimensions and by an own field."""
    facts = facts_of(COMMAND_LINE, desk)
    every = [METRICS[id] for id in ids]
    parts = [compute(every, facts, Scope(), by=by, every="month") for by in ([], ["channel"], ["team"])]
    own = compute([METRICS["tickets_created"], METRICS["csat"]], facts, Scope(), by=["x_仓库"], every="month")
    return pl.concat([*parts, own], how="diagonal")


def test_the_planted_words_can_be_found_before(desk: Desk) -> None:
    assert len(planted(desk)) > 700


def test_what_is_over_goes_from_every_file_and_no_figure_changes(desk: Desk) -> None:
    before = told(desk, ids=list(METRICS))
    done = purge(COMMAND_LINE, desk, now=NOW)
    assert (done.tickets, done.customers) == (59, 6)
    left = planted(desk)
    assert not {token(word, n) for word in WORDS for n in OLD} & left
    assert {token(word, n) for word in WORDS for n in YOUNG} <= left
    assert told(desk, ids=list(METRICS)).equals(before)
    tickets = facts_of(COMMAND_LINE, desk).tickets.sort("ticket_id")
    assert tickets.height == 119
    assert tickets["customer"].n_unique() == 6 + len(YOUNG)
    assert tickets["x_仓库"].null_count() == 0


def test_nothing_goes_before_its_time(desk: Desk) -> None:
    early = datetime(2026, 2, 1, tzinfo=UTC)  # 391 days after the first ticket
    assert purge(COMMAND_LINE, desk, now=early, dry_run=True).tickets == 0
    before = len(planted(desk))
    purge(COMMAND_LINE, desk, now=early)
    assert len(planted(desk)) == before


def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    head, before = desk.head(), len(planted(desk))
    assert purge(COMMAND_LINE, desk, now=NOW, dry_run=True).tickets == 59
    assert (desk.head(), len(planted(desk))) == (head, before)


def test_a_second_purge_finds_nothing_left_to_clean(desk: Desk) -> None:
    purge(COMMAND_LINE, desk, now=NOW)
    before = told(desk)
    again = purge(COMMAND_LINE, desk, now=NOW)
    assert again.customers == 0
    assert told(desk).equals(before)


def test_what_was_loaded_before_cannot_be_taken_back_what_comes_after_can(desk: Desk, tmp_path: Path) -> None:
    purge(COMMAND_LINE, desk, now=NOW)
    assert can_undo(COMMAND_LINE, desk) is None
    assert [one.kind for one in history(COMMAND_LINE, desk)] == ["purge", "load"]
    assert [one.undone_by for one in history(COMMAND_LINE, desk)] == [None, None]
    (tmp_path / "more.csv").write_bytes(written(range(119, 120)).replace(b"T119", b"T500"))
    load_files(COMMAND_LINE, desk, [tmp_path / "more.csv"], options=LoadOptions(zone="Asia/Shanghai"))
    assert facts_of(COMMAND_LINE, desk).tickets.height == 120
    undo_last(COMMAND_LINE, desk)
    assert facts_of(COMMAND_LINE, desk).tickets.height == 119


def test_a_hold_keeps_what_it_names_until_it_is_lifted(desk: Desk) -> None:
    ticket = place_hold(COMMAND_LINE, desk, reason="dispute", source="generic", ticket_id="T003")
    customer = place_hold(COMMAND_LINE, desk, reason="dispute", customer=token("customer", 50))
    done = purge(COMMAND_LINE, desk, now=NOW)
    assert (done.held, done.tickets) == (11, 48)
    left = planted(desk)
    assert {token("wish", 3), token("wish", 55), token("customer", 50), token("customer", 0)} <= left
    assert token("wish", 4) not in left
    for hold in (ticket, customer):
        lift_hold(COMMAND_LINE, desk, hold, reason="settled")
    purge(COMMAND_LINE, desk, now=NOW)
    assert not {token(word, n) for word in WORDS for n in OLD} & planted(desk)


def test_a_hold_of_the_whole_desk_stops_every_purge(desk: Desk) -> None:
    place_hold(COMMAND_LINE, desk, reason="inquiry")
    before = len(planted(desk))
    purge(COMMAND_LINE, desk, now=NOW)
    assert len(planted(desk)) == before


def test_less_than_half_a_year_is_refused(desk: Desk) -> None:
    for days in (0, LEAST_DAYS - 1, 10**9):
        with pytest.raises(RetentionError):
            set_limits(COMMAND_LINE, desk, {"texts": days}, reason="why not")
    with pytest.raises(RetentionError):
        set_limits(COMMAND_LINE, desk, {"moods": 400}, reason="why not")
    set_limits(COMMAND_LINE, desk, {"texts": LEAST_DAYS}, reason="shorter is kinder")
    assert limits(COMMAND_LINE, desk)["texts"] == LEAST_DAYS
    assert limits(COMMAND_LINE, desk)["customers"] == 400
    assert purge(COMMAND_LINE, desk, now=NOW - timedelta(days=180), dry_run=True).tickets == 59


def test_only_administrators_purge_and_erase(desk: Desk) -> None:
    manager = Actor(3, "Gao", "manager")
    with pytest.raises(Denied):
        purge(manager, desk)
    with pytest.raises(Denied):
        erase(manager, desk, "x")


def test_a_customer_is_found_handed_out_and_erased_for_good(desk: Desk, tmp_path: Path) -> None:
    who, before = token("customer", 20), told(desk)
    assert find(COMMAND_LINE, desk, who).height == 10
    assert find(COMMAND_LINE, desk, token("wish", 24))["ticket_id"].to_list() == ["T024"]
    handed = json.loads(export(COMMAND_LINE, desk, who))
    assert len(handed["tickets"]) == 10
    assert token("wish", 25) in json.dumps(handed["messages"])
    done = erase(COMMAND_LINE, desk, who)
    assert done.tickets == 10
    gone = {token(word, n) for word in WORDS for n in range(20, 30)}
    assert not gone & planted(desk)
    assert token("wish", 31) in planted(desk)
    assert told(desk).equals(before)
    assert find(COMMAND_LINE, desk, who).is_empty()
    load_files(COMMAND_LINE, desk, [tmp_path / "export.csv"], options=LoadOptions(zone="Asia/Shanghai"))
    assert not gone & planted(desk)
    assert told(desk).equals(before)
    with pytest.raises(CustomerError):
        erase(COMMAND_LINE, desk, "nobody at all")
    assert verify(COMMAND_LINE, desk).faults == ()


def note(desk: Desk, ticket: str, words: str) -> None:
    """Write about a ticket wherever people of the desk write of tickets."""
    of = {"source": facts_of(COMMAND_LINE, desk).tickets["source"][0], "ticket_id": ticket}
    with desk.keeping() as session:
        item = TriageItem(**of, state="new", opened_at=NOW, raised_at=NOW, changed_at=NOW, ticket_created_at=NOW)
        meeting = Meeting(held_on=NOW.date(), teams=[], led_by="Wu", as_of=NOW, started_at=NOW, snapshot={})
        session.add_all([item, meeting])
        session.flush()
        event = TriageEvent(item_id=item.id, version=1, at=NOW, actor="Wu", action="open", before={}, after={})
        session.add(event)
        session.flush()
        session.add_all([
            TriageNote(item_id=item.id, event_id=event.id, at=NOW, actor="Wu", from_tier=1, to_tier=2, tried=words,
                       told=words, promised=""),
            MeetingItem(meeting_id=meeting.id, position=1, kind="other", about={}, decision=words, **of),
            LibraryCase(is_good=True, title=words, why=words, kept_by="Wu", kept_at=NOW, **of),
        ])  # fmt: skip


def test_what_was_noted_about_his_tickets_is_handed_out_and_goes_with_them(desk: Desk) -> None:
    mine, other = token("note", 25), token("note", 31)
    note(desk, "T025", f"said {mine}")
    note(desk, "T031", f"said {other}")
    who = token("customer", 20)
    handed = json.loads(export(COMMAND_LINE, desk, who))["notes"]
    assert [entry["table"] for entry in handed] == ["triage_notes", "meeting_items", "library_cases"]
    assert handed[0] == {"table": "triage_notes", "tried": f"said {mine}", "told": f"said {mine}", "promised": ""}
    erase(COMMAND_LINE, desk, who)
    assert mine not in planted(desk)
    with desk.reading() as session:
        rows = session.scalars(select(TriageNote).order_by(TriageNote.id)).all()
        assert [(row.tried, row.promised) for row in rows] == [("…", ""), (f"said {other}", "")]


def test_a_held_customer_is_not_erased(desk: Desk) -> None:
    place_hold(COMMAND_LINE, desk, reason="dispute", customer=token("customer", 20))
    with pytest.raises(CustomerError):
        erase(COMMAND_LINE, desk, token("customer", 20))


def test_on_postgresql_it_is_the_same(tmp_path: Path, database_url: str) -> None:
    desk = filled(tmp_path, database_url)
    before = told(desk)
    purge(COMMAND_LINE, desk, now=NOW)
    assert not {token(word, n) for word in WORDS for n in OLD} & planted(desk)
    assert told(desk).equals(before)
    with desk.reading() as session:
        kept = json.dumps([row.files for row in session.scalars(select(LoadRow))])
    assert "planted" not in kept
    desk.engine.dispose()


def _purging(root: str) -> None:
    purge(COMMAND_LINE, open_desk(Path(root)), now=NOW)


def took(folder: Path, root: Path) -> float:
    """How many seconds a purge takes that nobody kills."""
    shutil.copytree(root, folder / "whole")
    process = multiprocessing.get_context("spawn").Process(target=_purging, args=(str(folder / "whole"),))
    started = time.monotonic()
    process.start()
    process.join()
    return time.monotonic() - started


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_in_the_middle_it_leaves_before_or_after(tmp_path: Path) -> None:
    """pytest tests/dashboard/privacy/test_retention.py -m slow -s"""
    desk = filled(tmp_path)
    before = told(desk)
    desk.engine.dispose()
    chance, seen = random.Random(7), {"before": 0, "after": 0}
    whole = took(tmp_path, desk.root)
    print(f"a purge takes {whole:.1f} s")
    for number in range(12):
        copy = tmp_path / str(number)
        shutil.copytree(desk.root, copy)
        process = multiprocessing.get_context("spawn").Process(target=_purging, args=(str(copy),))
        process.start()
        time.sleep(whole * chance.uniform(0.45, 1.0))
        if process.pid and process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        process.join()
        opened = open_desk(copy)
        is_after = len(history(COMMAND_LINE, opened)) == 2
        seen["after" if is_after else "before"] += 1
        assert told(opened).equals(before)
        names = facts_of(COMMAND_LINE, opened).tickets["customer"].drop_nulls()
        assert names.str.starts_with("anonymous-").sum() == (59 if is_after else 0)
        purge(COMMAND_LINE, opened, now=NOW)
        assert not {token(word, n) for word in WORDS for n in OLD} & planted(opened)
        assert told(opened).equals(before)
        opened.engine.dispose()
        shutil.rmtree(copy)
        print(seen)
    print(f"killed {sum(seen.values())} times: {seen}")


def test_figures_are_asked_as_usual_after_a_purge(desk: Desk) -> None:
    purge(COMMAND_LINE, desk, now=NOW)
    assert figures(COMMAND_LINE, desk, ["tickets_created"])["value"].to_list() == [119]
