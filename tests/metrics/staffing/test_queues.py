"""What so many people achieve, against exact arithmetic, published tables and queues simulated call by call."""

from fractions import Fraction
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.staffing.chat import Chatting, chats, people_for_chats, slowed_by
from metrics.staffing.erlang import (
    erlang_b,
    erlang_c,
    fewest,
    impatient_calls,
    patient_calls,
    people_for_impatient,
    people_for_patient,
)
from metrics.staffing.model import Level, StaffingRules
from metrics.staffing.priority import ranked
from metrics.staffing.serving import by_chats_at_once
from tests.metrics.staffing.simulated import chats_by_person, heap_of_calls, ranked_calls, simpy_calls

LEVELS: tuple[Level, ...] = ("offered", "without_early", "with_early")


def exact_waiting(load: int, people: int) -> Fraction:
    """Erlang C in rational numbers."""
    terms = [Fraction(1)]
    for busy in range(1, people + 1):
        terms.append(terms[-1] * load / busy)
    last = terms[-1] * people / (people - load)
    return last / (sum(terms[:-1]) + last)


@pytest.mark.parametrize(
    ("load", "people", "printed"),
    [(10, 14, ".1741319336"), (10, 11, ".6821182047"), (50, 55, ".3845473179"), (100, 110, ".2370075003"),
     (500, 520, ".2747563447"), (1000, 1030, ".2489087858")],
)  # fmt: skip
def test_the_share_that_waits_is_the_exact_one(load: int, people: int, printed: str) -> None:
    found = erlang_c(load, people)
    assert f"{found:.10f}"[1:] == printed
    assert abs(found / float(exact_waiting(load, people)) - 1) <= 4e-15


def test_patient_callers_of_the_printed_cases() -> None:
    met = patient_calls(10, 14, handle_seconds=180, within_seconds=20)
    assert (f"{met.in_time:.6f}", f"{met.waits:.6f}", f"{met.answer_seconds:.3f}", f"{met.busy:.6f}") == (
        "0.888350", "0.174132", "7.836", "0.714286",
    )  # fmt: skip
    assert f"{patient_calls(10, 13, handle_seconds=180, within_seconds=20).in_time:.5f}" == "0.79559"
    full = patient_calls(48, 50, handle_seconds=60, within_seconds=20)
    assert (f"{full.answer_seconds:.2f}", f"{full.busy:.2f}") == ("20.83", "0.96")
    assert f"{full.answer_seconds * 48 / 60:.2f}" == "16.67"


@pytest.mark.parametrize(
    ("calls", "people", "capped"),
    [(10, 3, 3), (50, 8, 8), (100, 14, 14), (200, 24, 24), (500, 56, 59), (1000, 107, 118)],
)  # fmt: skip
def test_people_for_calls_of_half_an_hour(calls: int, people: int, capped: int) -> None:
    asked = {"handle_seconds": 180, "within_seconds": 20, "share": 0.8}
    assert people_for_patient(calls * 180 / 1800, **asked) == people
    assert people_for_patient(calls * 180 / 1800, **asked, cap=0.85) == capped


def test_large_centres_and_the_cap() -> None:
    asked = {"handle_seconds": 180, "within_seconds": 20, "share": 0.8}
    loads = (500, 1000, 2000, 5000, 10_000, 50_000)
    assert [people_for_patient(load, **asked) for load in loads] == [510, 1011, 2012, 5013, 10_013, 50_014]
    caps = (1, 0.95, 0.9, 0.88, 0.85, 0.8)
    assert [people_for_patient(100, **asked, cap=cap) for cap in caps] == [107, 107, 112, 114, 118, 125]


A_VECTORS = [  # calls an hour, handle, patience, people, within: waits, abandoned, seconds, busy, three levels
    (2880, 60, 120, 50, 20, ".46777 .03091 3.7095 .93032 .94302 .97203 .97286"),
    (200, 180, 120, 9, 20, ".61331 .19216 23.0587 .89760 .52407 .57154 .60713"),
    (200, 180, 120, 10, 20, ".49685 .13746 16.4957 .86254 .63994 .68446 .70498"),
    (200, 180, 120, 12, 20, ".27981 .06160 7.3917 .78200 .82558 .85464 .85959"),
    (200, 180, 600, 12, 20, ".36678 .03000 18.0027 .80833 .73398 .74161 .74427"),
    (2000, 300, 180, 170, 20, ".35934 .02549 4.5886 .95540 .90133 .92143 .92314"),
    (6000, 300, 180, 490, 20, ".59824 .03192 5.7463 .98783 .91556 .94439 .94609"),
    (20, 600, 300, 3, 60, ".57291 .29723 89.1685 .78086 .50002 .55361 .59682"),
]


@pytest.mark.parametrize(("hourly", "handle", "patience", "people", "within", "printed"), A_VECTORS)
def test_impatient_callers_of_the_printed_cases(
    hourly: float, handle: float, patience: float, people: int, within: float, printed: str
) -> None:
    met = impatient_calls(
        hourly * handle / 3600, people, handle_seconds=handle, patience_seconds=patience, within_seconds=within
    )
    found = [met.waits, met.abandoned, met.answer_seconds, met.busy, *(met.level(name) for name in LEVELS)]
    digits = [len(part.partition(".")[2]) for part in printed.split()]
    told = [f"{value:.{places}f}" for value, places in zip(found, digits, strict=True)]
    assert [part.lstrip("0") for part in told] == printed.split()


def test_endless_patience_is_waiting_for_ever() -> None:
    patient = patient_calls(10, 14, handle_seconds=180, within_seconds=20)
    nearly = impatient_calls(10, 14, handle_seconds=180, patience_seconds=1e9, within_seconds=20)
    assert nearly.in_time == pytest.approx(patient.in_time, abs=1e-6)
    assert nearly.answer_seconds == pytest.approx(patient.answer_seconds, rel=1e-4)


def test_one_person_short_is_not_nobody_served() -> None:
    """100 calls in half an hour, 300 s each: what Erlang C calls a collapse still answers most calls in time."""
    load = 100 / 1800 * 300
    patient = [patient_calls(load, n, handle_seconds=300, within_seconds=20).in_time for n in range(16, 22)]
    met = [impatient_calls(load, n, handle_seconds=300, patience_seconds=180, within_seconds=20) for n in range(16, 22)]
    assert [round(share, 2) for share in patient] == [0, 0.11, 0.39, 0.59, 0.73, 0.83]
    assert [round(one.in_time, 2) for one in met] == [0.58, 0.67, 0.74, 0.81, 0.86, 0.90]
    assert [round(one.abandoned * 100) for one in met] == [13, 10, 7, 5, 4, 3]


def test_steering_away_from_voice_saves_people() -> None:
    loads = [100 * (1 - away) / 1800 * 300 for away in (0, 0.1, 0.15, 0.2, 0.3)]
    asked = {"handle_seconds": 300, "within_seconds": 20, "share": 0.8}
    assert [people_for_patient(load, **asked) for load in loads] == [21, 19, 18, 18, 16]
    assert [people_for_impatient(load, patience_seconds=180, **asked) for load in loads] == [19, 18, 17, 16, 14]


@pytest.mark.parametrize("people", [30_000, 49_000, 50_000, 52_000, 80_000])
def test_fifty_thousand_erlangs_stay_in_bounds(people: int) -> None:
    met = impatient_calls(50_000, people, handle_seconds=180, patience_seconds=120, within_seconds=20)
    assert all(0 <= share <= 1 for share in (met.waits, met.in_time, met.abandoned, met.abandoned_early, met.busy))
    assert met.abandoned == pytest.approx(max(1 - people / 50_000, 0), abs=0.002)
    assert met.in_time + met.abandoned <= 1 + 1e-9


@settings(max_examples=60, deadline=None)
@given(
    load=st.floats(0.01, 400), extra=st.integers(-20, 40), handle=st.floats(5, 4000), patience=st.floats(1, 1e5),
    within=st.floats(0, 4000),
)  # fmt: skip
def test_shares_are_shares_and_one_more_person_never_harms(
    load: float, extra: int, handle: float, patience: float, within: float
) -> None:
    people = max(int(load) + extra, 0)
    asked = {"handle_seconds": handle, "patience_seconds": patience, "within_seconds": within}
    one, other = impatient_calls(load, people, **asked), impatient_calls(load, people + 1, **asked)
    for met in (one, other):
        assert all(-1e-12 <= share <= 1 + 1e-9 for share in (met.waits, met.in_time, met.abandoned, met.busy))
        assert met.in_time + met.abandoned <= 1 + 1e-9
    assert other.in_time >= one.in_time - 1e-9
    assert other.abandoned <= one.abandoned + 1e-9
    assert one.abandoned * patience == pytest.approx(one.answer_seconds, rel=1e-6, abs=1e-9), "waits end or give up"


@settings(max_examples=60, deadline=None)
@given(answer=st.integers(0, 400), near=st.integers(0, 400))
def test_the_fewest_are_found_from_anywhere(answer: int, near: int) -> None:
    assert fewest(lambda people: people >= answer, near=near) == answer


@settings(max_examples=25, deadline=None)
@given(load=st.floats(0.05, 60), share=st.sampled_from([0.5, 0.8, 0.9, 0.95]), within=st.sampled_from([0, 20, 120]))
def test_the_people_asked_for_reach_the_goal_and_one_fewer_does_not(load: float, share: float, within: int) -> None:
    asked = {"handle_seconds": 240.0, "within_seconds": within}
    patient = people_for_patient(load, share=share, **asked)
    assert patient_calls(load, patient, **asked).in_time >= share
    assert patient_calls(load, patient - 1, **asked).in_time < share
    hasty = people_for_impatient(load, patience_seconds=150.0, share=share, **asked)
    assert impatient_calls(load, hasty, patience_seconds=150.0, **asked).in_time >= share
    assert hasty == 0 or impatient_calls(load, hasty - 1, patience_seconds=150.0, **asked).in_time < share
    assert hasty <= patient, "who hangs up makes room for others"


CHAT_VECTORS = [  # chats an hour, people, at once, slowing: level, abandoned, mean wait
    (60, 4, 3, 0.15, ".88342", ".06958", "20.873"),
    (120, 7, 3, 0.15, ".85508", ".08936", None),
    (120, 8, 3, 0.3, ".80321", ".11715", "35.144"),
    (300, 24, 2, 0.3, ".85016", ".10658", None),
]


@pytest.mark.parametrize(("hourly", "people", "at_once", "each", "level", "gone", "seconds"), CHAT_VECTORS)
def test_chats_of_the_printed_cases(
    hourly: float, people: int, at_once: int, each: float, level: str, gone: str, seconds: str | None
) -> None:
    met = chats(hourly / 3600, people, Chatting(480, at_once, slowed_by(each, at_once), 300), within_seconds=120)
    assert (f"{met.level:.5f}"[1:], f"{met.abandoned:.5f}"[1:]) == (level, gone)
    assert seconds is None or f"{met.answer_seconds:.3f}" == seconds
    assert hourly != 60 or f"{met.busy * at_once:.3f}" == "2.267"


def test_one_chat_at_a_time_is_a_call() -> None:
    alone = (1.0,)
    patient = chats(100 / 1800, 14, Chatting(180, 1, alone), within_seconds=20)
    assert patient.level == pytest.approx(
        patient_calls(10, 14, handle_seconds=180, within_seconds=20).in_time, rel=1e-12
    )
    hasty = chats(200 / 3600, 12, Chatting(180, 1, alone, 120), within_seconds=20)
    call = impatient_calls(10, 12, handle_seconds=180, patience_seconds=120, within_seconds=20)
    assert (hasty.level, hasty.abandoned, hasty.busy) == pytest.approx(
        (call.in_time, call.abandoned, call.busy), rel=1e-12
    )
    five = chats(100 / 1800, 5, Chatting(180, 3, (1.0, 1.0, 1.0)), within_seconds=20)
    assert f"{five.level:.6f}"[1:] == ".941453"


def test_dividing_erlang_c_by_the_concurrency_takes_too_many() -> None:
    exact = people_for_chats(300 / 3600, Chatting(480, 3, slowed_by(0.3, 3), 300), within_seconds=120, share=0.8)
    slowed = 480 * 1.6
    divided = -(-people_for_patient(300 / 3600 * slowed, handle_seconds=slowed, within_seconds=120, share=0.8) // 3)
    assert (exact, divided) == (19, 23)
    alone = Chatting(480, 1, (1.0,))
    found = [people_for_chats(60 / 3600, alone, within_seconds=within, share=0.8) for within in (20, 60, 120, 300)]
    assert found == [12, 11, 11, 10]


def test_the_table_of_concurrency_tells_what_each_more_chat_at_once_saves() -> None:
    """The printed vectors are rows of it, once cap, reserve and absence are left out."""
    rules = StaffingRules("chat", within_seconds=120, handle_seconds=480, patience_seconds=300, occupancy_cap=1.0,
                          reserve=0.0, shrinkage=0.0, slowing=slowed_by(0.3, 5))  # fmt: skip
    table = by_chats_at_once(rules, 60, 120, most=5)
    assert (f"{table[2].service.level:.5f}", f"{table[2].service.abandoned:.5f}") == ("0.80321", "0.11715")
    assert (table[2].people, table[2].required, table[2].seconds) == (8, 8, 480 * 1.6)
    people = [row.people for row in table]
    assert people == sorted(people, reverse=True)
    assert people[0] > people[2] >= people[4]
    assert all(row.service.level >= 0.8 for row in table)
    assert [row.an_hour for row in table] == pytest.approx([7.5 * n / (1 + 0.3 * (n - 1)) for n in range(1, 6)])


def test_a_first_rank_of_the_printed_case() -> None:
    met = ranked(10, 12, first_share=0.2, handle_seconds=180, within_seconds=20)
    assert (f"{met.first_level:.3f}", f"{met.others_seconds:.1f}", f"{met.all_seconds:.1f}") == (
        "0.852",
        "48.5",
        "40.4",
    )
    assert ranked(10, 9, first_share=0.2, handle_seconds=180, within_seconds=20).others_seconds == inf


def test_nobody_calling_and_nobody_there() -> None:
    asked = {"handle_seconds": 180, "within_seconds": 20}
    assert people_for_patient(0, share=0.8, **asked) == 0
    assert people_for_impatient(0, share=0.8, patience_seconds=60, **asked) == 0
    assert patient_calls(0, 0, **asked).in_time == 1
    assert impatient_calls(5, 0, patience_seconds=60, **asked).abandoned == 1
    assert patient_calls(5, 5, **asked).answer_seconds == inf
    assert chats(0.1, 0, Chatting(100, 2, (1.0,)), within_seconds=10).answer_seconds == inf
    assert erlang_b(0, 3) == 0


def test_a_simulation_of_calls_agrees() -> None:
    for per_second, people, handle, patience, within in (
        (0.8, 50, 60.0, 120.0, 20.0), (200 / 3600, 10, 180.0, 120.0, 20.0), (100 / 1800, 14, 180.0, inf, 20.0),
    ):  # fmt: skip
        seen = heap_of_calls(
            per_second=per_second, people=people, handle=handle, patience=patience, within=within, calls=150_000, seed=3
        )
        load = per_second * handle
        met = (
            patient_calls(load, people, handle_seconds=handle, within_seconds=within) if patience == inf else
            impatient_calls(load, people, handle_seconds=handle, patience_seconds=patience, within_seconds=within)
        )  # fmt: skip
        assert abs(seen.in_time - met.in_time) < 0.01
        assert abs(seen.abandoned - met.abandoned) < 0.01


def test_simpy_agrees() -> None:
    seen = simpy_calls(per_second=200 / 3600, people=10, handle=180, patience=120, within=20, calls=20_000, seed=5)
    met = impatient_calls(10, 10, handle_seconds=180, patience_seconds=120, within_seconds=20)
    assert abs(seen.in_time - met.in_time) < 0.01
    assert abs(seen.abandoned - met.abandoned) < 0.01


def test_ranked_calls_simulated_agree() -> None:
    kept, first, others = ranked_calls(load=10, people=12, first=0.2, handle=180, within=20, calls=100_000, seed=2)
    met = ranked(10, 12, first_share=0.2, handle_seconds=180, within_seconds=20)
    assert abs(kept - met.first_level) < 0.01
    assert first == pytest.approx(met.first_seconds, rel=0.1)
    assert others == pytest.approx(met.others_seconds, rel=0.1)


def test_chats_simulated_person_by_person_agree() -> None:
    """Nobody hands chats over to even them out, which the chain assumes: at most a point of difference."""
    how = Chatting(480, 3, slowed_by(0.3, 3), 300)
    rates = [how.rate(many, 1) for many in range(4)]
    seen = chats_by_person(
        per_second=120 / 3600, people=8, rates=rates, patience=300, within=120, chats=60_000, seed=3
    )  # fmt: skip
    met = chats(120 / 3600, 8, how, within_seconds=120)
    assert abs(seen.in_time - met.level) < 0.01
    assert abs(seen.abandoned - met.abandoned) < 0.01
