"""A ticket's story on one strip, in words and signs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dashboard.components.own_parts import own_part
from dashboard.components.triage.words import did
from dashboard.format import duration, listed, local
from dashboard.services.triage.strip import Mark, Sign, Stretch, Strip
from dashboard.wording import N_, _

SIGNS: Mapping[Sign, tuple[str, str]] = {
    "received": ("⚑", N_("request")),
    "customer": ("●", N_("customer wrote")),
    "answer": ("■", N_("answer")),
    "note": ("▫", N_("private note")),
    "hand_off": ("⇄", N_("handed on")),
    "wait": ("Ⅱ", N_("waits")),
    "resolved": ("✓", N_("resolved")),
    "reopened": ("↺", N_("reopened")),
    "rated": ("★", N_("rated")),
    "late": ("▲", N_("promise ran out")),
    "triage": ("◆", N_("triage")),
}
FIRST = N_("first response")
COUNTED: tuple[Sign, ...] = ("hand_off", "reopened", "rated")


def draw_strip(strip: Strip, zone: str) -> None:
    """Draw the strip with its legend."""
    kinds = dict.fromkeys(mark.sign for mark in strip.marks)
    own_part("strip")(
        key="triage-strip",
        data={
            "label": _label(strip, zone),
            "begin": local(strip.begin, zone),
            "end": local(strip.end, zone),
            "marks": [_mark(strip, mark, zone) for mark in strip.marks],
            "spans": [_span(strip, span) for span in strip.stretches],
            "legend": [{"kind": kind, "sign": SIGNS[kind][0], "words": _(SIGNS[kind][1])} for kind in kinds],
        },
    )


def _mark(strip: Strip, mark: Mark, zone: str) -> dict[str, Any]:
    sign = SIGNS[mark.sign][0]
    return {
        "kind": mark.sign,
        "sign": sign,
        "place": strip.share(mark.at),
        "title": f"{_name(mark)} · {local(mark.at, zone)}",
    }


def _name(mark: Mark) -> str:
    if mark.is_first:
        return _(FIRST)
    return did(mark.action) if mark.action else _(SIGNS[mark.sign][1])


def _span(strip: Strip, span: Stretch) -> dict[str, Any]:
    begin = strip.share(span.begin)
    words = duration(span.seconds)
    title = _("waited for {time}", time=words) if span.is_wait else _("nothing for {time}", time=words)
    return {
        "kind": "wait" if span.is_wait else "gap",
        "from": begin,
        "width": strip.share(span.end) - begin,
        "words": words,
        "title": title,
    }


def _label(strip: Strip, zone: str) -> str:
    """The strip for whom cannot see it: its ends, the first response, the longest silence, what is counted."""
    first = next((mark.at for mark in strip.marks if mark.is_first), None)
    told = [_("From {begin} to {end}", begin=local(strip.begin, zone), end=local(strip.end, zone))]
    told.append(_("no answer of a person yet") if first is None else
                _("first response after {time}", time=_apart(strip.begin, first)))  # fmt: skip
    gaps = [span.seconds for span in strip.stretches if not span.is_wait]
    if gaps:
        told.append(_("the longest silence was {time}", time=duration(max(gaps))))
    there = {mark.sign for mark in strip.marks}
    told += [_(SIGNS[sign][1]) for sign in COUNTED if sign in there]
    return listed(told)


def _apart(begin: datetime, end: datetime) -> str:
    return duration((end - begin).total_seconds())
