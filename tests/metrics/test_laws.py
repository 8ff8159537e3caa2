"""The laws that every figure obeys, over the whole catalogue."""

from collections import defaultdict
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest

from dashboard.wording import LANGUAGES, catalogue
from metrics.absence import absences
from metrics.catalog import METRICS, OWN, definition_key, label_keys, own_metric, short_key
from metrics.compute import compute, rows_behind
from metrics.desk import Target
from metrics.facts import Facts, build_facts
from metrics.model import Balance, Metric, Period, Quotient, Ratio, Scope, Stock, Total, Unit
from metrics.tables import CHANNELS, STATUSES, Tables
from tests.builders import (
    Row,
    at,
    calendar,
    change,
    desk,
    facts,
    frame,
    interval,
    message,
    outcome,
    rating,
    state,
    ticket,
)

ALL = list(METRICS.values())
COUNTS = [metric for metric in ALL if isinstance(metric.value, Total)]
SPLITS = ("channel", "team", "agent", "weekday", "hour", "peak", "x_shop")
MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
SETTINGS = desk(
    Target("first_response", 3600), Target("next_response", 1800), Target("resolution", 86_400, "calendar"),
    zone="Asia/Shanghai", calendars=(calendar(zone="Asia/Shanghai"),), hourly_cost=40.0,
)  # fmt: skip
SUMMED = {"calls", "agent_time"}
"""Facts whose rows are sums: a figure counts what is in them, not the rows."""
SINGLE_CALLS = {metric.id for metric in ALL if "single_calls" in metric.needs}
"""What interval counts can never tell."""


def stamp(random: Random, start: str, hours: float) -> str:
    return (at(start) + timedelta(seconds=int(random.random() * hours * 3600))).isoformat(sep=" ")[:19]


def busy_month() -> tuple[list[Row], list[Row], list[Row], list[Row]]:
    random = Random(11)
    tickets, messages, changes, ratings = [], [], [], []
    aside = Random(12)
    for number in range(400):
        id, created = str(number), stamp(random, "2026-02-27 00:00", 30 * 24)
        ended = stamp(random, created, 72)
        tickets.append(
            ticket(
                id, created, status=random.choice(STATUSES), channel=random.choice([*CHANNELS[:3], None]),
                team=random.choice(["a", "b", None]), agent=random.choice(["Ann", "Bob"]),
                first_responded_at=random.choice([stamp(random, created, 5), None]),
                first_auto_responded_at=random.choice([stamp(random, created, 0.1), None]),
                resolved_at=random.choice([ended, ended, None]), reopens=random.choice([0, 0, 1, 2, None]),
                handoffs=random.choice([0, 1, None]), x_shop=random.choice(["north", "south", None]),
                customer=aside.choice(["Li", "Wu", "He", "Xu", None, str(number)]), type=aside.choice(["a", "b", None]),
                escalated_at=aside.choice([stamp(aside, created, 50), None, None]),
                x_fcr_survey=aside.choice(["yes", "no", None]), kb_article=("KB-7", "no", None)[number % 3],
            )
        )  # fmt: skip
        for _ in range(random.randrange(5)):
            kind = random.choice(["customer", "customer", "agent", "bot"])
            messages.append(message(id, stamp(random, created, 30), kind, author=random.choice(["Ann", "Cid"])))
        if number % 3 == 0:
            changes.append(change(id, ended, "resolved", from_value="open"))
            ratings.append(rating(id, random.randint(1, 5), random.choice([stamp(random, ended, 24), None])))
            ratings.append(rating(id, aside.choice([*range(11), None]), stamp(aside, ended, 24), scale=10,
                                  rating_id=f"{id}-nps", offered_at=ended))  # fmt: skip
    tickets.append(ticket("close to its limit", "2026-04-09 03:00", agent="Ann", channel="chat"))
    return tickets, list({row["message_id"]: row for row in messages}.values()), changes, ratings


def busy_switch() -> dict[str, list[Row]]:
    """Counts of a switch, the states of its people and what customers bought, through the same days."""
    random = Random(13)
    arrivals, states, outcomes = [], [], []
    for number in range(30 * 24):
        start = (at("2026-02-27 00:00") + timedelta(hours=number)).isoformat(sep=" ")[:19]
        answered, abandoned = random.randint(0, 30), random.choice([0, 1, 4, None])
        arrivals.append(
            interval(start, random.choice([answered + (abandoned or 0), None]), answered=answered, abandoned=abandoned,
                     channel=random.choice(["phone", "chat", None]), team=random.choice(["a", "b", None]),
                     answered_within_target=answered // 2, abandoned_short=min(abandoned or 0, 1),
                     handle_seconds=answered * 200.5, wait_seconds=answered * 31.0,
                     answered_wait_seconds=answered * 30.0)
        )  # fmt: skip
    for day in range(28):
        for person in ("Ann", "Bob"):
            begin = at("2026-02-27 01:00") + timedelta(days=day, minutes=random.randrange(30))
            states.append(
                state(person, "planned", str(begin)[:19], str(begin + timedelta(hours=9))[:19], source="plan")
            )
            for kind in ("available", "talking", "after_call", "break", "other_work", "talking", "off"):
                states.append(state(person, kind, str(begin)[:19], team=random.choice(["a", "b"])))
                begin += timedelta(minutes=random.randrange(5, 160))
    for _ in range(300):
        who = random.choice(["Li", "Wu", "He", "Xu", str(random.randrange(400))])
        outcomes.append(
            outcome(who, stamp(random, "2026-02-20 00:00", 48 * 24), random.choice(["order", "repurchase"]))
        )
    return {"arrivals": arrivals, "agent_states": states, "outcomes": outcomes}


@pytest.fixture(scope="module")
def month() -> Facts:
    tickets, messages, changes, ratings = busy_month()
    return facts(tickets, messages, changes, ratings, settings=SETTINGS, as_of="2026-04-10 00:00", **busy_switch())


def answers(answer: pl.DataFrame, *keys: str) -> dict[tuple[Any, ...], Row]:
    return {tuple(row[key] for key in ("metric", *keys)): row for row in answer.iter_rows(named=True)}


def test_the_month_puts_every_metric_to_use(month: Facts) -> None:
    unused = [row["metric"] for row in compute(ALL, month).iter_rows(named=True) if not row["n"]]
    assert set(unused) == SINGLE_CALLS
    assert set(absences(ALL, month)) == SINGLE_CALLS


def test_the_catalogue_has_the_ids_of_the_grammar() -> None:
    things = ("first_response", "first_auto_response", "next_response", "first_resolution", "full_resolution",
              "full_resolution_from_response", "cycle_time", "requester_wait", "sla_overrun")  # fmt: skip
    statistics = ("p50", "p75", "p90", "p95", "p99", "mean")
    times = {
        f"{thing}_{clock}_{statistic}"
        for thing in things
        for clock in ("calendar", "business")
        for statistic in statistics
    }
    named = {
        "tickets_created", "tickets_resolved", "closed_without_resolution", "tickets_set_aside", "backlog", "replies",
        "reopens", "handoffs", "ratings", "reopen_rate", "first_response_within_target", "next_response_within_target",
        "resolution_within_target", "csat", "csat_mean", "resolution_rate", "clearance_rate", "escalations",
        "escalation_rate", "load_balance", "response_consistency", "bot_share", "human_share", "csat_response_rate",
        "nps", "fcr", "fcr_repeat", "fcr_repeat_1d", "fcr_repeat_3d", "fcr_repeat_14d", "fcr_repeat_30d",
        "fcr_one_touch", "fcr_no_reopen", "fcr_survey", "sla_attainment", "sla_at_risk", "kb_use", "calls_offered",
        "calls_answered", "calls_abandoned", "service_level", "abandonment", "occupancy", "adherence",
        "tickets_per_agent_hour", "cost_per_inquiry", "conversion_rate", "repurchase_rate", "asa_served_calendar_mean",
    }  # fmt: skip
    at_the_switch = {f"{thing}_calendar_{statistic}" for thing in ("handle_time", "asa") for statistic in statistics}
    waiting = {
        f"{thing}_{clock}_waiting_{statistic}"
        for thing in ("first_response", "next_response")
        for clock in ("calendar", "business")
        for statistic in statistics[:-1]
    }
    assert set(METRICS) == times | named | waiting | at_the_switch
    assert all(id == metric.id for id, metric in METRICS.items())
    assert not set(OWN) & set(METRICS)
    assert all(own_metric(id).id == id for id in OWN)


def test_nothing_gives_null_and_n_0_and_a_count_of_nothing_0_unless_it_is_absent() -> None:
    empty = facts(settings=SETTINGS)
    for row in compute(ALL, empty).iter_rows(named=True):
        is_count = METRICS[row["metric"]].unit is Unit.COUNT and row["metric"] not in absences(ALL, empty)
        assert (row["value"], row["n"], row["low"], row["high"]) == (0.0 if is_count else None, 0, None, None), row


def test_a_filter_that_nothing_fits_gives_null_and_n_0(month: Facts) -> None:
    for row in compute(ALL, month, Scope(where={"channel": ("carrier pigeon",)})).iter_rows(named=True):
        is_count = METRICS[row["metric"]].unit is Unit.COUNT
        assert (row["value"], row["n"]) == (0.0 if is_count else None, 0), row


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_is_of_no_account(month: Facts, seed: int) -> None:
    names = ("tickets", "messages", "changes", "ratings")
    whole = dict(zip(names, busy_month(), strict=True)) | busy_switch()
    shuffled = {name: frame(name, made).sample(fraction=1, shuffle=True, seed=seed) for name, made in whole.items()}
    again = build_facts(Tables.of(**shuffled), SETTINGS, as_of=month.as_of)
    for by in ((), ("agent",)):
        first, second = compute(ALL, month, by=by), compute(ALL, again, by=by)
        for one, other in zip(first.iter_rows(named=True), second.iter_rows(named=True), strict=True):
            assert one == {**other, **{k: pytest.approx(other[k]) for k in ("value", "low", "high")}}


@pytest.mark.parametrize("every", ["day", "week", "month", "hour"])
def test_the_counts_of_half_open_periods_add_up_to_the_whole(month: Facts, every: Any) -> None:
    whole = answers(compute(COUNTS, month))
    sums: defaultdict[str, float] = defaultdict(float)
    for row in compute(COUNTS, month, every=every).iter_rows(named=True):
        sums[row["metric"]] += row["value"] or 0
    assert sums == {metric.id: whole[metric.id,]["value"] for metric in COUNTS}


def test_two_adjoining_periods_count_what_both_count_together(month: Facts) -> None:
    middle = date(2026, 3, 17)
    halves = [compute(COUNTS, month, Scope(Period(*pair))) for pair in ((MARCH.start, middle), (middle, MARCH.end))]
    parts = [answers(half) for half in halves]
    for key, row in answers(compute(COUNTS, month, Scope(MARCH))).items():
        assert row["value"] == sum(part[key]["value"] for part in parts)


@pytest.mark.parametrize("by", SPLITS)
def test_the_parts_add_up_to_the_whole(month: Facts, by: str) -> None:
    counted = [metric for metric in ALL if isinstance(metric.value, Total | Stock)]
    sums: defaultdict[str, float] = defaultdict(float)
    sizes: defaultdict[str, int] = defaultdict(int)
    for row in compute(ALL, month, Scope(MARCH), by=[by]).iter_rows(named=True):
        sums[row["metric"]] += row["value"] or 0
        sizes[row["metric"]] += row["n"]
    whole = answers(compute(ALL, month, Scope(MARCH)))
    assert {metric.id: sums[metric.id] for metric in counted} == {m.id: whole[m.id,]["value"] for m in counted}
    assert dict(sizes) == {id: row["n"] for (id,), row in whole.items()}


def test_a_group_is_what_a_filter_on_it_gives(month: Facts) -> None:
    for by in ("channel", "agent"):
        split = compute(ALL, month, Scope(MARCH), by=[by])
        for group in split[by].unique():
            alone = compute(ALL, month, Scope(MARCH, where={by: (group,)}))
            inside = split.filter(pl.col(by).eq_missing(pl.lit(group))).drop(by)
            for one, other in zip(inside.iter_rows(named=True), alone.iter_rows(named=True), strict=True):
                assert one["n"] == other["n"]
                assert one["value"] == pytest.approx(other["value"]) or other["n"] == 0


def test_flows_and_the_opening_stock_make_the_closing_stock(month: Facts) -> None:
    ids = ("tickets_created", "tickets_resolved", "closed_without_resolution", "tickets_set_aside", "backlog")
    days = answers(compute([METRICS[id] for id in ids], month, every="day"), "period")
    periods = sorted({period for _, period in days})
    stock = 0.0
    for period in periods:
        came, *gone, standing = (days[id, period]["value"] for id in ids)
        if came is not None:
            stock += came - sum(gone)
            assert standing == stock


def test_values_keep_within_their_unit_and_their_interval(month: Facts) -> None:
    bounds = {Unit.SHARE: (0, 1), Unit.SCORE: (1, 5), Unit.SECONDS: (0, 1e9), Unit.COUNT: (0, 1e9),
              Unit.POINTS: (-100, 100), Unit.RATE: (0, 1e9), Unit.RATIO: (0, 1e9),
              Unit.MONEY: (0, 1e9)}  # fmt: skip
    for row in compute(ALL, month, by=["channel"], every="week").iter_rows(named=True):
        low, high = bounds[METRICS[row["metric"]].unit]
        for value in (row["value"], row["low"], row["high"]):
            assert value is None or low <= value <= high, row
        assert row["low"] is None or row["low"] <= row["value"] + 1e-9, row
        assert row["high"] is None or row["value"] <= row["high"] + 1e-9, row
        assert row["unit"] == METRICS[row["metric"]].unit.value


def test_business_time_is_never_longer_than_calendar_time(month: Facts) -> None:
    for name in month.tickets.columns:
        if name.endswith("_calendar_seconds"):
            longer = pl.col(name.replace("_calendar_", "_business_")) > pl.col(name)
            assert month.tickets.filter(longer).height == 0


@pytest.mark.parametrize("metric", ALL, ids=lambda metric: metric.id)
def test_the_rows_behind_a_figure_are_as_many_as_it_counts(month: Facts, metric: Metric) -> None:
    for scope in (Scope(), Scope(MARCH, where={"channel": ("chat", None)})):
        behind = rows_behind(metric, month, scope)
        (row,) = compute([metric], month, scope).iter_rows(named=True)
        assert behind.height == row["n"] or (metric.fact in SUMMED and (behind.height > 0) == (row["n"] > 0))
        dated = behind[metric.at].drop_nulls()
        assert dated.equals(dated.sort(descending=True))


@pytest.mark.parametrize("metric", ALL, ids=lambda metric: metric.id)
def test_a_metric_is_declared_whole(metric: Metric) -> None:
    counted = Total | Stock | Balance
    assert metric.interval != "none" or isinstance(metric.value, counted)
    assert isinstance(metric.value, Total) or metric.source
    assert metric.minimum_n > 1 or isinstance(metric.value, counted)
    assert (metric.interval == "wilson") == (metric.unit is Unit.SHARE and isinstance(metric.value, Ratio))
    assert (metric.interval == "quotient") == isinstance(metric.value, Quotient)
    assert metric.unit is not Unit.SHARE or isinstance(metric.value, Ratio | Quotient)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_metric_has_its_words(language: Any) -> None:
    known = catalogue(language)
    for metric in ALL:
        label = label_keys(metric)
        needed = [label.thing, label.clock, label.statistic, short_key(metric), definition_key(metric)]
        assert [key for key in needed if key is not None and key not in known] == [], metric.id


def test_a_figure_depends_on_data_settings_and_as_of_alone(month: Facts) -> None:
    tickets, messages, changes, ratings = busy_month()
    later = [ticket("later", "2026-05-01 00:00")]
    switch = busy_switch()
    switch["arrivals"].append(interval("2026-05-01 00:00", 5))
    again = facts([*tickets, *later], messages, changes, ratings, settings=SETTINGS, as_of="2026-04-10 00:00", **switch)
    assert compute(ALL, again, by=["team"]).equals(compute(ALL, month, by=["team"]))
