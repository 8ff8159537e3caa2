"""Results as text for the command line: aligned tables, CSV, JSON."""

import io
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

import polars as pl

from dashboard.format import figure, local
from dashboard.services.loading.loads import LoadReport
from dashboard.services.settings.agreements import Imported
from dashboard.services.settings.changes import Change
from dashboard.services.settings.words import said
from dashboard.wording import _
from loaders.mapping import Mapping as SourceMapping
from metrics.absence import NEEDS
from metrics.catalog import ALL_TOPICS, COMPOSED_LABEL, definition_key, label_keys
from metrics.model import Metric, Unit

Style = Literal["table", "csv", "json"]
MISSING = "–"
STAR = " *"


def figure_table(result: pl.DataFrame, style: str) -> str:
    """A result of `figures`: JSON and CSV as they are (seconds, shares 0–1), the table in people's units.

    Why a figure is absent is said beside it, below the table; so is what may still change, marked with a star.
    """
    if "reason" in result.columns:
        result = result.with_columns(_worded(result["reason"]))
    if style == "json":
        return json.dumps([_plain(row) for row in result.to_dicts()], ensure_ascii=False, indent=2)
    if style == "csv":
        return result.write_csv()
    beside = ("unit", "reason", "provisional_from")
    shown = [column for column in result.columns if column not in beside and not _is_empty(result[column])]
    rows = ([_shown(row, name) for name in shown] for row in result.to_dicts())
    return "\n".join([aligned(shown, rows), *_reasons(result), *_provisional(result)])


def _shown(row: Mapping[str, Any], name: str) -> str:
    if name not in ("value", "low", "high"):
        return _cell(row[name])
    star = STAR if name == "value" and row["value"] is not None and row.get("provisional_from") else ""
    return _human(row[name], row["unit"]) + star


def _provisional(result: pl.DataFrame) -> list[str]:
    """From which day on figures may still change, those of one day together."""
    if "provisional_from" not in result.columns:
        return []
    told = result.filter(pl.col("provisional_from").is_not_null() & pl.col("value").is_not_null())
    return [
        _(
            "* provisional from {day} on, because a ticket may still change sides: {metrics}",
            day=day, metrics=", ".join(rows["metric"].unique(maintain_order=True)),
        )
        for (day,), rows in told.group_by("provisional_from", maintain_order=True)
    ]  # fmt: skip


def _reasons(result: pl.DataFrame) -> list[str]:
    """Why figures are absent, those of one reason together."""
    if "reason" not in result.columns:
        return []
    told = result.filter(pl.col("reason").is_not_null()).group_by("reason", maintain_order=True)
    return [f"{', '.join(rows['metric'].unique(maintain_order=True))}: {reason}" for (reason,), rows in told]


def comparison_table(found: pl.DataFrame, style: str) -> str:
    """A result of `comparison`: as it is in JSON and CSV, in people's units in the table."""
    if style == "json":
        return json.dumps([_plain(row) for row in found.to_dicts()], ensure_ascii=False, indent=2)
    if style == "csv":
        return found.write_csv()
    shown = [column for column in found.columns if column != "unit"]
    measured = {"before", "after", "difference", "low", "high"}
    rows = (
        [_human(row[name], row["unit"]) if name in measured else _cell(row[name]) for name in shown]
        for row in found.to_dicts()
    )
    return aligned(shown, rows)


def _worded(said: pl.Series) -> pl.Series:
    return pl.Series(said.name, [word and _(word) for word in said], dtype=pl.String)


def difference_table(found: pl.DataFrame, style: str) -> str:
    """Where two rules differ, ticket by ticket: seconds and 1 or 0 in JSON and CSV, people's units in the table."""
    worded = found.with_columns(_worded(found["why"]))
    if style == "json":
        return json.dumps([_plain(row) for row in worded.to_dicts()], ensure_ascii=False, indent=2)
    if style == "csv":
        return worded.write_csv()

    def side(value: float | None, thing: str) -> str:
        if value is not None and thing in ("fcr_one_touch", "csat"):
            return _("yes") if value else _("no")
        return _human(value, Unit.SECONDS.value)

    rows = (
        [side(row[name], row["figure"]) if name in ("ours", "theirs") else _cell(row[name]) for name in worded.columns]
        for row in worded.to_dicts()
    )
    return aligned(worded.columns, rows)


def ticket_rows(frame: pl.DataFrame, style: str) -> bytes:
    """Ticket facts as CSV (UTF-8 with a mark, so that spreadsheets read Chinese), JSON or Parquet."""
    buffer = io.BytesIO()
    if style == "parquet":
        frame.write_parquet(buffer)
        return buffer.getvalue()
    if style == "json":
        return json.dumps([_plain(row) for row in frame.to_dicts()], ensure_ascii=False).encode()
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    frame.with_columns(pl.col(lists).list.join(" ")).write_csv(buffer, include_bom=True)
    return buffer.getvalue()


def load_report(report: LoadReport) -> str:
    """A load report in words."""
    told = report.to_json()
    lines = [_("Only tried (--dry-run); nothing was kept.")] if report.dry_run and report.any_loaded else []
    for file in told["files"]:
        if not file.get("error"):
            lines += _file_report(file)
    return "\n".join(lines)


def _file_report(file: Mapping[str, Any]) -> Iterator[str]:
    counted = ("rows_read", "loaded", "rejected", "blank")
    yield _(
        "{file}: {rows_read} rows read = {loaded} loaded + {rejected} rejected + {blank} blank (source {source})",
        file=file["file"], source=file["source"], **{name: file[name] for name in counted},
    )  # fmt: skip
    for name, counts in file["tables"].items():
        told = _(
            "{table}: {inserted} new, {updated} updated, {unchanged} unchanged.", table=_(f"table.{name}"), **counts
        )
        yield f"  {told}"
    for problem in file["problems"]:
        words = {"rows": problem["rows"], "sentence": _(f"reason.{problem['reason']}")}
        is_rejected = problem["kind"] == "rejected"
        told = _("rejected {rows}: {sentence}", **words) if is_rejected else _("flagged {rows}: {sentence}", **words)
        yield f"  {told} {_first(problem['examples'])}".rstrip()
    for note in file.get("notes", ()):
        yield f"  {note}"


def _first(examples: Sequence[Mapping[str, object]]) -> str:
    """Where the first example stands, to be found in the file."""
    if not examples:
        return ""
    line, column, value = (examples[0][name] for name in ("line", "column", "value"))
    if column is None:
        return _("(line {line})", line=line)
    return _("(line {line}, {column}: {value})", line=line, column=column, value="–" if value is None else value)


def source_list(known: Mapping[str, SourceMapping]) -> str:
    """The sources by name with their shape and the columns that they read."""
    rows = ([name, mapping.shape, ", ".join(mapping.columns)] for name, mapping in sorted(known.items()))
    return aligned(["source", "shape", "columns"], rows)


def metric_list(style: str) -> str:
    """Every metric with label, unit, dating instant and definition."""
    every = [metric for topic in ALL_TOPICS.values() for metric in topic]
    entries = [
        {
            "metric": metric.id,
            "label": metric_label(metric),
            "unit": metric.unit.value,
            "dated_by": metric.at,
            "better": metric.better,
            "definition": _(definition_key(metric)),
            "needs": list(metric.needs),
        }
        for metric in every
    ]
    if style == "json":
        return json.dumps(entries, ensure_ascii=False, indent=2)
    return "\n".join(
        "\n    ".join([f"{e['metric']}  [{e['unit']}]  {e['label']}", str(e["definition"]), *_needs(metric)])
        for e, metric in zip(entries, every, strict=True)
    )


def _needs(metric: Metric) -> list[str]:
    """When a metric is absent."""
    reasons = " ".join(_(NEEDS[name].sentence) for name in metric.needs)
    return [_("Absent, with the reason, where this holds: {reasons}", reasons=reasons)] if reasons else []


def metric_label(metric: Metric) -> str:
    """What a metric is called in the current language."""
    keys = label_keys(metric)
    if keys.clock is None or keys.statistic is None:
        return _(keys.thing)
    return _(COMPOSED_LABEL, thing=_(keys.thing), clock=_(keys.clock), statistic=_(keys.statistic))


def imported_agreements(found: Imported, *, dry_run: bool) -> str:
    """What an import of agreements changed, or would."""
    if not found.changes:
        return _("These are the agreements that the desk has already; nothing changes.")
    if found.since is None:
        title = _("For all days:")
    else:
        title = _("From {day} on; figures of the days before stay as they are:", day=found.since.isoformat())
    lines = [title, *(f"  {sentence}" for sentence in found.changes)]
    return "\n".join([*lines, _("Nothing was kept (--dry-run).")] if dry_run else lines)


def settings_changes(changes: Sequence[Change], zone: str) -> str:
    """The journal of the settings: a line for each change, what it did below it."""
    if not changes:
        return _("The settings were never changed: what ships, or what came with the desk, holds.")
    return "\n".join(line for change in changes for line in _change(change, zone))


def _change(change: Change, zone: str) -> list[str]:
    since = _("for all days") if change.valid_from == date.min else _("from {day}", day=change.valid_from.isoformat())
    state = [] if change.undone_by is None else [_("taken back by change {id}", id=change.undone_by)]
    undoes = [] if change.undoes is None else [_("takes back change {id}", id=change.undoes)]
    head = [str(change.id), local(change.at, zone), since, _(change.actor), change.reason, *undoes, *state]
    return [" · ".join(head), *(f"    {line}" for line in said(change, zone))]


def aligned(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns side by side; Chinese characters count as two."""
    table = [list(header), *[list(row) for row in rows]]
    widths = [max(_width(row[i]) for row in table) for i in range(len(header))]
    return "\n".join(
        "  ".join(cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in table
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def _is_empty(column: pl.Series) -> bool:
    return column.name in {"period", "low", "high"} and column.null_count() == len(column)


def _human(value: float | None, unit: str) -> str:
    return figure(value, Unit(unit))


def _cell(value: object) -> str:
    return MISSING if value is None else str(value)


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, date | datetime) else value for name, value in row.items()}
