"""What happens to things that happened at a time that nobody knows."""

from pathlib import Path

import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.facts.figures import figures, tickets
from dashboard.services.loading.loads import LoadOptions, load_files
from metrics.model import Scope


def loaded(folder: Path, text: str) -> Desk:
    file = folder / "export.csv"
    file.write_text(text, encoding="utf-8")
    desk = open_desk(folder / "desk")
    report = load_files(COMMAND_LINE, desk, [file], options=LoadOptions(zone="Asia/Shanghai"))
    assert report.load is not None, report.errors
    return desk


def test_ratings_without_a_time_count_all_the_same(tmp_path: Path) -> None:
    desk = loaded(tmp_path, "工单编号,创建时间,评分\nA1,2026-01-02 03:04,5\nA2,2026-01-03 03:04,4\n")
    result = figures(COMMAND_LINE, desk, ["csat_mean"], Scope())
    assert result.select("value", "n").row(0) == (4.5, 2)


@pytest.mark.parametrize("stamp", ["2026-01-01 00:00", "2026-01-02 25:61"])
def test_an_answer_with_an_impossible_stamp_is_an_answer_and_no_waiting(tmp_path: Path, stamp: str) -> None:
    text = (
        "Ticket ID,Created,First response,Status\n"
        f"1,2026-01-02 09:00,{stamp},closed\n"
        "2,2026-01-02 09:00,2026-01-02 09:30,closed\n"
        "3,2026-01-02 09:00,,open\n"
        "4,2026-01-20 09:00,2026-01-20 10:00,closed\n"
    )
    desk = loaded(tmp_path, text)
    facts = tickets(COMMAND_LINE, desk, Scope()).sort("ticket_id")
    assert facts["first_response_calendar_seconds"].to_list() == [None, 1800, None, 3600]
    assert facts["is_waiting"].to_list() == [False, False, True, False]
    assert "first_responded_at" in facts["date_only"].to_list()[0]
