"""The demo desk looks like a service desk: its figures move as such figures do."""

from datetime import date

import polars as pl
import pytest

from dashboard.demo.generating import DemoData
from dashboard.demo.inquiries import BAD_BATCH, BAD_PRODUCT, PRODUCTS
from dashboard.demo.people import TEAMS, TRAINING_DAY


@pytest.fixture(scope="module")
def tickets(demo: DemoData) -> pl.DataFrame:
    local = pl.col("created_at").dt.convert_time_zone("Asia/Shanghai")
    wait = (pl.col("first_responded_at") - pl.col("created_at")).dt.total_seconds()
    return demo.tickets.with_columns(day=local.dt.date(), hour=local.dt.hour(), wait=wait)


def per_day(tickets: pl.DataFrame, first: date, last: date) -> float:
    return tickets.filter(pl.col("day").is_between(first, last)).height / ((last - first).days + 1)


def test_it_has_the_size_of_a_real_desk(demo: DemoData) -> None:
    assert 145_000 <= demo.tickets.height <= 155_000
    assert 3 <= demo.messages.height / demo.tickets.height <= 6
    assert demo.tickets["channel"].n_unique() == 7
    assert 55 <= demo.tickets["agent"].n_unique() <= 70
    assert demo.tickets["team"].drop_nulls().n_unique() == len(TEAMS)
    assert demo.tickets["type"].n_unique() >= 20


def test_most_is_written_in_chinese(demo: DemoData) -> None:
    assert 0.8 < (demo.tickets["language"] == "zh").mean() < 0.99
    chinese = demo.messages["text"].str.contains(r"\p{Han}").mean()
    assert chinese > 0.8


def test_promotions_surge_and_make_people_wait(tickets: pl.DataFrame) -> None:
    for peak in (date(2025, 6, 18), date(2025, 11, 11), date(2026, 6, 18), date(2026, 11, 11)):
        quiet = date(peak.year, 8, 10), date(peak.year, 9, 10)
        assert per_day(tickets, peak, peak) > 2.2 * per_day(tickets, *quiet)
        chats = tickets.filter((pl.col("channel") == "chat") & pl.col("hour").is_between(9, 20))
        usual = chats.filter(pl.col("day").is_between(*quiet))["wait"].median()
        assert chats.filter(pl.col("day") == peak)["wait"].median() > 1.5 * usual


def test_spring_festival_is_quiet(tickets: pl.DataFrame) -> None:
    festival = per_day(tickets, date(2026, 2, 15), date(2026, 2, 23))
    assert festival < 0.5 * per_day(tickets, date(2026, 1, 12), date(2026, 1, 31))


def test_mondays_and_office_hours_are_busiest(tickets: pl.DataFrame) -> None:
    usual = tickets.filter(pl.col("day").is_between(date(2026, 7, 6), date(2026, 9, 13)))
    by_weekday = usual.group_by(pl.col("day").dt.weekday()).len().sort("day")["len"].to_list()
    assert by_weekday[0] == max(by_weekday)
    assert by_weekday[6] == min(by_weekday)
    by_hour = dict(usual.group_by("hour").len().rows())
    assert min(by_hour[hour] for hour in (9, 10, 14, 15)) > max(by_hour[hour] for hour in (3, 7, 12, 18, 23))


def test_ratings_fall_with_waiting(demo: DemoData, tickets: pl.DataFrame) -> None:
    rated = demo.ratings.filter(pl.col("score").is_not_null()).join(tickets, on="ticket_id")
    waited = rated.filter(pl.col("wait").is_not_null())
    assert waited.select(pl.corr(pl.col("wait").log1p(), "score")).item() < -0.15
    assert (
        waited.filter(pl.col("wait") < 60)["score"].mean() > waited.filter(pl.col("wait") > 7_200)["score"].mean() + 0.3
    )
    assert 0.27 < demo.ratings["score"].is_not_null().mean() < 0.34
    assert 3.8 < rated["score"].mean() < 4.5


def test_reopened_escalated_and_handed_over_are_of_usual_size(demo: DemoData) -> None:
    assert 0.04 <= (demo.tickets["reopens"] > 0).mean() <= 0.06
    assert 0.02 <= demo.tickets["escalated_at"].is_not_null().mean() <= 0.06
    assert 0.04 <= (demo.tickets["handoffs"] > 0).mean() <= 0.12


def test_the_bad_batch_brings_requests_low_ratings_and_reopens(demo: DemoData, tickets: pl.DataFrame) -> None:
    asked = pl.col("type").is_in(["technical_support", "returns_exchanges"])
    ours = tickets.filter((pl.col("product") == PRODUCTS[BAD_PRODUCT]) & asked)
    first, last = BAD_BATCH
    assert per_day(ours, first, last) > 4 * per_day(ours, date(2025, 12, 1), date(2026, 2, 28))
    during, before = pl.col("day").is_between(first, last), pl.col("day") < first
    assert (ours.filter(during)["reopens"] > 0).mean() > 1.4 * (ours.filter(before)["reopens"] > 0).mean()
    scores = demo.ratings.join(ours, on="ticket_id")
    assert scores.filter(during)["score"].mean() < scores.filter(before)["score"].mean() - 0.4


def test_subscriptions_grow(tickets: pl.DataFrame) -> None:
    ours = tickets.filter(pl.col("type") == "subscription")
    assert per_day(ours, date(2026, 9, 1), date(2026, 10, 31)) > 4 * per_day(ours, date(2025, 6, 1), date(2025, 7, 31))


def test_the_mail_team_improves_after_its_training(tickets: pl.DataFrame) -> None:
    ours = tickets.filter(pl.col("team") == "邮件留言组")
    before = ours.filter(pl.col("day").is_between(date(2026, 4, 1), date(2026, 5, 31)))["wait"].median()
    after = ours.filter((pl.col("day") > TRAINING_DAY) & pl.col("day").is_between(date(2026, 8, 1), date(2026, 9, 30)))
    assert after["wait"].median() < 0.6 * before


def test_agents_write_in_their_hours(demo: DemoData) -> None:
    hour = pl.col("at").dt.convert_time_zone("Asia/Shanghai").dt.hour()
    replies = demo.messages.filter(pl.col("author_kind") == "agent").select(at_work=hour.is_between(9, 21))
    assert replies["at_work"].mean() > 0.97


def test_this_morning_some_wait_and_some_are_open(demo: DemoData) -> None:
    counts = dict(demo.tickets.group_by("status").len().rows())
    assert 20 <= counts["new"] <= 200
    assert 80 <= counts["open"] <= 600
    overnight = demo.tickets.filter((pl.col("status") == "new") & (pl.col("channel") == "chat"))
    assert overnight.height > 0


def test_customers_come_back(demo: DemoData) -> None:
    same = ["customer", "type"]
    ordered = demo.tickets.sort("created_at").with_columns(
        since=(pl.col("created_at") - pl.col("created_at").shift().over(same)).dt.total_days()
    )
    assert 0.05 < (ordered["since"] < 7).sum() / ordered.height < 0.15
