"""A small theorem with every kind of leaf, for the engine and for the checker."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from superposition_numerics.certify import (
    Centred,
    Convex,
    Enclosure,
    Formula,
    Infeasible,
    InfeasibleCentred,
    Inside,
    Natural,
    Positive,
)
from superposition_proofs.certificates import Condition, Theorem, check
from superposition_proofs.certificates.check import Interval

ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)
SQUARE = ((ZERO, ONE), (ZERO, ONE))
NEAR = ((ZERO, Fraction(1, 4)), (ZERO, Fraction(1, 4)))
WIDE = ((-ONE, ONE), (-ONE, ONE))


def beyond_a_line(x: Sequence[Any]) -> Any:
    """x + y - 3/4, positive outside the unit circle: x + y >= 1 there."""
    return x[0] + x[1] - Fraction(3, 4)


def below_zero_outside_the_circle(x: Sequence[Any]) -> Any:
    return (1 - x[0]) * (1 + x[0]) - x[1] ** 2


def tilted(x: Sequence[Any]) -> Any:
    """Positive but at the origin."""
    return x[0] ** 2 + x[1] ** 2 - x[0] * x[1]


def bowl(x: Sequence[Any]) -> Any:
    """Hessian [[2 - cos x, 1], [1, 2]], positive definite: determinant 3 - 2 cos x >= 1."""
    return x[0] ** 2 + x[0].cos() + x[0] * x[1] + x[1] ** 2


TOY = Theorem(
    "toy",
    "Three facts about the plane.",
    {"third": Enclosure(Fraction(1, 3), Fraction(1, 3)), "half": Enclosure(HALF, HALF)},
    (Condition("1/3 < 1/2", Enclosure(Fraction(1, 6), Fraction(1, 6))),),
    (
        Positive(
            "circle",
            ("x", "y"),
            SQUARE,
            Formula(beyond_a_line),
            constraints=(Formula(below_zero_outside_the_circle),),
            rules=(Infeasible(), InfeasibleCentred(), Natural(), Centred()),
        ),
        Positive(
            "away",
            ("x", "y"),
            SQUARE,
            Formula(tilted),
            left_out=NEAR,
            rules=(Inside(), Centred()),
        ),
        Convex("bowl", ("x", "y"), WIDE, Formula(bowl)),
    ),
)


def toy() -> check.Statement:
    """Return the same theorem as the checker states it."""
    variables = ("x", "y")
    return check.Statement(
        "Three facts about the plane.",
        {"third": Interval.of(Fraction(1, 3)), "half": Interval.of(HALF)},
        {"1/3 < 1/2": Interval.of(HALF) - Fraction(1, 3)},
        (
            check.Positive(
                "circle",
                variables,
                SQUARE,
                beyond_a_line,
                constraints=(below_zero_outside_the_circle,),
            ),
            check.Positive("away", variables, SQUARE, tilted, NEAR),
            check.Convex("bowl", variables, WIDE, bowl),
        ),
    )
