"""Numbers that tell who somebody is: telephones, identity cards, bank cards, addresses of machines.

Every pattern begins at an edge, takes a bounded number of characters and never goes back (possessive), so that no
text, however hostile, costs more than its length.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dashboard.privacy.checks import UNION_PAY, is_identity, is_issued, is_luhn, is_old_identity
from dashboard.privacy.folding import INVISIBLE

Place = tuple[int, int]
"""Begin and end of what is masked."""
_PART = rf"[ \t\-._·()•\u2022{INVISIBLE}]{{0,3}}+"
_DIGIT = rf"{_PART}[0-9]"
# A pattern begins with a class of characters, and looks behind only then: so a search skips what cannot begin one.
_FROM_0, _FROM_1, _FROM_8 = "0(?<![0-9]0)", "1(?<![0-9]1)", "8(?<![0-9]8)"
_COUNTRY = rf"(?:{_FROM_0}0{_PART}8|{_FROM_8}){_PART}6{_PART}"
_MOBILE = re.compile(rf"(?:{_FROM_1}|{_COUNTRY}1){_PART}[3-9](?:{_DIGIT}){{9}}(?![0-9])")
_LANDLINE = re.compile(
    rf"(?:{_FROM_0}(?:0{_PART}8{_PART}6{_PART}\(?0?)?+|{_FROM_8}{_PART}6{_PART}\(?0?)"
    r"(?:10|2[0-9]|[3-9][0-9]{2})(?P<part>[ \t\-()]{0,3}+)[2-8](?:[ \-]?[0-9]){6,7}(?![0-9])"
)
_SERVICE = re.compile(r"[48](?<![0-9][0-9])00(?P<part>[ \-]?)[0-9]{3,4}[ \-]?[0-9]{3,4}(?![0-9])")
_ABROAD = re.compile(r"\+(?<![0-9A-Za-z+]\+)[1-9](?:[ \-.()]{0,2}+[0-9]){8,13}(?![0-9])")
_LOCAL = re.compile(r"(?<![0-9])[2-8][0-9]{2,3}[ \-]?[0-9]{4}(?![0-9])")
_IDENTITY = re.compile(rf"[1-8](?<![0-9][0-9])(?:{_DIGIT}){{16}}{_PART}[0-9Xx](?![0-9])")
_OLD_IDENTITY = re.compile(rf"(?<![0-9])[1-8](?:{_DIGIT}){{14}}(?![0-9])")
_CARD = re.compile(rf"[3-69](?<![0-9][0-9])(?:{_DIGIT}){{12,18}}+(?![0-9])")
_PASSPORT = re.compile(r"[EGHMeg](?<![0-9A-Za-z][A-Za-z])[A-HJ-NP-Z0-9][0-9]{7}(?:[0-9]{2})?(?![0-9A-Za-z])")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
    r"[A-HJ-NP-Z][·. \-]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳](?![0-9A-Za-z])"
)
_MACHINE = re.compile(r"[0-9](?<![0-9A-Za-z.][0-9])[0-9]{0,2}\.(?:[0-9]{1,3}\.){2}[0-9]{1,3}(?![0-9A-Za-z]|\.[0-9])")
_MACHINE_6 = re.compile(
    r"[0-9a-fA-F](?<![0-9A-Za-z:][0-9a-fA-F])[0-9a-fA-F]{0,3}(?::[0-9a-fA-F]{0,4}){2,7}(?![0-9A-Za-z:])"
)
_DIGITS = re.compile(r"[0-9]+")
_LETTERS_BEFORE = re.compile(r"[A-Za-z]+$")
_GROUPINGS = frozenset(
    [(11,), (3, 8), (3, 4, 4), (4, 4, 3), (3, 3, 5), (3, 5, 3), (5, 6), (6, 5), (4, 7), (7, 4), (3, 3, 3, 2),
     (3, 2, 3, 3), (3, 4, 2, 2), (1, 10), (2, 9), (3, 2, 2, 2, 2), (1, 3, 3, 4), (2, 2, 2, 2, 2, 1),
     (1, 2, 2, 2, 2, 2), (1,) * 11]
)  # fmt: skip
"""How people part the eleven digits of a mobile number; 13.800.138.000 is none of these."""
_TELEPHONE = re.compile(
    r"(?:电话|手机|座机|固话|热线|致电|拨打|联系|tel|phone|mobile|mob|cell|call|fax|传真|wechat|weixin|whatsapp|微信|wx|vx|sms|[tpm])\W{0,4}$",
    re.IGNORECASE,
)
_CARDS = re.compile(r"(?:卡|账号|帐号|账户|银行|信用|储蓄|card|account|visa|pay|acct)\D{0,12}$", re.IGNORECASE)
_BANK = re.compile(r"银行卡|储蓄卡|信用卡|借记卡|bank card|credit card")
_IDENTITIES = re.compile(r"(?:身份|证件|证号|id ?card|identity)\D{0,12}$", re.IGNORECASE)
_THINGS = re.compile(
    r"(?:订单|单号|工单|型号|货号|编号|批号|版本|快递|运单|version|order|ticket|sku|part|model|ver|v)\W{0,3}$",
    re.IGNORECASE,
)
_BEFORE = 16


_ENDLESS = re.compile(rf"[0-9](?:{_DIGIT}){{299,}}+")
"""So many digits in small parts on one line are nobody's number, and costly to look at one by one."""
AT_MOST = 4000


@dataclass(frozen=True)
class Number:
    """One kind of number: how it looks, when it is one, how many characters stay at its begin and end."""

    pattern: re.Pattern[str]
    is_one: Callable[[str, re.Match[str]], str | None]
    """The characters that count, where it is one."""
    keep: tuple[int, int]
    signs: tuple[str, ...] = ()
    """One of these is in every text that has such a number; none named: any text may."""


def places(text: str, *, is_spoken: bool = False) -> Iterator[Place]:
    """Where digits of such numbers stand in a folded text, less those that a mask shows; a place may come twice.

    `is_spoken`: only the numbers that people speak digit by digit: telephones, identity cards, bank cards.

    A text with thousands of what could be such a number is no sentence: from there on it is masked whole.
    """
    text, endless = _without_endless(text)
    yield from endless
    for kind in KINDS[:3] if is_spoken else KINDS:
        if not kind.signs or any(sign in text for sign in kind.signs):
            yield from _places_of(kind, text)


def bounded(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str] | Place]:
    """The matches of a pattern; after thousands, the place of all the rest."""
    for count, match in enumerate(pattern.finditer(text)):
        if count == AT_MOST:
            yield match.start(), len(text)
            return
        yield match


def _places_of(kind: Number, text: str) -> Iterator[Place]:
    for match in bounded(kind.pattern, text):
        if isinstance(match, tuple):
            yield match
        elif (found := kind.is_one(text, match)) is not None:
            yield from _hidden(match, len(found), kind.keep)


def _without_endless(text: str) -> tuple[str, list[Place]]:
    """The text with blanks for endless rows of small parts, and where these are."""
    found = [match.span() for match in _ENDLESS.finditer(text) if not match.group().isdigit()]
    for start, end in found:
        text = f"{text[:start]}{'_' * (end - start)}{text[end:]}" if len(found) < 50 else text
    return (text, found) if len(found) < 50 else ("", [(found[0][0], len(text))])


def _hidden(match: re.Match[str], length: int, keep: tuple[int, int]) -> Iterator[Place]:
    """The characters between the first and the last ones that stay; what parts them stays, too."""
    at = [match.start() + place for place, char in enumerate(match.group()) if char.isalnum()][-length:]
    for place in at[keep[0] : len(at) - keep[1]]:
        yield place, place + 1


def _digits(match: re.Match[str]) -> str:
    return "".join(char for char in match.group() if char.isdigit() or char in "xX")


def _before(text: str, match: re.Match[str]) -> str:
    return text[max(match.start() - _BEFORE, 0) : match.start()]


def _mobile(text: str, match: re.Match[str]) -> str | None:
    own = match.group().replace(INVISIBLE, "")
    groups = _DIGITS.findall(own)
    number = "".join(groups)[-11:]
    if not _is_grouped(groups, len("".join(groups)) - 11):
        return None
    before = _before(text, match)
    letters = _LETTERS_BEFORE.search(before)
    if letters and not _TELEPHONE.search(before):
        return None
    return None if re.search(r"[0-9][.,]$", before) and not before.endswith(",") else number


def _is_grouped(groups: list[str], country: int) -> bool:
    """Whether the digits after the country's are parted as people part them."""
    lengths = [len(group) for group in groups]
    while country > 0 and lengths:
        taken = min(country, lengths[0])
        country -= taken
        lengths[0] -= taken
        lengths = [length for length in lengths if length]
    return tuple(lengths) in _GROUPINGS


def _landline(text: str, match: re.Match[str]) -> str | None:
    digits, is_parted = _digits(match), bool(match["part"])
    has_zero = digits.startswith(("0", "860", "00860"))
    is_called = _TELEPHONE.search(_before(text, match))
    if _LETTERS_BEFORE.search(_before(text, match)) and not is_called:
        return None
    if has_zero and (is_parted or is_called):
        return digits
    if has_zero and 11 <= len(digits) <= 12 and digits[0] == "0":
        return digits if not _THINGS.search(_before(text, match)) else None
    return digits if digits.startswith("86") and is_parted else None


def _service(text: str, match: re.Match[str]) -> str | None:
    digits = _digits(match)
    is_called = match["part"] or _TELEPHONE.search(_before(text, match))
    return digits if len(digits) == 10 and is_called else None


def _abroad(text: str, match: re.Match[str]) -> str | None:
    is_home = match.group().startswith("+86") and any(
        found and is_one(text, found)
        for pattern, is_one in ((_MOBILE, _mobile), (_LANDLINE, _landline))
        if (found := pattern.match(text, match.start() + 1))
    )
    return None if is_home else _digits(match)


def _local(text: str, match: re.Match[str]) -> str | None:
    called = re.search(r"(?:座机|固话|家里电话|办公电话|传真)\W{0,4}$", _before(text, match))
    return _digits(match) if called else None


def _identity(text: str, match: re.Match[str]) -> str | None:
    number = _digits(match)
    if len(number) != 18:
        return None
    named = _IDENTITIES.search(_before(text, match))
    return number if is_identity(number) or (named and int(number[:2]) > 10) else None


def _old_identity(text: str, match: re.Match[str]) -> str | None:
    number = _digits(match)
    return number if is_old_identity(number) and _IDENTITIES.search(_before(text, match)) else None


def _card(text: str, match: re.Match[str]) -> str | None:
    number, groups = _digits(match), _DIGITS.findall(match.group().replace(INVISIBLE, ""))
    if not _is_card_grouped([len(group) for group in groups]) or not is_issued(number):
        return None
    named, is_parted = _CARDS.search(_before(text, match)), len(groups) > 1
    if is_luhn(number):
        return number if number.startswith(UNION_PAY) or named or is_parted else None
    return (
        number if named and re.search(r"(?:银行卡|储蓄卡|信用卡|借记卡|bank card|credit card)", named.group()) else None
    )


def _is_card_grouped(lengths: list[int]) -> bool:
    if len(lengths) == 1 or all(length == 1 for length in lengths):
        return True
    by_four = all(length == 4 for length in lengths[:-1]) and lengths[-1] <= 4
    return by_four or (len(lengths) == 2 and lengths[0] == 6)


def _unless_a_thing(text: str, match: re.Match[str]) -> str | None:
    return None if _THINGS.search(_before(text, match)) else re.sub(r"\W", "", match.group())


def _passport(text: str, match: re.Match[str]) -> str | None:
    first, rest = match.group()[0].upper(), match.group()[1:]
    is_one = len(rest) == 8 if first in "EG" else rest.isdigit()
    return _unless_a_thing(text, match) if is_one else None


def _machine(text: str, match: re.Match[str]) -> str | None:
    parts = match.group().split(".")
    is_one = all(int(part) < 256 and (part == "0" or part[0] != "0") for part in parts)
    return _unless_a_thing(text, match) if is_one and int(parts[0]) > 0 else None


def _machine_6(_text: str, match: re.Match[str]) -> str | None:
    groups = match.group().split(":")
    is_one = match.group().count("::") == 1 or len(groups) == 8
    return re.sub(r"\W", "", match.group()) if is_one and ":::" not in match.group() else None


_CALLED_AT_HOME = ("座机", "固话", "家里电话", "办公电话", "传真")
KINDS = (
    Number(_IDENTITY, _identity, (1, 1)),
    Number(_CARD, _card, (0, 4)),
    Number(_MOBILE, _mobile, (3, 4)),
    Number(_OLD_IDENTITY, _old_identity, (1, 1), ("身份", "证", "ID", "id", "Id", "dentity")),
    Number(_LANDLINE, _landline, (0, 4)),
    Number(_SERVICE, _service, (3, 4), ("400", "800")),
    Number(_ABROAD, _abroad, (2, 2), ("+",)),
    Number(_LOCAL, _local, (0, 4), _CALLED_AT_HOME),
    Number(_PASSPORT, _passport, (1, 2), ("E", "G", "H", "M", "e", "g")),
    Number(_PLATE, _unless_a_thing, (2, 1), tuple("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼")),
    Number(_MACHINE, _machine, (1, 0), (".",)),
    Number(_MACHINE_6, _machine_6, (2, 0), (":",)),
)
"""The first three are also looked for in Chinese numerals."""
