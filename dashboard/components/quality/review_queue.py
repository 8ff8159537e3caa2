"""What waits to be read: the person's queue, the way to the next one, and picks by hand."""

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.quality.review_room import choose_card, chosen_card, open_next, tell
from dashboard.components.quality.review_state import Said, say, stand
from dashboard.components.text import plain
from dashboard.format import NOTHING, count, local, value_name
from dashboard.language import speak
from dashboard.people.current import current_actor
from dashboard.privacy.masking import masked, without_names
from dashboard.refusals import sentence
from dashboard.services.analysis.ticket_story import found_by_number
from dashboard.services.quality import review_reading, reviews
from dashboard.triage.now import now
from dashboard.wording import _
from metrics.errors import ActionableError

SHOWN_AT_MOST = 50
FIND = "review.find"


def queue() -> None:
    """Draw what the person has to read and how he begins."""
    tell()
    waiting = review_reading.waiting(current_actor(), data.desk())
    late = waiting.filter(pl.col("due_at") < now()).height
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        choose_card()
        st.button(
            _("Begin with the next ({n})", n=count(waiting.height)), key="review-next", type="primary",
            icon=":material/play_arrow:", on_click=_next, disabled=waiting.is_empty(), shortcut="n",
        )  # fmt: skip
    if waiting.is_empty():
        st.info(_("Nothing waits to be read. A draw of a sampling plan fills this queue; you can also pick by hand."))
    else:
        told = _("{n} wait to be read", n=count(waiting.height))
        st.caption(told if not late else _("{told}, {late} of them past their time", told=told, late=count(late)))
        _table(waiting)
    _by_hand()


def _table(waiting: pl.DataFrame) -> None:
    keys = ["source", "ticket_id"]
    known = data.readable().tickets.select(*keys, "channel", "type", "subject", "customer")
    rows = waiting.head(SHOWN_AT_MOST).join(known, on=keys, how="left", maintain_order="left")
    zone, told = data.facts().zone, rows.iter_rows(named=True)
    about = {_("Subject"): [_subject(row) for row in told]} if rows["subject"].drop_nulls().len() else {}
    about |= {
        word: [value_name(name, one) if one else NOTHING for one in rows[name]]
        for name, word in (("channel", _("Channel")), ("type", _("Type")))
        if rows[name].drop_nulls().len()
    }
    table = pl.DataFrame({
        _("Ticket"): rows["ticket_id"],
        **about,
        _("Due"): [local(at, zone) for at in rows["due_at"]],
        _("Stands"): [_standing(row) for row in rows.iter_rows(named=True)],
    })  # fmt: skip
    show_table(table, name="review-queue", title=_("Review room"), of_tickets=True, key="review.waiting",
               on_select=_opened, selection_mode="single-row", width="stretch")  # fmt: skip
    st.session_state["review.rows"] = rows.select("assignment", "review").rows()


def _subject(row: dict[str, object]) -> str:
    """What the conversation is about, without its customer's name."""
    return without_names(masked(str(row["subject"] or NOTHING)), [str(row["customer"] or "")])


def _standing(row: dict[str, object]) -> str:
    if row["review"] is not None:
        return _("begun")
    if row["kind"] == "calibration":
        return _("calibration")
    return _("yours") if row["is_mine"] else _("free for whoever takes it")


def _opened() -> None:
    """Open the row that was chosen."""
    speak()
    places = st.session_state["review.waiting"].selection.rows
    if not places:
        return
    assignment, review = st.session_state["review.rows"][places[0]]
    say(None)
    if review is not None:
        stand(review)
        return
    try:
        stand(reviews.begin(current_actor(), data.desk(), assignment, version_id=chosen_card().id,
                            facts=data.readable()))  # fmt: skip
    except ActionableError as error:
        say(Said(sentence(error), is_refusal=True))


def _next() -> None:
    speak()
    say(None)
    open_next()


def _by_hand() -> None:
    """A conversation that nobody drew: it is read the same way, and enters no rate."""
    with st.expander(_("Pick a conversation by hand"), icon=":material/search:"):
        st.caption(_("For coaching and suspicions. What is picked by hand never enters a rate."))
        st.text_input(_("Number of the ticket"), key=FIND)
        wanted = str(st.session_state[FIND]).strip()
        found = found_by_number(data.readable(), wanted)
        if wanted and found.is_empty():
            st.info(_("No ticket has a number with “{text}” in it.", text=plain(wanted)))
        for row in found.head(10).iter_rows(named=True):
            name = f"{plain(row['ticket_id'])} · {plain(row['source'])} · {local(row['created_at'], data.facts().zone)}"
            st.button(name, key=f"review.pick.{row['source']}.{row['ticket_id']}", on_click=_pick, type="tertiary",
                      args=(row["source"], row["ticket_id"]), icon=":material/rate_review:")  # fmt: skip


def _pick(source: str, ticket_id: str) -> None:
    speak()
    try:
        stand(reviews.begin_by_hand(current_actor(), data.desk(), source, ticket_id, version_id=chosen_card().id,
                                    facts=data.readable()))  # fmt: skip
        say(None)
    except ActionableError as error:
        say(Said(sentence(error), is_refusal=True))
