"""Whether promises are kept: over every running of a target, what is close to its limit, how late the late ones are."""

from metrics.families import share, times
from metrics.model import Measure, Metric, Total, Unit
from metrics.words import N_

METRICS = (
    share(
        "sla_attainment", true="is_met", fact="sla_instances", at="decided_at",
        source=N_("Zendesk and ITIL: met / (met + breached); a running clock is in neither."),
    ),
    Metric(
        id="sla_at_risk", unit=Unit.COUNT, fact="sla_instances", at="started_at",
        value=Total(Measure("true", "is_at_risk")), better="lower",
    ),
    *times(
        "sla_overrun", fact="sla_instances", at="decided_at",
        source=N_("Zendesk shows breached by how much per ticket; here it is a distribution, on both clocks."),
    ),
)  # fmt: skip
