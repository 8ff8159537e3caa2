"""How much time and memory the reading of a file may take, and how a process holds itself to it."""

from dataclasses import dataclass
from pathlib import Path

MB = 1 << 20
FREE_MB = 50
"""Up to this size the base limits hold; above it they grow with the file."""
SECONDS, RSS_MB = 20, 1000
ADDRESS_MB = 6000
"""Address space beyond the memory in use: Polars and its allocator reserve far more than they touch."""
PACKED_FACTOR = 6


@dataclass(frozen=True)
class Limits:
    """Wall seconds, resident megabytes."""

    seconds: int
    rss_mb: int


def limits_for(path: Path) -> Limits:
    """Limits by the size of the file; a packed one counts as what such files usually unpack to."""
    with path.open("rb") as file:
        packed = file.read(2) in (b"PK", b"\x1f\x8b", b"PA")
    size = path.stat().st_size / MB * (PACKED_FACTOR if packed else 1)
    beyond = max(0.0, size - FREE_MB)
    return Limits(seconds=int(SECONDS + beyond * 0.4), rss_mb=int(RSS_MB + beyond * 8))


def restrict(limits: Limits) -> None:
    """Hold this process to the limits where the system can; the parent watches as well."""
    try:
        import resource
    except ImportError:  # Windows
        return
    processor = 4 * limits.seconds  # several cores at once
    _lower(resource.RLIMIT_CPU, processor)
    _lower(resource.RLIMIT_AS, (limits.rss_mb + ADDRESS_MB) * MB)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(which: int, limit: int) -> None:
    import resource

    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    try:
        resource.setrlimit(which, (limit, hard))
    except (ValueError, OSError):  # a system that knows the limit but not its change: the parent watches
        return
