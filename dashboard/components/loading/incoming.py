"""Files that a person hands over in the browser, on disk for as long as they are being looked at."""

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import psutil
import streamlit as st

from dashboard.wording import _, current_language

FOLDER = "incoming.folder"
ROUND = "incoming.round"
"""Counts the uploads; a new number gives an empty widget."""
WAITING = "incoming.waiting"
"""The files of the upload that still wait to be loaded."""
LOADED = "incoming.loaded"
"""The folders of those that were loaded while others wait."""
ENDINGS = ("csv", "tsv", "txt", "xlsx", "xls", "xlsm", "xlsb", "ods", "json", "ndjson", "jsonl", "parquet", "gz", "zip")
MEGABYTES = 200
PREFIX = "floorwalker-upload-"
"""Begins the name of every folder of uploads; the number of the server's process follows."""


class Uploads:
    """A folder for the files of one visitor; it goes when the visit is forgotten or the server ends."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self.remove = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def uploaded_files(on_change: Callable[[], None]) -> Sequence[Path]:
    """Draw the upload and give the files that wait to be loaded, as they lie on disk."""
    _speak_the_language()
    given = st.file_uploader(
        _("Files: CSV, Excel, JSON, NDJSON or Parquet, each also as gz or zip, up to {size} MB each", size=MEGABYTES),
        type=list(ENDINGS),
        accept_multiple_files=True,
        on_change=on_change,
        key=f"incoming-{st.session_state.get(ROUND, 0)}",
    )
    paths = [_on_disk(file.file_id, Path(file.name).name, file.getbuffer()) for file in given]
    st.session_state[WAITING] = [path for path in paths if path.parent.name not in st.session_state.get(LOADED, ())]
    return list(st.session_state[WAITING])


def uploaded_one(label: str, endings: Sequence[str], *, key: str, megabytes: int) -> bytes | None:
    """Draw the upload of a single small file, and give what is in it."""
    _speak_the_language()
    given = st.file_uploader(label, type=list(endings), key=key, max_upload_size=megabytes)
    return None if given is None else bytes(given.getbuffer())


def forget_files(loaded: Sequence[Path]) -> None:
    """Look no more at files that were loaded; with the last one the upload is emptied and all go from disk."""
    if set(st.session_state.get(WAITING, ())) - set(loaded):
        st.session_state[LOADED] = {*st.session_state.get(LOADED, ()), *(path.parent.name for path in loaded)}
        return
    st.session_state.pop(LOADED, None)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    if FOLDER in st.session_state:
        st.session_state.pop(FOLDER).remove()


def clear_left_uploads() -> None:
    """Remove the uploads of servers that were killed; those that run clear up after every visitor."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(ValueError):
            if not psutil.pid_exists(int(folder.name.removeprefix(PREFIX).partition("-")[0])):
                shutil.rmtree(folder, ignore_errors=True)


def _on_disk(file_id: str, name: str, content: memoryview) -> Path:
    if FOLDER not in st.session_state:
        st.session_state[FOLDER] = Uploads()
    uploads: Uploads = st.session_state[FOLDER]
    folder = uploads.path / "".join(c for c in file_id if c.isalnum())
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / ".unfinished"
        unfinished.write_bytes(content)
        os.replace(unfinished, path)  # what a full disk cut short is not taken for the file
    return path


def _speak_the_language() -> None:
    """Put our words over the upload's own, which Streamlit has in English only."""
    if current_language() == "en":
        return
    zone, button = '[data-testid="stFileUploaderDropzone"]', 'button[data-testid^="stBaseButton"]'
    hint = _("Drop files here, or choose them").replace('"', "'")
    choose = _("Choose files").replace('"', "'")
    st.html(
        f"<style>{zone} > div:not(:has(button)) * {{font-size:0}}"
        f'{zone} > div:not(:has(button))::after {{content:"{hint}"}}'
        f"{zone} {button} p, {zone} {button} div {{font-size:0}}"
        f'{zone} {button} p::after {{content:"{choose}";font-size:0.9rem}}</style>'
    )
