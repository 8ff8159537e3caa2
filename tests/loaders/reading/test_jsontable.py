"""JSON and NDJSON as tables."""

import json

import pytest

from loaders.base import LINE, ReadOptions
from loaders.reading.refusal import Refusal
from loaders.reading.sentences import DUPLICATE_KEYS, EMPTY, JSON_DEEP, NOT_JSON, NOT_TABLE
from tests.loaders.reading.builders import parsed, reasons_of, rows_of


def test_a_list_of_objects_is_a_table_with_numbers_as_written() -> None:
    found = parsed('[{"id": 12345678901234567890, "x": 1.50}, {"id": 2, "y": null, "z": true}]', "a.json")
    assert (found.format, found.headers) == ("json", ("id", "x", "y", "z"))
    assert rows_of(found) == [("12345678901234567890", "1.50", None, None), ("2", None, None, "true")]
    assert found.frame[LINE].to_list() == [1, 2]


def test_nested_values_are_kept_as_json_text() -> None:
    found = parsed('[{"id": 1, "who": {"name": "甲", "n": [1.0, "b", null]}}]')
    assert rows_of(found) == [("1", '{"name": "甲", "n": [1.0, "b", null]}')]


def test_the_only_list_of_objects_in_an_object_is_the_table() -> None:
    assert rows_of(parsed('{"count": 1, "tickets": [{"id": "a"}], "tags": []}', "a.txt")) == [("a",)]


@pytest.mark.parametrize("text", ["42", '"text"', "null", "[]", "[1, 2]", '{"a": 1}', '{"a": [{}], "b": [{}]}'])
def test_valid_json_that_is_no_table_is_told_so(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parsed(text, "a.json")
    assert refused.value.template == NOT_TABLE


@pytest.mark.parametrize(
    "text",
    ['[{"a": NaN}]', '[{"a": -Infinity}]', '[{"a": 01}]', "[{'a': 1}]", '[{"a": 1},]', '[{"a": "\t"}]', "[{]", "nul"],
)
def test_what_the_standard_forbids_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parsed(text, "a.json")
    assert refused.value.template == NOT_JSON


def test_a_refusal_names_the_place() -> None:
    with pytest.raises(Refusal) as refused:
        parsed('[\n{"a": 1},\n{"a": x}\n]')
    assert refused.value.params == {"line": 3, "column": 7}


def test_deep_nesting_is_refused() -> None:
    for text in ("[" * 100_000, '[{"a": ' + "[" * 50_000 + "]" * 50_000 + "}]"):
        with pytest.raises(Refusal) as refused:
            parsed(text, "a.json")
        assert refused.value.template in (JSON_DEEP, NOT_JSON)


def test_a_field_named_twice_is_noted() -> None:
    found = parsed('[{"a": 1, "a": 2}]')
    assert (rows_of(found), found.notes) == ([("2",)], [(DUPLICATE_KEYS, {"count": 1})])


def test_half_a_surrogate_pair_does_not_break_the_table() -> None:
    assert rows_of(parsed('[{"a": "x\\ud800"}]')) == [("x\\ud800",)]


def test_lines_of_objects_are_a_table_and_bad_lines_are_set_aside() -> None:
    text = '{"id": 1}\n\n{"id": 2, "x": "甲"}\n{"id": \n[1]\n{"id": 3}\n{"id": 4}\n'.encode() + b'{"id": "\xff"}\n'
    found = parsed(text, "a.ndjson")
    assert (found.format, found.frame[LINE].to_list(), found.blank) == ("ndjson", [1, 3, 6, 7], 1)
    assert reasons_of(found) == [(4, "damaged_json"), (5, "not_an_object"), (8, "undecodable")]
    assert json.loads(found.rejects_frame["record"][0]) == ['{"id":']


def test_entries_that_are_no_objects_are_set_aside() -> None:
    assert reasons_of(parsed('[{"id": 1}, 2, {"id": 3}]')) == [(2, "not_an_object")]


def test_a_csv_with_brackets_in_its_header_is_no_json() -> None:
    assert parsed("[id],[name]\n1,a\n").headers == ("[id]", "[name]")


def test_blank_json_is_empty_and_a_preview_is_short() -> None:
    with pytest.raises(Refusal) as refused:
        parsed(" \n", "a.json")
    assert refused.value.template == EMPTY
    assert parsed('[{"a": 1}, {"a": 2}]', options=ReadOptions(max_rows=1)).frame.height == 1
