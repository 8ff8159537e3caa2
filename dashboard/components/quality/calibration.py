"""The third part of the quality page: how far inspectors agree, and calibrations from the plan to the agreement."""

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.quality.calibration_form import draw_form
from dashboard.components.quality.calibration_session import draw_session, signed
from dashboard.components.quality.words import criterion_name
from dashboard.components.triage.meeting_state import told
from dashboard.format import NOTHING, count, listed
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.services.quality import calibration as service
from dashboard.services.quality.calibration import Agreed
from dashboard.wording import N_, _, number, share
from metrics.quality.agreement import ENOUGH, Agreement

BANDS = {"fine": N_("fine"), "discuss": N_("talk about it"), "rewrite": N_("rewrite the line")}


def draw_calibration() -> None:
    """Draw the agreement of inspectors and the calibrations."""
    told()
    with st.container(border=True):
        _agreement(service.agreed(current_actor(), data.desk()))
    st.header(_("Calibrations"), anchor="calibrations")
    found = service.calibrations(current_actor(), data.desk())
    may = bool(reach(current_actor(), Act.CALIBRATE))
    if not found:
        st.markdown(
            _("No calibration yet: several inspectors read the same conversations, each without knowing what the "
              "others gave, and then agree on one reading.")
        )  # fmt: skip
    for one in found:
        with st.container(border=True):
            draw_session(one, may=may)
    if may:
        with st.expander(_("New calibration"), icon=":material/add:", expanded=not found):
            draw_form()


def _agreement(seen: Agreed) -> None:
    enough = {name: one for name, one in seen.questions.items() if one.is_enough}
    st.header(_agreement_title(seen, len(enough)), anchor="agreement")
    st.caption(
        _("Hidden second readings and revealed calibrations of the last three months, by what was given first. AC1 "
          "holds where nearly all passes; agreement on failures says how many that anybody failed all failed. Below "
          "{n} conversations nothing is said.", n=ENOUGH)
    )  # fmt: skip
    if seen.questions:
        table = pl.DataFrame([_agreement_row(name, one, seen) for name, one in _worst_first(seen)])
        show_table(table, name="quality-agreement", title=_agreement_title(seen, len(enough)), figures=_figures(seen))
    left, right = st.columns(2)
    with left:
        _biases(seen)
    with right:
        _drift(seen)


def _agreement_title(seen: Agreed, enough: int) -> str:
    if not enough:
        return _("Too few conversations were read twice to say how far inspectors agree.")
    if not seen.rewrite:
        return _("Inspectors agree well enough on every line that was read often enough.")
    names = listed([f"“{criterion_name(name)}”" for name in seen.rewrite])
    return _("Rewrite {lines}: inspectors read it too differently.", lines=names)


def _worst_first(seen: Agreed) -> list[tuple[str, Agreement]]:
    """What is to be rewritten stands first, then what is read least alike; what nothing is said of, last."""
    return sorted(seen.questions.items(), key=lambda pair: (pair[0] not in seen.rewrite, not pair[1].is_enough,
                                                            1.0 if pair[1].ac1 is None else pair[1].ac1))  # fmt: skip


def _agreement_row(name: str, one: Agreement, seen: Agreed) -> dict[str, object]:
    quiet, band = not one.is_enough, "rewrite" if name in seen.rewrite else one.band
    fails = (
        _("{all} of {any}", all=count(one.failed_by_all), any=count(one.failed_by_any))
        if one.failed_by_any
        else NOTHING
    )
    return {
        _("Criterion"): criterion_name(name), _("Read twice"): one.conversations,
        _("Raw agreement"): NOTHING if quiet or one.raw is None else share(one.raw, digits=0),
        _("Gwet’s AC1"): NOTHING if quiet else _interval(one),
        _("Krippendorff’s alpha"): NOTHING if quiet or one.alpha is None else number(one.alpha, digits=2),
        _("All failed what anybody failed"): NOTHING if quiet else fails,
        _("What to do"): "" if band is None else _(BANDS[band]),
    }  # fmt: skip


def _interval(one: Agreement) -> str:
    if one.ac1 is None or one.ac1_low is None or one.ac1_high is None:
        return NOTHING
    low, high = number(one.ac1_low, digits=2), number(one.ac1_high, digits=2)
    return _("{value} ({low} to {high})", value=number(one.ac1, digits=2), low=low, high=high)


def _figures(seen: Agreed) -> pl.DataFrame:
    return pl.DataFrame([
        {"criterion": name, "conversations": one.conversations, "raw": one.raw, "ac1": one.ac1, "ac1_low": one.ac1_low,
         "ac1_high": one.ac1_high, "alpha": one.alpha, "failed_by_any": one.failed_by_any,
         "failed_by_all": one.failed_by_all}
        for name, one in seen.questions.items() if one.is_enough
    ])  # fmt: skip


def _biases(seen: Agreed) -> None:
    st.subheader(_("Against the expert"), anchor=False)
    if not seen.biases:
        st.markdown(_("That needs a revealed calibration with an expert."))
        return
    table = pl.DataFrame({
        _("Inspector"): [one.reader for one in seen.biases], _("Comparisons"): [one.answers for one in seen.biases],
        _("Gives more (+) or less (−), in points"): [signed(one.value) for one in seen.biases],
        _("From chance alone"): [
            "" if one.low is None or one.high is None else _("possible") if one.low <= 0 <= one.high else _("hardly")
            for one in seen.biases
        ],
    })  # fmt: skip
    show_table(table, name="quality-biases", title=_("Against the expert"))


def _drift(seen: Agreed) -> None:
    st.subheader(_("Drift, month by month"), anchor=False)
    rows = seen.drift.filter(pl.col("answers") >= ENOUGH)
    if rows.is_empty():
        st.markdown(_("That needs more second readings."))
        return
    st.caption(_("What an inspector gave more (+) or less (−) than whoever read the same, in points."))
    points = pl.Series("value", [signed(value) for value in rows["value"]], dtype=pl.String)
    wide = rows.with_columns(points).pivot("period", index="reader", values="value")
    table = wide.rename({"reader": _("Inspector")})
    show_table(table, name="quality-drift", title=_("Drift, month by month"))
