"""What a password costs to try, and that nobody else waits for it."""

import asyncio
import time
from threading import Lock

import pytest

from dashboard.gate.hashing import AT_ONCE, WAITING_AT_MOST, Busy, Slow
from dashboard.people import passwords


def test_a_guess_costs_64_mebibytes_and_three_passes() -> None:
    assert passwords.HASHER.memory_cost >= 64 * 1024
    assert passwords.HASHER.time_cost >= 3
    kept = passwords.hashed("correct horse battery")
    assert kept.startswith("$argon2id$")
    assert passwords.agrees(kept, "correct horse battery")
    assert not passwords.agrees(kept, "correct horse batterx")


def test_full_width_letters_are_the_same_password() -> None:
    kept = passwords.hashed("correct horse battery")
    assert passwords.agrees(kept, "ｃｏｒｒｅｃｔ horse battery")


def test_at_most_two_are_looked_at_at_once_and_nobody_else_waits() -> None:
    lock, running, most = Lock(), 0, 0

    def look() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1

    async def all_at_once() -> int:
        slow, beats = Slow(), 0
        looking = [asyncio.ensure_future(slow.run(look)) for _ in range(8)]
        while not all(one.done() for one in looking):
            await asyncio.sleep(0.01)
            beats += 1
        return beats

    assert asyncio.run(all_at_once()) >= 5  # the loop went on meanwhile
    assert most == AT_ONCE


def test_who_would_wait_for_long_is_told_so() -> None:
    async def too_many() -> int:
        slow = Slow()
        looking = [slow.run(lambda: time.sleep(0.005)) for _ in range(WAITING_AT_MOST + 5)]
        found = await asyncio.gather(*looking, return_exceptions=True)
        return sum(isinstance(one, Busy) for one in found)

    assert asyncio.run(too_many()) == 5


@pytest.mark.parametrize("kept", [None, "", "plain text", "$argon2id$broken"])
def test_what_is_no_hash_agrees_with_nothing(kept: str | None) -> None:
    assert not passwords.agrees(kept, "correct horse battery")
