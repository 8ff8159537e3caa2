"""A ticket's story with masks over what tells who the customer is."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import polars as pl

from dashboard.privacy.masking import masked, masked_cell, masked_frame, masked_person, masked_row, without_names
from dashboard.services.analysis.explain import Section
from dashboard.services.analysis.ticket_story import Event, Story


def masked_story(story: Story) -> Story:
    """The same story; texts, the customer and the source's own fields are masked, the desk's own people are not.

    The customer's name is masked in what was written, too.
    """
    customers = _customers(story.messages, str(story.ticket["customer"] or ""))
    ticket = masked_row(story.ticket)
    if story.ticket["subject"]:
        ticket["subject"] = without_names(str(ticket["subject"]), customers)
    return replace(
        story,
        ticket=ticket,
        events=tuple(_event(event, customers) for event in story.events),
        messages=masked_messages(story.messages, customer=str(story.ticket["customer"] or "")),
        siblings=masked_frame(story.siblings),
        own_fields={name: masked_cell(name, text) for name, text in story.own_fields.items()},
    )


def masked_sections(sections: Sequence[Section]) -> tuple[Section, ...]:
    """How the figures came about, likewise."""
    return tuple(replace(one, lines=tuple(masked(line) for line in one.lines)) for one in sections)


def masked_messages(messages: pl.DataFrame, *, customer: str = "") -> pl.DataFrame:
    """Messages of one ticket likewise; who wrote is masked where that is the customer."""
    hidden = masked_frame(messages, ["text"])
    if "author" not in hidden.columns:
        return hidden
    customers = _customers(messages, customer)
    names = [
        masked_person(author) if author and kind == "customer" else author
        for author, kind in hidden.select("author", "author_kind").iter_rows()
    ]
    texts = [None if text is None else without_names(text, customers) for text in hidden["text"]]
    return hidden.with_columns(pl.Series("author", names, dtype=pl.String), pl.Series("text", texts, dtype=pl.String))


def _customers(messages: pl.DataFrame, customer: str) -> frozenset[str]:
    """By what names the customer of these messages is known: no name that one of the desk's people has, too."""
    wrote = messages.select("author", "author_kind").drop_nulls("author").rows()
    theirs = {author for author, kind in wrote if kind == "customer"} | {customer}
    return frozenset(theirs - {author for author, kind in wrote if kind != "customer"} - {""})


def _event(event: Event, customers: Collection[str]) -> Event:
    field = event.params.get("field") or ""
    params = {
        name: masked_cell(field, value) if value and name in ("before", "after") else value
        for name, value in event.params.items()
    }
    who = masked_person(event.who) if event.who and event.kind == "customer" else event.who
    text = None if event.text is None else without_names(masked(event.text), customers)
    return replace(event, who=who, params=params, text=text)
