"""A desk with people who get reports, and a report that is made in no time."""

import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import polars as pl
from sqlalchemy import select

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor, Role
from dashboard.people.accounts import actor_of, add, person_called, today_at
from dashboard.reports.asked import Asked, Recipe, as_text
from dashboard.reports.model import Column, Report, Sheet, Table
from dashboard.reports.timing import Timing
from dashboard.services.reports import files
from dashboard.services.reports.mailing import Mailed, send_due
from dashboard.services.reports.schedules import Schedule, keep_schedule
from dashboard.services.triage.channels import Channel, keep_channel
from dashboard.store import ReportMail
from tests.dashboard.sending.servers import Mailbox

SUNDAY = datetime(2026, 3, 15, 12, tzinfo=UTC)
MONDAY = datetime(2026, 3, 16, 8, tzinfo=UTC)
"""When the weekly report is due on a desk without a zone of its own."""
PEOPLE = {"boss@a.example": "manager", "li@a.example": "supervisor", "wu@a.example": "supervisor"}


def people_and_mail(desk: Desk, port: int) -> dict[str, int]:
    """Accounts that are addresses, and a mail server; the numbers of the people by the first part of the address."""
    add(COMMAND_LINE, desk, "root", name="Root", role="administrator")
    teams = {"li@a.example": ["甲组"], "wu@a.example": ["乙组"]}
    made = {account: add(COMMAND_LINE, desk, account, name=account.partition("@")[0].title(), role=role,
                         teams=teams.get(account, [])) for account, role in PEOPLE.items()}  # fmt: skip
    set_mail(desk, port)
    return {account.partition("@")[0]: one.id for account, one in made.items()}


def set_mail(desk: Desk, port: int) -> None:
    server = {"host": "127.0.0.1", "port": port, "sender": "desk@a.example", "security": "none"}
    keep_channel(COMMAND_LINE, desk, Channel("Mail", "mail", settings=server))


def scheduled(desk: Desk, *people: int, **told: object) -> int:
    """A weekly report on Mondays at eight."""
    plain = {"name": "Weekly", "timing": Timing("weekly", 1, 8 * 60), "language": "en", "people": people}
    return keep_schedule(COMMAND_LINE, desk, Schedule(**plain | told))  # type: ignore[arg-type]


def desk_of_three(folder: Path, box: Mailbox) -> tuple[Desk, dict[str, int]]:
    desk = open_desk(folder / "desk")
    return desk, people_and_mail(desk, box.port)


def person(desk: Desk, account: str, *, role: Role | None = None) -> Actor:
    """Who an account is; in another role, where one is named."""
    with desk.reading() as session:
        found = actor_of(session, person_called(session, account), today_at(desk))
    return found if role is None else replace(found, role=role)


def small_report(actor: Actor, _desk: Desk, asked: Asked, *, number: int | None = None, **_more: object) -> Report:
    """A report that says nothing but for whom it is."""
    at = datetime(2026, 3, 20, tzinfo=UTC)
    recipe = Recipe(asked, {}, {}, False, 1, at, 0, "", at, "test", number=number)
    table = Table("for", "For", (Column("name", "Name"),), pl.DataFrame({"name": [actor.name]}))
    return Report("Small", f"for {actor.name}", (Sheet("for", "For", (table,)),), as_text(recipe), asked.language)


def send(desk: Desk, *, minutes: float = 0) -> Mailed:
    return send_due(COMMAND_LINE, desk, at=MONDAY + timedelta(minutes=minutes))


def mails_of(desk: Desk) -> list[ReportMail]:
    with desk.reading() as session:
        return list(session.scalars(select(ReportMail).order_by(ReportMail.id)))


def attached(mail: EmailMessage) -> bytes:
    (file,) = mail.iter_attachments()
    content = file.get_content()
    assert isinstance(content, bytes)
    return content


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def main(root: str, moment: str) -> None:
    """Send what is due, in a process that is killed while it makes the report or hands it over."""

    def endless(*args: object, **named: object) -> Report:
        while moment == "making":
            time.sleep(0.1)
        return small_report(*args, **named)  # type: ignore[arg-type]

    vars(files)["report"] = endless
    send(open_desk(Path(root)))


if __name__ == "__main__":
    main(*sys.argv[1:])
