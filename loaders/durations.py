"""Text to seconds: plain numbers with a unit, HH:MM:SS above 24 h, days with hours, spreadsheet fractions."""

import polars as pl

UNITS = {"s": 1.0, "ms": 0.001, "min": 60.0, "h": 3600.0, "d": 86400.0, "excel": 86400.0}
_CLOCK = r"^(?<sign>-?)(?:(?<d>\d+) ?(?:d|days?|天|日)[, ]*)?(?<h>\d+):(?<m>[0-5]?\d)(?::(?<s>[0-5]?\d(?:\.\d+)?))?$"
_WORDS = {
    86400: r"(\d+(?:\.\d+)?) ?(?:d|days?|天)(?:\W|\d|$)",
    3600: r"(\d+(?:\.\d+)?) ?(?:h|hrs?|hours?|小时)(?:\W|\d|$)",
    60: r"(\d+(?:\.\d+)?) ?(?:m|mins?|minutes?|分钟?)(?:\W|\d|$)",
    1: r"(\d+(?:\.\d+)?) ?(?:s|secs?|seconds?|秒)(?:\W|\d|$)",
}


def parse_seconds(cells: pl.Series, *, unit: str = "s") -> pl.Series:
    """Seconds (Float64) of a column of trimmed durations; null where a value is none.

    A plain number counts in `unit` (`s`, `ms`, `min`, `h`, `d`, or `excel` for a fraction of a day).
    """
    text = pl.col(cells.name or "value")
    clock = text.str.extract_groups(_CLOCK)
    part = {name: clock.struct.field(name).cast(pl.Float64, strict=False) for name in ("d", "h", "m", "s")}
    clocked = (part["d"].fill_null(0) * 86400 + part["h"] * 3600 + part["m"] * 60 + part["s"].fill_null(0)) * pl.when(
        clock.struct.field("sign") == "-"
    ).then(-1.0).otherwise(1.0)
    plain = text.str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False) * UNITS[unit]
    frame = cells.alias(cells.name or "value").to_frame()
    return frame.select(pl.coalesce(plain, clocked, _spelled(text)).alias(cells.name or "value")).to_series()


def _spelled(text: pl.Expr) -> pl.Expr:
    """`1 hour 5 minutes`, `2天3小时`: null where no unit is spelled."""
    parts = {factor: text.str.extract(pattern).cast(pl.Float64, strict=False) for factor, pattern in _WORDS.items()}
    total = pl.sum_horizontal([value.fill_null(0) * factor for factor, value in parts.items()])
    return pl.when(pl.any_horizontal([value.is_not_null() for value in parts.values()])).then(total)
