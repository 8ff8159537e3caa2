"""Who is no person of the desk is named in the reader's language; a person keeps the name that he has."""

import pytest

from dashboard.people.actor import COMMAND_LINE, ONE_PERSON, SERVER
from dashboard.people.named import called
from dashboard.wording import speaking


@pytest.mark.parametrize(("actor", "chinese"), [(ONE_PERSON, "本机"), (COMMAND_LINE, "命令行"), (SERVER, "系统")])
def test_who_has_no_account_is_named_in_the_readers_language(actor: object, chinese: str) -> None:
    name = actor.name  # type: ignore[attr-defined]
    with speaking("zh_CN"):
        assert called(name) == chinese
    with speaking("en"):
        assert called(name) == name


def test_a_person_keeps_his_name() -> None:
    with speaking("zh_CN"):
        assert [called(name) for name in ("江敏", "Grace Xu", "Open")] == ["江敏", "Grace Xu", "Open"]
