"""What pages ask for of one ticket: what was written on it, and how its figures came about.

Masked, but for the minute in which a person has asked to see more; of no ticket that the reader may not open.
"""

import polars as pl

from dashboard import data
from dashboard.people.current import current_actor
from dashboard.people.unmasked import seconds_left
from dashboard.privacy.stories import masked_messages, masked_sections, masked_story
from dashboard.services.analysis.explain import Section, explained
from dashboard.services.analysis.ticket_story import Story, story


def messages(source: str, ticket_id: str) -> pl.DataFrame:
    """What was written on one ticket, oldest first, masked."""
    newest, of_ticket = data.desk().head(), data.is_ticket(source, ticket_id)
    if newest is None or not data.may_open(source, ticket_id):
        raise LookupError("messages were asked of a ticket that the desk does not have for this reader")
    with data.desk().warehouse.damage_told(newest.versions):
        told = data.desk().warehouse.scan("messages", newest.versions)
        return masked_messages(told.filter(of_ticket).sort("at", "message_id").collect())


def ticket_story(source: str | None, ticket_id: str) -> tuple[Story, tuple[Section, ...]]:
    """One ticket's story, and how its figures came about; masked, but for the minute in which this person may see more.

    Raises UnknownTicketError.
    """
    told, sections = data.kept(_ticket_story, source, ticket_id)
    if seconds_left(current_actor(), str(told.ticket["source"]), ticket_id) > 0:
        return told, sections
    return data.kept(_masked_ticket_story, source, ticket_id)


def _masked_ticket_story(source: str | None, ticket_id: str) -> tuple[Story, tuple[Section, ...]]:
    told, sections = data.kept(_ticket_story, source, ticket_id)
    return masked_story(told), masked_sections(sections)


def _ticket_story(source: str | None, ticket_id: str) -> tuple[Story, tuple[Section, ...]]:
    newest = data.desk().head()
    tables = data.desk().warehouse.tables(newest.versions if newest else {})
    with data.desk().warehouse.damage_told(newest.versions if newest else {}):
        told = story(data.readable(), data.settings(), tables, ticket_id, source=source)
        return told, tuple(explained(data.readable(), data.settings(), tables, ticket_id, source=source))
