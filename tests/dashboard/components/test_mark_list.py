"""The marks of a chart as a list."""

import plotly.graph_objects as go

from dashboard.components.mark_list import Listed, listed


def test_a_mark_is_named_by_what_it_says_when_pointed_at_and_markup_is_taken_off() -> None:
    hover = "<b>E-mail &amp; more</b><br>62%<br>n = 12<br>late"
    bar = go.Bar(x=[1], y=[1], customdata=[["email", 3]], hovertext=[hover])
    assert listed(go.Figure(bar)) == (Listed("E-mail & more · 62% · n = 12", ("email", 3)),)


def test_two_traces_over_the_same_things_are_listed_once_in_the_order_drawn() -> None:
    told = {"customdata": [["b"], ["a"]], "hovertext": ["B", "A"]}
    figure = go.Figure([go.Scatter(x=[1, 2], y=[1, 2], **told), go.Scatter(x=[1, 2], y=[2, 3], **told)])
    assert [mark.name for mark in listed(figure)] == ["B", "A"]


def test_what_leads_to_no_tickets_is_not_listed() -> None:
    assert listed(go.Figure(go.Scatter(x=[1], y=[1], hovertext=["due"]))) == ()
