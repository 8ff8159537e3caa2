"""Every running of a target on random desks against a plain reading, pauses and reopenings in it."""

from datetime import datetime
from typing import Any

from hypothesis import given

from tests.metrics.random_desks import desks
from tests.metrics.test_oracle import RUNS, built, read
from tests.oracles.sla import Running, runnings
from tests.oracles.tickets import World


def second(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(microsecond=0)


def told(row: dict[str, Any]) -> tuple[Any, ...]:
    late = None if row["sla_overrun_calendar_seconds"] is None else (
        row["sla_overrun_calendar_seconds"], row["sla_overrun_business_seconds"],
    )  # fmt: skip
    paused = (row["paused_calendar_seconds"], row["paused_business_seconds"])
    return (
        row["ticket_id"], row["thing"], row["run"], row["state"], row["started_at"], second(row["due_at"]),
        second(row["decided_at"]), paused if row["pauses_known"] else (0, 0), late, row["left_seconds"],
        row["target_seconds"], row["agent"], row["is_at_risk"],
    )  # fmt: skip


def expected(run: Running) -> tuple[Any, ...]:
    at_risk = run.state == "running" and run.left is not None and run.left < run.seconds / 4
    return (
        run.ticket["ticket_id"], run.thing, run.run, run.state, run.started_at, second(run.due_at),
        second(run.decided_at), run.paused, run.overrun, run.left, run.seconds, run.agent, at_risk,
    )  # fmt: skip


@RUNS
@given(desks())
def test_every_running_is_what_a_plain_reading_makes_of_it(world: World) -> None:
    found = sorted((told(row) for row in built(world).sla_instances.to_dicts()), key=str)
    assert found == sorted((expected(run) for run in runnings(world, read(world))), key=str)


@RUNS
@given(desks())
def test_a_ticket_that_was_never_reopened_and_its_runnings_agree(world: World) -> None:
    facts = built(world)
    runs = {(row["ticket_id"], row["thing"]): row for row in facts.sla_instances.to_dicts()}
    for row in facts.tickets.to_dicts():
        for thing in ("first_response", "resolution"):
            run = runs.get((row["ticket_id"], thing))
            again = thing == "resolution" and (row["is_reopened"] or (run is not None and run["run"] > 1))
            if run is None:
                assert row[f"{thing}_met"] is None or again
            elif not again:
                same = ("met", "decided_at", "due_at", "state", "target_seconds", "target_clock")
                own = tuple(row[f"{thing}_{name}"] for name in same)
                names = ("is_met", "decided_at", "due_at", "state", "target_seconds", "clock")
                assert own == tuple(run[name] for name in names)
