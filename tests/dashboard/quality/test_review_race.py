"""Many inspectors at once on one draw: nothing is lost, and nothing is read by two who were not both asked to."""

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from dashboard.desk import Desk, open_desk
from dashboard.people import Actor
from dashboard.quality.reviewing import NotAllowedNow
from dashboard.services.facts.figures import readable_facts
from dashboard.services.quality import review_reading, reviews, scorecards
from dashboard.store import Assignment, Review, ReviewAnswer, ReviewRevision, SampleUnit
from tests.dashboard.quality.reading import AT, INES, answers, chat_card, drawn
from tests.dashboard.racing import Tell, race
from tests.walled import EACH, OWNERS, SOURCE, make, number

TICKETS = [number(owner, place) for owner in OWNERS for place in range(EACH)]
FEW = TICKETS[::4]


def take_all(desk: Desk, name: str, tell: Tell) -> None:
    """Read whatever is left, one after the other, each saved as a draft before it is submitted."""
    actor = Actor(None, name, "inspector")
    version_id = scorecards.published(actor, desk)[0].id
    facts = readable_facts(actor, desk)
    while (id := review_reading.begin_next(actor, desk, version_id=version_id, facts=facts)) is not None:
        ticket = review_reading.told(actor, desk, id).row["ticket_id"]
        saved = reviews.save(actor, desk, id, 1, {"R1": {"v": 1}})
        reviews.submit(actor, desk, id, saved, answers(ticket, R3=0), facts=facts, at=AT)
        tell({"who": name, "ticket": ticket})


def raced(tmp_path: Path, inspectors: int, tickets: list[str]) -> tuple[Desk, list[dict[str, str]]]:
    made = make(tmp_path / "desk")
    chat_card(made)
    drawn(made, tickets, [(None, "primary"), (None, "double")])
    readable_facts(INES, made)
    made.engine.dispose()
    log = tmp_path / "log"
    assert race(str(made.root), None, inspectors, "i", str(log), take_all) == 0
    return open_desk(made.root), [json.loads(line) for line in log.read_text().splitlines()]


def hold(desk: Desk, told: list[dict[str, str]], tickets: list[str]) -> None:
    """Every conversation was read by two who were asked, by nobody twice, and nothing of it is lost."""
    assert Counter(one["ticket"] for one in told) == dict.fromkeys(tickets, 2)
    assert set(Counter((one["who"], one["ticket"]) for one in told).values()) == {1}
    with desk.reading() as session:
        rows = session.scalars(select(Review)).all()
        assert Counter((row.ticket_id, row.kind) for row in rows) == {
            (ticket, kind): 1 for ticket in tickets for kind in ("normal", "double")
        }
        assert {row.state for row in rows} == {"submitted"}
        assert {(one["who"], one["ticket"]) for one in told} == {(row.reviewer, row.ticket_id) for row in rows}
        assert set(session.scalars(select(Assignment.state))) == {"done"}
        assert set(session.scalars(select(SampleUnit.outcome))) == {"reviewed"}
        assert session.scalar(select(func.count()).select_from(ReviewRevision)) == len(told)
        assert session.scalar(select(func.count()).select_from(ReviewAnswer)) == 13 * len(told)
    desk.engine.dispose()


def test_many_inspectors_on_one_draw_read_everything_and_nothing_twice(tmp_path: Path) -> None:
    hold(*raced(tmp_path, 2 * len(FEW), FEW), FEW)


@pytest.mark.slow
def test_three_hundred_inspectors_on_one_draw_read_everything_and_nothing_twice(tmp_path: Path) -> None:
    """pytest tests/dashboard/quality/test_review_race.py -m slow -n 0"""
    hold(*raced(tmp_path, 300, TICKETS), TICKETS)


def test_who_came_too_late_for_a_conversation_is_given_its_second_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, quick, late = make(tmp_path / "desk"), Actor(41, "A", "inspector"), Actor(42, "B", "inspector")
    drawn(desk, [TICKETS[0]], [(None, "primary"), (None, "double")])
    version_id = chat_card(desk)

    def overtaken(actor: Actor, desk: Desk, id: int, **how: Any) -> int:
        monkeypatch.undo()
        reviews.begin(quick, desk, id, version_id=version_id, at=AT)
        return reviews.begin(actor, desk, id, **how)

    monkeypatch.setattr(review_reading, "begin", overtaken)
    given = review_reading.begin_next(late, desk, version_id=version_id)
    with desk.reading() as session:
        found = {row.reviewer: (row.id, row.kind) for row in session.scalars(select(Review))}
    assert found == {"A": (found["A"][0], "normal"), "B": (given, "double")}
    desk.engine.dispose()


def test_two_who_ask_for_the_same_one_get_it_once(tmp_path: Path) -> None:
    desk = make(tmp_path / "desk")
    [one] = drawn(desk, [TICKETS[0]], [(None, "primary")])
    first, second = Actor(41, "A", "inspector"), Actor(42, "B", "inspector")
    reviews.begin(first, desk, one, version_id=chat_card(desk), at=AT)
    with pytest.raises(NotAllowedNow):
        reviews.begin(second, desk, one, version_id=chat_card(desk), at=AT)
    assert review_reading.waiting(second, desk).is_empty()
    reviews.begin_by_hand(second, desk, SOURCE, TICKETS[0], version_id=chat_card(desk), at=AT)
    desk.engine.dispose()
    shutil.rmtree(desk.root)
