"""The way of every ticket through the demo desk: who has it, and all its instants (local seconds, `NEVER` if not)."""

from dataclasses import dataclass, replace

import numpy as np

from dashboard.demo import people
from dashboard.demo.calendar_of_demand import DAY, NOW, USED_CHANNELS, Arrivals, Floats, Whole, day_number
from dashboard.demo.inquiries import COMPLAINT, KINDS, Inquiries
from dashboard.demo.people import TEAMS, Flags, Staff, add_working_time
from dashboard.demo.texts import INQUIRIES

NEVER = np.int64(1 << 40)
"""Later than everything: comparisons need no case for what never happens."""

CHAT, WECHAT, EMAIL, PHONE, SOCIAL, WEB_FORM, STORE = range(len(USED_CHANNELS))
FIRST_RESPONSE = np.array(
    [
        (30, 0.60, 0.045, 420, 0.9), (34, 0.65, 0.06, 700, 1.0), (3_000, 0.75, 0.05, 30_000, 0.6),
        (7, 0.60, 0.06, 60, 0.6), (1_700, 0.75, 0.06, 12_000, 0.8), (420, 0.75, 0.06, 6_000, 0.8),
        (200, 0.75, 0.05, 1_500, 0.6),
    ]
)  # fmt: skip
"""Median seconds and spread of the body, share of the tail, median and spread of the tail; by channel."""
SETTLED_AT_ONCE = np.array([0.70, 0.66, 0.36, 0.78, 0.38, 0.50, 0.82])
HANDLING = np.array([420.0, 480.0, 40.0, 330.0, 60.0, 40.0, 600.0])
"""Median seconds from the first reply to the end where a ticket is settled at once."""
LATER = np.array([0.16, 0.16, 0.75, 0.60, 0.60, 0.14, 0.90])
"""How the hours that an inquiry takes shorten with the channel's promise, where it is not settled at once."""
BOT_ONLY = np.array([0.24, 0.20, 0.0, 0.0, 0.0, 0.0, 0.0])
BOT_CAN = {"nothing": 1.7, "order": 0.6, "detail": 0.15}
GIVEN_UP = np.array([0.022, 0.015, 0.0, 0.034, 0.004, 0.0, 0.0])
PRIORITY_PACE = np.array([0.5, 0.75, 1.0, 1.25])
AUTO_CLOSE = 3 * DAY
LONGEST = 45 * 13 * 3600
"""Working seconds after which even the hardest case is over."""


@dataclass(frozen=True)
class Lives:
    """Instants, people and counts of every ticket."""

    created: Whole
    auto_responded: Whole
    responded: Whole
    first_resolved: Whole
    resolved: Whole
    reopened: tuple[Whole, Whole]
    resolved_again: tuple[Whole, Whole]
    confirmed: Whole
    closed: Whole
    waiting_from: Whole
    waiting_until: Whole
    handed_over: Whole
    escalated: Whole
    responder: Whole
    agent: Whole
    team: Whole
    first_team: Whole
    is_bot_only: Flags
    is_given_up: Flags
    is_at_once: Flags


def lives(rng: np.random.Generator, asked: Arrivals, about: Inquiries, staff: Staff) -> Lives:
    """All tickets from arrival to closing; nothing here knows the newest instant yet."""
    size = asked.second.size
    simple = np.array([BOT_CAN[each.needs] for each in INQUIRIES])[about.inquiry]
    is_bot_only = (rng.random(size) < BOT_ONLY[asked.channel] * simple) & (about.follows < 0) & (about.priority >= 2)
    is_given_up = ~is_bot_only & (rng.random(size) < GIVEN_UP[asked.channel] * asked.pressure**1.5)
    responded, responder = _first_responses(rng, asked, about, staff)
    answered = ~is_bot_only & ~is_given_up
    at_once = answered & (rng.random(size) < _chance_at_once(asked, about))
    moves = _Moves.of(rng, about, at_once | ~answered)
    span = _seconds_to_resolve(rng, asked, about, at_once, moves.is_moved)
    end = add_working_time(moves.team, responded, span)
    end = np.where(at_once, responded + span.astype(np.int64), end)
    agent = np.where(moves.is_moved, staff.pick(moves.team, end, rng.random(size)), responder)
    end = np.where(at_once, end, staff.back_on_shift(agent, end, rng.random(size)))
    moved_at = responded + ((end - responded) * moves.part).astype(np.int64)
    moved_at = np.minimum(staff.back_on_shift(responder, moved_at, rng.random(size)), end - 400)
    first = Lives(
        created=asked.second,
        auto_responded=_auto_responses(rng, asked),
        responded=np.where(answered, responded, NEVER),
        first_resolved=np.where(answered, end, NEVER),
        resolved=end,
        reopened=(np.full(size, NEVER), np.full(size, NEVER)),
        resolved_again=(np.full(size, NEVER), np.full(size, NEVER)),
        confirmed=np.full(size, NEVER),
        closed=np.full(size, NEVER),
        waiting_from=np.full(size, NEVER),
        waiting_until=np.full(size, NEVER),
        handed_over=np.where(moves.is_moved, moved_at, NEVER),
        escalated=np.where(moves.is_escalated, moved_at, NEVER),
        responder=responder,
        agent=agent,
        team=moves.team,
        first_team=about.team,
        is_bot_only=is_bot_only,
        is_given_up=is_given_up,
        is_at_once=at_once,
    )
    return _ended(rng, _reopened(rng, _waiting_for_customer(rng, first), asked, about, staff))


def awake(second: Whole) -> Whole:
    """The same second, by day: what would be said in the small hours is said eight hours later."""
    return np.where(second % DAY < 7 * 3600, second + 8 * 3600, second)


def _mixture(rng: np.random.Generator, channel: Whole) -> Floats:
    median, spread, tail, tail_median, tail_spread = FIRST_RESPONSE[channel].T
    in_tail = rng.random(channel.size) < tail
    normal = rng.standard_normal(channel.size)
    body = median * np.exp(spread * normal)
    return np.asarray(np.where(in_tail, tail_median * np.exp(tail_spread * normal), body))


def _training(second: Whole, team: Whole) -> Floats:
    """How much slower the mail team is than later: twice and more before its training, then less within weeks."""
    since = second / DAY - day_number(people.TRAINING_DAY)
    return np.where(team == people.MAIL, 1.0 + 1.3 * np.clip(1 - since / 21, 0, 1), 1.0)


def _first_responses(rng: np.random.Generator, asked: Arrivals, about: Inquiries, staff: Staff) -> tuple[Whole, Whole]:
    size = asked.second.size
    team_pace = np.array([team.pace for team in TEAMS])[about.team]
    hour = asked.second % DAY // 3600
    opens, closes = (np.array([getattr(team, edge) for team in TEAMS])[about.team] for edge in ("opens", "closes"))
    queued = np.where(((hour < opens) | (hour >= closes)) & (asked.channel <= WECHAT), 4.0, 1.0)
    wait = _mixture(rng, asked.channel) * asked.pressure**1.6 * team_pace * _training(asked.second, about.team)
    wait = np.maximum(wait * PRIORITY_PACE[about.priority] * queued, 2.0)
    begin = staff.pick(about.team, add_working_time(about.team, asked.second, wait), rng.random(size))
    at = add_working_time(about.team, asked.second, wait * staff.pace[begin])
    responder = np.where(staff.on_shift[begin, at // 3600], begin, staff.pick(about.team, at, rng.random(size)))
    return at, responder


def _auto_responses(rng: np.random.Generator, asked: Arrivals) -> Whole:
    automatic = np.isin(asked.channel, (CHAT, WECHAT, EMAIL, WEB_FORM))
    return np.where(automatic, asked.second + rng.integers(1, 5, asked.second.size), NEVER)


def _chance_at_once(asked: Arrivals, about: Inquiries) -> Floats:
    by_kind = np.array([kind.at_once for kind in KINDS.values()])[about.kind]
    chance = SETTLED_AT_ONCE[asked.channel] + by_kind - 0.25 * about.is_bad_batch
    return np.asarray(np.clip(chance, 0.03, 0.95))


@dataclass(frozen=True)
class _Moves:
    """Which tickets go to another team or are escalated, where to, and when on their way to the end."""

    is_moved: Flags
    is_escalated: Flags
    team: Whole
    part: Floats

    @staticmethod
    def of(rng: np.random.Generator, about: Inquiries, settled: Flags) -> "_Moves":
        size = settled.size
        usual = np.array([0.012 if each.needs == "nothing" else 0.05 for each in INQUIRIES])[about.inquiry]
        chance = usual + 0.22 * (about.kind == COMPLAINT) + 0.06 * (about.priority == 0) + 0.10 * about.is_bad_batch
        is_escalated = ~settled & (rng.random(size) < 1.35 * chance)
        is_moved = is_escalated | (~settled & (rng.random(size) < 0.13))
        technical = np.isin(
            about.kind, [list(KINDS).index(kind) for kind in ("technical_support", "warranty", "how_to_use")]
        )
        target = np.where(technical, people.TECHNICAL, np.where(is_escalated, people.COMPLAINTS, people.AFTERSALES))
        return _Moves(is_moved, is_escalated, np.where(is_moved, target, about.team), 0.08 + 0.5 * rng.random(size))


def _seconds_to_resolve(
    rng: np.random.Generator, asked: Arrivals, about: Inquiries, at_once: Flags, is_moved: Flags
) -> Floats:
    size = asked.second.size
    soon = HANDLING[asked.channel] * np.exp(0.55 * rng.standard_normal(size))
    hours = np.array([kind.hours for kind in KINDS.values()])[about.kind]
    slower = np.where(is_moved, 1.5, 1.0) * np.where(about.is_bad_batch, 1.6, 1.0) * asked.pressure**0.7
    team = np.array([team.pace for team in TEAMS])[about.team] * _training(asked.second, about.team) ** 0.5
    later = (
        hours
        * 3600
        * LATER[asked.channel]
        * np.exp(0.9 * rng.standard_normal(size))
        * slower
        * team
        * PRIORITY_PACE[about.priority]
    )
    return np.asarray(np.where(at_once, np.maximum(soon, 15.0), np.clip(later, 1_200.0, LONGEST)))


def _waiting_for_customer(rng: np.random.Generator, life: Lives) -> Lives:
    size = life.created.size
    between = (life.first_resolved - life.responded).astype(np.float64)
    waits = ~life.is_at_once & (life.first_resolved < NEVER) & (rng.random(size) < 0.38)
    start = life.responded + (between * (0.12 + 0.2 * rng.random(size))).astype(np.int64)
    until = life.responded + (between * (0.45 + 0.4 * rng.random(size))).astype(np.int64)
    return replace(life, waiting_from=np.where(waits, start, NEVER), waiting_until=np.where(waits, until, NEVER))


def _reopened(rng: np.random.Generator, life: Lives, asked: Arrivals, about: Inquiries, staff: Staff) -> Lives:
    size = life.created.size
    chance = 0.051 * np.exp(-0.25 * staff.skill[life.agent]) * np.where(about.is_bad_batch, 2.6, 1.0)
    chance = chance * np.where(about.kind == COMPLAINT, 1.6, 1.0) * np.where(life.is_at_once, 0.8, 1.2)
    first = (life.first_resolved < NEVER) & (rng.random(size) < chance)
    second = first & (rng.random(size) < 0.09)
    reopened: list[Whole] = []
    again: list[Whole] = []
    last = life.first_resolved
    for happens in (first, second):
        thinks = np.minimum(22 * 3600 * np.exp(0.9 * rng.standard_normal(size)), AUTO_CLOSE - 10 * 3600)
        at = awake(last + thinks.astype(np.int64))
        work = 5 * 3600 * np.exp(0.9 * rng.standard_normal(size)) * asked.pressure**0.5
        end = staff.back_on_shift(
            life.agent, add_working_time(life.team, np.minimum(at, 2 * NOW), work), rng.random(size)
        )
        reopened.append(np.where(happens, at, NEVER))
        again.append(np.where(happens, end, NEVER))
        last = np.where(happens, end, last)
    return replace(life, reopened=(reopened[0], reopened[1]), resolved_again=(again[0], again[1]), resolved=last)


def _ended(rng: np.random.Generator, life: Lives) -> Lives:
    """The bot's own endings, customers who left, confirmations, and the closing three days after silence."""
    size = life.created.size
    bot_end = life.auto_responded + rng.integers(34, 112, size)
    left = life.created + np.where(
        life.auto_responded < NEVER, rng.integers(240, 2_400, size), rng.integers(20, 240, size)
    )
    resolved = np.where(life.is_bot_only, bot_end, np.where(life.is_given_up, NEVER, life.resolved))
    first = np.where(life.is_bot_only, bot_end, life.first_resolved)
    confirms = ~life.is_bot_only & (resolved < NEVER) & (rng.random(size) < 0.46)
    confirmed = resolved + (4 * 3600 * np.exp(1.3 * rng.standard_normal(size))).clip(20, AUTO_CLOSE - 60).astype(
        np.int64
    )
    closed = np.where(confirms, confirmed + rng.integers(60, 12 * 3600, size), resolved + AUTO_CLOSE)
    closed = np.where(life.is_bot_only, bot_end + 600, np.where(life.is_given_up, left, closed))
    return replace(
        life,
        first_resolved=first,
        resolved=resolved,
        confirmed=np.where(confirms, confirmed, NEVER),
        closed=closed,
    )
