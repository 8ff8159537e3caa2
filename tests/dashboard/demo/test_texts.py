"""The transcripts are whole sentences without personal data that could be anybody's."""

import re

import polars as pl

from dashboard.demo.generating import DemoData
from dashboard.demo.inquiries import PRODUCTS
from dashboard.demo.people import TEAMS
from dashboard.demo.texts import INQUIRIES, PHRASES, TALKS
from dashboard.wording import catalogue
from metrics.tables import TYPES

SLOTS = {
    "product", "order", "phone", "agent", "number", "days", "amount", "hour", "kind", "answer", "team",
}  # fmt: skip


def test_every_type_has_talks_in_both_languages() -> None:
    assert {inquiry.type for inquiry in INQUIRIES} <= set(TYPES)
    assert all(talks and all(talk.answers for talk in talks) for inquiry in INQUIRIES for talks in inquiry.talks)


def test_everything_that_the_desk_names_has_an_english_and_a_chinese_word() -> None:
    named = {f"value.subtype.{inquiry.subtype}" for inquiry in INQUIRIES}
    named |= {f"value.team.{team.name}" for team in TEAMS} | {f"value.product.{product}" for product in PRODUCTS}
    assert named <= set(catalogue("en"))
    assert named <= set(catalogue("zh_CN"))


def test_templates_name_only_known_slots() -> None:
    sentences = [text for pools in PHRASES.values() for pool in pools for text in pool]
    sentences += [text for talk in TALKS for text in (talk.question, *talk.answers)]
    assert {slot for text in sentences for slot in re.findall(r"\{(\w*)\}", text)} <= SLOTS


def test_no_slot_is_left_open(demo: DemoData) -> None:
    assert demo.messages.filter(pl.col("text").str.contains(r"[{}]")).height == 0
    assert demo.messages["text"].str.strip_chars().str.len_chars().min() > 0


def test_telephones_are_nobodys(demo: DemoData) -> None:
    numbers = demo.messages["text"].str.extract_all(r"\d{8,}").explode(empty_as_null=True).drop_nulls()
    assert numbers.len() > 5_000
    assert numbers.str.contains(r"^1[3-9]\d0{8}$").all()


def test_there_is_no_address_mailbox_or_identity_number(demo: DemoData) -> None:
    found = demo.messages.filter(pl.col("text").str.contains(r"@|https?:|www\.|\d{15}"))
    assert found.height == 0


def test_texts_are_varied(demo: DemoData) -> None:
    openings = demo.messages.group_by("ticket_id", maintain_order=True).first()["text"]
    assert openings.n_unique() > 25_000


def test_english_tickets_are_answered_in_english(demo: DemoData) -> None:
    english = demo.tickets.filter(pl.col("language") == "en").select("ticket_id")
    public = demo.messages.filter("is_public").join(english, on="ticket_id", how="semi")
    assert public["text"].str.contains(r"\p{Han}").mean() < 0.06
