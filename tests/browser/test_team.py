"""A desk for five people on PostgreSQL, from nothing, by the README's own commands; then a day with it.

`pytest -m browser tests/browser/test_team.py -n 0 -s`
"""

import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.people.accounts import Change, change
from tests.browser.conftest import COMMAND, ROOT, Visitor, served, visiting
from tests.dashboard.gate.conftest import Browser
from tests.pages.conftest import small_export

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
ROLES = {"root": "管理员", "chen": "经理", "li": "主管", "zhao": "质检员", "wang": "客服"}
SOON = 5.0


def secret_of(account: str) -> str:
    return f"a long sentence of {account}"


def commands() -> list[str]:
    """What the README tells to type for a team, one command each."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"<!-- team -->\n```\n(.*?)```", text, re.DOTALL)
    lines = (line.partition("  #")[0].strip() for line in block.splitlines())
    return [command for line in lines for command in line.split(" && ")]


def typed(command: str, folder: Path, **given: str) -> str:
    """Type a command of the README; what it says."""
    words = [str(COMMAND), *shlex.split(command)[1:]]
    extra = ["--password-stdin"] if "user add" in command and "--no-password" not in command else []
    done = subprocess.run([*words, *extra], cwd=folder, input=f"{given.get('password', '')}\n", capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def links(tmp_path_factory: pytest.TempPathFactory, own_database: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """The desk's folder, and the links that were printed, by account."""
    folder = tmp_path_factory.mktemp("team")
    (folder / "tickets.csv").write_bytes(small_export())
    found: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLOORWALKER_DATABASE", own_database)
        patch.setenv("FLOORWALKER_DATA", str(folder / "desk"))
        for command in commands():
            if command.startswith("floorwalker user link"):
                found[command.split()[-1]] = "/auth/link/" + typed(command, folder).rpartition("/auth/link/")[2].strip()
            elif command.startswith(("floorwalker user", "floorwalker load")):
                typed(command.replace("售后", "甲组"), folder, password=secret_of("root"))
        yield folder / "desk", found


@pytest.fixture(scope="module")
def own_database(postgres: object) -> Iterator[str]:
    """An empty database, as its administrator would make it for the desk."""
    from sqlalchemy import URL, create_engine

    assert isinstance(postgres, URL)
    server = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE team")
    yield postgres.set(drivername="postgresql", database="team").render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE team WITH (FORCE)")
    server.dispose()


@pytest.fixture(scope="module")
def address(links: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where it is served, once everybody has chosen a password by the link."""
    folder, printed = links
    with served(folder, tmp_path_factory.mktemp("server") / "server.log") as running:
        for account, link in printed.items():
            chosen = Browser(running.removeprefix("http://")).send(
                link, password=secret_of(account), again=secret_of(account)
            )
            assert chosen.leads_to == "/auth/sign-in?why=set", account
        yield running


@pytest.fixture(scope="module")
def desk(links: tuple[Path, dict[str, str]], own_database: str) -> Iterator[Desk]:
    opened = open_desk(links[0], database=own_database)
    yield opened
    opened.engine.dispose()


def sign_in(
    visitor: Visitor, account: str, path: str, *, labels: tuple[str, str, str] = ("账号", "密码", "登录")
) -> None:
    visitor.page.goto(visitor.address + path)
    visitor.page.get_by_label(labels[0]).fill(account)
    visitor.page.get_by_label(labels[1]).fill(secret_of(account))
    visitor.page.get_by_role("button", name=labels[2]).click()
    visitor.settle()


def test_the_readme_names_five_people_one_of_each_role(links: tuple[Path, dict[str, str]], desk: Desk) -> None:
    from dashboard.people.accounts import accounts

    assert {one.account for one in accounts(COMMAND_LINE, desk)} == set(ROLES)
    assert len({one.role for one in accounts(COMMAND_LINE, desk)}) == 5
    assert set(links[1]) == set(ROLES) - {"root"}
    assert desk.engine.dialect.name == "postgresql"


def test_each_of_the_five_signs_in_and_is_shown_as_who_he_is(browser: Chromium, address: str) -> None:
    for account, role in ROLES.items():
        with visiting(browser, address) as visitor:
            sign_in(visitor, account, "/glossary")
            visitor.see(f"{account} · {role}")
            link = partial(visitor.page.get_by_role, "link")
            expect(link(name="指标词典")).to_have_count(1)
            expect(link(name="审计")).to_have_count(int(account == "root"))
            expect(link(name="隐私")).to_have_count(int(account in ("root", "chen")))


def test_a_manager_changes_a_calendar_sees_what_it_would_do_and_loses_the_page_with_the_role(
    browser: Chromium, address: str, desk: Desk
) -> None:
    with visiting(browser, address) as manager, visiting(browser, address, locale="en-GB") as administrator:
        sign_in(manager, "chen", "/settings?part=hours")
        week = manager.page.get_by_role("textbox", name="周六")
        week.fill("10:00-14:00")
        week.press("Enter")
        manager.settle()
        manager.see("尚未保存")
        manager.page.get_by_role("textbox", name="原因").fill("周六加班")
        manager.page.get_by_role("textbox", name="原因").press("Enter")
        manager.settle()
        manager.page.get_by_role("button", name="会影响哪些指标？").click()
        manager.settle()
        manager.see("保持不变")
        manager.page.get_by_role("button", name="保存", exact=True).click()
        manager.settle()
        sign_in(administrator, "root", "/audit?lang=en", labels=("Account", "Password", "Sign in"))
        administrator.page.get_by_role("heading", name="Audit").first.wait_for()
        administrator.page.get_by_test_id("stDataFrame").first.wait_for()
        change(COMMAND_LINE, desk, "chen", Change(role="agent"))
        changed = time.monotonic()
        manager.page.wait_for_url("**/auth/sign-in?why=ended")
        taken = time.monotonic() - changed
        print(f"\nthe demoted person's page was left after {taken:.1f} s")
        assert taken <= SOON
        sign_in(manager, "chen", "/settings")
        manager.see("您的角色没有这项权限")


def test_what_they_did_stands_in_an_audit_that_is_whole(desk: Desk) -> None:
    """The last test: everything before it is told there."""
    from sqlalchemy import select

    from dashboard.people.audit_check import verify
    from dashboard.store import AuditRow

    with desk.reading() as session:
        rows = session.scalars(select(AuditRow)).all()
    assert {"people.add", "sign_in", "settings.change"} <= {row.action for row in rows}
    assert {row.actor for row in rows if row.action == "sign_in"} >= set(ROLES)
    assert verify(COMMAND_LINE, desk).faults == ()
