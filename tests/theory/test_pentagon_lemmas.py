"""Exclusion and symmetrisation at points, and their sharp cases."""

from itertools import product
from typing import Any

import pytest
from superposition_theory.pentagon import (
    Region,
    exclusion_excess,
    overlap_loss,
    own_loss,
    symmetrisation_residue,
    zero_column_excess,
)
from superposition_theory.pentagon.pieces import BIAS, NORM
from sympy import Rational, Symbol, cos, pi, sin

R = Rational
SIXTH, TWELFTH = R(1, 6), R(1, 12)


@pytest.mark.parametrize(
    ("region", "norm", "bias"),
    [
        (Region.on, R(2, 3), R(1, 5)),
        (Region.rising, R(2), R(-1, 3)),
        (Region.off, R(1), R(-3, 2)),
    ],
)
def test_excess_is_the_sum_of_the_losses(region: Region, norm: Any, bias: Any) -> None:
    value = exclusion_excess(region, SIXTH).subs({NORM: norm, BIAS: bias})
    assert value == own_loss(norm, bias) + overlap_loss(norm, bias) - SIXTH


def test_exclusion_on_a_grid() -> None:
    norms, biases = [R(k, 4) for k in range(9)], [R(k, 6) for k in range(-6, 7)]
    for norm, bias, more in product(norms, biases, [R(0), R(1, 3), R(3)]):
        assert own_loss(norm, bias) + overlap_loss(norm + more, bias) >= SIXTH
        assert own_loss(0, bias) >= TWELFTH


def test_bounds_are_attained() -> None:
    assert exclusion_excess(Region.on, SIXTH).subs({NORM: R(1, 2), BIAS: 0}) == 0
    assert zero_column_excess(TWELFTH).subs(BIAS, R(1, 2)) == 0
    # a shorter overlap is cheaper than 1/6: the hypothesis g >= a is needed
    assert own_loss(1, 0) + overlap_loss(R(1, 2), 0) < SIXTH


@pytest.mark.parametrize("factor", [R(1, 2), R(2), R(0)])
def test_another_factor_leaves_a_residue(factor: Any) -> None:
    residue = symmetrisation_residue(factor)
    u, v = pi / 5, pi / 7
    at = {
        Symbol(name, real=True): value
        for name, value in {
            "cos_u": cos(u),
            "sin_u": sin(u),
            "cos_v": cos(v),
            "sin_v": sin(v),
        }.items()
    }
    expected = cos(u + v) * cos(u - v) - cos(u) ** 2 + factor * sin(v) ** 2
    assert abs((residue.subs(at) - expected).evalf(30)) < R(1, 10**25)
    assert abs(expected.evalf(30)) > R(1, 100)


def test_the_identity_itself() -> None:
    assert symmetrisation_residue() == 0
