"""The float loss and its gradient, against exact rationals."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numerics.toy_model_samples import FAMILIES, UNIT, exact, instances
from superposition_numerics.samples import random_rotation
from superposition_numerics.toy_model import (
    Activity,
    active_losses,
    loss_and_gradient,
    losses_by_support,
    population_loss,
)
from superposition_theory import InputError
from sympy import Rational

SIZES = [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("W", "biases", "p", "loss"),
    [
        # an antipodal pair with a bias: by hand
        ([[1, -1]], [0.1, 0.1], 0.5, Fraction(9259, 120000)),
        # three features on a line
        (
            [[1, -1.05, -0.42]],
            [0, -0.167, 0.002],
            0.01,
            Fraction(34612687800313076809849427, 10806531246000000000000000000),
        ),
        # nothing is represented: p E x^2, twice
        ([[0, 0]], [0, 0], 0.3, Fraction(2, 10)),
        # a dropped feature with the bias that is best for it: p / 3 - p^2 / 4
        ([[0]], [0.25], 0.5, Fraction(1, 6) - Fraction(1, 16)),
        # a feature of its own dimension
        ([[1, 0], [0, 1]], [0, 0], 0.7, Fraction(0)),
        # never on: the bias is below anything that the gain can give
        ([[1]], [-1], 1.0, Fraction(1, 3)),
    ],
)
def test_hand_values(W: Any, biases: Any, p: float, loss: Fraction) -> None:
    assert float(population_loss(W, biases, p)) == pytest.approx(float(loss), rel=1e-14, abs=1e-17)
    assert float(loss_and_gradient(W, biases, p).loss) == pytest.approx(
        float(loss), rel=1e-14, abs=1e-17
    )


def test_antipodal_pair_with_importances() -> None:
    p, second = 0.375, 0.25
    result = loss_and_gradient([[1, -1]], [0, 0], p, importances=[1, second])
    assert float(result.loss) == pytest.approx((1 + second) * p**2 / 6, rel=1e-15)
    assert result.biases == pytest.approx([-(p**2) / 3, -second * p**2 / 3], rel=1e-15)


@pytest.mark.parametrize("family", [row[0] for row in FAMILIES])
@pytest.mark.parametrize("features", SIZES)
def test_loss_is_within_rounding_of_the_exact_one(family: str, features: int) -> None:
    for case in instances(family, features, 6):
        value = population_loss(*case.arguments, importances=case.importances)
        assert abs(float(Rational(float(value)) - case.loss)) <= 2 * case.rounding(2)


@pytest.mark.parametrize("features", [5, 6])
def test_loss_of_more_features(features: int) -> None:
    for case in instances("ordinary", features, 3):
        value = population_loss(*case.arguments, importances=case.importances)
        assert abs(float(Rational(float(value)) - case.loss)) <= 2 * case.rounding(2)


# With a zero column and no bias there is no gradient.
@pytest.mark.parametrize("family", [row[0] for row in FAMILIES if row[0] != "no bias"])
@pytest.mark.parametrize("features", SIZES)
def test_gradient_is_within_rounding_of_the_exact_one(family: str, features: int) -> None:
    for case in instances(family, features, 6):
        result = loss_and_gradient(*case.arguments, importances=case.importances)
        slopes = case.model.gradient(exact(case.density))
        longest = np.linalg.norm(case.W, axis=0).max()
        for i in range(features):
            error = Rational(float(result.biases[i])) - slopes.biases[i]
            assert abs(float(error)) <= 4 * case.rounding(1)
            for a in range(case.W.shape[0]):
                error = Rational(float(result.weights[a, i])) - slopes.weights[a, i]
                assert abs(float(error)) <= 4 * longest * case.rounding(1)


@pytest.mark.parametrize("features", SIZES)
def test_both_plans_give_the_same_loss(features: int) -> None:
    for case in instances("ordinary", features, 6):
        loss = population_loss(*case.arguments, penalty=0.5)
        assert loss_and_gradient(*case.arguments, penalty=0.5).loss == pytest.approx(
            loss, rel=8 * UNIT
        )


def test_gradient_with_penalty_and_table_is_the_slope_of_the_loss() -> None:
    rng = np.random.default_rng(3)
    W, biases = rng.standard_normal((2, 3)), 0.3 * rng.standard_normal(3)
    law = Activity(rng.dirichlet(np.ones(8)))
    rest: dict[str, Any] = {"importances": [1, 0.5, 2], "penalty": 0.7}
    result = loss_and_gradient(W, biases, law, **rest)
    step = 1e-5
    for index in np.ndindex(2, 3):
        moved = np.zeros((2, 3))
        moved[index] = step
        slope = population_loss(W + moved, biases, law, **rest)
        slope -= population_loss(W - moved, biases, law, **rest)
        assert slope / (2 * step) == pytest.approx(result.weights[index], abs=1e-8)
    for i in range(3):
        moved = step * np.eye(3)[i]
        slope = population_loss(W, biases + moved, law, **rest)
        slope -= population_loss(W, biases - moved, law, **rest)
        assert slope / (2 * step) == pytest.approx(result.biases[i], abs=1e-8)


def test_penalty_counts_ordered_pairs() -> None:
    # off the diagonal of the Gram matrix: 2, 2, 4
    W, biases = [[1.0, 2.0, 2.0]], [0.0, 0.0, 0.0]
    penalty = population_loss(W, biases, 0.5, penalty=1.0) - population_loss(W, biases, 0.5)
    assert float(penalty) == pytest.approx(2 * (4 + 4 + 16), rel=1e-14)


def test_one_sided_slopes_of_a_dropped_feature() -> None:
    # At w = 0 = b the output is b_+: the slope in b is -p to the right and 0 to the left.
    p, step = 0.5, 1e-9
    at = loss_and_gradient([[0.0]], [0.0], p)
    assert at.biases.tolist() == [0.0]
    assert at.weights.tolist() == [[0.0]]
    right = (population_loss([[0.0]], [step], p) - at.loss) / step
    left = (population_loss([[0.0]], [-step], p) - at.loss) / step
    assert right == pytest.approx(-p, abs=1e-6)
    assert left == 0


@pytest.mark.parametrize("features", SIZES)
def test_losses_by_support_and_by_size(features: int) -> None:
    for case in instances("ordinary", features, 4):
        model = case.model
        values = losses_by_support(case.W, case.biases, importances=case.importances)
        for active, loss in model.support_losses.items():
            value = values[sum(1 << i for i in active)]
            assert float(value) == pytest.approx(float(loss), abs=2 * case.rounding(2))
        sums = active_losses(case.W, case.biases, importances=case.importances)
        assert sums.shape == (features + 1,)
        tolerance = 2 * 2**features * case.rounding(2)
        assert sums == pytest.approx([float(t) for t in model.active_losses], abs=tolerance)


def test_one_active_feature_by_hand() -> None:
    # w = (1, -1/2), b = 0. Only 1 active: (x, 0): exact. Only 2: (0, x / 4): (3/4)^2 / 3.
    assert active_losses([[1, -0.5]], [0, 0])[1] == pytest.approx(3 / 16, rel=1e-15)


def test_leading_axes_broadcast_and_chunks_do_not_show() -> None:
    rng = np.random.default_rng(8)
    W, biases = rng.standard_normal((50, 1, 2, 4)), rng.standard_normal((30, 4))
    density, importances = rng.uniform(size=(50, 30, 4)), rng.uniform(size=4)
    whole = loss_and_gradient(W, biases, density, importances=importances)
    assert whole.loss.shape == (50, 30)
    assert whole.weights.shape == (50, 30, 2, 4)
    assert whole.biases.shape == (50, 30, 4)
    for a, b in [(0, 0), (17, 4), (49, 29)]:
        alone = loss_and_gradient(W[a, 0], biases[b], density[a, b], importances=importances)
        assert whole.loss[a, b] == pytest.approx(alone.loss, rel=1e-14)
        assert whole.weights[a, b] == pytest.approx(alone.weights, rel=1e-12, abs=1e-14)
        assert whole.biases[a, b] == pytest.approx(alone.biases, rel=1e-12, abs=1e-14)
    assert losses_by_support(W, biases).shape == (50, 30, 16)


def test_no_instances() -> None:
    result = loss_and_gradient(np.zeros((0, 2, 3)), np.zeros(3), 0.5)
    assert result.loss.shape == (0,)
    assert result.weights.shape == (0, 2, 3)


entries = st.floats(-2, 2, width=32)


@settings(max_examples=60)
@given(
    st.lists(st.lists(entries, min_size=3, max_size=3), min_size=2, max_size=2),
    st.lists(entries, min_size=3, max_size=3),
    st.lists(st.floats(0, 1, width=32), min_size=3, max_size=3),
    st.permutations(range(3)),
)
def test_order_of_features_does_not_matter(W: Any, b: Any, p: Any, order: list[int]) -> None:
    columns, biases, density = np.array(W), np.array(b), np.array(p)
    importances = np.array([1.0, 0.5, 0.25])
    first = loss_and_gradient(columns, biases, density, importances=importances)
    second = loss_and_gradient(
        columns[:, order], biases[order], density[order], importances=importances[order]
    )
    assert second.loss == pytest.approx(first.loss, rel=1e-12, abs=1e-14)


@settings(max_examples=60)
@given(
    st.lists(st.lists(entries, min_size=3, max_size=3), min_size=2, max_size=2),
    st.lists(entries, min_size=3, max_size=3),
    st.integers(0, 2**31),
)
def test_rotation_of_the_columns_does_not_matter(W: Any, b: Any, seed: int) -> None:
    columns = np.array(W)
    turned = random_rotation(2, rng=np.random.default_rng(seed)) @ columns
    loss = population_loss(columns, b, 0.25)
    assert population_loss(turned, b, 0.25) == pytest.approx(loss, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"W": [1.0, 2.0]}, r"W has shape \(2,\)"),
        ({"W": np.zeros((1, 0)), "biases": []}, "W has n = 0 features; accepted: 1 to 10"),
        ({"W": np.zeros((1, 11)), "biases": np.zeros(11)}, "n = 11 features"),
        ({"W": [[1.0, np.nan]]}, "W holds NaN or infinite"),
        ({"W": "words"}, "W is 'words'; accepted"),
        ({"W": [[1e200, 1.0]]}, "overflows"),  # the Gram matrix
        ({"W": [[1e80, -1e80]]}, "overflows"),  # the square of an output
        ({"biases": [0.0]}, r"biases has shape \(1,\); accepted: \(..., 2\)"),
        ({"biases": [0.0, np.inf]}, "biases holds NaN or infinite"),
        ({"biases": np.zeros((3, 2)), "W": np.zeros((4, 1, 2))}, "leading axes are"),
        ({"density": 1.5}, r"density is 1.5; accepted: numbers in \[0, 1\]"),
        ({"density": [0.5, -0.1]}, "density is"),
        ({"density": np.nan}, "density holds NaN"),
        ({"density": [0.1, 0.2, 0.3]}, "density has shape"),
        ({"density": Activity.independent(0.5, features=3)}, "law of 3 features; accepted: of 2"),
        ({"importances": [1.0, -1.0]}, "importances has the entry -1.0"),
        ({"importances": [1.0, 1.0, 1.0]}, "importances has shape"),
        ({"penalty": np.nan}, "penalty is nan"),
        ({"penalty": -1}, "penalty is -1; accepted: a number of at least 0"),
        ({"penalty": "1"}, "penalty is '1'; accepted"),
        ({"penalty": None}, "penalty is None; accepted"),
        ({"penalty": True}, "penalty is True; accepted"),
        ({"penalty": 10**400}, "penalty is 1000"),  # float() of it would overflow
        ({"W": [["1", "2"]]}, r"W is \[\['1', '2'\]\]; accepted: an array of real numbers"),
        ({"W": [[True, 2.0]]}, r"W is \[\[True, 2.0\]\]; accepted"),
        ({"W": np.array([[True, False]])}, "W is array.*; accepted: an array of real numbers"),
        ({"W": [[1j, 2.0]]}, "W is .*; accepted: an array of real numbers"),
        ({"W": [[10**400, 2.0]]}, "W is .*; accepted: an array of real numbers"),
        ({"W": None}, "W is None; accepted"),
        ({"biases": ["0.5", "0.5"]}, "biases is .*; accepted: an array of real numbers"),
        ({"biases": [False, 0.5]}, r"biases is \[False, 0.5\]; accepted"),
        ({"density": "0.5"}, "density is '0.5'; accepted"),
        ({"density": True}, "density is True; accepted"),
        ({"importances": "1"}, "importances is '1'; accepted"),
        ({"importances": [True, True]}, r"importances is \[True, True\]; accepted"),
    ],
)
@pytest.mark.parametrize("function", [population_loss, loss_and_gradient])
def test_invalid_input(function: Any, changed: dict[str, Any], match: str) -> None:
    given_: dict[str, Any] = {"W": [[1.0, 2.0]], "biases": [0.0, 0.0], "density": 0.5, **changed}
    with pytest.raises(InputError, match=match):
        function(given_.pop("W"), given_.pop("biases"), given_.pop("density"), **given_)
