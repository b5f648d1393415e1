"""The axes of a sweep: which settings vary, together or each on its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from superposition_theory import InputError

from ..toy_model.arguments import integer, number
from .settings import TABLES, Table, changed, check_names, table

_SPACINGS = ("range", "linear", "logarithmic")

Axis = dict[str, list[Any]]


def axis_of(given: object) -> Axis:
    """Return an axis: settings by dotted path, each with its list of values.

    Parameters
    ----------
    given : mapping from dotted path to values
        ``{"instance": {"seed": values}}`` is the same as ``{"instance.seed": values}``.
        Settings on one axis take their values together, the first ones, the second ones, ...
        Values are a list, or a table with one entry: ``range = [first, last]`` for the whole
        numbers from the first to the last, both included, ``linear = [first, last, count]`` for
        equal distances, ``logarithmic = [first, last, count]`` for equal ratios.

    Raises
    ------
    InputError
        No setting, no values, another spacing, lists of different lengths.

    Examples
    --------
    >>> from superposition_numerics.sweeps.axes import axis_of
    >>> axis_of({"instance.seed": {"range": [0, 3]}})
    {'instance.seed': [0, 1, 2, 3]}
    >>> axis_of({"instance.density": {"logarithmic": [0.01, 1, 3]}})
    {'instance.density': [0.01, 0.1, 1.0]}
    """
    settings = list(_settings(table("axes", given)))
    if not settings:
        raise InputError("axes holds an empty table; accepted: settings by dotted path")
    _check_once([path for path, _ in settings])
    axis = {path: _values(path, values) for path, values in settings}
    lengths = {path: len(values) for path, values in axis.items()}
    if len(set(lengths.values())) > 1:
        raise InputError(
            f"axes holds settings together that have {lengths} values; accepted: as many for each"
        )
    return axis


def grid(base: Table, axes: Sequence[Axis]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Go through all points, the last axis fastest: what is set there, and the settings.

    Raises
    ------
    InputError
        A path on two axes, one whose table is set as a whole beside or after it, or one that leads
        through something that is not a table.

    Examples
    --------
    >>> from superposition_numerics.sweeps.axes import grid
    >>> [settings for _, settings in grid({"steps": 1}, [{"dtype": ["float32", "float64"]}])]
    [{'steps': 1, 'dtype': 'float32'}, {'steps': 1, 'dtype': 'float64'}]
    """
    _check_once([path for axis in axes for path in axis])
    _check_kept(axes)
    along = [
        [dict(zip(axis, row, strict=True)) for row in zip(*axis.values(), strict=True)]
        for axis in axes
    ]
    for steps in product(*along):
        point = {path: value for step in steps for path, value in step.items()}
        settings = dict(base)
        for path, value in point.items():
            settings = changed(settings, path, value)
        yield point, settings


def _settings(given: Table, before: str = "") -> Iterator[tuple[str, object]]:
    """Go through settings by dotted path."""
    for name, values in given.items():
        path = f"{before}{name}"
        if path in TABLES and isinstance(values, Mapping):
            yield from _settings(values, f"{path}.")
        else:
            yield path, values


def _check_once(paths: Sequence[str]) -> None:
    """Refuse a setting that occurs twice."""
    for path in paths:
        if paths.count(path) > 1:
            raise InputError(f"axes holds {path} twice; accepted: each setting once")


def _check_kept(axes: Sequence[Axis]) -> None:
    """Refuse a setting that would be lost in a table that is set as a whole beside or after it."""
    for k, axis in enumerate(axes):
        for path in axis:
            lost = [whole for later in axes[k:] for whole in later if path.startswith(f"{whole}.")]
            if lost:
                raise InputError(
                    f"axes sets {path}, and beside or after it all of {lost[0]}; accepted: "
                    f"{lost[0]} on an axis before that of {path}"
                )


def _values(path: str, given: object) -> list[Any]:
    """Return the values of a setting."""
    if isinstance(given, Mapping):
        return _spaced(path, given)
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if isinstance(given, str) or not isinstance(given, Sequence) or not len(given):
        raise InputError(
            f"{path} has the values {given!r}; accepted: a list, not empty, or a table with one of "
            f"{', '.join(_SPACINGS)}"
        )
    return list(given)


def _spaced(path: str, given: Mapping[str, Any]) -> list[Any]:
    """Return values that are given by their ends."""
    check_names(path, given, _SPACINGS)
    if len(given) != 1:
        raise InputError(
            f"{path} has {len(given)} spacings; accepted: one of {', '.join(_SPACINGS)}"
        )
    ((spacing, numbers),) = given.items()
    if not isinstance(numbers, Sequence) or len(numbers) != (2 if spacing == "range" else 3):
        accepted = "[first, last]" if spacing == "range" else "[first, last, count]"
        raise InputError(f"{path}.{spacing} is {numbers!r}; accepted: {accepted}")
    if spacing == "range":
        begin = integer(f"{path}.range", numbers[0])
        return list(range(begin, integer(f"{path}.range", numbers[1], least=begin) + 1))
    first, last = (number(f"{path}.{spacing}", end) for end in numbers[:2])
    count = integer(f"{path}.{spacing}", numbers[2], least=1)
    if spacing == "linear":
        return list(np.linspace(first, last, count).tolist())
    if min(first, last) <= 0:
        raise InputError(f"{path}.logarithmic is {numbers!r}; accepted: ends above 0")
    return list(np.geomspace(first, last, count).tolist())
