"""What one inspector found and others are still to judge: looked for in all answers, files and commands."""

import inspect
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dashboard.cli import main
from dashboard.people import Actor, Denied
from dashboard.reports.asked import Asked, ReportKind, period_with
from dashboard.services.analysis.own_figures import own_figures
from dashboard.services.quality import assignments, calibration, disputes, review_reading
from dashboard.services.quality.disputes import Proposal
from dashboard.services.reports.making import report
from dashboard.services.upkeep.audit_log import Search
from metrics.catalog import OWN
from metrics.errors import ActionableError
from tests import blinded, inspected
from tests.blinded import IN_CALIBRATION, IN_SECOND, Planted, found_in, members
from tests.dashboard.people.asking import guarded, told
from tests.inspected import NOW, SOURCE

QUALITY = [name for name, topic in OWN.items() if topic == "quality"]
TELLING = (
    "services.quality.", "services.triage.queue.", "services.triage.figures.", "services.triage.meetings.",
    "services.triage.meeting_promises.", "services.triage.minutes.", "services.upkeep.audit_log.",
    "services.reports.archive.", "services.analysis.own_figures.",
)  # fmt: skip
"""The services through which anything of reviews, or of what they led to, comes out."""
WRITES = ("assignments.claim_next", "disputes.let_lapse", "meetings.start")
"""What of them needs nothing but the desk to change it."""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    return blinded.planted(tmp_path_factory.mktemp("blind") / "desk")


def given(desk: Planted) -> Mapping[str, Any]:
    """What services ask for by these names."""
    return {
        "desk": desk.desk, "source": SOURCE, "session_id": desk.session, "draw_id": 1, "case_id": 1, "item_id": 1,
        "event_id": 0, "metric_ids": QUALITY, "search": Search(), "meeting_id": 1, "since": NOW - timedelta(days=9),
    }  # fmt: skip


def asks(desk: Planted) -> Iterator[tuple[str, Callable[[Actor], object]]]:
    """Every service that only reads, with the conversations and reviews in question."""
    for name, (module, function) in sorted(guarded().items()):
        called = getattr(module, function)
        needed = [one.name for one in inspect.signature(inspect.unwrap(called)).parameters.values()
                  if one.default is inspect.Parameter.empty][1:]  # fmt: skip
        if not name.startswith(TELLING) or name.endswith(WRITES):
            continue
        for review in (desk.review_of_calibration, desk.review_of_second) if "review_id" in needed else (0,):
            for ticket in (desk.ticket, blinded.CALIBRATED) if "ticket_id" in needed else ("",):
                known = {**given(desk), "review_id": review, "ticket_id": ticket}
                if set(needed) <= set(known):
                    yield name, partial(_called, called, {one: known[one] for one in needed})


def _called(service: Callable[..., object], asked: Mapping[str, Any], who: Actor) -> object:
    return service(who, **asked)


def answered(ask: Callable[[Actor], object], who: Actor) -> bytes:
    try:
        return told(ask(who)).encode()
    except ActionableError as refused:
        return str(refused).encode()


def test_no_service_tells_anybody_what_he_is_still_to_judge_for_himself(planted: Planted) -> None:
    people = {name: inspected.someone(planted.desk, name) for name in members()}
    tried, seen = set(), set()
    for name, ask in asks(planted):
        for person, who in people.items():
            sent = answered(ask, who)
            if person != "jack":
                assert not found_in(sent, planted.of_calibration()), f"{name} tells {person}"
            if person == "kim":
                assert not found_in(sent, planted.of_second()), f"{name} tells {person}"
                assert ".triage." not in name or planted.ticket.encode() not in sent, f"{name} tells {person}"
            elif found_in(sent, planted.of_second()) or planted.ticket.encode() in sent:
                seen.add(name)
            tried.add(name)
    assert len(tried) > 40
    told_by = {"cases", "case", "coachings", "library", "read", "told", "causes", "queue", "meeting"}
    assert told_by <= {name.rsplit(".", 1)[-1] for name in seen}, "who may know is told"


@pytest.mark.parametrize("account", ["kim", "iris", "sue", "mei", "root"])
def test_no_figure_has_in_it_what_the_person_is_still_to_judge(account: str, planted: Planted) -> None:
    who = inspected.someone(planted.desk, account)
    found = own_figures(who, planted.desk, ["quality_reviews"])["n"].item()
    assert found == (0 if account == "kim" or (account == "sue" and not _is_of_team(planted)) else 1)


def _is_of_team(planted: Planted) -> bool:
    return inspected.TEAMS[int(planted.ticket[1:]) // 2 % 2] == "甲组"


@pytest.mark.parametrize("account", ["sue", "mei", "root"])
def test_no_cell_of_a_report_tells_of_a_calibration_before_its_reveal(account: str, planted: Planted) -> None:
    who = inspected.someone(planted.desk, account)
    kinds: tuple[tuple[ReportKind, str | None], ...] = (("weekly", None), ("personal", "ben"))
    for kind, agent in kinds:
        asked = Asked(kind, period_with(kind, NOW.date()), "en", person=agent)
        made = report(who, planted.desk, asked)
        assert not found_in(told(made).encode(), planted.of_calibration())


def commands(folder: Path) -> Mapping[str, list[str]]:
    """Every command that hands something out of what is noted."""
    return {
        "figures": ["show", *QUALITY, "--format", "json"],
        "results": ["sample", "results", "--json"],
        "draws": ["sample", "draws"],
        "certificate": ["sample", "certify", "1", "--out", str(folder / "certificate.xlsx")],
        "triage": ["triage", "list", "--json"],
        "one of triage": ["triage", "show", "1"],
        "tickets": ["tickets", "--format", "csv"],
        "explain": ["explain", blinded.CALIBRATED, "--source", SOURCE],
        "audit": ["audit", "export", "--out", str(folder / "audit.csv")],
        "customer": ["customer", "export", "customer 7", "--out", str(folder / "customer.json")],
        "report": ["report", "weekly", "--ending", f"{NOW:%Y-%m-%d}", "--out", str(folder / "weekly.xlsx")],
        "sheet": ["report", "personal", "--agent", "ben", "--ending", f"{NOW:%Y-%m-%d}", "--out",
                  str(folder / "ben.xlsx")],
        "settings": ["settings", "export", str(folder / "settings.toml")],
    }  # fmt: skip


@pytest.mark.parametrize("name", commands(Path()))
def test_no_command_tells_of_a_calibration_before_its_reveal(name: str, planted: Planted, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["--data", str(planted.desk.root), *commands(tmp_path)[name]])
    assert done.exit_code == 0, done.output
    assert not found_in(done.stdout_bytes + done.stderr_bytes, planted.of_calibration())
    for file in tmp_path.iterdir():
        assert not found_in(whole(file), planted.of_calibration()), file.name


def whole(file: Path) -> bytes:
    """The bytes of a file, of an archive those of its members."""
    if not zipfile.is_zipfile(file):
        return file.read_bytes()
    with zipfile.ZipFile(file) as opened:
        return b"\n".join(opened.read(name) for name in opened.namelist())


def test_what_is_looked_for_is_found_by_whom_it_may_be(planted: Planted) -> None:
    jack, mei = (inspected.someone(planted.desk, name) for name in ("jack", "mei"))
    own = told(review_reading.told(jack, planted.desk, planted.review_of_calibration)).encode()
    assert set(found_in(own, planted.of_calibration())) >= {IN_CALIBRATION.encode(), repr(planted.calibrated).encode()}
    known = told(review_reading.told(mei, planted.desk, planted.review_of_second)).encode()
    assert IN_SECOND.encode() in known


def test_after_the_reveal_and_his_own_reading_he_is_told(tmp_path: Path) -> None:
    planted = blinded.planted(tmp_path / "desk")
    kim = inspected.someone(planted.desk, "kim")
    for one in assignments.queue(kim, planted.desk):
        blinded.read(planted.desk, kim, one.id, one.ticket_id, "")
    assert review_reading.told(kim, planted.desk, planted.review_of_second).row["score"] == planted.second
    with pytest.raises(ActionableError):
        review_reading.told(kim, planted.desk, planted.review_of_calibration)
    jack = inspected.someone(planted.desk, "jack")
    found = calibration.calibrations(jack, planted.desk)[0]
    locked = calibration.lock(jack, planted.desk, found.id, found.version, at=NOW)
    calibration.reveal(jack, planted.desk, found.id, locked.version, at=NOW)
    assert review_reading.told(kim, planted.desk, planted.review_of_calibration).row["score"] == planted.calibrated


def test_a_second_reading_that_nobody_has_is_offered_to_nobody_who_has_seen_the_first(tmp_path: Path) -> None:
    planted = blinded.planted(tmp_path / "desk")
    kim, mei, iris = (inspected.someone(planted.desk, name) for name in ("kim", "mei", "iris"))
    with planted.desk.keeping() as session:
        _let_go(session, planted)
    assert planted.review_of_second not in review_reading.read(iris, planted.desk)["review"]
    assert planted.review_of_second in review_reading.read(mei, planted.desk)["review"]
    assert planted.ticket not in review_reading.waiting(mei, planted.desk)["ticket_id"]
    assert planted.ticket in review_reading.waiting(kim, planted.desk)["ticket_id"]
    row = review_reading.told(mei, planted.desk, planted.review_of_second).row
    disputes.dispute(mei, planted.desk, row["id"], row["version"], lines={"R3": Proposal(1.0, "it was noted")}, at=NOW)
    assert planted.review_of_second in review_reading.read(iris, planted.desk)["review"], "somebody has to decide"
    assert planted.ticket not in review_reading.waiting(kim, planted.desk)["ticket_id"]


def _let_go(session: Any, planted: Planted) -> None:
    from sqlalchemy import select

    from dashboard.store import Assignment, SampleUnit

    asked = select(Assignment).join(SampleUnit).where(
        SampleUnit.ticket_id == planted.ticket, Assignment.role == "double"
    )  # fmt: skip
    row = session.scalars(asked).one()
    row.reviewer = row.reviewer_id = None


def test_only_who_keeps_the_machine_has_the_whole_desk_in_one_file(planted: Planted, tmp_path: Path) -> None:
    from dashboard.services.upkeep.backups import back_up

    for name in set(members()) - {"root"}:
        with pytest.raises(Denied):
            back_up(inspected.someone(planted.desk, name), planted.desk, tmp_path / "desk.zip")
