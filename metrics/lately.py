"""What was worked out lately, kept for the next who asks the same."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Lately(Generic[Made]):
    """So many answers at most, those made first forgotten first; whoever is handed one must not change it."""

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._kept: dict[Hashable, Made] = {}

    def of(self, question: Hashable, make: Callable[[], Made]) -> Made:
        """The kept answer, else what *make* gives. Of two threads that ask at once each may make it."""
        found = self._kept.get(question)
        if found is None:
            found = make()
            for oldest in list(self._kept)[: max(0, len(self._kept) + 1 - self._at_most)]:
                self._kept.pop(oldest, None)
            self._kept[question] = found
        return found
