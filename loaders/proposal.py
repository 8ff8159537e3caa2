"""A mapping proposed from the headers of a file; values are looked at only where headers leave a choice."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from loaders.base import RawTable
from loaders.date_forms import form_of
from loaders.mapping import NULL_MARKS
from loaders.mapping import Mapping as SourceMapping
from loaders.shapes.fields import SHAPES, required_of
from loaders.synonyms import header_synonyms, normal, value_synonyms

SAMPLE = 200
BARE_IDS = ("id", "number", "编号", "流水号")
TELLING = frozenset(
    {"status", "channel", "priority", "tier", "type", "subject", "request_text", "reply_text", "first_responded_at",
     "resolved_at", "closed_at", "rating_score", "agent", "team", "reopens", "handoffs", "replies", "customer"}
)  # fmt: skip
"""Columns of which a list of tickets has at least one."""
_BRACKETS = re.compile(r"\s*[(（\[【].*?[)）\]】]\s*$")
_ALIKE_PENALTY = 1000
_BOOLEAN_AUTHOR = {"true": "customer", "false": "agent"}


@dataclass(frozen=True)
class Proposal:
    """What the columns of a file seem to mean.

    `missing`: required columns that no header gives. `doubtful`: canonical column -> headers that claim it equally.
    `unmapped`: headers that are kept as they are. `samples`: header -> first different values.
    """

    mapping: SourceMapping
    missing: tuple[str, ...] = ()
    doubtful: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unmapped: tuple[str, ...] = ()
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    preset: str | None = None
    """The named system whose export this is."""

    @property
    def is_certain(self) -> bool:
        """Whether it can be used without asking anybody."""
        return not self.missing and not self.doubtful


def propose(raw: RawTable, *, name: str = "generic") -> Proposal:
    """The mapping that the headers suggest, in English or Chinese, with its shape."""
    sniffed = _Sniffed(raw)
    shape = _shape(raw, sniffed)
    columns, doubtful = _columns(raw.headers, shape, sniffed)
    if shape == "tickets" and _may_be_people(raw.headers, columns):
        doubtful = {**doubtful, "ticket_id": (columns.pop("ticket_id"),)}
    mapping = SourceMapping(
        name, shape, columns, values=_values(columns), options=_options(raw.headers, columns, shape)
    )
    missing = tuple(column for column in required_of(shape, columns) if column not in doubtful)
    used = set(columns.values())
    unmapped = tuple(header for header in raw.headers if header not in used)
    return Proposal(mapping, missing, doubtful, unmapped, {header: sniffed.samples(header) for header in raw.headers})


def samples_of(raw: RawTable) -> dict[str, tuple[str, ...]]:
    """Header -> its first different values."""
    sniffed = _Sniffed(raw)
    return {header: sniffed.samples(header) for header in raw.headers}


def _may_be_people(headers: tuple[str, ...], columns: Mapping[str, str]) -> bool:
    """Whether a bare `id` is all that speaks for tickets: lists of users, products or articles have one, too."""
    named = set(header_synonyms("tickets")["ticket_id"]).difference(BARE_IDS)
    is_named = not named.isdisjoint(normal(header) for header in headers)
    return "ticket_id" in columns and not is_named and not TELLING.intersection(columns)


def with_proposed_columns(raw: RawTable, mapping: SourceMapping) -> SourceMapping:
    """A mapping without columns, such as `generic`, with those that the file's headers suggest."""
    proposed = propose(raw).mapping
    return replace(
        mapping,
        shape=proposed.shape,
        columns=proposed.columns,
        values={**proposed.values, **mapping.values},
        options={**proposed.options, **mapping.options},
    )


class _Sniffed:
    """What the values of a column look like, looked up once."""

    def __init__(self, raw: RawTable) -> None:
        self._frame = raw.frame
        self._dates: dict[str, bool] = {}

    def known(self, header: str, count: int = SAMPLE) -> list[str]:
        cells = self._frame[header].drop_nulls().head(5 * count).str.strip_chars()
        return cells.filter(~cells.is_in(["", *NULL_MARKS])).unique(maintain_order=True).head(count).to_list()

    def samples(self, header: str) -> tuple[str, ...]:
        return tuple(self.known(header, 3))

    def may_be_dates(self, header: str) -> bool:
        """Whether at least half of a sample looks like dates; a column without values may be."""
        if header not in self._dates:
            values = self.known(header)
            self._dates[header] = 2 * sum(form_of(value) is not None for value in values) >= len(values)
        return self._dates[header]

    def is_unique(self, header: str) -> bool:
        return not bool(self._frame[header].drop_nulls().is_duplicated().any())

    def repeats(self, header: str) -> bool:
        known = self._frame[header].drop_nulls()
        return known.len() > 0 and known.n_unique() < 0.8 * known.len()


def _candidates(headers: Iterable[str], shape: str, sniffed: _Sniffed) -> dict[str, list[tuple[int, str]]]:
    """Canonical column -> (rank, header), the surest first; an optional instant needs values that may be dates."""
    found: dict[str, list[tuple[int, str]]] = {}
    synonyms = header_synonyms(shape)
    for header in headers:
        bare = _BRACKETS.sub("", header)
        for column, field_ in SHAPES[shape].items():
            rank = _rank(header, bare, synonyms.get(column, (normal(column),)))
            if rank is None:
                continue
            if field_.kind == "instant" and not sniffed.may_be_dates(header):
                if not field_.required:
                    continue
                rank += 2 * _ALIKE_PENALTY
            found.setdefault(column, []).append((rank, header))
    return {column: sorted(pairs, key=lambda pair: pair[0]) for column, pairs in found.items()}


def _rank(header: str, bare: str, words: tuple[str, ...]) -> int | None:
    if normal(header) in words:
        return words.index(normal(header))
    return words.index(normal(bare)) + _ALIKE_PENALTY if normal(bare) in words else None


def _columns(
    headers: tuple[str, ...], shape: str, sniffed: _Sniffed
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Each header goes to the column that it names most surely, each column takes its surest free header."""
    claims = [
        (rank, column, header)
        for column, pairs in _candidates(headers, shape, sniffed).items()
        for rank, header in pairs
    ]
    columns: dict[str, str] = {}
    doubtful: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for rank, column, _ in sorted(claims, key=lambda claim: (claim[0], list(SHAPES[shape]).index(claim[1]))):
        if column in columns or column in doubtful:
            continue
        equal = [header for r, c, header in claims if c == column and r == rank and header not in taken]
        rivals = [header for _, c, header in claims if c == column and header not in taken]
        best = _settled(column, equal, rivals, shape, sniffed)
        if len(best) == 1:
            columns[column] = best[0]
            taken.add(best[0])
        elif best and SHAPES[shape][column].required:
            doubtful[column] = tuple(best)
    return {column: columns[column] for column in SHAPES[shape] if column in columns}, doubtful


def _settled(column: str, equal: list[str], rivals: list[str], shape: str, sniffed: _Sniffed) -> list[str]:
    """The header that wins; ids of one-row-a-ticket files should be unique."""
    is_key = column == ("message_id" if shape == "messages" else "ticket_id") and shape != "events"
    if is_key and len(rivals) > 1:
        unique = [header for header in equal if sniffed.is_unique(header)]
        return unique or [header for header in rivals if sniffed.is_unique(header)][:1] or equal
    if len(equal) > 1 and not SHAPES[shape][column].required:
        return equal[:1]
    return equal


def _shape(raw: RawTable, sniffed: _Sniffed) -> str:
    """Which shape the headers speak of; the plainest that fits is one row a ticket."""
    named = {shape: _columns(raw.headers, shape, sniffed)[0] for shape in SHAPES}
    if _is_messages(named["messages"], named["tickets"], sniffed):
        return "messages"
    events = named["events"]
    if {"ticket_id", "updated_at", "status"} <= set(events) and sniffed.repeats(events["ticket_id"]):
        return "events"
    if {"ticket_id", "created_at"} <= set(named["tickets"]):
        return "tickets"
    for shape, needed in (
        ("arrivals", {"start_at", "offered"}),
        ("agent_states", {"agent", "state", "start_at"}),
        ("outcomes", {"customer", "at", "kind"}),
    ):
        if needed <= set(named[shape]) and (shape != "outcomes" or _are_kinds(sniffed.known(named[shape]["kind"]))):
            return shape
    return "tickets"


def _is_messages(columns: Mapping[str, str], tickets: Mapping[str, str], sniffed: _Sniffed) -> bool:
    if not {"message_id", "at", "text"} <= set(columns) or not {"author", "author_kind"} & set(columns):
        return False
    if "reply_to" in columns:
        return True
    ticket = columns.get("ticket_id")
    return ticket is not None and "reply_text" not in tickets and ("author_kind" in columns or sniffed.repeats(ticket))


def _are_kinds(values: list[str]) -> bool:
    known = value_synonyms("kind")
    return bool(values) and all(normal(value) in known for value in values)


def _values(columns: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """A Boolean column that says whether the customer wrote gives who wrote."""
    if normal(columns.get("author_kind", "")) in ("inbound", "is inbound"):
        return {"author_kind": dict(_BOOLEAN_AUTHOR)}
    return {}


def _options(headers: tuple[str, ...], columns: Mapping[str, str], shape: str) -> dict[str, str]:
    is_tweets = shape == "messages" and any("tweet id" in normal(header) for header in headers)
    return {"channel": "social"} if is_tweets and "channel" not in columns else {}
