"""Plans of desks whose past is odd: the page tells what it can, or says in a sentence why not; never a NaN."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.loads import LoadOptions, load_files
from tests.pages.conftest import Visit, words

PARTS = ("gaps", "what-if")
NUMBER = re.compile(r"(?<![\w.])[-−]\d")
Stamp = tuple[str, datetime]


def days(first: date, count: int) -> Iterator[date]:
    return (first + timedelta(days=step) for step in range(count))


def usual(channel: str, first: date, count: int, *, each: int = 6) -> list[Stamp]:
    """So many requests from nine o'clock on, on every day."""
    return [
        (channel, datetime.combine(day, time(9)) + timedelta(minutes=47 * at % 400)) for day in days(first, count)
        for at in range(each)
    ]  # fmt: skip


def short() -> list[Stamp]:
    """Ten days, over the night in which Berlin skips an hour."""
    return usual("email", date(2026, 3, 21), 10) + usual("phone", date(2026, 3, 21), 10)


def holed_and_huge() -> list[Stamp]:
    """Ten weeks with a week of silence and a day of fifty times as many; New York skips an hour on 8 March."""
    rows = usual("phone", date(2026, 1, 5), 21) + usual("phone", date(2026, 2, 2), 40)
    return rows + usual("phone", date(2026, 2, 25), 1, each=300)


def coming_and_going() -> list[Stamp]:
    """Nine weeks: chat has ended a month ago, social has begun last week; Berlin's day of 25 hours lies ahead."""
    rows = usual("email", date(2026, 8, 20), 64) + usual("chat", date(2026, 8, 20), 33)
    return rows + usual("social", date(2026, 10, 17), 6)


def next_to_nothing() -> list[Stamp]:
    """Three requests in all."""
    return usual("web_form", date(2026, 3, 2), 1, each=3)


def desk_of(rows: list[Stamp], zone: str, folder: Path) -> Path:
    frame = pl.DataFrame(
        {
            "ticket_id": [f"T{at}" for at in range(len(rows))],
            "created_at": [f"{at:%Y-%m-%d %H:%M:%S}" for _channel, at in rows],
            "channel": [channel for channel, _at in rows],
        }
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "export.csv").write_text(frame.write_csv())
    desk = open_desk(folder / "desk")
    report = load_files(COMMAND_LINE, desk, [folder / "export.csv"], options=LoadOptions(zone=zone))
    assert report.any_loaded, report.errors
    desk.engine.dispose()
    return folder / "desk"


def seen(visit: Visit, desk: Path, part: str, **asked: str) -> str:
    app: AppTest = visit(desk, "staffing", part=part, lang="en", **asked)
    assert not app.exception
    values = [str(one.value) for one in app.metric]
    tables = [frame.value.to_csv() for frame in app.main.dataframe if part != "what-if"]
    told = "\n".join([words(app), *values]).replace("\\", "")
    assert "nan" not in "\n".join([told, *tables]).lower().replace("finance", "")
    assert not any(NUMBER.search(value) for value in values), values
    return told


@pytest.mark.parametrize(
    ("rows", "zone", "queue", "said"),
    [
        (short, "Europe/Berlin", "email", "less than two weeks forecast nothing. Shown is the average day."),
        (holed_and_huge, "America/New_York", "phone", "requests expected in these days"),
        (coming_and_going, "Europe/Berlin", "social", "less than two weeks forecast nothing"),
        (next_to_nothing, "Asia/Shanghai", "web_form", ""),
    ],
)
def test_a_plan_of_an_odd_past_stands(
    rows: object, zone: str, queue: str, said: str, visit: Visit, tmp_path: Path
) -> None:  # fmt: skip
    desk = desk_of(rows(), zone, tmp_path)  # type: ignore[operator]
    assert said in seen(visit, desk, "forecast", queue=queue)
    for part in PARTS:
        seen(visit, desk, part)


def test_a_queue_that_has_ended_is_planned_for_no_more(visit: Visit, tmp_path: Path) -> None:
    desk = desk_of(coming_and_going(), "Europe/Berlin", tmp_path)
    app = visit(desk, "staffing", part="forecast", lang="en")
    (queues,) = [one.options for one in app.selectbox if one.label == "Queue"]
    assert "Live chat" not in queues
    assert len(queues) == 2


def test_a_queue_without_measured_times_says_what_is_assumed(visit: Visit, tmp_path: Path) -> None:
    desk = desk_of(usual("phone", date(2026, 1, 5), 63, each=10), "America/New_York", tmp_path)
    told = seen(visit, desk, "rules")
    assert "The data do not tell how long one request takes; 5 minutes are assumed" in told
    assert "never observed; they are taken to wait for ever (Erlang C)" in told


def test_the_huge_day_is_offered_as_an_event_and_raises_no_forecast(visit: Visit, tmp_path: Path) -> None:
    desk = desk_of(holed_and_huge(), "America/New_York", tmp_path)
    assert "306 instead of" in seen(visit, desk, "events")
    (total,) = re.findall(r"Phone: ([\d,]+) requests expected", seen(visit, desk, "forecast", queue="phone"))
    assert 14 * 4 <= int(total.replace(",", "")) <= 14 * 9, "six a day come"
