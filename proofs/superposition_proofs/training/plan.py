"""A plan of training from the words and numbers of a command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from superposition_numerics.toy_model.arguments import integer
from superposition_numerics.training import (
    DataSet,
    Model,
    Plan,
    Problem,
    Schedule,
    geometric,
    instances_of,
)
from superposition_numerics.training.instances import CORRELATIONS
from superposition_numerics.training.methods import METHODS
from superposition_numerics.training.objectives import SOURCES, Source
from superposition_numerics.weights import read_weights
from superposition_theory import InputError

_NUMBERS = (
    "a number, one for each feature (1,0.5,...), a ratio^i (0.9^i), or a grid low..high:count"
)

_MOST_SETTINGS = 10_000  # of one grid
_Setting = float | tuple[float, ...]


def training_plan(
    *,
    features: int,
    dims: int,
    model: str = "relu",
    tied: bool = True,
    hidden_bias: bool = False,
    density: Sequence[str] = (),
    importance: Sequence[str] = (),
    correlation: Sequence[str] = (),
    instances: int = 1,
    seed: int = 0,
    source: str | None = None,
    data: str | Path | None = None,
    tensor: str | None = None,
    batch: int | None = None,
    method: str = "adamw",
    rate: float | None = None,
    weight_decay: float | None = None,
    schedule: str | None = None,
    warmup: int | None = None,
    **settings: Any,
) -> Plan:
    """Return the plan that options describe.

    Parameters
    ----------
    features, dims : int
        n and m.
    model : str
        A kind of `Model`.
    tied, hidden_bias : bool
        As in `Model`.
    density, importance : sequence of str
        Each a number; one for each feature, ``1,0.5,0.25``; ``0.9^i``: 1, 0.9, 0.81, ...; or
        ``1..0.01:10``: ten numbers at equal ratios, each for all features. Several are several
        settings. 1 where nothing is said.
    correlation : sequence of str
        ``independent``, ``correlated:2`` or ``anticorrelated:2`` with the number of sets.
    instances : int
        Of each setting, with the seeds seed, seed + 1, ...
    seed : int
    source : str, optional
        The name of a source; ``samples`` where nothing is said.
    data : str or Path, optional
        A file of weights whose rows are samples, instead of a source.
    tensor : str, optional
        Which one, where the file holds several.
    batch, rate, weight_decay, schedule, warmup
        Settings of the source and of the method, where it has them; theirs where nothing is said.
    method : str
        The name of a method: ``adamw``, ...
    **settings
        Of `Plan`: steps, records, initial, dtype, backend.

    Returns
    -------
    Plan

    Raises
    ------
    InputError
        An option that is not accepted, or that the source or the method does not have.

    Examples
    --------
    >>> from superposition_proofs.training import training_plan
    >>> plan = training_plan(features=3, dims=2, density=["1..0.01:3"], importance=["0.5^i"])
    >>> [(i.density, i.importance) for i in plan.problem.instances][1]
    (0.1, (1.0, 0.5, 0.25))
    """
    kind = Model(
        model,
        integer("features", features, least=1),
        integer("dims", dims, least=1),
        tied,
        hidden_bias,
    )
    if data is not None or source == "one-active":
        where = "data" if data is not None else "the source 'one-active'"
        for name, given in (("density", density), ("correlation", correlation)):
            if given:
                raise InputError(f"{name} is given, but plays no part with {where}; accepted: none")
    integer("instances", instances, least=1)
    integer("seed", seed, least=0)
    grid = instances_of(
        densities=_settings("density", density or ("1",), features),
        importances=_settings("importance", importance or ("1",), features),
        correlations=[_correlation(text) for text in correlation or ("independent",)],
        seeds=range(seed, seed + instances),
    )
    steps = {"rate": rate, "weight_decay": weight_decay, "schedule": _schedule(schedule, warmup)}
    return Plan(
        Problem(kind, grid),
        source=_source(source, data, tensor, batch),
        method=_made("method", METHODS, method, steps),
        **settings,
    )


def _settings(name: str, texts: Iterable[str], features: int) -> list[_Setting]:
    """Return the settings of densities or importances that texts describe."""
    return [setting for text in texts for setting in _read(name, text, features)]


def _read(name: str, text: str, features: int) -> list[_Setting]:
    """Return the settings that one text describes."""
    try:
        if text.endswith("^i"):
            return [geometric(float(text.removesuffix("^i")), features)]
        if ".." in text:
            low, _, rest = text.partition("..")
            high, _, count = rest.partition(":")
            ends, steps = (float(low), float(high)), int(count)
            if not (min(ends) > 0 and max(ends) < np.inf and 1 <= steps <= _MOST_SETTINGS):
                raise ValueError("no grid")
            grid = np.geomspace(*ends, steps)
            return [float(value) for value in grid]
        if "," in text:
            return [tuple(map(float, text.split(",")))]
        return [float(text)]
    except ValueError as error:
        raise InputError(f"{name} is {text!r}; accepted: {_NUMBERS}") from error


def _correlation(text: str) -> tuple[str, int]:
    """Return a correlation and its number of sets."""
    kind, colon, sets = text.partition(":")
    if kind in CORRELATIONS and (not colon or sets.isdecimal()):
        return kind, int(sets or 1)
    raise InputError(
        f"correlation is {text!r}; accepted: independent, correlated:SETS or anticorrelated:SETS"
    )


def _schedule(shape: str | None, warmup: int | None) -> Schedule | None:
    """Return a schedule where one is asked for."""
    if shape is None and warmup is None:
        return None
    return Schedule(shape or "constant", warmup or 0)


def _source(
    name: str | None, data: str | Path | None, tensor: str | None, batch: int | None
) -> Source:
    """Return a source of gradients."""
    if data is None:
        if tensor is not None:
            raise InputError("tensor is given without data; accepted: only with it")
        made: Source = _made("source", SOURCES, name or "samples", {"batch": batch})
        return made
    if name is not None:
        raise InputError(f"source is {name!r} with data; accepted: one of them")
    rows = read_weights(data, layout="features-in-columns", tensor=tensor)
    return DataSet(rows.values, batch)


def _made(argument: str, classes: Mapping[str, Any], name: str, settings: Mapping[str, Any]) -> Any:
    """Return a source or a method with the settings that were given."""
    if name not in classes:
        raise InputError(f"{argument} is {name!r}; accepted: one of {', '.join(classes)}")
    given = {key: value for key, value in settings.items() if value is not None}
    known = {field.name for field in fields(classes[name])}
    for key in given:
        if key not in known:
            raise InputError(
                f"{key} is given for the {argument} {name!r}, which has none; accepted: without"
            )
    return classes[name](**given)
