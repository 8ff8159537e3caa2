"""Every figure that a report may hold: those of the catalogue, those of escalated items and of staffing."""

from collections.abc import Mapping
from types import MappingProxyType

from metrics.catalog import METRICS
from metrics.model import Metric
from metrics.staffing.figures import METRICS as OF_STAFFING
from metrics.triage.figures import METRICS as OF_TRIAGE

DECLARED: Mapping[str, Metric] = MappingProxyType({**METRICS, **{one.id: one for one in (*OF_TRIAGE, *OF_STAFFING)}})
