"""A drawing makes the very figure that Plotly's own calls make."""

from datetime import date, datetime

import plotly.graph_objects as go
import pytest
from plotly.subplots import make_subplots

from dashboard.charts.drawing import Drawing, trace

LINE = {"color": "#cc3a30", "width": 2}
LABEL = {"text": "goal", "font": {"size": 11}}


def same(drawing: Drawing, figure: go.Figure) -> bool:
    return bool(drawing.made().to_plotly_json() == figure.to_plotly_json())


def test_axes_lines_bands_and_words_are_those_of_plotly() -> None:
    days = [date(2026, 1, 1), date(2026, 1, 2)]
    begin, end = datetime(2026, 1, 1), datetime(2026, 1, 2)  # noqa: DTZ001 - places on an axis
    drawing = Drawing(trace("bar", x=days, y=[1, 2])).add_scatter(x=days, y=[3, None], mode="lines")
    figure = go.Figure(go.Bar(x=days, y=[1, 2])).add_scatter(x=days, y=[3, None], mode="lines")
    for one in (drawing, figure):
        one.update_xaxes(title={"text": "day", "font": {"size": 12}}, range=None, tickvals=days)
        one.update_xaxes(title={"standoff": 10})
        one.update_layout(legend={"y": 1.2}, margin={"l": 8, "r": 8}).update_layout(margin={"r": 80})
        one.add_vrect(x0=begin, x1=end, fillcolor="#ccc", line={"width": 0}, layer="below")
        one.add_annotation(x=begin, y=1, yref="paper", text="▾", showarrow=False)
        one.add_shape(type="line", x0=0, x1=1, y0=0, y1=1)
        one.update_annotations(font={"color": "#333"})
    drawing.add_hline(y=2, line=LINE, label=LABEL).add_vline(x=begin, line=LINE)
    figure.add_hline(y=2, line=LINE, annotation=dict(LABEL)).add_vline(x=begin, line=LINE)
    assert same(drawing, figure)


def test_a_line_down_a_chart_is_named_as_by_plotly() -> None:
    drawing = Drawing(trace("scatter", x=[1, 2], y=[1, 2])).add_vline(x=1.5, line=LINE, label=LABEL)
    assert same(drawing, go.Figure(go.Scatter(x=[1, 2], y=[1, 2])).add_vline(x=1.5, line=LINE, annotation=dict(LABEL)))


def test_panels_are_laid_out_filled_and_crossed_as_by_plotly() -> None:
    how = {"shared_xaxes": "all", "shared_yaxes": "all", "subplot_titles": ["a", "b", "c"], "vertical_spacing": 0.1}
    drawing, figure = Drawing.in_panels(2, 2, **how), make_subplots(2, 2, **how)
    for one in (drawing, figure):
        for place in range(3):
            one.add_bar(x=[1, 2], y=[place, 2], row=place // 2 + 1, col=place % 2 + 1)
        one.update_yaxes(title={"text": "tickets"}, col=1)
        one.update_xaxes(title={"text": "day"}, showticklabels=True, row=2, col=1)
        one.update_xaxes(visible=False, row=2, col=2)
        one.add_hline(y=1, line=LINE)
        one.add_vrect(x0=0, x1=1, fillcolor="#ccc")
        one.update_annotations(font={"size": 12})
    assert same(drawing, figure)


def test_a_property_that_plotly_does_not_know_is_refused() -> None:
    chart = Drawing(trace("bar", x=[1], y=[1])).update_xaxes(colour="red").made()
    with pytest.raises(ValueError, match="colour"):
        chart.to_plotly_json()


def test_what_is_merged_into_an_axis_is_not_changed_by_what_follows() -> None:
    title = {"text": "day"}
    Drawing().update_xaxes(title=title).update_xaxes(title={"standoff": 10})
    assert title == {"text": "day"}
