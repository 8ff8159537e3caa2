"""Every metric by its id, and the keys of its wording.

Wording of a metric stands in the catalogue under `metric.<wording>.label`, `.short` and `.definition`, where <wording>
is `wording_id` for a family, else the id. The label of one member of a family is composed: `metric.label` has the
parts {thing}, {clock} and {statistic}, worded under `clock.<clock>` and `statistic.<statistic>`; see `label_keys`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from metrics.definitions import (
    calls,
    first_contact,
    handling,
    outcomes,
    resolution,
    response,
    satisfaction,
    sla,
    volume,
)
from metrics.errors import ActionableError
from metrics.families import CLOCKS
from metrics.model import Metric
from metrics.quality import figures as quality
from metrics.staffing import figures as staffing
from metrics.triage import figures as triage
from metrics.words import N_

TOPICS: Mapping[str, tuple[Metric, ...]] = MappingProxyType(
    {
        "volume": volume.METRICS,
        "response": response.METRICS,
        "resolution": resolution.METRICS,
        "sla": sla.METRICS,
        "first_contact": first_contact.METRICS,
        "handling": handling.METRICS,
        "satisfaction": satisfaction.METRICS,
        "calls": calls.METRICS,
        "outcomes": outcomes.METRICS,
    }
)
"""The metrics by what they are about, each topic under its key `topic.<name>`."""
OWN_TOPICS: Mapping[str, tuple[Metric, ...]] = MappingProxyType(
    {"triage": triage.METRICS, "staffing": staffing.METRICS, "quality": quality.METRICS}
)
"""The metrics of what a desk notes here while it works: over facts of their own, which come from no helpdesk's data."""
ALL_TOPICS: Mapping[str, tuple[Metric, ...]] = MappingProxyType({**TOPICS, **OWN_TOPICS})
OWN: Mapping[str, str] = MappingProxyType(
    {declared.id: topic for topic, metrics in OWN_TOPICS.items() for declared in metrics}
)
"""Of each of these the topic, whose facts it is computed over."""
METRICS: Mapping[str, Metric] = MappingProxyType(
    {declared.id: declared for topic in TOPICS.values() for declared in topic}
)
"""The metrics of a helpdesk's data, by id."""
COMPOSED_LABEL = N_("metric.label")


class UnknownMetricError(ActionableError):
    """No metric has that id."""

    def __init__(self, id: str) -> None:
        near = get_close_matches(id, [*METRICS, *OWN], n=1, cutoff=0.5)
        template = (
            N_("There is no metric “{id}”. Did you mean “{near}”? `floorwalker metrics` lists them all.")
            if near
            else N_("There is no metric “{id}”. `floorwalker metrics` lists them all.")
        )
        super().__init__(template, id=id, near=near[0] if near else "")


@dataclass(frozen=True)
class LabelKeys:
    """The catalogue keys of a label: the thing alone, or composed with its clock and statistic."""

    thing: str
    clock: str | None = None
    statistic: str | None = None


def own_metric(id: str) -> Metric:
    """The metric of that id among those of what a desk notes here. Raises KeyError."""
    return next(one for one in OWN_TOPICS[OWN[id]] if one.id == id)


def metric(id: str) -> Metric:
    """The metric of that id among those of a helpdesk's data. Raises UnknownMetricError, naming the nearest one."""
    try:
        return METRICS[id]
    except KeyError:
        raise UnknownMetricError(id) from None


def wording(metric: Metric) -> str:
    """The name under which the metric's wording stands in the catalogue."""
    return metric.wording_id or metric.id


def label_keys(metric: Metric) -> LabelKeys:
    """The keys from which a metric's label is put together; a member of a family has a clock and a statistic."""
    thing = f"metric.{wording(metric)}.label"
    if metric.wording_id is None:
        return LabelKeys(thing)
    clock = next(clock for clock in CLOCKS if f"_{clock}_" in metric.id)
    return LabelKeys(thing, f"clock.{clock}", f"statistic.{metric.id.rpartition('_')[2]}")


def short_key(metric: Metric) -> str:
    """The key of the one-line definition."""
    return f"metric.{wording(metric)}.short"


def definition_key(metric: Metric) -> str:
    """The key of the full definition."""
    return f"metric.{wording(metric)}.definition"
