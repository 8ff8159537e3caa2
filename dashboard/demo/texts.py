"""The sentences of the demo desk: what customers ask by subtype and what is answered, and the phrases around them.

All sentences are written for this product. Slots: {product} {order} {phone} {name} {agent} {days} {amount} {hour}.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "texts"


@dataclass(frozen=True)
class Inquiry:
    """One subtype: its type, how frequent it is in it, its questions and final answers by language (zh, en)."""

    type: str
    subtype: str
    weight: float
    has_product: bool
    has_order: bool
    questions: tuple[tuple[str, ...], tuple[str, ...]]
    answers: tuple[tuple[str, ...], tuple[str, ...]]


def _inquiries() -> tuple[Inquiry, ...]:
    entries = tomllib.loads((FOLDER / "inquiries.toml").read_text(encoding="utf-8"))["inquiry"]
    return tuple(
        Inquiry(
            type=entry["type"],
            subtype=entry["subtype"],
            weight=entry.get("weight", 1.0),
            has_product=entry.get("product", True),
            has_order=entry.get("order", True),
            questions=(tuple(entry["ask"]), tuple(entry["ask_en"])),
            answers=(tuple(entry["answer"]), tuple(entry["answer_en"])),
        )
        for entry in entries
    )


def _phrases() -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    entries = tomllib.loads((FOLDER / "phrases.toml").read_text(encoding="utf-8"))
    return {name: (tuple(entry["zh"]), tuple(entry["en"])) for name, entry in entries.items()}


INQUIRIES = _inquiries()
PHRASES = _phrases()
