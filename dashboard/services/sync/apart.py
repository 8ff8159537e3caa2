"""Reads a connection or a watched folder in a process of its own, beside the server's pages.

Its run is told in the database meanwhile.
"""

from pathlib import Path
from threading import Thread
from typing import Any

from dashboard.desk import Desk, open_desk
from dashboard.people import Act, Actor, needs
from dashboard.people.actor import as_plain, read_actor
from dashboard.services.facts.apart import answer_apart, ask_apart
from dashboard.services.sync.connections import known
from dashboard.services.sync.running import sync
from dashboard.services.sync.watching import KIND as FOLDER
from dashboard.services.sync.watching import take_from
from dashboard.settings import AppSettings
from loaders.base import OnProgress


@needs(Act.LOAD_DATA)
def sync_apart(actor: Actor, desk: Desk, connection: int) -> Thread:
    """Begin to read a connection; the thread ends with the run, whose words stand in `runs`."""
    told = {"root": str(desk.root), "connection": connection, "actor": as_plain(actor)}
    beside = Thread(target=ask_apart, args=(__name__, told), name=f"sync-{connection}", daemon=True)
    beside.start()
    return beside


def _sync(asked: dict[str, Any], on_progress: OnProgress) -> dict[str, int]:
    desk = open_desk(Path(asked["root"]), database=AppSettings.from_environment().database)
    actor = read_actor(asked["actor"])
    if known(actor, desk, asked["connection"]).kind == FOLDER:
        return {"taken": len(take_from(actor, desk, asked["connection"], on_progress=on_progress))}
    return sync(actor, desk, asked["connection"], on_progress=on_progress).counts.plain()


if __name__ == "__main__":
    answer_apart(_sync)
