"""The quadratic in a, its discriminant and the tangent at the pentagon."""

from typing import Any

import pytest
from superposition_theory import InputError
from superposition_theory.pentagon import (
    LEVEL,
    Quadratic,
    Region,
    along_ray,
    excess,
    overlap_loss,
    own_loss,
    stationarity,
    tangent_slope,
    vanishes_at_the_pentagon,
)
from superposition_theory.pentagon.reduction import RATIO
from superposition_theory.phases import COSINE, THRESHOLD, polygon_optimum
from sympy import Rational, diff, sqrt

R = Rational
t, c = THRESHOLD, COSINE


@pytest.mark.parametrize(
    ("own", "other", "ratio", "cosine", "norm"),
    [
        (Region.on, Region.on, R(1, 3), R(1, 4), R(2)),  # b = a/3
        (Region.on, Region.on, R(0), R(1), R(1, 2)),  # no bias, parallel neighbours
        (Region.rising, Region.rising, R(1, 5), R(1, 3), R(4, 3)),  # t < c
        (Region.rising, Region.off, R(1, 2), R(1, 3), R(4, 3)),  # t > c
    ],
)
def test_a_ray_by_the_losses(
    own: Region, other: Region, ratio: Any, cosine: Any, norm: Any
) -> None:
    ray = along_ray(own, other)
    at = {RATIO: ratio, t: ratio, c: cosine}
    bias = ratio * norm if own is Region.on else -ratio * norm
    losses = own_loss(norm, bias) + 2 * overlap_loss(norm * cosine, bias)
    quadratic = R(1, 3) - 2 * norm * ray.linear + norm**2 * ray.square
    assert quadratic.subs(at) == losses


@pytest.mark.parametrize(
    ("level", "threshold", "cosine", "sign"),
    [
        (R(1, 3), R(1, 5), R(1, 2), 1),
        (R(1, 4), R(1, 5), R(31, 100), -1),  # below 1/3 - F*
        (R(1, 4), R(4, 5), R(1, 2), 1),  # t > c
        (R(1, 10), R(1, 2), R(1, 4), -1),
    ],
)
def test_the_excess_has_the_sign_of_the_least_value(
    level: Any, threshold: Any, cosine: Any, sign: int
) -> None:
    other = Region.rising if threshold < cosine else Region.off
    ray = along_ray(Region.rising, other)
    at = {LEVEL: level, t: threshold, c: cosine}
    least = (level - ray.linear**2 / ray.square).subs(at)
    assert bool(least > 0) is (sign > 0)
    assert bool(excess(other).subs(at) > 0) is (sign > 0)


def test_excess_is_continuous_where_the_neighbours_fall_silent() -> None:
    assert (excess(Region.rising) - excess(Region.off)).subs(t, c).cancel() == 0


def test_discriminant_by_hand() -> None:
    assert Quadratic(R(1, 2), R(1)).discriminant == LEVEL - R(1, 4)


@pytest.mark.parametrize(
    ("function", "vanishes"),
    [
        (stationarity(), True),
        (stationarity() + R(1, 10**30), False),
        (4 * c**2 + 2 * c - 1, True),
        (c - polygon_optimum(5).cosine, True),
        (c + polygon_optimum(5).cosine + R(1, 2), False),  # the conjugate is another number
        ((t - R(1, 5)) / (c - R(1, 3)), False),
        (stationarity() / (c - R(1, 3)), True),
    ],
)
def test_vanishing(function: Any, vanishes: bool) -> None:
    assert vanishes_at_the_pentagon(function) is vanishes


def test_the_slope_of_the_tangent_in_decimals() -> None:
    low, high = polygon_optimum(5).bounds(
        tangent_slope().subs(c, polygon_optimum(5).cosine), digits=12
    )
    sine = sqrt(10 + 2 * sqrt(5)) / 4
    assert (
        R("0.10885894566") < (low * sine).evalf(20) < (high * sine).evalf(20) < R("0.10885894567")
    )


def test_the_level_is_stationary_at_the_pentagon() -> None:
    ray = along_ray(Region.rising, Region.rising)
    level = ray.linear**2 / ray.square
    assert vanishes_at_the_pentagon(diff(level, t))
    assert not vanishes_at_the_pentagon(diff(level, c))


def test_bad_input_is_refused() -> None:
    with pytest.raises(InputError, match="own and other are off and on; accepted: on and on, "):
        along_ray(Region.off, Region.on)
    with pytest.raises(InputError, match="divides by zero at the pentagon"):
        vanishes_at_the_pentagon(t / stationarity())
