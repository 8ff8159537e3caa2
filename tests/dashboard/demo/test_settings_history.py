"""A settings change today leaves every figure of last quarter as it was, bit for bit; undoing it restores today's."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from dashboard.agreement_text import with_table
from dashboard.demo import DemoData
from dashboard.demo.calendar_of_demand import ZONE
from dashboard.demo.making import OWN_AGREEMENTS
from dashboard.desk import Desk, keep_zone, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.figures import facts_of
from dashboard.services.settings_changes import keep_agreements, undo
from dashboard.store import LoadRow
from metrics.catalog import METRICS
from metrics.compute import compute
from metrics.facts import Facts
from metrics.model import Every, Period, Scope

LAST_QUARTER = Scope(Period(date(2026, 7, 1), date(2026, 10, 1)))
CUTS: tuple[tuple[tuple[str, ...], Every | None], ...] = (
    ((), None), ((), "month"), ((), "day"), (("channel",), "month"), (("team",), "month"), (("type",), None),
    (("priority",), None), (("weekday",), None), (("hour",), None), (("peak",), "month"),
)  # fmt: skip
KEYS = ["source", "ticket_id"]
PROMISES = [{"thing": thing, "within": "5 min"} for thing in ("first_response", "next_response", "resolution")]
OTHERWISE: dict[str, Any] = {
    "calendar": [
        {"name": "new", "daily": "05:00-07:30, 08:00-08:50, 13:00-20:00", "days": {"2026-11-20": "00:00-24:00"}}
    ],
    "team_calendars": {"邮件留言组": "new"},
    "target": PROMISES,
    "peak": {"hours": "12:00-13:00"},
    "event": [{"name": "all summer", "days": "07-01..09-30"}],
    "satisfaction": {"positive_share": 0.4},
    "sla": {"on_hold_pauses": True, "at_risk_share": 0.6},
    "service_level": {"within": "60 s"},
    "cost": {"per_hour": 99.0, "currency": "USD"},
}
"""Every setting that a figure depends on, otherwise."""


@pytest.fixture(scope="module")
def desk(demo: DemoData, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One in twelve of the demo desk's tickets of its last nine months, with everything that belongs to them."""
    recent = demo.tickets.filter(pl.col("created_at") >= pl.lit("2026-03-01").str.to_datetime(time_zone="UTC"))
    kept = recent.filter(pl.col("ticket_id").hash(seed=3) % 12 == 0)
    own = {name: frame.join(kept.select(KEYS), on=KEYS, how="semi")
           for name, frame in demo.tables.items() if "ticket_id" in frame.columns and name != "outcomes"}  # fmt: skip
    made = open_desk(tmp_path_factory.mktemp("history") / "desk")
    versions = made.warehouse.commit("demo", demo.tables | own, base={}).versions
    newest = made.warehouse.newest(versions)
    entry = LoadRow(at=newest, actor="a", kind="load", versions=dict(versions), as_of=newest, files=[], settings={})
    with made.keeping() as session:
        session.add(entry)
        keep_zone(session, ZONE)
    ours = OWN_AGREEMENTS.read_text(encoding="utf-8")
    keep_agreements(COMMAND_LINE, made, ours, since=date.min, reason="as the demo desk has it")
    yield made
    made.engine.dispose()


def told(facts: Facts) -> dict[object, pl.DataFrame]:
    return {cut: compute(list(METRICS.values()), facts, LAST_QUARTER, by=cut[0], every=cut[1]) for cut in CUTS}


def test_a_change_today_moves_no_figure_of_last_quarter_and_taking_it_back_restores_todays(desk: Desk) -> None:
    facts, texts = facts_of(COMMAND_LINE, desk), desk.agreement_versions()
    before, whole = told(facts), compute(list(METRICS.values()), facts)
    known = before[(), None]
    assert known.height == len(METRICS)
    assert known["value"].is_not_null().sum() >= 0.9 * len(METRICS)
    text = desk.agreements()
    for name, value in OTHERWISE.items():
        text = with_table(text, name, value)
    today = facts.as_of.astimezone(ZoneInfo(ZONE)).date()
    change = keep_agreements(COMMAND_LINE, desk, text or "", since=today, reason="everything otherwise")
    changed = facts_of(COMMAND_LINE, desk)
    assert not compute(list(METRICS.values()), changed).equals(whole)
    for cut, rows in told(changed).items():
        assert rows.equals(before[cut]), cut
    undo(COMMAND_LINE, desk, change, reason="back")
    assert desk.agreement_versions() == texts
    assert compute(list(METRICS.values()), facts_of(COMMAND_LINE, desk)).equals(whole)
