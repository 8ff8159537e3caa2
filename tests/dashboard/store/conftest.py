"""What is told of the store is told of the schema that its migrations make."""

import pytest


@pytest.fixture(autouse=True)
def _all_migrations(schema_by_migrations: None) -> None:
    """No copies here."""
