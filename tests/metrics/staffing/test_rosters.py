"""People per interval: counted by parts, repeated as a usual week, shared over queues, none lost and none made up."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.staffing.rosters import HEADS, Shift, heads, repeated, shared, usual_week, work_of_teams
from metrics.tables import INSTANT

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = date(2026, 11, 23)


def at(hour: float) -> datetime:
    return NINE.replace(hour=0) + timedelta(hours=hour)


def needs(rows: list[tuple[str, datetime, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"queue": pl.String, "starts_at": INSTANT, "required": pl.Int64}, orient="row")


def test_a_shift_counts_in_each_interval_for_the_part_that_is_worked_less_its_break() -> None:
    shift = Shift(DAY, at(9.25), at(11), "A", people=4, break_from=at(10), break_to=at(10.25))
    found = heads([shift], minutes=30)
    assert [(row["starts_at"], row["people"]) for row in found.to_dicts()] == [
        (at(9), 2.0), (at(9.5), 4.0), (at(10), 2.0), (at(10.5), 4.0),
    ]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 1200), st.integers(1, 600), st.integers(1, 9), st.sampled_from("AB")), max_size=8
    ),
    st.sampled_from([15, 30, 60]),
)
def test_the_hours_of_all_intervals_are_those_of_the_shifts(
    drawn: list[tuple[int, int, int, str]], minutes: int
) -> None:
    shifts = [Shift(DAY, at(begin / 60), at((begin + long) / 60), team, people=n) for begin, long, n, team in drawn]
    found = heads(shifts, minutes=minutes)  # type: ignore[arg-type]
    assert found["people"].sum() * minutes == pytest.approx(sum(long * n for _begin, long, n, _team in drawn))


def test_the_usual_week_is_the_mean_of_four_weeks_on_the_wall_clock() -> None:
    monday = datetime(2026, 10, 19, 1, tzinfo=UTC)  # 09:00 in Shanghai
    rows = []
    for week in range(4):
        for day in range(5):
            begin = monday + timedelta(days=7 * week + day)
            rows += [("A", begin, begin + timedelta(hours=9))] * (3 if week % 2 else 1)
    planned = pl.DataFrame(rows, schema={"team": pl.String, "start_at": INSTANT, "end_at": INSTANT}, orient="row")
    usual = usual_week(planned, zone="Asia/Shanghai", minutes=30, origin=datetime(2026, 11, 15, 16, tzinfo=UTC))
    assert usual["people"].unique().to_list() == [2.0]
    assert usual["weekday"].unique().sort().to_list() == [1, 2, 3, 4, 5]
    assert (usual["minute"].min(), usual["minute"].max(), usual.height) == (540, 1050, 5 * 18)
    there = repeated(usual, [date(2026, 11, 23), date(2026, 11, 28)], zone="Asia/Shanghai")
    assert there.height == 18  # nobody on the Saturday
    assert there["starts_at"].min() == datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_less_than_a_week_of_shifts_is_no_usual_week() -> None:
    planned = pl.DataFrame(
        {"team": ["A"] * 6, "start_at": [NINE - timedelta(days=n) for n in range(6)],
         "end_at": [NINE - timedelta(days=n, hours=-8) for n in range(6)]},
        schema_overrides={"start_at": INSTANT, "end_at": INSTANT},
    )  # fmt: skip
    assert usual_week(planned, zone="UTC", minutes=30, origin=NINE + timedelta(days=1)).is_empty()


def test_a_team_is_where_it_is_needed_by_what_it_does_of_each_queue() -> None:
    present = heads([Shift(DAY, at(9), at(10), "A", people=6), Shift(DAY, at(9), at(10), "B", people=3)], minutes=60)
    needed = needs([("chat", at(9), 10), ("phone", at(9), 5), ("email", at(9), 0)])
    found = shared(present, needed, {"A": {"chat": 1.0, "phone": 0.5}, "B": {"phone": 0.5, "email": 1.0}})
    # A: 10 × 1.0 of chat against 5 × 0.5 of phone is 4 to 1. B has phone alone to do, as nothing is needed of e-mail.
    assert dict(found.select("queue", "rostered").iter_rows()) == pytest.approx(
        {"chat": 4.8, "phone": 1.2 + 3.0, "email": 0.0}, abs=1e-5
    )


def test_shifts_that_name_their_queues_serve_those_alone() -> None:
    present = heads([Shift(DAY, at(9), at(10), None, queues=("chat", "email"), people=4)], minutes=60)
    found = shared(present, needs([("chat", at(9), 3), ("email", at(9), 1), ("phone", at(9), 9)]), {})
    assert dict(found.select("queue", "rostered").iter_rows()) == {"chat": 3.0, "email": 1.0, "phone": 0.0}


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_sharing_loses_nobody_and_makes_up_nobody(data: st.DataObject) -> None:
    teams, queues = ("A", "B", "C"), ("chat", "phone", "email")
    weights = {team: {queue: data.draw(st.sampled_from([0.1, 0.5, 1.0])) for queue in queues} for team in teams}
    present = pl.DataFrame(
        [(team, None, "regular", at(9), float(data.draw(st.integers(1, 20)))) for team in teams],
        schema=dict(HEADS), orient="row",
    )  # fmt: skip
    needed = needs([(queue, at(9), data.draw(st.integers(0, 50))) for queue in queues])
    found = shared(present, needed, weights)
    assert found["rostered"].sum() == pytest.approx(present["people"].sum())
    assert found["rostered"].min() >= 0  # type: ignore[operator]


def test_what_teams_do_of_a_queue_adds_up_to_all_of_it() -> None:
    done = pl.DataFrame({"queue": ["chat", "chat", "email", "email"], "team": ["A", "B", "A", None],
                         "requests": [30, 10, 5, 7]})  # fmt: skip
    assert work_of_teams(done) == {"A": {"chat": 0.75, "email": 1.0}, "B": {"chat": 0.25}}
