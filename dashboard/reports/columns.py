"""How a spreadsheet shows the columns of any frame of figures: what their names and types tell of them."""

from collections.abc import Collection, Mapping

import polars as pl

from dashboard.format import dimension
from dashboard.metric_words import label
from dashboard.reports.declared import DECLARED
from dashboard.reports.model import KIND_OF, UNIT, Column, Kind
from dashboard.wording import N_, _
from metrics.model import DIMENSIONS, OWN_DIMENSIONS, Unit
from metrics.tables import SOURCE_FIELD_PREFIX

IN_THE_UNIT = ("value", "low", "high", "before", "after", "value_low", "value_high", "raw", "expected", "fair",
               "fair_low", "fair_high")  # fmt: skip
"""Columns that hold values in the unit that the row names."""
CHANGES = ("difference", "mix", "rate", "effect")
"""Columns that hold signed differences in that unit."""
OF_SHARES = ("share", "low", "high", "raw", "value")
"""Columns that hold shares where one of them is named so."""
TELLS_BOUNDS = ("value", "share", "ratio", "log_odds")
"""Beside one of these, `low` and `high` are the ends of its interval; else they are ends of a class."""
NAMED = frozenset(DIMENSIONS).union(*OWN_DIMENSIONS.values())
SECONDS = "_seconds"
TITLES: Mapping[str, str] = {
    "metric": N_("Figure"), "value": N_("Result"), "value_low": N_("From (95%)"), "value_high": N_("To (95%)"),
    "period": N_("Period"), "week": N_("Week from"), "before": N_("Before"), "after": N_("After"),
    "difference": N_("Change"), "share": N_("Share"), "ticket_id": N_("Ticket"), "starts_at": N_("From"),
    "queue": N_("Queue"), "stars": N_("Stars"), "word": N_("Word"), "open": N_("Open now"),
    "at_risk": N_("At risk now"), "raw": N_("Measured"), "expected": N_("Expected of these tickets"),
    "fair": N_("Fair estimate"), "fair_low": N_("From (95%)"), "fair_high": N_("To (95%)"),
    "differs": N_("Differs from the usual"), "verdict": N_("Verdict"), "subject": N_("Subject"),
    "created_at": N_("Created"),
}  # fmt: skip
"""The words for columns that many frames have; others go by the name that they have in the CSV file, too."""


def columns_of(frame: pl.DataFrame, zone: str) -> tuple[pl.DataFrame, tuple[Column, ...]]:
    """The frame as a table of a workbook holds it, and its columns. Lists become texts; nothing is rounded."""
    ready = frame.with_columns(*(made for name in frame.columns if (made := _ready(frame[name], zone)) is not None))
    has_units = UNIT in ready.columns and set(ready[UNIT].unique()) <= {one.value for one in Unit}
    told = [name for name in ready.columns if name != UNIT or not has_units]  # each cell is shown in its unit
    return ready, tuple(_column(ready[name], ready.columns, has_units=has_units) for name in told)


def _ready(values: pl.Series, zone: str) -> pl.Series | None:
    """The column in a type that cells know; None where it is in one."""
    match values.dtype:
        case pl.List():
            return values.cast(pl.List(pl.String)).list.join(", ")
        case pl.Datetime() as kind if kind.time_zone is None:
            return values.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        case pl.Duration():
            return values.dt.total_microseconds() / 1_000_000
        case pl.Decimal():
            return values.cast(pl.Float64)
        case pl.Time() | pl.Categorical() | pl.Enum() | pl.Null():
            return values.cast(pl.String)
        case _:
            return None


def _column(values: pl.Series, beside: Collection[str], *, has_units: bool) -> Column:
    name = values.name
    kind = _kind(values, beside, has_units=has_units)
    return Column(name, _title(name, beside), kind, of=name if kind == "value" else "")


def _kind(values: pl.Series, beside: Collection[str], *, has_units: bool) -> Kind:
    name, dtype = values.name, values.dtype
    if dtype == pl.String:
        return "metric" if name == "metric" else "value" if name in NAMED else "text"
    if dtype == pl.Boolean:
        return "truth"
    if dtype == pl.Date:
        return "day"
    if isinstance(dtype, pl.Datetime):
        return "instant"
    return _kind_of_numbers(values, beside, has_units=has_units)


def _kind_of_numbers(values: pl.Series, beside: Collection[str], *, has_units: bool) -> Kind:
    name = values.name
    if name in DECLARED:
        return KIND_OF[DECLARED[name].unit]
    if (has_units and name in CHANGES) or (has_units and name in ("low", "high") and "value_low" in beside):
        return "change"
    if has_units and name in IN_THE_UNIT:
        return "figure"
    if not has_units and "share" in beside and name in OF_SHARES and values.dtype.is_float():
        return "share"
    if name.endswith(SECONDS) and float(str(values.min() or 0)) >= 0:
        return "length"
    return "count" if values.dtype.is_integer() else "number"


def _title(name: str, beside: Collection[str]) -> str:
    if name in ("low", "high"):
        bounds = any(other in beside for other in TELLS_BOUNDS)
        return {"low": _("From (95%)") if bounds else _("From"), "high": _("To (95%)") if bounds else _("To")}[name]
    if name in TITLES:
        return _(TITLES[name])
    if name in DECLARED:
        return label(DECLARED[name])
    return dimension(name) if name in NAMED or name.startswith(SOURCE_FIELD_PREFIX) else name
