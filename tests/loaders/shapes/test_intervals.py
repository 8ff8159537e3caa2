import pytest

from loaders.build import build
from loaders.errors import MappingError
from loaders.mapping import Mapping
from metrics.tables import TABLES
from tests.loaders.raws import raw

STARTS = ["2026-03-02 09:00", "2026-03-02 09:30", "2026-03-02 10:00"]


def test_counts_per_interval_with_their_length_from_the_steps() -> None:
    table = raw({"start": STARTS, "calls": ["10", "-1", "12"], "aht": ["00:05:00", "26:00:00", "90"]})
    mapping = Mapping(
        "acd",
        "arrivals",
        {"start_at": "start", "offered": "calls", "handle_seconds": "aht"},
        options={"channel": "phone"},
    )
    result = build(table, mapping, source="acd", zone="UTC")
    arrivals = result.tables["arrivals"]
    assert arrivals.select("minutes", "channel", "offered", "handle_seconds").rows() == [
        (30, "phone", 10, 300.0),
        (30, "phone", None, 93600.0),
        (30, "phone", 12, 90.0),
    ]
    assert dict(arrivals.schema) == TABLES["arrivals"].schema
    assert result.rejects.select("line", "value", "reason").rows() == [(3, "-1", "negative_offered")]


def test_an_interval_of_unknown_length_asks_for_it() -> None:
    mapping = Mapping("acd", "arrivals", {"start_at": "start", "offered": "calls"})
    with pytest.raises(MappingError, match="option minutes"):
        build(raw({"start": STARTS[:1], "calls": ["1"]}), mapping, source="acd", zone="UTC")


def test_the_later_of_two_rows_of_the_same_interval_wins() -> None:
    mapping = Mapping("acd", "arrivals", {"start_at": "start", "offered": "calls"}, options={"minutes": "15"})
    table = raw({"start": [STARTS[0], STARTS[0], None], "calls": ["1", "2", "3"]})
    result = build(table, mapping, source="acd", zone="UTC")
    assert result.tables["arrivals"].select("minutes", "offered").rows() == [(15, 2)]
    assert result.rejects.select("line", "reason", "kind").rows() == [
        (2, "duplicate_arrivals", "rejected"),
        (4, "missing_interval_start", "rejected"),
    ]
    assert result.loaded == 1


def test_a_state_that_ends_before_it_starts_loses_its_end() -> None:
    mapping = Mapping("acd", "agent_states", {"agent": "a", "state": "s", "start_at": "b", "end_at": "e"})
    table = raw({"a": ["ann", None], "s": ["Break", "Ready"], "b": STARTS[1:], "e": STARTS[:2]})
    result = build(table, mapping, source="acd", zone="UTC")
    assert result.tables["agent_states"].select("agent", "end_at").rows() == [("ann", None)]
    assert result.rejects.select("line", "reason", "kind").rows() == [
        (2, "state_ended_before_start", "flagged"),
        (3, "missing_agent", "rejected"),
    ]


def test_outcomes_need_a_known_kind() -> None:
    mapping = Mapping("shop", "outcomes", {"customer": "c", "at": "t", "kind": "k", "value": "v"})
    table = raw({"c": ["x", "y"], "t": STARTS[:2], "k": ["复购", "visit"], "v": ["1,200.50", "3"]})
    result = build(table, mapping, source="shop", zone="UTC")
    assert result.tables["outcomes"].select("customer", "kind", "value").rows() == [("x", "repurchase", 1200.5)]
    assert result.rejects.select("line", "value", "reason", "kind").rows() == [(3, "visit", "unknown_kind", "rejected")]


def test_sums_follow_from_means_where_a_switch_exports_only_these() -> None:
    mapping = Mapping(
        "acd", "arrivals",
        {"start_at": "start", "answered": "taken", "mean_handle_seconds": "aht", "mean_answer_seconds": "asa"},
    )  # fmt: skip
    table = raw({"start": STARTS, "taken": ["10", "0", None], "aht": ["00:05:00", None, "60"], "asa": ["12", "5", "3"]})
    arrivals = build(table, mapping, source="acd", zone="UTC").tables["arrivals"]
    assert arrivals.select("handle_seconds", "answered_wait_seconds").rows() == [(3000, 120), (0, 0), (None, None)]
    assert dict(arrivals.schema) == TABLES["arrivals"].schema


def test_a_part_that_is_more_than_its_whole_is_left_out_and_told() -> None:
    columns = {"start_at": "start", "answered": "taken", "answered_within_target": "soon", "abandoned": "lost",
               "abandoned_short": "short"}  # fmt: skip
    table = raw({"start": STARTS, "taken": ["5", "5", "5"], "soon": ["5", "6", None], "lost": ["1", "-1", "2"],
                 "short": ["1", "0", "3"]})  # fmt: skip
    result = build(table, Mapping("acd", "arrivals", columns), source="acd", zone="UTC")
    assert result.tables["arrivals"].select("answered_within_target", "abandoned", "abandoned_short").rows() == [
        (5, 1, 1), (None, None, None), (None, 2, None),
    ]  # fmt: skip
    assert set(result.rejects["reason"]) == {
        "answered_within_target_not_in_answered", "negative_abandoned", "abandoned_short_not_in_abandoned",
    }  # fmt: skip


def test_the_word_of_a_state_tells_its_kind_in_english_and_chinese() -> None:
    words = ["Ready", "通话中", "ACW", "小休", "Meeting", "签出", "排班", "our own word", "???"]
    starts = [f"2026-03-02 {hour:02}:00" for hour in range(9, 18)]
    mapping = Mapping(
        "acd", "agent_states", {"agent": "a", "state": "s", "start_at": "b"},
        values={"state_kind": {"Our own word": "other_work"}},
    )  # fmt: skip
    result = build(raw({"a": ["ann"] * 9, "s": words, "b": starts}), mapping, source="acd", zone="UTC")
    assert result.tables["agent_states"]["state_kind"].to_list() == [
        "available", "talking", "after_call", "break", "other_work", "off", "planned", "other_work", None,
    ]  # fmt: skip
    assert result.rejects.select("line", "value", "reason", "kind").rows() == [
        (10, "???", "unknown_state_kind", "flagged")
    ]


def test_a_planned_shift_and_a_state_of_the_same_instant_both_stay() -> None:
    mapping = Mapping("acd", "agent_states", {"agent": "a", "state": "s", "start_at": "b"})
    table = raw({"a": ["ann"] * 3, "s": ["planned", "ready", "ready"], "b": [STARTS[0]] * 3})
    result = build(table, mapping, source="acd", zone="UTC")
    assert sorted(result.tables["agent_states"]["state_kind"]) == ["available", "planned"]
