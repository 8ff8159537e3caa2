"""The application's own addresses beside the pages."""

from starlette.requests import Request

from dashboard.server.app import to_the_first_page


def asked(query: bytes) -> Request:
    return Request({"type": "http", "method": "GET", "path": "/standup", "query_string": query, "headers": []})


def test_the_first_page_is_found_by_its_own_name_with_the_scope_that_a_link_names() -> None:
    answer = to_the_first_page(asked(b"team=a%2Fb&lang=en"))
    assert (answer.status_code, answer.headers["location"]) == (307, "/?team=a%2Fb&lang=en")
    assert to_the_first_page(asked(b"")).headers["location"] == "/"
