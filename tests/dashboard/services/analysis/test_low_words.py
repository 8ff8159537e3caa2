"""Which texts are read, and what is held against what."""

import pytest

from dashboard.services.analysis import low_words as service
from dashboard.services.analysis.low_words import low_words, saying
from metrics.model import Scope
from tests.builders import Row, facts, message, rating, tables, ticket


def desk_of(*rows: tuple[str, int, str | None, str | None]):  # type: ignore[no-untyped-def]
    """Facts and messages of tickets (id, stars, comment, what the customer wrote)."""
    tickets = [ticket(name, "2026-03-02 09:00") for name, *_rest in rows]
    ratings = [rating(name, stars, "2026-03-03 09:00", comment=comment) for name, stars, comment, _text in rows]
    messages: list[Row] = [
        message(name, "2026-03-02 09:00", text=text) for name, _stars, _comment, text in rows if text is not None
    ]
    messages.append(message("a", "2026-03-02 09:10", author_kind="agent", text="客服的话"))
    made = {"tickets": tickets, "messages": messages, "ratings": ratings}
    return facts(**made, as_of="2026-04-30 00:00"), tables(**made).messages


def test_comments_are_held_against_comments() -> None:
    known, messages = desk_of(
        ("a", 1, "太慢", "退款"), ("b", 5, "专业", "发票"), ("c", 2, None, "退款"), ("d", 4, " ", "x")
    )
    found = low_words(known, messages, Scope(), said="comments")
    assert sorted(found.tickets["ticket_id"]) == ["a", "b"]
    assert (found.n_low, found.n_others) == (1, 1)


def test_messages_are_read_only_of_tickets_without_a_comment() -> None:
    known, messages = desk_of(
        ("a", 1, "太慢", "退款"), ("c", 2, None, "怎么退款"), ("d", 4, " ", "开发票"), ("e", 5, None, None)
    )
    found = low_words(known, messages, Scope(), said="messages")
    told = dict(found.tickets.select("ticket_id", "words").iter_rows())
    assert told == {"c": ["退款"], "d": ["开发票"]}


def test_a_word_leads_to_the_low_tickets_that_say_it() -> None:
    rows = [(f"l{n}", 1, "太慢了" if n < 6 else "态度差", None) for n in range(10)]
    rows += [(f"h{n}", 5, "太慢了" if n < 1 else "很专业", None) for n in range(60)]
    known, messages = desk_of(*rows)
    found = low_words(known, messages, Scope(), said="comments")
    word = found.words.row(0, named=True)
    assert (word["word"], word["n"], word["others"], word["n_all"], word["others_all"]) == ("太慢", 6, 1, 10, 60)
    assert sorted(saying(found, "太慢")["ticket_id"]) == [f"l{n}" for n in range(6)]


def test_a_ticket_counts_by_its_latest_rating_of_the_scope() -> None:
    made = {
        "tickets": [ticket("a", "2026-03-02 09:00")],
        "ratings": [
            rating("a", 1, "2026-03-03 09:00", rating_id="1", comment="太慢"),
            rating("a", 5, "2026-03-04 09:00", rating_id="2", comment="专业"),
        ],
    }
    found = low_words(facts(**made, as_of="2026-04-30 00:00"), tables(**made).messages, Scope(), said="comments")
    assert found.tickets.select("text", "is_low").rows() == [("专业", False)]


def test_what_is_left_unread_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "TICKETS_AT_MOST", 2)
    known, messages = desk_of(*[(str(n), 1 + n % 5, "太慢", None) for n in range(5)])
    assert low_words(known, messages, Scope(), said="comments").left_out == 3
