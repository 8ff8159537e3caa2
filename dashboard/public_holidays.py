"""Public holidays and make-up working days (调休) of a country, and from when on they are only estimated."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

FIRST_YEAR, LAST_YEAR = 2000, 2040


@dataclass(frozen=True)
class PublicHolidays:
    """Days on which offices are closed, and weekend days on which they work instead."""

    closed: frozenset[date]
    made_up: frozenset[date]

    @property
    def estimated_from(self) -> date | None:
        """The first day of the years whose make-up days are not announced yet; None where there never are any.

        From then on the statutory holidays stand without the bridges and make-up days of their year.
        """
        return date(max(self.made_up).year + 1, 1, 1) if self.made_up else None


@lru_cache(maxsize=16)
def public_holidays(country: str) -> PublicHolidays:
    """Holidays of a country by its ISO code, for the years 2000–2040. Raises KeyError for a country not known."""
    if country not in holidays.list_supported_countries():
        raise KeyError(country)
    known = holidays.country_holidays(country, years=range(FIRST_YEAR, LAST_YEAR + 1))
    made_up: Iterable[date] = getattr(known, "weekend_workdays", ())
    return PublicHolidays(
        frozenset(known), frozenset(day for day in made_up if FIRST_YEAR <= day.year <= LAST_YEAR and day not in known)
    )
