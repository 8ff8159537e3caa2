"""What a system has no more although it never said so: all that it lists is held against what stands on the desk."""

from collections.abc import Collection
from dataclasses import dataclass

from loaders.live.page import Kind, Reading, Settings

MOST_SHARE = 0.5
"""From this share of the desk's tickets on, a token that may read less is likelier than so many deletions."""
FEW = 20
"""So many may always go, whatever share they are."""


@dataclass(frozen=True)
class Compared:
    """`listed`: tickets that the system has · `gone`: those of the desk's that it has no more · `missing`: how many of
    its tickets the desk has not · `is_doubtful`: so many would go that nobody should believe it."""

    listed: int
    gone: frozenset[str]
    missing: int
    is_doubtful: bool = False


def compared(kind: Kind, reading: Reading, settings: Settings, *, key: str, standing: Collection[str]) -> Compared:
    """Hold the tickets that stand on the desk against all that the system lists. Raises SourceError.

    Those that are not listed are asked for once more, one by one, where the pages of a listing may move.
    """
    if kind.listing is None:
        raise TypeError(f"{kind.name} lists nothing")
    left, listed, missing = set(standing), set[str](), 0
    for page in kind.listing(reading, settings, key):
        new = set(page) - listed
        missing += len(new.difference(standing))
        listed |= new
        left -= new
    if len(left) > FEW and len(left) >= MOST_SHARE * len(standing):
        return Compared(len(listed), frozenset(), missing, is_doubtful=True)
    ask = kind.is_there
    gone = left if ask is None else {number for number in sorted(left) if not ask(reading, settings, number)}
    return Compared(len(listed), frozenset(gone), missing)
