"""Holds a workbook that somebody received against the desk in a process of its own, as the command does."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dashboard.desk import Desk, open_desk
from dashboard.people import Act, Actor, needs
from dashboard.people.actor import as_plain, read_actor
from dashboard.reports.grids import Difference, WorkbookError
from dashboard.services.facts.apart import answer_apart, ask_apart
from dashboard.services.reports.check import Checked, Since, check, check_lines, shown
from dashboard.settings import AppSettings
from dashboard.wording import N_, Language, _, current_language, speaking
from loaders.base import OnProgress, silent
from loaders.reading.limits import Limits, restrict
from metrics.errors import ActionableError

LIMITS = Limits(seconds=600, rss_mb=3000)
SHOWN = 200
_BROKEN = N_("The workbook could not be checked: reading it took too much time or memory, or failed.")
Rows = tuple[tuple[str, str, str, str], ...]
"""Sheet, cell, what stands there, what should: in words."""


@dataclass(frozen=True)
class Told:
    """What is to be said of a workbook: sentences, and the first cells that differ by each cause with how many."""

    is_same: bool
    lines: tuple[str, ...]
    altered: Rows
    settings: Rows
    loads: Rows
    counts: tuple[int, int, int]


@needs(Act.MAKE_REPORTS)
def check_apart(actor: Actor, desk: Desk, file: Path, *, on_progress: OnProgress = silent) -> Told:
    """What `check` tells, in the current language. Raises WorkbookError with the sentence of whatever it refused."""
    asked = {"root": str(desk.root), "file": str(file), "actor": as_plain(actor), "language": current_language()}
    found = ask_apart(__name__, asked, on_progress=on_progress)
    if found is None:
        raise WorkbookError(_BROKEN)
    if "template" in found:
        raise WorkbookError(found["template"], **found["params"])
    rows = {name: tuple(tuple(row) for row in found[name]) for name in ("altered", "settings", "loads")}
    return Told(found["is_same"], tuple(found["lines"]), **rows, counts=tuple(found["counts"]))


def _answer(asked: dict[str, Any], on_progress: OnProgress) -> dict[str, Any]:
    restrict(LIMITS)
    language: Language = asked["language"]
    desk = open_desk(Path(asked["root"]), database=AppSettings.from_environment().database)
    with speaking(language):
        try:
            found = check(read_actor(asked["actor"]), desk, Path(asked["file"]), on_progress=on_progress)
        except ActionableError as error:
            return {"template": error.template, "params": {name: str(value) for name, value in error.params.items()}}
        return asdict(_told(found))


def _told(found: Checked) -> Told:
    causes = (found.altered, found.settings.cells, found.loads.cells)
    altered, settings, loads = (tuple(_row(one) for one in cells[:SHOWN]) for cells in causes)
    lines = (
        *check_lines(found),
        *_lines(_("Changed settings"), found.settings),
        *_lines(_("Later loads"), found.loads),
    )
    return Told(found.is_same, lines, altered, settings, loads, tuple(map(len, causes)))  # type: ignore[arg-type]


def _lines(heading: str, found: Since) -> tuple[str, ...]:
    return tuple(f"{heading}: {line}" for line in found.told)


def _row(one: Difference) -> tuple[str, str, str, str]:
    return one.sheet, one.cell, shown(one.found), shown(one.made)


if __name__ == "__main__":
    answer_apart(_answer)
