"""First contact resolution: the desk's own, and all four ways side by side, the first of them in five windows."""

from metrics.facts.customers import WINDOW, WINDOWS
from metrics.families import share
from metrics.model import Metric
from metrics.words import N_

_REPEAT = N_("Contact-centre practice: no repeat contact within 1, 7, 14 or 30 days; few systems can count it.")


def _repeat(days: int) -> Metric:
    """No further ticket within so many days; the usual window needs no name."""
    return share(
        "fcr_repeat" if days == WINDOW else f"fcr_repeat_{days}d", true=f"fcr_repeat_{days}d", fact="tickets",
        at="created_at", person="resolution_by", settles_after_days=days, source=_REPEAT,
    )  # fmt: skip


METRICS = (
    share(
        "fcr", true="fcr", fact="tickets", at="created_at", person="resolution_by", settles_after_days=WINDOW,
        source=N_("Every system counts one way of its own; which one is the desk's is chosen in its settings."),
    ),
    *(_repeat(days) for days in sorted(WINDOWS, key=lambda days: (days != WINDOW, days))),
    share(
        "fcr_one_touch", true="fcr_one_touch", fact="tickets", at="created_at", person="resolution_by",
        settles_after_days=WINDOW,
        source=N_("dbt_zendesk: solved with exactly one public reply; Zendesk also counts none at all."),
    ),
    share(
        "fcr_no_reopen", true="fcr_no_reopen", fact="tickets", at="created_at", person="resolution_by",
        settles_after_days=WINDOW, source=N_("Zoho and Intercom: closed once and not reopened."),
    ),
    share(
        "fcr_survey", true="fcr_survey", fact="tickets", at="created_at", person="resolution_by",
        needs=("survey_answers",),
        source=N_("Survey-based FCR: the customer is asked whether it was settled at the first contact."),
    ),
)  # fmt: skip
