"""Figures as people read them: durations, shares, counts and the names of values, in the current language."""

from collections.abc import Mapping
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from dashboard.wording import N_, _, current_language, number, share
from metrics.model import Period, Unit

_NONE: Mapping[tuple[str, str], str] = MappingProxyType({})
_called: ContextVar[Mapping[tuple[str, str], str]] = ContextVar("called", default=_NONE)
NOTHING = "–"
"""Shown where a value is unknown."""

MINUTE, HOUR, DAY = 60, 3600, 86400
DAYS_ABOVE = 48 * HOUR
POINTS = N_("{points} points")
DIGITS = {Unit.SCORE: 2, Unit.RATIO: 2, Unit.POINTS: 1, Unit.MONEY: 2}


def duration(seconds: float | None) -> str:
    """A length of time with at most two units: `1 h 05 min`; days above 48 hours; unknown is a dash."""
    if seconds is None:
        return NOTHING
    whole = round(abs(seconds))
    sign = "−" if seconds < 0 and whole else ""
    return sign + _length(whole)


def _length(whole: int) -> str:
    if whole < MINUTE:
        return _("{seconds} s", seconds=whole)
    if whole < 10 * MINUTE and whole % MINUTE:
        return _("{minutes} min {seconds} s", minutes=whole // MINUTE, seconds=f"{whole % MINUTE:02d}")
    minutes = round(whole / MINUTE)
    if minutes < 60:
        return _("{minutes} min", minutes=minutes)
    if whole < DAYS_ABOVE:
        return _two(minutes, 60, N_("{hours} h"), N_("{hours} h {minutes} min"))
    return _two(round(whole / HOUR), 24, N_("{days} d"), N_("{days} d {hours} h"))


def _two(count: int, size: int, whole_only: str, both: str) -> str:
    large, small = divmod(count, size)
    if "days" in both:
        return _(both, days=large, hours=small) if small else _(whole_only, days=large)
    return _(both, hours=large, minutes=f"{small:02d}") if small else _(whole_only, hours=large)


def exact(seconds: int) -> str:
    """A length to the second, so that it can be held against the table of tickets."""
    hours, rest = divmod(abs(seconds), HOUR)
    minutes, left = divmod(rest, MINUTE)
    parts = [
        _(text, **{name: count})
        for text, name, count in (
            ("{hours} h", "hours", hours), ("{minutes} min", "minutes", minutes), ("{seconds} s", "seconds", left),
        )
        if count
    ]  # fmt: skip
    return " ".join(parts) or _("{seconds} s", seconds=0)


def figure(value: float | None, unit: Unit, *, beside: float | None = None) -> str:
    """A metric's value in its unit; unknown is a dash.

    beside: the goal that it is held against; the two are never told alike unless they are.
    """
    if value is None:
        return NOTHING
    if unit is Unit.SECONDS:
        is_alike = beside is not None and round(value) != round(beside) and duration(value) == duration(beside)
        return exact(round(value)) if is_alike else duration(value)
    if unit in {Unit.SHARE, Unit.RATE}:
        return share(value, beside=beside)
    return number(value, digits=_digits(value, unit), beside=beside)


def _digits(value: float, unit: Unit) -> int:
    """How many digits tell something: a plain number of hundreds needs none behind the point."""
    usual = DIGITS.get(unit, 0)
    return usual if unit is not Unit.RATIO or abs(value) < 10 else 1 if abs(value) < 100 else 0


def change(now: float | None, before: float | None, unit: Unit) -> str | None:
    """The difference to an earlier value, signed; None where either is unknown or nothing can be seen to differ."""
    if now is None or before is None:
        return None
    difference = now - before
    text = _difference(abs(difference), unit)
    if text == _difference(0.0, unit):
        return None
    return ("+" if difference > 0 else "−") + text


def _difference(size: float, unit: Unit) -> str:
    if unit in {Unit.SHARE, Unit.RATE}:
        return _(POINTS, points=number(size * 100, digits=1))
    return figure(size, unit)


def count(n: int | None) -> str:
    if n is None:
        return NOTHING
    return str(n) if 0 <= n < 1000 else number(n)


def local(at: datetime | None, zone: str) -> str:
    """An instant in the desk's zone, to the minute."""
    if at is None:
        return NOTHING
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def weekday_and_day(value: date, *, with_year: bool = False) -> str:
    """A day with its weekday, short: `Fri 20 Nov`, `11月20日 周五`; `Fri 20 Nov 2026`, `2026年11月20日 周五`."""
    pattern = "M月d日 EEE" if current_language() == "zh_CN" else "EEE d MMM"
    if with_year:
        pattern = "y年M月d日 EEE" if current_language() == "zh_CN" else "EEE d MMM y"
    return str(format_date(value, format=pattern, locale=current_language()))


def short_day(value: date) -> str:
    """A day below an axis: `20 Nov`, `11/20`."""
    pattern = "M/d" if current_language() == "zh_CN" else "d MMM"
    return str(format_date(value, format=pattern, locale=current_language()))


def span(period: Period) -> str:
    """The days of a period, first and last: `Mon 2 Mar – Sun 8 Mar`."""
    days = dict.fromkeys((period.start, period.end - timedelta(days=1)))
    return " – ".join(weekday_and_day(day) for day in days)


def dated_span(period: Period) -> str:
    """The same with the year, once: `Sun 13 Jun – Thu 24 Jun 2027`, `2027年6月13日 周日 – 6月24日 周四`."""
    first, last = period.start, period.end - timedelta(days=1)
    if first == last:
        return weekday_and_day(first, with_year=True)
    is_first, differ = current_language() == "zh_CN", first.year != last.year
    told = ((first, is_first or differ), (last, not is_first or differ))
    return " – ".join(weekday_and_day(day, with_year=has_year) for day, has_year in told)


def month_name(value: date) -> str:
    pattern = "y年M月" if current_language() == "zh_CN" else "MMM y"
    return str(format_datetime(datetime(value.year, value.month, 1), format=pattern, locale=current_language()))  # noqa: DTZ001 - a label


def dimension(name: str) -> str:
    """What a dimension is called; a source's own field by its own name."""
    return _known(f"dimension.{name}", name.removeprefix("x_"))


def call_values(called: Mapping[tuple[str, str], str]) -> None:
    """Use a desk's own words for these values, (dimension, value) -> word, in the current thread from now on."""
    _called.set(called)


def value_name(dimension_name: str, value: str | None) -> str:
    """What a value of a dimension is called; a desk's own words stay as they are, unknown is said."""
    if value is None or value == "":
        return sentence(_("unknown"))
    if (own := _called.get().get((dimension_name, value))) is not None:
        return own
    if dimension_name == "hour":
        return f"{value}:00"
    return _known(f"value.{dimension_name}.{value}", value)


def _known(key: str, otherwise: str) -> str:
    text = _(key)
    return otherwise if text == key else text


def inline(name: str) -> str:
    """What a dimension is called within a sentence."""
    text = dimension(name)
    return text if name.startswith("x_") or text.isupper() else text[:1].lower() + text[1:]


def sentence(text: str) -> str:
    """The text with a capital at its beginning, where its language has capitals."""
    return text[:1].upper() + text[1:]


def listed(words: list[str]) -> str:
    """Words joined as the language lists them."""
    return _(", ").join(words)
