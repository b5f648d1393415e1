"""Fractional dimensionality from Rayleigh quotients; shares nothing with the other routes."""

from __future__ import annotations

import numpy as np
from superposition_theory import InputError

from ..matrices import FloatArray, MatrixLike


def rayleigh_dimensionality(W: MatrixLike) -> FloatArray:
    """Return D_i = |w_i|^2 / kappa_i with the Rayleigh quotient kappa_i = |R u_i|^2.

    R is the triangular factor of W^T = Q R, so that F = R^T R, and u_i = w_i / |w_i|.

    Parameters
    ----------
    W : array_like, shape (m, n)
        Columns are features; held in memory as a whole.

    Returns
    -------
    ndarray, shape (n,)
        0 for a zero column.

    Raises
    ------
    InputError
        W is not a finite two-dimensional array of numbers.

    References
    ----------
    Ivanov et al. 2026.

    Examples
    --------
    >>> from superposition_numerics.spectral import rayleigh_dimensionality
    >>> rayleigh_dimensionality([[1.0, -1.0, 0.0], [0.0, 0.0, 5.0]]).round(12)
    array([0.5, 0.5, 1. ])
    """
    columns = np.array(W, dtype=np.float64)
    if columns.ndim != 2 or not np.isfinite(columns).all():
        raise InputError(
            f"W is not a finite matrix, shape {columns.shape}; "
            "accepted: finite numbers, shape (m, n)"
        )
    if columns.size == 0 or not columns.any():
        return np.zeros(columns.shape[1])
    columns /= np.abs(columns).max()
    norms = np.hypot.reduce(columns, axis=0)
    directions = columns / np.where(norms > 0, norms, 1.0)
    triangle = np.linalg.qr(columns.T, mode="r")
    roots = np.hypot.reduce(np.einsum("km,mn->kn", triangle, directions), axis=0)
    ratio = np.divide(norms, roots, out=np.zeros_like(norms), where=roots > 0)
    return np.asarray(ratio**2)
