"""The population loss estimated from samples of the features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from superposition_numerics.matrices import FloatArray

from .activity import Activity
from .arguments import generator, integer
from .instances import held, instances_of

_BLOCK = 1 << 14  # samples drawn at once


@dataclass(frozen=True)
class Estimate:
    """A mean over samples.

    Attributes
    ----------
    value, standard_error : ndarray, shape (...)
        The standard error is that of the sample: it says nothing of events that were never drawn.
    samples : int

    Examples
    --------
    >>> from superposition_numerics.toy_model import sampled_loss
    >>> sampled_loss([[1.0, -1.0]], [0.0, 0.0], 0.5, samples=1000, rng=0).samples
    1000
    """

    value: FloatArray
    standard_error: FloatArray
    samples: int


def sampled_loss(
    W: npt.ArrayLike,
    biases: npt.ArrayLike,
    density: npt.ArrayLike | Activity,
    *,
    importances: npt.ArrayLike = 1.0,
    samples: int,
    rng: np.random.Generator | int,
) -> Estimate:
    """Return the mean of sum_i I_i (x_i - ReLU(W^T W x + b)_i)^2 over drawn x.

    Parameters
    ----------
    W : array_like, shape (..., m, n)
        Columns are features; leading axes are instances, each with samples of its own.
    biases : array_like, shape (..., n)
    density : array_like broadcastable to (..., n), or Activity
        As for `population_loss`.
    importances : array_like, broadcastable to (..., n)
    samples : int
        At least 2, for each instance.
    rng : numpy.random.Generator or int
        An int of at least 0.

    Returns
    -------
    Estimate

    Raises
    ------
    InputError
        As for `population_loss`; fewer than 2 samples; another `rng`.

    Examples
    --------
    >>> from superposition_numerics.toy_model import sampled_loss
    >>> estimate = sampled_loss([[1.0, -1.0]], [0.1, 0.1], 0.5, samples=100_000, rng=0)
    >>> bool(abs(estimate.value - 9259 / 120000) < 4 * estimate.standard_error)
    True
    """
    samples = integer("samples", samples, least=2)
    given = instances_of(W, biases, importances, density)
    source = generator(rng)
    value, error = np.zeros(given.count), np.zeros(given.count)
    features = np.arange(given.features)
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(given.count):
            thresholds = np.cumsum(given.probabilities[k])[:-1]
            mean, squares, drawn = 0.0, 0.0, 0  # squares: summed about the mean
            while drawn < samples:
                count = min(_BLOCK, samples - drawn)
                supports = np.searchsorted(thresholds, source.random(count), side="right")
                x = source.random((count, given.features))
                x *= (supports[:, None] >> features) & 1
                output = np.maximum((x @ given.W[k].T) @ given.W[k] + given.biases[k], 0.0)
                losses = (x - output) ** 2 @ given.importances[k]
                shift = losses.mean() - mean
                total = drawn + count
                mean += shift * count / total
                squares += ((losses - losses.mean()) ** 2).sum() + shift**2 * drawn * count / total
                drawn = total
            value[k], error[k] = mean, np.sqrt(squares / (samples - 1) / samples)
    return Estimate(held(value).reshape(given.shape), held(error).reshape(given.shape), samples)
