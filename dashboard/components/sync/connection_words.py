"""How connections and their runs are told."""

from dashboard.components.text import plain
from dashboard.format import count, local
from dashboard.services.sync.runs import Run
from dashboard.wording import N_, _

STATES = {
    "running": N_("reading"), "done": N_("read to the end"), "failed": N_("not read to the end"),
    "ended": N_("ended from outside"),
}  # fmt: skip
NEVER = N_("Not read yet. Press “Read now”, or choose how often it is read by itself.")
NOTHING_TAKEN = N_("No file was taken yet. Drop an export into the folder; it is loaded within some seconds.")
NEXT_FAILED = N_("What was loaded stays. Read again once the cause is mended; it goes on from there.")
NEXT_ENDED = N_("The run was ended from outside. Read again; it goes on where the last load ended.")


def went(run: Run, zone: str) -> str:
    """One line: when, and what it did."""
    counts = run.counts
    parts = [
        f"{local(run.started_at, zone)} · {_(STATES[run.state])}",
        _("{n} records", n=count(counts.get("records", 0))),
        _("{n} new tickets", n=count(counts.get("inserted", 0))),
        _("{n} changed", n=count(counts.get("updated", 0))),
    ]
    if counts.get("removed"):
        parts.append(_("{n} deleted", n=count(counts["removed"])))
    if counts.get("rejected"):
        parts.append(_("{n} rows set aside", n=count(counts["rejected"])))
    if counts.get("again"):
        parts.append(_("{n} questions asked again", n=count(counts["again"])))
    return " · ".join(parts)


def said(run: Run) -> list[str]:
    """The sentences of a run in the reader's language."""
    told = ((one["template"], one["params"]) for one in run.told)
    return [plain(_(template, **params)) for template, params in told]
