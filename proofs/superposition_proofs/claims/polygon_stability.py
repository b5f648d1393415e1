"""Regular polygons as critical points: their Hessians, and what a dropped feature gains beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np
from superposition_numerics.certify import (
    FLOATS,
    Enclosure,
    Fixed,
    Formula,
    Natural,
    Positive,
    decide,
    pi_enclosure,
)
from superposition_theory.pentagon import Region, overlap_piece, own_piece
from superposition_theory.pentagon.pieces import BIAS, NORM, OVERLAP
from superposition_theory.phases import polygon_optimum
from superposition_theory.toy_model import ReluModel
from sympy import Expr, Rational, Symbol

from superposition_proofs.certificates import polygon_constants
from superposition_proofs.certificates.polygons_critical import (
    critical_point,
    critical_slopes,
    is_strict_minimum,
)
from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Outcome,
    Reference,
    Status,
)

from .algebra import Decided, PositiveOn, Steps, by_algebra, replaced
from .sparse_limit import PIECES, SOURCE, SPARSE_LIMIT, sparse_loss_and_gradient
from .trials import in_trials

_RING = Fixed(256)
_CHEN = "ours; Chen et al. 2023, arXiv 2310.06301, for the k-gons of this loss"
_POLYGON = (
    r"w_j = \sqrt{a^*}\,(\cos\tfrac{2\pi j}k, \sin\tfrac{2\pi j}k),\ b_j = b^*; "
    r"\quad m = 2"
)

# ---------------------------------------------------------------- n = k


@dataclass(frozen=True)
class Polygons:
    """Regular k-gons, and by how much their biases are moved.

    Attributes
    ----------
    corners : tuple of int
    bias_moved : Fraction
        0 for the critical ones.
    """

    corners: tuple[int, ...]
    bias_moved: Fraction = Fraction(0)


def are_strict_minima(polygons: Polygons, context: Context) -> Outcome:
    """Decide that k-gons are critical, agree with the best k-gon and have definite Hessians.

    Examples
    --------
    >>> from superposition_proofs.claims.polygon_stability import Polygons, are_strict_minima
    >>> from superposition_proofs.ledger import Context, Level
    >>> are_strict_minima(Polygons((5,)), Context(Level.quick, 0)).holds
    True
    """
    for done, k in enumerate(polygons.corners, 1):
        norm, bias = critical_point(k)
        best = polygon_constants(k)
        moved = Enclosure(bias.lower + polygons.bias_moved, bias.upper + polygons.bias_moved)
        problem = None
        if not all(slope.contains(0) for slope in critical_slopes(k, norm, moved)):
            problem = "not critical"
        elif not (_overlap(norm, best.squared_norm) and _overlap(moved, best.bias)):
            problem = "not the best polygon"
        elif not is_strict_minimum(k, moved):
            problem = "a Hessian that is not proved definite"
        if problem:
            return Outcome(False, f"k = {k}: {problem}", cases=done, effective=done)
    count = len(polygons.corners)
    return Outcome(True, f"{count} polygons with definite Hessians", cases=count, effective=count)


def _overlap(one: Enclosure, other: Enclosure) -> bool:
    return one.lower <= other.upper and other.lower <= one.upper


_POLYGONS = Polygons((5, 6, 7, 8))

STRICT = Claim(
    "regular-polygons-are-strict-minima",
    "For n = k from five to eight the regular k-gon is a strict local minimum modulo rotations",
    r"\nabla T_1 = 0, \quad \nabla^2 T_1 \succ 0 \ \text{ in } "
    r"(a_j, b_j, \theta_j)_{j \le k},\ \textstyle\sum_j \theta_j = 2\pi",
    (
        r"n = k \in \{5, 6, 7, 8\}, \ a_j = \|w_j\|^2,\ \theta_j \text{ the gaps in cyclic order}",
        _POLYGON,
        SPARSE_LIMIT,
        *PIECES,
    ),
    _CHEN,
    ClaimKind.theorem,
    (
        Evidence(
            "Krawczyk and Sylvester",
            Status.certified,
            are_strict_minima,
            _POLYGONS,
            {
                "biases + 1e-9": replace(_POLYGONS, bias_moved=Fraction(1, 10**9)),
                "biases + 1/10": replace(_POLYGONS, bias_moved=Fraction(1, 10)),
            },
            ("one-active-loss-by-pairs", "polygon-optimum"),
            description=(
                "The critical point by interval Newton; the blocks of the Hessian under the "
                "rotations of the index by interval elimination."
            ),
        ),
    ),
)

# ---------------------------------------------------------------- k up to 4


_LENGTH = Symbol("epsilon", positive=True)


def _beside_the_square(share: Rational) -> Expr:
    """Return T_1 of the square and a weak fifth vector of length epsilon along its first column.

    b_1 = -share epsilon, |w_1| = 1 + (3/4) share epsilon, b_5 = 0; the outputs 2, 3, 4 are exact.
    """
    longer, bias = 1 + 3 * share * _LENGTH / 4, -share * _LENGTH
    first = own_piece(Region.rising).subs({NORM: longer**2, BIAS: bias})
    overlap = overlap_piece(Region.rising)
    return (
        first
        + overlap.subs({OVERLAP: longer * _LENGTH, BIAS: bias})
        + own_piece(Region.on).subs({NORM: _LENGTH**2, BIAS: 0})
        + overlap.subs({OVERLAP: longer * _LENGTH, BIAS: 0})
    )


def _agrees_with_the_model(share: Rational, length: Rational) -> bool:
    """Say whether the model with half a length of bias has the same T_1 at a length."""
    model = ReluModel(
        [[1 + 3 * length / 8, 0, -1, 0, length], [0, 1, 0, -1, 0]], [-length / 2, 0, 0, 0, 0]
    )
    return bool(model.sparse_limit == _beside_the_square(share).subs(_LENGTH, length))


_HALF, _TENTH = Rational(1, 2), Rational(1, 10)


def _are_lossless(corners: tuple[int, ...]) -> bool:
    """Say whether the best k-gons have no loss."""
    return all(polygon_optimum(k).loss == 0 for k in corners)


_SMALL: Steps = (
    Decided("no loss for k = 2, 3, 4", partial(_are_lossless, (2, 3, 4))),
    Decided(
        "the loss beside the square at epsilon = 1/10",
        partial(_agrees_with_the_model, _HALF, _TENTH),
    ),
    PositiveOn(
        "a weak fifth vector gains",
        lambda: Rational(1, 3) - _beside_the_square(_HALF),
        _LENGTH,
        Rational(0),
        Rational(1, 4),
    ),
)

WEAK_FIFTH = Claim(
    "weak-fifth-vector-beside-the-square",
    "The polygons of up to four corners have no loss; a weak fifth vector beside the square pays",
    r"T_1 = 0 \text{ at the } k\text{-gon},\ n = k \in \{2, 3, 4\}; \allowbreak\quad "
    r"n = 5: \ T_1 < \tfrac13 \text{ for } w_5 = \varepsilon w_1/\|w_1\|, "
    r"\ 0 < \varepsilon < \tfrac14",
    (
        _POLYGON,
        r"a^* = 1,\ b^* = 0",
        r"n = 5: \ \|w_1\| = 1 + \tfrac38\varepsilon,\ b_1 = -\tfrac12\varepsilon,\ b_5 = 0",
        SPARSE_LIMIT,
        *PIECES,
    ),
    _CHEN,
    ClaimKind.theorem,
    (
        by_algebra(
            _SMALL,
            {
                "the pentagon has no loss": replaced(
                    _SMALL, "no loss for k = 2, 3, 4", question=partial(_are_lossless, (4, 5))
                ),
                "hardly a bias": replaced(
                    _SMALL,
                    "a weak fifth vector gains",
                    derived=lambda: Rational(1, 3) - _beside_the_square(Rational(1, 100)),
                ),
                "another bias": replaced(
                    _SMALL,
                    "the loss beside the square at epsilon = 1/10",
                    question=partial(_agrees_with_the_model, Rational(1, 3), _TENTH),
                ),
            },
            "one-active-loss-by-pairs",
            "polygon-optimum",
        ),
    ),
)

SMALL = Claim(
    "digon-triangle-and-square",
    "Digon and triangle are minima that can be deformed, the square is rigid",
    r"T_1 = 0 = \min T_1 \text{ at the } k\text{-gon},\ n = k \in \{2, 3, 4\}; \quad "
    r"\text{strict modulo } O(2) \text{ for } k = 4 \text{ only}",
    (_POLYGON, r"a^* = 1,\ b^* = 0", SPARSE_LIMIT, *PIECES),
    _CHEN,
    ClaimKind.theorem,
    (
        Reference(
            Status.written,
            "The loss is 0 exactly for unit columns without acute angles and b = 0. For k = 2 and "
            "3 the angles of the digon and the triangle can be changed a little, for k = 4 the "
            "gaps must all be right.",
            SOURCE,
            ("no-loss-up-to-four-features",),
        ),
    ),
)

# ---------------------------------------------------------------- n > k


@cache
def _angles(corners: int) -> tuple[Enclosure, ...]:
    """Return 2 pi j/k."""
    step = 2 * _RING.number(pi_enclosure()) / corners
    return tuple((step * j).enclosure() for j in range(corners))


@dataclass(frozen=True)
class Gain:
    """a* sum_j (cos(phi - 2 pi j/k))_+^2 - 2, times a sign.

    Attributes
    ----------
    corners : int
    sign : int
    """

    corners: int
    sign: int

    def __call__(self, x: Sequence[Any]) -> Any:
        """Evaluate at (phi,)."""
        total: Any = 0
        for angle in _angles(self.corners):
            total = total + (x[0] - angle).cos().positive_part(2)
        return (total * polygon_constants(self.corners).squared_norm - 2) * self.sign


def have_signs(signs: tuple[tuple[int, int], ...], context: Context) -> Outcome:
    """Decide the sign of the cost of a weak vector beside k-gons, in every direction.

    Examples
    --------
    >>> from superposition_proofs.claims.polygon_stability import have_signs
    >>> from superposition_proofs.ledger import Context, Level
    >>> have_signs(((5, -1),), Context(Level.quick, 0)).holds
    True
    """
    boxes = 0
    for corners, sign in signs:
        directions = (Fraction(0), Fraction(2))  # more than 2 pi/5, a period or more
        question = Positive(
            "cost", ("phi",), (directions,), Formula(Gain(corners, sign)), rules=(Natural(),)
        )
        verdict = decide(question, FLOATS, most_boxes=10_000)
        boxes += verdict.boxes
        if verdict.answer != "proved":
            return Outcome(False, f"k = {corners}: {verdict.answer}", cases=boxes, effective=boxes)
    return Outcome(True, f"{len(signs)} signs, {boxes} boxes", cases=boxes, effective=boxes)


def cost_error(rng: np.random.Generator, *, saving: float = 2.0) -> float:
    """Return how far the cost of a weak vector is from the closed form, in errors.

    The float loss adds up 64 terms of order 1 or less, each rounded to 1.1e-16 or a little more.
    """
    k, length = int(rng.integers(5, 9)), float(rng.uniform(0.01, 0.15))
    constants = polygon_constants(k)
    norm, bias = float(constants.squared_norm.middle), float(constants.bias.middle)
    angles, phi = 2 * np.pi * np.arange(k) / k, float(rng.uniform(0, 2 * np.pi))
    corners = np.sqrt(norm) * np.array([np.cos(angles), np.sin(angles)])
    weak = length * np.array([[np.cos(phi)], [np.sin(phi)]])
    loss, _ = sparse_loss_and_gradient(np.hstack([corners, weak]), np.append(np.full(k, bias), 0.0))
    cost = loss - k * float(constants.loss.middle) - 1 / 3
    overlaps = np.maximum(np.cos(phi - angles), 0)
    stated = length**2 * (norm * float((overlaps**2).sum()) - saving) / 3 + length**4 / 3
    return abs(cost - stated) / 2e-14


_SIGNS = ((5, -1), (6, 1), (7, 1), (8, 1))

BESIDE = Claim(
    "weak-vector-beside-a-polygon",
    "A weak vector without bias pays beside a fixed pentagon, not beside larger polygons",
    r"T_1 = k F_k^* + \tfrac13 + \tfrac{\varepsilon^2}3 \Bigl(a_k^* \sum_j "
    r"\cos_+^2(\varphi - \tfrac{2\pi j}k) - 2\Bigr) + \tfrac{\varepsilon^4}3; "
    r"\allowbreak\quad (\ldots) < 0 \text{ for } k = 5, \ > 0 \text{ for } k = 6, 7, 8, "
    r"\text{ all } \varphi",
    (
        r"n = k + 1,\ w_n = \varepsilon (\cos\varphi, \sin\varphi),\ b_n = 0",
        r"0 \le \varepsilon \sqrt{a_k^*} \le -b_k^*",
        _POLYGON,
        r"b \le 0; \quad w_n = 0 \text{ costs } \tfrac13 \text{ for any } b_n \le 0",
        SPARSE_LIMIT,
        *PIECES,
    ),
    "ours",
    ClaimKind.theorem,
    (
        Evidence(
            "branch and bound",
            Status.certified,
            have_signs,
            _SIGNS,
            {"pentagon, positive": ((5, 1),), "hexagon, negative": ((6, -1),)},
            ("one-active-loss-by-pairs", "polygon-optimum"),
            description=(
                "D(e^2, 0) = (1 - e^2)^2/3 and C(g, 0) = g_+^2/3; the overlaps g <= -b* of the "
                "corners' own outputs stay off. The sign in all directions by branch and bound."
            ),
        ),
        in_trials(
            cost_error,
            {"a saving of 2.01": partial(cost_error, saving=2.01)},
            quick=20,
            full=200,
            description="The closed form beside the float loss at random directions.",
        ),
    ),
)

CLAIMS = (STRICT, WEAK_FIFTH, SMALL, BESIDE)
