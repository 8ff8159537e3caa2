"""The way from a ticket back to its helpdesk: sound addresses only, and a ticket's number names nothing else there."""

import pytest

from dashboard.agreements import SettingsError
from dashboard.helpdesk_links import (
    HOST_OPEN,
    NO_ADDRESS,
    NO_PLACE,
    NO_SOURCE,
    TWICE,
    demand_sound_links,
    fault_of,
    faults_of,
    link_to_ticket,
    links_in,
)

SOUND = {"source": "zendesk", "url": "https://example.com/agent/tickets/{ticket_id}?from=desk"}


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        (SOUND["url"], None),
        ("http://a.example/{ticket_id}", None),
        ("javascript:alert({ticket_id})", NO_ADDRESS),
        ("data:text/html,{ticket_id}", NO_ADDRESS),
        ("ftp://a.example/{ticket_id}", NO_ADDRESS),
        ("https:///{ticket_id}", NO_ADDRESS),
        ("https://a.example/ {ticket_id}", NO_ADDRESS),
        ("https://[::1/{ticket_id}", NO_ADDRESS),
        ("https://{ticket_id}.a.example/", HOST_OPEN),
        ("https://a.example/tickets", NO_PLACE),
    ],
)
def test_only_an_address_of_a_named_server_with_a_place_for_the_ticket_is_sound(url: str, fault: str | None) -> None:
    assert fault_of({"source": "zendesk", "url": url}) == fault


def test_a_link_needs_a_source_and_each_source_has_one() -> None:
    assert [fault.template for fault in faults_of([{"source": " ", "url": SOUND["url"]}])] == [NO_SOURCE]
    assert [fault.template for fault in faults_of([SOUND, SOUND])] == [TWICE]


def test_settings_with_a_wrong_link_are_refused() -> None:
    demand_sound_links(None)
    demand_sound_links('[[helpdesk]]\nsource = "s"\nurl = "https://a.example/{ticket_id}"\n')
    for wrong in ('[[helpdesk]]\nsource = "s"\nurl = "javascript:{ticket_id}"\n', 'helpdesk = "s"\n'):
        with pytest.raises(SettingsError):
            demand_sound_links(wrong)


def test_a_number_of_a_ticket_cannot_lead_elsewhere() -> None:
    links = links_in({"helpdesk": [SOUND, {"source": "bad", "url": "javascript:{ticket_id}"}]})
    assert link_to_ticket(links, "zendesk", "12 3/../?a=b#c") == (
        "https://example.com/agent/tickets/12%203%2F..%2F%3Fa%3Db%23c?from=desk"
    )
    assert link_to_ticket(links, "bad", "1") is None
    assert link_to_ticket(links, "other", "1") is None
