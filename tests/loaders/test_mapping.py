import pytest

from loaders.catalog import sources
from loaders.errors import MappingError
from loaders.mapping import Mapping, is_zone, load_mapping

EXAMPLE = Mapping(
    name='shop "one"',
    shape="tickets",
    columns={"ticket_id": "Unique id", "created_at": "Issue_reported at", "channel": "渠道", "subject": 'a "b"\\c\nd'},
    values={"channel": {"Inbound": "phone", "说明": "other"}},
    null_marks=("?", ""),
    zone="Asia/Shanghai",
    formats={"*": "dmy", "created_at": "%d/%m/%Y %H:%M"},
    options={"rating_scale": "10"},
)


def test_a_mapping_written_as_toml_is_read_back_the_same() -> None:
    assert load_mapping(EXAMPLE.to_toml()) == EXAMPLE
    bare = Mapping("x", "tickets", {"ticket_id": "a", "created_at": "b"})
    assert load_mapping(bare.to_toml()) == bare


def test_what_is_missing_or_doubtful_stands_as_a_comment_that_leaves_the_text_valid() -> None:
    mapping = Mapping("x", "tickets", {"ticket_id": "id", "created_at": "at"})
    text = mapping.to_toml(missing=["customer", "created_at"], doubtful={"created_at": ["Opened", 'Crea"ted\nOn']})
    assert '# customer = "?"    # required, no header found' in text
    assert '# created_at = "Opened" | "Crea\'ted On"    # choose one' in text
    assert load_mapping(text) == mapping


def test_all_that_is_wrong_with_a_mapping_is_told_at_once() -> None:
    with pytest.raises(MappingError) as caught:
        load_mapping(
            """
            name = "x"
            shape = "tickets"
            zone = "Mars/Base"
            colour = "red"
            [columns]
            ticket_id = "id"
            craeted_at = "at"
            [values.channel]
            Inbound = "telegraph"
            [options]
            speed = "fast"
            rating_scale = "ten"
            """
        )
    told = str(caught.value)
    for part in (
        "unknown entry 'colour'",
        "'Mars/Base' is no IANA time zone",
        "'craeted_at' is no column of this shape (did you mean 'created_at'?)",
        "required column 'created_at' has no header",
        "'telegraph' is no channel",
        "unknown option 'speed'",
        "option 'rating_scale' must be a whole number",
    ):
        assert part in told


@pytest.mark.parametrize(
    "text",
    ["name = ", "name = 'x'\nshape = 'tickets'\ncolumns = 3", "name = 'x'\nshape = 'tickets'\n[columns]\nticket_id = 3",
     "name='x'\nshape='letters'\n[columns]\n", "shape='tickets'\n[columns]\nticket_id='a'\ncreated_at='b'",
     "name='x'\nshape='tickets'\nvalues=[1]\n[columns]\nticket_id='a'\ncreated_at='b'",
     "name='x'\nshape='tickets'\nnull_marks='?'\n[columns]\nticket_id='a'\ncreated_at='b'",
     "name='x'\nshape='tickets'\nzone=5\n[columns]\nticket_id='a'\ncreated_at='b'"],
)  # fmt: skip
def test_text_that_is_no_mapping_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(MappingError):
        load_mapping(text)


def test_a_conversation_needs_reply_links_or_ticket_numbers() -> None:
    text = "name='x'\nshape='messages'\n[columns]\nmessage_id='a'\nat='b'\n"
    with pytest.raises(MappingError, match="'reply_to'"):
        load_mapping(text)
    assert load_mapping(text + "ticket_id='t'").columns["ticket_id"] == "t"


def test_the_shipped_sources_are_servicenow_and_generic() -> None:
    shipped = sources()
    assert {"servicenow", "generic"} <= set(shipped)
    assert shipped["servicenow"].shape == "events"
    assert shipped["generic"].columns == {}


def test_zones_are_iana_names() -> None:
    assert is_zone("Asia/Shanghai")
    assert is_zone("UTC")
    assert not is_zone("Beijing")
    assert not is_zone("../etc/passwd")
    assert not is_zone("")
