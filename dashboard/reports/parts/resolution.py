"""Resolution and first contact: how long, how many, how often again; the four ways to count a first contact."""

from dashboard.format import dimension
from dashboard.reports.content import Content
from dashboard.reports.figures import by_dimension, course, figure_list
from dashboard.reports.model import Chart, Sheet
from dashboard.services.analysis.resolution import FIRST_CONTACT
from dashboard.wording import _
from metrics.families import STATISTICS

RATES = ("tickets_created", "tickets_resolved", "backlog", "resolution_rate", "clearance_rate", "reopen_rate",
         "reopens", "handoffs", "escalation_rate", "closed_without_resolution", "bot_share")  # fmt: skip
THINGS = ("first_resolution", "full_resolution", "cycle_time", "requester_wait")


def resolution(content: Content) -> Sheet:
    """Rates, first contact by four definitions side by side, times on both clocks, by type and team."""
    times = [f"{thing}_{clock}_{name}" for thing in THINGS for clock in ("calendar", "business") for name in STATISTICS]
    windows = ("fcr", *FIRST_CONTACT, "fcr_repeat_1d", "fcr_repeat_3d", "fcr_repeat_14d", "fcr_repeat_30d")
    split = content.known(("resolution_rate", "full_resolution_calendar_p50", "fcr_repeat", "reopen_rate"))
    lines = Chart("line", _("Created, resolved and open at the end of the day"), "period",
                  ("tickets_created", "tickets_resolved"), line="backlog")  # fmt: skip
    note = _("Four ways to count a first contact, side by side; the desk's own is the first. Young tickets may still "
             "change sides: see when each figure settles on the sheet of definitions.")  # fmt: skip
    return Sheet("resolution", _("Resolution & first contact"), (
        figure_list(content, "resolution_rates", _("What became of the tickets"), content.known(RATES)),
        figure_list(content, "first_contact", _("First contact resolution"), content.known(windows), notes=(note,)),
        figure_list(content, "resolution_levels", _("Times on both clocks"), content.known(times)),
        *(by_dimension(content, f"resolution_{by}", _("By {dimension}", dimension=dimension(by)), split, by)
          for by in ("type", "team", "channel") if split),
        course(content, "resolution_course", _("Over the days"), ("tickets_created", "tickets_resolved", "backlog"),
               charts=(lines,)),
    ))  # fmt: skip
