"""Loads end to end: files in, one entry of the ledger out, or nothing at all."""

import csv
import io
import json
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.facts.figures import tickets
from dashboard.services.loading import loads
from dashboard.services.loading.loads import (
    LoadOptions,
    LoadReport,
    history,
    known_sources,
    load_files,
    preview,
    redo_last,
    rejects_csv,
    rejects_of,
    undo_last,
)
from dashboard.wording import speaking
from loaders.base import Progress, ReadOptions
from loaders.errors import MappingError, WarehouseError
from loaders.mapping import Mapping

HEADER = "ticket_id,created_at,resolved_at,status,note"
ROWS = (
    "1,2024-03-01T09:00:00Z,2024-03-01T10:00:00Z,resolved,a",
    "2,2024-03-02T09:00:00Z,,open,b",
    "3,2024-04-02T09:00:00Z,2024-04-03T09:00:00Z,resolved,c",
)
COLUMNS = {name: name for name in ("ticket_id", "created_at", "resolved_at", "status")}
MAPPING = Mapping("desk-a", "tickets", COLUMNS)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "desk")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "files").mkdir()
    return tmp_path / "files"


def export(folder: Path, rows: Sequence[str] = ROWS, *, name: str = "export.csv", header: str = HEADER) -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def load(desk: Desk, *files: Path, **options: object) -> LoadReport:
    given = {"mapping": MAPPING} | options
    return load_files(COMMAND_LINE, desk, files, options=LoadOptions(**given))  # type: ignore[arg-type]


def statuses(desk: Desk) -> dict[str, str | None]:
    head = desk.head()
    frame = desk.warehouse.scan("tickets", head.versions if head else {}).select("ticket_id", "status").collect()
    return dict(frame.iter_rows())


def row_law(report: LoadReport) -> None:
    for file in report.to_json()["files"]:
        assert file["rows_read"] == file["loaded"] + file["rejected"] + file["blank"]


def test_a_load_is_kept_counted_and_told(desk: Desk, folder: Path) -> None:
    report = load(desk, export(folder))
    told = report.to_json()
    assert (told["load"], told["source"]) == (1, "desk-a")
    file = told["files"][0]
    assert file["file"] == "export.csv"
    assert (file["rows_read"], file["loaded"], file["rejected"], file["blank"]) == (3, 3, 0, 0)
    assert (file["inserted"], file["updated"], file["unchanged"], file["tickets"]) == (3, 0, 0, 3)
    assert (file["encoding"], file["delimiter"], file["problems"]) == ("utf-8", ",", [])
    assert file["mapping"]["columns"] == COLUMNS
    json.dumps(told)
    assert statuses(desk) == {"1": "resolved", "2": "open", "3": "resolved"}
    assert "x_note" in tickets(COMMAND_LINE, desk).columns


def test_the_same_file_twice_changes_nothing(desk: Desk, folder: Path) -> None:
    path = export(folder)
    first = load(desk, path)
    before = desk.head()
    again = load(desk, path)
    after = desk.head()
    assert before is not None
    assert after is not None
    assert after.versions == before.versions
    assert again.files[0].counts == type(first.files[0].counts)(unchanged=3)
    assert DeltaTable(str(desk.warehouse_folder / "desk-a" / "tickets")).version() == 0


def test_an_overlapping_newer_export_corrects_and_an_older_one_does_not(desk: Desk, folder: Path) -> None:
    old = export(folder)
    load(desk, old)
    newer = ("2,2024-03-02T09:00:00Z,2024-05-01T09:00:00Z,resolved,b", "4,2024-05-02T09:00:00Z,,open,d")
    report = load(desk, export(folder, newer, name="newer.csv"))
    assert (report.files[0].counts.inserted, report.files[0].counts.updated) == (1, 1)
    assert load(desk, old).files[0].counts.unchanged == 3
    assert statuses(desk) == {"1": "resolved", "2": "resolved", "3": "resolved", "4": "open"}


def test_a_narrower_export_does_not_erase_what_a_wider_one_told(desk: Desk, folder: Path) -> None:
    load(desk, export(folder))
    narrow = Mapping("desk-a", "tickets", {name: name for name in ("ticket_id", "created_at", "status")})
    rows = ("1,2024-03-01T09:00:00Z,closed", "9,2024-06-01T09:00:00Z,open")
    load(desk, export(folder, rows, name="n.csv", header="ticket_id,created_at,status"), mapping=narrow)
    head = desk.head()
    assert head is not None
    row = desk.warehouse.scan("tickets", head.versions).collect().row(by_predicate=_is("1"), named=True)
    assert (row["status"], row["resolved_at"]) == ("closed", datetime(2024, 3, 1, 10, tzinfo=UTC))
    assert row["x_note"] == "a"


def _is(ticket: str) -> pl.Expr:
    return pl.col("ticket_id") == ticket


def test_rejected_rows_can_be_taken_mended_and_loaded_again(desk: Desk, folder: Path) -> None:
    bad = (
        *ROWS,
        ",2024-03-05T09:00:00Z,,open,no id",
        '5,when?,,open,"=cmd, ""quoted"""',
        "6,2024-03-05T09:00:00Z,-,-5,+1",
    )
    report = load(desk, export(folder, bad))
    row_law(report)
    assert report.files[0].rejected == 2
    assert {problem["kind"] for problem in report.files[0].problems} >= {"rejected"}
    assert report.load is not None
    kept = rejects_of(COMMAND_LINE, desk, report.load)
    assert set(kept["file"]) == {"export.csv"}
    text = rejects_csv(COMMAND_LINE, desk, report.load)
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert rows[0] == HEADER.split(",")
    assert rows[1][0] == ""
    assert rows[2][4] == '\'=cmd, "quoted"'
    mended = text.decode("utf-8-sig").replace("when?", "2024-03-05T10:00:00Z").replace("\n,2024", "\n7,2024")
    (folder / "mended.csv").write_text(mended, encoding="utf-8")
    again = load(desk, folder / "mended.csv")
    assert (again.files[0].loaded, again.files[0].rejected) == (2, 0)
    assert set(statuses(desk)) == {"1", "2", "3", "5", "6", "7"}


def test_a_negative_number_in_a_set_aside_record_stays_a_number(desk: Desk, folder: Path) -> None:
    report = load(desk, export(folder, (*ROWS, ",2024-03-05T09:00:00Z,,open,-12.5", ",x,,open,@x")))
    assert report.load is not None
    rows = list(csv.reader(io.StringIO(rejects_csv(COMMAND_LINE, desk, report.load).decode("utf-8-sig"))))
    assert [row[4] for row in rows[1:]] == ["-12.5", "'@x"]


def test_problems_are_grouped_with_at_most_five_examples(desk: Desk, folder: Path) -> None:
    bad = [f",2024-03-05T09:00:00Z,,open,{number}" for number in range(9)]
    file = load(desk, export(folder, [*ROWS, *bad])).to_json()["files"][0]
    assert len(file["problems"]) == 1
    problem = file["problems"][0]
    assert (problem["reason"], problem["kind"], problem["rows"]) == ("missing_ticket_id", "rejected", 9)
    assert [example["line"] for example in problem["examples"]] == [5, 6, 7, 8, 9]
    assert set(problem["examples"][0]) == {"line", "column", "value"}


def test_a_file_that_is_refused_fails_alone(desk: Desk, folder: Path) -> None:
    empty = folder / "empty.csv"
    empty.write_bytes(b"")
    report = load(desk, empty, export(folder))
    assert report.load == 1
    assert [file.error is None for file in report.files] == [False, True]
    assert len(report.errors) == 1
    assert "empty.csv" in report.errors[0]
    assert report.to_json()["files"][0]["error"] == report.errors[0]
    assert len(statuses(desk)) == 3


def test_where_every_file_is_refused_nothing_is_kept(desk: Desk, folder: Path) -> None:
    empty = folder / "empty.csv"
    empty.write_bytes(b"")
    report = load(desk, empty)
    assert report.load is None
    assert not report.any_loaded
    assert desk.head() is None
    assert history(COMMAND_LINE, desk) == ()


def test_several_files_are_one_entry_of_the_ledger(desk: Desk, folder: Path) -> None:
    files = [export(folder, [row], name=f"{number}.csv") for number, row in enumerate(ROWS)]
    report = load(desk, *files)
    assert [file.counts.inserted for file in report.files] == [1, 1, 1]
    assert [entry.id for entry in history(COMMAND_LINE, desk)] == [1]
    assert [file["file"] for file in history(COMMAND_LINE, desk)[0].files] == ["0.csv", "1.csv", "2.csv"]
    assert len(statuses(desk)) == 3


def test_a_dry_run_tells_and_keeps_nothing(desk: Desk, folder: Path) -> None:
    report = load(desk, export(folder), dry_run=True)
    assert report.load is None
    assert report.any_loaded
    assert report.files[0].counts.inserted == 3
    assert desk.head() is None
    assert not list(desk.warehouse_folder.iterdir())


def test_undo_shows_what_was_before_and_redo_brings_the_load_back(desk: Desk, folder: Path) -> None:
    load(desk, export(folder))
    load(desk, export(folder, ("2,2024-03-02T09:00:00Z,2024-05-01T09:00:00Z,resolved,b",), name="two.csv"))
    undo = undo_last(COMMAND_LINE, desk)
    assert (undo.kind, undo.undoes) == ("undo", 2)
    assert statuses(desk)["2"] == "open"
    assert tickets(COMMAND_LINE, desk).filter(ticket_id="2")["status"].to_list() == ["open"]
    redo = redo_last(COMMAND_LINE, desk)
    assert redo.undoes == undo.id
    assert statuses(desk)["2"] == "resolved"
    assert [(entry.kind, entry.undone_by) for entry in history(COMMAND_LINE, desk)] == [
        ("undo", None), ("undo", 4), ("load", None), ("load", None),
    ]  # fmt: skip


def test_undo_goes_back_load_by_load_and_redo_forward_again(desk: Desk, folder: Path) -> None:
    for number in (7, 8, 9):
        load(desk, export(folder, (f"{number},2024-03-02T09:00:00Z,,open,b",), name=f"{number}.csv"))
    seen = []
    for step in (undo_last, undo_last, redo_last, undo_last, undo_last):
        step(COMMAND_LINE, desk)
        seen.append(set(statuses(desk)))
    assert seen == [{"7", "8"}, {"7"}, {"7", "8"}, {"7"}, set()]
    assert [entry.undone_by for entry in history(COMMAND_LINE, desk) if entry.kind == "load"] == [4, 7, 8]
    with pytest.raises(WarehouseError, match="no load"):
        undo_last(COMMAND_LINE, desk)


def test_a_new_load_makes_an_end_of_what_could_be_brought_back(desk: Desk, folder: Path) -> None:
    load(desk, export(folder))
    undo_last(COMMAND_LINE, desk)
    load(desk, export(folder, ROWS[:1], name="one.csv"))
    with pytest.raises(WarehouseError, match="nothing to bring back"):
        redo_last(COMMAND_LINE, desk)
    assert set(statuses(desk)) == {"1"}


def test_a_load_after_an_undo_starts_from_what_the_desk_shows(desk: Desk, folder: Path) -> None:
    load(desk, export(folder))
    load(desk, export(folder, ("9,2024-03-02T09:00:00Z,,open,b",), name="nine.csv"))
    undo_last(COMMAND_LINE, desk)
    load(desk, export(folder, ("8,2024-03-02T09:00:00Z,,open,b",), name="eight.csv"))
    assert set(statuses(desk)) == {"1", "2", "3", "8"}


def test_the_first_load_can_be_undone_too(desk: Desk, folder: Path) -> None:
    load(desk, export(folder))
    undo_last(COMMAND_LINE, desk)
    assert statuses(desk) == {}
    assert tickets(COMMAND_LINE, desk).is_empty()
    load(desk, export(folder, ROWS[:1], name="again.csv"))
    assert set(statuses(desk)) == {"1"}


def test_a_desk_without_a_load_has_nothing_to_undo(desk: Desk) -> None:
    with pytest.raises(WarehouseError, match="no load"):
        undo_last(COMMAND_LINE, desk)


def test_a_mapping_is_kept_and_used_for_the_next_file_of_the_same_header(desk: Desk, folder: Path) -> None:
    load(desk, export(folder), zone="Asia/Shanghai")
    assert known_sources(COMMAND_LINE, desk)["desk-a"].zone == "Asia/Shanghai"
    shuffled = export(
        folder, ["open,7,2024-03-01 09:00:00,n,"], name="s.csv", header="status,ticket_id,created_at,note,resolved_at"
    )
    report = load(desk, shuffled, mapping=None)
    assert report.source == "desk-a"
    head = desk.head()
    assert head is not None
    created = desk.warehouse.scan("tickets", head.versions).filter(_is("7")).collect()["created_at"].to_list()
    assert created == [datetime(2024, 3, 1, 1, tzinfo=UTC)]


def test_the_first_zone_named_becomes_the_desks(desk: Desk, folder: Path) -> None:
    load(desk, export(folder), zone="Asia/Shanghai")
    load(desk, export(folder, name="b.csv"), zone="Europe/Berlin")
    assert desk.zone() == "Asia/Shanghai"


def test_a_proposal_without_doubt_is_used_under_the_name_generic(desk: Desk, folder: Path) -> None:
    report = load(desk, export(folder), mapping=None)
    assert report.source == "generic"
    assert len(statuses(desk)) == 3


def test_another_family_of_files_gets_another_name(desk: Desk, folder: Path) -> None:
    load(desk, export(folder), mapping=None)
    other = export(folder, ["1,2024-03-01T09:00:00Z,closed"], name="o.csv", header="Ticket ID,Created at,Status")
    report = load(desk, other, mapping=None)
    assert report.source == "generic-2"
    assert len(tickets(COMMAND_LINE, desk)) == 4
    assert load(desk, other, mapping=None).source == "generic-2"


def test_two_new_families_in_one_load_get_two_names(desk: Desk, folder: Path) -> None:
    other = export(folder, ["1,2024-03-01T09:00:00Z,closed"], name="o.csv", header="Ticket ID,Created at,Status")
    report = load(desk, export(folder), other, mapping=None)
    assert [file.source for file in report.files] == ["generic", "generic-2"]
    assert len(tickets(COMMAND_LINE, desk)) == 4


def test_the_source_generic_is_proposed_from_each_files_own_headers(desk: Desk, folder: Path) -> None:
    other = export(folder, ["1,2024-03-01T09:00:00Z,closed"], name="o.csv", header="Ticket ID,Created at,Status")
    assert load(desk, export(folder), mapping=None, source="generic").source == "generic"
    assert load(desk, other, mapping=None, source="generic").source == "generic-2"
    assert load(desk, other, mapping=None, source="generic").files[0].counts.unchanged == 1


def test_a_later_message_log_continues_the_conversations_of_an_earlier_one(desk: Desk, folder: Path) -> None:
    names = ("message_id", "reply_to", "at", "author_kind", "author", "text")
    mapping = Mapping("talks", "messages", {name: name for name in names})
    header = ",".join(names)
    first = export(folder, ["1,,2024-03-01T09:00:00Z,customer,Wu,help"], name="1.csv", header=header)
    second = export(folder, ["2,1,2024-03-01T09:05:00Z,agent,Li,done"], name="2.csv", header=header)
    for order in ((first, second), (second, first)):
        talks = open_desk(desk.root / order[0].name)
        for file in order:
            load(talks, file, mapping=mapping)
        rows = tickets(COMMAND_LINE, talks).filter(pl.col("first_response_calendar_seconds").is_not_null())
        assert rows["first_response_calendar_seconds"].to_list() == [300]
        head = talks.head()
        assert head is not None
        assert talks.warehouse.scan("messages", head.versions).collect()["ticket_id"].n_unique() == 1


def test_an_open_mapping_is_refused_with_the_proposal_to_complete(desk: Desk, folder: Path) -> None:
    path = export(folder, ["a,b"], name="odd.csv", header="alpha,beta")
    report = load(desk, path, mapping=None)
    file = report.to_json()["files"][0]
    assert "missing" in file["error"]
    assert "ticket_id" in file["error"]
    assert "[columns]" in file["proposal"]
    assert file["proposal"] in report.errors[0]


def test_refusals_are_told_in_the_readers_language(desk: Desk, folder: Path) -> None:
    report = load(desk, export(folder), mapping=None, source="nowhere")
    assert "no source “nowhere”" in report.errors[0]
    with speaking("zh_CN"):
        assert "没有名为“nowhere”的数据来源" in report.errors[0]


def test_a_zone_that_nobody_knows_is_refused(desk: Desk, folder: Path) -> None:
    report = load(desk, export(folder), zone="Mars/Olympus")
    assert isinstance(report.files[0].error, MappingError)
    assert "no IANA time zone" in report.errors[0]


def test_a_mapping_file_is_read_and_one_that_is_absent_is_told(desk: Desk, folder: Path) -> None:
    toml = folder / "mine.toml"
    toml.write_text(MAPPING.to_toml(), encoding="utf-8")
    assert load(desk, export(folder), mapping=toml).source == "desk-a"
    report = load(desk, export(folder), mapping=folder / "absent.toml")
    assert "absent.toml" in report.errors[0]


def test_a_second_load_waits_for_the_first_and_says_so(desk: Desk, folder: Path) -> None:
    seen: list[Progress] = []
    options = LoadOptions(mapping=MAPPING)
    path = export(folder)
    second = threading.Thread(
        target=load_files, args=(COMMAND_LINE, desk, [path]), kwargs={"options": options, "on_progress": seen.append}
    )
    with desk.alone():
        second.start()
        deadline = time.monotonic() + 20
        while not seen and time.monotonic() < deadline:
            time.sleep(0.02)
        assert "waits" in seen[0].detail
        assert desk.head() is None
    second.join(60)
    assert len(statuses(desk)) == 3


def test_progress_goes_through_all_the_steps(desk: Desk, folder: Path) -> None:
    seen: list[Progress] = []
    load_files(COMMAND_LINE, desk, [export(folder)], options=LoadOptions(mapping=MAPPING), on_progress=seen.append)
    steps = list(dict.fromkeys(progress.step for progress in seen))
    assert steps == ["reading", "mapping", "checking", "writing", "figures"]


def test_a_load_that_fails_before_the_ledger_leaves_the_desk_as_it_was(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(desk, export(folder))
    before = desk.head()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(loads, "keep_rejects", full)
        with pytest.raises(WarehouseError, match="No space left"):
            load(desk, export(folder, ("9,2024-03-02T09:00:00Z,,open,b",), name="nine.csv"))
    assert desk.head() == before
    assert set(statuses(desk)) == {"1", "2", "3"}
    load(desk, folder / "nine.csv")
    assert set(statuses(desk)) == {"1", "2", "3", "9"}


def test_a_preview_shows_the_first_rows_and_keeps_nothing(desk: Desk, folder: Path) -> None:
    many = [f"{number},2024-03-01T09:00:00Z,,open,x" for number in range(300)]
    seen = preview(COMMAND_LINE, desk, export(folder, many), ReadOptions())
    assert seen.rows.height == 200
    assert (seen.encoding, seen.delimiter, seen.header_line) == ("utf-8", ",", 1)
    assert seen.proposal.mapping.columns["ticket_id"] == "ticket_id"
    assert seen.kept is None
    assert desk.head() is None
    load(desk, folder / "export.csv")
    kept = preview(COMMAND_LINE, desk, folder / "export.csv").kept
    assert kept is not None
    assert kept.name == "desk-a"
