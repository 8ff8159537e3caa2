"""Which tickets the rules find: frames in, frames out. What holds is told with since when, and what fills its words.

Rules see what the data know at `facts.as_of`; a ticket that has ended is looked at only for ratings, which come later.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

import polars as pl

from metrics.facts import Facts
from metrics.tables import INSTANT
from metrics.triage.model import Rule, RuleKind

KEY = ["source", "ticket_id"]
FOUND = {
    "source": pl.String(), "ticket_id": pl.String(), "rule": pl.String(), "occurrence": pl.String(), "since": INSTANT,
    "tier": pl.Int64(), "thing": pl.String(), "due_at": INSTANT, "seconds": pl.Int64(), "times": pl.Int64(),
    "score": pl.Float64(), "scale": pl.Int64(), "value": pl.String(),
}  # fmt: skip
"""source, ticket_id, rule: its name · occurrence: tells one time from the next · since · tier that it escalates to ·
what fills the sentence: the promise and when it is due, a time, a count, a score of a scale, a type, class or word of
the settings (never what a customer wrote)."""
ABSENT: Mapping[RuleKind, str] = MappingProxyType({"critical_spot_check": "triage.rule.absent.critical_spot_check"})
"""Rules that find nothing in the data, as people find it, with the key of the sentence that says so."""
_OF_MESSAGES = ("message_id", "at", "author_kind", "is_public", "text")
TIER_OF = {"first_line": 1, "specialist": 2, "cross_team": 3}


def evaluate(
    facts: Facts, rules: Sequence[Rule], *, messages: pl.LazyFrame | None = None, confirming: pl.Series | None = None
) -> pl.DataFrame:
    """What each rule finds, one row per ticket, rule and occurrence; columns are those of FOUND.

    messages: the canonical messages with their text, which the rules about words read; without them these find nothing.
    confirming: the sources that tell whether customers confirm, where these facts are only a part of a desk's.
    """
    told = _Told(
        facts,
        messages if messages is not None else pl.LazyFrame(),
        confirming if confirming is not None else confirming_sources(facts.tickets.lazy()),
    )
    found = [_named(_FINDING[rule.kind](told, rule), rule, facts) for rule in rules if rule.kind in _FINDING]
    empty = pl.DataFrame(schema=FOUND)
    return pl.concat([empty, *found]).unique([*KEY, "rule", "occurrence"], keep="first", maintain_order=True)


def confirming_sources(tickets: pl.LazyFrame) -> pl.Series:
    """The sources that tell whether customers confirm that they are helped."""
    return tickets.filter(pl.col("status") == "confirmed").select(pl.col("source").unique()).collect()["source"]


def with_words(messages: pl.LazyFrame, rules: Sequence[Rule], as_of: datetime) -> pl.LazyFrame:
    """Of the messages those that rules about words may find, read once for whoever looks at the facts part by part."""
    reading = [rule for rule in rules if rule.kind in ("help", "words") and rule.values]
    if not reading or "text" not in messages.collect_schema():
        return pl.LazyFrame()
    since = as_of - timedelta(days=max(rule.days for rule in reading))
    young = pl.col("at").is_between(pl.lit(since, INSTANT), pl.lit(as_of, INSTANT))
    words = {word.lower() for rule in reading for word in rule.values}
    named = pl.col("text").str.to_lowercase().str.contains_any(sorted(words))
    return messages.filter(young, named).select(*KEY, *_OF_MESSAGES).collect(engine="streaming").lazy()


def of_spot_check(
    facts: Facts, rules: Sequence[Rule], source: str, ticket_id: str, *, occurrence: str, since: datetime
) -> pl.DataFrame:
    """What the rules make of a critical error that a reader found in this ticket; columns are those of FOUND."""
    told = {"source": source, "ticket_id": ticket_id, "occurrence": occurrence, "since": since}
    one = pl.DataFrame([told], schema={name: FOUND[name] for name in told})
    asked = [_named(one, rule, facts) for rule in rules if rule.kind == "critical_spot_check"]
    return pl.concat([pl.DataFrame(schema=FOUND), *asked])


class _Told:
    """What the rules look at."""

    def __init__(self, facts: Facts, messages: pl.LazyFrame, confirming: pl.Series) -> None:
        self.facts = facts
        self.messages = messages
        self.confirming = confirming
        self.as_of = pl.lit(facts.as_of, INSTANT)
        self.open = facts.tickets.filter(pl.col("ended_at").is_null() & ~pl.col("is_set_aside").fill_null(False))

    def since(self, rule: Rule) -> pl.Expr:
        """The first instant that the rule still looks back to."""
        return pl.lit(self.facts.as_of - timedelta(days=rule.days), INSTANT)


def _named(found: pl.DataFrame, rule: Rule, facts: Facts) -> pl.DataFrame:
    """The rows within the rule's conditions, under its name, with the tier that it escalates to."""
    tickets = facts.tickets.filter(
        *(pl.col(name) == value for name, value in rule.where.items() if name in facts.tickets.columns)
    )
    if any(name not in facts.tickets.columns for name in rule.where):
        tickets = tickets.clear()
    own = pl.col("tier").replace_strict(TIER_OF, default=1, return_dtype=pl.Int64)
    tiers = tickets.select(*KEY, tier=pl.lit(rule.tier, pl.Int64) if rule.tier else own)
    whole = found.join(tiers, on=KEY, how="inner", maintain_order="left").with_columns(rule=pl.lit(rule.name))
    lacking = {name: pl.lit(None, dtype) for name, dtype in FOUND.items() if name not in whole.columns}
    return whole.with_columns(**lacking).select(pl.col(name).cast(dtype) for name, dtype in FOUND.items())


def _at(column: str) -> pl.Expr:
    return pl.col(column).dt.to_string("iso:strict")


def _promises(told: _Told) -> pl.DataFrame:
    """The runnings of promises to tickets that are open, on which nothing was done yet."""
    running = told.facts.sla_instances.filter(pl.col("done_at").is_null() & pl.col("ended_at").is_null())
    return running.join(told.open.select(KEY), on=KEY, how="semi")


def _of_promise() -> pl.Expr:
    return pl.concat_str("thing", _at("started_at"), separator=" ")


def _overdue(told: _Told, rule: Rule) -> pl.DataFrame:
    del rule
    late = _promises(told).filter((pl.col("state") == "breached") & pl.col("due_at").is_not_null())
    return late.select(*KEY, "thing", "due_at", occurrence=_of_promise(), since="due_at", seconds="target_seconds")


def _due_soon(told: _Told, rule: Rule) -> pl.DataFrame:
    left = (1 - rule.share) * pl.col("target_seconds")
    soon = _promises(told).filter((pl.col("state") == "running") & (pl.col("left_seconds") <= left))
    return soon.select(*KEY, "thing", "due_at", occurrence=_of_promise(), since=told.as_of, seconds="left_seconds")


def _no_response(told: _Told, rule: Rule) -> pl.DataFrame:
    """Customers whose message stands unanswered for too long; the first wait of tickets without messages, too."""
    waited = pl.coalesce("next_response_waiting_business_seconds", "next_response_waiting_calendar_seconds")
    spells = told.facts.replies.filter("is_waiting").with_columns(waited=waited, began="asked_at")
    first = pl.coalesce("first_response_waiting_business_seconds", "first_response_waiting_calendar_seconds")
    silent = told.open.filter("is_waiting").join(spells.select(KEY), on=KEY, how="anti")
    waits = pl.concat([
        spells.join(told.open.select(KEY), on=KEY, how="semi").select(*KEY, "waited", "began"),
        silent.select(*KEY, waited=first, began="start_at"),
    ])  # fmt: skip
    return waits.filter((pl.col("waited") > rule.seconds) & pl.col("began").is_not_null()).select(
        *KEY, occurrence=_at("began"), since="began", seconds="waited"
    )


def _unconfirmed(told: _Told, rule: Rule) -> pl.DataFrame:
    """Tickets that wait for the customer to say whether they are solved, where the source tells of such answers."""
    solved = told.facts.tickets.filter(
        (pl.col("status") == "resolved")
        & pl.col("closed_at").is_null()
        & pl.col("source").is_in(told.confirming.implode())
    )
    asked = told.open.filter(pl.col("status") == "pending")
    answers = told.facts.replies.group_by(KEY).agg(answered=pl.col("answered_at").max())
    pending = asked.join(answers, on=KEY, how="left").select(
        *KEY, began=pl.coalesce("answered", "updated_at", "first_response_at", "created_at")
    )
    waits = pl.concat([solved.select(*KEY, began=pl.coalesce("resolved_at", "full_resolution_at")), pending])
    seconds = (told.as_of - pl.col("began")).dt.total_seconds()
    long = waits.with_columns(seconds=seconds).filter(
        (pl.col("seconds") > rule.seconds) & (pl.col("began") >= told.since(rule))
    )
    return long.select(*KEY, "seconds", occurrence=_at("began"), since="began")


def _reopened(told: _Told, rule: Rule) -> pl.DataFrame:
    times = pl.coalesce(pl.col("reopens"), pl.col("is_reopened").cast(pl.Int64))
    often = told.open.with_columns(times=times).filter(pl.col("times") >= max(rule.times, 1))
    since = pl.coalesce("reopened_at", "updated_at", "created_at")
    return often.select(*KEY, "times", occurrence=pl.col("times").cast(pl.String), since=since)


def _of_type(told: _Told, rule: Rule) -> pl.DataFrame:
    kind = pl.when(pl.col("type").is_in(rule.values)).then("type").otherwise("subtype")
    return _of_values(told.open.with_columns(value=kind), rule)


def _of_class(told: _Told, rule: Rule) -> pl.DataFrame:
    return _of_values(told.open.with_columns(value="customer_class"), rule)


def _of_values(tickets: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    return tickets.filter(pl.col("value").is_in(rule.values)).select(
        *KEY, "value", occurrence="value", since="created_at"
    )


def _low_rating(told: _Told, rule: Rule) -> pl.DataFrame:
    given = told.facts.ratings.filter(
        (pl.col("rated_at") >= told.since(rule)) & ((pl.col("score5") - 1) / 4 <= rule.share + 1e-9)
    )
    return given.select(*KEY, "score", "scale", occurrence="rating_id", since="rated_at")


def _help(told: _Told, rule: Rule) -> pl.DataFrame:
    """Tickets that were escalated, and those in whose internal notes a word asks for help."""
    escalated = told.open.filter(pl.col("escalation_at").is_not_null()).select(
        *KEY, occurrence=_at("escalation_at"), since="escalation_at", value=pl.lit(None, pl.String)
    )
    internal = (pl.col("author_kind") == "agent") & ~pl.col("is_public").fill_null(True)
    return pl.concat([escalated, _said(told, rule, internal)])


def _words(told: _Told, rule: Rule) -> pl.DataFrame:
    return _said(told, rule, pl.col("author_kind") == "customer")


def _said(told: _Told, rule: Rule, who: pl.Expr) -> pl.DataFrame:
    """The first message of each open ticket that has one of the words, and which word of the settings it is."""
    schema = {name: FOUND[name] for name in (*KEY, "occurrence", "since", "value")}
    if not rule.values or "text" not in told.messages.collect_schema():
        return pl.DataFrame(schema=schema)
    young = (pl.col("at") >= told.since(rule)) & (pl.col("at") <= told.as_of)
    of_open = told.messages.filter(young & who & pl.col("text").is_not_null()).join(
        told.open.lazy().select(KEY), on=KEY, how="semi"
    )
    words = [word.lower() for word in rule.values]
    named = of_open.with_columns(
        value=pl.col("text").str.to_lowercase().str.extract_many(words).list.first()
    ).filter(pl.col("value").is_not_null())  # fmt: skip
    first = named.sort("at", "message_id").unique(KEY, keep="first", maintain_order=True)
    return first.select(*KEY, occurrence="message_id", since="at", value="value").collect()


_FINDING: Mapping[RuleKind, Callable[[_Told, Rule], pl.DataFrame]] = MappingProxyType(
    {
        "overdue": _overdue, "due_soon": _due_soon, "no_response": _no_response, "unconfirmed": _unconfirmed,
        "reopened": _reopened, "complaint": _of_type, "low_rating": _low_rating, "key_customer": _of_class,
        "help": _help, "words": _words,
    }
)  # fmt: skip
