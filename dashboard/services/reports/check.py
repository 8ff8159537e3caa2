"""Whether a workbook that somebody received says what this desk says, and where not, why.

It is made three times: of the load and under the settings that it names, which shows every altered cell; under the
settings of today, which shows what changed settings would do; and of the newest load. What differs between two of these
has one cause only.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from sqlalchemy import select

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.people.key import is_same, keyed
from dashboard.reports.asked import FORM, SEAL, Recipe, RecipeError, as_bare, recipe_of
from dashboard.reports.grids import Difference, Grid, Plain, differences, grids_of, table_below
from dashboard.reports.model import Report
from dashboard.reports.standing import Standing, standing, stood
from dashboard.reports.whole import digest
from dashboard.services.reports.files import put_down
from dashboard.services.reports.making import made_by
from dashboard.store import LoadRow, SettingChange
from dashboard.wording import N_, _
from loaders.base import OnProgress, silent
from loaders.errors import WarehouseError

EXAMPLES, LISTED_AT_MOST = 3, 50
_NO_RECIPE = N_("{file} holds no line that tells how it was made; it is no report of this program.")
_OTHER_FORM = N_(
    "{file} was made by {program}, whose reports have other cells than those of today, so that it cannot be held "
    "against them. Make the report again."
)
_FORGED = N_(
    "The line that tells how it was made was altered, or made on another desk: by it nothing can be trusted that "
    "cannot be made again."
)
_GONE = N_(
    "The data of load {load} are not kept any more ({detail}), so that altered cells and later loads cannot be told "
    "apart."
)


@dataclass(frozen=True)
class Since:
    """What changed after a report was made: in words, and in which cells it would differ now."""

    told: tuple[str, ...]
    cells: tuple[Difference, ...]


@dataclass(frozen=True)
class Checked:
    """A workbook held against its desk.

    altered: cells that are not as the desk made them · live, touched: tables that tell of records that go on changing,
    as they were made, and altered ones · is_forged: the recipe is none that this desk has made, so that nothing that
    stands in it proves anything · settings, loads: what happened since.
    """

    recipe: Recipe
    cells: int
    altered: tuple[Difference, ...] = ()
    live: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()
    is_forged: bool = False
    settings: Since = field(default_factory=lambda: Since((), ()))
    loads: Since = field(default_factory=lambda: Since((), ()))

    @property
    def is_same(self) -> bool:
        return not (self.altered or self.touched or self.is_forged or self.settings.cells or self.loads.cells)


@needs(Act.MAKE_REPORTS)
def check(actor: Actor, desk: Desk, file: Path, *, on_progress: OnProgress = silent) -> Checked:
    """Hold a workbook against the desk. Raises WorkbookError, RecipeError, ReportError, Denied."""
    found = grids_of(file)
    recipe = _recipe_in(found, file.name)
    then, present = stood(desk, load=recipe.load, change=recipe.change), standing(desk)
    with TemporaryDirectory() as folder:

        def made(at: Standing) -> tuple[Report, Mapping[str, Grid]]:
            return _made(actor, desk, recipe, at, Path(folder), on_progress)

        try:
            report, first = made(then)
        except WarehouseError as error:
            raise RecipeError(_GONE, load=recipe.load, detail=str(error)) from error
        is_moved = present.change != recipe.change
        second = made(stood(desk, load=recipe.load))[1] if is_moved else first
        third = made(present)[1] if present.head.id != recipe.load else second
    altered, live, touched = _altered(found, first, report, recipe)
    outside = {sheet.title for sheet in report.sheets if sheet.key == "data" or any(t.is_live for t in sheet.tables)}
    checked = Checked(
        recipe, sum(len(row) for grid in first.values() for row in grid), altered, live, touched,
        _is_forged(desk, recipe),
        Since(_changes(desk, recipe), _between(first, second, outside)),
        Since(_loads(desk, recipe), _between(second, third, outside)),
    )  # fmt: skip
    with desk.keeping() as session:
        told = {
            "altered": len(altered) + checked.is_forged,
            "settings": len(checked.settings.cells),
            "loads": len(checked.loads.cells),
        }
        record(session, actor, "report.check", f"report:{recipe.number or recipe.asked.kind}", told)
    return checked


def _recipe_in(grids: Mapping[str, Grid], name: str) -> Recipe:
    for grid in grids.values():
        for row in grid:
            for cell in row:
                if isinstance(cell, str) and cell.startswith('{"as_of"'):
                    return _readable(recipe_of(cell), name)
    raise RecipeError(_NO_RECIPE, file=name)


def _readable(recipe: Recipe, name: str) -> Recipe:
    if recipe.form != FORM:
        raise RecipeError(_OTHER_FORM, file=name, program=recipe.program)
    return recipe


def _is_forged(desk: Desk, recipe: Recipe) -> bool:
    return not is_same(recipe.seal, keyed(desk, SEAL, as_bare(recipe)))


def _made(
    actor: Actor, desk: Desk, recipe: Recipe, at: Standing, folder: Path, on_progress: OnProgress
) -> tuple[Report, Mapping[str, Grid]]:  # fmt: skip
    """The report of a recipe as a file, read as the other one was: what both do to a value is the same."""
    report, path = made_by(actor, desk, recipe, at, on_progress=on_progress), folder / "made.xlsx"
    put_down(actor, desk, report, recipe.asked, path)
    return report, grids_of(path)


def _altered(
    found: Mapping[str, Grid], made: Mapping[str, Grid], report: Report, recipe: Recipe
) -> tuple[tuple[Difference, ...], tuple[str, ...], tuple[str, ...]]:  # fmt: skip
    """Cells that are otherwise than made; of live tables those that are as they were, and those that are not."""
    if recipe.asked.template is not None:
        return _altered_in_own(found, made), (), ()
    cells, live, touched = list[Difference](), list[str](), list[str]()
    for sheet in report.sheets:
        tables = [table for table in sheet.tables if table.is_live]
        for table in tables:
            same = digest(table_below(found.get(sheet.title, ()), table.title)) == recipe.digests.get(table.key)
            (live if same else touched).append(f"{sheet.title}: {table.title}")
        if not tables:
            cells += differences(found.get(sheet.title, ()), made[sheet.title], sheet.title)
    cells += [one for name in found.keys() - made.keys() for one in differences(found[name], (), name)]
    return tuple(one for one in cells if not _is_same_recipe(one)), tuple(live), tuple(touched)


def _altered_in_own(found: Mapping[str, Grid], made: Mapping[str, Grid]) -> tuple[Difference, ...]:
    """The same of a layout of the desk's own: what only its formulas fill is not ours to judge."""
    names = dict.fromkeys([*made, *found])
    cells = (one for name in names for one in differences(found.get(name, ()), made.get(name, ()), name))
    return tuple(one for one in cells if one.made is not None and not _is_same_recipe(one))


def _is_same_recipe(one: Difference) -> bool:
    """Whether both tell of the same making; what records that go on changing came to is left aside."""
    if not isinstance(one.found, str) or not isinstance(one.made, str):
        return False
    try:
        then, again = (replace(recipe_of(text), digests={}, seal="") for text in (one.found, one.made))
    except RecipeError:
        return False
    return then == again


def _between(one: Mapping[str, Grid], other: Mapping[str, Grid], outside: set[str]) -> tuple[Difference, ...]:
    if one is other:
        return ()
    names = [name for name in dict.fromkeys([*one, *other]) if name not in outside]
    return tuple(cell for name in names for cell in differences(one.get(name, ()), other.get(name, ()), name))


def _changes(desk: Desk, recipe: Recipe) -> tuple[str, ...]:
    """Every change of the settings since, with who, when and why."""
    zone = ZoneInfo(desk.zone() or "UTC")
    with desk.reading() as session:
        asked = select(SettingChange).where(SettingChange.id > recipe.change).order_by(SettingChange.id)
        return tuple(
            _("change {id} by {who} on {at}: {reason}", id=row.id, who=row.actor,
              at=f"{row.at.astimezone(zone):%Y-%m-%d %H:%M}", reason=row.reason)
            for row in session.scalars(asked)
        )  # fmt: skip


def _loads(desk: Desk, recipe: Recipe) -> tuple[str, ...]:
    """Every entry of the ledger since."""
    zone = ZoneInfo(desk.zone() or "UTC")
    with desk.reading() as session:
        asked = select(LoadRow).where(LoadRow.id > recipe.load).order_by(LoadRow.id)
        return tuple(
            _("load {id} by {who} on {at}", id=row.id, who=row.actor, at=f"{row.at.astimezone(zone):%Y-%m-%d %H:%M}")
            for row in session.scalars(asked)
        )


def sentences(found: Checked) -> Iterator[str]:
    """What is to be said of it, line by line."""
    yield from check_lines(found, cells=LISTED_AT_MOST)
    yield from _since(_("A changed setting: {n} cells would differ today."), found.settings)
    yield from _since(_("A later load: {n} cells would differ today."), found.loads)


def check_lines(found: Checked, *, cells: int = 0) -> Iterator[str]:
    """Of what it was made, whether it is as it was made, and the first altered cells."""
    recipe = found.recipe
    yield _(
        "Made of load {load} under settings change {change}, data up to {as_of}.",
        load=recipe.load, change=recipe.change, as_of=f"{recipe.as_of:%Y-%m-%d %H:%M} UTC",
    )  # fmt: skip
    if found.is_forged:
        yield _(_FORGED)
    elif not found.altered and not found.touched:
        yield _("No cell was altered: all {n} are as this desk made them.", n=found.cells)
    if found.altered or found.touched:
        yield _("Altered in the workbook: {n} cells.", n=len(found.altered))
        yield from (f"  {_cell(one)}" for one in found.altered[:cells])
        yield from (_("  {table}: altered, in cells that cannot be named", table=name) for name in found.touched)
    for name in () if found.is_forged else found.live:
        yield _("{table}: as it was made; the queue goes on, so that it is not made again.", table=name)


def _since(template: str, found: Since) -> Iterator[str]:
    if not found.told:
        return
    yield template.replace("{n}", str(len(found.cells)))
    yield from (f"  {line}" for line in found.told)
    counted = Counter(one.sheet for one in found.cells)
    if counted:
        yield "  " + ", ".join(f"{name}: {count}" for name, count in counted.items())
    numbers = [one for one in found.cells if isinstance(one.found, float) and isinstance(one.made, float)]
    yield from (
        _("  {place}: {then} then, {now} today", place=f"{one.sheet}!{one.cell}", then=shown(one.found),
          now=shown(one.made))
        for one in numbers[:EXAMPLES]
    )  # fmt: skip


def _cell(one: Difference) -> str:
    return _("{place}: {found} instead of {made}", place=f"{one.sheet}!{one.cell}", found=shown(one.found),
             made=shown(one.made))  # fmt: skip


def shown(value: Plain) -> str:
    """What stands in a cell, as people read it."""
    if value is None:
        return _("nothing")
    return f"{value:.10g}" if isinstance(value, float) else f"“{value[:60]}”"
