"""Text comes through in the encoding it was written in, or the encoding is asked for."""

import json

import pytest

from loaders.base import ReadOptions
from loaders.reading import encoding as module
from loaders.reading.refusal import Refusal
from loaders.reading.sentences import ENCODING_ASK, ENCODING_GUESSED, ENCODING_UNKNOWN, HEADER_UNDECODABLE, NOT_TEXT
from tests.loaders.reading.builders import parsed, reasons_of, rows_of

CHINESE = '编号,内容\n1,"客户说：三天没人回，请加急"\n2,退款问题\n'
ROWS = [("1", "客户说：三天没人回，请加急"), ("2", "退款问题")]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_chinese_text_is_read_in_the_encodings_that_exports_use(encoding: str) -> None:
    assert rows_of(parsed(CHINESE.encode(encoding))) == ROWS


@pytest.mark.parametrize("encoding", ["big5", "shift_jis", "euc_kr"])
def test_a_clear_east_asian_encoding_is_taken_and_told(encoding: str) -> None:
    text = {
        "big5": "電話,退款問題沒有人回覆",
        "shift_jis": "電話,返品の問い合わせです",
        "euc_kr": "전화,환불 문의입니다",
    }
    found = parsed(f"channel,text\n{text[encoding]}\n".encode(encoding))
    assert rows_of(found) == [tuple(text[encoding].split(","))]
    assert [note[0] for note in found.notes] == [ENCODING_GUESSED]


def test_every_character_of_gb18030_survives() -> None:
    rare = "𠮷镕囍①㈱€ḿ\U00020000"
    text = f"编号,内容\n1,客户姓名{rare}，电话已经打过了\n2,请尽快处理退货问题\n"
    found = parsed(text.encode("gb18030"))
    assert (found.encoding, rows_of(found)[0]) == ("gb18030", ("1", f"客户姓名{rare}，电话已经打过了"))


def test_a_western_text_is_asked_about_with_its_candidates() -> None:
    with pytest.raises(Refusal) as refused:
        parsed("id,note\n1,caf\u00e9 \u201cquoted\u201d\n".encode("cp1252"))
    assert refused.value.template == ENCODING_ASK
    assert "cp1252" in str(refused.value.params["candidates"])


def test_a_named_encoding_is_used() -> None:
    found = parsed("id,note\n1,café\n".encode("cp1252"), options=ReadOptions(encoding="cp1252"))
    assert (rows_of(found), found.encoding) == ([("1", "café")], "cp1252")
    with pytest.raises(Refusal) as refused:
        parsed("a,b\n", options=ReadOptions(encoding="klingon"))
    assert refused.value.template == ENCODING_UNKNOWN


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (b"\xc0\xaf", "\\xc0\\xaf"),
        (b"\xed\xa0\xbd\xed\xb8\x80", "\\xed\\xa0\\xbd\\xed\\xb8\\x80"),
        ("售后".encode("gbk"), "\\xcaۺ\\xf3"),
        (b"\xe5\xb0", "\\xe5\\xb0"),
    ],
    ids=["overlong", "surrogates", "gbk", "cut"],
)
def test_one_undecodable_line_is_set_aside_and_the_file_stays(bad: bytes, told: str) -> None:
    found = parsed("编号,内容\n1,第一行\n2,".encode() + bad + b"\n3,ok\n")
    assert reasons_of(found) == [(3, "undecodable")]
    assert rows_of(found) == [("1", "第一行"), ("3", "ok")]
    record = json.loads(found.rejects_frame["record"][0])
    assert record[1] == told


def test_a_damaged_line_in_a_gbk_file_is_set_aside() -> None:
    lines = [f"{number},客户来电询问退款进度" for number in range(40)]
    data = "\n".join(["编号,内容", *lines]).encode("gbk").replace("7,客户".encode("gbk"), b"7,\xff\xff", 1)
    found = parsed(data)
    assert (found.encoding, found.frame.height) == ("gb18030", 39)
    assert [reason for _, reason in reasons_of(found)] == ["undecodable"]


def test_the_replacement_character_is_never_made() -> None:
    found = parsed("编号,内容\n1,第一行\n2,".encode() + b"\x81\xfe\xff\n")
    everything = found.frame.write_csv() + found.rejects_frame.write_csv()
    assert "\ufffd" not in everything


def test_several_byte_order_marks_are_no_part_of_the_first_name() -> None:
    assert parsed(b"\xef\xbb\xbf\xef\xbb\xbfid,name\n1,a\n").headers == ("id", "name")


def test_a_false_byte_order_mark_is_told() -> None:
    with pytest.raises(Refusal) as refused:
        parsed(b"\xff\xfeid,value\nA,1\n")
    assert refused.value.template == HEADER_UNDECODABLE


def test_a_program_is_no_table() -> None:
    with pytest.raises(Refusal) as refused:
        parsed(bytes(range(256)) * 20)
    assert refused.value.template == NOT_TEXT


def test_zero_bytes_spoil_their_line_only() -> None:
    found = parsed(b"a,b\n1,2\n\x00,3\n")
    assert (rows_of(found), reasons_of(found)) == ([("1", "2")], [(3, "nul_byte")])


def test_a_large_file_that_is_chinese_only_late_is_read_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples of a large file may be plain ASCII; the reader of the cells then tells that it is not UTF-8."""
    monkeypatch.setattr(module, "LARGE", 1000)
    monkeypatch.setattr(module, "SAMPLES", 1)
    monkeypatch.setattr(module, "SAMPLE", 4000)
    plain = "\n".join(["id,note", *(f"{number},plain text" for number in range(2000))])
    found = parsed((plain + "\n2000,客户来电询问退款进度\n").encode("gbk"))
    assert found.encoding == "gb18030"
    assert rows_of(found)[-1] == ("2000", "客户来电询问退款进度")
