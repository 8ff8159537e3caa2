"""A process that reminds for as long as a file lies there, and the reckoning of what was told.

`python -m tests.dashboard.triage.reminding FOLDER FILE [DATABASE]`
"""

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.people.accounts import add
from dashboard.services.settings.changes import keep_agreements
from dashboard.services.triage.channels import Channel, keep_channel
from dashboard.services.triage.reminder_words import _id as message_id
from dashboard.services.triage.reminders import NEEDLESS, Reminded, deliver
from dashboard.store.triage import ReminderClaim
from loaders.errors import WarehouseError
from tests.dashboard.sending.servers import Mailbox

PAUSE_SECONDS = 0.5
AFTERWARDS = timedelta(hours=3)
"""Then every claim that was left behind may be taken again, and nobody was told much in the last hour."""
RUNS_AT_MOST = 20
WHENEVER = """
[[calendar]]
name = "day and night"
valid_from = 1970-01-01
daily = "00:00-24:00"
[reminders]
most_an_hour = 1000
digest = false
"""


def furnish(desk: Desk, box: Mailbox, team: str) -> None:
    """Let a supervisor of the team and a manager be told by mail, at any hour."""
    add(COMMAND_LINE, desk, "root", name="Root", role="administrator")
    add(COMMAND_LINE, desk, "li@a.example", name="Li", role="supervisor", teams=[team])
    add(COMMAND_LINE, desk, "boss@a.example", name="Boss", role="manager")
    server = {"host": "127.0.0.1", "port": box.port, "sender": "desk@a.example", "security": "none"}
    keep_channel(COMMAND_LINE, desk, Channel("Mail", "mail", settings=server))
    keep_agreements(COMMAND_LINE, desk, WHENEVER, since=date.min, reason="a race has no nights")


def told_wrongly(desk: Desk, box: Mailbox) -> list[str]:
    """What was told twice or never, once everything that is due three hours on has been told, too.

    A message carries the number of its claims, and the database tells which claims went together: each of these
    messages must have come once, and none that the database does not know.
    """
    later = datetime.now(UTC) + AFTERWARDS
    runs = (deliver(COMMAND_LINE, desk, at=later + hours * timedelta(hours=1)) for hours in range(RUNS_AT_MOST))
    assert Reminded() in runs, "there is always something more to tell"
    with desk.reading() as session:
        claims = list(session.scalars(select(ReminderClaim)))
    came = Counter(str(mail["Message-ID"]) for _to, mail in box.mails)
    return [
        *(f"claim {one.id} was never sent: {one.error}" for one in claims if not one.sent_at and one.error != NEEDLESS),
        *(f"{id} came {n} times" for id, n in came.items() if n != 1),
        *_apart(_messages(claims), came),
    ]


def _messages(claims: Iterable[ReminderClaim]) -> set[str]:
    """What one way was told at one instant was one message."""
    together = defaultdict[tuple[str, object], list[int]](list)
    for claim in claims:
        if claim.sent_at is not None:
            together[claim.rule_id, claim.sent_at].append(claim.id)
    return {message_id(ids) for ids in together.values()}


def _apart(sent: set[str], came: Iterable[str]) -> Iterable[str]:
    got = {text.strip("<>").partition("@")[0] for text in came}
    yield from (f"{id} is noted as sent and never came" for id in sent - got)
    yield from (f"{id} came, and its reminders were sent again" for id in got - sent)


if __name__ == "__main__":
    folder, file, *database = sys.argv[1:]
    desk = open_desk(Path(folder), database=next(iter(database), None))
    while Path(file).exists():
        with suppress(WarehouseError):  # the database was away; the next turn looks again
            deliver(COMMAND_LINE, desk)
        time.sleep(PAUSE_SECONDS)
