"""The demo desk's arrays as canonical frames, cut at the newest instant."""

import numpy as np
import polars as pl

from dashboard.demo.calendar_of_demand import EPOCH_OF_START, NOW, USED_CHANNELS, Arrivals, Whole
from dashboard.demo.conversation import AGENT, BOT, CUSTOMER, SYSTEM, Part
from dashboard.demo.inquiries import (
    CLASSES,
    ENGLISH_PRODUCTS,
    LANGUAGES,
    PRIORITY_NAMES,
    PRODUCTS,
    TYPE_NAMES,
    Inquiries,
)
from dashboard.demo.lifecycle import EMAIL, NEVER, WEB_FORM, Lives
from dashboard.demo.people import BOT as BOT_NAME
from dashboard.demo.people import TEAMS, Flags, Staff
from dashboard.demo.texts import INQUIRIES
from metrics.tables import INSTANT, MESSAGES, TICKETS

SOURCE = "demo"
AMOUNTS = (5, 10, 15, 20, 30, 50, 88, 100, 129, 199)


def names(choices: tuple[str, ...], number: Whole, *, known: Flags | None = None) -> pl.Series:
    """The chosen names, null where not known."""
    at = pl.Series(number).set(pl.Series(~known), None) if known is not None else pl.Series(number)
    return pl.Series(list(choices), dtype=pl.String).gather(at.cast(pl.UInt32))


def instants(second: Whole) -> pl.Series:
    """Local seconds as UTC instants; null after the newest one."""
    micros = (second + EPOCH_OF_START) * 1_000_000
    return pl.Series(micros).set(pl.Series(second > NOW), None).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def ticket_ids(number: Whole) -> pl.Series:
    return (pl.Series(number) + 1_000_001).cast(pl.String)


def has_product(about: Inquiries) -> Flags:
    return np.array([each.has_product for each in INQUIRIES])[about.inquiry]


def status_now(life: Lives) -> pl.Series:
    """Where every ticket stands at the newest instant."""
    waiting = (life.waiting_from <= NOW) & (life.waiting_until > NOW)
    order = [
        life.closed <= NOW,
        life.confirmed <= NOW,
        _is_open_again(life),
        life.first_resolved <= NOW,
        waiting,
        life.responded <= NOW,
    ]
    number = np.select(order, range(len(order)), default=len(order))
    return names(("closed", "confirmed", "open", "resolved", "pending", "open", "new"), number)


def tickets(asked: Arrivals, about: Inquiries, life: Lives, staff: Staff, said: pl.DataFrame) -> pl.DataFrame:
    """One row per ticket, conforming to metrics.tables.TICKETS."""
    agents = tuple(staff.names)
    size = asked.second.size
    responded, moved = life.responded <= NOW, life.handed_over <= NOW
    by_person = ~life.is_bot_only & ~life.is_given_up
    team = np.where(moved, life.team, life.first_team)
    resolved_now = _resolved_by_now(life)
    by = np.where(life.is_bot_only, len(agents), life.agent)
    escalated = life.escalated <= NOW
    tier = np.array([team.tier == "specialist" for team in TEAMS])[team].astype(np.int64)
    tier = np.where(escalated, 1 + np.array([home.tier == "specialist" for home in TEAMS])[life.first_team], tier)
    frame = pl.DataFrame(
        {
            "source": pl.repeat(SOURCE, size, eager=True),
            "ticket_id": ticket_ids(np.arange(size)),
            "created_at": instants(life.created),
            "status": status_now(life),
            "channel": names(USED_CHANNELS, asked.channel),
            "priority": names(PRIORITY_NAMES, about.priority),
            "tier": names(("first_line", "specialist", "cross_team"), tier),
            "type": names(TYPE_NAMES, about.kind),
            "subtype": names(tuple(each.subtype for each in INQUIRIES), about.inquiry),
            "product": names(PRODUCTS, about.product, known=has_product(about)),
            "team": names(tuple(each.name for each in TEAMS), team, known=~life.is_bot_only),
            "agent": names(agents, np.where(moved, life.agent, life.responder), known=by_person & responded),
            "customer": "C" + (pl.Series(about.customer) + 100_001).cast(pl.String),
            "customer_class": names(CLASSES, about.customer_class),
            "language": names(LANGUAGES, about.language),
            "subject": _subjects(asked, about),
            "first_responded_at": instants(life.responded),
            "first_auto_responded_at": instants(life.auto_responded),
            "first_responder": names(agents, life.responder, known=by_person & responded),
            "first_resolved_at": instants(life.first_resolved),
            "resolved_at": instants(resolved_now),
            "resolved_by": names((*agents, BOT_NAME), by, known=resolved_now <= NOW),
            "closed_at": instants(life.closed),
            "escalated_at": instants(life.escalated),
            "reopens": sum((at <= NOW).astype(np.int64) for at in life.reopened),
            "handoffs": moved.astype(np.int64),
            "replies": _replies(said, size),
            "kb_article": _articles(about, by_person & responded),
            "last_said": _last_said(said, size),
        }
    )
    stamps = [name for name, kind in TICKETS.schema.items() if kind == INSTANT and name != "updated_at"]
    updated = pl.max_horizontal(*stamps, "last_said")
    nothing = pl.lit(None, dtype=pl.List(pl.String))
    return frame.with_columns(updated_at=updated, date_only=nothing).select(*TICKETS.schema)


def _articles(about: Inquiries, answered: Flags) -> pl.Series:
    """The article that the answer was taken from, on some two of five that a person answered."""
    number = np.arange(answered.size)
    used = answered & (number * 2_654_435_761 % 1_000 < 400)
    return "KB-" + (pl.Series(about.inquiry) + 1_001).cast(pl.String).set(pl.Series(~used), None)


def _is_open_again(life: Lives) -> Flags:
    again = np.zeros(life.created.size, dtype=bool)
    for at, settled in zip(life.reopened, life.resolved_again, strict=True):
        again |= (at <= NOW) & (settled > NOW)
    return again


def _resolved_by_now(life: Lives) -> Whole:
    """The last resolution up to the newest instant; NEVER for what was reopened since."""
    latest = np.where(_is_open_again(life), NEVER, life.first_resolved)
    for settled, reopened in zip(life.resolved_again, (life.reopened[1], np.full_like(latest, NEVER)), strict=True):
        latest = np.where((settled <= NOW) & (reopened > NOW), settled, latest)
    return latest


def _subjects(asked: Arrivals, about: Inquiries) -> pl.Series:
    written = np.isin(asked.channel, (EMAIL, WEB_FORM))
    subtype = names(tuple(each.subtype for each in INQUIRIES), about.inquiry, known=written & (about.language == 0))
    product = names(tuple(f"｜{name}" for name in PRODUCTS), about.product, known=has_product(about)).fill_null("")
    type_name = names(
        tuple(f"Question about {name.replace('_', ' ')}" for name in TYPE_NAMES), about.kind, known=written
    )
    return ("咨询：" + subtype + product).fill_null(type_name)


def _replies(said: pl.DataFrame, size: int) -> Whole:
    public = said.filter((pl.col("kind") == AGENT) & pl.col("is_public"))
    return np.bincount(public["ticket"].to_numpy(), minlength=size)


def _last_said(said: pl.DataFrame, size: int) -> pl.Series:
    latest = np.zeros(size, dtype=np.int64)
    latest[said["ticket"].to_numpy()] = said["at"].to_numpy()
    return instants(latest)


def in_order(parts: list[Part]) -> pl.DataFrame:
    """All messages up to the newest instant, ticket by ticket in the order of writing; texts still have their slots."""
    frames = [
        pl.DataFrame(
            {
                "ticket": part.ticket,
                "at": part.at,
                "kind": np.full(part.ticket.size, part.kind),
                "agent": part.agent if part.agent is not None else np.full(part.ticket.size, -1),
                "is_public": np.full(part.ticket.size, part.is_public),
                "text": part.text,
            }
        )
        for part in parts
        if part.ticket.size
    ]
    return pl.concat(frames).filter(pl.col("at") <= NOW).sort("ticket", "at", maintain_order=True)


def messages(
    said: pl.DataFrame, asked: Arrivals, about: Inquiries, staff: Staff, rng: np.random.Generator
) -> pl.DataFrame:
    """One row per message, conforming to metrics.tables.MESSAGES."""
    size = said.height
    kind, ticket = said["kind"].to_numpy(), said["ticket"].to_numpy()
    customers = tuple(f"C{number}" for number in range(100_001, 100_001 + int(about.customer.max()) + 1))
    authors = (*staff.names, BOT_NAME, "系统", *customers)
    first = len(staff.names)
    author = np.select(
        [kind == AGENT, kind == BOT, kind == SYSTEM], [said["agent"].to_numpy(), first, first + 1],
        first + 2 + about.customer[ticket],
    )  # fmt: skip
    ids = "M" + (pl.Series(np.arange(size)) + 1_000_001).cast(pl.String)
    answered = _answered(kind, ticket)
    frame = pl.DataFrame(
        {
            "source": pl.repeat(SOURCE, size, eager=True),
            "message_id": ids,
            "ticket_id": ticket_ids(ticket),
            "reply_to": ids.gather(pl.Series(answered).set(pl.Series(answered < 0), None).cast(pl.UInt32)),
            "at": instants(said["at"].to_numpy()),
            "author_kind": names(("customer", "agent", "bot", "system"), kind),
            "author": names(authors, author),
            "is_public": said["is_public"],
            "text": _filled(said, asked, about, staff, rng),
        }
    )
    return frame.with_columns(date_only=pl.lit(None, dtype=pl.List(pl.String))).select(*MESSAGES.schema)


def _answered(kind: Whole, ticket: Whole) -> Whole:
    """The row of the customer's message before each reply of the desk, -1 for what answers nothing."""
    row = np.arange(kind.size)
    latest = np.maximum.accumulate(np.where(kind == CUSTOMER, row, -1))
    same = (latest >= 0) & (ticket[np.maximum(latest, 0)] == ticket)
    return np.where((kind != CUSTOMER) & same, latest, -1)


def _filled(said: pl.DataFrame, asked: Arrivals, about: Inquiries, staff: Staff, rng: np.random.Generator) -> pl.Series:
    """The texts with their slots filled: names, order numbers, amounts; one order and telephone per ticket."""
    ticket = said["ticket"].to_numpy()
    agent = np.maximum(said["agent"].to_numpy(), 0)
    slots = _slots(asked, about, rng).select(pl.all().gather(ticket)).with_columns(
        text=said["text"], agent=names(tuple(staff.names), agent), number=(pl.Series(agent) * 7 + 1_003).cast(pl.String)
    )  # fmt: skip
    text = pl.col("text")
    for slot in ("product", "order", "phone", "kind", "days", "amount", "hour", "agent", "number"):
        text = text.str.replace_all("{" + slot + "}", pl.col(slot), literal=True)
    has_slot = pl.col("text").str.contains("{", literal=True)
    filled = slots.filter(has_slot).select(text)["text"]
    return slots["text"].scatter(slots.select(has_slot.arg_true()).to_series(), filled)


def _slots(asked: Arrivals, about: Inquiries, rng: np.random.Generator) -> pl.DataFrame:
    """Values of the slots, one row per ticket. Telephones end in eight zeros: nobody has such a number."""
    size = asked.second.size
    days_ago = rng.integers(2, 9, size)
    ordered = instants(np.maximum(asked.second - days_ago * 86_400, 0)).dt.convert_time_zone("Asia/Shanghai")
    serial = pl.Series(rng.integers(10_000, 99_999, size)).cast(pl.String)
    kinds = (*(each.subtype for each in INQUIRIES), *(each.english for each in INQUIRIES))
    area = pl.Series(rng.integers(30, 100, size)).cast(pl.String)
    return pl.DataFrame(
        {
            "product": names((*PRODUCTS, *ENGLISH_PRODUCTS), about.product + len(PRODUCTS) * about.language),
            "order": "DD" + ordered.dt.strftime("%y%m%d") + "-" + serial,
            "phone": "1" + area + "00000000",
            "kind": names(kinds, about.inquiry + len(INQUIRIES) * about.language),
            "days": pl.Series(days_ago).cast(pl.String),
            "amount": names(tuple(str(amount) for amount in AMOUNTS), rng.integers(0, len(AMOUNTS), size)),
            "hour": names(("4", "24", "24", "48"), rng.integers(0, 4, size)),
        }
    )
