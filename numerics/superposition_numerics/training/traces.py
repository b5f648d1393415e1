"""Spectral measures along a run: eigenvalues, fractional dimensionality, capacity, localization."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..matrices import FloatArray
from .run import Run

_ZERO = 1e-12  # of the largest squared norm: below it a feature counts as absent


@dataclass(frozen=True)
class SpectralTrace:
    """Spectral quantities of W at the records of a run, in float64 without merged eigenspaces.

    Attributes
    ----------
    steps : ndarray of int, shape (records,)
    eigenvalues : ndarray, shape (records, instances, m)
        Of the frame operator W W^T, ascending.
    squared_norms : ndarray, shape (records, instances, n)
    dimensionality : ndarray, shape (records, instances, n)
        Fractional dimensionality D_i = ||w_i||^4 / (w_i^T W W^T w_i); 0 for an absent feature.
    participation : ndarray, shape (records, instances, n)
        1 / sum_k p_ik^2, p_ik the share of feature i in eigenvector k: over how many eigenvectors
        it spreads; 0 for an absent feature. Within an eigenspace of dimension above 1 it depends on
        the basis: `superposition_numerics.spectral.analyse` merges eigenspaces.
    spread : ndarray, shape (records, instances, n)
        Standard deviation over mean of the eigenvalue under the shares p_ik of feature i, of
        whatever basis: 0 if and only if w_i is an eigenvector of W W^T, which is to say that the
        feature is localized. 0 for an absent feature.
    capacity : ndarray, shape (records, instances)
        The sum of D_i.

    Examples
    --------
    >>> from superposition_numerics.training import Model, Plan, Problem, Samples, train
    >>> from superposition_numerics.training import spectral_trace
    >>> run = train(Plan(Problem(Model("relu", 3, 2)), Samples(64), steps=20, records=2))
    >>> trace = spectral_trace(run)
    >>> trace.dimensionality.shape, bool((trace.capacity <= 2 + 1e-9).all())
    ((3, 1, 3), True)
    """

    steps: npt.NDArray[np.int64]
    eigenvalues: FloatArray
    squared_norms: FloatArray
    dimensionality: FloatArray
    participation: FloatArray
    spread: FloatArray
    capacity: FloatArray


def feature_directions(run: Run, record: int = -1) -> FloatArray:
    """Return the columns of W, or of W_2^T of an untied model, at a record of a run.

    Of an untied model the decoder is taken, whose rows are the directions that the features are
    read from.

    Parameters
    ----------
    run : Run
    record : int
        As an index of ``run.steps``.

    Returns
    -------
    ndarray of float64, shape (instances, m, n)

    Examples
    --------
    >>> from superposition_numerics.training import Model, Plan, Problem, Samples, train
    >>> from superposition_numerics.training.traces import feature_directions
    >>> problem = Problem(Model("absolute", 3, 6, tied=False))
    >>> feature_directions(train(Plan(problem, Samples(8), steps=2, records=1))).shape
    (1, 6, 3)
    """
    model = run.plan.problem.model
    parameters = model.views(run.flat[record])
    W = parameters["W"] if model.tied else np.swapaxes(parameters["W2"], -1, -2)
    return W.astype(np.float64)


def spectral_trace(run: Run) -> SpectralTrace:
    """Return the spectral quantities along a run, of W or, for an untied model, of W_2^T.

    Parameters
    ----------
    run : Run

    Returns
    -------
    SpectralTrace

    Examples
    --------
    >>> from superposition_numerics.training import Model, Plan, Problem, Samples, train
    >>> from superposition_numerics.training import spectral_trace
    >>> run = train(Plan(Problem(Model("relu", 2, 2)), Samples(256), steps=2000, records=2))
    >>> spectral_trace(run).dimensionality[-1].round(1).tolist()  # each feature alone
    [[1.0, 1.0]]
    """
    records = [_measures(feature_directions(run, record)) for record in range(len(run.steps))]
    return SpectralTrace(run.steps, *map(np.stack, zip(*records, strict=True)))


def _measures(W: FloatArray) -> tuple[FloatArray, ...]:
    """Return the quantities of a trace at one record."""
    eigenvalues, vectors = np.linalg.eigh(W @ np.swapaxes(W, -1, -2))
    eigenvalues = np.maximum(eigenvalues, 0)
    shares = (np.swapaxes(vectors, -1, -2) @ W) ** 2  # (..., m, n), times the squared norm
    squared = shares.sum(axis=-2)
    present = squared > _ZERO * squared.max(axis=-1, keepdims=True, initial=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (eigenvalues[..., None] * shares).sum(axis=-2) / squared
        dimensionality = np.where(present, squared / mean, 0.0)
        participation = np.where(present, squared**2 / (shares**2).sum(axis=-2), 0.0)
        relative = eigenvalues[..., None] / mean[..., None, :] - 1
        variance = (relative**2 * shares).sum(axis=-2) / squared
        spread = np.where(present, np.sqrt(variance), 0.0)
    capacity = dimensionality.sum(axis=-1)
    return eigenvalues, squared, dimensionality, participation, spread, capacity
