"""The state of a desk that pages show, and the facts of it that all readers' facts are taken from, made once each.

Streamlit is not read here: a server begins to read its facts while it is still starting.
"""

import logging
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread

from dashboard.answers import Answers, asked_of
from dashboard.desk import Desk, open_desk
from dashboard.people.actor import SERVER
from dashboard.people.permission import EVERYTHING, Permission
from dashboard.services.facts import figures
from dashboard.services.staffing.events import events_pulse
from dashboard.settings import AppSettings
from metrics.errors import ActionableError
from metrics.facts import Facts

DESKS_AT_MOST = 4
_DESKS, _WHOLE = Answers(DESKS_AT_MOST), Answers(DESKS_AT_MOST)
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Head:
    """What every cached answer depends on: the desk, its newest ledger entry, zone, agreements, events, the reader.

    may: the tickets that his figures are made of · reads: the tickets that he may open.
    """

    root: str
    load: int
    zone: str | None
    agreements: str | None
    events: str = ""
    may: Permission = EVERYTHING
    reads: Permission = EVERYTHING

    def everybodys(self) -> "Head":
        """The same state of the desk, whoever reads."""
        return replace(self, may=EVERYTHING, reads=EVERYTHING)


def own_root() -> str:
    """The folder of the desk that the server was started for."""
    return str(AppSettings.from_environment().data)


def desk_in(root: str) -> Desk:
    """The desk in a folder, opened once."""
    return _DESKS.of(root, lambda: open_desk(Path(root), database=AppSettings.from_environment().database))


def newest_head(root: str) -> Head | None:
    """The newest state of the desk in a folder, as everybody may see it; None while nothing is loaded."""
    here = desk_in(root)
    newest = here.head()
    if newest is None or newest.as_of is None:
        return None
    return Head(root, newest.id, here.zone(), repr(here.agreement_versions()), events_pulse(SERVER, here))


def whole_of(at: Head) -> Facts:
    """What all readers' facts are taken from; it is handed out to those only who may see all of it."""
    everybodys = at.everybodys()
    return _WHOLE.of(asked_of(everybodys), lambda: figures.facts_of(SERVER, desk_in(everybodys.root)))


def begin_to_read() -> None:
    """Let the facts be on their way while the rest of the program is imported; whoever asks waits for this reading."""
    Thread(target=_read, name="read-ahead", daemon=True).start()


def _read() -> None:
    try:
        if (found := newest_head(own_root())) is not None:
            whole_of(found)
    except (ActionableError, OSError):
        _LOG.info("nothing could be read ahead; the page tells why", exc_info=True)
