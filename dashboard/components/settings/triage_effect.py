"""What each rule of escalation would have caught in the last month of the data, before it is saved."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.agreements import SettingsError
from dashboard.components.drawn import show_table
from dashboard.format import count, listed, span
from dashboard.people.current import current_actor
from dashboard.services.triage import rules as triage_rules
from dashboard.triage.settings import triage_settings
from dashboard.wording import _
from metrics.model import Period
from metrics.triage.model import Rule

DAYS = 30
EXAMPLES = 3


def would_have_caught(text: str | None) -> None:
    """Draw, for the rules as they are proposed, how many tickets each would have caught, with some of them."""
    if not data.has_data():
        st.caption(_("Once data are loaded, it stands here what each rule would have caught."))
        return
    try:
        rules = triage_settings(text).rules
    except SettingsError:
        st.caption(_("What the rules would have caught stands here once they are sound."))
        return
    period = _last_month()
    title = _("What each rule would have caught, {days}", days=span(period))
    st.markdown(f"**{title}**")
    if not rules:
        st.info(_("No rule is on: no ticket would be escalated."))
        return
    caught = [data.kept(_caught, rule, period) for rule in rules]
    together = pl.concat(caught).select("source", "ticket_id").unique().height
    st.caption(_("{n} different tickets in all.", n=count(together)))
    table = pl.DataFrame(
        {
            _("Rule"): [_name(rule) for rule in rules],
            _("Tickets"): [one.select("source", "ticket_id").unique().height for one in caught],
            _("For example"): [listed(_examples(one)) for one in caught],
        }
    )
    show_table(table, name="triage-effect", title=title, height="content", alt=_("What each rule would have caught"))


def _name(rule: Rule) -> str:
    told = _(f"triage.rule.{rule.kind}")
    return told if rule.name == rule.kind else f"{rule.name} ({told})"


def _examples(caught: pl.DataFrame) -> list[str]:
    return caught.sort("since", descending=True)["ticket_id"].unique(maintain_order=True).head(EXAMPLES).to_list()


def _caught(rule: Rule, period: Period) -> pl.DataFrame:
    return triage_rules.preview(current_actor(), data.desk(), rule, period=period).select(
        "source", "ticket_id", "since"
    )


def _last_month() -> Period:
    facts = data.facts()
    last: date = facts.as_of.astimezone(ZoneInfo(facts.zone)).date() + timedelta(days=1)
    return Period(last - timedelta(days=DAYS), last)
