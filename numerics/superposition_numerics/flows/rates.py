"""Rates of eigenvalues, projectors and D from M and G, in floats."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..matrices import FloatArray
from ..toy_model.arguments import numbers


def eigenvalue_rates(M: npt.ArrayLike, G: npt.ArrayLike) -> FloatArray:
    """Return lambda_k' = -4 lambda_k v_k^T G v_k for the eigenvectors of M, in ascending order.

    Parameters
    ----------
    M, G : array_like, shape (n, n)
        Symmetric.

    Returns
    -------
    ndarray, shape (n,)
        Where an eigenvalue is repeated, only the mean of its rates means something.

    Raises
    ------
    InputError
        Matrices that are not finite, real, symmetric and of one shape.

    References
    ----------
    Ivanov et al. 2026, eigenvalue flow.

    Examples
    --------
    >>> from superposition_numerics.flows import eigenvalue_rates
    >>> eigenvalue_rates([[1.0, -1.0], [-1.0, 1.0]], [[1.0, 2.0], [2.0, 0.0]]).round(12).tolist()
    [0.0, 12.0]
    """
    gram, slopes = _symmetric_pair(M, G)
    values, vectors = np.linalg.eigh(gram)
    inside = np.einsum("ik,ij,jk->k", vectors, slopes, vectors)
    return np.asarray(-4 * values * inside) + 0.0


def projector_rate(M: npt.ArrayLike, G: npt.ArrayLike, space: slice) -> FloatArray:
    """Return P' for the projector on the eigenvectors of M at some positions.

    Parameters
    ----------
    M, G : array_like, shape (n, n)
        Symmetric.
    space : slice
        Positions in the ascending order of the eigenvalues. They may belong to several eigenvalues
        as long as no other one is equal to any of them.

    Returns
    -------
    ndarray, shape (n, n)

    Raises
    ------
    InputError
        Matrices that are not finite, real, symmetric and of one shape.

    References
    ----------
    Ivanov et al. 2026, projector flow.

    Examples
    --------
    >>> from superposition_numerics.flows import projector_rate
    >>> projector_rate([[1.0, 0.0], [0.0, 3.0]], [[0.0, 1.0], [1.0, 0.0]], slice(0, 1)).tolist()
    [[0.0, 4.0], [4.0, 0.0]]
    """
    gram, slopes = _symmetric_pair(M, G)
    values, vectors = np.linalg.eigh(gram)
    outside = np.delete(np.arange(len(values)), space)
    ratio = values[space, None] + values[outside]
    ratio = ratio / (values[space, None] - values[outside])
    block = vectors[:, space].T @ slopes @ vectors[:, outside]
    half = -2 * vectors[:, space] @ (ratio * block) @ vectors[:, outside].T
    return np.asarray(half + half.T)


def dimensionality_rates(M: npt.ArrayLike, G: npt.ArrayLike) -> FloatArray:
    """Return the rates of D_i = M_ii^2 / (M^2)_ii along the Gram flow.

    Parameters
    ----------
    M, G : array_like, shape (n, n)
        Symmetric, no diagonal entry of M zero.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    InputError
        Matrices that are not finite, real, symmetric and of one shape.

    Examples
    --------
    >>> from superposition_numerics.flows import dimensionality_rates
    >>> dimensionality_rates([[1.0, 1.0], [1.0, 2.0]], [[1.0, 0.0], [0.0, 0.0]]).round(12).tolist()
    [-1.0, 0.64]
    """
    gram, slopes = _symmetric_pair(M, G)
    norms, energies = np.diag(gram), np.diag(gram @ gram)
    turning = np.diag(gram @ slopes @ gram) + np.diag(gram @ gram @ slopes)
    rates = 4 * turning / energies - 8 * np.diag(gram @ slopes) / norms
    return np.asarray(norms**2 / energies * rates)


def _symmetric_pair(M: npt.ArrayLike, G: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return two symmetric matrices of one shape."""
    gram, slopes = numbers("M", M), numbers("G", G)
    for name, matrix in (("M", gram), ("G", slopes)):
        if matrix.ndim != 2 or matrix.shape != gram.T.shape or matrix.shape[0] != matrix.shape[1]:
            raise InputError(f"{name} has shape {matrix.shape}; accepted: square, both alike")
        if np.abs(matrix - matrix.T).max() > 1e-12 * np.abs(matrix).max():
            raise InputError(f"{name} is not symmetric; accepted: {name} = {name}^T")
    return gram, slopes
