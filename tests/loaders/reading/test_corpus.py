"""Every damaged, hostile and odd file of the foreign collection ends as a table or as one sentence."""

import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import psutil
import pytest

from loaders.base import LINE, RawTable
from loaders.errors import ReadError
from loaders.reading import read_file, sentences
from loaders.reading.limits import MB, RSS_MB, SECONDS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
SENTENCES = {value for name, value in vars(sentences).items() if name.isupper() and isinstance(value, str)}


@dataclass(frozen=True)
class Outcome:
    """How reading one file ended."""

    path: Path
    seconds: float
    raw: RawTable | None = None
    error: ReadError | None = None

    @property
    def kind(self) -> str:
        return "refused" if self.raw is None else "with rejects" if self.raw.rejects.height else "loaded"


class _Watch(threading.Thread):
    """The highest memory of any reading child, looked at all the time."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.highest, self.ended = 0.0, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.02):
            for child in psutil.Process().children():
                try:
                    self.highest = max(self.highest, child.memory_info().rss / MB)
                except psutil.Error:
                    continue


def outcome_of(path: Path) -> Outcome:
    started = time.monotonic()
    try:
        raw = read_file(path)
    except ReadError as error:
        return Outcome(path, time.monotonic() - started, error=error)
    return Outcome(path, time.monotonic() - started, raw=raw)


@pytest.fixture(scope="module")
def collection(shared_data: Path) -> Path:
    folder = shared_data / "badinput"
    if not folder.is_dir():
        pytest.skip(f"the collection of bad input is not here ({folder})")
    return folder


@pytest.fixture(scope="module")
def outcomes(collection: Path) -> dict[str, Outcome]:
    """Every file's outcome by its path below the collection."""
    paths = sorted(path for path in collection.rglob("*") if path.is_file())
    watch = _Watch()
    watch.start()
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(outcome_of, paths))
    watch.ended.set()
    slowest = max(outcome.seconds for outcome in found)
    counts = Counter(outcome.kind for outcome in found)
    print(f"{len(found)} files: {dict(counts)}; slowest {slowest:.1f} s, highest memory {watch.highest:.0f} MB")
    assert watch.highest <= RSS_MB
    return {outcome.path.relative_to(collection).as_posix(): outcome for outcome in found}


def test_every_file_ends_in_time_with_a_table_or_a_sentence(outcomes: dict[str, Outcome]) -> None:
    assert len(outcomes) > 700
    for name, outcome in outcomes.items():
        assert outcome.seconds <= SECONDS, name
        assert outcome.error is None or outcome.error.template in SENTENCES, name
        assert outcome.error is None or outcome.path.name in str(outcome.error), name
    kinds = Counter(outcome.kind for outcome in outcomes.values())
    assert kinds["loaded"] > 300
    assert not any(outcome.error and outcome.error.template == sentences.STOPPED for outcome in outcomes.values())


def test_every_row_is_loaded_rejected_or_blank(outcomes: dict[str, Outcome]) -> None:
    for name, outcome in outcomes.items():
        if raw := outcome.raw:
            rejected = raw.rejects.filter(pl.col("kind") == "rejected")
            assert raw.rows_read == raw.frame.height + rejected.height + raw.blank, name
            assert set(rejected["reason"]) <= set(sentences.REASONS), name
            assert rejected["line"].is_sorted(), name
            assert not set(raw.frame[LINE]) & set(rejected["line"]), name
            assert raw.frame.columns == [LINE, *raw.headers], name


def test_no_replacement_character_is_made(outcomes: dict[str, Outcome]) -> None:
    for name, outcome in outcomes.items():
        if outcome.raw and "\ufffd".encode() not in outcome.path.read_bytes() and outcome.raw.format != "xlsx":
            cells = outcome.raw.frame.drop(LINE)
            assert not any("\ufffd" in (cell or "") for row in cells.iter_rows() for cell in row), name


def test_csv_spectrum_equals_its_json(collection: Path, outcomes: dict[str, Outcome]) -> None:
    folder = collection / "csv-spectrum"
    for path in sorted((folder / "csvs").glob("*.csv")):
        if path.stem == "location_coordinates":
            continue  # its JSON holds another telephone number, and its CSV a bare quotation mark: see below
        expected = json.loads((folder / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        raw = outcomes[f"csv-spectrum/csvs/{path.name}"].raw
        assert raw is not None
        assert not raw.rejects.height
        rows = raw.frame.drop(LINE).fill_null("").to_dicts()
        assert rows == (expected if isinstance(expected, list) else [expected]), path.name


def test_a_bare_quotation_mark_is_set_aside_even_where_others_take_it(outcomes: dict[str, Outcome]) -> None:
    raw = outcomes["csv-spectrum/csvs/location_coordinates.csv"].raw
    assert raw is not None
    assert raw.rejects["reason"].to_list() == ["bare_quote"]


def test_the_json_test_suite_is_told_valid_from_invalid(outcomes: dict[str, Outcome]) -> None:
    suite = {name: outcome for name, outcome in outcomes.items() if name.startswith("jsontestsuite/test_parsing/")}
    assert len(suite) > 300
    invalid = {sentences.NOT_JSON, sentences.JSON_DEEP, sentences.EMPTY}
    for name, outcome in suite.items():
        told = outcome.error.template if outcome.error else None
        match name.rsplit("/", 1)[1][0]:
            case "y":
                assert told not in invalid, name
            case "n":
                assert told in invalid, name


def test_the_own_files_end_as_they_should(outcomes: dict[str, Outcome]) -> None:
    def reasons(name: str) -> list[str]:
        raw = outcomes[f"own/{name}"].raw
        assert raw is not None, name
        return raw.rejects["reason"].to_list()

    assert reasons("semantic/bare_quote.csv") == ["bare_quote"]
    assert reasons("semantic/total_row.csv") == ["summary_row"]
    assert reasons("semantic/unterminated_quote.csv") == ["unterminated_quote"]
    for name in ("mixed_utf8_then_gbk", "utf8_overlong", "cesu8_surrogate", "utf8_truncated_tail"):
        assert reasons(f"encodings/{name}.csv") == ["undecodable"]
    for name in ("billion_laughs", "quadratic", "xxe", "far_corner"):
        assert outcomes[f"own/bombs/{name}.xlsx"].kind == "refused"
    for name in ("gb18030_4byte", "gbk", "big5", "shift_jis", "utf16le_nobom", "utf32le_bom", "utf8_double_bom"):
        raw = outcomes[f"own/encodings/{name}.csv"].raw
        assert raw is not None
        assert raw.headers == ("ticket_id", "created_at", "channel", "subject", "body")
        assert not raw.rejects.height
