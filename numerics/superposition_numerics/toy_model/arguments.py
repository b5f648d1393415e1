"""What the toy model and its landscape accept: numbers, integers, arrays and sources of chance."""

from __future__ import annotations

import sys
from numbers import Integral, Real
from typing import Any

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from superposition_numerics.matrices import FloatArray

_LARGEST = sys.float_info.max


def numbers(name: str, values: npt.ArrayLike) -> FloatArray:
    """Return the argument as floats.

    Raises
    ------
    InputError
        It does not hold finite real numbers; bools and text are none.

    Examples
    --------
    >>> from superposition_numerics.toy_model.arguments import numbers
    >>> numbers("biases", [1, 2]).tolist()
    [1.0, 2.0]
    """
    try:
        if isinstance(values, np.ndarray) and values.dtype.kind in "iuf":
            entries = values
        else:
            entries = np.asarray(values, dtype=object)
            if not all(map(_is_real, entries.flat)):
                raise ValueError("an entry is not a real number")
        result = np.asarray(entries, dtype=np.float64)
    except (OverflowError, TypeError, ValueError) as error:
        raise InputError(f"{name} is {values!r}; accepted: an array of real numbers") from error
    if not np.isfinite(result).all():
        raise InputError(f"{name} holds NaN or infinite entries; accepted: finite numbers")
    return result


def number(name: str, value: Any, *, least: float = -_LARGEST, most: float = _LARGEST) -> float:
    """Return the argument as a float in a closed range.

    Raises
    ------
    InputError
        It is not a finite real number in the range.

    Examples
    --------
    >>> from superposition_numerics.toy_model.arguments import number
    >>> number("penalty", 1, least=0)
    1.0
    """
    plain = value.item() if isinstance(value, np.generic) else value
    if not _is_real(plain) or not least <= plain <= most:
        raise InputError(f"{name} is {value!r}; accepted: a {_range('number', least, most)}")
    return float(plain)


def integer(name: str, value: Any, *, least: float = -_LARGEST, most: float = _LARGEST) -> int:
    """Return the argument as an int in a closed range.

    Raises
    ------
    InputError
        It is not an integer in the range; a float is none, whatever its value.

    Examples
    --------
    >>> from superposition_numerics.toy_model.arguments import integer
    >>> integer("starts", 4, least=0)
    4
    """
    if not _is_integer(value) or not least <= value <= most:
        raise InputError(f"{name} is {value!r}; accepted: an {_range('integer', least, most)}")
    return int(value)


def generator(rng: np.random.Generator | int) -> np.random.Generator:
    """Return a source of chance that can be repeated.

    Raises
    ------
    InputError
        It is neither a Generator nor an integer of at least 0.

    Examples
    --------
    >>> from superposition_numerics.toy_model.arguments import generator
    >>> float(generator(0).random()) == float(generator(0).random())
    True
    """
    if isinstance(rng, np.random.Generator):
        return rng
    if not _is_integer(rng) or rng < 0:
        raise InputError(
            f"rng is {rng!r}; accepted: a numpy.random.Generator or an integer of at least 0"
        )
    return np.random.default_rng(int(rng))


def check_type(name: str, value: object, accepted: type) -> None:
    """Refuse what is not of a type.

    Raises
    ------
    InputError
        It is of another type.

    Examples
    --------
    >>> from superposition_numerics.toy_model.arguments import check_type
    >>> check_type("setting", 1, str)
    Traceback (most recent call last):
    ...
    superposition_theory.errors.InputError: setting is 1; accepted: str
    """
    if not isinstance(value, accepted):
        raise InputError(f"{name} is {value!r}; accepted: {accepted.__name__}")


def _is_real(value: Any) -> bool:
    """Whether it is a real number, which a bool is not meant to be."""
    return isinstance(value, Real) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    """Whether it is an integer, which a bool is not meant to be."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def _range(kind: str, least: float, most: float) -> str:
    """Return a kind of number with its range in words."""
    if least == -_LARGEST:
        return f"finite {kind}" if kind == "number" else kind
    if most == _LARGEST:
        return f"{kind} of at least {least}"
    return f"{kind} in [{least}, {most}]" if kind == "number" else f"{kind} from {least} to {most}"
