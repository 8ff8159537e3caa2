"""The language in which a person last chose to read: his pages open in it, and what he is sent is written in it."""

from dashboard.desk import Desk
from dashboard.people.actor import Actor
from dashboard.people.audit import record
from dashboard.people.policy import Act, needs
from dashboard.store import Person
from dashboard.wording import LANGUAGES, Language


@needs(Act.KEEP_OWN_ACCOUNT)
def own_language(actor: Actor, desk: Desk) -> Language | None:
    """What this person has chosen; None where he has not, or has no account."""
    if actor.id is None:
        return None
    with desk.reading() as session:
        person = session.get(Person, actor.id)
        kept = person.language if person is not None else None
    return next((language for language in LANGUAGES if language == kept), None)


@needs(Act.KEEP_OWN_ACCOUNT)
def keep_own_language(actor: Actor, desk: Desk, language: Language) -> None:
    """Remember a person's choice; nothing is kept of one without an account, whose browser remembers it."""
    if actor.id is None or own_language(actor, desk) == language:
        return
    with desk.keeping() as session:
        session.get_one(Person, actor.id).language = language
        record(session, actor, "people.language", f"person:{actor.id}", {"language": language})
