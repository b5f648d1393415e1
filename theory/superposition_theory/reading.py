"""Exact numbers that several packages accept, read or refused by name."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from sympy import Rational

from superposition_theory.errors import InputError


def read_rational(number: Any, name: str) -> Rational:
    """Return an exact rational number."""
    if isinstance(number, bool) or not isinstance(number, (int, Fraction, Rational)):
        raise InputError(f"{name} is {number!r}; accepted: int, Fraction or sympy Rational")
    return Rational(number.numerator, number.denominator)


def read_count(number: Any, name: str, least: int) -> int:
    """Return an integer that is not too small."""
    if isinstance(number, bool) or not isinstance(number, int) or number < least:
        raise InputError(f"{name} is {number!r}; accepted: an integer of at least {least}")
    return number


def read_list(values: Any, name: str) -> list[Any]:
    """Return the members of an iterable that is no text."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InputError(f"{name} is {values!r}; accepted: an iterable")
    return list(values)


def check_kind(value: Any, kind: type, name: str) -> None:
    """Refuse a value of another type."""
    if not isinstance(value, kind):
        raise InputError(f"{name} is of type {type(value).__name__}; accepted: {kind.__name__}")
