"""The loss of a batch of models as a function of rows of numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..matrices import FloatArray
from ..toy_model import Activity, loss_and_gradient, population_loss
from ..toy_model.arguments import numbers


@dataclass(frozen=True)
class Descent:
    """Where the descents of a batch ended; leading axes are instances.

    Attributes
    ----------
    W : ndarray, shape (..., m, n)
    biases : ndarray, shape (..., n)
    loss : ndarray, shape (...)
    gradient_norm : ndarray, shape (...)
        Largest entry of the gradient, over the silent loss sum_i I_i p_i / 3.
    converged : ndarray of bool, shape (...)
        Whether that is at most the tolerance.

    Examples
    --------
    >>> from superposition_numerics.landscape import minimise
    >>> end = minimise([[1.0, -1.0]], [0.0, 0.0], 0.1)
    >>> bool(end.converged), round(float(end.loss), 10)
    (True, 0.003319484)
    """

    W: FloatArray
    biases: FloatArray
    loss: FloatArray
    gradient_norm: FloatArray
    converged: npt.NDArray[np.bool_]


class Problem:
    """The loss over the silent loss, for points x = (W, b) as rows."""

    def __init__(
        self,
        W: npt.ArrayLike,
        biases: npt.ArrayLike,
        density: npt.ArrayLike | Activity,
        importances: npt.ArrayLike,
        penalty: float,
    ) -> None:
        W, biases = numbers("W", W), numbers("biases", biases)
        losses = population_loss(  # it checks the arguments
            W, biases, density, importances=importances, penalty=penalty
        )
        self.shape = losses.shape
        self.m, self.n = W.shape[-2:]
        self.penalty = penalty
        count = losses.size
        law = (
            density
            if isinstance(density, Activity)
            else Activity.independent(density, features=self.n)
        )
        probabilities = np.broadcast_to(law.probabilities, (*self.shape, 1 << self.n))
        self.probabilities = probabilities.reshape(count, 1 << self.n)
        importance = np.broadcast_to(
            np.asarray(importances, dtype=np.float64), (*self.shape, self.n)
        )
        self.importances = importance.reshape(count, self.n)
        bits = (np.arange(1 << self.n)[:, None] >> np.arange(self.n)) & 1
        self.scale = (self.importances * (self.probabilities @ bits)).sum(axis=1) / 3
        self.scale[self.scale == 0] = 1.0  # nothing to lose
        self.start = self.join(
            np.broadcast_to(W, (*self.shape, self.m, self.n)).reshape(count, self.m, self.n),
            np.broadcast_to(biases, (*self.shape, self.n)).reshape(count, self.n),
        )

    def join(self, W: FloatArray, biases: FloatArray) -> FloatArray:
        """Return the points as rows."""
        return np.concatenate((W.reshape(len(W), self.m * self.n), biases), axis=1)

    def split(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return W and the biases of rows."""
        cut = self.m * self.n
        return x[:, :cut].reshape(-1, self.m, self.n), x[:, cut:]

    def __call__(self, x: FloatArray, rows: npt.NDArray[np.intp]) -> tuple[FloatArray, FloatArray]:
        """Return loss and gradient of the points of these instances, over the silent loss."""
        W, biases = self.split(x)
        result = loss_and_gradient(
            W,
            biases,
            Activity(self.probabilities[rows]),
            importances=self.importances[rows],
            penalty=self.penalty,
        )
        scale = self.scale[rows]
        return result.loss / scale, self.join(result.weights, result.biases) / scale[:, None]

    def result(
        self, x: FloatArray, loss: FloatArray, gradient: FloatArray, tolerance: float
    ) -> Descent:
        """Return what was reached."""
        W, biases = self.split(x)
        norm = np.abs(gradient).max(axis=1)
        return Descent(
            W.reshape(*self.shape, self.m, self.n),
            biases.reshape(*self.shape, self.n),
            (loss * self.scale).reshape(self.shape),
            norm.reshape(self.shape),
            (norm <= tolerance).reshape(self.shape),
        )
