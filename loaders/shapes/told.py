"""What a source itself says about a ticket: its own durations and verdicts, and instants that it gives as durations."""

from collections.abc import Mapping

import polars as pl

from loaders.shapes.fields import AFTERS, OWN_PREFIX, OWN_SECONDS, OWN_VERDICTS
from metrics.tables import SOURCE_FIELD_PREFIX


def with_instants(frame: pl.DataFrame) -> pl.DataFrame:
    """First response and resolution as creation plus what the source says it took, where it gives no instant."""
    given = {after: at for after, at in AFTERS.items() if after in frame.columns}
    made = {
        at: pl.col("created_at") + pl.duration(microseconds=(pl.col(after) * 1_000_000).round(0).cast(pl.Int64))
        for after, at in given.items()
    }
    kept = {at: pl.coalesce(at, made[at]) if at in frame.columns else made[at] for at in made}
    timeless = pl.col("date_only").list.contains("created_at").fill_null(False)
    return frame.with_columns(
        pl.when(~timeless).then(instant).otherwise(pl.col(at) if at in frame.columns else None).alias(at)
        for at, instant in kept.items()
    ).drop(list(given))


def headers_of(columns: Mapping[str, str]) -> dict[str, str]:
    """Canonical column -> header, with the instants that come from durations."""
    return {**{at: columns[after] for after, at in AFTERS.items() if after in columns}, **columns}


def as_own_fields(frame: pl.DataFrame) -> pl.DataFrame:
    """The source's own figures as `x_own_…` text: whole seconds, true and false."""
    seconds = [pl.col(name).round(0).cast(pl.Int64) for name in OWN_SECONDS if name in frame.columns]
    verdicts = [pl.col(name) for name in OWN_VERDICTS if name in frame.columns]
    if not seconds and not verdicts:
        return frame
    own = frame.select([column.cast(pl.String).name.prefix(SOURCE_FIELD_PREFIX) for column in (*seconds, *verdicts)])
    return frame.drop([name for name in frame.columns if name.startswith(OWN_PREFIX)]).hstack(own)
