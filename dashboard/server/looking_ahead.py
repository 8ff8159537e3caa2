"""The forecast of what has come is made while the server runs, so that nobody who opens a plan waits for it."""

from dashboard.desk import Desk
from dashboard.people import SERVER
from dashboard.services.staffing.ahead import look_ahead_apart, state_of

_SEEN: dict[str, str] = {}
"""The state of each desk's data, agreements and events whose forecast was asked for last."""


def look_ahead_of_new(desk: Desk) -> None:
    """Have the forecast made, in a process, where the desk's state is another than the one seen before."""
    root, state = str(desk.root), state_of(SERVER, desk)
    if state is not None and state != _SEEN.get(root):
        look_ahead_apart(SERVER, desk)
        _SEEN[root] = state
