"""What keeps a person from counting tickets twice, or from bringing old rows back."""

from pathlib import Path

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.loads import LoadOptions, LoadReport, load_files, rejects_csv
from loaders.mapping import Mapping
from loaders.proposal import propose
from tests.loaders.raws import raw

COLUMNS = {"ticket_id": "no", "created_at": "made", "status": "state"}
ROWS = "no,made,state\n1,2026-03-01T09:00:00Z,open\n2,2026-03-02T09:00:00Z,open\n"


def loaded(desk: Desk, text: str, name: str) -> LoadReport:
    file = desk.root.parent / f"{name}.csv"
    file.write_text(text, encoding="utf-8")
    mapping = Mapping(name, "tickets", COLUMNS)
    return load_files(COMMAND_LINE, desk, [file], options=LoadOptions(mapping=mapping, source=None, zone="UTC"))


def test_the_same_tickets_under_another_name_are_told(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk")
    assert loaded(desk, ROWS, "first").files[0].notes == ()
    notes = [str(note) for note in loaded(desk, ROWS, "second").files[0].notes]
    assert any("2 tickets of this file stand on this desk already" in note and "“first”" in note for note in notes)


def test_other_tickets_with_equal_numbers_are_no_twins(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk")
    loaded(desk, ROWS, "first")
    assert loaded(desk, ROWS.replace("2026", "2025"), "second").files[0].notes == ()


def test_an_older_row_of_a_ticket_is_not_given_back_to_be_loaded_again(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk")
    report = loaded(desk, ROWS + "1,2026-03-01T09:00:00Z,resolved\nx,gestern,open\n", "first")
    assert {problem["reason"] for problem in report.files[0].problems} == {"duplicate_ticket_id", "bad_date"}
    assert report.load is not None
    mended = rejects_csv(COMMAND_LINE, desk, report.load).decode("utf-8-sig").splitlines()
    assert mended == ["no,made,state", "x,gestern,open"]


def test_a_bare_id_alone_does_not_make_tickets_of_a_list_of_people() -> None:
    people = raw({"id": ["1", "2"], "created_at": ["2026-01-02 03:04", "2026-01-03 03:04"], "name": ["a", "b"]})
    found = propose(people)
    assert found.doubtful == {"ticket_id": ("id",)}
    assert not found.is_certain
    tickets = raw({"id": ["1", "2"], "created_at": ["2026-01-02 03:04", "2026-01-03 03:04"], "subject": ["a", "b"]})
    assert propose(tickets).is_certain
