"""Systems of the same customers in one desk: they merge by a rule, come apart again, and no figure keeps a trace."""

from pathlib import Path

import pytest

from dashboard.agreements import SettingsError
from dashboard.desk import Desk, open_desk
from dashboard.identity_rules import identity_rules
from dashboard.people import COMMAND_LINE, Actor, Denied
from dashboard.privacy.customers import erase
from dashboard.services.facts.figures import facts_of, figures
from dashboard.services.loading.identity import (
    IdentityError,
    keep_rules,
    named,
    offered,
    people,
    rules_in_force,
    tie,
    ties,
    untie,
)
from dashboard.services.loading.loads import LoadOptions, load_files
from metrics.model import Scope
from tests.loaders.sources.samples import EXPORTS
from tests.loaders.sources.truth import tickets

IDS = ["tickets_created", "first_response_calendar_p50", "full_resolution_calendar_p50", "csat", "fcr_repeat"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = open_desk(tmp_path_factory.mktemp("two"))
    wanted = ("freshdesk/tickets.en.csv", "osticket/queue.en.csv", "zendesk/view.en.csv")
    paths: list[Path] = [one.path for one in EXPORTS if f"{one.source}/{one.file}" in wanted]
    assert load_files(COMMAND_LINE, made, paths, options=LoadOptions(zone="Asia/Shanghai")).any_loaded
    return made


def state(desk: Desk) -> object:
    """All that a person sees of the desk's figures, and every fact of its tickets."""
    by_source = figures(COMMAND_LINE, desk, IDS, Scope(), by=["source"]).rows()
    whole = figures(COMMAND_LINE, desk, IDS, Scope()).rows()
    return by_source, whole, facts_of(COMMAND_LINE, desk).tickets.rows()


def test_rules_bring_people_together_and_taking_them_back_leaves_no_trace(desk: Desk) -> None:
    truly = len({one.customer for one in tickets()})
    before, apart = state(desk), people(COMMAND_LINE, desk)
    assert apart.people == apart.customers == 3 * truly
    preview = people(COMMAND_LINE, desk, ["email"])
    assert preview.people == truly
    assert state(desk) == before  # a look changes nothing
    keep_rules(COMMAND_LINE, desk, ["email"], reason="one customer, three helpdesks")
    assert rules_in_force(COMMAND_LINE, desk) == ("email",)
    merged = people(COMMAND_LINE, desk)
    assert (merged.people, merged.merged["sources"].unique().to_list()) == (truly, [3])
    assert merged.merged["tickets"].sum() == 3 * len(tickets())
    keep_rules(COMMAND_LINE, desk, [], reason="back")
    again = people(COMMAND_LINE, desk)
    assert (again.people, again.persons.rows(), again.repeats_after) == (
        apart.people, apart.persons.rows(), apart.repeats_after,
    )  # fmt: skip
    assert state(desk) == before


def test_the_sources_add_up_to_the_whole(desk: Desk) -> None:
    parts = figures(COMMAND_LINE, desk, ["tickets_created"], Scope(), by=["source"])["value"].sum()
    assert parts == figures(COMMAND_LINE, desk, ["tickets_created"], Scope())["value"].sum() == 3 * len(tickets())


@pytest.mark.parametrize("text", ['[identity]\nrules = ["guess"]', "[identity]\nrules = 3", "[identity]\nother = 1"])
def test_rules_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="email, phone, name"):
        identity_rules(text)
    assert identity_rules(None) == identity_rules("[identity]\nrules = []") == ()


def test_two_are_brought_together_by_hand_and_taken_apart_without_a_trace(desk: Desk) -> None:
    before, apart = state(desk), people(COMMAND_LINE, desk)
    one, other = [(source, customer) for source, customer, _who in apart.persons.head(2).iter_rows()]
    number = tie(COMMAND_LINE, desk, one, other, reason="he said so")
    merged = people(COMMAND_LINE, desk)
    assert merged.people == apart.people - 1
    assert merged.merged.row(0, named=True)["names"] == sorted("/".join(name) for name in (one, other))
    assert merged.merged["rules"].to_list() == [["hand"]]
    assert [(told.one, told.other, told.reason) for told in ties(COMMAND_LINE, desk)] == [(one, other, "he said so")]
    assert state(desk) == before, "no figure and no ticket is touched"
    with pytest.raises(IdentityError, match="already"):
        tie(COMMAND_LINE, desk, other, one, reason="again")
    with pytest.raises(Denied):
        untie(Actor(None, "Ann", "supervisor"), desk, number)
    untie(COMMAND_LINE, desk, number)
    again = people(COMMAND_LINE, desk)
    assert (again.persons.rows(), again.merged.rows(), ties(COMMAND_LINE, desk)) == (apart.persons.rows(), [], ())
    assert state(desk) == before
    with pytest.raises(IdentityError, match="apart already"):
        untie(COMMAND_LINE, desk, number)


def test_who_shares_an_address_in_two_sources_is_offered_until_he_is_one(desk: Desk) -> None:
    first = offered(COMMAND_LINE, desk)
    assert first
    assert all(one[0] != other[0] for one, other in first)
    number = tie(COMMAND_LINE, desk, *first[0], reason="same address")
    assert first[0] not in offered(COMMAND_LINE, desk)
    untie(COMMAND_LINE, desk, number)
    assert offered(COMMAND_LINE, desk) == first


def test_a_name_is_found_by_a_part_and_an_unknown_one_is_refused(desk: Desk) -> None:
    source, customer = people(COMMAND_LINE, desk).persons.row(0)[:2]
    assert (source, customer) in named(COMMAND_LINE, desk, customer[1:].upper())
    assert named(COMMAND_LINE, desk, " ") == ()
    for other in ((source, customer), ("nowhere", "nobody")):
        with pytest.raises(IdentityError, match="two different"):
            tie(COMMAND_LINE, desk, (source, customer), other, reason="x")


def test_who_is_erased_leaves_no_tie_behind(tmp_path: Path) -> None:
    made = open_desk(tmp_path / "desk")
    wanted = next(one.path for one in EXPORTS if f"{one.source}/{one.file}" == "freshdesk/tickets.en.csv")
    load_files(COMMAND_LINE, made, [wanted], options=LoadOptions(zone="Asia/Shanghai"))
    one, other = [(source, customer) for source, customer, _who in people(COMMAND_LINE, made).persons.rows()[:2]]
    tie(COMMAND_LINE, made, one, other, reason="x")
    erase(COMMAND_LINE, made, one[1])
    assert ties(COMMAND_LINE, made) == ()
    assert one[1] not in (tmp_path / "desk" / "desk.db").read_bytes().decode("utf-8", "ignore")
    made.engine.dispose()
