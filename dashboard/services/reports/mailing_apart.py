"""Sends the reports that are due from a process of its own, beside the server's readers."""

from datetime import datetime
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from dashboard.desk import Desk, open_desk
from dashboard.people import SERVER, Act, Actor, needs
from dashboard.services.facts.apart import answer_apart, ask_apart
from dashboard.services.reports.mailing import send_due
from dashboard.settings import AppSettings
from dashboard.triage.now import now
from loaders.base import OnProgress

_LOCK = Lock()
_SENDING: dict[str, Thread] = {}


@needs(Act.SEND_REMINDERS)
def send_beside(actor: Actor, desk: Desk) -> Thread:
    """Begin to send what is due, and what somebody wants to be sent now; what comes of it stands in the archive.

    One process of a server sends at a time: while it does it also takes what is put down meanwhile.
    """
    del actor
    with _LOCK:
        sending = _SENDING.get(str(desk.root))
        if sending is not None and sending.is_alive():
            return sending
        asked = {"root": str(desk.root), "at": now().isoformat()}  # a clock that was set begins anew over there
        beside = Thread(target=ask_apart, args=(__name__, asked), name="report-mails", daemon=True)
        _SENDING[str(desk.root)] = beside
        beside.start()
        return beside


def _answer(asked: dict[str, Any], on_progress: OnProgress) -> int:
    del on_progress
    desk = open_desk(Path(asked["root"]), database=AppSettings.from_environment().database)
    return send_due(SERVER, desk, at=datetime.fromisoformat(asked["at"])).sent


if __name__ == "__main__":
    answer_apart(_answer)
