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
