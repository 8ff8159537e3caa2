"""Questions that return, measured with the catalogue's own figures."""

from datetime import timedelta
from statistics import median

import polars as pl
import pytest

from dashboard.services.analysis import repeated_questions as service
from dashboard.services.analysis.repeated_questions import (
    Articles,
    Questions,
    repeated_questions,
    savings,
    tickets_asking,
)
from metrics.model import Scope
from tests.builders import Row, at, facts, message, period, tables, ticket

FIRST = at("2026-01-05 09:00")
ASKED = {"refund": "您好，退款多久能到账？", "parcel": "快递DD{n}到哪里了，还没收到", "filter": "{product}怎么更换滤芯"}
PRODUCTS = ("霜降净水器 W2", "白露加湿器 M1")
PRESENT = Scope(period("2026-03-09", "2026-04-06"))


def asking(*, weeks: int = 13, growing: str | None = None):  # type: ignore[no-untyped-def]
    """Facts and messages: each question once a day, thrice in the last four weeks where it grows."""
    tickets: list[Row] = []
    messages: list[Row] = []
    for day in range(7 * weeks):
        for place, (kind, text) in enumerate(ASKED.items()):
            often = 3 if kind == growing and day >= 7 * (weeks - 4) else 1
            for again in range(often):
                name, created = f"{kind}/{day}/{again}", FIRST + timedelta(days=day, minutes=place)
                product = PRODUCTS[day % 2]
                said = text.format(n=1000 + day, product=product)
                waits = created + timedelta(seconds=60 * (1 + place) + day)
                tickets.append(ticket(name, created, type=kind, product=product, subject="不是问题"))
                messages.append(message(name, f"{created:%Y-%m-%d %H:%M}", text=said))
                reply = message(name, f"{waits:%Y-%m-%d %H:%M:%S}", author_kind="agent", author="王芳", text="好的")
                later = message(name, f"{waits + timedelta(minutes=1):%Y-%m-%d %H:%M:%S}", text="谢谢，等了很久")
                messages += [reply, later]
    made = {"tickets": tickets, "messages": messages}
    as_of = FIRST + timedelta(weeks=weeks)
    return facts(**made, as_of=f"{as_of:%Y-%m-%d} 00:00"), tables(**made).messages


def by_type(found: Questions) -> dict[str, dict[str, object]]:
    return {str(row["type"]): row for row in found.table.iter_rows(named=True)}


def test_each_question_is_one_row_with_all_its_tickets() -> None:
    known, messages = asking()
    found = repeated_questions(known, messages, PRESENT)
    assert {kind: row["n"] for kind, row in by_type(found).items()} == {"refund": 28, "parcel": 28, "filter": 28}
    assert (found.read, found.with_text, found.left_out, found.repeated) == (84, 84, 0, 84)
    assert by_type(found)["refund"]["example"] == ASKED["refund"]
    assert by_type(found)["refund"]["per_week"] == 7


def test_the_figures_of_a_question_are_those_of_its_tickets() -> None:
    known, messages = asking()
    found = by_type(repeated_questions(known, messages, PRESENT))
    days = range(63, 91)
    assert found["parcel"]["first_response"] == median(120 + day for day in days)
    assert found["parcel"]["replies"] == 28
    assert found["refund"]["product_share"] == 0.5
    assert found["refund"]["type_share"] == 1


def test_growth_is_that_of_the_question_against_its_own_past() -> None:
    known, messages = asking(growing="parcel")
    found = by_type(repeated_questions(known, messages, PRESENT))
    assert found["parcel"]["ratio"] == pytest.approx(3)
    assert {kind: row["is_growing"] for kind, row in found.items()} == {
        "parcel": True,
        "refund": False,
        "filter": False,
    }


def test_the_tickets_of_a_question_are_those_that_its_row_counts() -> None:
    known, messages = asking()
    found = repeated_questions(known, messages, PRESENT)
    row = by_type(found)["filter"]
    rows = tickets_asking(known, found, str(row["question"]))
    assert rows.height == row["n"]
    assert set(rows["type"]) == {"filter"}
    assert rows["created_at"].is_sorted(descending=True)


def test_without_messages_the_subject_is_the_question() -> None:
    rows = [ticket(str(n), FIRST + timedelta(days=n), subject=f"发票抬头写错了 {n}") for n in range(6)]
    known = facts(rows, as_of="2026-02-01 00:00")
    found = repeated_questions(known, tables(rows).messages, Scope())
    assert found.table["n"].to_list() == [6]


def test_what_nobody_wrote_is_no_question() -> None:
    rows = [ticket(str(n), FIRST + timedelta(days=n)) for n in range(9)]
    found = repeated_questions(facts(rows, as_of="2026-02-01 00:00"), tables(rows).messages, Scope())
    assert found.table.is_empty()
    assert (found.read, found.with_text) == (9, 0)


def test_a_scope_too_large_is_read_from_its_newest_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "TICKETS_AT_MOST", 30)
    known, messages = asking()
    found = repeated_questions(known, messages, PRESENT)
    assert (found.read, found.left_out, found.spans) == (30, 54, None)
    assert found.table["is_growing"].null_count() == found.table.height


def test_articles_save_the_assumed_share_of_tickets_and_replies() -> None:
    known, messages = asking()
    found = repeated_questions(known, messages, PRESENT)
    saved = savings(found, Articles(2, 0.25, 4.0))
    assert [one.tickets for one in saved] == pytest.approx([7 * 0.25] * 2)
    assert [one.replies for one in saved] == pytest.approx([7 * 0.25] * 2)
    assert [one.minutes for one in saved] == pytest.approx([7 * 0.25 * 4] * 2)
    assert [one.minutes for one in savings(found, Articles(1, 0.25))] == [None]


def test_replies_that_nobody_tells_of_are_not_saved() -> None:
    rows = [ticket(str(n), FIRST + timedelta(days=n), subject="发票抬头写错了") for n in range(6)]
    found = repeated_questions(facts(rows, as_of="2026-02-01 00:00"), tables(rows).messages, Scope())
    assert savings(found, Articles(5, 0.5, 3.0))[0].replies is None
    assert isinstance(found.table, pl.DataFrame)
