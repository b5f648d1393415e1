"""The second route to the loss, against exact rationals and against the first."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numerics.toy_model_samples import FAMILIES, instances
from superposition_numerics.toy_model import population_loss, quadrature_loss
from superposition_theory import InputError
from sympy import Rational


@pytest.mark.parametrize(
    ("W", "biases", "p", "loss"),
    [
        ([[1, -1]], [0.1, 0.1], 0.5, Fraction(9259, 120000)),
        ([[1, -1]], [0, 0], 0.5, Fraction(1, 12)),  # 2 p^2 / 6
        ([[0]], [0.25], 0.5, Fraction(5, 48)),  # p / 3 - p^2 / 4
        ([[1]], [-1], 1.0, Fraction(1, 3)),  # never on
        ([[1]], [-0.5], 1.0, Fraction(1, 6)),  # on from 1/2: (1/2)^3 / 3 + (1/2)^2 / 2
    ],
)
def test_hand_values(W: Any, biases: Any, p: float, loss: Fraction) -> None:
    assert float(quadrature_loss(W, biases, p)) == pytest.approx(float(loss), rel=1e-14)


@pytest.mark.parametrize("family", [row[0] for row in FAMILIES])
@pytest.mark.parametrize("features", [1, 2, 3, 4])
def test_loss_is_within_rounding_of_the_exact_one(family: str, features: int) -> None:
    for case in instances(family, features, 4):
        value = quadrature_loss(*case.arguments, importances=case.importances)
        assert abs(float(Rational(float(value)) - case.loss)) <= 4 * case.rounding(2)


@pytest.mark.parametrize("family", [row[0] for row in FAMILIES])
@pytest.mark.parametrize("features", [5, 6])
def test_two_routes_agree(family: str, features: int) -> None:
    for case in instances(family, features, 4):
        value = quadrature_loss(*case.arguments, importances=case.importances)
        other = population_loss(*case.arguments, importances=case.importances)
        assert abs(value - other) <= 6 * case.rounding(2)


def test_leading_axes() -> None:
    rng = np.random.default_rng(4)
    W, biases, density = rng.standard_normal((3, 1, 2, 2)), rng.standard_normal((2, 2)), [0.2, 0.6]
    values = quadrature_loss(W, biases, density, importances=[1, 3])
    assert values.shape == (3, 2)
    assert values == pytest.approx(
        population_loss(W, biases, density, importances=[1, 3]), rel=1e-13
    )


@pytest.mark.parametrize(
    ("W", "density", "match"),
    [
        ([1.0, 2.0], 0.5, "W has shape"),
        (0.0, 0.5, "W has shape"),
        ([[1.0, 2.0]], 2.0, "density is 2.0"),
        ([[1.0, 2.0]], "often", "density is 'often'"),
        ([[1e200, 1.0]], 0.5, "overflows"),
        ([[1e80, -1e80]], 0.5, "overflows"),
    ],
)
def test_invalid_input(W: Any, density: Any, match: str) -> None:
    with pytest.raises(InputError, match=match):
        quadrature_loss(W, [0.0, 0.0], density)
