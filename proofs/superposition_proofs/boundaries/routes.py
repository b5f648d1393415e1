"""Two routes to one point: a transition of the float loss, and the solution of a system."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from superposition_numerics.landscape import (
    BranchPoint,
    Crossing,
    Minimum,
    Parameter,
    Setting,
    crossing,
    follow,
    global_minimum,
)
from superposition_theory import InputError
from superposition_theory.phases import Solution, System
from sympy import Rational

_DIGITS = 20


@dataclass(frozen=True)
class Located:
    """A point of a boundary.

    Attributes
    ----------
    name : str
    unknown : str
        p, I, lambda or ratio.
    exact : Solution or None
        Of the polynomial system; None where only the float route is there.
    crossing : Crossing or None
        The same point from the float loss alone, with its order; None where the float route gives
        only the start.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.boundaries import drop_to_pair
    >>> point = drop_to_pair(Fraction(1, 10))
    >>> str(point.value.round(10)), point.crossing.order
    ('0.0487218979', 'first')
    """

    name: str
    unknown: str
    exact: Solution | None
    crossing: Crossing | None

    def __post_init__(self) -> None:
        """Check that one route is there."""
        if self.exact is None and self.crossing is None:
            raise InputError("exact and crossing are both None; accepted: at least one of them")

    @property
    def value(self) -> Rational:
        """The number itself: to 20 digits, or to the error of the float route."""
        if self.exact is not None:
            return self.exact[self.unknown]
        assert self.crossing is not None
        return Rational(self.crossing.value)


def transition(
    setting: Setting,
    parameter: Parameter,
    low: float,
    high: float,
    is_low: Callable[[Minimum], bool],
    *,
    steps: int,
) -> tuple[Crossing, BranchPoint, BranchPoint]:
    """Find where the best minimum changes its kind, with the points of both kinds there."""

    def best(value: float) -> Minimum:
        return global_minimum(setting.vary(parameter, value), starts=12)

    first, second = best(low), best(high)
    if not is_low(first) or is_low(second):
        raise InputError(
            f"{parameter} from {low:.6g} to {high:.6g} at {setting}: no transition between "
            f"{first.phase.kind} and {second.phase.kind}; accepted: settings with one"
        )
    for _ in range(steps):
        middle = best((low + high) / 2)
        if is_low(middle):
            low, first = (low + high) / 2, middle
        else:
            high, second = (low + high) / 2, middle
    branches = [
        follow(setting.vary(parameter, at), parameter, minimum.W, minimum.biases, stop, steps=1)
        for at, minimum, stop in ((low, first, high), (high, second, low))
    ]
    found = crossing(branches[0], branches[1], (low, high))
    return found, branches[0].at(found.value), branches[1].at(found.value)


def rational(number: Any) -> Rational:
    """Return a rational near a number."""
    return Rational(Fraction(float(number)).limit_denominator(10**12))


def solved(system: System, values: Sequence[Any]) -> Solution:
    """Solve a system from values of its unknowns in order."""
    start = dict(zip(system.unknowns, (rational(value) for value in values), strict=True))
    return system.solve(start, digits=_DIGITS)
