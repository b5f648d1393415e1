"""The population loss by integrating one variable after another: a second route.

For output j let h_0(y) be the mean of (x_j - (g_jj x_j + y)_+)^2 over x_j, and let h_k(y) be the
mean of h_{k-1}(y + g_k x_k) over the next variable. Every h_k is continuous and piecewise
polynomial; its kinks are those of h_{k-1}, and those moved by -g_k. So Gauss-Legendre rules on the
pieces are exact but for rounding, and so is interpolation between nodes of a piece. The error of
output j is h_{n-1}(b_j).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from superposition_numerics.matrices import FloatArray

from .activity import Activity
from .arguments import numbers
from .instances import held, instances_of


@dataclass(frozen=True)
class _PiecewisePolynomial:
    """A continuous function by its values at Chebyshev nodes of its pieces.

    ``breaks`` has the ends of the pieces in increasing order, a single one for a function that is
    needed at one point only; ``values`` has shape (pieces, degree + 1).
    """

    breaks: FloatArray
    values: FloatArray

    def __call__(self, y: FloatArray) -> FloatArray:
        """Interpolate."""
        if self.breaks.size == 1:
            return np.full(y.shape, self.values[0, 0])
        y = np.clip(y, self.breaks[0], self.breaks[-1])
        piece = np.clip(np.searchsorted(self.breaks, y) - 1, 0, self.breaks.size - 2)
        local = (y - self.breaks[piece]) / np.diff(self.breaks)[piece]
        nodes = _chebyshev(self.values.shape[1])
        result = np.zeros(y.shape)
        for i, node in enumerate(nodes):
            others = np.delete(nodes, i)
            lagrange = np.prod((local[..., None] - others) / (node - others), axis=-1)
            result += lagrange * self.values[piece, i]
        return result


def quadrature_loss(
    W: npt.ArrayLike,
    biases: npt.ArrayLike,
    density: npt.ArrayLike,
    *,
    importances: npt.ArrayLike = 1.0,
) -> FloatArray:
    """Return the population loss by quadrature of the exact degree on the exact pieces.

    It shares no formula with `population_loss`, which is faster; it exists to check that.

    Parameters
    ----------
    W : array_like, shape (..., m, n)
        Columns are features; leading axes are instances.
    biases : array_like, shape (..., n)
    density : array_like, broadcastable to (..., n)
        The probability that a feature is active, independently of the others, then uniform on
        [0, 1].
    importances : array_like, broadcastable to (..., n)

    Returns
    -------
    ndarray, shape (...)

    Raises
    ------
    InputError
        As for `population_loss`.

    Examples
    --------
    >>> from superposition_numerics.toy_model import quadrature_loss
    >>> abs(float(quadrature_loss([[1.0, -1.0]], [0.1, 0.1], 0.5)) - 9259 / 120000) < 1e-14
    True
    """
    weights = numbers("W", W)
    features = weights.shape[-1] if weights.ndim else 1
    law = Activity.independent(density, features=features)
    given = instances_of(weights, biases, importances, law)
    densities = np.broadcast_to(numbers("density", density), (*given.shape, features))
    densities = densities.reshape(-1, features)
    loss = np.zeros(given.count)
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(given.count):
            gram = held(given.W[k].T @ given.W[k])
            for j in range(features):
                error = _output_error(gram[j], given.biases[k, j], densities[k], j)
                loss[k] += given.importances[k, j] * error
    return held(loss).reshape(given.shape)


def _output_error(gains: FloatArray, bias: float, density: FloatArray, own: int) -> float:
    """Return E (x_j - (b_j + sum_i g_i x_i)_+)^2 for the output ``own`` = j."""
    later = np.delete(gains, own)
    probabilities = np.delete(density, own)
    kinks = np.array([0.0, -gains[own]])
    breaks = _breaks(kinks, later, bias)
    function = _PiecewisePolynomial(
        breaks, _own_error(_nodes(breaks, degree=3), gains[own], density[own])
    )
    for k, (gain, p) in enumerate(zip(later, probabilities, strict=True)):
        kinks = np.concatenate((kinks, kinks - gain))
        breaks = _breaks(kinks, later[k + 1 :], bias)
        y = _nodes(breaks, degree=4 + k)
        means = (1 - p) * function(y) + p * _mean_along(function, y, gain, degree=3 + k)
        function = _PiecewisePolynomial(breaks, means)
    return float(function(np.array(bias)))


def _breaks(kinks: FloatArray, later: FloatArray, bias: float) -> FloatArray:
    """Return the ends of the pieces of the interval that the later variables can reach."""
    low = bias + np.minimum(later, 0.0).sum()
    high = bias + np.maximum(later, 0.0).sum()
    return np.unique(np.clip(np.append(kinks, (low, high)), low, high))


def _chebyshev(count: int) -> FloatArray:
    """Return nodes in [0, 1]."""
    return (1 - np.cos(np.pi * (np.arange(count) + 0.5) / count)) / 2


def _gauss(degree: int) -> tuple[FloatArray, FloatArray]:
    """Return nodes in [0, 1] and weights with sum 1, exact for polynomials of the degree."""
    nodes, weights = np.polynomial.legendre.leggauss(degree // 2 + 1)
    return (1 + nodes) / 2, weights / 2


def _nodes(breaks: FloatArray, *, degree: int) -> FloatArray:
    """Return the points that fix a polynomial of the degree on every piece."""
    if breaks.size == 1:
        return breaks[:, None]
    return breaks[:-1, None] + np.diff(breaks)[:, None] * _chebyshev(degree + 1)


def _own_error(y: FloatArray, gain: float, p: float) -> FloatArray:
    """Return the mean of (x - (gain x + y)_+)^2 over x with density p."""
    kink = np.clip(-y / gain, 0.0, 1.0) if gain > 0 else np.zeros_like(y)
    nodes, weights = _gauss(2)
    active = np.zeros_like(y)
    for left, width in ((np.zeros_like(y), kink), (kink, 1 - kink)):
        x = left[..., None] + width[..., None] * nodes
        active += width * ((x - np.maximum(gain * x + y[..., None], 0.0)) ** 2 @ weights)
    return (1 - p) * np.maximum(y, 0.0) ** 2 + p * active


def _mean_along(
    function: _PiecewisePolynomial, y: FloatArray, gain: float, *, degree: int
) -> FloatArray:
    """Return the mean of function(y + gain x) over x in [0, 1]."""
    if gain == 0:
        return function(y)
    nodes, weights = _gauss(degree)
    cuts = np.clip((function.breaks - y[..., None]) / gain, 0.0, 1.0)
    ends = (np.zeros((*y.shape, 1)), np.ones((*y.shape, 1)))
    cuts = np.sort(np.concatenate((cuts, *ends), axis=-1), axis=-1)
    widths = np.diff(cuts)
    x = cuts[..., :-1, None] + widths[..., None] * nodes
    values = function(y[..., None, None] + gain * x)
    return np.asarray((widths * (values @ weights)).sum(axis=-1))
