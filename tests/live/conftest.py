"""Readers ask again at once in these tests: what they would wait for is told, not waited for."""

from collections.abc import Iterator

import pytest
import stamina


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    with stamina.set_testing(True, attempts=100, cap=True):
        yield
