"""The hexagon theorem: six features in the plane, the sparse limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

from superposition_numerics.certify import (
    FLOATS,
    Arithmetic,
    Balls,
    Fixed,
    Positive,
)
from superposition_theory.pentagon import (
    Region,
    overlap_piece,
    own_piece,
    stationarity,
    tangent_slope,
)
from superposition_theory.pentagon.pieces import BIAS, NORM, OVERLAP
from superposition_theory.phases import COSINE, THRESHOLD, polygon_optimum
from superposition_theory.phases.polygons import other_corner, own_output
from sympy import Expr, Poly, Rational, diff, symbols

from superposition_proofs.certificates import (
    PolygonConstants,
    Theorem,
    polygon_constants,
)
from superposition_proofs.certificates.hexagon import (
    FLAT,
    STEEP,
    hexagon_pairs_theorem,
    hexagon_theorem,
)
from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Level,
    Outcome,
    Reference,
    Status,
)

from .algebra import Decided, Identity, PositiveOn, Steps, by_algebra, replaced
from .certified import by_certificate, constant_moved, decided_anew, leaf_dropped, left_out_widened
from .pentagon.inequality import with_change
from .sparse_limit import PIECES, SOURCE, SPARSE_LIMIT, Search, is_least

_RING = Fixed(256)
CONSTANTS = (
    r"\mu = 2 a^* \sin\tfrac\pi3\, \partial_g C(\tfrac{a^*}2, b^*), \ K = F^* + \tfrac\pi3 \mu",
    r"F^* = \min D(a, b) + 2 C(\tfrac a2, b) \text{ at } (a^*, b^*)",
)


@dataclass(frozen=True)
class Inequality:
    """A theorem as it is decided.

    Attributes
    ----------
    constants : PolygonConstants
        Those of the hexagon, or near ones.
    build : callable
        PolygonConstants -> Theorem.
    arithmetics : tuple of Arithmetic
    """

    constants: PolygonConstants
    build: Callable[[PolygonConstants], Theorem]
    arithmetics: tuple[Arithmetic, ...] = (FLOATS,)


def is_proved(inequality: Inequality, context: Context) -> Outcome:
    """Decide the identities, conditions and questions of a theorem.

    Examples
    --------
    >>> from superposition_proofs.certificates import polygon_constants
    >>> from superposition_proofs.certificates.hexagon import hexagon_theorem
    >>> from superposition_proofs.claims.hexagon import Inequality, is_proved
    >>> from superposition_proofs.ledger import Context, Level
    >>> subject = Inequality(polygon_constants(6), hexagon_theorem)
    >>> is_proved(subject, Context(Level.quick, 0)).holds
    True
    """
    return decided_anew(inequality.build(inequality.constants), inequality.arithmetics)


def at_all_angles(constants: PolygonConstants) -> Theorem:
    """Return the two-variable inequality with small angles too: it is false.

    Examples
    --------
    >>> from superposition_proofs.certificates import polygon_constants
    >>> from superposition_proofs.claims.hexagon import at_all_angles
    >>> at_all_angles(polygon_constants(6)).questions[3].domain[1][0]
    Fraction(0, 1)
    """
    theorem = hexagon_theorem(constants)
    domain = ((Fraction(0), FLAT), (Fraction(0), STEEP))
    questions = tuple(
        replace(question, domain=domain)
        if isinstance(question, Positive) and question.name == "outside"
        else question
        for question in theorem.questions
    )
    return replace(theorem, questions=questions)


def without_budget(constants: PolygonConstants) -> Theorem:
    """Return the five-variable inequality without the constraint on the loss: it is false.

    Examples
    --------
    >>> from superposition_proofs.certificates import polygon_constants
    >>> from superposition_proofs.claims.hexagon import without_budget
    >>> len(without_budget(polygon_constants(6)).questions[0].constraints)
    1
    """
    return hexagon_pairs_theorem(constants, constrained=False)


def _two_variables(name: str, arithmetics: tuple[Arithmetic, ...], level: Level) -> Evidence[Any]:
    subject = Inequality(polygon_constants(6), hexagon_theorem, arithmetics)
    moves = {
        "K + 1e-9": ("level", Fraction(1, 10**9)),
        "mu - 1e-9": ("slope", -Fraction(1, 10**9)),
        "t* + 1e-9": ("threshold", Fraction(1, 10**9)),
        "F* + 1e-9": ("loss", Fraction(1, 10**9)),
    }
    return Evidence(
        name,
        Status.certified,
        is_proved,
        subject,
        {
            "angles from 0": replace(subject, build=at_all_angles),
            **{
                miss: replace(subject, constants=with_change(field, by)(polygon_constants(6)))
                for miss, (field, by) in moves.items()
            },
        },
        ("two-variables-are-enough", "tangent-at-the-hexagon"),
        level,
        description="Branch and bound in two variables; the tangent to 40 decimals.",
    )


TWO_VARIABLES = Claim(
    "hexagon-inequality",
    "At angles above 7/32 one feature and two symmetric neighbours cost at least the tangent",
    r"\Gamma(a, b, \theta) \ge 0, \text{ with equality at } (a^*, b^*, \tfrac\pi3) \text{ only}",
    (
        r"\Gamma(a, b, \theta) = D(a, b) + 2 C(a \cos\theta, b) + \mu\theta - K",
        r"a \ge 0,\ b \in \mathbf R,\ \tfrac7{32} \le \theta \le \tfrac\pi2",
        *CONSTANTS,
        *PIECES,
    ),
    "ours",
    ClaimKind.theorem,
    (
        by_certificate(
            "hexagon",
            {
                "mu (1 + 1e-9)": constant_moved("mu", Fraction(1, 10**9)),
                "a leaf is missing": leaf_dropped("outside"),
                "a larger neighbourhood": left_out_widened("outside"),
            },
            "two-variables-are-enough",
            "tangent-at-the-hexagon",
        ),
        _two_variables("branch and bound", (FLOATS,), Level.quick),
        _two_variables(
            "branch and bound in three arithmetics", (FLOATS, Fixed(128), Balls(128)), Level.full
        ),
    ),
)

_PAIRS = Inequality(polygon_constants(6), hexagon_pairs_theorem)

_V = NORM * (1 - THRESHOLD)
_ROOT, _OTHER_ROOT = symbols("r s", positive=True)
_BOX: Steps = (
    Identity(
        "D by t and v = a + b",
        lambda: own_piece(Region.rising).subs(BIAS, -THRESHOLD * NORM),
        Rational(1, 3) - (1 - THRESHOLD) * _V * (2 + THRESHOLD - _V) / 3,
    ),
    Identity(
        "D as its least value and a square",
        lambda: own_piece(Region.rising).subs(BIAS, -THRESHOLD * NORM),
        Rational(1, 3)
        - (1 - THRESHOLD) * (2 + THRESHOLD) ** 2 / 12
        + (1 - THRESHOLD) * (_V - 1 - THRESHOLD / 2) ** 2 / 3,
    ),
    Identity("D where the output is off", partial(own_piece, Region.off), Rational(1, 3)),
    PositiveOn(
        "the least value grows with t",
        lambda: -diff((1 - THRESHOLD) * (2 + THRESHOLD) ** 2, THRESHOLD),
        THRESHOLD,
        Rational(0),
        Rational(1),
    ),
    Identity(
        "(1 - t)(2 + t) <= 2",
        lambda: 2 - (1 - THRESHOLD) * (2 + THRESHOLD),
        THRESHOLD + THRESHOLD**2,
    ),
    Identity(
        "C by the roots of the norms",
        lambda: overlap_piece(Region.rising).subs(
            {OVERLAP: _ROOT * _OTHER_ROOT * COSINE, BIAS: -THRESHOLD * _ROOT**2}
        ),
        (_ROOT * _OTHER_ROOT * COSINE) ** 2
        * (1 - _ROOT * THRESHOLD / (_OTHER_ROOT * COSINE)) ** 3
        / 3,
    ),
)

IN_A_BOX = Claim(
    "close-pairs-in-a-box",
    "A column that costs less than 1/3 has bounded norm and threshold",
    r"D(a, -ta) = \tfrac13 - \tfrac13 (1 - t) v (2 + t - v) "
    r"\ge \tfrac13 - \tfrac1{12} (1 - t)(2 + t)^2, \ v = a (1 - t); \quad "
    r"\allowbreak C(g, -ta) = \tfrac13 g^2 \Bigl(1 - \frac{ta}g\Bigr)^3",
    (r"a > 0,\ 0 \le t < 1,\ g > ta; \quad D = \tfrac13 \text{ for } t \ge 1", *PIECES),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _BOX,
            {
                "3 for 2": replaced(
                    _BOX,
                    "D by t and v = a + b",
                    stated=Rational(1, 3) - (1 - THRESHOLD) * _V * (3 + THRESHOLD - _V) / 3,
                ),
                "off costs 1/4": replaced(_BOX, "D where the output is off", stated=Rational(1, 4)),
            },
        ),
    ),
)

CLOSE_PAIRS = Claim(
    "hexagon-close-pairs",
    "Two columns with a large overlap cost more than their share of the hexagon",
    r"G = \tfrac12 D(a, b) + \tfrac12 D(a', b') + C(g, b) + C(g, b') + \mu\theta - K > 0",
    (
        r"a, a' > 0,\ b, b' \le 0,\ g = \sqrt{a a'} \cos\theta,\ 0 \le \theta \le \tfrac\pi2",
        r"g \ge \tfrac{39}{40} a, \quad D(a, b) + D(a', b') + C(g, b) + C(g, b') \le 6 F^*",
        *CONSTANTS,
        *PIECES,
    ),
    "ours",
    ClaimKind.theorem,
    (
        Evidence(
            "branch and bound",
            Status.certified,
            is_proved,
            _PAIRS,
            {"without the constraint": replace(_PAIRS, build=without_budget)},
            ("close-pairs-in-a-box",),
            Level.full,
            description="Branch and bound in five variables, in outward-rounded floats.",
        ),
    ),
)

# ---------------------------------------------------------------- the tangent


def _quadratic() -> tuple[Expr, Expr]:
    """Return P and Q: the loss of a feature and two neighbours is 1/3 - 2 a P + a^2 Q."""
    linear, own = own_output()
    return linear, own + 2 * other_corner()


def _slope_in_the_angle(cost: Expr) -> Expr:
    """Return dH/dtheta at the best a = P/Q, over sin(theta), up to a factor; kappa is a cost."""
    square = _quadratic()[1]
    return tangent_slope() * square - cost * diff(square, COSINE)


def _is_stationary(corners: int) -> bool:
    """Say whether the best k-gon, k = 6 or less, has a stationary P^2/Q with c = 1/2."""
    polygon = polygon_optimum(corners)
    minimal = Poly(polygon.threshold.minimal.all_coeffs(), THRESHOLD)
    return bool(Poly(stationarity().subs(COSINE, Rational(1, 2)), THRESHOLD).rem(minimal).is_zero)


_TANGENT: Steps = (
    Decided("the hexagon's t* is stationary", partial(_is_stationary, 6)),
    Identity(
        "H has no slope in theta where kappa = P^2/Q",
        lambda: _slope_in_the_angle(_quadratic()[0] ** 2 / _quadratic()[1]),
        0,
    ),
)

TANGENT = Claim(
    "tangent-at-the-hexagon",
    "The inequality in two variables is an equality to first order at the hexagon",
    r"H = 0, \ \nabla H = 0 \text{ at } (t^*, \tfrac\pi3)",
    (
        r"H = 3 (\kappa Q - P^2)/(1 - t)^3, \quad \kappa = \tfrac13 - K + \mu\theta",
        r"D(a, -ta) + 2 C(a \cos\theta, -ta) = \tfrac13 - 2 a P + a^2 Q",
        *CONSTANTS,
    ),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _TANGENT,
            {
                "the pentagon's t*": replaced(
                    _TANGENT,
                    "the hexagon's t* is stationary",
                    question=partial(_is_stationary, 5),
                ),
                "kappa = P/Q": replaced(
                    _TANGENT,
                    "H has no slope in theta where kappa = P^2/Q",
                    derived=lambda: _slope_in_the_angle(_quadratic()[0] / _quadratic()[1]),
                ),
            },
            "polygon-optimum",
        ),
    ),
)

# ---------------------------------------------------------------- the theorem

_SEARCH = Search(6, 0.289154256189, 40)

HEXAGON = Claim(
    "hexagon-theorem",
    "In the sparse limit of six features in the plane the minimisers are the regular hexagons",
    r"\min T_1 = 6 F^* = 0.289154256189\ldots \text{ is attained}, \allowbreak\ "
    r"\text{exactly where for a permutation } \tau \quad \allowbreak "
    r"\langle w_{\tau(i)}, w_{\tau(j)} \rangle = a^* \cos\tfrac{\pi(i - j)}3, \ b_j = b^*; "
    r"\quad \allowbreak a^* = 1.743789790283\ldots,\ \allowbreak b^* = -0.618135131868\ldots",
    (
        r"n = 6,\ m = 2,\ W \in \mathbf R^{2 \times 6},\ b \in (-\infty, 0]^6",
        SPARSE_LIMIT,
        *PIECES,
    ),
    "ours",
    ClaimKind.theorem,
    (
        Reference(
            Status.written,
            "Let T_1 <= 6 F* < 1/3. No column is zero. In cyclic order the six gaps add up to a "
            "turn, the six pairs of neighbours are distinct, and T_1 - 6 F* is at least the sum of "
            "G over them, as the other overlaps cost nothing or more. For a pair with "
            "theta >= pi/2, G >= mu pi/2 - K > 0. Where g >= (39/40) min(a, a'), G > 0, as the "
            "costs of the pair are a part of T_1. Else the symmetric copies are at angles above "
            "arccos(39/40) > 7/32, and G is at least half the sum of two values of Gamma >= 0. So "
            "T_1 = 6 F*, every G is 0, and every pair is that of the hexagon; there the "
            "non-neighbours, at angles 2 pi/3 and pi, cost nothing.",
            SOURCE,
            (
                "one-active-loss-by-pairs",
                "neighbours-symmetrise",
                "hexagon-inequality",
                "hexagon-close-pairs",
                "polygon-optimum",
            ),
        ),
        Evidence(
            "descents",
            Status.supported,
            is_least,
            _SEARCH,
            {
                "a smaller minimum": replace(_SEARCH, loss=0.2891, starts=10),
                "a larger minimum": replace(_SEARCH, loss=0.412461),
            },
            level=Level.full,
            description="Descents from random starts with a closed form of the loss.",
        ),
    ),
)

CLAIMS = (TANGENT, TWO_VARIABLES, IN_A_BOX, CLOSE_PAIRS, HEXAGON)
