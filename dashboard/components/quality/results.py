"""The first part of the quality page: the share that passes with its verdict, its course, its parts, its people."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.charts.pass_rates import rolling_share
from dashboard.charts.rows import Row, rows_of_shares
from dashboard.components.drawn import show_chart, show_table
from dashboard.components.quality.words import (
    PART_NAMES,
    SPAN_NAMES,
    interval,
    part_name,
    stratum_name,
    verdict_title,
    what_was_read,
    what_would_settle,
)
from dashboard.components.switch import switch
from dashboard.components.triage.meeting_state import attempted, told
from dashboard.format import count
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.services.quality.next_reviews import draw_more
from dashboard.services.quality.results import SPANS, Results, Span, results
from dashboard.wording import _, day
from metrics.quality.results import Sample, agents, by_cause, by_part, daily

SIGNS = {"meets": ":material/check_circle:", "below": ":material/cancel:", "unsettled": ":material/help:"}
RANKED_FROM = 30
"""Below so many reviews a part is drawn grey."""


def draw_results() -> None:
    """Draw the results of the plan and the span that are chosen."""
    told()
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        span = switch("span", _("Days"), {name: _(SPAN_NAMES[name]) for name in SPANS})
    found = _found(span)
    if len(found.plans) > 1:
        plan = right.selectbox(_("Plan"), found.plans, index=found.plans.index(found.plan or found.plans[0]))
        found = _found(span, plan)
    if not found.sample.drawn:
        _nothing_yet(found)
        return
    with st.container(border=True):
        _headline(found)
    with st.container(border=True):
        _course(found)
    with st.container(border=True):
        _parts(found)
    with st.container(border=True):
        _people(found)
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        _next(found)
    with right, st.container(border=True, height="stretch"):
        _days(found.sample, found.zone)


def _found(span: str, plan: str | None = None) -> Results:
    known: Span = next(one for one in SPANS if one == span)
    return results(current_actor(), data.desk(), span=known, plan=plan)


def _nothing_yet(found: Results) -> None:
    """Tell why there is no verdict: nothing was ever drawn, or not on these days, or the days are not over."""
    if found.so_far.drawn:
        with st.container(border=True):
            _so_far(found)
        with st.container(border=True):
            _days(found.so_far, found.zone)
    elif found.plans:
        st.info(_("Nothing was drawn in these days. Choose other days above, or draw for them on “Plans and draws”."))
    else:
        st.info(_("Nothing was drawn in these days. Make a plan and draw, on “Plans and draws”; the rate comes from "
                  "what inspectors then read."))  # fmt: skip


def _so_far(found: Results) -> None:
    """What was read of days of which the span is not over yet."""
    since = found.so_far.estimate
    st.header(_("No verdict yet: all that was drawn is of {day} or later.", day=day(found.end)), anchor="verdict")
    if since.value is not None:
        told = interval(since.value, since.low, since.high)
        st.markdown(_("So far {told} of conversations pass.", told=told))
    st.caption(_("A verdict is given at the end of a span only; looking every day would raise false alarms.")
               + "  \n" + what_was_read(found.so_far))  # fmt: skip


def _headline(found: Results) -> None:
    st.header(f"{SIGNS[found.verdict]} {verdict_title(found.estimate, found.verdict, found.line)}", anchor="verdict")
    st.markdown(what_would_settle(found.verdict, found.line, found.more) if found.estimate.value is not None else "")
    st.caption(
        _("{first} to {last} · weighted by how likely each conversation was to be drawn · 95 % interval (Wilson on the "
          "effective sample size)", first=day(found.first), last=day(found.end - timedelta(days=1)))
        + "  \n" + what_was_read(found.sample)
    )  # fmt: skip
    since = found.so_far.estimate
    if since.value is not None:
        told = interval(since.value, since.low, since.high)
        st.caption(_("The last four weeks and the days since then, so far: {told}. A verdict is given at the end of a "
                     "span only; looking every day would raise false alarms.", told=told))  # fmt: skip


def _course(found: Results) -> None:
    rows = [(_day(end, found.zone), *rest) for end, *rest in found.course.iter_rows()]
    known = [row for row in rows if row[1] is not None]
    st.header(_("Rolling four weeks"), anchor="course")
    if len(known) < 2:
        st.markdown(_("From the second week with reviews on, the course is drawn here."))
        return
    chart = rolling_share(rows, line=found.line, title=_("share that passes"))
    show_chart(chart, name="quality-course", title=_("Rolling four weeks"), figures=found.course,
               metric_id="quality_pass_rate", key="quality-course")  # fmt: skip


def _day(end: object, zone: str) -> date:
    return (end.astimezone(ZoneInfo(zone)) - timedelta(days=1)).date()  # type: ignore[attr-defined,no-any-return]


def _parts(found: Results) -> None:
    st.header(_("Where it passes, and where not"), anchor="parts")
    part = switch("part", _("Part"), {name: _(words) for name, words in PART_NAMES.items()}, has_label=False)
    told = (
        found.lines
        if part == "criterion"
        else by_cause(found.sample)
        if part == "cause"
        else by_part(found.sample, part)
    )
    if told.is_empty():
        st.markdown(_("There is nothing to tell."))
        return
    if part == "cause":
        st.caption(_("The share of all conversations that fail for each cause."))
    rows = [_row(part, row) for row in told.iter_rows(named=True)]
    lines = [] if part == "cause" else [(found.line, _("target"))]
    title = _("share of conversations") if part == "cause" else _("share that passes")
    chart = rows_of_shares(rows, of="", title=title, lines=lines)
    show_chart(chart, name=f"quality-{part}", title=_("Where it passes, and where not"),
               figures=told.rename({"value": part}), key=f"quality-parts-{part}")  # fmt: skip
    if any(not row.is_fair for row in rows):
        st.caption(_("Grey: fewer than {n} reviews, too few to compare.", n=RANKED_FROM))


def _row(part: str, row: dict[str, object]) -> Row:
    value, low, high = (float(str(row[name])) for name in ("share", "low", "high"))
    n, label = int(str(row["n"])), part_name(part, str(row["value"]))
    hover = f"{label}<br>{interval(value, low, high)}<br>{_('{n} reviews', n=count(n))}"
    is_fair = part == "cause" or n >= RANKED_FROM
    return Row(label, value, low, high, _("n {n}", n=count(n)), (str(row["value"]),), hover, is_fair=is_fair)


def _people(found: Results) -> None:
    st.header(_("Agents, drawn towards the team"), anchor="agents")
    rows = agents(found.sample)
    if rows.is_empty() or rows["value"].null_count() == rows.height:
        st.markdown(_("That needs reviews of three people at least."))
        return
    apart = rows.filter(pl.col("differs"))
    told = _("Nobody differs from the rest by more than chance.")
    if apart.height:
        told = _(
            "{n} of {all} differ from the rest by more than chance.", n=count(apart.height), all=count(rows.height)
        )
    why = _(
        "From a few reviews each, most differences are chance. The estimate draws everybody towards the team as far as "
        "the reviews are few; in the order of names, not a ranking."
    )
    st.caption(f"{why} {told}")
    table = pl.DataFrame({
        _("Agent"): rows["agent"], _("Reviews read"): rows["n"],
        _("Estimate"): [interval(*row) for row in rows.select("value", "low", "high").iter_rows()],
        _("Differs"): [_("yes") if differs else "" for differs in rows["differs"]],
    })  # fmt: skip
    show_table(table, name="quality-agents", title=_("Agents, drawn towards the team"), figures=rows.drop("raw"),
               height=420 if rows.height > 11 else "content")  # fmt: skip


def _next(found: Results) -> None:
    st.header(_("The next 20 reviews"), anchor="next")
    if not found.next:
        st.markdown(_("Everything that could be drawn was drawn."))
        return
    st.caption(_("There they would narrow the interval most, by what the reviews have shown so far."))
    rows = sorted(found.next.items(), key=lambda one: -one[1])
    table = pl.DataFrame(
        {_("Where"): [stratum_name(name) for name, _n in rows], _("Reviews read"): [n for _name, n in rows]}
    )
    show_table(table, name="quality-next", title=_("The next 20 reviews"))
    if reach(current_actor(), Act.DRAW_SAMPLES) and found.plan is not None:
        st.button(_("Draw these now"), icon=":material/add_circle:", key="quality-next", on_click=_draw_more,
                  args=(found.plan, found.next))  # fmt: skip
        st.caption(_("The newest draws are extended; what was drawn stays, and the weights follow."))


def _draw_more(plan: str, more: dict[str, int]) -> None:
    def done() -> str:
        draw_more(current_actor(), data.desk(), plan, more)
        return _("{n} more conversations wait in the review room.", n=count(sum(more.values())))

    attempted(done)


def _days(sample: Sample, zone: str) -> None:
    st.header(_("Day by day, as counts"), anchor="days")
    st.caption(_("So few reviews cannot judge a day; what did not pass is worth a look all the same."))
    rows = daily(sample, zone).sort("day", descending=True)
    table = pl.DataFrame({
        _("Day"): [day(one) for one in rows["day"]], _("Drawn"): rows["drawn"], _("Read"): rows["reviewed"],
        _("Did not pass"): rows["failed"], _("Skipped"): rows["skipped"], _("Ineligible"): rows["ineligible"],
    })  # fmt: skip
    show_table(table, name="quality-days", title=_("Day by day, as counts"), figures=rows,
               height=320 if rows.height > 8 else "content")  # fmt: skip
