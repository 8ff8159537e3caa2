"""Measures in the agreements: read, refused with all that is wrong, kept by export and import."""

from datetime import date
from pathlib import Path

import pytest

from dashboard.agreements import SettingsError
from dashboard.demo.making import OWN_AGREEMENTS
from dashboard.desk import open_desk
from dashboard.improvements import Improvement, improvements_of
from dashboard.people import COMMAND_LINE
from dashboard.services.facts.figures import settings_of
from dashboard.services.settings.agreements import export_agreements, import_agreements
from dashboard.settings import settings_key, shipped_text

TODAY = date(2026, 5, 15)
CALENDAR = '[[calendar]]\nname = "always"\ndaily = "00:00-24:00"\n'
TRAINED = """
[[measure]]
title = "Mail training"
by = "Ann"
from = 2026-04-01
metric = "first_response_business_p50"
where = { team = "mail" }
expected = "90 min"
"""
WORDS = '[[measure]]\ntitle = "Shorter words"\nfrom = "2026-05-01"\nmetric = "csat"\nexpected = 0.9\n'


def test_a_measure_is_read_in_the_unit_of_its_figure_the_newest_first() -> None:
    assert improvements_of(TRAINED + WORDS) == (
        Improvement("Shorter words", date(2026, 5, 1), "csat", expected=0.9),
        Improvement("Mail training", date(2026, 4, 1), "first_response_business_p50", "Ann", {"team": ("mail",)}, 5400),
    )
    assert improvements_of(None) == improvements_of(CALENDAR) == ()


def test_everything_that_is_wrong_is_told_at_once() -> None:
    text = """
    [[measure]]
    title = "a"
    from = "soon"
    metric = "csat"
    expected = "much"
    where = { tem = "x" }
    [[measure]]
    name = "b"
    [[measure]]
    title = "c"
    from = 2026-04-01
    metric = "happiness"
    """
    with pytest.raises(SettingsError) as refused:
        improvements_of(text)
    told = [str(fault) for fault in refused.value.faults]
    assert len(told) == 8
    assert any("[[measure]] a from is “soon”" in line for line in told)
    assert any("[[measure]] c metric is “happiness”" in line for line in told)


def test_a_measure_goes_out_and_comes_in_and_moves_no_figure(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    import_agreements(COMMAND_LINE, desk, CALENDAR, since=None, today=TODAY, reason="test")
    before = settings_key(settings_of(COMMAND_LINE, desk))
    edited = export_agreements(COMMAND_LINE, desk).replace(CALENDAR, CALENDAR + TRAINED)
    taken = import_agreements(COMMAND_LINE, desk, edited, since=None, today=TODAY, reason="test")
    assert taken.changes == (
        "Measure “Mail training” is new: from 2026-04-01 on, meant for “First response”.",
    )  # fmt: skip
    assert taken.since is None
    assert settings_key(settings_of(COMMAND_LINE, desk)) == before
    assert [one.title for one in improvements_of(export_agreements(COMMAND_LINE, desk))] == ["Mail training"]


def test_a_measure_that_changes_or_goes_is_told(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    import_agreements(COMMAND_LINE, desk, CALENDAR + TRAINED + WORDS, since=None, today=TODAY, reason="test")
    text = CALENDAR + TRAINED.replace("Ann", "Bob")
    tried = import_agreements(COMMAND_LINE, desk, text, since=None, today=TODAY, reason="", dry_run=True)
    assert tried.changes == (
        "Measure “Shorter words” of 2026-05-01 is taken away.",
        "Measure “Mail training” of 2026-04-01 is told otherwise.",
    )  # fmt: skip
    with pytest.raises(SettingsError):
        import_agreements(
            COMMAND_LINE, desk, CALENDAR + WORDS.replace("csat", "cast"), since=None, today=TODAY, reason="test"
        )


def test_the_demo_desk_has_measures_and_the_shipped_agreements_show_how_to_write_one() -> None:
    found = improvements_of(OWN_AGREEMENTS.read_text(encoding="utf-8"))
    assert [one.metric_id for one in found] == ["reopen_rate", "first_response_business_p50", "csat"]
    assert improvements_of(shipped_text()) == ()
    example = shipped_text().partition("# [[measure]]\n")[2].partition("\n\n")[0]
    lines = [line.removeprefix("# ") for line in example.splitlines() if line.startswith("# ")]
    assert improvements_of("[[measure]]\n" + "\n".join(lines))[0].expected == 3600
