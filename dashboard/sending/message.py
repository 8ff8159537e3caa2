"""A message, and the one way in which sending it fails."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Message:
    """What is to be read: a line and plain text. It never holds what customers wrote.

    id: the same whenever the same message is tried again, so that a mailbox shows it once. markdown: the same words
    for those who read them set. attached: goes with a mail; a group's robot takes none.
    """

    id: str
    subject: str
    text: str
    markdown: str | None = None
    attached: Attachment | None = None

    @property
    def line(self) -> str:
        """The subject in one line, whatever names stand in it."""
        return " ".join(self.subject.split())


class NotSent(Exception):
    """The message was not taken, in the words of whoever refused it. Secrets are never among them."""


class Unreachable(NotSent):
    """Nobody was there to take it, so that nothing was handed over."""


class Uncertain(NotSent):
    """The connection ended while it was handed over, so that it may have been taken."""
