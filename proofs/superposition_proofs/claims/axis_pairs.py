"""One nonzero weight for each feature: two pairs on an axis, and the sum over axes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from superposition_theory.phases import BIAS, DENSITY, dropped_loss
from superposition_theory.phases.axes import WEIGHT, biased_pair_loss, weak_pair
from superposition_theory.toy_model import ReluModel
from sympy import Expr, Matrix, Rational, diff, expand

from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Outcome,
    Reference,
    Status,
)

from .algebra import Decided, Identity, PositiveOn, Steps, by_algebra, replaced
from .hypotheses import UNIFORM

p, e, b = DENSITY, WEIGHT, BIAS
_ZERO, _ONE = Rational(0), Rational(1)
_V = dropped_loss()
ONE_WEIGHT = (
    r"Q_{n,m} = \inf L \text{ over } b \text{ and } W \in \mathbf R^{m \times n} "
    r"\text{ with at most one nonzero entry a column}"
)
DROP_COST = r"v = \tfrac p3 - \tfrac{p^2}4, \quad p = 1 - S"
SOURCE = "ours; Math for AI Safety registry, problem O49"

# ---------------------------------------------------------------- two pairs


def _at_small_weight(expression: Expr) -> Expr:
    """Return an expression at e = p (1 - p)/4."""
    return expression.subs(e, p * (1 - p) / 4)


def _sign_steps() -> Steps:
    """Return the steps that the loss of the weak pair is valid at e = p (1 - p)/4."""
    return tuple(
        PositiveOn(f"{sign} at e = p (1 - p)/4", partial(_at_small_weight, sign), p, _ZERO, _ONE)
        for sign in weak_pair().signs
    )


def _signs_follow(room: Expr) -> bool:
    """Say whether the breakpoints have their signs where `room` >= 0 and 0 < e, p < 1."""
    stated = (
        e * (2 - p) / 2,
        (2 * (1 - e) + e * p) / 2,
        p * (1 + e * (1 - e)) / 2,
        room,
        room + e**2,
        room + e + e**2,
    )
    return {expand(sign) for sign in weak_pair().signs} == {expand(form) for form in stated}


_ROOM = p * (1 - e**2 + e) / 2 - e  # the range of e that is stated is that where it is >= 0

_PAIRS: Steps = (
    Identity("slope in b", lambda: diff(biased_pair_loss(), b).subs(b, 0), -2 * p**2 / 3),
    PositiveOn(
        "the biased pair gains at b = p^2/6",
        lambda: p**2 / 3 - biased_pair_loss().subs(b, p**2 / 6),
        p,
        _ZERO,
        _ONE,
    ),
    Identity(
        "loss of the weak pair",
        lambda: weak_pair().loss,
        _V - e**2 * p * (1 - p) * (2 - p) ** 3 / 24 - e**3 * p**2 * (2 - p) ** 4 / 96 + e**4 * _V,
    ),
    Identity(
        "the weights below which the second order wins",
        lambda: p * (1 - p) * (2 - p) ** 3 / 24 / dropped_loss(),
        (1 - p) * (2 - p) ** 3 / (2 * (4 - 3 * p)),
    ),
    Decided("the loss is valid on the range of e", partial(_signs_follow, _ROOM)),
    *_sign_steps(),
    PositiveOn(
        "the weak pair gains at e = p (1 - p)/4",
        lambda: _V - _at_small_weight(weak_pair().loss),
        p,
        _ZERO,
        _ONE,
    ),
)

TWO_PAIRS = Claim(
    "pairs-beat-the-frozen-axis",
    "On one axis a biased pair beats the frozen pair, and a weak pair the dropped feature",
    r"L_{(1,-1)}(b) = \tfrac{p^2}3 - \tfrac{2p^2}3 b + O(b^2), \quad "
    r"L_{(1,-1)}(\tfrac{p^2}6) < \tfrac{p^2}3; \qquad "
    r"L_{(1,-e)} = v - e^2 \tfrac{p(1-p)(2-p)^3}{24} - e^3 \tfrac{p^2(2-p)^4}{96} + e^4 v, "
    r"\quad \allowbreak L_{(1,-e)} < v \text{ for } e^2 \le \tfrac{(1-p)(2-p)^3}{2(4-3p)}, "
    r"\text{ as at } e = \tfrac{p(1-p)}4",
    (
        r"0 < p < 1, \quad n = 2,\ m = 1",
        r"L_{(1,-1)}(b): \text{ both biases } b \in [0, 1)",
        (
            r"L_{(1,-e)}: \text{ biases } \tfrac{ep}2,\ \tfrac p2 (1 - e^2 + e); "
            r"\ 0 < e \le \tfrac p2(1 - e^2 + e),\ e < 1"
        ),
        DROP_COST,
        UNIFORM,
    ),
    SOURCE,
    ClaimKind.theorem,
    (
        by_algebra(
            _PAIRS,
            {
                "a slope of p^2/3": replaced(_PAIRS, "slope in b", stated=-(p**2) / 3),
                "a range twice as long": replaced(
                    _PAIRS,
                    "the loss is valid on the range of e",
                    question=partial(_signs_follow, _ROOM + e / 2),
                ),
                "no term of third order": replaced(
                    _PAIRS,
                    "loss of the weak pair",
                    stated=_V - e**2 * p * (1 - p) * (2 - p) ** 3 / 24 + e**4 * _V,
                ),
                "e = 1/2": replaced(
                    _PAIRS,
                    "the weak pair gains at e = p (1 - p)/4",
                    derived=lambda: _V - weak_pair().loss.subs(e, Rational(1, 2)),
                ),
            },
            "population-loss",
            "pair-loss",
            "dropped-feature-loss",
        ),
    ),
)

# ---------------------------------------------------------------- axes add up


@dataclass(frozen=True)
class Axis:
    """The features on one axis.

    Attributes
    ----------
    weights, biases : tuple of str
        Rationals.
    """

    weights: tuple[str, ...]
    biases: tuple[str, ...]

    def loss(self, density: Rational) -> Rational:
        """Return the exact loss of these features alone."""
        return _model((self,)).loss(density)


@dataclass(frozen=True)
class Axes:
    """Axes with their features, and how much is to be added to the sum of their losses.

    Attributes
    ----------
    axes : tuple of Axis
    density : str
    surplus : str
        0 where the statement holds.
    """

    axes: tuple[Axis, ...]
    density: str
    surplus: str = "0"


def _model(axes: tuple[Axis, ...]) -> ReluModel:
    """Return the model with one dimension for each axis."""
    features = sum(len(axis.weights) for axis in axes)
    weights, first = Matrix.zeros(len(axes), features), 0
    for row, axis in enumerate(axes):
        for weight in axis.weights:
            weights[row, first] = Rational(weight)
            first += 1
    return ReluModel(weights, [Rational(bias) for axis in axes for bias in axis.biases])


def is_sum_over_axes(cases: tuple[Axes, ...], context: Context) -> Outcome:
    """Decide whether the exact loss of a model is the sum over its axes.

    Examples
    --------
    >>> from superposition_proofs.claims.axis_pairs import Axes, Axis, is_sum_over_axes
    >>> from superposition_proofs.ledger import Context, Level
    >>> pair = Axis(("1", "-1"), ("0", "1/10"))
    >>> is_sum_over_axes((Axes((pair, pair), "1/2"),), Context(Level.quick, 0)).holds
    True
    """
    for k, case in enumerate(cases):
        density = Rational(case.density)
        parts = sum(axis.loss(density) for axis in case.axes) + Rational(case.surplus)
        whole = _model(case.axes).loss(density)
        if whole != parts:
            reason = f"case {k}: the loss is {whole}, the axes add up to {parts}"
            return Outcome(False, reason, cases=len(cases), effective=k + 1)
    reason = f"{len(cases)} exact losses are sums over axes"
    return Outcome(True, reason, cases=len(cases), effective=len(cases))


_PAIR = Axis(("1", "-1"), ("1/10", "1/10"))
_CASES = (
    Axes((_PAIR, _PAIR), "1/2"),
    Axes((_PAIR, Axis(("1",), ("0",))), "1/3"),
    Axes((Axis(("1", "-21/20", "-2/5"), ("0", "-1/6", "1/500")), _PAIR), "1/100"),
    Axes((Axis(("1", "1/2"), ("-1/5", "1/3")), Axis(("0",), ("1/4",)), _PAIR), "9/10"),
)

AXES = Claim(
    "axes-add-up",
    "With one nonzero weight for each feature the loss is a sum over axes",
    r"Q_{n,m}(p) = \min \Bigl\{ \sum_{d=1}^m q_{k_d}(p) : \ k_1 + \ldots + k_m = n \Bigr\}",
    (
        ONE_WEIGHT,
        r"q_k = \inf L \text{ for } k \text{ features in one dimension}, \quad q_0 = 0",
        UNIFORM,
    ),
    SOURCE,
    ClaimKind.theorem,
    (
        Reference(
            Status.written,
            "Assign every feature to the axis of its nonzero weight, a zero column to any axis. "
            "Columns on different axes have inner product 0, so that output j is a function of the "
            "features on its own axis, and its loss that of the model of these features in one "
            "dimension. For a given assignment the axes are minimised one by one.",
        ),
        Evidence(
            "exact models",
            Status.checked,
            is_sum_over_axes,
            _CASES,
            {"1/10^6 too much": (replace(_CASES[0], surplus="1/1000000"),)},
            description="Exact losses of two and three axes, whole and axis by axis.",
        ),
    ),
)

CLAIMS = (TWO_PAIRS, AXES)
