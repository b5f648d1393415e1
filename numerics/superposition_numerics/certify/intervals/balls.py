"""Arb balls: midpoint and radius, by FLINT."""

from __future__ import annotations

from contextlib import AbstractContextManager
from fractions import Fraction
from functools import lru_cache
from math import inf, nextafter
from typing import Any

import flint
from superposition_theory.errors import InputError

from .arithmetic import OneByOne
from .enclosure import Enclosure, checked_constant
from .ends import integer_power, positive_part


class Ball:
    """A ball of real numbers."""

    __slots__ = ("arb",)

    def __init__(self, ball: flint.arb) -> None:
        self.arb = ball

    def __repr__(self) -> str:
        return f"Ball({self.arb})"

    def __add__(self, other: Any) -> Ball:
        return Ball(self.arb + _operand(other))

    __radd__ = __add__

    def __neg__(self) -> Ball:
        return Ball(-self.arb)

    def __sub__(self, other: Any) -> Ball:
        return Ball(self.arb - _operand(other))

    def __rsub__(self, other: Any) -> Ball:
        return Ball(_operand(other) - self.arb)

    def __mul__(self, other: Any) -> Ball:
        return Ball(self.arb * _operand(other))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Ball:
        return Ball(self.arb / _operand(other))

    def __rtruediv__(self, other: Any) -> Ball:
        return Ball(_operand(other) / self.arb)

    def __pow__(self, exponent: int) -> Ball:
        if exponent == 2:
            if not self.arb.is_finite():
                return _UNDEFINED
            low, high = self.arb.lower(), self.arb.upper()
            ends = (low * low).union(high * high)
            return Ball(ends.union(flint.arb(0)) if self.arb.contains(0) else ends)
        return integer_power(self, exponent, Ball(flint.arb(1)))

    def positive_part(self, exponent: int = 1) -> Ball:
        """Return the values of x_+^exponent."""
        if not self.arb.is_finite():
            return _UNDEFINED
        zero = flint.arb(0)
        if exponent == 0:
            if self.arb > 0:
                return Ball(flint.arb(1))
            return Ball(zero) if self.arb < 0 else Ball(zero.union(flint.arb(1)))
        # the ends separately: a product of balls from 0 upward would reach below 0
        ends = [
            positive_part(Ball(end if end > 0 else zero), exponent).arb
            for end in (self.arb.lower(), self.arb.upper())
        ]
        return Ball(ends[0].union(ends[1]))

    def sqrt(self) -> Ball:
        """Return the values of the square root."""
        if not self.arb >= 0:
            return _UNDEFINED
        return Ball(self.arb.lower().sqrt().union(self.arb.upper().sqrt()))

    def cos(self) -> Ball:
        """Return the values of the cosine."""
        return Ball(self.arb.cos()) if self.arb.is_finite() else _UNDEFINED

    def sin(self) -> Ball:
        """Return the values of the sine."""
        return Ball(self.arb.sin()) if self.arb.is_finite() else _UNDEFINED

    def lower_end(self) -> Ball:
        """Return the lower bound."""
        return Ball(self.arb.lower()) if self.arb.is_finite() else _UNDEFINED

    def upper_end(self) -> Ball:
        """Return the upper bound."""
        return Ball(self.arb.upper()) if self.arb.is_finite() else _UNDEFINED

    def hull(self, other: Any) -> Ball:
        """Return a ball that holds both."""
        return Ball(self.arb.union(_operand(other)))

    def bounds(self) -> tuple[float, float]:
        """Return floats below and above."""
        if not self.arb.is_finite():
            return -inf, inf
        return -_float_above(-self.arb), _float_above(self.arb)

    def enclosure(self) -> Enclosure:
        """Return the rational bounds."""
        return Enclosure.of_ball(self.arb)

    def is_positive(self) -> bool:
        """Say whether all values are positive."""
        return bool(self.arb > 0)

    def is_negative(self) -> bool:
        """Say whether all values are negative."""
        return bool(self.arb < 0)


_UNDEFINED = Ball(flint.arb("nan"))


class Balls(OneByOne):
    """Arb balls at a working precision.

    Parameters
    ----------
    bits : int
        From 32 to 4096: FLINT's precision inside ``with ring.working():``.

    Raises
    ------
    InputError
        For other numbers of bits.

    Examples
    --------
    >>> from superposition_numerics.certify import Balls
    >>> ring = Balls(128)
    >>> with ring.working():
    ...     error = ring.number(2).sqrt() ** 2 - 2
    >>> error.bounds()[1] < 1e-36
    True
    """

    name = "balls"

    def __init__(self, bits: int = 128) -> None:
        if not 32 <= bits <= 4096:
            raise InputError(f"bits must be from 32 to 4096, got {bits!r}")
        self.bits = bits

    def working(self) -> AbstractContextManager[Any]:
        """Return a context in which FLINT works at this precision."""
        return flint.ctx.workprec(self.bits)

    def number(self, value: Enclosure | Fraction | int) -> Ball:
        """Return a constant."""
        return Ball(_operand(value))

    def between(self, lower: float, upper: float) -> Ball:
        """Return a ball that holds all numbers between two floats."""
        return Ball(flint.arb(lower).union(flint.arb(upper)))


def _float_above(ball: flint.arb) -> float:
    nearest = float(ball.upper())
    return nearest if ball <= nearest else nextafter(nearest, inf)


def _operand(other: Any) -> flint.arb:
    if isinstance(other, Ball):
        return other.arb
    return _constant(checked_constant(other), flint.ctx.prec)


@lru_cache(maxsize=4096)
def _constant(value: Enclosure | Fraction | int, precision: int) -> flint.arb:  # noqa: ARG001  key
    if isinstance(value, Enclosure):
        if value.lower == value.upper:
            return _rational(value.lower)
        return _rational(value.lower).union(_rational(value.upper))
    return _rational(Fraction(value))


def _rational(value: Fraction) -> flint.arb:
    return flint.arb(flint.fmpq(value.numerator, value.denominator))
