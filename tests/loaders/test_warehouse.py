"""The warehouse: newer rows win, nothing changes twice, old versions stay readable."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import polars as pl
import pytest
from deltalake import DeltaTable
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.errors import WarehouseError
from loaders.warehouse import Committed, Counts, Warehouse
from metrics.tables import ARRIVALS, CHANGES, INSTANT, MESSAGES, RATINGS, TABLES, TICKETS
from tests.thorough import examples

Row: TypeAlias = tuple[str, int, int | None, str | None]
START = datetime(2024, 1, 15, 9, tzinfo=UTC)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def tickets(*rows: Mapping[str, object]) -> pl.DataFrame:
    given = {name for row in rows for name in row}
    schema = {name: TICKETS.schema.get(name, pl.String()) for name in ("ticket_id", "created_at", *sorted(given))}
    return pl.DataFrame([{**dict.fromkeys(schema), "created_at": day(0), **row} for row in rows], schema=schema)


def load(
    warehouse: Warehouse, frame: pl.DataFrame, before: Committed | None = None, *, table: str = "tickets"
) -> Committed:
    return warehouse.commit("generic", {table: frame}, base=before.versions if before else {})


def stored(warehouse: Warehouse, committed: Committed, table: str = "tickets") -> dict[str, dict[str, object]]:
    key = {"tickets": "ticket_id", "messages": "message_id", "ratings": "rating_id"}[table]
    return {row[key]: row for row in warehouse.scan(table, committed.versions).collect().to_dicts()}


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)


def test_a_first_load_inserts_every_ticket_by_its_month(warehouse: Warehouse, tmp_path: Path) -> None:
    first = load(warehouse, tickets({"ticket_id": "1"}, {"ticket_id": "2", "created_at": day(40)}))
    assert first.counts == Counts(inserted=2)
    assert first.versions == {"generic/tickets": 0}
    table = DeltaTable(str(tmp_path / "generic" / "tickets"))
    assert table.metadata().partition_columns == ["month"]
    assert {part["month"] for part in table.partitions()} == {"2024-01", "2024-02"}


def test_the_scan_has_all_canonical_columns_and_hides_its_own(warehouse: Warehouse) -> None:
    first = load(warehouse, tickets({"ticket_id": "1", "x_Caller ID (内)": "a"}))
    schema = warehouse.scan("tickets", first.versions).collect_schema()
    assert dict(schema) == {**TICKETS.schema, "x_Caller ID (内)": pl.String()}
    assert warehouse.scan("tickets", first.versions).collect()["source"].to_list() == ["generic"]


def test_an_empty_desk_has_empty_tables(warehouse: Warehouse) -> None:
    tables = warehouse.tables({})
    assert tables.tickets.collect().equals(TICKETS.empty())
    assert tables.messages.collect().equals(MESSAGES.empty())


def test_the_same_file_twice_makes_no_new_version(warehouse: Warehouse, tmp_path: Path) -> None:
    frame = tickets({"ticket_id": "1", "status": "open", "date_only": ["created_at"]}, {"ticket_id": "2"})
    first = load(warehouse, frame)
    again = load(warehouse, frame, first)
    assert again.counts == Counts(unchanged=2)
    assert again.versions == first.versions
    assert not again.changed
    assert DeltaTable(str(tmp_path / "generic" / "tickets")).version() == 0


def test_a_newer_row_corrects_and_an_older_one_never_does(warehouse: Warehouse) -> None:
    first = load(warehouse, tickets({"ticket_id": "1", "updated_at": day(2), "status": "open"}))
    newer = load(warehouse, tickets({"ticket_id": "1", "updated_at": day(3), "status": "closed"}), first)
    assert newer.counts == Counts(updated=1)
    older = load(warehouse, tickets({"ticket_id": "1", "updated_at": day(1), "status": "new"}), newer)
    assert older.counts == Counts(unchanged=1)
    assert older.versions == newer.versions
    assert stored(warehouse, older)["1"]["status"] == "closed"


def test_without_update_stamps_the_newer_file_wins_even_where_it_takes_a_stamp_away(warehouse: Warehouse) -> None:
    full = tickets({"ticket_id": "1", "resolved_at": day(5)}, {"ticket_id": "2", "resolved_at": day(9)})
    first = load(warehouse, full)
    reopened = tickets(
        {"ticket_id": "1", "resolved_at": None, "status": "open"},
        {"ticket_id": "3", "created_at": day(12), "resolved_at": day(12)},
    )
    second = load(warehouse, reopened, first)
    assert second.counts == Counts(inserted=1, updated=1)
    assert stored(warehouse, second)["1"]["resolved_at"] is None
    third = load(warehouse, full, second)
    assert third.counts == Counts(unchanged=2)
    assert third.versions == second.versions


def test_an_unchanged_row_of_a_newer_file_is_as_young_as_that_file(warehouse: Warehouse) -> None:
    first = load(warehouse, tickets({"ticket_id": "1", "status": "open"}, {"ticket_id": "2", "created_at": day(1)}))
    newest = load(
        warehouse, tickets({"ticket_id": "1", "status": "open"}, {"ticket_id": "3", "created_at": day(9)}), first
    )
    assert newest.counts == Counts(inserted=1, unchanged=1)
    between = tickets({"ticket_id": "1", "status": "closed"}, {"ticket_id": "4", "created_at": day(5)})
    late = load(warehouse, between, newest)
    assert late.counts == Counts(inserted=1, unchanged=1)
    assert stored(warehouse, late)["1"]["status"] == "open"


def test_of_two_rows_of_one_age_the_later_load_wins(warehouse: Warehouse) -> None:
    first = load(warehouse, tickets({"ticket_id": "1", "status": "open"}))
    mended = load(warehouse, tickets({"ticket_id": "1", "status": "closed"}), first)
    assert mended.counts == Counts(updated=1)
    assert stored(warehouse, mended)["1"]["status"] == "closed"


def test_a_corrected_creation_moves_the_row_to_its_month(warehouse: Warehouse, tmp_path: Path) -> None:
    first = load(warehouse, tickets({"ticket_id": "1"}, {"ticket_id": "2"}, {"ticket_id": "3", "created_at": day(60)}))
    moved = load(warehouse, tickets({"ticket_id": "1", "created_at": day(31), "updated_at": day(90)}), first)
    assert moved.counts == Counts(updated=1)
    rows = pl.scan_delta(str(tmp_path / "generic" / "tickets"), version=moved.versions["generic/tickets"])
    months = dict(rows.select("ticket_id", "month").collect().iter_rows())
    assert months == {"1": "2024-02", "2": "2024-01", "3": "2024-03"}


def test_months_that_nothing_touches_keep_their_files(warehouse: Warehouse, tmp_path: Path) -> None:
    first = load(warehouse, tickets({"ticket_id": "1"}, {"ticket_id": "2", "created_at": day(60)}))
    table = DeltaTable(str(tmp_path / "generic" / "tickets"))
    march = [uri for uri in table.file_uris() if "2024-03" in uri]
    load(warehouse, tickets({"ticket_id": "1", "status": "closed"}), first)
    table.update_incremental()
    assert [uri for uri in table.file_uris() if "2024-03" in uri] == march


def test_one_load_is_one_commit_of_a_table(warehouse: Warehouse) -> None:
    first = load(warehouse, tickets({"ticket_id": "1"}, {"ticket_id": "2", "created_at": day(60)}))
    rows = tickets({"ticket_id": "1", "status": "closed"}, {"ticket_id": "9", "created_at": day(90)})
    second = load(warehouse, rows, first)
    assert second.versions == {"generic/tickets": 1}
    assert second.counts == Counts(inserted=1, updated=1)


def test_a_column_that_a_newer_file_lacks_keeps_its_values_and_one_that_it_has_erases(warehouse: Warehouse) -> None:
    first = load(warehouse, tickets({"ticket_id": "1", "x_caller": "Wu", "agent": "Li", "team": "A"}))
    second = load(warehouse, tickets({"ticket_id": "1", "agent": None, "x_new": "n", "updated_at": day(1)}), first)
    row = stored(warehouse, second)["1"]
    assert (row["x_caller"], row["x_new"], row["team"], row["agent"]) == ("Wu", "n", "A", None)


def test_sources_with_different_own_fields_stand_side_by_side(warehouse: Warehouse) -> None:
    first = warehouse.commit("a", {"tickets": tickets({"ticket_id": "1", "x_p": "p"})}, base={})
    both = warehouse.commit("b", {"tickets": tickets({"ticket_id": "1", "x_q": "q"})}, base=first.versions)
    rows = warehouse.scan("tickets", both.versions).sort("source").collect()
    assert both.counts == Counts(inserted=1)
    assert rows.select("source", "x_p", "x_q").rows() == [("a", "p", None), ("b", None, "q")]


def test_the_newest_of_two_rows_of_one_file_stands(warehouse: Warehouse) -> None:
    rows = tickets(
        {"ticket_id": "1", "updated_at": day(3), "status": "closed"},
        {"ticket_id": "1", "updated_at": day(2), "status": "open"},
        {"ticket_id": "1", "updated_at": None, "status": "new"},
    )
    first = load(warehouse, rows)
    assert first.counts == Counts(inserted=1)
    assert stored(warehouse, first)["1"]["status"] == "closed"


def test_what_a_crashed_load_wrote_is_not_in_the_next_one(warehouse: Warehouse) -> None:
    first = load(warehouse, tickets({"ticket_id": "1", "status": "open"}))
    load(warehouse, tickets({"ticket_id": "1", "status": "closed"}, {"ticket_id": "2"}), first)  # never counted
    third = load(warehouse, tickets({"ticket_id": "3"}), first)
    assert third.counts == Counts(inserted=1)
    assert {key: row["status"] for key, row in stored(warehouse, third).items()} == {"1": "open", "3": None}


def test_a_first_load_that_crashed_is_written_over(warehouse: Warehouse) -> None:
    load(warehouse, tickets({"ticket_id": "1", "x_gone": "g"}))  # never counted
    first = load(warehouse, tickets({"ticket_id": "2"}))
    assert first.counts == Counts(inserted=1)
    assert set(stored(warehouse, first)) == {"2"}
    assert "x_gone" not in warehouse.scan("tickets", first.versions).collect_schema()


def test_old_versions_stay_readable(warehouse: Warehouse) -> None:
    first = load(warehouse, tickets({"ticket_id": "1", "status": "open"}))
    last = first
    for number in range(1, 4):
        last = load(warehouse, tickets({"ticket_id": "1", "status": f"s{number}"}), last)
    assert stored(warehouse, first)["1"]["status"] == "open"
    assert stored(warehouse, last)["1"]["status"] == "s3"


def test_a_dry_run_counts_and_writes_nothing(warehouse: Warehouse, tmp_path: Path) -> None:
    rows = tickets({"ticket_id": "1"})
    tried = warehouse.commit("generic", {"tickets": rows}, base={}, dry_run=True)
    assert tried.counts == Counts(inserted=1)
    assert not list(tmp_path.iterdir())
    first = load(warehouse, rows)
    more = tickets({"ticket_id": "1", "status": "closed"}, {"ticket_id": "2"})
    tried = warehouse.commit("generic", {"tickets": more}, base=first.versions, dry_run=True)
    assert tried.counts == Counts(inserted=1, updated=1)
    assert DeltaTable(str(tmp_path / "generic" / "tickets")).version() == 0


def test_messages_and_changes_of_two_files_are_united(warehouse: Warehouse) -> None:
    def messages(*ids: str) -> pl.DataFrame:
        rows = [{"message_id": name, "ticket_id": "1", "at": day(int(name))} for name in ids]
        return pl.DataFrame(rows, schema={k: MESSAGES.schema[k] for k in ("message_id", "ticket_id", "at")})

    def changes(*numbers: int) -> pl.DataFrame:
        rows = [{"ticket_id": "1", "at": day(n), "sequence": n, "field": "status", "to_value": "x"} for n in numbers]
        return pl.DataFrame(rows, schema={name: CHANGES.schema[name] for name in rows[0]})

    first = warehouse.commit("s", {"messages": messages("1", "2"), "changes": changes(1, 2)}, base={})
    second = warehouse.commit("s", {"messages": messages("2", "3"), "changes": changes(2, 3)}, base=first.versions)
    tables = warehouse.tables(second.versions)
    assert sorted(tables.messages.collect()["message_id"]) == ["1", "2", "3"]
    assert sorted(tables.changes.collect()["sequence"]) == [1, 2, 3]
    assert second.by_table == {"messages": Counts(1, 0, 1), "changes": Counts(1, 0, 1)}


def test_a_rating_without_a_time_is_kept_and_upserted(warehouse: Warehouse) -> None:
    def ratings(score: float) -> pl.DataFrame:
        rows = [{"ticket_id": "1", "rating_id": "1", "score": score, "given_at": None}]
        return pl.DataFrame(rows, schema={name: RATINGS.schema[name] for name in rows[0]})

    first = load(warehouse, ratings(3.0), table="ratings")
    same = load(warehouse, ratings(3.0), first, table="ratings")
    assert same.versions == first.versions
    second = load(warehouse, ratings(4.0), same, table="ratings")
    assert stored(warehouse, second, "ratings")["1"]["score"] == 4.0


def test_a_key_with_an_unknown_part_is_found_again(warehouse: Warehouse) -> None:
    columns = ("start_at", "channel", "team", "offered")
    frame = pl.DataFrame([(day(0), "phone", None, 5)], schema={n: ARRIVALS.schema[n] for n in columns}, orient="row")
    first = load(warehouse, frame, table="arrivals")
    second = load(warehouse, frame.with_columns(offered=pl.lit(6)), first, table="arrivals")
    rows = warehouse.scan("arrivals", second.versions).collect()
    assert rows["offered"].to_list() == [6]


def test_every_canonical_table_can_be_kept_and_read(warehouse: Warehouse) -> None:
    versions: dict[str, int] = {}
    for name, table in TABLES.items():
        cells = [pl.lit(day(0) if d == INSTANT else None, dtype=d).alias(c) for c, d in table.schema.items()]
        row = pl.select(cells).with_columns(pl.col(pl.String).fill_null("a"))
        versions = {**versions, **warehouse.commit("s", {name: row}, base=versions).versions}
        assert warehouse.scan(name, versions).collect().height == 1


ROWS = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),
        st.integers(0, 80),
        st.one_of(st.none(), st.integers(0, 99)),
        st.sampled_from(["open", "closed", None]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda row: row[0],
)


@settings(max_examples=examples(20), deadline=None)
@given(files=st.lists(ROWS, min_size=1, max_size=5), again=st.booleans())
def test_any_files_in_any_order_end_as_the_rule_says(files: list[list[Row]], again: bool) -> None:
    """Against a plain dictionary: both rows' update stamps decide, else the files' newest stamps, else the order."""
    expected: dict[str, tuple[Row, int]] = {}
    with TemporaryDirectory() as folder:
        warehouse, committed = Warehouse(Path(folder)), Committed({}, Counts())
        for rows in [*files, *([files[-1]] if again else [])]:
            newest = max(stamp for _, created, updated, _ in rows for stamp in (created, updated) if stamp is not None)
            names = ("ticket_id", "created_at", "updated_at", "status")
            frame = tickets(*(dict(zip(names, (i, day(c), _day(u), s), strict=True)) for i, c, u, s in rows))
            committed = warehouse.commit("generic", {"tickets": frame}, base=committed.versions)
            counted = {"inserted": 0, "updated": 0, "unchanged": 0}
            for row in rows:
                counted[_stand(expected, row, newest)] += 1
            assert committed.counts == Counts(**counted)
        found = {
            key: (row["created_at"], row["updated_at"], row["status"])
            for key, row in stored(warehouse, committed).items()
        }
    assert found == {i: (day(c), _day(u), s) for i, ((_, c, u, s), _) in expected.items()}


def _day(number: int | None) -> datetime | None:
    return None if number is None else day(number)


def _stand(standing: dict[str, tuple[Row, int]], row: Row, newest: int) -> str:
    if row[0] not in standing:
        standing[row[0]] = (row, newest)
        return "inserted"
    old, old_newest = standing[row[0]]
    by_file = newest >= old_newest
    wins = by_file
    if row[2] is not None and old[2] is not None and row[2] != old[2]:
        wins = row[2] > old[2]
    if not wins:
        return "unchanged"
    standing[row[0]] = (row, newest if row != old else max(newest, old_newest))
    return "unchanged" if row == old else "updated"


def test_a_name_that_would_leave_the_folder_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="cannot name a source"):
        warehouse.commit("../elsewhere", {"tickets": tickets({"ticket_id": "1"})}, base={})


def test_a_store_that_cannot_be_written_says_so_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "generic").write_text("a file where a folder must be")
    with pytest.raises(WarehouseError, match="could not be written"):
        load(Warehouse(tmp_path), tickets({"ticket_id": "1"}))


def test_counts_of_a_switch_that_names_neither_channel_nor_team_are_kept_once(warehouse: Warehouse) -> None:
    frame = pl.DataFrame({"start_at": [day(0), day(1)], "minutes": [5, 5], "offered": [111, 113]})
    first = load(warehouse, frame.with_columns(pl.col("start_at").cast(INSTANT)), table="arrivals")
    again = load(warehouse, frame.with_columns(pl.col("start_at").cast(INSTANT)), first, table="arrivals")
    assert again.versions == first.versions
    kept = warehouse.scan("arrivals", again.versions).collect().sort("start_at")
    assert kept.select("offered", "channel", "team").rows() == [(111, None, None), (113, None, None)]
