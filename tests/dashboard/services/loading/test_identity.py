"""Systems of the same customers in one desk: they merge by a rule, come apart again, and no figure keeps a trace."""

from pathlib import Path

import pytest

from dashboard.agreements import SettingsError
from dashboard.desk import Desk, open_desk
from dashboard.identity_rules import identity_rules
from dashboard.people import COMMAND_LINE
from dashboard.services.facts.figures import facts_of, figures
from dashboard.services.loading.identity import keep_rules, people, rules_in_force
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
