"""What the desk calls things: types and merging, priorities, languages, teams, people; who belongs to which team."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.settings.draft import begin, begin_anew, draft, field_key, propose
from dashboard.components.settings.faults import at_rows
from dashboard.components.settings.rows import edited_rows
from dashboard.components.settings.saving import may_change
from dashboard.components.text import plain
from dashboard.format import count, dimension, listed, value_name
from dashboard.language import speak
from dashboard.services.settings.editing import tables_of
from dashboard.services.settings.names import (
    COLUMNS,
    LISTS,
    NUMBERS,
    levels,
    name_faults,
    records_of,
    rows_of,
    strangers,
)
from dashboard.wording import _
from metrics.model import Scope
from metrics.tables import PRIORITIES

SHOWN = 12
NAMED_IN = {
    "type": (("merge", "type"), ("merge", "into")),
    "agent": (("member", "agent"),),
    "team": (("member", "team"),),
}
"""Where else in the settings names of a dimension stand: table, column."""
TYPES, PEOPLE, RULES = "types", "people", "rules"
"""The parts of the page that these tables stand in."""


def types() -> None:
    """Draw the tree of types, what is merged into what, priorities and languages."""
    st.subheader(_("Types"), anchor="types")
    st.caption(
        _(
            "Two levels. “Also” are the words of the data that mean the same. What is not listed counts under its own "
            "word. A row holds from its day on, else from the day that you save it for; “Past too” changes figures "
            "of earlier days as well."
        )
    )
    name_table("type", TYPES, {"name": _text(dimension("type"), required=True), "subtype": _text(dimension("subtype")),
                               "also": _words("type")}, called=_("Types"))  # fmt: skip
    _begin_with_the_data()
    st.subheader(_("Merged types"), anchor="merged")
    st.caption(
        _("A type counts as another from a day on. Left empty, the second level stays what it is; to be able to tell "
          "them apart later, give the old name there.")
    )  # fmt: skip
    name_table("merge", TYPES, {
        "type": _one_of(_("This type"), "type"), "subtype": _text(_("only this second level")),
        "into": _one_of(_("counts as"), "type"), "into_subtype": _text(_("with the second level")),
    }, called=_("Merged types"))  # fmt: skip
    _priorities()
    _languages()


def _priorities() -> None:
    st.subheader(_("Priorities"), anchor="priorities")
    st.caption(
        _("The four classes as this desk calls them, and the words of the data that mean them: those too that a load "
          "did not know and left empty.")
    )  # fmt: skip
    name_table("priority", TYPES, {
        "name": st.column_config.SelectboxColumn(_("Class"), options=PRIORITIES, required=True, width=120,
                                                 format_func=lambda id: value_name("priority", str(id))),
        "called": _text(_("Called here")), "also": _words("priority"),
    }, called=_("Priorities"))  # fmt: skip


def _languages() -> None:
    st.subheader(_("Languages of inquiries"), anchor="languages")
    name_table("language", TYPES, {"name": _text(dimension("language"), required=True), "also": _words("language")},
               called=_("Languages of inquiries"))  # fmt: skip


def people() -> None:
    """Draw the teams and the people under their names, and who belongs to which team from when on."""
    st.subheader(_("Who belongs to which team"), anchor="members")
    st.caption(
        _("Asked where the data name no team: a ticket is then that of the team its person belonged to on the day it "
          "was created. Who moves gets a second row with the day.")
    )  # fmt: skip
    name_table("member", PEOPLE, {"agent": _one_of(dimension("agent"), "agent"),
                                  "team": _one_of(dimension("team"), "team")},
               called=_("Who belongs to which team"))  # fmt: skip
    st.subheader(_("People"), anchor="people")
    st.caption(_("One person, one name: under “Also” the names and numbers by which other sources know the person."))
    name_table("agent", PEOPLE, {"name": _text(dimension("agent"), required=True), "also": _words("agent")},
               called=_("People"))  # fmt: skip
    st.subheader(_("Teams"), anchor="team-names")
    name_table("team", PEOPLE, {"name": _text(dimension("team"), required=True), "also": _words("team")},
               called=_("Teams"))  # fmt: skip


def name_table(name: str, part: str, columns: Mapping[str, Any], *, called: str) -> None:
    """Draw one table of names and propose what is typed in it; what is wrong is said below, row by row."""
    opened = begin(part)
    records = records_of(name, tables_of(opened.text))
    shown = pl.DataFrame(records, schema=_schema(name))
    edited = edited_rows(shown, name, {**columns, **(_dates() if "from" in COLUMNS[name] else {})}, called=called)
    if not may_change():
        return
    at_rows(name_faults(name, edited, opened.zone))
    typed = rows_of(name, edited)
    is_as_it_was = typed == rows_of(name, records)
    propose(name, tables_of(opened.text).get(name) if is_as_it_was else typed or None)


def _schema(name: str) -> dict[str, pl.DataType]:
    kinds = {**dict.fromkeys(LISTS, pl.List(pl.String)), **dict.fromkeys(NUMBERS, pl.Float64()), "from": pl.Date(),
             "throughout": pl.Boolean()}  # fmt: skip
    return {column: kinds.get(column, pl.String()) for column in COLUMNS[name]}


def _dates() -> dict[str, Any]:
    kinds = st.column_config
    return {
        "from": kinds.DateColumn(_("From"), format="YYYY-MM-DD", width=110,
                                 help=_("Empty: from the day it is saved for.")),
        "throughout": kinds.CheckboxColumn(_("Past too"), default=False, width=84,
                                           help=_("Figures of days before these agreements change with it.")),
    }  # fmt: skip


def _text(label: str, *, required: bool = False) -> Any:
    return st.column_config.TextColumn(label, required=required, width=150)


def _words(of: str) -> Any:
    return st.column_config.MultiselectColumn(
        _("Also"), options=known_names(of), accept_new_options=True, width=220,
        format_func=lambda word: value_name(of, word),
        help=_("Words of the data that mean the same; type one and press Enter."),
    )  # fmt: skip


def _one_of(label: str, of: str) -> Any:
    """A choice among what the data have; free text while there are none."""
    known = known_names(of)
    if not known:
        return _text(label, required=True)
    return st.column_config.SelectboxColumn(
        label, options=known, required=True, width=150, format_func=lambda id: value_name(of, str(id))
    )


def known_names(of: str) -> list[str]:
    """The names that the figures have and those that are listed."""
    found = [str(one) for one in data.choices().values.get(of, ()) if one] if data.has_data() else []
    tables = tables_of(draft().text)
    places = [(of, "name"), *NAMED_IN.get(of, ())]
    placed = [str(row[key]) for name, key in places for row in tables.get(name) or [] if row.get(key)]
    return sorted(dict.fromkeys([*found, *placed]))


def _begin_with_the_data() -> None:
    """Say which types of the data the tree does not have, and offer to put them in."""
    if not may_change() or not data.has_data():
        return
    found = data.answer(levels, Scope())
    tables = tables_of(draft().text)
    known = list(dict.fromkeys(first for first, _second in found))
    if tables.get("type"):
        missing = strangers(known, tables, "type")
        if not missing:
            return
        names = [plain(one) for one in missing[:SHOWN]] + (["…"] if len(missing) > SHOWN else [])
        st.caption(_("In the data, not in the tree: {types}.", types=listed(names)))
    else:
        missing = known
    st.button(_("Put in {n} types of the data", n=count(len(missing))), icon=":material/playlist_add:",
              on_click=_put_in, args=(found, missing), key=field_key("types-of-data"))  # fmt: skip


def _put_in(found: list[tuple[str, str | None]], missing: list[str]) -> None:
    speak()
    rows = [{"name": first} | ({"subtype": second} if second else {}) for first, second in found if first in missing]
    propose("type", [*(tables_of(draft().text).get("type") or []), *rows])
    begin_anew()
