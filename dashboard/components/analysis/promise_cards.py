"""What runs now with its time left, which targets applied, how long clocks stood still."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.charts.pauses import pauses_chart
from dashboard.components.analysis import sla_words as words
from dashboard.components.analysis.sla_cards import late_tickets
from dashboard.components.card import Card, draw
from dashboard.components.definition import Basis, definition_card
from dashboard.components.drawn import show_table
from dashboard.components.switch import switch
from dashboard.components.text import plain
from dashboard.components.tickets import ticket_table
from dashboard.format import count, dimension, duration, local, value_name
from dashboard.language import speak
from dashboard.services.analysis.explain_words import conditions_text, hours_in_force, weekly_hours
from dashboard.services.analysis.promises import (
    PAUSING,
    judged_by,
    paused_longest,
    pauses,
    pauses_by_status,
    targets_applied,
)
from dashboard.services.analysis.sla import AT_RISK, ROWS_AT_MOST, late_and_open, of_thing, undecided
from dashboard.services.analysis.trends import today_of
from dashboard.wording import N_, _, share
from metrics.desk import Target
from metrics.model import Scope

NOW = {
    "at_risk": N_("At risk"), "running": N_("All that run"), "paused": N_("Paused"), "late": N_("Late and not done"),
}  # fmt: skip
SPLITS = ("team", "type", "channel")


def no_targets() -> None:
    """Say what the data would have to tell for any promise to be judged."""
    st.info(
        _("No promise can be judged here: that needs when the first response (first_responded_at) or the resolution "
          "(resolved_at) came, or the messages, and targets for them.")
    )  # fmt: skip


@st.fragment
def now_card(scope: Scope, thing: str | None) -> None:
    """What runs at the end of the data, the least time left first; the period plays no part."""
    speak()
    asked = of_thing(Scope(where=scope.where), thing)
    parts = _now(asked)
    facts = data.facts()
    st.header(_now_title(parts), anchor="sla-now")
    st.caption(
        _("As of {at}, whatever days are chosen · time left on the target's own clock · {thing}",
          at=local(facts.as_of, facts.zone), thing=words.thing_name(thing))
    )  # fmt: skip
    names = {name: f"{_(text)} · {count(parts[name].height)}" for name, text in NOW.items()}
    chosen = switch("now", _("Show"), names)
    rows = parts[chosen]
    if rows.is_empty():
        st.markdown(_("There is none."))
    elif chosen == "late":
        late_tickets(rows, _("Late and not done"), key="sla-now-late")
    else:
        if rows.height > ROWS_AT_MOST:
            st.caption(_("The {n} with the least time left are shown.", n=count(ROWS_AT_MOST)))
        shown = rows.head(ROWS_AT_MOST)
        ticket_table(shown, words.left_columns(shown, facts.zone), key=f"sla-now-{chosen}")
    definition_card(AT_RISK, facts, Basis(parts["running"].height))


def _now(asked: Scope) -> dict[str, pl.DataFrame]:
    open_now = data.answer(undecided, asked)
    running = open_now.filter(pl.col("state") == "running")
    return {
        "at_risk": running.filter("is_at_risk"),
        "running": running,
        "paused": open_now.filter(pl.col("state") == "paused"),
        "late": data.answer(late_and_open, asked),
    }


def _now_title(parts: dict[str, pl.DataFrame]) -> str:
    at_risk, late = parts["at_risk"], parts["late"].height
    if at_risk.is_empty():
        return _("Nothing is at risk now; {late} are late and not done.", late=count(late))
    return _(
        "At risk now: {n}, the nearest with {left} left; {late} are late and not done.", n=count(at_risk.height),
        left=duration(at_risk["left_seconds"][0]), late=count(late),
    )  # fmt: skip


@st.fragment
def targets_card(scope: Scope, thing: str | None) -> None:
    """Which targets hold and how many each decided, with the agreements that they come from."""
    speak()
    asked = of_thing(scope, thing)
    targets = data.settings().targets
    found = _of_reader(data.agreed_answer(targets_applied, asked), targets)
    used = int((found["n"] > 0).sum())
    title = _("{n} targets are in force; {used} decided something in these days.", n=int(found["in_force"].sum()),
              used=used)  # fmt: skip
    st.header(title, anchor="sla-agreed")
    st.caption(
        _("Of the targets whose conditions all hold, the one with the most conditions counts; among equals the newer, "
          "then the shorter; the day on which the clock starts chooses. Choose a row to see what it missed.")
    )  # fmt: skip
    table = words.targets_table(found, targets)
    chosen = show_table(
        table, name="targets", title=title, figures=found, metric_id="sla_attainment", on_select="rerun",
        selection_mode="single-row", key="sla-agreed-rows", height=min(420, 60 + 35 * found.height),
    )  # fmt: skip
    st.caption(_hours_and_version())
    picked = list(getattr(getattr(chosen, "selection", None), "rows", ()))
    if picked and picked[0] < found.height:
        place = int(found["target"][picked[0]])
        late_tickets(data.answer(judged_by, asked, place), _missed_by(place), key="sla-agreed")


def _of_reader(rows: pl.DataFrame, targets: Sequence[Target]) -> pl.DataFrame:
    """The targets without those that are promised to tickets of others alone."""
    told = [data.concerns({name: (value,) for name, value in targets[place].where.items()}) for place in rows["target"]]
    return rows.filter(pl.Series(told, dtype=pl.Boolean))


def _missed_by(place: int) -> str:
    target = data.settings().targets[place]
    return _("{thing}: missed, {value}", thing=plain(words.thing_name(target.thing)),
             value=plain(conditions_text(target)))  # fmt: skip


def _hours_and_version() -> str:
    """The hours of every calendar in force that the reader's tickets go by, and since when the agreements hold."""
    settings, today = data.settings(), today_of(data.facts())
    names = [name for name in dict.fromkeys(calendar.name for calendar in settings.calendars) if data.goes_by(name)]
    hours = [_("{calendar}: {hours}", calendar=plain(name), hours=weekly_hours(hours_in_force(settings, name, today)))
             for name in names]  # fmt: skip
    since, versions = data.agreed_since()
    if since is None:
        told = _("Agreements: as shipped.")
    elif since.year == 1:
        told = _("Agreements: the desk's own, for all days.")
    else:
        told = _("Agreements: the desk's own version {n}, since {day}.", n=versions, day=since.isoformat())
    return "  \n".join([told, *hours])


@st.fragment
def pauses_card(scope: Scope, thing: str | None) -> None:
    """How long the clock of resolution stood still, in which status, and where that was not recorded."""
    speak()
    if thing not in (None, PAUSING):
        return
    with st.container(border=True):
        by = switch("pauses", _("Pauses by"), {name: dimension(name) for name in SPLITS})
        asked = of_thing(scope, PAUSING)
        rows = data.answer(pauses, asked, by)
        if not rows["known"].sum():
            st.header(_("Pauses are not known"), anchor="sla-pauses")
            st.info(_("Pauses need the recorded changes of status, one row per change; this source gives none, so "
                      "nothing could be taken off."))  # fmt: skip
            return
        clicked = draw(data.kept(_pauses, asked, by), data.facts(), state=(asked, by))
        if clicked is not None:
            value = None if clicked[0] is None else str(clicked[0])
            _paused_tickets(data.answer(paused_longest, asked, by, value), plain(value_name(by, value)))


def _pauses(asked: Scope, by: str) -> Card:
    rows = data.answer(pauses, asked, by)
    with data.changes() as changes:
        by_status = pauses_by_status(data.facts(), data.settings(), data.within(asked), changes)
    known = rows.filter(pl.col("known") > 0).with_columns(
        run=pl.col("run_seconds") / pl.col("known"), paused_mean=pl.col("paused_seconds") / pl.col("known"),
    )  # fmt: skip
    drawn = known.rename({"paused": "n_paused", "paused_mean": "paused"})
    stood, ran = int(known["paused_seconds"].sum()), int(known["run_seconds"].sum())
    n, whole = int(rows["known"].sum()), int(rows["n"].sum())
    return Card(
        key="sla-pauses",
        title=_("For {share} of the time of these resolutions the clock stood still, waiting for others.",
                share=share(stood / max(stood + ran, 1))),
        caption=_("Resolutions decided in these days · calendar time from start to end · n = {n}", n=count(n)),
        figure=pauses_chart(drawn, dimension=by),
        metric_id="sla_attainment",
        basis=Basis(n, whole - n),
        table=_pauses_table(rows, by),
        export=rows.rename({"n": "resolutions"}),
        notes=tuple(_status_note(row) for row in by_status.iter_rows(named=True)),
    )  # fmt: skip


def _status_note(row: dict[str, object]) -> str:
    n = count(int(str(row["n"])))
    if row["status"] is None:
        return _("Unknown: {n} whose source records no changes of status; nothing was taken off.", n=n)
    seconds = float(str(row["paused_seconds"]))
    return _(
        "In status “{status}”: {time} in all, in {n} resolutions ({mean} each).",
        status=plain(value_name("status", str(row["status"]))), time=duration(seconds), n=n,
        mean=duration(seconds / max(int(str(row["n"])), 1)),
    )  # fmt: skip


def _pauses_table(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    known = rows["known"].to_list()
    return pl.DataFrame(
        {
            dimension(by): [value_name(by, value) for value in rows["value"]],
            _("Resolutions"): rows["n"],
            _("Pauses recorded"): rows["known"],
            _("Paused at some time"): rows["paused"],
            _("Stood still in all"): _where_known(rows["paused_seconds"], known),
            _("Ran in all"): _where_known(rows["run_seconds"], known),
        }
    )


def _where_known(seconds: pl.Series, known: list[int]) -> list[str]:
    return [duration(value) if n else _("unknown") for value, n in zip(seconds, known, strict=True)]


def _paused_tickets(rows: pl.DataFrame, name: str) -> None:
    st.markdown(f"**{_('{value}: stood still longest', value=name)}** · {_('{n} resolutions', n=count(rows.height))}")
    shown = rows.head(ROWS_AT_MOST)
    if shown.height:
        stood = {_("Stood still"): [duration(value) for value in shown["paused_calendar_seconds"]]}
        ticket_table(shown, stood, key="sla-pauses")
