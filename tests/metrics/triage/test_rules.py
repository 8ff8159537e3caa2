"""Each rule finds the ticket that it is for, once, and none beside it; a preview also what has been settled since.

2 March 2026 is a Monday; the desk is open from 09:00 to 12:00 and from 13:00 to 18:00 UTC.
"""

from datetime import datetime
from typing import Any

import polars as pl
import pytest

from metrics.desk import Target
from metrics.facts import Facts
from metrics.triage import Rule, evaluate
from metrics.triage.preview import caught
from tests.builders import at, change, desk, facts, frame, message, rating, ticket

AS_OF = "2026-03-02 16:00"
SETTINGS = desk(Target("resolution", 4 * 3600), Target("first_response", 3600))
TICKETS = [
    ticket("late", "2026-03-02 09:00", team="Mail"),
    ticket("soon", "2026-03-02 12:30", team="Phone"),
    ticket("young", "2026-03-02 15:50"),
    ticket("done", "2026-03-02 09:00", status="resolved", resolved_at="2026-03-02 15:00", reopens=3),
    ticket("complaint", "2026-03-02 15:50", type="complaint", tier="specialist"),
    ticket("sub", "2026-03-02 15:50", type="delivery", subtype="complaint"),
    ticket("key", "2026-03-02 15:50", customer_class="key"),
    ticket("again", "2026-03-02 15:00", reopens=2),
    ticket("raised", "2026-03-02 15:00", escalated_at="2026-03-02 15:30", tier="cross_team"),
    ticket("words", "2026-03-02 15:00"),
    ticket("note", "2026-03-02 15:00"),
    ticket("rated", "2026-03-02 09:00", status="closed", resolved_at="2026-03-02 10:00", closed_at="2026-03-02 10:00"),
    ticket("sure", "2026-02-25 09:00", status="confirmed", resolved_at="2026-02-25 10:00"),
    ticket("unsure", "2026-02-25 09:00", status="resolved", resolved_at="2026-02-25 10:00"),
]
MESSAGES = [
    message("words", "2026-03-02 15:01", text="I will call my LAWYER now"),
    message("words", "2026-03-02 15:02", text="yes, my lawyer"),
    message("words", "2026-03-02 15:03", "agent", text="a lawyer"),
    message("note", "2026-03-02 15:01", "agent", text="need help here", is_public=False),
    message("young", "2026-03-02 15:51", text="please, help"),
    message("late", "2026-03-02 09:00", text="hello"),
    *(message(id, "2026-03-02 15:05", "agent", author="Ann", text="we look")
      for id in ("again", "raised", "words", "note")),
    message("soon", "2026-03-02 12:40", "agent", author="Ann", text="we look"),
]  # fmt: skip
CHANGES = [change("done", "2026-03-02 15:00", "resolved", from_value="open")]
RATINGS = [
    rating("rated", 1, "2026-03-02 11:00"), rating("done", 4, "2026-03-02 15:30"),
    rating("sure", 2, "2026-02-10 10:00"),
]  # fmt: skip


@pytest.fixture(scope="module")
def month() -> Facts:
    return facts(TICKETS, MESSAGES, CHANGES, RATINGS, settings=SETTINGS, as_of=AS_OF)


def found(of: Facts, rule: Rule) -> dict[str, dict[str, Any]]:
    told = evaluate(of, [rule], messages=frame("messages", MESSAGES).lazy())
    assert told.select("ticket_id", "occurrence").is_unique().all()
    return {str(row["ticket_id"]): row for row in told.iter_rows(named=True)}


EXPECTED = {
    "overdue": (Rule("overdue", "overdue"), {"late"}),
    "due_soon": (Rule("due_soon", "due_soon", share=0.75), {"soon"}),
    "no_response": (Rule("no_response", "no_response", seconds=7200), {"late"}),
    "unconfirmed": (Rule("unconfirmed", "unconfirmed", seconds=3 * 86_400, days=30), {"unsure"}),
    "reopened": (Rule("reopened", "reopened", times=2), {"again"}),
    "complaint": (Rule("complaint", "complaint", values=("complaint",)), {"complaint", "sub"}),
    "low_rating": (Rule("low_rating", "low_rating", share=0.25), {"rated"}),
    "key_customer": (Rule("key_customer", "key_customer", values=("key",)), {"key"}),
    "help": (Rule("help", "help", values=("need help",)), {"raised", "note"}),
    "words": (Rule("words", "words", values=("lawyer", "律师")), {"words"}),
    "critical_spot_check": (Rule("critical_spot_check", "critical_spot_check"), set()),
}


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_rule_finds_the_tickets_that_it_is_for(month: Facts, kind: str) -> None:
    rule, tickets = EXPECTED[kind]
    assert set(found(month, rule)) == tickets


def test_a_finding_tells_since_when_and_what_fills_its_sentence(month: Facts) -> None:
    late = evaluate(month, [EXPECTED["overdue"][0]]).to_dicts()
    assert {row["thing"]: (row["since"], row["seconds"]) for row in late} == {
        "first_response": (at("2026-03-02 10:00"), 3600),
        "resolution": (at("2026-03-02 14:00"), 4 * 3600),
    }
    rated = found(month, EXPECTED["low_rating"][0])["rated"]
    assert (rated["score"], rated["scale"], rated["since"]) == (1, 5, at("2026-03-02 11:00"))
    assert found(month, EXPECTED["words"][0])["words"]["value"] == "lawyer"
    assert found(month, EXPECTED["no_response"][0])["late"]["since"] == at("2026-03-02 09:00")


def test_a_rule_keeps_to_its_conditions_and_its_tier(month: Facts) -> None:
    rule = EXPECTED["overdue"][0]
    elsewhere = Rule("overdue", "overdue", where={"team": "Phone"})
    unknown = Rule("overdue", "overdue", where={"x_region": "north"})
    assert set(found(month, rule)) == {"late"}
    assert not found(month, elsewhere)
    assert not found(month, unknown)
    complaint = found(month, EXPECTED["complaint"][0])
    assert (complaint["complaint"]["tier"], complaint["sub"]["tier"]) == (2, 1)
    assert found(month, Rule("complaint", "angry", values=("complaint",), tier=4))["sub"]["tier"] == 4


def test_what_holds_still_is_found_under_the_same_name_again() -> None:
    """A later look adds nothing: an occurrence is named by what happened, not by when it is seen."""
    asked = [rule for rule, _tickets in EXPECTED.values()]
    text = frame("messages", MESSAGES).lazy()
    first, later = (
        evaluate(facts(TICKETS, MESSAGES, CHANGES, RATINGS, settings=SETTINGS, as_of=when), asked, messages=text)
        for when in (AS_OF, "2026-03-02 17:00")
    )
    keys = ["ticket_id", "rule", "occurrence"]
    gone = first.join(later, on=keys, how="anti")
    assert set(gone["rule"]) <= {"due_soon"}  # by then overdue


def test_no_text_finds_no_words_and_an_empty_desk_nothing(month: Facts) -> None:
    rules = [rule for rule, _tickets in EXPECTED.values()]
    assert evaluate(month, [EXPECTED["words"][0]]).is_empty()
    assert evaluate(facts(), rules, messages=frame("messages", []).lazy()).is_empty()


def preview(of: Facts, kind: str, start: datetime, end: datetime) -> set[str]:
    told = caught(of, EXPECTED[kind][0], start, end, messages=frame("messages", MESSAGES).lazy())
    return set(told["ticket_id"])


DAY = at("2026-03-02 00:00"), at("2026-03-03 00:00")


@pytest.mark.parametrize(("kind", "more"), [
    ("overdue", {"done"}), ("no_response", set()), ("reopened", {"done"}), ("complaint", set()), ("low_rating", set()),
    ("key_customer", set()), ("help", set()), ("words", set()), ("critical_spot_check", set()),
])  # fmt: skip
def test_a_preview_has_what_the_rule_finds_and_what_has_been_settled_since(
    month: Facts, kind: str, more: set[str]
) -> None:
    assert preview(month, kind, *DAY) == EXPECTED[kind][1] | more


def test_a_preview_counts_what_happened_within_its_days_only(month: Facts) -> None:
    assert preview(month, "overdue", at("2026-03-03 00:00"), at("2026-03-10 00:00")) == set()
    assert preview(month, "low_rating", at("2026-02-01 00:00"), at("2026-03-01 00:00")) == {"sure"}


def test_findings_have_one_shape(month: Facts) -> None:
    rules = [rule for rule, _tickets in EXPECTED.values()]
    shapes = {tuple(evaluate(month, some).schema.items()) for some in ([], rules, rules[:1])}
    assert len(shapes) == 1
    assert isinstance(evaluate(month, rules), pl.DataFrame)
