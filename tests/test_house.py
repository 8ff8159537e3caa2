"""What must hold for the tree as a whole."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGE_LINES = 90
ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+)")
KNOWN_HOSTS = {"127.0.0.1", "docs.astral.sh", "schemas.openxmlformats.org", "www.w3.org"}
"""Hosts that files may name: none is a package index, and none is asked for anything at run time."""
RESERVED = re.compile(
    r"(^|\.)(example|example\.(com|net|org)|test|invalid|localhost)$|^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$"
)
"""Names and addresses that belong to nobody for ever (RFC 2606, RFC 5737): they stand for any host in examples."""


def _is_nobodys(host: str) -> bool:
    return host in KNOWN_HOSTS or RESERVED.search(host.rstrip(".")) is not None


def tracked() -> list[str]:
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.fail(f"git cannot list the tree: {listing.stderr}")
    return [name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]


def test_a_page_is_a_thin_script() -> None:
    thick = {
        path.name: lines
        for path in (ROOT / "pages").glob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > PAGE_LINES
    }
    assert not thick


def test_no_tracked_file_holds_an_index_address_or_a_path_of_one_machine() -> None:
    folders = [folder for folder in (ROOT, ROOT.parent, Path.home()) if folder != Path(folder.anchor)]
    machine = re.compile("|".join(re.escape(f"{folder}/") for folder in folders))
    found = []
    for name in tracked():
        if name == "LICENSE" or name.endswith(".png"):
            continue
        text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
        found += [f"{name}: {host}" for host in ADDRESS.findall(text) if not _is_nobodys(host)]
        found += [f"{name}: {match.group()}" for match in machine.finditer(text)]
    assert not found


def test_what_stands_in_an_empty_choice_is_said_in_the_readers_language() -> None:
    """Streamlit's own words there are English."""
    found = []
    for name in tracked():
        if name.endswith(".py") and name.startswith(("dashboard/", "pages/")):
            calls = [
                node for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))) if isinstance(node, ast.Call)
            ]
            found += [f"{name}:{call.lineno}" for call in calls if _is_empty_choice(call)]
    assert not found


def _is_empty_choice(call: ast.Call) -> bool:
    """Whether nothing may be chosen there, and no words are given for that."""
    kind = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    given = {word.arg: word.value for word in call.keywords}
    index = given.get("index")
    may_be_empty = kind == "multiselect" or (isinstance(index, ast.Constant) and index.value is None)
    return kind in ("multiselect", "selectbox") and may_be_empty and "placeholder" not in given


UNMENUED = {
    "card.draw": "a card's chart and its table have one menu",
    "card._unfold": "a card's chart and its table have one menu",
    "drawn.show_table": "draws the menu itself",
    "drawn.show_chart": "draws the menu itself",
    "analysis.backlog_cards._choose_path": "the rows of the chart above, which has the menu",
    "analysis.compare_cards.compared_card": "the rows of the card above, which has the menu",
    "loading.loading._look_at": "the file of the reader as he gave it, before anything of it is loaded",
    "tickets._pairs": "one row of the table above, which has the menu",
    "triage.clash._panel": "a question that is gone with its answer",
}
"""Where a table or chart is drawn without a menu of its own, and why."""


def test_every_table_and_chart_of_a_page_has_the_menu_that_hands_it_out() -> None:
    folder = ROOT / "dashboard" / "components"
    files = [*folder.rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    names = {path: ".".join(path.relative_to(folder if folder in path.parents else ROOT).with_suffix("").parts)
             for path in files}  # fmt: skip
    drawn = {f"{names[path]}.{function}" for path in files for function in _drawing(path)}
    assert drawn == set(UNMENUED), "draw it by show_table or show_chart of dashboard.components.drawn"


def _drawing(path: Path) -> set[str]:
    """The functions of a module that hand a table or a chart to Streamlit."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inside = {id(call): function.name for function in functions for call in ast.walk(function)}
    return {
        inside.get(id(call), "")
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and _shows(call.func)
    }


def _shows(called: ast.Attribute) -> bool:
    is_streamlit = isinstance(called.value, ast.Name) and called.value.id == "st"
    return called.attr in {"dataframe", "pyplot"} or (
        is_streamlit and re.search("(chart|table|map)$", called.attr) is not None
    )


def test_no_table_goes_to_the_browser_by_way_of_pandas() -> None:
    """`sent` says why; a call that hands over anything else would be found by nobody but a clock."""
    calls = re.compile(r"\bst\.dataframe\((?!\s*sent\()")
    pages = [name for name in tracked() if name.endswith(".py") and name.startswith(("dashboard/", "pages/"))]
    assert not [name for name in pages if calls.search((ROOT / name).read_text(encoding="utf-8"))]


def test_no_frame_calls_back_into_python_from_polars_threads() -> None:
    """While one thread holds the interpreter and waits for Polars, such a callback waits for it: the server hangs."""
    callback = re.compile(r"\.(map_batches|map_elements|map_groups|map_rows)\(")
    found = [
        name
        for name in tracked()
        if name.endswith(".py") and name.startswith(("metrics/", "loaders/", "dashboard/", "pages/"))
        if callback.search((ROOT / name).read_text(encoding="utf-8"))
    ]
    assert not found


def test_every_dependency_names_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    for requirement in project["dependencies"]:
        line = next(line for line in text.splitlines() if f'"{requirement}"' in line)
        assert "#" in line, f"{requirement} has no reason beside it"


def test_the_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "pip install -e . && floorwalker serve --demo" in readme
    assert "pip install -e '.[dev]' && pytest" in readme
