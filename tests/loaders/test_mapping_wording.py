import ast
from pathlib import Path

import pytest

import loaders
from dashboard.wording import catalogue
from loaders.shapes.fields import SHAPES
from metrics.tables import AUTHOR_KINDS, CHANNELS, PRIORITIES, STATUSES, TABLES, TIERS, TYPES

FOLDER = Path(loaders.__file__).parent
MODULES = [
    *(
        FOLDER / f"{name}.py"
        for name in (
            "build",
            "cells",
            "dates",
            "date_order",
            "mapping",
            "others",
            "presets",
            "problems",
            "proposal",
            "zones",
        )
    ),
    *sorted((FOLDER / "shapes").glob("*.py")),
]
OF_CELLS = ("bad_date", "date_out_of_range", "nonexistent_local_time", "bad_number", "bad_duration", "bad_yes_no")
OF_ROWS = ("id_damaged_by_spreadsheet", "reply_without_time", "duplicate_ticket_id", "duplicate_message_id")


def sentences() -> list[str]:
    calls = [
        node
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_"
    ]
    return [ast.literal_eval(call.args[0]) for call in calls]


def reasons() -> list[str]:
    rules = [rule.name for table in TABLES.values() for rule in table.rules]
    choices = {field.name for shape in SHAPES.values() for field in shape.values() if field.kind == "choice"}
    plain = [f"duplicate_{name}" for name in ("arrivals", "agent_states", "outcomes")]
    required = ["missing_minutes", "missing_kind"]
    return [*rules, *OF_CELLS, *OF_ROWS, *plain, *required, *(f"unknown_{name}" for name in sorted(choices))]


def test_every_sentence_of_the_mapping_is_said_in_chinese() -> None:
    said = catalogue("zh_CN")
    assert len(sentences()) > 15
    assert [sentence for sentence in sentences() if sentence not in said] == []


def test_a_chinese_sentence_has_the_same_braces() -> None:
    said = catalogue("zh_CN")
    for sentence in sentences():
        assert {part.split("}")[0] for part in sentence.split("{")[1:]} == {
            part.split("}")[0] for part in said[sentence].split("{")[1:]
        }


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_reasons_columns_and_values_have_words_in_both_languages(language: str) -> None:
    values = {"channel": CHANNELS, "priority": PRIORITIES, "tier": TIERS, "status": STATUSES}
    values |= {"author_kind": AUTHOR_KINDS, "type": TYPES}
    keys = [f"reason.{reason}" for reason in reasons()]
    keys += [f"column.{name}" for shape in SHAPES.values() for name in shape]
    keys += [f"column.{name}" for name in TABLES["tickets"].schema]
    keys += [f"shape.{name}" for name in SHAPES]
    keys += [f"value.{column}.{value}" for column, members in values.items() for value in members]
    said = catalogue("en" if language == "en" else "zh_CN")
    assert [key for key in keys if key not in said] == []
