"""Where a column is cheap enough its norm and bias are bounded: the box of the five variables."""

from __future__ import annotations

from functools import partial

from superposition_theory.pentagon import Region, overlap_piece, own_piece
from superposition_theory.pentagon.pieces import BIAS, NORM, OVERLAP
from superposition_theory.phases import THRESHOLD, polygon_optimum
from sympy import Expr, Rational, cancel, sqrt, together

from superposition_proofs.ledger import Claim, ClaimKind

from ..algebra import Decided, Identity, PositiveOn, Steps, by_algebra, replaced
from .pairs import PIECES
from .reduction import quantity

a, b, g, t = NORM, BIAS, OVERLAP, THRESHOLD
_BUDGET, _NORM = Rational(2, 25), Rational(7, 8)  # of D, and of the root of int y_+^2
_TURN, _LEAST = Rational(5, 8), Rational(1, 40)  # of t, and of a
_OUTPUT, _LOWEST = Rational(5, 2), Rational(9, 2)  # of v = a + b, and of -b
_ZERO, _ONE = Rational(0), Rational(1)


def _rising() -> Expr:
    """Return D(a, -t a) where the output turns on at t."""
    return own_piece(Region.rising).subs(b, -t * a)


def _rising_loss() -> tuple[Expr, Expr]:
    """Return P and S with D = 1/3 - 2 a P + a^2 S along b = -t a."""
    loss = cancel(together(_rising())).as_poly(a)
    return -loss.nth(1) / 2, loss.nth(2)


def _without_turn(power: int) -> Expr:
    """Return the discriminant of D - t^power/3 as a quadratic in a, over (1 - t)^4."""
    linear, square = _rising_loss()
    return cancel((square * (1 - t**power) / 3 - linear**2) / (1 - t) ** 4)


def _squares_on() -> Expr:
    """Return int (a x + b)^2 for b >= 0."""
    return overlap_piece(Region.on).subs(g, a)


def _squares_rising() -> Expr:
    """Return int (a x + b)_+^2 over v^2 along b = -t a, where v = a (1 - t)."""
    return cancel(overlap_piece(Region.rising).subs({g: a, b: -t * a}) / (a * (1 - t)) ** 2)


def _is_in_budget(bound: Rational) -> bool:
    """Say whether 5 F* is below a bound."""
    return bool(5 * polygon_optimum(5).bounds(quantity("loss"), digits=12)[1] < bound)


_BOUNDS: Steps = (
    Decided("5 F* < 2/25", partial(_is_in_budget, _BUDGET)),
    Decided("v <= 0: D = 1/3 is more", lambda: own_piece(Region.off) > _BUDGET),
    Identity(
        "D - (1 - a)^2/12 is a square, b >= 0",
        lambda: own_piece(Region.on) - (1 - a) ** 2 / 12,
        (b - (1 - a) / 2) ** 2,
    ),
    Decided("5 F* < (39/40)^2/12", partial(_is_in_budget, (1 - _LEAST) ** 2 / 12)),
    PositiveOn("P < 1/3", lambda: Rational(1, 3) - _rising_loss()[0], t, _ZERO, _ONE),
    Decided("a < 1/40, b < 0: D > 1/3 - 2 a/3", lambda: _third_left() > _BUDGET),
    PositiveOn("t^3/3 <= D", partial(_without_turn, 3), t, _ZERO, _ONE),
    Decided("t < 5/8", lambda: _TURN**3 / 3 > _BUDGET),
    Decided("|y_+| <= 1/sqrt 3 + sqrt D < 7/8", lambda: _triangle() < _NORM),
    Identity("|y|^2 - b^2, b >= 0", lambda: _squares_on() - b**2, a**2 / 3 + a * b),
    Identity(
        "|y|^2 - v^2/3, b >= 0",
        lambda: _squares_on() - (a + b) ** 2 / 3,
        a * b / 3 + 2 * b**2 / 3,
    ),
    Decided("v < 5/2, b >= 0", lambda: 3 * _NORM**2 < _OUTPUT**2),
    Identity("|y_+|^2 = v^2 (1 - t)/3, b < 0", _squares_rising, (1 - t) / 3),
    Decided("v < 5/2, b < 0", lambda: 3 * _NORM**2 / (1 - _TURN) < _OUTPUT**2),
    Decided("-b = t v/(1 - t) < 9/2", lambda: _TURN * _OUTPUT / (1 - _TURN) < _LOWEST),
)


def _third_left() -> Rational:
    """Return 1/3 - 2 a/3 at the least norm."""
    return Rational(1, 3) - 2 * _LEAST / 3


def _triangle() -> Expr:
    """Return 1/sqrt 3 + sqrt(2/25)."""
    return sqrt(Rational(1, 3)) + sqrt(_BUDGET)


BOUNDED = Claim(
    "cheap-columns-are-bounded",
    "A column that costs at most the pentagon's five has a norm and a bias in a box",
    r"a \ge \tfrac1{40}, \quad 0 < a + b < \tfrac52, \quad -\tfrac92 < b < \tfrac78",
    (PIECES[0], r"D(a, b) \le 5 F^*, \ a \ge 0"),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _BOUNDS,
            {
                "t < 1/2": replaced(
                    _BOUNDS, "t < 5/8", question=lambda: Rational(1, 2) ** 3 / 3 > _BUDGET
                ),
                "t^2/3 <= D": replaced(_BOUNDS, "t^3/3 <= D", derived=partial(_without_turn, 2)),
            },
            "one-active-loss-by-pairs",
            "polygon-optimum",
        ),
    ),
)

CLAIMS = (BOUNDED,)
