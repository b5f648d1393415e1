"""Rates of eigenvalues, projectors and D from M and G, in floats."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..matrices import FloatArray
from ..toy_model.arguments import numbers

_EQUAL = 1e-12  # of the largest |eigenvalue|: gaps up to this are rounding


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
        Matrices that are not finite, real, symmetric and of one shape; a slice that is empty, or
        that leaves out an eigenvalue equal, to rounding, to one that it holds.

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
    positions = np.arange(len(values))
    outside = np.delete(positions, space)
    if not len(positions[space]):
        raise InputError(f"space = {space}; accepted: a slice with a position below {len(values)}")
    gaps = np.abs(values[space, None] - values[outside])
    if (gaps <= _EQUAL * np.abs(values).max()).any():
        raise InputError(
            f"space = {space} parts equal eigenvalues of {values.tolist()}; accepted: all "
            "positions of an eigenvalue, or none"
        )
    ratio = values[space, None] + values[outside]
    ratio = ratio / (values[space, None] - values[outside])
    block = vectors[:, space].T @ slopes @ vectors[:, outside]
    half = -2 * vectors[:, space] @ (ratio * block) @ vectors[:, outside].T
    return np.asarray(half + half.T)


def dimensionality_rates(M: npt.ArrayLike, G: npt.ArrayLike) -> FloatArray:
    """Return the rates of D_i = M_ii^2 / (M^2)_ii along the Gram flow; 0 for a zero feature.

    Parameters
    ----------
    M, G : array_like, shape (n, n)
        Symmetric; M positive semidefinite, which is not checked.

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
    present = norms != 0
    a, b = np.where(present, norms, 1.0), np.where(present, energies, 1.0)
    rates = a**2 / b * (4 * turning / b - 8 * np.diag(gram @ slopes) / a)
    return np.where(present, rates, 0.0)


def _symmetric_pair(M: npt.ArrayLike, G: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return two symmetric matrices of one shape."""
    gram, slopes = numbers("M", M), numbers("G", G)
    for name, matrix in (("M", gram), ("G", slopes)):
        square = matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1] and matrix.size > 0
        if not square or matrix.shape != gram.shape:
            raise InputError(
                f"{name} has shape {matrix.shape}; accepted: square, not empty, both alike"
            )
        if np.abs(matrix - matrix.T).max() > 1e-12 * np.abs(matrix).max():
            raise InputError(f"{name} is not symmetric; accepted: {name} = {name}^T")
    return gram, slopes
