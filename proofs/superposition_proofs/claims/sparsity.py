"""The cost of weight sparsity: a conjectured formula, and exact points below it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from superposition_numerics.toy_model import population_loss, sampled_loss
from superposition_theory.phases import DENSITY, dropped_loss
from superposition_theory.toy_model import ReluModel
from sympy import Rational

from superposition_proofs.ledger import Claim, ClaimKind, Context, Evidence, Outcome, Status
from superposition_proofs.ledger.json_values import Json

from .axis_sharing import CLAIMS as AXIS_CLAIMS
from .axis_sharing import below_everywhere
from .trials import loss_error


@dataclass(frozen=True)
class Point:
    """Weights with one nonzero entry in each column, biases, and the probability S of 0.

    Attributes
    ----------
    weights : tuple of str
        The features on the one axis of m = 1 dimension, as rationals.
    biases : tuple of str
    sparsity : str
        S = 1 - p.
    """

    weights: tuple[str, ...]
    biases: tuple[str, ...]
    sparsity: str


def conjectured_cost(features: int, dimensions: int, sparsity: Rational) -> Rational:
    """Return the conjectured least loss min((n - m) v, m p^2/3 + (n - 2 m) v).

    Parameters
    ----------
    features, dimensions : int
        n >= 2 m >= 2.
    sparsity : Rational
        S = 1 - p.

    Returns
    -------
    Rational

    Examples
    --------
    >>> from superposition_proofs.claims.sparsity import conjectured_cost
    >>> conjectured_cost(2, 1, Rational(1, 2))
    1/12
    """
    density = 1 - sparsity
    dropped = dropped_loss().subs(DENSITY, density)
    pairs = dimensions * density**2 / 3 + (features - 2 * dimensions) * dropped
    return min((features - dimensions) * dropped, pairs)


def lies_below(points: tuple[Point, ...], context: Context) -> Outcome:
    """Decide whether each point's exact loss lies below the conjectured least one.

    Examples
    --------
    >>> from superposition_proofs.claims.sparsity import Point, lies_below
    >>> from superposition_proofs.ledger import Context, Level
    >>> pair = Point(("1", "-1"), ("1/10", "1/10"), "1/2")
    >>> lies_below((pair,), Context(Level.quick, 0)).reason
    '1 exact points below the formula, the first 9259/120000 < 1/12'
    """
    rows: list[dict[str, Json]] = []
    margins = []
    for point in points:
        sparsity = Rational(point.sparsity)
        model = ReluModel(
            [[Rational(w) for w in point.weights]], [Rational(b) for b in point.biases]
        )
        loss = model.loss(1 - sparsity)
        formula = conjectured_cost(model.features, 1, sparsity)
        if not loss < formula:
            reason = f"{loss} is not below {formula} at S = {sparsity}"
            return Outcome(False, reason, cases=len(points), effective=len(rows) + 1)
        margins.append(1 - loss / formula)
        rows.append(
            {
                "W": list(point.weights),
                "b": list(point.biases),
                "S": point.sparsity,
                "loss": str(loss),
                "formula": str(formula),
            }
        )
    reason = (
        f"{len(rows)} exact points below the formula, the first "
        f"{rows[0]['loss']} < {rows[0]['formula']}"
    )
    return Outcome(
        True,
        reason,
        margin=float(min(margins)),
        cases=len(rows),
        effective=len(rows),
        witness=rows[0],
        details={"points": rows},
    )


def lies_below_in_floats(points: tuple[Point, ...], context: Context) -> Outcome:
    """Decide the same with the float loss, which must agree with a sample to 5 standard errors.

    Five, as the claim fails if one of a handful of points is further off: a chance of 3 in a
    million by accident.

    Examples
    --------
    >>> from superposition_proofs.claims.sparsity import Point, lies_below_in_floats
    >>> from superposition_proofs.ledger import Context, Level
    >>> frozen = Point(("1", "-1"), ("0", "0"), "1/2")
    >>> lies_below_in_floats((frozen,), Context(Level.quick, 0)).holds
    False
    """
    worst = np.inf
    for k, point in enumerate(points):
        weights = [[float(Rational(w)) for w in point.weights]]
        biases = [float(Rational(b)) for b in point.biases]
        sparsity = Rational(point.sparsity)
        density = float(1 - sparsity)
        loss = float(population_loss(weights, biases, density))
        sample = sampled_loss(weights, biases, density, samples=200_000, rng=context.rng("x", k))
        deviation = abs(sample.value - loss) / sample.standard_error
        formula = float(conjectured_cost(len(biases), 1, sparsity))
        below = 1 - (loss + loss_error(weights, biases)) / formula
        if below <= 0 or deviation > 5:
            reason = (
                f"S = {sparsity}: relative gap {below:.3g}, sample off by {deviation:.2g} errors"
            )
            return Outcome(False, reason, below, len(points), k + 1)
        worst = min(worst, below)
    reason = f"{len(points)} float losses below the formula, each confirmed by a sample"
    return Outcome(True, reason, worst, len(points), len(points))


_POINTS = (
    Point(("1", "-1"), ("1/10", "1/10"), "1/2"),  # a biased pair
    Point(("9/10", "-9/10"), ("17/100", "17/100"), "3/7"),  # at the conjectured threshold
    Point(("87/100", "-87/100"), ("21/100", "21/100"), "2/5"),  # beyond it
    Point(("1", "-21/20", "-21/50"), ("0", "-167/1000", "1/500"), "99/100"),  # three on an axis
    Point(("1", "-26/25", "-2/5"), ("0", "-3/20", "1/100"), "19/20"),
    Point(("91/100", "-63/200", "-63/200"), ("33/100", "49/100", "49/100"), "1/10"),
)
_CONTROLS = {
    "the frozen pair": (Point(("1", "-1"), ("0", "0"), "1/2"),),
    "a pair and a dropped feature": (Point(("1", "-1", "0"), ("0", "0", "1/200"), "99/100"),),
}

WEIGHT_SPARSITY = Claim(
    "weight-sparsity-cost",
    "With one nonzero weight per feature the least loss is that of frozen pairs and drops",
    r"Q_{n, m}(S) = \min\bigl((n - m)\,v,\ m \tfrac{(1 - S)^2}{3} + (n - 2 m)\,v\bigr)",
    (
        r"n \ge 2 m \ge 2",
        (
            r"Q = \min L \text{ over } W \in \mathbf R^{m \times n} \text{ with at most one "
            r"nonzero entry in each column, and } b"
        ),
        r"v = \tfrac{1 - S}{3} - \tfrac{(1 - S)^2}{4}",
    ),
    "Math for AI Safety registry, problem O49, conjectured formula",
    ClaimKind.conjecture,
    (
        below_everywhere("every sparsity", against=True),
        Evidence(
            "exact witnesses",
            Status.checked,
            lies_below,
            _POINTS,
            _CONTROLS,
            against=True,
            description="Rational points on one axis whose exact loss lies below the formula.",
        ),
        Evidence(
            "float witnesses",
            Status.supported,
            lies_below_in_floats,
            _POINTS,
            _CONTROLS,
            against=True,
            description="The same points by the float loss and by sampling.",
        ),
    ),
)

CLAIMS = (*AXIS_CLAIMS, WEIGHT_SPARSITY)
