"""Arrays of intervals between floats, rounded outward by one unit after every operation.

The bounds rest on IEEE 754 binary64: + - * / and sqrt are rounded to nearest, so that the true
result lies within the neighbours of the computed one. No library function but sqrt is trusted:
cosines are Taylor polynomials with their remainder.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache, lru_cache
from math import factorial, inf, nextafter
from typing import Any

import numpy as np

from ...matrices import FloatArray
from .arithmetic import Arithmetic, Mask
from .enclosure import Enclosure, checked_constant
from .ends import integer_power, positive_part
from .pi import pi_enclosure

_TERMS = 12  # cosine and sine on [0, pi/4]: the remainder is below 1e-27
_LARGEST_ANGLE = 1e6


class FloatInterval:
    """An array of intervals [lower, upper]."""

    __slots__ = ("lower", "upper")
    __array_ufunc__ = None  # numpy must not take the operators over

    def __init__(self, lower: FloatArray, upper: FloatArray) -> None:
        self.lower, self.upper = lower, upper

    def __repr__(self) -> str:
        return f"FloatInterval({self.lower!r}, {self.upper!r})"

    def __add__(self, other: Any) -> FloatInterval:
        right = _operand(other)
        with np.errstate(over="ignore", invalid="ignore"):
            return _outward(self.lower + right.lower, self.upper + right.upper)

    __radd__ = __add__

    def __neg__(self) -> FloatInterval:
        return FloatInterval(-self.upper, -self.lower)

    def __sub__(self, other: Any) -> FloatInterval:
        right = _operand(other)
        with np.errstate(over="ignore", invalid="ignore"):
            return _outward(self.lower - right.upper, self.upper - right.lower)

    def __rsub__(self, other: Any) -> FloatInterval:
        return _operand(other) - self

    def __mul__(self, other: Any) -> FloatInterval:
        right = _operand(other)
        with np.errstate(over="ignore", invalid="ignore"):
            products = (
                self.lower * right.lower,
                self.lower * right.upper,
                self.upper * right.lower,
                self.upper * right.upper,
            )
            return _outward(*_extremes(products))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> FloatInterval:
        right = _operand(other)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            quotients = (
                self.lower / right.lower,
                self.lower / right.upper,
                self.upper / right.lower,
                self.upper / right.upper,
            )
            lower, upper = _extremes(quotients)
        pole = (right.lower <= 0) & (right.upper >= 0)
        return _outward(np.where(pole, -inf, lower), np.where(pole, inf, upper))

    def __rtruediv__(self, other: Any) -> FloatInterval:
        return _operand(other) / self

    def __pow__(self, exponent: int) -> FloatInterval:
        if exponent == 2:
            with np.errstate(over="ignore", invalid="ignore"):
                low, high = np.abs(self.lower), np.abs(self.upper)
                least = np.where((self.lower <= 0) & (self.upper >= 0), 0.0, np.minimum(low, high))
                most = np.maximum(low, high)
                result = _outward(least * least, most * most)
            return self._absorbed(np.maximum(result.lower, 0.0), result.upper)
        return integer_power(self, exponent, FLOATS.number(1))

    def positive_part(self, exponent: int = 1) -> FloatInterval:
        """Return the values of x_+^exponent."""
        if exponent == 0:
            return self._absorbed(
                np.where(self.lower > 0, 1.0, 0.0), np.where(self.upper < 0, 0.0, 1.0)
            )
        return positive_part(
            self._absorbed(np.maximum(self.lower, 0.0), np.maximum(self.upper, 0.0)), exponent
        )

    def sqrt(self) -> FloatInterval:
        """Return the values of the square root."""
        with np.errstate(invalid="ignore"):
            result = _outward(np.sqrt(self.lower), np.sqrt(self.upper))
        defined = self.lower >= 0
        return FloatInterval(
            np.where(defined, np.maximum(result.lower, 0.0), -inf),
            np.where(defined, result.upper, inf),
        )

    def cos(self) -> FloatInterval:
        """Return the values of the cosine; [-1, 1] for angles beyond a million."""
        cosine = _cosine_range(self, self / _pi())
        return self._absorbed(cosine.lower, cosine.upper)

    def sin(self) -> FloatInterval:
        """Return the values of the sine."""
        return (self - _pi() / 2).cos()

    def lower_end(self) -> FloatInterval:
        """Return the lower bounds."""
        return self._absorbed(self.lower, self.lower)

    def upper_end(self) -> FloatInterval:
        """Return the upper bounds."""
        return self._absorbed(self.upper, self.upper)

    def hull(self, other: Any) -> FloatInterval:
        """Return the smallest intervals that hold both."""
        right = _operand(other)
        return FloatInterval(
            np.minimum(self.lower, right.lower), np.maximum(self.upper, right.upper)
        )

    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """Return the bounds."""
        return self.lower, self.upper

    def is_positive(self) -> Mask:
        """Say where all values are positive."""
        return np.asarray(self.lower > 0)

    def is_negative(self) -> Mask:
        """Say where all values are negative."""
        return np.asarray(self.upper < 0)

    def _absorbed(self, lower: FloatArray, upper: FloatArray) -> FloatInterval:
        """Return a result, or everything where the operand may be undefined."""
        undefined = (self.lower == -inf) & (self.upper == inf)
        if undefined.any():
            lower, upper = np.where(undefined, -inf, lower), np.where(undefined, inf, upper)
        return FloatInterval(lower, upper)


class Floats(Arithmetic):
    """Intervals between floats, all boxes of a batch at once.

    Examples
    --------
    >>> from superposition_numerics.certify import FLOATS
    >>> third = 1 / FLOATS.number(3)
    >>> bool(third.lower < third.upper)
    True
    """

    name = "floats"

    def values(self, lower: FloatArray, upper: FloatArray) -> list[FloatInterval]:
        """Return the variables of all boxes."""
        return [FloatInterval(low, high) for low, high in zip(lower, upper, strict=True)]

    def number(self, value: Enclosure | Fraction | int) -> FloatInterval:
        """Return a constant."""
        return _constant(checked_constant(value))

    def batches(
        self, lower: FloatArray, upper: FloatArray
    ) -> Iterator[tuple[slice, FloatArray, FloatArray]]:
        """Yield all boxes at once."""
        yield slice(0, lower.shape[1]), lower, upper


FLOATS = Floats()


def _operand(other: Any) -> FloatInterval:
    return other if isinstance(other, FloatInterval) else _constant(checked_constant(other))


@lru_cache(maxsize=4096)
def _constant(value: Enclosure | Fraction | int) -> FloatInterval:
    low, high = (
        (value.lower, value.upper) if isinstance(value, Enclosure) else (Fraction(value),) * 2
    )
    return FloatInterval(np.float64(_float_below(low)), np.float64(-_float_below(-high)))  # type: ignore[arg-type]


def _float_below(value: Fraction) -> float:
    """Return the largest float that does not exceed a fraction."""
    try:
        nearest = float(value)
    except OverflowError:
        return -inf if value < 0 else float(np.finfo(float).max)
    return nearest if Fraction(nearest) <= value else nextafter(nearest, -inf)


def _outward(lower: FloatArray, upper: FloatArray) -> FloatInterval:
    """Return the neighbours of computed bounds; what is not a number is unbounded."""
    with np.errstate(over="ignore"):
        low, high = np.nextafter(lower, -inf), np.nextafter(upper, inf)
    undefined = np.isnan(low) | np.isnan(high)
    if undefined.any():
        low, high = np.where(undefined, -inf, low), np.where(undefined, inf, high)
    return FloatInterval(low, high)


def _extremes(parts: tuple[FloatArray, ...]) -> tuple[FloatArray, FloatArray]:
    first, second, third, fourth = parts
    return (
        np.minimum(np.minimum(first, second), np.minimum(third, fourth)),
        np.maximum(np.maximum(first, second), np.maximum(third, fourth)),
    )


def _cosine_range(angle: FloatInterval, turns: FloatInterval) -> FloatInterval:
    """Return the values of cos(angle); turns = angle/pi tells which extremes lie inside."""
    ends = _cosine_at(angle.lower).hull(_cosine_at(angle.upper))
    with np.errstate(invalid="ignore"):
        first, last = np.ceil(turns.lower), np.floor(turns.upper)
        inside = last - first  # multiples of pi inside, less one; only too many, never too few
        even = np.where(first % 2 == 0, inside >= 0, inside >= 1)
        odd = np.where(first % 2 == 0, inside >= 1, inside >= 0)
        far = ~((np.abs(angle.lower) < _LARGEST_ANGLE) & (np.abs(angle.upper) < _LARGEST_ANGLE))
    return FloatInterval(
        np.where(odd | far, -1.0, np.maximum(ends.lower, -1.0)),
        np.where(even | far, 1.0, np.minimum(ends.upper, 1.0)),
    )


def _cosine_at(angle: FloatArray) -> FloatInterval:
    """Return the cosine at each of an array of floats: reduced to a quarter turn, then Taylor."""
    half_pi = _pi() / 2
    safe = np.where(np.abs(angle) < _LARGEST_ANGLE, angle, 0.0)
    quarter = np.rint(safe / (np.pi / 2))  # any integer near will do
    rest = FloatInterval(safe, safe) - FloatInterval(quarter, quarter) * half_pi
    square = rest**2
    cosine = _taylor(square, first=0)
    sine = rest * _taylor(square, first=1)
    which = quarter % 4
    lower = np.select(
        [which == 0, which == 1, which == 2], [cosine.lower, -sine.upper, -cosine.upper], sine.lower
    )
    upper = np.select(
        [which == 0, which == 1, which == 2], [cosine.upper, -sine.lower, -cosine.lower], sine.upper
    )
    return FloatInterval(lower, upper)


def _taylor(square: FloatInterval, first: int) -> FloatInterval:
    """Return sum (-1)^k x^2k / (2k + first)! with the remainder, for 0 <= x^2 < 1."""
    remainder, *coefficients = _coefficients(first)
    total = FLOATS.number(0)
    for coefficient in coefficients:
        total = coefficient + square * total
    return total + remainder


@cache
def _coefficients(first: int) -> tuple[FloatInterval, ...]:
    """Return the remainder and the coefficients of the Taylor polynomial, the last one first."""
    remainder = Fraction(1, factorial(2 * _TERMS + first))
    terms = (Fraction((-1) ** k, factorial(2 * k + first)) for k in reversed(range(_TERMS)))
    around = FLOATS.number(Enclosure(-remainder, remainder))
    return (around, *(FLOATS.number(term) for term in terms))


@cache
def _pi() -> FloatInterval:
    return FLOATS.number(pi_enclosure())
