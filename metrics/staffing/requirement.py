"""How many people each queue needs in each interval: for the service, then cap, reserve, shrinkage, one by one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

import numpy as np
import polars as pl

from metrics.staffing.backlog import Pile, Truths, Whole, due_slots, least_people_for, unmeetable, worked_off
from metrics.staffing.model import REQUIREMENT_FRAME, DatedRules, Forecast, Needs, Service, StaffingRules, rules_on
from metrics.staffing.past import Floats
from metrics.staffing.serving import LEAST, base_people, buffered, capped_people, rounded, serving
from metrics.words import N_

FINE = 6
"""Digits to which people for work that can wait are counted."""
IDLE_USED = 0.7
"""Of the time in which people wait for calls so much can be used for work that waits."""
CLOSED = N_("{requests} requests are expected while the desk is closed; nobody is planned for them.")
UNMEETABLE = N_("{requests} requests fall due before anybody opens: their deadline cannot be met while closed.")
WAITING = N_("{requests} requests of earlier days still wait for an answer; they are planned for, too.")
NO_PATIENCE = N_(
    "How long people wait before they hang up was never observed; they are taken to wait for ever (Erlang C), which "
    "asks for more people."
)
ASSUMED = N_("The data do not tell how long one request takes; {minutes} minutes are assumed until somebody types it.")


def needs_of(
    forecast: Forecast, rules: Mapping[str, StaffingRules], *, later: DatedRules | None = None,
    rostered: pl.DataFrame | None = None, backlog: Mapping[str, float] | None = None,
) -> Needs:  # fmt: skip
    """The people that each queue with rules needs, and what those on the roster will achieve.

    later: rules that hold from a day of the plan on, so that every day is planned by those of its time. rostered:
    ROSTER_FRAME, people before shrinkage; without it the service is that of those required. backlog: requests of
    deferred work that lie there at the beginning.
    """
    made: list[_Plan] = []
    for queue, frame in forecast.frame.group_by("queue", maintain_order=True):
        name = str(queue[0])
        if name in rules:
            rows = frame.sort("starts_at")
            ruled = _ruled(name, rows["starts_at"], forecast.zone, rules, later or {})
            made += _plans(name, rows, ruled, forecast.minutes, (backlog or {}).get(name, 0.0))
    used = _use_idle(made)
    frames, known = [plan.frame(rostered) for plan in made], {plan.queue: rules[plan.queue] for plan in made}
    return Needs(
        frame=pl.concat(frames) if frames else pl.DataFrame(schema=REQUIREMENT_FRAME),
        minutes=forecast.minutes, zone=forecast.zone, rules=known,
        later={day: {name: one for name, one in others.items() if name in known}
               for day, others in (later or {}).items()},
        unmeetable=_summed((plan.queue, plan.lost) for plan in made if plan.lost > 0), idle_used=used,
        statements=tuple(said for plan in made for said in plan.statements()),
    )  # fmt: skip


def _plans(
    queue: str, frame: pl.DataFrame, ruled: Sequence[StaffingRules], minutes: int, backlog: float
) -> Iterator["_Plan"]:  # fmt: skip
    """One plan; several one after the other where a queue's work begins or ceases to wait."""
    begin = 0
    for _kind, run in groupby(ruled, lambda rules: rules.work == "deferred"):
        length = len(list(run))
        yield _Plan(queue, frame[begin : begin + length], ruled[begin : begin + length], minutes, backlog)
        begin, backlog = begin + length, 0.0


def _ruled(
    queue: str, starts: pl.Series, zone: str, rules: Mapping[str, StaffingRules], later: DatedRules
) -> list[StaffingRules]:  # fmt: skip
    """The rules of each interval: those of its local day."""
    if not any(queue in others for others in later.values()):
        return [rules[queue]] * starts.len()
    days = starts.dt.convert_time_zone(zone).dt.date().to_list()
    of_day = {day: rules_on(queue, day, rules, later) for day in dict.fromkeys(days)}
    return [of_day[day] for day in days]


def _use_idle(made: Sequence["_Plan"]) -> dict[str, float]:
    """Let work that can wait be done in others' idle time where rules say so; people-hours used by queue."""
    idle = _idle(made)
    return _summed((plan.queue, plan.use(idle)) for plan in made if plan.pile is not None and plan.may_use().any())


def _summed(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in pairs:
        found[name] = found.get(name, 0.0) + value
    return found


class _Plan:
    """One queue's people, step by step, over intervals in all of which the work can wait, or in none."""

    def __init__(
        self, queue: str, frame: pl.DataFrame, ruled: Sequence[StaffingRules], minutes: int, backlog: float
    ) -> None:  # fmt: skip
        self.queue, self.ruled, self.minutes = queue, ruled, minutes
        self.rules = ruled[0]
        self.starts, self.mean = frame["starts_at"], frame["mean"].to_numpy().astype(np.float64)
        self.is_open = frame["is_open"].to_numpy()
        self.handle = np.array([one.handle_seconds for one in ruled])
        self.load = self.mean / (minutes * 60) * self.handle
        self.pile = self._piled(backlog) if self.rules.work == "deferred" else None
        lost = unmeetable(self.pile) if self.pile is not None else np.zeros(1)
        self.lost = float((lost / (self.handle / self.handle[0])).sum()) if self.pile is not None else 0.0
        self.exact = np.zeros(0)
        self.shared: Floats | None = None
        """People's worth of others' idle time per interval."""
        self.base = self._needed()
        self.capped = self._with_cap()

    def _piled(self, backlog: float) -> Pile:
        """What takes longer from a day on counts as so many more items of the first day's."""
        hours = self.minutes / 60
        opened = np.where(self.is_open, hours, 0.0)
        each = self.handle / self.handle[0]
        return Pile(self.mean * each, opened, self._due(opened, hours), self.handle[0] / 3600, backlog)

    def _due(self, opened: Floats, hours: float) -> Whole:
        """By which slot what comes in each slot is due, by the deadline of its own day."""
        due = np.zeros(opened.size, dtype=np.int64)
        for rules in dict.fromkeys(self.ruled):
            own = due_slots(
                opened, slots=rules.within_seconds / (self.minutes * 60), slot_hours=hours,
                in_opening_hours=rules.clock == "business",
            )  # fmt: skip
            due = np.where([one == rules for one in self.ruled], own, due)
        return due

    def _needed(self) -> list[float]:
        if self.pile is not None:  # work that can wait is a flow: its people are whole once all buffers are on
            self.exact = np.round(least_people_for(self.pile, self._each("share")), FINE)
            return list(self.exact.tolist())
        return [
            base_people(rules, self.minutes, rounded(mean)) if is_open else 0
            for rules, mean, is_open in zip(self.ruled, self.mean.tolist(), self.is_open.tolist(), strict=True)
        ]

    def _with_cap(self) -> list[float]:
        if self.pile is not None:  # its people are planned for their mean load already
            return list(self.base)
        return [
            capped_people(rules, self.minutes, rounded(mean), int(base)) if base else 0
            for rules, mean, base in zip(self.ruled, self.mean.tolist(), self.base, strict=True)
        ]

    def _each(self, name: str) -> Floats:
        """A rule of every interval."""
        return np.array([getattr(rules, name) for rules in self.ruled], dtype=np.float64)

    def _serve(self, people: Iterable[float]) -> list[Service]:
        """What so many people make of each interval."""
        serve = {rules: serving(rules, self.minutes) for rules in dict.fromkeys(self.ruled)}
        rows = zip(self.ruled, self.mean.tolist(), people, strict=True)
        return [serve[rules](mean, there) for rules, mean, there in rows]

    def idle(self) -> Floats:
        """People's time per interval in which they wait for work, as far as other work can use it."""
        busy = np.array([one.busy for one in self._serve(self.capped)])
        return np.asarray(np.array(self.capped) * (1 - np.minimum(busy, 1.0)) * IDLE_USED)

    def may_use(self) -> Truths:
        """The intervals whose rules let others' idle time do this work."""
        return np.array([rules.takes_idle for rules in self.ruled])

    def use(self, idle: dict[datetime, float]) -> float:
        """Let others' idle time do this queue's work first; what is taken is taken from `idle`. Hours used."""
        taken, wanted = np.zeros(self.exact.size), np.where(self.may_use(), self.exact, 0.0)
        for at, (start, people) in enumerate(zip(self.starts, wanted.tolist(), strict=True)):
            taken[at] = min(people, idle.get(start, 0.0))
            idle[start] = idle.get(start, 0.0) - taken[at]
        self.shared = taken
        self.base = np.round(self.exact - taken, FINE).tolist()
        self.capped = list(self.base)
        return float(taken.sum()) * self.minutes / 60

    def frame(self, rostered: pl.DataFrame | None) -> pl.DataFrame:
        pairs = [buffered(people, rules) for people, rules in zip(self.capped, self.ruled, strict=True)]
        reserved, required = [one for one, _all in pairs], [every for _one, every in pairs]
        table = pl.DataFrame(
            {
                "queue": pl.repeat(self.queue, len(self.base), eager=True), "starts_at": self.starts,
                "arrivals": self.mean, "load": self.load, "base": self.base, "with_cap": self.capped,
                "with_reserve": reserved, "required": required, "is_open": self.is_open,
                "goal_share": self._each("share"), "goal_seconds": self._each("within_seconds"),
            },
            strict=False,
        )  # fmt: skip
        at_work = 1 - self._each("shrinkage")
        if rostered is None:
            present = np.array(required, dtype=np.float64) * at_work
            table = table.with_columns(rostered=pl.lit(None, pl.Float64))
        else:
            mine = rostered.filter(pl.col("queue") == self.queue).select("starts_at", "rostered")
            table = table.join(mine, on="starts_at", how="left", maintain_order="left").with_columns(
                pl.col("rostered").fill_null(0.0)
            )
            present = table["rostered"].to_numpy() * at_work
        return (
            table.with_columns(gap=pl.col("required") - pl.col("rostered"), **self._met(present))
            .select(pl.col(name).cast(dtype) for name, dtype in REQUIREMENT_FRAME.items())
        )  # fmt: skip

    def _met(self, present: Floats) -> dict[str, pl.Series]:
        """service, abandoned, occupancy with so many present; null where nobody is expected, or the desk is closed."""
        if self.pile is not None:
            return self._met_by_pile(present)
        is_told = (self.is_open & (self.mean >= LEAST)).tolist()
        found = [one if told else None for one, told in zip(self._serve(present.tolist()), is_told, strict=True)]
        return {
            "service": pl.Series([one and one.level for one in found], dtype=pl.Float64),
            "abandoned": pl.Series([one and one.abandoned for one in found], dtype=pl.Float64),
            "occupancy": pl.Series([one and one.busy for one in found], dtype=pl.Float64),
        }

    def _met_by_pile(self, present: Floats) -> dict[str, pl.Series]:
        assert self.pile is not None
        people = present + (self.shared if self.shared is not None else 0.0)
        met = worked_off(self.pile, people)
        before = np.concatenate(([self.pile.backlog], met.left[:-1]))
        done = (before + self.pile.items - met.left) * self.pile.hours_each
        power = people * self.pile.open_hours
        busy = np.divide(done, power, out=np.zeros_like(done), where=power > 0)
        came = self.mean > 0
        return {
            "service": pl.Series(
                [share if some else None for share, some in zip(met.in_time.tolist(), came, strict=True)],
                dtype=pl.Float64,
            ),
            "abandoned": pl.Series([0.0 if some else None for some in came], dtype=pl.Float64),
            "occupancy": pl.Series(
                [min(share, 1.0) if has else None for share, has in zip(busy.tolist(), power > 0, strict=True)],
                dtype=pl.Float64,
            ),
        }  # fmt: skip

    def statements(self) -> list[tuple[str, str, dict[str, object]]]:
        said: list[tuple[str, str, dict[str, object]]] = []
        if self.pile is not None and round(self.pile.backlog) > 0:
            said.append((self.queue, WAITING, {"requests": round(self.pile.backlog)}))
        outside = float(self.mean[~self.is_open].sum())
        if self.pile is None and round(outside) > 0:
            said.append((self.queue, CLOSED, {"requests": round(outside)}))
        if round(self.lost) > 0:
            said.append((self.queue, UNMEETABLE, {"requests": round(self.lost)}))
        if "handle_seconds" in self.rules.assumed:
            said.append((self.queue, ASSUMED, {"minutes": round(self.rules.handle_seconds / 60)}))
        if self.rules.work == "erlang_a" and self.rules.patience_seconds is None:
            said.append((self.queue, NO_PATIENCE, {}))
        return said


def _idle(plans: Iterable[_Plan]) -> dict[datetime, float]:
    """Idle people per interval over all queues that serve at once."""
    found: dict[datetime, float] = {}
    for plan in plans:
        if plan.pile is None:
            for start, people in zip(plan.starts, plan.idle().tolist(), strict=True):
                found[start] = found.get(start, 0.0) + people
    return found
