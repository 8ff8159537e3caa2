"""From which team to which: only moves between known teams, in order, of the tickets in scope."""

from dashboard.services.analysis.handoffs import Handoffs, handoffs, path_tickets, team_moves
from metrics.facts import Facts
from metrics.model import Scope
from tests.builders import Row, change, desk, facts, frame, period, ticket


def moved(ticket_id: str, at: str, to_team: str | None, from_team: str | None = None, field: str = "team") -> Row:
    return change(ticket_id, at, to_team, from_value=from_team, field=field)


TICKETS = [
    ticket("1", "2026-03-02 09:00", team="C", channel="chat"),
    ticket("2", "2026-03-03 09:00", team="B", channel="chat"),
    ticket("3", "2026-03-04 09:00", team="B", channel="email"),
    ticket("4", "2026-03-05 09:00", team="A", channel="email"),
    ticket("5", "2026-01-05 09:00", team="B", channel="email"),
]
CHANGES = [
    moved("1", "2026-03-02 10:00", "A"),
    moved("1", "2026-03-02 11:00", "B"),
    moved("1", "2026-03-02 12:00", "C", "B"),
    moved("2", "2026-03-03 10:00", "B", "A"),
    moved("2", "2026-03-03 11:00", "B", "B"),
    moved("3", "2026-03-04 10:00", "B", None),
    moved("3", "2026-03-04 11:00", "Li", "Wang", field="agent"),
    moved("5", "2026-03-04 11:00", "B", "A"),
]
LAZY = frame("changes", CHANGES).lazy()
MARCH = Scope(period=period("2026-03-01", "2026-04-01"))


def made() -> Facts:
    return facts(TICKETS, changes=CHANGES, settings=desk(), as_of="2026-03-31 00:00")


def found(scope: Scope = MARCH) -> Handoffs:
    return handoffs(made(), scope, LAZY)


def test_the_first_assignment_is_no_hand_off_and_the_value_before_is_found() -> None:
    assert found().paths.rows() == [("A", "B", 2, 2), ("B", "C", 1, 1)]


def test_tickets_and_the_counted_hand_offs_stand_beside() -> None:
    told = found()
    assert (told.tickets, told.handed, told.counted, told.recorded) == (4, 2, 4.0, True)


def test_only_tickets_created_in_the_period_and_in_the_filter_count() -> None:
    assert found(Scope()).paths["n"].sum() == 4
    assert found(Scope(where={"channel": ("email",)})).paths.rows() == [("A", "B", 1, 1)]


def test_the_tickets_of_a_way_are_those_that_went_it() -> None:
    moves = team_moves(made(), MARCH, LAZY)
    assert path_tickets(made(), MARCH, moves, "A", "B")["ticket_id"].to_list() == ["2", "1"]
    assert path_tickets(made(), MARCH, moves, "B", "C")["ticket_id"].to_list() == ["1"]
    assert path_tickets(made(), MARCH, moves, "C", "A").is_empty()


def test_a_desk_without_recorded_changes_says_so() -> None:
    plain = facts([ticket("1")], settings=desk())
    told = handoffs(plain, Scope(), frame("changes", []).lazy())
    assert (told.recorded, told.counted, told.paths.height) == (False, None, 0)
