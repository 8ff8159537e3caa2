"""Makes the figures of a load in a process of its own, beside the server's readers."""

from datetime import datetime
from pathlib import Path
from typing import Any

from dashboard.desk import Desk, Head, open_desk
from dashboard.people import COMMAND_LINE, Act, Actor, needs
from dashboard.services.facts.apart import answer_apart, ask_apart
from dashboard.services.facts.figures import prepare
from dashboard.settings import AppSettings
from loaders.base import OnProgress, silent


@needs(Act.LOAD_DATA)
def prepare_apart(
    actor: Actor, desk: Desk, head: Head, *, zone: str | None = None, on_progress: OnProgress = silent
) -> None:  # fmt: skip
    """As `figures.prepare`, in a child process; where that fails, the next reader makes the figures."""
    del actor  # the child is ours, and what it makes is everybody's
    as_of = head.as_of.isoformat() if head.as_of else None
    asked = {"root": str(desk.root), "versions": dict(head.versions), "as_of": as_of, "zone": zone}
    ask_apart(__name__, asked, on_progress=on_progress)


def _prepare(asked: dict[str, Any], on_progress: OnProgress) -> None:
    desk = open_desk(Path(asked["root"]), database=AppSettings.from_environment().database)
    as_of = datetime.fromisoformat(asked["as_of"]) if asked["as_of"] else None
    prepare(COMMAND_LINE, desk, Head(0, asked["versions"], as_of), zone=asked["zone"], on_progress=on_progress)


if __name__ == "__main__":
    answer_apart(_prepare)
