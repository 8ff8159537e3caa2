"""How long until it is done: first and full resolution, and the share within target."""

from metrics.families import SETTLED, share, times
from metrics.words import N_

METRICS = (
    *times(
        "first_resolution", fact="tickets", at="first_resolution_at", person="resolution_by",
        source=N_("Zendesk: created → first solved."),
    ),
    *times(
        "full_resolution", fact="tickets", at="full_resolution_at", person="resolution_by",
        source=N_("Zendesk: created → last solved; Freshdesk counts in the period of resolution too."),
    ),
    *times(
        "full_resolution_from_response", fact="tickets", at="full_resolution_at", person="resolution_by",
        source=N_("Desks in China call its mean the mean resolution time."),
    ),
    share(
        "resolution_within_target", true="resolution_met", fact="tickets", at="resolution_decided_at",
        person="resolution_by", source=N_("Zendesk and ITIL: met / (met + breached)."),
    ),
    share(
        "resolution_rate", true="is_inquiry_resolved", fact="tickets", at="created_at", settles_after_days=SETTLED,
        source=N_("Frappe divides by what is resolved by now and can pass 100%; here both parts are one cohort."),
    ),
)  # fmt: skip
