"""The sentences of the demo desk: what customers ask by subtype and what is answered, and the phrases around them.

All sentences are written for this product. Slots: {product} {order} {phone} {agent} {number} {days} {amount} {hour}.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent / "texts"
Needs = Literal["order", "detail", "nothing"]


@dataclass(frozen=True)
class Talk:
    """A question and the answers that settle it."""

    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Inquiry:
    """One subtype: its type, how frequent it is in it, for which products it is asked, its talks by language (zh, en).

    `products`: beginnings of product names, empty for all. `needs`: what an agent asks for before answering.
    """

    type: str
    subtype: str
    english: str
    weight: float
    has_product: bool
    needs: Needs
    products: tuple[str, ...]
    talks: tuple[tuple[Talk, ...], tuple[Talk, ...]]


def _talks(entries: list[list[str]]) -> tuple[Talk, ...]:
    return tuple(Talk(question, tuple(answers)) for question, *answers in entries)


def _inquiry(entry: Mapping[str, Any], groups: Mapping[str, list[str]]) -> Inquiry:
    return Inquiry(
        type=entry["type"],
        subtype=entry["subtype"],
        english=entry["en"],
        weight=entry.get("weight", 1.0),
        has_product=entry.get("product", True),
        needs=entry["needs"],
        products=tuple(groups[entry["group"]]) if "group" in entry else (),
        talks=(_talks(entry["talks"]), _talks(entry["talks_en"])),
    )


def _inquiries() -> tuple[Inquiry, ...]:
    tables = tomllib.loads((FOLDER / "inquiries.toml").read_text(encoding="utf-8"))
    return tuple(_inquiry(entry, tables["groups"]) for entry in tables["inquiry"])


def _phrases() -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    entries = tomllib.loads((FOLDER / "phrases.toml").read_text(encoding="utf-8"))
    return {name: (tuple(entry["zh"]), tuple(entry["en"])) for name, entry in entries.items()}


INQUIRIES = _inquiries()
PHRASES = _phrases()
TALKS = tuple(talk for inquiry in INQUIRIES for talks in inquiry.talks for talk in talks)
"""All talks, subtype by subtype, Chinese before English."""
