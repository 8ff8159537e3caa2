"""What a file is, told by its content; archives within limits."""

import gzip

import pytest

from loaders.reading import container
from loaders.reading.refusal import Refusal
from loaders.reading.sentences import (
    ARCHIVE_DAMAGED,
    ARCHIVE_EMPTY,
    ARCHIVE_LARGE,
    ARCHIVE_NESTED,
    ARCHIVE_SEVERAL,
    FOREIGN,
    HTML,
    MEMBER,
    XML_WORKBOOK,
)
from tests.loaders.reading.builders import parsed, rows_of, sheet_xml, workbook, zipped

CSV = "id,name\n1,甲\n".encode()


def refusal(content: bytes, name: str = "export.csv") -> Refusal:
    with pytest.raises(Refusal) as refused:
        parsed(content, name)
    return refused.value


def test_a_packed_csv_is_read_and_its_name_told() -> None:
    for content, name, member in (
        (gzip.compress(CSV), "a.csv.gz", "a.csv"),
        (zipped({"x/a.csv": CSV}), "a.zip", "a.csv"),
    ):
        found = parsed(content, name)
        assert rows_of(found) == [("1", "甲")]
        assert found.notes == [(MEMBER, {"member": member})]


def test_what_a_mac_adds_to_an_archive_is_no_data() -> None:
    packed = zipped({"a.csv": CSV, "__MACOSX/._a.csv": b"x", ".DS_Store": b"x"})
    assert rows_of(parsed(packed, "a.zip")) == [("1", "甲")]


def test_a_packed_workbook_is_read() -> None:
    book = workbook({"S": sheet_xml([["id"], ["1"]])})
    assert rows_of(parsed(zipped({"a.xlsx": book}), "a.zip")) == [("1",)]


def test_a_csv_that_packs_very_well_passes() -> None:
    plain = b"id,status\n" + b"1,resolved\n" * 1_000_000
    packed = gzip.compress(plain)
    assert len(plain) > 200 * len(packed)
    assert parsed(packed).frame.height == 1_000_000


def test_an_archive_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "FREE_BYTES", 1 << 20)
    assert refusal(gzip.compress(b"a" * (20 << 20))).template == ARCHIVE_LARGE
    assert refusal(zipped({"a.csv": b"a" * (20 << 20)})).template == ARCHIVE_LARGE


def test_an_archive_of_several_files_is_asked_about() -> None:
    refused = refusal(zipped({"a.csv": CSV, "b.csv": CSV}), "a.zip")
    assert (refused.template, refused.params["names"]) == (ARCHIVE_SEVERAL, "a.csv, b.csv")


def test_archives_without_data_or_within_archives_are_refused() -> None:
    assert refusal(zipped({"folder/": b""})).template == ARCHIVE_EMPTY
    assert refusal(zipped({"a.zip": zipped({"a.csv": CSV})})).template == ARCHIVE_NESTED
    assert refusal(gzip.compress(gzip.compress(CSV))).template == ARCHIVE_NESTED
    assert refusal(gzip.compress(CSV * 1000)[:-20]).template == ARCHIVE_DAMAGED
    assert refusal(b"PK\x03\x04garbage", "export.xlsx").template == ARCHIVE_DAMAGED


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<html><table><tr><td>id</td></tr></table></html>", HTML),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><html></html>", HTML),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', XML_WORKBOOK),
        (b"%PDF-1.7", FOREIGN),
        (b"7z\xbc\xaf\x27\x1c", FOREIGN),
    ],
)
def test_other_files_under_the_name_of_a_workbook_are_told_apart(content: bytes, sentence: str) -> None:
    assert refusal(content, "export.xls").template == sentence
