import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.shapes.conversations import roots


def found(links: list[tuple[str, str | None]]) -> dict[str, str]:
    message = pl.Series("message_id", [one for one, _ in links], dtype=pl.String)
    reply_to = pl.Series("reply_to", [other for _, other in links], dtype=pl.String)
    return dict(zip(message.to_list(), roots(message, reply_to).to_list(), strict=True))


def test_every_message_goes_to_the_root_of_its_chain() -> None:
    assert found([("1", None), ("2", "1"), ("3", "2"), ("4", None), ("5", "3")]) == {
        "1": "1", "2": "1", "3": "1", "4": "4", "5": "1",
    }  # fmt: skip


def test_a_root_that_is_not_stored_still_names_the_conversation() -> None:
    assert found([("2", "1"), ("3", "1")]) == {"2": "1", "3": "1"}


def test_messages_that_answer_each_other_in_a_ring_are_one_conversation() -> None:
    assert found([("2", "3"), ("3", "2"), ("4", "3"), ("5", "5")]) == {"2": "2", "3": "2", "4": "2", "5": "5"}


def test_a_chain_of_a_hundred_thousand_has_one_root() -> None:
    links: list[tuple[str, str | None]] = [(str(n), str(n - 1) if n else None) for n in range(100_000)]
    assert set(found(links).values()) == {"0"}


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.integers(0, 30), st.none() | st.integers(0, 40), max_size=25))
def test_conversations_are_the_parts_that_links_hold_together(links: dict[int, int | None]) -> None:
    group = {node: {node} for node in [*links, *[other for other in links.values() if other is not None]]}
    for one, other in links.items():
        if other is not None and group[one] is not group[other]:
            group[one] |= group[other]
            for node in group[one]:
                group[node] = group[one]
    result = found([(str(one), None if other is None else str(other)) for one, other in links.items()])
    for one in links:
        for other in links:
            assert (result[str(one)] == result[str(other)]) == (group[one] is group[other])
