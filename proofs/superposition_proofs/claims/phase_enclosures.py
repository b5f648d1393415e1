"""Points of phase boundaries, enclosed by interval Newton."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any, cast

from superposition_numerics.certify import Balls, Enclosure, Formula, enclose_zero
from superposition_numerics.certify.functions import lifted
from superposition_theory.errors import InputError
from superposition_theory.phases import (
    DENSITY,
    IMPORTANCE,
    PENALTY,
    Branch,
    dropped_branch,
    pair_branch,
    polygon_branch,
)
from sympy import (
    Expr,
    Poly,
    Rational,
    Symbol,
    fraction,
    lambdify,
    together,
)

from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Level,
    Outcome,
    Status,
)

from .pair_outputs import SETTING

_BITS = 256


@dataclass(frozen=True)
class Point:
    """A boundary as a zero of a system, from a start, and its decimals.

    Attributes
    ----------
    name : str
    branches : tuple of Branch
        Stationary, with equal losses.
    unknown : tuple of Symbol
        Among p and I.
    fixed : dict from Symbol to Rational
        Of p, I and lambda.
    start : tuple of str
        Of the unknowns of the branches, and then of these.
    decimals : tuple of str
        Of the last ones.
    """

    name: str
    branches: tuple[Branch, ...]
    unknown: tuple[Symbol, ...]
    fixed: tuple[tuple[Symbol, Rational], ...]
    start: tuple[str, ...]
    decimals: tuple[str, ...]


@cache
def _numerator(function: Expr, variables: tuple[Symbol, ...]) -> Callable[..., Any]:
    """Return the numerator of a rational function, with integer coefficients."""
    poly = Poly(fraction(together(function))[0], *variables).clear_denoms(convert=True)[1]
    return cast("Callable[..., Any]", lambdify(variables, poly.as_expr(), "math"))


@dataclass(frozen=True)
class _Equation:
    """A numerator as a formula."""

    function: Expr
    variables: tuple[Symbol, ...]

    def __call__(self, values: Sequence[Any]) -> Any:
        return _numerator(self.function, self.variables)(*values)


def are_enclosed(points: tuple[Point, ...], context: Context) -> Outcome:
    """Enclose each zero by Krawczyk's test inside the cells of its branches.

    Examples
    --------
    >>> from superposition_proofs.claims.phase_enclosures import BOUNDARY_POINTS, are_enclosed
    >>> from superposition_proofs.ledger import Context, Level
    >>> are_enclosed(BOUNDARY_POINTS[:1], Context(Level.quick, 0)).holds
    True
    """
    details: dict[str, Any] = {}
    for point in points:
        variables = tuple(v for branch in point.branches for v in branch.unknowns) + point.unknown
        fixed = dict(point.fixed)
        first, *others = point.branches
        equations = [e for branch in point.branches for e in branch.equations]
        equations += [branch.loss - first.loss for branch in others]
        formulas = [Formula(_Equation(e.subs(fixed), variables)) for e in equations]
        try:
            zero = enclose_zero(formulas, [Fraction(text) for text in point.start], digits=30)
            found = [side.digits(20) for side in zero[-len(point.unknown) :]]
        except InputError as error:
            return Outcome(False, f"{point.name}: {error}")
        inside = [e.subs(fixed) for branch in point.branches for e in branch.positive]
        if not all(_is_positive(e, variables, zero) for e in inside):
            return Outcome(False, f"{point.name}: the zero is not inside the cells")
        if tuple(found) != point.decimals:
            return Outcome(False, f"{point.name}: {', '.join(found)}")
        details[point.name] = found
    return Outcome(
        True,
        f"{len(points)} zeros enclosed to 20 decimals",
        cases=len(points),
        effective=len(points),
        details=details,
    )


def _is_positive(function: Expr, variables: tuple[Symbol, ...], box: tuple[Enclosure, ...]) -> bool:
    """Say whether a rational function is positive on a whole box: numerator and denominator."""
    above, below = fraction(together(function))
    ring = Balls(_BITS)
    with ring.working():
        x = [ring.number(side) for side in box]
        signs = {
            (value.is_positive(), value.is_negative())
            for value in (lifted(_numerator(part, variables)(*x), x) for part in (above, below))
        }
    return signs in ({(True, False)}, {(False, True)})


def _pair(name: str, *at: str) -> Branch:
    values = (Rational(text) for text in at)
    return pair_branch(dict(zip(("u", "v", "b1", "b2"), values, strict=True)), name=name)


_FREE = ((PENALTY, Rational(0)),)
_AT_TENTH = ("1.01357641", "0.60483926", "0.00054768", "0.03360513")
_AT_HALF = ("1.02954840", "0.75626184", "0.06055977", "0.19663094")
_WEAK = ("1.00042498", "0.00337006", "0.00029327", "0.25672877")
_STRONG = ("1.02421140", "0.75554528", "0.06815875", "0.20594814")
_SYMMETRIC = ("0.57008284", "0.33373594")
_ASYMMETRIC = ("0.91577705", "0.51610787", "0.19780537", "0.42522981")

BOUNDARY_POINTS = (
    Point(
        "drop | strong pair at p = 1/10",
        (_pair("strong", *_AT_TENTH), dropped_branch()),
        (IMPORTANCE,),
        (*_FREE, (DENSITY, Rational(1, 10))),
        (*_AT_TENTH, "0.0487219"),
        ("0.04872189790215426007",),
    ),
    Point(
        "drop | strong pair at p = 1/2",
        (_pair("strong", *_AT_HALF), dropped_branch()),
        (IMPORTANCE,),
        (*_FREE, (DENSITY, Rational(1, 2))),
        (*_AT_HALF, "0.5357388"),
        ("0.53573876406532962351",),
    ),
    Point(
        "drop | weak | strong pair",
        (_pair("weak", *_WEAK), _pair("strong", *_STRONG), dropped_branch()),
        (IMPORTANCE, DENSITY),
        _FREE,
        (*_WEAK, *_STRONG, "0.56413137", "0.51173803"),
        ("0.56413136534766603230", "0.51173803211760022658"),
    ),
    Point(
        "symmetric | asymmetric pair at I = 1",
        (
            polygon_branch(2, {"a": Rational(_SYMMETRIC[0]), "b": Rational(_SYMMETRIC[1])}),
            _pair("asymmetric", *_ASYMMETRIC),
        ),
        (DENSITY,),
        (*_FREE, (IMPORTANCE, Rational(1))),
        (*_SYMMETRIC, *_ASYMMETRIC, "0.70640369"),
        ("0.70640369267321759707",),
    ),
)

_WRONG_DIGIT = (replace(BOUNDARY_POINTS[0], decimals=("0.04872189790215426008",)),)
_OTHER_DENSITY = (replace(BOUNDARY_POINTS[1], fixed=(*_FREE, (DENSITY, Rational(5001, 10000)))),)

_FIRST = BOUNDARY_POINTS[0]
_OUTSIDE = (
    replace(
        _FIRST,
        branches=tuple(
            replace(branch, positive=tuple(-e for e in branch.positive))
            for branch in _FIRST.branches
        ),
    ),
)

ENCLOSED = Claim(
    "phase-boundaries-enclosed",
    "Points where stationary pairs and dropping have equal losses, enclosed to 20 decimals",
    r"I^*(\tfrac1{10}) = 0.04872\,18979\,02154\,26007\ldots,\ \allowbreak "
    r"I^*(\tfrac12) = 0.53573\,87640\,65329\,62351\ldots;\ \allowbreak "
    r"\text{drop, weak and strong pair: } p = 0.51173\,80321\ldots,\ \allowbreak "
    r"I = 0.56413\,13653\ldots;\ \allowbreak "
    r"(w, -w) \text{ and } (u, -v): p = 0.70640\,36926\ldots",
    (*SETTING, r"\text{stationary in weights and biases, of equal loss}"),
    "ours",
    ClaimKind.theorem,
    (
        Evidence(
            "Krawczyk",
            Status.certified,
            are_enclosed,
            BOUNDARY_POINTS,
            {
                "a wrong last decimal": _WRONG_DIGIT,
                "p = 0.5001": _OTHER_DENSITY,
                "outside the cells": _OUTSIDE,
            },
            ("pair-loss",),
            level=Level.full,
            description="Each system has one zero in a box of balls, inside the cells of the loss.",
        ),
    ),
)
