"""What the cards that hold waits against waits say."""

from collections.abc import Sequence

import polars as pl

from dashboard.charts.ladders import Side
from dashboard.charts.trend import level_name
from dashboard.format import NOTHING, duration
from dashboard.services.analysis.waits import BothWaits, Peaks
from dashboard.wording import N_, _

NINE_OF_TEN = "p90"
LONGER = N_("Counting those still waiting, nine of ten are answered within {aware}, not {naive}: {difference} longer")
SHORTER = N_(
    "Of all who began to wait in these days nine of ten are answered within {aware}; the answers given took {naive}"
)


def aware_title(found: BothWaits) -> str:
    """By how much the figure of the answered flatters."""
    naive, aware = _wait(found.answered, NINE_OF_TEN), _wait(found.everybody, NINE_OF_TEN)
    if not found.still_waiting:
        return _("Nobody of these days still waits: the answered tell the whole")
    if naive is None or aware is None:
        return _("So many still wait that nine of ten cannot be told yet")
    if duration(naive) == duration(aware):
        return _("Those still waiting change little: nine of ten within {wait} either way", wait=duration(naive))
    told = {"aware": duration(aware), "naive": duration(naive)}
    low, high = (_wait(found.answered, NINE_OF_TEN, bound) for bound in ("low", "high"))
    if low is not None and high is not None and low <= aware <= high:
        return _("Those still waiting change little: nine of ten within {aware}, without them {naive}", **told)
    return _(LONGER if aware > naive else SHORTER, **told, difference=duration(abs(aware - naive)))


def peak_title(found: Peaks) -> str:
    """Whether customers wait longer in busy hours, by more than noise."""
    row = found.difference.row(0, named=True)
    if row["before"] is None or row["after"] is None:
        return _("Too few answers to compare peak hours with the rest")
    waits = {"busy": duration(row["after"]), "rest": duration(row["before"])}
    if row["low"] is None or row["high"] is None:
        return _("In peak hours half waited {busy}, otherwise {rest}; too few to tell from noise", **waits)
    if row["low"] <= 0 <= row["high"]:
        return _("In peak hours half waited {busy}, otherwise {rest}: no more than noise", **waits)
    return _("In peak hours half waited {busy}, otherwise {rest}: more than noise", **waits)


def sides_table(sides: Sequence[Side]) -> pl.DataFrame:
    """One row per percentile; wait, interval and n of each side."""
    first = sides[0].rows
    columns: dict[str, object] = {_("Share answered"): [level_name(level) for level in first["level"]]}
    for side in sides:
        columns[side.name] = [duration(value) for value in side.rows["value"]]
        columns[f"{_('95% interval')} · {side.name}"] = [
            NOTHING if low is None or high is None else f"{duration(low)} – {duration(high)}"
            for low, high in side.rows.select("low", "high").iter_rows()
        ]
        columns[f"n · {side.name}"] = side.rows["n"]
    return pl.DataFrame(columns)


def _wait(rows: pl.DataFrame, level: str, column: str = "value") -> float | None:
    found = rows.filter(pl.col("level") == level)[column][0]
    return float(found) if found is not None else None
