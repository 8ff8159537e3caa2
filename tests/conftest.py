"""What every test may ask for."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of foreign acceptance data; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("FLOORWALKER_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"foreign acceptance data is not here ({folder}); set FLOORWALKER_TEST_DATA to its folder")
    return folder
