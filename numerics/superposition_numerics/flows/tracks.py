"""Eigenvalues, eigenvectors, D and capacity along a flow, followed through crossings."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..matrices import FloatArray
from ..toy_model.arguments import integer, numbers

_ZERO = 1e-12  # of the largest squared norm: below it a feature counts as absent


@dataclass(frozen=True)
class Track:
    """The spectrum of M along a flow; position k is one eigenvalue, followed by its eigenvector.

    Attributes
    ----------
    eigenvalues : ndarray, shape (T, r)
        Of M, the r largest at the first time in decreasing order.
    vectors : ndarray, shape (T, n, r)
        Unit eigenvectors, each with the sign that is closest to the one before. Projectors are
        ``v v^T``; where eigenvalues are equal only their sum means something.
    dimensionality : ndarray, shape (T, n)
        D_i = M_ii^2 / (M^2)_ii; 0 for an absent feature.
    capacity : ndarray, shape (T,)
        The sum of D_i.
    overlap : float
        The least |v(t) . v(t')| of one eigenvector at two times that follow one another: close to 1
        where the times are dense enough to tell which eigenvalue is which.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.flows import Track
    >>> Track(np.ones((1, 1)), np.ones((1, 1, 1)), np.ones((1, 1)), np.ones(1), 1.0).overlap
    1.0
    """

    eigenvalues: FloatArray
    vectors: FloatArray
    dimensionality: FloatArray
    capacity: FloatArray
    overlap: float


def track(gram: npt.ArrayLike, *, rank: int) -> Track:
    """Follow the spectrum of a Gram matrix in time.

    Parameters
    ----------
    gram : array_like, shape (T, n, n)
        As `Flow.gram`.
    rank : int
        How many eigenvalues are followed, the largest ones.

    Returns
    -------
    Track

    Raises
    ------
    InputError
        Another shape; matrices that are not symmetric; a rank outside 1, ..., n.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.flows import track
    >>> crossing = [np.diag([3.0 - t, 1.0 + t]) for t in (0.0, 1.5)]
    >>> track(crossing, rank=2).eigenvalues.tolist()  # sorting would swap them
    [[3.0, 1.0], [1.5, 2.5]]
    """
    from scipy.optimize import linear_sum_assignment

    matrices = numbers("gram", gram)
    if matrices.ndim != 3 or matrices.shape[1] != matrices.shape[2] or not matrices.size:
        raise InputError(f"gram has shape {matrices.shape}; accepted: (T, n, n)")
    if np.abs(matrices - np.swapaxes(matrices, 1, 2)).max() > 1e-12 * np.abs(matrices).max():
        raise InputError("gram is not symmetric; accepted: symmetric matrices")
    rank = integer("rank", rank, least=1, most=matrices.shape[1])
    values, vectors = np.linalg.eigh(matrices)
    values, vectors = values[:, ::-1][:, :rank].copy(), vectors[..., ::-1][..., :rank].copy()
    overlap = 1.0
    for before, now in pairwise(range(len(values))):
        inner = vectors[before].T @ vectors[now]
        _, order = linear_sum_assignment(-np.abs(inner))
        matched = inner[np.arange(rank), order]
        values[now] = values[now, order]
        vectors[now] = vectors[now][:, order] * np.copysign(1.0, matched)
        overlap = min(overlap, float(np.abs(matched).min()))
    norms = np.einsum("tii->ti", matrices)
    energies = np.einsum("tij,tji->ti", matrices, matrices)
    present = norms > _ZERO * norms.max(axis=1, keepdims=True, initial=0)
    dimensionality = np.divide(norms**2, energies, out=np.zeros_like(norms), where=present)
    return Track(values, vectors, dimensionality, dimensionality.sum(axis=1), overlap)
