"""The commands `report schedule` and `report due`: kept, sent once, paused, told; and a report in an own layout."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from dashboard.cli import main
from dashboard.desk import open_desk
from dashboard.reports.own.sample import sample
from dashboard.triage.now import CLOCK
from tests.dashboard.reports.mailed import set_mail, small_report
from tests.dashboard.sending.servers import mail_server


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CLOCK, "2026-03-15T12:00:00+00:00")
    monkeypatch.setattr("dashboard.services.reports.files.report", small_report)
    open_desk(tmp_path / "desk").engine.dispose()
    return tmp_path / "desk"


def run(desk: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["--data", str(desk), "report", *words])
    return done.exit_code, done.output


def due(desk: Path, at: str) -> tuple[int, str]:
    return run(desk, "due", "--once", "--as-of", at)


def test_a_schedule_is_kept_sent_once_paused_changed_and_taken_away(desk: Path) -> None:
    with mail_server() as box:
        set_mail(open_desk(desk), box.port)
        code, told = run(desk, "schedule", "add", "Weekly", "--day", "1", "--at", "08:30", "--to", "boss@b.example",
                         "--lang", "en")  # fmt: skip
        assert (code, told) == (0, "Schedule 1 is kept.\n")
        assert "next 2026-03-16 08:30" in run(desk, "schedule", "list")[1]
        assert due(desk, "2026-03-16T08:29Z")[1] == "0 mails due, 0 sent, 0 failed, 0 uncertain.\n"
        assert due(desk, "2026-03-16T08:30Z") == (0, "1 mails due, 1 sent, 0 failed, 0 uncertain.\n")
        assert due(desk, "2026-03-16T08:31Z") == (0, "0 mails due, 0 sent, 0 failed, 0 uncertain.\n")
        assert "boss@b.example           sent" in run(desk, "schedule", "list")[1]
        assert run(desk, "schedule", "pause", "1")[0] == 0
        assert "paused" in run(desk, "schedule", "list")[1]
        assert due(desk, "2026-03-23T08:30Z")[1].startswith("0 mails due")
        assert run(desk, "schedule", "resume", "1")[0] == 0
        assert run(desk, "schedule", "change", "1", "--day", "3", "--at", "09:00")[0] == 0
        assert "next 2026-03-18 09:00" in run(desk, "schedule", "list")[1]
        assert run(desk, "schedule", "send", "1") == (0, "0 mails due, 1 sent, 0 failed, 0 uncertain.\n")
        assert run(desk, "schedule", "remove", "1")[0] == 0
        assert run(desk, "schedule", "list") == (0, "")
    assert box.recipients == ["boss@b.example"] * 2


def test_what_is_not_taken_is_an_exit_code_and_stands_in_the_list(desk: Path) -> None:
    with mail_server() as box:
        set_mail(open_desk(desk), box.port)
        run(desk, "schedule", "add", "Weekly", "--to", "boss@b.example", "--lang", "en")
        box.refuse = lambda _to: True
        code, told = due(desk, "2026-03-16T08:30Z")
    assert code == 1
    assert "1 failed" in told
    assert "tried again" in told
    assert "failed: every address was refused" in run(desk, "schedule", "list")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("schedule", "add", "W", "--to", "nobody"), "no e-mail address"), (("schedule", "add", "W"), "Name somebody"),
        (("schedule", "add", "W", "--to", "a@b.example", "--at", "25:00"), "such as 08:30"),
        (("schedule", "pause", "9"), "not there"), (("schedule", "change", "9", "--day", "2"), "no schedule 9"),
        (("schedule", "add", "W", "--to", "a@b.example", "--template", "none"), "not kept"),
        (("due", "--once", "--as-of", "2026-03-16T08:30"), "zone"), ((), "name a kind of report"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_sentence(desk: Path, words: tuple[str, ...], said: str) -> None:
    code, told = run(desk, *words)
    assert code in (1, 2)
    assert said in told


def test_a_report_fills_a_layout_that_lies_beside_it(desk: Path, tmp_path: Path) -> None:
    sample().save(tmp_path / "own.xlsx")
    asked = ("weekly", "--from", "2026-03-09", "--to", "2026-03-16", "--lang", "en")
    code, told = run(desk, *asked, "--out", str(tmp_path / "filled.xlsx"), "--template", str(tmp_path / "own.xlsx"))
    assert code == 0, told
    assert "fw_value_csat: this report does not have it" in told
    assert load_workbook(tmp_path / "filled.xlsx").worksheets[0]["A2"].value == "Small"
    (tmp_path / "bad.xlsx").write_bytes(b"no workbook")
    code, told = run(desk, *asked, "--out", str(tmp_path / "no.xlsx"), "--template", str(tmp_path / "bad.xlsx"))
    assert (code, (tmp_path / "no.xlsx").exists()) == (1, False)
    assert "no .xlsx workbook" in told
