"""Values that JSON can carry without loss or surprise."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from superposition_theory.errors import InputError

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

# Python refuses to print an integer of more than 4300 decimal digits; 14,000 bits are below that.
_MAX_INTEGER_BITS = 14_000


def json_value(value: object, name: str) -> Json:
    """Return `value` as plain JSON data: what is returned is what is read back from a file.

    Numpy scalars and arrays become numbers and lists, tuples become lists, rationals become
    strings such as ``"1/3"``, and a float that is not finite becomes None.

    Parameters
    ----------
    value : object
        None, a bool, a string, a real number, an array, or a sequence or a mapping (with keys that
        are strings) of such values.
    name : str
        How an error names the value.

    Returns
    -------
    Json
        Plain None, bool, int, float, str, list or dict.

    Raises
    ------
    InputError
        If the value, or a part of it, has no such form.

    Examples
    --------
    >>> from fractions import Fraction
    >>> json_value({"x": (1, Fraction(1, 3), float("inf"))}, "witness")
    {'x': [1, '1/3', None]}
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, np.ndarray | np.generic):
        return json_value(value.tolist(), name) if value.dtype != object else _refuse(value, name)
    if isinstance(value, numbers.Integral):
        integer = int(value)
        if integer.bit_length() > _MAX_INTEGER_BITS:
            raise InputError(
                f"{name} is an integer of {integer.bit_length()} bits; at most "
                f"{_MAX_INTEGER_BITS} bits are accepted, give a longer one as a string"
            )
        return integer
    if isinstance(value, numbers.Rational):
        return f"{int(value.numerator)}/{int(value.denominator)}"
    if isinstance(value, float):
        return finite_or_none(value)
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise InputError(f"{name} has the key {key!r}; keys must be strings")
        return {str(key): json_value(item, f"{name}[{key!r}]") for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [json_value(item, f"{name}[{index}]") for index, item in enumerate(value)]
    return _refuse(value, name)


def finite_or_none(value: float) -> float | None:
    """Return a float as it is when it is finite, and None when it is not.

    Parameters
    ----------
    value : float
        Any float.

    Returns
    -------
    float or None
        JSON has no NaN and no infinity.

    Examples
    --------
    >>> finite_or_none(0.5), finite_or_none(float("nan"))
    (0.5, None)
    """
    return float(value) if math.isfinite(value) else None


def _refuse(value: object, name: str) -> Json:
    """Raise the error for a value without a JSON form."""
    raise InputError(
        f"{name} is of type {type(value).__name__}, which JSON cannot carry; accepted are None, "
        "bool, str, real numbers, numpy arrays of them, lists, tuples and mappings"
    )
