"""Loss and slopes of ReLU(C x + b) for two features, by quadrature of the exact degree.

Of output j let z = b + g x + h y, with x its own input and y the other one. Along x alone, the
error x - z_+ is linear where z > 0 and x elsewhere: its moments follow from the ends of the two
parts, without a difference of large numbers. When both features are active these moments are
piecewise cubic in y, with kinks where z = 0 at x = 0 or at x = 1; so two Gauss nodes on each of the
three pieces integrate them exactly, but for rounding.
"""

from __future__ import annotations

import numpy as np

from ....matrices import FloatArray
from ..exact import Slopes

_NODES = np.array([0.5 - 12**-0.5, 0.5 + 12**-0.5])  # of Gauss's rule on [0, 1]


def pair_gradient(
    gains: FloatArray, biases: FloatArray, probabilities: FloatArray, importances: FloatArray
) -> Slopes:
    """Return the losses and the slopes in C and b.

    Parameters
    ----------
    gains : ndarray, shape (2, 2, instances)
        C, by output and input.
    biases, importances : ndarray, shape (2, instances)
    probabilities : ndarray, shape (4, instances)
        Of the supports {}, {0}, {1}, {0, 1}.

    Returns
    -------
    ndarray, shape (instances,)
    ndarray, shape (2, 2, instances)
    ndarray, shape (2, instances)

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.training.objectives.population.pairs import pair_gradient
    >>> gains = np.array([[[1.0], [-1.0]], [[-1.0], [1.0]]])
    >>> law, ones = np.full((4, 1), 0.25), np.ones((2, 1))
    >>> loss, _, _ = pair_gradient(gains, np.full((2, 1), 0.1), law, ones)
    >>> abs(loss.item() - 9259 / 120000) < 1e-15
    True
    """
    own, other = gains[[0, 1], [0, 1]], gains[[0, 1], [1, 0]]
    nothing, alone, without, both = probabilities[[[0, 0], [1, 2], [2, 1], [3, 3]]]
    y, width = _nodes(biases, own, other)

    # Rows: its own input alone, the other one alone, and both, at the nodes.
    start = np.concatenate((biases[None], biases[None], biases + other * y))
    end = start + own
    end[1] = biases + other
    weight = np.concatenate((alone[None], without[None], both * width)) * importances
    is_own = np.ones((8, 1, 1))
    is_own[1] = 0

    square, error, tilt = _along(start, end, is_own)
    below = np.maximum(biases, 0) * nothing * importances
    loss = below * np.maximum(biases, 0) + (weight * square).sum(axis=0)
    error *= weight
    tilt *= weight
    slope_b = 2 * (below - error.sum(axis=0))
    to_own = -2 * (tilt * is_own).sum(axis=0)
    to_other = -2 * (tilt[1] + (error[2:] * y).sum(axis=0))
    slope_C = np.array([[to_own[0], to_other[0]], [to_other[1], to_own[1]]])
    return loss[0] + loss[1], slope_C, slope_b


def _nodes(biases: FloatArray, own: FloatArray, other: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return nodes in y and their weights, shape (6, outputs, instances)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = -biases / other, -(biases + own) / other
    level = other == 0  # no kinks: any nodes will do
    first, second = (np.clip(np.where(level, 0, kink), 0, 1) for kink in (first, second))
    low, high = np.minimum(first, second), np.maximum(first, second)
    left = np.array([np.zeros_like(low), low, high])
    width = np.array([low, high - low, 1 - high])
    nodes = left[:, None] + width[:, None] * _NODES[:, None, None]
    return nodes.reshape(6, *low.shape), np.repeat(width / 2, 2, axis=0)


def _along(start: FloatArray, end: FloatArray, is_own: FloatArray) -> Slopes:
    """Return int e^2, int e 1_{z > 0} and int e x 1_{z > 0}, e = t - z_+, over x in [0, 1].

    Here z goes from start to end, and the target t is x where the input is the output's own, else
    0.
    """
    z_low, z_high = np.maximum(start, 0), np.maximum(end, 0)
    reach = abs(start) + abs(end)
    active = (z_low + z_high) / np.where(reach > 0, reach, 1)  # the measure of z > 0
    rises = end > start
    low, high = np.where(rises, 1 - active, 0), np.where(rises, 1, active)
    e_low, e_high = is_own * low - z_low, is_own * high - z_high
    total = e_low + e_high
    missed = is_own * (1 - high * high * high + low * low * low)  # 3 x^2 where z <= 0
    square = (active * (total * total - e_low * e_high) + missed) / 3
    tilt = active * (low * (e_low + total) + high * (e_high + total)) / 6
    return square, active * total / 2, tilt
