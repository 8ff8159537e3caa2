"""What the SLA charts say in words, and their numbers as tables that people read."""

from collections.abc import Sequence

import polars as pl

from dashboard.charts.rows import interval_text
from dashboard.components.text import plain
from dashboard.format import NOTHING, count, dimension, duration, local, month_name, value_name, weekday_and_day
from dashboard.services.analysis.burn_down import BurnDown
from dashboard.services.analysis.explain_words import conditions_text, promise_text
from dashboard.wording import N_, _, share
from metrics.desk import Target

STATES = ("met", "breached", "running", "at_risk", "paused", "cancelled")


def thing_name(thing: str | None) -> str:
    """What a target promises; None is all of them."""
    return _("all targets") if thing is None else value_name("thing", thing)


def attainment_title(rows: pl.DataFrame) -> str:
    """Which target is kept most often and which least."""
    judged = rows.filter(pl.col("value").is_not_null()).sort("value", descending=True)
    if judged.is_empty():
        return _("Nothing was decided in these days")
    best, worst = judged.row(0, named=True), judged.row(-1, named=True)
    if judged.height == 1:
        return _("{thing}: kept {share} of the time.", thing=_named(best), share=share(best["value"]))
    return _(
        "Kept most often: {best} ({best_share}); least often: {worst} ({worst_share}).",
        best=_named(best), best_share=share(best["value"]), worst=_named(worst), worst_share=share(worst["value"]),
    )  # fmt: skip


def _named(row: dict[str, object]) -> str:
    return plain(value_name("thing", str(row["thing"])))


def attainment_table(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per target with all its states."""
    return pl.DataFrame(
        {
            dimension("thing"): [value_name("thing", thing) for thing in rows["thing"]],
            _("Attainment (95% interval)"): _intervals(rows, "value"),
            "n": rows["n"],
            **{_(f"state.{state}"): rows[state] for state in STATES},
        }
    )


def _intervals(rows: pl.DataFrame, column: str) -> list[str]:
    return [interval_text(*row) for row in rows.select(column, "low", "high").iter_rows()]


ENDS = {
    "ended_over": N_("{month} ended with {spent} breaches, {apart} more than {goal} allows."),
    "ended_within": N_("{month} ended with {spent} breaches, {apart} fewer than {goal} would have allowed."),
    "used_up": N_("{month} has used up its allowance: {spent} breaches where {goal} allows {budget} in all."),
    "leads_over": N_("{month} can still afford {left} breaches; at this pace it ends {apart} over."),
    "leads_either": N_("{month} can still afford {left} breaches; it may end on either side of {goal}."),
    "leads_within": N_("{month} can still afford {left} breaches; at this pace it ends with {apart} to spare."),
}


def burn_down_title(found: BurnDown) -> str:
    """Where the month stands and leads."""
    apart = (found.spent if found.is_over else found.heading) - found.budget
    return _(
        ENDS[_end(found, apart)], month=month_name(found.month.start), spent=count(found.spent),
        apart=count(abs(round(apart))), goal=share(found.goal.share), budget=count(round(found.budget)),
        left=count(max(round(found.left), 0)),
    )  # fmt: skip


def _end(found: BurnDown, apart: float) -> str:
    if found.is_over:
        return "ended_over" if apart > 0 else "ended_within"
    if found.left < 0:
        return "used_up"
    if found.low <= found.budget <= found.high:
        return "leads_either"
    return "leads_over" if apart > 0 else "leads_within"


def burn_down_notes(found: BurnDown) -> tuple[str, ...]:
    """The allowance in plain words: what it is, what is used, what the days to come bring."""
    source = (
        _("what the desk wishes")
        if found.goal.n is None
        else _("what the month before reached, n = {n}", n=count(found.goal.n))
    )
    notes = [
        _(
            "To keep {goal} ({source}), {budget} of about {expected} decisions may be breaches; {spent} are by now.",
            goal=share(found.goal.share), source=source, budget=count(round(found.budget)),
            expected=count(round(found.expected)), spent=count(found.spent),
        )
    ]  # fmt: skip
    if not found.is_over:
        notes.append(
            _(
                "If the days to come go like those of the last four weeks (weekday by weekday, event days left out), "
                "the month ends with {heading} breaches; 95 of 100 such months with {low} to {high}.",
                heading=count(round(found.heading)), low=count(round(found.low)), high=count(round(found.high)),
            )
        )  # fmt: skip
    if found.left > 0 and found.days_to_come:
        notes.append(
            _("That leaves {n} a day for the {days} days after {today}.", n=count(int(found.left / found.days_to_come)),
              days=found.days_to_come, today=weekday_and_day(found.today))
        )  # fmt: skip
    return tuple(notes)


def burn_down_table(found: BurnDown) -> pl.DataFrame:
    """One row per day."""
    rows = found.days
    return pl.DataFrame(
        {
            dimension("period"): [str(day) for day in rows["day"]],
            _("Decided"): rows["n"],
            _("Breached"): rows["breached"],
            _("Left of the allowance"): [_whole(left) for left in rows["left"]],
            _("Left at this pace"): [_whole(left) for left in rows["ahead"]],
        }
    )


def _whole(value: float | None) -> str:
    return NOTHING if value is None else count(round(value))


def causes_title(rows: pl.DataFrame, by: str) -> str:
    """Where most breaches are."""
    if rows.is_empty() or not rows["breached"].sum():
        return _("No breach in these days")
    most = rows.row(0, named=True)
    return _(
        "Most breaches: {value} with {n}, {part} of all; there {share} is kept.",
        value=plain(value_name(by, most["value"])), n=count(most["breached"]), part=share(most["part"], digits=0),
        share=share(most["share"]),
    )  # fmt: skip


def causes_table(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """One row per value."""
    return pl.DataFrame(
        {
            dimension(by): [value_name(by, value) for value in rows["value"]],
            _("Breached"): rows["breached"],
            _("Share of all breaches"): [share(part) for part in rows["part"]],
            _("Attainment (95% interval)"): _intervals(rows, "share"),
            "n": rows["n"],
        }
    )


def overrun_title(p50: float | None, p90: float | None) -> str:
    """By how much the late ones are late."""
    if p50 is None or p90 is None:
        return _("No breach in these days")
    return _(
        "Half of the breaches were at most {p50} late; one in ten more than {p90}.",
        p50=duration(p50),
        p90=duration(p90),
    )


def overrun_table(bins: pl.DataFrame) -> pl.DataFrame:
    """One row per bar of the histogram."""
    return pl.DataFrame(
        {
            _("From"): [duration(value) for value in bins["low"]],
            _("To"): [duration(value) for value in bins["high"]],
            _("Breached"): bins["n"],
        }
    )


def targets_table(rows: pl.DataFrame, targets: Sequence[Target]) -> pl.DataFrame:
    """One row per target: what is promised to whom since when, by which hours, how many it decided."""
    settled = [targets[place] for place in rows["target"]]
    return pl.DataFrame(
        {
            dimension("thing"): [value_name("thing", target.thing) for target in settled],
            _("Promised time"): [promise_text(target) for target in settled],
            _("For"): [conditions_text(target) for target in settled],
            _("Valid from"): [_("always") if day is None else str(day) for day in rows["since"]],
            _("Until"): [NOTHING if day is None else str(day) for day in rows["until"]],
            _("Calendars"): [_(", ").join(names) if names else NOTHING for names in rows["calendars"].to_list()],
            _("Decided"): rows["n"],
            _("Attainment (95% interval)"): _intervals(rows, "share"),
            _("Open now"): rows["open"],
        },
        schema_overrides={_("Decided"): pl.Int64},
    )


def left_columns(rows: pl.DataFrame, zone: str) -> dict[str, list[str]]:
    """What the table of running targets shows beside the ticket."""
    return {
        _("Target"): [value_name("thing", thing) for thing in rows["thing"]],
        _("Time left"): [duration(left) for left in rows["left_seconds"]],
        _("Due"): [local(at, zone) for at in rows["due_at"]],
        _("State of the clock"): [_(f"state.{state}") for state in rows["state"]],
    }


def late_columns(rows: pl.DataFrame, zone: str) -> dict[str, list[str]]:
    """What a table of breaches shows beside the ticket."""
    return {
        _("Target"): [value_name("thing", thing) for thing in rows["thing"]],
        _("Late by"): [duration(late) for late in rows["sla_overrun_calendar_seconds"]],
        _("Was due"): [local(at, zone) for at in rows["decided_at"]],
    }
