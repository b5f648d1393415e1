"""Claims on three, four, six, seven and eight features in the plane, and on shared axes."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from superposition_proofs.claims import (
    axis_pairs,
    axis_sharing,
    frozen,
    hexagon,
    other_polygons,
    pairs,
    pentagon,
    polygon_stability,
    polygons,
    sparse_limit,
    sparsity,
    toy_model,
)
from superposition_proofs.claims.neighbours import Neighbours
from superposition_proofs.ledger import Context, Evidence, Level, Registry
from superposition_theory.phases import DENSITY, dropped_loss
from superposition_theory.toy_model import ReluModel
from sympy import Rational

QUICK = Context(Level.quick, 0)
OURS = (
    *hexagon.CLAIMS,
    *other_polygons.CLAIMS,
    *polygon_stability.CLAIMS,
    *sparsity.CLAIMS,
)


def registry() -> Registry:
    """Return these claims with those they use."""
    others = (toy_model, frozen, pairs, polygons, pentagon)
    return Registry((*(claim for module in others for claim in module.CLAIMS), *OURS))


EVIDENCE = [
    pytest.param(item, id=f"{claim.id}: {item.name}")
    for claim in OURS
    for item in claim.executable
    if item.level is Level.quick
]


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_evidence_holds_and_rejects_its_near_misses(evidence: Evidence[Any]) -> None:
    outcome = evidence.check(evidence.subject, QUICK)
    assert outcome.holds is True
    assert 0 < outcome.effective <= outcome.cases
    for name, miss in evidence.near_misses.items():
        rejected = evidence.check(miss, QUICK)
        assert rejected.holds is False, name
        assert rejected.reason


def test_what_the_claims_use_is_there() -> None:
    found = registry()
    assert "hexagon-theorem" in found
    assert len({claim.id for claim in OURS}) == len(OURS) == 22


# ---------------------------------------------------------------- the sparse limit


def test_the_closed_form_is_the_models_and_its_gradient_is_its_slope() -> None:
    weights = [[1, Rational(-1, 2), 0], [Rational(1, 3), 1, Rational(-3, 4)]]
    biases = [Rational(-1, 10), Rational(-1, 3), 0]
    W, b = np.array(weights, dtype=float), np.array(biases, dtype=float)
    loss, gradient = sparse_limit.sparse_loss_and_gradient(W, b)
    assert loss == pytest.approx(float(ReluModel(weights, biases).sparse_limit), abs=1e-14)
    point, h = np.concatenate((W.ravel(), b - 0.01)), 1e-6
    slopes = [(at(point + step) - at(point - step)) / (2 * h) for step in h * np.eye(len(point))]
    _, gradient = sparse_limit.sparse_loss_and_gradient(W, b - 0.01)
    assert gradient == pytest.approx(slopes, abs=1e-8)


def at(point: np.typing.NDArray[np.float64]) -> float:
    return sparse_limit.sparse_loss_and_gradient(point[:6].reshape(2, 3), point[6:])[0]


# Columns, biases, and T_1 by hand.
@pytest.mark.parametrize(
    ("weights", "biases", "loss"),
    [
        ([[1, 0, -1, 0], [0, 1, 0, -1]], [0, 0, 0, 0], 0),  # the square
        ([[1, 0, -1], [0, 1, 0]], [0, 0, 0], 0),  # gaps 90, 90 and 180 degrees
        ([[1, 1], [0, 0]], [0, 0], Rational(2, 3)),  # twice C(1, 0) = 1/3
        ([[1, 0], [0, 0]], [0, 0], Rational(1, 3)),  # one zero column
    ],
)
def test_losses_by_hand(weights: list[list[int]], biases: list[int], loss: Rational) -> None:
    assert ReluModel(weights, biases).one_active == loss


def test_the_bounds_of_the_seven_hold_at_the_point_and_not_beyond() -> None:
    assert other_polygons.SEVEN.keeps_to_its_bounds
    weaker = Neighbours(7, ("17/16", "1/16"), ("-3/20", "0"), (6, 5))
    assert max(weaker.own) > Rational("0.2938")
    assert not weaker.keeps_to_its_bounds


# ---------------------------------------------------------------- axes


@pytest.mark.parametrize("sparsity_", ["1/10", "1/2", "99/100"])
@pytest.mark.parametrize(("features", "dimensions"), [(2, 1), (3, 1), (4, 2)])
def test_the_witnesses_are_models_below_the_formula(
    sparsity_: str, features: int, dimensions: int
) -> None:
    pair = axis_sharing._WITNESSES[sparsity_]
    density = 1 - Rational(sparsity_)
    weights = np.zeros((dimensions, features), dtype=object)
    biases = [density / 2] * features
    for axis, (k, weight) in itertools.product(range(dimensions), enumerate(pair.weights)):
        weights[axis, 2 * axis + k] = Rational(weight)
        biases[2 * axis + k] = Rational(pair.biases[k])
    loss = ReluModel(weights.tolist(), biases).loss(density)
    assert loss < sparsity.conjectured_cost(features, dimensions, Rational(sparsity_))


def test_a_zero_column_costs_a_drop_at_least() -> None:
    density = Rational(1, 100)
    drop = dropped_loss().subs(DENSITY, density)
    for bias in (Rational(-1), Rational(0), density / 2, Rational(1)):
        loss = ReluModel([[0]], [bias]).loss(density)
        assert loss >= drop
        assert (loss == drop) is (bias == density / 2)


def test_an_axis_is_the_model_of_its_features() -> None:
    axis = axis_pairs.Axis(("1", "-1"), ("1/10", "1/10"))
    assert axis.loss(Rational(1, 2)) == Rational(9259, 120000)  # docs/phases.md


def test_costs_that_do_not_grow_are_rejected() -> None:
    outcome = axis_sharing.is_convex(axis_sharing.Costs((0.5,), 3, gain=1e-3), QUICK)
    assert outcome.holds is False
    assert "grow by" in outcome.reason


# ---------------------------------------------------------------- stability


def test_a_polygon_with_moved_biases_is_not_critical() -> None:
    moved = polygon_stability.Polygons((6,), Fraction(1, 10**12))
    outcome = polygon_stability.are_strict_minima(moved, QUICK)
    assert outcome.reason == "k = 6: not critical"


@pytest.mark.parametrize(("corners", "sign"), [(5, 1), (6, -1), (8, -1)])
def test_the_wrong_sign_of_a_weak_vector_is_refuted(corners: int, sign: int) -> None:
    outcome = polygon_stability.have_signs(((corners, sign),), QUICK)
    assert outcome.reason == f"k = {corners}: refuted"
