"""Messages that answer each other belong to one conversation, known by its root."""

import polars as pl


def roots(message: pl.Series, reply_to: pl.Series) -> pl.Series:
    """For each message the id of the root of its conversation, stored or not; a ring is known by its least id.

    Near-linear: each round doubles the length of the way that every message looks back.
    """
    ids = pl.concat([message, reply_to.drop_nulls()]).unique(maintain_order=True)
    number = pl.DataFrame({"id": ids}).with_row_index("node")
    here = _numbers(message, number)
    parent = pl.int_range(0, ids.len(), dtype=pl.UInt32, eager=True)
    linked = reply_to.is_not_null()
    parent = parent.scatter(here.filter(linked), _numbers(reply_to.filter(linked), number))
    reached = parent
    for _ in range(ids.len().bit_length() + 1):
        further = reached.gather(reached)
        if (further == reached).all():
            break
        reached = further
    return ids.gather(_without_rings(reached, parent, ids).gather(here)).alias(message.name)


def _numbers(wanted: pl.Series, number: pl.DataFrame) -> pl.Series:
    return wanted.alias("id").to_frame().join(number, on="id", how="left", maintain_order="left")["node"]


def _without_rings(reached: pl.Series, parent: pl.Series, ids: pl.Series) -> pl.Series:
    """Messages whose way back never ends stand in a ring or hang on one; the ring's least id is their root."""
    endless = parent.gather(reached) != reached
    if not endless.any():
        return reached
    heads: dict[int, int] = {}
    above, names = parent.to_list(), ids
    for start in reached.filter(endless).unique().to_list():
        if start not in heads:
            ring, node = [start], above[start]
            while node != start:
                ring.append(node)
                node = above[node]
            least = min(ring, key=lambda node: str(names[node]))
            heads |= dict.fromkeys(ring, least)
    return reached.replace(list(heads), list(heads.values()))
