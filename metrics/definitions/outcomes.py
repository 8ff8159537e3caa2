"""What customers did after they had written: ordered, bought again."""

from metrics.facts.outcomes import CONVERSION_DAYS, REPURCHASE_DAYS
from metrics.families import share
from metrics.words import N_

METRICS = (
    share(
        "conversion_rate", true="is_converted", fact="contacts", at="created_at", settles_after_days=CONVERSION_DAYS,
        needs=("outcomes", "customers_matched"),
        source=N_("Shops: customers who order after asking ÷ customers who asked."),
    ),
    share(
        "repurchase_rate", true="is_repurchased", fact="contacts", at="created_at",
        settles_after_days=REPURCHASE_DAYS, needs=("outcomes", "customers_bought"),
        source=N_("Shops: earlier buyers who buy again ÷ earlier buyers, of those who asked."),
    ),
)  # fmt: skip
