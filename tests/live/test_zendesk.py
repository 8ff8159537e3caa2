"""Zendesk read on and on while it changes and fails: what is kept is what it has.

Thirty schedules of faults by default; the long proof, about four minutes on a quiet laptop:

    FLOORWALKER_SCHEDULES=1000 pytest -n 0 -m '' tests/live/test_zendesk.py -k random
"""

import os
import random
from pathlib import Path

import pytest

from loaders.live.canonical import canonical
from loaders.live.errors import Misread, NotLetIn, SourceError, Unreachable, Waiting
from tests.live.reading import Kept
from tests.live.serving import Answer, Api, Asked, Weather, served
from tests.live.zendesk import ZendeskModel

SCHEDULES = int(os.environ.get("FLOORWALKER_SCHEDULES", "30"))
USER, SECRET = "agent@example.com", "secret"


def settings(address: str) -> dict[str, str]:
    return {"address": address, "user": USER}


def read_all(kept: Kept, address: str, folder: Path, *, attempts: int = 4) -> int:
    """Runs until one comes through; how many did not."""
    for failed in range(200):
        try:
            kept.read_on(settings(address), SECRET, folder, attempts=attempts, size=40)
        except SourceError:
            continue
        return failed
    raise AssertionError("no run came through")


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_a_random_schedule_of_faults_ends_with_exactly_what_the_server_has(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    model = ZendeskModel(seed=seed, page=chance.choice((3, 7, 20)), skew=chance.choice((0, 0, -3600, 86_400)))
    model.work(chance.randrange(20, 120))
    weather = Weather(seed=seed, share=chance.choice((0.0, 0.1, 0.3, 0.5)))
    kept = Kept("zendesk")
    with served(model, weather) as address:
        for _round in range(3):
            weather.before_answer = lambda: model.work(chance.choice((0, 0, 0, 0, 1)))
            read_all(kept, address, tmp_path)
        weather.before_answer = lambda: None
        model.rest()
        read_all(kept, address, tmp_path)
        statuses = dict(zip(kept.column("tickets", "ticket_id"), kept.column("tickets", "status"), strict=True))
        assert {number: canonical("zendesk", "status", said) for number, said in statuses.items()} == model.standing()
        written = set(kept.column("comments", "message_id"))
        assert written <= model.comments()
        assert written >= model.comments(of_ever_deleted=False)
        before = kept.kept
        read_all(kept, address, tmp_path)
        assert kept.kept == before, "nothing is kept anew where nothing has changed"


def test_what_is_kept_says_who_wrote_what_changed_and_how_it_was_rated(tmp_path: Path) -> None:
    model = ZendeskModel(seed=3)
    model.work(80)
    model.rest()
    kept = Kept("zendesk")
    with served(model) as address:
        read_all(kept, address, tmp_path)
    ticket = next(row for row in kept.rows["tickets"].values() if row["assignee"])
    assert ticket["assignee"] in ("Ann Lee", "王芳", "Tom O'Neil")
    assert ticket["group"] in ("First line", "Returns")
    assert ticket["custom.Colour"] in ("red", "blue", None)
    assert "description" not in ticket, "what the customer wrote stands in the messages"
    assert {row["author_kind"] for row in kept.rows["comments"].values()} == {"agent", "customer"}
    fields = {row["field"] for row in kept.rows["changes"].values()}
    assert fields == {"status", "x_reply_time"}
    states = {row["to_value"] for row in kept.rows["changes"].values() if row["field"] == "status"}
    assert states <= {"new", "open", "pending", "on_hold", "resolved", "closed"}
    assert {row["score"] for row in kept.rows["ratings"].values()} <= {0, 1, None}


class _Always:
    def __init__(self, answer: Answer) -> None:
        self.one = answer

    def answer(self, asked: Asked) -> Answer:
        del asked
        return self.one


@pytest.mark.parametrize(
    ("api", "error", "said"),
    [
        (_Always(Answer({}, 401)), NotLetIn, "token"),
        (_Always(Answer({}, 403)), NotLetIn, "token"),
        (_Always(Answer({"users": "none"})), Misread, "users"),
        (_Always(Answer([])), Misread, "otherwise"),
        (_Always(Answer({"error": "no such thing"}, 404)), Misread, "no such thing"),
        (_Always(Answer({}, 302, {"Location": "https://elsewhere.example"})), Misread, "302"),
        (_Always(Answer({}, 429, {"Retry-After": "7200"})), Waiting, "120 minutes"),
        (_Always(Answer({}, 500)), Unreachable, "HTTP 500"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence_without_the_secret(
    api: Api, error: type[SourceError], said: str, tmp_path: Path
) -> None:
    with served(api) as address, pytest.raises(error) as told:
        Kept("zendesk").read_on(settings(address), SECRET, tmp_path, attempts=2)
    assert said in str(told.value)
    assert SECRET not in str(told.value)
    assert SECRET not in repr(told.value.params)


def test_a_server_that_is_not_there_is_said_to_be_out_of_reach(tmp_path: Path) -> None:
    with served(_Always(Answer({}))) as address:
        pass
    with pytest.raises(Unreachable):
        Kept("zendesk").read_on(settings(address), SECRET, tmp_path, attempts=2)
