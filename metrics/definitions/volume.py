"""How much: tickets that came, ended, stand open; replies, reopenings, hand-offs."""

from metrics.families import ENOUGH, SETTLED, share
from metrics.model import Balance, Better, Measure, Metric, Ratio, Stock, Total, Turnover, Unit
from metrics.words import N_


def _count(
    id: str, of: Measure, *, at: str = "created_at", better: Better = "neither", person: str = "agent"
) -> Metric:
    return Metric(id=id, unit=Unit.COUNT, fact="tickets", at=at, value=Total(of), better=better, person=person)


METRICS = (
    _count("tickets_created", Measure("rows")),
    _count("tickets_resolved", Measure("true", "is_resolved"), at="full_resolution_at", better="higher",
           person="resolution_by"),
    _count("closed_without_resolution", Measure("true", "is_closed_without_resolution"), at="ended_at", better="lower"),
    _count("tickets_set_aside", Measure("true", "is_set_aside"), at="ended_at"),
    Metric(
        id="backlog", unit=Unit.COUNT, fact="tickets", at="created_at", value=Stock("opened_at", "ended_at"),
        better="lower",
        source=N_("Freshdesk counts what is not resolved or closed; Zendesk keeps one snapshot a day."),
    ),
    _count("replies", Measure("sum", "replies")),
    _count("reopens", Measure("sum", "reopens"), better="lower"),
    _count("handoffs", Measure("sum", "handoffs"), better="lower"),
    Metric(
        id="reopen_rate", unit=Unit.SHARE, fact="tickets", at="created_at",
        value=Ratio(Measure("true", "is_reopened"), Measure("present", "is_reopened")), better="lower",
        interval="wilson", minimum_n=ENOUGH, settles_after_days=SETTLED,
        source=N_("dbt_zendesk counts solved events minus one, so a ticket open again counts none; here it counts."),
    ),
    Metric(
        id="clearance_rate", unit=Unit.RATE, fact="tickets", at="created_at",
        value=Turnover(Measure("true", "is_resolved"), "full_resolution_at", Measure("present", "is_resolved")),
        better="higher", interval="counts", minimum_n=ENOUGH,
        source=N_("The usual clearance rate: resolved in the period ÷ created in the same period."),
    ),
    _count("escalations", Measure("true", "is_escalated"), at="escalation_at", better="lower"),
    share(
        "escalation_rate", true="is_escalated", fact="tickets", at="created_at", better="lower",
        settles_after_days=SETTLED, source=N_("The share of the tickets created in the period that were escalated."),
    ),
    Metric(
        id="load_balance", unit=Unit.RATIO, fact="tickets", at="created_at",
        value=Balance("opened_at", "ended_at", "agent"), better="lower",
        source=N_("The Gini coefficient, as economists measure how unequally something is spread."),
    ),
)  # fmt: skip
