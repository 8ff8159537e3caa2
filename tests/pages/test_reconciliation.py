"""The sources' own figures beside ours on the page: a sentence, a table, reasons and tickets; and its empty states."""

from pathlib import Path

import polars as pl
import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.analysis.reconciliation import reconciliation
from dashboard.services.loading.identity import people, ties
from dashboard.services.loading.loads import LoadOptions, load_files
from metrics.model import Scope
from tests.loaders.sources.export import Export
from tests.loaders.sources.samples import EXPORTS
from tests.loaders.sources.truth import seconds, tickets
from tests.pages.conftest import Visit, words

FILES = ("hubspot/tickets.en.csv", "zendesk/ticket_metrics.json", "freshdesk/tickets.en.csv", "osticket/queue.en.csv")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = open_desk(tmp_path_factory.mktemp("sources"))
    chosen: list[Export] = [one for one in EXPORTS if f"{one.source}/{one.file}" in FILES]
    options = LoadOptions(zone="Asia/Shanghai")
    assert load_files(COMMAND_LINE, desk, [one.path for one in chosen], options=options).any_loaded
    return desk


def test_a_calendar_time_of_the_source_is_ours_on_every_ticket(desk: Desk) -> None:
    found = reconciliation(COMMAND_LINE, desk, Scope(where={"source": ("hubspot",)})).tickets
    waits = sorted(took for one in tickets() if (took := seconds(one.answered, one.created)) is not None)
    told = found.filter(figure="first_response_calendar_seconds")
    assert sorted(told["theirs"]) == waits
    assert set(told["why"]) == {"same"}


def test_the_page_says_how_far_both_agree_and_why_not(desk: Desk, visit: Visit) -> None:
    app = visit(desk.root, "reconciliation")
    assert not app.exception
    told = words(app)
    assert "differ for a known reason" in told
    assert "Working time on 5 days a week, 09:00–18:00, gives" in told
    assert app.main.selectbox[0].label == "Look closer at"
    assert any("by other opening hours" in line.value for line in app.main.markdown)


def test_the_opening_hours_of_the_sources_are_found_from_their_own_times(desk: Desk) -> None:
    """The samples were written with Monday to Friday, 09:00 to 18:00 of China."""
    found = reconciliation(COMMAND_LINE, desk, Scope())
    assert {source: (one.days, one.clock) for source, one in found.hours.items()} == {
        "freshdesk": (5, "09:00–18:00"), "zendesk": (5, "09:00–18:00"),
    }  # fmt: skip
    business = found.tickets.filter(pl.col("figure").str.contains("business") & pl.col("ours").is_not_null())
    assert set(business["why"]) <= {"same", "reconcile.their_hours"}


@pytest.mark.parametrize(("lang", "title"), [("en", "Compared with the source"), ("zh-CN", "与来源系统对账")])
def test_an_empty_desk_and_one_without_such_figures_say_so(
    empty_desk: Path, small_desk: Path, visit: Visit, lang: str, title: str
) -> None:
    app = visit(empty_desk, "reconciliation", lang=lang)
    assert app.title[0].value == title
    assert not app.main.dataframe
    app = visit(small_desk, "reconciliation", lang=lang)
    assert not app.exception
    assert len(app.main.info) == 1


def test_the_customers_page_previews_a_rule_and_keeps_it(desk: Desk, visit: Visit) -> None:
    app = visit(desk.root, "identity")
    assert not app.exception
    assert "people by these rules" in words(app)
    app.main.multiselect[0].set_value(["email"]).run()
    assert not app.exception
    assert "Bring them together" in [button.label for button in app.main.button]
    names = app.main.dataframe[0].value["Names"].to_list()
    assert not [name for name in names if "@shop.example" in name and "customer1" in name]


def test_two_customers_are_brought_together_and_taken_apart_on_the_page(desk: Desk, visit: Visit) -> None:
    app = visit(desk.root, "identity")
    assert "Nobody was brought together by hand yet." in words(app)
    one, other = [(row[0], row[1]) for row in people(COMMAND_LINE, desk).persons.head(2).iter_rows()]
    for word, chosen in ((one[1], [one]), (other[1], [one, other])):
        app.main.text_input(key="identity.word").set_value(word).run()
        app.main.multiselect(key="identity.two").set_value(chosen).run()
    app.main.text_input(key="identity.why").set_value("he said so").run()
    next(button for button in app.main.button if button.label == "They are one person").click().run()
    assert not app.exception
    assert "They are one person from now on" in words(app)
    assert [(told.one, told.other) for told in ties(COMMAND_LINE, desk)] == [(one, other)]
    assert one[1] not in words(app), "names are masked"
    next(button for button in app.main.button if button.label == "Take apart").click().run()
    assert ties(COMMAND_LINE, desk) == ()
    assert "They are two customers again." in words(app)
