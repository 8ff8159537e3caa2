"""The commands that reach people: a channel is set up, tried and taken away; what is due is told once."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import main
from dashboard.triage.now import CLOCK
from tests.dashboard.sending.servers import Group, mail_server, robot_server


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk that was loaded on Thursday evening, with tickets that had waited since the day before."""
    monkeypatch.setenv(CLOCK, "2026-03-19T18:00:00+08:00")
    lines = ["工单编号,创建时间,首次响应时间,渠道,团队,客服,标题"]
    lines += ["T1,2026-03-18 09:00:00,,邮件,甲组,王芳,请回电13800138000"]
    lines += ["T2,2026-03-18 10:00:00,,邮件,乙组,赵强,x", "T3,2026-03-19 17:00:00,2026-03-19 17:05:00,邮件,甲组,王芳,y"]
    (tmp_path / "export.csv").write_text("\n".join(lines), encoding="utf-8")
    assert run(tmp_path / "desk", "load", str(tmp_path / "export.csv"), "--zone", "Asia/Shanghai")[0] == 0
    return tmp_path / "desk"


def run(desk: Path, *words: str, typed: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(main, ["--data", str(desk), *words], input=typed)
    return done.exit_code, done.output


def remind(desk: Path, *, minute: int = 0) -> tuple[int, str]:
    return run(desk, "remind", "--once", "--as-of", f"2026-03-20T12:{minute:02d}+08:00")


def said(group: Group) -> str:
    return "".join(body["text"]["content"] for _path, body in group.told)


def test_what_is_due_is_told_once_to_the_groups_that_a_person_set_up(desk: Path) -> None:
    assert remind(desk) == (0, "0 reminders, 0 messages sent, 0 failed, 0 wait for a better time.\n")
    with robot_server() as group:
        code, _told = run(desk, "channel", "robot", "wecom", "--name", "早会群", "--team", "甲组",
                          typed=f"{group.address}/hook?key=k\n")  # fmt: skip
        assert code == 0
        code, told = remind(desk)
        assert code == 0
        assert "1 messages sent, 0 failed" in told
        assert remind(desk, minute=1)[1].startswith("0 reminders, 0 messages sent")
    assert "T1" in said(group)
    assert "T2" not in said(group)
    assert "13800138000" not in said(group)
    assert "k" not in run(desk, "channel", "list")[1].split("wecom")[1].split("早会群")[1].replace("甲组", "")


def test_a_server_that_fails_is_an_exit_code_and_the_next_run_tries_again(desk: Path) -> None:
    with robot_server() as group:
        run(desk, "channel", "robot", "slack", "--name", "Group", typed=f"{group.address}/hook\n")
        group.answer = (500, "no")
        code, told = remind(desk)
        assert code == 1
        assert "tried again" in told
        group.answer = (200, "ok")
        assert remind(desk, minute=1)[0] == 0
        assert len(group.told) == 2


def test_a_mail_server_is_set_up_changed_tried_and_taken_away(desk: Path) -> None:
    with mail_server() as box:
        mail = ["channel", "mail", "--host", "127.0.0.1", "--port", str(box.port), "--security", "none", "--sender"]
        assert run(desk, *mail, "desk")[0] == 1
        assert run(desk, *mail, "desk@a.example")[0] == 0
        assert run(desk, *mail, "other@a.example")[0] == 0  # the same one
        assert run(desk, "channel", "try", "1", "--to", "li@a.example")[0] == 0
        assert box.recipients == ["li@a.example"]
    assert run(desk, "channel", "try", "1", "--to", "li@a.example")[0] == 1
    assert run(desk, "channel", "remove", "1")[0] == 0
    assert run(desk, "channel", "list") == (0, "")
    assert run(desk, "channel", "address", "nobody")[0] == 1


def test_an_instant_without_a_zone_is_refused(desk: Path) -> None:
    assert run(desk, "remind", "--once", "--as-of", "2026-03-20T12:00")[0] == 2
