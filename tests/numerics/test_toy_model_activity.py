"""Laws of the active set: independent, correlated and anticorrelated features."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
from superposition_numerics.toy_model import Activity, losses_by_support, population_loss
from superposition_theory import InputError

# Two sets of two features; in each set at most one is active.
ANTICORRELATED = [
    [a, b, c, d] for a, b in [(0, 0), (1, 0), (0, 1)] for c, d in [(0, 0), (1, 0), (0, 1)]
]


def test_independent_law_is_the_product() -> None:
    law = Activity.independent([0.5, 0.25, 0.1], features=3)
    assert law.features == 3
    for k in range(8):
        expected = np.prod([p if k >> i & 1 else 1 - p for i, p in enumerate([0.5, 0.25, 0.1])])
        assert law.probabilities[k] == pytest.approx(expected, rel=1e-15)


def test_instances_on_leading_axes() -> None:
    law = Activity.independent([[0.5], [0.25]], features=2)
    assert law.probabilities.tolist() == [[0.25] * 4, [0.5625, 0.1875, 0.1875, 0.0625]]


def test_rows_of_a_table_add_up() -> None:
    law = Activity.from_patterns([[0, 0, 1], [1, 0, 0], [0, 0, 1]], [0.25, 0.25, 0.5])
    assert law.probabilities.tolist() == [
        0,
        0.25,
        0,
        0,
        0.75,
        0,
        0,
        0,
    ]  # feature i has the value 2^i


def test_anticorrelated_sets_as_antipodal_pairs_lose_nothing() -> None:
    law = Activity.from_patterns(ANTICORRELATED, np.full(9, 1 / 9))
    W = [[1, -1, 0, 0], [0, 0, 1, -1]]
    assert population_loss(W, np.zeros(4), law) == 0
    # the same pairs across the sets do collide
    across = [[1, 0, -1, 0], [0, 1, 0, -1]]
    assert population_loss(across, np.zeros(4), law) > 0.01


def test_perfectly_correlated_features_by_hand() -> None:
    # Both or neither, W = (1, -1): only one output errs at a time, x' = (x_1 - x_2)_+ beside x_1.
    # E (x_1 - (x_1 - x_2)_+)^2 = E min(x_1, x_2)^2 = 1/6, twice.
    law = Activity.from_patterns([[0, 0], [1, 1]], [0.75, 0.25])
    assert population_loss([[1, -1]], [0, 0], law) == pytest.approx(0.25 / 3, rel=1e-15)


def test_loss_is_the_mean_over_the_law() -> None:
    rng = np.random.default_rng(2)
    W, biases = rng.standard_normal((5, 2, 3)), rng.standard_normal((5, 3))
    laws = rng.dirichlet(np.ones(8), size=5)
    expected = (losses_by_support(W, biases) * laws).sum(axis=1)
    assert population_loss(W, biases, Activity(laws)) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("build", "match"),
    [
        (lambda: Activity(np.array([0.5, 0.25, 0.25])), r"shape \(3,\); accepted: a last axis"),
        (lambda: Activity(np.array(1.0)), r"shape \(\)"),
        (lambda: Activity(np.array([1.0])), r"shape \(1,\)"),
        (lambda: Activity(np.array([1.5, -0.5])), "probabilities is not a law"),
        (lambda: Activity(np.array([0.5, 0.4])), "probabilities is not a law"),
        (lambda: Activity(np.array([0.5, np.nan])), "probabilities holds NaN"),
        (lambda: Activity.independent(-0.1, features=2), "density is -0.1"),
        (lambda: Activity.independent([0.1, 0.2], features=3), "density has shape"),
        (
            lambda: Activity.independent(0.1, features=0),
            "features is 0; accepted: an integer from 1 to 10",
        ),
        (lambda: Activity.independent(0.1, features=cast(Any, 2.5)), "features is 2.5; accepted"),
        (lambda: Activity.independent(0.1, features=True), "features is True; accepted"),
        (lambda: Activity.independent(cast(Any, True), features=2), "density is True; accepted"),
        (lambda: Activity(cast(Any, ["0.5", "0.5"])), "probabilities is .* array of real numbers"),
        (lambda: Activity.independent(0.1, features=11), "features is 11"),
        (lambda: Activity.from_patterns([[0, 2]], [1]), "rows of 0 and 1"),
        (lambda: Activity.from_patterns([0, 1], [1]), "patterns has shape"),
        (lambda: Activity.from_patterns([[0, 1], [1]], [1]), "patterns is"),
        (lambda: Activity.from_patterns([[0, 1]], [0.5, 0.5]), "one for each of the 1 patterns"),
        (lambda: Activity.from_patterns([[0, 1]], [0.5]), "not a law"),
        (lambda: Activity.from_patterns(np.zeros((0, 2)), []), "not a law"),
        (lambda: Activity.from_patterns(np.zeros((1, 40)), [1]), "features is 40"),
        # of the same pattern, so that the sums alone would pass
        (lambda: Activity.from_patterns([[0, 1], [0, 1]], [1.5, -0.5]), "has the entry -0.5"),
    ],
)
def test_invalid_input(build: Any, match: str) -> None:
    with pytest.raises(InputError, match=match):
        build()
