"""Legal holds: what no purge and no erasure touches; the list, a new one, lifting one."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.drawn import show_table
from dashboard.components.privacy.acts import lift_hold, place_hold
from dashboard.format import count
from dashboard.people import Act, Actor, reach
from dashboard.privacy.limits import Hold, holds
from dashboard.wording import _, instant

OF = {"desk": "hold.of.desk", "source": "hold.of.source", "ticket": "hold.of.ticket", "customer": "hold.of.customer"}
KIND, SOURCE, TICKET, CUSTOMER, REASON, LIFTED, WHY = (
    f"privacy.hold.{name}" for name in ("of", "source", "ticket", "customer", "reason", "lifted", "why")
)


def standing_holds(actor: Actor) -> None:
    """Draw the holds that stand and, for who may, the ways to place and to lift one."""
    found = holds(actor, data.desk())
    st.subheader(_("{n} legal holds", n=count(len(found))), anchor="holds")
    st.caption(_("What is held stays, though its time is over, and cannot be erased until the hold is lifted."))
    if found:
        table = _table(found)
        show_table(table, name="legal-holds", title=_("{n} legal holds", n=count(len(found))))
    else:
        st.info(_("Nothing is held."))
    if reach(actor, Act.HOLD):
        _new()
        if found:
            _lift(found)


def _table(found: Sequence[Hold]) -> pl.DataFrame:
    zone = ZoneInfo(data.desk().zone() or "UTC")
    return pl.DataFrame(
        {
            _("No."): [one.id for one in found],
            _("Since"): [instant(one.made_at.astimezone(zone)) for one in found],
            _("Who"): [_(one.actor) for one in found],
            _("What is held"): [_held(one) for one in found],
            _("Why"): [one.reason for one in found],
        }
    )


def _held(one: Hold) -> str:
    if one.customer is not None:
        return _("A customer ({mark})", mark=one.customer[:8])
    return " · ".join(part for part in (one.source, one.ticket_id) if part) or _("The whole desk")


def _new() -> None:
    with st.expander(_("Place a legal hold"), icon=":material/gavel:"):
        kind = st.selectbox(_("On what"), list(OF), format_func=lambda name: _(OF[name]), key=KIND)
        if kind in ("source", "ticket"):
            known = data.choices().values.get("source", ()) if data.has_data() else ()
            st.selectbox(_("Source"), [name for name in known if name], key=SOURCE)
        if kind == "ticket":
            st.text_input(_("Ticket"), key=TICKET, max_chars=300)
        if kind == "customer":
            st.text_input(_("Customer, as the tickets name him"), key=CUSTOMER, max_chars=200)
        st.text_input(_("Why"), key=REASON, max_chars=300)
        st.button(_("Place the hold"), type="primary", on_click=place_hold, key="privacy-hold",
                  args=(KIND, SOURCE, TICKET, CUSTOMER, REASON))  # fmt: skip


def _lift(found: Sequence[Hold]) -> None:
    with st.expander(_("Lift a legal hold"), icon=":material/lock_open:"):
        named = {one.id: f"{one.id} · {_held(one)} · {one.reason}" for one in found}
        chosen = st.selectbox(_("Hold"), list(named), format_func=named.__getitem__, key=LIFTED)
        st.text_input(_("Why"), key=WHY, max_chars=300)
        st.button(_("Lift the hold"), on_click=lift_hold, args=(chosen, WHY), key="privacy-lift")
