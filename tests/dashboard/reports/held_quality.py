"""Spot-checks in a report, counted anew from the desk's records, and as their page and command show them."""

import json
import math
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from click.testing import CliRunner

from dashboard.cli import main
from dashboard.desk import open_desk
from dashboard.reports.asked import Asked
from dashboard.reports.model import Report
from dashboard.services.analysis.asks import Ask, as_arguments
from metrics.model import Period, Scope
from tests.dashboard.reports.held import Held, Row, printed
from tests.dashboard.reports.records import Shown, database, instant, rows_of

Z = 1.959963984540054


class Checked:
    """What was drawn for review on these days by plans for rates, and what came of it, as the database has it."""

    def __init__(self, root: Path, period: Period, zone: str) -> None:
        with database(root) as book:
            book.row_factory = sqlite3.Row
            gone = {row[0] for row in book.execute("SELECT supersedes FROM sample_draws WHERE supersedes IS NOT NULL")}
            plans = {row["id"]: row for row in book.execute("SELECT * FROM sample_plans WHERE purpose = 'rate'")}
            self.draws = {
                row["id"]: dict(row) for row in book.execute("SELECT * FROM sample_draws")
                if row["plan_id"] in plans and row["id"] not in gone
                and period.start <= instant(row["window_from"]).astimezone(ZoneInfo(zone)).date() < period.end
            }  # fmt: skip
            self.plan_of = {id: plans[row["plan_id"]]["name"] for id, row in self.draws.items()}
            self.strata = [dict(row) for row in book.execute("SELECT * FROM sample_strata")
                           if row["draw_id"] in self.draws]  # fmt: skip
            self.outcomes = [tuple(row) for row in book.execute("SELECT draw_id, stratum, outcome FROM sample_units")
                             if row[0] in self.draws]  # fmt: skip
            self.reads = [dict(row) for row in book.execute(READS) if row["draw_id"] in self.draws]
            known = {row["id"]: row["revision"] for row in self.reads}
            self.answers = [tuple(row) for row in book.execute(
                "SELECT review_id, criterion, value, revision FROM review_answers")
                if known.get(row[0]) == row[3] and row[2] is not None]  # fmt: skip

    def of(self, plan: str) -> set[int]:
        return {id for id, name in self.plan_of.items() if name == plan}

    def count(self, draw: int, stratum: str, outcome: str) -> int:
        return self.outcomes.count((draw, stratum, outcome))

    def chances(self, draws: set[int]) -> dict[int, float]:
        """With which probability each conversation came to be read."""
        read: dict[tuple[int, str], list[int]] = {}
        for row in self.reads:
            if row["draw_id"] in draws:
                read.setdefault((row["draw_id"], row["stratum"]), []).append(row["id"])
        found = {}
        for one in self.strata:
            key = (one["draw_id"], one["stratum"])
            n, out, passed = len(read.get(key, ())), self.count(*key, "ineligible"), self.count(*key, "skipped")
            settled = n + out + passed
            size = max(one["size"] * (1 - out / settled if settled else 1.0), n)
            found.update(dict.fromkeys(read.get(key, ()), n / size if size else 1.0))
        return found


READS = """
    SELECT reviews.id, reviews.draw_id, reviews.revision, reviews.passed, reviews.root_cause, sample_units.stratum
    FROM reviews JOIN assignments ON assignments.id = reviews.assignment_id
    JOIN sample_units ON sample_units.id = assignments.unit_id
    WHERE reviews.kind = 'normal' AND reviews.state NOT IN ('draft', 'void') AND assignments.role = 'primary'
      AND reviews.passed IS NOT NULL AND sample_units.pi IS NOT NULL
"""


def weighted(rows: Sequence[tuple[bool, float]]) -> tuple[float, float, float]:
    """A share of conversations that were read with these chances, and its 95 % interval (Hájek, Wilson)."""
    n, total = len(rows), sum(1 / chance for _is, chance in rows)
    value = sum(is_so / chance for is_so, chance in rows) / total
    centre = (n * value + 0.5) / (n + 1)
    spread = sum((1 - c) / c**2 * (is_so - centre) ** 2 for is_so, c in rows) / total**2
    if min(chance for _is, chance in rows) >= 1:
        return value, value, value
    size = centre * (1 - centre) / (spread * n / max(n - 1, 1) + 1 / (2 * n**2))
    middle = (value + Z**2 / (2 * size)) / (1 + Z**2 / size)
    half = Z / (1 + Z**2 / size) * math.sqrt(value * (1 - value) / size + Z**2 / (4 * size**2))
    return value, (0.0 if value <= 0 else max(0.0, middle - half)), (1.0 if value >= 1 else min(1.0, middle + half))


def quality_held(made: Report, root: Path, asked: Asked, held: Held) -> None:
    """The sheet of spot-checks: the rate as `show` prints it, the rest as the records say."""
    plans = rows_of(made, "quality_plans")
    if not plans:
        return
    found = Checked(root, asked.period, open_desk(root).zone() or "UTC")
    (rate,) = printed(root, as_arguments(Ask(("quality_pass_rate",), Scope(asked.period))))
    line = _results(root, "weeks")["target"]
    most = max(plans, key=lambda row: row["read"])
    for row in plans:
        drawn = sum(one["drawn"] for one in found.strata if one["draw_id"] in found.of(row["plan"]))
        read = sum(one["draw_id"] in found.of(row["plan"]) for one in found.reads)
        for name, told in (("drawn", drawn), ("read", read), ("line", line)):
            held.cell("quality", "quality_plans", name, row["plan"], row[name], told)
        if row is most:  # figures without a plan's name are of the plan with the most reviews
            for name, theirs in (("share", "value"), ("low", "low"), ("high", "high"), ("read", "n")):
                held.cell("show", "quality_plans", name, row["plan"], row[name], rate[theirs])
    draws = found.of(most["plan"])
    _strata_held(made, found, draws, held)
    _lines_held(made, found, draws, held)
    held.hold("quality", "draws", len(rows_of(made, "quality_draws")), len(found.draws))
    for row in rows_of(made, "quality_draws"):
        told = {**found.draws[row["draw_id"]], "draw_id": row["draw_id"]}
        told["window_from"] = instant(told["window_from"])
        for name in ("draw_id", "window_from", "frame_size", "frame_sha256", "seed", "load_id"):
            held.cell("quality", "quality_draws", name, str(row["draw_id"]), row[name], told[name])


def _strata_held(made: Report, found: Checked, draws: set[int], held: Held) -> None:
    rows = rows_of(made, "quality_strata")
    own = [one for one in found.strata if one["draw_id"] in draws]
    held.hold("quality", "strata", len(rows), len({one["stratum"] for one in own}))
    for row in rows:
        mine = [one for one in own if one["stratum"] == row["stratum"]]
        told = {"size": sum(one["size"] for one in mine), "drawn": sum(one["drawn"] for one in mine)}
        for name in ("skipped", "ineligible"):
            told[name] = sum(found.count(one["draw_id"], one["stratum"], name) for one in mine)
        for name in told:
            held.cell("quality", "quality_strata", name, row["stratum"], row[name], told[name])


def _lines_held(made: Report, found: Checked, draws: set[int], held: Held) -> None:
    chances = found.chances(draws)
    for row in rows_of(made, "quality_lines"):
        told = [(value >= 1, chances[id]) for id, line, value, _revision in found.answers
                if line == row["value"] and id in chances]  # fmt: skip
        _share_held("quality_lines", row, told, len(told), held)
    for row in rows_of(made, "quality_causes"):
        reads = [one for one in found.reads if one["id"] in chances]
        spoiled = [not one["passed"] and one["root_cause"] == row["value"] for one in reads]
        told = [(is_so, chances[one["id"]]) for is_so, one in zip(spoiled, reads, strict=True)]
        _share_held("quality_causes", row, told, sum(spoiled), held)


def _share_held(table: str, row: Row, told: Sequence[tuple[bool, float]], n: int, held: Held) -> None:
    value, low, high = weighted(told)
    for name, theirs in (("share", value), ("low", low), ("high", high), ("n", n)):
        held.cell("quality", table, name, row["value"], row[name], theirs)


def _results(root: Path, span: str) -> Mapping[str, Any]:
    answer = CliRunner().invoke(main, ["--data", str(root), "sample", "results", "--span", span, "--json"])
    assert answer.exit_code == 0, answer.output
    found: Mapping[str, Any] = json.loads(answer.stdout)
    return found


def quality_page_held(made: Report, root: Path, shown: Shown, span: str, held: Held) -> None:
    """A report of the very days of which the page of spot-checks tells: what the page and `sample results` show."""
    told, (row,) = _results(root, span), rows_of(made, "quality_plans")
    pairs = {"share": "value", "low": "low", "high": "high", "read": "reviewed", "drawn": "drawn", "line": "target"}
    for name, theirs in pairs.items():
        held.cell("results", "quality_plans", name, row["plan"], row[name], told[theirs])
    for part, key in (("criterion", "quality_lines"), ("cause", "quality_causes")):
        page = shown("quality", span=span, part=part)[f"quality-{part}"].figures
        known = {one[part]: one for one in page.iter_rows(named=True)}
        held.hold("pages", f"{key} rows", len(rows_of(made, key)), len(known))
        for mine in rows_of(made, key):
            for name in ("share", "low", "high", "n"):
                held.cell("pages", key, name, mine["value"], mine[name], known[mine["value"]][name])
