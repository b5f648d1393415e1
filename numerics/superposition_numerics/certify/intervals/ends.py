"""Powers of intervals from products of nonnegative ones, for every arithmetic."""

from __future__ import annotations

from typing import TypeVar

from superposition_theory.errors import InputError

from .arithmetic import Value

V = TypeVar("V", bound=Value)


def integer_power(base: V, exponent: int, one: V) -> V:
    """Return the values of x^exponent, exponent >= 0, without the loss of x * x on mixed signs."""
    if exponent < 0:
        raise InputError(f"exponent must be at least 0, got {exponent!r}")
    if exponent == 0:
        return one
    if exponent == 1:
        return base
    if exponent % 2 == 0:
        square: V = base**2
        return square if exponent == 2 else positive_part(square, exponent // 2)
    # odd powers increase
    return _odd_power(base.lower_end(), exponent).hull(_odd_power(base.upper_end(), exponent))  # type: ignore[no-any-return]


def positive_part(clipped: V, exponent: int) -> V:
    """Return x^exponent, exponent >= 1, for intervals of nonnegative numbers."""
    result = clipped
    for _ in range(exponent - 1):
        result = result * clipped
    return result


def _odd_power(point: V, exponent: int) -> V:
    return point * positive_part(point**2, exponent // 2)  # type: ignore[no-any-return]
