"""Exact losses as functions of the matrix from inputs to outputs, and back to the parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import cast

import numpy as np
import numpy.typing as npt

from ...matrices import FloatArray
from ..models import Array, Model
from .objective import State

_TOGETHER = 1 << 17  # numbers in an array of the instances that are computed together

Slopes = tuple[FloatArray, FloatArray, FloatArray]


class ExactObjective(ABC):
    """A loss without chance, in float64 whatever the dtype of the parameters.

    Attributes
    ----------
    model : Model
    tables : tuple of ndarray
        What the loss needs of each instance, along the first axes.
    """

    deterministic = True

    def __init__(self, model: Model, *tables: FloatArray) -> None:
        self.model, self.tables = model, tables

    def __call__(self, flat: Array, gradient: Array) -> FloatArray:
        """Return the losses and write the gradient."""
        losses = np.zeros(len(flat))
        width = max(1, _TOGETHER // self.share)
        for first in range(0, len(flat), width):
            part = slice(first, first + width)
            here = flat[part].astype(np.float64)
            slopes = np.zeros_like(here)
            losses[part] = self.evaluate(here, slopes, *(table[part] for table in self.tables))
            gradient[part] = slopes
        return losses

    @property
    def share(self) -> int:
        """How many numbers an instance has in a large array."""
        return self.model.features**2

    @abstractmethod
    def evaluate(self, flat: FloatArray, gradient: FloatArray, *tables: FloatArray) -> FloatArray:
        """Return the losses of a part of the instances and write the gradient, which is zero."""

    def part(self, which: npt.NDArray[np.intp]) -> ExactObjective:
        """Return the objective of some of the instances."""
        return type(self)(self.model, *(table[which] for table in self.tables))

    def state(self) -> State:
        """Return nothing: there is no chance."""
        return {}

    def restore(self, state: State) -> None:  # noqa: B027
        """Go on as before."""


def layers(model: Model, flat: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return W_1, W_2 and b of instances.

    Parameters
    ----------
    model : Model
    flat : ndarray, shape (instances, size)

    Returns
    -------
    ndarray, shape (instances, m, n)
    ndarray, shape (instances, n, m)
    ndarray, shape (instances, n)

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.training import Model
    >>> from superposition_numerics.training.objectives.exact import layers
    >>> layers(Model("relu", 2, 1), np.array([[1.0, -1.0, 0.0, 0.5]]))[1].tolist()
    [[[1.0], [-1.0]]]
    """
    parameters = cast(dict[str, FloatArray], model.views(flat))  # of the dtype of flat
    if model.tied:
        return parameters["W"], np.swapaxes(parameters["W"], -1, -2), parameters["b"]
    return parameters["W1"], parameters["W2"], parameters["b"]


def write_slopes(model: Model, gradient: FloatArray, slopes: Slopes) -> None:
    """Add the slopes in W_1, W_2 and b to a gradient.

    Parameters
    ----------
    model : Model
    gradient : ndarray, shape (instances, size)
    slopes : three ndarrays
        Of the shapes that `layers` returns.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.training import Model
    >>> from superposition_numerics.training.objectives.exact import write_slopes
    >>> gradient = np.zeros((1, 2))
    >>> one = np.ones((1, 1, 1))
    >>> write_slopes(Model("relu", 1, 1), gradient, (one, one, np.ones((1, 1))))
    >>> gradient.tolist()
    [[2.0, 1.0]]
    """
    encoder, decoder, biases = slopes
    views = model.views(gradient)
    if model.tied:
        views["W"] += encoder
        views["W"] += np.swapaxes(decoder, -1, -2)
    else:
        views["W1"] += encoder
        views["W2"] += decoder
    views["b"] += biases
