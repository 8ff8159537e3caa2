"""What is wrong, said beside the field it is wrong in."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard.agreements import Fault, parse_hours, parse_seconds
from dashboard.components.settings.draft import field_key
from dashboard.components.text import plain
from dashboard.wording import _

HOURS_LIKE = "09:00-12:00, 13:30-18:00"


def said(fault: Fault) -> str:
    return plain(_(fault.template, **fault.params))


def wrong(text: str) -> None:
    """Say right below a field what is wrong in it."""
    st.markdown(f":red[:material/error: {text}]")


def at_rows(faults: Mapping[int, Sequence[Fault]]) -> None:
    """Say below a table which of its rows are wrong."""
    for place, found in faults.items():
        for fault in found:
            wrong(_("Row {n}: {what}", n=place + 1, what=said(fault)))


def hours_field(name: str, label: str, value: str, *, disabled: bool = False, help: str | None = None) -> str:
    """A field for open hours; a wrong one is said below it."""
    typed = st.text_input(label, value, key=field_key(name), placeholder=HOURS_LIKE, disabled=disabled, help=help)
    text = tidied(typed)
    _check(parse_hours, text, _("Write it like {example}, or “closed”.", example=HOURS_LIKE))
    return text


def length_field(name: str, label: str, value: str, *, disabled: bool = False) -> str:
    """A field for a length of time."""
    text = tidied(st.text_input(label, value, key=field_key(name), placeholder="20 s, 2 min, 4 h", disabled=disabled))
    _check(parse_seconds, text, _("Write it like {example}.", example="20 s, 2 min, 4 h"))
    return text


def tidied(text: str | None) -> str:
    """What a Chinese keyboard types instead of the signs of hours, made those."""
    typed = (text or "").strip()
    for typed_sign, sign in (("：", ":"), ("，", ","), ("、", ","), ("—", "-"), ("–", "-"), ("～", "-"), ("~", "-")):
        typed = typed.replace(typed_sign, sign)
    return "closed" if typed in ("", "休", "休息", "关闭") else typed


def _check(parse: Callable[[str], object], text: str, otherwise: str) -> None:
    try:
        parse(text)
    except ValueError:
        wrong(plain(otherwise))
