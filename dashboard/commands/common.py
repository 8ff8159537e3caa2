"""What the commands share: options, the desk and the scope of a command, and how a refusal ends it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from dashboard.desk import Desk
    from dashboard.wording import Language
    from loaders.base import Progress
    from metrics.model import Scope

Command = TypeVar("Command", bound=Callable[..., Any])


class Failure(click.ClickException):
    """A refusal or failure: one sentence on standard error, exit code 1."""

    def show(self, file: Any = None) -> None:
        click.echo(self.format_message(), err=True, file=file)


data_option = click.option(
    "--data",
    "data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder where the desk lives (also FLOORWALKER_DATA).",
)


def scope_options(command: Command) -> Command:
    for option in (
        click.option(
            "--as-of",
            "as_of",
            metavar="INSTANT",
            help="Answer as of this instant (ISO 8601; the desk's zone if it names none).",
        ),
        click.option("--where", "where", multiple=True, metavar="DIM=VALUE", help="Only these; may be repeated."),
        click.option("--to", "end", metavar="DAY", help="Up to and without this day."),
        click.option("--from", "start", metavar="DAY", help="From this day on (the desk's zone)."),
    ):
        command = option(command)
    return command


@contextmanager
def refusals() -> Iterator[None]:
    """Turn every refusal that a person can act on into one sentence and exit code 1."""
    from dashboard.refusals import sentence
    from metrics.errors import ActionableError

    try:
        yield
    except ActionableError as error:
        raise Failure(sentence(error)) from error


def spoken(lang: str | None) -> Language:
    from dashboard.settings import AppSettings

    if lang is not None:
        return "zh_CN" if lang == "zh-CN" else "en"
    return AppSettings.from_environment().language or "en"


def text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Failure(f"{file} is not UTF-8 text; save it as UTF-8 and import it again.") from None


def today_of(desk: Desk) -> date:
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(desk.zone() or "UTC")).date()


def write(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise Failure(f"{out} could not be written ({error.strerror}). Name another file with --out.") from error


def root_of(context: click.Context, data: Path | None) -> Path | None:
    return data or context.obj


def desk_of(context: click.Context, data: Path | None, *, may_make: bool = False) -> Desk:
    """The desk of this command; only a load makes one where there is none."""
    from dashboard.desk import existing_desk, open_desk
    from dashboard.settings import AppSettings

    settings = AppSettings.from_environment()
    folder = root_of(context, data) or settings.data
    return (open_desk if may_make else existing_desk)(folder, database=settings.database)


def scope_of(start: str | None, end: str | None, where: tuple[str, ...], as_of: str | None) -> Scope:
    """The scope of a command; an open end of the period is the far past or future."""
    from dashboard.presets import EARLIEST, LATEST
    from metrics.model import Period, Scope

    period = None
    if start and end and day(end) <= day(start):
        raise click.BadParameter(f"the period ends before it begins: --from {start} --to {end} (without that day)")
    if start or end:
        period = Period(day(start) if start else EARLIEST, day(end) if end else LATEST)
    return Scope(period=period, where=filters_of(where), as_of=instant(as_of) if as_of else None)


def in_zone(scope: Scope, desk: Desk) -> Scope:
    """The scope with its instant in UTC; one that names no zone is in the desk's, as its days are."""
    from dataclasses import replace
    from zoneinfo import ZoneInfo

    if scope.as_of is None or scope.as_of.tzinfo:
        return scope
    local = scope.as_of.replace(tzinfo=ZoneInfo(desk.zone() or "UTC"))
    try:
        return replace(scope, as_of=local.astimezone(UTC))
    except OverflowError:  # the first or last hours of the calendar
        return replace(scope, as_of=scope.as_of.replace(tzinfo=UTC))


def filters_of(where: tuple[str, ...]) -> dict[str, tuple[str | None, ...]]:
    filters: dict[str, tuple[str | None, ...]] = {}
    for part in where:
        dimension, equals, value = part.partition("=")
        if not equals:
            raise click.BadParameter(f"--where wants DIM=VALUE, for example channel=chat; found {part!r}")
        filters[dimension] = (*filters.get(dimension, ()), value or None)
    return filters


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"a day is written 2026-11-22; found {text!r}") from None


def instant(text: str) -> datetime:
    try:
        value = datetime.fromisoformat(text)
        return value.astimezone(UTC) if value.tzinfo else value
    except (ValueError, OverflowError):
        raise click.BadParameter(f"an instant is written 2026-11-22T09:00+08:00; found {text!r}") from None


def say(text: str) -> None:
    click.echo(text, err=True)


def show_progress(progress: Progress) -> None:
    if sys.stderr.isatty():
        done = "" if progress.done is None else f" {progress.done:4.0%}"
        click.echo(f"\r{progress.step:<10}{done} {progress.detail:<40}", err=True, nl=False)
