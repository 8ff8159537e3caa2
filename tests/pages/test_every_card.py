"""What holds for every card of every page: it is named, explained, and says what the command line says."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dashboard.charts.drawing import Drawing, trace
from dashboard.components.card import Card
from dashboard.components.definition import Basis
from dashboard.desk import open_desk
from dashboard.metric_words import label
from dashboard.people import COMMAND_LINE
from dashboard.services.analysis.asks import Ask
from dashboard.services.analysis.choices import values_to_choose
from dashboard.services.analysis.standup import morning_of, stand_up
from dashboard.services.facts.figures import facts_of, settings_of
from dashboard.wording import _, catalogue, speaking
from metrics.catalog import METRICS, definition_key, metric
from metrics.compute import compute
from metrics.facts import Facts
from metrics.model import Scope, Total
from tests.pages.conftest import Visit
from tests.pages.walk import (
    PAGES,
    WITHOUT_CARDS,
    Walk,
    adds_up,
    differences,
    random_asked,
    said_otherwise,
    told_by_command,
    untitled_axes,
    walking,
)

SCOPES_BY_DEFAULT = 1
SCOPES = 100
PERIODS = {"compare": "last_7"}
"""What a page can be asked about where all the data is no answer: two sides need days before."""
FIRST, LAST = date(2026, 2, 28), date(2026, 3, 21)


@pytest.fixture
def walk(visit: Visit, small_desk: Path, monkeypatch: pytest.MonkeyPatch) -> Walk:
    return walking(visit, small_desk, monkeypatch)


@pytest.fixture(scope="session")
def known(small_desk: Path) -> Facts:
    return facts_of(COMMAND_LINE, open_desk(small_desk))


@pytest.mark.parametrize("script", [script for script in PAGES if script not in WITHOUT_CARDS])
def test_every_card_is_named_explained_and_says_what_the_command_line_says(
    script: str, walk: Walk, known: Facts
) -> None:
    _app, cards = walk.cards(script, period=PERIODS.get(script, "all"))
    assert cards, "a page of analysis has cards"
    assert len({card.key for card in cards}) == len(cards), "a link must find its card"
    for card in cards:
        assert card.metric_id in METRICS
        assert card.title.strip()
        assert card.caption.strip()
        assert not untitled_axes(card), f"{card.key} has an axis without a title"
        assert not said_otherwise(card.figure), f"{card.key} is sent in words that Plotly does not know"
        assert not card.table.is_empty(), f"{card.key} has no table"
        assert adds_up(card), f"{card.key}: its parts do not make its n"
        assert not list(differences(card, walk.desk))
        for ask in card.asks:
            _check_sums(ask, known)


def _check_sums(ask: Ask, known: Facts) -> None:
    """The parts of a count, by dimension or by period, are the whole."""
    counts = [one for one in map(metric, ask.ids) if isinstance(one.value, Total) and one.value.of.kind != "sum"]
    if not counts or not (ask.by or ask.every):
        return
    parts, whole = compute(counts, known, ask.scope, by=ask.by, every=ask.every), compute(counts, known, ask.scope)
    for one in whole.iter_rows(named=True):
        total = parts.filter(parts["metric"] == one["metric"])["value"].sum()
        assert total == (one["value"] or 0), f"{one['metric']} by {ask.by or ask.every}"


@pytest.mark.parametrize("seed", range(SCOPES_BY_DEFAULT))
def test_random_scopes_show_what_the_command_line_says(seed: int, walk: Walk, known: Facts) -> None:
    _hold(seed, walk, known)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SCOPES_BY_DEFAULT, SCOPES))
def test_a_hundred_random_scopes_show_what_the_command_line_says(seed: int, walk: Walk, known: Facts) -> None:
    _hold(seed, walk, known)


def _hold(seed: int, walk: Walk, known: Facts) -> None:
    asked = random_asked(seed, FIRST, LAST, values_to_choose(known))
    script = PAGES[seed % len(PAGES)]
    _app, cards = walk.cards(script, **asked)
    found = [line for card in cards for line in differences(card, walk.desk)]
    assert not found, f"{script} {asked}: {found[:3]}"
    assert all(adds_up(card) for card in cards), f"{script} {asked}"


def test_the_stand_up_shows_what_the_command_line_says(small_desk: Path, known: Facts) -> None:
    settings = settings_of(COMMAND_LINE, open_desk(small_desk))
    found = stand_up(known, settings, Scope(where={"channel": ("email",)}), on=morning_of(known.as_of, settings))
    for reading in found.readings:
        for value, n, period in (
            (reading.value, reading.n, found.days.now),
            (reading.value_before, reading.n_before, found.days.before),
        ):
            ask = Ask((reading.metric.id,), Scope(period, {"channel": ("email",)}))
            (row,) = told_by_command(small_desk, ask)
            assert (row["value"], row["n"]) == (value, n), reading.metric.id


def test_an_axis_without_a_title_is_seen() -> None:
    nothing = pl.DataFrame()
    bare = Drawing(trace("scatter", x=[1], y=[2])).update_yaxes(title={"text": "y"}).update_xaxes(showgrid=False).made()
    card = Card("key", "title", "caption", bare, "csat", Basis(1), nothing, nothing)
    assert untitled_axes(card) == ["xaxis"]


def test_words_that_plotly_reads_otherwise_are_seen() -> None:
    drawing = Drawing(trace("bar", x=[1, 2], y=[1.5, None], marker={"color": "red"}))
    assert said_otherwise(drawing.made()) == []
    assert said_otherwise(drawing.update_xaxes(title="day").made()) == ["xaxis"]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_figure_has_a_definition_in_the_readers_language(language: str) -> None:
    with speaking(language):  # type: ignore[arg-type]
        missing = [one.id for one in METRICS.values() if definition_key(one) not in catalogue(language)]  # type: ignore[arg-type]
        unnamed = [one.id for one in METRICS.values() if label(one).startswith("metric.")]
        undated = [one.id for one in METRICS.values() if _(f"instant.{one.at}").startswith("instant.")]
    assert not missing
    assert not unnamed
    assert not undated
