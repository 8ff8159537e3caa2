"""Secrets that must be read again are sealed with the desk's own key, or stay in the environment."""

from pathlib import Path

import pytest

from dashboard.desk import open_desk
from dashboard.people.sealing import SecretError, opened, sealed


def test_a_secret_is_opened_by_the_desk_that_sealed_it_for_the_same_purpose_alone(tmp_path: Path) -> None:
    desk, other = open_desk(tmp_path / "one"), open_desk(tmp_path / "other")
    kept = sealed(desk, "mail", "密码 s3cret")
    assert "s3cret" not in kept
    assert kept != sealed(desk, "mail", "密码 s3cret")  # equal secrets do not look equal
    assert opened(desk, "mail", kept) == "密码 s3cret"
    for somebody, purpose, text in ((other, "mail", kept), (desk, "robot", kept), (desk, "mail", kept[:-3] + "xx=")):
        with pytest.raises(SecretError, match="another key"):
            opened(somebody, purpose, text)


def test_a_secret_of_the_environment_is_never_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = open_desk(tmp_path / "one")
    kept = sealed(desk, "mail", "env:DESK_MAIL_PASSWORD")
    assert kept == "env:DESK_MAIL_PASSWORD"
    with pytest.raises(SecretError, match="DESK_MAIL_PASSWORD is not set"):
        opened(desk, "mail", kept)
    monkeypatch.setenv("DESK_MAIL_PASSWORD", "s3cret")
    assert opened(desk, "mail", kept) == "s3cret"
