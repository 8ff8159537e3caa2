"""Questions that customers ask again and again, what they cost, and what an article that answers them would save."""

from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.services.analysis.inquiry_types import first_day, window_of
from dashboard.services.analysis.texts import KEYS, first_texts
from metrics.catalog import metric
from metrics.compute import compute, newest_first, rows_of_figure
from metrics.facts import Facts
from metrics.growth import WEEK, Window, growth
from metrics.model import Period, Scope
from metrics.texts.questions import questions

QUESTION = "x_question"
TOLD = ("created_at", "created_on", "subject", "type", "product")
TICKETS_AT_MOST = 150_000
"""So many of the newest tickets of a scope are read, past included."""
QUESTIONS_AT_MOST = 50
LEAST_TICKETS = 5
"""Asked less often in a scope, a question is none that returns."""
IDS = (
    "tickets_created", "replies", "first_response_calendar_p50", "fcr_repeat", "cycle_time_business_p50",
    "cycle_time_calendar_p50",
)  # fmt: skip
PRODUCTS_AT_MOST = 2000


@dataclass(frozen=True)
class Questions:
    """The questions of a scope, the most frequent first.

    table: question (its number as text), example, n, per_week, and of the same tickets first_response (p50, seconds),
    fcr (share), replies (all of them), cycle_business and cycle_calendar (p50, seconds), type and product (the most
    frequent one, with its share), ratio, low, high, is_growing (null without a past) · figures: as `compute` gives
    them · members: source, ticket_id, question of the scope's tickets · read: tickets of the scope that were read,
    with_text: of them with a text · left_out: not read, as there are more than can be read at once.
    """

    table: pl.DataFrame
    figures: pl.DataFrame
    members: pl.DataFrame
    read: int
    with_text: int
    left_out: int
    weeks: float
    spans: Window | None

    @property
    def repeated(self) -> int:
        """Tickets of the scope that ask one of the questions that return."""
        return self.members.height


def _newest(tickets: pl.DataFrame) -> pl.DataFrame:
    """The newest tickets, so many as are read; only these are put in order."""
    if tickets.height > TICKETS_AT_MOST:
        since = tickets["created_at"].top_k(TICKETS_AT_MOST).min()
        tickets = tickets.filter(pl.col("created_at") >= since)
    return newest_first(metric("tickets_created"), tickets).head(TICKETS_AT_MOST)


def repeated_questions(facts: Facts, messages: pl.LazyFrame, scope: Scope) -> Questions:
    """Group the first texts of a scope's tickets, and measure each group with the catalogue's own figures."""
    spans = window_of(facts, scope)
    asked = rows_of_figure(metric("tickets_created"), facts, scope, columns=KEYS)
    wide = scope if spans is None or scope.period is None else replace(
        scope, period=Period(spans.past, scope.period.end)
    )  # fmt: skip
    every = rows_of_figure(metric("tickets_created"), facts, wide, columns=[*KEYS, *TOLD])
    tickets = _newest(every)
    if every.height > tickets.height:
        spans = None  # a past that is not read whole would make everything grow
    texts = first_texts(messages, tickets)
    products = texts["product"].drop_nulls().value_counts(sort=True).head(PRODUCTS_AT_MOST)["product"].to_list()
    grouped = questions(texts, products=products).with_columns(pl.col("question").cast(pl.String))
    inside = grouped.join(asked.select(KEYS), on=KEYS, how="semi", maintain_order="left")
    shown = (
        inside.drop_nulls("question").group_by("question", "example").agg(n=pl.len().cast(pl.Int64))
        .filter(pl.col("n") >= LEAST_TICKETS).sort("n", "question", descending=[True, False]).head(QUESTIONS_AT_MOST)
    )  # fmt: skip
    members = inside.join(shown.select("question"), on="question", how="semi").select(*KEYS, "question")
    figures = _figures(facts, scope, members)
    weeks = _weeks(facts, scope)
    table = _table(shown, figures, inside, weeks).join(
        _growth(grouped, shown, spans), on="question", how="left", maintain_order="left"
    )
    return Questions(
        table, figures, members, read=inside.height, with_text=int(inside["question"].count()),
        left_out=asked.height - inside.height, weeks=weeks, spans=spans,
    )  # fmt: skip


def tickets_asking(facts: Facts, found: Questions, question: str) -> pl.DataFrame:
    """The tickets of one question, newest first."""
    keys = found.members.filter(pl.col("question") == question).select(KEYS)
    return facts.tickets.join(keys, on=KEYS, how="semi").sort("created_at", "ticket_id", descending=[True, False])


@dataclass(frozen=True)
class Articles:
    """What is assumed of articles: on how many of the first questions, the share (0–1) of those who ask that find the
    answer there, and how many minutes a reply takes, None where nobody has said."""

    n: int
    answered: float
    minutes_a_reply: float | None = None


@dataclass(frozen=True)
class Saving:
    """What stays away each week if an article answers so large a share of a question."""

    tickets: float
    replies: float | None
    minutes: float | None


def savings(found: Questions, assumed: Articles) -> list[Saving]:
    """Tickets and agents' replies a week, by article; minutes only where somebody said how long a reply takes."""
    rows = found.table.head(assumed.n).select("n", "replies").iter_rows()
    return [
        _saving(n / found.weeks, None if replies is None else replies / found.weeks, assumed) for n, replies in rows
    ]


def _saving(tickets: float, replies: float | None, assumed: Articles) -> Saving:
    kept = None if replies is None else replies * assumed.answered
    known = kept is not None and assumed.minutes_a_reply is not None
    minutes = (kept or 0.0) * (assumed.minutes_a_reply or 0.0) if known else None
    return Saving(tickets * assumed.answered, kept, minutes)


def _figures(facts: Facts, scope: Scope, members: pl.DataFrame) -> pl.DataFrame:
    """The catalogue's figures by question: the question becomes a dimension of the tickets."""
    asked = rows_of_figure(metric("tickets_created"), facts, scope)
    tickets = asked.join(members.rename({"question": QUESTION}), on=KEYS, how="inner", maintain_order="left")
    marked = replace(facts, tickets=tickets, rollups=None)
    found = compute([metric(id) for id in IDS], marked, scope, by=[QUESTION])
    return found.filter(pl.col(QUESTION).is_not_null())


def _weeks(facts: Facts, scope: Scope) -> float:
    """How many weeks of the scope have passed."""
    today = facts.as_of.astimezone(ZoneInfo(facts.zone)).date() + timedelta(days=1)
    if scope.period is not None:
        start, end = scope.period.start, min(scope.period.end, today)
    else:
        start, end = first_day(facts) or today, today
    return max((end - start).days, 1) / WEEK


def _table(shown: pl.DataFrame, figures: pl.DataFrame, inside: pl.DataFrame, weeks: float) -> pl.DataFrame:
    table = shown.with_columns(per_week=pl.col("n") / weeks)
    names = dict(zip(IDS[1:], ("replies", "first_response", "fcr", "cycle_business", "cycle_calendar"), strict=True))
    for id, name in names.items():
        one = figures.filter(pl.col("metric") == id).select(pl.col(QUESTION).alias("question"), value="value")
        table = table.join(one.rename({"value": name}), on="question", how="left", maintain_order="left")
    for name in ("type", "product"):
        table = table.join(_most(inside, name), on="question", how="left", maintain_order="left")
    return table


def _most(inside: pl.DataFrame, name: str) -> pl.DataFrame:
    """The most frequent value of a dimension in each question, and the share of its tickets that have it."""
    counted = inside.drop_nulls("question").group_by("question", name).len()
    share = pl.col("len") / pl.col("len").sum().over("question")
    ordered = (
        counted.with_columns(share.alias(f"{name}_share")).drop_nulls(name).sort("len", name, descending=[True, False])
    )
    return ordered.unique("question", keep="first", maintain_order=True).select("question", name, f"{name}_share")


def _growth(grouped: pl.DataFrame, shown: pl.DataFrame, spans: Window | None) -> pl.DataFrame:
    """The growth of each shown question against its own past, all that are shown looked at together."""
    schema = {
        "question": pl.String,
        "ratio": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "is_growing": pl.Boolean,
    }
    if spans is None or shown.is_empty():
        return pl.DataFrame(schema=schema)
    own = grouped.join(shown.select("question"), on="question", how="semi")
    days = own.group_by("question", period="created_on").agg(value=pl.len().cast(pl.Float64))
    return growth(days, spans, by="question").select(list(schema))
