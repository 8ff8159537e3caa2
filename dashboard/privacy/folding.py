"""Text brought to one form without moving a character: place n of the folded text is place n of the text.

That is what NFKC does for a number written in full-width, circled or mathematical characters, less its changes of
length: each digit becomes the one ASCII digit, each compatibility letter its ASCII letter. So a place found in the
folded text needs no way back.
"""

import unicodedata
from functools import cache

INVISIBLE = "\x1f"
"""What a character becomes that nobody sees: it parts no number."""
_BLOCKS = ((0x80, 0x3400), (0xA620, 0xAC00), (0xF900, 0x10000), (0x10A40, 0x11FFF), (0x1D400, 0x1D800),
           (0x1E000, 0x1F200))  # fmt: skip
"""Where compatibility characters and the digits of the world's scripts stand; ideographs are left as they are."""
_NUMERALS = "〇零一二三四五六七八九"
_OTHER_NUMERALS = {"○": "0", "０": "0", "幺": "1", "壹": "1", "贰": "2", "叁": "3", "肆": "4", "伍": "5", "陆": "6",
                   "柒": "7", "捌": "8", "玖": "9", "洞": "0", "拐": "7", "勾": "9"}  # fmt: skip
NUMERALS = {**{one: str(max(at - 1, 0)) for at, one in enumerate(_NUMERALS)}, **_OTHER_NUMERALS}
"""Chinese numerals, as written and as read out on the telephone."""


def folded(text: str) -> str:
    """The text with digits, letters and signs of other forms as ASCII; as long as the text."""
    return text if text.isascii() else text.translate(_table())


def spoken(text: str) -> str:
    """A folded text with Chinese numerals as digits, too."""
    return text.translate(_numerals())


@cache
def _numerals() -> dict[int, str]:
    return {ord(one): digit for one, digit in NUMERALS.items()}


@cache
def _table() -> dict[int, str]:
    return {code: to for start, end in _BLOCKS for code in range(start, end) if (to := _form(chr(code)))}


def _form(char: str) -> str | None:
    """The ASCII character that stands for this one, if there is exactly one."""
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me"):
        return INVISIBLE
    if category == "Zs":
        return " "
    if category == "Pd":
        return "-"
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 and plain.isascii() else None
