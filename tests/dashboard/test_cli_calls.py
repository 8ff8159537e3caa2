"""Files of a switch and a shop at the command line: loaded by their headers, shown, absent with the reason."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import main
from dashboard.wording import _

FILES = {
    "tickets": """工单编号,创建时间,状态,解决时间,解决人,客户编号,知识库文章
T1,2026-11-02 09:00,已解决,2026-11-02 09:45,李明,C1,KB-12
T2,2026-11-02 09:05,已解决,2026-11-02 09:55,李明,C2,
""",
    "arrivals": """时段,技能组,呼入量,接通量,放弃量,20秒接通量,5秒放弃量,AHT,平均应答速度,总等待时长
2026-11-02 09:00,售后,20,18,2,15,1,00:04:10,12,260
2026-11-02 09:30,售后,30,24,6,15,2,00:05:00,25,900
2026-11-02 10:00,售后,10,10,0,10,0,00:03:00,4,40
""",
    "agent_states": """Agent,State,Start Time,End Time
李明,Ready,2026-11-02 09:00:00,2026-11-02 09:10:00
李明,On call,2026-11-02 09:10:00,2026-11-02 09:40:00
李明,ACW,2026-11-02 09:40:00,2026-11-02 09:50:00
李明,Lunch,2026-11-02 09:50:00,2026-11-02 10:00:00
李明,Scheduled,2026-11-02 09:00:00,2026-11-02 10:00:00
""",
    "outcomes": """客户编号,时间,事件类型,金额
C1,2026-10-01 10:00,订单,99
C1,2026-11-03 10:00,复购,88
C9,2026-12-20 10:00,订单,50
""",
}
FIGURES = {
    "calls_offered": 60, "calls_answered": 52, "calls_abandoned": 8, "abandonment": 8 / 60, "service_level": 40 / 57,
    "handle_time_calendar_mean": 13_500 / 52, "asa_calendar_mean": 20, "asa_served_calendar_mean": 856 / 52,
    "occupancy": 0.8, "adherence": 1, "tickets_per_agent_hour": 2, "cost_per_inquiry": 30, "kb_use": 0.5,
    "conversion_rate": 0.5, "repurchase_rate": 1,
}  # fmt: skip


def asked(root: Path, command: str, *words: str) -> Result:
    return CliRunner().invoke(main, [*command.split(), "--data", str(root / "desk"), *words])


def rows(found: Result) -> dict[str, dict[str, Any]]:
    assert found.exit_code == 0, found.output
    return {row["metric"]: row for row in json.loads(found.stdout)}


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return loaded(tmp_path_factory.mktemp("bare"), "tickets")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = loaded(tmp_path_factory.mktemp("whole"), *FILES)
    (root / "cost.toml").write_text('[cost]\nper_hour = 60\ncurrency = "CNY"\n')
    told = asked(root, "settings import", str(root / "cost.toml"))
    assert "not set becomes 60.00 CNY" in told.output
    return root


def loaded(root: Path, *names: str) -> Path:
    for name in names:
        (root / f"{name}.csv").write_text(FILES[name], encoding="utf-8")
        done = asked(root, "load", str(root / f"{name}.csv"), "--as", "generic", "--zone", "Asia/Shanghai")
        assert done.exit_code == 0, done.output
        assert f"{_(f'table.{name}')}: " in done.output
    return root


def test_the_files_of_a_switch_and_a_shop_are_known_by_their_headers_and_counted(whole: Path) -> None:
    told = rows(asked(whole, "show", *FIGURES, "--format", "json"))
    assert {id: row["value"] for id, row in told.items()} == pytest.approx(FIGURES)
    assert all("reason" not in row for row in told.values())


def test_what_the_data_do_not_tell_is_absent_with_the_reason(bare: Path) -> None:
    told = rows(asked(bare, "show", "tickets_created", "calls_offered", "occupancy", "--format", "json"))
    assert [row["value"] for row in told.values()] == [2, None, None]
    assert told["tickets_created"]["reason"] is None
    assert "shape arrivals" in told["calls_offered"]["reason"]
    table = asked(bare, "show", "calls_offered", "service_level", "occupancy").output
    assert table.count("shape arrivals") == 1
    assert "calls_offered, service_level: No counts of calls" in table


def test_the_reason_is_told_in_the_readers_language(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOORWALKER_LANG", "zh-CN")
    assert "尚未导入坐席状态" in asked(bare, "show", "occupancy").output


def test_percentiles_of_calls_are_absent_even_with_a_switch(whole: Path) -> None:
    told = rows(asked(whole, "show", "handle_time_calendar_p90", "--format", "json"))
    assert "single call" in told["handle_time_calendar_p90"]["reason"]


def test_the_list_of_metrics_says_what_each_needs() -> None:
    listed = json.loads(CliRunner().invoke(main, ["metrics", "--format", "json"]).stdout)
    needs = {entry["metric"]: entry["needs"] for entry in listed}
    assert needs["occupancy"] == ["agent_time"]
    assert needs["tickets_created"] == []
    assert "Absent, with the reason" in CliRunner().invoke(main, ["metrics"]).stdout
