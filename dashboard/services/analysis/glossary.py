"""The catalogue of figures as a glossary: families as one entry, found by any of their words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from metrics.catalog import ALL_TOPICS, wording
from metrics.model import Metric


@dataclass(frozen=True)
class Entry:
    """One figure, or a family that differs only in clock and percentile, under its topic."""

    topic: str
    wording: str
    members: tuple[Metric, ...]

    @property
    def first(self) -> Metric:
        return self.members[0]


def entries() -> tuple[Entry, ...]:
    """Every figure of the catalogue, in its order."""
    found: dict[tuple[str, str], list[Metric]] = {}
    for topic, metrics in ALL_TOPICS.items():
        for one in metrics:
            found.setdefault((topic, wording(one)), []).append(one)
    return tuple(Entry(topic, name, tuple(members)) for (topic, name), members in found.items())


def matching(listed: Iterable[Entry], wanted: str, words_of: Callable[[Entry], str]) -> tuple[Entry, ...]:
    """The entries whose words or ids hold every word that is wanted."""
    parts = wanted.casefold().split()

    def holds(entry: Entry) -> bool:
        text = " ".join((words_of(entry), *(one.id for one in entry.members))).casefold()
        return all(part in text for part in parts)

    return tuple(entry for entry in listed if holds(entry))
