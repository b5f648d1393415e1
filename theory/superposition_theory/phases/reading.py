"""What the functions on phases accept, read into rationals."""

from collections.abc import Mapping
from typing import Any

from sympy import Rational

from superposition_theory.errors import InputError
from superposition_theory.reading import read_rational


def read_density(number: Any) -> Rational:
    """Return a rational density strictly between 0 and 1."""
    density = read_rational(number, "density")
    if not 0 < density < 1:
        raise InputError(f"density is {number}; accepted: a rational number in (0, 1)")
    return density


def read_importance(number: Any) -> Rational:
    """Return a positive rational importance."""
    importance = read_rational(number, "importance")
    if importance <= 0:
        raise InputError(f"importance is {number}; accepted: a rational number > 0")
    return importance


def read_point(at: Any, keys: tuple[Any, ...], name: str) -> dict[Any, Rational]:
    """Return the rational values of these keys; other keys are left out."""
    if not isinstance(at, Mapping):
        raise InputError(
            f"{name} is of type {type(at).__name__}; accepted: a mapping with the keys "
            f"{', '.join(map(str, keys))}"
        )
    missing = [str(key) for key in keys if key not in at]
    if missing:
        raise InputError(
            f"{name} has no value for {', '.join(missing)}; accepted: one for each of "
            f"{', '.join(map(str, keys))}"
        )
    return {key: read_rational(at[key], f"{name}[{key}]") for key in keys}
