"""How the fields that a system sends differ from those that it sent before."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loaders.live.page import Record
from loaders.mapping import Mapping as SourceMapping
from metrics.words import N_

ENOUGH = 50
"""From so many records on, a field that none of them has is taken for gone."""
MOST_TOLD = 20
NEW = N_("New fields came with {part}: {fields}. They are kept beside the tickets under their own names.")
GONE = N_("These fields did not come with {part} any more: {fields}. What is made of them stays empty from now on.")
OTHER = N_("These fields of {part} are written otherwise than before: {fields}. See whether they still mean the same.")
Fields = Mapping[str, Mapping[str, str]]
"""Part -> field -> of what kinds its values were, as `text number`."""


def learn(known: MutableMapping[str, str], records: Sequence[Record]) -> None:
    """Add of what kinds the values of these records are; a field without any value has none."""
    for record in records:
        for name, value in record.items():
            kind = _kind(value)
            seen = known.setdefault(name, kind)
            if kind and kind not in seen.split():
                known[name] = f"{seen} {kind}".strip()


def _kind(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "flag"
    return "number" if isinstance(value, int | float) else "text" if isinstance(value, str) else "list"


@dataclass
class Drift:
    """What was known before, and what is to be told of what came now."""

    fields: dict[str, dict[str, str]]
    told: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, fields: Fields | None) -> "Drift":
        return cls({part: dict(known) for part, known in (fields or {}).items()})

    def look(self, part: str, now: Mapping[str, str], size: int, mapping: SourceMapping) -> None:
        """Hold what came with a part against what came before; of fields that nothing is made of, only new ones."""
        known = self.fields.setdefault(part, {})
        if known:
            mapped = set(mapping.columns.values())
            self._tell(NEW, part, [name for name in now if name not in known])
            self._tell(OTHER, part, [name for name in now if name in mapped and _is_other(known.get(name), now[name])])
            if size >= ENOUGH:
                self._tell(GONE, part, [name for name in mapped if known.get(name) and name not in now])
        for name, kinds in now.items():
            known[name] = " ".join(dict.fromkeys([*known.get(name, "").split(), *kinds.split()]))

    def _tell(self, template: str, part: str, fields: Sequence[str]) -> None:
        if fields:
            shown = ", ".join(sorted(fields)[:MOST_TOLD]) + (" …" if len(fields) > MOST_TOLD else "")
            self.told.append({"template": template, "params": {"part": part, "fields": shown}})


def _is_other(before: str | None, now: str) -> bool:
    return before is not None and before != "" and not set(now.split()) <= set(before.split())
