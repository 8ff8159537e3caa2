"""A chart while it is being drawn, and when it is made: plain words and numbers that a browser takes as they are."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Self

import plotly.graph_objects as go
import polars as pl
from plotly.basedatatypes import BaseFigure
from plotly.subplots import make_subplots

Properties = dict[str, Any]
NOT_LAID_OUT = {"template"}


def trace(kind: str, **properties: Any) -> Properties:
    """Marks of a kind (`bar`, `scatter` …) with Plotly's properties for them."""
    return {"type": kind, **properties}


@dataclass(frozen=True)
class Chart:
    """A chart in Plotly's words. Nobody may change `plain`: all sessions are shown the same.

    Plotly's own figures check and copy all that they hold, which takes longer than all else about a chart; what a chart
    is made of does not depend on the data, so it is checked in tests, not before every reader: see `checked`.
    """

    plain: Properties

    @cached_property
    def checked(self) -> go.Figure:
        """The same as a figure of Plotly's. Raises ValueError for a word that Plotly does not know."""
        return go.Figure(self.plain)

    @property
    def data(self) -> Any:
        """The marks, by traces."""
        return self.checked.data

    @property
    def layout(self) -> Any:
        """Axes, words and lines."""
        return self.checked.layout

    def to_plotly_json(self) -> Properties:
        """What Plotly's figure of it holds."""
        return self.checked.to_plotly_json()  # type: ignore[no-any-return]

    def to_send(self) -> BaseFigure:
        """What `st.plotly_chart` sends on without another look at it."""
        return _AsItIs({**self.plain, "layout": {**self.plain["layout"], "template": _template()}})


class _AsItIs(BaseFigure):  # type: ignore[misc]  # Plotly tells no types
    """Streamlit has Plotly check every mapping that it is given; of a figure it takes what `to_dict` gives."""

    def __init__(self, plain: Properties) -> None:
        self.__dict__["plain"] = plain  # and nothing of what Plotly's figures are else made of

    def to_dict(self) -> Properties:
        plain: Properties = self.__dict__["plain"]
        return plain


@lru_cache(maxsize=1)
def _template() -> Properties:
    """The theme that Streamlit lays over every figure."""
    template: Properties = go.Figure().to_dict()["layout"]["template"]
    return template


class Drawing:
    """What a chart is to hold, in the words of Plotly's own figures.

    Plotly's figures check and copy all they hold at every change; a chart is made of dozens. Here a change costs
    nothing. None takes a property away, a mapping is merged.
    """

    def __init__(self, *traces: Properties) -> None:
        self._traces = list(traces)
        self._columns: int | None = None
        self._panels = 1
        self._shapes: list[Properties] = []
        self._annotations: list[Properties] = []
        self._layout: Properties = {"xaxis": {}, "yaxis": {}}

    @classmethod
    def in_panels(cls, rows: int, columns: int, **how: Any) -> Self:
        """Panels in rows and columns, as `make_subplots` lays them out."""
        drawing = cls()
        laid = deepcopy(_panels(rows, columns, json.dumps(how)))
        drawing._annotations = list(laid.pop("annotations", ()))
        drawing._layout = {name: value for name, value in laid.items() if name not in NOT_LAID_OUT}
        drawing._columns, drawing._panels = columns, rows * columns
        return drawing

    def made(self) -> Chart:
        """The chart as it stands."""
        laid = {**self._layout, "shapes": self._shapes, "annotations": self._annotations}
        drawn = {name: _plain(value) for name, value in laid.items() if value not in ([], {})}
        return Chart({"data": [_plain(marks) for marks in self._traces], "layout": drawn})

    def add_trace(self, marks: Properties, *, row: int | None = None, col: int | None = None) -> Self:
        if row is not None and col is not None:
            end = self._end(row, col)
            marks = {**marks, "xaxis": f"x{end}", "yaxis": f"y{end}"}
        self._traces.append(marks)
        return self

    def add_bar(self, *, row: int | None = None, col: int | None = None, **properties: Any) -> Self:
        return self.add_trace(trace("bar", **properties), row=row, col=col)

    def add_scatter(self, **properties: Any) -> Self:
        return self.add_trace(trace("scatter", **properties))

    def add_shape(self, **properties: Any) -> Self:
        self._shapes.append(properties)
        return self

    def add_annotation(self, **properties: Any) -> Self:
        self._annotations.append(properties)
        return self

    def add_hline(self, *, y: Any, label: Properties | None = None, **properties: Any) -> Self:
        """A line across every panel; *label*: the annotation at its right end."""
        for x_name, y_name in self._drawn_on():
            refs = {"xref": f"{x_name} domain", "yref": y_name}
            self.add_shape(type="line", x0=0, x1=1, y0=y, y1=y, **refs, **properties)
            if label is not None:
                self.add_annotation(x=1, y=y, xanchor="right", yanchor="bottom", showarrow=False, **refs, **label)
        return self

    def add_vline(self, *, x: Any, label: Properties | None = None, **properties: Any) -> Self:
        """A line from top to bottom of every panel; *label*: the annotation right of its upper end."""
        for x_name, y_name in self._drawn_on():
            refs = {"xref": x_name, "yref": f"{y_name} domain"}
            self.add_shape(type="line", x0=x, x1=x, y0=0, y1=1, **refs, **properties)
            if label is not None:
                self.add_annotation(x=x, y=1, xanchor="left", yanchor="top", showarrow=False, **refs, **label)
        return self

    def add_vrect(self, *, x0: Any, x1: Any, **properties: Any) -> Self:
        """A band from top to bottom of every panel."""
        for x_name, y_name in self._drawn_on():
            refs = {"xref": x_name, "yref": f"{y_name} domain"}
            self.add_shape(type="rect", x0=x0, x1=x1, y0=0, y1=1, **refs, **properties)
        return self

    def update_layout(self, **properties: Any) -> Self:
        _merge(self._layout, properties)
        return self

    def update_xaxes(self, *, row: int | None = None, col: int | None = None, **properties: Any) -> Self:
        return self._update_axes("xaxis", row, col, properties)

    def update_yaxes(self, *, row: int | None = None, col: int | None = None, **properties: Any) -> Self:
        return self._update_axes("yaxis", row, col, properties)

    def update_annotations(self, **properties: Any) -> Self:
        for annotation in self._annotations:
            _merge(annotation, properties)
        return self

    def _update_axes(self, kind: str, row: int | None, col: int | None, properties: Properties) -> Self:
        for name in [name for name in self._layout if name.startswith(kind)]:
            if self._stands_in(int(name.removeprefix(kind) or 1) - 1, row, col):
                _merge(self._layout[name], properties)
        return self

    def _stands_in(self, place: int, row: int | None, col: int | None) -> bool:
        if self._columns is None:
            return True
        return row in {None, place // self._columns + 1} and col in {None, place % self._columns + 1}

    def _end(self, row: int, col: int) -> str:
        place = (row - 1) * (self._columns or 1) + col
        return "" if place == 1 else str(place)

    def _drawn_on(self) -> Iterator[tuple[str, str]]:
        """The axes of the only panel, or of each that has marks."""
        if self._columns is None:
            yield "x", "y"
            return
        used = {(marks.get("xaxis"), marks.get("yaxis")) for marks in self._traces}
        for place in range(self._panels):
            names = (f"x{place + 1}", f"y{place + 1}") if place else ("x", "y")
            if names in used:
                yield names


@lru_cache(maxsize=256)
def _panels(rows: int, columns: int, how: str) -> Properties:
    """Where Plotly puts so many panels and their names: a matter of numbers alone."""
    laid: Properties = make_subplots(rows, columns, **json.loads(how)).to_plotly_json()["layout"]
    return laid


def _plain(value: Any) -> Any:
    """The value with lists for columns of numbers, and without properties that say nothing."""
    if isinstance(value, dict):
        told = {name: _plain(held) for name, held in value.items() if held is not None}
        return {name: held for name, held in told.items() if held != {}}
    if isinstance(value, pl.Series):
        return value.to_list()
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [_plain(held) for held in value]
    return value


def _merge(held: Properties, new: Mapping[str, Any]) -> None:
    for name, value in new.items():
        if isinstance(value, Mapping):
            if not isinstance(held.get(name), dict):
                held[name] = {}
            _merge(held[name], value)
        elif value is not None:
            held[name] = value
        elif not isinstance(held.get(name), dict):
            held.pop(name, None)
