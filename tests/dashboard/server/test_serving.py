"""On which addresses a desk may be served, and by which names it may be called."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import main
from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE, links
from dashboard.people.accounts import add
from dashboard.server.serving import Listening, ServeError, require_accounts, server_options


@pytest.mark.parametrize(
    "asked", [["--host", "0.0.0.0"], ["--host", "192.0.2.7"], ["--host", "::"], ["--name", "desk.example.com"]], ids=str
)
def test_a_desk_without_accounts_is_not_served_to_others(tmp_path: Path, asked: list[str]) -> None:
    command = ["--data", str(tmp_path / "desk"), "serve", "--port", str(free_port()), *asked]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 1
    if "192.0.2.7" not in asked:  # an address of nobody, which cannot be listened on anyway
        assert "nobody has an account" in result.stderr


def test_the_refusal_names_a_link_that_makes_the_first_account_once(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk")
    with pytest.raises(ServeError) as refused:
        require_accounts(desk.root, Listening("0.0.0.0", 9000))
    link = str(refused.value.params["link"])
    assert link.startswith("http://127.0.0.1:9000/auth/link/")
    assert links.opened(desk, link.rpartition("/")[2]).kind == "setup"


def test_a_desk_with_accounts_may_be_served_to_others(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "desk")
    add(COMMAND_LINE, desk, "root", name="Root", role="administrator")
    require_accounts(desk.root, Listening("0.0.0.0", 9000))


def test_a_server_is_called_by_the_names_that_were_given_or_that_its_machine_has() -> None:
    assert Listening().allowed_names() == ()
    assert Listening("127.0.0.1", names=("desk.example.com",)).allowed_names() == ("desk.example.com",)
    assert Listening("2001:db8::1").allowed_names() == ("[2001:db8::1]",)
    everywhere = Listening("0.0.0.0").allowed_names()
    assert socket.gethostname() in everywhere
    assert "127.0.0.1" in everywhere
    assert "*" not in "".join(everywhere)


def test_a_certificate_without_its_key_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "c.pem").write_text("x", encoding="ascii")
    result = CliRunner().invoke(main, ["serve", "--certificate", str(tmp_path / "c.pem")])
    assert result.exit_code == 2


def test_pages_go_to_the_browser_pressed_together() -> None:
    assert server_options()["server.enableWebsocketCompression"] is True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
