"""The questions of a supervisor's pages, in the words of each contender."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from metrics.model import Every, Period, Scope

YEAR = Period(date(2025, 1, 1), date(2026, 1, 1))
QUARTER, NINETY = Period(date(2025, 4, 1), date(2025, 7, 1)), Period(date(2025, 4, 10), date(2025, 7, 9))
TWO = Period(date(2025, 5, 1), date(2025, 7, 1))
THIRTY = Period(date(2025, 9, 3), date(2025, 10, 3))
QUANTILES = (0.5, 0.9, 0.95, 0.99)
FIRST = [f"first_response_calendar_p{q}" for q in (50, 90, 95, 99)]
FULL = [f"full_resolution_calendar_p{q}" for q in (50, 90, 95, 99)]
WITHIN = ["first_response_within_target", "resolution_within_target"]
FEW = {"team": ("team 03", "team 07", "team 12"), "priority": ("important", "urgent")}
TYPES = {"type": ("type 01", "type 02")}
SQL_QUANTILES = "quantile_cont({}, [0.5, 0.9, 0.95, 0.99])"
GROUPS = {"observed": True, "sort": False}


@dataclass(frozen=True)
class Question:
    """One question; `covered` tells whether some rollup answers it."""

    name: str
    ids: list[str]
    sql: list[str]
    frames: Callable[[pd.DataFrame, pd.DataFrame], object]
    by: tuple[str, ...] = ()
    every: Every | None = None
    scope: Scope = Scope(YEAR)  # noqa: RUF009 - frozen
    covered: bool = True


def between(column: str, period: Period) -> str:
    return f"{column} >= DATE '{period.start}' and {column} < DATE '{period.end}'"


def inside(frame: pd.DataFrame, column: str, period: Period) -> pd.DataFrame:
    return frame[(frame[column] >= pd.Timestamp(period.start)) & (frame[column] < pd.Timestamp(period.end))]


def weeks(days: "pd.Series[pd.Timestamp]") -> "pd.Series[pd.Timestamp]":
    return days - pd.to_timedelta(days.dt.day_of_week, unit="D")


def months(days: "pd.Series[pd.Timestamp]") -> "pd.Series[pd.Timestamp]":
    return days - pd.to_timedelta(days.dt.day - 1, unit="D")


def kpis(tickets: pd.DataFrame, ratings: pd.DataFrame) -> list[object]:
    return [
        inside(tickets, "first_day", TWO)["first_seconds"].quantile(QUANTILES),
        inside(tickets, "full_day", TWO)["full_seconds"].quantile(QUANTILES),
        inside(tickets, "first_decided", TWO)["first_met"].mean(),
        inside(tickets, "full_decided", TWO)["full_met"].mean(),
        inside(tickets, "created", TWO)["reopened"].mean(),
        inside(ratings, "rated", TWO)["satisfied"].mean(),
    ]


def agents(tickets: pd.DataFrame, period: Period) -> list[object]:
    return [
        inside(tickets, "first_day", period).groupby("agent", **GROUPS)["first_seconds"].quantile([0.5, 0.9]),
        inside(tickets, "first_decided", period).groupby("agent", **GROUPS)["first_met"].mean(),
        inside(tickets, "full_day", period).groupby("agent", **GROUPS)["full_seconds"].size(),
    ]


def agents_sql(period: Period) -> list[str]:
    return [
        "select agent, quantile_cont(first_seconds, [0.5, 0.9]) from t "
        f"where {between('first_day', period)} group by 1",
        f"select agent, avg(first_met::int) from t where {between('first_decided', period)} group by 1",
        f"select agent, count(*) from t where {between('full_day', period)} group by 1",
    ]


def agents_of(name: str, period: Period, *, covered: bool) -> Question:
    ids = [FIRST[0], FIRST[1], WITHIN[0], "tickets_resolved"]
    return Question(
        name, ids, agents_sql(period), lambda t, _: agents(t, period), ("agent",), None, Scope(period), covered
    )


def few(tickets: pd.DataFrame) -> object:
    rows = inside(tickets, "first_day", THIRTY)
    return rows[rows["team"].isin(FEW["team"]) & rows["priority"].isin(FEW["priority"])]["first_seconds"].quantile(
        QUANTILES
    )


def typed(tickets: pd.DataFrame) -> object:
    rows = inside(tickets, "first_day", YEAR)
    rows = rows[rows["type"].isin(TYPES["type"])]
    return rows.groupby(["priority", months(rows["first_day"])], **GROUPS)["first_seconds"].quantile(QUANTILES)


QUESTIONS = (
    Question(
        "Q1 p50-p99, channel x day", FIRST,
        [f"select channel, first_day, {SQL_QUANTILES.format('first_seconds')} from t "
         f"where {between('first_day', YEAR)} group by 1, 2"],
        lambda t, _: inside(t, "first_day", YEAR).groupby(["channel", "first_day"], observed=True)["first_seconds"]
        .quantile(QUANTILES), ("channel",), "day",
    ),
    Question(
        "Q2 within target, team x week", [WITHIN[0]],
        [f"select team, date_trunc('week', first_decided) as w, avg(first_met::int), count(first_met) from t "
         f"where {between('first_decided', YEAR)} group by 1, 2"],
        lambda t, _: (lambda d: d.groupby(["team", weeks(d["first_decided"])], observed=True)["first_met"].mean())(
            inside(t, "first_decided", YEAR)), ("team",), "week",
    ),
    Question(
        "Q3 satisfaction by day", ["csat"],
        [f"select rated, avg(satisfied::int), count(satisfied) from r where {between('rated', YEAR)} group by 1"],
        lambda _, r: inside(r, "rated", YEAR).groupby("rated")["satisfied"].mean(), (), "day",
    ),
    Question(
        "Q4 reopened, team x type", ["reopen_rate"],
        ["select team, type, avg(reopened::int), count(reopened) from t "
         f"where {between('created', YEAR)} group by 1, 2"],
        lambda t, _: inside(t, "created", YEAR).groupby(["team", "type"], observed=True)["reopened"].mean(),
        ("team", "type"),
    ),
    Question(
        "Q5 3 teams, 2 priorities, 30 d", FIRST,
        [f"select {SQL_QUANTILES.format('first_seconds')} from t where {between('first_day', THIRTY)} "
         "and team in ('team 03', 'team 07', 'team 12') and priority in ('important', 'urgent')"],
        lambda t, _: few(t), (), None, Scope(THIRTY, FEW), covered=False,
    ),
    Question(
        "Q6 key figures, 2 months", [*FIRST, *FULL, *WITHIN, "reopen_rate", "csat"],
        [f"select {SQL_QUANTILES.format('first_seconds')} from t where {between('first_day', TWO)}",
         f"select {SQL_QUANTILES.format('full_seconds')} from t where {between('full_day', TWO)}",
         f"select avg(first_met::int) from t where {between('first_decided', TWO)}",
         f"select avg(full_met::int) from t where {between('full_decided', TWO)}",
         f"select avg(reopened::int) from t where {between('created', TWO)}",
         f"select avg(satisfied::int) from r where {between('rated', TWO)}"],
        kpis, (), None, Scope(TWO),
    ),
    Question(
        "Q7 weekday x hour x channel", ["tickets_created"],
        [f"select weekday, hour, channel, count(*) from t where {between('created', YEAR)} group by 1, 2, 3"],
        lambda t, _: inside(t, "created", YEAR).groupby(["weekday", "hour", "channel"], observed=True).size(),
        ("weekday", "hour", "channel"),
    ),
    agents_of("Q8 500 agents, 3 months", QUARTER, covered=True),
    agents_of("U1 500 agents, any 90 days", NINETY, covered=False),
    Question(
        "U2 p50-p99, 2 types, month", FIRST,
        [f"select priority, date_trunc('month', first_day) as m, {SQL_QUANTILES.format('first_seconds')} from t "
         f"where {between('first_day', YEAR)} and type in ('type 01', 'type 02') group by 1, 2"],
        lambda t, _: typed(t), ("priority",), "month", Scope(YEAR, TYPES), covered=False,
    ),
    Question(
        "U3 reopened, priority, 2 types", ["reopen_rate"],
        [f"select priority, avg(reopened::int), count(reopened) from t where {between('created', YEAR)} "
         "and type in ('type 01', 'type 02') group by 1"],
        lambda t, _: (lambda d: d[d["type"].isin(TYPES["type"])].groupby("priority", **GROUPS)["reopened"].mean())(
            inside(t, "created", YEAR)), ("priority",), None, Scope(YEAR, TYPES), covered=False,
    ),
)  # fmt: skip
