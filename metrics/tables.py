"""The canonical tables: what every source is brought to before anything is counted.

A table is declared once: names, types, units, meaning, null policy and row rules. Instants are UTC with microseconds.
`date_only` lists the instant columns of that row that have no usable time: the source gave a date without a time (it
stands at local midnight), or a stamp that could not be read or be true (it is null; the thing happened all the same).
Such an instant never makes a duration or an hour-level figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from metrics.words import N_

INSTANT = pl.Datetime("us", "UTC")

CHANNELS = ("chat", "wechat", "email", "phone", "social", "web_form", "store", "other")
PRIORITIES = ("urgent", "important", "normal", "low")
TIERS = ("first_line", "specialist", "cross_team")
STATUSES = ("new", "open", "pending", "on_hold", "resolved", "confirmed", "closed", "merged", "spam")
ENDED_STATUSES = ("resolved", "confirmed", "closed", "merged", "spam")
AUTHOR_KINDS = ("customer", "agent", "bot", "system")
OUTCOME_KINDS = ("order", "repurchase", "churn")
STATE_KINDS = ("talking", "after_call", "available", "break", "other_work", "off", "planned")
"""What a person at a switch does; `planned` is no doing but a shift of the roster."""
TYPES = (
    "product_information", "order_status", "returns_exchanges", "billing_payment", "technical_support", "delivery",
    "account", "promotions", "after_sales", "complaint", "how_to_use", "warranty", "stock", "loyalty",
    "privacy_security", "business_wholesale", "event_participation", "fault_report", "subscription",
    "environment_social", "emergency", "other_languages", "personalisation", "competitor_comparison", "feedback",
)  # fmt: skip
"""The first level of the shipped type list; a desk may use any other text."""

SOURCE_FIELD_PREFIX = "x_"
"""A source's own columns are kept beside the canonical ones, as text, under this prefix."""

RuleKind = Literal["rejected", "flagged"]


@dataclass(frozen=True)
class Column:
    """One canonical column; null means unknown unless `required`."""

    name: str
    dtype: pl.DataType
    meaning: str
    unit: str | None = None
    required: bool = False
    values: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Rule:
    """A truth about one row. Its name is the reason told when it does not hold.

    `rejected`: the row is set aside. `flagged`: `column` becomes null and the row stays. A null result counts as held.
    """

    name: str
    column: str
    holds: pl.Expr
    kind: RuleKind = "flagged"


@dataclass(frozen=True)
class Table:
    """A canonical table; `key` is unique together, `at` is the instant that says in which month a row is stored."""

    name: str
    key: tuple[str, ...]
    at: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()

    @property
    def schema(self) -> dict[str, pl.DataType]:
        return {column.name: column.dtype for column in self.columns}

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def empty(self) -> pl.DataFrame:
        return pl.DataFrame(schema=self.schema)


def _not_before(column: str, earlier: str, name: str) -> Rule:
    return Rule(name, column, pl.col(column) >= pl.col(earlier))


def _not_above(column: str, whole: str) -> Rule:
    """A part of a count is a count, and no more than the whole."""
    part = pl.col(column)
    return Rule(f"{column}_not_in_{whole}", column, (part >= 0) & (part <= pl.col(whole)).fill_null(True))


TEXT, WHOLE, DECIMAL, FLAG = pl.String(), pl.Int64(), pl.Float64(), pl.Boolean()
NAMES = pl.List(pl.String())
SOURCE = Column("source", TEXT, N_("The system or file family that the row came from"), required=True)
TICKET_ID = Column("ticket_id", TEXT, N_("The source's own number of the ticket, kept as text"), required=True)
DATE_ONLY = Column("date_only", NAMES, N_("Names of the instants of this row that happened but have no usable time"))

TICKETS = Table(
    name="tickets",
    key=("source", "ticket_id"),
    at="created_at",
    columns=(
        SOURCE,
        TICKET_ID,
        Column("created_at", INSTANT, N_("When the customer's request arrived"), required=True),
        Column("updated_at", INSTANT, N_("When the source last changed the ticket")),
        Column("status", TEXT, N_("Where the ticket stands now"), values=STATUSES),
        Column("channel", TEXT, N_("The way the request came in"), values=CHANNELS),
        Column("priority", TEXT, N_("How urgent the ticket is"), values=PRIORITIES),
        Column("tier", TEXT, N_("The line of support that has the ticket"), values=TIERS),
        Column("type", TEXT, N_("What the request is about, first level")),
        Column("subtype", TEXT, N_("What the request is about, second level")),
        Column("product", TEXT, N_("The product concerned")),
        Column("team", TEXT, N_("The team that has the ticket")),
        Column("agent", TEXT, N_("The person that the ticket is assigned to")),
        Column("customer", TEXT, N_("The customer, by the source's own name or number")),
        Column("customer_class", TEXT, N_("The class of customer, for example key or regular")),
        Column("language", TEXT, N_("The language of the request")),
        Column("subject", TEXT, N_("The subject line")),
        Column("first_responded_at", INSTANT, N_("First public reply by a person")),
        Column("first_auto_responded_at", INSTANT, N_("First automatic reply")),
        Column("first_responder", TEXT, N_("The person who replied first")),
        Column("first_resolved_at", INSTANT, N_("When the ticket was resolved for the first time")),
        Column("resolved_at", INSTANT, N_("When the ticket was resolved for the last time")),
        Column("resolved_by", TEXT, N_("The person who resolved the ticket")),
        Column("closed_at", INSTANT, N_("When the ticket was closed")),
        Column("escalated_at", INSTANT, N_("When the ticket was escalated")),
        Column("reopens", WHOLE, N_("How often the ticket was reopened"), unit="count"),
        Column("handoffs", WHOLE, N_("How often the ticket went from one team or person to another"), unit="count"),
        Column("replies", WHOLE, N_("Public replies by a person"), unit="count"),
        Column("kb_article", TEXT, N_("The article of the knowledge base that was used, or yes and no")),
        DATE_ONLY,
    ),
    rules=(
        Rule("missing_ticket_id", "ticket_id", pl.col("ticket_id").is_not_null(), "rejected"),
        Rule("missing_created_at", "created_at", pl.col("created_at").is_not_null(), "rejected"),
        _not_before("first_responded_at", "created_at", "responded_before_created"),
        _not_before("first_auto_responded_at", "created_at", "auto_responded_before_created"),
        _not_before("first_resolved_at", "created_at", "first_resolved_before_created"),
        _not_before("resolved_at", "created_at", "resolved_before_created"),
        _not_before("closed_at", "created_at", "closed_before_created"),
        _not_before("escalated_at", "created_at", "escalated_before_created"),
        Rule("negative_reopens", "reopens", pl.col("reopens") >= 0),
        Rule("negative_handoffs", "handoffs", pl.col("handoffs") >= 0),
        Rule("negative_replies", "replies", pl.col("replies") >= 0),
    ),
)

MESSAGES = Table(
    name="messages",
    key=("source", "message_id"),
    at="at",
    columns=(
        SOURCE,
        Column("message_id", TEXT, N_("The source's own number of the message"), required=True),
        TICKET_ID,
        Column("reply_to", TEXT, N_("The message that this one answers")),
        Column("at", INSTANT, N_("When the message was written"), required=True),
        Column("author_kind", TEXT, N_("Who wrote: customer, agent, bot or system"), values=AUTHOR_KINDS),
        Column("author", TEXT, N_("The person or account that wrote")),
        Column("is_public", FLAG, N_("Whether the customer can read it")),
        Column("text", TEXT, N_("What was written")),
        DATE_ONLY,
    ),
    rules=(
        Rule("missing_message_id", "message_id", pl.col("message_id").is_not_null(), "rejected"),
        Rule("missing_message_time", "at", pl.col("at").is_not_null(), "rejected"),
    ),
)

CHANGES = Table(
    name="changes",
    key=("source", "ticket_id", "at", "field", "sequence"),
    at="at",
    columns=(
        SOURCE,
        TICKET_ID,
        Column("at", INSTANT, N_("When the field changed"), required=True),
        Column("sequence", WHOLE, N_("The order of changes of one ticket within the source"), required=True),
        Column("field", TEXT, N_("The canonical name of the field that changed"), required=True),
        Column("from_value", TEXT, N_("The value before; empty at the first sight of the ticket")),
        Column("to_value", TEXT, N_("The value after")),
        Column("by", TEXT, N_("Who changed it")),
    ),
    rules=(Rule("missing_change_time", "at", pl.col("at").is_not_null(), "rejected"),),
)

RATINGS = Table(
    name="ratings",
    key=("source", "ticket_id", "rating_id"),
    at="given_at",
    columns=(
        SOURCE,
        TICKET_ID,
        Column("rating_id", TEXT, N_("The source's own number of the rating, else the ticket's"), required=True),
        Column("offered_at", INSTANT, N_("When the customer was asked")),
        Column("given_at", INSTANT, N_("When the customer answered")),
        Column("score", DECIMAL, N_("The score on the source's own scale")),
        Column("scale", WHOLE, N_("The best score of the source's scale"), unit="points"),
        Column("comment", TEXT, N_("What the customer wrote beside the score")),
        Column("agent", TEXT, N_("The person who was rated")),
        DATE_ONLY,
    ),
    rules=(Rule("score_outside_scale", "score", (pl.col("score") >= 0) & (pl.col("score") <= pl.col("scale"))),),
)

ARRIVALS = Table(
    name="arrivals",
    key=("source", "start_at", "channel", "team"),
    at="start_at",
    columns=(
        SOURCE,
        Column("start_at", INSTANT, N_("Start of the interval"), required=True),
        Column("minutes", WHOLE, N_("Length of the interval"), unit="minutes", required=True),
        Column("channel", TEXT, N_("The way the requests came in"), values=CHANNELS),
        Column("team", TEXT, N_("The team or queue")),
        Column("offered", WHOLE, N_("Requests that arrived"), unit="count"),
        Column("answered", WHOLE, N_("Requests answered by a person"), unit="count"),
        Column("abandoned", WHOLE, N_("Requests given up before an answer"), unit="count"),
        Column("handle_seconds", DECIMAL, N_("Handle time of the answered, summed"), unit="seconds"),
        Column("answered_within_target", WHOLE, N_("Requests answered within the switch's target"), unit="count"),
        Column("abandoned_within_target", WHOLE, N_("Requests given up within the switch's target"), unit="count"),
        Column("abandoned_short", WHOLE, N_("Requests given up within 5 seconds"), unit="count"),
        Column("target_seconds", WHOLE, N_("The target that the switch counts by"), unit="seconds"),
        Column("wait_seconds", DECIMAL, N_("Waits of all, answered or not, summed"), unit="seconds"),
        Column("answered_wait_seconds", DECIMAL, N_("Waits of the answered, summed"), unit="seconds"),
    ),
    rules=(
        Rule("missing_interval_start", "start_at", pl.col("start_at").is_not_null(), "rejected"),
        Rule("negative_offered", "offered", pl.col("offered") >= 0),
        Rule("negative_answered", "answered", pl.col("answered") >= 0),
        Rule("negative_abandoned", "abandoned", pl.col("abandoned") >= 0),
        _not_above("answered_within_target", "answered"),
        _not_above("abandoned_within_target", "abandoned"),
        _not_above("abandoned_short", "abandoned"),
    ),
)

AGENT_STATES = Table(
    name="agent_states",
    key=("source", "agent", "start_at", "state_kind"),
    at="start_at",
    columns=(
        SOURCE,
        Column("agent", TEXT, N_("The person"), required=True),
        Column("state", TEXT, N_("What the person was doing, in the switch's own word")),
        Column("state_kind", TEXT, N_("What kind of doing that is"), values=STATE_KINDS),
        Column("team", TEXT, N_("The team of the person")),
        Column("start_at", INSTANT, N_("Start of the state"), required=True),
        Column("end_at", INSTANT, N_("End of the state")),
    ),
    rules=(
        Rule("missing_agent", "agent", pl.col("agent").is_not_null(), "rejected"),
        Rule("missing_state_start", "start_at", pl.col("start_at").is_not_null(), "rejected"),
        _not_before("end_at", "start_at", "state_ended_before_start"),
    ),
)

OUTCOMES = Table(
    name="outcomes",
    key=("source", "customer", "at", "kind"),
    at="at",
    columns=(
        SOURCE,
        Column("customer", TEXT, N_("The customer, by the source's own name or number"), required=True),
        Column("at", INSTANT, N_("When it happened"), required=True),
        Column("kind", TEXT, N_("Order, repurchase or churn"), required=True, values=OUTCOME_KINDS),
        Column("value", DECIMAL, N_("Its value in the desk's currency"), unit="currency"),
    ),
    rules=(
        Rule("missing_customer", "customer", pl.col("customer").is_not_null(), "rejected"),
        Rule("missing_outcome_time", "at", pl.col("at").is_not_null(), "rejected"),
    ),
)

TABLES: Mapping[str, Table] = {
    table.name: table for table in (TICKETS, MESSAGES, CHANGES, RATINGS, ARRIVALS, AGENT_STATES, OUTCOMES)
}


@dataclass(frozen=True)
class Tables:
    """The canonical tables of one desk at one committed load; each frame has at least its table's columns."""

    tickets: pl.LazyFrame
    messages: pl.LazyFrame
    changes: pl.LazyFrame
    ratings: pl.LazyFrame
    arrivals: pl.LazyFrame = field(default_factory=lambda: ARRIVALS.empty().lazy())
    agent_states: pl.LazyFrame = field(default_factory=lambda: AGENT_STATES.empty().lazy())
    outcomes: pl.LazyFrame = field(default_factory=lambda: OUTCOMES.empty().lazy())

    @staticmethod
    def of(**frames: pl.DataFrame | pl.LazyFrame) -> "Tables":
        """Tables from the given frames; those not given are empty."""
        return Tables(**{name: frames.get(name, table.empty()).lazy() for name, table in TABLES.items()})
