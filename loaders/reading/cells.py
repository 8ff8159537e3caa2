"""A workbook's native cells as text."""

from datetime import date, datetime, time, timedelta

Cell = int | float | str | bool | date | datetime | time | timedelta | None


def cell_text(value: Cell) -> str:
    """ISO stamps with a `T`, durations as `HH:MM:SS`, whole numbers without a decimal point, TRUE and FALSE."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
    if isinstance(value, datetime):
        return _stamp(value)
    if isinstance(value, timedelta):
        return _duration(value)
    if isinstance(value, time):
        return _stamp(datetime.combine(date(2000, 1, 1), value)).partition("T")[2]
    return "" if value is None else str(value)


def _stamp(value: datetime) -> str:
    """A workbook keeps days as a binary fraction: what is off by less than a millisecond is its rounding."""
    rounded = value
    off = value.microsecond % 1000
    if off:
        step = timedelta(microseconds=1000 - off if off >= 500 else -off)
        rounded = value + step if value.year < 9999 else value.replace(microsecond=value.microsecond - off)
    return rounded.isoformat(timespec="milliseconds" if rounded.microsecond else "seconds")


def _duration(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'-' if seconds < 0 else ''}{hours:02}:{rest // 60:02}:{rest % 60:02}"
