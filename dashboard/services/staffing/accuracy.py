"""How far the desk's forecasts were off, for whoever plans people of a part of it: as ratios, without a count."""

from datetime import date

import polars as pl

from dashboard.desk import Desk
from dashboard.people import SERVER, Act, Actor, needs
from dashboard.services.staffing.forecast_snapshots import held_against, kept_forecasts
from dashboard.services.staffing.forecasts import arrivals_of

RATIOS = ("ahead", "wape", "bias", "coverage", "days")


@needs(Act.SEE_STAFFING)
def desk_accuracy(actor: Actor, desk: Desk, queue: str, first: date, last: date) -> pl.DataFrame:
    """By how far ahead they looked, how far the whole desk's kept forecasts of a queue were off.

    How many requests the desk had is not told, so that a part of it learns nothing of the others' volume.
    """
    del actor
    kept = kept_forecasts(SERVER, desk, first, last).filter(queue=queue)
    return held_against(kept, arrivals_of(SERVER, desk)).select(RATIOS)
