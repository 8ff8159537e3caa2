"""What a plan of people says in sentences on a page: queues, peaks, levers, the ladder."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from dashboard import data
from dashboard.components.staffing.read import queues_known
from dashboard.components.text import plain
from dashboard.format import duration, listed, weekday_and_day
from dashboard.staffing.naming import in_time, met, peak_told, queue_called
from dashboard.staffing.words import NEXT_TO_NOTHING
from dashboard.wording import N_, _, number, share
from metrics.staffing.levers import Lever, Standing, Step
from metrics.staffing.model import Needs, StaffingRules
from metrics.staffing.peaks import Peak
from metrics.staffing.rosters import ShiftKind

SHIFTS: dict[ShiftKind, str] = {
    "regular": N_("regular"), "part_time": N_("part-time"), "outsourced": N_("outsourced"), "borrowed": N_("borrowed"),
}  # fmt: skip
LEVERS: dict[Lever, str] = {
    "reserve": N_("Call in the reserve"), "longer_shifts": N_("Let shifts begin earlier or end later"),
    "part_time": N_("Call in part-time people"), "outsourced": N_("Have the outsourcer add people"),
    "borrowed": N_("Borrow people from queues that have some over"),
    "call_back": N_("Offer to call back, or to write back, later"),
    "deflection": N_("Lead requests to channels that can wait"), "priority": N_("Let urgent requests go first"),
}  # fmt: skip


def queue_name(queue: str) -> str:
    """A queue as people call it, on the desk of the page; groups too small for a queue are none."""
    groups = data.settings().queue_groups
    return queue_called(queue, groups, queues_known() if groups else ())


def peak_sentence(peak: Peak, needs: Needs) -> str:
    """`Tue 15:00, phone: 3 short, expected 74 % within 20 s`."""
    return peak_told(peak, needs, queue_name(peak.queue))


def stretch(peak: Peak, zone: str) -> str:
    """From when to when people are short: `Tue 24 Nov 14:30–16:00`."""
    begin, end = (at.astimezone(ZoneInfo(zone)) for at in (peak.begins_at, peak.ends_at))
    return f"{weekday_and_day(begin.date())} {begin:%H:%M}–{end:%H:%M}"


def step_sentence(step: Step, rules: StaffingRules) -> str:
    """A lever with how much of it: `Call in the reserve: 2 people more`."""
    name = _(LEVERS[step.lever])
    if step.ranked is not None:
        first = share(step.ranked.first_level, digits=0)
        others = step.ranked.others_seconds
        waits = _("without end") if others > 3600 * 2 else duration(others)
        return _("{lever}: {first} of them {in_time}; the others then wait {waits} on average", lever=name, first=first,
                 in_time=in_time(rules), waits=waits)  # fmt: skip
    if step.people > 0:
        return _("{lever}: {n} more", lever=name, n=number(step.people, digits=0 if step.people % 1 < 0.05 else 1))
    return _("{lever}: {n} of the requests", lever=name, n=number(step.moved, digits=0))


def standing_words(standing: Standing, rules: StaffingRules) -> str:
    """`78 % within 20 s, 4 % give up`."""
    told = met(standing.level, rules)
    if rules.work in ("erlang_a", "chat") and standing.abandoned > NEXT_TO_NOTHING:
        told += _(", {share} give up", share=share(standing.abandoned, digits=0))
    return told


def queue_list(queues: Sequence[str]) -> str:
    """Queues in words; none stands for all."""
    return listed([plain(queue_name(queue)) for queue in queues]) if queues else _("all queues")
