"""The settings of spot-checks: what a change of them says in sentences, and what it would have meant lately."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from dashboard.desk import Desk
from dashboard.people import Act, Actor, needs
from dashboard.quality.errors import Case, Clock, ClockKind, cases_in
from dashboard.quality.rules import ReviewRules, review_rules
from dashboard.quality.settings import QualitySettings, quality_settings
from dashboard.services.quality.results import results
from dashboard.triage.now import now
from dashboard.wording import N_, _, number, share
from metrics.quality.estimates import Estimate, Verdict, more_to_settle, verdict

LOOKED_BACK = timedelta(days=91)
NAMES: Mapping[str, str] = {
    "target_rate": N_("Share of conversations that has to pass"),
    "apology_hours": N_("Told the customer, hours"),
    "public_correction_hours": N_("Corrected in public, hours"),
    "root_cause_hours": N_("Cause known, hours"),
    "action_hours": N_("Measure done, hours"),
    "dispute_days": N_("Lines can be disputed, working days"),
    "appeal_days": N_("A decision can be appealed against, working days"),
    "acknowledge_days": N_("Closed unacknowledged after, working days"),
}
HOURS: Mapping[ClockKind, str] = {
    "apology": "apology_hours", "public_correction": "public_correction_hours", "root_cause": "root_cause_hours",
    "action": "action_hours",
}  # fmt: skip
_CHANGE = N_("{name}: {was} → {now}")


@dataclass(frozen=True)
class Kept:
    """Of the clocks of one kind that were met lately: how many within the hours that hold, and within the new ones."""

    name: str
    met: int
    before: int
    after: int


@dataclass(frozen=True)
class SpotCheckEffect:
    """What the newest four weeks say against both shares, and which times of corrections would have been kept."""

    estimate: Estimate
    before: tuple[float, Verdict, int | None]
    after: tuple[float, Verdict, int | None]
    clocks: tuple[Kept, ...]


def spot_check_changes(was: str | None, now: str | None) -> list[str]:
    """What two texts of agreements say differently of spot-checks, a sentence each. Raises SettingsError."""
    told: list[str] = []
    kinds: tuple[tuple[object, object], ...] = (
        (quality_settings(was), quality_settings(now)), (review_rules(was), review_rules(now)),
    )  # fmt: skip
    for before, after in kinds:
        for one in fields(before):  # type: ignore[arg-type]  # both are dataclasses
            old, new = getattr(before, one.name), getattr(after, one.name)
            if old != new:
                told.append(_(_CHANGE, name=_(NAMES[one.name]), was=_told(one.name, old), now=_told(one.name, new)))
    return told


def _told(name: str, value: float) -> str:
    return share(value, digits=1) if name == "target_rate" else number(value, digits=0 if value == int(value) else 1)


@needs(Act.SEE_QUALITY)
def spot_check_effect(
    actor: Actor, desk: Desk, was: str | None, text: str | None, *, at: datetime | None = None
) -> SpotCheckEffect:
    """What these settings would have meant lately beside those that hold. Raises SettingsError."""
    moment, before, after = at or now(), quality_settings(was), quality_settings(text)
    estimate = results(actor, desk, at=at).estimate
    with desk.reading() as session:
        cases = [one for one in cases_in(session, actor) if one.found_at >= moment - LOOKED_BACK]
    return SpotCheckEffect(
        estimate, _against(estimate, before.target_rate), _against(estimate, after.target_rate),
        tuple(_kept(kind, cases, before, after) for kind in HOURS),
    )  # fmt: skip


def _against(found: Estimate, line: float) -> tuple[float, Verdict, int | None]:
    return line, verdict(found, line), more_to_settle(found, line)


def _kept(kind: ClockKind, cases: list[Case], before: QualitySettings, after: QualitySettings) -> Kept:
    took = [
        (clock.met_at - one.found_at).total_seconds() / 3600
        for one in cases for clock in one.clocks if _is_met(clock, kind) and clock.met_at is not None
    ]  # fmt: skip
    limits = (getattr(settings, HOURS[kind]) for settings in (before, after))
    return Kept(HOURS[kind], len(took), *(sum(hours <= limit for hours in took) for limit in limits))


def _is_met(clock: Clock, kind: ClockKind) -> bool:
    return clock.kind == kind and clock.met_at is not None


DEFAULTS: Mapping[str, float] = {**vars(QualitySettings()), **vars(ReviewRules())}
"""What holds where a desk says nothing."""
