"""The ticket page: found by number or link, told in both languages, and nothing that a customer wrote is markup."""

from pathlib import Path

import pytest

from tests.pages.conftest import HOSTILE, Visit, words

OPEN = "T0039"
"""A ticket of the small desk that nobody has answered, whose subject is full of markup."""


@pytest.mark.parametrize(("lang", "title", "heading"), [("en", "Ticket T0039", "What happened"),
                                                       ("zh-CN", "工单 T0039", "处理经过")])  # fmt: skip
def test_a_link_opens_one_ticket(small_desk: Path, visit: Visit, lang: str, title: str, heading: str) -> None:
    app = visit(small_desk, "ticket", lang=lang, ticket=OPEN)
    assert not app.exception
    assert app.title[0].value == title
    assert heading in [element.value for element in app.header]


def test_the_search_box_opens_the_only_ticket_of_a_number(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "ticket")
    assert "Type a ticket's number" in app.info[0].value
    app.main.text_input[0].set_value("0007").run()
    assert app.title[0].value == "Ticket T0007"
    assert app.query_params["ticket"] == "T0007"


def test_after_a_search_a_link_to_another_ticket_opens_that_one(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "ticket")
    app.main.text_input[0].set_value("0007").run()
    app.query_params["ticket"] = "T0008"
    app.run()
    assert app.title[0].value == "Ticket T0008"


def test_several_tickets_of_a_part_of_a_number_are_offered(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "ticket")
    app.main.text_input[0].set_value("T001").run()
    offered = [button for button in app.main.button if button.label.startswith("T001")]
    assert len(offered) == 10
    offered[0].click().run()
    assert app.query_params["ticket"] == "T0019"


def test_a_number_that_is_not_there_is_said(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "ticket", ticket="**no**")
    assert "\\*\\*no\\*\\*" in app.error[0].value


def test_what_a_customer_wrote_is_never_markup(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "ticket", ticket=OPEN)
    assert HOSTILE in [element.value for element in app.text]
    for part in ("**粗**", "<b>x", "[点我](", ":red["):
        assert part not in "\n".join(str(element.value) for element in (*app.markdown, *app.caption, *app.title))


def test_the_explanation_and_the_clocks_stand_on_the_page(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "ticket", ticket="T0001")
    told = words(app)
    assert "The request arrived" in told
    assert "The promise is" in told
    assert [element for element in app.header if "promises:" in element.value or "promise" in element.value]


def test_an_empty_desk_sends_to_the_data_page(empty_desk: Path, visit: Visit) -> None:
    app = visit(empty_desk, "ticket")
    assert app.header[0].value == "No data yet"
