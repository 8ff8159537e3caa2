"""What the charts of the resolution page say in words, and their numbers as tables that people read."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from dashboard.charts.matrix import Field
from dashboard.charts.rows import interval_text
from dashboard.components.text import plain
from dashboard.format import NOTHING, count, dimension, value_name
from dashboard.services.analysis.resolution import AGE_BANDS, AGES, REASONS
from dashboard.wording import N_, _, share
from metrics.catalog import metric
from metrics.model import Metric

ENOUGH = 30
"""Below so many a field has no colour: too few to compare."""
LEAST_WIDTH = 0.1
"""Shares less than ten points apart do not take the whole span of colours."""
AGE_OF_TITLE = 7
WAYS = {
    "fcr_repeat": N_("No return within {window}"),
    "fcr_one_touch": N_("Resolved with one answer"),
    "fcr_no_reopen": N_("Not reopened within {window}"),
    "fcr_survey": N_("The customer said so"),
}


def age_name(age: int | None) -> str:
    """An age of a cohort as the head of a column."""
    if age is None:
        return _("by now")
    return _("1 day") if age == 1 else _("{days} days", days=age)


def cohort_title(rows: pl.DataFrame) -> str:
    """How the newest week that is old enough compares with those before it."""
    settled = rows.filter((pl.col("age") == AGE_OF_TITLE) & pl.col("is_settled") & (pl.col("n") >= ENOUGH)).sort("week")
    if settled.height < 2:
        return _("Too few whole weeks to see how soon tickets are resolved")
    last, earlier = settled.row(-1, named=True), settled.head(settled.height - 1)
    return _(
        "In the week from {week}, {share} were resolved within {days} days; in the weeks before, {low} to {high}.",
        week=last["week"], share=share(last["share"]), days=AGE_OF_TITLE,
        low=share(_float(earlier["share"].min())), high=share(_float(earlier["share"].max())),
    )  # fmt: skip


def _float(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def cohort_fields(rows: pl.DataFrame) -> tuple[list[str], dict[tuple[int, int], Field]]:
    """The weeks, the newest on top, and the field of each week and age; what may still rise is provisional."""
    weeks = rows["week"].unique().sort(descending=True).to_list()
    columns: list[int | None] = [*AGES, None]
    known = rows.filter("is_reached")
    spans = {
        age: (_float(part["share"].min()), _float(part["share"].max()))
        for age in columns
        for part in [known.filter(pl.col("age").eq_missing(pl.lit(age, pl.Int64)) & pl.col("is_settled"))]
    }
    fields = {
        (weeks.index(row["week"]), columns.index(row["age"])): _cohort_field(row, *spans[row["age"]])
        for row in known.iter_rows(named=True)
    }
    sizes = dict(rows.select("week", "n").unique().iter_rows())
    return [f"{week} · {count(sizes[week])}" for week in weeks], fields


def _cohort_field(row: dict[str, object], low: float, high: float) -> Field:
    value = _float(row["share"])
    young = not row["is_settled"]
    age = row["age"] if isinstance(row["age"], int) else None
    told = [
        f"<b>{_('week from {day}', day=row['week'])}</b>",
        _("resolved {age}: {share}", age=_within(age),
          share=interval_text(value, _float(row["low"]), _float(row["high"]))),
        _("{resolved} of {n}", resolved=count(int(_float(row["resolved"]))), n=count(int(_float(row["n"])))),
    ]  # fmt: skip
    if young:
        told.append(_("provisional: may still rise"))
    # Weeks are compared within their age; where they hardly differ their colours hardly do.
    width = max(high - low, LEAST_WIDTH)
    strength = (value - low) / width if int(_float(row["n"])) >= ENOUGH else None
    return Field(strength, share(value, digits=0), [str(row["week"]), age], "<br>".join(told), young)


def _within(age: int | None) -> str:
    return _("by now") if age is None else _("within {days} days", days=age)


def cohort_table(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per week; what may still rise is marked."""
    wide = {age: rows.filter(pl.col("age").eq_missing(pl.lit(age, pl.Int64))).sort("week") for age in (*AGES, None)}
    first = wide[None]
    columns: dict[str, object] = {_("Week from"): [str(week) for week in first["week"]], "n": first["n"]}
    for age, part in wide.items():
        columns[age_name(age)] = [_cell(row) for row in part.iter_rows(named=True)]
    return pl.DataFrame(columns)


def _cell(row: dict[str, object]) -> str:
    if not row["is_reached"]:
        return NOTHING
    text = share(_float(row["share"]))
    return text if row["is_settled"] else _("{share} so far", share=text)


def way_name(id_: str) -> str:
    """A way of counting first contacts in a few words, with its window."""
    way = next(text for way, text in WAYS.items() if id_.startswith(way))
    return _(way, window=age_name(metric(id_).settles_after_days))


def first_contact_title(rows: pl.DataFrame) -> str:
    """How far the definitions are apart."""
    known = rows.filter(pl.col("value").is_not_null()).sort("value")
    if known.is_empty():
        return _("First contacts cannot be told from these data")
    worst, best = known.row(0, named=True), known.row(-1, named=True)
    if known.height == 1:
        return _("{way}: {share} of the inquiries.", way=way_name(best["metric"]), share=share(best["value"]))
    return _(
        "Settled at the first contact: {low} to {high}, depending on what counts as such.", low=share(worst["value"]),
        high=share(best["value"]),
    )  # fmt: skip


def first_contact_note(ever: Mapping[str, int]) -> tuple[str, ...]:
    """Why the definitions differ, and which cannot be told; *ever*: how many each counts over all days."""
    why = _(
        "They differ because each asks another question of the same inquiries: whether the customer came back with the "
        "same thing, whether one answer was enough, whether the ticket stayed closed, what the customer said. What "
        "took three messages and was never asked again is a success in the first and a failure in the second."
    )
    young = _("Not counted yet are tickets younger than the window, for longer windows more of them; so n differs.")
    told = [why, young]
    if not ever["fcr_survey"]:
        name = way_name("fcr_survey")
        told.append(_("“{way}” needs a column fcr_survey (yes or no) in the data.", way=name))
    return tuple(told)


def first_contact_table(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per definition and window."""
    return pl.DataFrame(
        {
            _("Way of counting"): [way_name(id_) for id_ in rows["metric"]],
            _("Window"): [_window(metric(id_)) for id_ in rows["metric"]],
            _("Share (95% interval)"): [interval_text(*row) for row in rows.select("value", "low", "high").iter_rows()],
            "n": rows["n"],
        }
    )


def _window(one: Metric) -> str:
    return NOTHING if one.settles_after_days is None else age_name(one.settles_after_days)


def unresolved_title(rows: pl.DataFrame, counted: int) -> str:
    """How many are not resolved, and the most frequent reason."""
    if rows.is_empty():
        return _("Every inquiry of these days is resolved")
    reasons = rows.group_by("reason").len("n").sort("n", "reason", descending=[True, False])
    first = reasons.row(0, named=True)
    return _(
        "{n} inquiries ({share}) are not resolved; most often: {reason} ({part}).", n=count(rows.height),
        share=share(rows.height / max(counted, 1)), reason=value_name("reason", first["reason"]),
        part=count(first["n"]),
    )  # fmt: skip


def unresolved_fields(
    found: pl.DataFrame, by: str, at_most: int
) -> tuple[list[str], list[str], dict[tuple[int, int], Field]]:
    """Rows (values of a dimension), columns (reasons that occur) and the count of each field."""
    values = found["value"].unique(maintain_order=True).to_list()
    values = [band for band in AGE_BANDS if band in values] if by == "age_band" else values[:at_most]
    reasons = [reason for reason in REASONS if reason in set(found["reason"])]
    most = max(int(str(found["n"].max() or 1)), 1)
    fields = {
        (values.index(row["value"]), reasons.index(row["reason"])): Field(
            row["n"] / most, count(row["n"]), [row["value"], row["reason"]],
            f"<b>{plain(value_name(by, row['value']))}</b><br>{value_name('reason', row['reason'])}: {count(row['n'])}",
        )
        for row in found.iter_rows(named=True) if row["value"] in values
    }  # fmt: skip
    return [value_name(by, value) for value in values], [value_name("reason", one) for one in reasons], fields


def unresolved_table(found: pl.DataFrame, by: str) -> pl.DataFrame:
    """One row per value, one column per reason, and their sum."""
    values = found["value"].unique(maintain_order=True).to_list()
    counts = {(row["value"], row["reason"]): row["n"] for row in found.iter_rows(named=True)}
    columns: dict[str, object] = {dimension(by): [value_name(by, value) for value in values]}
    for reason in REASONS:
        if reason in set(found["reason"]):
            columns[value_name("reason", reason)] = [counts.get((value, reason), 0) for value in values]
    columns[_("All")] = [sum(n for (value, _reason), n in counts.items() if value == one) for one in values]
    return pl.DataFrame(columns)


def mark_day(values: Sequence[object]) -> date:
    """The day that a mark carries first."""
    return date.fromisoformat(str(values[0])[:10])
