"""Powers of intervals from products of nonnegative ones, for every arithmetic."""

from __future__ import annotations

from typing import TypeVar

from .arithmetic import Value
from .enclosure import checked_exponent

V = TypeVar("V", bound=Value)


def integer_power(base: V, exponent: int, one: V) -> V:
    """Return the values of x^exponent, exponent >= 0, without the loss of x * x on mixed signs."""
    checked_exponent(exponent)
    if exponent == 0:
        return one
    if exponent == 1:
        return base
    if exponent % 2 == 0:
        return (base**2).positive_part(exponent // 2)  # type: ignore[no-any-return]
    # odd powers increase
    return _odd_power(base.lower_end(), exponent).hull(_odd_power(base.upper_end(), exponent))  # type: ignore[no-any-return]


def positive_part(clipped: V, exponent: int) -> V:
    """Return x^exponent, exponent >= 1, for intervals of nonnegative numbers.

    Raises
    ------
    InputError
        If the exponent is no such integer.
    """
    checked_exponent(exponent - 1)
    result = clipped
    for _ in range(exponent - 1):
        result = result * clipped
    return result


def _odd_power(point: V, exponent: int) -> V:
    return point * positive_part(point**2, exponent // 2)  # type: ignore[no-any-return]
