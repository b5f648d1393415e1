"""The pentagon theorem, and the sum over cyclic neighbours on which it rests."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np
from scipy.optimize import minimize
from superposition_numerics.matrices import FloatArray
from superposition_numerics.toy_model import Activity, loss_and_gradient
from superposition_theory.pentagon import vanishes_at_the_pentagon
from superposition_theory.phases import COSINE, polygon_optimum
from sympy import Expr, Rational, pi, symbols

from superposition_proofs.certificates import polygon_constants
from superposition_proofs.certificates.pentagon_dual import pentagon_dual_theorem
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

from ..algebra import Decided, Identity, Steps, by_algebra, replaced
from ..certified import decided_anew
from .inequality import CONSTANTS, Change, unchanged, with_change
from .pairs import PIECES
from .reduction import quantity

_SOURCE = "proofs/pentagon/pentagon.tex"
_FEATURES = 5
_MU, _LOSS = symbols("mu F")
_PAIRS = [(j, (j + 1) % _FEATURES) for j in range(_FEATURES)]
_DUAL = r"G = \tfrac12 D(a, b) + \tfrac12 D(a', b') + C(g, b) + C(g, b') + \mu\theta - K"


def _own(j: int) -> Expr:
    """Return the symbol D_j."""
    return symbols(f"D{j}")


def _overlap(i: int, j: int) -> Expr:
    """Return the symbol C(g_ij, b_j): what output j costs while feature i is active."""
    return symbols(f"C{i}{j}")


def _cyclic_remainder(turn: Expr) -> Expr:
    """Return T_1 - 5 F* - sum G_j, less what is left: the overlaps of non-neighbours.

    The gaps of the angles add up to a turn.
    """
    gaps = list(symbols("theta0:4"))
    gaps.append(turn - sum(gaps))
    level = _LOSS + 2 * pi * _MU / 5
    total = sum(
        _own(j) if i == j else _overlap(i, j) for i in range(_FEATURES) for j in range(_FEATURES)
    )
    dual = sum(
        (_own(i) + _own(j)) / 2 + _overlap(i, j) + _overlap(j, i) + _MU * gap - level
        for (i, j), gap in zip(_PAIRS, gaps, strict=True)
    )
    left = sum(
        _overlap(i, j)
        for i in range(_FEATURES)
        for j in range(_FEATURES)
        if i != j and (i, j) not in _PAIRS and (j, i) not in _PAIRS
    )
    return (total - 5 * _LOSS - dual - left).expand()


def _are_distinct() -> bool:
    """Say whether the five pairs of neighbours are five pairs: each overlap is used once."""
    return len({frozenset(pair) for pair in _PAIRS}) == _FEATURES


def _is_silent(corner: int) -> bool:
    """Say whether a corner at 2 pi corner/5 adds nothing: its inner product and b are negative."""
    pentagon = polygon_optimum(5)
    cosine = 2 * COSINE**2 - 1 if corner == 2 else COSINE
    functions = (cosine.subs(COSINE, pentagon.cosine), quantity("bias"))
    return all(pentagon.bounds(function, digits=10)[1] < 0 for function in functions)


_CYCLIC: Steps = (
    Identity("T_1 - 5 F* = sum G_j + non-neighbours", partial(_cyclic_remainder, 2 * pi), 0),
    Decided("the five pairs of neighbours are distinct", _are_distinct),
    Decided(
        "cos(4 pi/5) = 2 c^2 - 1 is another root of that of c",
        lambda: vanishes_at_the_pentagon(
            4 * (2 * COSINE**2 - 1) ** 2 + 2 * (2 * COSINE**2 - 1) - 1
        ),
    ),
    Decided("non-neighbours add nothing at the pentagon", partial(_is_silent, 2)),
)

CYCLIC = Claim(
    "cyclic-decomposition",
    "For five columns in cyclic order the loss is a sum over neighbours and a remainder",
    r"5 L_1 - 5 F^* = \sum_{j} G_j + \sum_{i \not\sim j} C(g_{ij}, b_j) \ge \sum_j G_j, "
    r"\text{ with equality at the pentagon}",
    (
        r"w_j \ne 0 \text{ in the order of their angles, with gaps } \theta_j \ge 0",
        r"G_j = \tfrac12 D_j + \tfrac12 D_{j+1} + C(g, b_j) + C(g, b_{j+1}) + \mu\theta_j - K",
        r"g = \langle w_j, w_{j+1} \rangle, \quad \textstyle\sum_j \theta_j = 2\pi",
        *PIECES,
        *CONSTANTS,
    ),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _CYCLIC,
            {
                "gaps that add up to pi": replaced(
                    _CYCLIC,
                    "T_1 - 5 F* = sum G_j + non-neighbours",
                    derived=partial(_cyclic_remainder, pi),
                ),
                "neighbours that add nothing": replaced(
                    _CYCLIC,
                    "non-neighbours add nothing at the pentagon",
                    question=partial(_is_silent, 1),
                ),
            },
            "one-active-loss-by-pairs",
            "polygon-optimum",
        ),
    ),
)


@dataclass(frozen=True)
class FiveVariables:
    """The inequality in five variables, with its constants and its constraint or without.

    Attributes
    ----------
    change : callable
        PolygonConstants -> PolygonConstants, applied to those of the pentagon.
    constrained : bool
        Whether D + D' + C + C' <= 5 F*.
    most_boxes : int
    """

    change: Change = unchanged
    constrained: bool = True
    most_boxes: int = 10_000_000


def is_proved_directly(inequality: FiveVariables, context: Context) -> Outcome:
    """Decide the inequality in five variables, without exclusion and symmetrisation.

    Examples
    --------
    >>> from superposition_proofs.claims.pentagon.theorem import FiveVariables, is_proved_directly
    >>> from superposition_proofs.ledger import Context, Level
    >>> unconstrained = FiveVariables(constrained=False, most_boxes=100)
    >>> is_proved_directly(unconstrained, Context(Level.quick, 0)).holds
    False
    """
    constants = inequality.change(polygon_constants(5))
    theorem = pentagon_dual_theorem(constants, constrained=inequality.constrained)
    return decided_anew(theorem, most_boxes=inequality.most_boxes)


NEIGHBOURS = Claim(
    "neighbour-inequality",
    "Where two columns and their overlaps are cheap enough, their share of the loss is at least F*",
    r"G(a, b, a', b', \theta) \ge 0, \text{ with equality for } "
    r"a = a' = a^*,\ b = b' = b^*,\ \theta = \tfrac{2\pi}5 \text{ only}",
    (
        _DUAL,
        r"g = \sqrt{a a'} \cos\theta,\ a, a' > 0,\ 0 \le \theta \le 2\pi",
        r"D(a, b) + D(a', b') + C(g, b) + C(g, b') \le 5 F^*",
        *CONSTANTS,
    ),
    "ours",
    ClaimKind.theorem,
    (
        Reference(
            Status.written,
            "If theta >= pi/2 then G >= mu pi/2 - K > 0. Else g > 0, and by exclusion "
            "g < min(a, a'), as 5 F* < 1/6. Symmetrisation bounds G by half the sum of two values "
            "of Gamma, which are not negative; equality makes both points that of the pentagon.",
            _SOURCE,
            (
                "parallel-columns-cost-a-sixth",
                "neighbours-symmetrise",
                "two-variable-inequality",
            ),
        ),
        Evidence(
            "five variables",
            Status.certified,
            is_proved_directly,
            FiveVariables(),
            {
                "without the constraint": FiveVariables(constrained=False),
                "K + 1e-4": FiveVariables(
                    with_change("level", Fraction(1, 10_000)), most_boxes=50_000
                ),
            },
            ("cheap-columns-are-bounded", "tangent-at-the-pentagon"),
            Level.full,
            description="Branch and bound in outward-rounded floats, by another route.",
        ),
    ),
)

# ---- a search ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Search:
    """A least loss as stated, and how many descents look for a smaller one.

    Attributes
    ----------
    loss : str
        L_1, decimals.
    starts : int
    """

    loss: str
    starts: int = 60


_LOSS_SLACK = 1e-12  # a float loss beside a decimal truncated after 30 digits
_REACHED = 1e-9  # above the least loss: descents that ended there
_SHAPE = 1e-3  # of a Gram matrix whose loss is 1e-9 above that of a minimum with curvature 0.1


def descend(rng: np.random.Generator) -> tuple[float, FloatArray, FloatArray]:
    """Return the end of a descent of L_1 from random weights: loss, W (2, 5) and biases.

    Examples
    --------
    >>> from superposition_proofs.claims.pentagon.theorem import descend
    >>> loss, W, biases = descend(np.random.default_rng(0))
    >>> loss > 0.0158, W.shape
    (True, (2, 5))
    """
    one_active = Activity.from_patterns(np.eye(_FEATURES), np.full(_FEATURES, 1 / _FEATURES))

    def objective(point: FloatArray) -> tuple[float, FloatArray]:
        found = loss_and_gradient(point[:10].reshape(2, 5), point[10:], one_active)
        return float(found.loss), np.concatenate((found.weights.ravel(), found.biases))

    start = np.concatenate((rng.normal(size=10), 0.3 * rng.normal(size=5)))
    end = minimize(objective, start, jac=True, method="BFGS", options={"gtol": 1e-9})
    return float(end.fun), end.x[:10].reshape(2, 5), end.x[10:]


def pentagon_distance(W: FloatArray, biases: FloatArray) -> float:
    """Return the largest deviation of a Gram matrix and biases from those of the best pentagon.

    Examples
    --------
    >>> from superposition_proofs.claims.pentagon.theorem import pentagon_distance
    >>> float(pentagon_distance(np.zeros((2, 5)), np.zeros(5))).__round__(4)
    1.37
    """
    pentagon = polygon_optimum(5)
    norm, bias = (
        float(sum(pentagon.bounds(quantity(name), digits=20))) / 2
        for name in ("squared norm", "bias")
    )
    order = np.argsort(np.arctan2(W[1], W[0]))
    gram = W[:, order].T @ W[:, order]
    steps = np.subtract.outer(np.arange(5), np.arange(5))
    shape = np.abs(gram - norm * np.cos(2 * np.pi * steps / 5)).max()
    return max(float(shape), float(np.abs(biases - bias).max()))


def is_least(search: Search, context: Context) -> Outcome:
    """Decide whether descents reach a stated loss, none falls below it, and its shape is right.

    Examples
    --------
    >>> from superposition_proofs.claims.pentagon.theorem import Search, is_least
    >>> is_least(Search("0.0566666666666", starts=2), Context(Level.quick, 0)).holds
    False
    """
    least = float(Rational(search.loss))
    reached, lowest, worst = 0, np.inf, 0.0
    for k in range(search.starts):
        loss, W, biases = descend(context.rng("start", k))
        lowest = min(lowest, loss)
        if loss < least + _REACHED:
            reached += 1
            worst = max(worst, pentagon_distance(W, biases))
    holds = bool(lowest >= least - _LOSS_SLACK and reached and worst < _SHAPE)
    reason = (
        f"{reached} of {search.starts} descents end at the stated loss, the lowest at "
        f"{lowest:.12f}, Gram matrices within {worst:.1g}"
    )
    return Outcome(holds, reason, cases=search.starts, effective=search.starts)


_LEAST = "0.015825627074494197"

PENTAGON = Claim(
    "pentagon-theorem",
    "With one of five features active in the plane the minimisers are the regular pentagons",
    r"\min L_1 = F^* = 0.015825627074494197669821482295\ldots \text{ is attained}, \allowbreak\ "
    r"\text{exactly where for a permutation } \tau \quad \allowbreak "
    r"\langle w_{\tau(i)}, w_{\tau(j)} \rangle = r^2 \cos\tfrac{2\pi(i - j)}5, "
    r"\ b_j = b^*; \quad \allowbreak "
    r"r^2 = 1.369975766757019992876211267850\ldots,\ \allowbreak "
    r"b^* = -0.282297283126771638578969444057\ldots",
    (
        r"n = 5,\ m = 2,\ W \in \mathbf R^{2 \times 5},\ b \in \mathbf R^5",
        (
            r"L_1 = \mathbf E \|x - \operatorname{ReLU}(W^{\mathsf T} W x + b)\|^2, "
            r"\ x = u e_i"
        ),
        r"i \text{ uniform among the five},\ u \text{ uniform on } [0, 1]",
    ),
    "ours; Math for AI Safety registry, problem O42",
    ClaimKind.theorem,
    (
        Reference(
            Status.written,
            "If L_1 <= F* then no column is zero, the gaps between columns in cyclic order add up "
            "to a turn, every pair of neighbours satisfies the neighbour inequality, and the sum "
            "of five terms that are not negative is at most 0: all vanish, which is a regular "
            "pentagon. The pentagon has the loss F*, so that the infimum is attained; no "
            "compactness is needed.",
            _SOURCE,
            (
                "cyclic-decomposition",
                "neighbour-inequality",
                "parallel-columns-cost-a-sixth",
                "pentagon-constants",
            ),
        ),
        Evidence(
            "descents",
            Status.supported,
            is_least,
            Search(_LEAST),
            {
                "the square's loss": Search("0.056666666666", starts=8),
                "a loss one part in a thousand lower": Search("0.0158098", starts=8),
            },
            level=Level.full,
            description="Descents of the float one-active loss from random weights and biases.",
        ),
    ),
)

CLAIMS = (CYCLIC, NEIGHBOURS, PENTAGON)
