"""Reading more where it tells most: the next reviews, drawn as extensions of the newest draws."""

from collections.abc import Mapping
from datetime import datetime

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs, record
from dashboard.quality.draws import DrawError, draws_in
from dashboard.services.quality.draws import extended
from dashboard.services.quality.sampling_plans import demand_over, plan_named
from dashboard.triage.now import now
from metrics.words import N_

_NONE = N_("No draw of this plan has “{stratum}” any more.")


@needs(Act.DRAW_SAMPLES)
def draw_more(
    actor: Actor, desk: Desk, plan_name: str, more: Mapping[str, int], *, at: datetime | None = None
) -> tuple[int, ...]:  # fmt: skip
    """Read so many more of these strata, each of the newest window that had it; the numbers of the extended draws.

    What was drawn before stays, and the probabilities grow. Raises DrawError where a stratum has not so many left.
    """
    moment = at or now()
    with desk.keeping() as session:
        demand_over(actor, Act.DRAW_SAMPLES, plan_named(session, plan_name))
        standing = [one for one in draws_in(session) if one.plan.name == plan_name and one.superseded_by is None]
        wanted: dict[int, dict[str, int]] = {}
        for name, count in more.items():
            newest = next((one for one in standing if name in one.counts), None)
            if newest is None:
                raise DrawError(_NONE, stratum=name)
            wanted.setdefault(newest.id, {})[name] = count
        for one in standing:
            if one.id in wanted:
                extended(session, one, wanted[one.id], at=moment)
                details = {"more": sum(wanted[one.id].values())}
                record(session, actor, "sample.extend", f"draw:{one.id}", details, at=moment)
        return tuple(sorted(wanted))
