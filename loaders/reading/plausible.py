"""Which encoding a text that is not UTF-8 is in, judged by what its characters would be.

A decoder that does not fail proves little: nearly any bytes are "valid" GB18030. Real Chinese text is made of common
characters, real Japanese has kana, and so on; a guess is made only where one reading is that of a living language.
"""

import re
from collections.abc import Callable

from loaders.reading.tokens import Data

TELLING = re.compile(rb"[^\n]{0,4000}[\x80-\xff][^\n]{0,4000}")
OVERLONG = re.compile(rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xed[\xa0-\xbf][\x80-\xbf]|\xf0[\x80-\x8f]..")
CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13, 27, 30, 31})
ENOUGH = 4


def telling_lines(data: Data, limit: int) -> list[bytes]:
    """Lines that hold bytes above ASCII, up to *limit* bytes of them."""
    lines: list[bytes] = []
    size = 0
    for match in TELLING.finditer(data):
        lines.append(match[0])
        size += len(match[0])
        if size > limit:
            break
    return lines


def wide(head: bytes, *, even: bool = True) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark, told by where the zero bytes stand; *even*: the file's size is."""
    if len(head) < 4 or not even or b"\x00" not in head:
        return None
    quarters = [head[place::4].count(0) * 4 / len(head) for place in range(4)]
    if min(quarters[2:]) > 0.9 and quarters[0] < 0.1:
        return "utf-32-le"
    if min(quarters[:2]) > 0.9 and quarters[3] < 0.1:
        return "utf-32-be"
    first, second = (head[place::2].count(0) * 2 / len(head) for place in range(2))
    for name, zeros, others in (("utf-16-le", second, first), ("utf-16-be", first, second)):
        if zeros > 0.1 and others < zeros / 8 and _is_readable(head[: len(head) // 2 * 2], name):
            return name
    return None


def _is_readable(raw: bytes, name: str) -> bool:
    if not _decodes(raw, name, slack=2):
        return False
    text = raw.decode(name, "ignore")
    if "\n" not in text and "\r" not in text and sum(map(str.isascii, text)) < 0.5 * len(text):
        return False
    return sum(char.isprintable() or char in "\r\n\t" for char in text) > 0.99 * len(text)


def is_binary(head: bytes) -> bool:
    """Whether so many control characters stand in it that it cannot be text."""
    controls = len(head) - len(head.translate(None, CONTROLS))
    return controls > max(8, len(head) // 50)


def best(lines: list[bytes]) -> tuple[str | None, bool]:
    """The encoding of these lines and whether it is beyond doubt; None where it must be asked."""
    whole = b"\n".join(lines)
    chinese = _readable(lines, "gb18030")
    if len(chinese) == len(lines) and _is_chinese(whole) and not _is_damaged_utf8(whole):
        return "gb18030", True
    utf8 = _readable(lines, "utf-8")
    if _is_damaged_utf8(whole) or (utf8 and 2 * len(utf8) >= len(lines)):
        return "utf-8", True
    if 10 * len(chinese) >= 9 * len(lines) and _is_chinese(b"\n".join(chinese)):
        return "gb18030", True
    for name, is_clear in CLEAR.items():
        if _decodes(whole, name) and is_clear(whole.decode(name)):
            return name, False
    return None, False


def candidates(lines: list[bytes]) -> list[str]:
    """Encodings that the lines may be in, the likelier first."""
    from charset_normalizer import from_bytes

    whole = b"\n".join(lines)[:200_000]
    proposed = [match.encoding for match in from_bytes(whole)]
    usual = ["cp1252", "gb18030", "big5hkscs", "cp932", "euc_kr", "cp1250", "cp1251", "cp1254"]
    likely = sorted(usual, key=lambda name: (name not in ("cp1252", *proposed[:2]), usual.index(name)))
    named = [name for name in likely if _decodes(whole, name)]
    return named[:4] or ["cp1252"]


def _decodes(raw: bytes, name: str, *, slack: int = 0) -> bool:
    try:
        raw.decode(name)
    except UnicodeDecodeError as error:
        return slack > 0 and len(raw) - error.start <= slack
    return True


def _readable(lines: list[bytes], name: str) -> list[bytes]:
    return [line for line in lines if _decodes(line, name)]


def _is_damaged_utf8(raw: bytes) -> bool:
    """Whether each undecodable byte is UTF-8 gone wrong: overlong, a surrogate half, or cut off at the end."""
    if _strange(raw) == 0:
        return False
    mended = OVERLONG.sub(b"", raw)
    pairs = len(OVERLONG.findall(raw))
    try:
        text = mended.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(mended) - error.start > 3 or "unexpected end" not in error.reason:
            return False
        text = mended[: error.start].decode("utf-8")
    return pairs <= 1 or not text.isascii() or not _is_chinese(raw)


def _strange(raw: bytes) -> int:
    return len(raw) - len(raw.decode("utf-8", "ignore").encode("utf-8"))


def _is_chinese(raw: bytes) -> bool:
    """Whether the GB18030 reading is made of common Chinese characters and their punctuation."""
    pairs = [char.encode("gb18030") for char in raw.decode("gb18030", "ignore")[:200_000] if char > "\x7f"]
    common = [pair for pair in pairs if len(pair) == 2 and pair[1] >= 0xA1 and pair[0] in COMMON_ROWS]
    hanzi = [pair for pair in common if pair[0] >= 0xB0]
    if not pairs or len(common) < 0.8 * len(pairs) or not hanzi:
        return False
    # Korean in EUC-KR looks like common characters too, but never like the most frequent ones, nor from row C9 on.
    frequent = sum(pair in FREQUENT for pair in hanzi)
    late = sum(pair[0] > 0xC8 for pair in hanzi)
    return len(hanzi) < 4 or frequent > 0.1 * len(hanzi) or (len(hanzi) < 10 and late > 0)


FREQUENT = frozenset(
    char.encode("gb18030")
    for char in "的一是不了人在有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用"
    "道行所然家种"
    "事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日者意无力与长把机第公此已工使情明性"
    "知全三又关点正业外将两高间由问很最重并物应向头文体相见被利什二等产或新制身果加月话合回特代内信表化给位次度门任常先通"
    "客户服务单电邮件退换货款快递售票订购商品质量投诉咨询姓名时期编号态类容题渠"
)
COMMON_ROWS = frozenset([0xA1, 0xA2, 0xA3, *range(0xB0, 0xD8)])


def _share(text: str, common: Callable[[str], bool]) -> float:
    high = [char for char in text if char > "\x7f"]
    return sum(map(common, high)) / len(high) if len(high) >= ENOUGH else 0.0


def _is_big5(text: str) -> bool:
    def common(char: str) -> bool:
        raw = char.encode("big5hkscs")
        return len(raw) == 2 and 0xA1 <= raw[0] <= 0xC6

    return _share(text, common) > 0.9


def _is_japanese(text: str) -> bool:
    def common(char: str) -> bool:
        raw = char.encode("cp932")
        return len(raw) == 2 and (raw[0] in (0x81, 0x82, 0x83) or 0x88 <= raw[0] <= 0x98)

    return _share(text, common) > 0.9


def _has_kana(text: str) -> bool:
    return _share(text, lambda char: "\u3040" <= char <= "\u30ff") > 0.2


def _is_korean(text: str) -> bool:
    return _share(text, lambda char: "\uac00" <= char <= "\ud7a3") > 0.6


CLEAR: dict[str, Callable[[str], bool]] = {
    "euc_jp": _has_kana,
    "big5hkscs": _is_big5,
    "cp932": _is_japanese,
    "euc_kr": _is_korean,
}
