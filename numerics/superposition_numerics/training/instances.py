"""What an instance of a model is trained on: densities, importances, correlations and a seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from superposition_theory import InputError

from ..matrices import FloatArray
from ..toy_model import Activity
from ..toy_model.activity import MOST_FEATURES
from ..toy_model.arguments import check_type, integer, numbers
from .models import Model
from .settings import checked_settings, from_settings

CORRELATIONS = ("independent", "correlated", "anticorrelated")


@dataclass(frozen=True)
class Instance:
    """The data and the chance of one instance.

    Attributes
    ----------
    density : float or n floats
        The probability that a feature is active, in [0, 1].
    importance : float or n floats
        At least 0.
    correlation : str
        ``independent`` features; or, in sets of consecutive features of equal size, ``correlated``
        (the features of a set are active together, with the density of the set) or
        ``anticorrelated`` (with that density exactly one feature of the set is active, each one as
        likely). The values of active features are always independent.
    sets : int
        How many sets; 1 for independent features.
    seed : int
        At least 0: of the initial parameters and of the samples. What an instance becomes depends
        on this and on no other instance.

    Raises
    ------
    InputError
        Numbers outside these ranges, an unknown correlation.

    Examples
    --------
    >>> from superposition_numerics.training import Instance
    >>> Instance(0.1, (1.0, 0.9)).importance
    (1.0, 0.9)
    """

    density: float | Sequence[float] = 1.0
    importance: float | Sequence[float] = 1.0
    correlation: str = "independent"
    sets: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        for name, most in (("density", 1.0), ("importance", np.inf)):
            values = numbers(name, getattr(self, name))
            if values.ndim > 1:
                raise InputError(
                    f"{name} has shape {values.shape}; accepted: a number or one for each feature"
                )
            if not np.all((values >= 0) & (values <= most)):
                accepted = "in [0, 1]" if most == 1 else "of at least 0"
                raise InputError(f"{name} is {values.tolist()}; accepted: numbers {accepted}")
            kept = values.item() if values.ndim == 0 else tuple(values.tolist())
            object.__setattr__(self, name, kept)
        check_type("correlation", self.correlation, str)
        if self.correlation not in CORRELATIONS:
            raise InputError(
                f"correlation is {self.correlation!r}; accepted: one of {', '.join(CORRELATIONS)}"
            )
        object.__setattr__(self, "sets", integer("sets", self.sets, least=1))
        if self.correlation == "independent" and self.sets != 1:
            raise InputError(f"sets is {self.sets} for independent features; accepted: 1")
        object.__setattr__(self, "seed", integer("seed", self.seed, least=0))

    def to_dict(self) -> dict[str, Any]:
        """Return the instance as JSON data."""
        return {
            "density": _plain(self.density),
            "importance": _plain(self.importance),
            "correlation": self.correlation,
            "sets": self.sets,
            "seed": self.seed,
        }


@dataclass(frozen=True)
class Problem:
    """Instances of one model, to be trained side by side.

    Attributes
    ----------
    model : Model
    instances : tuple of Instance

    Raises
    ------
    InputError
        No instance; densities or importances of another length than the features; sets that do not
        divide the features; different densities within a set.

    Examples
    --------
    >>> from superposition_numerics.training import Instance, Model, Problem
    >>> problem = Problem(Model("relu", 3, 2), [Instance(0.1), Instance((0.1, 0.2, 0.3))])
    >>> problem.densities.tolist()
    [[0.1, 0.1, 0.1], [0.1, 0.2, 0.3]]
    """

    model: Model
    instances: Sequence[Instance] = field(default=(Instance(),))

    def __post_init__(self) -> None:
        check_type("model", self.model, Model)
        instances = tuple(_each("instances", self.instances))
        if not instances:
            raise InputError("instances is empty; accepted: at least one")
        for instance in instances:
            check_type("instances", instance, Instance)
        object.__setattr__(self, "instances", instances)
        n = self.model.features
        for instance in instances:
            for name in ("density", "importance"):
                value = getattr(instance, name)
                if isinstance(value, tuple) and len(value) != n:
                    raise InputError(
                        f"{name} has {len(value)} entries; accepted: a number or {n} (the features)"
                    )
            if n % instance.sets:
                raise InputError(f"sets is {instance.sets}; accepted: a divisor of {n} features")
            if instance.correlation != "independent":
                self._check_sets(instance)

    @property
    def count(self) -> int:
        """The number of instances."""
        return len(self.instances)

    @cached_property
    def densities(self) -> FloatArray:
        """The densities, shape (instances, n). For anticorrelated features that of their set."""
        return self._spread("density")

    @cached_property
    def importances(self) -> FloatArray:
        """The importances, shape (instances, n)."""
        return self._spread("importance")

    @cached_property
    def probabilities(self) -> FloatArray:
        """The probability that each feature is active, shape (instances, n)."""
        share = [
            i.sets / self.model.features if i.correlation == "anticorrelated" else 1.0
            for i in self.instances
        ]
        return np.asarray(self.densities * np.array(share)[:, None])

    def activity(self) -> Activity:
        """Return the law of the supports of all instances.

        Raises
        ------
        InputError
            More than 10 features.

        Examples
        --------
        >>> from superposition_numerics.training import Instance, Model, Problem
        >>> pairs = Instance(0.5, correlation="anticorrelated", sets=1)
        >>> Problem(Model("relu", 2, 1), [pairs]).activity().probabilities.tolist()
        [[0.5, 0.25, 0.25, 0.0]]
        """
        n = integer("features", self.model.features, least=1, most=MOST_FEATURES)
        tables = np.zeros((self.count, 1 << n))
        free = np.array([one.correlation == "independent" for one in self.instances])
        tables[free] = Activity.independent(self.densities[free], features=n).probabilities
        for k in np.flatnonzero(~free).tolist():
            instance = self.instances[k]
            law: FloatArray = np.ones(1)
            for density in self.densities[k].reshape(instance.sets, -1)[:, 0]:
                one = _law_of_set(instance.correlation, density, n // instance.sets)
                law = np.outer(one, law).ravel()
            tables[k] = law
        return Activity(tables)

    def part(self, which: slice | Iterable[int]) -> Problem:
        """Return the problem of some of the instances.

        Parameters
        ----------
        which : slice or sequence of int

        Raises
        ------
        InputError
            None of them, or one that is not there.
        """
        if isinstance(which, slice):
            return replace(self, instances=self.instances[which])
        try:
            return replace(self, instances=[self.instances[k] for k in which])
        except (IndexError, TypeError) as error:
            raise InputError(
                f"which is {which!r}; accepted: a slice, or places from 0 to {self.count - 1}"
            ) from error

    def to_dict(self) -> dict[str, Any]:
        """Return the problem as JSON data."""
        return {
            "model": self.model.to_dict(),
            "instances": [instance.to_dict() for instance in self.instances],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Problem:
        """Return the problem that `to_dict` wrote.

        Parameters
        ----------
        data : mapping
            Settings of the model and of instances that have a default may be left out.

        Raises
        ------
        InputError
            A setting that is missing, unknown or not accepted.
        """
        parts = checked_settings("problem", data, ["model", "instances"], ["model", "instances"])
        return cls(
            from_settings("model", Model, parts["model"]),
            [
                from_settings("an instance", Instance, one)
                for one in _each("instances", parts["instances"])
            ],
        )

    def _check_sets(self, instance: Instance) -> None:
        """Refuse densities that differ within a set."""
        densities = np.broadcast_to(instance.density, self.model.features)
        if np.ptp(densities.reshape(instance.sets, -1), axis=1).any():
            raise InputError(
                f"density is {densities.tolist()}; accepted: the same within each of the "
                f"{instance.sets} sets of {instance.correlation} features"
            )

    def _spread(self, name: str) -> FloatArray:
        """Return a property of all instances, one number for each feature."""
        values = [getattr(instance, name) for instance in self.instances]
        n = self.model.features
        return np.array([one if isinstance(one, tuple) else (one,) * n for one in values])


def instances_of(
    *,
    densities: Iterable[float | Sequence[float]] = (1.0,),
    importances: Iterable[float | Sequence[float]] = (1.0,),
    correlations: Iterable[tuple[str, int]] = (("independent", 1),),
    seeds: Iterable[int] = (0,),
) -> tuple[Instance, ...]:
    """Return one instance for each combination, the last axis fastest.

    Parameters
    ----------
    densities, importances : iterables of floats or of n floats
    correlations : iterable of (str, int)
        The correlation and the number of sets.
    seeds : iterable of int

    Returns
    -------
    tuple of Instance

    Raises
    ------
    InputError
        A single value in place of several; otherwise as for `Instance`.

    Examples
    --------
    >>> from superposition_numerics.training import instances_of
    >>> [(i.density, i.seed) for i in instances_of(densities=(0.1, 0.2), seeds=range(2))]
    [(0.1, 0), (0.1, 1), (0.2, 0), (0.2, 1)]
    """
    laws = _each("correlations", correlations)
    if not all(isinstance(law, Sequence) and len(law) == 2 for law in laws):
        raise InputError(
            f"correlations is {laws}; accepted: pairs of a correlation and a number of sets"
        )
    return tuple(
        Instance(density, importance, correlation, sets, seed)
        for density, importance, (correlation, sets), seed in product(
            _each("densities", densities),
            _each("importances", importances),
            laws,
            _each("seeds", seeds),
        )
    )


def _law_of_set(correlation: str, density: float, size: int) -> FloatArray:
    """Return the law of the supports of one set, feature i in bit i."""
    law = np.zeros(1 << size)
    law[0] = 1 - density
    if correlation == "correlated":
        law[-1] = density
    else:
        law[1 << np.arange(size)] = density / size
    return law


def _each(name: str, values: object) -> list[Any]:
    """Return what an argument lists."""
    if not isinstance(values, Iterable) or isinstance(values, str | Mapping):
        raise InputError(f"{name} is {values!r}; accepted: several, as a list or another iterable")
    return list(values)


def geometric(ratio: float, features: int) -> tuple[float, ...]:
    """Return 1, ratio, ratio^2, ...: importances that fall from feature to feature.

    Parameters
    ----------
    ratio : float
        At least 0.
    features : int
        n.

    Returns
    -------
    tuple of n floats

    Raises
    ------
    InputError
        A negative ratio, fewer than one feature.

    Examples
    --------
    >>> from superposition_numerics.training import geometric
    >>> geometric(0.5, 3)
    (1.0, 0.5, 0.25)
    """
    value = numbers("ratio", ratio)
    if value.ndim or value < 0:
        raise InputError(f"ratio is {ratio!r}; accepted: a number of at least 0")
    return tuple((float(value) ** np.arange(integer("features", features, least=1))).tolist())


def _plain(value: float | Sequence[float]) -> float | list[float]:
    """Return a number or a list."""
    return value if isinstance(value, int | float) else list(value)
