"""The board for the wall: large figures over the whole screen, readable from the other end of the room."""

from html import escape

import streamlit as st

from dashboard import data
from dashboard.components.staffing.read import todays_now
from dashboard.components.staffing.today import came_and_expected
from dashboard.components.triage.read import brought_up_to_date, queue
from dashboard.format import NOTHING, count, duration, local
from dashboard.language import speak
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.services.analysis.wallboard import Board, board
from dashboard.triage.now import now
from dashboard.wording import _, number, share
from metrics.model import Scope

EVERY = 15
WALL = """<style>
[data-testid="stSidebar"], [data-testid="stSidebarCollapsedControl"], [data-testid="stExpandSidebarButton"],
[data-testid="stHeader"] { display: none; }
[data-testid="stMainBlockContainer"] { max-width: none; padding: 1.2vw 2vw; }
.fw-wall { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1.2vw; }
.fw-wall > div { border: 1px solid color-mix(in srgb, currentColor 22%, transparent); border-radius: .8vw;
  padding: 1vw 1.4vw; min-height: 43vh; display: flex; flex-direction: column; justify-content: space-between; }
.fw-wall .said { font-size: max(1.9vw, 18px); line-height: 1.2; }
.fw-wall .figure { font-size: max(6.6vw, 44px); font-weight: 650; line-height: 1; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.fw-wall .long .figure { font-size: max(3.1vw, 20px); }
.fw-wall .beside { font-size: max(1.3vw, 15px); opacity: .85; }
.fw-wall .late .figure { color: #d6402f; }
.fw-wall .soon .figure { color: #c47a12; }
.fw-wall-foot { font-size: max(1.2vw, 14px); padding-top: 1vw; opacity: .85; }
@media (max-width: 900px) { .fw-wall { grid-template-columns: repeat(2, 1fr); } .fw-wall > div { min-height: 20vh; }
  .fw-wall .long .figure { font-size: 6.6vw; } }
</style>"""


@st.fragment(run_every=EVERY)
def wall() -> None:
    """Draw the board, anew every quarter of a minute."""
    speak()
    brought_up_to_date()
    found = data.answer(board, Scope())
    tiles = "".join(_tile(*tile) for tile in _tiles(found))
    st.html(f'{WALL}<div class="fw-wall">{tiles}</div><div class="fw-wall-foot">{escape(_foot())}</div>')


def _tiles(found: Board) -> list[tuple[str, str, str, str]]:
    """What is said, the figure, what stands beside it, how it looks."""
    items = queue()
    live = items.filter(items["state"].is_in(["new", "acknowledged", "in_progress", "waiting"]))
    free = int((~live["is_acknowledged"]).sum())
    return [
        (_("Open"), count(found.open), _("{n} wait for a first answer", n=count(found.waiting)), ""),
        (_("At risk"), count(found.at_risk), _("a promise will soon be up"), "soon" if found.at_risk else ""),
        (_("Past their promise"), count(found.breached), _("open tickets"), "late" if found.breached else ""),
        (_("Longest wait"), duration(found.oldest), _("for a first answer"), "long"),
        (_("In today"), count(found.came), _expected_words(), ""),
        (_("Out today"), count(found.left), _("resolved"), ""),
        (_("Promises kept today"), NOTHING if found.attainment is None else share(found.attainment, digits=0),
         _("of those that were up"), ""),
        (_("Escalated"), count(live.height), _("{n} that nobody has taken", n=count(free)), "late" if free else ""),
    ]  # fmt: skip


def _expected_words() -> str:
    """What was expected by now, for whom plans are his to see."""
    rests = todays_now() if reach(current_actor(), Act.SEE_STAFFING) else ()
    expected = came_and_expected(rests)[1]
    return _("requests, {n} expected by now", n=number(expected)) if expected >= 1 else _("requests")


def _tile(said: str, figure: str, beside: str, look: str) -> str:
    parts = (("said", said), ("figure", figure), ("beside", beside))
    inside = "".join(f'<span class="{name}">{escape(text)}</span>' for name, text in parts)
    return f'<div class="{look}">{inside}</div>'


def _foot() -> str:
    facts = data.facts()
    return _("Data up to {at} · looked at {now}", at=local(facts.as_of, facts.zone), now=local(now(), facts.zone))
