"""The settings of a plan with one instance as a nested table, and the plan they make.

A table has the entries ``model``, ``instance``, ``source``, ``method``, ``stopping`` (tables) and
``steps``, ``records``, ``initial``, ``dtype``, ``backend``, as in the data of a `Plan`; a setting
is addressed by its dotted path, such as ``method.schedule.warmup``.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, TypeVar, cast

from superposition_theory import InputError

from ..toy_model.arguments import numbers
from ..training.instances import Instance, Problem, geometric
from ..training.methods import METHODS, Schedule
from ..training.models import Model
from ..training.objectives import SOURCES
from ..training.plan import Plan, Stopping
from ..training.settings import checked_settings, from_settings

_Made = TypeVar("_Made")

Table = Mapping[str, Any]

_ENTRIES = (
    "model",
    "instance",
    "source",
    "method",
    "steps",
    "records",
    "initial",
    "dtype",
    "backend",
    "stopping",
)


TABLES = ("model", "instance", "source", "method", "method.schedule", "stopping", "initial")


def plan_of(settings: Table) -> Plan:
    """Return the plan of settings; what they do not say is as in `Plan`.

    Parameters
    ----------
    settings : mapping
        Apart from JSON data, ``source`` may be a `Source`. An importance may be
        ``{"geometric": ratio}``, for 1, ratio, ratio^2, ...; initial parameters are those of the
        one instance.

    Raises
    ------
    InputError
        An unknown entry, with the nearest one, one that is missing, or a value that is not
        accepted.

    Examples
    --------
    >>> from superposition_numerics.sweeps.settings import plan_of
    >>> model = {"kind": "relu", "features": 5, "dimensions": 2}
    >>> plan_of({"model": model, "method": {"rate": 0.1}}).method.rate
    0.1
    """
    check_names("base", settings, _ENTRIES)
    if "model" not in settings:
        raise InputError("base lacks the entry 'model'; accepted: a table with its settings")
    model = _made("model", Model, settings["model"])
    instance = _instance(settings.get("instance", {}), model.features)
    given = {name: value for name, value in settings.items() if name not in ("model", "instance")}
    for name, reader in _READERS.items():
        if name in given:
            given[name] = reader(given[name])
    return Plan(Problem(model, [instance]), **given)


def settings_of(plan: Plan) -> dict[str, Any]:
    """Return the settings of a plan with one instance, in full, as JSON data.

    Examples
    --------
    >>> from superposition_numerics.sweeps.settings import settings_of
    >>> from superposition_numerics.training import Model, Plan, Problem
    >>> settings_of(Plan(Problem(Model("relu", 5, 2))))["instance"]["density"]
    1.0
    """
    data = plan.to_dict()
    problem = data["problem"]
    (instance,) = problem["instances"]
    rest = {name: data[name] for name in _ENTRIES[2:]}
    return {"model": problem["model"], "instance": instance, **rest}


def changed(settings: Table, path: str, value: object) -> dict[str, Any]:
    """Return settings with one of them set; tables on the way are made where they are missing.

    A text on the way, such as the name of a method, becomes the ``name`` in a table.

    Raises
    ------
    InputError
        The path leads through something that is not a table.

    Examples
    --------
    >>> from superposition_numerics.sweeps.settings import changed
    >>> changed({"method": {"rate": 0.1}}, "method.rate", 0.2)
    {'method': {'rate': 0.2}}
    >>> changed({"method": "sgd"}, "method.rate", 0.2)
    {'method': {'name': 'sgd', 'rate': 0.2}}
    """
    name, _, rest = path.partition(".")
    if not rest:
        return {**settings, name: value}
    inner = settings.get(name, {})
    if isinstance(inner, str):
        inner = {"name": inner}
    if not isinstance(inner, Mapping):
        raise InputError(f"{path} is set, but {name} is {inner!r}; accepted: a table")
    return {**settings, name: changed(inner, rest, value)}


def check_names(where: str, names: Iterable[str], accepted: Iterable[str]) -> None:
    """Refuse names that are not accepted.

    Raises
    ------
    InputError
        It names the nearest accepted one and lists all.

    Examples
    --------
    >>> from superposition_numerics.sweeps.settings import check_names
    >>> check_names("instance", ["densty"], ["density", "importance"])
    Traceback (most recent call last):
    ...
    superposition_theory.errors.InputError: instance has the unknown entry 'densty' (did you mean
    'density'?); accepted: density, importance
    """
    known = list(accepted)
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(str(name), known, n=1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            raise InputError(
                f"{where} has the unknown entry {name!r}{hint}; accepted: "
                f"{', '.join(known) or 'none'}"
            )


def table(where: str, value: object) -> Table:
    """Return a table, and refuse anything else.

    Raises
    ------
    InputError
        It is not a mapping.

    Examples
    --------
    >>> from superposition_numerics.sweeps.settings import table
    >>> table("method", {"rate": 0.1})
    {'rate': 0.1}
    """
    if not isinstance(value, Mapping):
        raise InputError(f"{where} is {value!r}; accepted: a table")
    return value


def _made(where: str, cls: Callable[..., _Made], settings: object) -> _Made:
    """Return an object of a dataclass from a table of its settings."""
    check_names(where, table(where, settings), [field.name for field in fields(cast(Any, cls))])
    return from_settings(where, cls, settings)


def _named(where: str, classes: Mapping[str, Any], default: str, settings: object) -> Any:
    """Return what a name makes, or a table that holds the name and settings."""
    given: dict[str, Any] = (
        {"name": settings} if isinstance(settings, str) else dict(table(where, settings))
    )
    name = given.pop("name", default)
    if not isinstance(name, str) or name not in classes:
        raise InputError(f"{where} is {name!r}; accepted: one of {', '.join(classes)}")
    if "schedule" in given:
        given["schedule"] = _made(f"{where}.schedule", Schedule, given["schedule"])
    return _made(where, classes[name], given)


def _instance(value: object, features: int) -> Instance:
    """Return the instance, its importances spelt out."""
    given = dict(table("instance", value))
    importance = given.get("importance")
    if isinstance(importance, Mapping):
        known = ["geometric"]
        ratio = checked_settings("instance.importance", importance, known, known)["geometric"]
        given["importance"] = geometric(ratio, features)
    return _made("instance", Instance, given)


def _source(value: object) -> Any:
    """Return a source from its settings, or the object itself."""
    is_source = callable(getattr(value, "objective", None))
    return value if is_source else _named("source", SOURCES, "samples", value)


def _method(value: object) -> Any:
    """Return a method from its settings."""
    return _named("method", METHODS, "adamw", value)


def _initial(value: object) -> Any:
    """Return a name of initial parameters, or those of one instance with its leading axis."""
    if isinstance(value, Mapping):
        return {name: numbers(f"initial.{name}", given)[None] for name, given in value.items()}
    return value


def _stopping(value: object) -> Stopping | None:
    """Return the rule of stopping early, or None."""
    return None if value is None else _made("stopping", Stopping, value)


_READERS: dict[str, Callable[[object], Any]] = {
    "source": _source,
    "method": _method,
    "initial": _initial,
    "stopping": _stopping,
}
