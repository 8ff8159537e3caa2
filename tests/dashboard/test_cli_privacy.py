"""The commands over the audit, personal data and backups."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import main


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    lines = ["工单编号,创建时间,客户,标题"]
    lines += [f"T{n},2025-01-{1 + n:02d} 09:00:00,客户{n % 3},请回电13800138000" for n in range(20)]
    (tmp_path / "export.csv").write_text("\n".join(lines), encoding="utf-8")
    assert run(tmp_path / "desk", "load", str(tmp_path / "export.csv"), "--zone", "Asia/Shanghai")[0] == 0
    return tmp_path / "desk"


def run(desk: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["--data", str(desk), *words])
    return done.exit_code, done.output


def test_the_audit_is_checked_against_a_head_kept_elsewhere(desk: Path) -> None:
    code, head = run(desk, "audit", "head")
    assert code == 0
    assert run(desk, "audit", "verify", "--head", head.strip())[0] == 0
    code, told = run(desk, "audit", "verify", "--head", f"99:{'0' * 64}")
    assert code == 1
    assert "Row 99" in told
    assert run(desk, "audit", "export")[1].count("data.load") == 1


def test_tickets_are_masked_where_that_is_asked(desk: Path) -> None:
    assert "13800138000" in run(desk, "tickets")[1]
    masked = run(desk, "tickets", "--masked")[1]
    assert "13800138000" not in masked
    assert "138****8000" in masked


def test_old_data_go_but_what_is_held(desk: Path) -> None:
    assert "texts" in run(desk, "retention")[1]
    assert run(desk, "retention", "--keep", "texts=30", "--reason", "short")[0] == 1
    assert run(desk, "hold", "add", "--ticket", "T3", "--reason", "dispute")[0] == 0
    assert "T3" in run(desk, "hold", "list")[1]
    assert "19 tickets would lose" in run(desk, "purge", "--dry-run")[1]
    assert "19 tickets lost" in run(desk, "purge")[1]
    told = run(desk, "tickets")[1]
    assert told.count("13800138000") == 1
    assert run(desk, "hold", "lift", "1", "--reason", "settled")[0] == 0


def test_a_customer_is_found_handed_out_and_erased(desk: Path) -> None:
    assert run(desk, "customer", "find", "客户1")[1].count("客户1") == 7
    assert "请回电" in run(desk, "customer", "export", "客户1")[1]
    assert run(desk, "customer", "erase", "客户1", "--yes")[0] == 0
    assert run(desk, "customer", "find", "客户1")[1].count("客户1") == 0
    assert run(desk, "customer", "erase", "客户1", "--yes")[0] == 1


def test_a_desk_is_backed_up_and_restored(desk: Path, tmp_path: Path) -> None:
    assert run(desk, "backup", str(tmp_path / "desk.tar"))[0] == 0
    assert run(desk, "restore", str(tmp_path / "desk.tar"))[0] == 1
    assert run(tmp_path / "again", "restore", str(tmp_path / "desk.tar"))[0] == 0
    assert run(tmp_path / "again", "show", "--format", "csv") == run(desk, "show", "--format", "csv")
