"""The glossary's entries as people read them, made from the catalogue."""

from collections.abc import Mapping

import streamlit as st

from dashboard import data
from dashboard.format import listed
from dashboard.metric_words import UNITS, clock_name, compared, formula, label, settling
from dashboard.services.analysis.glossary import Entry, matching
from dashboard.services.analysis.glossary import entries as all_entries
from dashboard.wording import N_, _
from metrics.absence import absences
from metrics.catalog import OWN_TOPICS, definition_key, short_key
from metrics.families import CLOCKS
from metrics.model import Better, FactName

OPEN_AT_MOST = 3
"""So few found entries are shown opened."""
GRAINS: dict[FactName, str] = {
    "tickets": N_("one ticket"),
    "replies": N_("one wait of a customer for an answer"),
    "ratings": N_("one rating"),
    "sla_instances": N_("one running of a target"),
}
OWN_GRAINS: Mapping[str, str] = {
    "triage": N_("one escalated ticket"),
    "staffing": N_("one interval of one queue"),
    "quality": N_("one reviewed conversation"),
}
"""Of the figures that no helpdesk's data give, by their topic."""
BETTER: dict[Better, str] = {
    "higher": N_("higher is better"),
    "lower": N_("lower is better"),
    "neither": N_("neither high nor low is good in itself"),
}
PERSONS = {
    "first_response_by": N_("who answered first"),
    "resolution_by": N_("who resolved it"),
    "agent": N_("who has the ticket, wrote the answer or was rated"),
}


def found_entries(wanted: str) -> tuple[Entry, ...]:
    """The entries that hold the words, in the reader's language."""
    return matching(all_entries(), wanted, _words)


def _words(entry: Entry) -> str:
    one = entry.first
    parts = (name(entry), _(short_key(one)), _(definition_key(one)), compared(one), _(f"topic.{entry.topic}"))
    return " ".join(parts)


def name(entry: Entry) -> str:
    """What the figure, or the thing that its family measures, is called."""
    return label(entry.first) if len(entry.members) == 1 else _(f"metric.{entry.wording}.label")


def draw_entries(entries: tuple[Entry, ...]) -> None:
    """Draw the entries by topic; the few of a narrow search stand open."""
    is_open = len(entries) <= OPEN_AT_MOST
    for topic in dict.fromkeys(entry.topic for entry in entries):
        st.header(_(f"topic.{topic}"), anchor=topic)
        for entry in entries:
            if entry.topic == topic:
                with st.expander(f"**{name(entry)}** · {_(short_key(entry.first))}", expanded=is_open):
                    _entry(entry)


def _entry(entry: Entry) -> None:
    one = entry.first
    st.markdown(_(definition_key(one)))
    facts = [
        (_("How it is computed"), " / ".join(dict.fromkeys(formula(member) for member in entry.members))),
        (_("Unit"), _(UNITS[one.unit])),
        (_("Clock"), " / ".join(dict.fromkeys(filter(None, map(clock_name, entry.members))))),
        (_("Dated by"), _(f"instant.{one.at}")),
        (_("One row is"), _grain(entry)),
        (_("Direction"), _(BETTER[one.better])),
        (_("Small numbers"), _small_numbers(entry)),
        (_("Settles"), settling(one)),
        (_("Split by agent"), _(PERSONS[one.person]) if one.person in PERSONS else ""),
        (_("Compare with other systems"), compared(one)),
        (_("On this desk"), _absent(entry)),
    ]
    st.markdown("\n".join(f"- {title}: {text}" for title, text in facts if text))
    st.code("\n".join(member.id for member in entry.members), language=None)


def _grain(entry: Entry) -> str:
    told = OWN_GRAINS.get(entry.topic) or GRAINS.get(entry.first.fact)
    return _(told) if told else ""


def _small_numbers(entry: Entry) -> str:
    """From how many on each member is ranked: one number, or one per percentile."""
    first = [one for one in entry.members if len(entry.members) == 1 or f"_{CLOCKS[0]}_" in one.id]
    bounds = {one.id.rpartition("_")[2]: one.minimum_n for one in first or entry.members}
    if max(bounds.values()) < 2:
        return ""
    if len(set(bounds.values())) == 1:
        return _("below {n} nobody is ranked by it", n=next(iter(bounds.values())))
    return _("nobody is ranked below: {bounds}", bounds=listed([f"{key} {n}" for key, n in bounds.items()]))


def _absent(entry: Entry) -> str:
    """Why the desk's data cannot tell it; empty where they can."""
    if not data.has_data() or entry.topic in OWN_TOPICS:
        return ""
    return listed([_(reason) for reason in dict.fromkeys(absences(entry.members, data.facts()).values())])
