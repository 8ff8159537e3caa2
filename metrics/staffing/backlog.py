"""Deferred work: e-mails and tickets that wait in one pile, first in, first out, each with a deadline.

Slots are intervals one after the other without holes; work is a flow (fractions of items). The bound is of all
stretches of time: whatever arrived in a stretch and falls due in it takes so many people's open hours.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

BUSIEST = 0.9
"""People on deferred work are planned no busier than this on average; the bound alone may fall below the mean load."""


HALVED_TO = 1 / 256
"""So finely people are looked for between the load and those who meet every deadline."""


@dataclass(frozen=True)
class Pile:
    """What comes and when it is due.

    items: arrivals per slot · open_hours: how long of it a person can work · due: by the beginning of which slot the
    items of a slot must be done (one past the last: after the horizon) · hours_each: work of one item · backlog: items
    that lie there at the beginning, due as those of the first slot.
    """

    items: Floats
    open_hours: Floats
    due: Whole
    hours_each: float
    backlog: float = 0.0


def due_slots(open_hours: Floats, *, slots: float, slot_hours: float, in_opening_hours: bool) -> Whole:
    """By which slot's beginning the items of each slot are due, `slots` whole slots after its end.

    in_opening_hours: count only slots' open hours.
    """
    count = open_hours.size
    after = np.arange(1, count + 1)
    if not in_opening_hours:
        return np.minimum(after + int(np.floor(slots)), count).astype(np.int64)
    opened = np.concatenate(([0.0], np.cumsum(open_hours)))
    wanted = opened[after] + slots * slot_hours
    return np.minimum(np.searchsorted(opened, wanted - 1e-9), count).astype(np.int64)


def unmeetable(pile: Pile) -> Floats:
    """Items of each slot whose deadline passes before anybody opens: nobody can meet it with any number of people."""
    opened = np.concatenate(([0.0], np.cumsum(pile.open_hours)))
    inside = pile.due < pile.items.size
    closed = opened[pile.due] - opened[np.arange(pile.items.size)] <= 0
    return np.where(inside & closed, pile.items, 0.0)


def due_in_turn(pile: Pile) -> Whole:
    """By when each slot's items must be done so that those after them are in time, too: first in, first out.

    Another time than their own only where a shorter deadline begins, so that what came later is due earlier.
    """
    if bool((np.diff(pile.due) >= 0).all()):
        return pile.due
    binds = (pile.items > 0) & (unmeetable(pile) <= 0)
    own = np.where(binds, pile.due, pile.items.size)
    return np.minimum(pile.due, np.minimum.accumulate(own[::-1])[::-1]).astype(np.int64)


def least_constant(pile: Pile) -> float:
    """The fewest people, the same number in all open hours, with whom all that can be met is met (not rounded)."""
    size, opened = pile.items.size, np.concatenate(([0.0], np.cumsum(pile.open_hours)))
    came = np.concatenate(([0.0], np.cumsum(pile.items)))
    lost, most, in_turn = unmeetable(pile), 0.0, due_in_turn(pile)
    for last in range(size):
        due = int(in_turn[last])
        if due >= size or (lost[last] > 0 and pile.items[last] > 0) or opened[due] <= opened[last]:
            continue
        first = np.arange(last + 1)
        work = (came[last + 1] - came[first] + pile.backlog * (first == 0)) * pile.hours_each
        most = max(most, float((work / (opened[due] - opened[first])).max()))
    return most


def average_people(pile: Pile) -> float:
    """The load: all hours of work over all open hours."""
    hours = float(pile.open_hours.sum())
    return (float(pile.items.sum()) + pile.backlog) * pile.hours_each / hours if hours > 0 else 0.0


def least_people(pile: Pile) -> Floats:
    """The fewest people slot by slot (not rounded), as even as deadlines allow: their most is `least_constant`.

    The straightest line of work done between all that has come and all that is due, drawn over open hours; nothing is
    left over at the end that came within open hours. No fewer in any open slot than the load over BUSIEST.
    """
    level = average_people(pile) / BUSIEST
    return np.where(pile.open_hours > 0, np.maximum(_straightest(pile), level), 0.0)


def least_people_for(pile: Pile, share: float | Floats) -> Floats:
    """The same with whom that share of what can be met is met: as many fewer in every slot as the share allows.

    share: one for all, or that of the items of each slot; then the items of each share are met to their share.
    No fewer than the load over BUSIEST, so that what is late does not pile up for ever.
    """
    shares, most = np.broadcast_to(np.asarray(share, dtype=np.float64), pile.items.shape), least_people(pile)
    if (shares >= 1).all():
        return most
    least = np.where(pile.open_hours > 0, average_people(pile) / BUSIEST, 0.0)
    part, groups = np.ones(pile.items.size), [(one, shares == one) for one in sorted(set(shares.tolist()))]
    wanted = [(min(one, share_met(pile, most, mine)) - (1e-9 if one >= 1 else 0.0), mine) for one, mine in groups]

    def is_enough(parts: Floats) -> bool:
        people = least + parts * (most - least)
        return all(share_met(pile, people, mine) >= one for one, mine in wanted)

    for one, mine in groups:
        low, high = (1.0, 1.0) if one >= 1 else (0.0, 0.0 if is_enough(np.where(mine, 0.0, part)) else 1.0)
        while high - low > HALVED_TO:
            middle = (low + high) / 2
            low, high = (low, middle) if is_enough(np.where(mine, middle, part)) else (middle, high)
        part = np.where(mine, high, part)
    return np.asarray(least + part * (most - least))


def share_met(pile: Pile, people: Floats, among: Truths | None = None) -> float:
    """Of all that fall due within the horizon and that anybody can meet, the share that so many people meet.

    among: the slots whose items count, by default all. 1 where there are none.
    """
    can_be = np.where((unmeetable(pile) > 0) | (pile.due >= pile.items.size), 0.0, pile.items)
    can_be = can_be if among is None else np.where(among, can_be, 0.0)
    came = float(can_be.sum())
    return float((worked_off(pile, people).in_time * can_be).sum()) / came if came > 0 else 1.0


def _straightest(pile: Pile) -> Floats:
    """Slope per slot of the shortest line between what has come by each open hour and what is due by it."""
    opened = np.concatenate(([0.0], np.cumsum(pile.open_hours)))
    came = (np.concatenate(([0.0], np.cumsum(pile.items))) + pile.backlog) * pile.hours_each
    falls_due, due = np.zeros(came.size), due_in_turn(pile)
    np.add.at(falls_due, due, np.where(due < pile.items.size, pile.items, 0.0))
    falls_due[due[0]] += pile.backlog * (due[0] < pile.items.size)
    hours, first = np.unique(opened, return_index=True)
    last = np.concatenate((first[1:] - 1, [opened.size - 1]))
    most = came[first]
    least = np.minimum(np.cumsum(falls_due)[last] * pile.hours_each, most)
    least[-1] = most[-1]
    slopes = _taut(hours, least, most)
    span = np.searchsorted(hours, opened[:-1], side="right") - 1
    return np.where(pile.open_hours > 0, slopes[np.clip(span, 0, slopes.size - 1)] if slopes.size else 0.0, 0.0)


def _taut(at: Floats, least: Floats, most: Floats) -> Floats:
    """A string pulled tight from (0, 0) to the last point between two rising lines: its slope between points.

    From where it is pinned it may run at any slope that has stayed between the lines; where the next point allows none,
    it bends round the line that it met last.
    """
    slopes, start, height = np.zeros(max(at.size - 1, 0)), 0, 0.0
    while start < at.size - 1:
        ahead = at[start + 1 :] - at[start]
        to_least, to_most = (least[start + 1 :] - height) / ahead, (most[start + 1 :] - height) / ahead
        lowest, highest = np.maximum.accumulate(to_least), np.minimum.accumulate(to_most)
        crossed = np.flatnonzero(lowest > highest + 1e-9)
        if crossed.size and crossed[0] > 0:
            before = int(crossed[0]) - 1
            rises = lowest[before + 1] > highest[before] + 1e-9
            slope = highest[before] if rises else lowest[before]
            met = (to_most if rises else to_least)[: before + 1]
            end = start + 1 + int(np.flatnonzero(np.abs(met - slope) <= 1e-9)[-1])
        else:
            end, slope = (start + 1 if crossed.size else at.size - 1), lowest[0 if crossed.size else -1]
        slopes[start:end] = max(float(slope), 0.0)
        height += max(float(slope), 0.0) * (at[end] - at[start])
        start = end
    return slopes


@dataclass(frozen=True)
class Worked:
    """How a pile goes: items left at the end of each slot, and which share of each slot's items met their deadline.

    1 where nothing came; what is due after the horizon is judged by what is done at its end.
    """

    left: Floats
    in_time: Floats


def worked_off(pile: Pile, people: Floats) -> Worked:
    """What so many people make of the pile, slot by slot, first in, first out."""
    power = people * pile.open_hours / pile.hours_each
    came = np.cumsum(pile.items) + pile.backlog
    done = _done(came, power)
    before = np.concatenate(([pile.backlog], came[:-1]))
    by_due = np.concatenate(([0.0], done))[pile.due]
    late_share = np.divide(by_due - before, pile.items, out=np.ones_like(came), where=pile.items > 1e-9)
    return Worked(left=came - done, in_time=np.clip(late_share, 0.0, 1.0))


def _done(came: Floats, power: Floats) -> Floats:
    """All that is done by each slot's end: the least, over earlier slots, of what had come and the power since."""
    total = np.cumsum(power)
    return np.asarray(np.minimum(np.minimum.accumulate(came - total), 0.0) + total)
