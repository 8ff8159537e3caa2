"""The demo desk's day before: the stand-up that was held, what it promised, who took what of the queue.

It is lived through the product's own services at instants of that day; what became of a promise is left to what the
generated tickets really did. The rules look at the tickets of the last weeks alone, which is all that is still open.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl

from dashboard.demo.calendar_of_demand import NEWEST
from dashboard.demo.people import LEFT, TEAMS
from dashboard.desk import Desk
from dashboard.people import SERVER, Actor
from dashboard.services.facts.figures import settings_of
from dashboard.services.triage import many as triage_many
from dashboard.services.triage import meetings
from dashboard.services.triage.acts import ways_of
from dashboard.services.triage.queue import queue
from dashboard.services.triage.running import keep_findings, tick
from dashboard.triage.items import Outcome
from dashboard.triage.meetings import Leaving, Point
from dashboard.triage.promises import Promised
from metrics.facts import build_facts
from metrics.tables import Tables
from metrics.triage import evaluate as look

LEADER = Actor(None, "江敏", "manager")
BACK = timedelta(days=24)
"""So old at most are the tickets that the rules look at."""
TALKED_ABOUT = 9
"""So many points are decided in one stand-up; the rest is left to the queue."""
TAKEN, BEGUN, KEPT = 0.3, 0.5, 0.8
"""Which part of the rest is taken on the same day, which part of that is begun, and of what was promised to whom."""
SAID: tuple[tuple[str, str, Promised, float], ...] = (
    ("由原客服继续跟进，今天给客户答复", "查清进度后回复客户", "answered", 10),
    ("等仓库核实，中午前给进展", "催仓库给出结果", "reported", 3),
    ("客户情绪激动，由组长接手", "组长回电说明处理方案", "reported", 4),
    ("技术侧排查，下班前给进展", "提交日志给技术支持", "reported", 9),
    ("补偿方案已定，今天处理完", "办理退款并通知客户", "solved", 20),
)
"""What was decided, the next step, what that promises, and within how many hours."""


def live_through_the_day_before(desk: Desk) -> None:
    """Hold the stand-up of the working day before the one that is shown, and do what people do after it."""
    chance = random.Random(7)
    morning = NEWEST.replace(hour=1, minute=0) - timedelta(days=1)  # nine o'clock on a Thursday in Shanghai
    _look(desk, _recent(desk), morning)
    _hold(desk, chance, morning)
    _work(desk, chance, morning + timedelta(minutes=40))
    tick(SERVER, desk, at=NEWEST)


def _recent(desk: Desk) -> Tables:
    """What belongs to the tickets of the last weeks."""
    head = desk.head()
    tables = desk.warehouse.tables(head.versions if head else {})
    first = NEWEST - BACK - timedelta(days=7)
    tickets = tables.tickets.filter(pl.col("created_at") >= first).collect()
    keys = tickets.lazy().select("source", "ticket_id")
    own = {
        name: getattr(tables, name).join(keys, on=["source", "ticket_id"], how="semi").collect()
        for name in ("messages", "changes", "ratings")
    }
    return Tables.of(tickets=tickets, **own)


def _look(desk: Desk, recent: Tables, at: datetime) -> None:
    """Let the rules look at what was known by then."""
    ways = ways_of(SERVER, desk)
    facts = build_facts(recent, settings_of(SERVER, desk), as_of=at)
    found = look(facts, ways.settings.rules, messages=recent.messages.filter(pl.col("at") <= at))
    with desk.keeping() as session:
        keep_findings(session, facts, found, ways, at, f"demo {at:%Y-%m-%d}")


def _hold(desk: Desk, chance: random.Random, at: datetime) -> None:
    """The stand-up: its first points are decided, each with a promise, the others stay in the queue."""
    number = meetings.start(LEADER, desk, at=at)
    held = meetings.meeting(LEADER, desk, number)
    said = at
    for point in [one for one in held.points if one.item_id is not None][:TALKED_ABOUT]:
        said += timedelta(seconds=chance.randint(35, 110))
        meetings.leave(LEADER, desk, point.id, _leaving(chance, point, said), expected=point.version, at=said)
    held = meetings.meeting(LEADER, desk, number)
    meetings.end(LEADER, desk, number, expected=held.version, at=said + timedelta(seconds=30))


def _leaving(chance: random.Random, point: Point, at: datetime) -> Leaving:
    decision, step, what, hours = chance.choice(SAID)
    owner = _person(chance, point.team)
    return Leaving("goes_on", decision, owner, step, at + timedelta(hours=hours), what)


def _person(chance: random.Random, team: str | None) -> str:
    """Somebody of the team who still works there; of any where it is nobody's."""
    of = next((one for one in TEAMS if one.name == team), None) or chance.choice(TEAMS)
    return chance.choice([name for name in of.agents if name not in LEFT])


def _work(desk: Desk, chance: random.Random, at: datetime) -> None:
    """What people do after the stand-up: in each team one takes a part of the queue, and begins with some of it."""
    waiting = queue(LEADER, desk, at=at).filter(~pl.col("is_acknowledged") & pl.col("team").is_not_null())
    promised = waiting.filter(pl.col("owner").is_not_null())
    for id, version, team, owner in promised.select("id", "version", "team", "owner").iter_rows():
        if chance.random() < KEPT:
            _begin(desk, Actor(None, owner, "supervisor", frozenset({team}), agent=owner), [(id, version)], at)
    waiting = waiting.filter(pl.col("owner").is_null())
    for place, ((team,), rows) in enumerate(waiting.group_by("team", maintain_order=True)):
        name, began = _person(chance, str(team)), at + timedelta(minutes=place)
        own = Actor(None, name, "supervisor", frozenset({str(team)}), agent=name)
        chosen = [one for one in rows.select("id", "version").iter_rows() if chance.random() < TAKEN]
        taken = _done(triage_many.bulk(own, desk, "acknowledge", chosen, at=began))
        begun = [one for one in taken if chance.random() < BEGUN]
        triage_many.bulk(own, desk, "start", begun, at=began + timedelta(minutes=15))


def _begin(desk: Desk, who: Actor, items: Sequence[tuple[int, int]], at: datetime) -> None:
    """Take what was given to somebody in the stand-up, and begin with it."""
    taken = _done(triage_many.bulk(who, desk, "acknowledge", items, at=at + timedelta(minutes=5)))
    triage_many.bulk(who, desk, "start", taken, at=at + timedelta(minutes=50))


def _done(outcomes: Sequence[Outcome]) -> list[tuple[int, int]]:
    return [(one.item.id, one.item.version) for one in outcomes if one.item is not None]
