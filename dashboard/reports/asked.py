"""What a report is asked for: its kind, days, tickets, language; as text, too, so that it can be made again."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from dashboard.format import span
from dashboard.wording import N_, Language, _
from metrics.errors import ActionableError
from metrics.model import Period
from metrics.selection import Where

ReportKind = Literal["weekly", "monthly", "quarterly", "personal"]
KINDS: Mapping[ReportKind, str] = {
    "weekly": N_("Weekly report"), "monthly": N_("Monthly report"), "quarterly": N_("Quarterly report"),
    "personal": N_("Personal review sheet"),
}  # fmt: skip
DAY, WEEK = timedelta(days=1), timedelta(days=7)
SEAL = "report"
"""What the key of a desk seals a recipe for."""
FORM = 3
"""Raised when reports get other cells, so that older files are not held against new rules."""


class RecipeError(ActionableError):
    """A workbook that does not say how it was made."""


@dataclass(frozen=True)
class Asked:
    """One report. `person`: whose review sheet · `columns`: of the list of tickets, None for the usual ones ·
    template: the digest of a layout of the desk's own."""

    kind: ReportKind
    period: Period
    language: Language
    where: Where = field(default_factory=dict)
    as_of: datetime | None = None
    person: str | None = None
    columns: tuple[str, ...] | None = None
    template: str | None = None


def period_with(kind: ReportKind, day: date) -> Period:
    """The week from Monday, month or quarter that holds the day; of a personal sheet the quarter."""
    if kind == "weekly":
        begin = day - timedelta(days=day.weekday())
        return Period(begin, begin + WEEK)
    if kind == "monthly":
        begin = day.replace(day=1)
        return Period(begin, _month_after(begin, 1))
    begin = day.replace(day=1, month=day.month - (day.month - 1) % 3)
    return Period(begin, _month_after(begin, 3))


def newest_whole(kind: ReportKind, today: date) -> Period:
    """The newest week, month or quarter that was over before *today*."""
    current = period_with(kind, today)
    return period_with(kind, current.start - DAY)


def _month_after(begin: date, months: int) -> date:
    month = begin.month - 1 + months
    return begin.replace(year=begin.year + month // 12, month=month % 12 + 1)


def days_in_words(period: Period) -> str:
    """First and last day, with the year."""
    last = period.end - DAY
    if period.start.year != last.year:
        return f"{period.start} – {last}"
    return _("{days} {year}", days=span(period), year=last.year)


@dataclass(frozen=True)
class Recipe:
    """All that a report was made by: what was asked, for whom, of which load, under which settings, when.

    may: the tickets that the reader may see, by dimension · reads: those that he may open · lists: whether the tickets
    stand in it · change: the newest change of the settings then · at: the instant by which records beside the tickets
    were read · targets: what goals wanted of figures then · digests: of the tables made of such records, by key · seal:
    of all the rest, by the key of the desk, so that nobody else can write what this one has not made.
    """

    asked: Asked
    may: Mapping[str, tuple[str | None, ...]]
    reads: Mapping[str, tuple[str | None, ...]]
    lists: bool
    load: int
    as_of: datetime
    change: int
    settings: str
    at: datetime
    program: str
    form: int = FORM
    number: int | None = None
    targets: Mapping[str, float] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    seal: str = ""


def as_text(recipe: Recipe) -> str:
    return json.dumps(asdict(recipe), ensure_ascii=False, sort_keys=True, default=_written)


def as_bare(recipe: Recipe) -> str:
    """The text that is sealed."""
    return as_text(replace(recipe, seal=""))


def as_plain(asked: Asked) -> dict[str, Any]:
    """The question as JSON can hold it; `asked_of` reads it."""
    told: dict[str, Any] = json.loads(json.dumps(asdict(asked), default=_written))
    return told


def asked_of(told: Mapping[str, Any]) -> Asked:
    """The question that `as_plain` wrote."""
    days = Period(*(date.fromisoformat(told["period"][name]) for name in ("start", "end")))
    columns = None if told["columns"] is None else tuple(told["columns"])
    read = {"period": days, "as_of": _instant(told["as_of"]), "where": _where(told["where"]), "columns": columns}
    return Asked(**{**told, **read})


def recipe_of(text: str) -> Recipe:
    """What the text of a workbook says. Raises RecipeError."""
    try:
        told = json.loads(text)
        told["may"], told["reads"] = _where(told["may"]), _where(told["reads"])
        told["as_of"], told["at"] = datetime.fromisoformat(told["as_of"]), datetime.fromisoformat(told["at"])
        return Recipe(**{**told, "asked": asked_of(told["asked"])})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RecipeError(
            N_("This workbook does not say how it was made, so that nothing can be held against it ({detail})."),
            detail=type(error).__name__,
        ) from error


def _where(found: Mapping[str, Any]) -> dict[str, tuple[str | None, ...]]:
    return {str(name): tuple(values) for name, values in found.items()}


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _written(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not part of a recipe")
