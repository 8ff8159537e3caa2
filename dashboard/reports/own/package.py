"""An .xlsx file as its parts, read with limits; what runs programs or reaches outside is refused by name.

openpyxl would lose pictures, shapes, themes and most of a chart on the way; so no part is read into a model and written
again: the parts that hold cells are changed in place, all others are handed on as they are.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from html import unescape
from xml.parsers import expat

from metrics.errors import ActionableError
from metrics.words import N_

LARGEST, UNPACKED, PARTS = 5_000_000, 60_000_000, 2_000
WORKBOOK, TYPES = "xl/workbook.xml", "[Content_Types].xml"
_LARGE = N_("The layout is too large: at most {most} MB, and {parts} parts of {unpacked} MB in all when unpacked.")
_NO_BOOK = N_("The layout is no .xlsx workbook, or one that is protected by a password.")
_BROKEN = N_("The layout is damaged: its part {part} cannot be read ({detail}).")
_MACROS = N_("The layout holds macros or embedded programs ({part}). Save it as a plain .xlsx without them.")
_OUTSIDE = N_("The layout reaches outside itself ({part}: {found}). Remove links, queries and such formulas.")
_PROGRAMS = re.compile(
    r"vbaProject|macrosheets/|dialogsheets/|activeX/|embeddings/|ctrlProps/|webextensions/|customUI/|\.bin$", re.I
)
_PRINTERS = re.compile(r"^xl/printerSettings/[^/]+\.bin$")
"""How somebody's printer was set: no program, and named .bin all the same."""
_REACHING = re.compile(r"externalLinks/|connections\.xml$|queryTables/|/model/|richData/.*web", re.I)
_EXTERNAL = re.compile(rb"""TargetMode\s*=\s*["']External["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?(?:f|formula|formula1|formula2|definedName)\b[^>]*>([^<]*)<")
_QUOTED = re.compile(r'"[^"]*"')
_ASKING = re.compile(
    r"(?<![\w\])])'?\[\d+\]|\||\b(?:WEBSERVICE|FILTERXML|RTD|CALL|REGISTER(?:\.ID)?|EXEC|HYPERLINK|IMAGE|IMPORTDATA|"
    r"STOCKHISTORY|CUBE\w+)\s*\(|https?:|\\\\|file:",
    re.I,
)


class TemplateError(ActionableError):
    """A layout that cannot be used."""


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a workbook by their names, in their order. Raises TemplateError."""
    if len(content) > LARGEST:
        raise TemplateError(_LARGE, most=LARGEST // 1_000_000, parts=PARTS, unpacked=UNPACKED // 1_000_000)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            found = _unpacked(packed)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise TemplateError(_NO_BOOK) from error
    if WORKBOOK not in found or TYPES not in found:
        raise TemplateError(_NO_BOOK)
    _demand_harmless(found)
    return found


def packed(parts: Mapping[str, bytes]) -> bytes:
    """The parts as a workbook again."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _unpacked(packed: zipfile.ZipFile) -> dict[str, bytes]:
    """Each part, read no further than it says it is long."""
    told = packed.infolist()
    if len(told) > PARTS or sum(one.file_size for one in told) > UNPACKED:
        raise TemplateError(_LARGE, most=LARGEST // 1_000_000, parts=PARTS, unpacked=UNPACKED // 1_000_000)
    found: dict[str, bytes] = {}
    for one in told:
        if one.is_dir():
            continue
        if one.filename in found or ".." in one.filename.split("/") or one.filename.startswith(("/", "\\")):
            raise TemplateError(_NO_BOOK)
        with packed.open(one) as part:
            found[one.filename] = part.read(one.file_size + 1)
    return found


def _demand_harmless(parts: Mapping[str, bytes]) -> None:
    for name, content in parts.items():
        if (_PROGRAMS.search(name) and not _PRINTERS.match(name)) or (name == TYPES and b"macroEnabled" in content):
            raise TemplateError(_MACROS, part=name)
        if _REACHING.search(name):
            raise TemplateError(_OUTSIDE, part=name, found=name.rpartition("/")[2])
        if name.endswith((".xml", ".rels")):
            _demand_plain(name, content)


def _demand_plain(name: str, content: bytes) -> None:
    """A part that is well-formed UTF-8 without entities of its own, and whose formulas stay inside the workbook."""
    read_through(name, content, expat.ParserCreate())
    if name.endswith(".rels") and _EXTERNAL.search(content):
        raise TemplateError(_OUTSIDE, part=name, found="TargetMode=External")
    for told in _FORMULA.findall(content):
        formula = unescape(told.decode("utf-8"))
        if found := _ASKING.search(_QUOTED.sub('""', formula)) or (_ASKING.search(formula) and _calls(formula)):
            raise TemplateError(_OUTSIDE, part=name, found=formula[:60] if found else name)


def _calls(formula: str) -> bool:
    """Whether an address stands in a text that the formula hands on."""
    return bool(re.search(r"https?:|\\\\|file:", formula, re.I))


def read_through(name: str, content: bytes, parser: expat.XMLParserType) -> None:
    """Let the parser see the whole part. Raises TemplateError where it is no plain XML in UTF-8."""

    def refused(*_declared: object) -> None:
        raise TemplateError(_BROKEN, part=name, detail="DOCTYPE")

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refused
    head = content[:200].lower()
    if b"encoding=" in head and b"utf-8" not in head and b"us-ascii" not in head:
        raise TemplateError(_BROKEN, part=name, detail="encoding")
    try:
        content.decode("utf-8")
        parser.Parse(content, True)
    except (expat.ExpatError, UnicodeDecodeError) as error:
        raise TemplateError(_BROKEN, part=name, detail=type(error).__name__) from error
