"""A PostgreSQL of one's own for a while: in a temporary folder, reached by a local socket, gone afterwards."""

import os
import queue
import re
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType

import polars as pl

SETTINGS = {
    "listen_addresses": "''", "shared_buffers": "'2GB'", "effective_cache_size": "'8GB'", "work_mem": "'512MB'",
    "maintenance_work_mem": "'1GB'", "max_parallel_workers_per_gather": "2", "max_parallel_maintenance_workers": "2",
    "random_page_cost": "1.1", "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off",
    "wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "'8GB'", "autovacuum": "off",
}  # fmt: skip
"""For one reader with much memory; nothing has to outlive the run, so nothing waits for the disk."""
DAYS = ("first_day", "full_day", "created", "first_decided", "full_decided")
DONE = "--done--"
USER = "postgres"
"""Whom the server runs as where this runs as root, which PostgreSQL refuses."""


def binaries() -> Path | None:
    """Where the newest installed PostgreSQL has its programs, None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    near = shutil.which("initdb")
    return Path(near).parent if near else None


class Postgres:
    """A server with tables `t` and `r`, indexed, and one session with it."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._user = USER if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="floorwalker-bench-"))
        self._server: subprocess.Popen[bytes] | None = None
        self._session: subprocess.Popen[str] | None = None
        self._said: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> "Postgres":
        if self._user:
            shutil.chown(self._folder, self._user)
        data, log = self._folder / "data", self._folder / "log"
        self._run("initdb", "-D", str(data), "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8")
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value.strip(chr(39))}")]
        with log.open("wb") as told:
            self._server = subprocess.Popen(
                [self._programs / "postgres", "-D", data, "-k", self._folder, *options],
                stdout=told, stderr=told, user=self._user, cwd=self._folder,
            )  # fmt: skip
        self._await()
        self._session = subprocess.Popen(
            [self._programs / "psql", "-h", self._folder, "-U", USER, "-X", "-q", "-v", "ON_ERROR_STOP=1", USER],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1,
        )  # fmt: skip
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None and self._session.stdin is not None:
            self._session.stdin.close()
            self._session.wait(timeout=60)
        if self._server is not None:
            self._server.send_signal(2)  # ends at once and in order
            self._server.wait(timeout=60)
        shutil.rmtree(self._folder, ignore_errors=True)

    def take(self, tickets: pl.DataFrame, ratings: pl.DataFrame) -> None:
        """Create both tables, texts as enum, with an index on each day and one that covers a team's priorities."""
        for name, frame in (("t", tickets), ("r", ratings)):
            path = self._folder / f"{name}.csv"
            frame.write_csv(path, include_header=False)
            self.ask(*_declared(name, frame), f"copy {name} from '{path}' csv")
            path.unlink()
        self.ask(
            *(f"create index on t ({day})" for day in DAYS), "create index on r (rated)",
            "create index on t (team, priority, first_day) include (first_seconds)",
            "create index on t (agent, first_day) include (first_seconds)",
            "vacuum analyze t", "vacuum analyze r",
        )  # fmt: skip

    def ask(self, *statements: str) -> None:
        """Run statements one after the other; their rows are received and dropped."""
        if self._session is None or self._session.stdin is None:
            raise RuntimeError("the session has not begun")
        text = "".join(f"{statement};\n" for statement in statements)
        self._session.stdin.write(f"\\o /dev/null\n{text}\\o\n\\echo {DONE}\n")
        self._session.stdin.flush()
        while (line := self._said.get()) != DONE:
            if "ERROR" in line or line == "":
                raise RuntimeError(f"PostgreSQL: {line or 'it has ended'}")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, *arguments], check=True, capture_output=True, user=self._user, cwd=self._folder
        )

    def _await(self) -> None:
        until = time.monotonic() + 60
        while subprocess.run(
            [self._programs / "pg_isready", "-q", "-h", self._folder], cwd=self._folder, check=False
        ).returncode:
            if time.monotonic() > until:
                raise RuntimeError("PostgreSQL did not start")
            time.sleep(0.2)

    def _listen(self) -> None:
        if self._session is None or self._session.stdout is None:
            return
        for line in self._session.stdout:
            self._said.put(line.rstrip("\n"))
        self._said.put("")


def _declared(name: str, frame: pl.DataFrame) -> list[str]:
    """The enums and the table of a frame."""
    made, columns = [], []
    for column, dtype in frame.schema.items():
        if isinstance(dtype, pl.Enum):
            texts = ", ".join(f"'{text}'" for text in dtype.categories)
            made.append(f"create type {name}_{column} as enum ({texts})")
            columns.append(f"{column} {name}_{column}")
        else:
            kind = {pl.Date: "date", pl.Int32: "int", pl.Boolean: "boolean"}[type(dtype)]
            columns.append(f"{column} {kind}")
    return [*made, f"create unlogged table {name} ({', '.join(columns)})"]


def worded(sql: str) -> str:
    """A question of DuckDB's in PostgreSQL's words."""
    return re.sub(
        r"quantile_cont\((\w+), \[([^\]]*)\]\)", r"percentile_cont(array[\2]) within group (order by \1)", sql
    )
