"""Which tickets a person's figures and pages are made of: those of his role's reach, and none without a reason."""

from dataclasses import dataclass, field, replace

from dashboard.people.actor import Actor
from dashboard.people.policy import Act, Reach, reach
from metrics.credited import asked_of, belonging, credited
from metrics.facts import Facts
from metrics.model import Scope
from metrics.selection import Where, narrowed

PERSON = "agent"


@dataclass(frozen=True)
class Permission:
    """What a reader may see: the tickets that `where` describes; all of them without any filter."""

    where: Where = field(default_factory=dict)

    @property
    def is_everything(self) -> bool:
        return not self.where

    @property
    def is_nothing(self) -> bool:
        """Whether no desk could have a ticket for this reader, as he has no team or no name in the tickets."""
        return any(not values for values in self.where.values())

    def figures(self, facts: Facts) -> Facts:
        """The facts that his figures are made of; a person's own are what he is credited with."""
        people = [name for name in self.where.get(PERSON, ()) if name is not None]
        if PERSON not in self.where:
            return facts if self.is_everything else narrowed(facts, self.where)
        rest = {name: values for name, values in self.where.items() if name != PERSON}
        return credited(narrowed(facts, rest), people)

    def tickets(self, facts: Facts) -> Facts:
        """The facts of the tickets that he may read."""
        return facts if self.is_everything else belonging(facts, self.where)

    def covers(self, where: Where) -> bool:
        """Whether what these filters describe is the reader's to know of: they name nobody beyond his own."""
        return all(set(where.get(name, ())) <= set(values) for name, values in self.where.items())

    def asked(self, scope: Scope) -> Scope:
        """What is asked of his figures; where they are those of a person, of nobody else's part in the tickets."""
        people = [name for name in self.where.get(PERSON, ()) if name is not None]
        return replace(scope, where=asked_of(scope.where, people)) if PERSON in self.where else scope

    def offered(self, name: str, values: tuple[str | None, ...]) -> tuple[str | None, ...]:
        """Of these values of a dimension those that a filter of his can ask for."""
        return tuple(value for value in values if name not in self.where or value in self.where[name])


EVERYTHING = Permission()
NOTHING = Permission({"team": ()})


def permission_of(actor: Actor, act: Act = Act.SEE_FIGURES) -> Permission:
    """The tickets over which this person's role lets him do that. Whoever has no team or no name there has none."""
    match reach(actor, act):
        case Reach.ALL:
            return EVERYTHING
        case Reach.TEAMS:
            return Permission({"team": tuple(sorted(filter(None, actor.teams)))})
        case Reach.OWN:
            return Permission({PERSON: tuple(sorted({actor.agent, *actor.also})) if actor.agent else ()})
        case _:
            return NOTHING
