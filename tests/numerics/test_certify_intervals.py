"""The operations of the three arithmetics, at their traps."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import inf
from typing import Any

import flint
import mpmath  # type: ignore[import-untyped]
import numpy as np
import pytest
from superposition_numerics.certify import (
    FLOATS,
    Arithmetic,
    Balls,
    Enclosure,
    Fixed,
    Formula,
    pi_enclosure,
)
from superposition_numerics.certify.intervals.fixed import _float_above
from superposition_theory import InputError

RINGS: tuple[Arithmetic, ...] = (FLOATS, Fixed(64), Balls(64))
Unary = Callable[[Any], Any]

RANGES: list[tuple[Unary, tuple[int, int], tuple[float, float]]] = [
    (lambda x: x**2, (-2, 1), (0, 4)),  # least inside
    (lambda x: x**3, (-2, 1), (-8, 1)),  # odd: increasing
    (lambda x: x**4, (-2, 1), (0, 16)),  # least inside
    (lambda x: x**0, (-2, 1), (1, 1)),  # constant
    (lambda x: x.positive_part(), (-2, 3), (0, 3)),  # cut off
    (lambda x: x.positive_part(3), (-2, 2), (0, 8)),
    (lambda x: x.positive_part(0), (-1, 1), (0, 1)),  # the step, both values
    (lambda x: x.positive_part(0), (0, 1), (0, 1)),  # 0 belongs to both sides
    (lambda x: x.positive_part(0), (-1, 0), (0, 1)),
    (lambda x: x.positive_part(0), (1, 2), (1, 1)),
    (lambda x: x.sqrt(), (1, 4), (1, 2)),
    (lambda x: x.cos(), (-1, 1), (0.5403023058681398, 1)),  # the maximum inside
    (lambda x: x.cos(), (3, 4), (-1, -0.6536436208636119)),  # the minimum inside
    (lambda x: x.cos(), (0, 7), (-1, 1)),  # a full turn
    (lambda x: x.sin(), (1, 2), (0.8414709848078965, 1)),
    (lambda x: 1 / x, (2, 4), (0.25, 0.5)),
    (lambda x: x / -3, (-3, 6), (-2, 1)),
    (lambda x: 1 - x * Fraction(1, 2), (-2, 2), (0, 2)),
]


def whole(low: int, high: int) -> Enclosure:
    return Enclosure(Fraction(low), Fraction(high))


def number(ring: Arithmetic, low: int, high: int) -> Any:
    return ring.number(whole(low, high))


@pytest.mark.parametrize("ring", RINGS)
@pytest.mark.parametrize(("function", "box", "expected"), RANGES)
def test_ranges(
    ring: Arithmetic, function: Unary, box: tuple[int, int], expected: tuple[float, float]
) -> None:
    with ring.working():
        low, high = function(number(ring, *box)).bounds()
    assert low <= expected[0] <= expected[1] <= high
    # the radius of a ball has 30 bits
    assert (low, high) == pytest.approx(expected, abs=1e-6 if ring.name == "balls" else 1e-12)


UNDEFINED: list[Unary] = [
    lambda x: 1 / x,  # a pole inside
    lambda x: x.sqrt(),  # negative numbers inside
    lambda x: (1 / x) ** 2,  # would be [0, oo): of one sign, yet undefined at 0
    lambda x: (1 / x) ** 3,
    lambda x: (1 / x) ** 4,
    lambda x: (1 / x).positive_part(),
    lambda x: (1 / x).positive_part(0),
    lambda x: (1 / x).cos(),
    lambda x: x.sqrt().sin(),
    lambda x: (1 / x) * 0,
    lambda x: 0 / x,
    lambda x: 1 / (1 / x),
    lambda x: (1 / x).lower_end(),
    lambda x: (1 / x).upper_end(),
    lambda x: x.hull(1 / x),
    lambda x: 2 - 1 / x,
]


@pytest.mark.parametrize("ring", RINGS)
@pytest.mark.parametrize("function", UNDEFINED)
def test_what_may_be_undefined_holds_every_number(ring: Arithmetic, function: Unary) -> None:
    with ring.working():
        result = function(number(ring, -1, 1))
    assert result.bounds() == (-inf, inf)
    assert not result.is_positive()
    assert not result.is_negative()


@pytest.mark.parametrize("ring", RINGS)
def test_the_slope_of_a_quotient_is_unbounded_on_both_sides_at_a_pole(ring: Arithmetic) -> None:
    # -1/x^2 <= 0 where it is defined, but 1/x does not fall from -1 to 1
    with ring.working():
        (slope,) = Formula(lambda x: 1 / x[0]).gradient([number(ring, -1, 1)])
    assert slope.bounds() == (-inf, inf)


@pytest.mark.parametrize("ring", RINGS)
@pytest.mark.parametrize(
    "operation",
    [
        lambda x: x * 0.1,  # the float nearest 1/10 is not 1/10
        lambda x: 0.5 + x,
        lambda x: x / np.float64(2),
        lambda x: x - "1",
        lambda x: x ** Fraction(5, 2),  # once read as x^3
        lambda x: x**-1,
        lambda x: x.positive_part(-1),
    ],
)
def test_inexact_operands_are_rejected(ring: Arithmetic, operation: Unary) -> None:
    with ring.working(), pytest.raises(InputError, match=r"operand|exponent"):
        operation(ring.number(1))


def test_a_cached_constant_opens_no_door_to_its_float() -> None:
    assert bool((FLOATS.number(2) + 2).is_positive())
    with pytest.raises(InputError, match="operand"):
        FLOATS.number(2) + 2.0


def test_intervals_of_different_bits_do_not_mix() -> None:
    with pytest.raises(InputError, match="same bits, got 128 beside 64"):
        Fixed(64).number(1) + Fixed(128).number(1)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "operation",
    [
        lambda x: x + x,  # the lower bound is the largest float, the upper one infinite
        lambda x: -x - x,
        lambda x: x * x,
        lambda x: x**2,
        lambda x: x**3,
        lambda x: 1 / (x * x),  # from 1/oo
    ],
)
def test_floats_overflow_outward(operation: Unary) -> None:
    large = Fraction(10) ** 308 + 1
    below, above = (float(bound) for bound in operation(FLOATS.number(large)).bounds())
    true = operation(large)
    assert below == -inf or Fraction(below) <= true
    assert above == inf or Fraction(above) >= true
    assert below > -inf or above < inf


def test_floats_underflow_outward() -> None:
    tiny = FLOATS.number(Fraction(1, 2**1074))
    product = tiny * tiny
    assert product.bounds()[0] < 0 < product.bounds()[1]
    assert [float(x) for x in FLOATS.number(Fraction(1, 2**2000)).bounds()] == [0.0, 2.0**-1074]
    huge = FLOATS.number(-(Fraction(10) ** 400)).bounds()
    assert [float(x) for x in huge] == [-inf, -float(np.finfo(float).max)]


@pytest.mark.parametrize("exponent", [3, 20, 31, 32, 33, 60, 200])
@pytest.mark.parametrize("ring", [FLOATS, Fixed(32), Fixed(64), Balls(64)])
def test_cosines_of_large_angles(ring: Arithmetic, exponent: int) -> None:
    angle = Fraction(2) ** exponent + Fraction(1, 4)
    with mpmath.workprec(400):
        expected = mpmath.cos(mpmath.mpf(angle.numerator) / angle.denominator)
        with ring.working():
            x = ring.number(angle)
            low, high = x.cos().bounds()
            sine = x.sin().bounds()
        assert low <= expected <= high
        assert sine[0] <= mpmath.sin(mpmath.mpf(angle.numerator) / angle.denominator) <= sine[1]


@pytest.mark.parametrize(
    ("value", "bits", "expected"),
    [
        (3, 1, 1.5),
        (-(2**1024), 256, -(2.0**768)),  # once -1.8e308, below
        (2**1024, 256, 2.0**768),
        (2**1400, 32, inf),
    ],
)
def test_integers_are_rounded_up_to_floats(value: int, bits: int, expected: float) -> None:
    above = _float_above(value, bits)
    assert above >= expected
    assert above == pytest.approx(expected, rel=1e-15)


def test_fixed_intervals_round_outward() -> None:
    third = Fixed(32).number(Fraction(1, 3)).enclosure()
    assert third.lower < Fraction(1, 3) < third.upper
    assert third.width == Fraction(1, 2**32)
    root = Fixed(32).number(2).sqrt().enclosure()
    assert root.lower**2 < 2 < root.upper**2
    assert Fixed(32).number(4).sqrt().enclosure() == whole(2, 2)  # exact stays exact
    negative = (Fixed(32).number(Fraction(-1, 3)) * Fraction(1, 3)).enclosure()
    assert negative.contains(Fraction(-1, 9))


@pytest.mark.parametrize("ring", [FLOATS, Fixed(64)])
def test_the_root_from_0_on(ring: Arithmetic) -> None:
    low, high = number(ring, 0, 4).sqrt().bounds()
    assert low <= 0 < 2 <= high < 2.000001


def test_balls_outside_their_precision_are_wider_but_sound() -> None:
    ring = Balls(256)
    x = ring.number(Fraction(1, 3))  # FLINT's own precision, 53 bits
    with ring.working():
        y = ring.number(Fraction(1, 3))
    assert x.enclosure().contains(Fraction(1, 3))
    assert y.enclosure().contains(Fraction(1, 3))  # its bounds are exact outside too
    assert y.enclosure().width < Fraction(1, 2**250) < x.enclosure().width
    assert flint.ctx.prec == 53


@pytest.mark.parametrize("ring", [Fixed(64), Balls(64)])
def test_boxes_are_not_remembered(ring: Any) -> None:
    # a cache of every bound that a search visits would grow without end
    with ring.working():
        for k in range(5000):
            ring.number(Fraction(k, 7919))
    if isinstance(ring, Fixed):
        assert ring._constant.cache_info().currsize <= 4096


def test_pi() -> None:
    with mpmath.workprec(400):
        bounds = pi_enclosure()
        low, high = (mpmath.mpf(x.numerator) / x.denominator for x in (bounds.lower, bounds.upper))
        assert low < mpmath.pi < high
    assert bounds.width < Fraction(1, 2**300)


@pytest.mark.parametrize(
    ("result", "lower", "upper"),
    [
        (whole(-1, 2) + whole(1, 3), 0, 5),
        (whole(-1, 2) - 1, -2, 1),
        (1 - whole(-1, 2), -1, 2),
        (whole(-1, 2) * whole(-3, 1), -6, 3),
        (1 / whole(2, 4), Fraction(1, 4), Fraction(1, 2)),
        (whole(1, 2) / -2, -1, Fraction(-1, 2)),
        (whole(-2, 1) ** 2, 0, 4),
        (whole(-2, 1) ** 3, -8, 1),
        (whole(-2, 1) ** 0, 1, 1),
    ],
)
def test_enclosures_compute_exactly(result: Enclosure, lower: Fraction, upper: Fraction) -> None:
    assert (result.lower, result.upper) == (lower, upper)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: whole(1, 0), "must not exceed"),
        (lambda: Enclosure(0.5, Fraction(1)), "must be a Fraction or an int"),  # type: ignore[arg-type]
        (lambda: 1 / whole(-1, 1), "may be 0"),
        (lambda: whole(1, 2) ** -1, "exponent"),
        (lambda: Enclosure(Fraction(1, 3), Fraction(2, 5)).digits(3), "do not agree"),
        (lambda: Enclosure.of_ball(flint.arb("nan")), "finite"),
        (lambda: Fixed(16), "from 32 to 256"),
        (lambda: Balls(16), "from 32 to 4096"),
        ((Fixed(64).number(1) / 0).enclosure, "no bounds"),
    ],
)
def test_invalid_input(make: Callable[[], object], match: str) -> None:
    with pytest.raises(InputError, match=match):
        make()
