"""The demo desk, generated once for all tests of this folder."""

import pytest

from dashboard.demo.generating import DemoData, generate


@pytest.fixture(scope="session")
def demo() -> DemoData:
    return generate()
