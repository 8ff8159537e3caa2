"""The same making on a cluster: Spark gives the months to its executors, which read the same Delta tables.

Each executor measures months by the function that measures them here, and writes facts and rollups below the folder of
the state, which lies beside the tables on storage that all can reach; here the rollups are added up.
"""

import json
import os
import pickle
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboard.services.facts.measuring import Measuring, Seen, folder_of
from dashboard.services.facts.monthly import MonthlyMaking
from dashboard.services.facts.months import Plan, StateMeta
from dashboard.services.facts.part_files import PartFiles
from metrics.desk import DeskSettings
from metrics.errors import ActionableError
from metrics.facts.knowledge import Knowledge, knowledge_of
from metrics.words import N_

if TYPE_CHECKING:
    import pyarrow as pa

NOT_INSTALLED = N_("Spark is not installed ({detail}); install Floorwalker with its extra “cluster”, and Java 17.")
NOT_STARTED = N_("Spark could not be started at {master} ({detail}); check that address and that Java 17 is installed.")
ANSWER = "month string, told string"


class ClusterError(ActionableError):
    """The cluster cannot be used."""


@dataclass(frozen=True)
class Task:
    """All that an executor needs to measure months; goes to it as bytes."""

    plan: Plan
    settings: DeskSettings
    as_of: datetime
    folder: Path
    months: tuple[str, ...]
    knowledge: Knowledge = field(default_factory=Knowledge)

    @staticmethod
    def of(making: MonthlyMaking) -> "Task":
        """The plan goes along without open files; where the rows belong has been found already."""
        tickets = {month: tuple(names) for month, names in making.plan.tickets.items()}
        known = StateMeta(making.plan.belonging, tickets)
        plan = Plan(replace(making.plan.tables), making.plan.settings, known)
        return Task(plan, making.settings, making.as_of, making.folder, tuple(making.inputs))


def run_on_spark(master: str) -> Callable[[MonthlyMaking], None]:
    """A way to make the months of a state: all anew, on the executors of that cluster. Raises ClusterError."""
    return partial(_run, master)


def _run(master: str, making: MonthlyMaking) -> None:
    session = _session(master)
    try:
        task = Task.of(making)
        told = [Knowledge(_pairs(found)) for found in _mapped(session, task, _told).values()]
        knowledge = Knowledge(frozenset().union(*(one.told for one in told)))
        seen = _mapped(session, replace(task, knowledge=knowledge), _measured)
    finally:
        session.stop()
    for place, month in enumerate(task.months):
        making.on_month(month, place / len(task.months))
        making.parts.take(folder_of(month))
        making.take(month, _seen(seen[month]), knowledge)


def _session(master: str) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise ClusterError(NOT_INSTALLED, detail=str(error)) from error
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("floorwalker").config("spark.ui.enabled", "false")
    builder = builder.config("spark.ui.showConsoleProgress", "false").config("spark.log.level", "ERROR")
    try:
        # A task is one core's work; without this each would use all cores of its machine.
        return builder.config("spark.executorEnv.POLARS_MAX_THREADS", "1").getOrCreate()
    except Exception as error:  # py4j's own kinds, which exist only where it is installed
        raise ClusterError(NOT_STARTED, master=master, detail=str(error).strip().splitlines()[0]) from error


def _mapped(session: Any, task: Task, work: Callable[[Task, str], object]) -> dict[str, Any]:
    """What a function finds for each month, on the executors: one Spark partition for each."""
    many = len(task.months)
    rows = session.range(0, many, 1, many).mapInArrow(partial(_answers, pickle.dumps(task), work), ANSWER).collect()
    return {row["month"]: json.loads(row["told"]) for row in rows}


def _answers(
    packed: bytes, work: Callable[[Task, str], object], batches: Iterator["pa.RecordBatch"]
) -> Iterator["pa.RecordBatch"]:
    import pyarrow as pa

    task: Task = pickle.loads(packed)
    for batch in batches:
        months = [task.months[place] for place in batch.column("id").to_pylist()]
        told = [json.dumps(work(task, month)) for month in months]
        yield pa.RecordBatch.from_pydict({"month": pa.array(months, pa.string()), "told": pa.array(told, pa.string())})


def _told(task: Task, month: str) -> list[tuple[str, str]]:
    """What a month tells of its sources."""
    measuring = Measuring(task.plan, task.settings, task.as_of)
    told = (knowledge_of(measuring.rows(month, span)).told for span in measuring.slices(month))
    return sorted(frozenset().union(*told))


def _measured(task: Task, month: str) -> list[Any]:
    """Make and write the facts and rollups of a month; what must be known of it."""
    measuring, parts = Measuring(task.plan, task.settings, task.as_of), PartFiles(task.folder, {})
    seen, _ = measuring.make(month, task.knowledge, task.folder, parts)
    parts.keep_words(folder_of(month))
    settled = seen.settled_at.isoformat() if seen.settled_at else None
    return [sorted(seen.told.told), seen.contacts, settled, seen.tickets, seen.slices]


def _seen(told: Sequence[Any]) -> Seen:
    pairs, (height, mark), settled, tickets, slices = told
    at = datetime.fromisoformat(settled) if settled else None
    return Seen(Knowledge(_pairs(pairs)), (height, mark), at, tickets, slices)


def _pairs(told: Sequence[Sequence[str]]) -> frozenset[Any]:
    return frozenset((source, topic) for source, topic in told)
