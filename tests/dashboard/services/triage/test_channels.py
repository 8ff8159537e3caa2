"""Ways to send: kept with sealed secrets, tried against real servers, changed by nobody unseen."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Actor, Denied
from dashboard.sending import Message
from dashboard.services.settings.changes import Overtaken
from dashboard.services.triage.channels import (
    Channel,
    ChannelError,
    Secrets,
    channels,
    keep_address,
    keep_channel,
    remove_channel,
    try_channel,
)
from tests.dashboard.sending.servers import TAKEN, mail_server, robot_server
from tests.dashboard.services.settings.test_changes import desk as both_kinds

both = both_kinds
"""On SQLite and PostgreSQL."""
SERVER = {"host": "127.0.0.1", "port": 25, "sender": "desk@example.com", "security": "none", "user": ""}
MAIL = Channel("Mail", "mail", settings=SERVER)
GROUP = Channel("早会群", "feishu", teams=("甲组",))
HOOK = Secrets("https://example.com/hook/top-secret", "signing-secret")
TOLD = Message("t1", "Try", "Does it arrive?")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = open_desk(tmp_path_factory.mktemp("channels"))
    yield desk
    desk.engine.dispose()


@pytest.fixture
def desk(made: Desk) -> Desk:
    """A desk without channels."""
    for one in channels(COMMAND_LINE, made):
        remove_channel(COMMAND_LINE, made, one.id, expected=one.version)
    return made


def everything_in(desk: Desk) -> str:
    """All that the database holds of channels and of the audit."""
    with desk.engine.connect() as connection:
        tables = ("sending_channels", "audit", "mail_addresses")
        return repr([connection.execute(text(f"SELECT * FROM {name}")).all() for name in tables])


def test_a_secret_is_nowhere_in_the_database_and_comes_back_to_no_page(desk: Desk) -> None:
    id = keep_channel(COMMAND_LINE, desk, GROUP, HOOK)
    held = everything_in(desk)
    assert "top-secret" not in held
    assert "signing-secret" not in held
    (kept,) = channels(COMMAND_LINE, desk)
    assert "secret" not in repr(vars(kept)).replace("has_secret", "")
    assert kept == replace(GROUP, has_secret=True, id=id)


def test_a_channel_is_changed_as_it_was_seen_and_keeps_what_was_not_typed_again(both: Desk) -> None:
    with robot_server() as group:
        group.answer = (200, TAKEN["feishu"])
        keep_channel(COMMAND_LINE, both, GROUP, Secrets(f"{group.address}/hook", "abc"))
        (seen,) = channels(COMMAND_LINE, both)
        keep_channel(COMMAND_LINE, both, replace(seen, name="晨会群"))
        with pytest.raises(Overtaken):
            keep_channel(COMMAND_LINE, both, replace(seen, is_on=False))
        with pytest.raises(Overtaken):
            remove_channel(COMMAND_LINE, both, seen.id, expected=1)
        try_channel(COMMAND_LINE, both, seen.id, TOLD)
        assert "sign" in group.told[0][1]
        remove_channel(COMMAND_LINE, both, seen.id, expected=2)
    assert channels(COMMAND_LINE, both) == ()


def test_a_mail_server_is_tried_with_an_address_and_what_it_says_is_told(desk: Desk) -> None:
    with mail_server() as box:
        id = keep_channel(COMMAND_LINE, desk, replace(MAIL, settings={**SERVER, "port": box.port}))
        try_channel(COMMAND_LINE, desk, id, TOLD, to="li@example.com")
        assert box.recipients == ["li@example.com"]
        with pytest.raises(ChannelError, match="no e-mail address"):
            try_channel(COMMAND_LINE, desk, id, TOLD, to="li")
        box.refuse = lambda _to: True
        with pytest.raises(ChannelError, match="did not take"):
            try_channel(COMMAND_LINE, desk, id, TOLD, to="li@example.com")


def test_a_password_is_not_told_to_another_server(desk: Desk) -> None:
    secured = {**SERVER, "host": "mail.example.com", "security": "starttls", "user": "desk"}
    keep_channel(COMMAND_LINE, desk, replace(MAIL, settings=secured), Secrets(secret="s3cret"))
    (seen,) = channels(COMMAND_LINE, desk)
    keep_channel(COMMAND_LINE, desk, replace(seen, settings={**secured, "port": 587}))
    (same_host,) = channels(COMMAND_LINE, desk)
    assert same_host.has_secret
    keep_channel(COMMAND_LINE, desk, replace(same_host, settings={**secured, "host": "evil.example.com"}))
    assert not channels(COMMAND_LINE, desk)[0].has_secret


@pytest.mark.parametrize(
    ("wrong", "given"),
    [
        (replace(MAIL, name=" "), Secrets()),
        (replace(MAIL, kind="pigeon"), Secrets()),
        (replace(MAIL, settings={**SERVER, "port": 0}), Secrets()),
        (replace(MAIL, settings={**SERVER, "sender": "desk"}), Secrets()),
        (replace(MAIL, settings={**SERVER, "security": "hope"}), Secrets()),
        (replace(MAIL, settings={**SERVER, "host": "mail.example.com", "user": "desk"}), Secrets(secret="s3cret")),
        (GROUP, Secrets()),
        (GROUP, Secrets("http://example.com/hook")),
        (GROUP, Secrets("https://")),
    ],
)
def test_a_channel_without_sense_is_refused(desk: Desk, wrong: Channel, given: Secrets) -> None:
    with pytest.raises(ChannelError):
        keep_channel(COMMAND_LINE, desk, wrong, given)
    assert channels(COMMAND_LINE, desk) == ()


def test_there_is_one_mail_server_and_no_name_twice(desk: Desk) -> None:
    keep_channel(COMMAND_LINE, desk, MAIL)
    with pytest.raises(ChannelError, match="mail server already"):
        keep_channel(COMMAND_LINE, desk, replace(MAIL, name="Other"))
    with pytest.raises(ChannelError, match="no other one has"):
        keep_channel(COMMAND_LINE, desk, replace(GROUP, name="Mail"), HOOK)


@pytest.mark.parametrize("role", ["agent", "inspector", "supervisor"])
def test_who_does_not_answer_for_the_desk_sets_up_no_channel(desk: Desk, role: str) -> None:
    with pytest.raises(Denied):
        keep_channel(Actor(None, "Wu", role, teams=frozenset({"甲组"})), desk, MAIL)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", ["li", "li@", "@example.com", "a@b.example, c@d.example", "a b@c.example"])
def test_what_is_no_address_is_not_kept_as_one(desk: Desk, wrong: str) -> None:
    with pytest.raises(ChannelError):
        keep_address(COMMAND_LINE, desk, 1, wrong)
