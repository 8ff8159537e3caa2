"""The styles of a layout: kept as they are, but for how a number is shown where the layout says nothing of it."""

from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from dashboard.reports.cells import FORMATS
from dashboard.reports.own.marks import Mark, marks_in

PART = "xl/styles.xml"
GENERAL = "0"
FIRST_OWN = 164
"""Formats with lower numbers are those of every workbook."""
UNSAID = ("text", "count")
"""How these are shown is the same without a format."""


@dataclass
class Look:
    """The styles of a workbook, and those that were added: (style, kind of cell) -> style."""

    content: bytes
    styles: list[Mark]
    around: Mark | None
    formats: Mark | None
    first_format: int
    root_end: int
    prefix: str
    made: dict[tuple[int, str], int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)

    def of(self, style: int, kind: str) -> int:
        """The style of the layout's cell, with our format of numbers where it has none of its own."""
        if kind in UNSAID or kind not in FORMATS or style >= len(self.styles):
            return style
        if self.styles[style].told.get("numFmtId", GENERAL) != GENERAL:
            return style
        self.kinds.setdefault(kind, self.first_format + len(self.kinds))
        return self.made.setdefault((style, kind), len(self.styles) + len(self.made))

    def written(self) -> bytes:
        """The part with what was added."""
        if not self.made or self.around is None:
            return self.content
        added = b"".join(self._style(style, self.kinds[kind]) for style, kind in self.made)
        changes = [
            (
                self.around.start,
                self.around.inner,
                self._opening("cellXfs", len(self.styles) + len(self.made)),
            )
        ]
        closing = len(f"</{self.prefix}cellXfs>")
        changes.append((self.around.end - closing, self.around.end - closing, added))
        changes += self._formats()
        made, at = b"", 0
        for start, end, content in sorted(changes, key=lambda one: one[0]):
            made += self.content[at:start] + content
            at = end
        return made + self.content[at:]

    def _formats(self) -> list[tuple[int, int, bytes]]:
        told = "".join(
            f"<{self.prefix}numFmt numFmtId=\"{number}\" formatCode={quoteattr(FORMATS[kind])}/>"
            for kind, number in self.kinds.items()
        ).encode()  # fmt: skip
        if self.formats is None or self.formats.is_empty:
            start, end = (
                (self.root_end, self.root_end) if self.formats is None else (self.formats.start, self.formats.end)
            )
            opening = self._opening("numFmts", len(self.kinds))
            return [(start, end, opening + told + f"</{self.prefix}numFmts>".encode())]
        count = len(self.formats.inside) + len(self.kinds)
        closing = len(f"</{self.prefix}numFmts>")
        return [(self.formats.start, self.formats.inner, self._opening("numFmts", count)),
                (self.formats.end - closing, self.formats.end - closing, told)]  # fmt: skip

    def _opening(self, name: str, count: int) -> bytes:
        return f'<{self.prefix}{name} count="{count}">'.encode()

    def _style(self, style: int, number: int) -> bytes:
        """The layout's own style with this format: its font, fill, border and alignment stay."""
        mark = self.styles[style]
        told = {**mark.told, "numFmtId": str(number), "applyNumberFormat": "1"}
        attributes = "".join(f" {name}={quoteattr(value)}" for name, value in told.items())
        inner = b"" if mark.is_empty else self.content[mark.inner : mark.end - len(f"</{mark.tag}>")]
        return f"<{mark.tag}{attributes}>".encode() + inner + f"</{mark.tag}>".encode()


def look_of(content: bytes) -> Look:
    """The styles of a layout. Raises TemplateError."""
    (root,) = marks_in(PART, content, frozenset({"styleSheet", "numFmts", "numFmt", "cellXfs", "xf"}))[:1]
    parts = {mark.name: mark for mark in root.inside}
    around, formats = parts.get("cellXfs"), parts.get("numFmts")
    used = [int(mark.told["numFmtId"]) for mark in formats.inside] if formats is not None else []
    return Look(content, around.inside if around is not None else [], around, formats, max([FIRST_OWN - 1, *used]) + 1,
                root.inner, root.prefix)  # fmt: skip
