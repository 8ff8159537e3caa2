"""What is said of questions that return, and their numbers as tables that people read."""

import polars as pl

from dashboard.charts.ratios import times_text
from dashboard.format import NOTHING, count, dimension, duration, value_name
from dashboard.services.analysis.repeated_questions import LEAST_TICKETS, Articles, Questions, savings
from dashboard.wording import _, number, share

EXAMPLE_LENGTH = 200


def questions_title(found: Questions) -> str:
    """How much of all tickets the questions that return make."""
    if found.table.is_empty():
        return _("No question returns at least {n} times in these days", n=LEAST_TICKETS)
    return _(
        "The {n} most frequent questions make {share} of the tickets",
        n=count(found.table.height), share=share(found.repeated / max(found.read, 1), digits=0),
    )  # fmt: skip


def questions_notes(found: Questions) -> str:
    """What was read and how texts were held to be alike."""
    notes = [
        _("First message of each ticket, else its subject · {n} of {all} tickets say enough to be compared · alike is "
          "what shares most of its characters or words, numbers, products and courtesies left out",
          n=count(found.with_text), all=count(found.read)),
    ]  # fmt: skip
    if found.left_out:
        notes.append(_("Only the newest are read; {n} older tickets are left out.", n=count(found.left_out)))
    if found.spans is None:
        notes.append(_("Growth is not told: there is too little past, or too much to read at once."))
    return "  \n".join(notes)


def questions_table(found: Questions) -> pl.DataFrame:
    """One row per question: its example as it was written, and the catalogue's figures of its tickets."""
    rows = found.table
    return pl.DataFrame(
        {
            _("Question, as one customer wrote it"): rows["example"].str.slice(0, EXAMPLE_LENGTH),
            _("Tickets"): rows["n"],
            _("Tickets a week"): [number(value, digits=1) for value in rows["per_week"]],
            _("Growth"): [_growth(row) for row in rows.select("ratio", "is_growing").iter_rows(named=True)],
            _("First response, median"): [duration(value) for value in rows["first_response"]],
            _("First contact resolution"): [
                NOTHING if value is None else share(value, digits=0) for value in rows["fcr"]
            ],
            _("Replies a ticket"): [
                NOTHING if replies is None else number(replies / n, digits=1)
                for replies, n in rows.select("replies", "n").iter_rows()
            ],
            _("Elapsed, median"): [duration(value) for value in rows["cycle_calendar"]],
            dimension("type"): [_most("type", *pair) for pair in rows.select("type", "type_share").iter_rows()],
            dimension("product"): [
                _most("product", *pair) for pair in rows.select("product", "product_share").iter_rows()
            ],
        }
    )  # fmt: skip


def _growth(row: dict[str, object]) -> str:
    """How many times as often as before; an arrow only where that is more than noise."""
    if row["is_growing"] is None:
        return NOTHING
    ratio = row["ratio"]
    times = _("new") if ratio is None else times_text(float(str(ratio)))
    return f"▲ {times}" if row["is_growing"] else times


def _most(name: str, value: str | None, part: float | None) -> str | None:
    if value is None or part is None:
        return None
    return f"{value_name(name, value)} ({share(part, digits=0)})"


def saved(found: Questions, assumed: Articles) -> tuple[float, float | None]:
    """Tickets a week that stay away with these articles, and replies, None where none are known."""
    each = savings(found, assumed)
    replies = [one.replies for one in each if one.replies is not None]
    return sum(one.tickets for one in each), sum(replies) if replies else None


def saving_title(tickets: float, replies: float | None, *, articles: int) -> str:
    """What the articles would keep away."""
    told = {"n": articles, "tickets": number(tickets, digits=0), "replies": number(replies or 0, digits=0)}
    if replies is None:
        return _("Articles on the first {n} questions would save about {tickets} tickets a week", **told)
    return _(
        "Articles on the first {n} questions would save about {tickets} tickets and {replies} replies a week", **told
    )


def saving_table(found: Questions, assumed: Articles) -> pl.DataFrame:
    """One row per article, what it would save each week."""
    rows, each = found.table.head(assumed.n), savings(found, assumed)
    columns: dict[str, object] = {
        _("Question, as one customer wrote it"): rows["example"].str.slice(0, EXAMPLE_LENGTH),
        _("Tickets a week"): [number(value, digits=1) for value in rows["per_week"]],
        _("Tickets saved a week"): [number(one.tickets, digits=1) for one in each],
        _("Replies saved a week"): [NOTHING if one.replies is None else number(one.replies, digits=1) for one in each],
    }
    if assumed.minutes_a_reply is not None:
        times = [None if one.minutes is None else one.minutes * 60 for one in each]
        columns[_("Time saved a week")] = [duration(time) for time in times]
    return pl.DataFrame(columns)
