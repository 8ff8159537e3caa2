"""Reports: their numbers are the desk's own, each reader has his part, a workbook can be held against its desk."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.cli import main
from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.people.policy import Denied
from dashboard.reports import whole
from dashboard.reports.asked import Asked, Recipe, RecipeError, as_text, newest_whole, period_with, recipe_of
from dashboard.reports.grids import Grid, grids_of, table_below
from dashboard.reports.layout import CHART_ROWS
from dashboard.reports.model import UNIT, Report, Table, Words
from dashboard.reports.parts.staffing import staffing
from dashboard.reports.whole import digest
from dashboard.services.analysis.own_figures import own_figures
from dashboard.services.facts.figures import facts_of
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.reports.check import Checked, check, sentences
from dashboard.services.reports.files import make_file
from dashboard.services.reports.making import days_of, report
from dashboard.services.settings.changes import keep_agreements
from dashboard.wording import Language
from metrics.catalog import METRICS, OWN, metric
from metrics.compute import compute
from metrics.known_values import UnknownValueError
from metrics.model import Period, Scope, Unit
from tests.dashboard.reports.held import Held, cells_held, changes_held
from tests.pages.conftest import small_export
from tests.walled import ANN, MANAGER, OTHER, SUPERVISOR, make, words_in

WEEK = Period(date(2026, 3, 9), date(2026, 3, 16))
ASKED = Asked("weekly", WEEK, "en")
ONE_MINUTE = '[[target]]\nthing = "first_response"\nwithin = "1 min"\nclock = "calendar"\n'


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """420 tickets over three weeks."""
    folder = tmp_path_factory.mktemp("reported")
    (folder / "export.csv").write_bytes(small_export())
    made = open_desk(folder / "desk")
    report = load_files(COMMAND_LINE, made, [folder / "export.csv"], options=LoadOptions(zone="Asia/Shanghai"))
    assert report.any_loaded, report.errors
    return made


@pytest.fixture(scope="module")
def made(desk: Desk) -> Report:
    return report(COMMAND_LINE, desk, ASKED)


@pytest.fixture(scope="module")
def workbook(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workbook") / "weekly.xlsx"
    make_file(COMMAND_LINE, desk, ASKED, path)
    return path


def figures_of(table: Table) -> Iterator[tuple[dict[str, object], str, str, object]]:
    """Every figure of a table: what its row is of, the metric, which of its numbers, what stands there."""
    for row in table.frame.iter_rows(named=True):
        if "metric" in row:
            yield from ((row, row["metric"], name, row[name]) for name in ("value", "low", "high", "n") if name in row)
        for column in table.columns:
            id, _dot, part = column.name.partition(".")
            if id in METRICS or id in OWN:
                yield row, id, part or "value", row[column.name]


def test_every_figure_of_every_table_is_what_the_table_says_it_was_asked_for(desk: Desk, made: Report) -> None:
    facts, held = facts_of(COMMAND_LINE, desk), 0
    for _sheet, table in made.tables():
        for ask in table.asks:
            keys = [*ask.by, *(["period"] if ask.every else []), "metric"]
            if ask.ids[0] in OWN:
                answer = own_figures(COMMAND_LINE, desk, ask.ids, ask.scope, by=ask.by, every=ask.every)
            else:
                answer = compute([metric(id) for id in ask.ids], facts, ask.scope, by=ask.by, every=ask.every)
            known = {tuple(row[key] for key in keys): row for row in answer.iter_rows(named=True)}
            for row, id, name, found in figures_of(table):
                if id not in ask.ids or not all(key in row for key in keys[:-1]):
                    continue
                assert found == known[*(row[key] for key in keys[:-1]), id][name], (table.key, id, name)
                held += 1
    assert held > 600


def test_the_summary_shows_what_show_prints(desk: Desk, workbook: Path, made: Report) -> None:
    table = next(table for _sheet, table in made.tables() if table.key == "summary")
    ids = table.frame["metric"].to_list()
    command = ["--data", str(desk.root), "show", *ids, "--from", "2026-03-09", "--to", "2026-03-16", "--format", "json"]
    shown = {row["metric"]: row for row in json.loads(CliRunner().invoke(main, command).stdout)}
    rows = below(grids_of(workbook)["Summary"], "Figures")
    assert len(rows) == len(ids) > 10
    for id, row in zip(ids, rows, strict=True):
        size = 86_400 if metric(id).unit is Unit.SECONDS else 1
        for place, name in ((1, "value"), (2, "low"), (3, "high")):
            cell, printed = row[place], shown[id][name]
            assert (cell is None) == (printed is None), (id, name)
            if isinstance(cell, float):
                assert cell * size == pytest.approx(printed, rel=1e-12), (id, name)
        assert row[4] == shown[id]["n"]


def test_every_number_of_the_file_is_the_one_that_was_computed(desk: Desk, workbook: Path, made: Report) -> None:
    held = Held()
    cells_held(made, workbook, "Asia/Shanghai", held)
    changes_held(made, desk.root, held)
    assert not held.wrong
    assert held.counts["cells"] > 5_000
    assert held.counts["compare"] > 5


def test_no_printed_page_ends_within_a_chart(workbook: Path) -> None:
    charts = 0
    for sheet in load_workbook(workbook).worksheets:
        ends = {one.id for one in sheet.row_breaks.brk}
        for chart in sheet._charts:
            first = chart.anchor._from.row + 1
            assert not ends & set(range(first, first + CHART_ROWS)), sheet.title
            charts += 1
    assert charts > 10


def below(grid: Grid, title: str) -> list[tuple[object, ...]]:
    """The rows of the table with this heading."""
    start = next(place for place, row in enumerate(grid) if row[0] == title)
    head = next(place for place in range(start, len(grid)) if grid[place][1] is not None)
    end = next((place for place in range(head, len(grid)) if grid[place][0] is None), len(grid))
    return [tuple(row) for row in grid[head + 1 : end]]


def test_the_list_has_every_ticket_of_the_days_with_its_lengths_as_lengths(desk: Desk, workbook: Path) -> None:
    tickets = facts_of(COMMAND_LINE, desk).tickets.filter(pl.col("created_on").is_between(WEEK.start, WEEK.end, "left"))
    sheet = load_workbook(workbook)["Tickets"]
    rows = list(sheet.iter_rows(min_row=5))
    header = next(place for place, row in enumerate(rows) if row[1].value == "Subject")
    names = [cell.value for cell in rows[header]]
    place = names.index("First response (calendar time)")
    found = {row[0].value: row[place] for row in rows[header + 1 :]}
    assert found.keys() == set(tickets["ticket_id"])
    for id, seconds in tickets.select("ticket_id", "first_response_calendar_seconds").iter_rows():
        value = found[id].value
        assert (value is None) == (seconds is None)
        if value is not None:
            assert found[id].number_format == "[h]:mm:ss"
            assert round(value.total_seconds()) == seconds


@pytest.mark.parametrize("language", ["zh_CN"])
def test_a_workbook_has_no_formula_no_link_and_nothing_of_elsewhere(
    desk: Desk, language: Language, tmp_path: Path
) -> None:  # fmt: skip
    path = tmp_path / "weekly.xlsx"
    make_file(COMMAND_LINE, desk, Asked("weekly", WEEK, language), path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheets = [text for name, text in parts.items() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) > 10
    assert not [text for text in sheets if b"<f>" in text or b"<hyperlink" in text]
    assert not [name for name in parts if "externalLink" in name]
    assert not [name for name, text in parts.items() if b'TargetMode="External"' in text]
    book = load_workbook(path)
    assert sum(len(sheet._charts) for sheet in book.worksheets) > 10
    assert {"fw_summary", "fw_tickets"} <= set(book.defined_names)


def test_the_same_load_settings_and_instant_give_the_same_cells(desk: Desk, workbook: Path, tmp_path: Path) -> None:
    make_file(COMMAND_LINE, desk, ASKED, tmp_path / "again.xlsx")
    one, other = grids_of(workbook), grids_of(tmp_path / "again.xlsx")
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] in ([], ["Data"])  # the minute at which it was made


def test_altered_cells_a_changed_setting_and_a_later_load_are_told_apart(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk")
    (tmp_path / "export.csv").write_bytes(small_export())
    load_files(COMMAND_LINE, desk, [tmp_path / "export.csv"], options=LoadOptions(zone="Asia/Shanghai"))
    path = tmp_path / "weekly.xlsx"
    make_file(COMMAND_LINE, desk, ASKED, path)
    assert checked(desk, path).is_same

    book = load_workbook(path)
    places = [(name, alter(book[name])) for name in ("Summary", "Response times", "Tickets")]
    book.save(path)
    keep_agreements(COMMAND_LINE, desk, ONE_MINUTE, since=date(2026, 1, 1), reason="one minute")
    found = checked(desk, path)
    assert {(one.sheet, one.cell) for one in found.altered} == set(places)
    assert all(one.found == 7_654_321 for one in found.altered)
    assert found.settings.cells
    assert not found.loads.cells
    assert not {(one.sheet, one.cell) for one in found.settings.cells if one.found == 7_654_321}

    more = small_export().replace(b"T0", b"N0")
    (tmp_path / "more.csv").write_bytes(more)
    load_files(COMMAND_LINE, desk, [tmp_path / "more.csv"], options=LoadOptions(zone="Asia/Shanghai"))
    later = checked(desk, path)
    assert later.altered == found.altered
    assert later.settings.cells == found.settings.cells
    assert later.loads.cells
    told = "\n".join(sentences(later))
    assert f"Summary!{places[0][1]}: 7654321 instead of" in told
    assert "one minute" in told
    assert "load 2 by command line" in told


def test_a_digest_that_was_forged_beside_its_cell_is_noticed(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "PARTS", {"weekly": (staffing,)})
    path = tmp_path / "weekly.xlsx"
    make_file(COMMAND_LINE, desk, ASKED, path)
    whole_one = checked(desk, path)
    assert whole_one.is_same
    assert whole_one.live

    told = recipe_in(path)
    book = load_workbook(path)
    alter(book["Staffing"])
    book.save(path)
    assert checked(desk, path).touched, "an altered cell alone is noticed by its digest"
    rows = table_below(grids_of(path)["Staffing"], "How good the forecast was")
    forge(path, replace(told, digests={**told.digests, "staffing_accuracy": digest(rows)}))
    found = checked(desk, path)
    assert not found.touched
    assert not found.altered
    assert found.is_forged
    assert not found.is_same
    said = "\n".join(sentences(found))
    assert "was altered, or made on another desk" in said
    assert "as it was made" not in said

    forge(path, replace(told, form=told.form - 1))
    with pytest.raises(RecipeError):
        checked(desk, path)


def recipe_in(path: Path) -> Recipe:
    """The recipe of a workbook."""
    (text,) = (cell for row in grids_of(path)["Data"] for cell in row if str(cell).startswith('{"as_of"'))
    return recipe_of(str(text))


def forge(path: Path, recipe: Recipe) -> None:
    """Write another recipe in its place."""
    book = load_workbook(path)
    for row in book["Data"].iter_rows():
        for cell in row:
            if str(cell.value).startswith('{"as_of"'):
                cell.value = as_text(recipe)
    book.save(path)


def alter(sheet: Worksheet) -> str:
    """Put another number in the place of the first one of a sheet; where."""
    cell = next(cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int | float | timedelta))
    cell.value = 7_654_321
    return str(cell.coordinate)


def checked(desk: Desk, path: Path) -> Checked:
    return check(COMMAND_LINE, desk, path)


def test_a_workbook_of_another_kind_is_refused_in_a_sentence(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "no.xlsx").write_bytes(b"PK no workbook")
    result = CliRunner().invoke(main, ["--data", str(desk.root), "report", "--verify", str(tmp_path / "no.xlsx")])
    assert result.exit_code == 1
    assert "could not be read as a workbook" in result.output


def test_a_supervisors_workbook_holds_no_word_of_another_team(tmp_path: Path) -> None:
    desk = make(tmp_path / "desk")
    asked = Asked("weekly", Period(date(2026, 3, 2), date(2026, 3, 9)), "en")
    make_file(SUPERVISOR, desk, asked, tmp_path / "own.xlsx")
    make_file(MANAGER, desk, asked, tmp_path / "all.xlsx")
    own, every = (text_of(tmp_path / name) for name in ("own.xlsx", "all.xlsx"))
    assert "zqown" in words_in(own)
    assert OTHER.word in words_in(every)
    assert not words_in(own) & {"zqother", "zqgone", "zqnone"}
    with pytest.raises(Denied):
        make_file(ANN, desk, asked, tmp_path / "none.xlsx")
    assert not (tmp_path / "none.xlsx").exists()


def text_of(path: Path) -> str:
    """Every byte of a workbook as text: also what no sheet shows."""
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode("utf-8") for name in archive.namelist())


def test_what_tells_who_customers_are_is_nowhere_in_a_workbook(tmp_path: Path) -> None:
    planted = ("13812345678", "zhangwei@example.com", "6222021234567890128", "11010519491231002X")
    desk = make(
        tmp_path / "desk", said=" 电话 13812345678 zhangwei@example.com 卡 6222021234567890128 11010519491231002X"
    )
    asked = Asked("weekly", Period(date(2026, 3, 2), date(2026, 3, 9)), "zh_CN")
    make_file(MANAGER, desk, asked, tmp_path / "all.xlsx")
    told = text_of(tmp_path / "all.xlsx")
    assert OTHER.word in told
    assert not [value for value in planted if value in told]


def test_periods_are_whole_weeks_months_and_quarters(desk: Desk) -> None:
    assert days_of(COMMAND_LINE, desk, "weekly") == WEEK
    assert newest_whole("monthly", date(2026, 1, 15)) == Period(date(2025, 12, 1), date(2026, 1, 1))
    assert period_with("quarterly", date(2026, 12, 31)) == Period(date(2026, 10, 1), date(2027, 1, 1))


def test_a_full_disk_leaves_no_file(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dashboard.reports.writing.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        make_file(COMMAND_LINE, desk, ASKED, tmp_path / "weekly.xlsx")
    assert not list(tmp_path.iterdir())


def test_units_of_a_table_are_those_of_its_figures(made: Report) -> None:
    tables = [
        table for _sheet, table in made.tables() if UNIT in table.frame.columns and "metric" in table.frame.columns
    ]
    assert tables
    for table in tables:
        for id, unit in table.frame.select("metric", UNIT).iter_rows():
            assert id not in METRICS or METRICS[id].unit.value == unit


def test_a_personal_sheet_is_of_one_person_beside_his_own_past(desk: Desk) -> None:
    quarter = period_with("quarterly", WEEK.start)
    made = report(COMMAND_LINE, desk, Asked("personal", quarter, "en", person="王芳"))
    tables = {table.key: table for _sheet, table in made.tables()}
    asked = compute([metric("tickets_resolved")], facts_of(COMMAND_LINE, desk), Scope(quarter, {"agent": ("王芳",)}))
    row = tables["summary"].frame.filter(pl.col("metric") == "tickets_resolved").row(0, named=True)
    assert row["value"] == asked["value"][0] > 0
    assert not any("rank" in column.name for table in tables.values() for column in table.columns)
    with pytest.raises(UnknownValueError):
        report(COMMAND_LINE, desk, Asked("personal", quarter, "en", person="nobody"))


def test_a_quarter_says_why_purchases_are_absent(desk: Desk) -> None:
    made = report(COMMAND_LINE, desk, Asked("quarterly", period_with("quarterly", WEEK.start), "en"))
    sheet = next(sheet for sheet in made.sheets if sheet.key == "quarter")
    said = "\n".join(line for block in sheet.blocks if isinstance(block, Words) for line in block.lines)
    assert "No outcomes of customers are loaded" in said
    summary = next(table for table in made.sheets[0].tables if table.key == "summary")
    assert "year" in {column.name for column in summary.columns}
