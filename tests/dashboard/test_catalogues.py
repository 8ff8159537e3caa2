"""Catalogues are kept compiled, and never older than their files."""

import os
import sys
from pathlib import Path

import pytest

from dashboard.wording.catalogues import wordings

ENTRY = 'msgid "{said}"\nmsgstr "{meant}"\n\n'


def write(folder: Path, **meant: str) -> None:
    (folder / "zh_CN").mkdir(exist_ok=True)
    told = "".join(ENTRY.format(said=said, meant=text) for said, text in meant.items())
    (folder / "zh_CN" / "words.po").write_text('msgid ""\nmsgstr ""\n\n' + told, encoding="utf-8")


@pytest.fixture(autouse=True)
def bytecode_is_kept_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


def kept(folder: Path) -> list[Path]:
    return list((folder / "__pycache__").glob("*"))


def test_what_is_kept_says_the_same_and_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, Open="开", Close="关", New="")
    first = wordings("zh_CN", folder=tmp_path)
    assert first == {"Open": "开", "Close": "关"}
    (only,) = kept(tmp_path)
    monkeypatch.setattr("dashboard.wording.catalogues._parsed", lambda *_: pytest.fail("the files were read again"))
    assert wordings("zh_CN", folder=tmp_path) == first
    assert only.suffix == ".json"


def test_a_changed_or_a_new_file_is_read(tmp_path: Path) -> None:
    write(tmp_path, Open="开")
    wordings("zh_CN", folder=tmp_path)
    words = tmp_path / "zh_CN" / "words.po"
    before = words.stat()
    write(tmp_path, Open="闭")
    os.utime(words, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert wordings("zh_CN", folder=tmp_path) == {"Open": "闭"}
    (tmp_path / "zh_CN" / "more.po").write_text(ENTRY.format(said="Close", meant="关"), encoding="utf-8")
    assert wordings("zh_CN", folder=tmp_path) == {"Open": "闭", "Close": "关"}


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"state": 1}', "null"])
def test_a_damaged_one_is_made_again(tmp_path: Path, damage: str) -> None:
    write(tmp_path, Open="开")
    wordings("zh_CN", folder=tmp_path)
    (only,) = kept(tmp_path)
    only.write_text(damage, encoding="utf-8")
    assert wordings("zh_CN", folder=tmp_path) == {"Open": "开"}
    assert "开" in only.read_text(encoding="utf-8")


def test_where_nothing_may_be_written_the_files_are_read_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, Open="开")
    (tmp_path / "__pycache__").write_text("in the way", encoding="utf-8")
    assert wordings("zh_CN", folder=tmp_path) == {"Open": "开"}
    (tmp_path / "__pycache__").unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert wordings("zh_CN", folder=tmp_path) == {"Open": "开"}
    assert not (tmp_path / "__pycache__").exists()
