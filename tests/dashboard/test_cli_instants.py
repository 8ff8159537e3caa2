"""Instants as they are written at the command line."""

from datetime import UTC, datetime

import click
import pytest

from dashboard.commands.common import instant


def test_an_instant_of_any_zone_is_compared_as_utc() -> None:
    told = instant("2026-11-22T09:00+08:00")
    assert told == datetime(2026, 11, 22, 1, tzinfo=UTC)
    assert told.tzinfo is UTC
    assert instant("2026-11-22").tzinfo is None  # the desk's zone settles it


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "0001-01-01T00:00+08:00", "9999-12-31T23:59-08:00"])
def test_an_instant_that_cannot_be_is_wrong_usage(text: str) -> None:
    with pytest.raises(click.BadParameter):
        instant(text)
