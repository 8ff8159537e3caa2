"""Exports of known systems that hold no tickets: told as what they are, and never read as something else."""

import tomllib
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from loaders.derived import is_there
from loaders.errors import MappingError
from loaders.presets import USUAL_NEEDS
from metrics.words import N_

HOLDS: Mapping[str, str] = {
    "people": N_("This is a list of people from {system}; it holds no tickets. Export the tickets instead."),
    "organisations": N_("This is a list of companies from {system}; it holds no tickets. Export the tickets instead."),
    "settings": N_("This holds settings of {system} and no tickets. Export the tickets instead."),
    "log": N_(
        "This is a log of changes in {system}, one row a change; it holds no tickets. Export the tickets instead."
    ),
    "averages": N_(
        "This is a summary from {system}: it holds averages only, and no figure can be made from averages. "
        "Export the tickets or conversations instead."
    ),
    "ratings": N_(
        "These are ratings from {system} without the times of their conversations. "
        "Load the conversations; their ratings come with them where the system gives them."
    ),
}


class NoTicketsError(MappingError):
    """The file is a known export of something else."""


@dataclass(frozen=True)
class Other:
    """One such export; `marks` as those of a preset."""

    system: str
    holds: str
    marks: tuple[str, ...]
    needs: int = USUAL_NEEDS

    def fits(self, headers: Container[str]) -> bool:
        return sum(any(is_there(one, headers) for one in mark.split(" | ")) for mark in self.marks) >= self.needs


@cache
def others() -> tuple[Other, ...]:
    """All that are known."""
    listed = tomllib.loads((files("loaders") / "others.toml").read_text(encoding="utf-8"))["export"]
    return tuple(Other(**{**one, "marks": tuple(one["marks"])}) for one in listed)


def refuse_others(headers: Container[str]) -> None:
    """Raises NoTicketsError where a file with these headers is known to hold something else."""
    other = next((one for one in others() if one.fits(headers)), None)
    if other is not None:
        raise NoTicketsError(HOLDS[other.holds], system=other.system)
