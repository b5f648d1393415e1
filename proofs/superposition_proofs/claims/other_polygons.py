"""Numbers of features beside five and six in the plane, one of them active at a time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from superposition_theory.pentagon import (
    Region,
    overlap_piece,
    own_piece,
    sum_over_pairs,
)
from superposition_theory.pentagon.pieces import BIAS, NORM, OVERLAP
from superposition_theory.phases import THRESHOLD
from sympy import Expr, Rational

from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Evidence,
    Level,
    Reference,
    Status,
)

from .algebra import Decided, Identity, Steps, by_algebra, decide_steps, replaced
from .neighbours import Neighbours, is_below_the_tangent, whole_loss
from .sparse_limit import PIECES, SOURCE, SPARSE_LIMIT, Search, is_least

a, b, g, t = NORM, BIAS, OVERLAP, THRESHOLD
_ZERO, _ONE = Rational(0), Rational(1)

# ---------------------------------------------------------------- no loss at all


def _has_no_loss(gram: tuple[tuple[Any, ...], ...], bias: Rational = _ZERO) -> bool:
    """Say whether columns with a Gram matrix, all with one bias, have no loss."""
    return bool(sum_over_pairs(gram, [bias] * len(gram)) == 0)


_SQUARE = ((1, 0, -1, 0), (0, 1, 0, -1), (-1, 0, 1, 0), (0, -1, 0, 1))
_RIGHT_ANGLES = ((1, 0, -1), (0, 1, 0), (-1, 0, 1))
_TILTED = ((1, Rational(1, 10), -1), (Rational(1, 10), 1, 0), (-1, 0, 1))

_NO_LOSS: Steps = (
    Identity(
        "D for b >= 0: squares",
        lambda: own_piece(Region.on),
        (b - (1 - a) / 2) ** 2 + (1 - a) ** 2 / 12,
    ),
    Identity(
        "D for b = -t a: t^3/3 and a square, weighted",
        lambda: own_piece(Region.rising).subs(b, -t * a) - t**3 / 3,
        (1 - t) * (a * (1 - t) - 1 - t / 2) ** 2 / 3 + (1 - t) * t**2 / 4,
    ),
    Identity("D where the output is off", lambda: own_piece(Region.off), Rational(1, 3)),
    Identity("C(g, 0), g > 0", lambda: overlap_piece(Region.on).subs(b, 0), g**2 / 3),
    Decided("the square has no loss", partial(_has_no_loss, _SQUARE)),
    Decided("a right angle beside a half turn has none", partial(_has_no_loss, _RIGHT_ANGLES)),
    Decided("an acute angle has a loss", lambda: not _has_no_loss(_TILTED)),
    Decided("a bias has a loss", lambda: not _has_no_loss(_SQUARE, Rational(1, 100))),
)

VANISHING = Claim(
    "one-active-terms-vanish",
    "The terms of the one-active loss as squares, and four Gram matrices with and without a loss",
    r"D = \bigl(b - \tfrac{1 - a}2\bigr)^2 + \tfrac{(1 - a)^2}{12} \ (b \ge 0); \quad "
    r"D \ge \tfrac{t^3}3 \ (b = -ta,\ 0 < t < 1); \quad D = \tfrac13 \text{ (off)}; "
    r"\allowbreak\quad "
    r"C(g, 0) = \tfrac{g_+^2}3; \quad \allowbreak T_1 = 0 \text{ at the square and at gaps } "
    r"\pi, \tfrac\pi2, \tfrac\pi2",
    (SPARSE_LIMIT, r"\text{off: } a + b \le 0", *PIECES),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _NO_LOSS,
            {
                "the square with a bias": replaced(
                    _NO_LOSS,
                    "the square has no loss",
                    question=partial(_has_no_loss, _SQUARE, Rational(1, 100)),
                ),
                "a missing 1/12": replaced(
                    _NO_LOSS, "D for b >= 0: squares", stated=(b - (1 - a) / 2) ** 2
                ),
            },
            "one-active-loss-by-pairs",
        ),
    ),
)

NO_LOSS = Claim(
    "no-loss-up-to-four-features",
    "With one feature active the loss vanishes for unit columns without acute angles, only there",
    r"T_1 = 0 \iff b = 0,\ \|w_j\| = 1,\ \langle w_i, w_j \rangle \le 0 \ (i \ne j); \quad "
    r"m = 2: \ n = 4 \text{: the squares};\ \allowbreak "
    r"n = 3 \text{: gaps } \theta_1, \theta_2, \theta_3 \in [\tfrac\pi2, \pi];\ \allowbreak "
    r"n = 2 \text{: an angle } \theta \ge \tfrac\pi2;\ \allowbreak n \ge 5 \text{: none}",
    (SPARSE_LIMIT, r"b \in \mathbf R^n \text{ of any sign}", *PIECES),
    "ours; Chen et al. 2023, arXiv 2310.06301, for the k-gons of this loss",
    ClaimKind.theorem,
    (
        Reference(
            Status.written,
            "T_1 is a sum of D and C, none negative. D = 0 forces a = 1 and b = 0: for b >= 0 D is "
            "a sum of two squares, for b = -t a with 0 < t < 1 it is at least t^3/3, and it is 1/3 "
            "where the output is off or a = 0 and b <= 0; a = 0 and b > 0 give 1/12 or more. Then "
            "C(g, 0) = g_+^2/3. In the plane the gaps of n >= 3 columns in cyclic order add up to "
            "2 pi and each is pi/2 or more: n <= 4, with equality for the square; for n = 3 each "
            "gap is at most 2 pi - 2 pi/2 = pi, and any two columns are at least pi/2 apart.",
            SOURCE,
            ("one-active-loss-by-pairs", "one-active-terms-vanish"),
        ),
    ),
)

# ---------------------------------------------------------------- free biases, n = 6


def _zero_column(features: int) -> Expr:
    """Return what a zero column with bias b >= 0 costs: D(0, b) and C(0, b) from every other."""
    return own_piece(Region.on).subs(a, 0) + (features - 1) * overlap_piece(Region.on).subs(g, 0)


def _exceeds(cost: Rational, corners: int) -> bool:
    """Say whether a cost exceeds that of a whole polygon."""
    return bool(cost > whole_loss(corners)[1])


_ZERO_COLUMN: Steps = (
    Identity(
        "a zero column of six",
        lambda: _zero_column(6),
        6 * (b - Rational(1, 12)) ** 2 + Rational(7, 24),
    ),
    Decided("7/24 > 6 F*", lambda: _exceeds(Rational(7, 24), 6)),
)

ZERO_COLUMN = Claim(
    "six-features-leave-none-out",
    "With free biases a zero column of six costs more than the whole hexagon",
    r"w_j = 0 \Rightarrow T_1 \ge \tfrac13 - b_+ + 6 b_+^2 \ge \tfrac7{24} > 6 F^* = 0.28915\ldots",
    (SPARSE_LIMIT, r"n = 6,\ m = 2,\ b = b_j \in \mathbf R", *PIECES),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _ZERO_COLUMN,
            {
                "the overlaps of neighbours only": replaced(
                    _ZERO_COLUMN, "a zero column of six", derived=lambda: _zero_column(3)
                ),
                "beside the heptagon": replaced(
                    _ZERO_COLUMN, "7/24 > 6 F*", question=lambda: _exceeds(Rational(7, 24), 7)
                ),
            },
            "one-active-loss-by-pairs",
            "polygon-optimum",
        ),
    ),
)

# ---------------------------------------------------------------- where the dual inequality fails


FREE_SIX = Neighbours(6, ("1", "0"), ("0", "1/6"), (0, 0))
SEVEN = Neighbours(7, ("17/16", "1/4"), ("-3/20", "0"), (6, 5))

PAIR_BOUND = Claim(
    "pair-bound-beyond-the-hexagon",
    "The inequality of two neighbours holds for six features with free biases, and for seven",
    r"G = \tfrac12 D(a, b) + \tfrac12 D(a', b') + C(g, b) + C(g, b') + \mu\theta - K \ge 0",
    (
        r"g = \sqrt{a a'} \cos\theta,\ a, a' \ge 0,\ 0 \le \theta \le \tfrac\pi2",
        r"\mu, K \text{ of the } k\text{-gon}",
        r"k = 6,\ b, b' \in \mathbf R: \ D + D' + C + C' \le 6 F_6^*",
        r"k = 7,\ b, b' \le 0: \ D, D' \le 7 F_7^* - 6 F_6^*, \ \ldots",
        r"\ldots \ D + D' + C + C' \le 7 F_7^* - 5 F_5^*",
        *PIECES,
    ),
    "ours; it would prove that the hexagon and the heptagon are optimal",
    ClaimKind.conjecture,
    (
        Evidence(
            "exact points",
            Status.checked,
            is_below_the_tangent,
            (FREE_SIX, SEVEN),
            {
                "a zero column for six, b <= 0": (replace(FREE_SIX, biases=("0", "0")),),
                "two columns of unit length": (replace(SEVEN, roots=("1", "1")),),
                "norms 1 and 13/20": (replace(SEVEN, roots=("1", "13/20"), biases=("0", "0")),),
            },
            ("polygon-optimum",),
            against=True,
            description="Two columns on one ray, one zero or weak; rational bounds of K.",
        ),
    ),
)

# ---------------------------------------------------------------- seven and eight features

_SEVEN = Search(7, 0.582898361016, 150)

HEPTAGON = Claim(
    "heptagon-for-seven-features",
    "In the sparse limit of seven features in the plane the regular heptagon is optimal",
    r"\min T_1 = 7 F_7^* = 0.582898361016\ldots",
    (r"n = 7,\ m = 2,\ b \in (-\infty, 0]^7", SPARSE_LIMIT, *PIECES),
    "ours",
    ClaimKind.conjecture,
    (
        Evidence(
            "descents",
            Status.supported,
            is_least,
            _SEVEN,
            {"hexagon and one dropped": replace(_SEVEN, loss=0.622487589523, starts=50)},
            ("polygon-optimum",),
            Level.full,
            description="Descents from random starts with a closed form of the loss.",
        ),
    ),
)

FREE_HEXAGON = Claim(
    "hexagon-with-free-biases",
    "With one of six features active in the plane, biases free, the regular hexagon is optimal",
    r"\min T_1 = 6 F_6^* = 0.289154256189\ldots",
    (r"n = 6,\ m = 2,\ b \in \mathbf R^6", SPARSE_LIMIT, *PIECES),
    "ours",
    ClaimKind.conjecture,
    (),
)


def _octagon_excess(other: int) -> Rational:
    """Return a lower bound of 8 F8* - (k F_k* + (8 - k)/3)."""
    return whole_loss(8)[0] - whole_loss(other)[1] - Rational(8 - other, 3)


_OCTAGON: Steps = (
    Decided("heptagon and one dropped are cheaper", lambda: _octagon_excess(7) > 0),
    Decided("by more than 1/123", lambda: _octagon_excess(7) > Rational(1, 123)),
)

OCTAGON = Claim(
    "octagon-for-eight-features",
    "In the sparse limit of eight features in the plane the regular octagon is optimal",
    r"\min T_1 = 8 F_8^* = 0.924367477874\ldots",
    (r"n = 8,\ m = 2,\ b \in (-\infty, 0]^8", SPARSE_LIMIT, *PIECES),
    "ours",
    ClaimKind.conjecture,
    (
        Evidence(
            "heptagon and one dropped",
            Status.proved,
            decide_steps,
            _OCTAGON,
            {
                "hexagon and two dropped": (
                    Decided("hexagon and two dropped are cheaper", lambda: _octagon_excess(6) > 0),
                )
            },
            ("polygon-optimum",),
            against=True,
            description="Rational bounds: 7 F7* + 1/3 = 0.91623... < 0.92436... = 8 F8*.",
        ),
    ),
)

CLAIMS = (VANISHING, NO_LOSS, ZERO_COLUMN, PAIR_BOUND, FREE_HEXAGON, HEPTAGON, OCTAGON)
