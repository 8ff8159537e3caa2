"""Every connected helpdesk, read on and on while it changes and fails: what is kept is what it has.

Three schedules of faults each by default; the long proof: FLOORWALKER_SCHEDULES=125 pytest -n 0 tests/live -k helpdesk
"""

import os
import random
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from loaders.live.comparing import compared
from loaders.live.errors import NotLetIn, SourceError
from loaders.live.kinds import KINDS
from tests.live.helpdesks import HELPDESKS
from tests.live.reading import Kept
from tests.live.serving import Answer, Asked, Weather, served

SCHEDULES = int(os.environ.get("FLOORWALKER_SCHEDULES", "3"))


def settings(kind: str, address: str) -> dict[str, str]:
    return {"address": address, "accounts": f"{address}/oauth/v2/token", **HELPDESKS[kind].settings}


def read_all(kept: Kept, address: str, folder: Path, *, compare: bool = False) -> None:
    for _run in range(300):
        try:
            kept.read_on(settings(kept.kind, address), "token secret", folder, attempts=4, size=20, compare=compare)
        except SourceError:
            continue
        return
    raise AssertionError("no run came through")


def states(kept: Kept) -> dict[str, str]:
    known, mapping = HELPDESKS[kept.kind].states, kept.mappings["tickets"]
    columns, words = mapping.columns, mapping.values["status"]
    rows = kept.rows["tickets"].values()
    said = {str(row[columns["ticket_id"]]): str(row[columns["status"]]) for row in rows}
    return {number: known.get(raw) or known[words[raw]] for number, raw in said.items()}


def merged(kept: Kept) -> dict[str, str]:
    """Every merged ticket with the one that it was merged into, whether it stays or has left."""
    rows, key = kept.rows["tickets"].values(), kept.mappings["tickets"].columns["ticket_id"]
    return {str(row[key]): str(row["merged_into"]) for row in rows if row.get("merged_into")} | kept.into


@pytest.mark.parametrize("seed", range(SCHEDULES))
@pytest.mark.parametrize("kind", HELPDESKS)
def test_random_faults_end_with_exactly_what_the_helpdesk_has(
    kind: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    module = import_module(f"loaders.live.{kind}")
    if hasattr(module, "SIZE"):
        monkeypatch.setattr(module, "SIZE", chance.choice((3, 7, 100)))
    api = HELPDESKS[kind](seed=seed)
    api.work(chance.randrange(20, 90))
    weather = Weather(seed=seed, share=chance.choice((0.0, 0.15, 0.35)))
    kept = Kept(kind)
    with served(api, weather) as address:
        for _round in range(3):
            weather.before_answer = lambda: api.work(chance.choice((0, 0, 0, 0, 1)))
            read_all(kept, address, tmp_path)
        weather.before_answer = lambda: None
        read_all(kept, address, tmp_path, compare=True)
        assert states(kept) == api.standing()
        truth = {str(one.number): str(one.into) for one in api.tickets.values() if one.into}
        assert merged(kept).items() <= truth.items()
        assert {one for one, into in truth.items() if into in api.standing()} <= set(merged(kept))
        before = kept.kept
        read_all(kept, address, tmp_path)
        assert kept.kept == before, "nothing is kept anew where nothing has changed"


def test_what_changed_in_a_case_of_salesforce_comes_once_each_and_an_owner_by_his_name(tmp_path: Path) -> None:
    api = HELPDESKS["salesforce"](seed=4)
    api.work(60)
    kept = Kept("salesforce")
    with served(api, Weather(seed=4, share=0.2)) as address:
        for _round in range(3):
            read_all(kept, address, tmp_path)
            api.work(15)
        read_all(kept, address, tmp_path)
    told = [(row["ticket_id"], row["field"], row["to_value"]) for row in kept.rows["changes"].values()]
    canonical = {"open": "open", "closed": "closed", "merged": "closed"}
    there = [change for change in api.history if str(change[1]) in api.standing()]
    wanted = [(str(ticket), "status", canonical[after]) for _number, ticket, _before, after, _at in there]
    wanted += [(str(ticket), "agent", "Bob") for number, ticket, *_rest in there if number % 5 == 0]
    assert sorted(told) == sorted(wanted)
    assert {row["by"] for row in kept.rows["changes"].values()} == {"Ann"}


def test_a_token_that_reads_less_than_before_takes_nothing_out() -> None:
    api = HELPDESKS["zammad"](seed=2)
    api.work(90)
    standing = [str(1000 + n) for n in range(100)]
    with served(api) as address:
        reading = KINDS["zammad"].connect({"address": address}, "token")
        found = compared(KINDS["zammad"], reading, {}, key="id", standing=standing)
        reading.close()
    assert found.is_doubtful
    assert not found.gone
    assert found.missing == found.listed == len(api.standing())


@pytest.mark.parametrize("kind", ["freshdesk", "zammad"])
def test_what_was_written_comes_with_who_wrote_it_where_it_is_wanted(kind: str, tmp_path: Path) -> None:
    api = HELPDESKS[kind](seed=1)
    api.work(10)
    kept = Kept(kind)
    with served(api) as address:
        read_all(kept, address, tmp_path)
    assert {row["author_kind"] for row in kept.rows["comments"].values()} <= {"customer", "agent"}
    assert {str(row["ticket_id"]) for row in kept.rows["comments"].values()} == set(api.standing())


def test_ratings_of_freshdesk_and_chatwoot_keep_their_scales(tmp_path: Path) -> None:
    for kind, told in (("freshdesk", (7, 7)), ("chatwoot", (5, 5))):
        api = HELPDESKS[kind](seed=1)
        api.work(10)
        kept = Kept(kind)
        with served(api) as address:
            read_all(kept, address, tmp_path)
        assert [(row["score"], row["scale"]) for row in kept.rows["ratings"].values()] == [told]


class _NoTokens:
    def answer(self, asked: Asked) -> Answer:
        del asked
        return Answer({"error": "invalid_client"}, 400)


@pytest.mark.parametrize("kind", ["salesforce", "zoho", "dynamics"])
def test_a_client_that_gets_no_token_is_told_so(kind: str, tmp_path: Path) -> None:
    given: Any = _NoTokens()
    with served(given) as address, pytest.raises(NotLetIn, match="gives out no access token") as told:
        Kept(kind).read_on(settings(kind, address), "very-secret too", tmp_path, attempts=2)
    assert "very-secret" not in str(told.value)
