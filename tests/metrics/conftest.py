"""Long runs over random desks may take as long as they need."""

from collections.abc import Sequence

import pytest

from tests.metrics.random_desks import CASES, DESKS


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    if CASES > 1_000 or DESKS > 100:
        for item in items:
            item.add_marker(pytest.mark.timeout(0))
