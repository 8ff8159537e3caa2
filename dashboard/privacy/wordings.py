"""What tells who somebody is in words: e-mail addresses, postal addresses, names that are said to be names."""

import re
from collections.abc import Iterator

from dashboard.privacy.folding import INVISIBLE
from dashboard.privacy.numbers import Place, bounded

_OWN = rf"A-Za-z0-9._%+\-{INVISIBLE}"
_HAN = r"\u4e00-\u9fff"
_MAIL = re.compile(rf"(?<![{_OWN}])[{_OWN}]++ ?@ ?[\w\-]{{1,63}}+[.。]\w")
_MAIL_HAN = re.compile(rf"(?<![{_HAN}])[{_HAN}]++[A-Za-z0-9._\-]{{0,16}}+@[\w\-]{{1,63}}+\.\w")
_AT = r"(?: ?[\[({<] ?(?:at|AT|艾特) ?[\])}>] ?| (?:at|AT) )"
_DOT = r"(?: ?[\[({<] ?(?:dot|DOT|点) ?[\])}>] ?| (?:dot|DOT) )"
_MAIL_SAID = re.compile(rf"(?<![{_OWN}])[{_OWN}]++{_AT}[\w\-]{{1,63}}+(?:{_DOT}|\.)\w")
_MAIL_SAID_PLAIN = re.compile(r"^[^\[({<]+ (?:at|AT) [\w\-]+\.")
_PLACE = re.compile(
    r"(?:路|街|道|巷|弄|胡同|村|小区|花园|新村|苑|里|庄|坊|公寓|大厦|广场|家园|花苑|屯|组|大院|社区)"
    r"(?:[东南西北中]段?)?[ ,，]{0,2}"
    r"[0-9A-Za-z一二三四五六七八九十百零甲乙丙丁\-]{1,8}+[ ]?(?:号|弄|幢|栋|座|单元|室|楼|期|组|支弄|队|门)"
)
_TAIL = re.compile(
    r"(?:[ ,，\-]{0,2}+(?:[0-9A-Za-z一二三四五六七八九十百零]{1,8}+[ ]?"
    r"(?:号楼|号|弄|幢|栋|座|单元|室|楼|层|期|房|户|门|院)?"
    r"|[\u4e00-\u9fff]{2,10}?(?:小区|花园|苑|公寓|大厦|广场|家园|城|府)"
    r"(?=[ ,，\-]{0,2}[0-9A-Za-z一二三四五六七八九十]))){0,6}+"
)
_DISTRICT = re.compile(r"[省市区县旗州镇乡盟](?![区县市])")
_LEFT = 24
_HOUSE = re.compile(
    r"[0-9](?<![0-9][0-9])[0-9]{0,4}[A-Za-z]? (?:[A-Z][A-Za-z]{1,20} ){1,3}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Square|Terrace|Place|Pl)\b\.?"
    r"(?:,? (?:Apt|Apartment|Unit|Suite|Flat|Room|#)\.? ?[0-9A-Za-z\-]{1,6})?"
)
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石"
    "金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤温常文季施康牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷"
    "詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁房滕屈饶解牟艾尤时穆农司"
    "卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_CALLED = re.compile(
    r"(?:姓名|联系人|收件人|收货人|寄件人|发件人|户名|持卡人|开户人|投保人"
    r"|我叫|本人叫|名字是|名字叫|名叫|客户名)[是为叫]?[ :：]{0,3}"
    rf"(?P<name>[{_HAN}](?:[ ]?[{_HAN}·]){{1,3}})"
)
_BEFORE_AT = re.compile(r" ?@|" + _AT)
_HAN_OR_DIGITS = re.compile(rf"[{_HAN}0-9]{{0,8}}$")
_WORD = re.compile(r"[^ ]+")
_AFTER_NAME = "的了是在有和与跟要想就，。先女老小同师们吗呢吧啊，电手地身住把被去来买退换订说问也都已不没可能请"
_CALLED_LATIN = re.compile(
    r"(?:[nN](?<![A-Za-z_].)(?<![A-Za-z_] .)ame|NAME|[mMfFcC](?:y|ull|ustomer|ontact) [nN]ame|[rR]ecipient|[aA]ttn"
    r"|[cC]ontact person|[cCaA](?:ard|ccount ?)[hH]older)(?: is)? ?[:：]? ?"
    r"(?P<name>[A-Z][a-z'\-]{1,20}(?: [A-Z][a-z.'\-]{0,20}){0,3})"
)
_NAMED = ("ame", "NAME", "ecipient", "ttn", "ontact", "older")


_SAID_AT = (" at", "(at", "[at", "{at", "<at", "( at", "[ at", " AT", "(AT", "[AT", "艾特")


def mails(text: str) -> Iterator[Place]:
    """All of the part before the @ but its first character."""
    if "@" in text:
        yield from _mails(_MAIL, text)
        if not text.isascii():
            yield from _mails(_MAIL_HAN, text)
    if any(said in text for said in _SAID_AT):
        yield from _mails(_MAIL_SAID, text)


def _mails(pattern: re.Pattern[str], text: str) -> Iterator[Place]:
    for match in bounded(pattern, text):
        if isinstance(match, tuple):
            yield match
        elif not _MAIL_SAID_PLAIN.match(match.group()):  # "look at example.com"
            own = _BEFORE_AT.search(match.group())
            end = match.start() + (own.start() if own else 0)
            start = max(match.start(), end - 64) if pattern is _MAIL_HAN else match.start()
            yield start + (1 if end - start > 1 else 0), end


def addresses(text: str) -> Iterator[Place]:
    """What stands after the district, to the room."""
    if not text.isascii():
        for match in bounded(_PLACE, text):
            yield match if isinstance(match, tuple) else _address(text, match)
    for match in bounded(_HOUSE, text):
        yield match if isinstance(match, tuple) else match.span()


def _address(text: str, match: re.Match[str]) -> Place:
    tail = _TAIL.match(text, match.end())
    left = text[max(match.start() - _LEFT, 0) : match.start()]
    begins = [found.end() for found in _DISTRICT.finditer(left)]
    han = _HAN_OR_DIGITS.search(left)
    begin = begins[-1] if begins else (han.start() if han else len(left))
    return match.start() - len(left) + begin, tail.end() if tail else match.end()


def names(text: str) -> Iterator[Place]:
    """All but the first character of a name that the text says is one."""
    for match in bounded(_CALLED, text) if not text.isascii() else ():
        if isinstance(match, tuple):
            yield match
        elif match["name"][0] in SURNAMES:
            yield match.start("name") + 1, match.start("name") + _name_length(match["name"])
    for match in bounded(_CALLED_LATIN, text) if any(said in text for said in _NAMED) else ():
        if isinstance(match, tuple):
            yield match
        else:
            for word in _WORD.finditer(match["name"]):
                yield match.start("name") + word.start() + 1, match.start("name") + word.end()


def _name_length(name: str) -> int:
    """How much of what follows is the name: a surname and one or two characters, three where nothing else fits."""
    for length in range(2, min(len(name), 3) + 1):
        if len(name) > length and name[length] in _AFTER_NAME:
            return length
    return min(len(name), 3 if " " not in name else 5)
