"""Columns and their types are those of the fact, whatever a desk has: nothing that is put together later may clash."""

from metrics.desk import DeskSettings, Target
from metrics.facts import Facts
from metrics.model import FactName
from tests.builders import change, desk, facts, message, rating, ticket

FACTS: tuple[FactName, ...] = ("tickets", "replies", "ratings", "sla_instances", "calls", "agent_time", "contacts")
PROMISES = desk(*(Target(thing, 3600) for thing in ("first_response", "next_response", "resolution")))


def full(settings: DeskSettings) -> Facts:
    """A desk with something of everything."""
    return facts(
        [ticket("1", status="resolved", resolved_at="2026-03-02 12:00", first_responded_at="2026-03-02 09:30"),
         ticket("2", tier="specialist", date_only=["first_responded_at"])],
        [message("1", "2026-03-02 09:00"), message("1", "2026-03-02 09:30", "agent"), message("1", "2026-03-02 10:00")],
        [change("1", "2026-03-02 11:00", "resolved"), change("1", "2026-03-02 11:30", "open"),
         change("1", "2026-03-02 12:00", "resolved")],
        [rating("1", 5, "2026-03-02 13:00")], settings=settings, as_of="2026-03-03 00:00",
    )  # fmt: skip


def few(settings: DeskSettings) -> Facts:
    return facts([ticket()], settings=settings)


def test_the_columns_and_types_of_a_fact_are_the_same_on_every_desk() -> None:
    whole = full(PROMISES)
    for other in (facts(), facts(settings=PROMISES), full(desk(calendars=())), few(desk())):
        for name in FACTS:
            assert other.frame(name).schema == whole.frame(name).schema, name
