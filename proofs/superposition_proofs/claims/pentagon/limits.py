"""What is false beside the pentagon theorem: other tangents, no exclusion, the square."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from superposition_numerics.certify import FLOATS, Fixed, Formula, Positive, Refuted, decide
from superposition_theory.toy_model import ReluModel
from sympy import Rational

from superposition_proofs.certificates import polygon_constants
from superposition_proofs.certificates.pentagon import NEIGHBOURHOOD, Excess
from superposition_proofs.ledger import Claim, ClaimKind, Context, Evidence, Level, Outcome, Status
from superposition_proofs.ledger.json_values import Json

from ..neighbours import Neighbours, is_below_the_tangent
from .inequality import CONSTANTS, GAMMA, Change, unchanged, with_change, with_slope, with_threshold
from .pairs import PIECES

_RING = Fixed(256)

# ---- no other tangent ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Below:
    """Another tangent, and a point where H < 0 with it.

    Attributes
    ----------
    change : callable
        PolygonConstants -> PolygonConstants.
    threshold, angle : int
        t and theta, over 2^25.
    """

    change: Change
    threshold: int
    angle: int

    @property
    def excess(self) -> Formula:
        """H with the changed constants."""
        constants = self.change(polygon_constants(5))
        return Formula(Excess(constants.slope, constants.level))


def are_below(points: Mapping[str, Below], context: Context) -> Outcome:
    """Decide in exact integers whether H < 0 at each point.

    Examples
    --------
    >>> from superposition_proofs.claims.pentagon.limits import Below, are_below
    >>> from superposition_proofs.ledger import Context, Level
    >>> at_zero = {"no change": Below(unchanged, 0, 0)}
    >>> are_below(at_zero, Context(Level.quick, 0)).holds
    False
    """
    rows: list[dict[str, Json]] = []
    for name, point in points.items():
        place = [_RING.number(Fraction(x, 2**25)) for x in (point.threshold, point.angle)]
        value = point.excess.value(place)
        if not value.is_negative():
            reason = f"{name}: H is not below 0 at the point"
            return Outcome(False, reason, cases=len(points), effective=len(rows) + 1)
        place_text = [str(Fraction(x, 2**25)) for x in (point.threshold, point.angle)]
        rows.append({"change": name, "(t, theta)": place_text, "H below": value.bounds()[1]})
    return Outcome(
        True,
        f"{len(rows)} changes of the constants refuted, each with a point",
        cases=len(rows),
        effective=len(rows),
        witness=rows[-1],
        details={"points": rows},
    )


def are_found(points: Mapping[str, Below], context: Context) -> Outcome:
    """Decide whether a branch and bound for H > 0 finds such a point for each change by itself.

    Examples
    --------
    >>> from superposition_proofs.claims.pentagon.limits import Below, are_found
    >>> from superposition_proofs.ledger import Context, Level
    >>> steeper = {"steeper": Below(lambda k: with_slope(k, Fraction(11, 10)), 0, 0)}
    >>> are_found(steeper, Context(Level.quick, 0)).holds
    True
    """
    boxes: list[int] = []
    for name, point in points.items():
        question = Positive("neighbourhood", ("t", "theta"), NEIGHBOURHOOD, point.excess)
        verdict = decide(question, FLOATS, most_boxes=_MOST_BOXES)
        if not isinstance(verdict, Refuted):
            reason = f"{name}: {verdict.answer}"
            return Outcome(False, reason, cases=len(points), effective=len(boxes) + 1)
        boxes.append(verdict.boxes)
    reason = f"{len(boxes)} points found, after {min(boxes)} to {max(boxes)} boxes"
    return Outcome(True, reason, cases=len(boxes), effective=len(boxes))


_MOST_BOXES = 3_000
# The points that the branch and bound finds.
_POINTS = {
    "K + 1e-3": Below(with_change("level", Fraction(1, 10**3)), 7077888, 42205184),
    "K + 1e-6": Below(with_change("level", Fraction(1, 10**6)), 6930432, 42156032),
    "K + 1e-9": Below(with_change("level", Fraction(1, 10**9)), 6915072, 42165248),
    "K + 1e-12": Below(with_change("level", Fraction(1, 10**12)), 6914208, 42165728),
    "mu (1 + 1e-2)": Below(partial(with_slope, factor=1 + Fraction(1, 10**2)), 6979584, 42106880),
    "mu (1 - 1e-2)": Below(partial(with_slope, factor=1 - Fraction(1, 10**2)), 6832128, 42303488),
    "mu (1 + 1e-4)": Below(partial(with_slope, factor=1 + Fraction(1, 10**4)), 6915456, 42164096),
    "mu (1 - 1e-4)": Below(partial(with_slope, factor=1 - Fraction(1, 10**4)), 6913536, 42166784),
    "mu (1 + 1e-6)": Below(partial(with_slope, factor=1 + Fraction(1, 10**6)), 6914235, 42165734),
    "mu (1 - 1e-6)": Below(partial(with_slope, factor=1 - Fraction(1, 10**6)), 6914220, 42165752),
    "t* + 1e-2": Below(partial(with_threshold, by=Fraction(1, 10**2)), 7077888, 42205184),
    "t* + 1e-4": Below(partial(with_threshold, by=Fraction(1, 10**4)), 6905856, 42180608),
    "t* + 1e-6": Below(partial(with_threshold, by=Fraction(1, 10**6)), 6914112, 42165824),
}
_NOT_BELOW = {
    "the constants themselves": {"none": replace(_POINTS["K + 1e-9"], change=unchanged)},
    "K - 1e-9": {
        "K - 1e-9": replace(_POINTS["K + 1e-9"], change=with_change("level", -Fraction(1, 10**9)))
    },
}

SHARP = Claim(
    "no-other-tangent",
    "With a larger level, another slope or another threshold the inequality is false",
    r"\Gamma_{\mu', K'} \ge 0 \text{ fails for } K' = K + 10^{-k},\ k = 3, 6, 9, 12; \allowbreak\ "
    r"\mu' = \mu (1 \pm 10^{-k}),\ k = 2, 4, 6; \allowbreak\ "
    r"t' = t^* + 10^{-k},\ k = 2, 4, 6",
    (
        GAMMA,
        r"K' = F^* + \tfrac{2\pi}5 \mu' \text{ with another } \mu'",
        r"a, F, \mu, K \text{ those that belong to } t' \text{ with another } t'",
    ),
    "ours",
    ClaimKind.theorem,
    (
        Evidence(
            "points",
            Status.checked,
            are_below,
            _POINTS,
            _NOT_BELOW,
            ("two-variables-are-enough",),
            description="Rational points with H < 0, the sign decided in exact integers.",
        ),
        Evidence(
            "points found",
            Status.checked,
            are_found,
            _POINTS,
            _NOT_BELOW,
            ("two-variables-are-enough",),
            Level.full,
            description="The branch and bound that fails to prove H > 0 finds such points itself.",
        ),
    ),
)

# ---- without the exclusion -----------------------------------------------------------------------


BELOW = (
    Neighbours(5, ("1", "0"), ("0", "1/6")),  # G = 1/8 - K; the second column is zero
    Neighbours(5, ("1", "1/100"), ("0", "1/6")),  # the same with two nonzero columns
    Neighbours(5, ("1", "1/100"), ("0", "41/250")),
)

WITHOUT_EXCLUSION = Claim(
    "neighbour-inequality-without-exclusion",
    "The inequality for two neighbours holds for all columns, weak ones too",
    r"G = \tfrac12 D(a, b) + \tfrac12 D(a', b') + C(g, b) + C(g, b') + \mu\theta - K \ge 0",
    (
        *PIECES,
        r"a, a' > 0, \ g = \sqrt{a a'} \cos\theta, \ 0 \le \theta \le \tfrac\pi2",
        *CONSTANTS,
    ),
    "ours; the inequality holds where D + D' + C + C' is at most 5 F*",
    ClaimKind.conjecture,
    (
        Evidence(
            "exact points",
            Status.checked,
            is_below_the_tangent,
            BELOW,
            {
                "the pentagon's norms, no biases": (
                    Neighbours(5, ("117/100", "117/100"), ("0", "0")),
                ),
                "both columns of unit length": (Neighbours(5, ("1", "1"), ("0", "1/6")),),
            },
            against=True,
            description="Two columns on one ray, one of them weak; rational bounds of K.",
        ),
    ),
)

# ---- the square ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class FivePoints:
    """Five columns in the plane with one bias, in hundredths.

    Attributes
    ----------
    columns : tuple of five pairs of int
    bias : int
    """

    columns: tuple[tuple[int, int], ...]
    bias: int

    @property
    def loss(self) -> Rational:
        """L_1, exactly."""
        weights = [[Rational(column[k], 100) for column in self.columns] for k in range(2)]
        return ReluModel(weights, [Rational(self.bias, 100)] * 5).one_active / 5


def square_loss() -> Rational:
    """Return L_1 of the unit square and a dropped feature with bias 1/10: 17/300.

    Examples
    --------
    >>> from superposition_proofs.claims.pentagon.limits import square_loss
    >>> square_loss()
    17/300
    """
    weights = [[1, 0, -1, 0, 0], [0, 1, 0, -1, 0]]
    return ReluModel(weights, [0, 0, 0, 0, Rational(1, 10)]).one_active / 5


def beats_the_square(points: FivePoints, context: Context) -> Outcome:
    """Decide whether five points have a smaller loss than the square, exactly.

    Examples
    --------
    >>> from superposition_proofs.claims.pentagon.limits import FivePoints, beats_the_square
    >>> from superposition_proofs.ledger import Context, Level
    >>> square = FivePoints(((100, 0), (0, 100), (-100, 0), (0, -100), (0, 0)), 0)
    >>> beats_the_square(square, Context(Level.quick, 0)).holds
    False
    """
    loss, square = points.loss, square_loss()
    witness: Json = {
        "columns/100": [list(x) for x in points.columns],
        "bias/100": points.bias,
        "L_1": str(loss),
    }
    below = bool(loss < square)
    sign = "<" if below else "is not below"
    reason = f"{float(loss):.8f} {sign} {square}"
    return Outcome(below, reason, margin=float(1 - loss / square), witness=witness)


PENTAGON = FivePoints(((117, 0), (36, 111), (-95, 69), (-95, -69), (36, -111)), -28)

SQUARE = Claim(
    "square-wins-for-five-features",
    "The square with a fifth feature dropped is optimal for one active feature",
    r"\min L_1 = \tfrac{17}{300} \text{ for } n = 5,\ m = 2",
    (r"L_1: \text{ exactly one of five features active, free biases}",),
    "ours",
    ClaimKind.conjecture,
    (
        Evidence(
            "exact witness",
            Status.checked,
            beats_the_square,
            PENTAGON,
            {
                "the square itself": FivePoints(
                    ((100, 0), (0, 100), (-100, 0), (0, -100), (0, 0)), 10
                ),
                "the pentagon without biases": FivePoints(PENTAGON.columns, 0),
            },
            against=True,
            description="A pentagon with coordinates in hundredths and its exact loss.",
        ),
    ),
)

CLAIMS = (SHARP, WITHOUT_EXCLUSION, SQUARE)
