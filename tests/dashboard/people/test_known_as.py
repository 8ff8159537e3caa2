"""Rights follow the person and the team, whatever the desk's settings call them."""

from datetime import date

from dashboard.desk import Desk
from dashboard.people import COMMAND_LINE
from dashboard.people.accounts import actor_of, add, person_called, today_at
from dashboard.people.permission import permission_of
from dashboard.services.settings.changes import keep_agreements

RENAMED = """
[[agent]]
name = "Li Na"
also = ["li", "李娜"]
[[team]]
name = "A"
also = ["甲组"]
"""
SECRET = "correct horse battery"


def seen(desk: Desk, account: str) -> dict[str, tuple[str | None, ...]]:
    with desk.reading() as session:
        return dict(permission_of(actor_of(session, person_called(session, account), today_at(desk))).where)


def test_a_renamed_person_and_a_renamed_team_keep_their_tickets_under_both_names(desk: Desk) -> None:
    add(COMMAND_LINE, desk, "root", name="Root", role="administrator", password=SECRET)
    add(COMMAND_LINE, desk, "li.na", name="李娜", role="agent", agent="李娜", password=SECRET)
    add(COMMAND_LINE, desk, "wu", name="Wu", role="supervisor", teams=["甲组"], password=SECRET)
    assert (seen(desk, "li.na"), seen(desk, "wu")) == ({"agent": ("李娜",)}, {"team": ("甲组",)})
    keep_agreements(COMMAND_LINE, desk, RENAMED, since=date(2026, 3, 1), reason="one person, one name")
    assert (seen(desk, "li.na"), seen(desk, "wu")) == ({"agent": ("Li Na", "li", "李娜")}, {"team": ("A", "甲组")})
