"""Where things stand in a part of a workbook: elements with the bytes that they span, to change single ones."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from dashboard.reports.own.package import read_through

_OPENING = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
_CLOSING = re.compile(rb"</([^\s>]+)\s*>")


@dataclass
class Mark:
    """An element: its name without a prefix, what it says, its bytes from start to end, where its content begins."""

    name: str
    tag: str
    told: Mapping[str, str]
    start: int
    inner: int
    end: int = 0
    text: str = ""
    inside: list["Mark"] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether it was written without content and without a closing tag."""
        return self.inner >= self.end

    @property
    def prefix(self) -> str:
        """With its colon; empty where the part writes none."""
        return self.tag[: -len(self.name)]


def marks_in(part: str, content: bytes, wanted: frozenset[str]) -> list[Mark]:
    """The elements of these names in their order, each with those that stand in it. Raises TemplateError."""
    parser, open_marks, found = expat.ParserCreate(), list[Mark | None](), list[Mark]()
    parser.buffer_text = True

    def start(tag: str, told: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        at = parser.CurrentByteIndex
        opening = _OPENING.match(content, at)
        mark = Mark(name, tag, told, at, opening.end() if opening else at) if name in wanted else None
        open_marks.append(mark)
        if mark is not None:
            around = next((one for one in reversed(open_marks[:-1]) if one is not None), None)
            (found if around is None else around.inside).append(mark)

    def end(tag: str) -> None:
        mark, at = open_marks.pop(), parser.CurrentByteIndex
        if mark is not None:  # of an element without content the parser tells the byte behind it
            closing = _CLOSING.match(content, at)
            is_own = closing is not None and closing[1] == tag.encode()
            mark.end = closing.end() if closing is not None and is_own else at

    def text(said: str) -> None:
        if open_marks and open_marks[-1] is not None:
            open_marks[-1].text += said

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    read_through(part, content, parser)
    return found
