"""The review room: what waits to be read, and one conversation with its scorecard, worked by keys."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard import data, one_ticket
from dashboard.components.own_parts import own_part
from dashboard.components.quality.review_state import PART, Here, Said, draft, here, note, said, say, seconds, stand
from dashboard.components.quality.review_words import (
    card_name,
    cause_words,
    entries,
    line_words,
    part_words,
    score_words,
    standing,
)
from dashboard.components.text import plain
from dashboard.components.triage.strip import draw_strip
from dashboard.components.unmasking import unmask_control
from dashboard.language import speak
from dashboard.people.current import current_actor
from dashboard.people.unmasked import seconds_left
from dashboard.quality.answers import NotReady, taken_in
from dashboard.quality.cards import Card
from dashboard.refusals import sentence
from dashboard.services.analysis.explain import UnknownTicketError
from dashboard.services.analysis.ticket_story import Story
from dashboard.services.quality import review_reading, reviews, scorecards
from dashboard.services.quality.assignments import INELIGIBLE, SKIPPED, mark_ineligible, skip
from dashboard.services.quality.review_reading import Told
from dashboard.services.triage.strip import strip
from dashboard.store.swap import StaleError
from dashboard.wording import N_, _, current_language
from metrics.errors import ActionableError

CARD = "review.card"
SUBMITTED = N_("Submitted: {result}.")
TO_TRIAGE = N_("It is in triage now.")
BUTTONS = {"s": "review-submit", "q": "review-back"}
"""Which button each key presses, by the key of the widget."""


def room() -> None:
    """Draw the review before the person, whole."""
    at = here()
    if at is None:
        return
    actor, desk = current_actor(), data.desk()
    _save()
    try:
        told = review_reading.told(actor, desk, at.review)
    except ActionableError as error:
        stand(None)
        say(Said(sentence(error), is_refusal=True))
        st.rerun()
    note(version=told.row["version"])
    _bar(told)
    tell()
    draw(told, here(), readonly=told.row["state"] != "draft")


def _save() -> None:
    """Keep the answers that the browser has sent since the last time."""
    at = here()
    sent = None if at is None else draft(at)
    if at is None or sent is None or sent["n"] <= at.n or not at.version:
        return
    try:
        version = reviews.save(current_actor(), data.desk(), at.review, at.version, sent.get("answers"),
                               seconds=seconds(sent))  # fmt: skip
        note(version=version, n=sent["n"], lacking=())
    except StaleError as error:
        say(Said(sentence(error), is_refusal=True))
        note(n=sent["n"])


def _bar(told: Told) -> None:
    is_draft = told.row["state"] == "draft"
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button(_("Back to the queue"), icon=":material/arrow_back:", key="review-back", on_click=_back)
        ticket = _("Ticket {id}", id=plain(told.row["ticket_id"]))
        st.markdown(f"**{ticket}**")
        if is_draft:
            st.button(_("Submit and open the next"), type="primary", icon=":material/send:", key="review-submit",
                      on_click=_submit)  # fmt: skip
        story = story_of(told) if is_draft else None
        if story is not None:
            unmask_control(story, in_a_row=True)
        if is_draft and told.row["session_id"] is None:
            _other_card(told)
        if is_draft and told.row["assignment_id"] is not None and told.row["session_id"] is None:
            _aside(told)


def _other_card(told: Told) -> None:
    """The other scorecards in use, for this conversation alone."""
    offered = [one for one in scorecards.published(current_actor(), data.desk()) if one.id != told.card.id]
    with st.popover(_("Other scorecard"), icon=":material/checklist:"):
        st.caption(_("What was answered so far is not kept."))
        for one in offered:
            st.button(card_name(one), key=f"review.card.{one.id}", on_click=_read_with, args=(told.row["id"], one.id))


def _read_with(review: int, version_id: int) -> None:
    speak()
    at = here()
    try:
        reviews.choose_card(current_actor(), data.desk(), review, at.version if at else 0, version_id=version_id,
                            facts=data.readable())  # fmt: skip
        stand(review)
    except ActionableError as error:
        say(Said(sentence(error), is_refusal=True))


def _aside(told: Told) -> None:
    """What cannot be judged, and what is left unread, are told apart; both say why."""
    with st.popover(_("Set aside"), icon=":material/do_not_disturb_on:"):
        st.caption(_("What cannot be judged leaves the sample, and the next one is drawn in its place. "
                     "What is skipped is told beside every rate."))  # fmt: skip
        ways = {"ineligible": _("cannot be judged"), "skipped": _("skipped")}
        way = st.segmented_control(_("Set aside as"), list(ways), format_func=ways.__getitem__, default="ineligible",
                                   required=True, key="review.aside", label_visibility="collapsed")  # fmt: skip
        codes = INELIGIBLE if way == "ineligible" else {code: why for code, why in SKIPPED.items() if code != "void"}
        code = st.selectbox(_("Why"), list(codes), format_func=lambda id: _(codes[id]), key=f"review.aside.{way}")
        act = mark_ineligible if way == "ineligible" else skip
        st.button(_("Set it aside and open the next"), key="review-aside", on_click=_set_aside,
                  args=(act, told.row["assignment_id"], told.assignment_version, code))  # fmt: skip


def _set_aside(act: Callable[..., None], assignment: int, version: int, code: str) -> None:
    speak()
    try:
        act(current_actor(), data.desk(), assignment, version, code=code)
    except ActionableError as error:
        say(Said(sentence(error), is_refusal=True))
        return
    say(Said(_("Set aside.")))
    open_next()


def _back() -> None:
    speak()
    _save()
    say(None)
    stand(None)


def _submit() -> None:
    speak()
    at, actor, desk = here(), current_actor(), data.desk()
    if at is None:
        return
    sent = draft(at)
    try:
        kept = review_reading.told(actor, desk, at.review).draft if sent is None else sent.get("answers")
        done = reviews.submit(actor, desk, at.review, at.version, kept, seconds=seconds(sent), facts=data.readable())
    except NotReady as error:
        note(lacking=error.lines)
        say(Said(sentence(error), is_refusal=True))
        return
    except ActionableError as error:
        say(Said(sentence(error), is_refusal=True))
        return
    result = _(SUBMITTED, result=score_words(done.score))
    say(Said(f"{result} {_(TO_TRIAGE)}" if done.opened_triage else result))
    open_next()


def open_next() -> None:
    """Go on with the next conversation of the queue, or back to it where none is left."""
    stand(review_reading.begin_next(current_actor(), data.desk(), version_id=chosen_card().id, facts=data.readable()))


def tell() -> None:
    """Draw what became of the last act."""
    last = said()
    if last is None:
        return
    if last.is_refusal:
        st.warning(last.text, icon=":material/block:")
    else:
        st.caption(f":material/check: {last.text}")


def chosen_card() -> Card:
    """The scorecard with which the person reads; at first the desk's first one."""
    offered = {one.scorecard_id: one for one in scorecards.published(current_actor(), data.desk())}
    kept = st.session_state.get(CARD)
    return offered[kept] if kept in offered else next(iter(offered.values()))


def choose_card() -> None:
    """Draw the choice of the scorecard for what is opened next."""
    offered = {one.scorecard_id: one for one in scorecards.published(current_actor(), data.desk())}
    key = f"{CARD}.{current_language()}"
    st.session_state.setdefault(key, chosen_card().scorecard_id)
    st.segmented_control(
        _("Scorecard"), list(offered), format_func=lambda id: card_name(offered[id]), key=key, required=True,
        on_change=_chose, args=(key,),
    )  # fmt: skip


def _chose(key: str) -> None:
    st.session_state[CARD] = st.session_state[key]


def draw(told: Told, at: Here | None, *, readonly: bool) -> None:
    """Draw conversation and card side by side; the story of the ticket on one line above. at: None: only to be read."""
    story = story_of(told)
    if story is not None:
        if readonly:
            unmask_control(story)
        draw_strip(strip(story, (), until=story.events[-1].at), data.facts().zone)
    own_part("review")(key=PART, data=_data(told, story, at, readonly=readonly), on_draft_change=_sent)


def _sent() -> None:
    """The run that follows keeps what was sent."""


def story_of(told: Told) -> Story | None:
    """The ticket's story as its reader may read it; None where the data have it no more, or it is not his to see."""
    if not data.may_open(told.row["source"], told.row["ticket_id"]):
        return None
    try:
        return one_ticket.ticket_story(told.row["source"], told.row["ticket_id"])[0]
    except UnknownTicketError:
        return None


def _data(told: Told, story: Story | None, at: Here | None, *, readonly: bool) -> dict[str, Any]:
    causes = scorecards.causes(current_actor(), data.desk())
    draft_of = taken_in(told.draft, told.card, told.reading, (one.code for one in causes))
    answers = told.answers or draft_of
    return {
        "opened": at.opened if at else f"{told.row['id']} {told.row['version']}",
        "talk": current_language(),
        "title": card_name(told.card),
        "subject": "" if story is None else str(story.ticket["subject"] or ""),
        "entries": [] if story is None else entries(story, data.facts().zone),
        "lines": [line_words(line, told.reading) for line in told.card.lines],
        "causes": cause_words(causes),
        "answers": {code: one.told() for code, one in answers.items() if code not in told.reading.auto},
        "score": standing(told.card, answers),
        "lacking": list(at.lacking) if at else [],
        "n": at.n if at else 0,
        "seconds": told.row["seconds"] or 0,
        "readonly": readonly,
        "whole": story is not None and seconds_left(current_actor(), told.row["source"], told.row["ticket_id"]) > 0,
        "keys": BUTTONS,
        "words": part_words(),
    }
