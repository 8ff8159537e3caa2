"""One process that runs a module's tests once for each of its mutants: starting pytest anew would cost more than they.

`python -m tests.mutation.trial SPEC`, where SPEC is a JSON file: tests, mutants, results (a file of JSON lines).
"""

import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

ACTIVE = "MUTANT_UNDER_TEST"
DECLARED = "metrics.definitions."
"""Modules whose functions have all been called when they are loaded."""
SLACK = 10.0
"""Seconds of processor time that a mutant may take beyond twenty times what the tests take."""


class TooLongError(Exception):
    """The tests of a mutant do not come to an end."""


class Trial:
    """Runs the collected tests on each mutant until one fails."""

    def __init__(self, mutants: Sequence[str], results: Path) -> None:
        self.mutants, self.results = mutants, results
        self.taken: dict[pytest.Item, float] = {}
        """Seconds of processor time that a test takes when it passes, what it looks up once looked up."""
        self.kills: dict[pytest.Item, int] = {}

    def pytest_configure(self) -> None:
        """Random cases are the same each time, and a failing one is not made smaller."""
        from hypothesis import Phase, settings  # pytest wants to see it first

        settings.register_profile("mutation", database=None, derandomize=True, phases=[Phase.generate], deadline=None)
        settings.load_profile("mutation")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        signal.signal(signal.SIGPROF, _stop)
        for item in session.items:
            if not self._passes(item, limit=600):
                raise pytest.UsageError(f"{item.nodeid} fails without any mutation")
        self.kills = dict.fromkeys(session.items, 1)
        print(f"{len(self.taken)} tests, {sum(self.taken.values()):.1f} s; {len(self.mutants)} mutants", flush=True)
        nearby: list[pytest.Item] = []
        function = ""
        for mutant in self.mutants:
            if mutant.rpartition("__mutmut_")[0] != function:
                nearby, function = [], mutant.rpartition("__mutmut_")[0]
            killer = self._try(mutant, nearby)
            if killer is not None:
                nearby = list(dict.fromkeys([killer, *nearby]))
        os.environ.pop(ACTIVE, None)
        return True

    def _passes(self, item: pytest.Item, *, limit: float) -> bool:
        began = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, limit + SLACK)
        try:
            passed = all(report.passed for report in runtestprotocol(item, log=False, nextitem=None))
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        if passed:
            self.taken[item] = time.process_time() - began
        return passed

    def _try(self, mutant: str, nearby: Sequence[pytest.Item]) -> pytest.Item | None:
        """The test that fails on a mutant, told in the results; `nearby`: those that noticed its neighbours."""
        os.environ[ACTIVE] = mutant
        self._tell(mutant=mutant, begun=True)
        began = time.process_time()
        try:
            _forget()
        except Exception as error:  # noqa: BLE001 - whatever keeps a mutant from being loaded
            self._tell(mutant=mutant, killer=f"does not load: {error!r}", seconds=0)
            return None
        # First what noticed most for its time, as most mutants fall at once.
        first, *rest = sorted(self.taken, key=lambda item: self.taken[item] / self.kills[item])
        ordered = dict.fromkeys([first, *nearby, *rest])
        killer = next((item for item in ordered if not self._passes(item, limit=20 * self.taken[item])), None)
        if killer is not None:
            self.kills[killer] += 1
        self._tell(mutant=mutant, killer=killer and killer.nodeid, seconds=round(time.process_time() - began, 2))
        return killer

    def _tell(self, **line: object) -> None:
        with self.results.open("a", encoding="utf-8") as told:
            told.write(json.dumps(line) + "\n")


def _stop(*_: object) -> None:
    raise TooLongError


def _forget() -> None:
    """Nothing that an earlier mutant made may be remembered; what is declared is declared anew."""
    for name, module in list(sys.modules.items()):
        if name.startswith("metrics"):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
        if name.startswith(DECLARED):
            importlib.reload(module)


def main(path: str) -> int:
    spec = json.loads(Path(path).read_text(encoding="utf-8"))
    arguments = ["-o", "addopts=", "-m", "not slow and not browser", "-q", "--tb=no", "--timeout=0"]
    plugins = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly"]
    trial = Trial(spec["mutants"], Path(spec["results"]))
    return int(pytest.main([*arguments, *plugins, *spec["tests"]], plugins=[trial]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
