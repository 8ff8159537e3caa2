import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.base import Built, RawTable
from loaders.build import build
from loaders.catalog import sources
from loaders.errors import MappingError, ZoneNeededError
from loaders.mapping import Mapping
from metrics.tables import TABLES
from tests.loaders.raws import raw
from tests.thorough import examples

COLUMNS = {"ticket_id": "Id", "created_at": "Created"}
CREATED = ["2026-03-02 09:00", "2026-03-02 10:00", "2026-03-02 11:00"]


def built(table: RawTable, **columns: str) -> Built:
    return build(table, Mapping("desk", "tickets", COLUMNS | columns), source="desk", zone="UTC")


def told(result: Built) -> list[tuple[object, ...]]:
    return result.rejects.select("line", "column", "value", "reason", "kind").rows()


def test_a_row_without_a_ticket_number_is_set_aside_whole() -> None:
    result = built(raw({"Id": ["1", " "], "Created": CREATED[:2], "Note": ['a "b"', "好"]}))
    assert result.tables["tickets"]["ticket_id"].to_list() == ["1"]
    assert told(result) == [(3, "Id", " ", "missing_ticket_id", "rejected")]
    assert json.loads(result.rejects["record"][0]) == [" ", "2026-03-02 10:00", "好"]
    assert result.loaded == 1


def test_a_creation_stamp_that_cannot_be_read_sets_the_row_aside_with_that_reason() -> None:
    result = built(raw({"Id": ["1", "2", "3"], "Created": [CREATED[0], "soon", CREATED[2]]}))
    assert told(result) == [(3, "Created", "soon", "bad_date", "rejected")]
    assert result.loaded == 2


def test_a_bad_value_alone_becomes_null_is_told_and_its_row_stays() -> None:
    table = raw(
        {
            "Id": ["1", "2", "3"],
            "Created": CREATED,
            "Answered": ["2026-03-02 08:00", "2026-03-02 10:30", None],
            "Reopened": ["-1", "2", "many"],
        }
    )
    result = built(table, first_responded_at="Answered", reopens="Reopened")
    assert told(result) == [
        (2, "Answered", "2026-03-02 08:00", "responded_before_created", "flagged"),
        (2, "Reopened", "-1", "negative_reopens", "flagged"),
        (4, "Reopened", "many", "bad_number", "flagged"),
    ]
    assert result.tables["tickets"]["first_responded_at"].is_null().to_list() == [True, False, True]
    assert result.tables["tickets"]["reopens"].to_list() == [None, 2, None]
    assert result.loaded == 3


def test_an_answer_dated_on_the_day_of_its_question_is_not_before_it() -> None:
    table = raw({"Id": ["1", "2"], "Created": CREATED[:2], "Answered": ["2026-03-02", "2026-03-01"]})
    result = built(table, first_responded_at="Answered")
    assert told(result) == [(3, "Answered", "2026-03-01", "responded_before_created", "flagged")]
    assert result.tables["tickets"]["date_only"].to_list() == [["first_responded_at"], ["first_responded_at"]]


def test_of_two_rows_of_a_ticket_the_newer_wins_and_the_other_is_told() -> None:
    table = raw(
        {
            "Id": ["1", "1", "2"],
            "Created": [CREATED[0], CREATED[0], CREATED[1]],
            "Updated": [CREATED[2], CREATED[1], None],
            "Status": ["Closed", "Open", "Open"],
        }
    )
    result = built(table, updated_at="Updated", status="Status")
    assert result.tables["tickets"].select("ticket_id", "status").rows() == [("1", "closed"), ("2", "open")]
    assert told(result) == [(3, "Id", "1", "duplicate_ticket_id", "rejected")]
    assert result.loaded == 2


def test_without_an_update_stamp_the_later_line_wins_and_an_identical_row_is_no_problem() -> None:
    later = built(raw({"Id": ["1", "1"], "Created": CREATED[:2]}))
    assert told(later) == [(2, "Id", "1", "duplicate_ticket_id", "rejected")]
    same = built(raw({"Id": ["1", "1"], "Created": [CREATED[0]] * 2}))
    assert (told(same), same.loaded, same.tables["tickets"].height) == ([], 2, 1)


def test_ids_stay_text_and_damage_by_a_spreadsheet_is_told() -> None:
    result = built(raw({"Id": ["00012", "1.23457E+17", "x"], "Created": CREATED}))
    assert result.tables["tickets"]["ticket_id"].to_list() == ["00012", "1.23457E+17", "x"]
    assert told(result) == [(3, "Id", "1.23457E+17", "id_damaged_by_spreadsheet", "flagged")]


def test_rows_that_share_a_damaged_id_are_all_set_aside() -> None:
    result = built(raw({"Id": ["1.23457E+17", "1.23457E+17", "x"], "Created": CREATED}))
    assert [(row[0], *row[3:]) for row in told(result)] == [
        (2, "id_damaged_by_spreadsheet", "rejected"),
        (3, "id_damaged_by_spreadsheet", "rejected"),
    ]
    assert result.tables["tickets"]["ticket_id"].to_list() == ["x"]


def test_values_of_closed_sets_are_translated_from_english_chinese_and_the_mapping() -> None:
    table = raw(
        {
            "Id": ["1", "2", "3"],
            "Created": CREATED,
            "Way": ["Live Chat", "热线", "PIGEON"],
            "Priority": ["1 - Critical", "重要", "Medium"],
            "Line": ["Tier 1", "二线", "L3"],
        }
    )
    mapping = Mapping(
        "desk",
        "tickets",
        COLUMNS | {"channel": "Way", "priority": "Priority", "tier": "Line"},
        values={"channel": {" pigeon ": "store"}},
    )
    tickets = build(table, mapping, source="desk", zone="UTC").tables["tickets"]
    assert tickets["channel"].to_list() == ["chat", "phone", "store"]
    assert tickets["priority"].to_list() == ["urgent", "important", "normal"]
    assert tickets["tier"].to_list() == ["first_line", "specialist", "cross_team"]


def test_a_value_that_means_nothing_known_is_told_listed_and_its_original_kept() -> None:
    table = raw(
        {"Id": ["1", "2", "3"], "Created": CREATED, "Way": ["Fax", "phone", None], "State": ["Odd", "open", "new"]}
    )
    result = built(table, channel="Way", status="State")
    tickets = result.tables["tickets"]
    assert tickets["channel"].to_list() == ["other", "phone", None]
    assert tickets["status"].to_list() == [None, "open", "new"]
    assert tickets["x_way"].to_list() == ["Fax", "phone", None]
    assert [row[2:4] for row in told(result)] == [("Fax", "unknown_channel"), ("Odd", "unknown_status")]
    assert "'Fax' (1)" in str(result.notes[0])


def test_columns_that_mean_nothing_here_are_kept_as_text_under_their_slug() -> None:
    headers = {
        "Id": ["1"],
        "Created": CREATED[:1],
        "SLA met?": ["TRUE"],
        "客户城市": ["上海"],
        "sla_met": ["n/a"],
        "": ["7"],
    }
    tickets = built(raw(headers)).tables["tickets"]
    own = {name: tickets[name].to_list() for name in tickets.columns if name.startswith("x_")}
    assert own == {"x_sla_met": ["true"], "x_客户城市": ["上海"], "x_sla_met_2": [None], "x_column_6": ["7"]}


def test_tables_have_exactly_their_canonical_columns_and_types() -> None:
    result = built(raw({"Id": ["1"], "Created": CREATED[:1]}))
    assert dict(result.tables["tickets"].schema) == TABLES["tickets"].schema


def test_null_marks_are_null_but_what_people_wrote_stays_as_it_stands() -> None:
    table = raw({"Id": ["1"], "Created": CREATED[:1], "Agent": ["N/A"], "Subject": ["N/A"], "Text": ["  two\n lines "]})
    result = built(table, agent="Agent", subject="Subject", request_text="Text")
    assert result.tables["tickets"].select("agent", "subject").row(0) == (None, "N/A")
    assert result.tables["messages"]["text"].to_list() == ["  two\n lines "]


def test_all_columns_that_a_file_lacks_are_told_in_one_sentence() -> None:
    table = raw({"Identity": ["1"], "Creatd": CREATED[:1]})
    with pytest.raises(MappingError) as caught:
        built(table)
    assert "ticket_id = 'Id'" in str(caught.value)
    assert "created_at = 'Created' (did you mean 'Creatd'?)" in str(caught.value)
    assert "Found: 'Identity', 'Creatd'" in str(caught.value)


def test_all_columns_that_need_a_zone_are_told_in_one_sentence() -> None:
    table = raw({"Id": ["1"], "Created": CREATED[:1], "Closed": CREATED[1:2]})
    mapping = Mapping("desk", "tickets", COLUMNS | {"closed_at": "Closed"})
    with pytest.raises(ZoneNeededError, match="'Created', 'Closed' carry no time zone"):
        build(table, mapping, source="desk", zone=None)
    with pytest.raises(MappingError, match="'Beijing' is no IANA time zone"):
        build(table, mapping, source="desk", zone="Beijing")


def test_a_column_that_settles_nothing_is_read_like_another_in_the_same_form() -> None:
    table = raw(
        {"Id": ["1", "2"], "Created": ["13/04/2026 09:00", "02/04/2026 09:00"], "Closed": ["03/05/2026 10:00", None]}
    )
    result = built(table, closed_at="Closed")
    assert str(result.tables["tickets"]["closed_at"][0]) == "2026-05-03 10:00:00+00:00"
    assert "'Closed' are read like those of 'Created'" in str(result.notes[-1])


def test_the_generic_source_takes_columns_and_shape_from_the_headers() -> None:
    table = raw({"Ticket ID": ["1"], "Created": CREATED[:1]})
    assert build(table, sources()["generic"], source="desk", zone="UTC").tables["tickets"].height == 1
    with pytest.raises(MappingError, match="ticket_id, created_at"):
        build(raw({"a": ["1"]}), sources()["generic"], source="desk", zone="UTC")


def test_a_file_without_rows_gives_empty_tables() -> None:
    result = built(raw({"Id": [], "Created": []}))
    assert result.tables["tickets"].height == 0
    assert result.loaded == 0
    assert dict(result.tables["tickets"].schema) == TABLES["tickets"].schema


cells = st.sampled_from([None, "", "1", "2", "00001", "1.5E+12", "x"])
stamps = st.sampled_from([None, "2026-03-02 09:00", "2026-03-02 10:00", "2026-03-02", "soon", "0001-01-01 00:00"])


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(st.tuples(cells, stamps, stamps, st.sampled_from([None, "Open", "odd", "closed"])), max_size=12))
def test_rows_read_are_the_loaded_and_the_rejected_and_every_reject_is_one_row(
    rows: list[tuple[str | None, str | None, str | None, str | None]],
) -> None:
    names = ("Id", "Created", "Answered", "Status")
    table = raw({name: [row[number] for row in rows] for number, name in enumerate(names)})
    try:
        result = built(table, first_responded_at="Answered", status="Status")
    except MappingError:
        return
    rejected = result.rejects.filter(kind="rejected")
    assert table.rows_read == result.loaded + rejected.height
    assert rejected["line"].is_unique().all()
    assert rejected["record"].null_count() == 0
    tickets = result.tables["tickets"]
    assert tickets["ticket_id"].is_unique().all()
    kept = set(table.frame["__line"]) - set(rejected["line"])
    flagged = set(result.rejects.filter(kind="flagged")["line"])
    assert flagged <= kept
    ids = {str(row[0]).strip() for line, row in enumerate(rows, 2) if line in kept and row[0]}
    assert ids == set(tickets["ticket_id"])
    assert tickets.filter(pl.col("first_responded_at") < pl.col("created_at"), pl.col("date_only").is_null()).is_empty()
