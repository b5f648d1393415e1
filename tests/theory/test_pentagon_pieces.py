"""What an output costs while one feature is active: by hand, by integration, by the exact model."""

from itertools import pairwise, product
from typing import Any

import pytest
from superposition_theory import InputError
from superposition_theory.pentagon import (
    Region,
    overlap_loss,
    overlap_piece,
    own_loss,
    own_piece,
    sum_over_pairs,
)
from superposition_theory.pentagon.pieces import BIAS, NORM, OVERLAP
from superposition_theory.toy_model import ReluModel
from sympy import Integer, Rational, cancel, symbols

R = Rational
x = symbols("x")
SLOPES = [R(-3, 2), R(-1, 3), R(0), R(1, 4), R(1), R(7, 3)]
BIASES = [R(-5, 2), R(-1), R(-1, 4), R(0), R(1, 6), R(3, 2)]


def integral(slope: Any, bias: Any, target: int) -> Any:
    """Return int_0^1 (target x - (slope x + bias)_+)^2 dx by primitives on the two sides."""
    kink = -bias / slope if slope else R(-1)
    cuts = [R(0), kink, R(1)] if 0 < kink < 1 else [R(0), R(1)]
    total = R(0)
    for low, high in pairwise(cuts):
        on = slope * (low + high) / 2 + bias > 0
        integrand = ((target * x - (slope * x + bias if on else Integer(0))) ** 2).expand()
        primitive = integrand.integrate(x)
        total += primitive.subs(x, high) - primitive.subs(x, low)
    return total


@pytest.mark.parametrize(
    ("norm", "bias", "loss"),
    [
        (1, 0, 0),  # perfect
        (0, 0, R(1, 3)),  # nothing comes out
        (0, R(1, 2), R(1, 12)),  # the best constant
        (1, -1, R(1, 3)),  # off up to the last point
        (R(1, 2), 0, R(1, 12)),  # x/2 instead of x
        (2, -1, R(1, 12)),  # 2 x - 1 from 1/2 on: 1/24 + int (1 - x)^2 = 1/24 + 1/24
    ],
)
def test_own_loss_by_hand(norm: Any, bias: Any, loss: Any) -> None:
    assert own_loss(norm, bias) == loss


@pytest.mark.parametrize(
    ("overlap", "bias", "loss"),
    [
        (0, 1, 1),  # a constant
        (1, 0, R(1, 3)),
        (-1, 0, 0),  # obtuse and no bias
        (2, -1, R(1, 6)),  # rises at 1/2: int_0^(1/2) 4 s^2
        (-2, 1, R(1, 6)),  # falls at 1/2
    ],
)
def test_overlap_loss_by_hand(overlap: Any, bias: Any, loss: Any) -> None:
    assert overlap_loss(overlap, bias) == loss


@pytest.mark.parametrize(("slope", "bias"), list(product(SLOPES, BIASES)))
def test_losses_by_integration(slope: Any, bias: Any) -> None:
    assert overlap_loss(slope, bias) == integral(slope, bias, 0)
    if slope >= 0:
        assert own_loss(slope, bias) == integral(slope, bias, 1)


def test_pieces_agree_on_the_walls() -> None:
    on, rising, falling, off = (overlap_piece(region) for region in Region)
    assert cancel((on - rising).subs(BIAS, 0)) == 0
    assert cancel((on - falling).subs(OVERLAP, -BIAS)) == 0
    assert cancel((rising - off).subs(OVERLAP, -BIAS)) == 0
    assert cancel((falling - off).subs(BIAS, 0)) == 0
    own_on, own_rising, own_off = (own_piece(r) for r in (Region.on, Region.rising, Region.off))
    assert cancel((own_on - own_rising).subs(BIAS, 0)) == 0
    assert cancel((own_rising - own_off).subs(BIAS, -NORM)) == 0


@pytest.mark.parametrize(
    ("slope", "bias", "region"),
    [
        (1, 1, Region.on),
        (2, -1, Region.rising),
        (-2, 1, Region.falling),
        (1, -2, Region.off),
        (0, 0, Region.off),  # on a wall: the piece that holds there
        (1, 0, Region.rising),
        (-1, 1, Region.falling),
    ],
)
def test_regions(slope: int, bias: int, region: Region) -> None:
    assert Region.at(R(slope), R(bias)) is region


@pytest.mark.parametrize(
    ("weights", "biases"),
    [
        ([[1, -1]], [R(1, 10), 0]),  # a biased pair
        ([[1, 0, -1, 0, 0], [0, 1, 0, -1, 0]], [0, 0, 0, 0, R(1, 10)]),  # square, one dropped
        ([[2, R(1, 2), R(1, 3)]], [R(-1, 3), R(1, 4), -1]),  # three on one side of an axis
        ([[0, 0]], [R(-1), R(1)]),  # nothing stored
        (
            [[1, R(1, 3), R(-4, 5), 0], [0, 1, R(3, 5), -1], [R(1, 2), 0, 1, 1]],
            [R(1, 5), R(-1, 5), 0, R(-2)],
        ),
    ],
)
def test_sum_over_pairs_is_the_one_active_loss(weights: Any, biases: Any) -> None:
    model = ReluModel(weights, biases)
    assert sum_over_pairs(model.gram.tolist(), biases) == model.one_active
    scaled = [[1.0 * float(g) for g in row] for row in model.gram.tolist()]
    with pytest.raises(InputError, match=r"accepted: an int, a Fraction or a Rational"):
        sum_over_pairs(scaled, biases)


def test_bad_input_is_refused() -> None:
    with pytest.raises(InputError, match="norm is -1; accepted: a number >= 0"):
        own_loss(-1, 0)
    with pytest.raises(InputError, match="norm is True; accepted: an int"):
        own_loss(True, 0)
    with pytest.raises(InputError, match="bias is '0'; accepted: an int"):
        overlap_loss(1, "0")
    with pytest.raises(InputError, match="region is falling; accepted for a norm > 0"):
        own_piece(Region.falling)
