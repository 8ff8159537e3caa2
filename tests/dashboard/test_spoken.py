"""How a desk speaks: its language, and its own words for the four priorities."""

from dashboard.format import call_values, value_name
from dashboard.spoken import Spoken, spoken


def test_the_desk_says_its_language_and_what_it_calls_its_priorities() -> None:
    text = '[[priority]]\nname = "urgent"\ncalled = "P0 特急"\n[interface]\nlanguage = "zh-CN"\n'
    assert spoken(text) == Spoken("zh_CN", {("priority", "urgent"): "P0 特急"})
    assert spoken(None) == spoken("not toml") == Spoken()


def test_a_value_goes_by_the_desks_own_word() -> None:
    call_values({("priority", "urgent"): "P0"})
    try:
        assert (value_name("priority", "urgent"), value_name("tier", "urgent")) == ("P0", "urgent")
    finally:
        call_values({})
    assert value_name("priority", "urgent") == "Urgent"
