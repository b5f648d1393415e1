"""Instances of the toy model and their exact losses, for the tests of its float routes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from superposition_numerics.matrices import FloatArray
from superposition_theory.toy_model import ReluModel
from sympy import Rational

UNIT = 2.0**-53


def exact(values: Any) -> Any:
    """Return floats as the rationals that they are."""
    return [exact(v) for v in values] if np.ndim(values) else Rational(float(values))


@dataclass(frozen=True)
class Instance:
    """One instance in floats; every float is taken at its exact value."""

    W: FloatArray
    biases: FloatArray
    density: FloatArray
    importances: FloatArray

    @property
    def arguments(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The positional arguments of the losses."""
        return self.W, self.biases, self.density

    @property
    def model(self) -> ReluModel:
        """The exact model."""
        return ReluModel(exact(self.W), exact(self.biases), importances=exact(self.importances))

    @property
    def loss(self) -> Any:
        """The exact loss."""
        return self.model.loss(exact(self.density))

    def rounding(self, power: int) -> float:
        """Return u sum_j I_j (1 + Z_j)^power, Z_j = |b_j| + |w_j| sum_i |w_i|: see the docs."""
        norms = np.linalg.norm(self.W, axis=0)
        reach = abs(self.biases) + norms * norms.sum()
        return float(UNIT * (self.importances * (1 + reach) ** power).sum())


# name, entries of W, biases
FAMILIES = [
    ("ordinary", 1.0, 0.5),
    ("large", 1e3, 1.0),
    ("gains near 1e-3", 0.03, 0.1),
    ("gains near 1e-6", 1e-3, 1e-5),  # z changes sign on a cube of tiny gains
    ("gains near 1e-12", 1e-6, 1e-12),
    ("no bias", 1.0, 0.0),
]


def instances(family: str, features: int, count: int) -> Iterator[Instance]:
    """Draw instances: in every second one a column is zero, in every third one small."""
    _, scale, offset = next(row for row in FAMILIES if row[0] == family)
    rng = np.random.default_rng([features, [row[0] for row in FAMILIES].index(family)])
    for k in range(count):
        W = scale * rng.standard_normal((1 + k % 2, features))
        if k % 2:
            W[:, 0] = 0
        if k % 3 == 0:
            W[:, -1] *= 1e-5
        yield Instance(
            W,
            offset * rng.standard_normal(features),
            rng.uniform(size=features),
            rng.uniform(0.1, 2, size=features),
        )
