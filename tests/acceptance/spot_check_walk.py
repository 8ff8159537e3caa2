"""The way of a desk's people through spot-checks in Chromium: signing in, pressing, reading by keys, pictures."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.store import Review
from dashboard.wording import _, speaking
from tests.acceptance.foreign_desk import Talk, secret_of
from tests.browser.conftest import LISTENING, PATIENCE, Visitor, visiting
from tests.browser.test_reviews import LANG, SCORED, SIGN_IN

SENTENCE = re.compile(r"\b[A-Za-z]{2,} [a-z]{2,}\b")
"""English words one after another: on a Chinese page nobody but a product that forgot to translate writes them."""
HEIGHT = """() => Math.max(...[...document.querySelectorAll('[data-testid=stMain], [data-testid=stSidebar]')]
    .map(node => node.scrollHeight))"""


class Walk:
    """The way of one desk's people, in the language of its conversations."""

    def __init__(self, talk: Talk, desk: Desk, address: str, browser: Browser) -> None:
        self.talk, self.desk, self.address, self.browser = talk, desk, address, browser
        self.pictures = os.environ.get("FLOORWALKER_PICTURES")
        self.name = Path(talk.file).parent.name

    def says(self, words: str, **params: object) -> str:
        """What the product says in the language of the conversations."""
        with speaking("zh_CN" if self.talk.locale == "zh-CN" else "en"):
            return _(words, **params)

    @contextmanager
    def signed_in(self, account: str, path: str, *, scheme: str = "light") -> Iterator[Visitor]:
        """The person of this account on that page, signed in by the keyboard."""
        with visiting(self.browser, self.address, scheme=scheme, locale=self.talk.locale) as visitor:
            self.go(visitor, path, wait=False)
            name, _password = SIGN_IN[self.talk.locale]
            visitor.page.get_by_label(name).focus()
            visitor.page.keyboard.type(account)
            visitor.page.keyboard.press("Tab")
            visitor.page.keyboard.type(secret_of(account))
            visitor.page.keyboard.press("Enter")
            visitor.page.get_by_role("heading", level=1).or_(visitor.page.locator(".fw-review")).first.wait_for()
            visitor.settle()
            yield visitor

    def go(self, visitor: Visitor, path: str, *, wait: bool = True) -> None:
        visitor.page.goto(f"{visitor.address}{path}{'&' if '?' in path else '?'}lang={LANG[self.talk.locale]}")
        if wait:
            visitor.page.get_by_role("heading", level=1).or_(visitor.page.locator(".fw-review")).first.wait_for()
            visitor.settle()

    def picture(self, visitor: Visitor, name: str) -> None:
        """Keep what is seen, where pictures are wished; on a Chinese page no English sentence is left."""
        page = visitor.page
        if self.talk.locale == "zh-CN":
            own = page.locator("[data-testid=stMain]").inner_text().replace("AC1", "")
            shown = [node.get_attribute("placeholder") or "" for node in page.locator(":placeholder-shown").all()]
            assert not SENTENCE.findall("\n".join([own, *shown])), name
        if self.pictures is None:
            return
        size = page.viewport_size or {"width": 1440, "height": 1100}
        whole = {"width": size["width"], "height": min(max(page.evaluate(HEIGHT), 600) + 20, 6000)}
        page.set_viewport_size(whole)  # type: ignore[arg-type]
        visitor.settle()
        page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton]')")  # all of it has come
        page.screenshot(path=Path(self.pictures) / f"{self.name}-{name}.png")
        page.set_viewport_size(size)

    def press(self, visitor: Visitor, words: str) -> None:
        """Press the button of these words."""
        button = visitor.page.get_by_role("button", name=self.says(words), exact=True).first
        expect(button).to_be_enabled(timeout=PATIENCE)
        button.click(delay=120)  # as slow as a person: a date that was typed is heard first
        visitor.settle()

    def write(self, visitor: Visitor, field: str, text: str) -> None:
        visitor.page.get_by_label(self.says(field), exact=True).first.fill(text)
        visitor.page.keyboard.press("Tab")
        visitor.settle()

    def see(self, visitor: Visitor, words: str, **params: object) -> None:
        visitor.see(self.says(words, **params))

    def reviews(self, kind: str = "normal") -> list[Review]:
        """Those that were submitted, in their order."""
        with self.desk.reading() as session:
            asked = select(Review).where(Review.revision > 0, Review.kind == kind).order_by(Review.id)
            return list(session.scalars(asked))


def read_all(walk: Walk, reader: Visitor, *, faults: bool = False, half_of: int | None = None) -> int:
    """Read whatever waits, by keys alone; how many there were.

    faults: the second one half answers (with the words of the conversation as evidence), the third holds a wrong fact ·
    half_of: so does that one.
    """
    page = reader.page
    reader.press("n", walk.says("Begin with the next ({n})", n="").split("(")[0].split("（")[0])
    page.locator(".fw-line-here").first.wait_for()
    done = 0
    while page.locator(".fw-line-here").count():
        page.evaluate(LISTENING)
        ticket = page.locator(".fw-msg").first.get_attribute("data-id")
        if faults and done == 1:
            half_with_words(walk, reader)
        elif faults and done == 2:
            wrong_fact(walk, reader)
        elif half_of == done:
            to_line(page, "R1", "5", "2", "2", "Enter")
        fill_up(page)
        if faults and done == 1:
            walk.picture(reader, "3-room")
        page.keyboard.press("s")
        expect(page.locator(f'.fw-msg[data-id="{ticket}"]')).to_have_count(0, timeout=PATIENCE)
        reader.settle()
        done += 1
    return done


def to_line(page: Page, code: str, *keys: str) -> None:
    """Go to a line of the card by arrows, and press these keys there."""
    codes = page.locator(".fw-line").evaluate_all("lines => lines.map(line => line.dataset.code)")
    here = page.locator(".fw-line-here").get_attribute("data-code")
    steps = codes.index(code) - codes.index(here)
    for _step in range(abs(steps)):
        page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
    expect(page.locator(".fw-line-here")).to_have_attribute("data-code", code, timeout=PATIENCE)
    for key in keys:
        page.keyboard.press(key)


def half_with_words(walk: Walk, reader: Visitor) -> None:
    """Half a mark with its cause; the evidence are words of the last answer, found by typing them."""
    page = reader.page
    to_line(page, "R1", "5", "2", "2")
    words = page.locator(".fw-msg-agent .fw-msg-text").last.inner_text()
    sought = re.findall(r"[^\W\d_]{2,6}", words)[0]
    walk.picture(reader, "3-evidence")
    page.keyboard.press("/")
    page.keyboard.type(sought)
    expect(page.locator(".fw-hit").first).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Enter")
    expect(page.locator(".fw-evidence").first).to_have_text(sought, ignore_case=True, timeout=PATIENCE)
    expect(page.locator(".fw-talk-search")).to_have_value("", timeout=PATIENCE)


def wrong_fact(walk: Walk, reader: Visitor) -> None:
    """A critical line failed: what was said of the product is wrong."""
    to_line(reader.page, "K1", "0", "1", "1", "Enter")
    walk.picture(reader, "3-critical")


def fill_up(page: Page) -> None:
    """Full marks for every line that is still open."""
    for _line in range(16):
        if page.evaluate(SCORED) == 0:
            return
        page.keyboard.press("1")
    raise AssertionError("lines stay open")
