"""Versions of a table that nobody wants any more leave the disk, with the data files that only they need.

deltalake's own vacuum is not used: it goes by age, and knows nothing of the ledger that names versions.
"""

from collections.abc import Collection
from pathlib import Path

from loaders.warehouse.delta import DeltaFolder

LOG = "_delta_log"


def forget(folder: DeltaFolder, since: int, *, also: Collection[int] = ()) -> int:
    """Keep the versions from `since` on, and each of `also`; how many files went.

    A reader of a version that is kept goes on undisturbed. Killed at any moment, every kept version can be read, and
    the next call removes what is left. The caller holds the desk's lock. Raises WarehouseError.
    """
    log = folder.path / LOG
    known = sorted({number for path in log.iterdir() if (number := _number(path)) is not None})
    kept = sorted({*also, since} & set(known))
    if since not in kept or known[0] == since:
        return 0
    for version in kept:  # the newest last: it is the one that readers are led to
        if not (log / f"{version:020}.checkpoint.parquet").is_file():
            folder.checkpoint(version)
    wanted = {*kept, *(version for version in known if version >= since)}
    live = {path for version in wanted for path, _month, _rows in folder.files(version)}
    stale = [path for path in log.iterdir() if (number := _number(path)) is not None and number not in wanted]
    stale += [
        path for path in folder.path.rglob("*.parquet")
        if path.parent.name != LOG and str(path.relative_to(folder.path)) not in live
    ]  # fmt: skip
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


def _number(path: Path) -> int | None:
    return int(path.name[:20]) if path.name[:20].isdigit() else None
