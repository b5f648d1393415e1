"""Loss and gradient of a toy model on given inputs, written plainly."""

from __future__ import annotations

import numpy as np

from ..matrices import FloatArray
from .models import Array, Model


def batch_gradient(
    model: Model, flat: Array, x: Array, importances: Array, gradient: Array
) -> FloatArray:
    """Return the mean loss over a batch, and write its gradient.

    The loss of a sample is sum_i I_i (t_i - y_i)^2 with the target t; at a kink of a ReLU the
    derivative is that of the side where the unit is off.

    Parameters
    ----------
    model : Model
    flat : ndarray, shape (instances, size)
        Parameters.
    x : ndarray, shape (instances, batch, n)
        Inputs.
    importances : ndarray, shape (instances, n)
    gradient : ndarray, shape (instances, size)
        Overwritten.

    Returns
    -------
    ndarray, shape (instances,)
        Mean losses over the batch.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.training import Model
    >>> from superposition_numerics.training.gradients import batch_gradient
    >>> model = Model("linear", 1, 1)
    >>> gradient = np.zeros((1, 2))
    >>> x, importances = np.ones((1, 1, 1)), np.ones((1, 1))
    >>> batch_gradient(model, np.array([[0.5, 0.0]]), x, importances, gradient).item()
    0.5625
    >>> gradient.tolist()  # of (1 - w^2 - b)^2
    [[-1.5, -1.5]]
    """
    parameters, slopes = model.views(flat), model.views(gradient)
    encoder = parameters["W" if model.tied else "W1"]
    decoder = np.swapaxes(encoder, -1, -2) if model.tied else parameters["W2"]
    target = abs(x) if model.absolute else x

    hidden = x @ np.swapaxes(encoder, -1, -2)
    if model.hidden_bias:
        hidden += parameters["c"][:, None]
    if model.hidden_relu:
        np.maximum(hidden, 0, out=hidden)
    error = hidden @ np.swapaxes(decoder, -1, -2)
    error += parameters["b"][:, None]
    on = error > 0
    if model.output_relu:
        np.maximum(error, 0, out=error)
    error -= target

    loss = np.einsum("kbi,kbi,ki->k", error, error, importances, optimize=False) / x.shape[1]
    error *= (2 / x.shape[1]) * importances[:, None]
    if model.output_relu:
        error *= on
    behind = error @ decoder
    if model.hidden_relu:
        behind *= hidden > 0
    slopes["b"][...] = error.sum(axis=1)
    if model.hidden_bias:
        slopes["c"][...] = behind.sum(axis=1)
    to_encoder = np.swapaxes(behind, -1, -2) @ x
    if model.tied:
        slopes["W"][...] = to_encoder + np.swapaxes(hidden, -1, -2) @ error
    else:
        slopes["W1"][...] = to_encoder
        slopes["W2"][...] = np.swapaxes(error, -1, -2) @ hidden
    return np.asarray(loss, dtype=np.float64)
