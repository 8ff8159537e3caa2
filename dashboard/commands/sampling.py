"""The command of spot-check samples: plans, draws, making a draw again, its certificate."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.commands.common import Failure, data_option, day, desk_of, filters_of, refusals, spoken, write

if TYPE_CHECKING:
    from dashboard.quality.draws import Draw
    from dashboard.services.quality.draws import Rerun

json_option = click.option("--json", "as_json", is_flag=True, help="As JSON.")


@click.group()
def sample() -> None:
    """Samples for spot-checks: plans, draws, certificates."""


@sample.command("plan")
@click.argument("name")
@click.option("--share", type=float, help="The share of each team's conversations.  [default: 0.1]")
@click.option("--minimum", type=int, help="At least so many of each team.  [default: 20]")
@click.option("--per-agent", type=int, help="A plan for coaching: so many of every agent.")
@click.option("--floor", type=int, help="Each agent at least so many a week, beside the share; 0: no more.")
@click.option("--complaints", type=int, help="All complaints of a team, where there are no more.  [default: 10]")
@click.option("--due", type=int, help="Within so many hours each is to be read.  [default: 48]")
@click.option("--cycle", type=click.Choice(["day", "week"]), help="How long a window is.")
@click.option("--twice", type=float, help="The share that a second inspector reads, too.  [default: 0.08]")
@click.option("--inspector", "inspectors", multiple=True, metavar="ACCOUNT", help="Who reads; may be repeated.")
@click.option("--where", "where", multiple=True, metavar="DIM=VALUE", help="Only these; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Only say what it would draw.")
@json_option
@data_option
@click.pass_context
def plan(
    context: click.Context, /, name: str, share: float | None, minimum: int | None, per_agent: int | None,
    floor: int | None, complaints: int | None, due: int | None, cycle: str | None, twice: float | None,
    inspectors: tuple[str, ...], where: tuple[str, ...],
    dry_run: bool, as_json: bool, data: Path | None,
) -> None:  # fmt: skip
    """Keep a plan, or the next version of it; say what load it is and how exact the share becomes."""
    from dataclasses import replace

    from dashboard.people import COMMAND_LINE
    from dashboard.quality.plans import Plan
    from dashboard.services.quality import sampling_plans

    with refusals():
        desk = desk_of(context, data)
        known = {one.name: one for one in sampling_plans.plans(COMMAND_LINE, desk, retired=True)}
        before = known.get(name.strip(), Plan(name, purpose="coaching" if per_agent else "rate"))
        given: dict[str, Any] = {"share": share, "minimum": minimum, "all_up_to": complaints}
        allocation = replace(before.allocation, **{key: value for key, value in given.items() if value is not None})
        said: dict[str, Any] = {
            "cycle": cycle, "due_hours": due, "double_share": twice, "inspectors": inspectors or None,
            "min_per_agent": per_agent if floor is None else floor,
            "where": {key: tuple(filter(None, values)) for key, values in filters_of(where).items()} or None,
        }  # fmt: skip
        changed = {key: value for key, value in said.items() if value is not None}
        wanted = replace(before, allocation=allocation, **changed)
        seen = sampling_plans.preview(COMMAND_LINE, desk, wanted)
        if not dry_run:
            wanted = sampling_plans.save_plan(COMMAND_LINE, desk, wanted, expected_number=before.number)
    told = {
        "plan": wanted.name, "version": wanted.number, "conversations": seen.conversations, "drawn": seen.drawn,
        "reviews": seen.reviews, "minutes": seen.minutes, "reviews_each": seen.each, "plus_minus_once": seen.in_one,
        "plus_minus_after_weeks": dict(seen.half_widths),
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    of = f"{seen.drawn:.0f} of {seen.conversations:.0f} conversations a {wanted.cycle}"
    click.echo(f"{wanted.name} v{wanted.number}: {of}, {seen.reviews:.0f} reviews, {seen.minutes / 60:.1f} hours")
    after = {1: "1 week"} | {count: f"{count} weeks" for count in seen.half_widths if count > 1}
    weeks = ", ".join(f"{half:.1%} after {after[count]}" for count, half in seen.half_widths.items())
    click.echo(f"95 % interval: ± {seen.in_one:.1%} after one draw, ± {weeks}")


@sample.command("plans")
@data_option
@click.pass_context
def list_plans(context: click.Context, /, data: Path | None) -> None:
    """The plans by which can be drawn."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.quality import sampling_plans

    with refusals():
        found = sampling_plans.plans(COMMAND_LINE, desk_of(context, data))
    for one in found:
        click.echo(f"{one.name}  v{one.number}  {one.purpose}  every {one.cycle}  by {one.made_by}")


@sample.command("draw")
@click.argument("name", metavar="PLAN")
@click.option("--day", "on", metavar="DAY", help="The day, or a day of the week; the newest that is over if not given.")
@click.option("--again", metavar="REASON", help="Draw a window anew, in the place of the draw that it has.")
@json_option
@data_option
@click.pass_context
def draw(
    context: click.Context, /, name: str, on: str | None, again: str | None, as_json: bool, data: Path | None
) -> None:
    """Draw the conversations that are read."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.quality import draws

    with refusals():
        made = draws.draw(COMMAND_LINE, desk_of(context, data), name, day=day(on) if on else None, reason=again)
    _told(made, as_json=as_json)


@sample.command("draws")
@data_option
@click.pass_context
def list_draws(context: click.Context, /, data: Path | None) -> None:
    """Every draw, the newest window first."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.quality import draws

    with refusals():
        found = draws.draws(COMMAND_LINE, desk_of(context, data))
    for one in found:
        _told(one, as_json=False)


@sample.command("extend")
@click.argument("draw_id", metavar="DRAW", type=int)
@click.argument("more", metavar="STRATUM=COUNT", nargs=-1, required=True)
@json_option
@data_option
@click.pass_context
def extend(context: click.Context, /, draw_id: int, more: tuple[str, ...], as_json: bool, data: Path | None) -> None:
    """Read more of some strata; what was drawn before stays."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.quality import draws

    with refusals():
        made = draws.extend(COMMAND_LINE, desk_of(context, data), draw_id, _counts(more))
    _told(made, as_json=as_json)


def _counts(more: tuple[str, ...]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in more:
        name, _equals, count = part.rpartition("=")
        if not name or not count.isdecimal():
            raise click.BadParameter(f"STRATUM=COUNT is wanted, such as 'A|rest|chat=5'; found {part!r}")
        found[name] = int(count)
    return found


@sample.command("rerun")
@click.argument("draw_id", metavar="DRAW", type=int)
@click.option("--frame", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The frame of a file.")
@json_option
@data_option
@click.pass_context
def rerun(context: click.Context, /, draw_id: int, frame: Path | None, as_json: bool, data: Path | None) -> None:
    """Make a draw again and compare; exit code 1 where frame or conversations are not the same."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.quality import draws

    with refusals():
        text = None if frame is None else frame.read_bytes()
        found = draws.rerun(COMMAND_LINE, desk_of(context, data), draw_id, frame=text, with_today=frame is None)
    click.echo(json.dumps(_compared(found), ensure_ascii=False, indent=2) if as_json else _sentence(found))
    if not found.is_same:
        raise Failure("The draw is not the same.")


def _compared(found: Rerun) -> dict[str, object]:
    return {
        "draw": found.draw.id, "same": found.is_same, "frame_unchanged": found.is_frame_unchanged,
        "frame_sha256": found.frame_sha256, "stored_sha256": found.draw.frame_sha256, "picked": found.picked,
        "missing": found.missing, "surplus": found.surplus, "joined_since": found.joined, "left_since": found.left,
    }  # fmt: skip


def _sentence(found: Rerun) -> str:
    frame = "unchanged" if found.is_frame_unchanged else "CHANGED"
    told = f"draw {found.draw.id}: frame {frame} ({found.frame_sha256}); {found.picked} conversations picked again, "
    told += f"{len(found.missing)} missing, {len(found.surplus)} too many"
    return (
        told if found.joined is None else f"{told}; since then {found.joined} joined the window and {found.left} left"
    )


@sample.command("certify")
@click.argument("draw_id", metavar="DRAW", type=int)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The workbook (.xlsx).")
@click.option("--frame", type=click.Path(dir_okay=False, path_type=Path), help="Also write the frame (.csv).")
@click.option("--lang", type=click.Choice(["en", "zh-CN"]), help="The language of the workbook.")
@data_option
@click.pass_context
def certify(
    context: click.Context, /, draw_id: int, out: Path, frame: Path | None, lang: str | None, data: Path | None
) -> None:
    """Write the certificate of a draw: how it was made, its strata, every conversation with its probability."""
    from dashboard.people import COMMAND_LINE
    from dashboard.quality.certificate import certificate
    from dashboard.services.quality import draws
    from dashboard.wording import use_language

    with refusals():
        desk = desk_of(context, data)
        use_language(spoken(lang))
        found, units = draws.draw_of(COMMAND_LINE, desk, draw_id)
        write(certificate(found, units, desk.zone() or "UTC"), out)
        if frame is not None:
            write(draws.frame_text(COMMAND_LINE, desk, draw_id), frame)
    click.echo(f"{out}: draw {found.id}, {units.height} of {found.frame_size} conversations")


def _told(one: Draw, *, as_json: bool) -> None:
    if not as_json:
        begin = one.window.start.isoformat()
        click.echo(f"draw {one.id}  {one.plan.name} v{one.plan.number}  from {begin}  {one.drawn} of {one.frame_size}"
                   f"{'  replaced' if one.superseded_by else ''}")  # fmt: skip
        return
    told = {
        "draw": one.id, "plan": one.plan.name, "plan_version": one.plan.number, "from": one.window.start,
        "to": one.window.end, "frame_size": one.frame_size, "frame_sha256": one.frame_sha256, "seed": one.seed,
        "algorithm": one.algorithm, "drawn": one.drawn,
        "strata": [{"stratum": s.name, "size": s.size, "initial": s.initial, "drawn": s.drawn} for s in one.strata],
    }  # fmt: skip
    click.echo(json.dumps(told, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


@sample.command("results")
@click.option("--span", type=click.Choice(["weeks", "month", "quarter"]), default="weeks", show_default=True,
              help="The last four weeks, month or 13 weeks that are over.")  # fmt: skip
@click.option("--plan", "name", metavar="PLAN", help="Of this plan; the one with the most reviews if not given.")
@json_option
@data_option
@click.pass_context
def results(context: click.Context, /, span: Any, name: str | None, as_json: bool, data: Path | None) -> None:
    """The share that passes with its interval, the verdict, and what would settle it."""
    from dashboard.people import COMMAND_LINE
    from dashboard.services.quality import results as quality_results

    with refusals():
        found = quality_results.results(COMMAND_LINE, desk_of(context, data), span=span, plan=name)
    one = found.estimate
    told = {
        "plan": found.plan, "first": found.first.isoformat(), "end": found.end.isoformat(), "target": found.line,
        "value": one.value, "low": one.low, "high": one.high, "reviewed": one.reviewed, "drawn": found.sample.drawn,
        "skipped": found.sample.skipped, "ineligible": found.sample.ineligible, "covered": one.covered,
        "verdict": found.verdict, "more_to_settle": found.more, "next_reviews": found.next,
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif one.value is None or one.low is None or one.high is None:
        click.echo("Nothing has been read of these days.", err=True)
    else:
        more = "" if found.more is None else f"; about {found.more} more reviews would settle it" if found.more else ""
        click.echo(f"{found.plan}, {found.first} to {found.end}: {one.value:.1%} ({one.low:.1%} to {one.high:.1%}) of "
                   f"{one.reviewed} reviews, target {found.line:.0%}: {found.verdict}{more}")  # fmt: skip
