"""How a scorecard would be on a real conversation: scored as in the review room, and kept nowhere."""

from typing import Any

import streamlit as st

from dashboard import data
from dashboard.components.quality.review_room import draw
from dashboard.components.quality.review_state import Here, draft
from dashboard.components.text import plain
from dashboard.format import local
from dashboard.people.current import current_actor
from dashboard.quality.cards import Card
from dashboard.refusals import sentence
from dashboard.services.analysis.ticket_story import found_by_number
from dashboard.services.quality import scorecards
from dashboard.services.quality.review_reading import Told
from dashboard.wording import _
from metrics.errors import ActionableError

FIND, AT = "scorecard.find", "scorecard.preview"


def preview(card: Card) -> None:
    """Draw the search of a conversation, and the conversation beside the card as it was saved last."""
    st.subheader(_("Try it on a real conversation"))
    st.text_input(_("Number of the ticket"), key=FIND, width=420)
    wanted = str(st.session_state[FIND]).strip()
    if not wanted:
        st.caption(_("Nothing of it is kept."))
        return
    found = found_by_number(data.readable(), wanted)
    if found.is_empty():
        st.info(_("No ticket has a number with “{text}” in it.", text=plain(wanted)))
        return
    row = found.row(0, named=True)
    st.caption(f"{plain(row['ticket_id'])} · {plain(row['source'])} · {local(row['created_at'], data.facts().zone)}")
    try:
        reading = scorecards.preview(current_actor(), data.desk(), card.id, row["source"], row["ticket_id"],
                                     facts=data.readable())  # fmt: skip
    except ActionableError as error:
        st.warning(sentence(error))
        return
    at = _at((card.id, card.version, row["source"], row["ticket_id"]))
    sent = draft(at)
    cells: dict[str, Any] = {"id": 0, "source": row["source"], "ticket_id": row["ticket_id"], "seconds": 0}
    answers = sent.get("answers", {}) if sent else {}
    draw(Told(cells, card, reading, answers, (), (), (), None), at, readonly=False)


def _at(asked: tuple[object, ...]) -> Here:
    """The opening for this card and conversation; another one where either changes."""
    kept = st.session_state.get(AT)
    if not isinstance(kept, tuple) or kept[0] != asked:
        kept = st.session_state[AT] = (asked, Here(0))
    sent = draft(kept[1])
    here = kept[1]
    return here if sent is None else Here(0, opened=here.opened, n=sent["n"])
