"""A run of a reader into a plain dictionary, batch by batch, as a desk keeps it: rows by their keys, and the state."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loaders.live.caller import Patience
from loaders.live.comparing import compared
from loaders.live.gathering import Gathered, batches
from loaders.live.kinds import KINDS, mappings_of
from loaders.live.page import Mappings, Settings, State

KEYS = {"tickets": "ticket_id", "comments": "message_id", "ratings": "rating_id"}


@dataclass
class Kept:
    """What was kept, and from where to go on; `raw` rows by part and key."""

    kind: str
    state: State = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    rows: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    kept: int = 0
    mappings: Mappings = field(default_factory=dict)
    into: dict[str, str] = field(default_factory=dict)

    def read_on(
        self, settings: Settings, secret: str, folder: Path, *, attempts: int, size: int = 40, compare: bool = False
    ) -> None:
        """One run; what it raises, it raises after what came before was kept."""
        caller = KINDS[self.kind].connect(settings, secret)
        caller.patience = Patience(attempts=attempts)
        self.mappings = mappings_of(self.kind, settings)
        try:
            pages = KINDS[self.kind].pages(caller, settings, json.loads(json.dumps(self.state)))
            for batch in batches(pages, self.mappings, folder=folder, size=size, deleted=self.gone):
                with batch:
                    self._keep(batch)
            if compare and KINDS[self.kind].listing:
                key, standing = self.mappings["tickets"].columns["ticket_id"], self.column("tickets", "ticket_id")
                found = compared(KINDS[self.kind], caller, settings, key=key, standing=standing)
                assert not found.is_doubtful
                self._leave(found.gone)
        finally:
            caller.close()

    def _keep(self, batch: Gathered) -> None:
        for part, path in batch.files.items():
            key = self._key(part)
            for line in path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                name = "|".join(str(row[one]) for one in key)
                self.rows.setdefault(part, {})[name] = row
        self._leave(batch.gone)
        self.into |= batch.into
        self.gone = frozenset() if batch.is_end else (self.gone - batch.here) | batch.gone
        self.state = batch.state
        self.kept += 1

    def _leave(self, gone: frozenset[str]) -> None:
        for part, rows in self.rows.items():
            ticket = self.mappings[part].columns["ticket_id"]
            self.rows[part] = {name: row for name, row in rows.items() if str(row[ticket]) not in gone}

    def _key(self, part: str) -> list[str]:
        if part == "changes":
            return ["ticket_id", "at", "field", "sequence"]
        return [self.mappings[part].columns[KEYS[part]]]

    def column(self, part: str, name: str) -> list[str]:
        header = self.mappings[part].columns[name]
        return [str(row[header]) for row in self.rows.get(part, {}).values()]
