"""Random weight matrices with a known spectral structure, for evidence and for tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from superposition_theory import InputError

from .matrices import FloatArray


def random_rotation(dimensions: int, *, rng: np.random.Generator) -> FloatArray:
    """Return a Haar-distributed orthogonal matrix.

    Parameters
    ----------
    dimensions : int
        m >= 1.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (m, m)

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.samples import random_rotation
    >>> Q = random_rotation(3, rng=np.random.default_rng(0))
    >>> bool(np.allclose(Q @ Q.T, np.eye(3)))
    True
    """
    q, r = np.linalg.qr(rng.standard_normal((dimensions, dimensions)))
    return np.asarray(q * np.sign(np.diag(r)))


def saturated_frame(
    blocks: Sequence[tuple[int, int, float]], *, rng: np.random.Generator
) -> FloatArray:
    """Return a W that saturates its capacity, built from block projections.

    For each block (d, c, lam) the features are c vectors with W_b W_b^T = lam I_d, the coordinates
    of a random d-dimensional projection of R^c. Blocks are orthogonal to each other; the result is
    rotated in R^m and its columns are permuted.

    Parameters
    ----------
    blocks : sequence of (int, int, float)
        Dimension d >= 1, features c >= d, eigenvalue lam > 0 of each block.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (sum of d, sum of c)

    Raises
    ------
    InputError
        A block that cannot exist.

    References
    ----------
    Ivanov et al. 2026, saturation and localization.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.samples import saturated_frame
    >>> from superposition_numerics.spectral import analyse
    >>> W = saturated_frame([(3, 15, 2.0), (5, 25, 7.0)], rng=np.random.default_rng(0))
    >>> [s.multiplicity for s in analyse(W).eigenspaces], round(analyse(W).capacity, 9)
    ([5, 3], 8.0)
    """
    m = sum(d for d, _, _ in blocks)
    n = sum(c for _, c, _ in blocks)
    W = np.zeros((m, n))
    row = column = 0
    for d, c, eigenvalue in blocks:
        if not 1 <= d <= c or not eigenvalue > 0:
            raise InputError(
                f"blocks holds {(d, c, eigenvalue)}; accepted: dimension 1 <= d <= c features and "
                "an eigenvalue > 0"
            )
        orthonormal = np.linalg.qr(rng.standard_normal((c, d)))[0].T
        W[row : row + d, column : column + c] = np.sqrt(eigenvalue) * orthonormal
        row, column = row + d, column + c
    return np.asarray(random_rotation(m, rng=rng) @ W[:, rng.permutation(n)])


def frame_with_singular_values(
    singular_values: Sequence[float], features: int, *, rng: np.random.Generator
) -> FloatArray:
    """Return a W with prescribed singular values and otherwise random.

    Parameters
    ----------
    singular_values : sequence of float
        m nonnegative numbers; repeats and zeros make degenerate and rank-deficient matrices,
        a geometric sequence an ill-conditioned one.
    features : int
        n >= m.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (m, n)

    Raises
    ------
    InputError
        Fewer features than singular values.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.samples import frame_with_singular_values
    >>> W = frame_with_singular_values([3.0, 1.0], 6, rng=np.random.default_rng(0))
    >>> np.linalg.svd(W, compute_uv=False).round(12)
    array([3., 1.])
    """
    sigma = np.asarray(singular_values, dtype=np.float64)
    if features < sigma.size:
        raise InputError(
            f"features is {features}; accepted: at least the {sigma.size} singular values"
        )
    right = np.linalg.qr(rng.standard_normal((features, sigma.size)))[0].T
    return np.asarray((random_rotation(sigma.size, rng=rng) * sigma) @ right)
