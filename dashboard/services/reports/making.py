"""Reports for whoever asks: of the tickets that he may see, as the desk stands at a load and under its settings."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from importlib.metadata import version
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy import select

from dashboard.desk import Desk, Head
from dashboard.format import call_values
from dashboard.improvements import improvements_of
from dashboard.people import Act, Actor, Reach, needs, reach
from dashboard.people.accounts import actor_of, person_called, today_at
from dashboard.people.key import keyed
from dashboard.people.permission import Permission, permission_of
from dashboard.reports.asked import SEAL, Asked, Recipe, ReportKind, newest_whole, period_with
from dashboard.reports.content import Content
from dashboard.reports.model import Report
from dashboard.reports.spotchecks import spotchecks
from dashboard.reports.staffed import staffed
from dashboard.reports.standing import ReportError, Standing, standing
from dashboard.reports.whole import report_of
from dashboard.services.analysis.goals import Goal, about_these, goals
from dashboard.services.facts.figures import facts_under
from dashboard.services.staffing.ahead import Basis
from dashboard.services.triage.figures import triage_facts
from dashboard.settings import settings_key
from dashboard.spoken import spoken
from dashboard.store import LoadRow
from dashboard.triage.now import now
from dashboard.wording import N_, speaking
from loaders.base import OnProgress, silent
from metrics.facts import Facts
from metrics.known_values import check_values
from metrics.model import Period, Scope
from metrics.selection import check_dimensions

LOADS_SHOWN = 20
_ROWS = ("rows_read", "loaded", "rejected")
_AHEAD = N_("The data of this desk end on {today}; a report from {start} on would be empty.")


@needs(Act.MANAGE_PEOPLE)
def seen_by(actor: Actor, desk: Desk, account: str) -> Actor:
    """Who somebody else is, to make a report as he may see it. Raises AccountError."""
    del actor
    with desk.reading() as session:
        return actor_of(session, person_called(session, account), today_at(desk))


@needs(Act.MAKE_REPORTS)
def days_of(actor: Actor, desk: Desk, kind: ReportKind, ending: date | None = None) -> Period:
    """The days of a report that ends with or holds a day; without one the newest that are over. Raises ReportError."""
    del actor
    found = standing(desk)
    today = (found.head.as_of or now()).astimezone(ZoneInfo(found.zone)).date()
    asked = newest_whole(kind, today) if ending is None else period_with(kind, ending)
    if asked.start > today:
        raise ReportError(_AHEAD, today=today.isoformat(), start=asked.start.isoformat())
    return asked


@needs(Act.MAKE_REPORTS)
def report(
    actor: Actor, desk: Desk, asked: Asked, *, number: int | None = None, on_progress: OnProgress = silent
) -> Report:  # fmt: skip
    """The report for this person, of what he may see. Raises ReportError, UnknownValueError, UnknownDimensionError."""
    found = standing(desk)
    as_of = asked.as_of or found.head.as_of or now()
    lists = reach(actor, Act.EXPORT_TICKETS) is not Reach.NONE
    may, reads = permission_of(actor).where, permission_of(actor, Act.SEE_TICKETS).where
    mark = hashlib.sha256(settings_key(found.settings).encode()).hexdigest()[:16]
    recipe = Recipe(asked, may, reads, lists, found.head.id, as_of, found.change, mark, now(), program(),
                    number=number, targets=_targets(actor, desk, asked))  # fmt: skip
    return made_by(actor, desk, recipe, found, on_progress=on_progress)


def program() -> str:
    """By what it is made."""
    return f"Floorwalker {version('floorwalker')}"


def _goals(actor: Actor, desk: Desk) -> tuple[Goal, ...]:
    """The goals that this person may see."""
    return () if reach(actor, Act.SEE_GOALS) is Reach.NONE else goals(actor, desk)


def _targets(actor: Actor, desk: Desk, asked: Asked) -> Mapping[str, float]:
    """What the goals for exactly these tickets want by the last of the days, of those that are for any of them."""
    days, scope = asked.period, Scope(where=asked.where)
    found = [one for one in _goals(actor, desk) if one.starts_on < days.end and one.due_on >= days.start]
    ids = dict.fromkeys(goal.metric_id for goal in found)
    told = {id: about_these(found, (id,), scope) for id in ids}
    return {id: some[0].wanted(days.end - timedelta(days=1)) for id, some in told.items() if some}


@needs(Act.MAKE_REPORTS)
def made_by(
    actor: Actor, desk: Desk, recipe: Recipe, found: Standing, *, on_progress: OnProgress = silent
) -> Report:  # fmt: skip
    """The report of a recipe, with the desk as it stands or stood. Raises Denied where it is of more than his own."""
    may, reads, asked = Permission(recipe.may), Permission(recipe.reads), recipe.asked
    settings = found.settings
    with speaking(asked.language), desk.warehouse.damage_told(found.head.versions):
        call_values(spoken(found.text).called)
        facts, readable = facts_under(actor, desk, found.head, settings, may=may, reads=reads, as_of=asked.as_of,
                                      on_progress=on_progress)  # fmt: skip
        scope = may.asked(Scope(asked.period, asked.where, asked.as_of))
        check_dimensions(list(scope.where), facts)
        check_values(scope, facts)
        if asked.person is not None:
            check_values(Scope(where={"agent": (asked.person,)}), facts)
        messages = _messages(desk, found.head, readable) if recipe.lists else None
        content = Content(
            asked, facts, settings, scope, recipe, readable if recipe.lists else None, messages,
            _triage(actor, desk, recipe), improvements_of(found.text),
            spotchecks(actor, desk, asked.period, at=recipe.at),
            partial(staffed, actor, desk, facts, settings, asked.period, at=asked.as_of, basis=_basis(found, may)),
            _goals(actor, desk), _loads(desk, found.head), partial(keyed, desk, SEAL),
        )  # fmt: skip
        return report_of(content, on_progress=on_progress)


def _basis(found: Standing, may: Permission) -> Basis | None:
    """What the desk's forecast is made of, where the report tells of all of the desk."""
    return Basis(found.head.id, found.zone, found.texts) if may.is_everything else None


def _messages(desk: Desk, head: Head, readable: Facts) -> pl.LazyFrame:
    """What was written on the tickets that may be read."""
    keys = ["source", "ticket_id"]
    told = desk.warehouse.scan("messages", head.versions)
    return told.join(readable.tickets.lazy().select(keys), on=keys, how="semi")


def _triage(actor: Actor, desk: Desk, recipe: Recipe) -> Facts | None:
    """The queue as far as the recipe's reader could see it."""
    if reach(actor, Act.SEE_TRIAGE) is Reach.NONE:
        return None
    found = triage_facts(actor, desk, at=recipe.at)
    teams = recipe.may.get("team")
    if teams is None:
        return found
    return replace(found, tickets=found.tickets.filter(pl.col("team").is_in([name for name in teams if name])))


def _loads(desk: Desk, head: Head) -> pl.DataFrame:
    """The newest entries of the ledger up to one, with their rows; not the names of files."""
    with desk.reading() as session:
        asked = select(LoadRow).where(LoadRow.id <= head.id).order_by(LoadRow.id.desc()).limit(LOADS_SHOWN)
        rows = [
            {"id": row.id, "at": row.at, "source": row.source or "",
             **{name: sum(int(file.get(name) or 0) for file in row.files) for name in _ROWS}}
            for row in session.scalars(asked)
        ]  # fmt: skip
    counts = dict.fromkeys(_ROWS, pl.Int64)
    return pl.DataFrame(
        rows, schema={"id": pl.Int64, "at": pl.Datetime("us", "UTC"), "source": pl.String, **counts}, orient="row"
    )
