"""The demo desk: a generated Chinese e-commerce service desk (示例客服中心), always the same."""

from dashboard.demo.calendar_of_demand import NEWEST, ZONE
from dashboard.demo.kept import VERSION, ensure_demo

__all__ = ["NEWEST", "VERSION", "ZONE", "ensure_demo"]
