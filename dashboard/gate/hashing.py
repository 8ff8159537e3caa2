"""Work that takes half a second and 64 MiB, done beside the event loop, two at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")
AT_ONCE = 2
WAITING_AT_MOST = 20


class Busy(Exception):
    """More wait than would be served in good time."""


class Slow:
    """So many at a time; who would have to wait for long is told so at once."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="signing-in")
        self._waiting = 0

    async def run(self, work: Callable[[], Result]) -> Result:
        """The work's result. Raises Busy."""
        if self._waiting >= WAITING_AT_MOST:
            raise Busy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1
