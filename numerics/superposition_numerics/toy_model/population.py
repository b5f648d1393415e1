"""The population loss of the ReLU toy model and its gradient, for many instances at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from superposition_numerics.matrices import FloatArray

from .activity import Activity
from .arguments import number
from .instances import held, instances_of
from .moments import support_losses, support_moments


@dataclass(frozen=True)
class LossGradient:
    """Loss and gradient.

    Attributes
    ----------
    loss : ndarray, shape (...)
    weights : ndarray, shape (..., m, n)
    biases : ndarray, shape (..., n)
        Where w_i = 0 = b_i the loss has no derivative; this is then its derivative for the
        unit that stays off (the left slope in b_i).

    Examples
    --------
    >>> from superposition_numerics.toy_model import loss_and_gradient
    >>> loss_and_gradient([[1.0, -1.0]], [0.0, 0.0], 0.5).weights.shape
    (1, 2)
    """

    loss: FloatArray
    weights: FloatArray
    biases: FloatArray


def population_loss(
    W: npt.ArrayLike,
    biases: npt.ArrayLike,
    density: npt.ArrayLike | Activity,
    *,
    importances: npt.ArrayLike = 1.0,
    penalty: float = 0.0,
) -> FloatArray:
    r"""Return sum_i I_i E(x_i - ReLU(W^T W x + b)_i)^2 + penalty sum_{i != j} <w_i, w_j>^2.

    Parameters
    ----------
    W : array_like, shape (..., m, n)
        Columns are features, at most 10; leading axes are instances.
    biases : array_like, shape (..., n)
    density : array_like broadcastable to (..., n), or Activity
        The probability that a feature is active, then uniform on [0, 1]; the last axis is over
        features. An `Activity` gives any joint law of the supports.
    importances : array_like, broadcastable to (..., n)
    penalty : float
        At least 0.

    Returns
    -------
    ndarray, shape (...)
        For its error see docs/toy_model.md.

    Raises
    ------
    InputError
        Shapes that do not fit, entries that are not finite, densities outside [0, 1], negative
        importances, a negative penalty, a loss that float64 cannot hold.

    References
    ----------
    Elhage et al. 2022, "Toy Models of Superposition", the ReLU output model.

    Examples
    --------
    >>> from superposition_numerics.toy_model import population_loss
    >>> float(population_loss([[1.0, -1.0]], [0.1, 0.1], 0.5) - 9259 / 120000) < 1e-15
    True
    """
    given = instances_of(W, biases, importances, density)
    penalty = number("penalty", penalty, least=0)
    loss = np.zeros(given.count)
    with np.errstate(over="ignore", invalid="ignore"):
        gram = _gram(given.W)
        for part, losses in support_losses(gram, given.biases):
            weights = _weights(given.probabilities[part], given.importances[part])
            loss[part] = (weights * losses).sum(axis=(0, 1))
        loss += penalty * (_off_diagonal(gram) ** 2).sum(axis=(1, 2))
    return held(loss).reshape(given.shape)


def loss_and_gradient(
    W: npt.ArrayLike,
    biases: npt.ArrayLike,
    density: npt.ArrayLike | Activity,
    *,
    importances: npt.ArrayLike = 1.0,
    penalty: float = 0.0,
) -> LossGradient:
    """Return the population loss and its gradient; parameters as for `population_loss`.

    Examples
    --------
    >>> from superposition_numerics.toy_model import loss_and_gradient
    >>> frozen = loss_and_gradient([[1.0, -1.0]], [0.0, 0.0], 0.5)
    >>> frozen.biases.round(12).tolist(), -(0.5**2) / 3
    ([-0.083333333333, -0.083333333333], -0.08333333333333333)
    """
    given = instances_of(W, biases, importances, density)
    penalty = number("penalty", penalty, least=0)
    with np.errstate(over="ignore", invalid="ignore"):
        gram = _gram(given.W)
        loss, sensitivity, slope_b = gains_gradient(
            gram, given.biases, given.probabilities, given.importances
        )
        off = _off_diagonal(gram)
        loss += penalty * (off**2).sum(axis=(1, 2))
        sensitivity += 2 * penalty * off
        slope_W = given.W @ (sensitivity + np.swapaxes(sensitivity, -1, -2))
    return LossGradient(
        held(loss).reshape(given.shape),
        held(slope_W).reshape(*given.shape, *given.W.shape[1:]),
        held(slope_b).reshape(*given.shape, given.features),
    )


def gains_gradient(
    gains: FloatArray, biases: FloatArray, probabilities: FloatArray, importances: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return loss and slopes of the model ReLU(C x + b) with any C; arguments are not checked.

    An instance's numbers do not depend on the others in the batch, to the last bit.

    Parameters
    ----------
    gains : ndarray, shape (batch, n, n)
        C, by output and input.
    biases, importances : ndarray, shape (batch, n)
    probabilities : ndarray, shape (batch, 2^n)

    Returns
    -------
    ndarray, shape (batch,)
        Losses.
    ndarray, shape (batch, n, n)
        Slopes in C.
    ndarray, shape (batch, n)
        Slopes in b.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.toy_model.population import gains_gradient
    >>> always = np.array([[0.0, 1.0]])
    >>> loss, _, _ = gains_gradient(np.zeros((1, 1, 1)), np.zeros((1, 1)), always, np.ones((1, 1)))
    >>> loss.round(12).tolist()
    [0.333333333333]
    """
    loss = np.zeros(len(gains))
    slope_C, slope_b = np.zeros_like(gains), np.zeros_like(biases)
    for part, moments in support_moments(gains, biases):
        weights = _weights(probabilities[part], importances[part])
        loss[part] = sum((weights * moments.losses).sum(axis=0))  # in the order of the outputs
        slope_b[part] = 2 * (weights * moments.slopes).sum(axis=0).T
        slopes = 2 * (weights[:, :, None] * moments.weighted).sum(axis=0)
        slope_C[part] = np.moveaxis(slopes, -1, 0)
    return loss, slope_C, slope_b


def losses_by_support(
    W: npt.ArrayLike, biases: npt.ArrayLike, *, importances: npt.ArrayLike = 1.0
) -> FloatArray:
    """Return the loss given that exactly the features of a support are active, for every support.

    The population loss is the mean of these over the law of the supports.

    Parameters
    ----------
    W : array_like, shape (..., m, n)
    biases : array_like, shape (..., n)
    importances : array_like, broadcastable to (..., n)

    Returns
    -------
    ndarray, shape (..., 2^n)
        Entry k is that of the features in the bits of k (feature i has the value 2^i), as in
        `Activity`.

    Raises
    ------
    InputError
        As for `population_loss`.

    Examples
    --------
    >>> from superposition_numerics.toy_model import losses_by_support
    >>> losses_by_support([[1.0, -1.0]], [0.0, 0.0]).round(12).tolist()
    [0.0, 0.0, 0.0, 0.333333333333]
    """
    given = instances_of(W, biases, importances)
    result = np.zeros((given.count, 1 << given.features))
    with np.errstate(over="ignore", invalid="ignore"):
        for part, losses in support_losses(_gram(given.W), given.biases):
            result[part] = (given.importances[part].T * losses).sum(axis=1).T
    return held(result).reshape(*given.shape, -1)


def active_losses(
    W: npt.ArrayLike, biases: npt.ArrayLike, *, importances: npt.ArrayLike = 1.0
) -> FloatArray:
    """Return T_0, ..., T_n: T_k is the sum of `losses_by_support` over the supports of size k.

    With equal densities p the population loss is sum_k p^k (1 - p)^(n - k) T_k. T_1 is the
    functional of one active feature.

    Parameters
    ----------
    W : array_like, shape (..., m, n)
    biases : array_like, shape (..., n)
    importances : array_like, broadcastable to (..., n)

    Returns
    -------
    ndarray, shape (..., n + 1)

    Raises
    ------
    InputError
        As for `population_loss`.

    Examples
    --------
    >>> from superposition_numerics.toy_model import active_losses
    >>> active_losses([[1.0, -1.0]], [0.0, 0.0]).round(12).tolist()
    [0.0, 0.0, 0.333333333333]
    """
    losses = losses_by_support(W, biases, importances=importances)
    supports = np.arange(losses.shape[-1])
    features = losses.shape[-1].bit_length() - 1
    size = ((supports[:, None] >> np.arange(features)) & 1).sum(axis=1)
    return np.stack([losses[..., size == k].sum(axis=-1) for k in range(features + 1)], axis=-1)


def _gram(W: FloatArray) -> FloatArray:
    """Return W^T W."""
    return np.swapaxes(W, -1, -2) @ W


def _off_diagonal(gram: FloatArray) -> FloatArray:
    """Return the matrix with its diagonal 0."""
    return np.where(np.eye(gram.shape[-1], dtype=bool), 0.0, gram)


def _weights(probabilities: FloatArray, importances: FloatArray) -> FloatArray:
    """Return probability times importance, shape (2^n, n, batch)."""
    batch_last = np.ascontiguousarray(probabilities.T)
    return batch_last[:, None] * np.ascontiguousarray(importances.T)
