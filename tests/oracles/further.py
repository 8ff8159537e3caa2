"""The further figures read by hand from the lives of tickets: plain Python, slow, without a line shared with them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import exp, log, sqrt

from tests.oracles.figures import Sample, quantile, split
from tests.oracles.tickets import ACTIVE, ORDER, OVER, Life, Row, World, between, is_day, whole

FAMILIES = ("cycle_time_", "requester_wait_")
SHARES = {
    "resolution_rate", "escalation_rate", "bot_share", "human_share", "csat_response_rate", "fcr_one_touch",
    "fcr_no_reopen", "fcr_survey", "fcr", "fcr_repeat", "fcr_repeat_1d", "fcr_repeat_3d", "fcr_repeat_14d",
    "fcr_repeat_30d",
}  # fmt: skip
OWN = {"clearance_rate", "escalations", "load_balance", "response_consistency", "nps"}
LINES = {"first_line": 0, "specialist": 1, "cross_team": 2}
Z = 1.959963984540054


def is_further(id: str) -> bool:
    """Whether this file counts that metric."""
    return id in SHARES | OWN or id.startswith(FAMILIES) or "_waiting_p" in id


def moves(world: World, ticket: Row, field: str) -> list[tuple[datetime, str | None, str | None]]:
    """(at, before, after) of the recorded changes of one field."""
    rows = [row for row in world.of("changes", ticket) if row["field"] == field]
    found, last = [], None
    for row in sorted(rows, key=lambda row: (row["at"], row["sequence"])):
        before = row["from_value"] if row["from_value"] is not None else last
        found.append((row["at"], before, row["to_value"]))
        last = row["to_value"]
    return found


class Desk:
    """What the further figures need of each ticket."""

    def __init__(self, world: World, lives: Sequence[Life]) -> None:
        self.world, self.lives = world, lives

    def same_source(self, life: Life) -> list[Life]:
        return [other for other in self.lives if other.ticket["source"] == life.ticket["source"]]

    def aside(self, life: Life) -> bool:
        return life.ticket["status"] in {"merged", "spam"}

    def resolved(self, life: Life) -> bool | None:
        return None if life.state is None else life.state == "resolved"

    def reopened(self, life: Life) -> bool | None:
        reopens = life.counts["reopens"]
        return None if reopens is None else reopens > 0

    def kinds(self, life: Life) -> list[tuple[str, bool]]:
        rows = [row for row in self.world.of("messages", life.ticket) if row["author_kind"] in ORDER]
        return [(row["author_kind"], row["is_public"] is not False) for row in rows]

    def tells_people(self, life: Life) -> bool:
        return any(kind != "customer" for other in self.same_source(life) for kind, _ in self.kinds(other))

    def tells_response(self, life: Life) -> bool:
        if self.aside(life) or is_day(life.ticket, "first_responded_at"):
            return False
        return self.tells_people(life) or any(other.at["first_response"] for other in self.same_source(life))

    def escalated_at(self, life: Life) -> datetime | None:
        raised = [at for at, before, after in moves(self.world, life.ticket, "tier")
                  if before in LINES and after in LINES and LINES[after] > LINES[before]]  # fmt: skip
        stamp = life.ticket.get("escalated_at")
        return stamp if stamp is not None else min(raised, default=None)

    def escalated(self, life: Life) -> bool | None:
        tells = any(other.ticket.get("escalated_at") or moves(self.world, other.ticket, "tier")
                    for other in self.same_source(life))  # fmt: skip
        return self.escalated_at(life) is not None if tells and not self.aside(life) else None

    def replied(self, life: Life) -> bool:
        return life.at["first_response"] is not None or (life.counts["replies"] or 0) > 0

    def exact_end(self, life: Life) -> datetime | None:
        if life.ended is None or self.aside(life):
            return None
        name = "resolved_at" if life.state == "resolved" else "closed_at"
        day = is_day(life.ticket, name) and (name == "resolved_at" or life.ended == life.ticket["closed_at"])
        return None if day else life.ended

    def cycle(self, life: Life) -> tuple[int, int] | None:
        began = [at for at, before, after in moves(self.world, life.ticket, "status")
                 if before == "new" and after in ACTIVE - {"new"}]  # fmt: skip
        begins = [at for at in (life.at["first_response_exact"], min(began, default=None)) if at is not None]
        return between(self.world, min(begins, default=None), self.exact_end(life), life.ticket["team"])

    def wait(self, life: Life) -> tuple[int, int] | None:
        end, created = self.exact_end(life), life.ticket["created_at"]
        rows = sorted((row for row in self.world.of("changes", life.ticket) if row["field"] == "status"),
                      key=lambda row: (row["at"], row["sequence"]))  # fmt: skip
        if end is None or not rows or is_day(life.ticket, "created_at"):
            return None
        stays = [(created, rows[0]["at"], rows[0]["from_value"] or "new")]
        for row, following in zip(rows, [*rows[1:], None], strict=True):
            stays.append((max(row["at"], created), following["at"] if following else end, row["to_value"]))
        total = [0, 0]
        for begin, until, status in stays:
            if status in {"new", "open", "on_hold"}:
                took = between(self.world, begin, min(until, end), life.ticket["team"]) or (0, 0)
                total = [total[0] + took[0], total[1] + took[1]]
        return total[0], total[1]

    def old(self, life: Life, days: int) -> bool:
        return not self.aside(life) and bool(self.world.as_of - life.ticket["created_at"] >= timedelta(days=days))

    def repeat_free(self, life: Life, days: int) -> bool | None:
        ticket, resolved, reopened = life.ticket, self.resolved(life), self.reopened(life)
        if ticket.get("customer") is None or not self.old(life, days) or resolved is None or reopened is None:
            return None

        def key(row: Row) -> tuple[datetime, str]:
            return whole(row["created_at"]), row["ticket_id"]

        later = [
            other.ticket for other in self.same_source(life)
            if not self.aside(other) and key(other.ticket) > key(ticket)
            and all(other.ticket.get(name) == ticket.get(name) for name in ("customer", "type"))
        ]  # fmt: skip
        soon = any(key(row)[0] - key(ticket)[0] <= timedelta(days=days) for row in later)
        return resolved and not reopened and not soon

    def no_reopen(self, life: Life) -> bool | None:
        resolved, reopened = self.resolved(life), self.reopened(life)
        first = life.at["first_resolution"] or life.at["full_resolution"]
        week = timedelta(days=7)
        if resolved is None or reopened is None or not self.old(life, 7) or (first and self.world.as_of - first < week):
            return None
        backs = [at for at, before, after in moves(self.world, life.ticket, "status")
                 if before in OVER and after in ACTIVE]  # fmt: skip
        late = bool(backs) and first is not None and min(backs) > first + week
        return resolved and not (reopened and not late)

    def one_touch(self, life: Life) -> bool | None:
        resolved, replies = self.resolved(life), life.counts["replies"]
        if resolved is None or replies is None or not self.old(life, 7):
            return None
        return resolved and replies == 1


def samples(id: str, world: World, lives: Sequence[Life]) -> Iterator[Sample]:
    """What a share, a time or a mean is made of; only known things."""
    desk, (name, side) = Desk(world, lives), split(id)
    for life in lives:
        ticket, created, resolver = life.ticket, life.ticket["created_at"], life.people["resolution"]
        own, full = ticket["agent"], life.at["full_resolution"]
        said = {"yes": True, "no": False}.get(ticket.get("x_fcr_survey") or "")
        counts = desk.resolved(life) and not desk.aside(life)
        bot = any(kind == "bot" and public for kind, public in desk.kinds(life)) and not desk.replied(life)
        verdicts: dict[str, tuple[bool | None, datetime | None, str | None]] = {
            "resolution_rate": (None if desk.aside(life) else desk.resolved(life), created, own),
            "escalation_rate": (desk.escalated(life), created, own),
            "escalations": (desk.escalated(life), desk.escalated_at(life), own),
            "bot_share": (
                bot and "agent" not in {kind for kind, _ in desk.kinds(life)}
                if counts and desk.tells_people(life) else None, full, resolver,
            ),
            "human_share": (desk.replied(life) if counts and desk.tells_response(life) else None, full, resolver),
            "fcr_one_touch": (desk.one_touch(life), created, resolver),
            "fcr_no_reopen": (desk.no_reopen(life), created, resolver),
            "fcr_survey": (None if desk.aside(life) else said, created, resolver),
        }  # fmt: skip
        if id == "fcr" or id.startswith("fcr_repeat"):  # the desk's own is, as shipped, the usual one
            days = int(id.removeprefix("fcr").removeprefix("_repeat").strip("_d") or 7)
            verdicts[id] = (desk.repeat_free(life, days), created, resolver)
        if id in verdicts and verdicts[id][0] is not None:
            yield Sample(bool(verdicts[id][0]), verdicts[id][1], ticket, verdicts[id][2])
        took = {"cycle_time": desk.cycle, "requester_wait": desk.wait}[name](life) if id.startswith(FAMILIES) else None
        if took is not None:
            yield Sample(took[side], life.ended, ticket, resolver)
        if id == "response_consistency" and life.took["first_response"] is not None:
            yield Sample(
                life.took["first_response"][0], life.at["first_response"], ticket, life.people["first_response"]
            )
    if id in {"csat_response_rate", "nps"}:
        yield from surveys(id, world, lives)


def surveys(id: str, world: World, lives: Sequence[Life]) -> Iterator[Sample]:
    by_ticket = {(life.ticket["source"], life.ticket["ticket_id"]): life for life in lives}
    for row in world.ratings:
        life = by_ticket.get((row["source"], row["ticket_id"]))
        ticket: Row = life.ticket if life is not None else {"source": row["source"]}
        dates = [row["given_at"]]
        if life is not None:
            dates += [life.at["full_resolution"], life.ended, ticket["created_at"]]
        rated = next((date for date in [*dates, row["offered_at"]] if date is not None), None)
        agent = row["agent"] or ticket.get("agent")
        score = row["score"]
        if id == "nps":
            if row["scale"] == 10 and score is not None:
                yield Sample(100 if score >= 9 else -100 if score <= 6 else 0, rated, ticket, agent)
            continue
        source = [other for other in world.ratings if other["source"] == row["source"]]
        if any(other["offered_at"] is not None for other in source):
            offered = row["offered_at"] is not None
        else:
            offered = any(other["score"] is None for other in source)
        if offered:
            yield Sample(score is not None, row["offered_at"] or rated, ticket, agent)


def waits(id: str, world: World, lives: Sequence[Life]) -> Iterator[tuple[Sample, bool]]:
    """Every wait with whether it is over."""
    desk, (name, side) = Desk(world, lives), split(id)
    for life in lives:
        ticket = life.ticket
        if name == "first_response":
            took, agent = life.took["first_response"], life.people["first_response"]
            if took is not None:
                yield Sample(took[side], life.start, ticket, agent), True
            day = life.start == ticket["created_at"] and is_day(ticket, "created_at")
            waiting = desk.tells_response(life) and not life.at["first_response"] and life.ended is None
            lasted = between(world, None if day else life.start, world.as_of, ticket["team"])
            if waiting and lasted is not None:
                yield Sample(lasted[side], life.start, ticket, agent), False
        else:
            for wait in life.waits:
                if wait["took"] is not None:
                    yield Sample(wait["took"][side], wait["asked"], ticket, wait["agent"]), True
                lasted = between(world, wait["asked"], world.as_of, ticket["team"])
                if wait["answered"] is None and life.ended is None and wait["is_exact"] and lasted is not None:
                    yield Sample(lasted[side], wait["asked"], ticket, wait["agent"]), False


def kaplan_meier(lengths: Sequence[tuple[float, bool]], q: float) -> tuple[float | None, float | None, float | None]:
    """The q-quantile with the bounds of its log-log band, walking through the lengths one after the other."""
    share, variance = 1.0, 0.0
    value = low = high = None
    for length in sorted({length for length, over in lengths if over}):
        there = sum(other >= length for other, _ in lengths)
        ended = sum(other == length and over for other, over in lengths)
        share *= 1 - ended / there
        if ended < there:
            variance += ended / (there * (there - ended))
            reach = Z * sqrt(variance) / log(share)
            lower, upper = share ** exp(-reach), share ** exp(reach)
            low = length if low is None and lower <= 1 - q + 1e-12 else low
            high = length if high is None and upper <= 1 - q + 1e-12 else high
        if share <= 1 - q + 1e-12:
            value = length if value is None else value
    return value, low, high


def gini(loads: Sequence[int]) -> float | None:
    """The mean difference of every two people over twice the mean load."""
    if len(loads) < 2 or not sum(loads):
        return None
    pairs = sum(abs(one - other) for one in loads for other in loads)
    k = len(loads)
    return pairs / (k * (k - 1)) / (2 * sum(loads) / k)


def consistency(worths: Sequence[float]) -> float | None:
    """The 90th percentile over the median."""
    if not worths or not quantile(worths, 0.5):
        return None
    return quantile(worths, 0.9) / quantile(worths, 0.5)
