"""The ledger keeps what happened, not in which language it was told."""

from pathlib import Path

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.ledger import history
from dashboard.services.loading.loads import LoadOptions, load_files
from dashboard.wording import speaking


def test_notes_of_an_old_load_are_read_in_the_readers_language(tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text("Ticket ID,Created,Rating\n1,2026-01-25 09:00,5\n", encoding="utf-8")
    desk = open_desk(tmp_path / "desk")
    with speaking("en"):
        load_files(COMMAND_LINE, desk, [file], options=LoadOptions(zone="Asia/Shanghai"))
        english = history(COMMAND_LINE, desk)[0].files[0]["notes"]
    with speaking("zh_CN"):
        chinese = history(COMMAND_LINE, desk)[0].files[0]["notes"]
    assert len(english) == len(chinese) > 0
    assert all(note.isascii() for note in english)
    assert not any(note.isascii() for note in chinese)
