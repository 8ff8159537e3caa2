"""What a quarter is judged by beyond its weeks: the targets themselves, goals, measures, cost, purchases."""

import polars as pl

from dashboard.format import dimension, listed, value_name
from dashboard.metric_words import label
from dashboard.reports.content import Content
from dashboard.reports.figures import by_dimension, figure_list
from dashboard.reports.model import UNIT, Column, Sheet, Table, Words
from dashboard.services.analysis.explain_words import conditions_text
from dashboard.services.analysis.goals import Standing, Where, course_of
from dashboard.services.analysis.improvements import OUTCOMES, Judged, judged
from dashboard.services.analysis.target_review import VERDICTS, reviewed_targets
from dashboard.wording import N_, _
from metrics.absence import absence
from metrics.catalog import metric

COST = ("cost_per_inquiry", "tickets_per_agent_hour", "occupancy", "adherence", "kb_use")
PURCHASES = ("conversion_rate", "repurchase_rate")
CLOCKS = ("calendar", "business")
JUDGED = {"easy": "good", "attained": "good", "missed": "bad", "far": "bad"}
STANDINGS: dict[Standing, str] = {
    "on": N_("on course"), "off": N_("off course"), "near": N_("behind, within noise"), "reached": N_("reached"),
    "missed": N_("goal missed"), "early": N_("too early"), "few": N_("too few to judge"),
}  # fmt: skip


def quarter(content: Content) -> Sheet:
    """The targets' own review, goals, measures with what became of their figure; figures beside the year before."""
    absent = [f"{label(metric(id))}: {_(reason)}" for id in (*COST, *PURCHASES)
              if (reason := absence(metric(id), content.facts)) is not None]  # fmt: skip
    said = [Words((_("Absent, and why"), *absent), "note")] if absent else []
    return Sheet("quarter", _("Quarter"), (
        _targets(content), *_goals(content), _measures(content),
        *_told(content, "quarter_cost", _("Cost and use of time"), COST),
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


def _targets(content: Content) -> Table | Words:
    """How attainable each target was, and what a stricter or a looser one would have given."""
    found = reviewed_targets(content.facts, content.settings, content.scope)
    if found.is_empty():
        return Words((_("No target decided anything in these days, so there is none to review."),), "plain")
    places = content.settings.targets
    frame = found.with_columns(
        pl.Series("of", [conditions_text(places[place]) for place in found["target"]], dtype=pl.String),
        pl.Series("told", [_(VERDICTS[name]) for name in found["verdict"]], dtype=pl.String),
        pl.Series("judged", [JUDGED.get(name) for name in found["verdict"]], dtype=pl.String).alias("told.judged"),
        pl.col("clock").replace_strict({name: _(f"clock.{name}") for name in CLOCKS}, default=None),
    )
    columns = (
        Column("thing", dimension("thing"), "value", of="thing"), Column("of", _("For"), most=30),
        Column("seconds", _("Within"), "length"), Column("clock", _("Clock")), Column("n", "n", "count"),
        Column("share", _("Attainment"), "share"), Column("low", _("From (95%)"), "share"),
        Column("high", _("To (95%)"), "share"), Column("wished", _("Wished for"), "share"),
        Column("stricter", _("In 3/4 of the time"), "share"), Column("looser", _("In 5/4 of the time"), "share"),
        Column("enough_seconds", _("Nine of ten within"), "length"),
        Column("told", _("Verdict"), is_judged=True, wide=24, most=34),
    )  # fmt: skip
    note = _(
        "Of the same tickets, how many would have kept three quarters of the time, or five quarters of it. People "
        "work towards the target that they have, so this tells what would be in reach and not what would come. Judged "
        "by the share that the desk wishes to keep, or by nine of ten where it has wished for none."
    )
    return Table("quarter_targets", _("Review of the targets"), columns, frame, (note,), is_listed=False)


def _goals(content: Content) -> list[Table]:
    """Every goal whose days touch the quarter, and how it stands in its newest settled week."""
    mine = [one for one in content.goals if one.starts_on < content.period.end and one.due_on >= content.period.start]
    if not mine:
        return []
    rows = []
    for one in mine:
        found = course_of(content.facts, content.scope, one)
        rows.append({
            "title": one.title, "metric": one.metric_id, UNIT: metric(one.metric_id).unit.value,
            "where": _tickets(one.where), "start": one.start_value, "goal": one.goal_value, "due": one.due_on,
            "wanted": found.wanted, "value": found.value, "low": found.low, "high": found.high,
            "standing": _(STANDINGS[found.standing]),
        })  # fmt: skip
    numbers = dict.fromkeys(("start", "goal", "wanted", "value", "low", "high"), pl.Float64)
    columns = (
        Column("title", _("Goal"), wide=26), Column("metric", _("Figure"), "metric", wide=26),
        Column("where", _("For"), most=30), Column("start", _("Starts from"), "figure"),
        Column("goal", _("Goal value"), "figure"), Column("due", _("Due"), "day"),
        Column("wanted", _("Wanted by now"), "figure"), Column("value", _("Newest settled week"), "figure"),
        Column("low", _("From (95%)"), "figure"), Column("high", _("To (95%)"), "figure"),
        Column("standing", _("Standing"), wide=20),
    )  # fmt: skip
    frame = pl.DataFrame(rows, schema_overrides={**numbers, "due": pl.Date})
    return [Table("quarter_goals", _("Improvement goals"), columns, frame, is_live=True, is_listed=False)]


def _tickets(where: Where) -> str:
    told = listed([f"{dimension(name)}: {listed([value_name(name, value) for value in values])}"
                   for name, values in where.items()])  # fmt: skip
    return told or _("all tickets")


def _measures(content: Content) -> Table:
    """Every measure that began before the quarter ended."""
    began = [one for one in content.improvements if one.since < content.period.end]
    rows = [_row(judged(content.facts, content.scope, one)) for one in began]
    columns = (
        Column("title", _("Measure"), wide=28), Column("since", _("From"), "day"), Column("by", _("Owner")),
        Column("metric", _("Meant for"), "metric", wide=26), Column("where", _("For"), most=30),
        Column("before", _("Before it"), "figure"), Column("after", _("After it"), "figure"),
        Column("change", _("Change"), "change"), Column("low", _("From (95%)"), "change"),
        Column("high", _("To (95%)"), "change"), Column("outcome", _("Verdict"), wide=24),
    )  # fmt: skip
    numbers = dict.fromkeys(("before", "after", "change", "low", "high"), pl.Float64)
    schema = {"title": pl.String, "since": pl.Date, "by": pl.String, "metric": pl.String, UNIT: pl.String,
              "where": pl.String, **numbers, "outcome": pl.String}  # fmt: skip
    note = _(
        "Equally many whole weeks before a measure and after it, eight at most; what moved meanwhile for other reasons "
        "is in it, too."
    )
    return Table("quarter_measures", _("Measures and their effect"), columns, pl.DataFrame(rows, schema=schema),
                 (note,), is_listed=False)  # fmt: skip


def _row(found: Judged) -> dict[str, object]:
    one, row = found.improvement, found.row or {}
    return {
        "title": one.title, "since": one.since, "by": one.by, "metric": one.metric_id,
        UNIT: metric(one.metric_id).unit.value, "where": _tickets(one.where), "before": row.get("before"),
        "after": row.get("after"), "change": row.get("difference"), "low": row.get("low"), "high": row.get("high"),
        "outcome": _(OUTCOMES[found.outcome]),
    }  # fmt: skip
