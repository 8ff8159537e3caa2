"""What kind of file it is, told by its content and never by its name alone; archives are unpacked within limits."""

import gzip
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from loaders.reading.refusal import Refusal
from loaders.reading.sentences import (
    ARCHIVE_DAMAGED,
    ARCHIVE_EMPTY,
    ARCHIVE_LARGE,
    ARCHIVE_MEMBERS,
    ARCHIVE_NESTED,
    ARCHIVE_SEVERAL,
    EMPTY,
    FOREIGN,
    HTML,
    PASSWORD,
    XML_WORKBOOK,
)

Kind = Literal["text", "json", "parquet", "zip_workbook", "old_workbook"]
MEMBERS = 200
WORKBOOK_BYTES = 200 << 20
FREE_BYTES = 64 << 20
"""What an archive may unpack to whatever its ratio: harmless, and repetitive exports pack very well."""
TEXT_RATIO = 200
TEXT_BYTES = 4 << 30
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FOREIGN_KINDS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"ARROW1", "Arrow"),
    (b"{\\rtf", "RTF"),
    (b"\x7fELF", "ELF"),
    (b"MZ\x90", "EXE"),
)
JSON_START = re.compile(rb'\{\s*["}]|\[\s*([\[{"\]\d-]|(true|false|null)\b)')
JSON_NAMES = (".json", ".ndjson", ".jsonl", ".geojson")


@dataclass(frozen=True)
class Content:
    """A file to read: its kind, where its bytes are, and the archive member it came from."""

    kind: Kind
    path: Path
    name: str
    member: str | None = None


def open_content(path: Path, scratch: Path) -> Content:
    """The file itself, or the one data file of the archive that it is."""
    content = _of(path, path.name)
    if content is not None:
        return content
    head = _head(path)
    unpack = _unpack_gzip if head.startswith(b"\x1f\x8b") else _unpack_zip
    inner, name = unpack(path, scratch)
    if inner.stat().st_size == 0:
        raise Refusal(EMPTY)
    content = _of(inner, name)
    if content is None:
        raise Refusal(ARCHIVE_NESTED)
    return Content(content.kind, inner, name, name)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)


def _of(path: Path, name: str) -> Content | None:
    """The content, None for an archive that must be unpacked."""
    head = _head(path)
    if not head:
        raise Refusal(EMPTY)
    if head.startswith(b"\x1f\x8b"):
        return None
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Content("zip_workbook", path, name) if _is_workbook(path) else None
    if head.startswith(b"PAR1"):
        return Content("parquet", path, name)
    if head.startswith(OLE) or head[:2] == b"\x09\x08":
        return Content("old_workbook", path, name)
    _refuse_foreign(head)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    is_json = JSON_START.match(start) is not None or name.lower().endswith(JSON_NAMES)
    return Content("json" if is_json else "text", path, name)


def _refuse_foreign(head: bytes) -> None:
    for magic, kind in FOREIGN_KINDS:
        if head.startswith(magic):
            raise Refusal(FOREIGN, kind=kind)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:512].lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        raise Refusal(HTML)
    if start.startswith(b"<?xml"):
        raise Refusal(HTML if b"<html" in start else XML_WORKBOOK if b"excel" in start else FOREIGN, kind="XML")


def _is_workbook(path: Path) -> bool:
    names = _opened(path).namelist()
    parts = {name.lower().lstrip("/") for name in names}
    return "[content_types].xml" in parts or any(name.startswith("xl/") for name in parts) or "content.xml" in parts


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Refusal(ARCHIVE_DAMAGED) from None


def _unpack_gzip(path: Path, scratch: Path) -> tuple[Path, str]:
    name = path.name.removesuffix(".gz") or "data"
    try:
        with gzip.open(path) as file:
            return _copied(file.read, path.stat().st_size, scratch / "unpacked"), name
    except (OSError, EOFError, zlib.error):
        raise Refusal(ARCHIVE_DAMAGED) from None


def _unpack_zip(path: Path, scratch: Path) -> tuple[Path, str]:
    with _opened(path) as archive:
        member = _only_member(archive)
        if member.flag_bits & 1:
            raise Refusal(PASSWORD)
        try:
            with archive.open(member) as file:
                return _copied(file.read, member.compress_size, scratch / "unpacked"), Path(member.filename).name
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise Refusal(ARCHIVE_DAMAGED) from None


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = archive.infolist()
    if len(members) > MEMBERS:
        raise Refusal(ARCHIVE_MEMBERS, count=len(members), limit=MEMBERS)
    data = [
        member
        for member in members
        if not member.is_dir()
        and not member.filename.startswith("__MACOSX/")
        and not Path(member.filename).name.startswith(".")
    ]
    if not data:
        raise Refusal(ARCHIVE_EMPTY)
    if len(data) > 1:
        names = ", ".join(Path(member.filename).name for member in data[:5])
        raise Refusal(ARCHIVE_SEVERAL, count=len(data), names=names)
    return data[0]


def _copied(read: Callable[[int], bytes], packed: int, target: Path) -> Path:
    """Unpack in blocks; the true size counts, not the one that the archive claims."""
    limit = min(TEXT_BYTES, max(FREE_BYTES, packed * TEXT_RATIO))
    written = 0
    with target.open("wb") as file:
        while block := read(1 << 20):
            written += len(block)
            if written > limit:
                raise Refusal(ARCHIVE_LARGE, limit=limit >> 20)
            file.write(block)
    return target
