"""Mutation testing of the domain, module by module: `python -m tests.mutation.run [--every N] [MODULE …]`.

Mutmut makes the mutants; the tests named in PLAN run on them in a copy of the tree. A mutant that survives must stand
in survivors.toml with the reason why it cannot be killed; the command fails where one does not, or where a module
falls below what is asked of it. With `--every N` only the first of each N mutants is tried, in the order of the lines:
the same sample each time.
"""

import argparse
import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mutmut.mutation.data import read_line_spans
from mutmut.mutation.file_mutation import MutatedFile, mutate_file_contents

ROOT = Path(__file__).resolve().parent.parent.parent
EXPLAINED = Path(__file__).with_name("survivors.toml")
COPIED = ("metrics", "loaders", "dashboard", "pages", "tests")
TESTS = "tests/metrics"
FACTS = f"{TESTS}/facts"
CALENDAR = (f"{TESTS}/test_calendar.py", f"{TESTS}/test_calendar_edges.py")
PROMISES = (
    f"{FACTS}/test_sla.py", f"{FACTS}/test_types.py", f"{TESTS}/test_sla_facts.py", f"{TESTS}/test_many_desks.py",
)  # fmt: skip
DECLARING = ("calls", "first_contact", "volume")
"""The definitions that declare by functions of their own; the mutants of plain declarations are made and tried in
tests/metrics/test_declarations.py."""
FIGURES = (
    f"{TESTS}/test_compute.py", f"{TESTS}/test_compute_edges.py", f"{TESTS}/definitions/test_volume.py",
    f"{TESTS}/definitions/test_response.py", f"{TESTS}/test_oracle.py",
)  # fmt: skip
LIVES = (f"{TESTS}/test_ticket_facts.py", f"{TESTS}/test_reply_facts.py", f"{FACTS}/test_types.py",
         f"{TESTS}/test_many_desks.py")  # fmt: skip
SWITCH = (f"{TESTS}/test_calls.py", f"{FACTS}/test_types.py", f"{TESTS}/test_beside_oracle.py")
FURTHER: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("__init__", "conversation", "dimensions", "history", "knowledge", "known", "replies", "tickets"),
                    LIVES),
    **dict.fromkeys(("agent_time", "beside", "calls", "outcomes"), SWITCH),
    "articles": (f"{TESTS}/definitions/test_handling.py", *SWITCH),
    "customers": (f"{TESTS}/definitions/test_first_contact.py", f"{TESTS}/test_partitions.py",
                  f"{TESTS}/test_further_oracle.py"),
    "handling": (f"{TESTS}/definitions/test_handling.py", f"{TESTS}/test_further_oracle.py"),
    "partitions": (f"{TESTS}/test_partitions.py",),
    "ratings": (f"{TESTS}/test_rating_facts.py", f"{FACTS}/test_naming.py", f"{TESTS}/definitions/test_satisfaction.py",
                f"{TESTS}/definitions/test_handling.py", *LIVES),
    "tiers": (f"{TESTS}/test_tiers.py", f"{FACTS}/test_types.py", f"{TESTS}/test_tiers_oracle.py"),
}  # fmt: skip
PLAN: Mapping[str, tuple[str, ...]] = {
    "metrics/calendar.py": CALENDAR,
    "metrics/targets.py": (f"{TESTS}/test_targets.py",),
    "metrics/facts/durations.py": (f"{FACTS}/test_durations.py", *PROMISES),
    "metrics/facts/pauses.py": (f"{FACTS}/test_pauses.py", *PROMISES),
    "metrics/facts/promises.py": PROMISES,
    "metrics/facts/sla.py": (*PROMISES, f"{FACTS}/test_naming.py"),
    "metrics/families.py": (f"{TESTS}/test_families.py",),
    **{f"metrics/definitions/{name}.py": (f"{TESTS}/definitions/test_{name}.py",) for name in DECLARING},
    "metrics/compute.py": FIGURES,
    **{f"metrics/facts/{name}.py": tests for name, tests in FURTHER.items()},
}
"""Module -> the tests that must notice."""
WHOLE = frozenset(
    ("metrics/calendar.py", "metrics/targets.py",
     *(f"metrics/facts/{name}.py" for name in ("durations", "pauses", "promises", "sla"))),
)  # fmt: skip
"""Where every mutant is killed or explained; elsewhere nine in ten."""
ENOUGH = 0.9
ALONE = {"POLARS_MAX_THREADS": "1"}
"""Desks of a few tickets are measured sooner without sharing the work."""


@dataclass(frozen=True)
class Mutant:
    """One wrong line: its name, the function that it is in, and the change as lines without their place."""

    name: str
    function: str
    change: str


@dataclass(frozen=True)
class Outcome:
    """How the tests took one mutant: the test that failed, or None."""

    mutant: Mutant
    killer: str | None


def mutants(module: str, mutated: MutatedFile, path: Path) -> list[Mutant]:
    """Every mutant of a module with the lines that it changes."""
    dotted = module.removesuffix(".py").replace("/", ".")
    found = []
    for name in mutated.mutant_names:
        stem = name.rpartition("__mutmut_")[0]
        spans = [mutated.line_span_by_function_name[key] for key in (f"{stem}__mutmut_orig", name)]
        was, becomes = read_line_spans(path, spans)
        lines = difflib.unified_diff(was.splitlines(), becomes.splitlines(), n=0, lineterm="")
        kept = [f"{line[0]} {line[1:].strip()}" for line in lines if line[:2] not in {"--", "++", "@@"}]
        kept = [line for line in kept if "__mutmut_" not in line]
        function = stem.removeprefix("x_").replace("xǁ", "").replace("ǁ", ".")
        found.append(Mutant(f"{dotted}.{name}", function, "\n".join(kept)))
    return found


def tried(module: str, tests: Sequence[str], folder: Path, *, every: int = 1) -> list[Outcome]:
    """Run the tests on each mutant; a mutant that takes the whole process with it is noticed, too."""
    code = (ROOT / module).read_text(encoding="utf-8")
    mutated = mutate_file_contents(module, code)
    (folder / module).write_text(mutated.code, encoding="utf-8")
    chosen = mutants(module, mutated, folder / module)[::every]
    results = folder / "results.jsonl"
    results.write_text("", encoding="utf-8")
    told: dict[str, str | None] = {}
    while left := [mutant.name for mutant in chosen if mutant.name not in told]:
        before = len(told)
        (folder / "spec.json").write_text(
            json.dumps({"tests": list(tests), "mutants": left, "results": str(results)}), encoding="utf-8"
        )
        command = [sys.executable, "-m", "tests.mutation.trial", "spec.json"]
        subprocess.run(command, cwd=folder, env=os.environ | ALONE | {"PYTHONPATH": str(folder)}, check=False)
        lines = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
        begun = [line["mutant"] for line in lines if "begun" in line]
        told = {line["mutant"]: line["killer"] for line in lines if "killer" in line}
        told |= {name: "the process ended" for name in begun if name not in told}
        if len(told) == before:
            raise SystemExit(f"{module}: the tests do not run")
    (folder / module).write_text(code, encoding="utf-8")
    return [Outcome(mutant, told[mutant.name]) for mutant in chosen]


def explained() -> set[tuple[str, str, str]]:
    """Survivors that are known: module, function, change."""
    known = tomllib.loads(EXPLAINED.read_text(encoding="utf-8")) if EXPLAINED.exists() else {}
    return {
        (module, entry["function"], change.strip())
        for module, entries in known.items() for entry in entries for change in entry["changes"]
    }  # fmt: skip


def judged(module: str, outcomes: Sequence[Outcome]) -> bool:
    """Tell how a module did; whether that is enough."""
    known = explained()
    survivors = [outcome.mutant for outcome in outcomes if outcome.killer is None]
    unknown = [mutant for mutant in survivors if (module, mutant.function, mutant.change) not in known]
    killed = len(outcomes) - len(survivors)
    print(f"{module}: {killed} of {len(outcomes)} killed ({killed / max(len(outcomes), 1):.1%}), "
          f"{len(survivors) - len(unknown)} survivors explained, {len(unknown)} not", flush=True)  # fmt: skip
    for mutant in unknown:
        print(f"  {mutant.function}\n    " + mutant.change.replace("\n", "\n    "), flush=True)
    return not unknown if module in WHOLE else killed >= ENOUGH * len(outcomes)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.run")
    parser.add_argument("modules", nargs="*", metavar="MODULE", default=list(PLAN))
    parser.add_argument("--every", type=int, default=1, metavar="N", help="try only the first of each N mutants")
    asked = parser.parse_args(arguments)
    enough = True
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name in COPIED:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        for module in asked.modules:
            enough &= judged(module, tried(module, PLAN[module], folder, every=asked.every))
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
