"""The written forms of a date: what a single value looks like, as a pattern that can be tried on a whole column."""

import re
from dataclasses import dataclass
from typing import Literal

Order = Literal["dmy", "mdy", "ymd"]
Number = Literal["epoch_s", "epoch_ms", "epoch_us", "excel"]
_TAIL = (
    r"(?:(?P<gap>T|,? *)(?P<half>上午 ?|下午 ?)?(?P<hour>\d{1,2})(?P<colon>[:时点])(?P<minute>\d{1,2})"
    r"(?:(?P<colon2>[:分])(?:(?P<second>\d{1,2})(?P<fraction>\.\d{1,9})?(?P<end>秒?))?)?"
    r"(?P<ampm> ?[AaPp][Mm])?(?P<zone> ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?)?"
)
_WEEKDAY = r"(?P<weekday>[A-Za-z]{3}, )?"
_DATES = tuple(
    re.compile(_WEEKDAY + date + _TAIL)
    for date in (
        r"(?P<year>\d{4})(?P<sep>[-/.])\d{1,2}(?P=sep)\d{1,2}",
        r"(?P<year>\d{4})年\d{1,2}月\d{1,2}(?P<ri>日?)",
        r"(?P<first>\d{1,2})(?P<sep>[-/.])\d{1,2}(?P=sep)(?P<year>\d{4}|\d{2})",
        r"\d{1,2}(?P<sep>[- /])(?P<month>[A-Za-z]{3,9})(?P=sep)(?P<year>\d{4}|\d{2})",
        r"(?P<month>[A-Za-z]{3,9}) \d{1,2}(?P<comma>,?) (?P<year>\d{4})",
    )
)
_MIDDLE_TIME = re.compile(
    r"[A-Za-z]{3} [A-Za-z]{3} {1,2}\d{1,2} \d{2}:\d{2}:\d{2}(?: (?P<zone>[+-]\d{4}|UTC|GMT))? \d{4}"
)
_DIGITS = re.compile(r"(?P<whole>\d+)(?:\.\d+)?")


@dataclass(frozen=True)
class Form:
    """One way of writing an instant. `date` holds `{a}` and `{b}` where day and month may stand in either order."""

    date: str
    time: str = ""
    zone: Literal["none", "offset", "utc"] = "none"
    number: Number | None = None

    @property
    def is_open(self) -> bool:
        """Whether the form itself leaves open if the day or the month comes first."""
        return "{a}" in self.date

    @property
    def is_native(self) -> bool:
        """The form in which the cells of a workbook that are true stamps arrive."""
        return self.date == "%Y-%m-%d" and self.time.startswith("T") and self.zone == "none"

    @property
    def has_short_year(self) -> bool:
        """Three numbers of two digits, of which any may be the year."""
        return self.is_open and self.date.endswith("%y")

    def pattern(self, order: Order | None = None) -> str:
        if order == "ymd" and self.has_short_year:
            return (self.date + self.time).replace("%y", "%d").replace("{a}", "%y").replace("{b}", "%m")
        first, second = ("%m", "%d") if order == "mdy" else ("%d", "%m")
        return (self.date + self.time).replace("{a}", first).replace("{b}", second)


def form_of(value: str) -> Form | None:
    """The form in which one value is written; None where it looks like no date."""
    if _DIGITS.fullmatch(value):
        return _number_form(value)
    if match := _MIDDLE_TIME.fullmatch(value):
        zone = match["zone"]
        middle = {None: "", "UTC": " UTC", "GMT": " GMT"}.get(zone, " %z")
        kind: Literal["none", "offset", "utc"] = "none" if zone is None else "offset" if middle == " %z" else "utc"
        return Form("", f"%a %b %d %H:%M:%S{middle} %Y", kind)
    for number, pattern in enumerate(_DATES):
        if match := pattern.fullmatch(value):
            return _form(number, match)
    return None


def _form(number: int, match: re.Match[str]) -> Form:
    year = "%Y" if len(match["year"]) == 4 else "%y"
    parts = match.groupdict()
    sep, month = parts.get("sep"), "%b" if len(parts.get("month") or "") == 3 else "%B"
    date = (
        f"%Y{sep}%m{sep}%d",
        f"%Y年%m月%d{parts.get('ri')}",
        f"{{a}}{sep}{{b}}{sep}{year}",
        f"%d{sep}{month}{sep}{year}",
        f"{month} %d{parts.get('comma')} {year}",
    )[number]
    return Form(("%a, " if match["weekday"] else "") + date, _time(match), _zone(match["zone"]))


def _time(match: re.Match[str]) -> str:
    if match["hour"] is None:
        return ""
    half = ("%p " if match["half"].endswith(" ") else "%p") if match["half"] else ""
    hour = "%I" if half or match["ampm"] else "%H"
    text = f"{match['gap']}{half}{hour}{match['colon']}%M{match['colon2'] or ''}"
    if match["second"] is not None:
        text += "%S" + ("%.f" if match["fraction"] else "") + match["end"]
    if match["ampm"]:
        text += " %p" if match["ampm"].startswith(" ") else "%p"
    return text + _zone_pattern(match["zone"])


def _zone_pattern(zone: str | None) -> str:
    if zone is None:
        return ""
    return zone if zone.strip() in ("UTC", "GMT") else (" " if zone.startswith(" ") else "") + "%#z"


def _zone(zone: str | None) -> Literal["none", "offset", "utc"]:
    if zone is None:
        return "none"
    return "utc" if zone.strip() in ("UTC", "GMT") else "offset"


def _number_form(value: str) -> Form | None:
    whole = value.partition(".")[0]
    if len(whole) == 8 and "." not in value and "1900" <= whole[:4] <= "2200" and whole[4:6] <= "12":
        return Form("%Y%m%d")
    if len(whole) == 14 and "." not in value:
        return Form("%Y%m%d", "%H%M%S")
    numbers: dict[int, Number] = {
        5: "excel",
        9: "epoch_s",
        10: "epoch_s",
        12: "epoch_ms",
        13: "epoch_ms",
        16: "epoch_us",
    }
    number = numbers.get(len(whole))
    return Form("", number=number) if number else None


def asked_form(text: str) -> Form | None:
    """The form that a person named: a strftime pattern or a kind of number; None for a mere order."""
    if text in ("epoch_s", "epoch_ms", "epoch_us", "excel"):
        return Form("", number=text)  # type: ignore[arg-type]
    if "%" not in text:
        return None
    cut = min((text.find(mark) for mark in ("%H", "%I", "%p", "%T", "%R") if mark in text), default=-1)
    zone: Literal["none", "offset"] = (
        "offset" if "z" in text.replace("%Z", "") and "%" in text and "%z" in text else "none"
    )
    return Form(text, "", zone) if cut < 0 else Form(text[:cut], text[cut:], zone)


def asked_order(text: str) -> Order | None:
    """Whether a person's format puts day, month or year first; None where it says nothing about it."""
    named: dict[str, Order] = {"dmy": "dmy", "mdy": "mdy", "ymd": "ymd"}
    if text.lower() in named:
        return named[text.lower()]
    day, month, year = text.find("%d"), text.find("%m"), max(text.find("%y"), text.find("%Y"))
    if day < 0 or month < 0:
        return None
    return "ymd" if 0 <= year < month < day else "dmy" if day < month else "mdy"
