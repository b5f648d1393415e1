"""A Gaussian null for saturation: random directions with the norms of the given columns.

A random W already fills most of its capacity (Sum D_i / m is about 0.94 at 400 x 30), so saturation
alone says little; its distance from the null, in standard deviations of the null, says more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from superposition_theory import InputError

from ..matrices import FloatArray
from .results import SpectralAnalysis
from .spectrum import Progress

_WIDTH = 2048


@dataclass(frozen=True)
class NullComparison:
    """Saturation beside that of random matrices of the same rank and column norms.

    Attributes
    ----------
    saturation : float
        Of the given matrix.
    mean, standard_deviation : float
        Of the null's saturation over the trials.
    z : float or None
        (saturation - mean) / standard deviation; None where the null does not vary, beyond its
        own rounding.
    exceeded : int
        In how many trials the null's saturation was at least that of the matrix.
    trials, seed : int

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.spectral import analyse, gaussian_null
    >>> digons = analyse(np.kron(np.eye(20), [[1.0, -1.0]]))
    >>> gaussian_null(digons, trials=8, seed=0).z > 10
    True
    """

    saturation: float
    mean: float
    standard_deviation: float
    z: float | None
    exceeded: int
    trials: int
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return dict(self.__dict__)


def gaussian_null(
    analysis: SpectralAnalysis,
    *,
    trials: int = 16,
    seed: int = 0,
    progress: Progress | None = None,
) -> NullComparison:
    """Compare the saturation of a matrix with Gaussian matrices of its rank and column norms.

    Each trial draws independent uniform directions in as many dimensions as the matrix has rank,
    scales them to the norms of the matrix, and computes capacity / rank. (In all m dimensions a
    structureless matrix of low rank would stand out for its rank alone.) Nothing of size (m, n) is
    stored: a block is drawn again from its own stream for the second pass.

    Parameters
    ----------
    analysis : SpectralAnalysis
        Of the matrix.
    trials : int
        At least 2.
    seed : int
    progress : callable, optional
        Called as ``progress(trials done, trials, "Gaussian null")``.

    Returns
    -------
    NullComparison

    Raises
    ------
    InputError
        Fewer than two trials, or rank 0.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.spectral import analyse, gaussian_null
    >>> W = np.random.default_rng(1).normal(size=(30, 400))
    >>> abs(gaussian_null(analyse(W), trials=8, seed=0).mean - 0.94) < 0.02
    True
    """
    if trials < 2:
        raise InputError(f"trials is {trials}; accepted: at least 2")
    norms = analysis.feature_table.norms_scaled
    norms = norms[norms > 0]
    saturation = analysis.saturation
    if saturation is None:
        raise InputError("the analysis has rank 0; a null needs at least one represented feature")
    values = []
    for trial in range(trials):
        values.append(_random_capacity(analysis.rank, norms, seed, trial) / analysis.rank)
        if progress is not None:
            progress(trial + 1, trials, "Gaussian null")
    mean, deviation = float(np.mean(values)), float(np.std(values, ddof=1))
    resolved = deviation > 1e-12
    z = (saturation - mean) / deviation if resolved else None
    exceeded = sum(value >= saturation for value in values)
    return NullComparison(saturation, mean, deviation, z, exceeded, trials, seed)


def _random_block(
    dimensions: int, norms: FloatArray, seed: int, trial: int, start: int
) -> FloatArray:
    """Draw the columns from ``start`` on of one trial, the same at every call."""
    rng = np.random.default_rng([seed, trial, start])
    chosen = norms[start : start + _WIDTH]
    block = rng.standard_normal((dimensions, chosen.size))
    return np.asarray(block * (chosen / np.sqrt(np.einsum("ij,ij->j", block, block))))


def _random_capacity(dimensions: int, norms: FloatArray, seed: int, trial: int) -> float:
    """Return the sum of D_i of one random matrix with the given column norms."""
    operator = np.zeros((dimensions, dimensions))
    for start in range(0, norms.size, _WIDTH):
        block = _random_block(dimensions, norms, seed, trial, start)
        operator += block @ block.T
    capacity = 0.0
    for start in range(0, norms.size, _WIDTH):
        block = _random_block(dimensions, norms, seed, trial, start)
        quadratic = np.einsum("ij,ij->j", block, operator @ block)
        squares = norms[start : start + _WIDTH] ** 2
        positive = quadratic > 0
        capacity += float((squares[positive] ** 2 / quadratic[positive]).sum())
    return capacity
