"""Figures that are made in a process of their own."""

from pathlib import Path

import pytest

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.facts import figures
from dashboard.services.facts.preparing import prepare_apart
from dashboard.services.loading.loads import LoadOptions, load_files


def test_a_server_finds_the_figures_of_a_load_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export = tmp_path / "t.csv"
    export.write_text("ticket_id,created_at\nT1,2026-03-01 10:00:00\n")
    desk = open_desk(tmp_path / "desk")
    options = LoadOptions(zone="Asia/Shanghai")
    report = load_files(COMMAND_LINE, desk, [export], options=options, make_figures=prepare_apart)
    assert report.any_loaded, report.errors

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the figures are made a second time")

    monkeypatch.setattr(figures, "build_facts", never)
    assert figures.tickets(COMMAND_LINE, desk)["ticket_id"].to_list() == ["T1"]
    assert figures.facts_of(COMMAND_LINE, desk).zone == "Asia/Shanghai"
