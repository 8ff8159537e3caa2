"""How far tests of random cases go: a few in every run, many times as many with FLOORWALKER_THOROUGH=10 or more."""

import os

FACTOR = int(os.environ.get("FLOORWALKER_THOROUGH", "1"))


def examples(few: int) -> int:
    """So many random cases are tried in this run, where *few* are in every one."""
    return few * FACTOR
