"""Three hundred acts of many inspectors at once on one draw; and a draw of a million against hashing them."""

import hashlib
import random
import threading
import time
import zlib
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import COMMAND_LINE, Actor
from dashboard.quality.draws import DrawError
from dashboard.quality.plans import Plan
from dashboard.services.quality import assignments, draws, sampling_plans
from dashboard.services.quality.assignments import AssignmentError
from dashboard.store import Assignment, SampleUnit
from metrics.quality import sampling
from metrics.quality.sampling import Allocation
from tests import inspected
from tests.inspected import NOW

THREADS, EACH = 12, 25
PLAN = Plan("daily", cycle="week", by_channel=False, allocation=Allocation(share=0.6, minimum=4), double_share=0.3)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_three_hundred_acts_at_once_draw_nothing_twice_and_lose_nothing(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database = request.getfixturevalue("database_url") if kind == "postgresql" else None
    desk = inspected.make(tmp_path / "desk", database=database)
    sampling_plans.save_plan(COMMAND_LINE, desk, PLAN, at=NOW)
    found = draws.draw(COMMAND_LINE, desk, "daily", day=date(2026, 3, 4), at=NOW)
    got: list[tuple[int, str]] = []
    done: Counter[str] = Counter()
    pool = [threading.Thread(target=_work, args=(desk, found.id, place, got, done)) for place in range(THREADS)]
    for one in pool:
        one.start()
    for one in pool:
        one.join()
    assert sum(done.values()) == THREADS * EACH
    _reckon(desk, found.id, got)
    desk.engine.dispose()


def _work(desk: Desk, draw_id: int, place: int, got: list[tuple[int, str]], done: Counter[str]) -> None:
    """One inspector's acts, as chance has them; what he was refused is an act, too."""
    who, chance = Actor(None, f"inspector {place}", "inspector"), random.Random(place)
    for _act in range(EACH):
        drawn, mine = chance.random(), assignments.queue(who, desk)
        try:
            if drawn < 0.6 or not mine:
                one = assignments.claim_next(who, desk, at=NOW)
                if one is not None:
                    got.append((one.id, who.name))
            elif drawn < 0.75:
                assignments.mark_ineligible(who, desk, mine[0].id, mine[0].version, code="spam", at=NOW)
            elif drawn < 0.9:
                assignments.skip(who, desk, mine[-1].id, mine[-1].version, code="language", at=NOW)
            else:
                strata = draws.draw_of(COMMAND_LINE, desk, draw_id)[0].strata
                room = [one.name for one in strata if one.drawn < one.size]
                draws.extend(COMMAND_LINE, desk, draw_id, {chance.choice(room): 1}, at=NOW)
        except (AssignmentError, DrawError):
            done["refused"] += 1
        else:
            done["done"] += 1


def _reckon(desk: Desk, draw_id: int, got: list[tuple[int, str]]) -> None:
    with desk.reading() as session:
        units = session.scalars(select(SampleUnit)).all()
        rows = session.scalars(select(Assignment)).all()
    assert len({(unit.source, unit.ticket_id) for unit in units}) == len(units)
    assert max(Counter(row.unit_id for row in rows if row.role == "primary").values()) == 1
    assert {row.unit_id for row in rows if row.role == "primary"} == {unit.id for unit in units}
    assert len({number for number, _who in got}) == len(got)
    owner = {row.id: row.reviewer for row in rows}
    assert all(owner[number] == who for number, who in got)
    readers = Counter((row.unit_id, row.reviewer) for row in rows if row.reviewer)
    assert max(readers.values()) == 1
    assert max(Counter(row.unit_id for row in rows).values()) <= 2
    assert draws.rerun(COMMAND_LINE, desk, draw_id).is_same


@pytest.mark.slow
def test_a_draw_of_a_million_takes_at_most_twice_the_time_of_hashing_them() -> None:
    """With freezing the frame; half a minute: `pytest -m slow tests/dashboard/quality/test_race.py -n 0 -s`."""
    many = 1_000_000
    rows = pl.DataFrame({
        "source": ["export"] * many, "ticket_id": [f"T{place:09d}" for place in range(many)],
        "team": [f"team {place % 8}" for place in range(many)],
        "agent": [f"agent {place % 300}" for place in range(many)],
        "risk": ["rest" if place % 10 else "complaint" for place in range(many)],
        "channel": [("chat", "email", "phone")[place % 3] for place in range(many)],
    })  # fmt: skip
    allocation = Allocation()
    frame = sampling.stratified(rows, allocation, by_channel=True)
    ratios = []
    for _time in range(3):
        begun = time.process_time()
        for source, ticket in zip(frame["source"].to_list(), frame["ticket_id"].to_list(), strict=True):
            hashlib.sha256(f"seed|{source}/{ticket}".encode()).digest()
        hashed = time.process_time()
        text = sampling.frame_text(frame)
        sampling.digest(text)
        zlib.compress(text, 1)
        units = sampling.drawn(frame, "seed", sampling.allocated(frame, allocation))
        ratios.append((time.process_time() - hashed) / (hashed - begun))
    print(f"\n{units.height:,} of {many:,}: {min(ratios):.2f} times the hashing alone, of three runs {ratios}")
    assert min(ratios) <= 2
