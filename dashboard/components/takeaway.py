"""What can be taken home from a page."""

from dataclasses import dataclass

import polars as pl

from dashboard.charts.drawing import Chart
from dashboard.components.definition import Basis
from dashboard.services.analysis.asks import Ask
from metrics.model import Scope


@dataclass(frozen=True)
class Takeaway:
    """A table or chart of a page. `figures`: its numbers · chart: where it has one · metric_id, basis: what it counts.

    definition: what the numbers are, where they are of no figure of the catalogue · of_tickets: its rows are tickets ·
    scopes: what it was asked for, where that is not what the sidebar asks · asks: how to ask the same again.
    """

    name: str
    title: str
    figures: pl.DataFrame
    chart: Chart | None = None
    metric_id: str = ""
    basis: Basis | None = None
    definition: str = ""
    notes: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    scopes: tuple[Scope, ...] = ()
    of_tickets: bool = False
