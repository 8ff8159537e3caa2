"""What belongs to other teams is neither on the strip of an item nor among the tickets that are like it."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.triage.state import PLACE, Place
from dashboard.desk import Desk, open_desk
from dashboard.people.actor import COMMAND_LINE, Actor
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.settings.changes import keep_agreements
from tests.escalated import escalate
from tests.pages.conftest import HEADER, Visit, words

LI, WU = Actor(7, "Li Na", "supervisor", teams=frozenset({"甲组"})), Actor(9, "Wu", "manager")
TWINS = (("OWN-1", "甲组", "王芳"), ("OWN-2", "甲组", "李强"), ("FOREIGN-3", "乙组", "赵敏"))
SAID = "快递 破损 玻璃杯 要求 补发"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Three tickets that say the same; two are escalated to the first team, of which one is the other team's by now."""
    folder, text = tmp_path_factory.mktemp("reach"), io.StringIO()
    csv.writer(text).writerows([HEADER, *map(_row, TWINS)])
    (folder / "export.csv").write_text(text.getvalue(), encoding="utf-8")
    made = open_desk(folder / "desk")
    keep_agreements(COMMAND_LINE, made, "triage_rule = []\n", since=date.min, reason="no rules here")
    assert load_files(COMMAND_LINE, made, [folder / "export.csv"], options=LoadOptions(zone="UTC")).any_loaded
    escalate(made, [("generic", "OWN-1"), ("generic", "FOREIGN-3")], at=datetime.now(UTC), teams=["甲组"])
    yield made
    made.engine.dispose()


def _row(ticket: tuple[str, str, str]) -> list[str]:
    number, team, agent = ticket
    times = ["2026-03-20 09:00:00", "2026-03-20 09:05:00", "2026-03-20 11:00:00"]
    return [number, *times, "邮件", "物流配送", "一般", team, agent, f"{SAID} {agent}", "", ""]


def shown(app: AppTest, item: int, part: str) -> AppTest:
    """The item under the cursor, with this part of it."""
    app.session_state[PLACE] = Place(at=item)
    app.run()
    chosen = next(one for one in app.segmented_control if one.label == "More of this item")
    chosen.set_value(part).run()
    assert not app.exception
    return app


def everything(app: AppTest) -> str:
    """All that the page has sent: its words, its tables, what its own parts are drawn from."""
    tables = [frame.value.to_json(force_ascii=False) for frame in app.dataframe]
    return "\n".join([words(app), *tables, *(part.proto.json for part in app.get("bidi_component"))])


@pytest.mark.parametrize(("actor", "names_it"), [(LI, False), (WU, True)], ids=["supervisor", "manager"])
def test_the_similar_tickets_of_another_team_are_named_to_its_own_people_only(
    desk: Desk, visit: Visit, actor: Actor, names_it: bool
) -> None:
    visit.actor = actor
    told = shown(visit(desk.root, "triage", q="OWN"), 1, "similar").dataframe[-1].value
    assert set(told["Ticket"]) == ({"OWN-2", "FOREIGN-3"} if names_it else {"OWN-2"})
    assert set(told["Agent"]) == ({"李强", "赵敏"} if names_it else {"李强"})


@pytest.mark.parametrize(("actor", "is_told"), [(LI, False), (WU, True)], ids=["supervisor", "manager"])
def test_the_strip_of_a_ticket_that_another_team_has_by_now_is_not_drawn(
    desk: Desk, visit: Visit, actor: Actor, is_told: bool
) -> None:
    visit.actor = actor
    app = shown(visit(desk.root, "triage"), 2, "events" if is_told else "conversation")
    strips = [json.loads(part.proto.json) for part in app.get("bidi_component") if "strip" in part.proto.component_name]
    assert [bool(one["marks"]) for one in strips] == ([True] if is_told else [])
    assert (SAID in everything(app)) is is_told
    assert ("赵敏" in everything(app)) is is_told
