"""Disputing lines of a review, and deciding on them: the forms of the agent and of the arbiter."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import data
from dashboard.components.quality.record_acts import do
from dashboard.components.quality.review_words import value_words, words
from dashboard.components.text import plain
from dashboard.format import local
from dashboard.people import Act, Reach, reach
from dashboard.people.current import current_actor
from dashboard.quality.cards import CardLine
from dashboard.quality.conversation import names_of
from dashboard.quality.review_states import after
from dashboard.services.quality import disputes
from dashboard.services.quality.disputes import VERDICTS, Decision, Proposal, Verdict
from dashboard.services.quality.review_reading import Disputed, DisputedLine, Told
from dashboard.wording import N_, _
from metrics.quality.scoring import VALUES

DECISIONS: Mapping[str, str] = {"keep": N_("keep it"), "accept": N_("take the agent's"), "other": N_("another value")}


def answer(told: Told) -> None:
    """Draw what the agent can do now: acknowledge, dispute lines, appeal."""
    row = told.row
    if not _may_answer(told) or row["revision"] == 0:
        return
    if after("acknowledge", row["state"]):
        st.button(_("Acknowledge the review"), icon=":material/done_all:", key="record.acknowledge", type="primary",
                  on_click=do, args=(disputes.acknowledge, N_("Acknowledged."), row["id"], row["version"]))  # fmt: skip
    for action, name, act in (
        ("dispute", N_("Dispute single lines"), disputes.dispute),
        ("appeal", N_("Appeal against the decision"), disputes.appeal),
    ):
        if after(action, row["state"]):  # type: ignore[arg-type]
            with st.expander(_(name), icon=":material/gavel:"):
                _propose(told, act)


def _may_answer(told: Told) -> bool:
    """Whether the person answers for the agent of this review; the service decides in the end."""
    actor = current_actor()
    is_own = told.row["agent"] in names_of(actor)
    return told.row["reviewer"] != actor.name and (is_own or reach(actor, Act.ANSWER_REVIEWS) > Reach.OWN)


def _propose(told: Told, act: Any) -> None:
    if told.until is not None:
        st.caption(_("Possible until {at}.", at=local(told.until, data.facts().zone)))
    offered = {line.code: line for line in told.card.lines if told.answers.get(line.code) is not None}
    lost = [code for code in offered if (value := told.answers[code].value) is None or value < 1]
    chosen = st.pills(_("Lines that are wrong"), lost, key="record.lines", selection_mode="multi",
                      format_func=lambda code: _line(offered[code]))  # fmt: skip
    proposals = {code: _proposal(offered[code], told.answers[code].value) for code in chosen}
    st.button(_("Send"), key="record.dispute", icon=":material/send:", disabled=not chosen, on_click=do,
              args=(act, N_("Sent. Somebody else than the reviewer decides."), told.row["id"], told.row["version"]),
              kwargs={"lines": proposals})  # fmt: skip


def _line(line: CardLine) -> str:
    return f"{line.code} {words(line.title)}"


def _proposal(line: CardLine, stands: float | None) -> Proposal:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        options = [
            value for value in (*reversed(VALUES[line.scale]), *([None] if line.na_allowed else [])) if value != stands
        ]
        value = st.selectbox(
            _("{line}: {value} now, right would be", line=line.code, value=value_words(stands)), options,
            format_func=value_words, key=f"record.value.{line.code}", width=260,
        )  # fmt: skip
        why = st.text_input(_("Why"), key=f"record.why.{line.code}", max_chars=1000)
    return Proposal(value, why)


def rounds(told: Told) -> None:
    """Draw the disputes so far, and the form of the decision where the person may decide."""
    zone = data.facts().zone
    for one in told.disputes:
        name = _("Dispute") if one.round == 1 else _("Appeal")
        with st.container(border=True):
            st.markdown(f"**{name}** · {plain(one.opened_by)} · {local(one.opened_at, zone)}")
            if one.decided_at is None and _may_decide(told, one):
                _decide(told, one)
            else:
                _decided(told, one, zone)


def _decided(told: Told, one: Disputed, zone: str) -> None:
    for item in one.lines:
        st.markdown(f"- {plain(_item(told, item))}")
    if one.decided_at is None:
        st.caption(_("Waits for a decision until {at}; neither the reviewer nor the agent decides.",
                     at=local(one.due_at, zone)))  # fmt: skip
    else:
        st.markdown(_("{who} decided {at}: {reason}", who=plain(one.arbiter or ""), at=local(one.decided_at, zone),
                      reason=plain(one.reason)))  # fmt: skip


def _item(told: Told, item: DisputedLine) -> str:
    line = _line(told.card.line(item.criterion))
    asked = _("{line}: {stood} → {proposed} proposed, “{why}”", line=line, stood=value_words(item.stood),
              proposed=value_words(item.proposed), why=item.why)  # fmt: skip
    if item.decision is None:
        return asked
    return f"{asked} · {_(DECISIONS[item.decision])}: {value_words(item.decided)}"


def _may_decide(told: Told, one: Disputed) -> bool:
    actor = current_actor()
    parties = {told.row["reviewer"], told.row["agent"], one.opened_by, *(each.arbiter for each in told.disputes)}
    return bool(reach(actor, Act.DECIDE_DISPUTES)) and not parties & names_of(actor)


def _decide(told: Told, one: Disputed) -> None:
    decisions = {}
    for item in one.lines:
        st.markdown(f"- {plain(_item(told, item))}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            verdict: Verdict = st.segmented_control(
                item.criterion, VERDICTS, format_func=lambda id: _(DECISIONS[id]), required=True,
                key=f"record.verdict.{item.criterion}", default="keep",
            )  # fmt: skip
            value = None
            if verdict == "other":
                line = told.card.line(item.criterion)
                options = [*VALUES[line.scale], *([None] if line.na_allowed else [])]
                value = st.selectbox(_("New value"), options, format_func=value_words, width=160,
                                     key=f"record.other.{item.criterion}")  # fmt: skip
        decisions[item.criterion] = Decision(verdict, value)
    reason = st.text_area(_("Reason of the decision"), key="record.decision", max_chars=2000, height=70)
    st.button(_("Decide"), key="record.decide", type="primary", icon=":material/gavel:", on_click=do,
              args=(disputes.decide, N_("Decided. The agent is asked to acknowledge it."), told.row["id"],
                    told.row["version"]), kwargs={"decisions": decisions, "reason": reason})  # fmt: skip
