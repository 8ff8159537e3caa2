"""The pages of reviews: who is offered what, drafts that come back, what is refused, the empty states."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.quality.review_state import HERE, PART, Here
from dashboard.desk import Desk, open_desk
from dashboard.people import ONE_PERSON, Actor
from dashboard.services.facts.figures import facts_of
from dashboard.services.quality import error_cases, review_reading, reviews, scorecards
from dashboard.store import Review
from tests.dashboard.quality.reading import INES, IVO, answers, by_hand, chat_card, drawn, row, version
from tests.pages.conftest import Visit, words
from tests.walled import ANN, MANAGER, OWN, SOURCE, SUPERVISOR, make, number

BRAVO = frozenset({"bravo zqother"})


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = make(tmp_path_factory.mktemp("reviews") / "desk")
    facts_of(ONE_PERSON, desk)
    chat_card(desk)
    desk.engine.dispose()
    return desk.root


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Desk:
    return open_desk(Path(shutil.copytree(template, tmp_path / "desk")))


def opened(visit: Visit, desk: Desk, actor: Actor, page: str, lang: str = "en", **asked: str) -> AppTest:
    visit.actor = actor
    app = visit(desk.root, page, lang=lang, **asked)
    assert not app.exception
    return app


@pytest.mark.parametrize(("lang", "says"), [("en", "Nothing waits to be read"), ("zh-CN", "没有待质检的会话")])
def test_an_empty_queue_says_how_it_is_filled(visit: Visit, desk: Desk, lang: str, says: str) -> None:
    assert says in words(opened(visit, desk, INES, "review", lang))


def test_the_queue_offers_what_is_the_persons_and_begins_with_the_next(visit: Visit, desk: Desk) -> None:
    drawn(desk, [number(OWN, 1), number(OWN, 2)], [(INES, "primary"), (IVO, "double")])
    app = opened(visit, desk, INES, "review")
    assert "2 wait to be read" in words(app)
    app.button(key="review-next").click().run()
    assert not app.exception
    here = app.session_state[HERE]
    assert isinstance(here, Here)
    assert row(desk, here.review).reviewer == "Ines"
    assert number(OWN, 1) in words(app)


def test_what_is_not_whole_is_refused_in_words_and_kept(visit: Visit, desk: Desk) -> None:
    drawn(desk, [number(OWN, 1)], [(INES, "primary")])
    app = opened(visit, desk, INES, "review")
    app.button(key="review-next").click().run()
    here = app.session_state[HERE]
    reviews.save(INES, desk, here.review, here.version, {"R1": {"v": 1}})
    app.run()
    app.button(key="review-submit").click().run()
    assert "Not answered yet: S2, R2" in words(app)
    assert app.session_state[HERE].lacking[:2] == ("S2", "R2")
    assert row(desk, here.review).state == "draft"


def test_the_last_one_that_is_submitted_leads_back_to_the_queue_with_what_it_came_to(visit: Visit, desk: Desk) -> None:
    drawn(desk, [number(OWN, 1)], [(INES, "primary")])
    app = opened(visit, desk, INES, "review")
    app.button(key="review-next").click().run()
    here = app.session_state[HERE]
    reviews.save(INES, desk, here.review, here.version, answers(number(OWN, 1)))
    app.run()
    app.button(key="review-submit").click().run()
    assert app.session_state[HERE] is None
    assert "Submitted:" in words(app)
    assert row(desk, here.review).state == "submitted"


def test_an_agent_finds_his_reviews_and_is_offered_to_acknowledge_and_dispute(visit: Visit, desk: Desk) -> None:
    id = by_hand(desk, R1=0.5)
    app = opened(visit, desk, ANN, "reviews", review=str(id))
    assert {"record.acknowledge", "record.dispute"} <= {one.key for one in app.button}
    assert not {"record.correct", "record.void", "record.decide", "coaching.agree"} & {one.key for one in app.button}
    app.button(key="record.acknowledge").click().run()
    assert row(desk, id).state == "acknowledged"
    assert "Acknowledged." in words(app)


def test_the_reviewer_is_offered_neither_to_acknowledge_nor_to_decide(visit: Visit, desk: Desk) -> None:
    id = by_hand(desk, R1=0.5)
    app = opened(visit, desk, INES, "reviews", review=str(id))
    assert "record.correct" in {one.key for one in app.button}
    assert not {"record.acknowledge", "record.dispute", "record.decide"} & {one.key for one in app.button}


def test_a_review_that_is_not_the_persons_is_told_as_none(visit: Visit, desk: Desk) -> None:
    id = by_hand(desk)
    cleo, sia = Actor(50, "Cleo", "agent", agent="Cleo zqmate"), Actor(51, "Sia", "supervisor", BRAVO)
    for other in (cleo, sia):
        app = opened(visit, desk, other, "reviews", review=str(id))
        assert "There is no review" in words(app)


def test_coaching_and_cases_are_agreed_on_a_review_and_found_again(visit: Visit, desk: Desk) -> None:
    id = by_hand(desk, R1=0)
    app = opened(visit, desk, SUPERVISOR, "reviews", review=str(id))
    app.text_area(key="coaching.plan").set_value("listen to the second call together").run()
    app.button(key="coaching.agree").click().run()
    app.text_input(key="library.title").set_value("Half an answer")
    app.text_area(key="library.why").set_value("the customer asked twice").run()
    app.button(key="library.keep").click().run()
    told = words(opened(visit, desk, ANN, "reviews", part="coaching"))
    assert "listen to the second call together" in told
    assert "Half an answer" in words(opened(visit, desk, ANN, "reviews", part="library"))


def test_scorecards_are_for_whom_may_edit_them_and_a_draft_begins_as_a_copy(visit: Visit, desk: Desk) -> None:
    assert "Your role does not allow this" in words(opened(visit, desk, INES, "scorecards"))
    app = opened(visit, desk, MANAGER, "scorecards")
    app.button(key="scorecard.new").click().run()
    assert not app.exception
    assert "The weights come to 100." in words(app)
    app.button(key="scorecard.publish").click().run()
    assert [one.number for one in scorecards.published(MANAGER, desk)] == [2, 1]


def test_a_draft_that_another_window_changed_is_not_overwritten(visit: Visit, desk: Desk) -> None:
    id = reviews.begin_by_hand(INES, desk, SOURCE, number(OWN, 1), version_id=chat_card(desk))
    app = opened(visit, desk, INES, "review", review=str(id))
    here = app.session_state[HERE]
    reviews.save(INES, desk, id, version(desk, id), {"R1": {"v": 0.5}})
    app.session_state[PART] = {"draft": {"opened": here.opened, "n": 1, "answers": {"R1": {"v": 1}}, "seconds": 3}}
    app.run()
    assert "changed this meanwhile" in words(app)
    assert review_reading.told(INES, desk, id).draft["R1"]["v"] == 0.5
    with desk.reading() as session:
        assert session.get_one(Review, id).state == "draft"


def test_a_critical_failure_leads_to_a_correction_that_knows_its_review(visit: Visit, desk: Desk) -> None:
    id = by_hand(desk, K1=0)
    app = opened(visit, desk, MANAGER, "reviews", review=str(id))
    app.text_area(key="correction.wrong").set_value("two years of warranty")
    app.text_area(key="correction.right").set_value("one year of warranty").run()
    app.button(key="correction.open").click().run()
    [case] = error_cases.cases(MANAGER, desk)
    assert (case.review_id, case.criterion, case.wrong_claim) == (id, "K1", "two years of warranty")
    assert "correction.open" not in {one.key for one in opened(visit, desk, ANN, "reviews", review=str(id)).button}


def test_another_scorecard_is_taken_for_one_conversation_and_what_was_answered_goes(visit: Visit, desk: Desk) -> None:
    chat, accuracy = scorecards.published(INES, desk)
    id = reviews.begin_by_hand(INES, desk, SOURCE, number(OWN, 1), version_id=chat.id)
    reviews.save(INES, desk, id, 1, {"K1": {"v": 1}})
    app = opened(visit, desk, INES, "review", review=str(id))
    app.button(key=f"review.card.{accuracy.id}").click().run()
    assert not app.exception
    told = review_reading.told(INES, desk, id)
    assert (told.card.id, dict(told.draft)) == (accuracy.id, {})
