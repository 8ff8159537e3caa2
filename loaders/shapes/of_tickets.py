"""What belongs to tickets that come from elsewhere: what was written in them, what changed, how they were rated."""

from loaders.base import RawTable
from loaders.cells import Typed
from loaders.mapping import Mapping as SourceMapping
from loaders.shapes.intervals import build_plain
from loaders.shapes.rows import Shaped
from metrics.tables import CHANGES, MESSAGES, RATINGS


def build_comments(typed: Typed, raw: RawTable, mapping: SourceMapping, *, source: str) -> Shaped:
    """Messages of tickets; unlike a log of messages they make no tickets."""
    return build_plain(typed.frame, raw, mapping, MESSAGES, ("message_id",), source=source)


def build_changes(typed: Typed, raw: RawTable, mapping: SourceMapping, *, source: str) -> Shaped:
    """Changes of fields, each with its order within the source."""
    return build_plain(typed.frame, raw, mapping, CHANGES, ("ticket_id", "at", "field", "sequence"), source=source)


def build_ratings(typed: Typed, raw: RawTable, mapping: SourceMapping, *, source: str) -> Shaped:
    """Ratings, also those that were asked for and not given."""
    return build_plain(typed.frame, raw, mapping, RATINGS, ("ticket_id", "rating_id"), source=source)
