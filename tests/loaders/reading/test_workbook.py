"""Workbooks: cells as text, the right sheet, and nothing that harms the parser."""

import pytest

from loaders.base import LINE, ReadOptions
from loaders.reading.prescan import COLUMNS
from loaders.reading.refusal import Refusal
from loaders.reading.sentences import (
    ARCHIVE_LARGE,
    ARCHIVE_MEMBERS,
    ENTITIES,
    NO_SHEET,
    NO_SHEETS,
    SHEET_LARGE,
    SHEETS_LEFT,
    WORKBOOK_DAMAGED,
)
from tests.loaders.reading.builders import MAIN, SPAN, STAMP, parsed, reasons_of, rows_of, sheet_xml, workbook

TABLE: list[list[object]] = [["id", "at", "took", "ok"], [7, (43563.359259259261, STAMP), (1.5, SPAN), True]]


def refusal(content: bytes) -> Refusal:
    with pytest.raises(Refusal) as refused:
        parsed(content, "export.xlsx")
    return refused.value


def test_native_cells_become_the_text_that_the_mapping_expects() -> None:
    found = parsed(workbook({"S": sheet_xml(TABLE)}), "export.xlsx")
    assert found.headers == ("id", "at", "took", "ok")
    assert rows_of(found) == [("7", "2019-04-08T08:37:20", "36:00:00", "TRUE")]


def test_rows_have_the_numbers_that_excel_shows() -> None:
    rows: list[list[object]] = [["id", "name"], [1, "a"], [None, None], [2, "b"], ["合计", 2]]
    found = parsed(workbook({"S": sheet_xml(rows, first_row=4)}), "export.xlsx")
    assert (found.header_line, found.frame[LINE].to_list(), found.blank) == (4, [5, 7], 1)
    assert reasons_of(found) == [(8, "summary_row")]


def test_title_rows_are_kept_and_the_header_is_found_below() -> None:
    rows: list[list[object]] = [
        ["客服月报"],
        ["导出时间", "2026-03-01"],
        ["编号", "渠道", "时间", "客服"],
        ["T-1", "电话", "x", "甲"],
    ]
    found = parsed(workbook({"S": sheet_xml(rows)}), "export.xlsx")
    assert (found.preamble, found.header_line) == (("客服月报", "导出时间 2026-03-01"), 3)


def test_long_numbers_keep_every_digit_that_the_workbook_has() -> None:
    rows: list[list[object]] = [["id", "score"], [123456789012345, 4.25], ["00012", 5.0]]
    assert rows_of(parsed(workbook({"S": sheet_xml(rows)}))) == [("123456789012345", "4.25"), ("00012", "5")]


def test_the_first_sheet_with_cells_is_read_unless_another_is_named() -> None:
    book = workbook({"空": sheet_xml([]), "一": sheet_xml([["a"], ["1"]]), "二": sheet_xml([["b"], ["2"]])})
    first = parsed(book, "export.xlsx")
    assert (first.sheet, first.sheets, first.headers) == ("一", ("空", "一", "二"), ("a",))
    assert [note[0] for note in first.notes] == [SHEETS_LEFT]
    assert parsed(book, options=ReadOptions(sheet="二")).headers == ("b",)
    with pytest.raises(Refusal) as refused:
        parsed(book, options=ReadOptions(sheet="三"))
    assert refused.value.template == NO_SHEET


def test_a_workbook_is_known_whatever_its_name() -> None:
    assert parsed(workbook({"S": sheet_xml(TABLE)}), "export.csv").format == "xlsx"


def test_a_cell_far_outside_is_refused_before_parsing() -> None:
    far = sheet_xml(TABLE).replace("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData>')
    assert refusal(workbook({"S": far})).template == SHEET_LARGE


def test_cells_that_have_a_style_only_do_not_count() -> None:
    styled = sheet_xml(TABLE).replace("</row>", '<c r="AMJ1" s="1"/></row>', 1)
    assert len(parsed(workbook({"S": styled})).headers) < COLUMNS


def test_more_cells_than_can_be_held_are_refused() -> None:
    tall = sheet_xml(TABLE).replace("</sheetData>", '<row r="900000"><c r="AA900000"><v>2</v></c></row></sheetData>')
    assert refusal(workbook({"S": tall})).template == SHEET_LARGE


def test_entity_definitions_are_refused_in_any_part() -> None:
    strings = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><sst xmlns="{MAIN}"><si><t>&a;</t></si></sst>'
    for encoding in ("utf-8", "utf-16"):
        for part in ("xl/sharedStrings.xml", "docProps/core.xml", "_rels/.rels"):
            book = workbook({"S": sheet_xml(TABLE)}, {part: strings.encode(encoding)})
            assert refusal(book).template == ENTITIES


def test_false_counts_of_shared_strings_are_ignored() -> None:
    row = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{row}</sheetData></worksheet>'
    strings = f'<sst xmlns="{MAIN}" count="4294967295" uniqueCount="4294967295"><si><t>name</t></si></sst>'
    assert parsed(workbook({"S": sheet}, {"xl/sharedStrings.xml": strings.encode()})).headers == ("name",)


def test_a_workbook_that_unpacks_to_far_too_much_is_refused() -> None:
    bomb = workbook({"S": sheet_xml(TABLE)}, {"xl/media/a.bin": b"\0" * (70 << 20)})
    assert refusal(bomb).template == ARCHIVE_LARGE


def test_a_workbook_of_too_many_parts_is_refused() -> None:
    parts = {f"xl/media/{number}.bin": b"x" for number in range(250)}
    assert refusal(workbook({"S": sheet_xml(TABLE)}, parts)).template == ARCHIVE_MEMBERS


def test_a_cut_off_or_empty_workbook_is_told_so() -> None:
    assert refusal(workbook({"S": "<worksheet"})).template in (WORKBOOK_DAMAGED, NO_SHEETS)
    assert refusal(workbook({"S": sheet_xml([])})).template == NO_SHEETS


def test_a_preview_of_a_workbook_is_short() -> None:
    rows: list[list[object]] = [["id", "name"], *([number, "x"] for number in range(500))]
    found = parsed(workbook({"S": sheet_xml(rows)}), options=ReadOptions(max_rows=10))
    assert found.frame.height == 10
