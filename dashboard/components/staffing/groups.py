"""Queues by groups of types in words: how large each is, and which are planned with the rest of their channel."""

import polars as pl

from dashboard import data
from dashboard.components.staffing.words import queue_name
from dashboard.components.text import plain
from dashboard.services.staffing import page as staffing_page
from dashboard.wording import _, number
from metrics.model import Scope
from metrics.staffing.groups import LEAST_A_DAY, Size


def _sizes() -> tuple[Size, ...]:
    return data.agreed_answer(staffing_page.queue_sizes, Scope())


def sizes_table() -> pl.DataFrame:
    """Every queue with its requests a day over the last eight weeks."""
    found = _sizes()
    return pl.DataFrame(
        {
            _("Queue"): [queue_name(one.queue) for one in found],
            _("Requests a day, last 8 weeks"): [number(one.a_day, digits=1) for one in found],
            _("Planned"): [_("with its channel") if one.is_small else _("apart") for one in found],
        }
    )


def small_words() -> list[str]:
    """A sentence for each group that is too small for a queue of its own."""
    return [
        _(
            "{queue}: {n} requests a day; a group of fewer than {least} is planned with the rest of its channel, as "
            "its hours would be noise.",
            queue=plain(queue_name(one.queue)),
            n=number(one.a_day, digits=1),
            least=number(LEAST_A_DAY),
        )
        for one in _sizes()
        if one.is_small
    ]
