"""The calls of a US bank per five minutes, against a plain sum of the same file."""

import csv
from collections import Counter
from pathlib import Path

from loaders.build import build
from loaders.proposal import propose
from loaders.reading import read_file
from metrics.absence import absence
from metrics.catalog import metric
from metrics.facts import build_facts
from metrics.tables import Tables
from tests.builders import desk, rows, value

ZONE = "America/New_York"


def test_the_calls_of_a_bank_are_counted_and_what_its_file_lacks_is_absent(shared_data: Path) -> None:
    path = shared_data / "calls" / "us_bank_2003_5min.csv"
    with path.open(newline="") as file:
        told = [(row["ts"][:10], int(float(row["y"]))) for row in csv.DictReader(file) if row["y"]]
    raw = read_file(path)
    built = build(raw, propose(raw).mapping, source="bank", zone=ZONE)
    assert set(built.tables) == {"arrivals"}
    assert built.tables["arrivals"]["minutes"].unique().to_list() == [5]
    made = build_facts(Tables.of(**built.tables), desk(zone=ZONE, calendars=()))
    assert value("calls_offered", made) == sum(calls for _, calls in told)
    per_day = Counter[str]()
    for day, calls in told:
        per_day[day] += calls
    by_day = {str(row["period"]): row["value"] for row in rows("calls_offered", made, every="day") if row["value"]}
    assert by_day == {day: calls for day, calls in per_day.items() if calls}
    for id in ("abandonment", "service_level", "handle_time_calendar_mean", "asa_calendar_mean"):
        assert value(id, made) is None
        assert absence(metric(id), made) is not None
