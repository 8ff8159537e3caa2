"""Which promise applied to how many; how long clocks stood still."""

from datetime import date

import pytest

from dashboard.services.analysis.promises import pauses, pauses_by_status, targets_applied
from metrics.desk import DeskSettings, Target
from metrics.facts import Facts
from metrics.model import Scope
from tests.builders import calendar, change, desk, facts, frame, period, ticket

GENERAL = Target("resolution", 4 * 3600, clock="calendar")
CHAT_OLD = Target("resolution", 7200, clock="calendar", where={"channel": "chat"}, until=date(2026, 3, 10))
CHAT_NEW = Target("resolution", 3600, clock="calendar", where={"channel": "chat"}, since=date(2026, 3, 10))
UNUSED = Target("first_response", 60, where={"channel": "store"})
SETTINGS = desk(GENERAL, CHAT_OLD, CHAT_NEW, UNUSED)
ROWS = [
    ticket("1", "2026-03-02 09:00", channel="chat", resolved_at="2026-03-02 10:30", status="resolved"),
    ticket("2", "2026-03-12 09:00", channel="chat", resolved_at="2026-03-12 10:30", status="resolved"),
    ticket("3", "2026-03-12 09:00", channel="email", resolved_at="2026-03-12 10:30", status="resolved"),
    ticket("4", "2026-03-12 09:00", channel="email", resolved_at="2026-03-12 19:30", status="resolved"),
    ticket("5", "2026-03-12 11:00", channel="email"),
]
AS_OF = "2026-03-12 12:00"


def made(settings: DeskSettings = SETTINGS, as_of: str = "2026-03-12 20:00") -> Facts:
    return facts(ROWS, settings=settings, as_of=as_of)


def test_each_target_tells_its_days_its_calendars_and_how_many_it_decided() -> None:
    found = {row["target"]: row for row in targets_applied(made(), SETTINGS, Scope()).to_dicts()}
    assert {place: (row["n"], row["met"]) for place, row in found.items()} == {
        0: (3, 1), 1: (1, 1), 2: (1, 0), 3: (0, 0),
    }  # fmt: skip
    assert (found[1]["since"], found[1]["until"], found[1]["in_force"]) == (None, date(2026, 3, 10), False)
    assert (found[2]["since"], found[2]["until"], found[2]["in_force"]) == (date(2026, 3, 10), None, True)
    assert (found[0]["calendars"], found[3]["calendars"]) == (["desk"], None)
    assert found[0]["low"] < 1 / 3 < found[0]["high"]


def test_a_target_of_the_past_that_nobody_was_measured_by_is_left_out() -> None:
    march = Scope(period=period("2026-03-11", "2026-04-01"))
    assert targets_applied(made(), SETTINGS, march)["target"].to_list() == [0, 2, 3]


def test_what_runs_is_counted_apart() -> None:
    found = targets_applied(made(as_of=AS_OF), SETTINGS, Scope())
    assert dict(found.select("target", "open").iter_rows())[0] == 2


def test_only_the_asked_targets_are_listed() -> None:
    narrowed = Scope(where={"thing": ("first_response",)})
    assert targets_applied(made(), SETTINGS, narrowed)["target"].to_list() == [3]


CHANGES = [
    change("1", "2026-03-02 10:00", "pending", from_value="open"),
    change("1", "2026-03-02 12:00", "open", from_value="pending"),
    change("1", "2026-03-02 13:00", "on_hold", from_value="open"),
    change("1", "2026-03-02 14:00", "open", from_value="on_hold"),
    change("1", "2026-03-02 15:00", "resolved", from_value="open"),
    change("2", "2026-03-02 15:00", "resolved", from_value="open"),
]
PAUSED = [
    ticket("1", "2026-03-02 09:00", team="A", resolved_at="2026-03-02 15:00", status="resolved"),
    ticket("2", "2026-03-02 09:00", team="B", resolved_at="2026-03-02 15:00", status="resolved"),
]
SILENT = ticket("9", "2026-03-02 09:00", source="mail", resolved_at="2026-03-02 15:00", status="resolved")


@pytest.mark.parametrize(
    ("on_hold_pauses", "expected"),
    [(False, {"pending": (7200, 1)}), (True, {"pending": (7200, 1), "on_hold": (3600, 1)})],
    ids=["waiting for the customer only", "waiting for others too"],
)
def test_pauses_are_told_by_status_and_add_up(on_hold_pauses: bool, expected: dict[str, tuple[int, int]]) -> None:
    settings = desk(Target("resolution", 14_400, clock="calendar"), on_hold_pauses=on_hold_pauses)
    found = facts([*PAUSED, SILENT], changes=CHANGES, settings=settings, as_of=AS_OF)
    told = pauses_by_status(found, settings, Scope(), frame("changes", CHANGES).lazy())
    assert {row["status"]: (row["paused_seconds"], row["n"]) for row in told.to_dicts()} == {
        **expected, None: (None, 1),
    }  # fmt: skip
    assert told["paused_seconds"].sum() == pauses(found, Scope(), "team")["paused_seconds"].sum()


def test_a_source_that_records_no_changes_leaves_its_pauses_unknown() -> None:
    settings = desk(Target("resolution", 14_400, clock="calendar"))
    found = facts([*PAUSED, SILENT], changes=CHANGES, settings=settings, as_of=AS_OF)
    rows = {row["value"]: row for row in pauses(found, Scope(), "team").to_dicts()}
    assert (rows["A"]["n"], rows["A"]["known"], rows["A"]["paused"]) == (1, 1, 1)
    assert (rows["A"]["paused_seconds"], rows["A"]["run_seconds"]) == (7200, 4 * 3600)
    assert (rows[None]["n"], rows[None]["known"], rows[None]["paused_seconds"]) == (1, 0, 0)


def test_a_pause_that_still_lasts_ends_with_the_data() -> None:
    settings = desk(Target("resolution", 3600, clock="calendar"), calendars=(calendar(),), on_hold_pauses=True)
    changed = [change("1", "2026-03-02 11:00", "pending", from_value="open")]
    found = facts([ticket("1", status="pending"), *PAUSED[1:]], changes=[*changed, CHANGES[-1]], settings=settings,
                  as_of="2026-03-02 16:00")  # fmt: skip
    told = pauses_by_status(found, settings, Scope(), frame("changes", changed).lazy())
    assert told.rows() == [("pending", 5 * 3600, 1)]
