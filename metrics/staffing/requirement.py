"""How many people each queue needs in each interval: for the service, then cap, reserve, shrinkage, one by one."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from math import ceil, floor, inf

import numpy as np
import polars as pl

from metrics.staffing.backlog import Pile, due_slots, least_people_for, unmeetable, worked_off
from metrics.staffing.chat import Chatting, chats, people_for_chats
from metrics.staffing.erlang import impatient_calls, patient_calls, people_for_impatient, people_for_patient
from metrics.staffing.model import REQUIREMENT_FRAME, Forecast, Needs, Service, StaffingRules
from metrics.staffing.past import Floats
from metrics.words import N_

FINE = 6
"""Digits to which people for work that can wait are counted."""
LEAST = 0.001
"""Fewer requests in an interval than this are what a smooth curve leaves where nobody comes."""
IDLE_USED = 0.7
"""Of the time in which people wait for calls so much can be used for work that waits."""
Serve = Callable[[float, float], Service]
CLOSED = N_("{requests} requests are expected while the desk is closed; nobody is planned for them.")
UNMEETABLE = N_("{requests} requests fall due before anybody opens: their deadline cannot be met while closed.")
WAITING = N_("{requests} requests of earlier days still wait for an answer; they are planned for, too.")
NO_PATIENCE = N_(
    "How long people wait before they hang up was never observed; they are taken to wait for ever (Erlang C), which "
    "asks for more people."
)
ASSUMED = N_("The data do not tell how long one request takes; {minutes} minutes are assumed until somebody types it.")
_NONE = Service(1.0, 0.0, 0.0, 0.0, 0.0)


def serving(rules: StaffingRules, minutes: int) -> Serve:
    """What requests in an interval and people present come to; between whole people lies what is between theirs.

    Work that can wait is a flow, of which half a person does half of what one does.
    """
    if rules.work == "deferred":
        return lambda requests, people: _flowed(_rounded(requests) / (minutes * 60) * rules.handle_seconds, people)

    def serve(requests: float, people: float) -> Service:
        low, part = floor(people + 1e-9), people - floor(people + 1e-9)
        one = _served(rules, minutes, _rounded(requests), low)
        return one if part <= 1e-6 else _between(one, _served(rules, minutes, _rounded(requests), low + 1), part)

    return serve


def _between(one: Service, other: Service, part: float) -> Service:
    def mixed(a: float, b: float) -> float:
        return inf if inf in (a, b) else a + (b - a) * part

    return Service(
        mixed(one.level, other.level), mixed(one.waits, other.waits), mixed(one.abandoned, other.abandoned),
        mixed(one.answer_seconds, other.answer_seconds), mixed(one.busy, other.busy),
    )  # fmt: skip


def _flowed(load: float, people: float) -> Service:
    """Of so many hours of work an hour, what so many people do: all of it, or as much as they have hours."""
    if load <= 0:
        return _NONE
    done = min(people / load, 1.0)
    return Service(done, 1.0, 0.0, 0.0 if done >= 1 else inf, min(load / people, 1.0) if people > 0 else 1.0)


def _rounded(requests: float) -> float:
    """To four figures, so that intervals that are alike are counted once; next to nothing as nothing."""
    return float(f"{requests:.4g}") if requests >= LEAST else 0.0


@lru_cache(maxsize=65_536)
def _served(rules: StaffingRules, minutes: int, requests: float, people: int) -> Service:
    rate = requests / (minutes * 60)
    load = rate * rules.handle_seconds
    if requests <= 0:
        return _NONE
    if rules.work == "chat":
        return chats(rate, people, _chatting(rules), within_seconds=rules.within_seconds)
    if rules.work == "erlang_a" and rules.patience_seconds is not None:
        met = impatient_calls(
            load, people, handle_seconds=rules.handle_seconds, patience_seconds=rules.patience_seconds,
            within_seconds=rules.within_seconds,
        )  # fmt: skip
    else:
        met = patient_calls(load, people, handle_seconds=rules.handle_seconds, within_seconds=rules.within_seconds)
    return met.service(rules.level)


def _chatting(rules: StaffingRules) -> Chatting:
    return Chatting(rules.handle_seconds, rules.concurrency, rules.slowing, rules.patience_seconds)


@lru_cache(maxsize=65_536)
def _base(rules: StaffingRules, minutes: int, requests: float) -> int:
    """People for the service goal alone."""
    rate = requests / (minutes * 60)
    load = rate * rules.handle_seconds
    if rules.work == "chat":
        return people_for_chats(rate, _chatting(rules), within_seconds=rules.within_seconds, share=rules.share)
    if rules.work == "erlang_a" and rules.patience_seconds is not None:
        return people_for_impatient(
            load, handle_seconds=rules.handle_seconds, patience_seconds=rules.patience_seconds,
            within_seconds=rules.within_seconds, share=rules.share, level=rules.level,
        )  # fmt: skip
    return people_for_patient(
        load, handle_seconds=rules.handle_seconds, within_seconds=rules.within_seconds, share=rules.share
    )


@lru_cache(maxsize=65_536)
def _capped(rules: StaffingRules, minutes: int, requests: float, base: int) -> int:
    """And so many that nobody is planned busier than the cap."""
    if rules.work == "chat":
        rate = requests / (minutes * 60)
        return max(base, people_for_chats(
            rate, _chatting(rules), within_seconds=rules.within_seconds, share=0.0, cap=rules.occupancy_cap
        ))  # fmt: skip
    return max(base, ceil(requests / (minutes * 60) * rules.handle_seconds / rules.occupancy_cap - 1e-9))


def buffered(people: float, rules: StaffingRules) -> tuple[float, int]:
    """With the reserve, and with the reserve and shrinkage, each on top of the one before; whole people at the end."""
    with_reserve = people / (1 - rules.reserve) if rules.divided else people * (1 + rules.reserve)
    return with_reserve, ceil(with_reserve / (1 - rules.shrinkage) - 1e-9)


def needs_of(
    forecast: Forecast, rules: Mapping[str, StaffingRules], *, rostered: pl.DataFrame | None = None,
    backlog: Mapping[str, float] | None = None,
) -> Needs:  # fmt: skip
    """The people that each queue with rules needs, and what those on the roster will achieve.

    rostered: ROSTER_FRAME, people before shrinkage; without it the service is that of those required. backlog: requests
    of deferred work that lie there at the beginning.
    """
    made: dict[str, _Plan] = {}
    for queue, frame in forecast.frame.group_by("queue", maintain_order=True):
        name = str(queue[0])
        if name in rules:
            made[name] = _Plan(
                name, frame.sort("starts_at"), rules[name], forecast.minutes, (backlog or {}).get(name, 0.0)
            )
    idle, used = _idle(made.values()), {}
    for plan in made.values():
        if plan.rules.work == "deferred" and plan.rules.takes_idle:
            used[plan.queue] = plan.use(idle)
    frames = [plan.frame(rostered) for plan in made.values()]
    return Needs(
        frame=pl.concat(frames) if frames else pl.DataFrame(schema=REQUIREMENT_FRAME),
        minutes=forecast.minutes, zone=forecast.zone, rules={name: plan.rules for name, plan in made.items()},
        unmeetable={name: plan.lost for name, plan in made.items() if plan.lost > 0}, idle_used=used,
        statements=tuple(said for plan in made.values() for said in plan.statements()),
    )  # fmt: skip


class _Plan:
    """One queue's people, step by step."""

    def __init__(
        self, queue: str, frame: pl.DataFrame, rules: StaffingRules, minutes: int, backlog: float
    ) -> None:  # fmt: skip
        self.queue, self.rules, self.minutes = queue, rules, minutes
        self.starts, self.mean = frame["starts_at"], frame["mean"].to_numpy().astype(np.float64)
        self.is_open = frame["is_open"].to_numpy()
        self.load = self.mean / (minutes * 60) * rules.handle_seconds
        self.pile = self._piled(backlog) if rules.work == "deferred" else None
        self.lost = float(unmeetable(self.pile).sum()) if self.pile is not None else 0.0
        self.exact = np.zeros(0)
        self.shared: Floats | None = None
        """People's worth of others' idle time per interval."""
        self.base = self._needed()
        self.capped = self._with_cap()

    def _piled(self, backlog: float) -> Pile:
        hours = self.minutes / 60
        opened = np.where(self.is_open, hours, 0.0)
        due = due_slots(
            opened, slots=self.rules.within_seconds / (self.minutes * 60), slot_hours=hours,
            in_opening_hours=self.rules.clock == "business",
        )  # fmt: skip
        return Pile(self.mean, opened, due, self.rules.handle_seconds / 3600, backlog)

    def _needed(self) -> list[float]:
        if self.pile is not None:  # work that can wait is a flow: its people are whole once all buffers are on
            self.exact = np.round(least_people_for(self.pile, self.rules.share), FINE)
            return list(self.exact.tolist())
        return [
            _base(self.rules, self.minutes, _rounded(mean)) if is_open else 0
            for mean, is_open in zip(self.mean.tolist(), self.is_open.tolist(), strict=True)
        ]

    def _with_cap(self) -> list[float]:
        if self.pile is not None:  # its people are planned for their mean load already
            return list(self.base)
        return [
            _capped(self.rules, self.minutes, _rounded(mean), int(base)) if base else 0
            for mean, base in zip(self.mean.tolist(), self.base, strict=True)
        ]

    def idle(self) -> Floats:
        """People's time per interval in which they wait for work, as far as other work can use it."""
        serve = serving(self.rules, self.minutes)
        busy = [serve(mean, people).busy for mean, people in zip(self.mean.tolist(), self.capped, strict=True)]
        return np.asarray(np.array(self.capped) * (1 - np.minimum(np.array(busy), 1.0)) * IDLE_USED)

    def use(self, idle: dict[datetime, float]) -> float:
        """Let others' idle time do this queue's work first; what is taken is taken from `idle`. Hours used."""
        taken = np.zeros(self.exact.size)
        for at, (start, people) in enumerate(zip(self.starts, self.exact.tolist(), strict=True)):
            taken[at] = min(people, idle.get(start, 0.0))
            idle[start] = idle.get(start, 0.0) - taken[at]
        self.shared = taken
        self.base = np.round(self.exact - taken, FINE).tolist()
        self.capped = list(self.base)
        return float(taken.sum()) * self.minutes / 60

    def frame(self, rostered: pl.DataFrame | None) -> pl.DataFrame:
        pairs = [buffered(people, self.rules) for people in self.capped]
        reserved, required = [one for one, _all in pairs], [every for _one, every in pairs]
        table = pl.DataFrame(
            {
                "queue": pl.repeat(self.queue, len(self.base), eager=True), "starts_at": self.starts,
                "arrivals": self.mean, "load": self.load, "base": self.base, "with_cap": self.capped,
                "with_reserve": reserved, "required": required, "is_open": self.is_open,
            },
            strict=False,
        )  # fmt: skip
        if rostered is None:
            present = np.array(required, dtype=np.float64) * (1 - self.rules.shrinkage)
            table = table.with_columns(rostered=pl.lit(None, pl.Float64))
        else:
            mine = rostered.filter(pl.col("queue") == self.queue).select("starts_at", "rostered")
            table = table.join(mine, on="starts_at", how="left", maintain_order="left").with_columns(
                pl.col("rostered").fill_null(0.0)
            )
            present = table["rostered"].to_numpy() * (1 - self.rules.shrinkage)
        return (
            table.with_columns(gap=pl.col("required") - pl.col("rostered"), **self._met(present))
            .select(pl.col(name).cast(dtype) for name, dtype in REQUIREMENT_FRAME.items())
        )  # fmt: skip

    def _met(self, present: Floats) -> dict[str, pl.Series]:
        """service, abandoned, occupancy with so many present; null where nobody is expected, or the desk is closed."""
        if self.pile is not None:
            return self._met_by_pile(present)
        serve = serving(self.rules, self.minutes)
        found = [
            serve(mean, people) if is_open and mean >= LEAST else None
            for mean, people, is_open in zip(self.mean.tolist(), present.tolist(), self.is_open.tolist(), strict=True)
        ]
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
        if plan.rules.work != "deferred":
            for start, people in zip(plan.starts, plan.idle().tolist(), strict=True):
                found[start] = found.get(start, 0.0) + people
    return found
