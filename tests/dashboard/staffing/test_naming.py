"""What queues are called on a desk that plans for groups of types apart."""

import pytest

from dashboard.staffing.naming import queue_called
from metrics.desk import QueueGroup

RETURNS = (QueueGroup("退货", ("returns",), ("chat",)),)


@pytest.mark.parametrize(
    ("queue", "known", "called"),
    [
        ("chat/退货", {"chat", "chat/退货"}, "Live chat · 退货"),
        ("chat", {"chat", "chat/退货"}, "Live chat · other types"),
        ("chat", {"chat", "email"}, "Live chat"),
        ("email", {"chat", "chat/退货", "email"}, "E-mail"),
    ],
    ids=["a group", "all others beside it", "a group too small for a queue of its own", "a channel without groups"],
)
def test_a_channel_is_all_other_types_only_beside_a_queue_of_a_group(queue: str, known: set[str], called: str) -> None:
    assert queue_called(queue, RETURNS, known) == called
