"""The page of triage: what it shows to whom, what is done and refused, and that nothing is overwritten unseen."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.triage.state import PLACE, Place
from dashboard.desk import Desk, open_desk
from dashboard.people.actor import COMMAND_LINE, ONE_PERSON, Actor
from dashboard.services.facts.figures import facts_of
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.settings.changes import keep_agreements
from dashboard.services.triage import acts as triage
from dashboard.services.triage import queue as triage_queue
from tests.escalated import escalate
from tests.pages.conftest import Visit, small_export, words

LI = Actor(7, "Li Na", "supervisor", teams=frozenset({"甲组"}))
WANG = Actor(8, "Wang Wei", "supervisor", teams=frozenset({"甲组"}))
SOURCE = "generic"
NO_RULES = f'''triage_rule = []
[[helpdesk]]
source = "{SOURCE}"
url = "https://example.com/t/{{ticket_id}}"
'''


@pytest.fixture(scope="module")
def calm_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small export on a desk where no rule escalates anything; its facts are made."""
    folder = tmp_path_factory.mktemp("calm")
    (folder / "export.csv").write_bytes(small_export())
    made = open_desk(folder / "desk")
    keep_agreements(COMMAND_LINE, made, NO_RULES, since=date.min, reason="no rules here")
    options = LoadOptions(zone="Asia/Shanghai")
    assert load_files(COMMAND_LINE, made, [folder / "export.csv"], options=options).any_loaded
    facts_of(COMMAND_LINE, made)
    made.engine.dispose()
    return folder / "desk"


@pytest.fixture
def desk(calm_desk: Path, tmp_path: Path) -> Desk:
    """That desk with six escalated tickets, of two teams by turns."""
    shutil.copytree(calm_desk, tmp_path / "desk")
    made = open_desk(tmp_path / "desk")
    escalate(made, [(SOURCE, f"T{number:04d}") for number in range(6)], at=datetime.now(UTC))
    return made


def sent(app: AppTest) -> dict[str, object]:
    """What the rows are drawn from."""
    parts = [json.loads(one.proto.json) for one in app.get("bidi_component") if "queue" in one.proto.component_name]
    found: dict[str, object] = parts[-1]
    return found


def tickets(app: AppTest) -> list[str]:
    return [row["ticket"] for row in sent(app)["rows"]]  # type: ignore[attr-defined, index]


def press(app: AppTest, name: str) -> AppTest:
    app.button(key=f"triage-{name}").click().run()
    assert not app.exception
    return app


def test_every_row_says_what_it_is_and_why_it_stands_there(desk: Desk, visit: Visit) -> None:
    app = visit(desk.root, "triage")
    rows = sent(app)["rows"]
    assert len(rows) == 6  # type: ignore[arg-type]
    first = rows[0]  # type: ignore[index]
    assert first["ticket"] == "T0000"
    assert "complaint" in first["why"]
    assert {row["left"].split()[0] for row in rows} == {"▲", "○"}  # type: ignore[attr-defined]
    assert all(row["owner"] == "nobody yet" and row["why"] for row in rows)  # type: ignore[attr-defined]


def test_acknowledging_makes_it_mine_and_can_be_taken_back(desk: Desk, visit: Visit) -> None:
    app = press(visit(desk.root, "triage"), "acknowledge")
    assert "Acknowledged: T0000" in words(app)
    row = sent(app)["rows"][0]  # type: ignore[index]
    assert (row["state"], row["owner"]) == ("Acknowledged", ONE_PERSON.name)
    press(app, "undo")
    assert sent(app)["rows"][0]["owner"] == "nobody yet"  # type: ignore[index]


def test_several_are_done_at_once_and_what_was_refused_is_told(desk: Desk, visit: Visit) -> None:
    app = visit(desk.root, "triage")
    items = triage_queue.queue(ONE_PERSON, desk)
    chosen = tuple(items["id"][:3])
    triage.acknowledge(COMMAND_LINE, desk, chosen[1], 1)
    app.run()
    app.session_state[PLACE] = Place(at=chosen[0], chosen=chosen)
    press(app, "acknowledge")
    told = words(app)
    assert "Acknowledged: 2 items" in told
    assert f"{items['ticket_id'][1]}: command line has taken this already" in told.replace("\\", "")
    events = [triage_queue.history(ONE_PERSON, desk, item) for item in chosen]
    assert [[event.action for event in told] for told in events] == [["acknowledge", "open"]] * 3
    press(app, "undo")
    after = triage_queue.queue(ONE_PERSON, desk).filter(is_acknowledged=True)
    assert after["id"].to_list() == [chosen[1]]


def test_a_hand_over_without_its_note_is_refused_and_the_form_stays(desk: Desk, visit: Visit) -> None:
    app = press(visit(desk.root, "triage"), "escalate")
    app.text_area(key="triage-form.tried").set_value("called twice")
    submit(app)
    assert "Write what was tried" in words(app)
    assert app.text_area(key="triage-form.tried").value == "called twice"
    app.text_area(key="triage-form.told").set_value("we look into it")
    app.text_area(key="triage-form.promised").set_value("news at five")
    submit(app)
    assert not [one for one in app.text_area if one.key == "triage-form.tried"]
    item = next(
        one for one in triage_queue.queue(ONE_PERSON, desk).iter_rows(named=True) if one["ticket_id"] == "T0000"
    )
    assert item["tier"] == 2
    assert triage_queue.notes(ONE_PERSON, desk, item["id"])[0].promised == "news at five"


def submit(app: AppTest) -> None:
    """Send the form that is open."""
    next(one for one in app.button if one.label == "Do it").click().run()
    assert not app.exception


def test_anothers_change_is_shown_with_both_values_before_anything_is_overwritten(desk: Desk, visit: Visit) -> None:
    visit.actor = LI
    app = press(visit(desk.root, "triage"), "assign")
    item = sent(app)["view"]["at"]  # type: ignore[index]
    triage.assign(WANG, desk, int(item), 1, owner="Wang Wei")
    app.selectbox(key="triage-form.owner").select("王芳")
    submit(app)
    assert triage_queue.item(LI, desk, int(item)).owner == "Wang Wei"
    panel = next(one.value for one in app.dataframe if "You saw" in one.value.columns)
    assert panel.to_dict("list") == {
        "What": ["Who has it"], "You saw": ["–"], "It is now": ["Wang Wei"], "Changed by": [panel["Changed by"][0]],
    }  # fmt: skip
    assert panel["Changed by"][0].startswith("Wang Wei, ")
    assert "You wanted: Assign: 王芳" in words(app).replace("\\", "")
    press(app, "insist-0")
    assert triage_queue.item(LI, desk, int(item)).owner == "王芳"


def test_giving_way_leaves_the_others_change(desk: Desk, visit: Visit) -> None:
    visit.actor = LI
    app = visit(desk.root, "triage")
    item = int(sent(app)["view"]["at"])  # type: ignore[index]
    press(app, "assign")
    triage.assign(WANG, desk, item, 1, owner="Wang Wei")
    app.selectbox(key="triage-form.owner").select("王芳")
    submit(app)
    press(app, "yield-0")
    assert triage_queue.item(LI, desk, item).owner == "Wang Wei"
    assert not [one for one in app.button if one.key == "triage-insist-0"]


def test_what_is_put_off_is_hidden_and_counted(desk: Desk, visit: Visit) -> None:
    app = press(visit(desk.root, "triage", item="3"), "snooze")
    submit(app)
    assert "T0002" not in tickets(app)
    assert counted(app)[:1] + counted(app)[-2:-1] == ["Open 5", "Put off 1"]


def test_nothing_is_put_off_beyond_its_next_deadline(desk: Desk, visit: Visit) -> None:
    app = press(visit(desk.root, "triage", item="3"), "snooze")
    app.selectbox(key="triage-form.until").select("three_hours")
    submit(app)
    assert "This can be put off until" in words(app)
    assert "T0002" in tickets(app)


def counted(app: AppTest) -> list[str]:
    """The views with their counts, as they are offered."""
    return [str(one) for one in app.segmented_control(key="switch.queue.en").options]


def test_resolving_asks_for_decision_and_cause_and_goes_on_to_the_next(desk: Desk, visit: Visit) -> None:
    app = press(visit(desk.root, "triage"), "acknowledge")
    before = tickets(app)
    press(app, "resolve")
    app.selectbox(key="triage-form.decision").select("refunded")
    app.selectbox(key="triage-form.reason").select("process")
    submit(app)
    assert tickets(app) == before[1:]
    assert app.query_params["item"] == sent(app)["view"]["at"]  # type: ignore[index]
    assert sent(app)["rows"][0]["id"] == sent(app)["view"]["at"]  # type: ignore[index]


def test_a_supervisor_sees_and_finds_nothing_of_other_teams(desk: Desk, visit: Visit) -> None:
    visit.actor = LI
    app = visit(desk.root, "triage")
    assert set(tickets(app)) == {"T0000", "T0002", "T0004"}
    assert sent(app)["total"] == 3
    assert counted(app)[0] == "Open 3"
    app.text_input(key="triage-search").set_value("T0001").run()
    assert tickets(app) == []
    others = visit(desk.root, "triage", item="2")
    assert "not yours to see" in words(others)


def test_who_may_only_look_is_offered_no_act(desk: Desk, visit: Visit) -> None:
    visit.actor = Actor(9, "Zhao", "inspector")
    app = visit(desk.root, "triage")
    assert len(tickets(app)) == 6
    assert all(app.button(key=f"triage-{name}").disabled for name in ("acknowledge", "assign", "escalate", "next"))


def test_the_next_that_nobody_has_is_given_once(desk: Desk, visit: Visit) -> None:
    visit.actor = LI
    app = press(visit(desk.root, "triage"), "next")
    assert "Yours now: T0000" in words(app)
    visit.actor = WANG
    press(visit(desk.root, "triage"), "next")
    owners = dict(triage_queue.queue(LI, desk).select("ticket_id", "owner").iter_rows())
    assert owners["T0000"] == "Li Na"
    assert list(owners.values()).count("Wang Wei") == 1


def test_a_ticket_leads_back_to_its_helpdesk(desk: Desk, visit: Visit) -> None:
    app = visit(desk.root, "triage")
    links = [one.proto.url for one in app.get("link_button")]
    assert links == ["https://example.com/t/T0000"]


def test_an_empty_queue_and_an_empty_desk_say_so(calm_desk: Path, empty_desk: Path, visit: Visit) -> None:
    assert "Nothing is escalated" in words(visit(calm_desk, "triage"))
    assert not visit(empty_desk, "triage").exception


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_page_speaks_both_languages(desk: Desk, visit: Visit, lang: str) -> None:
    app = visit(desk.root, "triage", lang=lang)
    assert app.title[0].value == {"zh-CN": "升级处理", "en": "Triage"}[lang]
    assert "triage." not in words(app) + json.dumps(sent(app), ensure_ascii=False).replace("triage-", "")
