"""Small foreign files, built where they are needed."""

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

from loaders.base import LINE, ReadOptions
from loaders.reading.parse import parse
from loaders.reading.parsed import Parsed

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STAMP, SPAN = 1, 2
"""Style numbers of a date with time and of a duration in the workbooks built here."""


def parsed(content: str | bytes, name: str = "export.csv", options: ReadOptions | None = None) -> Parsed:
    """What reading makes of a file with this content, without a child process."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        scratch = Path(folder) / "scratch"
        scratch.mkdir()
        found = parse(path, scratch, options or ReadOptions(), lambda _: None)
    assert found.rows_read == found.frame.height + len(found.rejects) + found.blank
    assert found.frame.columns == [LINE, *found.headers]
    return found


def rows_of(found: Parsed) -> list[tuple[object, ...]]:
    """The loaded rows without their lines."""
    return found.frame.drop(LINE).rows()


def reasons_of(found: Parsed) -> list[tuple[int, str]]:
    """Line and reason of each reject, in file order."""
    return found.rejects_frame.select("line", "reason").rows()


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip archive of these members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def cell_xml(reference: str, value: object) -> str:
    """A cell; a pair is (number, style)."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return f'<c r="{reference}" s="{value[1]}"><v>{value[0]}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{reference}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{reference}"><v>{value}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def sheet_xml(rows: list[list[object]], *, first_row: int = 1) -> str:
    """A worksheet part with these rows."""
    lines = [
        f'<row r="{number}">'
        + "".join(cell_xml(f"{chr(65 + place)}{number}", value) for place, value in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, start=first_row)
    ]
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def workbook(sheets: dict[str, str], extra: dict[str, bytes] | None = None) -> bytes:
    """An XLSX file of these worksheet parts by sheet name."""
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{name}" sheetId="{place}" r:id="rId{place}"/>' for place, name in enumerate(names, start=1)
    )
    links = "".join(
        f'<Relationship Id="rId{place}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{place}.xml"/>'
        for place in range(1, len(names) + 1)
    )
    links += f'<Relationship Id="rId90" Type="{RELATIONS}/styles" Target="styles.xml"/>'
    links += f'<Relationship Id="rId91" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts count="1">'
        '<numFmt numFmtId="164" formatCode="[h]:mm:ss"/></numFmts>'
        '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="164"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}" count="0" uniqueCount="0"></sst>',
        **{f"xl/worksheets/sheet{place}.xml": sheets[name] for place, name in enumerate(names, start=1)},
        **(extra or {}),
    }
    return zipped({name: part.encode() if isinstance(part, str) else part for name, part in parts.items()})
