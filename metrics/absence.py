"""Which figures a desk cannot have because its data do not tell them, and why.

A metric names what it needs (`Metric.needs`); each need is a column of a fact, and where not one row tells it, the
figure is absent: null in every answer, never 0, with one sentence that says what to load.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from metrics.facts import Facts
from metrics.model import FactName, Metric, NeedName
from metrics.words import N_


@dataclass(frozen=True)
class Need:
    """A column of a fact that must be known somewhere, and what is said where it is not."""

    fact: FactName
    column: str
    sentence: str


NEEDS: Mapping[NeedName, Need] = MappingProxyType({
    "calls": Need("calls", "interval_at", N_(
        "No counts of calls or chats are loaded; load what the switch exports per interval (shape arrivals)."
    )),
    "abandoned": Need("calls", "abandoned", N_(
        "The switch's export does not tell how many gave up (column abandoned)."
    )),
    "handle_time": Need("calls", "handle_seconds", N_(
        "The switch's export has no handle time (column handle_seconds)."
    )),
    "waits": Need("calls", "wait_seconds", N_(
        "The switch's export has no waiting time of all who waited (column wait_seconds)."
    )),
    "waits_answered": Need("calls", "answered_wait_seconds", N_(
        "The switch's export has no waiting time of the answered (column answered_wait_seconds)."
    )),
    "answered_in_time": Need("calls", "answered_within_target", N_(
        "The switch's export does not tell how many were answered within the target (column answered_within_target)."
    )),
    "abandoned_in_time": Need("calls", "abandoned_late", N_(
        "The switch's export does not tell who gave up early (column abandoned_within_target, or abandoned_short)."
    )),
    "service_target": Need("calls", "in_time", N_(
        "The switch counts by another target than the desk's; set [service_level] within in the agreements to the "
        "same, or that of its channel in [[service_goal]]."
    )),
    "single_calls": Need("calls", "handle_time_calendar_seconds", N_(
        "Interval counts tell sums only; percentiles would need a record of every single call."
    )),
    "agent_time": Need("agent_time", "shift_seconds", N_(
        "No states of agents are loaded; load what the switch records of sign-in, calls and breaks "
        "(shape agent_states)."
    )),
    "shifts_planned": Need("agent_time", "planned_seconds", N_(
        "No planned shifts are loaded for these days; load the roster as states of the kind planned "
        "(shape agent_states)."
    )),
    "hourly_cost": Need("agent_time", "cost", N_(
        "The desk has not said what an hour costs; set per_hour under [cost] in its agreements."
    )),
    "resolved_by_agents": Need("agent_time", "resolved", N_(
        "Nobody whose states are loaded has resolved a ticket; the switch and the tickets must name people alike."
    )),
    "articles": Need("tickets", "is_kb_used", N_(
        "The source does not tell whether an article of the knowledge base was used (column kb_article)."
    )),
    "outcomes": Need("contacts", "ticket_id", N_(
        "No outcomes of customers are loaded; load their orders with customer, time and kind (shape outcomes)."
    )),
    "customers_matched": Need("contacts", "is_converted", N_(
        "Of nobody who wrote is it known what followed: the customers' numbers in the tickets and in the outcomes "
        "differ, or the outcomes do not reach far enough beyond the tickets."
    )),
    "customers_bought": Need("contacts", "is_repurchased", N_(
        "Nobody who wrote is known to have bought before, or the outcomes do not reach far enough beyond the tickets."
    )),
    "ratings": Need("ratings", "score", N_("No ratings are loaded.")),
    "rating_rows": Need("ratings", "ticket_id", N_("No ratings are loaded.")),
    "surveys": Need("ratings", "is_answered", N_(
        "The source keeps only answers and does not tell to whom a survey was offered (column offered_at)."
    )),
    "scores_of_ten": Need("ratings", "nps_points", N_("There are no ratings on a scale that ends at 10.")),
    "survey_answers": Need("tickets", "fcr_survey", N_(
        "The source does not tell whether the customer said that it was settled (column fcr_survey)."
    )),
})  # fmt: skip


def absence(metric: Metric, facts: Facts) -> str | None:
    """Why the desk cannot have this figure, as an English entry of the catalogue; None where it can."""
    lacking = (NEEDS[name] for name in metric.needs if not _is_told(NEEDS[name], facts))
    return next((need.sentence for need in lacking), None)


def absences(metrics: Iterable[Metric], facts: Facts) -> dict[str, str]:
    """The reasons of those metrics that are absent, by id."""
    found = {metric.id: absence(metric, facts) for metric in metrics}
    return {id: reason for id, reason in found.items() if reason is not None}


def without_absent(answer: pl.DataFrame, metrics: Sequence[Metric], facts: Facts) -> pl.DataFrame:
    """The answer with null in place of what absent metrics count: nothing is known of it, which is not 0."""
    absent = list(absences(metrics, facts))
    if not absent:
        return answer
    known = ~pl.col("metric").is_in(absent)
    told = {name: pl.when(known).then(name) for name in ("value", "low", "high")}
    return answer.with_columns(**told, n=pl.when(known).then("n").otherwise(0))


def _is_told(need: Need, facts: Facts) -> bool:
    frame = facts.frame(need.fact)
    return need.column in frame.columns and frame[need.column].null_count() < frame.height
