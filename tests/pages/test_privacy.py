"""The page of privacy: what is kept and held, one customer, removing; for administrators, read by managers."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor
from dashboard.privacy import limits
from dashboard.store import SignInTry
from tests.pages.conftest import Visit

ADMINISTRATOR = Actor(1, "Gao", "administrator")


@pytest.fixture
def desk(small_desk: Path, tmp_path: Path) -> Iterator[Desk]:
    shutil.copytree(small_desk, tmp_path / "desk")
    opened = open_desk(tmp_path / "desk")
    yield opened
    opened.engine.dispose()


def test_an_administrator_sets_how_long_what_is_kept_with_a_reason(desk: Desk, visit: Visit) -> None:
    visit.actor = ADMINISTRATOR
    app = visit(desk.root, "privacy")
    assert not app.exception
    app.number_input(key="privacy.days.texts").set_value(200)
    app.text_input(key="privacy.limits.reason").set_value("as agreed")
    app.button[_named(app, "Keep for so long")].click().run()
    assert app.success[0].value == "From now on this is kept for so long."
    assert limits.limits(COMMAND_LINE, desk)["texts"] == 200
    app.number_input(key="privacy.days.texts").set_value(300)
    app.button[_named(app, "Keep for so long")].click().run()
    assert "Say why" in app.error[0].value
    assert limits.limits(COMMAND_LINE, desk)["texts"] == 200


def test_a_hold_is_placed_and_lifted_with_a_reason(desk: Desk, visit: Visit) -> None:
    visit.actor = ADMINISTRATOR
    app = visit(desk.root, "privacy")
    assert "Nothing is held." in [one.value for one in app.info]
    app.selectbox(key="privacy.hold.of").set_value("ticket").run()
    app.text_input(key="privacy.hold.reason").set_value("dispute")
    app.button(key="privacy-hold").click().run()
    assert "Name what is held" in app.error[0].value
    app.text_input(key="privacy.hold.ticket").set_value("T0001")
    app.text_input(key="privacy.hold.reason").set_value("dispute")
    app.button(key="privacy-hold").click().run()
    assert not app.exception
    (kept,) = limits.holds(COMMAND_LINE, desk)
    assert (kept.ticket_id, kept.reason) == ("T0001", "dispute")
    app.text_input(key="privacy.hold.why").set_value("settled")
    app.button(key="privacy-lift").click().run()
    assert limits.holds(COMMAND_LINE, desk) == ()


def test_what_would_go_is_shown_before_it_goes(desk: Desk, visit: Visit) -> None:
    with desk.keeping() as session:
        session.add(SignInTry(at=datetime.now(UTC) - timedelta(days=500), account="x", address="x", succeeded=False))
    visit.actor = ADMINISTRATOR
    app = visit(desk.root, "privacy")
    app.button(key="privacy-preview").click().run()
    assert not app.exception
    told = {one.label: one.value for one in app.metric}
    assert told["sign-ins"] == "1"
    assert app.button(key="privacy-remove").disabled
    app.checkbox(key="privacy.purge.sure").check().run()
    app.button(key="privacy-remove").click().run()
    assert not app.exception
    assert "Backups that lie elsewhere" in app.success[0].value
    with desk.reading() as session:
        assert session.query(SignInTry).count() == 0
    app.button(key="privacy-preview").click().run()
    assert "Nothing's time is over: nothing would go." in [one.value for one in app.info]


def test_a_customer_is_looked_up_and_erased_once_somebody_is_sure(desk: Desk, visit: Visit) -> None:
    visit.actor = ADMINISTRATOR
    app = visit(desk.root, "privacy")
    app.text_input(key="privacy.customer").set_value("nobody at all")
    app.button[_named(app, "Look up")].click().run()
    assert "Nothing on this desk is of this customer." in [one.value for one in app.info]
    app.text_input(key="privacy.customer").set_value("咨询 17")
    app.button[_named(app, "Look up")].click().run()
    assert not app.exception
    assert "咨询 17" in " ".join(one.value for one in app.markdown)
    assert app.button(key="privacy-erase").disabled
    app.checkbox(key="privacy.customer.sure").check().run()
    app.button(key="privacy-erase").click().run()
    assert not app.exception
    assert "have lost the customer's words and name" in app.success[0].value
    app.text_input(key="privacy.customer").set_value("咨询 17")
    app.button[_named(app, "Look up")].click().run()
    assert "Nothing on this desk is of this customer." in [one.value for one in app.info]


def test_an_empty_desk_says_that_there_is_nobody(empty_desk: Path, visit: Visit) -> None:
    visit.actor = ADMINISTRATOR
    app = visit(empty_desk, "privacy", lang="zh-CN")
    assert not app.exception
    assert app.title[0].value == "隐私"
    assert "还没有载入数据，找不到任何客户。" in [one.value for one in app.info]


def test_a_manager_reads_and_changes_nothing(desk: Desk, visit: Visit) -> None:
    limits.place_hold(COMMAND_LINE, desk, reason="inquiry")
    visit.actor = Actor(3, "He", "manager")
    app = visit(desk.root, "privacy")
    assert not app.exception
    assert len(app.dataframe) == 2
    keys = {one.key for one in (*app.button, *app.text_input, *app.number_input)}
    assert not {key for key in keys if key and key.startswith("privacy")}


def test_a_supervisor_sees_nothing_of_it(desk: Desk, visit: Visit) -> None:
    visit.actor = Actor(4, "Wu", "supervisor", frozenset({"甲组"}))
    app = visit(desk.root, "privacy")
    assert not app.dataframe
    assert app.error


def _named(app: object, label: str) -> int:
    return next(n for n, one in enumerate(app.button) if one.label == label)  # type: ignore[attr-defined]
