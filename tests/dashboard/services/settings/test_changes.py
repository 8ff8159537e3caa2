"""Changes of settings: dated, signed, explained, audited, guarded against each other, taken back to the letter."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from dashboard.agreements import SettingsError
from dashboard.cli import main
from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor, Denied
from dashboard.services.settings.changes import (
    NOTHING_YET,
    NoSuchChange,
    Overtaken,
    change_zone,
    history,
    keep_agreements,
    undo,
    version,
)
from dashboard.services.settings.words import said
from dashboard.store import AuditRow, SettingChange

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
LI = Actor(7, "Li", "manager")
EARLY = '[peak]\nhours = "08:00-10:00"  # as agreed with the unions\n'
LATE = '[peak]\nhours = "18:00-20:00"\n'


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """An empty desk with its database in either kind."""
    url = request.getfixturevalue("database_url") if request.param == "postgresql" else None
    made = open_desk(tmp_path / "desk", database=url)
    yield made
    made.engine.dispose()


def test_a_change_says_from_when_by_whom_and_why_and_is_in_the_audit(desk: Desk) -> None:
    assert version(LI, desk) == NOTHING_YET
    made = keep_agreements(LI, desk, EARLY, since=APRIL, reason=" more calls before ten ")
    (change,) = history(LI, desk)
    assert (change.id, change.actor, change.reason) == (made, "Li", "more calls before ten")
    assert (change.valid_from, change.before, change.after) == (APRIL, None, EARLY)
    assert said(change, "UTC") == ("Peak hours: 09:00–11:00 and 14:00–17:00 becomes 08:00–10:00.",)
    with desk.reading() as session:
        (row,) = session.scalars(select(AuditRow))
        assert (row.actor_id, row.action, row.subject) == (7, "settings.change", "setting:agreements")
        assert row.details == {"change": made, "valid_from": "2026-04-01", "undoes": None, "tables": ["peak"]}


def test_what_is_taken_back_is_as_it_was_to_the_letter_and_can_be_brought_back(desk: Desk) -> None:
    keep_agreements(LI, desk, EARLY, since=date.min, reason="a")
    before = desk.agreement_versions()
    second = keep_agreements(LI, desk, LATE, since=date.min, reason="b")
    third = keep_agreements(LI, desk, EARLY, since=MAY, reason="c")
    undo(LI, desk, third, reason="not agreed")
    back = undo(LI, desk, second, reason="not agreed either")
    assert desk.agreement_versions() == before
    undo(LI, desk, back, reason="agreed after all")
    assert desk.agreement_versions() == ((date.min, LATE),)
    told = {change.id: (change.undoes, change.undone_by) for change in history(LI, desk)}
    assert told == {1: (None, None), 2: (None, None), 3: (None, 4), 4: (3, None), 5: (2, 6), 6: (5, None)}


def test_only_what_nothing_stands_upon_is_taken_back(desk: Desk) -> None:
    first = keep_agreements(LI, desk, EARLY, since=APRIL, reason="a")
    second = keep_agreements(LI, desk, LATE, since=APRIL, reason="b")
    with pytest.raises(NoSuchChange, match=f"change {second} has changed the same text"):
        undo(LI, desk, first, reason="x")
    undo(LI, desk, second, reason="x")
    with pytest.raises(NoSuchChange, match="taken back already"):
        undo(LI, desk, second, reason="x")
    undo(LI, desk, first, reason="x")
    assert desk.agreement_versions() == ()
    with pytest.raises(NoSuchChange, match="no change 99"):
        undo(LI, desk, 99, reason="x")


def test_two_who_edit_at_once_do_not_overwrite_each_other(desk: Desk) -> None:
    seen = version(LI, desk)
    keep_agreements(COMMAND_LINE, desk, EARLY, since=APRIL, reason="quicker", expected=seen)
    with pytest.raises(Overtaken, match="command line has changed the settings meanwhile"):
        keep_agreements(LI, desk, LATE, since=APRIL, reason="slower", expected=seen)
    assert desk.agreement_versions() == ((APRIL, EARLY),)


def test_what_is_refused_leaves_neither_a_change_nor_an_entry(desk: Desk) -> None:
    keep_agreements(LI, desk, EARLY, since=MAY, reason="a")
    for text, since, reason in (('[peak]\nhours = "noon"', MAY, "x"), (LATE, APRIL, "x"), (LATE, MAY, "  ")):
        with pytest.raises(SettingsError):
            keep_agreements(LI, desk, text, since=since, reason=reason)
    with pytest.raises(SettingsError, match="no time zone"):
        change_zone(LI, desk, "Mars/Olympus", reason="x")
    with desk.reading() as session:
        assert len(session.scalars(select(SettingChange)).all()) == len(session.scalars(select(AuditRow)).all()) == 1


def test_the_zone_is_changed_and_taken_back_the_same_way(desk: Desk) -> None:
    change_zone(LI, desk, "Asia/Shanghai", reason="the desk moved")
    second = change_zone(LI, desk, "Asia/Tokyo", reason="typing slip")
    assert said(history(LI, desk)[0], "Asia/Tokyo") == (
        "The desk's days and hours are those of Asia/Tokyo instead of Asia/Shanghai.",
    )
    undo(LI, desk, second, reason="slip")
    assert desk.zone() == "Asia/Shanghai"


@pytest.mark.parametrize("role", ["agent", "inspector", "supervisor"])
def test_who_may_not_change_settings_changes_none(desk: Desk, role: str) -> None:
    wu = Actor(8, "Wu", role)  # type: ignore[arg-type]
    with pytest.raises(Denied):
        keep_agreements(wu, desk, EARLY, since=APRIL, reason="x")
    with pytest.raises(Denied):
        change_zone(wu, desk, "Asia/Tokyo", reason="x")
    with pytest.raises(Denied):
        undo(wu, desk, 1, reason="x")


def test_the_commands_tell_and_take_back_changes(tmp_path: Path) -> None:
    def run(*asked: str) -> Result:
        return CliRunner().invoke(main, [*asked, "--data", str(tmp_path / "desk")], env={"FLOORWALKER_LANG": "en"})

    given = tmp_path / "own.toml"
    given.write_text(EARLY, encoding="utf-8")
    run("settings", "import", str(given), "--reason", "more calls before ten")
    told = run("settings", "history").output
    assert "1 · " in told
    assert "for all days · command line · more calls before ten" in told
    assert "Peak hours:" in told
    assert "taken back, by change 2" in run("settings", "undo", "1").output
    assert "taken back by change 2" in run("settings", "history").output
    refused = run("settings", "undo", "1")
    assert refused.exit_code == 1
    assert "taken back already" in refused.stderr
