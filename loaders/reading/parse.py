"""From a file's content to a table: the part of reading that runs in the child."""

from pathlib import Path

from loaders.base import ReadOptions
from loaders.reading.container import open_content
from loaders.reading.delimited import OnDone, read_delimited
from loaders.reading.parsed import Parsed
from loaders.reading.sentences import MEMBER


def parse(path: Path, scratch: Path, options: ReadOptions, on_done: OnDone) -> Parsed:
    """The table in a file, whatever container and format it is in; temporary files go to *scratch*."""
    content = open_content(path, scratch)
    parsed = _parsed(content.kind, content.path, content.name, scratch, options, on_done)
    if content.member:
        parsed.notes.insert(0, (MEMBER, {"member": content.member}))
    return parsed


def _parsed(kind: str, path: Path, name: str, scratch: Path, options: ReadOptions, on_done: OnDone) -> Parsed:
    # Each reader is imported only when its format turns up: the child must start quickly.
    if kind in ("zip_workbook", "old_workbook"):
        from loaders.reading.prescan import check_workbook, without_counts
        from loaders.reading.workbook import read_workbook

        if kind == "zip_workbook":
            check_workbook(path)
            path = without_counts(path, scratch)
        return read_workbook(path, options, on_done)
    if kind == "parquet":
        from loaders.reading.parquet import read_parquet

        return read_parquet(path, options)
    if kind == "json":
        from loaders.reading.jsontable import read_json

        return read_json(path, name, options, on_done)
    return read_delimited(path, scratch, options, on_done)
