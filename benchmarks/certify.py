"""The branch-and-bound engine beside plain loops, in the same run.

    python benchmarks/certify.py [--quick]

1. Enclosures of H(t, theta) = kappa [1 + 2 (c - t)_+^3/(c (1 - t)^3)] - (1 - t)(2 + t)^2/12,
   c = cos theta, on random boxes: boxes per second of the three arithmetics, of mpmath's intervals
   and of a loop over python-flint's balls without the engine (ratios of medians over interleaved
   rounds).
2. The whole decision H > 0 outside a neighbourhood of its zero: boxes per second, proof included.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import flint
import mpmath  # type: ignore[import-untyped]
import numpy as np
from superposition_numerics.certify import FLOATS, Arithmetic, Balls, Fixed, Formula, decide
from superposition_proofs.certificates import pentagon_theorem, polygon_constants
from superposition_proofs.certificates.pentagon import Excess
from timing import interleaved

RINGS: dict[str, Arithmetic] = {
    "floats": FLOATS,
    "integers, 128 bits": Fixed(128),
    "balls, 128 bits": Balls(128),
}
CONSTANTS = polygon_constants(5)


def random_boxes(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return boxes of (t, theta) inside the domain."""
    rng = np.random.default_rng(0)
    lower = rng.uniform([[0.0], [0.0]], [[0.7], [1.38]], (2, count))
    return lower, lower + rng.uniform(1e-4, 0.02, (2, count))


def enclosures(ring: Arithmetic, lower: np.ndarray, upper: np.ndarray) -> None:
    """Enclose H on every box."""
    function = Formula(Excess(CONSTANTS.slope, CONSTANTS.level))
    with ring.working():
        for _, low, high in ring.batches(lower, upper):
            function.value(ring.values(low, high))


def h(t: Any, theta: Any, cosine: Any, part: Any, slope: Any, level: Any) -> Any:
    """Return H in any arithmetic that has the usual operators."""
    kappa = slope * theta + level
    return kappa * (1 + 2 * part**3 / (cosine * (1 - t) ** 3)) - (1 - t) * (2 + t) ** 2 / 12


def plain_balls(lower: np.ndarray, upper: np.ndarray) -> None:
    """Enclose H by python-flint alone."""
    with flint.ctx.workprec(128):
        slope, level = (
            flint.arb(flint.fmpq(x.numerator, x.denominator))
            for x in (CONSTANTS.slope.middle, Fraction(1, 3) - CONSTANTS.level.middle)
        )
        zero = flint.arb(0)
        for column in zip(*lower.tolist(), *upper.tolist(), strict=True):
            t = flint.arb(column[0]).union(flint.arb(column[2]))
            theta = flint.arb(column[1]).union(flint.arb(column[3]))
            cosine = theta.cos()
            h(t, theta, cosine, (cosine - t).max(zero), slope, level)


def mpmath_intervals(lower: np.ndarray, upper: np.ndarray) -> None:
    """Enclose H by mpmath's intervals."""
    iv = mpmath.iv
    iv.prec = 128
    slope, level = (
        iv.mpf(x.numerator) / x.denominator
        for x in (CONSTANTS.slope.middle, Fraction(1, 3) - CONSTANTS.level.middle)
    )
    for column in zip(*lower.tolist(), *upper.tolist(), strict=True):
        t, theta = iv.mpf([column[0], column[2]]), iv.mpf([column[1], column[3]])
        cosine = iv.cos(theta)
        difference = cosine - t
        part = iv.mpf([max(difference.a.a, 0), max(difference.b.b, 0)])
        h(t, theta, cosine, part, slope, level)


def rates(
    works: dict[str, Callable[[], Any]], boxes: dict[str, int], rounds: int
) -> dict[str, Any]:
    """Return boxes per second, and the ratio of each to the last."""
    times = interleaved(works, rounds)
    speed = {name: boxes[name] / statistics.median(times[name]) for name in works}
    last = speed[list(works)[-1]]
    return {
        name: {"boxes per second": round(value), "ratio": round(value / last, 2)}
        for name, value in speed.items()
    }


def main() -> None:
    """Print the results as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer boxes and rounds")
    quick = parser.parse_args().quick
    count, rounds = (500, 3) if quick else (2000, 7)
    lower, upper = random_boxes(count)
    loops: dict[str, Callable[[], Any]] = {
        name: lambda ring=ring: enclosures(ring, lower, upper)  # type: ignore[misc]
        for name, ring in RINGS.items()
    }
    loops["python-flint, plain loop"] = lambda: plain_balls(lower, upper)
    loops["mpmath.iv, plain loop"] = lambda: mpmath_intervals(lower, upper)
    question = pentagon_theorem().questions[3]
    decisions: dict[str, Callable[[], Any]] = {
        name: lambda ring=ring: decide(question, ring)  # type: ignore[misc]
        for name, ring in RINGS.items()
    }
    found = {name: work().boxes for name, work in decisions.items()}
    print(
        json.dumps(
            {
                "enclosures": rates(loops, dict.fromkeys(loops, count), rounds),
                "decision": {"boxes": found, **rates(decisions, found, rounds)},
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
