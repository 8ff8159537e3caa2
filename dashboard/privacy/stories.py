"""A ticket's story with masks over what tells who the customer is."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from dashboard.privacy.masking import masked, masked_cell, masked_frame, masked_person, masked_row
from dashboard.services.analysis.explain import Section
from dashboard.services.analysis.ticket_story import Event, Story


def masked_story(story: Story) -> Story:
    """The same story; texts, the customer and the source's own fields are masked, the desk's own people are not."""
    return replace(
        story,
        ticket=masked_row(story.ticket),
        events=tuple(map(_event, story.events)),
        messages=masked_messages(story.messages),
        siblings=masked_frame(story.siblings),
        own_fields={name: masked_cell(name, text) for name, text in story.own_fields.items()},
    )


def masked_sections(sections: Sequence[Section]) -> tuple[Section, ...]:
    """How the figures came about, likewise."""
    return tuple(replace(one, lines=tuple(masked(line) for line in one.lines)) for one in sections)


def masked_messages(messages: pl.DataFrame) -> pl.DataFrame:
    """Messages likewise; who wrote is masked where that is the customer."""
    hidden = masked_frame(messages, ["text"])
    if "author" not in hidden.columns:
        return hidden
    names = [
        masked_person(author) if author and kind == "customer" else author
        for author, kind in hidden.select("author", "author_kind").iter_rows()
    ]
    return hidden.with_columns(pl.Series("author", names, dtype=pl.String))


def _event(event: Event) -> Event:
    field = event.params.get("field") or ""
    params = {
        name: masked_cell(field, value) if value and name in ("before", "after") else value
        for name, value in event.params.items()
    }
    who = masked_person(event.who) if event.who and event.kind == "customer" else event.who
    return replace(event, who=who, params=params, text=None if event.text is None else masked(event.text))
