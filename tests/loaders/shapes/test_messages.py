import polars as pl

from loaders.base import Built, RawTable
from loaders.build import build
from loaders.mapping import Mapping
from loaders.shapes.messages import KnownMessages
from metrics.tables import TABLES
from tests.loaders.raws import raw

MAPPING = Mapping(
    "talk",
    "messages",
    {"message_id": "id", "reply_to": "to", "at": "when", "author_kind": "kind", "author": "who", "text": "text"},
    options={"channel": "social"},
)
NAMES = ("id", "to", "when", "kind", "who", "text")


def talk(*rows: tuple[str | None, ...]) -> RawTable:
    return raw({name: [row[number] for row in rows] for number, name in enumerate(NAMES)})


def built(table: RawTable, known: pl.DataFrame | None = None) -> Built:
    earlier = None if known is None else KnownMessages(known)
    return build(table, MAPPING, source="talk", zone="UTC", known=earlier)


ASK = ("1", None, "2026-03-02 09:00", "customer", "c1", "Help")
AGAIN = ("2", "1", "2026-03-02 09:05", "customer", "c1", "Anyone?")
BOT = ("3", "1", "2026-03-02 09:01", "bot", "robo", "We got it")
REPLY = ("4", "2", "2026-03-02 09:20", "agent", "ann", "Here I am")


def test_a_conversation_begins_at_the_customer_s_first_message() -> None:
    result = built(talk(REPLY, BOT, ASK, AGAIN))
    ticket = result.tables["tickets"].row(0, named=True)
    stamps = {
        name: str(ticket[name])[11:16] for name in ("created_at", "first_responded_at", "first_auto_responded_at")
    }
    assert stamps == {"created_at": "09:00", "first_responded_at": "09:20", "first_auto_responded_at": "09:01"}
    names = ("ticket_id", "customer", "agent", "first_responder", "replies", "channel")
    assert [ticket[name] for name in names] == ["1", "c1", "ann", "ann", 1, "social"]
    assert result.tables["messages"]["ticket_id"].to_list() == ["1"] * 4
    assert dict(result.tables["tickets"].schema) == TABLES["tickets"].schema
    assert dict(result.tables["messages"].schema) == TABLES["messages"].schema


def test_an_agent_who_opens_waits_for_the_customer_and_is_no_first_response() -> None:
    offer = ("1", None, "2026-03-02 08:00", "agent", "ann", "Hello")
    question = ("2", "1", "2026-03-02 09:00", "customer", "c1", "Yes?")
    answer = ("3", "2", "2026-03-02 09:10", "agent", "bob", "This")
    ticket = built(talk(offer, question, answer)).tables["tickets"].row(0, named=True)
    assert (str(ticket["created_at"])[11:16], str(ticket["first_responded_at"])[11:16]) == ("09:00", "09:10")
    assert ticket["first_responder"] == "bob"


def test_a_conversation_without_a_customer_has_no_response_and_is_told() -> None:
    result = built(talk(("5", "4", "2026-03-02 09:10", "agent", "bob", "This")))
    ticket = result.tables["tickets"].row(0, named=True)
    assert (ticket["ticket_id"], ticket["first_responded_at"]) == ("4", None)
    assert "1 conversations hold no message of a customer" in str(result.notes[0])


def test_ids_written_as_decimal_numbers_are_the_same_ids() -> None:
    result = built(talk(ASK, ("2", "1.0", *AGAIN[2:])))
    assert result.tables["messages"]["reply_to"].to_list() == [None, "1"]
    assert result.tables["tickets"].height == 1


def test_a_later_file_continues_a_conversation_that_is_kept() -> None:
    first = built(talk(ASK)).tables["messages"]
    later = built(talk(AGAIN, REPLY), known=first)
    assert later.tables["tickets"].select("ticket_id", "replies").rows() == [("1", 1)]
    assert str(later.tables["tickets"]["created_at"][0])[11:16] == "09:00"
    assert later.tables["messages"]["message_id"].to_list() == ["2", "4"]
    assert later.loaded == 2


def test_conversations_that_a_later_message_joins_become_one() -> None:
    first = built(talk(REPLY, ("5", "4", "2026-03-02 09:30", "customer", "c1", "Thanks"))).tables["messages"]
    assert set(first["ticket_id"]) == {"2"}
    later = built(talk(ASK, AGAIN), known=first)
    tickets = later.tables["tickets"].select("ticket_id", "status").sort("ticket_id").rows()
    assert tickets == [("1", None), ("2", "merged")]
    moved = later.tables["messages"].sort("message_id").select("message_id", "ticket_id").rows()
    assert moved == [("1", "1"), ("2", "1"), ("4", "1"), ("5", "1")]


def test_the_source_s_own_conversation_number_is_kept() -> None:
    mapping = Mapping("talk", "messages", {**MAPPING.columns, "ticket_id": "session"})
    table = raw({**{n: [ASK[i], REPLY[i]] for i, n in enumerate(NAMES)}, "session": ["S1", "S1"]})
    result = build(table, mapping, source="talk", zone="UTC")
    assert result.tables["tickets"]["ticket_id"].to_list() == ["S1"]


def test_messages_without_time_or_number_are_set_aside_and_the_later_of_two_wins() -> None:
    result = built(talk(ASK, (None, *AGAIN[1:]), ("3", "1", None, *BOT[3:]), (*ASK[:5], "Help!")))
    told = sorted(result.rejects.select("line", "reason", "kind").rows())
    assert told == [
        (2, "duplicate_message_id", "rejected"),
        (3, "missing_message_id", "rejected"),
        (4, "missing_message_time", "rejected"),
    ]
    assert result.tables["messages"]["text"].to_list() == ["Help!"]
    assert result.loaded == 1
