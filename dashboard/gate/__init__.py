"""What stands between the network and the pages: nothing passes without a live session."""

from dashboard.gate.middleware import Gate
from dashboard.gate.paths import SESSION_HEADER
from dashboard.gate.routes import routes

__all__ = ["SESSION_HEADER", "Gate", "routes"]
