"""Timing that the benchmarks share."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def timed(work: Callable[[], Any]) -> float:
    """Return the seconds that a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def interleaved(works: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Time each piece of work once a round, after one round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        timed(work)
    for _ in range(rounds):
        for name, work in works.items():
            times[name].append(timed(work))
    return times
