"""Forecasts, back-tests and needs as tables for the command line and as files."""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from babel.dates import get_day_names

from dashboard.printing import aligned
from dashboard.staffing.words import METHODS, day_told, rules_course
from dashboard.wording import _, current_language
from metrics.staffing.backtest import BackTest
from metrics.staffing.intraday import ENOUGH, TOO_EARLY, Today
from metrics.staffing.model import Forecast, Needs, QueueForecast
from metrics.staffing.shifts import Proposal
from metrics.words import N_

MODELS: Mapping[str, str] = {
    "forecast": N_("the forecast shown"),
    "level_profile": N_("level × profile"),
    "without_tags": N_("the forecast without calendar effects"),
    "profile_3": N_("three daily shapes"),
    "mean_8": N_("the mean of the last 8 weeks"),
    "average_profile": N_("the bare average"),
    "week_before": N_("as it was a week before"),
}
HORIZONS: Mapping[str, str] = {
    "day_1": N_("next day"), "week_1": N_("first week"), "week_2": N_("second week"), "two_weeks": N_("two weeks"),
}  # fmt: skip
DIGITS = 4
Rows = list[dict[str, Any]]


def forecast_rows(forecast: Forecast) -> Rows:
    """One row per queue and interval, local time with its offset."""
    return [_local(row, forecast.zone) for row in forecast.frame.to_dicts()]


def needs_rows(needs: Needs) -> Rows:
    """The same of the people needed, each with the goal that its queue is to reach on its day."""
    return [_local(row, needs.zone) for row in needs.frame.to_dicts()]


def _local(row: Mapping[str, Any], zone: str) -> dict[str, Any]:
    at: datetime = row["starts_at"]
    told = {name: round(value, DIGITS) if isinstance(value, float) else value for name, value in row.items()}
    return {**told, "starts_at": at.astimezone(ZoneInfo(zone)).isoformat()}


def queue_rows(queues: Sequence[QueueForecast]) -> Rows:
    """One row per queue: by which method, and how well it has done."""
    return [
        {
            "queue": one.queue, "method": one.method, "weeks": round(one.weeks, 1), "wape": one.error,
            "wape_mean_8": one.rival_error, "floor": one.floor, "bias": one.bias, "coverage": one.coverage,
            "band": one.interval, "statement": _(one.statement, **one.params) if one.statement else "",
        }
        for one in queues
    ]  # fmt: skip


def back_test_rows(found: Sequence[BackTest]) -> Rows:
    return [row for one in found for row in one.frame.to_dicts()]


def as_json(rows: Rows) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=2)


def as_csv(rows: Rows) -> str:
    return pl.DataFrame(rows, infer_schema_length=None).write_csv() if rows else ""


def as_workbook(sheets: Mapping[str, Rows]) -> bytes:
    """One sheet per name, numbers as numbers, the first row kept in sight."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        header = list(rows[0]) if rows else []
        sheet.append(header)
        for row in rows:
            sheet.append([_cell(value) for value in row.values()])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula stays text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@" else value


def forecast_table(forecast: Forecast) -> str:
    """By queue and day: what is expected and how it comes about; then by which method, and what is to be said."""
    local = pl.col("starts_at").dt.convert_time_zone(forecast.zone).dt.date()
    days = forecast.frame.group_by("queue", local.alias("day"), maintain_order=True).agg(pl.col("mean").sum())
    why = {(one.queue, one.day): day_told(one) for one in forecast.days}
    rows = [[queue, str(day), _whole(mean), why.get((queue, day), "")] for queue, day, mean in days.iter_rows()]
    table = aligned([_("queue"), _("day"), _("requests"), _("how it comes about")], rows)
    told = [method_in_words(one) for one in forecast.queues]
    return "\n".join([table, "", *told])


def method_in_words(one: QueueForecast) -> str:
    """By what a queue was forecast, its error, its rival's and what chance alone leaves."""
    said = [f"{one.queue}: {_(METHODS[one.method])}"]
    if one.error is not None and one.rival_error is not None and one.floor is not None:
        said.append(_(
            "off by {error} a week ahead, mean of 8 weeks by {rival}, chance alone by {floor}",
            error=_share(one.error), rival=_share(one.rival_error), floor=_share(one.floor),
        ))  # fmt: skip
    if one.coverage is not None:
        said.append(_("{share} within the 80 % band", share=_share(one.coverage)))
    if one.statement:
        said.append(_(one.statement, **one.params))
    return " · ".join(said)


def back_test_table(found: Sequence[BackTest]) -> str:
    """By model and horizon: WAPE, bias, coverage, and what chance alone leaves."""
    lines = []
    for one in found:
        if one.refused:
            lines.append(_(one.refused, **one.params))
            continue
        rows = [
            [
                row["queue"], _(MODELS[row["model"]]), _(HORIZONS[row["horizon"]]), _percent(row["wape"]),
                _percent(row["bias"]), _percent(row["coverage"]), _percent(row["floor"]), str(row["origins"]),
            ]
            for row in one.frame.to_dicts()
        ]  # fmt: skip
        header = [_("queue"), _("model"), _("horizon"), "WAPE", _("bias"), _("in the 80 % band"), _("by chance"),
                  _("origins")]  # fmt: skip
        lines.append(aligned(header, rows))
        methods = ", ".join(f"{_(METHODS[name])} ({times})" for name, times in one.methods.items())
        lines.append(_("Methods chosen: {methods}", methods=methods))
    return "\n\n".join(lines)


def needs_table(needs: Needs) -> str:
    """Open intervals: requests, load, people step by step, gap and expected service; then by which rules."""
    names = ("base", "with_cap", "with_reserve", "required", "rostered", "gap")
    rows = []
    for row in needs.frame.filter(pl.col("is_open")).to_dicts():
        at = row["starts_at"].astimezone(ZoneInfo(needs.zone))
        people = ["–" if row[name] is None else f"{round(row[name], 2):g}" for name in names]
        rows.append([row["queue"], f"{at:%Y-%m-%d %H:%M}", f"{row['arrivals']:.1f}", f"{row['load']:.2f}", *people,
                     _percent(row["service"])])  # fmt: skip
    header = [_("queue"), _("from"), _("requests"), _("Erlangs"), _("for the goal"), _("with cap"), _("with reserve"),
              _("to roster"), _("rostered"), _("gap"), _("service")]  # fmt: skip
    said = [f"{queue}: {_(template, **params)}" for queue, template, params in needs.statements]
    rules = [f"{queue}: {line}" for queue in needs.rules for line in rules_course(needs, queue)]
    return "\n".join([aligned(header, rows), "", *rules, *said])


def today_rows(rests: Sequence[Today]) -> Rows:
    """One row per queue: what was due and came so far, and the rest of the day before and after."""
    return [
        {
            "queue": one.queue, "share_due": round(one.update.share, DIGITS), "expected": round(one.update.expected, 1),
            "came": one.update.came, "factor": round(one.update.factor, DIGITS), "rest_forecast": round(one.before, 1),
            "rest_moved": round(one.after, 1), "moved": one.update.is_moved,
        }
        for one in rests
    ]  # fmt: skip


def today_table(rests: Sequence[Today]) -> str:
    """The same in words; a queue of which too little was due yet says so."""
    rows = [
        [one.queue, _percent(one.update.share), _whole(one.update.expected), _whole(one.update.came),
         f"{one.update.factor:.3f}", _whole(one.before), _whole(one.after)]
        for one in rests
    ]  # fmt: skip
    header = [_("queue"), _("due so far"), _("expected so far"), _("came so far"), _("factor"), _("rest as forecast"),
              _("rest as moved")]  # fmt: skip
    early = [
        f"{one.queue}: " + _(TOO_EARLY, share=_percent(one.update.share), enough=f"{ENOUGH:.0%}")
        for one in rests
        if not one.update.is_moved
    ]
    return "\n".join([aligned(header, rows), *early])


def shift_rows(made: Proposal) -> Rows:
    """One row per shift type and pattern of days: how many people work it."""
    return [
        {
            "shift": one.shift.name, "begins": one.shift.begins, "minutes": one.shift.minutes,
            "break_minutes": one.shift.break_minutes, "weekdays": " ".join(str(day + 1) for day in one.days),
            "people": one.people, "paid_hours": one.shift.paid_hours * len(one.days) * one.people,
        }
        for one in made.chosen
    ]  # fmt: skip


def shift_table(made: Proposal) -> str:
    """Shifts with their days, then what they cost and leave short, and by what they were found."""
    days = get_day_names("abbreviated", locale=current_language())
    rows = [
        [one.shift.name, ", ".join(days[day] for day in one.days), str(one.people)]
        for one in made.chosen
    ]  # fmt: skip
    found = _("found by HiGHS") if made.solver == "highs" else _("found by a greedy rule; install highspy for better")
    said = _(
        "{paid} paid hours; {short} hours short, {over} over; {found}",
        paid=_whole(made.paid_hours), short=f"{made.short_hours:.1f}", over=_whole(made.over_hours), found=found,
    )  # fmt: skip
    return "\n".join([aligned([_("shift"), _("days"), _("people")], rows), said])


def _share(value: float) -> str:
    return f"{value:.1%}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.2%}"


def _whole(value: float) -> str:
    return f"{value:.0f}"
