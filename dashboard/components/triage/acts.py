"""What a person does with the items before him: one act, told afterwards with what was refused, and taken back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dashboard import data
from dashboard.components.text import plain
from dashboard.components.triage.read import queue
from dashboard.components.triage.state import (
    Clash,
    Done,
    Said,
    Target,
    clashes,
    close_form,
    done,
    drawn,
    focus_on,
    looked_at,
    place,
    say,
    seen,
    stand,
    targets,
)
from dashboard.components.triage.words import did, item_name, refusal
from dashboard.format import count
from dashboard.language import speak
from dashboard.people.current import current_actor
from dashboard.services.triage import acts as triage
from dashboard.services.triage import many as triage_many
from dashboard.services.triage import queue as triage_queue
from dashboard.services.triage.page import after_leaving
from dashboard.triage.items import Item, Outcome, StaleItem
from dashboard.triage.states import Action
from dashboard.wording import N_, _
from metrics.errors import ActionableError

LEAVING = frozenset({"resolve", "snooze", "close", "merge"})
"""After these the cursor goes on to the next row: its own has left."""
DID = N_("{action}: {ticket}")
DID_MANY = N_("{action}: {n} items")
NOTHING_CHOSEN = N_("Choose an item first: no row is under the cursor.")


def act(action: Action, **what: Any) -> None:
    """Do it with the chosen items, else with the one under the cursor; the callback of every button."""
    speak()
    act_on(action, targets(), what)


def act_on(action: Action, items: Sequence[Target], what: Mapping[str, Any]) -> bool:
    """Do it with these items as the person saw them; whether all of it was done."""
    if not items:
        say(Said(_(NOTHING_CHOSEN)))
        return False
    outcomes = triage_many.bulk(current_actor(), data.desk(), action, items, **what) if len(items) > 1 else (
        _single(action, items[0], what),
    )  # fmt: skip
    _take_in(action, outcomes, what)
    return all(one.error is None for one in outcomes)


def _single(action: Action, target: Target, what: Mapping[str, Any]) -> Outcome:
    do: Callable[..., Item] = triage_many.undo if action == "undo" else getattr(triage, action)
    try:
        return Outcome(target[0], do(current_actor(), data.desk(), *target, **what))
    except ActionableError as error:
        return Outcome(target[0], error=error)


def _take_in(action: Action, outcomes: Sequence[Outcome], what: Mapping[str, Any]) -> None:
    """Tell what was done and what was not, keep what can be taken back, and lead the cursor on."""
    made = [one.item for one in outcomes if one.item is not None]
    refused = [one for one in outcomes if one.error is not None]
    clashes()[:] = [Clash(action, what, one.error) for one in refused if isinstance(one.error, StaleItem)]
    say(_said(action, made, refused))
    if not made:
        return
    now_before_him(made)
    done().append(Done(action, tuple((item.id, item.version) for item in made), _batch(made)))
    stand(chosen=tuple(one.item_id for one in refused))
    if action in LEAVING:
        _lead_on(made)


def now_before_him(items: Sequence[Item]) -> None:
    """Take these items as seen, as they are now."""
    versions = {item.id: item.version for item in items}
    seen().update(versions)
    looked_at().update(versions)


def _batch(made: Sequence[Item]) -> str | None:
    """The number under which a bulk was kept."""
    if len(made) < 2:
        return None
    return triage_queue.history(current_actor(), data.desk(), made[0].id)[0].batch


def _lead_on(made: Sequence[Item]) -> None:
    here, gone = place(), {item.id for item in made}
    if here.at in gone and here.at is not None:
        still = set(queue()["id"].to_list()) - gone
        stand(at=after_leaving(drawn(), here.at, still))
    focus_on("row")


def _said(action: Action, made: Sequence[Item], refused: Sequence[Outcome]) -> Said:
    told = did(action)
    if len(made) == 1:
        text = _(DID, action=told, ticket=plain(item_name(made[0])))
    else:
        text = _(DID_MANY, action=told, n=count(len(made)))
    if refused and not made:
        text = _("Nothing was done.")
    names = dict(queue().select("id", "ticket_id").iter_rows())
    return Said(text, tuple(f"{plain(names.get(one.item_id, ''))}: {plain(refusal(one.error))}"
                            for one in refused if one.error is not None))  # fmt: skip


def act_of_form(action: Action, items: Sequence[Target], what: Mapping[str, Any]) -> None:
    """The same for a form: it stays open, with all that was typed, where nothing was done."""
    speak()
    before = len(done())
    if act_on(action, items, what) or len(done()) > before or clashes():
        close_form()


def insist(clash: Clash) -> None:
    """Do all the same what the other's change had stopped: both values were before the person's eyes."""
    speak()
    item: Item = clash.error.item
    clashes().remove(clash)
    act_on(clash.action, ((item.id, item.version),), clash.what)


def give_way(clash: Clash) -> None:
    """Leave it as the other has made it."""
    speak()
    item: Item = clash.error.item
    clashes().remove(clash)
    now_before_him([item])
    say(Said(_("Left as it is: {ticket}", ticket=plain(item_name(item)))))


def undo() -> None:
    """Take back what this person did last here."""
    speak()
    if not done():
        say(Said(_("There is nothing of yours to take back here.")))
        return
    last = done().pop()
    outcomes = _undone(last)
    refused = [one for one in outcomes if one.error is not None]
    made = [one.item for one in outcomes if one.item is not None]
    now_before_him(made)
    told = _said("undo", made, refused)
    say(told)
    if made:
        stand(at=made[0].id, find=True)


def _undone(last: Done) -> Sequence[Outcome]:
    actor, desk = current_actor(), data.desk()
    if last.batch is None:
        return tuple(_single("undo", one, {}) for one in last.items)
    try:
        return triage_many.undo_batch(actor, desk, last.batch)
    except ActionableError as error:
        return (Outcome(last.items[0][0], error=error),)


def claim_next() -> None:
    """Give the person the first item that nobody has."""
    speak()
    try:
        item = triage_many.claim_next(current_actor(), data.desk())
    except ActionableError as error:
        say(Said(_("Nothing was done."), (plain(refusal(error)),)))
        return
    if item is None:
        say(Said(_("Somebody has taken every item that you may take.")))
        return
    now_before_him([item])
    done().append(Done("acknowledge", ((item.id, item.version),)))
    stand(at=item.id, chosen=(), find=True)
    say(Said(_("Yours now: {ticket}", ticket=plain(item_name(item)))))
    focus_on("row")
