"""What the reviews of many draws come to: the whole, its parts, its course, people drawn towards what is usual."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from metrics.quality.estimates import NOTHING, Estimate, of_strata, of_units
from metrics.shrinkage import shrunk_shares
from metrics.tables import INSTANT

Schema = dict[str, pl.DataType | type[pl.DataType]]
DRAWN: Schema = {
    "draw_id": pl.Int64, "window_from": INSTANT, "stratum": pl.String, "team": pl.String, "risk": pl.String,
    "channel": pl.String, "size": pl.Int64, "drawn": pl.Int64, "ineligible": pl.Int64, "skipped": pl.Int64,
}  # fmt: skip
"""One row per draw and stratum."""
READ: Schema = {
    "review": pl.Int64, "draw_id": pl.Int64, "stratum": pl.String, "agent": pl.String, "team": pl.String,
    "channel": pl.String, "type": pl.String, "passed": pl.Boolean, "root_cause": pl.String,
}  # fmt: skip
"""One row per conversation that was drawn by chance, read, and came to a verdict."""
GROUPED: Schema = {
    "value": pl.String, "share": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64,
    "effective": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """Draws with what was read of them. strata: DRAWN with reviewed, passed and size of the eligible · reads: READ
    with `chance`, the probability with which each came to be read."""

    strata: pl.DataFrame
    reads: pl.DataFrame

    @property
    def reviewed(self) -> int:
        return self.reads.height

    @property
    def drawn(self) -> int:
        return int(self.strata["drawn"].sum())

    @property
    def skipped(self) -> int:
        return int(self.strata["skipped"].sum())

    @property
    def ineligible(self) -> int:
        return int(self.strata["ineligible"].sum())

    @property
    def estimate(self) -> Estimate:
        """The share that passes, of everything that could have been drawn."""
        return of_strata(self.strata)

    def of(self, condition: pl.Expr) -> "Sample":
        """The draws whose strata hold this condition, with what was read of them."""
        strata = self.strata.filter(condition)
        return Sample(
            strata, self.reads.join(strata.select("draw_id", "stratum"), on=["draw_id", "stratum"], how="semi")
        )


def sampled(drawn: pl.DataFrame, read: pl.DataFrame) -> Sample:
    """The two frames (columns DRAWN and READ) brought together.

    What is ineligible leaves the population in proportion; what was skipped is stood for by what was read.
    """
    keys = ["draw_id", "stratum"]
    known = read.join(drawn.select(keys), on=keys, how="semi")
    counted = known.group_by(keys).agg(reviewed=pl.len().cast(pl.Int64), passed=pl.col("passed").sum().cast(pl.Int64))
    strata = drawn.join(counted, on=keys, how="left").with_columns(pl.col("reviewed", "passed").fill_null(0))
    settled = pl.col("reviewed") + pl.col("skipped") + pl.col("ineligible")
    fit = pl.when(settled > 0).then(1 - pl.col("ineligible") / settled).otherwise(1.0)
    strata = strata.with_columns(frame=pl.col("size"), size=pl.max_horizontal(pl.col("size") * fit, pl.col("reviewed")))
    strata = strata.with_columns(left=pl.col("frame") - pl.col("drawn")).sort("window_from", "stratum")
    chance = strata.select(*keys, chance=pl.col("reviewed") / pl.col("size"))
    return Sample(strata, known.join(chance, on=keys, how="left"))


def by_part(sample: Sample, name: str) -> pl.DataFrame:
    """The share of each team, risk, channel, type or agent (columns GROUPED), in the order of their names.

    Teams and risks are strata, so theirs are estimated like the whole; the others are parts across strata.
    """
    if name in ("team", "risk"):
        parts = sample.strata[name].unique().sort().drop_nulls()
        return _grouped({str(part): sample.of(pl.col(name) == part).estimate for part in parts})
    groups = sample.reads.drop_nulls(name).group_by(name)
    return _grouped({str(key[0]): _of_rows(sample, rows) for key, rows in sorted(groups, key=_named)})


def _named(group: tuple[tuple[object, ...], pl.DataFrame]) -> str:
    return str(group[0][0])


def _of_rows(sample: Sample, rows: pl.DataFrame) -> Estimate:
    """Some of the reads: estimated as strata where they happen to be whole ones, else one by one."""
    keys = ["draw_id", "stratum"]
    counts = rows.group_by(keys).agg(own=pl.len()).join(sample.strata, on=keys)
    if counts["own"].equals(counts["reviewed"].cast(counts["own"].dtype)):
        return of_strata(counts.select(sample.strata.columns))
    return of_units(rows["passed"], rows["chance"])


def _grouped(found: Mapping[str, Estimate]) -> pl.DataFrame:
    rows = [
        (name, one.value, one.low, one.high, one.reviewed, min(one.effective, float(10**9)))
        for name, one in found.items()
        if one.value is not None
    ]
    return pl.DataFrame(rows, schema=GROUPED, orient="row")


def by_answer(sample: Sample, answers: pl.DataFrame) -> pl.DataFrame:
    """The share of conversations that get the full mark on each line of the scorecard, the worst first.

    answers: review, criterion, full (null: does not apply).
    """
    known = answers.drop_nulls("full").join(sample.reads.select("review", "chance"), on="review")
    groups = known.group_by("criterion")
    return _grouped(
        {str(key[0]): of_units(rows["full"], rows["chance"]) for key, rows in sorted(groups, key=_named)}
    ).sort("share")


def by_cause(sample: Sample) -> pl.DataFrame:
    """Root causes of what did not pass: the share of all conversations that each spoils, the greatest first."""
    causes = sample.reads.filter(~pl.col("passed"))["root_cause"].drop_nulls().unique().sort()
    reads = sample.reads.with_columns(pl.col("root_cause").fill_null(""))
    found = {cause: of_units((reads["root_cause"] == cause) & ~reads["passed"], reads["chance"]) for cause in causes}
    counts = dict(sample.reads.filter(~pl.col("passed")).group_by("root_cause").len().iter_rows())
    told = _grouped(found)
    return told.with_columns(n=pl.Series([counts[name] for name in told["value"]], dtype=pl.Int64)).sort(
        "share", descending=True
    )


def agents(sample: Sample) -> pl.DataFrame:
    """Agents with what they have shown drawn towards the team as far as the reviews are few; in the order of names.

    Columns agent, n, raw, value, low, high, differs. Nobody is ranked by the raw share.
    """
    told = by_part(sample, "agent")
    usual = sample.estimate.value
    if told.is_empty() or usual is None:
        return told.rename({"value": "agent", "share": "raw"}).with_columns(differs=pl.lit(None, pl.Boolean))
    effective = pl.min_horizontal("effective", "n")
    rows = told.select(
        pl.col("value").alias("agent"), pl.col("n").alias("reviews"), pl.col("share").alias("raw"),
        hits=pl.col("share") * effective, n=effective, expected=pl.lit(min(max(usual, 1e-6), 1 - 1e-6)),
    )  # fmt: skip
    shrunk = shrunk_shares(rows)
    return shrunk.select("agent", pl.col("reviews").alias("n"), "raw", "value", "low", "high", "differs").sort("agent")


def course(sample: Sample, ends: list[datetime], *, days: int) -> pl.DataFrame:
    """The share over so many days before each of the ends: end, share, low, high, n."""
    rows = []
    for end in ends:
        inside = (pl.col("window_from") >= end - timedelta(days=days)) & (pl.col("window_from") < end)
        found = sample.of(inside).estimate
        rows.append((end, found.value, found.low, found.high, found.reviewed))
    columns: Schema = {"end": INSTANT, "share": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64}
    return pl.DataFrame(rows, schema=columns, orient="row")


def daily(sample: Sample, zone: str) -> pl.DataFrame:
    """What was drawn, read and did not pass of each day, as counts: too few for a share."""
    rows = sample.strata.with_columns(day=pl.col("window_from").dt.convert_time_zone(zone).dt.date())
    told = rows.group_by("day").agg(pl.col("drawn", "reviewed", "passed", "skipped", "ineligible").sum())
    return told.with_columns(failed=pl.col("reviewed") - pl.col("passed")).sort("day")


def month_before(day: date) -> tuple[date, date]:
    """The last calendar month that is over on that day, as `[first, end)`."""
    end = day.replace(day=1)
    return (end - timedelta(days=1)).replace(day=1), end


def nothing(sample: Sample) -> bool:
    """Whether nothing was read."""
    return sample.estimate == NOTHING
