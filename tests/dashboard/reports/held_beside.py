"""What a workbook tells beside the plain figures of tickets, all of it counted anew."""

from pathlib import Path

from dashboard.reports.asked import Asked
from dashboard.reports.model import Report
from tests.dashboard.reports.held import Held
from tests.dashboard.reports.held_goals import events_held, goals_held, low_held, measures_held, scores_held, stars_held
from tests.dashboard.reports.held_promises import targets_held
from tests.dashboard.reports.held_quality import quality_held
from tests.dashboard.reports.held_sums import loads_held, plans_held, queue_held, summary_held, sums_held
from tests.dashboard.reports.records import Shown


def beside_held(made: Report, root: Path, asked: Asked, shown: Shown, held: Held) -> None:
    """In plain Python from the desk's own records, and from what pages and commands show of the same."""
    quality_held(made, root, asked, held)
    targets_held(made, root, asked, held)
    goals_held(made, root, held)
    measures_held(made, root, shown, held)
    events_held(made, root, shown, held)
    low_held(made, asked, shown, held)
    stars_held(made, asked, shown, held)
    scores_held(made, root, held)
    plans_held(made, root, held)
    queue_held(made, root, asked, held)
    loads_held(made, root, asked, held)
    summary_held(made, root, asked, held)
    sums_held(made, held)
