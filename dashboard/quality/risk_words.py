"""What the strata of risk are called."""

from collections.abc import Mapping

from metrics.quality.sampling import REST
from metrics.words import N_

RISK_WORDS: Mapping[str, str] = {
    "complaint": N_("complaints"),
    "reopened_or_late": N_("reopened or late"),
    "new_agent": N_("new agents"),
    REST: N_("all others"),
}
