"""Saved views: a page with what it was asked, under a name; a person's own ones, and those that others share.

A view holds no figures. Whoever opens it sees there what his own role shows him.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.services.settings.changes import Overtaken
from dashboard.store import SavedView
from metrics.errors import ActionableError
from metrics.words import N_

LONGEST_NAME, LONGEST_QUERY, MOST = 80, 4000, 100
SHORTEST_NAME = 3
"""A shorter name than this is looked for as a whole value only, not within one."""
_NAME = N_("A view's name has 1 to {longest} characters.")
_TAKEN = N_("You have a view named “{name}” already; choose another name, or delete that one.")
_MANY = N_("You have {most} views already; delete some that you no longer need.")
_LONG = N_("This view asks for more than can be kept; take some of its filters away.")
_GONE = N_("This view is not there any more.")
_OTHERS = N_("Only who saved a view can change it.")
_OVERTAKEN = N_("This view was changed meanwhile; look at it again.")


class ViewError(ActionableError):
    """A view that cannot be saved, found or changed."""


@dataclass(frozen=True)
class View:
    """One saved view. `query`: what the page was asked, as in its address."""

    id: int
    name: str
    page: str
    query: str
    is_shared: bool
    is_own: bool
    version: int

    @property
    def asked(self) -> Sequence[tuple[str, str]]:
        return parse_qsl(self.query)


def readable(view: View, foreign: Collection[str]) -> tuple[list[tuple[str, str]], int]:
    """What a view asks without the names that its reader must not be told, and how much of it that left out.

    foreign: such names, as those of other teams' people: who shared the view may have filtered by them.
    """
    kept = [(name, value) for name, value in view.asked if not _tells(value, foreign)]
    return kept, len(view.asked) - len(kept)


def _tells(value: str, foreign: Collection[str]) -> bool:
    return value in foreign or any(len(name) >= SHORTEST_NAME and name in value for name in foreign)


@needs(Act.SAVE_VIEWS)
def saved_views(actor: Actor, desk: Desk) -> tuple[View, ...]:
    """The person's own views, then those that others share, by name."""
    mine = SavedView.person_id.is_(None) if actor.id is None else SavedView.person_id == actor.id
    with desk.reading() as session:
        rows = session.scalars(select(SavedView).where(or_(mine, SavedView.is_shared)))
        found = [_view(actor, row) for row in rows]
    return tuple(sorted(found, key=lambda view: (not view.is_own, view.name.casefold(), view.id)))


@needs(Act.SAVE_VIEWS)
def save_view(actor: Actor, desk: Desk, name: str, page: str, query: str) -> int:
    """Keep a page with what it is asked under a name; the view's number. Raises ViewError."""
    if len(query) > LONGEST_QUERY:
        raise ViewError(_LONG)
    with desk.keeping() as session:
        if len(_own(session, actor)) >= MOST:
            raise ViewError(_MANY, most=MOST)
        row = SavedView(person_id=actor.id, name=_free(session, actor, name), page=page, query=query, is_shared=False,
                        made_at=datetime.now(UTC))  # fmt: skip
        session.add(row)
        session.flush()
        record(session, actor, "view.save", f"view:{row.id}", {"page": page})
        return row.id


@needs(Act.SAVE_VIEWS)
def rename_view(actor: Actor, desk: Desk, id: int, name: str, *, expected: int) -> None:
    """Give a view of one's own another name. Raises ViewError, and Overtaken where it was changed meanwhile."""
    with desk.keeping() as session:
        row = _to_change(session, actor, id, expected)
        row.name = _free(session, actor, name, besides=row.id)
        row.version += 1
        record(session, actor, "view.rename", f"view:{id}")


@needs(Act.SAVE_VIEWS)
def delete_view(actor: Actor, desk: Desk, id: int, *, expected: int) -> None:
    """Take a view of one's own away; an administrator also one that somebody shares. Raises as `rename_view`."""
    with desk.keeping() as session:
        session.delete(_to_change(session, actor, id, expected, others=actor.role == "administrator"))
        record(session, actor, "view.delete", f"view:{id}")


@needs(Act.SHARE_VIEWS)
def share_view(actor: Actor, desk: Desk, id: int, *, is_shared: bool, expected: int) -> None:
    """Offer a view of one's own to everybody, or no longer. Raises as `rename_view`."""
    with desk.keeping() as session:
        row = _to_change(session, actor, id, expected)
        row.is_shared = is_shared
        row.version += 1
        record(session, actor, "view.share" if is_shared else "view.unshare", f"view:{id}")


def _view(actor: Actor, row: SavedView) -> View:
    return View(row.id, row.name, row.page, row.query, row.is_shared, row.person_id == actor.id, row.version)


def _own(session: Session, actor: Actor) -> Sequence[SavedView]:
    mine = SavedView.person_id.is_(None) if actor.id is None else SavedView.person_id == actor.id
    return session.scalars(select(SavedView).where(mine)).all()


def _free(session: Session, actor: Actor, name: str, *, besides: int | None = None) -> str:
    """The name without blanks around it, where it may be taken."""
    wanted = " ".join(name.split())
    if not 1 <= len(wanted) <= LONGEST_NAME:
        raise ViewError(_NAME, longest=LONGEST_NAME)
    if any(row.name.casefold() == wanted.casefold() and row.id != besides for row in _own(session, actor)):
        raise ViewError(_TAKEN, name=wanted)
    return wanted


def _to_change(session: Session, actor: Actor, id: int, expected: int, *, others: bool = False) -> SavedView:
    row = session.get(SavedView, id)
    is_own = row is not None and row.person_id == actor.id
    if row is None or not (is_own or row.is_shared):  # another's own view is not even said to be there
        raise ViewError(_GONE)
    if not is_own and not others:
        raise ViewError(_OTHERS)
    if row.version != expected:
        raise Overtaken(_OVERTAKEN)
    return row
