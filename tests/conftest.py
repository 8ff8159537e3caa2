"""What every test may ask for."""

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.made_schema import schema_by_copy, schema_by_migrations
from tests.postgres import database_url, postgres, postgres_pattern

__all__ = ["database_url", "postgres", "postgres_pattern", "schema_by_copy", "schema_by_migrations"]

ROOT = Path(__file__).resolve().parent.parent

# How long an example takes tells of the machine and of what else it does, not of what is tried.
settings.register_profile("floorwalker", deadline=None)
settings.load_profile("floorwalker")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of foreign acceptance data; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("FLOORWALKER_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"foreign acceptance data is not here ({folder}); set FLOORWALKER_TEST_DATA to its folder")
    return folder


def pytest_collection_finish() -> None:
    """What is imported by now stays: no collection of garbage looks at it again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # noqa: ARG001
    """With FLOORWALKER_NO_SKIPS set nothing may be skipped: a missing browser or data folder is a failure there."""
    report = yield
    if report.skipped and os.environ.get("FLOORWALKER_NO_SKIPS") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but nothing may be skipped here: {report.longrepr}"
    return report
