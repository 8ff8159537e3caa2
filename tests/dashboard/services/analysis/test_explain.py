"""One ticket explained: every number is one of the table of tickets, and the reasons are those that hold."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from dashboard.cli import main
from dashboard.desk import AGREEMENTS, Desk, open_desk
from dashboard.format import exact
from dashboard.people import COMMAND_LINE
from dashboard.services.analysis.explain import UnknownTicketError, as_text, explain
from dashboard.services.facts.figures import facts_of
from dashboard.store import DeskSetting, LoadRow
from dashboard.wording import LANGUAGES, speaking
from tests.builders import Row, change, frame, message, ticket

OURS = """
[[calendar]]
name = "office"
weekdays = "09:00-12:00, 13:00-18:00"
days = { 2026-03-04 = "closed", 2026-03-07 = "09:00-12:00" }
[[target]]
thing = "first_response"
within = "2 h"
[[target]]
thing = "first_response"
where = { channel = "email" }
within = "4 h"
[[target]]
thing = "first_response"
where = { channel = "chat" }
within = "2 min"
[[target]]
thing = "next_response"
within = "1 h"
[[target]]
thing = "resolution"
within = "8 h"
"""
TICKETS = [
    ticket("kept", channel="email", team="a", agent="Ann", status="resolved", resolved_at="2026-03-02 16:00"),
    ticket("late", "2026-03-02 11:30", channel="chat", status="resolved", resolved_at="2026-03-10 10:00"),
    ticket("again", "2026-03-02 09:00", status="resolved", resolved_at="2026-03-05 14:00", resolved_by="Bob"),
    ticket("rests", "2026-03-06 09:00", status="pending"),
    ticket("open", "2026-03-10 15:00", channel="email"),
    ticket("given up", "2026-03-10 15:00", channel="email", status="closed", closed_at="2026-03-10 15:30"),
    ticket("spam", "2026-03-10 15:00", status="spam"),
    ticket("a day", "2026-03-10 00:00", date_only=["created_at"], first_responded_at="2026-03-10 12:00"),
    ticket("called", "2026-03-09 10:00", status="open"),
    ticket("of two", "2026-03-09 10:00"),
]
MESSAGES = [
    message("kept", "2026-03-02 09:00"),
    message("kept", "2026-03-02 09:00:04", "bot"),
    message("kept", "2026-03-02 10:00:30", "agent", author="Ann"),
    message("kept", "2026-03-02 10:30"),
    message("kept", "2026-03-02 14:15:20", "agent", author="Ann"),
    message("late", "2026-03-02 13:30", "agent", author="Bob"),
    message("called", "2026-03-09 10:00", "agent"),
    message("called", "2026-03-10 15:55"),
]
CHANGES = [
    change("kept", "2026-03-02 10:00:30", "pending"),
    change("kept", "2026-03-02 12:30", "open"),
    change("again", "2026-03-02 12:00", "resolved", by="Ann"),
    change("again", "2026-03-03 09:00", "open"),
    change("rests", "2026-03-06 16:00:15", "pending"),
]
NAMES = [row["ticket_id"] for row in TICKETS]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = open_desk(tmp_path_factory.mktemp("desk"))
    tables = {"tickets": frame("tickets", TICKETS), "messages": frame("messages", MESSAGES)}
    tables["changes"] = frame("changes", CHANGES)
    twin = {"tickets": frame("tickets", [{**TICKETS[-1], "source": "twin"}])}
    versions = made.warehouse.commit("desk", tables, base={}).versions
    versions = made.warehouse.commit("twin", twin, base=versions).versions
    now = datetime(2026, 3, 10, 16, tzinfo=UTC)
    entry = LoadRow(at=now, actor="a", kind="load", versions=dict(versions), as_of=now, files=[], settings={})
    with made.keeping() as session:
        session.add_all([entry, DeskSetting(key=AGREEMENTS, value=OURS, valid_from=date.min)])
    return made


def told(desk: Desk, name: str, language: Any = "en") -> str:
    with speaking(language):
        return as_text(explain(COMMAND_LINE, desk, name, source="desk"))


def facts_row(desk: Desk, name: str) -> Row:
    mine = (pl.col("ticket_id") == name) & (pl.col("source") == "desk")
    return facts_of(COMMAND_LINE, desk).tickets.filter(mine).row(0, named=True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_duration_and_instant_of_the_table_is_in_the_explanation(desk: Desk, name: str, language: Any) -> None:
    row, text = facts_row(desk, name), told(desk, name, language)
    with speaking(language):
        for column, value in row.items():
            if value is None or column.startswith(("first_response_target", "resolution_target")):
                continue
            if column.endswith("_seconds") and value > 0:
                assert exact(value) in text, column
            if column in {"first_response_at", "full_resolution_at", "first_response_due_at", "resolution_due_at"}:
                assert f"{value:%H:%M:%S}" in text, column


@pytest.mark.parametrize("name", NAMES)
def test_every_length_that_is_said_is_a_number_of_the_facts_or_adds_up_to_one(desk: Desk, name: str) -> None:
    row = facts_row(desk, name)
    mine = (pl.col("ticket_id") == name) & (pl.col("source") == "desk")
    facts = facts_of(COMMAND_LINE, desk)
    known = {value for column, value in row.items() if column.endswith("_seconds")}
    for fact in (facts.sla_instances, facts.replies):
        for other in fact.filter(mine).to_dicts():
            known |= {value for column, value in other.items() if column.endswith("_seconds")}
    for line in told(desk, name).splitlines():
        days = [seconds(part) for part in re.findall(r"\(((?:\d+ (?:h|min|s) ?)+)\)", line)]
        if "would fit" in line:
            continue
        runs = re.findall(r"(\d+) open days of ((?:\d+ (?:h|min|s) ?)+)each", line)
        days += [int(count) * seconds(length) for count, length in runs]
        if "Counted were" in line:
            assert sum(days) in counted(row), line
            continue
        line = re.sub(r"\d+ open days of [^;.]*each", "", line)
        said = {seconds(part) for part in re.findall(r"(?:\d+ (?:h|min|s)\b ?)+", re.sub(r"\([^)]*\)", "", line))}
        assert said <= known, line
        assert not days or sum(days) in known, line


def counted(row: Row) -> set[int]:
    """What ran of a resolution: its length without the pauses, or the target without what is left."""
    took, rested = row["full_resolution_business_seconds"], row["resolution_paused_business_seconds"]
    return {8 * 3600 - (1 * 3600 + 59 * 60 + 45), (took or 0) - (rested or 0)}


def seconds(text: str) -> int:
    units = {"h": 3600, "min": 60, "s": 1}
    return sum(int(count) * units[unit] for count, unit in re.findall(r"(\d+) (h|min|s)\b", text))


def test_a_careful_answer_reads_like_this(desk: Desk) -> None:
    assert told(desk, "kept") == (Path(__file__).parent / "explained_en.txt").read_text(encoding="utf-8").strip()
    chinese = (Path(__file__).parent / "explained_zh.txt").read_text(encoding="utf-8").strip()
    assert told(desk, "kept", "zh_CN") == chinese


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("late", "closed for a holiday on Wed 4 Mar"),
        ("late", "open on the make-up working day Sat 7 Mar"),
        ("late", "but it names fewer conditions"),
        ("again", "Reopening it Tue 3 Mar 09:00:00 started a new clock."),
        ("again", "It was reopened once."),
        ("rests", "The clock is paused with 1 h 59 min 45 s left."),
        ("rests", "Since Fri 6 Mar 16:00:15 it waits for the customer, and the clock stands still."),
        ("open", "Nobody has answered yet."),
        ("open", "It is due Wed 11 Mar 10:00:00; 3 h are left."),
        ("given up", "neither kept nor broken"),
        ("spam", "It was merged or is spam, so no resolution is counted."),
        ("a day", "nothing can be measured from there"),
        ("called", "the wait begins with the customer's first message Tue 10 Mar 15:55:00"),
    ],
)
def test_the_reason_is_said(desk: Desk, name: str, said: str) -> None:
    assert said in told(desk, name)


def test_an_unknown_ticket_and_one_of_two_sources_are_refused_in_a_sentence(desk: Desk) -> None:
    with pytest.raises(UnknownTicketError, match="There is no ticket “none”"):
        explain(COMMAND_LINE, desk, "none")
    with pytest.raises(UnknownTicketError, match="Several sources have a ticket “of two”: desk, twin"):
        explain(COMMAND_LINE, desk, "of two")


def test_the_command_answers_in_the_language_asked_for(desk: Desk) -> None:
    asked = ["explain", "kept", "--lang", "zh-CN", "--data", str(desk.root)]
    answer = CliRunner().invoke(main, asked)
    assert answer.exit_code == 0
    assert "工单 kept" in answer.output
    refused = CliRunner().invoke(main, ["explain", "none", "--data", str(desk.root)])
    assert refused.exit_code == 1
    assert "There is no ticket “none”." in refused.stderr
