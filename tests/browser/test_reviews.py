"""Reviews in a browser: ten conversations by keys alone, a dispute decided by somebody else, and axe."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import COMMAND_LINE
from dashboard.people.accounts import add
from dashboard.store import Dispute, Review, ReviewAnswer
from tests.browser.conftest import Visitor, served, visiting
from tests.browser.test_access import SERIOUS
from tests.dashboard.gate.conftest import SECRET
from tests.dashboard.quality.reading import chat_card, drawn
from tests.walled import EACH, MATE, OWN, make, number

pytestmark = pytest.mark.browser
SIGN_IN = {"zh-CN": ("账号", "密码"), "en-US": ("Account", "Password")}
LANG = {"zh-CN": "zh-CN", "en-US": "en"}
NEXT = {"zh-CN": "从下一条开始", "en-US": "Begin with the next"}
SAYS = {
    "zh-CN": {
        "dispute": "对单项提出申诉", "why": "原因", "send": "提交申诉", "take": "采纳客服意见", "reason": "裁定理由",
        "decide": "裁定", "amended": "申诉结果：改判", "first": "初评", "sent": "已提交，将由",
    },
    "en-US": {
        "dispute": "Dispute single lines", "why": "Why", "send": "Send", "take": "take the agent's",
        "reason": "Reason of the decision", "decide": "Decide", "amended": "dispute: amended", "first": "at first",
        "sent": "Sent.",
    },
}  # fmt: skip
TEN = [number(OWN, place) for place in range(EACH)] + [number(MATE, place) for place in range(2)]
SCORED = """() => [...document.querySelectorAll('.fw-line')].filter(line => !line.querySelector('.fw-auto'))
    .filter(line => !line.querySelector('[aria-pressed=true]')).length"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = make(tmp_path / "desk")
    add(COMMAND_LINE, made, "root", name="Root", role="administrator", password=SECRET)
    for account, role, agent in (("ines", "inspector", None), ("ivo", "inspector", None), ("ann", "agent", OWN.agent)):
        add(COMMAND_LINE, made, account, name=account.title(), role=role, password=SECRET, teams=["alpha"], agent=agent)
    chat_card(made)
    drawn(made, TEN, [(None, "primary")])
    yield made
    made.engine.dispose()


@pytest.fixture
def address(desk: Desk, tmp_path: Path) -> Iterator[str]:
    with served(desk.root, tmp_path / "server.log") as running:
        yield running


def enter(visitor: Visitor, account: str, locale: str, path: str) -> Page:
    """Sign in and open a page."""
    visitor.page.goto(f"{visitor.address}{path}{'&' if '?' in path else '?'}lang={LANG[locale]}")
    name, password = SIGN_IN[locale]
    visitor.page.get_by_label(name).fill(account)
    visitor.page.get_by_label(password).fill(SECRET)
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_role("heading", level=1).or_(visitor.page.locator(".fw-review")).first.wait_for()
    visitor.settle()
    return visitor.page


def reviewed(desk: Desk) -> list[Review]:
    with desk.reading() as session:
        return list(session.scalars(select(Review).where(Review.revision > 0).order_by(Review.id)))


def score(page: Page, *, with_failure: bool) -> None:
    """Answer every line by keys: all of it full, or the first judged one half, with its cause and where it shows."""
    ticket = page.locator(".fw-review").evaluate("node => node.querySelector('.fw-msg').dataset.id")
    if with_failure:
        for key in ("ArrowDown", "5", "2", "2", "ArrowUp", "Enter", "ArrowUp", "ArrowUp", "9"):
            page.keyboard.press(key)
    for _ in range(14):
        if page.evaluate(SCORED) == 0:
            break
        page.keyboard.press("1")
    page.keyboard.press("s")
    gone = page.locator(f'.fw-msg[data-id="{ticket}"]')
    expect(gone).to_have_count(0)


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_ten_conversations_are_read_by_keys_alone_and_a_dispute_is_decided_by_somebody_else(
    locale: str, desk: Desk, address: str, browser: Browser
) -> None:
    says = SAYS[locale]
    with visiting(browser, address, locale=locale) as ines:
        page = enter(ines, "ines", locale, "/review")
        ines.press("n", NEXT[locale])
        for place in range(len(TEN)):
            page.locator(".fw-line-here").wait_for()
            score(page, with_failure=place == 1)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    done = reviewed(desk)
    assert sorted(one.ticket_id for one in done) == sorted(TEN)
    assert {one.reviewer for one in done} == {"Ines"}
    [disputed] = [one for one in done if one.root_cause is not None]
    with desk.reading() as session:
        failed = select(ReviewAnswer).where(ReviewAnswer.review_id == disputed.id, ReviewAnswer.value == 0.5)
        line = session.scalars(failed.where(ReviewAnswer.root_cause.is_not(None))).one()
        assert (line.criterion, line.root_cause) == ("R1", "not_applied")
        assert line.message_id is not None
    with visiting(browser, address, locale=locale) as ann:
        page = enter(ann, "ann", locale, f"/reviews?review={disputed.id}")
        page.get_by_text(says["dispute"]).click()
        page.get_by_role("button", name="R1").first.click()
        page.get_by_label(says["why"], exact=True).fill("the parcel was named")
        page.keyboard.press("Tab")
        ann.settle()
        page.get_by_role("button", name=says["send"]).click()
        ann.see(says["sent"])
    with visiting(browser, address, locale=locale) as ines:
        page = enter(ines, "ines", locale, f"/reviews?review={disputed.id}")
        expect(page.get_by_role("button", name=says["decide"], exact=True)).to_have_count(0)
    with visiting(browser, address, locale=locale) as ivo:
        page = enter(ivo, "ivo", locale, f"/reviews?review={disputed.id}")
        page.get_by_text(says["take"]).click()
        page.get_by_label(says["reason"]).fill("it stands in the second message")
        page.keyboard.press("Tab")
        ivo.settle()
        page.get_by_role("button", name=says["decide"], exact=True).click()
        ivo.see(says["amended"])
        ivo.see(says["first"])
    [after] = [one for one in reviewed(desk) if one.id == disputed.id]
    assert (after.state, after.revision) == ("amended", 2)
    assert after.first_score == disputed.score != after.score
    with desk.reading() as session:
        assert session.scalars(select(Dispute.arbiter)).all() == ["Ivo"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_room_has_nothing_that_axe_finds_serious(scheme: str, desk: Desk, address: str, browser: Browser) -> None:
    del desk
    with visiting(browser, address, scheme=scheme, locale="en-US") as visitor:
        page = enter(visitor, "ines", "en-US", "/review")
        visitor.press("n", NEXT["en-US"])
        page.locator(".fw-line-here").wait_for()
        for key in ("ArrowDown", "0", "2"):
            page.keyboard.press(key)
        visitor.settle()
        found = Axe().run(page).response["violations"]
    assert not {
        one["id"]: [(node["target"], node["failureSummary"]) for node in one["nodes"]][:4]
        for one in found
        if one["impact"] in SERIOUS
    }
