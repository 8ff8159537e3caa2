"""Who may see a part of the desk sees figures, tickets and choices of that part alone, settled in one place."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data, one_ticket
from dashboard.people.permission import Permission
from tests.pages.conftest import Visit

EMAIL = Permission({"channel": ("email",)})


def created(app: AppTest) -> str:
    return next(str(tile.value) for tile in app.metric if tile.label == "Created")


def test_a_reader_of_one_channel_sees_what_a_filter_by_it_shows(
    small_desk: Path, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, filtered = created(visit(small_desk)), created(visit(small_desk, channel="email"))
    assert whole != filtered
    monkeypatch.setattr(data, "permission", lambda _act=None: EMAIL)
    app = visit(small_desk)
    assert created(app) == filtered
    assert set(app.dataframe[0].value["Channel"]) == {"E-mail"}
    assert "Channel" not in [box.label for box in app.sidebar.multiselect], "there is nothing to choose from"
    monkeypatch.undo()
    assert created(visit(small_desk)) == whole


def test_a_link_to_what_a_reader_may_not_see_shows_nothing_of_it(
    small_desk: Path, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "permission", lambda _act=None: EMAIL)
    app = visit(small_desk, "response_times", period="all", channel="phone")
    assert not app.exception
    assert "channel=phone" not in str(app.query_params)
    assert not [chip for chip in app.main.button if "Phone" in chip.label]


def test_what_is_told_of_other_tickets_stays_out_of_sight(small_desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOORWALKER_DATA", str(small_desk))
    everything = data.facts().tickets
    monkeypatch.setattr(data, "permission", lambda _act=None: EMAIL)
    at = data.head()
    assert at is not None
    seen = data._of_permitted(everything.lazy(), at).collect()
    assert 0 < seen.height < everything.height
    assert set(seen["channel"]) == {"email"}
    with pytest.raises(LookupError):
        one_ticket.messages(everything["source"][0], "T0039")
