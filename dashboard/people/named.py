"""What those are called who do something and have no account: this computer, the command line, the server."""

from dashboard.people.actor import COMMAND_LINE, ONE_PERSON, SERVER
from dashboard.wording import N_, _

OURSELVES = {
    ONE_PERSON.name: N_("this computer"), COMMAND_LINE.name: N_("command line"), SERVER.name: N_("server"),
}  # fmt: skip


def called(name: str) -> str:
    """A person by the name that he has; who is none, in the reader's language."""
    return _(OURSELVES[name]) if name in OURSELVES else name
