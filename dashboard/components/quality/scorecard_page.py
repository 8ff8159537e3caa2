"""Scorecards: every version, the editor of a draft, and how it would be on a real conversation."""

from collections.abc import Callable
from typing import Any

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.quality.record_acts import do
from dashboard.components.quality.record_state import say, tell
from dashboard.components.quality.review_words import card_name, words
from dashboard.components.quality.scorecard_preview import preview
from dashboard.language import speak
from dashboard.people.current import current_actor
from dashboard.quality.cards import AUTO_RULES, Card, CardLine
from dashboard.refusals import sentence
from dashboard.services.quality import scorecards
from dashboard.wording import N_, _
from metrics.errors import ActionableError
from metrics.quality.scoring import Marks

CHOSEN, NAME = "scorecard.chosen", "scorecard.name"
STATUS = {"draft": N_("draft"), "published": N_("in use"), "retired": N_("retired")}
KINDS = {"scored": N_("scored"), "critical": N_("critical")}


@st.fragment
def workspace() -> None:
    """Draw the choice of a version, then the version."""
    speak()
    st.title(_("Scorecards"))
    tell()
    found = {one.id: one for one in scorecards.versions(current_actor(), data.desk())}
    kept = st.session_state.get(CHOSEN)
    if kept not in found:
        st.session_state[CHOSEN] = next(one.id for one in found.values() if one.status != "retired")
    chosen = st.selectbox(
        _("Version"), list(found), key=CHOSEN, format_func=lambda id: _named(found[id]), width=420,
    )  # fmt: skip
    card = found[chosen]
    if card.status == "draft":
        _editor(card)
    else:
        _shown(card)
    preview(card)


def _named(card: Card) -> str:
    status = STATUS[card.status]
    return f"{card_name(card)} · {_(status)}"


def _shown(card: Card) -> None:
    st.caption(
        _("Passes from {mark} on; at least {share} of the weight must apply. A published version does not change.",
          mark=f"{card.marks.pass_mark:g}", share=f"{card.marks.least_share:.0%}")
    )  # fmt: skip
    show_table(_table(card), name=f"scorecard-{card.id}", title=card_name(card), width="stretch", height="content")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.button(_("New version of it"), icon=":material/edit:", key="scorecard.new", on_click=_new, args=(card.id,))
        with st.popover(_("New scorecard from it"), icon=":material/content_copy:"):
            st.text_input(_("Name of the scorecard"), key=NAME, max_chars=200)
            st.button(_("Make the scorecard"), key="scorecard.begin", on_click=_begin, args=(card.id,))
        if card.status == "published":
            st.button(_("Take out of use"), key="scorecard.retire", type="tertiary", on_click=do,
                      args=(scorecards.retire, N_("Taken out of use."), card.id, card.version))  # fmt: skip


def _table(card: Card) -> pl.DataFrame:
    lines = card.lines
    kinds = [KINDS[line.kind] for line in lines]
    return pl.DataFrame(
        {
            _("Code"): [line.code for line in lines],
            _("Section"): [words(line.section) for line in lines],
            _("What is asked"): [words(line.title) for line in lines],
            _("Sort"): [_(kind) for kind in kinds],
            _("Weight"): [line.weight for line in lines],
            _("Steps"): [line.scale for line in lines],
            _("May not apply"): [line.na_allowed for line in lines],
            _("Computed by"): [_(f"auto.{line.auto_rule}") if line.auto_rule else "" for line in lines],
            _("What counts"): [words(line.guidance) for line in lines],
        }
    )


def _new(version_id: int) -> None:
    speak()
    _go(scorecards.new_version, version_id)


def _begin(version_id: int) -> None:
    speak()
    _go(scorecards.new_scorecard, str(st.session_state[NAME]), version_id)


def _go(make: Callable[..., int], *args: object) -> None:
    """Make a draft and go to it."""
    try:
        st.session_state[CHOSEN] = make(current_actor(), data.desk(), *args)
    except ActionableError as error:
        say(sentence(error), is_refusal=True)


def _editor(card: Card) -> None:
    """The draft as a table that can be written into; nothing is kept before it is saved."""
    left, right = st.columns(2)
    mark = left.number_input(_("Passes from"), 0.0, 100.0, card.marks.pass_mark, 1.0, key=f"scorecard.mark.{card.id}")
    share = right.number_input(_("Share of the weight that must apply"), 0.0, 1.0, card.marks.least_share, 0.05,
                               key=f"scorecard.share.{card.id}")  # fmt: skip
    edited = st.data_editor(
        _editable(card), key=f"scorecard.lines.{card.id}.{card.version}", num_rows="dynamic", hide_index=True,
        width="stretch", height="content", column_config=_columns(), placeholder="–",
    )  # fmt: skip
    lines = [_line(row, card) for row in edited.iter_rows(named=True)]
    whole = sum(line.weight for line in lines)
    st.caption(_("The weights come to {sum}.", sum=f"{whole:g}"))
    with st.container(horizontal=True, gap="small"):
        st.button(_("Save the draft"), key="scorecard.save", icon=":material/save:", on_click=do,
                  args=(scorecards.save_draft, N_("Saved."), card.id, card.version),
                  kwargs={"marks": Marks(mark, share), "lines": lines})  # fmt: skip
        st.button(_("Publish"), key="scorecard.publish", type="primary", icon=":material/publish:", on_click=do,
                  args=(scorecards.publish, N_("In use from now on; reviews that were made keep their version."),
                        card.id, card.version), help=_("As it was saved last."))  # fmt: skip


def _editable(card: Card) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"code": line.code, "section": words(line.section), "title": words(line.title), "kind": line.kind,
             "weight": line.weight, "scale": line.scale, "na": line.na_allowed, "auto": line.auto_rule,
             "guidance": words(line.guidance)}
            for line in card.lines
        ],
        schema={"code": pl.String, "section": pl.String, "title": pl.String, "kind": pl.String, "weight": pl.Float64,
                "scale": pl.Int64, "na": pl.Boolean, "auto": pl.String, "guidance": pl.String},
    )  # fmt: skip


def _columns() -> dict[str, Any]:
    kinds = {id: _(name) for id, name in KINDS.items()}
    return {
        "code": st.column_config.TextColumn(_("Code"), required=True, max_chars=20),
        "section": st.column_config.TextColumn(_("Section"), required=True),
        "title": st.column_config.TextColumn(_("What is asked"), required=True, width="medium"),
        "kind": st.column_config.SelectboxColumn(_("Sort"), options=list(kinds), required=True,
                                                 format_func=lambda id: kinds.get(str(id), ""),
                                                 default="scored"),
        "weight": st.column_config.NumberColumn(_("Weight"), min_value=0, max_value=100, default=0),
        "scale": st.column_config.SelectboxColumn(_("Steps"), options=[2, 3], required=True, default=2),
        "na": st.column_config.CheckboxColumn(_("May not apply"), default=False),
        "auto": st.column_config.SelectboxColumn(_("Computed by"), options=list(AUTO_RULES),
                                                 format_func=lambda id: _(f"auto.{id}")),
        "guidance": st.column_config.TextColumn(_("What counts"), width="large"),
    }  # fmt: skip


def _line(row: dict[str, object], card: Card) -> CardLine:
    """A row as a line; words that came with the product and were not changed stay in both languages."""
    before = next((line for line in card.lines if line.code == row["code"]), None)
    told = {name: str(row[name] or "") for name in ("section", "title", "guidance")}
    if before is not None:
        told = {name: getattr(before, name) if words(getattr(before, name)) == text else text
                for name, text in told.items()}  # fmt: skip
    return CardLine(
        str(row["code"] or ""), told["section"], str(row["kind"] or "scored"), int(str(row["scale"] or 2)),  # type: ignore[arg-type]
        float(str(row["weight"] or 0)), bool(row["na"]), str(row["auto"]) if row["auto"] else None, told["title"],
        told["guidance"],
    )  # fmt: skip
