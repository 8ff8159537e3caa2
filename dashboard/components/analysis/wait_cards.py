"""Cards that hold waits against waits: the answered against all who waited, busy hours against the rest."""

import streamlit as st

from dashboard import data
from dashboard.charts.ladders import Side, ladders
from dashboard.charts.trend import level_name
from dashboard.components.analysis.response_cards import Asked, clock_label, thing_name
from dashboard.components.analysis.wait_words import aware_title, peak_title, sides_table
from dashboard.components.behind import rows_behind_mark
from dashboard.components.card import Card, draw
from dashboard.components.definition import Basis
from dashboard.format import count
from dashboard.language import speak
from dashboard.services.analysis.asks import Ask
from dashboard.services.analysis.responses import level
from dashboard.services.analysis.waits import aware_ids, both_waits, naive_ids, peak_ids, peaks
from dashboard.wording import _, share


@st.fragment
def aware_card(asked: Asked) -> None:
    """The percentiles of the answered beside those that count who still waits."""
    speak()
    clicked = draw(data.kept(_aware, asked), data.facts(), state=asked)
    if clicked:
        side, name = str(clicked[0]), str(clicked[1])
        ids = naive_ids(asked.thing, asked.clock) if side == "answered" else aware_ids(asked.thing, asked.clock)
        chosen = next(one for one in ids if one.endswith(name))
        rows_behind_mark(chosen, asked.scope, heading=f"{_sides()[side]} · {level_name(name)}", key="still-waiting")


def _sides() -> dict[str, str]:
    return {"answered": _("the answered alone"), "everybody": _("with those still waiting")}


def _aware(asked: Asked) -> Card:
    found = data.answer(both_waits, asked.scope, thing=asked.thing, clock=asked.clock)
    n = int(found.everybody["n"][0])
    names = _sides()
    sides = [
        Side(names["answered"], found.answered, "answered"),
        Side(names["everybody"], found.everybody, "everybody"),
    ]
    return Card(
        key="still-waiting",
        title=aware_title(found),
        caption=_(
            "{thing} · {clock} · n = {answered} answered; {all} began to wait in these days, {waiting} still wait",
            thing=thing_name(asked), clock=clock_label(asked.clock), answered=count(int(found.answered["n"][0])),
            all=count(n), waiting=count(found.still_waiting),
        ),
        figure=ladders(sides),
        metric_id=aware_ids(asked.thing, asked.clock)[0],
        basis=Basis(n),
        table=sides_table(sides),
        export=found.result,
        asks=(Ask((*naive_ids(asked.thing, asked.clock), *aware_ids(asked.thing, asked.clock)), asked.scope),),
        notes=(_("Whoever still waits has waited at least so long: left out, the slowest answers are missing."),),
    )  # fmt: skip


@st.fragment
def peak_card(asked: Asked) -> None:
    """Peak hours and event days against the rest."""
    speak()
    found = data.answer(peaks, asked.scope, thing=asked.thing, clock=asked.clock)
    if found is None:
        st.header(_("Peak hours against the rest"), anchor="peaks")
        st.info(
            _(
                "In these days nothing was asked in peak hours, or nothing outside them. "
                "Peak hours and event days stand in the desk's agreements."
            )
        )
        return
    clicked = draw(data.kept(_peak, asked), data.facts(), state=asked)
    if clicked:
        side = str(clicked[0])
        rows_behind_mark(
            level(asked.thing, asked.clock, str(clicked[1])), asked.scope, where={"peak": (side,)},
            heading=_(f"value.peak.{side}"), key="peaks",
        )  # fmt: skip


def _peak(asked: Asked) -> Card:
    found = data.answer(peaks, asked.scope, thing=asked.thing, clock=asked.clock)
    if found is None:
        raise LookupError("there is nothing to compare")
    sides = [Side(_("peak hours and event days"), found.busy, "yes"), Side(_("the rest"), found.rest, "no")]
    within = {row["peak"]: row["value"] for row in found.result.iter_rows(named=True) if row["unit"] == "share"}
    busy, rest = ("–" if within.get(side) is None else share(within[side]) for side in ("yes", "no"))
    return Card(
        key="peaks",
        title=peak_title(found),
        caption=_(
            "{thing} · {clock} · within target: {busy} in peak hours, {rest} otherwise · n = {n_busy} and {n_rest}",
            thing=thing_name(asked), clock=clock_label(asked.clock), busy=busy, rest=rest,
            n_busy=count(int(found.busy["n"][0])), n_rest=count(int(found.rest["n"][0])),
        ),
        figure=ladders(sides),
        metric_id=asked.typical,
        basis=Basis(int(found.busy["n"][0] + found.rest["n"][0])),
        table=sides_table(sides),
        export=found.result,
        asks=(Ask(peak_ids(asked.thing, asked.clock), asked.scope, ("peak",)),),
    )  # fmt: skip
