"""Whatever the bytes are: a table that keeps the law of rows, or a refusal; nothing else ever comes out."""

from contextlib import suppress

from hypothesis import example, given, settings
from hypothesis import strategies as st

from loaders.base import LINE, ReadOptions
from loaders.reading.refusal import Refusal
from tests.loaders.reading.builders import parsed

PLAIN = [b"a", b"1", b",", b";", b"\t", b'"', b"\n", b"\r\n", b"\r", b" ", b"sep=;\n", b"2026-03-01", "合计".encode()]
ODD = [b"\x00", b"\xff", b"\xe4\xb8\xad", b"\xd6\xd0", "，".encode(), b"\xef\xbb\xbf"]
BRACES = [b"{", b"}", b"[", b"]", b":", b'"a":1']
BITS = st.sampled_from([*PLAIN, *ODD, *BRACES])
CONTENTS = st.lists(BITS, max_size=50).map(b"".join)


@given(content=CONTENTS, name=st.sampled_from(["a.csv", "a.json", "a.ndjson", "a.xlsx"]))
@settings(max_examples=400, deadline=None)
def test_a_table_or_a_refusal(content: bytes, name: str) -> None:
    with suppress(Refusal):
        parsed(content, name)


@example(content=b'aa\r"sep=;\n"', line=1, rows=None)
@given(content=CONTENTS, line=st.integers(0, 3), rows=st.one_of(st.none(), st.integers(1, 3)))
@settings(max_examples=200, deadline=None)
def test_named_header_lines_and_previews_keep_the_law(content: bytes, line: int, rows: int | None) -> None:
    with suppress(Refusal):
        found = parsed(content, options=ReadOptions(header_line=line, max_rows=rows, encoding="utf-8"))
        assert rows is None or found.frame.height <= rows


@given(content=CONTENTS)
@settings(max_examples=200, deadline=None)
def test_no_line_below_the_header_is_passed_over(content: bytes) -> None:
    """Every physical line with text is loaded, set aside, or within a record that spans several lines."""
    text = b"h1,h2\n1,x\n" + content.replace(b'"', b"").replace(b"\r", b"").replace(b"\x00", b"") + b"\n2,y\n"
    found = parsed(text, options=ReadOptions(header_line=1, delimiter=",", encoding="utf-8"))
    told = {*found.frame[LINE].to_list(), *(reject.line for reject in found.rejects)}
    filled = {number for number, line in enumerate(text.split(b"\n"), start=1) if line.strip(b", \t") and number > 1}
    assert filled <= told
