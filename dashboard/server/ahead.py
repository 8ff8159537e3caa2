"""What the first page asks, answered while its first visitor's browser is still on the way."""

import logging

from dashboard import data
from dashboard.components.staffing.read import held_yesterday, plan_today
from dashboard.scope import usual
from dashboard.services.analysis.first_contact import first_contacts
from dashboard.services.analysis.standup_more import this_morning
from metrics.errors import ActionableError

_LOG = logging.getLogger(__name__)


def answer_first_page() -> None:
    """Make the answers of the stand-up as somebody asks who may see the whole desk and comes without a filter.

    On a desk with accounts nobody is known yet, so only its facts are read ahead.
    """
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
        _LOG.info("nothing could be answered ahead; the page tells why", exc_info=True)
