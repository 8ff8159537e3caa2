"""The commands of staffing: forecast, staff."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands.common import data_option, desk_of, refusals, spoken, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from metrics.staffing.backtest import BackTest

minutes_option = click.option(
    "--minutes", type=click.Choice(("15", "30", "60")), default="30", show_default=True, help="Length of an interval."
)
days_option = click.option(
    "--days", type=click.IntRange(1, 120), default=14, show_default=True, help="So many days from the newest on."
)
queues_option = click.option(
    "--queue", "queues", multiple=True, metavar="QUEUE", help="Only this one; may be repeated."
)
style_option = click.option(
    "--format", "style", type=click.Choice(("table", "csv", "json", "xlsx")), default="table", show_default=True
)
out_option = click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; else standard output."
)
lang_option = click.option("--lang", type=click.Choice(("zh-CN", "en")), help="The language (also FLOORWALKER_LANG).")


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--backtest", is_flag=True, help="Hold past forecasts against what came: of FILEs, else of the desk.")
@click.option("--today", is_flag=True, help="The rest of today, moved by what has come so far.")
@minutes_option
@days_option
@queues_option
@click.option("--zone", default="UTC", show_default=True, help="The zone of a FILE's stamps that carry none.")
@click.option("--holidays", "country", metavar="COUNTRY", help="FILE: this country's public holidays are closed days.")
@click.option("--thin", type=click.FloatRange(0, 1, min_open=True), default=1.0,
              help="FILE: only this random share of the arrivals, as a smaller desk has them.")  # fmt: skip
@click.option("--origins", type=click.IntRange(1, 400), default=16, show_default=True, help="FILE: past origins.")
@style_option
@out_option
@lang_option
@data_option
@click.pass_context
def forecast(
    context: click.Context, /, files: tuple[Path, ...], backtest: bool, today: bool, minutes: str, days: int,
    queues: tuple[str, ...], zone: str, country: str | None, thin: float, origins: int, style: str,
    out: Path | None, lang: str | None, data: Path | None,
) -> None:  # fmt: skip
    """What will come to each queue in each interval, or how well that was forecast in the past (--backtest)."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.staffing.forecasts import Asked, back_tests, forecast_of, todays_of
    from dashboard.staffing import telling
    from dashboard.wording import speaking

    if files and not backtest:
        raise click.UsageError("a FILE is only back-tested: floorwalker forecast --backtest FILE; load it to forecast")
    asked = Asked(int(minutes), days, queues or None)  # type: ignore[arg-type]  # one of the choices
    with refusals(), speaking(spoken(lang)):
        if backtest:
            found = (
                _of_files(files, zone=zone, minutes=int(minutes), country=country, thin=thin, origins=origins)
                if files
                else back_tests(COMMAND_LINE, desk_of(context, data), asked)
            )
            sheets = {"back-test": telling.back_test_rows(found)}
            table = telling.back_test_table(found)
        elif today:
            rests = todays_of(COMMAND_LINE, desk_of(context, data), asked)
            sheets, table = {"today": telling.today_rows(rests)}, telling.today_table(rests)
        else:
            made = forecast_of(COMMAND_LINE, desk_of(context, data), asked)
            sheets = {"forecast": telling.forecast_rows(made), "queues": telling.queue_rows(made.queues)}
            table = telling.forecast_table(made)
        _hand_out(style, sheets, table, out)


def _of_files(
    files: Sequence[Path], *, zone: str, minutes: int, country: str | None, thin: float, origins: int
) -> tuple[BackTest, ...]:  # fmt: skip
    from dashboard.services.staffing.arrival_files import series_of_file
    from metrics.staffing.backtest import back_test

    return tuple(
        back_test(history, origins=origins)
        for file in files
        for history in series_of_file(file, zone=zone, minutes=minutes, country=country, thin=thin).histories  # type: ignore[arg-type]
    )


def _hand_out(style: str, sheets: Mapping[str, list[dict[str, Any]]], table: str, out: Path | None) -> None:
    """Write the first sheet's rows as CSV or JSON, all of them as a workbook, or the table for people."""
    from dashboard.staffing.telling import as_csv, as_json, as_workbook

    rows = next(iter(sheets.values()))
    if style == "xlsx":
        write(as_workbook(sheets), out)
    elif style == "csv":
        write(as_csv(rows).encode(), out)
    else:
        write(f"{table if style == 'table' else as_json(rows)}\n".encode(), out)


@click.command()
@minutes_option
@days_option
@queues_option
@click.option("--shifts", is_flag=True, help="Propose shifts for the seven days from tomorrow on.")
@style_option
@out_option
@lang_option
@data_option
@click.pass_context
def staff(
    context: click.Context, /, minutes: str, days: int, queues: tuple[str, ...], shifts: bool, style: str,
    out: Path | None, lang: str | None, data: Path | None,
) -> None:  # fmt: skip
    """How many people each queue needs in each interval, buffer by buffer, and the gap to the roster."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.staffing.forecasts import Asked
    from dashboard.services.staffing.needs import needs_of, proposed_shifts
    from dashboard.staffing import telling
    from dashboard.wording import speaking

    asked = Asked(int(minutes), max(days, 8) if shifts else days, queues or None)  # type: ignore[arg-type]
    with refusals(), speaking(spoken(lang)):
        needs = needs_of(COMMAND_LINE, desk_of(context, data), asked)
        if shifts:
            made = proposed_shifts(needs)
            sheets, table = {"shifts": telling.shift_rows(made)}, telling.shift_table(made)
        else:
            sheets, table = {"staffing": telling.needs_rows(needs)}, telling.needs_table(needs)
        _hand_out(style, sheets, table, out)
