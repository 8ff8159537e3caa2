"""What a quarter is judged by beyond its weeks: the promises themselves, measures and their effect, cost, purchases."""

import polars as pl

from dashboard.format import dimension, listed, value_name
from dashboard.metric_words import label
from dashboard.reports.content import Content
from dashboard.reports.figures import by_dimension, figure_list
from dashboard.reports.model import UNIT, Column, Sheet, Table, Words
from dashboard.services.analysis.improvements import OUTCOMES, Judged, judged
from dashboard.wording import _
from metrics.absence import absence
from metrics.catalog import metric

COST = ("cost_per_inquiry", "tickets_per_agent_hour", "occupancy", "adherence", "kb_use")
PURCHASES = ("conversion_rate", "repurchase_rate")


def quarter(content: Content) -> Sheet:
    """Measures with what became of the figure they were meant for; figures beside the year before."""
    absent = [f"{label(metric(id))}: {_(reason)}" for id in (*COST, *PURCHASES)
              if (reason := absence(metric(id), content.facts)) is not None]  # fmt: skip
    said = [Words((_("Absent, and why"), *absent), "note")] if absent else []
    return Sheet("quarter", _("Quarter"), (
        _measures(content), *_told(content, "quarter_cost", _("Cost and use of time"), COST),
        *_told(content, "quarter_purchases", _("Purchases after a contact"), PURCHASES), *said,
    ))  # fmt: skip


def _told(content: Content, key: str, title: str, ids: tuple[str, ...]) -> list[Table]:
    known = content.known(ids)
    if not known:
        return []
    tables = [
        figure_list(content, key, title, known),
        figure_list(content, f"{key}_year", _("{title}: the year before", title=title), known,
                    scope=content.year_before),
    ]  # fmt: skip
    if key == "quarter_purchases":
        tables.append(
            by_dimension(content, f"{key}_type", _("By {dimension}", dimension=dimension("type")), known, "type")
        )
    return tables


def _measures(content: Content) -> Table:
    """Every measure that began before the quarter ended."""
    began = [one for one in content.improvements if one.since < content.period.end]
    rows = [_row(judged(content.facts, content.scope, one)) for one in began]
    columns = (
        Column("title", _("Measure"), wide=28), Column("since", _("From"), "day"), Column("by", _("Who")),
        Column("metric", _("Meant for"), "metric", wide=26), Column("where", _("Tickets"), most=30),
        Column("before", _("Before"), "figure"), Column("after", _("After"), "figure"),
        Column("change", _("Change"), "change"), Column("low", _("From (95%)"), "change"),
        Column("high", _("To (95%)"), "change"), Column("outcome", _("Verdict"), wide=24),
    )  # fmt: skip
    numbers = dict.fromkeys(("before", "after", "change", "low", "high"), pl.Float64)
    schema = {"title": pl.String, "since": pl.Date, "by": pl.String, "metric": pl.String, UNIT: pl.String,
              "where": pl.String, **numbers, "outcome": pl.String}  # fmt: skip
    note = _("Four weeks before a measure beside those after it; what moved meanwhile for other reasons is in it, too.")
    return Table("quarter_measures", _("Measures and their effect"), columns, pl.DataFrame(rows, schema=schema),
                 (note,), is_listed=False)  # fmt: skip


def _row(found: Judged) -> dict[str, object]:
    one, row = found.improvement, found.row or {}
    where = listed([f"{dimension(name)}: {listed([value_name(name, value) for value in values])}"
                    for name, values in one.where.items()])  # fmt: skip
    return {
        "title": one.title, "since": one.since, "by": one.by, "metric": one.metric_id,
        UNIT: metric(one.metric_id).unit.value, "where": where or _("all tickets"), "before": row.get("before"),
        "after": row.get("after"), "change": row.get("difference"), "low": row.get("low"), "high": row.get("high"),
        "outcome": _(OUTCOMES[found.outcome]),
    }  # fmt: skip
