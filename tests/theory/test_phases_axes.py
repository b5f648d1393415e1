"""Pairs of features on one axis: exact losses beside the model's."""

from __future__ import annotations

import pytest
from superposition_theory.phases import BIAS, DENSITY, dropped_loss
from superposition_theory.phases.axes import WEIGHT, biased_pair_loss, weak_pair
from superposition_theory.toy_model import ReluModel
from sympy import Rational, diff, limit

DENSITIES = (Rational(1, 100), Rational(1, 2), Rational(9, 10))


def weak_model(weight: Rational, density: Rational) -> ReluModel:
    """Return the pair (1, -e) with the biases of the mean."""
    biases = [weight * density / 2, density * (1 - weight**2 + weight) / 2]
    return ReluModel([[1, -weight]], biases)


@pytest.mark.parametrize("density", DENSITIES)
@pytest.mark.parametrize("bias", [Rational(1, 100), Rational(1, 2), Rational(99, 100)])
def test_the_biased_pair_is_the_models(density: Rational, bias: Rational) -> None:
    stated = biased_pair_loss().subs({BIAS: bias, DENSITY: density})
    assert stated == ReluModel([[1, -1]], [bias, bias]).loss(density)


def test_the_biased_pair_by_hand() -> None:
    # p = 1, b = 0: min(x, y)^2 summed over the outputs: 2 E (x - (x - y)_+)^2 1_{x > y}, 1/3 in all
    assert biased_pair_loss().subs({BIAS: 0, DENSITY: 1}) == Rational(1, 3)


@pytest.mark.parametrize("density", DENSITIES)
def test_the_slope_is_that_of_the_model(density: Rational) -> None:
    slope = diff(biased_pair_loss(), BIAS).subs({BIAS: 0, DENSITY: density})
    one = ReluModel([[1, -1]], [0, 0]).expansion([[0, 0]], [1, 0], density, 1)[1]
    assert slope == 2 * one == -2 * density**2 / 3


# Weight e and density p inside the region where the loss is valid, 2 e <= p (1 - e^2 + e).
@pytest.mark.parametrize(
    ("weight", "density"),
    [
        (Rational(1, 1000), Rational(1, 100)),
        (Rational(1, 5), Rational(1, 2)),
        (Rational(2, 5), Rational(9, 10)),
    ],
)
def test_the_weak_pair_is_the_models_where_its_signs_say_so(
    weight: Rational, density: Rational
) -> None:
    pair, at = weak_pair(), {WEIGHT: weight, DENSITY: density}
    assert all(sign.subs(at) > 0 for sign in pair.signs)
    assert pair.loss.subs(at) == weak_model(weight, density).loss(density)


def test_beyond_its_region_the_loss_is_another() -> None:
    weight, density = Rational(1, 2), Rational(1, 10)
    pair, at = weak_pair(), {WEIGHT: Rational(1, 2), DENSITY: Rational(1, 10)}
    assert not all(sign.subs(at) > 0 for sign in pair.signs)
    assert pair.loss.subs(at) != weak_model(weight, density).loss(density)


def test_the_weak_pair_starts_at_the_drop() -> None:
    p = DENSITY
    gain = (dropped_loss() - weak_pair().loss) / WEIGHT**2
    assert (limit(gain, WEIGHT, 0) - p * (1 - p) * (2 - p) ** 3 / 24).expand() == 0
