"""What a reminder says. It names tickets, times and people of the desk, and nothing that a customer wrote."""

import hashlib
from collections.abc import Iterable, Sequence

from dashboard.format import duration
from dashboard.sending import Message
from dashboard.services.triage.meeting_words import moment
from dashboard.triage.reminders import Wanted
from dashboard.wording import N_, _, share

LINES_AT_MOST = 40
_ONE = N_("Reminder: {ticket} has used {share} of its time")
_MANY = N_("Reminder: {n} tickets, {late} of them late")


def message(told: Sequence[Wanted], claims: Iterable[int], *, zone: str, address: str) -> Message:
    """One message about all of these; a clock that came to several steps is told once, as it stands now."""
    clocks = {one.running.clock_id: one for one in told}
    ranked = sorted(clocks.values(), key=lambda one: (not one.running.item.is_pressing, -one.running.share))
    lines = [_line(one, zone) for one in ranked[:LINES_AT_MOST]]
    if len(ranked) > LINES_AT_MOST:
        lines.append(_("and {n} more", n=len(ranked) - LINES_AT_MOST))
    if address:
        lines += ["", address]
    return Message(_id(claims), _subject(ranked), "\n".join(lines))


def _subject(ranked: Sequence[Wanted]) -> str:
    if len(ranked) == 1:
        running = ranked[0].running
        return _(_ONE, ticket=_("Ticket {id}", id=running.item.ticket_id), share=share(running.share, digits=0))
    late = sum(one.running.share >= 1 for one in ranked)
    return _(_MANY, n=len(ranked), late=late)


def _line(one: Wanted, zone: str) -> str:
    running, item = one.running, one.running.item
    said = [
        _("complaint") if item.is_complaint else _(f"value.priority.{item.priority}") if item.priority else "",
        _("Ticket {id}", id=item.ticket_id),
        _(f"triage.clock.{running.kind}"),
        _("{share} of {length}, due {time}", share=share(running.share, digits=0),
          length=duration(running.target_seconds), time=moment(running.due_at, zone)),
        item.owner or _("nobody has it"),
        item.team or "",
    ]  # fmt: skip
    return " · ".join(filter(None, said))


def _id(claims: Iterable[int]) -> str:
    """The same for the same claims, so that a mailbox shows a message once that had to be tried twice."""
    return "reminder-" + hashlib.sha256(repr(sorted(claims)).encode()).hexdigest()[:24]
