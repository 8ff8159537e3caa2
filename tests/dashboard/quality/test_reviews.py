"""Reading, scoring and submitting: what must be there, what stays, who may not, what others are told and when."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from dashboard.desk import Desk, open_desk
from dashboard.people import ONE_PERSON, Actor
from dashboard.people.policy import Denied
from dashboard.quality import cards
from dashboard.quality.answers import NotReady
from dashboard.quality.conversation import NoSuchConversation, OwnWork
from dashboard.quality.finals import answers_of, final_reviews
from dashboard.quality.reviewing import NoSuchReview, NotAllowedNow
from dashboard.services.quality import review_reading, reviews, scorecards, voiding
from dashboard.services.quality.scorecards import CardFault
from dashboard.store import AuditRow, CalibrationSession, Review, ReviewRevision, make_engine, migrate
from dashboard.store.swap import StaleError
from dashboard.store.triage import TriageCause
from loaders.errors import WarehouseError
from tests.dashboard.quality.reading import (
    AT,
    INES,
    IVO,
    JUDGED,
    TICKET,
    answers,
    by_hand,
    calibration,
    chat_card,
    drawn,
    message_of,
    row,
    told,
    version,
)
from tests.walled import ANN, MANAGER, MATE, OTHER, OWN, SOURCE, SUPERVISOR, make, number


@pytest.fixture(scope="module")
def unread(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with its facts, of which each test has a copy."""
    made = make(tmp_path_factory.mktemp("unread") / "desk")
    begun(made)
    chat_card(made)
    with made.keeping() as session:
        session.execute(delete(Review))
    made.engine.dispose()
    return made.root


@pytest.fixture
def desk(unread: Path, tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(Path(shutil.copytree(unread, tmp_path / "desk")))
    yield made
    made.engine.dispose()


def begun(desk: Desk, actor: Actor = INES, ticket: str = TICKET) -> int:
    return reviews.begin_by_hand(actor, desk, SOURCE, ticket, version_id=chat_card(desk), at=AT)


def test_a_new_desk_has_the_chat_card_of_weights_a_hundred_and_the_one_minute_card(desk: Desk) -> None:
    chat, accuracy = scorecards.published(INES, desk)
    sections = {name: sum(line.weight for line in chat.lines if line.section == f"section.{name}")
                for name in ("speed", "resolution", "attitude")}  # fmt: skip
    assert sections == {"speed": 30, "resolution": 40, "attitude": 30}
    assert [line.code for line in chat.lines if line.kind == "critical"] == ["K1", "K2", "K3", "K4", "K5"]
    assert [line.code for line in accuracy.lines] == ["K1", "K2"]
    assert (chat.marks.pass_mark, chat.marks.least_share, chat.number) == (95, 0.6, 1)
    assert len(scorecards.published(INES, desk)) == 2


def test_a_draft_comes_back_as_it_was_saved_and_an_older_window_cannot_overwrite_it(desk: Desk) -> None:
    id = begun(desk)
    newer = reviews.save(INES, desk, id, 1, {"R1": {"v": 0.5, "c": "short"}}, seconds=12)
    with pytest.raises(StaleError):
        reviews.save(INES, desk, id, 1, {"R1": {"v": 1}})
    kept = told(desk, INES, id)
    assert kept.draft["R1"]["v"] == 0.5
    assert (kept.row["seconds"], kept.row["version"], newer) == (12, 2, 2)
    assert begun(desk) == id


@pytest.mark.parametrize("nonsense", [
    None, "x", {"R1": 1}, {"R1": {"v": True}}, {"R1": {"v": 0.7}}, {"R1": {"v": "1"}}, {"K1": {"v": None}},
    {"R3": {"v": 0.5}}, {"nothing": {"v": 1}}, {"R1": {}},
])  # fmt: skip
def test_what_a_browser_cannot_mean_is_left_out(desk: Desk, nonsense: object) -> None:
    id = begun(desk)
    reviews.save(INES, desk, id, 1, nonsense)
    assert set(told(desk, INES, id).draft) <= {"S1"}


def test_speed_is_computed_and_no_browser_has_a_say_in_it(desk: Desk) -> None:
    id = begun(desk)
    computed = told(desk, INES, id).reading.auto
    assert set(computed) == {"S1"}
    value = computed["S1"]
    reviews.submit(INES, desk, id, 1, answers() | {"S1": {"v": 0 if value else 1}}, at=AT)
    assert told(desk, INES, id).answers["S1"].value == value


def test_every_line_needs_an_answer_and_a_failed_one_its_cause_and_where_it_shows(desk: Desk) -> None:
    id = begun(desk)
    whole = answers(R2=0)
    for lack, lines in (
        ({"K5": None}, ("K5",)), ({"R2": {"v": 0, "m": message_of(TICKET)}}, ("R2",)),
        ({"R2": {"v": 0, "cause": "not_applied"}}, ("R2",)),
        ({"R2": {"v": 0, "cause": "no such", "m": message_of(TICKET)}}, ("R2",)),
        ({"R2": {"v": 0.5, "cause": "slip", "m": "another conversation's"}}, ("R2",)),
    ):  # fmt: skip
        with pytest.raises(NotReady) as refused:
            reviews.submit(INES, desk, id, 1, whole | lack, at=AT)
        assert refused.value.lines == lines
    assert row(desk, id).state == "draft"
    done = reviews.submit(INES, desk, id, 1, whole, at=AT)
    assert (done.score.passed, done.score.failed) == (False, ("R2",))


def test_evidence_is_a_span_of_a_message_and_the_whole_of_it_where_none_is_named(desk: Desk) -> None:
    id = begun(desk)
    told_answers = answers(R1=0, R2=0, A1=0)
    told_answers["R2"] |= {"from": 5, "to": 9999}
    told_answers["A1"] |= {"from": None, "to": None}
    reviews.submit(INES, desk, id, 1, told_answers, at=AT)
    kept = told(desk, INES, id).answers
    length = len("where is my parcel zqown please")
    spans = {code: (kept[code].from_char, kept[code].to_char) for code in ("R1", "R2", "A1")}
    assert spans == {"R1": (0, 3), "R2": (0, length), "A1": (0, length)}


def test_what_was_submitted_stays_and_a_correction_stands_beside_it_and_asks_the_agent_anew(desk: Desk) -> None:
    id = by_hand(desk, R1=0.5)
    first = row(desk, id)
    with pytest.raises(NotAllowedNow):
        reviews.save(INES, desk, id, first.version, answers())
    with pytest.raises(NotAllowedNow):
        reviews.correct(INES, desk, id, first.version, answers(), reason=" ", at=AT)
    with pytest.raises(NotAllowedNow):
        reviews.correct(IVO, desk, id, first.version, answers(), reason="I know better", at=AT)
    reviews.correct(INES, desk, id, first.version, answers(), reason="he did answer it", at=AT)
    after = told(desk, INES, id)
    assert [one.answers["R1"].value for one in after.revisions] == [0.5, 1]
    assert (after.row["state"], after.row["first_score"], after.row["first_passed"]) == ("submitted", 92.5, False)
    assert (after.row["score"], after.row["passed"], after.row["revision"]) == (100, True, 2)


@pytest.mark.parametrize("table", ["review_revisions", "review_answers", "review_events"])
@pytest.mark.parametrize("act", ["UPDATE {t} SET review_id = review_id", "DELETE FROM {t}"])
def test_the_database_itself_refuses_to_change_what_was_submitted(desk: Desk, table: str, act: str) -> None:
    by_hand(desk)
    with pytest.raises(DatabaseError, match="only ever added to"), desk.engine.begin() as connection:
        connection.execute(text(act.format(t=table)))


def test_nobody_reads_his_own_work_under_any_of_his_names(desk: Desk) -> None:
    for actor in (
        Actor(30, "Nan", "inspector", agent=OWN.agent), Actor(31, "Nan", "inspector", also=frozenset({str(OWN.agent)})),
        Actor(32, str(OWN.agent), "manager"),
    ):  # fmt: skip
        with pytest.raises(OwnWork):
            begun(desk, actor)
        assignments = drawn(desk, [TICKET], [(None, "primary")]) if actor.id == 30 else []
        for one in assignments:
            with pytest.raises(OwnWork):
                reviews.begin(actor, desk, one, version_id=chat_card(desk))
    told_columns = {"source": SOURCE, "ticket_id": "1", "agent": "Ann", "ticket_created_at": AT, "reviewer": "x",
                    "kind": "adhoc", "version_id": chat_card(desk), "begun_at": AT, "draft": {}}  # fmt: skip
    with pytest.raises(WarehouseError, match="own_work"), desk.keeping() as session:
        session.add(Review(**told_columns, reviewer_agent="Ann"))


def test_a_supervisor_reads_only_his_teams_conversations_and_an_agent_none(desk: Desk) -> None:
    assert begun(desk, SUPERVISOR) > 0
    with pytest.raises(NoSuchConversation):
        begun(desk, SUPERVISOR, number(OTHER, 1))
    with pytest.raises(Denied):
        begun(desk, ANN)


def test_comments_are_kept_behind_masks(desk: Desk) -> None:
    id = begun(desk)
    reviews.submit(INES, desk, id, 1, answers(R1=0) | {"R2": {"v": 1, "c": "call 13812345678"}}, at=AT)
    assert told(desk, INES, id).answers["R2"].comment == "call 138****5678"


def test_a_critical_failure_opens_a_triage_item_that_ends_when_it_does_not_stand(desk: Desk) -> None:
    id = by_hand(desk, K1=0)
    with desk.reading() as session:
        cause = session.scalars(select(TriageCause)).one()
        assert (cause.ticket_id, cause.rule, cause.ended_at) == (TICKET, "critical_spot_check", None)
    assert row(desk, id).root_cause == "not_applied"
    reviews.correct(INES, desk, id, version(desk, id), answers(), reason="it was right after all", at=AT)
    with desk.reading() as session:
        assert session.scalars(select(TriageCause)).one().ended_at == AT


def test_only_the_primarys_final_value_of_what_chance_drew_enters_a_rate(desk: Desk) -> None:
    tickets = [number(MATE, place) for place in range(3)]
    given = drawn(desk, tickets, [(INES, "primary"), (IVO, "double")])
    for place, one in enumerate(given):
        actor = (INES, IVO)[place % 2]
        id = reviews.begin(actor, desk, one, version_id=chat_card(desk), at=AT)
        ticket = tickets[place // 2]
        reviews.submit(actor, desk, id, 1, answers(ticket, **({"R1": 0} if actor is IVO else {})), at=AT)
    by_hand(desk, K1=0)
    with desk.reading() as session:
        finals, lines = final_reviews(session, MANAGER), answers_of(session, MANAGER)
    assert sorted(finals["ticket_id"]) == tickets
    computed = {ticket: [line for line in lines.filter(kind="normal", ticket_id=ticket)["final"] if line is not None]
                for ticket in tickets}  # fmt: skip
    assert {ticket: min(values) == 1 for ticket, values in computed.items()} == dict(
        finals.select("ticket_id", "passed").iter_rows()
    )
    assert set(finals["pi"]) == {0.5}
    of_r1 = lines.filter(criterion="R1").group_by("kind").agg(pl.col("final").mean()).sort("kind")
    assert of_r1.rows() == [("double", 0.0), ("normal", 1.0)]
    assert TICKET not in set(lines["ticket_id"])


def test_a_conversation_is_read_by_its_reader_once_and_the_draw_is_told(desk: Desk) -> None:
    mine, free = drawn(desk, [TICKET, number(OWN, 2)], [(INES, "primary")])
    with pytest.raises(NotAllowedNow):
        reviews.begin(IVO, desk, mine, version_id=chat_card(desk))
    id = reviews.begin(INES, desk, mine, version_id=chat_card(desk), at=AT)
    assert reviews.begin(INES, desk, mine, version_id=chat_card(desk), at=AT) == id
    assert review_reading.waiting(INES, desk)["review"].to_list() == [id, None]
    reviews.submit(INES, desk, id, 1, answers(), at=AT)
    assert review_reading.waiting(INES, desk)["assignment"].to_list() == [free]
    with pytest.raises(NotAllowedNow):
        reviews.begin(INES, desk, 999, version_id=chat_card(desk))


def everything_told(desk: Desk, actor: Actor, review: int) -> str:
    """All that this person can ask the desk about a review."""
    asked = [review_reading.read(actor, desk).write_json(), review_reading.waiting(actor, desk).write_json()]
    with suppress(NoSuchReview):
        asked.append(repr(told(desk, actor, review)))
    with desk.reading() as session:
        asked += [final_reviews(session, MANAGER).write_json(), answers_of(session, MANAGER).write_json()]
        asked += [repr((one.action, one.subject, one.details)) for one in session.scalars(select(AuditRow))]
    return "\n".join(asked)


@pytest.mark.parametrize("other", [IVO, MANAGER, SUPERVISOR, ONE_PERSON])
def test_what_a_colleague_gave_in_a_calibration_is_told_to_nobody_before_the_reveal(desk: Desk, other: Actor) -> None:
    session_id = calibration(desk)
    mine, _his = drawn(desk, [TICKET], [(INES, "calibration"), (IVO, "calibration")], session_id=session_id)
    id = reviews.begin(INES, desk, mine, version_id=chat_card(desk), at=AT)
    secret = answers(K1=0, R1=0.5)
    secret["K1"]["c"] = "zqsecret"
    reviews.submit(INES, desk, id, 1, secret, at=AT)
    before = everything_told(desk, other, id)
    assert "zqsecret" not in before
    assert "92.5" not in before
    assert '"critical_failed":true' not in before
    with pytest.raises(NoSuchReview):
        told(desk, other, id)
    with desk.reading() as session:
        assert session.scalars(select(TriageCause)).all() == [], "triage would tell that something critical failed"
    assert "zqsecret" in everything_told(desk, INES, id)
    with desk.keeping() as session:
        one = session.get_one(CalibrationSession, session_id)
        one.state, one.revealed_at = "revealed", AT
    if other is not IVO:  # who has it still to read for himself is told after that
        assert "zqsecret" in everything_told(desk, other, id)
    with pytest.raises(NoSuchReview):
        told(desk, ANN, id)


def test_in_a_calibration_all_read_with_the_card_of_the_session(desk: Desk) -> None:
    chat, accuracy = scorecards.published(INES, desk)
    session_id = calibration(desk)
    with desk.keeping() as session:
        session.get_one(CalibrationSession, session_id).scorecard_version_id = accuracy.id
    for one, actor in zip(
        drawn(desk, [TICKET], [(INES, "calibration"), (IVO, "expert")], session_id=session_id), (INES, IVO), strict=True
    ):
        id = reviews.begin(actor, desk, one, version_id=chat.id, at=AT)
        assert (row(desk, id).version_id, row(desk, id).kind) == (accuracy.id, "calibration")
        with pytest.raises(NotAllowedNow):
            reviews.choose_card(actor, desk, id, 1, version_id=chat.id)


def test_whoever_is_to_read_a_conversation_too_is_not_told_what_the_other_gave(desk: Desk) -> None:
    first, second = drawn(desk, [TICKET], [(INES, "primary"), (IVO, "double")])
    id = reviews.begin(INES, desk, first, version_id=chat_card(desk), at=AT)
    reviews.submit(INES, desk, id, 1, answers(R1=0.5), at=AT)
    with pytest.raises(NoSuchReview):
        told(desk, IVO, id)
    assert review_reading.read(IVO, desk).is_empty()
    assert told(desk, MANAGER, id).row["score"] == 92.5
    own = reviews.begin(IVO, desk, second, version_id=chat_card(desk), at=AT)
    reviews.submit(IVO, desk, own, 1, answers(), at=AT)
    assert told(desk, IVO, id).row["score"] == 92.5
    assert review_reading.read(ANN, desk)["review"].to_list() == [id], "the second reading is the inspectors' own check"


def test_a_draft_is_nobody_elses(desk: Desk) -> None:
    id = begun(desk)
    for actor in (IVO, MANAGER, ANN):
        with pytest.raises(NoSuchReview):
            told(desk, actor, id)
    with pytest.raises(NoSuchReview):
        reviews.submit(IVO, desk, id, 1, answers(), at=AT)


def test_an_agent_reads_his_own_reviews_and_nobody_elses(desk: Desk) -> None:
    own, others = by_hand(desk), by_hand(desk, ticket=number(MATE, 1))
    assert review_reading.read(ANN, desk)["review"].to_list() == [own]
    with pytest.raises(NoSuchReview):
        told(desk, ANN, others)


def test_a_void_review_counts_no_more_and_its_conversation_as_not_read(desk: Desk) -> None:
    [one] = drawn(desk, [TICKET], [(INES, "primary")])
    id = reviews.begin(INES, desk, one, version_id=chat_card(desk), at=AT)
    reviews.submit(INES, desk, id, 1, answers(), at=AT)
    voiding.void(MANAGER, desk, id, version(desk, id), reason="the wrong conversation", at=AT)
    with desk.reading() as session:
        assert final_reviews(session, MANAGER).is_empty()
        assert session.get_one(Review, id).state == "void"


def test_a_published_scorecard_does_not_change_and_reviews_keep_their_version(desk: Desk) -> None:
    id, first = by_hand(desk), chat_card(desk)
    draft = scorecards.new_version(MANAGER, desk, first)
    assert scorecards.new_version(MANAGER, desk, first) == draft
    card = scorecards.card(MANAGER, desk, draft)
    lines = tuple(replace(line, weight=25.0) if line.code == "S1" else line for line in card.lines)
    scorecards.save_draft(MANAGER, desk, draft, card.version, marks=card.marks, lines=lines)
    with pytest.raises(StaleError):
        scorecards.save_draft(MANAGER, desk, draft, card.version, marks=card.marks, lines=lines)
    with pytest.raises(CardFault, match="105"):
        scorecards.publish(MANAGER, desk, draft, card.version + 1)
    scorecards.save_draft(MANAGER, desk, draft, card.version + 1, marks=card.marks, lines=card.lines)
    scorecards.publish(MANAGER, desk, draft, card.version + 2)
    assert [one.number for one in scorecards.published(INES, desk)] == [2, 1]
    assert told(desk, INES, id).card.number == 1
    with pytest.raises(CardFault):
        scorecards.save_draft(MANAGER, desk, first, 1, marks=card.marks, lines=card.lines)
    for act in (
        "UPDATE criteria SET weight = 1",
        "DELETE FROM criteria",
        "UPDATE scorecard_versions SET pass_mark = 1",
    ):
        with pytest.raises(DatabaseError, match="does not change"), desk.engine.begin() as connection:
            connection.execute(text(act))
    with pytest.raises(Denied):
        scorecards.new_version(INES, desk, first)


def test_a_conversation_without_text_needs_a_comment_where_it_failed(desk: Desk) -> None:
    id = begun(desk)
    with desk.keeping() as session:
        one = session.get_one(Review, id)
        one.draft = {**one.draft, "messages": {}}
    bare: dict[str, dict[str, object]] = {code: {"v": 1} for code in JUDGED}
    bare["R1"] = {"v": 0, "cause": "slip"}
    with pytest.raises(NotReady):
        reviews.submit(INES, desk, id, 1, bare, at=AT)
    bare["R1"] |= {"c": "no answer was written"}
    assert reviews.submit(INES, desk, id, 1, bare, at=AT).score.failed == ("R1",)


def test_postgresql_refuses_to_change_what_was_published_and_submitted_too(database_url: str) -> None:
    engine = make_engine(database_url)
    migrate(engine)
    with Session(engine) as session, session.begin():
        cards.begin(session)
        review = Review(source="s", ticket_id="1", ticket_created_at=AT, reviewer="x", kind="adhoc", version_id=1,
                        begun_at=AT, draft={}, state="submitted", revision=1)  # fmt: skip
        session.add(review)
        session.flush()
        session.add(ReviewRevision(review_id=review.id, revision=1, at=AT, by="x", reason="", applicable_share=1,
                                   critical_failed=False))  # fmt: skip
    refused = {
        "UPDATE criteria SET weight = 1": "does not change", "DELETE FROM criteria": "does not change",
        "UPDATE scorecard_versions SET pass_mark = 1": "does not change",
        **dict.fromkeys(("UPDATE review_revisions SET reason = 'x'", "DELETE FROM review_revisions",
                         "TRUNCATE review_revisions"), "only ever added"),
    }  # fmt: skip
    for act, why in refused.items():
        with pytest.raises(DatabaseError, match=why), engine.begin() as connection:
            connection.execute(text(act))
    engine.dispose()
