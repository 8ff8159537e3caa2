"""What the charts of what stands open say in words, and their numbers as tables that people read."""

import polars as pl

from dashboard.components.text import plain
from dashboard.format import count, dimension, duration, value_name
from dashboard.metric_words import label
from dashboard.services.analysis.backlog import BACKLOG, CAME, LEFT
from dashboard.services.analysis.handoffs import Handoffs
from dashboard.services.analysis.resolution import AGE_BANDS
from dashboard.wording import _, share
from metrics.catalog import metric


def flow_title(rows: pl.DataFrame) -> str:
    """Whether more came than left, and what became of the backlog."""
    came, left = rows[CAME].sum(), sum(rows[name].sum() for name in LEFT)
    first, last = rows["opening"][0], rows[BACKLOG].drop_nulls()
    if first is None or last.is_empty():
        return _("{came} came; when tickets end is not known.", came=count(int(came)))
    known = {"came": count(int(came)), "left": count(int(left)), "opening": count(int(first)),
             "closing": count(int(last[-1]))}  # fmt: skip
    if came > left:
        return _("More came than left ({came} against {left}): the backlog grew from {opening} to {closing}.", **known)
    if came < left:
        return _("More left than came ({left} against {came}): the backlog fell from {opening} to {closing}.", **known)
    return _("As many left as came ({came}): the backlog stayed at {closing}.", **known)


def flow_notes(rows: pl.DataFrame) -> tuple[str, ...]:
    """That the parts add up, or what is missing from them."""
    untold = rows["untold"].fill_null(0).sum()
    if not untold:
        return (_("Opening backlog + created − resolved − closed without resolution − set aside = closing backlog, in "
                  "every period."),)  # fmt: skip
    return (_("{n} tickets come from sources that do not tell when a ticket ends; they came, but stand in no backlog.",
              n=count(int(untold))),)  # fmt: skip


def flow_table(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per period: what stood open, came, left, stands open."""
    names = {id_: label(metric(id_)) for id_ in (CAME, *LEFT, BACKLOG)}
    return pl.DataFrame(
        {
            dimension("period"): [str(day) for day in rows["period"]],
            _("Open before"): _wholes(rows["opening"]),
            **{names[id_]: _wholes(rows[id_]) for id_ in names},
        }
    )


def _wholes(values: pl.Series) -> list[int | None]:
    return [None if value is None else round(value) for value in values]


def ages_title(rows: pl.DataFrame) -> str:
    """How much stands open and how much of it is old."""
    whole = int(rows["n"].sum())
    if not whole:
        return _("Nothing stands open")
    old = int(rows.filter(pl.col("band").is_in(AGE_BANDS[3:]))["n"].sum())
    return _("{n} tickets stand open, {old} of them ({share}) for 7 days or longer.", n=count(whole), old=count(old),
             share=share(old / whole))  # fmt: skip


def ages_course_title(rows: pl.DataFrame) -> str:
    """How the old part of the backlog moved."""
    old = rows.filter(pl.col("band").is_in(AGE_BANDS[3:])).group_by("period").agg(pl.col("n").sum()).sort("period")
    if old.height < 2:
        return _("Too few periods to see a course")
    values = old["n"].to_list()
    return _(
        "Open for 7 days or longer: {first} at first, {last} at last; at most {most}.", first=count(values[0]),
        last=count(values[-1]), most=count(max(values)),
    )  # fmt: skip


def ages_course_table(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per period, one column per band, and their sum."""
    wide = rows.pivot("band", index="period", values="n").sort("period")
    names = {band: value_name("age_band", band) for band in AGE_BANDS}
    bands = [band for band in AGE_BANDS if band in wide.columns]
    return pl.DataFrame(
        {
            dimension("period"): [str(day) for day in wide["period"]],
            **{names[band]: wide[band] for band in bands},
            _("All"): wide.select(pl.sum_horizontal(bands)).to_series() if bands else [],
        }
    )


def open_columns(rows: pl.DataFrame) -> dict[str, list[str]]:
    """What a table of open tickets shows beside them."""
    return {_("Age"): [duration(age) for age in rows["age_seconds"]]}


def handoffs_title(found: Handoffs) -> str:
    """How many tickets changed team, and the way most of them went."""
    first = found.paths.row(0, named=True)
    return _(
        "{n} tickets ({share}) changed team; most often from {from_team} to {to_team}, {times} times.",
        n=count(found.handed), share=share(found.handed / max(found.tickets, 1)), from_team=_team(first["from_team"]),
        to_team=_team(first["to_team"]), times=count(first["n"]),
    )  # fmt: skip


def _team(name: str) -> str:
    return plain(value_name("team", name))


def handoffs_table(paths: pl.DataFrame) -> pl.DataFrame:
    """One row per way."""
    return pl.DataFrame(
        {
            _("Handed on by"): [value_name("team", team) for team in paths["from_team"]],
            _("Taken over by"): [value_name("team", team) for team in paths["to_team"]],
            _("Hand-offs"): paths["n"],
            _("Tickets"): paths["tickets"],
        }
    )
