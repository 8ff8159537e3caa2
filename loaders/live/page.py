"""What a connected system hands over: pages of records, each with the place from which reading goes on after it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from loaders.live.caller import Told
from loaders.mapping import Mapping as SourceMapping
from metrics.words import N_

Record: TypeAlias = Mapping[str, Any]
State: TypeAlias = Mapping[str, Any]
"""Plain JSON: by it reading goes on exactly where the page before it ended; empty at the very beginning."""
Settings: TypeAlias = Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """Records of one answer, by the part that they belong to (a mapping each), already flat.

    `gone`: numbers of tickets that the system has deleted. `state` holds once this page has been kept.
    """

    state: State
    parts: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    into: Mapping[str, str] = field(default_factory=dict)
    """Of those that are gone, the tickets that they were merged into, where the system tells."""

    @property
    def size(self) -> int:
        return sum(len(records) for records in self.parts.values()) + len(self.gone)


Mappings: TypeAlias = Mapping[str, SourceMapping]
"""Part -> its mapping; a part without one is mapped by its headers when it is loaded."""


class Reading(Protocol):
    """A system that is asked: what asking it cost, who is told when it has us wait, and the end of it."""

    told: Told
    on_wait: Callable[[float], None]

    def close(self) -> None: ...


@dataclass(frozen=True)
class Asked:
    """One thing that a connection is asked for when it is set up; `label` is a message id."""

    name: str
    label: str
    example: str = ""
    is_required: bool = True
    choices: tuple[str, ...] = ()
    is_long: bool = False


ADDRESS = Asked("address", N_("Address"), "https://helpdesk.example.com")
MESSAGES = Asked("messages", N_("Bring what was written, too (a question for each ticket that changed)"),
                 choices=("no", "yes"))  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A system that can be connected; `parts`: what it brings, each with a shipped mapping of that name."""

    name: str
    label: str
    asked: tuple[Asked, ...]
    secret: str
    connect: Callable[[Settings, str], Any]
    """A Reading, from the settings and the opened secret."""
    pages: Callable[[Any, Settings, State], Iterator[Page]]
    """Reads on from a state to the present end, page by page. Raises SourceError."""
    parts: tuple[str, ...]
    needs_secret: bool = True
    needs_whole_rows: bool = True
    """Whether a field that a record lacks is empty; else nothing is said of it, and what stood stays."""
    tells_deleted: bool = False
    """Whether it tells which tickets were deleted; else only a comparison with all that it has finds them."""
    listing: Callable[[Any, Settings, str], Iterator[Sequence[str]]] | None = None
    """The numbers of all tickets that it has, page by page, by the field of a record that holds them."""
    is_there: Callable[[Any, Settings, str], bool] | None = None
    """Whether it has the ticket of this number; for listings whose pages may move while they are turned."""


def flat(record: Record, *, without: Sequence[str] = (), prefix: str = "") -> dict[str, Any]:
    """The record with nested objects as `outer.inner`; lists stay lists."""
    told: dict[str, Any] = {}
    for name, value in record.items():
        key = f"{prefix}{name}"
        if key in without:
            continue
        if isinstance(value, Mapping):
            told |= flat(value, without=without, prefix=f"{key}.")
        else:
            told[key] = value
    return told


def lines_of(records: Sequence[Record], headers: Sequence[str]) -> Iterator[str]:
    """The records as lines of JSON, each with all these headers: one that no record has is no missing column."""
    nothing = dict.fromkeys(headers)
    for record in records:
        yield json.dumps({**nothing, **record}, ensure_ascii=False) + "\n"
