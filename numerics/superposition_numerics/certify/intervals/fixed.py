"""Intervals between integers over a power of two: exact integer arithmetic, rounded outward."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import factorial, inf, isqrt, ldexp, nextafter
from typing import Any

from superposition_theory.errors import InputError

from .arithmetic import OneByOne
from .enclosure import Enclosure, checked_constant
from .ends import integer_power, positive_part
from .pi import pi_enclosure

_MOST_BITS = 256


class FixedInterval:
    """The numbers between lower/2^bits and upper/2^bits; all reals where it is not bounded."""

    __slots__ = ("bounded", "lower", "ring", "upper")

    def __init__(self, ring: Fixed, lower: int, upper: int, *, bounded: bool = True) -> None:
        self.ring, self.lower, self.upper, self.bounded = ring, lower, upper, bounded

    def __repr__(self) -> str:
        return f"FixedInterval({self.bounds()})"

    def __add__(self, other: Any) -> FixedInterval:
        right = self._operand(other)
        if not (self.bounded and right.bounded):
            return self.ring.everything
        return FixedInterval(self.ring, self.lower + right.lower, self.upper + right.upper)

    __radd__ = __add__

    def __neg__(self) -> FixedInterval:
        if not self.bounded:
            return self
        return FixedInterval(self.ring, -self.upper, -self.lower)

    def __sub__(self, other: Any) -> FixedInterval:
        return self + -self._operand(other)

    def __rsub__(self, other: Any) -> FixedInterval:
        return self._operand(other) + -self

    def __mul__(self, other: Any) -> FixedInterval:
        right = self._operand(other)
        if not (self.bounded and right.bounded):
            return self.ring.everything
        products = (
            self.lower * right.lower,
            self.lower * right.upper,
            self.upper * right.lower,
            self.upper * right.upper,
        )
        bits = self.ring.bits
        return FixedInterval(self.ring, min(products) >> bits, -(-max(products) >> bits))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> FixedInterval:
        right = self._operand(other)
        if not (self.bounded and right.bounded) or right.lower <= 0 <= right.upper:
            return self.ring.everything
        bits = self.ring.bits
        tops = (self.lower << bits, self.upper << bits)
        lower = min(top // below for top in tops for below in (right.lower, right.upper))
        upper = max(-(-top // below) for top in tops for below in (right.lower, right.upper))
        return FixedInterval(self.ring, lower, upper)

    def __rtruediv__(self, other: Any) -> FixedInterval:
        return self._operand(other) / self

    def __pow__(self, exponent: int) -> FixedInterval:
        if exponent == 2:
            if not self.bounded:
                return self
            low, high = abs(self.lower), abs(self.upper)
            least = 0 if self.lower <= 0 <= self.upper else min(low, high)
            most, bits = max(low, high), self.ring.bits
            return FixedInterval(self.ring, least * least >> bits, -(-most * most >> bits))
        return integer_power(self, exponent, self.ring.number(1))

    def positive_part(self, exponent: int = 1) -> FixedInterval:
        """Return the values of x_+^exponent."""
        if not self.bounded:
            return self
        if exponent == 0:
            one = 1 << self.ring.bits
            return FixedInterval(
                self.ring, one if self.lower > 0 else 0, 0 if self.upper < 0 else one
            )
        clipped = FixedInterval(self.ring, max(self.lower, 0), max(self.upper, 0))
        return positive_part(clipped, exponent)

    def sqrt(self) -> FixedInterval:
        """Return the values of the square root."""
        if not self.bounded or self.lower < 0:
            return self.ring.everything
        bits = self.ring.bits
        above = self.upper << bits
        root = isqrt(above)
        return FixedInterval(
            self.ring, isqrt(self.lower << bits), root if root * root == above else root + 1
        )

    def cos(self) -> FixedInterval:
        """Return the values of the cosine."""
        if not self.bounded:
            return self
        turns = self / (self.ring._half_pi * 2)
        first = -(-turns.lower >> self.ring.bits)
        last = turns.upper >> self.ring.bits
        ends = self.ring.cosine_at(self.lower).hull(self.ring.cosine_at(self.upper))
        extremes = {k % 2 for k in range(first, min(last, first + 1) + 1)}
        return FixedInterval(
            self.ring,
            -self.ring.one if 1 in extremes else max(ends.lower, -self.ring.one),
            self.ring.one if 0 in extremes else min(ends.upper, self.ring.one),
        )

    def sin(self) -> FixedInterval:
        """Return the values of the sine."""
        return (self - self.ring._half_pi).cos()

    def lower_end(self) -> FixedInterval:
        """Return the lower bound."""
        return FixedInterval(self.ring, self.lower, self.lower) if self.bounded else self

    def upper_end(self) -> FixedInterval:
        """Return the upper bound."""
        return FixedInterval(self.ring, self.upper, self.upper) if self.bounded else self

    def hull(self, other: Any) -> FixedInterval:
        """Return the smallest interval that holds both."""
        right = self._operand(other)
        if not (self.bounded and right.bounded):
            return self.ring.everything
        return FixedInterval(self.ring, min(self.lower, right.lower), max(self.upper, right.upper))

    def bounds(self) -> tuple[float, float]:
        """Return floats below and above."""
        if not self.bounded:
            return -inf, inf
        return -_float_above(-self.lower, self.ring.bits), _float_above(self.upper, self.ring.bits)

    def enclosure(self) -> Enclosure:
        """Return the rational bounds of a bounded interval."""
        if not self.bounded:
            raise InputError("the interval has no bounds")
        return Enclosure(Fraction(self.lower, self.ring.one), Fraction(self.upper, self.ring.one))

    def is_positive(self) -> bool:
        """Say whether all values are positive."""
        return self.bounded and self.lower > 0

    def is_negative(self) -> bool:
        """Say whether all values are negative."""
        return self.bounded and self.upper < 0

    def _operand(self, other: Any) -> FixedInterval:
        if not isinstance(other, FixedInterval):
            return self.ring.number(other)
        if other.ring.bits != self.ring.bits:
            raise InputError(
                f"operand must have the same bits, got {other.ring.bits} beside {self.ring.bits}"
            )
        return other


class Fixed(OneByOne):
    """Intervals between integers over 2^bits.

    Parameters
    ----------
    bits : int
        From 32 to 256.

    Raises
    ------
    InputError
        For other numbers of bits.

    Examples
    --------
    >>> from superposition_numerics.certify import Fixed
    >>> ring = Fixed(64)
    >>> (ring.number(2).sqrt() ** 2 - 2).bounds()[1] < 1e-18
    True
    """

    name = "integers"

    def __init__(self, bits: int = 128) -> None:
        if not 32 <= bits <= _MOST_BITS:
            raise InputError(f"bits must be from 32 to {_MOST_BITS}, got {bits!r}")
        self.bits = bits
        self.one = 1 << bits
        self.everything = FixedInterval(self, 0, 0, bounded=False)
        self._constant = lru_cache(maxsize=4096)(self._rounded)
        self._half_pi = self._rounded(pi_enclosure()) / 2
        terms = next(k for k in range(1, 200) if factorial(2 * k) > self.one)
        self._coefficients = [
            [self._rounded(Fraction((-1) ** k, factorial(2 * k + first))) for k in range(terms)]
            for first in (0, 1)
        ]

    def __reduce__(self) -> tuple[type[Fixed], tuple[int]]:
        return Fixed, (self.bits,)

    def number(self, value: Enclosure | Fraction | int) -> FixedInterval:
        """Return a constant."""
        return self._constant(checked_constant(value))

    def between(self, lower: float, upper: float) -> FixedInterval:
        """Return an interval that holds all numbers between two floats."""
        return self._outward(lower.as_integer_ratio(), upper.as_integer_ratio())

    def _rounded(self, value: Enclosure | Fraction | int) -> FixedInterval:
        low, high = (value.lower, value.upper) if isinstance(value, Enclosure) else (value, value)
        return self._outward(low.as_integer_ratio(), high.as_integer_ratio())

    def _outward(self, low: tuple[int, int], high: tuple[int, int]) -> FixedInterval:
        return FixedInterval(
            self, (low[0] << self.bits) // low[1], -((-high[0] << self.bits) // high[1])
        )

    def cosine_at(self, angle: int) -> FixedInterval:
        """Return the cosine of angle/2^bits: reduced by pi/2, then a Taylor polynomial."""
        half_pi = self._half_pi
        quarter = (2 * angle + half_pi.lower) // (2 * half_pi.lower)
        rest = FixedInterval(self, angle, angle) - half_pi * quarter
        square = rest**2
        if square.upper > self.one:  # an angle so large that the bits of pi do not suffice
            return FixedInterval(self, -self.one, self.one)
        if quarter % 2 == 0:
            cosine = self._taylor(square, first=0)
            return cosine if quarter % 4 == 0 else -cosine
        sine = rest * self._taylor(square, first=1)
        return -sine if quarter % 4 == 1 else sine

    def _taylor(self, square: FixedInterval, first: int) -> FixedInterval:
        """Return sum (-1)^k x^2k / (2k + first)! with the remainder, for 0 <= x^2 < 1."""
        total = FixedInterval(self, 0, 0)
        for coefficient in reversed(self._coefficients[first]):
            total = coefficient + square * total
        return FixedInterval(self, total.lower - 1, total.upper + 1)


def _float_above(value: int, bits: int) -> float:
    """Return a float that is at least value/2^bits."""
    excess = max(value.bit_length() - 1000, 0)
    shifted = -(-value >> excess)
    nearest = float(shifted)
    if nearest < shifted:
        nearest = nextafter(nearest, inf)
    try:
        return ldexp(nearest, excess - bits)
    except OverflowError:
        return inf if value > 0 else -float.fromhex("0x1.fffffffffffffp+1023")
