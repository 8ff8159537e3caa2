"""Answers that are kept by what was asked: each made once, those not asked for longest forgotten first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from threading import Lock
from typing import Any, TypeVar, cast

Made = TypeVar("Made")


class Answers:
    """So many answers at most, for all sessions of the server; whoever is handed one must not change it.

    Two who ask the same at once wait for one making; what fails is not kept. The key is the question itself, compared
    as Python compares: nothing is read or copied to find an answer again.
    """

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._kept: OrderedDict[Hashable, object] = OrderedDict()
        self._making: dict[Hashable, Lock] = {}
        self._lock = Lock()

    def of(self, question: Hashable, make: Callable[[], Made]) -> Made:
        """The kept answer to this question, else what *make* gives."""
        with self._lock:
            if question in self._kept:
                self._kept.move_to_end(question)
                return cast(Made, self._kept[question])
            making = self._making.setdefault(question, Lock())
        with making:
            with self._lock:
                if question in self._kept:  # somebody else was faster
                    return cast(Made, self._kept[question])
            try:
                made = make()
                self._keep(question, made)
            finally:
                with self._lock:
                    self._making.pop(question, None)
        return made

    def _keep(self, question: Hashable, made: object) -> None:
        with self._lock:
            self._kept[question] = made
            while len(self._kept) > self._at_most:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._kept.clear()


def asked_of(value: Any) -> Hashable:
    """What is asked as part of a question: mappings and lists by what they hold. Raises TypeError for a frame."""
    if isinstance(value, Mapping):
        return Mapping, frozenset((name, asked_of(held)) for name, held in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(asked_of, value))
    if is_dataclass(value) and not isinstance(value, type):
        return type(value), tuple(asked_of(getattr(value, field.name)) for field in fields(value))
    hash(value)
    return cast(Hashable, value)
