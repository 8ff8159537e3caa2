"""Escalation in the settings: the rules, what each would have caught, their order; faults are told beside them."""

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard.desk import open_desk
from dashboard.people.actor import COMMAND_LINE
from dashboard.services.triage.rules import preview
from dashboard.triage.reminder_settings import reminder_settings
from dashboard.triage.settings import triage_settings
from metrics.model import Period
from tests.pages.conftest import Visit, small_export, words

LAST_MONTH = Period(date(2026, 2, 20), date(2026, 3, 22))
"""The thirty days before the end of the small export."""


def caught(app: AppTest) -> dict[str, int]:
    """How many tickets the page says that each rule would have caught."""
    table = next(one.value for one in app.dataframe if "For example" in one.value.columns)
    return dict(zip(table["Rule"], table["Tickets"], strict=True))


def low_ratings() -> int:
    """The tickets of the small export with one or two stars in these days, counted from its lines."""
    lines = list(csv.reader(io.StringIO(small_export().decode("gb18030"))))
    days = LAST_MONTH.start.isoformat(), LAST_MONTH.end.isoformat()
    return sum(line[10] in ("1", "2") and days[0] <= line[11][:10] < days[1] for line in lines[1:])


def test_each_rule_says_what_it_would_have_caught_in_the_last_month(small_desk: Path, visit: Visit) -> None:
    found = caught(visit(small_desk, "settings", part="escalation"))
    assert len(found) == len(triage_settings(None).rules)
    assert found["low rating"] == low_ratings() > 0
    assert found["critical spot-check"] == 0


def test_the_preview_counts_tickets_as_the_rule_finds_them(small_desk: Path, visit: Visit) -> None:
    rule = next(one for one in triage_settings(None).rules if one.kind == "overdue")
    rows = preview(COMMAND_LINE, open_desk(small_desk), rule, period=LAST_MONTH)
    found = caught(visit(small_desk, "settings", part="escalation"))
    assert found["overdue"] == rows.select("source", "ticket_id").unique().height


def test_the_order_of_the_queue_is_told_as_a_sentence_and_proposed_when_it_changes(
    small_desk: Path, visit: Visit
) -> None:
    app = visit(small_desk, "settings", part="escalation")
    assert "So it goes: complaint, priority, overdue, the longest first" in words(app)
    assert "Nothing is changed yet" in words(app)
    order = next(one for one in app.multiselect if one.label == "First by")
    order.set_value(["priority", "age"]).run()
    assert "So it goes: priority, age" in words(app)
    assert "Nothing is changed yet" not in words(app)


def test_when_who_is_reminded_is_told_and_proposed_as_the_desk_reads_it(small_desk: Path, visit: Visit) -> None:
    app = visit(small_desk, "settings", part="channels")
    assert "Nothing is changed yet" in words(app)
    quiet = next(one for one in app.checkbox if one.label.startswith("Outside opening hours"))
    assert quiet.value
    quiet.uncheck().run()
    next(one for one in app.number_input if one.label.startswith("Messages an hour")).set_value(3).run()
    proposed = reminder_settings(app.session_state["settings.draft"].text)
    assert proposed == replace(reminder_settings(None), quiet=False, most_an_hour=3)
    assert "Nothing is changed yet" not in words(app)
    next(one for one in app.number_input if one.label.startswith("Messages an hour")).set_value(6).run()
    next(one for one in app.checkbox if one.label.startswith("Outside opening hours")).check().run()
    assert "Nothing is changed yet" in words(app)
