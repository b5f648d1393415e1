"""Losses of W and of the Gram matrix, with their gradients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy.typing as npt

from ..matrices import FloatArray
from ..toy_model import Activity, LossGradient, loss_and_gradient
from ..toy_model.instances import instances_of
from ..toy_model.population import gains_gradient


@dataclass(frozen=True)
class GramGradient:
    """A loss f(M, b) and its gradient.

    Attributes
    ----------
    loss : float
    gram : ndarray, shape (n, n)
        G, symmetric, with df = tr(G dM) for every symmetric dM.
    biases : ndarray, shape (n,)
        df/db.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.flows import GramGradient
    >>> GramGradient(0.0, np.zeros((2, 2)), np.zeros(2)).gram.shape
    (2, 2)
    """

    loss: float
    gram: FloatArray
    biases: FloatArray


GramLoss: TypeAlias = Callable[[FloatArray, FloatArray], GramGradient]
WeightLoss: TypeAlias = Callable[[FloatArray, FloatArray], LossGradient]


@dataclass(frozen=True)
class PopulationLoss:
    """The population loss of the ReLU toy model, as a function of (M, b) or of (W, b).

    Attributes
    ----------
    density : float, array_like of shape (n,), or Activity
        An `Activity` gives any law of the supports, such as one feature active at a time.
    importances : array_like, broadcastable to (n,)

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.flows import PopulationLoss
    >>> loss, W = PopulationLoss(0.5), np.array([[1.0, -1.0]])
    >>> by_gram = loss(W.T @ W, np.zeros(2))
    >>> by_weights = loss.of_weights(W, np.zeros(2))
    >>> bool(np.allclose(by_weights.weights, 2 * W @ by_gram.gram))
    True
    """

    density: npt.ArrayLike | Activity
    importances: npt.ArrayLike = 1.0

    def __call__(self, M: FloatArray, biases: FloatArray) -> GramGradient:
        """Return loss and gradient in M and b; M must be symmetric."""
        given = instances_of(M, biases, self.importances, self.density)
        loss, slopes, in_biases = gains_gradient(
            given.W, given.biases, given.probabilities, given.importances
        )
        return GramGradient(float(loss[0]), (slopes[0] + slopes[0].T) / 2, in_biases[0])

    def of_weights(self, W: FloatArray, biases: FloatArray) -> LossGradient:
        """Return loss and gradient in W and b."""
        return loss_and_gradient(W, biases, self.density, importances=self.importances)
