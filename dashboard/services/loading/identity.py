"""One customer over channels and sources: what rules would bring together, the rules that hold, and the way back."""

from collections.abc import Sequence

from dashboard.agreement_text import with_table
from dashboard.desk import Desk
from dashboard.identity_rules import TABLE, identity_rules
from dashboard.people import Act, Actor, needs
from dashboard.services.facts.figures import readable_facts
from dashboard.services.settings.changes import keep_agreements
from dashboard.services.settings.editing import standing
from metrics.identity import RULES, Identities, identities


@needs(Act.SEE_TICKETS)
def rules_in_force(actor: Actor, desk: Desk) -> tuple[str, ...]:
    """The rules by which this desk's customers are brought together; none as shipped."""
    del actor  # whoever may see tickets may know by which rules their customers are one
    return identity_rules(desk.agreements())


@needs(Act.SEE_TICKETS)
def people(actor: Actor, desk: Desk, rules: Sequence[str] | None = None) -> Identities:
    """Who is one by these rules, or by those in force, in the tickets that this person may open."""
    chosen = rules_in_force(actor, desk) if rules is None else rules
    return identities(readable_facts(actor, desk).tickets, chosen)


@needs(Act.CHANGE_SETTINGS)
def keep_rules(actor: Actor, desk: Desk, rules: Sequence[str], *, reason: str, expected: int | None = None) -> int:
    """Let these rules hold from today on; the number of the change. Without rules nobody is brought together.

    Nothing of a ticket is written: taking the rules back, here or by `settings undo`, leaves no trace in any figure.
    """
    now = standing(actor, desk)
    kept = [rule for rule in RULES if rule in rules]
    text = with_table(now.text, TABLE, {"rules": kept})
    return keep_agreements(actor, desk, text, since=max(now.today, now.since), reason=reason, expected=expected)
