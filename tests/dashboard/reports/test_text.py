"""Text in cells: it stays text, and comes back as it was."""

import json
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from dashboard.reports.model import Column, Report, Sheet, Table
from dashboard.reports.text import LONGEST, escaped, fitting, unescaped
from dashboard.reports.writing import write

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def written(texts: list[str], path: Path) -> Path:
    """A workbook with these texts in one column, and as a header."""
    columns = (Column("text", "=1+1"), Column("n", "@n", "count"))
    frame = pl.DataFrame({"text": texts, "n": range(len(texts))}, schema={"text": pl.String, "n": pl.Int64})
    table = Table("texts", "=HYPERLINK(1)", columns, frame, ("=cmd|' /C calc'!A0",))
    write(Report("+title", "-about", (Sheet("one", "One", (table,)),)), path, zone="UTC")
    return path


def found_in(path: Path, texts: list[str]) -> list[object]:
    """The column as it is read back; the last rows of the sheet."""
    rows = list(load_workbook(path)["One"].iter_rows(max_col=1, values_only=True))
    return [unescaped(str(row[0])) for row in rows[-len(texts) :]]


def is_text(text: str) -> bool:
    """Half a character of UTF-16 is none: no table of the desk could hold it."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def cells_of(path: Path) -> list[tuple[str, object]]:
    return [
        (cell.data_type, cell.hyperlink)
        for sheet in load_workbook(path).worksheets for row in sheet.iter_rows() for cell in row
        if cell.value is not None
    ]  # fmt: skip


def test_hostile_texts_are_neither_formulas_nor_links_and_come_back_equal(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "badinput"
    naughty = json.loads((folder / "blns" / "blns.json").read_text(encoding="utf-8"))
    formulas = [
        one["value"] for one in json.loads(next((folder / "own" / "formula").glob("*.json")).read_text("utf-8"))
    ]
    texts = [text for text in [*formulas, *naughty] if text and len(text) < LONGEST and is_text(text)]
    assert len(texts) > 500
    path = written(texts, tmp_path / "hostile.xlsx")
    assert found_in(path, texts) == texts
    assert {kind for kind, _link in cells_of(path)} == {"s", "n"}
    assert not [link for _kind, link in cells_of(path) if link]


@given(texts=st.lists(ANY.filter(lambda text: text != ""), min_size=1, max_size=20))
@settings(max_examples=15, deadline=None)
def test_any_text_comes_back_equal(texts: list[str], tmp_path_factory: object) -> None:
    path = tmp_path_factory.mktemp("any") / "any.xlsx"  # type: ignore[attr-defined]
    assert found_in(written(texts, path), texts) == texts


@given(text=ANY)
def test_an_escape_is_taken_back(text: str) -> None:
    assert unescaped(escaped(text)) == text


def test_what_looks_like_an_escape_is_not_taken_for_one() -> None:
    assert unescaped(escaped("_x0041_ and _x000G_")) == "_x0041_ and _x000G_"
    assert escaped("_x0041_") != "_x0041_"


def test_a_text_that_is_too_long_is_cut_where_the_cell_ends(tmp_path: Path) -> None:
    for letter in ("a", "退", "😀", "\x07"):
        found = found_in(written([letter * 40_000], tmp_path / "long.xlsx"), ["one"])[0]
        assert isinstance(found, str)
        assert found.endswith("…")
        assert len(found.encode("utf-16-le")) // 2 <= LONGEST
        assert len(escaped(fitting(letter * 40_000))) <= LONGEST
