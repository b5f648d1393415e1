"""Quantities of pairs of features: the Gram matrix on request, coherence, and D from Gram entries.

Every function here forms inner products of columns directly. None uses the frame operator or a
decomposition, so that agreement with ``analyse`` is evidence.
"""

from __future__ import annotations

import numpy as np
from superposition_theory import InputError

from ..matrices import FloatArray, MatrixLike, columns_of

_BLOCK = 512


def gram_matrix(W: MatrixLike) -> FloatArray:
    """Return the Gram matrix M = W^T W, which takes 8 n^2 bytes.

    Parameters
    ----------
    W : array_like, shape (m, n)
        Columns are features.

    Returns
    -------
    ndarray of float64, shape (n, n)

    Raises
    ------
    InputError
        W is not a finite real matrix, or an entry of M overflows float64.

    Examples
    --------
    >>> from superposition_numerics.spectral import gram_matrix
    >>> gram_matrix([[1.0, -1.0, 0.0]])
    array([[ 1., -1.,  0.],
           [-1.,  1.,  0.],
           [ 0.,  0.,  0.]])
    """
    columns = _float_columns(W)
    with np.errstate(over="ignore", invalid="ignore"):
        gram = columns.T @ columns
    if not np.isfinite(gram).all():
        raise InputError("W is too large for its Gram matrix in float64; rescale W first")
    return gram


def coherence(W: MatrixLike) -> float:
    """Return the coherence max |<w_i, w_j>| / (|w_i| |w_j|) over pairs of nonzero columns.

    Works in blocks of columns: O(n^2 m) operations, no (n, n) matrix.

    Parameters
    ----------
    W : array_like, shape (m, n)
        Columns are features.

    Returns
    -------
    float
        In [0, 1] up to rounding.

    Raises
    ------
    InputError
        W is not a finite real matrix, or has fewer than two nonzero columns.

    References
    ----------
    Welch 1974.

    Examples
    --------
    >>> from superposition_numerics.spectral import coherence
    >>> coherence([[1.0, 0.0, 3.0], [0.0, 2.0, 4.0]])
    0.8
    """
    units = _unit_columns(W)
    if units.shape[1] < 2:
        raise InputError(
            f"W has {units.shape[1]} nonzero columns; accepted: at least two for a coherence"
        )
    largest = 0.0
    for start in range(0, units.shape[1], _BLOCK):
        products = np.abs(units[:, start : start + _BLOCK].T @ units[:, start:])
        rows = np.arange(products.shape[0])
        products[rows, rows] = 0.0
        largest = max(largest, float(products.max()))
    return largest


def gram_dimensionality(W: MatrixLike) -> FloatArray:
    """Return D_i = M_ii^2 / (M^2)_ii from blocks of rows of the Gram matrix.

    Parameters
    ----------
    W : array_like, shape (m, n)
        Columns are features.

    Returns
    -------
    ndarray, shape (n,)
        0 for a zero column.

    Raises
    ------
    InputError
        W is not a finite real matrix.

    References
    ----------
    Elhage et al. 2022, fractional dimensionality; Ivanov et al. 2026.

    Examples
    --------
    >>> from superposition_numerics.spectral import gram_dimensionality
    >>> gram_dimensionality([[1.0, -1.0, 0.0], [0.0, 0.0, 5.0]])
    array([0.5, 0.5, 1. ])
    """
    columns = _float_columns(W)
    largest = np.abs(columns).max(axis=0, initial=0.0)
    overall = float(largest.max(initial=0.0))
    if overall == 0:
        return np.zeros(columns.shape[1])
    scaled = columns / overall
    units = np.divide(columns, largest, out=np.zeros_like(columns), where=largest > 0)
    units /= np.where(largest > 0, np.sqrt((units**2).sum(axis=0)), 1.0)
    result = np.zeros(columns.shape[1])
    for start in range(0, columns.shape[1], _BLOCK):
        chosen = slice(start, start + _BLOCK)
        rows = units[:, chosen].T @ scaled
        own = rows[np.arange(rows.shape[0]), np.arange(start, start + rows.shape[0])]
        sums = np.einsum("ij,ij->i", rows, rows)
        result[chosen] = np.divide(own**2, sums, out=np.zeros_like(sums), where=sums > 0)
    return result


def _float_columns(W: MatrixLike) -> FloatArray:
    source = columns_of(W)
    columns = np.asarray(source.values[:, :]).astype(np.float64)
    if columns.size:
        source.require_finite(columns, float(np.abs(columns).max()))
    return columns


def _unit_columns(W: MatrixLike) -> FloatArray:
    """Return the nonzero columns, normalised without overflow."""
    columns = _float_columns(W)
    largest = np.abs(columns).max(axis=0, initial=0.0)
    columns = columns[:, largest > 0] / largest[largest > 0]
    return np.asarray(columns / np.sqrt((columns**2).sum(axis=0)))
