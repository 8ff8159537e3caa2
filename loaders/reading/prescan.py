"""Looking through a zipped workbook before its parser may: sizes, entity definitions, and how far its cells reach."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from loaders.reading.container import FREE_BYTES, MEMBERS, WORKBOOK_BYTES
from loaders.reading.refusal import Refusal
from loaders.reading.sentences import (
    ARCHIVE_LARGE,
    ARCHIVE_MEMBERS,
    ENTITIES,
    PASSWORD,
    SHEET_LARGE,
    WORKBOOK_DAMAGED,
)

COLUMNS, ROWS, CELLS = 512, 1_048_576, 20_000_000
RATIO = 100
BLOCK = 1 << 20
OVERLAP = 4096
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
DEFINITION = re.compile(rb"<\s*!\s*(doctype|entity)", re.IGNORECASE)
REFERENCE = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,4})(\d{1,8})[\"'][^<>]*(?<!/)>")
"""A cell with content; one that ends in `/>` has a style only, and whole styled rows reach far to the right."""
BARE_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])")
REPEATED = re.compile(rb"number-(columns|rows)-repeated\s*=\s*[\"'](\d+)[\"']")


def check_workbook(path: Path) -> None:
    """Refuse a zipped workbook that could harm its parser; shared-string counts and stated dimensions are ignored."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MEMBERS:
                raise Refusal(ARCHIVE_MEMBERS, count=len(members), limit=MEMBERS)
            total = 0
            for member in members:
                total = _check_member(archive, member, total, path.stat().st_size)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError):
        raise Refusal(WORKBOOK_DAMAGED) from None


SHARED = re.compile(rb"(<(?:\w+:)?sst\b[^>]*?)((?:\s(?:uniqueCount|count)\s*=\s*[\"']\d*[\"'])+)")
SHARED_NAME = "sharedstrings.xml"


def without_counts(path: Path, scratch: Path) -> Path:
    """The workbook, or a copy whose shared strings no longer state a false count that its parser would trust."""
    with zipfile.ZipFile(path) as archive:
        members = [name for name in archive.namelist() if name.lower().endswith(SHARED_NAME)]
        if not any(_lies(archive, name) for name in members):
            return path
        copy = scratch / "workbook.zip"
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as target:
            for name in archive.namelist():
                content = archive.read(name)
                target.writestr(name, SHARED.sub(rb"\1", content, count=1) if name in members else content)
    return copy


def _lies(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether it states more strings than its size can hold: the shortest takes five bytes."""
    with archive.open(name) as file:
        stated = SHARED.search(file.read(BLOCK))
    counts = re.findall(rb"\d+", stated[2]) if stated else []
    return any(int(count) * 5 > archive.getinfo(name).file_size for count in counts)


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, total: int, packed: int) -> int:
    if member.flag_bits & 1:
        raise Refusal(PASSWORD)
    name = member.filename.replace("\\", "/").lstrip("/")
    reach = _Reach(name.rsplit("/", 1)[-1]) if SHEET.search(name) else None
    is_xml = name.lower().endswith((".xml", ".rels", ".vml"))
    limit = min(WORKBOOK_BYTES, max(FREE_BYTES, packed * RATIO))
    for block in _blocks(archive, member):
        total += len(block) - OVERLAP
        if total > limit:
            raise Refusal(ARCHIVE_LARGE, limit=limit >> 20)
        if is_xml and (
            DEFINITION.search(block) or (b"\x00" in block and DEFINITION.search(block.replace(b"\x00", b"")))
        ):
            raise Refusal(ENTITIES)
        if reach:
            reach.look(block)
    return total


def _blocks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's true content in blocks, each beginning with the end of the one before."""
    tail = b" " * OVERLAP
    with archive.open(member) as file:
        while block := file.read(BLOCK):
            yield tail + block
            tail = (tail + block)[-OVERLAP:]


class _Reach:
    """How far the cells of one sheet reach."""

    def __init__(self, sheet: str) -> None:
        self.sheet = sheet
        self.first_row, self.last_row = ROWS * 10, 0
        self.last_column, self.cells = 0, 0

    def look(self, block: bytes) -> None:
        self.cells += len(BARE_CELL.findall(block, OVERLAP - 2))
        for letters, digits in set(REFERENCE.findall(block)):
            column, row = _column(letters), int(digits)
            self.last_column = max(self.last_column, column)
            self.last_row, self.first_row = max(self.last_row, row), min(self.first_row, row)
            if column > COLUMNS or row > ROWS:
                self._refuse(letters, digits)
        if self.cells > CELLS or self.last_column * (self.last_row - self.first_row + 1) > CELLS:
            self._refuse(b"#", b"%d" % self.last_row)

    def _refuse(self, letters: bytes, digits: bytes) -> None:
        cell = (letters + digits).decode()
        raise Refusal(SHEET_LARGE, sheet=self.sheet, cell=cell, columns=COLUMNS, rows=ROWS, cells=CELLS)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
