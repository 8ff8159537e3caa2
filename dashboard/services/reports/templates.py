"""Layouts of a desk's own: looked at as every upload, kept by name, taken away; each with its row in the audit."""

import base64
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.people.policy import Reach
from dashboard.reports.files import digest_of
from dashboard.reports.own.package import LARGEST, TemplateError
from dashboard.reports.own.template import template_of
from dashboard.services.facts.apart import answer_apart, ask_apart
from dashboard.store import ReportTemplate
from dashboard.triage.now import now
from loaders.base import OnProgress
from loaders.reading.limits import Limits, restrict
from metrics.words import N_

LONGEST = 100
LIMITS = Limits(seconds=10, rss_mb=500)
_NAME = N_("A layout needs a name of 1 to {longest} characters that no other one has.")
_GONE = N_("The layout “{name}” is not kept on this desk.")
_NOT_KEPT = N_("The layout that this report was made in is not kept on this desk; keep it there, then try again.")
_UNREADABLE = N_("The layout could not be looked at: reading it took too much time or memory, or failed.")


@dataclass(frozen=True)
class Kept:
    """A layout on the desk."""

    id: int
    name: str
    digest: str
    size: int
    kept_at: datetime
    kept_by: str


@dataclass(frozen=True)
class Looked:
    """What a layout names for us, and which of these names usual reports have nothing for."""

    names: tuple[str, ...]
    unknown: tuple[str, ...]


@needs(Act.MAKE_REPORTS)
def templates(actor: Actor, desk: Desk) -> tuple[Kept, ...]:
    """All layouts that can be chosen, by name."""
    del actor
    with desk.reading() as session:
        rows = session.scalars(_there().order_by(ReportTemplate.name))
        return tuple(_shown(row) for row in rows)


@needs(Act.MAKE_REPORTS)
def template_called(actor: Actor, desk: Desk, name: str) -> Kept:
    """The layout of this name. Raises TemplateError."""
    found = next((one for one in templates(actor, desk) if one.name == name), None)
    if found is None:
        raise TemplateError(_GONE, name=name)
    return found


@needs(Act.MAKE_REPORTS, at_least=Reach.ALL)
def keep_template(actor: Actor, desk: Desk, name: str, content: bytes) -> Looked:
    """Keep a layout, looked at in a process of its own. Raises TemplateError that tells what is wrong with it."""
    typed = " ".join(name.split())
    looked = look_apart(content)
    with desk.keeping() as session:
        taken = session.scalar(_there().where(ReportTemplate.name == typed)) is not None
        if taken or not 1 <= len(typed) <= LONGEST:
            raise TemplateError(_NAME, longest=LONGEST)
        row = ReportTemplate(name=typed, digest=digest_of(content), content=base64.b64encode(content).decode(),
                             size=len(content), kept_at=now(), kept_by=actor.name)  # fmt: skip
        session.add(row)
        session.flush()
        record(session, actor, "report.layout", f"layout:{row.id}", {"bytes": len(content), "names": len(looked.names)})
    return looked


@needs(Act.MAKE_REPORTS, at_least=Reach.ALL)
def remove_template(actor: Actor, desk: Desk, id: int) -> None:
    """Offer a layout no more; schedules that use it go on in our own, workbooks made in it can still be checked."""
    with desk.keeping() as session:
        row = session.scalars(_there().where(ReportTemplate.id == id)).first()
        if row is None:
            return
        row.removed_at = now()
        record(session, actor, "report.layout_end", f"layout:{id}")


@needs(Act.MAKE_REPORTS)
def content_of_template(actor: Actor, desk: Desk, digest: str) -> bytes:
    """The layout with this digest, also one that was removed. Raises TemplateError."""
    del actor
    with desk.reading() as session:
        row = session.scalars(select(ReportTemplate).where(ReportTemplate.digest == digest)).first()
        if row is None:
            raise TemplateError(_NOT_KEPT)
        return base64.b64decode(row.content)


def digest_in_use(session: Session, id: int | None) -> str | None:
    """The digest of a layout that is still offered."""
    row = session.get(ReportTemplate, id) if id is not None else None
    return row.digest if row is not None and row.removed_at is None else None


def look_apart(content: bytes) -> Looked:
    """What a layout names, found by a process that may break without harm. Raises TemplateError."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "layout.xlsx"
        path.write_bytes(content[: LARGEST + 1])
        found = ask_apart(__name__, {"path": str(path)})
    if found is None:
        raise TemplateError(_UNREADABLE)
    if "template" in found:
        raise TemplateError(found["template"], **found["params"])
    return Looked(tuple(found["names"]), tuple(found["unknown"]))


def _look(asked: dict[str, Any], on_progress: OnProgress) -> dict[str, Any]:
    del on_progress
    restrict(LIMITS)
    try:
        found = template_of(Path(asked["path"]).read_bytes())
    except TemplateError as error:
        return {"template": error.template, "params": {name: str(value) for name, value in error.params.items()}}
    return {"names": [place.name for place in found.places], "unknown": list(found.unknown)}


def _there() -> Any:
    return select(ReportTemplate).where(ReportTemplate.removed_at.is_(None))


def _shown(row: ReportTemplate) -> Kept:
    return Kept(row.id, row.name, row.digest, row.size, row.kept_at, row.kept_by)


if __name__ == "__main__":
    answer_apart(_look)
