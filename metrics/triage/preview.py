"""What a rule would have caught in days gone by, whatever has become of the tickets since: frames in, frames out."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

import polars as pl

from metrics.facts import Facts
from metrics.tables import INSTANT
from metrics.triage.evaluate import FOUND, KEY, TIER_OF
from metrics.triage.model import Rule, RuleKind

Span = tuple[pl.Expr, pl.Expr]


def caught(
    facts: Facts, rule: Rule, start: datetime, end: datetime, *, messages: pl.LazyFrame | None = None
) -> pl.DataFrame:
    """The tickets that the rule would have brought to the queue within `[start, end)`, each time once; see FOUND.

    since: when it would have done so. Promises and waits are judged by what was done in time, not by what is open now.
    """
    within: Span = pl.lit(start, INSTANT), pl.lit(end, INSTANT)
    find = _CAUGHT.get(rule.kind)
    if find is None:
        return pl.DataFrame(schema=FOUND)
    found = find(facts, rule, messages if messages is not None else pl.LazyFrame())
    inside = found.filter((pl.col("since") >= within[0]) & (pl.col("since") < within[1]))
    tickets = _about(facts.tickets, rule)
    whole = inside.join(tickets, on=KEY, how="inner").with_columns(rule=pl.lit(rule.name))
    lacking = {name: pl.lit(None, dtype) for name, dtype in FOUND.items() if name not in whole.columns}
    told = whole.with_columns(**lacking).select(pl.col(name).cast(dtype) for name, dtype in FOUND.items())
    return told.unique([*KEY, "occurrence"], keep="first").sort("since", *KEY)


def _about(tickets: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    lacking = [name for name in rule.where if name not in tickets.columns]
    kept = tickets.clear() if lacking else tickets.filter(*(pl.col(name) == one for name, one in rule.where.items()))
    own = pl.col("tier").replace_strict(TIER_OF, default=1, return_dtype=pl.Int64)
    return kept.select(*KEY, tier=pl.lit(rule.tier, pl.Int64) if rule.tier else own)


def _at(column: str) -> pl.Expr:
    return pl.col(column).dt.to_string("iso:strict")


def _overdue(facts: Facts, rule: Rule, messages: pl.LazyFrame) -> pl.DataFrame:
    del rule, messages
    late = facts.sla_instances.filter((pl.col("state") == "breached") & pl.col("due_at").is_not_null())
    return _promised(late, since=pl.col("due_at"))


def _promised(runs: pl.DataFrame, *, since: pl.Expr) -> pl.DataFrame:
    named = pl.concat_str("thing", _at("started_at"), separator=" ")
    return runs.select(*KEY, "thing", "due_at", occurrence=named, since=since, seconds="target_seconds")


def _due_soon(facts: Facts, rule: Rule, messages: pl.LazyFrame) -> pl.DataFrame:
    """By the share of the way from start to due, on the calendar: nearly when so much of the target had been used."""
    del messages
    length = (pl.col("due_at") - pl.col("started_at")).dt.total_microseconds()
    near = facts.sla_instances.with_columns(
        near=pl.col("started_at") + pl.duration(microseconds=(length * rule.share).cast(pl.Int64))
    )
    still = (pl.col("ended_at") > pl.col("near")).fill_null(True)
    return _promised(near.filter(still & pl.col("near").is_not_null()), since=pl.col("near"))


def _no_response(facts: Facts, rule: Rule, messages: pl.LazyFrame) -> pl.DataFrame:
    del messages
    waited = pl.coalesce(
        "next_response_business_seconds", "next_response_calendar_seconds",
        "next_response_waiting_business_seconds", "next_response_waiting_calendar_seconds",
    )  # fmt: skip
    long = facts.replies.with_columns(seconds=waited).filter(pl.col("seconds") > rule.seconds)
    since = pl.col("asked_at") + pl.duration(seconds=rule.seconds)
    return long.select(*KEY, "seconds", occurrence=_at("asked_at"), since=since)


def _unconfirmed(facts: Facts, rule: Rule, messages: pl.LazyFrame) -> pl.DataFrame:
    del messages
    telling = facts.tickets.filter(pl.col("status") == "confirmed").select("source").unique()
    solved = facts.tickets.join(telling, on="source", how="semi").filter(pl.col("full_resolution_at").is_not_null())
    ended = pl.coalesce("closed_at", pl.when(pl.col("status") == "confirmed").then("updated_at"))
    since = pl.col("full_resolution_at") + timedelta(seconds=rule.seconds)
    long = solved.with_columns(since=since).filter((ended > since).fill_null(True) & (since <= facts.as_of))
    return long.select(*KEY, "since", occurrence=_at("full_resolution_at"), seconds=pl.lit(rule.seconds))


def _reopened(facts: Facts, rule: Rule, messages: pl.LazyFrame) -> pl.DataFrame:
    del messages
    times = pl.coalesce(pl.col("reopens"), pl.col("is_reopened").cast(pl.Int64))
    often = facts.tickets.with_columns(times=times).filter(pl.col("times") >= max(rule.times, 1))
    since = pl.coalesce("reopened_at", "updated_at", "created_at")
    return often.select(*KEY, "times", occurrence=pl.col("times").cast(pl.String), since=since)


def _of_type(facts: Facts, rule: Rule, messages: pl.LazyFrame) -> pl.DataFrame:
    del messages
    kind = pl.when(pl.col("type").is_in(rule.values)).then("type").otherwise("subtype")
    return _of_values(facts.tickets.with_columns(value=kind), rule)


def _of_class(facts: Facts, rule: Rule, messages: pl.LazyFrame) -> pl.DataFrame:
    del messages
    return _of_values(facts.tickets.with_columns(value="customer_class"), rule)


def _of_values(tickets: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    meant = tickets.filter(pl.col("value").is_in(rule.values))
    return meant.select(*KEY, "value", occurrence="value", since="created_at")


def _low_rating(facts: Facts, rule: Rule, messages: pl.LazyFrame) -> pl.DataFrame:
    del messages
    low = facts.ratings.filter((pl.col("score5") - 1) / 4 <= rule.share + 1e-9)
    return low.select(*KEY, "score", "scale", occurrence="rating_id", since="rated_at")


def _help(facts: Facts, rule: Rule, messages: pl.LazyFrame) -> pl.DataFrame:
    escalated = facts.tickets.filter(pl.col("escalation_at").is_not_null()).select(
        *KEY, occurrence=_at("escalation_at"), since="escalation_at", value=pl.lit(None, pl.String)
    )
    internal = (pl.col("author_kind") == "agent") & ~pl.col("is_public").fill_null(True)
    return pl.concat([escalated, _said(rule, messages, internal)])


def _words(facts: Facts, rule: Rule, messages: pl.LazyFrame) -> pl.DataFrame:
    del facts
    return _said(rule, messages, pl.col("author_kind") == "customer")


def _said(rule: Rule, messages: pl.LazyFrame, who: pl.Expr) -> pl.DataFrame:
    """The first message of a ticket on any day that has one of the words."""
    schema = {name: FOUND[name] for name in (*KEY, "occurrence", "since", "value")}
    if not rule.values or "text" not in messages.collect_schema():
        return pl.DataFrame(schema=schema)
    words = [word.lower() for word in rule.values]
    said = messages.filter(who & pl.col("text").is_not_null()).with_columns(
        value=pl.col("text").str.to_lowercase().str.extract_many(words).list.first()
    )
    named = said.filter(pl.col("value").is_not_null()).select(*KEY, "value", occurrence="message_id", since="at")
    first = named.sort("since", "occurrence").unique(KEY, keep="first", maintain_order=True)
    return first.select(*schema).collect()


_CAUGHT: Mapping[RuleKind, Callable[[Facts, Rule, pl.LazyFrame], pl.DataFrame]] = MappingProxyType(
    {
        "overdue": _overdue, "due_soon": _due_soon, "no_response": _no_response, "unconfirmed": _unconfirmed,
        "reopened": _reopened, "complaint": _of_type, "low_rating": _low_rating, "key_customer": _of_class,
        "help": _help, "words": _words,
    }
)  # fmt: skip
