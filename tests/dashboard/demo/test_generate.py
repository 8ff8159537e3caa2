"""The demo desk is always the same, conforms to the canonical tables and contradicts itself nowhere."""

import polars as pl
import pytest

from dashboard.demo import NEWEST
from dashboard.demo.generating import DemoData, generate
from metrics.tables import INSTANT, TABLES

NAMES = tuple(TABLES)
LIFE = ("created_at", "first_responded_at", "first_resolved_at", "resolved_at", "closed_at")


def failing(frame: pl.DataFrame, holds: pl.Expr) -> int:
    return frame.filter(~holds).height


def test_it_is_the_same_every_time(demo: DemoData) -> None:
    again = generate()
    assert all(again.tables[name].equals(demo.tables[name]) for name in NAMES)


def test_another_seed_gives_another_desk(demo: DemoData) -> None:
    assert not generate(8).tickets.equals(demo.tickets)


@pytest.mark.parametrize("name", NAMES)
def test_every_table_conforms_to_its_schema(demo: DemoData, name: str) -> None:
    frame, table = demo.tables[name], TABLES[name]
    assert dict(frame.schema) == table.schema
    assert frame.select(pl.col(table.required).null_count()).row(0) == (0,) * len(table.required)
    assert frame.select(pl.struct(table.key).n_unique()).item() == frame.height
    assert frame["source"].unique().to_list() == ["demo"]


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_and_closed_set_holds(demo: DemoData, name: str) -> None:
    frame, table = demo.tables[name], TABLES[name]
    assert {rule.name: failing(frame, rule.holds) for rule in table.rules if failing(frame, rule.holds)} == {}
    closed = {column.name: column.values for column in table.columns if column.values}
    assert {name for name, values in closed.items() if failing(frame, pl.col(name).is_in(values))} == set()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_after_the_newest_stamp(demo: DemoData, name: str) -> None:
    newest = demo.tables[name].select(pl.max_horizontal(pl.selectors.by_dtype(INSTANT).max())).item()
    assert newest <= NEWEST


def test_the_newest_stamp_is_friday_five_to_nine_in_shanghai(demo: DemoData) -> None:
    newest = demo.tickets["updated_at"].dt.convert_time_zone("Asia/Shanghai").max()
    assert f"{newest:%A %Y-%m-%d %H:%M}" == "Friday 2026-11-20 08:55"


def test_a_tickets_instants_follow_each_other(demo: DemoData) -> None:
    pairs = [(earlier, later) for i, earlier in enumerate(LIFE) for later in LIFE[i + 1 :]]
    wrong = {pair: failing(demo.tickets, pl.col(pair[1]) >= pl.col(pair[0])) for pair in pairs}
    assert {pair: count for pair, count in wrong.items() if count} == {}
    assert failing(demo.tickets, pl.col("escalated_at") >= pl.col("first_responded_at")) == 0
    assert failing(demo.tickets, pl.col("updated_at") >= pl.max_horizontal(*LIFE, "escalated_at")) == 0


def test_the_status_agrees_with_the_instants(demo: DemoData) -> None:
    tickets = demo.tickets
    assert failing(tickets, (pl.col("status") == "closed") == pl.col("closed_at").is_not_null()) == 0
    done = pl.col("status").is_in(["resolved", "confirmed"])
    assert failing(tickets.filter(done), pl.col("resolved_at").is_not_null() & pl.col("closed_at").is_null()) == 0
    active = tickets.filter(pl.col("status").is_in(["new", "open", "pending"]))
    assert failing(active, pl.col("resolved_at").is_null()) == 0
    assert failing(active, (pl.col("status") == "new") == pl.col("first_responded_at").is_null()) == 0


def test_messages_agree_with_their_tickets(demo: DemoData) -> None:
    said = demo.messages.join(demo.tickets, on="ticket_id", how="left", validate="m:1")
    assert failing(said, pl.col("at") >= pl.col("created_at")) == 0
    assert said["created_at"].null_count() == 0
    public = demo.messages.filter((pl.col("author_kind") == "agent") & pl.col("is_public"))
    found = demo.tickets.join(
        public.group_by("ticket_id").agg(first=pl.col("at").min(), count=pl.len()), on="ticket_id", how="left"
    )
    assert failing(found, pl.col("first").eq_missing(pl.col("first_responded_at"))) == 0
    assert failing(found, pl.col("count").fill_null(0) == pl.col("replies")) == 0
    openings = demo.messages.group_by("ticket_id", maintain_order=True).first()
    assert openings["author_kind"].unique().to_list() == ["customer"]
    assert openings.height == demo.tickets.height


def test_a_reply_points_to_a_message_of_the_customer_before_it(demo: DemoData) -> None:
    asked = demo.messages.select(pl.col("message_id").alias("reply_to"), asked_ticket="ticket_id", asked_at="at",
                                 asked_by="author_kind")  # fmt: skip
    replies = demo.messages.filter(pl.col("reply_to").is_not_null()).join(asked, on="reply_to", how="left")
    holds = (pl.col("asked_ticket") == pl.col("ticket_id")) & (pl.col("asked_by") == "customer")
    assert replies.height > 300_000
    assert failing(replies, holds & (pl.col("asked_at") <= pl.col("at"))) == 0


def test_the_changes_tell_the_tickets_life(demo: DemoData) -> None:
    status = demo.changes.filter(pl.col("field") == "status").sort("ticket_id", "sequence")
    chained = status.with_columns(before=pl.col("to_value").shift().over("ticket_id"))
    assert failing(chained, pl.col("from_value").eq_missing(pl.col("before"))) == 0
    assert failing(chained, pl.col("at") >= pl.col("at").shift().over("ticket_id")) == 0
    reopened = (pl.col("from_value") == "resolved") & (pl.col("to_value") == "open")
    told = status.group_by("ticket_id").agg(
        last=pl.col("to_value").last(), reopened=reopened.sum(), begins=pl.col("at").first()
    )
    both = demo.tickets.join(told, on="ticket_id", how="left")
    assert failing(both, (pl.col("last") == pl.col("status")).fill_null(False)) == 0
    assert failing(both, pl.col("reopened") == pl.col("reopens")) == 0
    assert failing(both, pl.col("begins") == pl.col("created_at")) == 0


def test_ratings_are_asked_for_after_the_resolution_and_given_after_the_question(demo: DemoData) -> None:
    rated = demo.ratings.join(demo.tickets, on="ticket_id", how="left")
    assert failing(rated, (pl.col("offered_at") >= pl.col("first_resolved_at")).fill_null(False)) == 0
    assert failing(rated, pl.col("given_at") >= pl.col("offered_at")) == 0
    assert failing(rated, pl.col("score").is_null() == pl.col("given_at").is_null()) == 0
