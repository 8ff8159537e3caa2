"""The sources' own figures beside ours: how many agree, what explains the others, and the tickets behind it."""

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.text import plain
from dashboard.components.tickets import ticket_table
from dashboard.format import NOTHING, count, duration, listed
from dashboard.people.current import current_actor
from dashboard.services.analysis.reconciliation import Reconciliation, reconciliation
from dashboard.wording import _
from metrics.model import Scope

TICKETS_SHOWN = 200


def found(scope: Scope) -> Reconciliation:
    """The comparison of the tickets in scope, made once per state of the desk."""
    return data.kept(_found, scope)


def _found(scope: Scope) -> Reconciliation:
    return reconciliation(current_actor(), data.desk(), scope)


def headline(shown: Reconciliation) -> None:
    """Say in a sentence how far the two agree."""
    sums = shown.figures.select("told", "same", "explained", "unexplained").sum().row(0)
    told, same, explained, open_ = (count(value) for value in sums)
    st.markdown(
        _(
            "The sources give {told} figures of their own: **{same}** are the same here, {explained} differ for a "
            "known reason, **{open}** for none.",
            told=told, same=same, explained=explained, open=open_,
        )
    )  # fmt: skip
    alike: dict[tuple[int, str], list[str]] = {}
    for source, hours in shown.hours.items():
        alike.setdefault((hours.days, hours.clock), []).append(source)
    for (days, clock), sources in alike.items():
        same, of = (sum(getattr(shown.hours[source], name) for source in sources) for name in ("same", "of"))
        st.caption(
            _(
                "Working time on {days} days a week, {clock}, gives {same} of {of} times of: {sources}.",
                days=days, clock=clock, same=count(same), of=count(of), sources=plain(listed(sources)),
            )
        )  # fmt: skip


def figures_table(shown: Reconciliation) -> None:
    """Draw one row per source and figure."""
    table = pl.DataFrame(
        {
            _("Source"): shown.figures["source"],
            _("Figure"): [figure_name(name) for name in shown.figures["figure"]],
            _("Told by the source"): shown.figures["told"],
            _("The same"): shown.figures["same"],
            _("Explained"): shown.figures["explained"],
            _("Not explained"): shown.figures["unexplained"],
            _("Ours, median"): _sides(shown.figures, "ours"),
            _("Theirs, median"): _sides(shown.figures, "theirs"),
        }
    )
    show_table(table, name="reconciliation", title=_("Compared with the source"), figures=shown.figures,
               height="content")  # fmt: skip


def figure_name(name: str) -> str:
    """A figure of the sources in the reader's words."""
    return _(f"reconcile.figure.{name}")


def side(value: float | None, figure: str) -> str:
    """One side of a figure: a length of time, or whether the promise was kept."""
    if value is None or not figure.endswith("_met"):
        return duration(value)
    return _("in time") if value else _("too late")


def _sides(figures: pl.DataFrame, name: str) -> list[str]:
    """Medians of times; verdicts have none."""
    pairs = zip(figures[name], figures["figure"], strict=True)
    return [NOTHING if figure.endswith("_met") else duration(value) for value, figure in pairs]


def differences(shown: Reconciliation) -> None:
    """Draw the choice of one figure, what explains its differences, and its tickets, the farthest apart first."""
    open_ = shown.figures.filter(pl.col("told") > pl.col("same")).select("source", "figure").rows()
    if not open_:
        st.success(_("Every figure that the sources give is the same here."))
        return
    names = [f"{source} · {figure_name(figure)}" for source, figure in open_]
    place = st.selectbox(_("Look closer at"), range(len(open_)), format_func=names.__getitem__, key="reconcile.figure")
    source, figure = open_[place]
    reasons = shown.reasons(source, figure)
    for why, tickets in reasons.rows():
        st.markdown(f"- {_('{n} tickets', n=count(tickets))}: {plain(_(why))}")
    rows = shown.unlike(source, figure)
    if rows.height > TICKETS_SHOWN:
        st.caption(_("The {n} that are farthest apart are shown.", n=count(TICKETS_SHOWN)))
    top = rows.head(TICKETS_SHOWN)
    extra = {
        _("Ours"): [side(value, figure) for value in top["ours"]],
        _("Theirs"): [side(value, figure) for value in top["theirs"]],
        _("Difference"): [NOTHING if figure.endswith("_met") else duration(value) for value in top["difference"]],
        _("Why"): [_(why) for why in top["why"]],
    }
    ticket_table(top, extra, key=f"reconcile-{source}-{figure}", wide=(_("Why"),))
