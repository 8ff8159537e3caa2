"""A table or chart of a page as a file of its own: numbers are numbers, text is text, and it says what it is."""

import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
import polars as pl
import pytest

from dashboard.charts.drawing import Drawing, trace
from dashboard.charts.picture import picture
from dashboard.components.export import csv
from dashboard.reports.columns import columns_of
from dashboard.reports.single import Handed, described, workbook
from dashboard.wording import speaking

ABOUT = (("Days", "1 – 7 March"), ("=1+1", "@cmd"))
FIGURES = pl.DataFrame(
    {
        "channel": ["email", None], "period": [date(2026, 3, 1), date(2026, 3, 2)],
        "metric": ["first_response_calendar_p50", "csat"], "value": [5400.5, 0.75], "unit": ["seconds", "share"],
        "n": [3, 4], "low": [60.0, 0.5], "high": [7200.0, None],
    }
)  # fmt: skip


def read(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def handed(frame: pl.DataFrame) -> Handed:
    return Handed("waits", "=SUM(A1)", frame, "1 – 7 March · all tickets", "What is counted", ABOUT)


def test_numbers_are_numbers_in_the_format_of_their_unit() -> None:
    with speaking("en"):
        sheet = read(workbook(handed(FIGURES), zone="Asia/Shanghai"))["Data"]
    rows = list(sheet.iter_rows(min_row=6, max_row=7))
    assert [cell.value for cell in sheet[5] if cell.value] == [
        "Channel", "Period", "Figure", "Result", "n", "From (95%)", "To (95%)"
    ]  # fmt: skip
    assert [cell.value for cell in rows[0][:4]] == [
        "E-mail", datetime(2026, 3, 1), "First response (calendar time, median)", timedelta(seconds=5400.5)  # noqa: DTZ001
    ]  # fmt: skip
    assert (rows[1][0].value, rows[1][3].value, rows[1][3].number_format) == ("Unknown", 0.75, "0.0%")
    assert rows[1][6].value is None
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_sheet_says_what_it_is_and_runs_nothing() -> None:
    with speaking("zh_CN"):
        book = read(workbook(handed(FIGURES), zone="UTC"))
    assert book.sheetnames == ["数据", "说明"]
    cells = [cell for row in book["说明"].iter_rows() for cell in row]
    assert {("Days", "1 – 7 March"), ("=1+1", "@cmd")} <= {
        tuple(str(cell.value) for cell in row[:2]) for row in book["说明"].iter_rows()
    }
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert book["数据"]["A4"].value == "=SUM(A1)"


def test_text_in_a_csv_file_begins_no_formula_and_every_row_says_what_it_is() -> None:
    rows = pl.read_csv(csv(described(handed(pl.DataFrame({"word": ["=1+1", "退款"], "n": [1, 2]})))))
    assert rows.columns == ["word", "n", "scope", "definition"]
    assert rows["word"].to_list() == ["'=1+1", "退款"]
    assert set(rows["scope"]) == {"1 – 7 March · all tickets"}


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("paused_seconds", [60, 90], "length"), ("late_seconds", [-5.0], "number"), ("n", [1, 2], "count"),
        ("x_shop", ["a"], "text"), ("team", ["a"], "value"), ("is_open", [True], "truth"),
        ("at", [datetime(2026, 3, 1, tzinfo=UTC)], "instant"), ("tags", [["a", "b"]], "text"),
        ("hour", [datetime(2026, 3, 1, 9)], "instant"),  # noqa: DTZ001 - a local hour, as figures by the hour have
    ],
)  # fmt: skip
def test_columns_are_shown_as_their_names_and_types_tell(name: str, values: list[object], kind: str) -> None:
    with speaking("en"):
        frame, (column,) = columns_of(pl.DataFrame({name: values}), "Asia/Shanghai")
    assert column.kind == kind
    assert not isinstance(frame[name].dtype, pl.List)


def test_shares_without_a_unit_and_bounds_of_a_change_are_told_apart() -> None:
    shares = pl.DataFrame({"team": ["a"], "share": [0.9], "low": [0.8], "high": [0.95], "n": [20]})
    changes = FIGURES.with_columns(value_low=0.1, difference=-0.2)
    with speaking("en"):
        kinds = [{one.name: one.kind for one in columns_of(frame, "UTC")[1]} for frame in (shares, changes)]
    assert (kinds[0]["share"], kinds[0]["low"], kinds[0]["n"]) == ("share", "share", "count")
    assert (kinds[1]["low"], kinds[1]["difference"], kinds[1]["value"]) == ("change", "change", "figure")


def test_a_picture_is_on_white_and_holds_title_scope_and_definition() -> None:
    chart = Drawing(trace("bar", x=[date(2026, 3, 1)], y=[float("nan")])).update_layout(height=300).made()
    told = picture(chart, title="Few waited", above=("1 – 7 March", ""), below=("What is counted",))
    assert (told["title"], told["above"], told["below"], told["height"]) == (
        "Few waited", ["1 – 7 March"], ["What is counted"], 300
    )  # fmt: skip
    assert '"paper_bgcolor":"#ffffff"' in told["figure"]
    assert "NaN" not in told["figure"]
    assert "height" in chart.plain["layout"], "the chart on the page is as it was"
