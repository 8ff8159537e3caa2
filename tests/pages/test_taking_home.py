"""Every card hands its table and chart out, with what it was asked for and what it counts, to who may have it."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from dashboard.components import files, taking_home
from dashboard.components.card import Card
from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE, Actor, record
from dashboard.store import AuditRow
from tests.pages.conftest import Visit
from tests.pages.walk import walking

ANN = Actor(9, "Ann", "agent", agent="王芳")


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The files that are handed over instead of going to a browser."""
    found: dict[str, bytes] = {}

    def noting(made: Callable[[], bytes], file_name: str, _media_type: str) -> None:
        found[file_name] = made()

    monkeypatch.setattr(taking_home, "hand_over", noting)
    return found


def chosen(app: AppTest, name: str, form: str) -> AppTest:
    return app.menu_button(key=f"{name}-file").click(form).run()


def exports(desk: Path) -> int:
    with open_desk(desk).reading() as session:
        return session.scalar(select(func.count()).where(AuditRow.action == "figures.export")) or 0


def test_a_card_is_taken_home_in_every_form_and_each_is_told(
    visit: Visit, small_desk: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, bytes]
) -> None:
    walk, before = walking(visit, small_desk, monkeypatch), exports(small_desk)
    app, cards = walk.cards("satisfaction", period="all", channel="email")
    card: Card = cards[0]
    for form in (*files.FILES, *files.PICTURES):
        app = chosen(app, card.key, form)
        assert not app.exception
    rows = pl.read_csv(given[f"{card.key}.csv"])
    assert rows["value"].to_list() == card.export["value"].to_list()
    assert all("E-mail" in text and "Asia/Shanghai" in text for text in rows["scope"])
    assert set(given) == {f"{card.key}.csv", f"{card.key}.xlsx"}
    assert exports(small_desk) - before == 4
    assert app.get("bidi_component"), "the browser is asked to make the picture"
    assert not app.run().get("bidi_component"), "once"


def test_who_may_have_no_files_is_offered_none(visit: Visit, small_desk: Path) -> None:
    visit.actor = ANN
    app = visit(small_desk, "satisfaction", period="all")
    assert not app.exception
    assert not app.menu_button


def test_what_was_done_is_taken_home_as_the_page_tells_it_with_customers_masked(
    visit: Visit, small_desk: Path, given: dict[str, bytes]
) -> None:
    desk = open_desk(small_desk)
    with desk.keeping() as session:
        record(session, COMMAND_LINE, "figures.export", "figures:13812345678", {"form": "csv"})
    app = visit(small_desk, "audit")
    shown = app.dataframe[0].value
    app = chosen(app, "audit", "csv")
    assert not app.exception
    rows = pl.read_csv(given["audit.csv"])
    assert rows.height == len(shown)
    assert rows["No."].to_list() == list(shown["No."])
    assert b"13812345678" not in given["audit.csv"]
