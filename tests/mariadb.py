"""A MariaDB of the tests' own, started where its program is installed and ended with the tests."""

import getpass
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

PROGRAM = "/usr/sbin/mariadbd"


@pytest.fixture(scope="session")
def mariadb() -> Iterator[sa.Engine]:
    """A running server, asked by somebody who may do everything; its zone is that of Shanghai."""
    program = shutil.which("mariadbd") or PROGRAM
    if not Path(program).is_file():
        pytest.skip("no MariaDB is installed: install the system package mariadb-server-core")
    pytest.importorskip("pymysql", reason="the driver of MySQL is not installed: pip install '.[mysql]'")
    with tempfile.TemporaryDirectory(prefix="floorwalker-mariadb-") as folder:
        (Path(folder) / "data").mkdir()
        port = _free_port()
        server = subprocess.Popen(
            [program, "--no-defaults", f"--user={getpass.getuser()}", f"--datadir={folder}/data", f"--port={port}",
             "--bind-address=127.0.0.1", f"--socket={folder}/socket", "--skip-grant-tables",
             "--character-set-server=utf8mb4", "--default-time-zone=+08:00", "--innodb-flush-log-at-trx-commit=0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
        )  # fmt: skip
        try:
            yield _answering(sa.URL.create("mysql+pymysql", username="root", host="127.0.0.1", port=port))
        finally:
            server.terminate()
            server.wait()


def _answering(address: sa.URL) -> sa.Engine:
    engine, since = sa.create_engine(address), time.monotonic()
    while True:
        try:
            with engine.connect():
                return engine
        except sa.exc.OperationalError:
            assert time.monotonic() - since < 120, "the server did not start"
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
