"""One setting of the toy model: what is fixed while W and b are learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypedDict

import numpy as np
from superposition_theory import InputError

from ..matrices import FloatArray
from ..toy_model import population_loss
from ..toy_model.arguments import check_type, integer, number, numbers

_KINDS = ("density", "importance", "ratio", "penalty")


@dataclass(frozen=True)
class Parameter:
    """A number of a setting that can be varied.

    Attributes
    ----------
    kind : str
        "density" (the base density), "importance" or "ratio" (of one feature), or "penalty".
    feature : int
        The feature of an importance or ratio, from 0; -1 is the last one.

    Raises
    ------
    InputError
        Another kind, or a feature that is not an integer.

    Examples
    --------
    >>> from superposition_numerics.landscape import Parameter
    >>> str(Parameter("importance", 1)), str(Parameter("density"))
    ('importance of feature 2', 'density')
    """

    kind: str
    feature: int = -1

    def __post_init__(self) -> None:
        """Check."""
        if self.kind not in _KINDS:
            raise InputError(f"kind is {self.kind!r}; accepted: one of {', '.join(_KINDS)}")
        object.__setattr__(self, "feature", integer("feature", self.feature))

    def __str__(self) -> str:
        """Return the parameter in words."""
        if self.kind in ("density", "penalty"):
            return self.kind
        which = "the last feature" if self.feature == -1 else f"feature {self.feature + 1}"
        return f"{self.kind} of {which}"


class LossOptions(TypedDict):
    """What the loss takes by keyword."""

    importances: FloatArray
    penalty: float


@dataclass(frozen=True)
class Setting:
    """Features, dimensions, densities, importances and penalty.

    Attributes
    ----------
    features, dimensions : int
        n from 1 to 10 and m from 1 to n.
    density : float
        Base density p, in [0, 1].
    importances : tuple of n floats
        A single number on input means that all are equal.
    ratios : tuple of n floats
        Feature i has the density ratios[i] p, in [0, 1]. A single number on input likewise.
    penalty : float
        Of the squared interference, at least 0.

    Raises
    ------
    InputError
        Anything outside these ranges.

    Examples
    --------
    >>> from superposition_numerics.landscape import Parameter, Setting
    >>> setting = Setting(3, 2, 0.5, ratios=(0.1, 1, 1))
    >>> setting.densities.tolist(), setting.importances
    ([0.05, 0.5, 0.5], (1.0, 1.0, 1.0))
    >>> setting.vary(Parameter("importance"), 0.7).importances
    (1.0, 1.0, 0.7)
    """

    features: int
    dimensions: int
    density: float
    importances: float | Sequence[float] = 1.0
    ratios: float | Sequence[float] = 1.0
    penalty: float = 0.0

    def __post_init__(self) -> None:
        """Check, and spread single numbers over the features."""
        features = integer("features", self.features, least=1, most=10)
        dimensions = integer("dimensions", self.dimensions, least=1, most=features)
        object.__setattr__(self, "features", features)
        object.__setattr__(self, "dimensions", dimensions)
        object.__setattr__(self, "density", number("density", self.density, least=0, most=1))
        object.__setattr__(self, "penalty", number("penalty", self.penalty, least=0))
        for name in ("importances", "ratios"):
            given = numbers(name, getattr(self, name))
            if given.shape not in ((), (self.features,)):
                raise InputError(
                    f"{name} has shape {given.shape}; accepted: a number or {self.features} numbers"
                )
            if not np.all(given >= 0):
                raise InputError(f"{name} is {given.tolist()}; accepted: numbers of at least 0")
            spread = tuple(np.broadcast_to(given, self.features).tolist())
            object.__setattr__(self, name, spread)
        if not np.all(self.densities <= 1):
            raise InputError(
                f"density times ratios is {self.densities.tolist()}; accepted: in [0, 1]"
            )

    @property
    def densities(self) -> FloatArray:
        """The density of every feature, shape (n,)."""
        return self.density * np.array(self.ratios)

    @property
    def options(self) -> LossOptions:
        """Importances and penalty, as keywords of the loss."""
        return {"importances": np.array(self.importances), "penalty": self.penalty}

    @property
    def kinds(self) -> list[tuple[float, float]]:
        """Importance and ratio of every feature: features of one kind can be exchanged."""
        pairs = np.stack((np.array(self.importances), np.array(self.ratios)), axis=1)
        return [(importance, ratio) for importance, ratio in pairs.tolist()]

    @property
    def silent_loss(self) -> float:
        """The loss sum_i I_i p_i / 3 of the model that always answers 0."""
        return float(np.array(self.importances) @ self.densities / 3)

    def value(self, parameter: Parameter) -> float:
        """Return the value of a parameter."""
        check_type("parameter", parameter, Parameter)
        if parameter.kind in ("density", "penalty"):
            return float(getattr(self, parameter.kind))
        return float(getattr(self, _FIELDS[parameter.kind])[self._feature(parameter)])

    def vary(self, parameter: Parameter, value: float) -> Setting:
        """Return the setting with another value of a parameter."""
        check_type("parameter", parameter, Parameter)
        if parameter.kind in ("density", "penalty"):
            changed: dict[str, Any] = {parameter.kind: value}
        else:
            field = _FIELDS[parameter.kind]
            values = list(getattr(self, field))
            values[self._feature(parameter)] = value
            changed = {field: tuple(values)}
        return replace(self, **changed)

    def same(self, first: Parameter, second: Parameter) -> bool:
        """Whether two parameters are one number of the setting, as feature -1 and n - 1 are."""
        if first.kind != second.kind or first.kind in ("density", "penalty"):
            return first.kind == second.kind
        return self._feature(first) == self._feature(second)

    def loss(self, W: FloatArray, biases: FloatArray) -> FloatArray:
        """Return the loss of models, shape (...)."""
        return population_loss(W, biases, self.densities, **self.options)

    def loss_slope(self, parameter: Parameter, W: FloatArray, biases: FloatArray) -> float:
        """Return dL/dparameter at fixed W and b.

        At a stationary point this is the derivative of the loss along its branch. The loss is
        affine in every density p_i, importance and the penalty, so that differences are exact.
        """

        def rise(densities: FloatArray, importances: FloatArray, penalty: float) -> float:
            loss = population_loss(W, biases, densities, importances=importances, penalty=penalty)
            return float(loss)

        p, weights, nothing = self.densities, np.array(self.importances), np.zeros(self.features)
        if parameter.kind == "penalty":
            return rise(p, nothing, 1.0)
        if parameter.kind == "importance":
            own = nothing.copy()
            own[self._feature(parameter)] = 1.0
            return rise(p, own, 0.0)
        change = np.array(self.ratios)
        if parameter.kind == "ratio":
            change = nothing.copy()
            change[self._feature(parameter)] = self.density
        slope = 0.0
        for i in np.flatnonzero(change):
            on, off = p.copy(), p.copy()
            on[i], off[i] = 1.0, 0.0
            slope += change[i] * (rise(on, weights, 0.0) - rise(off, weights, 0.0))
        return slope

    def _feature(self, parameter: Parameter) -> int:
        """Return the index of the feature of a parameter, from 0."""
        if not -self.features <= parameter.feature < self.features:
            raise InputError(
                f"parameter is the {parameter}; accepted: a feature from 0 to {self.features - 1}"
            )
        return parameter.feature % self.features


_FIELDS = {"importance": "importances", "ratio": "ratios"}
