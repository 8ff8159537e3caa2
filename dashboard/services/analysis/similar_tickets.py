"""Tickets that say nearly the same as one: what was done there may help here."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from dashboard.services.analysis.texts import KEYS, first_texts
from metrics.facts import Facts
from metrics.model import Scope
from metrics.texts.tokens import words

LOOKED_AT = 2000
"""So many of the newest tickets of the same type are compared."""
SHOWN = 5
ALIKE_FROM = 0.3
"""From this share of common telling words on two texts are taken for alike."""
TOLD = ("created_at", "subject", "type", "status", "agent", "team", "full_resolution_calendar_seconds")


def similar_tickets(
    facts: Facts, messages: pl.LazyFrame, scope: Scope, source: str, ticket_id: str
) -> pl.DataFrame:  # fmt: skip
    """At most five tickets with nearly the same words, the most alike first: their keys, TOLD, and `alike` (0 to 1).

    The scope is not looked at: a ticket is like another whatever days are asked about.
    """
    del scope
    present = [name for name in TOLD if name in facts.tickets.columns]
    tickets = facts.tickets.select(*KEYS, *present)
    mine = tickets.filter(source=source, ticket_id=ticket_id)
    if mine.is_empty() or "subject" not in present:
        return tickets.clear().with_columns(alike=pl.lit(None, pl.Float64))
    near = tickets.filter(pl.col("type").eq_missing(mine["type"][0])).sort("created_at", descending=True)
    compared = pl.concat([mine, near.head(LOOKED_AT)]).unique(KEYS, keep="first", maintain_order=True)
    texts = first_texts(messages, compared)
    alike = _likeness([words(text or "") for text in texts["text"]])
    found = texts.drop("text").with_columns(alike=pl.Series(alike, dtype=pl.Float64)).slice(1)
    return found.filter(pl.col("alike") >= ALIKE_FROM).sort("alike", "created_at", descending=True).head(SHOWN)


def _likeness(texts: list[frozenset[str]]) -> list[float]:
    """How much the first text has in common with each, from 0 to 1: rare words count more than common ones."""
    seen = Counter(word for text in texts for word in text)
    weights = {word: math.log((1 + len(texts)) / n) for word, n in seen.items()}
    first = texts[0]
    return [_share(first & text, first | text, weights) for text in texts]


def _share(common: Iterable[str], either: Iterable[str], weights: Mapping[str, Any]) -> float:
    whole = sum(weights[word] for word in either)
    return sum(weights[word] for word in common) / whole if whole else 0.0
