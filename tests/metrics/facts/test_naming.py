"""The desk's own names: which word becomes which, from which day on, and what then obeys."""

from datetime import date

import polars as pl

from metrics.desk import DeskSettings, Membership, RatingScale, Renaming, Target
from metrics.facts import Facts
from metrics.facts.naming import names_of
from tests.builders import change, desk, facts, rating, state, ticket, value

THIRD = date(2026, 3, 3)


def column(made: Facts, name: str) -> list[str | None]:
    return made.tickets.sort("ticket_id")[name].to_list()


def days(**columns: str | None) -> list[dict[str, object]]:
    """A ticket on each of the first four days of March, all alike."""
    return [ticket(str(day), f"2026-03-0{day} 09:00", **columns) for day in (1, 2, 3, 4)]


def test_a_type_is_merged_from_its_day_on_and_the_second_level_comes_along() -> None:
    merged = desk(renamings=(Renaming("type", "stock", "product", subname="stock", since=THIRD),))
    made = facts(days(type="stock", subtype="how many"), settings=merged)
    assert column(made, "type") == ["stock", "stock", "product", "product"]
    assert column(made, "subtype") == ["how many", "how many", "stock", "stock"]
    kept = facts(
        days(type="stock", subtype="how many"), settings=desk(renamings=(Renaming("type", "stock", "product"),))
    )
    assert column(kept, "subtype") == ["how many"] * 4


def test_a_word_leads_on_to_the_next_one_and_never_round() -> None:
    rows = (Renaming("type", "ret", "returns"), Renaming("type", "returns", "after-sales", subword="exchange"),
            Renaming("type", "after-sales", "ret"))  # fmt: skip
    made = facts([ticket("1", type="ret", subtype="exchange"), ticket("2", type="ret")], settings=desk(renamings=rows))
    assert column(made, "type") == ["ret", "returns"]


def test_what_a_newer_agreement_renames_is_what_the_older_one_made() -> None:
    rows = (Renaming("type", "a", "b"), Renaming("type", "b", "a", agreed=THIRD))
    assert (
        column(facts([ticket("1", type="a"), ticket("2", type="b")], settings=desk(renamings=rows)), "type")
        == ["a"] * 2
    )


def test_a_question_asked_again_under_the_merged_name_is_the_same_question() -> None:
    asked = [ticket("1", type="stock", customer="c", status="resolved", resolved_at="2026-03-02 10:00", reopens=0),
             ticket("2", "2026-03-04 09:00", type="product", customer="c")]  # fmt: skip
    apart, merged = (
        facts(asked, settings=desk(renamings=rows), as_of="2026-04-01 00:00")
        for rows in ((), (Renaming("type", "stock", "product"),))
    )
    assert (value("fcr_repeat", apart), value("fcr_repeat", merged)) == (1.0, 0.0)


def test_one_person_under_two_names_hands_nothing_over_to_himself() -> None:
    named = desk(renamings=(Renaming("agent", "li", "Li Na"),))
    moves = [change("1", "2026-03-02 10:00", "Li Na", field="agent", from_value="li"),
             change("1", "2026-03-02 11:00", "Wu", field="agent", from_value="Li Na")]  # fmt: skip
    made = facts([ticket("1", agent="li")], changes=moves, settings=named)
    assert (made.tickets["agent"].item(), made.tickets["handoffs"].item()) == ("Li Na", 1)


def test_the_team_of_the_person_on_that_day_stands_in_where_the_data_name_none() -> None:
    members = (Membership("Li", "a", until=THIRD), Membership("Li", "b", since=THIRD))
    made = facts([*days(agent="Li"), ticket("5", agent="Li", team="own"), ticket("6", agent="Wu")],
                 settings=desk(memberships=members))  # fmt: skip
    assert column(made, "team") == ["a", "a", "b", "b", "own", None]


def test_a_membership_agreed_later_goes_before_one_that_began_later() -> None:
    members = (Membership("Li", "a", since=THIRD), Membership("Li", "b", agreed=THIRD))
    assert column(facts(days(agent="Li"), settings=desk(memberships=members)), "team") == ["b"] * 4


def test_a_priority_that_no_load_knew_is_read_from_the_word_that_was_kept() -> None:
    words = (("P0", "urgent"), ("High", "urgent"), ("normal", "low"))
    renamings = tuple(Renaming("priority", word, name) for word, name in words)
    named = desk(renamings=renamings, word_fields={"priority": ("x_priority",)})
    rows = [ticket("1", x_priority="p0"), ticket("2", priority="important", x_priority="High"),
            ticket("3", priority="normal", x_priority="P3"), ticket("4", x_priority="?")]  # fmt: skip
    assert column(facts(rows, settings=named), "priority") == ["urgent", "urgent", "low", None]


def test_people_of_a_switch_and_their_hours_go_by_the_same_names_and_rates() -> None:
    named = desk(renamings=(Renaming("agent", "li", "Li Na"),), memberships=(Membership("Li Na", "a"),),
                 hourly_cost=10.0, team_costs={"a": 30.0})  # fmt: skip
    hours = [state("li", "available", "2026-03-02 09:00", "2026-03-02 11:00"),
             state("Wu", "available", "2026-03-02 09:00", "2026-03-02 11:00")]  # fmt: skip
    made = facts(agent_states=hours, settings=named).agent_time.sort("agent")
    assert made.select("agent", "team", "cost").rows() == [("Li Na", "a", 60.0), ("Wu", None, 20.0)]


def test_without_names_of_its_own_a_desk_has_its_rows_as_they_are() -> None:
    rows = days(type="stock", agent="Li", priority="low")
    renamed = facts(
        rows, settings=desk(renamings=(Renaming("type", "other", "x"),), memberships=(Membership("Wu", "a"),))
    )
    assert renamed.tickets.equals(facts(rows).tickets)


def test_all_words_for_one_person_are_known_by_each_of_them() -> None:
    rows = tuple(Renaming("agent", word, "Li Na", since=THIRD) for word in ("li", "李娜"))
    for known in ("li", "李娜", "Li Na"):
        made = desk(renamings=(*rows, Renaming("agent", "wu", "Wu")))
        assert names_of(made, "agent", known) == {"li", "李娜", "Li Na"}
    assert names_of(DeskSettings("UTC", (), ()), "agent", "li") == {"li"}


def test_a_word_that_went_from_one_person_to_another_gives_neither_what_is_the_others() -> None:
    rows = (Renaming("agent", "desk 3", "Li", until=THIRD), Renaming("agent", "desk 3", "Wu", since=THIRD))
    for name in ("Li", "Wu", "desk 3"):
        assert names_of(desk(renamings=rows), "agent", name) == {name}


def test_a_scale_of_its_own_says_which_scores_are_satisfied() -> None:
    marks = (RatingScale(6, 1, 6, 2, source="school"), RatingScale(5, 5, 1, 5))
    given = [rating("1", score, "2026-03-02 10:00", scale=scale, source=source, rating_id=f"{source}{score}")
             for score, scale, source in ((4.0, 5, "desk"), (5.0, 5, "desk"), (2.0, 6, "school"), (3.0, 6, "school"),
                                          (2.0, 6, "desk"))]  # fmt: skip
    made = facts([ticket("1")], ratings=given, settings=desk(rating_scales=marks)).ratings
    told = {row["rating_id"]: (row["is_satisfied"], round(row["score5"], 2)) for row in made.to_dicts()}
    school = {"school2.0": (True, 4.2), "school3.0": (False, 3.4)}
    assert told == {"desk4.0": (False, 4.0), "desk5.0": (True, 5.0), "desk2.0": (False, 1.8), **school}


def test_the_wish_of_a_promise_stands_on_what_it_decided() -> None:
    wished = desk(Target("first_response", 3600, "calendar", wanted=0.9))
    made = facts([ticket("1", first_responded_at="2026-03-02 09:30"), ticket("2", "2026-03-02 11:50")],
                 settings=wished, as_of="2026-03-02 12:00").sla_instances  # fmt: skip
    assert made.filter(pl.col("thing") == "first_response").select("ticket_id", "wished").rows() == [
        ("1", 0.9),
        ("2", None),
    ]
