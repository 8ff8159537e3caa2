"""How satisfied: ratings given, their mean, the share that is satisfied."""

from metrics.families import ENOUGH, share
from metrics.model import Measure, Metric, Ratio, Total, Unit
from metrics.words import N_

METRICS = (
    Metric(
        id="ratings", unit=Unit.COUNT, fact="ratings", at="rated_at", value=Total(Measure("true", "is_given")),
        better="neither",
    ),
    share(
        "csat", true="is_satisfied", fact="ratings", at="rated_at",
        source=N_("Zendesk and Chatwoot: 4 and 5 of five over all rated; a 3 is not satisfied."),
    ),
    Metric(
        id="csat_mean", unit=Unit.SCORE, fact="ratings", at="rated_at",
        value=Ratio(Measure("sum", "score5"), Measure("present", "score5")), better="higher", interval="normal",
        minimum_n=ENOUGH, source=N_("Frappe and others show the mean alone; here it stands beside the share."),
    ),
)  # fmt: skip
