"""Masks: what tells who a customer is does not pass, what only looks so does."""

import json
import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.privacy.folding import folded, spoken
from dashboard.privacy.masking import is_personal, masked, masked_frame, masked_person, masked_row, without_names
from dashboard.privacy.stories import masked_messages
from tests.dashboard.privacy.lines import Line, negatives, positives

SEED = 20261122
LINES = 2000


def leaks(line: Line) -> bool:
    """Whether the secret can still be read, in whatever form it was written."""
    shown = spoken(folded(masked(line.text)))
    if line.kind in ("mobile", "identity", "card", "landline"):
        return line.secret.upper() in "".join(char for char in shown.upper() if char.isalnum())
    return line.secret.casefold() in shown.casefold()


def test_of_two_thousand_lines_with_a_secret_hardly_one_leaks() -> None:
    leaked = [line for line in positives(LINES, seed=SEED) if leaks(line)]
    print(f"recall {1 - len(leaked) / LINES:.4%} of {LINES}, seed {SEED}")
    assert len(leaked) <= LINES * 0.005, leaked[:10]


def test_of_two_thousand_harmless_lines_hardly_one_is_masked() -> None:
    hidden = [line for line in negatives(LINES, seed=SEED) if masked(line.text) != line.text]
    print(f"wrongly masked {len(hidden) / LINES:.4%} of {LINES}, seed {SEED}")
    assert len(hidden) <= LINES * 0.005, hidden[:10]


def test_the_seeds_are_masked_and_what_only_looks_so_is_left_alone(shared_data: Path) -> None:
    text = (shared_data / "badinput" / "own" / "pii" / "pii_seed.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(row) for row in text.splitlines()]
    harmless = [row for row in rows if "must_equal" in row]
    telling = [row for row in rows if "must_equal" not in row]
    assert [masked(row["text"]) for row in harmless] == [row["must_equal"] for row in harmless]
    assert not [row for row in telling if masked(row["text"]) == row["text"]]
    assert not [row for row in telling if (row["must_not_contain"] or "\0") in masked(row["text"])]


def test_masks_have_the_customary_forms() -> None:
    assert masked("请打 13800138000 或 +86 139-1234-5678") == "请打 138****8000 或 +86 139-****-5678"
    assert masked("一三八零零一三八零零零") == "一三八****八零零零"
    assert masked("卡号6222020000000000000退款") == "卡号***************0000退款"
    assert masked("证件 11010519491231002X") == "证件 1****************X"
    assert masked("zhang.san@example.com") == "z********@example.com"
    assert masked("收件人：张小明，北京市朝阳区建国路88号6单元1201") == "收件人：张**，北京市朝阳区*************"


def test_a_person_as_a_whole_cell_is_masked() -> None:
    assert masked_person("张小明") == "张**"
    assert masked_person("Anna Smith") == "A*** S***"
    assert masked_person("13800138000") == "138****8000"
    assert masked_person("C100234") == "C***34"
    assert masked_person("7") == "7***"


@pytest.mark.parametrize(("name", "text", "told"), [
    ("UU0081742", "网友“UU0081742”您好", "网友“U******42”您好"),
    ("115771", "@115771 hi, order 1157710", "@1***71 hi, order 1157710"),
    ("欧阳小美", "欧阳小美女士：您好", "欧***女士：您好"),
    ("Ann Lee", "Dear ann lee, thank you", "Dear a** l**, thank you"),
    ("A", "A parcel", "A parcel"),
])  # fmt: skip
def test_a_known_name_is_masked_where_it_stands_by_itself(name: str, text: str, told: str) -> None:
    assert without_names(text, [name]) == told
    assert len(told) == len(text)


def test_what_is_written_does_not_name_the_customer_whom_the_head_masks() -> None:
    messages = pl.DataFrame({
        "author": ["115771", "115771x", "XboxSupport"], "author_kind": ["customer", "customer", "agent"],
        "text": ["@XboxSupport help", "me too", "@115771 @115771x try this"],
    })  # fmt: skip
    assert masked_messages(messages)["text"].to_list() == ["@XboxSupport help", "me too", "@1***71 @1****1x try this"]
    own = masked_messages(messages, customer="XboxSupport")
    assert own["text"][0] == "@XboxSupport help"  # a name that somebody of the desk bears, too


def test_a_frame_is_masked_by_what_its_columns_hold() -> None:
    frame = pl.DataFrame({"subject": ["13800138000 退货", None], "customer": ["张三", "Li"], "agent": ["王芳", None],
                          "x_buyer_name": ["李四", None], "n": [1, 2], "words": [["13800138000"], None]})  # fmt: skip
    hidden = masked_frame(frame)
    assert hidden.to_dict(as_series=False) == {
        "subject": ["138****8000 退货", None], "customer": ["张*", "L***"], "agent": ["王芳", None],
        "x_buyer_name": ["李*", None], "n": [1, 2], "words": [["138****8000"], None],
    }  # fmt: skip
    assert masked_row({"customer": "张三", "n": 3}) == {"customer": "张*", "n": 3}
    assert hidden.schema == frame.schema


@pytest.mark.parametrize("name", ["x_phone", "x_收货人", "x_customer_name", "x_user", "x_身份证号", "客户姓名"])
def test_columns_that_hold_persons_are_known_by_their_names(name: str) -> None:
    assert is_personal(name)


@pytest.mark.parametrize("name", ["x_product", "x_sla_name_of_rule", "agent", "customer_class", "x_item"])
def test_other_columns_are_not(name: str) -> None:
    assert not is_personal(name)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_a_mask_never_changes_the_length_nor_shows_anything_new(text: str) -> None:
    hidden = masked(text)
    assert len(hidden) == len(text)
    assert all(after in (before, "*") for before, after in zip(text, hidden, strict=True))
    assert len(folded(text)) == len(text)


HOSTILE = {
    "letters": "a", "dots": "a.", "at": "@", "mail": "a@", "digits": "1", "pairs": "1 3 ", "phone": "1380013800",
    "parts": "1-3.", "card": "62 ", "spaces": "1   ", "han": "路1号", "house": "1 Aa ", "numerals": "一三八零",
    "colons": "1:", "plus": "+1 ", "name": "姓名王", "latin": "name Aa ",
    "at words": "a at a ", "zero width": "1\u200b3",
    "wide": "１３８", "brackets": "(1)", "address": "市区路9",
}  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_costs_no_more_than_its_length(piece: str) -> None:
    def cost(size: int) -> float:
        text = (piece * size)[:size]
        spent = []
        for _ in range(2):
            started = time.process_time()
            masked(text)
            spent.append(time.process_time() - started)
        return min(spent)

    assert cost(160_000) < 12 * cost(40_000) + 0.01  # four times the text; the square would be sixteen times
