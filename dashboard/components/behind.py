"""From a clicked mark to the tickets that make it, and from there to one ticket, for any figure."""

from collections.abc import Mapping

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.tickets import ticket_table
from dashboard.format import NOTHING, count, duration, figure, local
from dashboard.services.analysis.behind import GOES_ON, LATE, SHOWN_AT_MOST, VALUE, behind
from dashboard.wording import N_, _, current_language
from metrics.catalog import metric, wording
from metrics.model import FactName, Metric, Period, Ratio, Scope, Unit

COUNTED: dict[FactName, str] = {
    "tickets": N_("{n} tickets"),
    "replies": N_("{n} answers"),
    "ratings": N_("{n} ratings"),
    "sla_instances": N_("{n} runnings of targets"),
}
NEWEST_SHOWN = N_("The newest {n} are shown; the figure counts all.")
LATEST_SHOWN = N_("The {n} that are latest are shown.")


def rows_behind_mark(
    metric_id: str,
    scope: Scope,
    *,
    where: Mapping[str, tuple[str | None, ...]] | None = None,
    period: Period | None = None,
    only: bool | None = None,
    at_first: bool | None = None,
    heading: str,
    key: str,
) -> None:
    """Draw the tickets behind a mark of a metric's chart; a ticket chosen there opens below.

    *where* and *period* narrow the scope to the mark; *only* asks for the rows of a share that do (True) or do not
    (False) fulfil it; *at_first*: which of them are shown until the reader chooses. *heading* is Markdown: words of the
    desk's data in it must have gone through `plain`.
    """
    one = metric(metric_id)
    if only is None and _is_share(one):
        only = _which(key, at_first)
    found = data.answer(behind, scope, metric_id, where=where, period=period, only=only)
    st.markdown(f"**{heading}** · {_(COUNTED[one.fact], n=count(found.total))}")
    if found.total > SHOWN_AT_MOST:
        st.caption(_(NEWEST_SHOWN if LATE not in found.rows.columns else LATEST_SHOWN, n=count(SHOWN_AT_MOST)))
    if found.total:
        ticket_table(found.rows, _columns(one, found.rows, data.facts().zone), key=key)


def _is_share(one: Metric) -> bool:
    """Whether each row either fulfils the figure or does not."""
    return isinstance(one.value, Ratio) and one.value.of.kind == "true"


def _which(key: str, at_first: bool | None) -> bool | None:
    """Draw the choice between all rows of a share, those that fulfil it and those that do not."""
    values = {"all": None, "yes": True, "no": False}
    names = {"all": _("All"), "yes": _("Counted as yes"), "no": _("Counted as no")}
    chosen = st.segmented_control(
        _("Which"), list(names), format_func=names.__getitem__, required=True,
        default=next(id for id, value in values.items() if value is at_first), label_visibility="collapsed",
        key=f"{key}-which-{at_first}.{current_language()}",
    )  # fmt: skip
    return values.get(str(chosen))


def _columns(one: Metric, rows: pl.DataFrame, zone: str) -> dict[str, list[str]]:
    """What the figure takes from each row, the instant that dates it, and when the ticket was created."""
    columns = {} if VALUE not in rows.columns else {_(f"metric.{wording(one)}.label"): _values(one, rows)}
    if LATE in rows.columns:
        columns = {_("Late by"): [duration(late) for late in rows[LATE]]}
    if one.at != "created_at":
        columns[_capital(_(f"instant.{one.at}"))] = [local(at, zone) for at in rows[one.at]]
    return {**columns, _("Created"): [local(at, zone) for at in rows["created_at"]]}


def _values(one: Metric, rows: pl.DataFrame) -> list[str]:
    if rows.schema[VALUE] == pl.Boolean:
        return [NOTHING if value is None else _("yes") if value else _("no") for value in rows[VALUE]]
    unit = Unit.SECONDS if one.unit is Unit.RATIO else one.unit
    told = [figure(value, unit) for value in rows[VALUE]]
    if GOES_ON not in rows.columns:
        return told
    return [_("{time} so far", time=text) if on else text for text, on in zip(told, rows[GOES_ON], strict=True)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
