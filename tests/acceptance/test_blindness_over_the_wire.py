"""What a server really sends before a reveal: every page as everybody, each byte searched for what a colleague gave.

`pytest -m slow tests/acceptance/test_blindness_over_the_wire.py -n 0 -s`
"""

from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import update

from dashboard.navigation import LINES
from dashboard.people import passwords
from dashboard.store import Person
from tests import blinded
from tests.acceptance.test_rights_over_the_wire import opened, serving, shown, signed_in
from tests.blinded import Planted, found_in, members
from tests.dashboard.gate.conftest import SECRET, Browser
from tests.inspected import SOURCE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(0)]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Planted, Mapping[str, Browser]]]:
    """The whole program in a process of its own, and a browser in which each person is signed in."""
    folder = tmp_path_factory.mktemp("wire")
    made = blinded.planted(folder / "desk")
    with made.desk.keeping() as session:
        session.execute(update(Person).values(password=passwords.HASHER.hash(SECRET)))
    with serving(made.desk, folder / "server.log") as address:
        yield made, signed_in(address, {name: name for name in members()})
    made.desk.engine.dispose()


def links(made: Planted) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every page with its parts, and with the addresses of the conversations, reviews and cases in question."""
    usual = {"period": "all", "lang": "en", "source": SOURCE}
    for line in LINES:
        for ticket in (made.ticket, blinded.CALIBRATED):
            yield line.url_path, {**usual, "ticket": ticket}
    for part in ("results", "samples", "calibration", "errors"):
        yield "quality", {**usual, "show": part}
    for review in (made.review_of_calibration, made.review_of_second):
        yield "reviews", {**usual, "review": str(review)}
        yield "review", {**usual, "review": str(review)}
    for part in ("coaching", "library"):
        yield "reviews", {**usual, "part": part}
    yield "triage", {**usual, "item": "1"}


@pytest.mark.parametrize("account", list(members()))
def test_no_byte_of_any_page_tells_what_a_colleague_gave(
    account: str, planted: tuple[Planted, Mapping[str, Browser]]
) -> None:
    made, browsers = planted
    known: set[bytes] = set()
    pages = 0
    for page, link in links(made):
        with opened(browsers[account]) as talk:
            sent, _session = shown(talk, page, link)
        pages += 1
        assert b"could not be shown" not in sent, (page, link)
        if account != "jack":
            assert not found_in(sent, made.of_calibration()), f"{page} {link} tells {account}"
        if account == "kim":
            assert not found_in(sent, made.of_second()), f"{page} {link} tells {account}"
        known |= set(found_in(sent, made.of_second()))
    print(f"\n{account}: {pages} pages")
    if account in ("mei", "root", "iris", "jack"):
        assert {word.encode() for word in blinded.SECOND_HAND} <= known, "who may know it is shown it"
