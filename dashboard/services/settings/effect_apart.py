"""Works the effect of a change of settings out in a process of its own, beside the server's readers."""

from datetime import date
from pathlib import Path
from typing import Any

from dashboard.desk import Desk, open_desk
from dashboard.people import COMMAND_LINE, Act, Actor, needs
from dashboard.services.facts.apart import answer_apart, ask_apart
from dashboard.services.settings.effects import Effect, demand_possible, effect
from dashboard.settings import AppSettings
from loaders.base import OnProgress, silent
from metrics.errors import ActionableError
from metrics.words import N_

_FAILED = N_("What the change would do could not be worked out. It can be saved all the same; or try again.")


class EffectError(ActionableError):
    """The effect of a change could not be worked out."""


@needs(Act.CHANGE_SETTINGS)
def effect_apart(
    actor: Actor, desk: Desk, text: str, since: date, *, zone: str | None = None, on_progress: OnProgress = silent
) -> Effect | None:
    """As `effects.effect`, in a child process. Raises SettingsError, and EffectError where the process fails."""
    demand_possible(actor, desk, text, since, zone)
    asked = {"root": str(desk.root), "text": text, "since": since.isoformat(), "zone": zone}
    told = ask_apart(__name__, asked, on_progress=on_progress)
    if told is None:
        raise EffectError(_FAILED)
    return Effect.of_json(told["effect"]) if told["effect"] else None


def _effect(asked: dict[str, Any], on_progress: OnProgress) -> dict[str, Any]:
    desk = open_desk(Path(asked["root"]), database=AppSettings.from_environment().database)
    found = effect(
        COMMAND_LINE, desk, asked["text"], date.fromisoformat(asked["since"]), zone=asked["zone"],
        on_progress=on_progress,
    )  # fmt: skip
    return {"effect": found.to_json() if found else None}


if __name__ == "__main__":
    answer_apart(_effect)
