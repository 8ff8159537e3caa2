"""The commands over accounts."""

import json
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result

from dashboard.cli import main
from dashboard.people import passwords

SECRET = "correct horse battery"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def told(folder: Path, *command: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["--data", str(folder), "user", *command], input=given)


def test_a_desk_gets_its_people_from_the_command_line(tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    made = told(desk, "add", "root", "--role", "administrator", "--password-stdin", given=f"{SECRET}\n")
    assert made.exit_code == 0, made.stderr
    asked = told(desk, "add", "li.na", "--role", "supervisor", "--team", "甲组", "--agent", "李娜",
                 given=f"{SECRET}\n{SECRET}\n")  # fmt: skip
    assert asked.exit_code == 0, asked.stderr
    assert SECRET not in made.output + asked.output
    assert told(desk, "role", "li.na", "manager").exit_code == 0
    assert told(desk, "teams", "li.na", "乙组", "丙组").exit_code == 0
    assert told(desk, "disable", "li.na").exit_code == 0
    listed = json.loads(told(desk, "list", "--json").stdout)
    assert [(one["account"], one["role"], one["teams"], one["is_disabled"]) for one in listed] == [
        ("li.na", "manager", ["丙组", "乙组"], True), ("root", "administrator", [], False),
    ]  # fmt: skip
    assert told(desk, "enable", "li.na").exit_code == 0
    assert "/auth/link/" in told(desk, "link", "li.na").stdout
    assert told(desk, "password", "li.na", "--password-stdin", given="another long one\n").exit_code == 0


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("add", "x", "--role", "agent", "--no-password"), "first account"),
        (("role", "nobody", "agent"), "no account nobody"),
        (("add", "x", "--role", "administrator", "--password-stdin"), "at least 12"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(tmp_path: Path, command: tuple[str, ...], sentence: str) -> None:
    result = told(tmp_path / "desk", "add", "x", "--role", "agent", "--no-password")
    result = told(tmp_path / "desk", *command, given="short\n")
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
