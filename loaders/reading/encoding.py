"""Any text file as UTF-8 bytes on disk or in memory, with the encoding that it was read in.

Order: byte order mark, strict UTF-8, GB18030 where plausible, UTF-16 without a mark, a clear East Asian encoding, else
the candidates are named and asked for. A byte that does not decode is kept as MARK and its hex digits, so that the
record it stands in can be set aside with its raw text; U+FFFD is never made.
"""

import codecs
import mmap
from dataclasses import dataclass, field
from pathlib import Path

from loaders.reading import plausible
from loaders.reading.refusal import Refusal
from loaders.reading.sentences import EMPTY, ENCODING_ASK, ENCODING_GUESSED, ENCODING_UNKNOWN, NOT_TEXT
from loaders.reading.tokens import Data

BLOCK = 4 << 20
SAMPLE = 1 << 20
LARGE = 16 << 20
SAMPLES = 16
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LONE = "\ud8ff"  # a lone surrogate: no strict decoder makes it, so it can stand for MARK until the bytes are written
_LONE_BYTES = _LONE.encode("utf-8", "surrogatepass")


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    bad = error.object[error.start : error.end]
    return "".join(f"{_LONE}{byte:02x}" for byte in bad), error.end


codecs.register_error("floorwalker.mark", _mark)


@dataclass(frozen=True)
class Text:
    """A text file as UTF-8: `data` from `start` on; `path` is set while the bytes are those of that file."""

    data: Data
    start: int
    encoding: str
    path: Path | None = None
    notes: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    checked: bool = True
    """Whether every byte is known to decode; else only samples were looked at and the reader of the cells tells."""


def read_text(
    path: Path, scratch: Path, *, encoding: str | None, limit: int | None = None, thorough: bool = True
) -> Text:
    """The file as UTF-8. *limit*: only about the first bytes, cut after a line end, for a preview.

    Not *thorough*: a large file whose samples are UTF-8 is taken for UTF-8; decoding it twice would double the time.
    """
    data = _mapped(path, limit)
    if not data:
        raise Refusal(EMPTY)
    named, skip = _named(data, encoding)
    if named is None and not thorough and _looks_strict(data):
        return Text(data, _after_marks(data, skip), "utf-8", path, checked=False)
    guessed = False
    if named is None:
        named, guessed = _detected(data)
    notes: list[tuple[str, dict[str, object]]] = []
    if guessed:
        notes.append((ENCODING_GUESSED, {"encoding": named}))
    if named == "utf-8" and _is_strict(data):
        return Text(data, _after_marks(data, skip), named, None if isinstance(data, bytes) else path, notes)
    written = _transcoded(data, skip, named, scratch / "text.utf8")
    return Text(written, _after_marks(written, 0), named, None, notes)


def _mapped(path: Path, limit: int | None) -> Data:
    size = path.stat().st_size
    if size == 0:
        return b""
    with path.open("rb") as file:
        if limit is not None and size > limit:
            return _cut(file.read(limit))
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _cut(head: bytes) -> bytes:
    last = max(head.rfind(b"\n"), head.rfind(b"\r"))
    if last <= 0:
        return head
    name = next((name for bom, name in BOMS if head.startswith(bom)), plausible.wide(head)) or ""
    size = 4 if "32" in name else 2 if "16" in name else 1
    return head[: (last + size) // size * size]


def _named(data: Data, encoding: str | None) -> tuple[str | None, int]:
    head = data[:4]
    bom = next(((mark, name) for mark, name in BOMS if head.startswith(mark)), None)
    if encoding is None:
        return (bom[1], len(bom[0])) if bom else (None, 0)
    name = known_encoding(encoding)
    if name in ("utf-16", "utf-32"):
        name = bom[1] if bom else f"{name}-le"
    return name, len(bom[0]) if bom and bom[1] == name else 0


def known_encoding(given: str) -> str:
    """The decoder's name of an encoding that a person named."""
    try:
        name = codecs.lookup(given).name
        b"".decode(name)
    except (LookupError, ValueError):
        raise Refusal(ENCODING_UNKNOWN, encoding=given) from None
    return {"gbk": "gb18030", "gb2312": "gb18030", "utf-8-sig": "utf-8", "utf_8_sig": "utf-8"}.get(name, name)


def _after_marks(data: Data, start: int) -> int:
    while data[start : start + 3] == codecs.BOM_UTF8:
        start += 3
    return start


def _is_strict(data: Data) -> bool:
    """Whether all of it is UTF-8, looked at in blocks so that no second copy of the file is made."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(data), BLOCK):
            block = data[at : at + BLOCK]
            if not block.isascii() or decoder.getstate()[0]:
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _looks_strict(data: Data) -> bool:
    """Whether the file is large and samples throughout it are UTF-8 text."""
    if len(data) < LARGE or b"\x00" in data[:SAMPLE]:
        return False
    for at in range(0, len(data), len(data) // SAMPLES):
        first = data.find(b"\n", at) + 1
        last = data.rfind(b"\n", first, first + SAMPLE // 4)
        if first > 0 and last > 0 and not _is_strict(data[first:last]):
            return False
    return True


def _detected(data: Data) -> tuple[str, bool]:
    wide = plausible.wide(data[:SAMPLE], even=len(data) % 2 == 0)
    if wide:
        return wide, True
    if plausible.is_binary(data[:SAMPLE]):
        raise Refusal(NOT_TEXT)
    if _is_strict(data):
        return "utf-8", False
    lines = plausible.telling_lines(data, SAMPLE)
    name, sure = plausible.best(lines)
    if name:
        return name, not sure
    raise Refusal(ENCODING_ASK, candidates=", ".join(plausible.candidates(lines)))


def _transcoded(data: Data, start: int, encoding: str, target: Path) -> Data:
    decoder = codecs.getincrementaldecoder(encoding)("floorwalker.mark")
    with target.open("wb") as file:
        for at in range(start, len(data), BLOCK):
            final = at + BLOCK >= len(data)
            text = decoder.decode(data[at : at + BLOCK], final)
            file.write(text.encode("utf-8", "surrogatepass").replace(_LONE_BYTES, b"\xff"))
    if target.stat().st_size == 0:
        raise Refusal(EMPTY)
    with target.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
