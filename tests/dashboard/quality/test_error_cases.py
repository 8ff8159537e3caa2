"""Error cases: from the wrong answer to the verified measure, with its clocks, and everybody who was told the same."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from dashboard.desk import Desk
from dashboard.people import COMMAND_LINE, Denied
from dashboard.quality.errors import Case, ErrorCaseError
from dashboard.quality.settings import SettingsError, quality_settings
from dashboard.services.quality import error_cases
from dashboard.store import AuditRow, ErrorEvent
from dashboard.store.swap import StaleError
from metrics.quality.lookback import said_the_same
from tests import inspected
from tests.inspected import DAYS, EACH_DAY, NOW, WRONG

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return inspected.copied(tmp_path / "desk")


def opened(desk: Desk, **changed: object) -> Case:
    what = {
        "source": "export", "ticket_id": "T3", "wrong_claim": "七天退货", "right_claim": "三十天内都可以退货",
        "was_public": True, "at": NOW,
    }  # fmt: skip
    return error_cases.open_case(COMMAND_LINE, desk, **(what | changed))  # type: ignore[arg-type]


def finished(desk: Desk, found: Case) -> Case:
    """The case with everything done but for the verification and its end."""
    do = {"at": NOW + HOUR / 2}
    found = error_cases.tell_customer(COMMAND_LINE, desk, found.id, found.version, **do)
    found = error_cases.correct_in_public(COMMAND_LINE, desk, found.id, found.version, where="FAQ 12", **do)
    found = error_cases.record_cause(COMMAND_LINE, desk, found.id, found.version, cause="article_outdated", **do)
    found = error_cases.plan_action(COMMAND_LINE, desk, found.id, found.version, kind="knowledge", owner="Kim",
                                    measure="重写退货条款", due_at=NOW + 5 * HOUR, **do)  # fmt: skip
    return error_cases.finish_action(COMMAND_LINE, desk, found.id, found.version, action_id=found.actions[0].id, **do)


def test_a_case_runs_to_its_end_and_every_step_is_an_event(desk: Desk) -> None:
    found = opened(desk)
    assert found.left == ("told", "corrected", "cause", "planned", "done", "verified", "closed")
    found = finished(desk, found)
    found = error_cases.verify(COMMAND_LINE, desk, found.id, found.version, how="下周抽查 20 条均正确", at=NOW + HOUR)
    found = error_cases.close(COMMAND_LINE, desk, found.id, found.version, at=NOW + 2 * HOUR)
    assert found.closed_at == NOW + 2 * HOUR
    assert found.left == ()
    assert not [clock for clock in found.clocks if clock.is_late(NOW + 99 * HOUR)]
    with desk.reading() as session:
        actions = [row.action for row in session.scalars(select(ErrorEvent).order_by(ErrorEvent.version))]
        audit = [row.action for row in session.scalars(select(AuditRow)) if row.action.startswith("correction.")]
    assert actions == ["open", "tell", "correct", "cause", "plan", "done", "verify", "close"]
    assert audit == [f"correction.{action}" for action in actions]


def test_a_public_error_has_an_hour_and_one_that_nobody_else_could_read_needs_no_public_correction(desk: Desk) -> None:
    found = opened(desk)
    due = {clock.kind: clock.due_at - NOW for clock in found.clocks}
    assert due["public_correction"] == HOUR
    assert found.next_due is not None
    assert found.next_due.kind == "public_correction"
    late = error_cases.correct_in_public(COMMAND_LINE, desk, found.id, 1, where="FAQ", at=NOW + 2 * HOUR)
    assert [clock.kind for clock in late.clocks if clock.is_late(NOW + 2 * HOUR)] == ["public_correction"]
    private = opened(desk, was_public=False)
    assert "corrected" not in private.left
    assert {clock.kind for clock in private.clocks} == {"apology", "root_cause", "action"}


def test_steps_may_come_in_another_order(desk: Desk) -> None:
    found = error_cases.record_cause(COMMAND_LINE, desk, opened(desk).id, 1, cause="slip", at=NOW)
    assert found.left[:2] == ("told", "corrected")
    assert "cause" not in found.left


def test_a_case_is_not_closed_while_anything_is_missing_and_everything_is_named(desk: Desk) -> None:
    found = opened(desk)
    with pytest.raises(ErrorCaseError) as refused:
        error_cases.close(COMMAND_LINE, desk, found.id, 1, at=NOW)
    told = str(refused.value)
    for part in ("the customer has to be told", "the public correction", "the cause", "a measure", "the verification"):
        assert part in told
    with desk.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text("UPDATE error_cases SET closed_at = found_at"))


def test_nothing_is_verified_before_the_measure_is_done(desk: Desk) -> None:
    found = opened(desk)
    with pytest.raises(ErrorCaseError):
        error_cases.verify(COMMAND_LINE, desk, found.id, 1, how="looks fine", at=NOW)


def test_the_look_back_finds_every_conversation_in_which_the_same_was_said(desk: Desk) -> None:
    found = opened(desk, search=WRONG)
    seen = error_cases.look_back(COMMAND_LINE, desk, found.id, words="七天内办理 运费由您承担", at=NOW)
    assert set(seen["ticket_id"]) == {f"T{place}" for place in range(DAYS * EACH_DAY) if place % 40 == 3}
    assert all("七天内" in excerpt for excerpt in seen["excerpt"])
    keys = list(seen.select("source", "ticket_id").iter_rows())
    case = error_cases.add_affected(COMMAND_LINE, desk, found.id, 1, tickets=keys, words="七天内办理", at=NOW)
    assert case.to_contact == len(keys)
    again = error_cases.add_affected(COMMAND_LINE, desk, found.id, case.version, tickets=keys, words="七天内", at=NOW)
    assert len(again.affected) == len(keys)


def test_a_case_waits_for_its_affected_customers(desk: Desk) -> None:
    found = opened(desk)
    found = error_cases.add_affected(COMMAND_LINE, desk, found.id, 1, tickets=[("export", "T43")], words="x", at=NOW)
    found = finished(desk, found)
    found = error_cases.verify(COMMAND_LINE, desk, found.id, found.version, how="seen", at=NOW + HOUR)
    with pytest.raises(ErrorCaseError, match="nobody has contacted"):
        error_cases.close(COMMAND_LINE, desk, found.id, found.version, at=NOW + HOUR)
    found = error_cases.set_contact(COMMAND_LINE, desk, found.id, found.version, tickets=[("export", "T43")],
                                    state="unreachable", at=NOW + HOUR)  # fmt: skip
    assert error_cases.close(COMMAND_LINE, desk, found.id, found.version, at=NOW + HOUR).closed_at is not None


def test_two_do_not_overwrite_each_other(desk: Desk) -> None:
    found = opened(desk)
    error_cases.tell_customer(COMMAND_LINE, desk, found.id, 1, at=NOW)
    with pytest.raises(StaleError):
        error_cases.record_cause(COMMAND_LINE, desk, found.id, 1, cause="slip", at=NOW)


def test_events_are_only_added_to(desk: Desk) -> None:
    opened(desk)
    for statement in ("UPDATE error_events SET action = 'x'", "DELETE FROM error_events"):
        with desk.engine.connect() as connection, pytest.raises(DatabaseError, match="only ever added"):
            connection.execute(text(statement))


def test_a_supervisor_sees_and_corrects_those_of_the_own_teams(desk: Desk) -> None:
    sue, ana = inspected.someone(desk, "sue"), inspected.someone(desk, "ana")
    own, others = opened(desk, ticket_id="T1"), opened(desk, ticket_id="T3")
    assert (own.team, others.team) == ("甲组", "乙组")
    assert [one.id for one in error_cases.cases(sue, desk)] == [own.id]
    assert error_cases.tell_customer(sue, desk, own.id, 1, at=NOW).contacted_at == NOW
    with pytest.raises(ErrorCaseError):
        error_cases.tell_customer(sue, desk, others.id, 1, at=NOW)
    with pytest.raises(ErrorCaseError):
        error_cases.open_case(sue, desk, source="export", ticket_id="T3", wrong_claim="a", right_claim="b", at=NOW)
    found = error_cases.look_back(sue, desk, own.id, words="七天内办理", at=NOW)
    mine = {f"T{place}" for place in range(DAYS * EACH_DAY) if place % 40 == 3 and place // 2 % 2 == 0}
    assert set(found["ticket_id"]) == mine
    with pytest.raises(Denied):
        error_cases.cases(ana, desk)


def test_what_is_written_about_an_error_holds_nobodys_number(desk: Desk) -> None:
    found = opened(desk, wrong_claim="打 13812345678 退款")
    assert "13812345678" not in found.wrong_claim


@pytest.mark.parametrize("changed", [{"ticket_id": "gone"}, {"wrong_claim": " "}, {"right_claim": ""}])
def test_a_case_without_a_conversation_or_claims_is_refused(desk: Desk, changed: dict[str, str]) -> None:
    with pytest.raises(ErrorCaseError):
        opened(desk, **changed)


def test_the_times_are_the_desks_own() -> None:
    assert quality_settings("[quality]\napology_hours = 4\ntarget_rate = 0.9").apology_hours == 4
    assert replace(quality_settings(None)).target_rate == 0.95
    for wrong in ("[quality]\napology = 4", "[quality]\ntarget_rate = 95", "quality = 1"):
        with pytest.raises(SettingsError):
            quality_settings(wrong)


def test_case_blanks_and_punctuation_play_no_part_in_a_look_back_and_customers_own_words_are_left_out() -> None:
    rows = [("1", "agent", True, "Return within SEVEN  days!"), ("2", "customer", True, "return within seven days"),
            ("3", "bot", None, "seven-days return"), ("4", "agent", False, "return within seven days"),
            ("5", "agent", True, "seven weeks")]  # fmt: skip
    cells = [("s", ticket, NOW, kind, "x", public, said) for ticket, kind, public, said in rows]
    names = ["source", "ticket_id", "at", "author_kind", "author", "is_public", "text"]
    messages = pl.DataFrame(cells, schema=names, orient="row").lazy()
    assert set(said_the_same(messages, "return seven days", at_most=9)["ticket_id"]) == {"1", "3"}
    assert set(said_the_same(messages, "return seven days\nweeks", at_most=9)["ticket_id"]) == {"1", "3", "5"}
    assert said_the_same(messages, " \n ", at_most=9).is_empty()
