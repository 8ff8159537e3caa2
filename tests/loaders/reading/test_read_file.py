"""Reading as the rest of the program sees it: a table or one sentence, from a process under limits."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import cast

import polars as pl
import psutil
import pytest

from dashboard.wording import catalogue
from loaders.base import LINE, REJECTS_SCHEMA, Progress, RawTable, ReadOptions
from loaders.errors import ReadError
from loaders.reading import read_file, sentences, supervisor
from loaders.reading.limits import FREE_MB, MB, RSS_MB, SECONDS, Limits, limits_for
from loaders.reading.supervisor import CHILD
from loaders.reading.transfer import options_text
from tests.conftest import ROOT
from tests.loaders.reading.builders import sheet_xml, workbook


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "导出 1.csv"
    path.write_text("编号,内容\n1,退款\n2,坏,了\n\n3,\n", encoding="gb18030")
    return path


def refusal(path: Path) -> ReadError:
    with pytest.raises(ReadError) as refused:
        read_file(path)
    assert path.name in str(refused.value)
    return refused.value


def test_a_file_becomes_a_table_that_keeps_the_law_of_rows(export: Path) -> None:
    raw = read_file(export)
    assert isinstance(raw, RawTable)
    assert raw.frame.schema == {LINE: pl.UInt32, "编号": pl.String, "内容": pl.String}
    assert raw.frame.rows() == [(2, "1", "退款"), (5, "3", None)]
    assert (raw.headers, raw.encoding, raw.delimiter, raw.header_line) == (("编号", "内容"), "gb18030", ",", 1)
    assert dict(raw.rejects.schema) == REJECTS_SCHEMA
    assert raw.rejects.rows() == [(3, None, "3", "too_many_cells", "rejected", '["2", "坏", "了"]')]
    assert raw.rows_read == raw.frame.height + raw.rejects.height + raw.blank == 4


def test_options_reach_the_reader_and_notes_come_back(export: Path) -> None:
    raw = read_file(export, options=ReadOptions(encoding="big5hkscs", header_line=0, max_rows=1))
    assert (raw.encoding, raw.frame.height) == ("big5hkscs", 1)
    export.write_text("1,2026-03-01\n2,2026-03-02\n")
    assert [str(note) for note in read_file(export).notes] == [sentences.HEADER_MADE]


def test_progress_rises_from_nothing_to_all(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text("id,note\n" + "1,some text that fills the line\n" * 200_000)
    told: list[Progress] = []
    read_file(path, on_progress=told.append)
    done = [progress.done or 0.0 for progress in told]
    assert (done[0], done[-1]) == (0.0, 1.0)
    assert done == sorted(done)
    assert len(done) > 3


def test_nothing_is_left_behind(export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    read_file(export)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04broken")
    refusal(broken)
    assert not list(scratch.iterdir())
    assert not [child for child in psutil.Process().children() if "loaders.reading.child" in " ".join(child.cmdline())]


def test_a_missing_or_empty_file_is_told_so(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.csv").template == sentences.MISSING
    (tmp_path / "empty.csv").touch()
    assert refusal(tmp_path / "empty.csv").template == sentences.EMPTY
    assert refusal(tmp_path).template == sentences.MISSING


def test_a_workbook_that_would_abort_its_parser_is_one_sentence(tmp_path: Path) -> None:
    far = sheet_xml([["a"], ["1"]]).replace("</sheetData>", '<row r="9"><c r="XFD9"><v>2</v></c></row></sheetData>')
    path = tmp_path / "far.xlsx"
    path.write_bytes(workbook({"S": far}))
    assert refusal(path).template == sentences.SHEET_LARGE


@pytest.mark.parametrize("end", ["os.abort()", "os.kill(os.getpid(), 11)", "os._exit(0)", "print('no json')"])
def test_a_reader_that_dies_is_one_sentence(export: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    monkeypatch.setattr(supervisor, "CHILD", (sys.executable, "-c", f"import os; {end}"))
    assert refusal(export).template == sentences.STOPPED


def test_a_reader_that_hangs_is_ended(export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "CHILD", (sys.executable, "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(supervisor, "limits_for", lambda _: Limits(seconds=1, rss_mb=500))
    started = time.monotonic()
    assert refusal(export).template == sentences.TOO_LONG
    assert time.monotonic() - started < 10


class Busy:
    """A process that had so many seconds of the processors."""

    def __init__(self, user: float, system: float) -> None:
        self.user, self.system = user, system

    def cpu_times(self) -> "Busy":
        return self


def test_a_child_that_other_work_keeps_waiting_is_given_longer_but_not_for_ever() -> None:
    worked, waited = cast(psutil.Process, Busy(17.0, 3.0)), cast(psutil.Process, Busy(1.0, 0.5))
    assert not supervisor._is_over(worked, 20.0, 20)
    assert supervisor._is_over(worked, 20.1, 20)
    assert not supervisor._is_over(waited, 59.9, 20)
    assert supervisor._is_over(waited, 60.1, 20)


def test_a_reader_that_takes_too_much_memory_is_ended(export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    greedy = "import time; held = bytearray(200 << 20); time.sleep(60)"
    monkeypatch.setattr(supervisor, "CHILD", (sys.executable, "-c", greedy))
    monkeypatch.setattr(supervisor, "limits_for", lambda _: Limits(seconds=30, rss_mb=100))
    assert refusal(export).template == sentences.TOO_MUCH_MEMORY


@pytest.mark.skipif(os.name == "nt", reason="address space is limited on POSIX only; elsewhere the parent watches")
def test_the_reader_holds_itself_to_its_address_space(export: Path, tmp_path: Path) -> None:
    job = {"path": str(export), "folder": str(tmp_path), "options": "{}", "limits": {"seconds": 20, "rss_mb": -5900}}
    ended = subprocess.run(supervisor.CHILD, input=json.dumps(job) + "\n", capture_output=True, text=True, timeout=60)
    assert '"read"' not in ended.stdout


@pytest.mark.skipif(os.name == "nt", reason="named pipes are used to hold the reader up")
def test_the_reader_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    job = {"path": str(pipe), "folder": str(tmp_path), "options": "{}", "limits": {"seconds": 20, "rss_mb": 500}}
    with subprocess.Popen(supervisor.CHILD, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:
        assert child.stdin is not None
        child.stdin.write(json.dumps(job).encode() + b"\n")
        child.stdin.flush()
        time.sleep(1)
        assert child.poll() is None
        child.stdin.close()
        assert child.wait(timeout=10) == 3


def test_limits_grow_with_large_files_only(tmp_path: Path) -> None:
    small, large = tmp_path / "small.csv", tmp_path / "large.csv"
    small.write_bytes(b"a,b\n")
    with large.open("wb") as file:
        file.truncate(4 * FREE_MB * MB)
    assert limits_for(small) == Limits(seconds=SECONDS, rss_mb=RSS_MB)
    assert limits_for(large).seconds > SECONDS
    assert limits_for(large).rss_mb > RSS_MB


def test_every_reason_and_sentence_is_worded_in_both_languages() -> None:
    chinese, english = catalogue("zh_CN"), catalogue("en")
    keys = {f"reason.{reason}" for reason in sentences.REASONS}
    assert keys <= chinese.keys() & english.keys()
    spoken = [value for name, value in vars(sentences).items() if name.isupper() and isinstance(value, str)]
    for sentence in spoken:
        names = set(chinese[sentence].split("{")[1:])
        assert {name.split("}")[0] for name in names} == {part.split("}")[0] for part in sentence.split("{")[1:]}


@pytest.mark.skipif(os.name == "nt", reason="no named pipes of this kind there")
def test_what_was_unpacked_goes_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    never = tmp_path / "never.csv"
    os.mkfifo(never)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (scratch / "unpacked").write_text("customers")
    job = {"path": str(never), "folder": str(scratch), "options": options_text(ReadOptions())}
    job_line = json.dumps({**job, "limits": {"seconds": 20, "rss_mb": 1000}})
    child = subprocess.run(CHILD, input=job_line + "\n", text=True, cwd=ROOT, timeout=60, check=False)
    assert child.returncode == 3
    assert not scratch.exists()


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("name", ["export[1]", "export 100% {a} #1 [!x]"])
def test_a_name_is_never_a_pattern_for_other_files(tmp_path: Path, name: str, ending: str) -> None:
    asked, other = tmp_path / f"{name}.{ending}", tmp_path / f"export1.{ending}"
    for path, cell in ((asked, "asked for"), (other, "another")):
        frame = pl.DataFrame({"ticket": ["T1"], "subject": [cell]})
        frame.write_csv(path) if ending == "csv" else frame.write_parquet(path)
    assert read_file(asked).frame["subject"].to_list() == ["asked for"]
