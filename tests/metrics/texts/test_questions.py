"""Questions that return."""

import random

import polars as pl
import pytest

from metrics.texts.questions import questions

PRODUCTS = ("霜降净水器 W2", "小满扫地机器人 S5")


def grouped(*texts: str | None, products: tuple[str, ...] = PRODUCTS) -> list[int | None]:
    return questions(pl.DataFrame({"text": texts}, schema={"text": pl.String}), products=products)["question"].to_list()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("怎么退款？", "您好，请问怎么退款，谢谢！"),
        ("我的订单DD250905-22235什么时候发货？", "我的订单DD260101-11111什么时候发货"),
        ("霜降净水器 W2怎么更换滤芯？", "小满扫地机器人 S5怎么更换滤芯？"),
        ("How do I change the filter?", "Hello team, how do I change the filter? Thanks in advance"),
        ("ＨＯＷ do I reset my password", "how do i reset my password?"),
        ("快递好几天没更新了，卡在中转站不动", "快递好几天没更新了，一直卡在中转站不动，能不能催一下"),
    ],
)
def test_the_same_question_in_other_clothes_is_one(one: str, other: str) -> None:
    first, second = grouped(one, other)
    assert first == second == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("怎么退款？", "怎么开发票？"),
        ("快递什么时候到？", "退款什么时候到账？"),
        ("How do I change the filter?", "How do I cancel my order?"),
    ],
)
def test_other_questions_stay_apart(one: str, other: str) -> None:
    first, second = grouped(one, other)
    assert first != second


@pytest.mark.parametrize("text", ["", "你好", "谢谢！", "12345", "😀", "DD250905-22235", None, "Thanks!", "\x00\u200b"])
def test_what_asks_nothing_is_in_no_group(text: str | None) -> None:
    assert grouped(text, "怎么退款到银行卡") == [None, 0]


def test_the_example_is_the_wording_written_most_often() -> None:
    texts = ["请问怎么退款到卡上", "怎么退款到卡上", "怎么退款到卡上", "您好，怎么退款到卡上"]
    assert set(questions(pl.DataFrame({"text": texts}))["example"]) == {"怎么退款到卡上"}


def test_groups_are_numbered_by_size() -> None:
    assert grouped("怎么开发票啊", *["怎么退款到卡上"] * 3) == [1, 0, 0, 0]


def test_every_text_is_near_its_own_example() -> None:
    chain = [f"{'一二三四五六七八九十'[at:]}{'甲乙丙丁戊己庚辛壬癸'[:at]}" for at in range(11)]
    found = grouped(*chain, products=())
    assert found[0] != found[-1], "a chain of small steps leads from one question to another one"


def test_the_order_of_rows_changes_nothing() -> None:
    texts = [f"{greeting}{what}{number}怎么{how}" for greeting in ("", "您好，") for what in ("订单", "快递", "发票")
             for number in ("1", "A22") for how in ("退款", "修改地址", "查询进度")]  # fmt: skip
    mixed = random.Random(3).sample(texts, len(texts))
    straight, shuffled = (dict(zip(some, grouped(*some), strict=True)) for some in (texts, mixed))
    assert len(set(straight.values())) > 3
    assert {text: straight[text] for text in texts} == {text: shuffled[text] for text in texts}


def test_an_empty_desk_has_no_questions() -> None:
    assert questions(pl.DataFrame(schema={"text": pl.String})).is_empty()


def test_known_questions_among_much_noise_are_found_whole() -> None:
    made = random.Random(5)
    asked = [
        "怎么修改收货地址",
        "发票抬头写错了怎么办",
        "优惠券用不了提示不满足条件",
        "How can I return the parcel to you",
    ]
    noise = ["".join(made.choices("天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏", k=12)) for _ in range(400)]
    texts = [f"{greeting}{question}{ending}" for question in asked for greeting in ("", "您好，", "在吗？", "Hi, ")
             for ending in ("", "谢谢！", "请尽快回复。", "？？")]  # fmt: skip
    found = questions(pl.DataFrame({"text": made.sample(texts + noise, len(texts) + len(noise))}))
    for question in asked:
        of_question = found.filter(pl.col("text").str.contains(question, literal=True))
        assert of_question["question"].n_unique() == 1
        group = of_question["question"][0]
        assert found.filter(pl.col("question") == group).height == 16
