"""The law of the inputs of one instance, gate by gate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...matrices import FloatArray
from ..instances import Problem


@dataclass(frozen=True)
class Law:
    """The law of the inputs of one instance.

    Gates open independently of each other. Behind a gate lies one feature, or a set of features:
    an open gate activates all of them (``correlated``) or one, each as likely
    (``anticorrelated``). The values of active features are independent, uniform on [0, 1], or on
    [-1, 1] where features have both signs.

    Attributes
    ----------
    correlation : str
    features : int
        n.
    densities : ndarray, shape (gates,)
        The probability that each gate opens.
    signed : bool
        Whether features have both signs.
    """

    correlation: str
    features: int
    densities: FloatArray
    signed: bool

    @property
    def gates(self) -> int:
        """The number of gates."""
        return len(self.densities)

    @property
    def size(self) -> int:
        """The number of features behind a gate."""
        return self.features // self.gates

    @property
    def open(self) -> int:
        """The number of features that an open gate activates."""
        return self.size if self.correlation == "correlated" else 1

    @cached_property
    def waking(self) -> float:
        """The probability that some gate opens."""
        with np.errstate(divide="ignore"):
            return float(-np.expm1(np.log1p(-self.densities).sum()))

    @cached_property
    def active(self) -> float:
        """The expected number of active features."""
        return float(self.densities.sum()) * self.open

    @cached_property
    def hazards(self) -> FloatArray:
        """The probability that a gate opens if none before it did but one from it on will."""
        with np.errstate(divide="ignore", invalid="ignore"):
            shut = np.log1p(-self.densities)[::-1].cumsum()[::-1]  # none from here on
            hazards = self.densities / -np.expm1(shut)
        return np.where(self.densities > 0, hazards, 0.0)


def laws_of(problem: Problem) -> list[Law]:
    """Return the law of each instance."""
    n = problem.model.features
    laws = []
    for instance, densities in zip(problem.instances, problem.densities, strict=True):
        gates = n if instance.correlation == "independent" else instance.sets
        laws.append(Law(instance.correlation, n, densities[:: n // gates], problem.model.absolute))
    return laws
