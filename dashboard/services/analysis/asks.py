"""What a chart has asked for, so that anybody can ask the same again: at the command line, in a test."""

import shlex
from dataclasses import dataclass

from metrics.model import Every, Scope


@dataclass(frozen=True)
class Ask:
    """Metrics by id over a scope, split and by period, as `metrics.compute` is asked."""

    ids: tuple[str, ...]
    scope: Scope
    by: tuple[str, ...] = ()
    every: Every | None = None


def as_arguments(ask: Ask) -> list[str]:
    """The arguments of `floorwalker` that print the same figures."""
    options = [] if not ask.by else ["--by", ",".join(ask.by)]
    options += [] if ask.every is None else ["--every", ask.every]
    if ask.scope.period is not None:
        options += ["--from", ask.scope.period.start.isoformat(), "--to", ask.scope.period.end.isoformat()]
    for name, values in ask.scope.where.items():
        options += [part for value in values for part in ("--where", f"{name}={value or ''}")]
    if ask.scope.as_of is not None:
        options += ["--as-of", ask.scope.as_of.isoformat()]
    return ["show", *ask.ids, *options]


def as_command(ask: Ask) -> str:
    """The command line that prints the same figures, quoted for a shell."""
    return shlex.join(["floorwalker", *as_arguments(ask)])
