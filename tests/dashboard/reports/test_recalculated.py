"""Another program opens a report and counts it anew: `pytest -m slow tests/dashboard/reports`."""

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.reports.asked import Asked, period_with
from dashboard.reports.grids import differences, grids_of
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.services.reports.files import make_file
from dashboard.services.reports.making import days_of
from dashboard.wording import Language
from metrics.model import Period
from tests.pages.conftest import small_export

SOFFICE = shutil.which("soffice")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")]


def recalculated(path: Path, folder: Path) -> Path:
    """The workbook as LibreOffice writes it after it has opened and calculated it."""
    home = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [str(SOFFICE), home, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "again"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return folder / "again" / path.name


def assert_same(one: Path, other: Path) -> None:
    here, there = grids_of(one), grids_of(other)
    assert list(here) == list(there)
    assert not [cell for name in here for cell in differences(there[name], here[name], name)]
    assert sum(cell is not None for grid in here.values() for row in grid for cell in row) > 1000


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_recalculation_changes_nothing(language: Language, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_bytes(small_export())
    desk = open_desk(tmp_path / "desk")
    load_files(COMMAND_LINE, desk, [tmp_path / "export.csv"], options=LoadOptions(zone="Asia/Shanghai"))
    asked = Asked("weekly", days_of(COMMAND_LINE, desk, "weekly"), language)
    make_file(COMMAND_LINE, desk, asked, tmp_path / "weekly.xlsx")
    assert_same(tmp_path / "weekly.xlsx", recalculated(tmp_path / "weekly.xlsx", tmp_path))


def test_a_public_event_log_is_reported_and_recalculated(shared_data: Path, tmp_path: Path) -> None:
    desk: Desk = open_desk(tmp_path / "desk")
    log = shared_data / "servicenow" / "incident_event_log.csv.gz"
    load_files(COMMAND_LINE, desk, [log], options=LoadOptions(source="servicenow", zone="UTC"))
    spring: Period = period_with("quarterly", date(2016, 5, 1))
    made = make_file(COMMAND_LINE, desk, Asked("quarterly", spring, "en"), tmp_path / "quarter.xlsx")
    assert made.rows > 10_000
    assert_same(tmp_path / "quarter.xlsx", recalculated(tmp_path / "quarter.xlsx", tmp_path))
