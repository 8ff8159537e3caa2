from loaders.base import Built, RawTable
from loaders.build import build
from loaders.mapping import Mapping
from tests.loaders.raws import raw

LOG = Mapping(
    "log",
    "events",
    {
        "ticket_id": "number",
        "created_at": "opened",
        "updated_at": "updated",
        "changed_by": "by",
        "status": "state",
        "agent": "agent",
    },
)


def log(*rows: tuple[str | None, ...], **more: list[str | None]) -> RawTable:
    names = ("number", "updated", "state", "agent", "by")
    table = {name: [row[number] for row in rows] for number, name in enumerate(names)}
    return raw({**table, "opened": ["2026-03-02 08:00"] * len(rows), **more})


def built(table: RawTable, **columns: str) -> Built:
    mapping = Mapping("log", "events", {**LOG.columns, **columns})
    return build(table, mapping, source="log", zone="UTC")


ROWS = (
    ("A", "2026-03-02 09:00", "New", "ann", "x"),
    ("B", "2026-03-02 09:05", "New", None, "x"),
    ("A", "2026-03-02 10:00", "Resolved", "ann", "y"),
    ("A", "2026-03-02 11:00", "Active", "bob", "z"),
    ("A", "2026-03-02 12:00", "Resolved", "bob", "y"),
    ("A", "2026-03-02 13:00", "Closed", "bob", "s"),
)


def test_the_last_row_of_a_ticket_decides_and_every_row_counts_as_loaded() -> None:
    result = built(log(*ROWS))
    tickets = result.tables["tickets"].sort("ticket_id")
    assert tickets.select("ticket_id", "status", "agent").rows() == [("A", "closed", "bob"), ("B", "new", None)]
    assert result.loaded == 6
    assert result.rejects.is_empty()


def test_differences_of_successive_rows_are_the_changes_with_their_stamp_and_author() -> None:
    changes = built(log(*ROWS)).tables["changes"].filter(ticket_id="A")
    states = changes.filter(field="status").sort("sequence")
    assert states.select("sequence", "from_value", "to_value", "by").rows() == [
        (1, None, "new", "x"),
        (2, "new", "resolved", "y"),
        (3, "resolved", "open", "z"),
        (4, "open", "resolved", "y"),
        (5, "resolved", "closed", "s"),
    ]
    assert [str(at)[11:16] for at in states["at"]] == ["09:00", "10:00", "11:00", "12:00", "13:00"]
    agents = changes.filter(field="agent").select("sequence", "from_value", "to_value")
    assert agents.rows() == [(1, None, "ann"), (3, "ann", "bob")]


def test_the_first_resolution_is_the_first_change_into_a_resolved_state() -> None:
    tickets = built(log(*ROWS))
    first = (
        tickets.tables["tickets"]
        .filter(ticket_id="A")
        .select("first_resolved_at", "resolved_at", "reopens", "handoffs")
    )
    stamps = first.row(0)
    assert (str(stamps[0])[11:16], str(stamps[1])[11:16]) == ("10:00", "13:00")
    assert stamps[2:] == (1, 1)


def test_a_ticket_without_a_known_resolution_stamp_is_closed_without_resolution() -> None:
    solved: list[str | None] = [None, None, None, None, None, "2026-03-02 12:00"]
    known = built(log(*ROWS, solved=solved), resolved_at="solved").tables["tickets"].filter(ticket_id="A")
    assert [str(known[name][0])[11:16] for name in ("first_resolved_at", "resolved_at")] == ["10:00", "12:00"]
    never: list[str | None] = ["2026-03-02 12:00", *[None] * 5]
    unknown = built(log(*ROWS, solved=never), resolved_at="solved").tables["tickets"].filter(ticket_id="A")
    assert unknown.select("first_resolved_at", "resolved_at").row(0) == (None, None)


def test_the_source_s_own_counters_go_before_counted_changes() -> None:
    counted = built(log(*ROWS, again=["0", "0", "0", "1", "1", "7"]), reopens="again").tables["tickets"]
    assert counted.filter(ticket_id="A")["reopens"].to_list() == [7]


def test_a_log_that_stands_newest_first_gives_the_same_tickets() -> None:
    forward = built(log(*ROWS))
    backward = built(log(*reversed(ROWS)))
    assert backward.tables["tickets"].sort("ticket_id").equals(forward.tables["tickets"].sort("ticket_id"))
    key = ["ticket_id", "field", "sequence"]
    assert backward.tables["changes"].sort(key).equals(forward.tables["changes"].sort(key))
    assert "newest first" in str(backward.notes[-1])


def test_rows_without_a_number_and_tickets_without_any_creation_stamp_are_set_aside() -> None:
    rows = ((None, "2026-03-02 09:00", "New", None, None), *ROWS)
    opened: list[str | None] = ["2026-03-02 08:00", "2026-03-02 08:00", None, *[None] * 4]
    result = built(log(*rows, opened=opened))
    assert result.tables["tickets"]["ticket_id"].to_list() == ["A"]
    assert str(result.tables["tickets"]["created_at"][0])[11:16] == "08:00"
    assert sorted(result.rejects.select("line", "reason").rows()) == [
        (2, "missing_ticket_id"),
        (4, "missing_created_at"),
    ]
    assert result.loaded == 5


def test_an_update_without_a_stamp_counts_but_its_change_has_no_time_and_is_told() -> None:
    rows = (ROWS[0], ("A", None, "Closed", "ann", "y"))
    result = built(log(*rows))
    assert result.tables["tickets"]["status"].to_list() == ["closed"]
    assert result.tables["changes"].filter(field="status")["to_value"].to_list() == ["new"]
    assert result.rejects.select("line", "column", "reason", "kind").rows() == [
        (3, "updated", "missing_change_time", "flagged")
    ]
    assert result.loaded == 2
