"""Types: what is asked most, what grows, which questions return, and what an article that answers them would save."""

import polars as pl

from dashboard.components.analysis.question_words import questions_notes
from dashboard.format import dimension, span, value_name
from dashboard.privacy.masking import masked
from dashboard.reports.content import Content
from dashboard.reports.model import Chart, Column, Sheet, Table
from dashboard.services.analysis.asks import Ask
from dashboard.services.analysis.inquiry_types import growing, ranked
from dashboard.services.analysis.repeated_questions import Articles, repeated_questions, savings
from dashboard.wording import _, share
from metrics.catalog import metric
from metrics.compute import compute
from metrics.model import Period

ASSUMED = Articles(10, 0.3)
"""Of those who ask one of the first ten questions three in ten find the answer in an article."""
EXAMPLE_LENGTH = 200


def types(content: Content) -> Sheet:
    """The ranking, growth against the own past, repeated questions."""
    more = [_questions(content)] if content.messages is not None else []
    return Sheet("types", _("Types"), (
        *(_ranked(content, by) for by in ("type", "subtype", "product")),
        *(table for by in ("type", "product") if (table := _growth(content, by)) is not None), *more,
    ))  # fmt: skip


def _ranked(content: Content, by: str) -> Table:
    counts = compute([metric("tickets_created")], content.facts, content.scope, by=(by,))
    columns = (
        Column(by, dimension(by), "value", of=by, wide=18), Column("n", _("Tickets"), "count", is_barred=True),
        Column("share", _("Share"), "share"), Column("cumulative", _("Up to here"), "share"),
    )  # fmt: skip
    rows = ranked(counts, by)
    chart = Chart(
        "column", _("Tickets by {dimension}", dimension=dimension(by)), by, ("n",), line="cumulative", rows=12
    )
    return Table(f"types_{by}", _("By {dimension}", dimension=dimension(by)), columns, rows,
                 charts=(chart,) if rows.height > 1 else (), asks=(Ask(("tickets_created",), content.scope, (by,)),),
                 is_listed=rows.height > 45)  # fmt: skip


def _growth(content: Content, by: str) -> Table | None:
    found = growing(content.facts, content.scope, by=by)
    if found is None or found.groups.is_empty():
        return None
    columns = (
        Column(by, dimension(by), "value", of=by, wide=18), Column("weekly", _("Tickets a week"), "number"),
        Column("past_weekly", _("A week before"), "number"), Column("ratio", _("Times as many"), "number"),
        Column("low", _("From (95%)"), "number"), Column("high", _("To (95%)"), "number"),
        Column("is_growing", _("Growing"), "truth"),
    )  # fmt: skip
    notes = (_("Against {days} before it; growing: more than chance would let one expect among so many groups.",
               days=span(Period(found.spans.past, found.spans.start))),)  # fmt: skip
    return Table(f"growth_{by}", _("Growth by {dimension}", dimension=dimension(by)), columns, found.groups, notes,
                 is_listed=found.groups.height > 45)  # fmt: skip


def _questions(content: Content) -> Table:
    """The questions that return, their examples masked, and what an article would keep away each week."""
    assert content.messages is not None
    found = repeated_questions(content.facts, content.messages, content.scope)
    saved = savings(found, Articles(found.table.height, ASSUMED.answered))
    examples = [masked(text[:EXAMPLE_LENGTH]) if text else None for text in found.table["example"]]
    frame = found.table.with_columns(
        pl.Series("example", examples, dtype=pl.String), rank=pl.int_range(1, pl.len() + 1),
        saved=pl.Series([one.tickets for one in saved], dtype=pl.Float64),
        replies_saved=pl.Series([one.replies for one in saved], dtype=pl.Float64),
        of_type=pl.Series([_most("type", *pair) for pair in found.table.select("type", "type_share").iter_rows()],
                          dtype=pl.String),
    )  # fmt: skip
    columns = (
        Column("example", _("Question, as one customer wrote it"), wide=44),
        Column("n", _("Tickets"), "count", is_barred=True), Column("per_week", _("Tickets a week"), "number"),
        Column("ratio", _("Times as many"), "number"),
        Column("first_response", _("First response, median"), "length"),
        Column("fcr", _("First contact resolution"), "share"), Column("cycle_calendar", _("Elapsed, median"), "length"),
        Column("of_type", dimension("type")), Column("saved", _("Tickets a week saved"), "number"),
        Column("replies_saved", _("Replies a week saved"), "number"),
    )  # fmt: skip
    notes = (
        *questions_notes(found).split("  \n"),
        _("Saved: if an article answers {share} of those who ask.", share=share(ASSUMED.answered, digits=0)),
    )
    return Table("questions", _("Questions that return"), columns, frame, notes, is_listed=False)


def _most(name: str, value: str | None, part: float | None) -> str | None:
    return None if value is None or part is None else f"{value_name(name, value)} ({share(part, digits=0)})"
