"""What it took: the time that tickets were in work or the customer waited for the desk, and who settled them."""

from metrics.families import share, times
from metrics.words import N_

METRICS = (
    *times(
        "cycle_time", fact="tickets", at="ended_at", person="resolution_by",
        source=N_("Others call what ticket stamps give the handle time; handle time needs records of agents' states."),
    ),
    *times(
        "requester_wait", fact="tickets", at="ended_at", person="resolution_by",
        source=N_("Zendesk: requester wait is the time in new, open and on hold."),
    ),
    share(
        "bot_share", true="is_bot_only", fact="tickets", at="full_resolution_at", person="resolution_by",
        better="neither",
        source=N_("Chatwoot divides bot resolutions by conversations created, two different cohorts; here it is one."),
    ),
    share(
        "human_share", true="is_human_answered", fact="tickets", at="full_resolution_at", person="resolution_by",
        better="neither", source=N_("The counterpart of the bots' share; what nobody answered stands in neither."),
    ),
    share(
        "kb_use", true="is_kb_used", fact="tickets", at="full_resolution_at", person="resolution_by",
        needs=("articles",), source=N_("ServiceNow keeps a yes or no per incident; others link articles to tickets."),
    ),
)  # fmt: skip
