"""Makes an ordered report in a process of its own, beside the server's readers."""

import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

from sqlalchemy import update

from dashboard.desk import Desk, open_desk
from dashboard.people import ONE_PERSON, SERVER, Act, Actor, needs
from dashboard.people.accounts import actor_of, today_at
from dashboard.refusals import sentence
from dashboard.reports.asked import Asked, asked_of
from dashboard.reports.files import digest_of, held, path_of
from dashboard.services.facts.apart import answer_apart, ask_apart
from dashboard.services.reports.files import Made, make_file
from dashboard.settings import AppSettings
from dashboard.store import Person, ReportRow
from dashboard.wording import N_, _, speaking
from loaders.base import OnProgress, Progress
from metrics.errors import ActionableError

TOLD_EVERY = 0.5
FIGURES, WRITING = (0.0, 0.6), (0.6, 1.0)
"""The parts of the way that computing and writing take."""
_DISK = N_("The report could not be written ({detail}). Make room on the disk and make it again.")
_FAILED = N_("The report could not be made: the process ended with an error. Its log says more.")


class _CalledOff(Exception):
    """Somebody does not want the report any more."""


@needs(Act.MAKE_REPORTS)
def begin(actor: Actor, desk: Desk, id: int) -> Thread:
    """Let an ordered report be made beside this process; the thread that waits for it."""
    del actor  # the child makes it for who ordered it
    asked = {"root": str(desk.root), "report": id}
    beside = Thread(target=_asked_apart, args=(desk, asked), name=f"report-{id}", daemon=True)
    beside.start()
    return beside


def _asked_apart(desk: Desk, asked: dict[str, Any]) -> None:
    if ask_apart(__name__, asked) is None:
        _end(desk, asked["report"], "failed", problem=_FAILED)


def _answer(asked: dict[str, Any], on_progress: OnProgress) -> bool:
    del on_progress  # what is done is written into the database, where every page sees it
    desk = open_desk(Path(asked["root"]), database=AppSettings.from_environment().database)
    make_ordered(SERVER, desk, int(asked["report"]))
    return True


@needs(Act.MAKE_REPORTS)
def make_ordered(actor: Actor, desk: Desk, id: int) -> None:
    """Make the report of this number for who ordered it, where nobody else does and it is still wanted."""
    del actor
    with held(desk, id) as is_mine:
        if not is_mine or not _take_up(desk, id):
            return
        with desk.reading() as session:
            row = session.get_one(ReportRow, id)
            asked, reader = asked_of(row.asked), _who(desk, row)
        with speaking(asked.language):
            _make(reader, desk, id, asked)


def _who(desk: Desk, row: ReportRow) -> Actor:
    """Who ordered it, with the rights that he has today."""
    if row.person_id is None:
        return ONE_PERSON
    with desk.reading() as session:
        return actor_of(session, session.get_one(Person, row.person_id), today_at(desk))


def _make(actor: Actor, desk: Desk, id: int, asked: Asked) -> None:
    path = path_of(desk, id)
    try:
        made = make_file(actor, desk, asked, path, number=id, on_progress=_telling(desk, id))
    except _CalledOff:
        return
    except ActionableError as error:
        _end(desk, id, "failed", problem=sentence(error))
    except OSError as error:
        _end(desk, id, "failed", problem=_(_DISK, detail=error.strerror or str(error)))
    else:
        _keep(desk, id, made, path)


def _keep(desk: Desk, id: int, made: Made, path: Path) -> None:
    """Offer the file, unless it was called off in the last moment."""
    told = {"digest": digest_of(path.read_bytes()), "size": made.size, "rows": made.rows, "done": 1.0,
            "summary": made.summary, "notes": list(made.notes)}  # fmt: skip
    if not _end(desk, id, "done", **told):
        path.unlink(missing_ok=True)


def _take_up(desk: Desk, id: int) -> bool:
    with desk.keeping() as session:
        waiting = update(ReportRow).where(ReportRow.id == id, ReportRow.state == "waiting")
        found = session.execute(waiting.values(state="making", started_at=datetime.now(UTC)))
        return bool(found.rowcount)  # type: ignore[attr-defined]  # of an UPDATE there is one


def _end(desk: Desk, id: int, state: str, **told: object) -> bool:
    """Write down what became of it; whether it was still under way."""
    with desk.keeping() as session:
        under_way = update(ReportRow).where(ReportRow.id == id, ReportRow.state.in_(("waiting", "making")))
        found = session.execute(under_way.values(state=state, ended_at=datetime.now(UTC), **told))
        return bool(found.rowcount)  # type: ignore[attr-defined]


def _telling(desk: Desk, id: int) -> OnProgress:
    """Writes down how far it is, twice a second at most, and stops where it was called off."""
    last = 0.0

    def tell(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last < TOLD_EVERY:
            return
        last = time.monotonic()
        begin, end = WRITING if progress.step == "writing" else FIGURES
        done = begin + (end - begin) * (progress.done or 0.0)
        with desk.keeping() as session:
            making = update(ReportRow).where(ReportRow.id == id, ReportRow.state == "making")
            if not session.execute(making.values(done=done)).rowcount:  # type: ignore[attr-defined]
                raise _CalledOff

    return tell


if __name__ == "__main__":
    answer_apart(_answer)
