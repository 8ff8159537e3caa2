"""What all sheets of a report are made from, and the report as a whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from dashboard.format import dimension, listed, value_name
from dashboard.improvements import Improvement
from dashboard.presets import against_of
from dashboard.reports.asked import KINDS, Asked, Recipe, days_in_words
from dashboard.reports.model import Sheet
from dashboard.reports.staffed import Staffed
from dashboard.services.analysis.compare import compared, period_against
from dashboard.services.analysis.goals import Goal
from dashboard.wording import _
from metrics.absence import absence
from metrics.catalog import metric
from metrics.desk import DeskSettings
from metrics.facts import Facts
from metrics.model import Every, Period, Scope
from metrics.quality.results import Sample


@dataclass(frozen=True)
class Spotchecks:
    """What was drawn and read of these days by one plan; `line`: the share that is to pass · answers: review,
    criterion, full · draws: draw_id, window_from, frame_size, frame_sha256, seed, load_id."""

    plan: str
    sample: Sample
    line: float
    answers: pl.DataFrame
    draws: pl.DataFrame


@dataclass(frozen=True)
class Content:
    """One report's tickets, agreements and days.

    facts: what figures are made of · tickets: what may be listed, None where nothing may · scope, before: the days
    asked about and the equally long ones just before · messages: what was written on these tickets.
    """

    asked: Asked
    facts: Facts
    settings: DeskSettings
    scope: Scope
    recipe: Recipe
    tickets: Facts | None = None
    messages: pl.LazyFrame | None = None
    triage: Facts | None = None
    improvements: tuple[Improvement, ...] = ()
    quality: tuple[Spotchecks, ...] | None = None
    staffing: Callable[[], Staffed | None] | None = None
    """Asked for by the sheet that tells of it: a forecast takes seconds."""
    goals: tuple[Goal, ...] = ()
    loads: pl.DataFrame = field(default_factory=pl.DataFrame)
    seal: Callable[[str], str] = str
    """Makes the mark of the recipe that only this desk can make."""
    kept: dict[str, Any] = field(default_factory=dict)
    """What several sheets need is computed once."""

    @property
    def period(self) -> Period:
        return self.asked.period

    @property
    def before(self) -> Scope:
        return replace(self.scope, period=against_of(self.period, "previous"))

    @property
    def year_before(self) -> Scope:
        return replace(self.scope, period=period_against(self.period, "year"))

    @property
    def every(self) -> Every:
        """By what the days of the report are drawn."""
        return "day" if (self.period.end - self.period.start).days <= 31 else "week"

    def known(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Those of these figures that the data can tell."""
        return tuple(id for id in ids if absence(metric(id), self.facts) is None)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self.kept:
            self.kept[name] = make()
        return self.kept[name]

    def changes(self, ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """The verdict on each of these figures against the days before, by id, the strongest evidence first."""
        rows = self.once(f"changes {ids}", lambda: compared(self.facts, self.before, self.scope, ids))
        return {row["metric"]: row for row in rows.iter_rows(named=True)}


Part = Callable[[Content], Sheet | None]


def about(content: Content) -> str:
    """Which tickets and which days, in the line below every title."""
    asked = content.asked
    whose = [
        f"{dimension(name)}: {listed([value_name(name, value) for value in values])}"
        for name, values in {**content.recipe.may, **asked.where}.items()
    ]
    parts = [_(KINDS[asked.kind]), days_in_words(asked.period), *(whose or [_("all tickets")]),
             _("times in {zone}", zone=content.facts.zone)]  # fmt: skip
    return " · ".join(parts)
