"""Settings as JSON data: made into objects, and compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar, cast

from superposition_theory import InputError

_Made = TypeVar("_Made")

_SHOWN = 3  # differences that a message lists
_WIDTH = 40  # characters of a setting that it quotes


def from_settings(argument: str, cls: Callable[..., _Made], data: object) -> _Made:
    """Return an object of a dataclass from its settings by name.

    Parameters
    ----------
    argument : str
        What the settings are of, for messages.
    cls : type
        A dataclass; settings that have a default may be left out.
    data : mapping

    Returns
    -------
    object

    Raises
    ------
    InputError
        Data that are no mapping, a setting that is missing, unknown or of a wrong type.

    Examples
    --------
    >>> from superposition_numerics.training import Stopping
    >>> from superposition_numerics.training.settings import from_settings
    >>> from_settings("stopping", Stopping, {"tolerance": 0.5})
    Stopping(tolerance=0.5, patience=5)
    """
    known = [field for field in fields(cast(Any, cls)) if field.init]
    needed = [f.name for f in known if f.default is MISSING and f.default_factory is MISSING]
    settings = checked_settings(argument, data, needed, [field.name for field in known])
    try:
        return cls(**settings)
    except TypeError as error:
        raise InputError(f"{argument} has a setting of a wrong type: {error}") from error


def checked_settings(
    argument: str, data: object, needed: list[str], known: list[str]
) -> dict[str, Any]:
    """Return settings by name, all that are needed and none that is not known.

    Raises
    ------
    InputError
        Data that are no mapping, a setting that is missing or unknown.

    Examples
    --------
    >>> from superposition_numerics.training.settings import checked_settings
    >>> checked_settings("model", {"kind": "relu"}, ["kind"], ["kind", "tied"])
    {'kind': 'relu'}
    """
    accepted = f"accepted: {', '.join(known)}"
    if not isinstance(data, Mapping):
        raise InputError(f"{argument} is {_quoted(data)}; accepted: settings by name")
    missing = [name for name in needed if name not in data]
    if missing:
        raise InputError(f"{argument} lacks {', '.join(missing)}; {accepted}")
    unknown = [str(name) for name in data if name not in known]
    if unknown:
        raise InputError(f"{argument} has the unknown setting {', '.join(unknown)}; {accepted}")
    return dict(data)


def differences(there: object, here: object) -> str:
    """Return in words where two pieces of JSON data differ; nothing where they do not.

    Examples
    --------
    >>> from superposition_numerics.training.settings import differences
    >>> differences({"steps": 100, "source": {"batch": 8}}, {"steps": 200, "source": {"batch": 8}})
    'steps is 100 there, 200 here'
    """
    found = _differences("", there, here)
    more = [f"{len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return "; ".join(found[:_SHOWN] + more)


def _differences(path: str, there: object, here: object) -> list[str]:
    """Return each difference in words."""
    if isinstance(there, Mapping) and isinstance(here, Mapping):
        names = [*there, *(name for name in here if name not in there)]
        pairs = [(str(name), there.get(name), here.get(name)) for name in names]
    elif isinstance(there, list) and isinstance(here, list):
        if len(there) != len(here):
            return [f"{path} has {len(there)} entries there, {len(here)} here"]
        pairs = [(str(i), old, new) for i, (old, new) in enumerate(zip(there, here, strict=True))]
    else:
        equal = there == here and isinstance(there, bool) == isinstance(here, bool)
        return [] if equal else [f"{path} is {_quoted(there)} there, {_quoted(here)} here"]
    before = f"{path}." if path else ""
    return [line for name, old, new in pairs for line in _differences(before + name, old, new)]


def _quoted(value: object) -> str:
    """Return a value on one line, cut off where it is long."""
    text = repr(value)
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}..."
