"""A walk over every page that notes each card as it is drawn, and asks the command line the same again."""

import json
import math
import random
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from plotly.io import to_json
from streamlit.testing.v1 import AppTest

from dashboard.charts.drawing import Chart
from dashboard.cli import main
from dashboard.components import card as cards
from dashboard.components.card import Card
from dashboard.navigation import LINES
from dashboard.services.analysis.asks import Ask, as_arguments
from metrics.facts import Facts
from tests.pages.conftest import Visit

WITHOUT_CHARTS = ("reconciliation.py", "reports.py")
PAGES = tuple(
    line.file.removesuffix(".py") for line in LINES if line.scoped != "nothing" and line.file not in WITHOUT_CHARTS
)
WITHOUT_CARDS = ("standup",)
"""Tiles and lists; their figures are held apart."""
Row = dict[str, Any]


@dataclass
class Walk:
    """A visitor of pages who keeps every card that was drawn."""

    visit: Visit
    desk: Path
    drawn: list[Card]

    def cards(self, page: str, **asked: str) -> tuple[AppTest, list[Card]]:
        """The page as shown and its cards."""
        self.drawn.clear()
        app = self.visit(self.desk, page, **asked)
        assert not app.exception, [error.message for error in app.exception]
        return app, list(self.drawn)


def walking(visit: Visit, desk: Path, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """A walk that notes what `draw` is given."""
    walk, unfold = Walk(visit, desk, []), cards._unfold

    def noting(card: Card, facts: Facts, asked: str | None) -> None:
        walk.drawn.append(card)
        unfold(card, facts, asked)

    monkeypatch.setattr(cards, "_unfold", noting)
    return walk


def told_by_command(desk: Path, ask: Ask) -> list[Row]:
    """What `floorwalker show --format json` answers."""
    answer = CliRunner().invoke(main, ["--data", str(desk), *as_arguments(ask), "--format", "json"])
    assert answer.exit_code == 0, answer.output
    rows: list[Row] = json.loads(answer.output)
    return rows


def differences(card: Card, desk: Path) -> Iterator[str]:
    """Every number of a card that the command line does not tell in the same way."""
    if not card.asks or "metric" not in card.export.columns:
        return
    told: dict[tuple[object, ...], list[Row]] = {}
    for ask in card.asks:
        for row in told_by_command(desk, ask):
            told.setdefault(_key(row, ask.by), []).append(row)
    by = card.asks[0].by
    computed = card.export.filter(pl.col("metric").is_not_null()).to_dicts()
    for row in computed:
        others = told.get(_key(row, by), [])
        if not any(_tells_the_same(row, other) for other in others):
            yield f"{card.key}: {row} is told as {others}"
    if told and not {_key(row, by) for row in computed} & set(told):
        yield f"{card.key}: shows nothing of what it asked for"


def _tells_the_same(row: Row, other: Row) -> bool:
    """Bounds go by another name where those of a difference stand beside them."""
    low, high = ("value_low", "value_high") if "value_low" in row else ("low", "high")
    return all(
        _same(row[name], other[of]) for name, of in (("value", "value"), ("n", "n"), (low, "low"), (high, "high"))
    )


def _key(row: Mapping[str, Any], by: Sequence[str]) -> tuple[object, ...]:
    period = row.get("period")
    return (row["metric"], period.isoformat() if isinstance(period, date) else period, *(row[name] for name in by))


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)


def untitled_axes(card: Card) -> list[str]:
    """The axes with ticks that carry no title and match none that does."""
    layout = card.figure.checked.to_plotly_json()["layout"]
    axes = {name: axis for name, axis in layout.items() if name.startswith(("xaxis", "yaxis"))}
    kinds = {trace.type for trace in card.figure.data}
    if kinds <= {"sankey", "pie", "treemap", "indicator"}:
        return []
    bare = []
    for name, axis in axes.items():
        if axis.get("visible") is False or axis.get("showticklabels") is False or _title(axis):
            continue
        group = [other for key, other in axes.items() if key[0] == name[0]]
        if len(group) == 1 or not any(_title(other) for other in group):
            bare.append(name)
    return bare


def said_otherwise(chart: Chart) -> list[str]:
    """The parts of a chart that Plotly, had it been asked, would have sent in other words than the chart has."""
    ours, theirs = (
        json.loads(to_json(figure.to_dict(), validate=False)) for figure in (chart.to_send(), chart.checked)
    )
    sides = [{**dict(enumerate(side["data"])), **side["layout"]} for side in (ours, _with_lists(theirs))]
    return [str(name) for name in sides[0].keys() | sides[1].keys() if sides[0].get(name) != sides[1].get(name)]


def _with_lists(sent: Any) -> Any:
    """What is sent with its columns of numbers, which Plotly packs, as lists."""
    if isinstance(sent, dict) and sent.keys() >= {"dtype", "bdata"}:
        numbers = np.frombuffer(b64decode(sent["bdata"]), sent["dtype"])
        shaped = numbers.reshape([int(size) for size in sent["shape"].split(",")]) if "shape" in sent else numbers
        return [None if isinstance(one, float) and math.isnan(one) else one for one in shaped.tolist()]
    if isinstance(sent, dict):
        return {name: _with_lists(held) for name, held in sent.items()}
    return [_with_lists(held) for held in sent] if isinstance(sent, list) else sent


def _title(axis: Mapping[str, Any]) -> str:
    return str((axis.get("title") or {}).get("text") or "")


def random_asked(seed: int, first: date, last: date, values: Mapping[str, Sequence[str | None]]) -> dict[str, str]:
    """A scope as a link may hold it: some days, none to two filters."""
    chance = random.Random(seed)
    asked = {"period": chance.choice(("last_7", "last_28", "last_week", "this_month", "all", "custom"))}
    if asked["period"] == "custom":
        start = first + timedelta(days=chance.randrange((last - first).days))
        end = start + timedelta(days=1 + chance.randrange(20))
        asked |= {"from": start.isoformat(), "to": end.isoformat()}
    for name in chance.sample(sorted(values), k=chance.choice((0, 0, 1, 2))):
        value = chance.choice(values[name])
        asked[name] = "(unknown)" if value is None else value
    return asked


def adds_up(card: Card) -> bool:
    """Whether the parts of a card that computes its own make the n that it names."""
    if card.asks or "n" not in card.export.columns or card.export.schema["n"] not in (pl.Int64, pl.UInt32):
        return True
    return int(card.export["n"].sum()) == card.basis.n
