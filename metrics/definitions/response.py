"""How soon: first response, automatic response, every next response, and the share within target."""

from metrics.families import share, times, waits
from metrics.intervals import TAIL, smallest_bounded_n
from metrics.model import Measure, Metric, Spread, Unit
from metrics.words import N_

METRICS = (
    *times(
        "first_response", fact="tickets", at="first_response_at", person="first_response_by",
        source=N_("Zendesk: first public agent comment; Chatwoot starts at the bot's hand-over."),
    ),
    *times(
        "first_auto_response", fact="tickets", at="first_auto_response_at",
        source=N_("Salesforce's milestone may be closed by an automatic confirmation; here it is a figure of its own."),
    ),
    *times(
        "next_response", fact="replies", at="answered_at",
        source=N_("Zendesk's next reply: oldest unanswered customer comment → public agent comment."),
    ),
    share(
        "first_response_within_target", true="first_response_met", fact="tickets", at="first_response_decided_at",
        person="first_response_by", source=N_("ITIL: met / (met + breached); Chatwoot counts the running as met."),
    ),
    share(
        "next_response_within_target", true="next_response_met", fact="replies", at="next_response_decided_at",
        source=N_("Zendesk and ITIL: met / (met + breached)."),
    ),
    *waits(
        "first_response", fact="tickets", at="start_at", person="first_response_by",
        source=N_("Nobody else reports waits that still go on; the method is Kaplan and Meier's of survival analysis."),
    ),
    *waits(
        "next_response", fact="replies", at="asked_at",
        source=N_("Nobody else reports waits that still go on; the method is Kaplan and Meier's of survival analysis."),
    ),
    Metric(
        id="response_consistency", unit=Unit.RATIO, fact="tickets", at="first_response_at",
        value=Spread(Measure("values", "first_response_calendar_seconds"), 0.9, 0.5), better="lower",
        interval="order_statistic", minimum_n=smallest_bounded_n(0.9, TAIL / 2), person="first_response_by",
        source=N_("Desks that promise an even service show the 90th percentile over the median."),
    ),
)  # fmt: skip
