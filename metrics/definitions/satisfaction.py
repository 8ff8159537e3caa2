"""How satisfied: ratings given, their mean, the share that is satisfied."""

from metrics.families import ENOUGH, SETTLED, share
from metrics.model import Measure, Metric, Ratio, Total, Unit
from metrics.words import N_

METRICS = (
    Metric(
        id="ratings", unit=Unit.COUNT, fact="ratings", at="rated_at", value=Total(Measure("true", "is_given")),
        better="neither",
    ),
    share(
        "csat", true="is_satisfied", fact="ratings", at="rated_at", needs=("ratings",),
        source=N_("Zendesk and Chatwoot: 4 and 5 of five over all rated; a 3 is not satisfied."),
    ),
    Metric(
        id="csat_mean", unit=Unit.SCORE, fact="ratings", at="rated_at",
        value=Ratio(Measure("sum", "score5"), Measure("present", "score5")), better="higher", interval="normal",
        minimum_n=ENOUGH, source=N_("Frappe and others show the mean alone; here it stands beside the share."),
        needs=("ratings",),
    ),
    share(
        "csat_response_rate", true="is_answered", fact="ratings", at="surveyed_at", settles_after_days=SETTLED,
        needs=("rating_rows", "surveys"),
        source=N_("Chatwoot divides answers by surveys of the same window; here both are the same surveys."),
    ),
    Metric(
        id="nps", unit=Unit.POINTS, fact="ratings", at="rated_at",
        value=Ratio(Measure("sum", "nps_points"), Measure("present", "nps_points")), better="higher",
        interval="normal", minimum_n=ENOUGH, needs=("scores_of_ten",),
        source=N_("Promoters (9, 10) minus detractors (0–6), as HubSpot counts."),
    ),
)  # fmt: skip
