"""What each column of a file means, as a form: our proposal, samples beside it, what is missing or open."""

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import replace
from typing import cast
from zoneinfo import available_timezones

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.text import plain
from dashboard.format import listed
from dashboard.people.current import current_actor
from dashboard.privacy.masking import masked_cell
from dashboard.services.loading.loads import Preview, kept_mappings
from dashboard.services.loading.mappings import free_name
from dashboard.wording import N_, _
from loaders.mapping import Mapping
from loaders.shapes.fields import SHAPES, required_of

COMMON_ZONES = ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "Asia/Kolkata", "UTC",
                "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles")  # fmt: skip
ORDERS = {"dmy": N_("day first: 31/12/2026"), "mdy": N_("month first: 12/31/2026")}
SAMPLES = 3
ROWS_WITHOUT_SCROLLING = 13


def mapping_form(shown: Preview, *, key: str, dates_are_open: bool) -> Mapping | None:
    """Draw the form; the mapping when a person submits it whole, else None.

    *dates_are_open*: the values of a column did not settle whether day or month comes first, so a person must say.
    """
    proposed = shown.mapping
    with st.form(f"mapping-{key}"):
        st.header(_("What the columns mean"), anchor=False)
        _what_is_open(shown)
        shape = st.selectbox(
            _("Shape of the file"), list(SHAPES), index=list(SHAPES).index(proposed.shape),
            format_func=lambda name: _(f"shape.{name}"), key=f"shape-{key}",
        )  # fmt: skip
        columns = _columns(shown, shape, key)
        with st.container(horizontal=True):
            zone = _zone(proposed.zone, key)
            order = _order(proposed, key) if dates_are_open else None
            name = st.text_input(_("Keep this mapping under the name"), value=_name(shown), key=f"name-{key}")
        submitted = st.form_submit_button(_("Check and load"), type="primary", icon=":material/play_arrow:")
    if not submitted:
        return None
    formats = {**proposed.formats, **({"*": order} if order else {})}
    kept_values = {column: table for column, table in proposed.values.items() if column in columns}
    mapping = replace(
        proposed, name=name.strip() or proposed.name, shape=shape, columns=columns, zone=zone, formats=formats,
        values=kept_values,
    )  # fmt: skip
    mapping = replace(mapping, name=free_name(_kept(), mapping))  # another form may have taken it
    return mapping if _is_whole(mapping, order_asked=dates_are_open and order is None) else None


def _kept() -> dict[str, Mapping]:
    return kept_mappings(current_actor(), data.desk())


def _name(shown: Preview) -> str:
    """The kept mapping's name, else one that no other family of files has on this desk."""
    return shown.kept.name if shown.kept else free_name(_kept(), shown.proposal.mapping)


def _what_is_open(shown: Preview) -> None:
    """Say what is missing, what is doubtful, and what stays unmapped."""
    proposal = shown.proposal
    if shown.kept:
        st.success(_("The mapping “{name}” that this desk keeps fits this file.", name=plain(shown.kept.name)))
        return
    if proposal.missing:
        st.warning(
            _("Still missing: {columns}. Choose the columns that hold them.", columns=_meanings(proposal.missing))
        )
    if proposal.doubtful:
        st.warning(_("Not sure about: {columns}. Please check.", columns=_meanings(list(proposal.doubtful))))
    if proposal.preset:
        st.info(_("This is an export of {system}.", system=plain(proposal.preset)), icon=":material/verified:")
    if not proposal.missing and not proposal.doubtful:
        st.success(_("Every needed column was recognised. Check the proposal and load."))
    if proposal.unmapped:
        names = listed([f"“{plain(name)}”" for name in proposal.unmapped[:20]])
        st.caption(_("Not mapped, but kept as the file's own fields: {columns}.", columns=names))


def _meanings(names: Sequence[str]) -> str:
    return listed([meaning(name) for name in names])


def meaning(column: str) -> str:
    """What a canonical column holds, in the reader's words."""
    return _(f"column.{column}")


def _columns(shown: Preview, shape: str, key: str) -> dict[str, str]:
    """Draw one row per column of the file: its name, samples, and what it means; canonical name -> header."""
    given = {name: header for name, header in shown.mapping.columns.items() if name in SHAPES[shape]}
    by_header = {header: name for name, header in reversed(given.items())}
    names = {meaning(name): name for name in SHAPES[shape]}
    own = _("keep as it is")
    table = pl.DataFrame(
        {
            "header": list(shown.raw.headers),
            "samples": [_samples(shown.rows, header) for header in shown.raw.headers],
            "meaning": [meaning(by_header[h]) if h in by_header else own for h in shown.raw.headers],
        }
    )
    edited = st.data_editor(
        table,
        hide_index=True,
        disabled=("header", "samples"),
        key=f"columns-{key}-{shape}",
        height="content" if table.height <= ROWS_WITHOUT_SCROLLING else 480,
        column_config={
            "header": st.column_config.TextColumn(_("Column of the file"), width="medium"),
            "samples": st.column_config.TextColumn(_("First values"), width="large"),
            "meaning": st.column_config.SelectboxColumn(
                _("Means"), options=[own, *names], required=True, width="medium"
            ),
        },
    )
    chosen = dict(zip(edited["header"], edited["meaning"], strict=True))
    columns = {names[label]: header for header, label in chosen.items() if label in names}
    beside = {name: header for name, header in given.items() if by_header.get(header) != name or header not in chosen}
    untouched = {h for h in beside.values() if h not in chosen or names.get(chosen[h]) == by_header[h]}
    return {**{name: header for name, header in beside.items() if header in untouched}, **columns}


def _samples(rows: pl.DataFrame, header: str) -> str:
    values = rows[header].drop_nulls().unique(maintain_order=True).head(SAMPLES)
    shown = [masked_cell(header, value) for value in values]
    return " · ".join(value if len(value) <= 60 else value[:59] + "…" for value in shown)


def _zone(proposed: str | None, key: str) -> str | None:
    zones = [*COMMON_ZONES, *sorted(available_timezones() - set(COMMON_ZONES))]
    default = proposed or data.desk().zone() or st.context.timezone
    return st.selectbox(
        _("Time zone of times that name none"), zones, index=zones.index(default) if default in zones else None,
        placeholder=_("Choose a zone"), key=f"zone-{key}",
    )  # fmt: skip


def _order(proposed: Mapping, key: str) -> str | None:
    now = proposed.formats.get("*")
    return cast(
        str | None,
        st.selectbox(
            _("The dates fit both ways. In this file the date has the"), list(ORDERS),
            index=list(ORDERS).index(now) if now in ORDERS else None, format_func=lambda name: _(ORDERS[name]),
            placeholder=_("Please say"), key=f"order-{key}",
        ),
    )  # fmt: skip


def _is_whole(mapping: Mapping, *, order_asked: bool) -> bool:
    missing = required_of(mapping.shape, mapping.columns)
    if missing:
        st.error(_("Not loaded: no column is named for {columns}.", columns=_meanings(missing)))
    if order_asked:
        st.error(_("Not loaded: say whether day or month comes first in the dates."))
    return not missing and not order_asked


def twice_named(columns: Map[str, str]) -> Sequence[str]:
    """Headers that are named for two things at once."""
    headers = list(columns.values())
    return [header for header in dict.fromkeys(headers) if headers.count(header) > 1]
