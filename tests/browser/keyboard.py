"""A person without a mouse: moves by Tab and arrows, and sees at every stop where the keyboard is."""

from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.browser.conftest import Visitor

STOPS_AT_MOST = 220
HERE = """() => {
  for (const running of document.getAnimations()) try { running.finish() } catch { /* one that never ends */ }
  const told = node => { const looks = [];
    for (let step = 0; node && step < 4; node = node.parentElement, step++) { const s = getComputedStyle(node);
      looks.push([s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor].join('|')) }
    return looks.join(' / ') };
  const here = document.activeElement, last = window.lastStop;
  const unseen = last && last.node !== here && last.node.isConnected && told(last.node) === last.looks;
  window.lastStop = {node: here, looks: told(here)};
  const text = here.getAttribute('aria-label') || here.innerText || here.placeholder || '';
  return {name: text.replace(/\\s+/g, ' ').trim().slice(0, 120), tag: here.tagName,
          inGrid: !!here.closest('[data-testid="stDataFrame"]'), lastUnseen: !!unseen};
}"""
"""Where the keyboard is; and whether the stop before looks the same now as it did with the keyboard on it."""


@dataclass(frozen=True)
class Stop:
    """Where the keyboard is: what a screen reader says, and whether it is in a table."""

    name: str = ""
    tag: str = "BODY"
    in_grid: bool = False


@dataclass
class Keyboard:
    """The keys of a visitor. unseen: stops at which nothing told where the keyboard was."""

    visitor: Visitor
    unseen: list[Stop] = field(default_factory=list)
    last: Stop = Stop()

    @property
    def page(self) -> Page:
        return self.visitor.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def here(self) -> Stop:
        """Where the keyboard is; a table draws the ring around a cell itself, so its cells are not judged."""
        found = self.page.evaluate(HERE)
        if found["lastUnseen"] and not self.last.in_grid and self.last.tag != "BODY":
            self.unseen.append(self.last)
        self.last = Stop(found["name"], found["tag"], found["inGrid"])
        return self.last

    def next(self) -> Stop:
        """One stop on; out of a table by Esc, as Tab walks through its cells."""
        if self.last.in_grid:
            self.press("Escape")
            self.settle()  # Esc gives up a chosen row, and the page hears of it
        self.press("Tab")
        return self.here()

    def settle(self) -> None:
        """Wait for the page; what it drew anew is judged from here on."""
        self.visitor.settle()
        self.page.evaluate("() => { window.lastStop = null }")

    def to(self, name: str, *, past: int = 0) -> Stop:
        """On to the next stop with these words in its name; *past*: so many like it are passed by."""
        for _ in range(STOPS_AT_MOST):
            stop = self.next()
            if name in stop.name:
                if not past:
                    return stop
                past -= 1
        raise AssertionError(f"no way to {name!r} by the keyboard")

    def to_table(self) -> None:
        """On to the next table of tickets."""
        for _ in range(STOPS_AT_MOST):
            if self.next().in_grid:
                return
        raise AssertionError("no way to a table by the keyboard")

    def choose(self, option: str) -> None:
        """Type the name of an option into the list that the keyboard is in."""
        self.page.keyboard.type(option)
        self.page.get_by_role("option", name=option).first.wait_for()
        self.press("Enter")
        self.settle()
