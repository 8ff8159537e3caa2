"""From an uploaded file to a load: how it is read, what it means, progress, report."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from dashboard import data
from dashboard.components.loading.incoming import forget_files
from dashboard.components.loading.load_report import load_report
from dashboard.components.loading.mapping_form import mapping_form
from dashboard.components.sent import sent
from dashboard.components.text import plain
from dashboard.format import NOTHING, count
from dashboard.people.current import current_actor
from dashboard.privacy.masking import masked, masked_frame
from dashboard.services.facts.preparing import prepare_apart
from dashboard.services.loading.loads import LoadOptions, LoadReport, Preview, load_files, preview
from dashboard.wording import N_, _
from loaders.base import LINE, Progress, ReadOptions
from loaders.errors import AmbiguousDatesError, LoadError
from loaders.mapping import Mapping

REPORT = "loading.report"
OPEN_DATES = "loading.open_dates"
PREVIEWS = "loading.previews"
STEPS = {
    "reading": N_("Reading the file"),
    "mapping": N_("Bringing the columns to their meaning"),
    "checking": N_("Checking every row"),
    "writing": N_("Writing to the desk"),
    "figures": N_("Computing the figures"),
}
ENCODINGS = ("utf-8", "gb18030", "utf-16", "big5", "windows-1252")
DELIMITERS = {",": N_("comma"), ";": N_("semicolon"), "\t": N_("tab"), "|": N_("bar")}


def last_report() -> None:
    """Draw what the last load of this visit did, until other files are handed over."""
    if REPORT in st.session_state:
        load_report(st.session_state[REPORT])


def forget_report() -> None:
    """Other files are handed over: what the last load did is told in the history below."""
    st.session_state.pop(REPORT, None)


def files_to_load(paths: Sequence[Path]) -> None:
    """Draw each family of files (the same columns, read the same way) with its mapping form; they load together."""
    families: dict[tuple[tuple[str, ...], ReadOptions], list[tuple[Path, Preview]]] = {}
    for path in paths:
        options = _read_options(path.parent.name)
        shown = _readable(path, options)
        if shown:
            families.setdefault((shown.raw.headers, options), []).append((path, shown))
    for (_headers, options), members in families.items():
        with st.container(border=True):
            for path, _shown in members:
                st.text(path.name)
            _look_at(members[0][0], members[0][1])
            _load_form([path for path, _shown in members], members[0][1], options)


def _readable(path: Path, options: ReadOptions) -> Preview | None:
    """The preview of a file; a file that cannot be read says why, and how it could be read may be changed."""
    try:
        return _previewed(path, options)
    except LoadError as error:
        with st.container(border=True):
            st.text(path.name)
            st.error(plain(masked(_(error.template, **error.params))))
            _reading_controls(path.parent.name, None)
        return None


def _look_at(path: Path, shown: Preview) -> None:
    st.caption(_how_it_was_read(shown))
    rows = masked_frame(shown.rows.drop(LINE, strict=False))
    st.dataframe(sent(rows), hide_index=True, placeholder=NOTHING, height=248)
    for note in shown.notes:
        st.caption(plain(masked(note)))
    _reading_controls(path.parent.name, shown)


def _previewed(path: Path, options: ReadOptions) -> Preview:
    """The preview, read once per file and way of reading it."""
    kept = st.session_state.setdefault(PREVIEWS, {})
    name = (str(path), options)
    if name not in kept:
        with st.spinner(_("Reading the file")):
            kept[name] = preview(current_actor(), data.desk(), path, options)
    shown: Preview = kept[name]
    return shown


def _how_it_was_read(shown: Preview) -> str:
    told = [
        (_("format"), shown.raw.format.upper()),
        (_("encoding"), shown.encoding),
        (_("delimiter"), _(DELIMITERS[shown.delimiter]) if shown.delimiter in DELIMITERS else shown.delimiter),
        (_("header in line"), shown.header_line),
        (_("lines before the header"), len(shown.preamble) or None),
        (_("sheet"), shown.raw.sheet),
        (_("columns"), len(shown.raw.headers)),
    ]
    return " · ".join(f"{name}: {plain(str(value))}" for name, value in told if value is not None)


def _read_options(key: str) -> ReadOptions:
    chosen = st.session_state.get(f"read-{key}", {})
    return ReadOptions(**chosen)


def _reading_controls(key: str, shown: Preview | None) -> None:
    """Draw how the file is read, to be changed where it was not recognised rightly."""
    with st.expander(_("Read it differently"), expanded=shown is None), st.form(f"reading-{key}"):
        left, middle, right, last = st.columns(4)
        encoding = left.selectbox(
            _("Encoding"), ENCODINGS, index=None, placeholder=_("recognise"), key=f"encoding-{key}"
        )
        delimiter = middle.selectbox(
            _("Delimiter"), list(DELIMITERS), index=None, placeholder=_("recognise"),
            format_func=lambda one: _(DELIMITERS[one]), key=f"delimiter-{key}",
        )  # fmt: skip
        header = right.number_input(
            _("Line of the column names (0: none)"), min_value=0, value=None, placeholder=_("recognise"),
            key=f"header-{key}",
        )  # fmt: skip
        sheets = shown.raw.sheets if shown else ()
        sheet = last.selectbox(_("Sheet"), sheets, index=None, placeholder=_("the first"), key=f"sheet-{key}")
        if st.form_submit_button(_("Read again")):
            st.session_state[f"read-{key}"] = {
                "encoding": encoding, "delimiter": delimiter, "sheet": sheet,
                "header_line": None if header is None else int(header),
            }  # fmt: skip
            st.rerun()


def _load_form(paths: Sequence[Path], shown: Preview, options: ReadOptions) -> None:
    """Draw the mapping form, and load when it is submitted."""
    key = paths[0].parent.name
    mapping = mapping_form(shown, key=key, dates_are_open=key in st.session_state.get(OPEN_DATES, ()))
    if mapping is None:
        return
    report = _load(paths, mapping, options)
    if any(isinstance(file.error, AmbiguousDatesError) for file in report.files):
        st.session_state[OPEN_DATES] = {*st.session_state.get(OPEN_DATES, ()), key}
    if report.any_loaded:
        data.look_again()
        forget_files(paths)
        st.session_state.pop(PREVIEWS, None)
    st.session_state[REPORT] = report
    st.rerun()


def _load(paths: Sequence[Path], mapping: Mapping, options: ReadOptions) -> LoadReport:
    with st.status(_("Loading {n} files", n=count(len(paths))), expanded=True) as status:
        bar, seen = st.progress(0.0), [""]

        def tell(progress: Progress) -> None:
            text = _(STEPS[progress.step])
            status.update(label=text)
            if seen[-1] != text:
                st.write(text)
                seen.append(text)
            bar.progress(min(max(progress.done or 0.0, 0.0), 1.0))

        settled = LoadOptions(mapping=mapping, zone=mapping.zone, read=options)
        report = load_files(
            current_actor(), data.desk(), paths, options=settled, on_progress=tell, make_figures=prepare_apart
        )
        status.update(label=_("Done"), state="complete" if report.any_loaded else "error")
    return report
