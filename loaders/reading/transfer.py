"""A table's way from the child to the parent: two Arrow IPC files and a small JSON file in a folder."""

import json
from dataclasses import asdict
from pathlib import Path

import polars as pl

from loaders.base import Note, RawTable, ReadOptions
from loaders.reading.parsed import Parsed

FRAME, REJECTS, ABOUT = "frame.arrow", "rejects.arrow", "about.json"
PLAIN = (
    "headers",
    "blank",
    "rows_read",
    "format",
    "encoding",
    "delimiter",
    "header_line",
    "preamble",
    "sheet",
    "sheets",
    "notes",
)


def write_parsed(parsed: Parsed, folder: Path) -> None:
    """Put a table into the folder."""
    parsed.frame.write_ipc(folder / FRAME)
    parsed.rejects_frame.write_ipc(folder / REJECTS)
    about = {name: getattr(parsed, name) for name in PLAIN}
    (folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")


def read_raw(folder: Path) -> RawTable:
    """Take a table out of the folder; nothing refers to the folder afterwards."""
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    for name in ("headers", "preamble", "sheets"):
        about[name] = tuple(about[name])
    notes = tuple(Note(template, params) for template, params in about.pop("notes"))
    frame = pl.read_ipc(folder / FRAME)
    rejects = pl.read_ipc(folder / REJECTS)
    return RawTable(frame=frame, rejects=rejects, notes=notes, **about)


def options_text(options: ReadOptions) -> str:
    return json.dumps(asdict(options))


def options_from(text: str) -> ReadOptions:
    return ReadOptions(**json.loads(text))
