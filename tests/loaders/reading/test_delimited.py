"""CSV and its relatives as people export them."""

import json

import pytest

from loaders.base import LINE, ReadOptions
from loaders.reading.refusal import Refusal
from loaders.reading.sentences import DELIMITER, HEADER_DAMAGED, HEADER_LINE, HEADER_MADE, NO_ROWS
from tests.loaders.reading.builders import parsed, reasons_of, rows_of


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "，", "^"])
def test_the_delimiter_is_told_by_the_text(delimiter: str) -> None:
    found = parsed("id,name,at\n1,a,2026-03-01\n2,b,2026-03-02\n".replace(",", delimiter))
    assert found.delimiter == delimiter
    assert found.headers == ("id", "name", "at")
    assert rows_of(found) == [("1", "a", "2026-03-01"), ("2", "b", "2026-03-02")]


def test_a_full_width_comma_inside_quotes_stays() -> None:
    assert rows_of(parsed('编号，备注\n1，"急，请快"\n2，好\n')) == [("1", "急，请快"), ("2", "好")]


def test_a_sep_line_names_the_delimiter_and_is_no_record() -> None:
    found = parsed("sep=;\nid;name\n1;a,b\n")
    assert (found.header_line, found.delimiter, rows_of(found)) == (2, ";", [("1", "a,b")])


def test_commas_in_text_do_not_outvote_the_delimiter() -> None:
    found = parsed("id;text\n1;yes, please, now\n2;no\n3;well, yes\n")
    assert rows_of(found) == [("1", "yes, please, now"), ("2", "no"), ("3", "well, yes")]


def test_a_single_column_keeps_its_commas() -> None:
    assert rows_of(parsed("remark\none, two\nthree\nfour\n")) == [("one, two",), ("three",), ("four",)]


def test_title_lines_above_the_header_are_kept_as_preamble() -> None:
    found = parsed("导出时间: 2026-03-02\n客服系统,,\n\nid,name,at\n1,a,b\n2,c,d\n")
    assert found.preamble == ("导出时间: 2026-03-02", "客服系统")
    assert (found.header_line, found.headers, found.frame[LINE].to_list()) == (4, ("id", "name", "at"), [5, 6])


def test_a_first_line_that_is_clearly_a_record_is_loaded_as_one() -> None:
    found = parsed("T-1,2026-03-01 09:00,call\nT-2,2026-03-01 09:05,chat\n")
    assert (found.headers, found.header_line) == (("column 1", "column 2", "column 3"), None)
    assert found.frame[LINE].to_list() == [1, 2]
    assert [note[0] for note in found.notes] == [HEADER_MADE]


def test_years_as_column_names_are_no_record() -> None:
    found = parsed("agent,2023,2024,2025\nA,1,2,3\nB,4,5,6\n")
    assert found.headers == ("agent", "2023", "2024", "2025")


def test_a_person_may_name_the_header_line_or_say_that_there_is_none() -> None:
    text = "a,b\nid,name\n1,x\n"
    named = parsed(text, options=ReadOptions(header_line=2))
    assert (named.headers, named.preamble, rows_of(named)) == (("id", "name"), ("a,b",), [("1", "x")])
    none = parsed(text, options=ReadOptions(header_line=0))
    assert (none.headers, none.frame.height, none.notes) == (("column 1", "column 2"), 3, [])
    with pytest.raises(Refusal) as refused:
        parsed(text, options=ReadOptions(header_line=9))
    assert refused.value.template == HEADER_LINE


def test_a_person_may_name_the_delimiter() -> None:
    found = parsed("a;b,c\n1;2,3\n", options=ReadOptions(delimiter=";"))
    assert found.headers == ("a", "b,c")
    with pytest.raises(Refusal) as refused:
        parsed("a,b\n", options=ReadOptions(delimiter="ab"))
    assert refused.value.template == DELIMITER


def test_headers_are_made_unique_and_blanks_are_named() -> None:
    found = parsed("x,,x, y ,x (2),\n1,2,3,4,5,6\n")
    assert found.headers == ("x", "column 2", "x (3)", "y", "x (2)", "column 6")


def test_a_stray_quotation_mark_in_the_header_does_not_swallow_the_file() -> None:
    found = parsed('"id,name\n1,a\n2,b\n')
    assert (found.headers, found.frame.height) == (("id", "name"), 2)
    assert [note[0] for note in found.notes] == [HEADER_DAMAGED]


@pytest.mark.parametrize("total", ["合计,,3", "总计,3,3", "Total,,3", "Grand total:,,".replace(":", ""), "小计,,"])
def test_totals_at_the_end_are_set_aside(total: str) -> None:
    found = parsed(f"id,agent,count\n1,Total,2\n2,b,1\n{total}\n")
    assert reasons_of(found) == [(4, "summary_row")]
    assert json.loads(found.rejects_frame["record"][0]) == total.split(",")


def test_a_ragged_total_is_told_as_a_total() -> None:
    assert reasons_of(parsed("id,agent,count\n1,a,2\n合计,3\n")) == [(3, "summary_row")]


def test_a_repeated_header_is_set_aside() -> None:
    found = parsed("id,name\n1,a\nid,name\n2,b\n")
    assert reasons_of(found) == [(3, "repeated_header")]
    assert found.frame[LINE].to_list() == [2, 4]


def test_records_without_any_value_are_blank() -> None:
    found = parsed('id,name\n1,a\n\n,\n"",""\n   \n2,b\n')
    assert (found.blank, found.frame[LINE].to_list(), found.rows_read) == (4, [2, 7], 6)


def test_an_empty_cell_is_null_quoted_or_not() -> None:
    assert rows_of(parsed('a,b\n1,\n2,""\n')) == [("1", None), ("2", None)]


def test_empty_cells_beyond_the_last_column_lose_nothing() -> None:
    found = parsed("a,b\n1,2,\n3,4,,\n5,6\n7,8,9\n")
    assert rows_of(found) == [("1", "2"), ("3", "4"), ("5", "6")]
    assert reasons_of(found) == [(5, "too_many_cells")]


def test_every_kind_of_damage_is_told_with_line_and_raw_text() -> None:
    text = 'id,note\n1,5" screen\n2,"a" b\n3\n4,x,y\n5,ok\n6,"open\n7,ok\n'
    found = parsed(text)
    assert reasons_of(found) == [
        (2, "bare_quote"),
        (3, "text_after_quote"),
        (4, "too_few_cells"),
        (5, "too_many_cells"),
        (7, "unterminated_quote"),
    ]
    lines = text.split("\n")
    for line, record in found.rejects_frame.select("line", "record").rows():
        assert ",".join(json.loads(record)) == lines[line - 1]
    assert found.frame[LINE].to_list() == [6, 8]
    assert set(found.rejects_frame["kind"]) == {"rejected"}


def test_a_swallowed_line_is_given_back() -> None:
    """The stray mark closes two lines below, so the text is well formed but the lines between would be lost."""
    found = parsed('a,b,c\n1,"x,y\n2,x,y\n3,x",y,z\n4,x,y\n')
    assert found.frame[LINE].to_list() == [3, 5]
    assert reasons_of(found) == [(2, "unterminated_quote"), (4, "bare_quote")]


def test_line_ends_within_quotes_and_mixed_line_ends_are_kept_apart() -> None:
    found = parsed('a,b\r\n1,"x\ny"\n2,z\r3,w\r\n')
    assert rows_of(found) == [("1", "x\ny"), ("2", "z"), ("3", "w")]
    assert found.frame[LINE].to_list() == [2, 4, 5]


def test_line_separators_of_unicode_are_no_line_ends() -> None:
    text = "a\u0085b\u2028c\u2029d\u000be"
    assert rows_of(parsed(f"id,note\n1,{text}\n")) == [("1", text)]


def test_a_preview_stops_early_and_keeps_the_law() -> None:
    lines = ["id,note", *(f"{number},x" for number in range(100_000))]
    lines[5] = "5,x,y"
    found = parsed("\n".join(lines), options=ReadOptions(max_rows=20))
    assert (found.frame.height, len(found.rejects), found.rows_read) == (20, 1, 21)


def test_a_file_without_a_table_is_refused() -> None:
    for text, sentence in (("\n\n  \n", NO_ROWS), ("\ufeff", NO_ROWS), ("sep=;\n", NO_ROWS)):
        with pytest.raises(Refusal) as refused:
            parsed(text)
        assert refused.value.template == sentence


@pytest.mark.parametrize("delimiter", [",", "，"])
def test_a_record_longer_than_any_sample_is_loaded(delimiter: str) -> None:
    long = "x" * 3_000_000
    found = parsed(f'a{delimiter}b\n"{long}"{delimiter}1\n2{delimiter}3\n')
    assert rows_of(found) == [(long, "1"), ("2", "3")]


def test_a_header_alone_is_a_table_without_rows() -> None:
    for text in ("a,b", "a,b\n", "title\n\na,b,c\n", "编号，内容"):
        found = parsed(text)
        assert (found.frame.height, found.rows_read, found.header_line is None) == (0, 0, False)
