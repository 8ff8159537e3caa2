"""At the switch: calls and chats that came, were answered or given up, how soon, how long; and people's time."""

from collections.abc import Iterator

from metrics.families import ENOUGH
from metrics.intervals import smallest_bounded_n
from metrics.model import Better, Measure, Metric, NeedName, Quantile, Quotient, Ratio, Total, Unit
from metrics.words import N_

CALLS, TIME = "interval_at", "day_at"
QUANTILES = (0.5, 0.75, 0.9, 0.95, 0.99)


def _count(id: str, column: str, better: Better, *needs: NeedName) -> Metric:
    return Metric(
        id=id, unit=Unit.COUNT, fact="calls", at=CALLS, value=Total(Measure("sum", column)), better=better,
        needs=("calls", *needs),
    )  # fmt: skip


def _share(id: str, of: str, over: str, better: Better, *needs: NeedName, source: str) -> Metric:
    return Metric(
        id=id, unit=Unit.SHARE, fact="calls", at=CALLS, value=Ratio(Measure("sum", of), Measure("sum", over)),
        better=better, interval="wilson", minimum_n=ENOUGH, source=source, needs=("calls", *needs),
    )  # fmt: skip


def _mean(thing: str, value: Quotient, *needs: NeedName, source: str) -> Metric:
    return Metric(
        id=f"{thing}_calendar_mean", unit=Unit.SECONDS, fact="calls", at=CALLS, value=value, better="lower",
        interval="quotient", minimum_n=ENOUGH, wording_id=thing, source=source, needs=("calls", *needs),
    )  # fmt: skip


def _of_single_calls(thing: str, *, source: str) -> Iterator[Metric]:
    """Percentiles, which a record of each call would give."""
    for q in QUANTILES:
        yield Metric(
            id=f"{thing}_calendar_p{round(q * 100)}", unit=Unit.SECONDS, fact="calls", at=CALLS,
            value=Quantile(Measure("values", f"{thing}_calendar_seconds"), q), better="lower",
            interval="order_statistic", minimum_n=max(10, smallest_bounded_n(q)), wording_id=thing, source=source,
            needs=("single_calls",),
        )  # fmt: skip


def _of_days(id: str, unit: Unit, value: Quotient, better: Better, *needs: NeedName, source: str) -> Metric:
    return Metric(
        id=id, unit=unit, fact="agent_time", at=TIME, value=value, better=better, interval="quotient",
        minimum_n=ENOUGH, source=source, needs=("agent_time", *needs),
    )  # fmt: skip


_HANDLED = N_("Dynamics: (talk + hold + wrap-up) ÷ calls; sums over intervals, so no mean of means.")
_WAITED = N_("Dynamics counts the served alone, which hides the waits of those who gave up; here both stand.")

METRICS = (
    _count("calls_offered", "offered", "neither"),
    _count("calls_answered", "answered", "higher"),
    _count("calls_abandoned", "abandoned", "lower", "abandoned"),
    *_of_single_calls("handle_time", source=_HANDLED),
    _mean("handle_time", Quotient("handle_seconds", "answered", "answered"), "handle_time", source=_HANDLED),
    *_of_single_calls("asa", source=_WAITED),
    _mean("asa", Quotient("wait_seconds", "waited", "waited"), "waits", source=_WAITED),
    _mean("asa_served", Quotient("answered_wait_seconds", "answered", "answered"), "waits_answered", source=_WAITED),
    _share("service_level", "in_time", "judged", "higher", "answered_in_time", "abandoned_in_time", "service_target",
           source=N_("Others divide by all offered, or count an early hang-up as kept; three figures of one name.")),
    _share("abandonment", "abandoned_known", "offered_known", "lower", "abandoned",
           source=N_("Dynamics divides once by all inbound and once by those handed on by the bot.")),
    _of_days("occupancy", Unit.SHARE, Quotient("busy_seconds", "working_seconds", "days"), "neither",
             source=N_("Zendesk: engaged ÷ total working time; breaks and other work are in neither part here.")),
    _of_days("adherence", Unit.SHARE, Quotient("planned_kept_seconds", "planned_seconds", "days"), "higher",
             "shifts_planned", source=N_("Workforce management: the share of the planned time that was kept.")),
    _of_days("tickets_per_agent_hour", Unit.RATIO, Quotient("resolved", "shift_hours", "days"), "higher",
             "resolved_by_agents",
             source=N_("Others divide by hours between first and last action; here by recorded hours on shift.")),
    _of_days("cost_per_inquiry", Unit.MONEY, Quotient("cost", "resolved", "resolved"), "lower", "resolved_by_agents",
             "hourly_cost",
             source=N_("Benchmarks divide the whole budget by contacts; here only people's hours count.")),
)  # fmt: skip
