"""A desk of foreign conversations as a stranger sets it up: loaded and peopled by the README's commands."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE
from dashboard.people.accounts import add
from tests.browser.conftest import COMMAND
from tests.dashboard.gate.conftest import Browser

PEOPLE: Mapping[str, str] = {
    "mei": "manager", "lin": "inspector", "zhao": "inspector", "qian": "inspector", "wu": "inspector",
    "su": "supervisor",
}  # fmt: skip
"""Who plans and leads · three who read · who decides on disputes · who leads a team of which the data tell nothing."""


@dataclass(frozen=True)
class Talk:
    """Foreign conversations, and what is asked of them.

    day, cycle, share: of which days how many are drawn · wrong: words that an answer of the data holds, held to be
    wrong here · has_agents: whether the data name who answered.
    """

    file: str
    zone: str
    locale: str
    day: str
    cycle: str
    share: int
    wrong: str
    has_agents: bool


TWITTER = Talk("twitter_support/twcs_first5000.csv", "UTC", "en-US", "20171125", "every day", 10, "DM", True)
CITIZENS = Talk("teddycup/附件4.xlsx", "Asia/Shanghai", "zh-CN", "20200102", "every week", 50, "您好", False)


def typed(desk: Path, *words: str) -> str:
    """Type a command; what it says."""
    command = [str(COMMAND), *words, "--data", str(desk)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stderr}"
    return done.stdout


def secret_of(account: str) -> str:
    return f"a long sentence of {account}"


def set_up(talk: Talk, data: Path, root: Path) -> tuple[Desk, str]:
    """Load the conversations, and make the accounts of everybody whose name is known before; what the load says."""
    told = typed(root, "load", str(data / talk.file), "--zone", talk.zone)
    desk = open_desk(root)
    add(COMMAND_LINE, desk, "root", name="root", role="administrator", password=secret_of("root"))
    for account, role in PEOPLE.items():
        teams = ["Airlines"] if role == "supervisor" else []
        add(COMMAND_LINE, desk, account, name=account, role=role, teams=teams, password=secret_of(account))
    return desk, told


def join(root: Path, address: str, account: str, *role: str) -> None:
    """Make the account of somebody more while the desk is served; he chooses a password by the link that is printed."""
    typed(root, "user", "add", account, *role, "--no-password")
    link = "/auth/link/" + typed(root, "user", "link", account).rpartition("/auth/link/")[2].strip()
    secret = secret_of(account)
    chosen = Browser(address.removeprefix("http://")).send(link, password=secret, again=secret)
    assert chosen.leads_to == "/auth/sign-in?why=set", account
