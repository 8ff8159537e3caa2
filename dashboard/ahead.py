"""What the first page asks, looked up while its first visitor's browser is still on the way."""

import logging
from threading import Thread

from dashboard.state import newest_head, own_root, whole_of
from metrics.errors import ActionableError

_log = logging.getLogger(__name__)


def begin_to_read() -> None:
    """Let the facts be on their way while the rest of the program is imported; whoever asks waits for this reading."""
    Thread(target=_read, name="read-ahead", daemon=True).start()


def _read() -> None:
    try:
        if (found := newest_head(own_root())) is not None:
            whole_of(found)
    except (ActionableError, OSError):
        _log.info("nothing could be read ahead; the page tells why", exc_info=True)


def answer_first_page() -> None:
    """Make the answers of the stand-up as somebody asks who may see the whole desk and comes without a filter.

    On a desk with accounts nobody is known yet, so only its facts are read ahead.
    """
    from dashboard import data
    from dashboard.components.staffing.read import held_yesterday, plan_today
    from dashboard.scope import usual
    from dashboard.services.analysis.first_contact import first_contacts
    from dashboard.services.analysis.standup_more import this_morning

    try:
        if not data.has_data() or not data.permission().is_everything:
            return
        asked = usual(data.choices())
        found = data.stand_up(asked, data.morning())
        data.agreed_answer(first_contacts, asked)
        data.agreed_answer(this_morning, asked, days=found.days)
        plan_today()
        held_yesterday()
    except (ActionableError, OSError):
        _log.info("nothing could be answered ahead; the page tells why", exc_info=True)
