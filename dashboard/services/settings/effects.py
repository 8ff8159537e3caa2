"""What a change of the settings would do to the figures, worked out before it is saved.

The tickets of the months concerned are measured anew, under what holds now and under what is proposed. Nothing is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.desk import Desk, Head
from dashboard.people import SERVER, Act, Actor, needs
from dashboard.services.facts.figures import facts_of
from dashboard.services.facts.monthly import read_meta
from dashboard.services.facts.months import known
from dashboard.services.settings.changes import demand_fit, demand_newest
from dashboard.settings import settings_through
from loaders.base import OnProgress, Progress, silent
from metrics.catalog import metric
from metrics.compute import compute
from metrics.desk import DeskSettings
from metrics.facts import Facts, build_facts
from metrics.facts.knowledge import Knowledge, knowledge_of
from metrics.facts.known import INSTANTS, collected
from metrics.model import Period, Scope
from metrics.tables import Tables

HEADLINES = (
    "first_response_within_target", "next_response_within_target", "resolution_within_target", "sla_attainment",
    "first_response_business_p50", "first_response_business_p90", "full_resolution_business_p50", "fcr", "csat",
    "service_level", "cost_per_inquiry",
)  # fmt: skip
"""The figures that a change is shown on; those that the desk does not have are left out."""
OF_A_SAMPLE = tuple(id for id in HEADLINES if id not in {"cost_per_inquiry", "fcr"})
"""A cost is of all hours over all tickets, and who came back is seen among all, so a sample of tickets has neither."""
NAMED: tuple[str, ...] = ("type", "subtype", "team", "agent", "priority", "language")
"""What a desk has names of its own for: how many tickets each name has is shown where that changes."""
MONTHS_BEFORE = 3
"""So many whole months before the change are shown too, so that it can be seen that they stay."""
LEAST_MONTHS, MOST_MONTHS = 4, 13
TICKETS_AT_MOST = 60_000
KEY = ("source", "ticket_id")
Versions = tuple[tuple[date, str], ...]


SCHEMA: Mapping[str, pl.DataType] = {
    "period": pl.Date(), "metric": pl.String(), "n": pl.Int64(), "before": pl.Float64(), "after": pl.Float64(),
    "had": pl.Float64(),
}  # fmt: skip
COUNTS = ("before", "after", "had")
PARTS: Mapping[str, pl.DataType] = {"dimension": pl.String(), "value": pl.String(), **dict.fromkeys(COUNTS, pl.Int64())}


@dataclass(frozen=True)
class Effect:
    """Figures of months under what holds now and under what is proposed.

    rows: `period`, `metric`, `n`, `before`, `after`, `had` (what the figure were, had the proposal always held).
    parts: `dimension`, `value`, and the tickets that it has in all these months, `before`, `after`, `had`, where these
    differ; the most moved first.
    tickets: those that the figures are of · measured: so many of them were measured, all or a sample of them.
    """

    since: date
    rows: pl.DataFrame
    tickets: int
    measured: int
    parts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PARTS))

    @property
    def is_sample(self) -> bool:
        return self.measured < self.tickets

    @property
    def months(self) -> list[date]:
        return self.rows["period"].unique().sort().to_list()

    def to_json(self) -> dict[str, Any]:
        rows = [{**row, "period": row["period"].isoformat()} for row in self.rows.to_dicts()]
        return {"since": self.since.isoformat(), "rows": rows, "tickets": self.tickets, "measured": self.measured,
                "parts": self.parts.to_dicts()}  # fmt: skip

    @staticmethod
    def of_json(told: Mapping[str, Any]) -> "Effect":
        rows = [{**row, "period": date.fromisoformat(row["period"])} for row in told["rows"]]
        found = pl.DataFrame(rows, schema=SCHEMA)
        parts = pl.DataFrame(told["parts"], schema=PARTS)
        return Effect(date.fromisoformat(told["since"]), found, told["tickets"], told["measured"], parts)


@needs(Act.CHANGE_SETTINGS)
def effect(
    actor: Actor, desk: Desk, text: str, since: date, *, zone: str | None = None, at_most: int = TICKETS_AT_MOST,
    on_progress: OnProgress = silent,
) -> Effect | None:  # fmt: skip
    """What these agreements would change from a day on, and another zone for all days; None on an empty desk.

    Raises SettingsError where they could not be saved.
    """
    versions, now = dict(desk.agreement_versions()), desk.zone() or "UTC"
    demand_possible(actor, desk, text, since, zone)
    proposed = {**versions, since: text}
    head = desk.head()
    if head is None or head.as_of is None:
        return None
    settings = {
        "before": settings_through(now, tuple(sorted(versions.items()))),
        "after": settings_through(zone or now, tuple(sorted(proposed.items()))),
        "had": settings_through(zone or now, ((date.min, text),)),
    }
    return _Measuring(desk, head, head.as_of, settings, since, at_most, on_progress).effect()


@needs(Act.CHANGE_SETTINGS)
def demand_possible(actor: Actor, desk: Desk, text: str, since: date, zone: str | None) -> None:
    """Raises SettingsError with everything that keeps this from being saved."""
    del actor
    versions = dict(desk.agreement_versions())
    demand_newest(versions, since)
    demand_fit(zone or desk.zone() or "UTC", {**versions, since: text})


@dataclass(frozen=True)
class _Measuring:
    desk: Desk
    head: Head
    as_of: datetime
    settings: Mapping[str, DeskSettings]
    since: date
    at_most: int
    on_progress: OnProgress

    def effect(self) -> Effect:
        period = self._period()
        with self.desk.warehouse.damage_told(self.head.versions):
            self.on_progress(Progress("reading"))
            whole = self.desk.warehouse.tables(self.head.versions)
            keys = _alive(self._tickets(), whole, self._instant(period.start))
            asked = _sample(keys, self.at_most)
            tables, knowledge = _narrowed(whole, asked), self._knowledge(whole)
            is_sample = asked.height < keys.height
            ids, sides, counts = OF_A_SAMPLE if is_sample else HEADLINES, list[pl.DataFrame](), list[pl.DataFrame]()
            for place, name in enumerate(self.settings):
                facts = self._facts(name, place, tables, knowledge)
                sides.append(_figures(name, facts, period, ids))
                counts.append(_counts(name, facts, period))
        rows = sides[0]
        for other in sides[1:]:
            rows = rows.join(other.drop("n"), on=["period", "metric"], how="left", maintain_order="left")
        known_rows = rows.filter(pl.any_horizontal(pl.col("before", "after", "had").is_not_null()))
        told = known_rows.select(list(SCHEMA)).cast(SCHEMA)  # type: ignore[arg-type]
        return Effect(self.since, told, keys.height, asked.height, _moved(counts))

    def _facts(self, name: str, place: int, tables: Tables, knowledge: Knowledge) -> Facts:
        self.on_progress(Progress("figures", done=(place + 1) / (len(self.settings) + 1)))
        return build_facts(tables, self.settings[name], as_of=self.as_of, knowledge=knowledge)

    def _period(self) -> Period:
        """Whole months up to that of the newest stamp: some before the change, and all that it reaches."""
        today = self.as_of.astimezone(ZoneInfo(self.settings["before"].zone)).date()
        last = _number(today)
        first = min(_number(max(self.since, date(1, 6, 1))) - MONTHS_BEFORE, last - LEAST_MONTHS + 1)
        return Period(_month(max(first, last - MOST_MONTHS + 1)), _month(last + 1))

    def _instant(self, day: date) -> datetime:
        """Before the day's beginning in any zone."""
        return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)

    def _tickets(self) -> pl.DataFrame:
        """Every ticket with when it came and when it ended, from the facts that are kept."""
        return facts_of(SERVER, self.desk).tickets.select(*KEY, "created_at", "ended_at")

    def _knowledge(self, whole: Tables) -> Knowledge:
        """What the sources tell at all: as kept beside the facts of a large desk, else found in all rows."""
        kept = (read_meta(folder) for folder in self.desk.facts_folder.iterdir() if folder.is_dir())
        meta = next((one for one in kept if one is not None), None)
        return known(meta.months.values()) if meta else knowledge_of(collected(whole))


def _figures(name: str, facts: Facts, period: Period, ids: Sequence[str]) -> pl.DataFrame:
    made = compute([metric(id) for id in ids], facts, Scope(period), every="month")
    return made.select("period", "metric", "n", pl.col("value").alias(name)).drop_nulls("period")


def _counts(name: str, facts: Facts, period: Period) -> pl.DataFrame:
    """How many tickets of these months each name has."""
    created = [metric("tickets_created")]
    found = [
        compute(created, facts, Scope(period), by=(one,)).select(
            pl.lit(one).alias("dimension"), pl.col(one).alias("value"), pl.col("value").cast(pl.Int64).alias(name)
        )
        for one in NAMED
    ]
    return pl.concat(found)


def _moved(counts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The names that have other tickets on one side than on another."""
    keys = ["dimension", "value"]
    rows = counts[0]
    for other in counts[1:]:
        rows = rows.join(other, on=keys, how="full", coalesce=True, nulls_equal=True)
    whole = rows.with_columns(pl.col(COUNTS).fill_null(0))
    moved = whole.filter((pl.col("before") != pl.col("after")) | (pl.col("before") != pl.col("had")))
    size = pl.max_horizontal((pl.col(side) - pl.col("before")).abs() for side in ("after", "had"))
    place = pl.col("dimension").replace_strict({one: at for at, one in enumerate(NAMED)}, return_dtype=pl.Int64)
    ordered = moved.sort(place, size, "value", descending=[False, True, False])
    return ordered.select(list(PARTS)).cast(PARTS)  # type: ignore[arg-type]


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _alive(ended: pl.DataFrame, tables: Tables, start: datetime) -> pl.DataFrame:
    """The tickets that had not ended by then or of which something happened since: those that the figures are of."""
    going_on = pl.col("ended_at").is_null() | (pl.col("ended_at") >= start)
    touched = [ended.lazy().filter(going_on | (pl.col("created_at") >= start)).select(KEY)]
    touched += [rows.filter(pl.col("at") >= start).select(KEY) for rows in (tables.messages, tables.changes)]
    stamps = pl.max_horizontal(name for name in INSTANTS["tickets"] if name != "updated_at")
    touched.append(tables.tickets.filter(stamps >= start).select(KEY))
    rated = pl.max_horizontal("given_at", "offered_at")
    touched.append(tables.ratings.filter(rated.is_null() | (rated >= start)).select(KEY))
    found = pl.concat(touched).unique().collect()
    return ended.select(KEY).join(found, on=KEY, how="semi")


def _sample(keys: pl.DataFrame, at_most: int) -> pl.DataFrame:
    """So many of the tickets at most, the same ones each time, chosen by nothing that a figure depends on."""
    if keys.height <= at_most:
        return keys
    return keys.with_columns(keys.hash_rows(seed=11).alias("__order")).sort("__order").head(at_most).drop("__order")


def _narrowed(tables: Tables, keys: pl.DataFrame) -> Tables:
    """These tickets with all rows of theirs; what belongs to no ticket stays whole. Read once, measured often."""
    own = {
        name: getattr(tables, name).join(keys.lazy(), on=KEY, how="semi") for name in ("tickets", "messages", "changes")
    }
    left_out = tables.tickets.select(KEY).join(keys.lazy(), on=KEY, how="anti")
    asked = own | {"ratings": tables.ratings.join(left_out, on=KEY, how="anti")}  # a rating may have no ticket
    read = pl.collect_all(list(asked.values()))
    return replace(tables, **{name: rows.lazy() for name, rows in zip(asked, read, strict=True)})
