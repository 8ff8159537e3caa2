"""The facts of a large desk are made month by month; a load makes only those anew that it changed."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from polars.testing import assert_frame_equal

from dashboard.desk import Desk, Head, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.facts import figures as service
from dashboard.services.facts import monthly, part_files, rollup_files
from dashboard.services.facts.figures import facts_of, prepare, rebuild, settings_of
from dashboard.services.loading.ledger import undo_last
from dashboard.services.settings.changes import keep_agreements
from dashboard.store import LoadRow
from loaders.base import Progress
from metrics.catalog import METRICS
from metrics.facts import Facts, build_facts
from metrics.facts.partitions import OF_TICKETS
from metrics.rollup import MONTH, Parts, Rollups, Shape, merged, updated
from tests.builders import Row, frame, message, rating, ticket
from tests.metrics.random_desks import desks
from tests.metrics.rolled import decoded
from tests.metrics.test_laws import busy_month
from tests.metrics.test_partitions import assert_same
from tests.oracles.tickets import World
from tests.thorough import examples

NAMES = ("tickets_created", "backlog", "csat", "first_response_calendar_p50", "next_response_within_target")
FEW = {name: METRICS[name] for name in NAMES}
Load = Mapping[str, Iterable[Row]]


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """One ticket is many here, and few figures are all."""
    monkeypatch.setattr(service, "MONTHLY_FROM", 1)
    for module in (part_files, rollup_files):
        monkeypatch.setattr(module, "METRICS", FEW)
    monkeypatch.setattr(rollup_files, "EXACT_BELOW", 1)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The months whose facts were made."""
    months: list[str] = []
    original = monthly.MonthlyMaking._make

    def noted(self: monthly.MonthlyMaking, month: str, *args: object) -> object:
        months.append(month)
        return original(self, month, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(monthly.MonthlyMaking, "_make", noted)
    return months


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path)


def keep(desk: Desk, load: Load) -> None:
    """One load of these rows, source by source."""
    head = desk.head()
    versions = dict(head.versions) if head else {}
    frames = {name: frame(name, rows) for name, rows in load.items()}
    for source in sorted({source for one in frames.values() for source in one["source"]}):
        own = {name: one.filter(source=source) for name, one in frames.items()}
        kept = {name: one for name, one in own.items() if one.height}
        versions = dict(desk.warehouse.commit(source, kept, base=versions, export_at=datetime.now(UTC)).versions)
    entry = LoadRow(
        at=datetime(2026, 1, 1, tzinfo=UTC), actor="a", kind="load", versions=versions,
        as_of=desk.warehouse.newest(versions), files=[], settings={},
    )  # fmt: skip
    with desk.keeping() as session:
        session.add(entry)


def whole(desk: Desk) -> Facts:
    """The facts made of all rows at once."""
    head = desk.head()
    assert head is not None
    return build_facts(desk.warehouse.tables(head.versions), settings_of(COMMAND_LINE, desk), as_of=head.as_of)


def assert_right(desk: Desk) -> Facts:
    """Facts and rollups are those that are made of all rows at once."""
    found, wanted = facts_of(COMMAND_LINE, desk), whole(desk)
    assert_same(found, wanted)
    assert found.rollups is not None
    parts, _ = updated(Parts(), wanted, FEW.values())
    for shape, table in shown(Rollups(merged(parts), parts.words)).items():
        assert_frame_equal(shown(found.rollups)[shape], table)
    return found


def newest(desk: Desk) -> Head:
    head = desk.head()
    assert head is not None
    return head


def shown(rollups: Rollups) -> dict[Shape, pl.DataFrame]:
    tables = {shape: table.with_columns(pl.lit(0).alias(MONTH)) for shape, table in rollups.tables.items()}
    return decoded(Parts(tables, rollups.words))


def busy() -> Load:
    tickets, messages, changes, ratings = busy_month()
    return {"tickets": tickets, "messages": messages, "changes": changes, "ratings": ratings}


def test_facts_made_month_by_month_are_those_made_at_once(desk: Desk, made: list[str]) -> None:
    keep(desk, busy())
    facts = assert_right(desk)
    assert len(set(made)) > 2
    assert facts.tickets["created_at"].is_sorted()


@settings(max_examples=examples(2), deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(desks(), desks())
def test_load_upon_load_of_random_rows_gives_the_facts_of_all(
    tmp_path_factory: pytest.TempPathFactory, first: World, then: World
) -> None:
    desk = open_desk(tmp_path_factory.mktemp("desk"))
    for world in (first, then, first):
        rows = {"tickets": world.tickets, "messages": world.messages, "changes": world.changes}
        load = {name: some for name, some in {**rows, "ratings": world.ratings}.items() if some}
        if load.get("tickets"):
            keep(desk, load)  # type: ignore[arg-type]
            assert_right(desk)


def test_a_load_makes_only_the_months_anew_that_it_touches(desk: Desk, made: list[str]) -> None:
    keep(
        desk, {"tickets": [over("1", "2026-01-05 09:00"), over("2", "2026-03-05 09:00"), over("3", "2026-06-05 09:00")]}
    )
    prepare(COMMAND_LINE, desk, newest(desk))
    assert set(made) == {"2026-01", "2026-03", "2026-06", ""}
    made.clear()
    keep(desk, {"tickets": [over("4", "2026-03-09 09:00")]})
    assert assert_right(desk).tickets.height == 4
    assert made == ["2026-03"]


def test_an_answer_or_a_rating_that_comes_months_later_makes_the_month_of_its_ticket_anew(
    desk: Desk, made: list[str]
) -> None:
    rows = [over(str(n), f"2026-0{n}-05 09:00") for n in range(1, 8)]
    talk = [message(str(n), f"2026-0{n}-05 09:00", kind) for n in range(1, 8) for kind in ("customer", "bot")]
    keep(desk, {"tickets": rows, "messages": talk})
    prepare(COMMAND_LINE, desk, newest(desk))
    made.clear()
    keep(desk, {"messages": [message("2", "2026-06-05 10:00", "agent")]})
    assert_right(desk)
    assert set(made) >= {"2026-02"}
    assert not {"2026-01", "2026-03", "2026-04"} & set(made)
    made.clear()
    keep(desk, {"ratings": [rating("3", 5, "2026-06-06 10:00"), rating("gone", 1, "2026-06-06 11:00")]})
    assert assert_right(desk).ratings.height == 2
    assert set(made) >= {"2026-03", ""}
    assert not {"2026-01", "2026-02", "2026-04"} & set(made)


def test_a_ticket_that_comes_after_its_rating_takes_it_out_of_those_of_nobody(desk: Desk) -> None:
    keep(desk, {"tickets": [over("1", "2026-01-05 09:00")], "ratings": [rating("2", 5, "2026-03-06 10:00")]})
    assert assert_right(desk).ratings["created_at"].to_list() == [None]
    keep(desk, {"tickets": [over("2", "2026-02-05 09:00")]})
    assert assert_right(desk).ratings["created_at"].null_count() == 0


def test_a_ticket_that_follows_soon_makes_the_month_before_anew(desk: Desk, made: list[str]) -> None:
    keep(desk, {"tickets": [over("1", "2026-01-20 09:00", customer="Li"), over("2", "2026-07-20 09:00")]})
    prepare(COMMAND_LINE, desk, newest(desk))
    made.clear()
    keep(desk, {"tickets": [over("3", "2026-02-02 09:00", customer="Li")]})
    assert assert_right(desk).tickets["fcr_repeat_30d"][0] is False
    assert set(made) == {"2026-02", "2026-01"}


def test_what_is_still_open_is_looked_at_again_when_time_goes_on(desk: Desk, made: list[str]) -> None:
    keep(desk, {"tickets": [over("1", "2026-01-05 09:00"), ticket("2", "2026-02-05 09:00", first_responded_at=None)]})
    prepare(COMMAND_LINE, desk, newest(desk))
    made.clear()
    keep(desk, {"tickets": [over("3", "2026-08-05 09:00")]})
    assert_right(desk)
    assert set(made) == {"2026-08", "2026-02"}


def test_what_a_source_tells_for_the_first_time_makes_its_other_months_anew(desk: Desk, made: list[str]) -> None:
    keep(desk, {"tickets": [over("1", "2026-01-05 09:00"), {**over("9", "2026-01-05 09:00"), "source": "other"}]})
    prepare(COMMAND_LINE, desk, newest(desk))
    made.clear()
    keep(desk, {"tickets": [over("2", "2026-05-05 09:00", first_responded_at="2026-05-05 10:00")]})
    assert assert_right(desk).tickets["is_waiting"].to_list() == [False, False, False]
    assert made.count("2026-01") == 1


def test_an_undone_load_shows_what_was_there_before(desk: Desk, made: list[str]) -> None:
    keep(desk, busy())
    first = facts_of(COMMAND_LINE, desk)
    keep(desk, {"tickets": [over("new", "2026-03-09 09:00")]})
    assert facts_of(COMMAND_LINE, desk).tickets.height == first.tickets.height + 1
    made.clear()
    undo_last(COMMAND_LINE, desk)
    assert_same(facts_of(COMMAND_LINE, desk), first)
    assert made == []


def test_a_damaged_month_is_made_anew(desk: Desk, made: list[str]) -> None:
    keep(desk, busy())
    prepare(COMMAND_LINE, desk, newest(desk))
    (folder,) = [path for path in desk.facts_folder.iterdir() if path.is_dir()]
    damaged = sorted(folder.glob("2026-*/tickets.parquet"))[0]
    damaged.write_bytes(damaged.read_bytes()[:99])
    made.clear()
    assert_right(desk)
    assert made


def test_rollups_that_cannot_be_read_are_made_of_the_facts(desk: Desk) -> None:
    keep(desk, busy())
    prepare(COMMAND_LINE, desk, newest(desk))
    for told in desk.facts_folder.glob("*/rollups/rollups.json"):
        told.write_text("{")
    assert_right(desk)
    keep(desk, {"tickets": [over("new", "2026-03-09 09:00")]})
    for told in desk.facts_folder.glob("*/rollups/rollups.json"):
        told.write_text("{")
    assert_right(desk)


def test_a_full_disk_leaves_the_facts_in_memory(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    keep(desk, busy())
    monkeypatch.setattr(monthly, "write_frames", full)
    monkeypatch.setattr(service, "_write", full)
    assert_same(facts_of(COMMAND_LINE, desk), whole(desk))
    assert list(desk.facts_folder.iterdir()) == []


def test_progress_names_the_months(desk: Desk) -> None:
    keep(desk, {"tickets": [over("1", "2026-01-05 09:00"), over("2", "2026-03-05 09:00")]})
    steps: list[Progress] = []
    prepare(COMMAND_LINE, desk, newest(desk), on_progress=steps.append)
    assert [step.detail for step in steps][:3] == ["2026-03", "2026-01", ""]
    assert all(step.step == "figures" for step in steps)


def test_a_rebuild_makes_every_month_anew(desk: Desk, made: list[str]) -> None:
    keep(desk, {"tickets": [over("1", "2026-01-05 09:00"), over("2", "2026-03-05 09:00")]})
    prepare(COMMAND_LINE, desk, newest(desk))
    keep(desk, {"tickets": [over("3", "2026-06-05 09:00")]})
    prepare(COMMAND_LINE, desk, newest(desk))
    made.clear()
    assert_same(rebuild(COMMAND_LINE, desk), whole(desk))
    assert set(made) == {"2026-01", "2026-03", "2026-06", ""}


def test_months_of_an_older_state_are_the_same_files(desk: Desk) -> None:
    keep(desk, {"tickets": [over("1", "2026-01-05 09:00"), over("2", "2026-06-05 09:00")]})
    prepare(COMMAND_LINE, desk, newest(desk))
    keep(desk, {"tickets": [over("3", "2026-06-06 09:00")]})
    prepare(COMMAND_LINE, desk, newest(desk))
    for name in OF_TICKETS:
        first, second = (path.stat().st_ino for path in desk.facts_folder.glob(f"*/2026-01/{name}.parquet"))
        assert first == second


def over(ticket_id: str, created_at: str, **columns: object) -> Row:
    """A ticket that was resolved at once."""
    return ticket(ticket_id, created_at, **{"status": "resolved", "resolved_at": created_at, "reopens": 0, **columns})


def test_a_desks_own_names_reach_over_the_border_of_a_month(desk: Desk) -> None:
    asked = [ticket("1", "2026-02-27 09:00", type="stock", customer="c", agent="li", status="resolved", reopens=0,
                    resolved_at="2026-02-27 10:00"),
             ticket("2", "2026-03-02 09:00", type="product", customer="c", agent="Li Na")]  # fmt: skip
    keep(desk, {"tickets": [*asked, ticket("3", "2026-03-20 09:00")]})
    agreed = """
[[merge]]
type = "stock"
into = "product"
throughout = true
[[agent]]
name = "Li Na"
also = ["li"]
throughout = true
[[member]]
agent = "Li Na"
team = "a"
from = 2026-03-01
"""
    keep_agreements(COMMAND_LINE, desk, agreed, since=date(2026, 3, 15), reason="test")
    found = assert_right(desk).tickets.sort("ticket_id")
    assert found["agent"].to_list() == ["Li Na", "Li Na", None]
    assert found["team"].to_list() == [None, None, None]  # agreed from the fifteenth on
    assert found["fcr_repeat_7d"].to_list() == [False, None, None]
