"""The commands over escalated tickets: triage list, show, check, next, and one for each act."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands.common import Failure, data_option, desk_of, instant, refusals

if TYPE_CHECKING:
    from collections.abc import Callable

    from dashboard.desk import Desk
    from dashboard.triage.items import Item

PARTS = ("open", "snoozed", "resolved", "closed")
WAITED_FOR = ("customer", "third_party", "internal")
json_option = click.option("--json", "as_json", is_flag=True, help="As JSON.")
at_option = click.option("--at", "at", metavar="INSTANT", help="As if it were then (ISO 8601); now otherwise.")


@click.group()
def triage() -> None:
    """Escalated tickets: the queue, its clocks, and what is done with them."""


@triage.command("check")
@click.option("--as-of", "as_of", metavar="INSTANT", help="Look at the data as they stood then.")
@at_option
@data_option
@click.pass_context
def check(context: click.Context, /, as_of: str | None, at: str | None, data: Path | None) -> None:
    """Let the rules look at the data, and time pass; opens an item for each ticket that they find, once."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.triage.running import evaluate, tick

    with refusals():
        desk = desk_of(context, data)
        done = evaluate(COMMAND_LINE, desk, as_of=_instant(as_of), at=_instant(at))
        passed = tick(COMMAND_LINE, desk, at=_instant(at))
    click.echo(json.dumps({**asdict(done), **asdict(passed)}))


@triage.command("list")
@click.option("--part", "parts", type=click.Choice(PARTS), multiple=True, default=("open",), show_default=True)
@click.option("--search", help="Only what has this in its number, owner, team, agent or type.")
@json_option
@at_option
@data_option
@click.pass_context
def list_items(
    context: click.Context, /, parts: tuple[Any, ...], search: str | None, as_json: bool, at: str | None,
    data: Path | None,
) -> None:  # fmt: skip
    """The queue in its order, each row with why it stands where it stands."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.triage.queue import queue
    from dashboard.triage.sentences import why_sentence

    with refusals():
        found = queue(COMMAND_LINE, desk_of(context, data), at=_instant(at), include=parts, search=search)
        rows = [{**row, "sentence": why_sentence(row)} for row in found.iter_rows(named=True)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=_plain))
        return
    for row in rows:
        who = row["owner"] or "-"
        told = (
            f"{row['id']:>6} v{row['version']:<3} {row['state']:<12} t{row['tier']} {row['source']}/{row['ticket_id']}"
        )
        click.echo(f"{told}  {who}  {row['sentence']}")
    if not rows:
        click.echo("Nothing is waiting here.", err=True)


@triage.command("show")
@click.argument("item_id", metavar="ITEM", type=int)
@data_option
@click.pass_context
def show(context: click.Context, /, item_id: int, data: Path | None) -> None:
    """Everything that is known of one item, as JSON: its causes, clocks, notes and history."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.triage import queue as reading

    with refusals():
        desk = desk_of(context, data)
        asked = (COMMAND_LINE, desk, item_id)
        told = {
            "item": asdict(reading.item(*asked)),
            "causes": [{**asdict(one), "values": dict(one.values)} for one in reading.causes(*asked)],
            "clocks": [asdict(one) for one in reading.clocks(*asked)],
            "notes": [asdict(one) for one in reading.notes(*asked)],
            "history": [asdict(one) for one in reading.history(*asked)],
        }
    click.echo(json.dumps(told, ensure_ascii=False, indent=2, default=_plain))


@triage.command("next")
@json_option
@at_option
@data_option
@click.pass_context
def claim_next(context: click.Context, /, as_json: bool, at: str | None, data: Path | None) -> None:
    """Take the first item of the queue that nobody has."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.triage import many as triage_many

    with refusals():
        taken = triage_many.claim_next(COMMAND_LINE, desk_of(context, data), at=_instant(at))
    if taken is None:
        raise Failure("Nothing is waiting that nobody has.")
    _told(taken, as_json=as_json)


def _act(name: str, help: str, *options: Callable[[Any], Any]) -> None:
    """A command that does one act with one item, by the service of the same name."""

    def run(
        context: click.Context, /, item_id: int, version: int | None, as_json: bool, at: str | None, data: Path | None,
        **what: Any,
    ) -> None:  # fmt: skip
        with refusals():
            desk = desk_of(context, data)
            done = _service(name)(_actor(), desk, item_id, version or _version(desk, item_id), at=_instant(at),
                                  **_read(what))  # fmt: skip
        _told(done, as_json=as_json)

    command: Any = click.pass_context(run)
    for option in (*options, json_option, at_option, data_option):
        command = option(command)
    seen = click.option("--version", type=int, help="The version that was looked at; the present one otherwise.")
    command = click.argument("item_id", metavar="ITEM", type=int)(seen(command))
    triage.command(name, help=help)(command)


def _service(name: str) -> Callable[..., Item]:
    from dashboard.services.triage import acts
    from dashboard.services.triage import many as triage_many

    found: Callable[..., Item] = getattr(acts, name, None) or getattr(triage_many, name)
    return found


def _actor() -> Any:
    from dashboard.people import COMMAND_LINE

    return COMMAND_LINE


def _version(desk: Desk, item_id: int) -> int:
    from dashboard.services.triage.queue import item

    return item(_actor(), desk, item_id).version


def _read(what: dict[str, Any]) -> dict[str, Any]:
    """The options as the services take them: instants read, the parts of a hand-over put together."""
    from dashboard.triage.items import HandOver

    known = {name: value for name, value in what.items() if value is not None}
    for name in ("until", "next_update_at", "promised_at"):
        if name in known:
            known[name] = _instant(known[name])
    if "tried" in known:
        note = HandOver(known.pop("tried"), known.pop("told"), known.pop("promised"), known.pop("promised_at", None))
        known["note"] = note
    return known


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    read = instant(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _told(item: Item, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(item), ensure_ascii=False, indent=2, default=_plain))
        return
    owner = f", {item.owner}" if item.owner else ""
    click.echo(f"{item.id} v{item.version} {item.state}, tier {item.tier}{owner}")


def _option(flag: str, help: str, *, needed: bool = True, **more: Any) -> Callable[[Any], Any]:
    return click.option(flag, required=needed, help=help, **more)


_act("acknowledge", "Take an item.")
_act("assign", "Give an item to somebody.", _option("--owner", "By the name that the tickets know."))
_act("start", "Begin, or go on after waiting.")
_act("wait", "Wait for somebody until the next update.",
     click.option("--for", "waiting_for", required=True, type=click.Choice(WAITED_FOR), help="For whom."),
     click.option("--until", "next_update_at", required=True, metavar="INSTANT", help="When the next update is."),
     )  # fmt: skip
_act("snooze", "Put an item off; it comes back then, or when the customer writes.",
     _option("--until", "Until when.", metavar="INSTANT"))  # fmt: skip
_act("wake", "Let an item that was put off come back at once.")
_act("tell", "Note what the customer was told.", _option("--told", "What."),
     _option("--promised", "What is promised next.", needed=False),
     _option("--promised-at", "By when.", needed=False, metavar="INSTANT"))  # fmt: skip
_act("escalate", "Raise an item to the next tier with a note.", _option("--tried", "What was tried."),
     _option("--told", "What the customer was told."), _option("--promised", "What is promised next."),
     _option("--promised-at", "By when.", needed=False, metavar="INSTANT"),
     _option("--owner", "Who is to have it there.", needed=False))  # fmt: skip
_act("resolve", "Say what was decided and why it came so far.", _option("--decision", "A code, such as answered."),
     _option("--reason", "A code, such as process."))  # fmt: skip
_act("close", "End an item that is resolved.")
_act("reopen", "Bring back what was resolved or closed.")
_act("merge", "Let an item end as a part of another open one.", _option("--into", "Which one.", type=int))
_act("undo", "Take back the newest act, where it was one's own.")
