"""What changed on every ticket of the demo desk, and what its customers thought of it: changes and ratings."""

import numpy as np
import polars as pl

from dashboard.demo.calendar_of_demand import NOW, Arrivals, Whole
from dashboard.demo.frames import SOURCE, instants, names, ticket_ids
from dashboard.demo.inquiries import COMPLAINT, Inquiries
from dashboard.demo.lifecycle import FIRST_RESPONSE, NEVER, Lives
from dashboard.demo.people import BOT, TEAMS, Flags, Staff
from dashboard.demo.texts import PHRASES
from metrics.tables import CHANGES, RATINGS

VALUES = ("new", "open", "pending", "resolved", "confirmed", "closed", "first_line", "specialist", "cross_team")
NEW, OPEN, PENDING, RESOLVED, CONFIRMED, CLOSED, FIRST_LINE = range(7)
NOBODY = -1


def changes(life: Lives, staff: Staff) -> pl.DataFrame:
    """One row per change of status, team, agent or tier, conforming to metrics.tables.CHANGES."""
    teams = len(VALUES)
    agents = teams + len(TEAMS)
    known = (*VALUES, *(team.name for team in TEAMS), *staff.names, BOT, "系统")
    steps = _status_steps(life, agents, len(known) - 2) + _move_steps(life, teams, agents)
    rows = pl.concat([_step(field, at, before, after, by) for field, at, before, after, by in steps])
    rows = rows.filter(pl.col("at") <= NOW).sort("ticket", "at", maintain_order=True)
    ticket, first = rows["ticket"].to_numpy(), np.arange(rows.height)
    begins = np.maximum.accumulate(np.where(np.diff(ticket, prepend=-1) != 0, first, 0))
    before = rows["before"].to_numpy()
    frame = pl.DataFrame(
        {
            "source": pl.repeat(SOURCE, rows.height, eager=True),
            "ticket_id": ticket_ids(ticket),
            "at": instants(rows["at"].to_numpy()),
            "sequence": first - begins + 1,
            "field": rows["field"].cast(pl.String),
            "from_value": names(known, np.maximum(before, 0), known=before >= 0),
            "to_value": names(known, rows["after"].to_numpy()),
            "by": names(known, rows["by"].to_numpy(), known=rows["by"].to_numpy() >= 0),
        }
    )
    return frame.select(*CHANGES.schema)


Step = tuple[str, Whole, Whole, Whole, Whole]


def _status_steps(life: Lives, agents: int, bot: int) -> list[Step]:
    """The statuses in the order of a ticket's life, so that equal instants keep it."""
    size = life.created.size

    def all_of(value: int) -> Whole:
        return np.full(size, value)

    responder, agent, system = agents + life.responder, agents + life.agent, all_of(bot + 1)
    by_bot = np.where(life.is_bot_only, bot, agent)
    before_first = np.where(life.is_bot_only, NEW, OPEN)
    before_close = np.where(life.is_given_up, NEW, np.where(life.confirmed < NEVER, CONFIRMED, RESOLVED))
    (again, more), (settled, settled_more) = life.reopened, life.resolved_again
    return [
        ("status", life.created, all_of(NOBODY), all_of(NEW), system),
        ("status", life.responded, all_of(NEW), all_of(OPEN), responder),
        ("status", life.waiting_from, all_of(OPEN), all_of(PENDING), responder),
        ("status", life.waiting_until, all_of(PENDING), all_of(OPEN), system),
        ("status", life.first_resolved, before_first, all_of(RESOLVED), by_bot),
        ("status", again, all_of(RESOLVED), all_of(OPEN), system),
        ("status", settled, all_of(OPEN), all_of(RESOLVED), agent),
        ("status", more, all_of(RESOLVED), all_of(OPEN), system),
        ("status", settled_more, all_of(OPEN), all_of(RESOLVED), agent),
        ("status", life.confirmed, all_of(RESOLVED), all_of(CONFIRMED), system),
        ("status", life.closed, before_close, all_of(CLOSED), system),
    ]


def _move_steps(life: Lives, teams: int, agents: int) -> list[Step]:
    specialist = np.array([team.tier == "specialist" for team in TEAMS])[life.first_team].astype(np.int64)
    other_team = np.where(life.team != life.first_team, life.handed_over, NEVER)
    other_agent = np.where(life.agent != life.responder, life.handed_over, NEVER)
    by = agents + life.responder
    return [
        ("tier", life.escalated, FIRST_LINE + specialist, FIRST_LINE + 1 + specialist, by),
        ("team", other_team, teams + life.first_team, teams + life.team, by),
        ("agent", other_agent, agents + life.responder, agents + life.agent, by),
    ]


def _step(field: str, at: Whole, before: Whole, after: Whole, by: Whole) -> pl.DataFrame:
    ticket = np.flatnonzero(at < NEVER)
    columns = {"ticket": ticket, "at": at[ticket], "before": before[ticket], "after": after[ticket], "by": by[ticket]}
    return pl.DataFrame(columns).with_columns(field=pl.lit(field, dtype=pl.Enum(["status", "tier", "team", "agent"])))


def ratings(rng: np.random.Generator, asked: Arrivals, about: Inquiries, life: Lives, staff: Staff) -> pl.DataFrame:
    """One row per question for a rating, some 30 % answered, conforming to metrics.tables.RATINGS."""
    size = life.created.size
    offered = life.first_resolved + rng.integers(20, 1_500, size)
    asked_for = np.flatnonzero((offered <= NOW) & (rng.random(size) < 0.93))
    score = _scores(rng, asked, about, life, staff)
    willing = np.where(life.is_bot_only, 0.17, 0.30) + 0.07 * (score == 1) + 0.03 * (score == 5)
    quick = np.where(life.is_at_once, 90.0, 9_000.0) * np.exp(1.0 * rng.standard_normal(size))
    given = np.where(rng.random(size) < willing, offered + quick.astype(np.int64) + 5, NEVER)
    answered = given <= NOW
    comment = _comments(rng, score, about.language)
    frame = pl.DataFrame(
        {
            "offered_at": instants(offered),
            "given_at": instants(given),
            "score": pl.Series(score.astype(np.float64)).set(pl.Series(~answered), None),
            "scale": np.full(size, 5),
            "comment": comment.set(pl.Series(~answered | (rng.random(size) > 0.28)), None),
            "agent": names((*staff.names, BOT), np.where(life.is_bot_only, staff.names.size, life.agent)),
            "ticket_id": ticket_ids(np.arange(size)),
        }
    )
    rows = frame.select(pl.all().gather(asked_for)).with_columns(
        source=pl.lit(SOURCE), rating_id="R" + pl.col("ticket_id"), date_only=pl.lit(None, dtype=pl.List(pl.String))
    )
    return rows.select(*RATINGS.schema)


def _scores(rng: np.random.Generator, asked: Arrivals, about: Inquiries, life: Lives, staff: Staff) -> Whole:
    """Stars 1–5: people dislike waiting against what they expect of the channel, long cases, and being sent on."""
    size = life.created.size
    usual = FIRST_RESPONSE[asked.channel, 0]
    waited = np.where(life.is_bot_only, 0, np.minimum(life.responded, NOW) - life.created) / usual
    took = np.maximum(life.first_resolved - life.created, 0) / 3_600
    felt = 5.05 - 0.19 * np.log1p(waited) - 0.14 * np.log1p(np.minimum(took, 2_000.0)) + 0.22 * staff.skill[life.agent]
    troubles: tuple[tuple[Flags, float], ...] = (
        (life.reopened[0] <= NOW, 0.8), (life.escalated <= NOW, 0.4), (about.is_bad_batch, 0.9),
        (about.kind == COMPLAINT, 0.6), (about.follows >= 0, 0.4), (life.is_bot_only, 0.6),
    )  # fmt: skip
    for happened, cost in troubles:
        felt = felt - cost * happened
    felt = felt + 0.75 * rng.standard_normal(size) - 2.8 * (rng.random(size) < 0.07)
    return np.asarray(np.clip(np.rint(felt), 1, 5)).astype(np.int64)


def _comments(rng: np.random.Generator, score: Whole, language: Whole) -> pl.Series:
    pools = [PHRASES[name][tongue] for name in ("comment_bad", "comment_fair", "comment_good") for tongue in (0, 1)]
    sizes = np.array([len(pool) for pool in pools])
    which = np.searchsorted([3, 4], score, side="right") * 2 + language
    at = (np.cumsum(sizes) - sizes)[which] + (rng.random(score.size) * sizes[which]).astype(np.int64)
    return pl.Series([text for pool in pools for text in pool]).gather(at)
