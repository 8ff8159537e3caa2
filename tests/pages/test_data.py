"""The data page: upload to report, history, taking a load back."""

import codecs
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.desk import open_desk
from dashboard.people import COMMAND_LINE
from dashboard.services.loading.loads import LoadOptions, history, load_files
from tests.pages.conftest import Visit, small_export, words


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    app.file_uploader[0].set_value([(name, content, "text/csv")]).run()
    return app


def submit(app: AppTest) -> AppTest:
    next(button for button in app.main.button if button.label == "Check and load").click().run()
    return app


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_an_empty_desk_offers_the_upload(empty_desk: Path, visit: Visit, lang: str) -> None:
    app = visit(empty_desk, "data", lang=lang)
    assert not app.exception
    assert len(app.file_uploader) == 1


def test_a_file_is_previewed_mapped_and_loaded(empty_desk: Path, visit: Visit) -> None:
    app = upload(visit(empty_desk, "data"), "三月.csv", small_export())
    assert not app.exception
    told = words(app)
    assert "encoding: GB18030" in told.replace("gb18030", "GB18030")
    assert "Every needed column was recognised" in told
    next(box for box in app.main.selectbox if "zone" in box.label).set_value("Asia/Shanghai")
    submit(app)
    assert not app.exception
    assert "**420** rows read = **420** loaded + **0** rejected + **0** blank" in words(app)
    assert app.main.dataframe[-1].value["Files"][0] == "三月.csv"


def test_a_wrong_row_is_told_with_its_line_and_can_be_downloaded(empty_desk: Path, visit: Visit) -> None:
    lines = small_export().decode("gb18030").splitlines()
    content = "\n".join([*lines[:3], lines[3].replace("2026-02-28 09:50:00", "gestern", 1), *lines[4:20]]).encode()
    app = upload(visit(empty_desk, "data"), "falsch.csv", content)
    next(box for box in app.main.selectbox if "zone" in box.label).set_value("Asia/Shanghai")
    submit(app)
    assert "**1** rejected" in words(app)
    examples = next(table.value for table in app.main.dataframe if "Line" in table.value.columns)
    assert examples["Line"][0] == 4
    assert examples["Value"][0] == "gestern"
    next(button for button in app.button if button.label == "Look at the rejected rows").click().run()
    (kept,) = (empty_desk / "downloads").iterdir()
    assert kept.read_bytes().startswith(codecs.BOM_UTF8)


def test_a_file_that_is_no_table_is_refused_in_one_sentence(empty_desk: Path, visit: Visit) -> None:
    app = upload(visit(empty_desk, "data"), "photo.xlsx", b"\xff\xd8\xff\xe0 not a workbook")
    assert not app.exception
    assert len(app.main.error) == 1


def test_ambiguous_dates_are_asked_and_never_guessed(empty_desk: Path, visit: Visit) -> None:
    content = b"ticket id,created at\n1,03/04/2026 09:00\n2,05/06/2026 10:00\n"
    app = upload(visit(empty_desk, "data"), "dates.csv", content)
    next(box for box in app.main.selectbox if "zone" in box.label).set_value("UTC")
    submit(app)
    assert "Nothing was loaded." in words(app)
    question = next(box for box in app.main.selectbox if box.label.startswith("The dates fit both ways"))
    question.set_value("dmy")
    submit(app)
    assert "**2** rows read = **2** loaded" in words(app)


def test_the_last_load_is_taken_back_only_after_a_confirmation(tmp_path: Path, visit: Visit) -> None:
    export = tmp_path / "export.csv"
    export.write_bytes(small_export())
    desk = open_desk(tmp_path / "desk")
    load_files(COMMAND_LINE, desk, [export], options=LoadOptions(zone="Asia/Shanghai"))
    app = visit(tmp_path / "desk", "data")
    assert len(history(COMMAND_LINE, desk)) == 1
    next(button for button in app.main.button if button.label == "Yes, take it back").click().run()
    assert not app.exception
    assert "Load no. 1 was taken back." in words(app)
    app.run()
    assert [entry.kind for entry in history(COMMAND_LINE, desk)] == ["undo", "load"]


def test_what_became_of_an_earlier_load_can_be_read_again(empty_desk: Path, visit: Visit, tmp_path: Path) -> None:
    lines = small_export().decode("gb18030").splitlines()
    export = tmp_path / "wrong.csv"
    export.write_text("\n".join([*lines[:3], lines[3].replace("2026-02-28 09:50:00", "gestern", 1), *lines[4:20]]))
    load_files(COMMAND_LINE, open_desk(empty_desk), [export], options=LoadOptions(zone="Asia/Shanghai"))
    app = visit(empty_desk, "data")
    assert "**1** rejected" not in words(app)
    app.session_state["history-1"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    assert not app.exception
    assert "**1** rejected" in words(app)


def test_files_with_different_columns_each_have_their_own_form(empty_desk: Path, visit: Visit) -> None:
    calls = b"Ticket No,Opened on,Caller\n7,2026-03-04 09:00,Li\n"
    app = visit(empty_desk, "data")
    app.file_uploader[0].set_value([("a.csv", small_export(), "text/csv"), ("b.csv", calls, "text/csv")]).run()
    assert not app.exception
    assert not app.main.error
    zones = [box for box in app.main.selectbox if "zone" in box.label]
    assert len(zones) == 2
    zones[0].set_value("Asia/Shanghai")
    submit(app)
    assert "**420** loaded" in words(app)
    left = [button for button in app.main.button if button.label == "Check and load"]
    assert len(left) == 1, "the other file still waits"
    next(box for box in app.main.selectbox if "zone" in box.label).set_value("Asia/Shanghai")
    submit(app)
    assert "**1** loaded" in words(app)
    assert not [button for button in app.main.button if button.label == "Check and load"]
    sources = {entry.source for entry in history(COMMAND_LINE, open_desk(empty_desk))}
    assert len(sources) == 2, "files with different ticket numbers are not taken for one source"
