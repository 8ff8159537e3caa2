"""The marks of a chart as a list."""

from dashboard.charts.drawing import Drawing, trace
from dashboard.components.mark_list import Listed, listed


def test_a_mark_is_named_by_what_it_says_when_pointed_at_and_markup_is_taken_off() -> None:
    hover = "<b>E-mail &amp; more</b><br>62%<br>n = 12<br>late"
    bar = trace("bar", x=[1], y=[1], customdata=[["email", 3]], hovertext=[hover])
    assert listed(Drawing(bar).made()) == (Listed("E-mail & more · 62% · n = 12", ("email", 3)),)


def test_two_traces_over_the_same_things_are_listed_once_in_the_order_drawn() -> None:
    told = {"customdata": [["b"], ["a"]], "hovertext": ["B", "A"]}
    drawing = Drawing(*(trace("scatter", x=[1, 2], y=[1, 2], **told) for _ in range(2)))
    assert [mark.name for mark in listed(drawing.made())] == ["B", "A"]


def test_what_leads_to_no_tickets_is_not_listed() -> None:
    assert listed(Drawing(trace("scatter", x=[1], y=[1], hovertext=["due"])).made()) == ()
