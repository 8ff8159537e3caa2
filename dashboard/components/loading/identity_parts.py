"""Customers of several names on the screen: rules to choose, what they would bring together, and keeping them."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.text import plain
from dashboard.format import count
from dashboard.people import Act, Reach, reach
from dashboard.people.current import current_actor
from dashboard.privacy.masking import masked_cell
from dashboard.services.loading.identity import keep_rules, people, rules_in_force, ties
from dashboard.wording import N_, _
from metrics.errors import ActionableError
from metrics.identity import BY_HAND, RULES, Identities, Name

NAMES = {
    "email": N_("the same e-mail address"),
    "phone": N_("the same telephone number"),
    "name": N_("the same name to the letter (people of one name become one)"),
    BY_HAND: N_("brought together by hand"),
}
SHOWN = 200


def rules_asked() -> tuple[str, ...]:
    """Draw the rules, those in force chosen; what is chosen is a preview until it is kept."""
    held = rules_in_force(current_actor(), data.desk())
    chosen = st.multiselect(
        _("Customers are one person when they have"), RULES, default=held, format_func=lambda rule: _(NAMES[rule]),
        placeholder=_("no rule: every name is a customer of its own"), key="identity.rules",
    )  # fmt: skip
    return tuple(rule for rule in RULES if rule in chosen)


def found(rules: Sequence[str]) -> Identities:
    """What these rules bring together, made once per state of the desk."""
    return data.kept(_found, tuple(rules), tied_now())


def tied_now() -> tuple[int, ...]:
    """The numbers of what was brought together by hand: answers that depend on it are made anew when it changes."""
    return tuple(one.id for one in ties(current_actor(), data.desk()))


def _found(rules: tuple[str, ...], _now: tuple[int, ...]) -> Identities:
    return people(current_actor(), data.desk(), rules)


def told(shown: Identities) -> None:
    """Say in sentences what the rules do."""
    st.markdown(
        _(
            "**{customers}** customers by their names are **{people}** people by these rules: {merged} of them have "
            "several names, {across} in more than one source.",
            customers=count(shown.customers), people=count(shown.people), merged=count(shown.merged.height),
            across=count(shown.merged.filter(pl.col("sources") > 1).height),
        )
    )  # fmt: skip
    st.caption(
        _(
            "Inquiries followed within 7 days by another of the same customer on the same type: {before} by names "
            "within a source, {after} by people over all sources. Counts of tickets stay as they are.",
            before=count(shown.repeats_before), after=count(shown.repeats_after),
        )
    )  # fmt: skip
    if shown.too_common:
        st.caption(
            _("{n} addresses or numbers belong to more than 20 customers and were left out.", n=count(shown.too_common))
        )


def people_table(shown: Identities) -> None:
    """Draw the people of several names, those with the most tickets first; names are masked."""
    if shown.merged.is_empty():
        return
    top = shown.merged.head(SHOWN)
    table = pl.DataFrame(
        {
            _("Names"): [" · ".join(map(_masked, names)) for names in top["names"].to_list()],
            _("Sources"): top["sources"],
            _("Tickets"): top["tickets"],
            _("Because of"): [" · ".join(_(NAMES[one]) for one in rules or ()) for rules in top["rules"].to_list()],
        }
    )
    show_table(
        table, name="people-of-several-names", title=_("Customers"), of_tickets=True,
        height="content" if top.height <= 10 else 420,
        column_config={_("Names"): st.column_config.TextColumn(_("Names"), width="large")},
    )  # fmt: skip


def _masked(name: str) -> str:
    source, _slash, customer = name.partition("/")
    return masked_name((source, customer))


def masked_name(name: Name) -> str:
    """A customer with his source, masked as far as he tells who he is."""
    return f"{name[0]}/{masked_cell('customer', name[1])}"


def keep_form(rules: Sequence[str]) -> None:
    """Draw the way to keep the rules that are looked at, for whom the table of rights allows it."""
    actor = current_actor()
    held = rules_in_force(actor, data.desk())
    if reach(actor, Act.CHANGE_SETTINGS) is Reach.NONE or tuple(rules) == held:
        return
    with st.form("identity-keep"):
        reason = st.text_input(_("Reason"), max_chars=300, key="identity.reason")
        label = _("Bring them together") if len(rules) >= len(held) else _("Take the rule back")
        if st.form_submit_button(label, type="primary"):
            try:
                keep_rules(actor, data.desk(), rules, reason=reason.strip() or label)
            except ActionableError as error:
                st.error(plain(_(error.template, **error.params)))
            else:
                data.look_again()
                st.rerun()
