"""The first screen of a stand-up: what went wrong, what is overdue, who takes it; and below what else came up."""

from datetime import datetime

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.components.analysis.low_ratings import rating_list
from dashboard.components.drawn import show_table
from dashboard.components.text import plain
from dashboard.components.triage.read import brought_up_to_date, minute, pulse, queue
from dashboard.format import count, duration, listed, local, value_name
from dashboard.navigation import PAGES, is_there
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.privacy.masking import masked_frame
from dashboard.services.analysis.behind import Behind
from dashboard.services.analysis.standup import Days
from dashboard.services.analysis.standup_more import Morning, this_morning
from dashboard.services.triage.meeting_promises import Standing, promises
from dashboard.triage.states import OPEN
from dashboard.wording import _
from metrics.model import Scope

TILE_PIXELS = 165


def first_look(scope: Scope, days: Days) -> Morning:
    """Draw what went wrong, what is overdue and who takes it, each with the way to act on it."""
    found = data.agreed_answer(this_morning, scope, days=days)
    brought_up_to_date()
    live = _live()
    with st.container(border=True):
        st.markdown(_went_wrong(found))
        st.markdown(_overdue(live))
        st.markdown(_who_takes_it(live))
        if told := _promised():
            st.markdown(told)
        _ways()
    return found


def _live() -> pl.DataFrame | None:
    """The escalated tickets that are open now, as far as the reader may see them."""
    if not reach(current_actor(), Act.SEE_TRIAGE):
        return None
    items = queue()
    awake = pl.col("snoozed_until").is_null() | (pl.col("snoozed_until") <= minute())
    return items.filter(pl.col("state").is_in(OPEN) & awake)


def _went_wrong(found: Morning) -> str:
    return _(
        "**What went wrong:** {broken} promises were broken since the last working day, {night} of them after closing; "
        "{low} low ratings.",
        broken=count(found.broken), night=count(found.of_the_night), low=count(found.n_low),
    )  # fmt: skip


def _overdue(live: pl.DataFrame | None) -> str:
    if live is None or live.is_empty():
        return _("**What is overdue:** nothing is escalated.")
    late = live.filter(pl.col("late_seconds").is_not_null())
    soon = live.filter(pl.col("left_seconds") < 2 * 3600).height
    longest = late["late_seconds"].max()
    told = _(
        "**What is overdue:** {late} of {n} escalated tickets, and {soon} within two hours",
        late=count(late.height), n=count(live.height), soon=count(soon),
    )  # fmt: skip
    if isinstance(longest, int | float):
        told += _("; the longest for {length}", length=duration(longest))
    return told + _(".")


def _who_takes_it(live: pl.DataFrame | None) -> str:
    if live is None or live.is_empty():
        return _("**Who takes it:** nobody has to.")
    free = live.filter(~pl.col("is_acknowledged")).height
    owners = live.drop_nulls("owner")["owner"].value_counts(sort=True).head(3)
    most = listed([_("{name} ({n})", name=plain(str(name)), n=count(n)) for name, n in owners.iter_rows()])
    told = _("**Who takes it:** {free} are with nobody yet", free=count(free))
    return told + (_("; most are with {people}", people=most) if most else "") + _(".")


def _promised() -> str | None:
    """How what the last stand-ups promised stands now."""
    if not reach(current_actor(), Act.SEE_MEETINGS):
        return None
    found = data.kept(_standings, pulse(), minute())
    if not found:
        return None
    standing = [one.verdict.standing for one in found]
    return _(
        "**Promised before:** {kept} kept, {broken} not kept, {open} still to come.",
        kept=count(standing.count("kept")), broken=count(standing.count("broken") + standing.count("late")),
        open=count(standing.count("open") + standing.count("untold")),
    )  # fmt: skip


def _standings(pulse: str, at: datetime) -> tuple[Standing, ...]:  # noqa: ARG001 - anew when something was done
    return promises(current_actor(), data.desk(), at=at)


def _ways() -> None:
    ways = (("meeting.py", _("Hold the stand-up"), ":material/play_arrow:"),
            ("triage.py", _("Work through the queue"), ":material/flag:"),
            ("wallboard.py", _("Wallboard"), ":material/monitor:"))  # fmt: skip
    with st.container(horizontal=True, gap="medium"):
        for file, name, icon in ways:
            if is_there(current_actor(), file):
                st.page_link(PAGES / file, label=name, icon=icon, width="content")


def backlog_words(found: Morning) -> None:
    """Draw what came in, what went out, what stands and how old it is."""
    told = _("The backlog: {came} in, {left} out, {open} open", came=count(found.came), left=count(found.left),
             open=count(found.open))  # fmt: skip
    st.header(told, anchor="backlog")
    ages = pl.DataFrame({_(f"value.age_band.{band}"): [n] for band, n in found.ages})
    show_table(ages, name="standup-backlog", title=told)
    facts = data.facts()
    st.caption(
        _("Open tickets by age, as of {at}; out are those closed without a resolution, too.",
          at=local(facts.as_of, facts.zone)) + "  \n"
        + _("A promise is up today for {due}; resolved for three days without a confirmation: {n}.",
            due=count(found.due_today), n=count(found.unconfirmed))
    )  # fmt: skip


def people_words(found: Morning) -> None:
    """Draw who waits longest in each team, and who has much more than the others."""
    if found.oldest.height and found.oldest["team"].count():
        st.header(_("Who waits longest in each team"), anchor="oldest")
        rows = {
            _("Team"): [value_name("team", team) for team in found.oldest["team"]],
            _("Ticket"): found.oldest["ticket_id"],
            _("Waiting"): [duration(seconds) for seconds in found.oldest["waiting_seconds"]],
        }
        show_table(
            pl.DataFrame(rows), name="standup-oldest", title=_("Who waits longest in each team"), of_tickets=True
        )
    st.header(_("Who has much more than the others"), anchor="full")
    if found.full.is_empty():
        st.markdown(_("Nobody has half as much again as is usual in the team."))
    for row in found.full.iter_rows(named=True):
        st.markdown("- " + _("{agent} ({team}): {open} open, usual there {usual}", agent=plain(row["agent"]),
                             team=plain(value_name("team", row["team"])), open=count(row["open"]),
                             usual=f"{row['usual']:g}"))  # fmt: skip


def low_words(found: Morning) -> None:
    """Draw the low ratings of the days with what the customers wrote."""
    st.header(_("Low ratings: {n}", n=count(found.n_low)), anchor="low")
    if found.n_low:
        rating_list(Behind(masked_frame(found.low), found.n_low), heading="", key="standup-low")
