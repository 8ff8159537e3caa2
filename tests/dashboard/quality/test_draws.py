"""Draws of a desk: frozen, made again by anybody, extended, told; and who may do what."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook
from sqlalchemy import delete, select

from dashboard.desk import Desk
from dashboard.people import COMMAND_LINE, Actor, Denied
from dashboard.quality.certificate import certificate
from dashboard.quality.draws import DrawError
from dashboard.quality.plans import NoSuchPlan, Plan, PlanError, StalePlan
from dashboard.quality.readers import UnknownReader
from dashboard.services.quality import assignments, draws, next_reviews, results, sampling_plans
from dashboard.services.upkeep.backups import back_up
from dashboard.services.upkeep.restoring import restore
from dashboard.store import Assignment, AuditRow, SampleUnit
from metrics.quality.sampling import Allocation, parts
from tests import inspected
from tests.inspected import INSPECTORS, NOW

DAY = date(2026, 3, 4)
PLAN = Plan("daily", allocation=Allocation(share=0.2, minimum=4), double_share=0.25, inspectors=INSPECTORS)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return inspected.copied(tmp_path / "desk")


def drawn(desk: Desk, plan: Plan = PLAN, day: date = DAY) -> draws.Draw:
    sampling_plans.save_plan(COMMAND_LINE, desk, plan, at=NOW)
    return draws.draw(COMMAND_LINE, desk, plan.name, day=day, at=NOW)


def units(desk: Desk, draw_id: int) -> pl.DataFrame:
    return draws.draw_of(COMMAND_LINE, desk, draw_id)[1]


def given(desk: Desk) -> list[Assignment]:
    with desk.reading() as session:
        return list(session.scalars(select(Assignment).order_by(Assignment.id)))


def test_the_frame_has_every_conversation_that_was_answered_that_day_once(desk: Desk) -> None:
    found = drawn(desk)
    assert found.frame_size == sum(one.size for one in found.strata) == inspected.EACH_DAY
    names = {parts(one.name) for one in found.strata}
    assert {risk for _team, risk, _channel in names} == {"complaint", "reopened_or_late", "rest"}


def test_a_draw_made_again_has_the_same_conversations_also_on_another_machine(desk: Desk, tmp_path: Path) -> None:
    found = drawn(desk)
    assert draws.rerun(COMMAND_LINE, desk, found.id).is_same
    back_up(COMMAND_LINE, desk, tmp_path / "copy.tar")
    elsewhere = restore(COMMAND_LINE, tmp_path / "copy.tar", tmp_path / "elsewhere")
    again = draws.rerun(COMMAND_LINE, elsewhere, found.id, with_today=True)
    assert (again.is_same, again.picked, again.joined, again.left) == (True, found.drawn, 0, 0)


def test_a_frame_that_was_changed_is_noticed(desk: Desk) -> None:
    found = drawn(desk)
    text = draws.frame_text(COMMAND_LINE, desk, found.id)
    assert draws.rerun(COMMAND_LINE, desk, found.id, frame=text).is_same
    lines = text.decode().splitlines(keepends=True)
    for changed in (b"".join(line.encode() for line in lines[:-1]), text.replace(b"ana", b"anb"), b"nothing at all"):
        seen = draws.rerun(COMMAND_LINE, desk, found.id, frame=changed)
        assert not seen.is_frame_unchanged
        assert not seen.is_same


def test_a_pick_that_was_swapped_in_the_database_is_noticed(desk: Desk) -> None:
    found = drawn(desk)
    with desk.keeping() as session:
        row = session.scalars(select(SampleUnit)).first()
        assert row is not None
        before, row.ticket_id = row.ticket_id, "T0-swapped"
    seen = draws.rerun(COMMAND_LINE, desk, found.id)
    assert seen.missing == (("export", "T0-swapped"),)
    assert seen.surplus == (("export", before),)


def test_an_extension_keeps_earlier_picks_and_raises_their_probability(desk: Desk) -> None:
    found = drawn(desk)
    rest = max(found.strata, key=lambda one: one.size)
    before = units(desk, found.id)
    grown = draws.extend(COMMAND_LINE, desk, found.id, {rest.name: 3}, at=NOW)
    after = units(desk, found.id)
    assert grown.drawn == found.drawn + 3
    assert before.join(after, on=["id", "source", "ticket_id"], how="semi").height == before.height
    of_rest = after.filter(stratum=rest.name)
    assert of_rest["pi"].unique().to_list() == [(rest.drawn + 3) / rest.size]
    assert after.filter(pl.col("round") == 2).height == 3
    assert draws.rerun(COMMAND_LINE, desk, found.id).is_same
    assert next(one for one in grown.strata if one.name == rest.name).initial == rest.drawn


def test_more_than_there_are_cannot_be_drawn(desk: Desk) -> None:
    found = drawn(desk)
    with pytest.raises(DrawError, match="not so many"):
        draws.extend(COMMAND_LINE, desk, found.id, {found.strata[0].name: 1000})
    assert draws.draw_of(COMMAND_LINE, desk, found.id)[0] == found


def test_a_window_is_drawn_once_unless_somebody_says_why(desk: Desk) -> None:
    found = drawn(desk)
    with pytest.raises(DrawError, match="has draw"):
        draws.draw(COMMAND_LINE, desk, "daily", day=DAY, at=NOW)
    again = draws.draw(COMMAND_LINE, desk, "daily", day=DAY, reason="wrong plan", at=NOW)
    assert again.supersedes == found.id
    assert draws.draw_of(COMMAND_LINE, desk, found.id)[0].superseded_by == again.id
    with pytest.raises(DrawError, match="was replaced"):
        draws.extend(COMMAND_LINE, desk, found.id, {found.strata[-1].name: 1})


@pytest.mark.parametrize(
    ("day", "at", "says"),
    [(DAY, datetime.combine(DAY, datetime.min.time(), NOW.tzinfo) + timedelta(hours=20), "closes"),
     (date(2026, 3, 12), NOW + timedelta(days=30), "reach until"), (date(2026, 1, 1), NOW, "Nobody answered")],
)  # fmt: skip
def test_nothing_is_drawn_before_the_window_and_its_data_are_there(
    desk: Desk, day: date, at: datetime, says: str
) -> None:
    sampling_plans.save_plan(COMMAND_LINE, desk, PLAN, at=NOW)
    with pytest.raises(DrawError, match=says):
        draws.draw(COMMAND_LINE, desk, "daily", day=day, at=at)


def test_the_work_is_spread_evenly_and_a_second_reading_goes_to_somebody_else(desk: Desk) -> None:
    found = drawn(desk)
    rows = given(desk)
    loads = [sum(row.reviewer == name.title() for row in rows) for name in INSPECTORS]
    assert max(loads) - min(loads) <= 1
    assert sum(row.role == "primary" for row in rows) == found.drawn
    doubles = [row for row in rows if row.role == "double"]
    assert len(doubles) == -(-found.drawn // 4)
    first = {row.unit_id: row.reviewer for row in rows if row.role == "primary"}
    assert all(row.reviewer != first[row.unit_id] for row in doubles)


def test_what_cannot_be_judged_is_replaced_by_the_next_of_its_stratum_and_what_is_skipped_is_not(desk: Desk) -> None:
    plan = replace(PLAN, inspectors=("iris",), double_share=0.0, allocation=Allocation(share=0.3, minimum=4))
    found, iris = drawn(desk, plan), inspected.someone(desk, "iris")
    told = units(desk, found.id)
    big = max(found.strata, key=lambda one: one.size - one.drawn).name
    mine = {one.ticket_id: one for one in assignments.queue(iris, desk)}
    first, second = told.filter(stratum=big)["ticket_id"].to_list()[:2]
    assignments.mark_ineligible(iris, desk, mine[first].id, mine[first].version, code="spam", at=NOW)
    assert draws.draw_of(COMMAND_LINE, desk, found.id)[0].drawn == found.drawn + 1
    assignments.skip(iris, desk, mine[second].id, mine[second].version, code="language", at=NOW)
    assert draws.draw_of(COMMAND_LINE, desk, found.id)[0].drawn == found.drawn + 1
    outcomes = dict(units(desk, found.id).group_by("outcome").len().iter_rows())
    assert (outcomes["ineligible"], outcomes["skipped"]) == (1, 1)
    assert draws.rerun(COMMAND_LINE, desk, found.id).is_same
    with pytest.raises(assignments.AssignmentError):
        assignments.skip(iris, desk, mine[first].id, mine[first].version, code="language", at=NOW)
    with pytest.raises(assignments.AssignmentError, match="Say why"):
        assignments.skip(iris, desk, mine[second].id, 1, code="dull", at=NOW)


def test_what_nobody_has_goes_to_whoever_takes_it_but_never_both_readings_and_never_the_own_work(desk: Desk) -> None:
    drawn(desk, replace(PLAN, inspectors=(), double_share=1.0))
    iris, taken = inspected.someone(desk, "iris"), []
    while (one := assignments.claim_next(iris, desk, at=NOW)) is not None:
        taken.append(one)
    assert len({one.unit for one in taken}) == len(taken) == len(given(desk)) // 2
    ben = replace(inspected.someone(desk, "jack"), agent="ben")
    theirs = []
    while (one := assignments.claim_next(ben, desk, at=NOW)) is not None:
        theirs.append(one.ticket_id)
    told = units(desk, 1)
    assert set(theirs) == set(told.filter(pl.col("agent") != "ben")["ticket_id"])


def test_nobody_is_told_which_reading_is_the_second(desk: Desk) -> None:
    drawn(desk)
    for name in INSPECTORS:
        for one in assignments.queue(inspected.someone(desk, name), desk):
            assert "double" not in repr(one)
            assert "primary" not in repr(one)


def test_a_plan_is_edited_as_its_next_version_and_two_do_not_overwrite_each_other(desk: Desk) -> None:
    kept = sampling_plans.save_plan(COMMAND_LINE, desk, PLAN, at=NOW)
    second = sampling_plans.save_plan(COMMAND_LINE, desk, replace(kept, due_hours=24), expected_number=1, at=NOW)
    assert (second.number, second.due_hours) == (2, 24)
    with pytest.raises(StalePlan):
        sampling_plans.save_plan(COMMAND_LINE, desk, replace(kept, due_hours=12), expected_number=1, at=NOW)
    assert [one.number for one in sampling_plans.plans(COMMAND_LINE, desk)] == [2]
    sampling_plans.retire_plan(COMMAND_LINE, desk, "daily", at=NOW)
    with pytest.raises(NoSuchPlan):
        draws.draw(COMMAND_LINE, desk, "daily", day=DAY, at=NOW)


@pytest.mark.parametrize(
    ("plan", "error"),
    [(replace(PLAN, name=" "), PlanError), (replace(PLAN, double_share=1.5), PlanError),
     (replace(PLAN, where={"colour": ("red",)}), PlanError), (replace(PLAN, inspectors=("nobody",)), UnknownReader),
     (replace(PLAN, purpose="coaching"), PlanError), (replace(PLAN, inspectors=("ana",)), UnknownReader)],
)  # fmt: skip
def test_a_plan_that_cannot_be_is_refused(desk: Desk, plan: Plan, error: type[Exception]) -> None:
    with pytest.raises(error):
        sampling_plans.save_plan(COMMAND_LINE, desk, plan, at=NOW)


def test_a_plan_for_coaching_reads_everybody_each_week(desk: Desk) -> None:
    found = drawn(desk, Plan("coaching", purpose="coaching", cycle="week", min_per_agent=2, double_share=0.0))
    assert {one.name: one.drawn for one in found.strata} == dict.fromkeys(inspected.AGENTS, 2)
    assert found.frame_size == 7 * inspected.EACH_DAY


def test_a_supervisor_draws_of_the_own_teams_only(desk: Desk) -> None:
    sue = inspected.someone(desk, "sue")
    own = replace(PLAN, name="own", where={"team": ("甲组",)})
    for plan in (PLAN, replace(PLAN, where={"team": ("甲组", "乙组")})):
        with pytest.raises(Denied):
            sampling_plans.save_plan(sue, desk, plan, at=NOW)
    sampling_plans.save_plan(sue, desk, own, at=NOW)
    mine, others = draws.draw(sue, desk, "own", day=DAY, at=NOW), drawn(desk)
    assert {parts(one.name)[0] for one in mine.strata} == {"甲组"}
    assert [one.id for one in draws.draws(sue, desk)] == [mine.id]
    with pytest.raises(Denied):
        draws.draw_of(sue, desk, others.id)
    with pytest.raises(Denied):
        draws.draws(inspected.someone(desk, "ana"), desk)


def test_a_preview_says_what_the_last_windows_would_have_given(desk: Desk) -> None:
    seen = sampling_plans.preview(COMMAND_LINE, desk, PLAN)
    assert seen.conversations == inspected.EACH_DAY
    assert seen.reviews == pytest.approx(seen.drawn * 1.25)
    assert seen.each == pytest.approx(seen.reviews / 3)
    assert seen.in_one > seen.half_widths[1] > seen.half_widths[4] > seen.half_widths[13]


def test_a_certificate_has_the_draw_its_strata_and_every_conversation(desk: Desk) -> None:
    found = drawn(desk)
    book = load_workbook(BytesIO(certificate(found, units(desk, found.id), "UTC")))
    head = {row[0]: row[1] for row in book.worksheets[0].iter_rows(values_only=True)}
    assert head["SHA-256 of the frame"] == found.frame_sha256
    assert head["Seed"] == found.seed
    strata = list(book.worksheets[1].iter_rows(min_row=2, values_only=True))
    assert sum(row[3] for row in strata) == found.frame_size  # type: ignore[misc]
    picked = list(book.worksheets[2].iter_rows(min_row=2, values_only=True))
    assert {row[1] for row in picked} == set(units(desk, found.id)["ticket_id"])


def test_everything_is_in_the_audit_and_no_name_of_a_customer(desk: Desk) -> None:
    found = drawn(desk)
    draws.extend(COMMAND_LINE, desk, found.id, {max(found.strata, key=lambda one: one.size).name: 1}, at=NOW)
    with desk.reading() as session:
        actions = [row.action for row in session.scalars(select(AuditRow).where(AuditRow.action.like("sample.%")))]
    assert actions == ["sample.plan", "sample.draw", "sample.extend"]


def test_the_database_itself_refuses_a_picked_conversation_without_its_probability(desk: Desk) -> None:
    found = drawn(desk)
    with desk.engine.connect() as connection, pytest.raises(Exception, match=r"(?i)check"):
        connection.execute(SampleUnit.__table__.update().where(SampleUnit.draw_id == found.id).values(pi=None))


def nobody(name: str) -> Actor:
    return Actor(None, name, "inspector")


def test_without_accounts_whoever_sits_there_reads_what_there_is(tmp_path: Path) -> None:
    desk = inspected.make(tmp_path / "open")
    drawn(desk, replace(PLAN, inspectors=()))
    one = assignments.claim_next(nobody("this computer"), desk, at=NOW)
    assert one is not None
    assert assignments.queue(nobody("this computer"), desk) == (one,)
    assert assignments.unclaimed(nobody("somebody else"), desk) > 0
    with desk.keeping() as session:
        session.execute(delete(Assignment))
    assert assignments.claim_next(nobody("this computer"), desk, at=NOW) is None


def test_the_next_reviews_are_drawn_by_extending_the_newest_draw_that_has_the_stratum(desk: Desk) -> None:
    found = drawn(desk)
    room = [one for one in found.strata if one.drawn < one.size][:2]
    more = {one.name: 1 for one in room}
    assert next_reviews.draw_more(COMMAND_LINE, desk, PLAN.name, more, at=NOW) == (found.id,)
    grown = draws.draw_of(COMMAND_LINE, desk, found.id)[0]
    assert grown.counts == {**found.counts, **{one.name: one.drawn + 1 for one in room}}
    assert draws.rerun(COMMAND_LINE, desk, found.id).is_same
    with pytest.raises(DrawError, match="gone"):
        next_reviews.draw_more(COMMAND_LINE, desk, PLAN.name, {"gone": 1}, at=NOW)


def test_a_weekly_floor_fills_up_what_the_share_has_left_below_it_and_enters_no_rate(desk: Desk) -> None:
    plan = replace(PLAN, min_per_agent=9, inspectors=())
    drawn(desk, plan)
    before = results.results(COMMAND_LINE, desk, at=NOW).sample.drawn
    made = draws.draw(COMMAND_LINE, desk, plan.floor_name, day=date(2026, 3, 4), at=NOW)
    share, floor = units(desk, 1), units(desk, made.id)
    assert (made.plan.purpose, made.plan.cycle) == ("coaching", "week")
    assert share.join(floor, on=["source", "ticket_id"], how="semi").is_empty()
    each = pl.concat([share.select("agent"), floor.select("agent")]).group_by("agent").len()
    assert set(each["agent"]) == set(inspected.AGENTS)
    had = dict(share.group_by("agent").len().iter_rows())
    assert dict(each.iter_rows()) == {agent: max(9, had.get(agent, 0)) for agent in inspected.AGENTS}
    sizes = {one.name: one.size for one in made.strata}
    asked = {agent: 9 - had.get(agent, 0) for agent in inspected.AGENTS if had.get(agent, 0) < 9}
    assert dict(floor.group_by("agent").agg(pl.col("pi").first()).iter_rows()) == {
        agent: pytest.approx(count / sizes[agent]) for agent, count in asked.items()
    }
    assert results.results(COMMAND_LINE, desk, at=NOW).sample.drawn == before
    assert draws.rerun(COMMAND_LINE, desk, made.id, with_today=True).is_same


def test_the_floor_of_a_plan_changes_and_goes_with_it(desk: Desk) -> None:
    kept = sampling_plans.save_plan(COMMAND_LINE, desk, replace(PLAN, min_per_agent=2), at=NOW)
    names = {one.name: one.min_per_agent for one in sampling_plans.plans(COMMAND_LINE, desk)}
    assert names == {PLAN.name: 2, PLAN.floor_name: 2}
    again = sampling_plans.save_plan(COMMAND_LINE, desk, replace(kept, min_per_agent=0), expected_number=1, at=NOW)
    assert [one.name for one in sampling_plans.plans(COMMAND_LINE, desk)] == [PLAN.name]
    sampling_plans.save_plan(COMMAND_LINE, desk, replace(again, min_per_agent=3), expected_number=2, at=NOW)
    sampling_plans.retire_plan(COMMAND_LINE, desk, PLAN.name, at=NOW)
    assert sampling_plans.plans(COMMAND_LINE, desk) == ()
