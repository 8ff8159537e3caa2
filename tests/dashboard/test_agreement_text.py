"""One table of the agreements' text is edited, the rest stays as people wrote it."""

import tomllib
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.agreement_text import with_table
from dashboard.demo.making import OWN_AGREEMENTS
from dashboard.settings import shipped_text

TEXT = """# Ours.
# Peaks as the floor knows them.
[peak]
hours = "09:00-10:00"  # since spring

# The mail team's.
[[calendar]]
name = "mail"
daily = "09:00-18:00"

[calendar.days]
2026-12-31 = "closed"

[[calendar]]
name = "chat"
daily = "00:00-24:00"

# Calls
[service_level]
within = "20 s"
"""
ROWS = [{"name": "all", "valid_from": date(2026, 4, 1), "daily": "00:00-24:00", "days": {"2026-01-01": "closed"}}]


def test_only_the_table_asked_for_is_written_anew() -> None:
    edited = with_table(TEXT, "peak", {"hours": "18:00-20:00"})
    assert tomllib.loads(edited) == tomllib.loads(TEXT) | {"peak": {"hours": "18:00-20:00"}}
    assert TEXT[TEXT.index("# The mail") :].strip() in edited
    edited = with_table(TEXT, "calendar", ROWS)
    assert tomllib.loads(edited) == tomllib.loads(TEXT) | {"calendar": ROWS}
    assert "# Peaks as the floor knows them.\n[peak]" in edited
    assert "# Calls\n[service_level]" in edited


def test_a_table_is_added_taken_away_or_said_to_have_no_rows() -> None:
    assert tomllib.loads(with_table(None, "cost", {"per_hour": 45.0})) == {"cost": {"per_hour": 45.0}}
    without = {key: value for key, value in tomllib.loads(TEXT).items() if key != "calendar"}
    assert tomllib.loads(with_table(TEXT, "calendar", None)) == without
    none = with_table(TEXT, "target", [])
    assert tomllib.loads(none) == tomllib.loads(TEXT) | {"target": []}
    again = with_table(none, "target", [{"thing": "resolution", "within": "4 h", "where": {"team": "甲组"}}])
    assert tomllib.loads(again)["target"] == [{"thing": "resolution", "within": "4 h", "where": {"team": "甲组"}}]


@pytest.mark.parametrize("text", [shipped_text(), OWN_AGREEMENTS.read_text(encoding="utf-8")])
def test_every_table_of_the_shipped_texts_can_be_written_again(text: str) -> None:
    told = tomllib.loads(text)
    for name, value in told.items():
        assert tomllib.loads(with_table(text, name, value)) == told


def test_what_only_looks_like_a_table_within_a_text_is_left_alone() -> None:
    text = '[[measure]]\ntitle = "a"\nnote = """\n[peak]\nhours = 3\n"""\n'
    edited = with_table(text, "peak", {"hours": "closed"})
    assert tomllib.loads(edited) == tomllib.loads(text) | {"peak": {"hours": "closed"}}


plain = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
values = st.one_of(plain, st.booleans(), st.integers(-(10**9), 10**9), st.dates(), st.floats(0, 1e9), st.lists(plain))
rows = st.dictionaries(plain.filter(bool), st.one_of(values, st.dictionaries(plain, plain, max_size=6)), max_size=4)


@settings(max_examples=150, deadline=None)
@given(st.lists(rows, min_size=1, max_size=3), rows)
def test_whatever_is_written_is_read_again(many: list[dict[str, Any]], one: dict[str, Any]) -> None:
    text = with_table(with_table(TEXT, "target", many), "sla", one)
    assert tomllib.loads(text) == tomllib.loads(TEXT) | {"target": many, "sla": one}
