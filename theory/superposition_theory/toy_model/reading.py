"""What the toy models accept, read into one ordered field."""

from collections.abc import Sequence
from typing import Any

from sympy import QQ, Rational

from superposition_theory.errors import InputError
from superposition_theory.frames import OrderedField
from superposition_theory.frames.matrices import field_of, read_number


def read_numbers(numbers: Any, name: str, length: int) -> list[Any]:
    """Return a sequence of exact real numbers, one for each feature, as sympy numbers."""
    return [number for number, _ in _numbers_and_signs(numbers, name, length)]


def read_importances(importances: Any, length: int) -> list[Any]:
    """Return the importances, ones by default, as sympy numbers that are not negative."""
    if importances is None:
        return [Rational(1)] * length
    found = _numbers_and_signs(importances, "importances", length)
    for i, (number, sign) in enumerate(found):
        if sign < 0:
            raise InputError(f"importances[{i}] is {number}; accepted are numbers >= 0")
    return [number for number, _ in found]


def read_density(density: Any, length: int) -> list[Any]:
    """Return the density of each feature, from one number or one for each feature."""
    if not isinstance(density, (list, tuple)):
        return [_read_probability(density, "density")] * length
    check_sequence(density, "density", length)
    return [_read_probability(p, f"density[{i}]") for i, p in enumerate(density)]


def check_sequence(values: Any, name: str, length: int) -> None:
    """Refuse what is not a list or tuple of the given length."""
    if not isinstance(values, (list, tuple)):
        raise InputError(
            f"{name} is of type {type(values).__name__}; accepted is a list or tuple of length "
            f"{length}, an entry for each feature"
        )
    if len(values) != length:
        raise InputError(
            f"{name} has length {len(values)}; accepted is length {length}, an entry for each "
            "feature"
        )


def check_index(index: Any, name: str, length: int) -> None:
    """Refuse what is not an index of a feature."""
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < length:
        raise InputError(f"{name} is {index!r}; accepted are integers from 0 to {length - 1}")


def check_order(order: Any) -> None:
    """Refuse what is not an order of expansion."""
    if isinstance(order, bool) or not isinstance(order, int) or order < 0:
        raise InputError(f"order is {order!r}; accepted are integers >= 0")


def extended(
    field: OrderedField, elements: Sequence[Any], numbers: Sequence[Any]
) -> tuple[OrderedField, list[Any], list[Any]]:
    """Return the field that holds more numbers too, with the elements and the numbers in it."""
    if all(isinstance(number, Rational) for number in numbers):
        convert = field.domain.convert_from
        return field, list(elements), [convert(QQ.from_sympy(number), QQ) for number in numbers]
    larger, together = field_of([*(field.to_sympy(e) for e in elements), *numbers])
    return larger, together[: len(elements)], together[len(elements) :]


def _numbers_and_signs(numbers: Any, name: str, length: int) -> list[tuple[Any, int]]:
    """Return checked numbers with their signs."""
    check_sequence(numbers, name, length)
    return [_number_and_sign(number, f"{name}[{i}]") for i, number in enumerate(numbers)]


def _number_and_sign(number: Any, name: str) -> tuple[Any, int]:
    """Return a checked number with its sign."""
    element, field = read_number(number, name)
    return field.to_sympy(element), field.sign(element)


def _read_probability(number: Any, name: str) -> Any:
    """Return a checked number in [0, 1]."""
    element, field = read_number(number, name)
    if field.sign(element) < 0 or field.sign(element - field.domain.one) > 0:
        raise InputError(f"{name} is {number}; accepted: a number in [0, 1]")
    return field.to_sympy(element)
