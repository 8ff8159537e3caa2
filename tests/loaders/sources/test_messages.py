"""Messages of named systems become conversations with true first responses."""

from pathlib import Path

import polars as pl
import pytest

from loaders.base import Built
from loaders.build import build
from tests.loaders.raws import raw_file
from tests.loaders.sources.exports_messages import FILES, FOLDER, messages
from tests.loaders.sources.test_presets import recognised


def read(name: str, folder: Path) -> Built:
    raw = raw_file(FOLDER / name, folder)
    mapping = recognised(raw)
    assert (mapping.name, mapping.shape) == (name.split("/")[0], "messages")
    return build(raw, mapping, source=mapping.name, zone="UTC")


@pytest.mark.parametrize("name", FILES)
def test_a_sample_of_messages_stands_as_it_was_written(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == FILES[name]()


def test_wechat_customers_are_answered_when_a_person_wrote(tmp_path: Path) -> None:
    result = read("wecom/messages.json", tmp_path)
    expected = {
        f"wk1 wm{one.ticket.customer}": (one.ticket.created, one.ticket.answered, f"wm{one.ticket.customer}")
        for one in messages()
    }  # fmt: skip
    rows = result.tables["tickets"].select("ticket_id", "created_at", "first_responded_at", "customer").iter_rows()
    assert {row[0]: row[1:] for row in rows} == expected
    assert set(result.tables["tickets"]["channel"]) == {"wechat"}
    kinds = dict(result.tables["messages"].group_by("author_kind").len().iter_rows())
    assert kinds == {
        kind: sum(one.kind == kind and one.public for one in messages()) for kind in ("customer", "system", "agent")
    }  # fmt: skip
    told = result.rejects.select("reason", "kind").rows()
    assert told == [("missing_message_id", "rejected")]  # an event is no message


def test_comments_keep_what_the_customer_may_not_read_apart(tmp_path: Path) -> None:
    result = read("zendesk/comments.csv", tmp_path)
    found = result.tables["messages"].select("message_id", "ticket_id", "at", "text", "is_public").sort("message_id")
    assert found.rows() == [
        (str(5000 + one.number), str(7000 + one.ticket.number), one.at, one.text, one.public) for one in messages()
    ]
    assert result.tables["tickets"].filter(pl.col("first_responded_at").is_not_null()).is_empty()
    assert "No column says who wrote" in " ".join(str(note) for note in result.notes)
