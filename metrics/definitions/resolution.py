"""How long until it is done: first and full resolution, and the share within target."""

from metrics.families import share, times

METRICS = (
    *times(
        "first_resolution", fact="tickets", at="first_resolution_at", person="resolution_by",
        source="Zendesk: created → first solved.",
    ),
    *times(
        "full_resolution", fact="tickets", at="full_resolution_at", person="resolution_by",
        source="Zendesk: created → last solved; Freshdesk counts in the period of resolution too.",
    ),
    *times(
        "full_resolution_from_response", fact="tickets", at="full_resolution_at", person="resolution_by",
        source="平均解决时间 as Chinese desks count it: first response → resolution.",
    ),
    share(
        "resolution_within_target", true="resolution_met", fact="tickets", at="resolution_decided_at",
        person="resolution_by", source="Zendesk and ITIL: met / (met + breached).",
    ),
)  # fmt: skip
