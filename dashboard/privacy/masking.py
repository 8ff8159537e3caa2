"""Masks over what tells who a customer is, put on before text reaches a screen or a file.

The forms are the customary ones: 138****8000 · a card's last four · the first and last character of an identity card
· the first letter and the domain of an e-mail address · an address down to its district · a surname. A character that
is hidden is one `*`; the text keeps its length.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from dashboard.privacy.folding import NUMERALS, folded, spoken
from dashboard.privacy.numbers import Place, places
from dashboard.privacy.wordings import addresses, mails, names

STAR = "*"
_TELLING = re.compile(
    r"@|[0-9]{6}|[0-9][^\w\n]{1,3}[0-9][0-9\W_]{5}|[ \[({<](?:at|AT|艾特)[ \])}>]|[0-9][0-9a-zA-Z]{7}|::"
    r"|[A-Z][·. \-]?[A-HJ-NP-Z0-9]{5}"
    r"|[路街道巷弄同村区园苑里庄坊寓厦场屯组院](?:[东南西北中]段?)?"
    r"[ ,，]{0,2}[0-9A-Za-z一二三四五六七八九十百零甲乙丙丁]"
    r"|姓名|人|名|我叫|[nN][aA][mM][eE]|[rR]ecipient|[aA]ttn|[hH]older|[0-9][A-Za-z]? [A-Z]|\+[0-9]|[0-9]\."
)
"""What a text must have for anything in it to be masked; most texts have none of it."""
LONG = 20_000
"""From so many characters on that look costs more than it saves."""
_SPOKEN = re.compile(f"[{''.join(NUMERALS)}0-9](?:[ \\-.\x1f]?[{''.join(NUMERALS)}0-9]){{9}}")
_OURS = frozenset(
    {"source", "ticket_id", "message_id", "reply_to", "rating_id", "agent", "team", "customer_class", "first_responder",
     "resolved_by", "first_response_by", "resolution_by"}
)  # fmt: skip
"""Columns that tell of the desk: what opens a ticket, and who works on it."""
_HAN_NAME = re.compile(r"[\u4e00-\u9fff·]{2,20}")
_LATIN_NAME = re.compile(r"[^\W\d_]['\w.\-]*(?: [^\W\d_]['\w.\-]*){0,5}")
PERSONAL = re.compile(
    r"(?i)customer[ _]?(?:name|id|no)?$"
    r"|(?:^|[_ ])(?:name|buyer|consignee|recipient|receiver|contact|requester|caller|user|nick(?:name)?)$"
    r"|phone|mobile|e?mail|address|id_?card|wechat|姓名|客户$|客户名|用户$|会员$|昵称|收件人|收货人|联系人|寄件人|买家"
    r"|会员名|用户名|电话|手机|邮箱|地址|身份证|微信|证件"
)
"""Names of a source's own columns whose whole cells are somebody."""


def masked(text: str) -> str:
    """The text with every number, address and name in it that tells who somebody is behind `*`; as long as before."""
    form = folded(text)
    is_spoken = _SPOKEN.search(form) is not None
    if not is_spoken and len(text) < LONG and not _TELLING.search(form):
        return text
    found = list(_found(form))
    if is_spoken:
        found += places(spoken(form), is_spoken=True)
    return _starred(text, found) if found else text


def masked_person(value: str) -> str:
    """A customer's name or number as a whole: a surname, first letters, or the ends of a number."""
    within = masked(value)
    if within != value:
        return within
    if _HAN_NAME.fullmatch(value):
        return value[0] + STAR * (len(value) - 1)
    if _LATIN_NAME.fullmatch(value) and not any(char.isdigit() for char in value):
        return " ".join(word[0] + STAR * 3 for word in value.split(" "))
    return value[:1] + STAR * 3 + value[-2:] if len(value) > 4 else value[:1] + STAR * 3


def without_names(text: str, names: Iterable[str]) -> str:
    """The text with these names of people behind `*` wherever they stand as words of their own; as long as before.

    Of a name stays what masked_person leaves of it. Single characters are no names.
    """
    for name in sorted({one.strip() for one in names}, key=len, reverse=True):
        if len(name) > 1:
            is_han = _HAN_NAME.fullmatch(name) is not None
            edge = r"(?<![^\W_]){}(?![^\W_])" if not is_han else "{}"
            text = re.sub(edge.format(re.escape(name)), lambda found: _same_length(found[0]), text, flags=re.IGNORECASE)
    return text


def _same_length(name: str) -> str:
    if _HAN_NAME.fullmatch(name):
        return name[0] + STAR * (len(name) - 1)
    if _LATIN_NAME.fullmatch(name) and not any(char.isdigit() for char in name):
        return " ".join(word[0] + STAR * (len(word) - 1) for word in name.split(" "))
    return name[0] + STAR * (len(name) - 3) + name[-2:] if len(name) > 4 else name[0] + STAR * (len(name) - 1)


def masked_frame(frame: pl.DataFrame, columns: Iterable[str] | None = None) -> pl.DataFrame:
    """The frame with the text of these columns masked, of all columns of text if none are named.

    `customer` and a source's own columns of names, telephones and addresses are masked as a whole; numbers of tickets
    and the desk's own people never.
    """
    wanted = [name for name in (frame.columns if columns is None else columns) if name not in _OURS]
    wanted = [name for name in wanted if name in frame.columns]
    changed = [_masked_column(frame[name]) for name in wanted if frame.schema[name] in (pl.String, pl.List(pl.String))]
    return frame.with_columns(changed)


def masked_row(row: Mapping[str, object]) -> dict[str, object]:
    """The same for one row."""
    return {name: masked_cell(name, value) if isinstance(value, str) else value for name, value in row.items()}


def is_personal(column: str) -> bool:
    """Whether whole cells of a column of this name say who somebody is."""
    return column == "customer" or (column not in _OURS and PERSONAL.search(column) is not None)


def masked_cell(column: str, value: str) -> str:
    """One cell of a column of that name, masked."""
    if column in _OURS:
        return value
    return masked_person(value) if is_personal(column) else masked(value)


def _masked_column(series: pl.Series) -> pl.Series:
    if series.dtype == pl.List(pl.String):
        rows = [None if row is None else [masked(one) for one in row if one is not None] for row in series.to_list()]
        return pl.Series(series.name, rows, dtype=series.dtype)
    distinct = series.drop_nulls().unique()
    hidden = pl.Series(series.name, [masked_cell(series.name, value) for value in distinct], dtype=pl.String)
    kept = distinct != hidden
    if not kept.any():
        return series
    return series.replace(distinct.filter(kept), hidden.filter(kept))


def _found(form: str) -> Iterator[Place]:
    yield from places(form)
    yield from mails(form)
    yield from addresses(form)
    yield from names(form)


def _starred(text: str, found: Iterable[Place]) -> str:
    chars = list(text)
    for start, end in found:
        chars[start:end] = [char if char.isspace() else STAR for char in chars[start:end]]
    return "".join(chars)
