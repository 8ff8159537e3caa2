"""Agreements go out as a file and come in again; figures of older days keep the agreement of their time."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from dashboard.cli import main
from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.facts.figures import facts_of, figures, settings_of
from dashboard.services.settings.agreements import export_agreements, import_agreements
from dashboard.services.settings.changes import change_zone
from dashboard.settings import SettingsError, shipped_text
from dashboard.store import LoadRow
from metrics.model import Period, Scope
from metrics.tables import RATINGS, TICKETS

APRIL = date(2026, 4, 1)
TODAY = date(2026, 5, 15)
ALL_DAY = """
[[calendar]]
name = "always"
daily = "00:00-24:00"
"""
HOUR = '[[target]]\nthing = "first_response"\nwithin = "60 min"\n'
QUARTER = '[[target]]\nthing = "first_response"\nwithin = "15 min"\n'


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Tickets on the first day of March, April and May, at 12:00, each answered after half an hour and rated 4 of 5."""
    made = open_desk(tmp_path)
    created = [datetime(2026, month, 1, 12, tzinfo=UTC) for month in (3, 4, 5)]
    answered = [at + timedelta(minutes=30) for at in created]
    rows = {"ticket_id": ["3", "4", "5"], "created_at": created, "first_responded_at": answered, "team": ["a"] * 3}
    tickets = pl.DataFrame(rows, schema={name: TICKETS.schema[name] for name in rows})
    given = {"ticket_id": ["3", "4", "5"], "rating_id": ["3", "4", "5"], "given_at": answered, "score": [4.0] * 3}
    ratings = pl.DataFrame(given | {"scale": [5] * 3}, schema={n: RATINGS.schema[n] for n in [*given, "scale"]})
    versions = made.warehouse.commit("s", {"tickets": tickets, "ratings": ratings}, base={}).versions
    newest = datetime(2026, 5, 2, tzinfo=UTC)
    entry = LoadRow(at=newest, actor="a", kind="load", versions=dict(versions), as_of=newest, files=[], settings={})
    with made.keeping() as session:
        session.add(entry)
    return made


def take(desk: Desk, text: str, since: date | None = None, **options: bool) -> tuple[str, ...]:
    return import_agreements(COMMAND_LINE, desk, text, since=since, today=TODAY, reason="test", **options).changes


def by_month(desk: Desk, metric: str) -> list[float | None]:
    scope = Scope(period=Period(date(2026, 3, 1), date(2026, 6, 1)))
    return figures(COMMAND_LINE, desk, [metric], scope, every="month")["value"].to_list()


def test_the_first_agreements_hold_for_all_days(desk: Desk) -> None:
    assert (
        import_agreements(COMMAND_LINE, desk, ALL_DAY + QUARTER, since=None, today=TODAY, reason="test").since is None
    )
    assert by_month(desk, "first_response_within_target") == [0, 0, 0]


def test_a_new_target_from_a_day_moves_no_older_figure(desk: Desk) -> None:
    take(desk, ALL_DAY + HOUR)
    older = facts_of(COMMAND_LINE, desk).tickets.filter(pl.col("created_at") < datetime(2026, 4, 1, tzinfo=UTC))
    assert by_month(desk, "first_response_within_target") == [1, 1, 1]
    take(desk, ALL_DAY + QUARTER, APRIL)
    assert by_month(desk, "first_response_within_target") == [1, 0, 0]
    assert (
        facts_of(COMMAND_LINE, desk)
        .tickets.filter(pl.col("created_at") < datetime(2026, 4, 1, tzinfo=UTC))
        .equals(older)
    )


def test_before_the_first_dated_agreements_holds_what_is_shipped(desk: Desk) -> None:
    assert by_month(desk, "first_response_within_target") == [1, 1, 1]
    take(desk, ALL_DAY + QUARTER, APRIL)
    assert by_month(desk, "first_response_within_target") == [1, 0, 0]


def test_a_promise_that_is_dropped_goes_on_holding_for_the_days_before(desk: Desk) -> None:
    take(desk, ALL_DAY + QUARTER)
    take(desk, "target = []\n" + ALL_DAY, APRIL)
    assert by_month(desk, "first_response_within_target") == [0, None, None]


def test_new_hours_count_from_their_day_on(desk: Desk) -> None:
    take(desk, ALL_DAY + HOUR)
    take(desk, '[[calendar]]\nname = "evening"\ndaily = "12:20-20:00"\n' + HOUR, APRIL)
    assert by_month(desk, "first_response_business_mean") == [1800, 600, 600]
    assert by_month(desk, "first_response_calendar_mean") == [1800, 1800, 1800]


def test_a_team_that_goes_by_another_calendar_does_so_from_its_day_on(desk: Desk) -> None:
    both = ALL_DAY + '[[calendar]]\nname = "evening"\ndaily = "12:20-20:00"\n'
    take(desk, both + HOUR)
    take(desk, both + HOUR + '[team_calendars]\na = "evening"\n', APRIL)
    take(desk, both + HOUR, date(2026, 5, 1))
    assert by_month(desk, "first_response_business_mean") == [1800, 600, 1800]


def test_peaks_events_and_satisfaction_are_those_of_their_time(desk: Desk) -> None:
    take(desk, ALL_DAY + HOUR)
    assert by_month(desk, "csat") == [1, 1, 1]
    assert facts_of(COMMAND_LINE, desk).tickets["peak"].to_list() == ["no", "no", "no"]
    newer = (
        '[peak]\nhours = "12:00-13:00"\n[satisfaction]\npositive_share = 0.9\n[[event]]\nname = "x"\ndays = "03-01"\n'
    )
    take(desk, ALL_DAY + HOUR + newer, APRIL)
    assert by_month(desk, "csat") == [1, 0, 0]
    assert facts_of(COMMAND_LINE, desk).tickets["peak"].to_list() == ["no", "yes", "yes"]
    assert date(2026, 3, 1) not in settings_of(COMMAND_LINE, desk).event_days


def test_the_export_says_all_and_comes_in_again_without_a_change(desk: Desk) -> None:
    assert export_agreements(COMMAND_LINE, desk) == shipped_text()
    assert take(desk, export_agreements(COMMAND_LINE, desk)) == ()
    assert desk.agreement_versions() == ()
    take(desk, ALL_DAY + HOUR)
    exported = export_agreements(COMMAND_LINE, desk)
    assert ALL_DAY.strip() in exported
    assert "[peak]" in exported
    assert take(desk, exported) == ()


def test_a_dry_run_says_what_changes_and_keeps_nothing(desk: Desk) -> None:
    take(desk, ALL_DAY + HOUR)
    said = take(desk, ALL_DAY + QUARTER, APRIL, dry_run=True)
    assert said == ("First response, every ticket: 1 h of opening hours becomes 15 min of opening hours.",)
    assert len(desk.agreement_versions()) == 1
    assert by_month(desk, "first_response_within_target") == [1, 1, 1]


def test_wrong_agreements_are_refused_with_all_their_faults(desk: Desk) -> None:
    text = '[[target]]\nthing = "first_response"\nwithin = "soon"\n[peak]\nhours = "9-10"\n[sla]\nat_risk_share = 2\n'
    with pytest.raises(SettingsError) as refused:
        take(desk, text)
    said = str(refused.value)
    assert all(part in said for part in ("“soon”", "“9-10”", "at_risk_share is “2”"))
    assert desk.agreement_versions() == ()


def test_newer_agreements_are_not_pushed_aside_by_older_ones(desk: Desk) -> None:
    take(desk, ALL_DAY + HOUR)
    take(desk, ALL_DAY + QUARTER, APRIL)
    with pytest.raises(SettingsError, match="newer agreements from 2026-04-01"):
        take(desk, ALL_DAY + HOUR, date(2026, 3, 15))
    take(desk, ALL_DAY + HOUR, APRIL)
    assert by_month(desk, "first_response_within_target") == [1, 1, 1]


def test_the_commands_give_out_and_take_in_a_file(desk: Desk, tmp_path: Path) -> None:
    def run(*asked: str) -> Result:
        return CliRunner().invoke(main, [*asked, "--data", str(desk.root)], env={"FLOORWALKER_LANG": "en"})

    kept, wrong = tmp_path / "kept.toml", tmp_path / "wrong.toml"
    assert run("settings", "export", str(kept)).exit_code == 0
    assert "nothing changes" in run("settings", "import", str(kept)).output
    kept.write_text(ALL_DAY + HOUR, encoding="utf-8")
    assert run("settings", "import", str(kept)).output.startswith("For all days:")
    kept.write_text(ALL_DAY + QUARTER, encoding="utf-8")
    assert "figures of the days before stay" in run("settings", "import", str(kept), "--from", "2026-04-01").output
    wrong.write_text('[peak]\nhours = "noon"\n[sla]\nx = 1\n', encoding="utf-8")
    refused = run("settings", "import", str(wrong))
    assert refused.exit_code == 1
    assert "“noon”" in refused.stderr
    assert "“x” is not a setting" in refused.stderr
    assert [since for since, _ in desk.agreement_versions()] == [date.min, APRIL]


def test_the_file_holds_the_zone_and_brings_it_in(desk: Desk) -> None:
    change_zone(COMMAND_LINE, desk, "Asia/Shanghai", reason="where it stands")
    exported = export_agreements(COMMAND_LINE, desk)
    assert exported.startswith('zone = "Asia/Shanghai"\n')
    assert take(desk, exported) == ()
    moved = take(desk, exported.replace("Asia/Shanghai", "Asia/Tokyo", 1))
    assert moved == ("The desk's days and hours are those of Asia/Tokyo instead of Asia/Shanghai.",)
    assert desk.zone() == "Asia/Tokyo"
    assert "zone =" not in (desk.agreements() or "")


def test_what_no_figure_depends_on_comes_in_from_a_file_too(desk: Desk) -> None:
    assert take(desk, '[interface]\nlanguage = "en"\n') == (
        "These tables change, on which no figure depends: interface.",
    )
    assert desk.agreements() == '[interface]\nlanguage = "en"\n'
