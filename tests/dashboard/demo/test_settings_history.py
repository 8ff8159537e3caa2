"""A settings change today leaves every figure of last quarter as it was, bit for bit; undoing it restores today's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, get_args
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from dashboard.agreement_text import with_table
from dashboard.demo.calendar_of_demand import ZONE
from dashboard.demo.generating import DemoData
from dashboard.demo.making import OWN_AGREEMENTS
from dashboard.desk import Desk, keep_zone, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.facts.figures import facts_of
from dashboard.services.settings.changes import keep_agreements, undo
from dashboard.settings import settings_through
from dashboard.store import LoadRow
from metrics.catalog import METRICS
from metrics.compute import compute
from metrics.facts import Facts, build_facts
from metrics.model import DIMENSIONS, Every, FactName, Period, Scope
from metrics.tables import Tables

LAST_QUARTER = Scope(Period(date(2026, 7, 1), date(2026, 10, 1)))
CUTS: tuple[tuple[tuple[str, ...], Every | None], ...] = (
    ((), None), ((), "month"), ((), "day"), (("channel",), "month"), (("team",), "month"), (("type",), None),
    (("subtype",), None), (("agent",), "month"), (("language",), None), (("priority",), None), (("weekday",), None),
    (("hour",), None), (("peak",), "month"),
)  # fmt: skip
KEYS = ["source", "ticket_id"]
PROMISES = [{"thing": thing, "within": "5 min", "attainment": 0.8}
            for thing in ("first_response", "next_response", "resolution")]  # fmt: skip
FACTS: tuple[FactName, ...] = get_args(FactName)
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
    "cost": {"per_hour": 99.0, "currency": "USD", "teams": {"在线售后组": 70.0}},
    "type": [{"name": "returns", "also": ["returns_exchanges"]},
             {"name": "delivery", "subtype": "包裹", "also": ["物流延误", "包裹破损"]}],
    "merge": [{"type": "order_status", "into": "delivery", "into_subtype": "订单"},
              {"type": "billing_payment", "into": "product_information", "from": date(2026, 1, 1)}],
    "team": [{"name": "邮件组", "also": ["邮件留言组"]}],
    "agent": [{"name": "一个人", "also": ["张丽娜", "许若曦"]}],
    "member": [{"agent": "张丽娜", "team": "新组"}, {"agent": "许若曦", "team": "新组", "from": date(2026, 2, 1)}],
    "priority": [{"name": "urgent", "called": "P0", "also": ["important"]}],
    "language": [{"name": "Chinese", "also": ["zh"]}],
    "first_contact": {"way": "one_touch"},
    "rating_scale": [{"scale": 5, "worst": 1, "best": 5, "satisfied_from": 5}],
}  # fmt: skip
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


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERWISE)
def test_each_setting_by_itself_moves_figures_but_none_of_last_quarter(desk: Desk, name: str) -> None:
    """Takes two minutes: pytest -m slow tests/dashboard/demo/test_settings_history.py."""
    versions, text = desk.agreement_versions(), desk.agreements()
    for one in ("calendar", "team_calendars") if "calendar" in name else (name,):  # neither stands without the other
        text = with_table(text, one, OTHERWISE[one])
    head = desk.head()
    assert head is not None
    facts, tables = facts_of(COMMAND_LINE, desk), _without_some_teams(desk.warehouse.tables(head.versions))
    today = facts.as_of.astimezone(ZoneInfo(ZONE)).date()
    now, then, always = (
        build_facts(tables, settings_through(ZONE, agreed), as_of=facts.as_of)
        for agreed in (versions, (*versions, (today, text)), ((date.min, text),))
    )
    by_name = "type" if name == "merge" else name
    cut = ((by_name,), None) if by_name in DIMENSIONS else ((), "month")
    for by, every in {((), None), cut}:
        before, after = (
            compute(list(METRICS.values()), made, LAST_QUARTER, by=by, every=every)  # type: ignore[arg-type]
            for made in (now, then)
        )
        assert after.equals(before)
    assert any(not always.frame(fact).equals(now.frame(fact)) for fact in FACTS), "the setting does nothing at all"


def _without_some_teams(tables: Tables) -> Tables:
    """Every fifth ticket without its team, so that there is something for memberships to fill."""
    named = pl.when(pl.col("ticket_id").hash(seed=5) % 5 > 0).then("team")
    return replace(tables, tickets=tables.tickets.with_columns(named.alias("team")))


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
    moved = (
        compute(list(METRICS.values()), changed)
        .join(whole, on="metric")
        .filter(~pl.col("value").eq_missing(pl.col("value_right")))
    )
    print(f"{len(OTHERWISE)} settings changed at once: {moved.height} of {whole.height} figures of all time move, "
          f"0 of {sum(rows.height for rows in before.values())} of last quarter in {len(CUTS)} cuts")  # fmt: skip
    undo(COMMAND_LINE, desk, change, reason="back")
    assert desk.agreement_versions() == texts
    assert compute(list(METRICS.values()), facts_of(COMMAND_LINE, desk)).equals(whole)
