"""The first sheet: the figures against targets and the days before, what moved and why, three findings in words."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from dashboard.components.analysis.compare_words import compared_notes, compared_title, explained_title, verdict
from dashboard.format import count, dimension, span, value_name
from dashboard.reports.content import Content
from dashboard.reports.figures import course
from dashboard.reports.model import UNIT, Chart, Column, Sheet, Table, Words
from dashboard.services.analysis import sla
from dashboard.services.analysis.asks import Ask
from dashboard.services.analysis.compare import COUNTS, Explained, additive, compared, explained
from dashboard.services.analysis.inquiry_types import growing, ranked
from dashboard.wording import _, number, share
from metrics.catalog import metric
from metrics.compute import compute
from metrics.model import Scope

FIGURES = (
    *COUNTS, "backlog", "first_response_calendar_p50", "first_response_calendar_p90", "first_response_within_target",
    "next_response_within_target", "sla_attainment", "full_resolution_calendar_p50", "full_resolution_calendar_p90",
    "resolution_rate", "reopen_rate", "fcr", "escalation_rate", "csat", "csat_response_rate", "bot_share",
)  # fmt: skip
CAUSES = ("channel", "type", "team", "priority")
EXPLAINED_AT_MOST = 5
JUDGED = {("higher", True): "good", ("higher", False): "bad", ("lower", True): "bad", ("lower", False): "good"}


def summary(content: Content) -> Sheet:
    """Everything on one printed page."""
    ids = content.known(FIGURES)
    return Sheet("summary", _("Summary"), (
        Words((_("Three findings"),), "heading"), Words(tuple(findings(content, ids)), "finding"),
        headlines(content, ids), _why(content, ids), _course(content),
    ), is_page=True)  # fmt: skip


def findings(content: Content, ids: tuple[str, ...]) -> Iterator[str]:
    """What changed most and why, where promises were missed, what customers ask more of."""
    told = [_moved(content, ids), _missed(content), _asked_more(content)]
    yield from (f"{place}. {text}" for place, text in enumerate(filter(None, told), start=1))


def _moved(content: Content, ids: tuple[str, ...]) -> str:
    moved = _told_apart(content, ids)
    if moved:
        found = _explained(content, moved[0]["metric"])
        if found is not None and found[1].parts.height:
            return explained_title(found[1], found[0])
    return compared_title(content.once(f"rows {ids}", lambda: _compared(content, ids)))


def _missed(content: Content) -> str:
    best = None
    for by in CAUSES:
        rows = sla.causes(content.facts, content.settings, content.scope, by).filter("enough")
        if rows.height > 1 and rows["breached"].sum() and (best is None or rows["part"][0] > best[1]["part"]):
            best = (by, rows.row(0, named=True))
    if best is None:
        return _("No promise was missed in these days.")
    by, top = best
    return _(
        "Of the missed promises {part} lie with {dimension} “{name}”: {n} of its {all} were missed.",
        part=share(top["part"], digits=0), dimension=dimension(by), name=value_name(by, top["value"]),
        n=count(top["breached"]), all=count(top["n"]),
    )  # fmt: skip


def _asked_more(content: Content) -> str:
    grown = growing(content.facts, content.scope, by="type")
    rising = grown.groups.filter("is_growing").head(1) if grown is not None else pl.DataFrame()
    if rising.height:
        row = rising.row(0, named=True)
        return _(
            "“{type}” came {times} times as often as usual: {n} tickets in these days.",
            type=value_name("type", row["type"]), times=number(row["ratio"] or 0, digits=1), n=count(row["n"]),
        )  # fmt: skip
    counts = ranked(compute([metric("tickets_created")], content.facts, content.scope, by=("type",)), "type")
    if counts.is_empty():
        return ""
    top = counts.row(0, named=True)
    return _("No type of inquiry grew by more than noise; most asked: “{type}” with {share} of all.",
             type=value_name("type", top["type"]), share=share(top["share"], digits=0))  # fmt: skip


def _compared(content: Content, ids: tuple[str, ...]) -> pl.DataFrame:
    return compared(content.facts, content.before, content.scope, ids)


def _told_apart(content: Content, ids: tuple[str, ...]) -> list[Mapping[str, Any]]:
    """The figures that moved by more than noise, the strongest evidence first."""
    rows = content.once(f"rows {ids}", lambda: _compared(content, ids))
    return [row for row in rows.iter_rows(named=True) if row["verdict"] == "moved"]


def headlines(content: Content, ids: tuple[str, ...]) -> Table:
    """Every headline over the whole days, beside the days before, its target and the verdict."""
    rows = {row["metric"]: row for row in content.once(f"rows {ids}", lambda: _compared(content, ids)).to_dicts()}
    now, before = (_values(content, ids, scope) for scope in (content.scope, content.before))
    told = [
        {
            "metric": id, UNIT: metric(id).unit.value, "value": now[id]["value"], "low": now[id]["low"],
            "high": now[id]["high"], "n": now[id]["n"], "target": _target(content, id), "before": before[id]["value"],
            "change": rows[id]["difference"], "verdict": verdict(rows[id]) + (" *" if rows[id]["is_cut"] else ""),
            "verdict.judged": _judged(rows[id]),
        }
        for id in ids
    ]  # fmt: skip
    frame = pl.DataFrame(told, schema_overrides={"target": pl.Float64, "verdict.judged": pl.String})
    columns = [
        Column("metric", _("Figure"), "metric", wide=30), Column("value", _("Result"), "figure"),
        Column("low", _("From (95%)"), "figure"), Column("high", _("To (95%)"), "figure"), Column("n", "n", "count"),
        Column("target", _("Target"), "figure"), Column("before", _("Days before"), "figure"),
        Column("change", _("Change"), "change"), Column("verdict", _("Verdict"), is_judged=True, wide=20, most=30),
    ]  # fmt: skip
    if content.asked.kind in ("quarterly", "personal"):
        past = _values(content, ids, content.year_before)
        frame = frame.with_columns(pl.Series("year", [past[id]["value"] for id in ids], dtype=pl.Float64))
        columns.insert(7, Column("year", _("Year before"), "figure"))
    notes = (
        _("{days} beside {before}.", days=span(content.period), before=span(content.before.period or content.period)),
        *compared_notes(content.once(f"rows {ids}", lambda: _compared(content, ids)), same_length=True, by_days=True),
    )
    return Table("summary", _("Figures"), tuple(columns), frame, notes, asks=(Ask(ids, content.scope),),
                 is_listed=False)  # fmt: skip


def _values(content: Content, ids: tuple[str, ...], scope: Scope) -> dict[str, dict[str, Any]]:
    found = compute([metric(id) for id in ids], content.facts, scope)
    return {row["metric"]: row for row in found.iter_rows(named=True)}


def _target(content: Content, id: str) -> float | None:
    """What a goal for exactly these tickets wanted by the end of the days; of promises what the desk wishes to keep."""
    if id in content.recipe.targets:
        return content.recipe.targets[id]
    return sla.wish(content.facts, content.scope) if id == "sla_attainment" else None


def _judged(row: Mapping[str, Any]) -> str | None:
    if row["verdict"] != "moved" or not row["difference"]:
        return None
    return JUDGED.get((metric(row["metric"]).better, row["difference"] > 0))


def _why(content: Content, ids: tuple[str, ...]) -> Table:
    """Of each figure that moved the part that made most of it."""
    told = []
    for row in _told_apart(content, ids)[:EXPLAINED_AT_MOST]:
        found = _explained(content, row["metric"])
        if found is not None and found[1].parts.height:
            by, made = found
            top = made.parts.row(0, named=True)
            told.append({
                "metric": made.metric_id, UNIT: metric(made.metric_id).unit.value,
                "change": (made.after or 0) - (made.before or 0), "by": dimension(by),
                "part": value_name(by, top["value"]), "effect": top["effect"], "rate": top["rate"], "mix": top["mix"],
            })  # fmt: skip
    schema = {"metric": pl.String, UNIT: pl.String, "change": pl.Float64, "by": pl.String,
              "part": pl.String, "effect": pl.Float64, "rate": pl.Float64, "mix": pl.Float64}  # fmt: skip
    columns = (
        Column("metric", _("Figure"), "metric"), Column("change", _("Change"), "change"),
        Column("by", _("Split by"), wide=12), Column("part", _("Most of it by"), wide=14),
        Column("effect", _("Its part"), "change"), Column("rate", _("Its own figure"), "change"),
        Column("mix", _("More or less of it"), "change"),
    )  # fmt: skip
    return Table(
        "why",
        _("What moved, and why"),
        columns,
        pl.DataFrame(told, schema=schema).unique("metric", keep="first", maintain_order=True),
        is_listed=False,
    )


def _explained(content: Content, id: str) -> tuple[str, Explained] | None:
    """The dimension one of whose members made the largest part of a change."""

    def made() -> tuple[str, Explained] | None:
        told = additive(id)
        found = (
            [(by, explained(content.facts, content.before, content.scope, told, by)) for by in CAUSES] if told else []
        )
        known = [one for one in found if one[1].parts.height > 1 and one[1].parts["effect"][0] is not None]
        return max(known, key=lambda one: abs(one[1].parts["effect"][0]), default=None)

    found: tuple[str, Explained] | None = content.once(f"explained {id}", made)
    return found


def _course(content: Content) -> Table:
    ids = content.known((*COUNTS, "first_response_within_target", "sla_attainment", "csat"))
    charts = [Chart("line", _("Tickets created and resolved"), "period", COUNTS, y_title=_("tickets"))]
    shares = tuple(id for id in ids if id not in COUNTS)
    if shares:
        charts.append(Chart("line", _("Promises kept, and satisfaction"), "period", shares))
    return course(content, "course", _("Day by day") if content.every == "day" else _("Week by week"), ids,
                  charts=tuple(charts))  # fmt: skip
