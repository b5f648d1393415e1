"""The population loss of the linear model, by the first two moments of the inputs."""

from __future__ import annotations

import numpy as np

from ....matrices import FloatArray
from ...instances import Problem
from ..exact import ExactObjective, layers, write_slopes


class LinearPopulation(ExactObjective):
    """sum_i I_i ((A K A^T)_ii + (A mu - b)_i^2), A = 1 - W_2 W_1, K the covariance of x.

    Within a set of correlated or anticorrelated features K is constant off the diagonal, and 0
    between sets: K = diag(variance - shared) + shared (a block of ones for each set).

    The tables are, by feature: mean, variance, shared, importance; and the number of sets, with an
    axis of length one.
    """

    @classmethod
    def of(cls, problem: Problem) -> LinearPopulation:
        """Return the objective of a problem."""
        p = problem.probabilities
        shared = np.zeros_like(p)  # covariances within a set
        for k, instance in enumerate(problem.instances):
            if instance.correlation == "correlated":
                shared[k] = p[k] * (1 - p[k]) / 4
            elif instance.correlation == "anticorrelated":
                shared[k] = -(p[k] ** 2) / 4
        return cls(
            problem.model,
            p / 2,
            p / 3 - p**2 / 4,
            shared,
            problem.importances,
            np.array([[float(i.sets)] for i in problem.instances]),
        )

    def evaluate(self, flat: FloatArray, gradient: FloatArray, *tables: FloatArray) -> FloatArray:
        """Return the losses of a part of the instances and write the gradient."""
        mean, variance, shared, importance, sets = tables
        encoder, decoder, biases = layers(self.model, flat)
        n = self.model.features
        lacking = np.eye(n) - decoder @ encoder
        spread = lacking * (variance - shared)[:, None]  # A K
        for k in np.flatnonzero(shared.any(axis=1)):
            blocks = (n, int(sets[k, 0]), -1)
            common = (lacking[k] * shared[k]).reshape(blocks).sum(axis=-1, keepdims=True)
            spread[k].reshape(blocks)[...] += common
        offset = (lacking @ mean[..., None])[..., 0] - biases
        loss = ((lacking * spread).sum(axis=2) + offset**2) * importance
        slope = -2 * importance[..., None] * (spread + offset[..., None] * mean[:, None])
        write_slopes(
            self.model,
            gradient,
            (
                np.swapaxes(decoder, -1, -2) @ slope,
                slope @ np.swapaxes(encoder, -1, -2),
                -2 * importance * offset,
            ),
        )
        return np.asarray(loss.sum(axis=1))
