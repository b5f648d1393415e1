"""Hypothesis strategies for weight matrices, by construction: nothing is filtered away."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from .matrices import FloatArray
from .samples import frame_with_singular_values, saturated_frame

_SEEDS = st.integers(0, 2**32 - 1)
_SCALES = st.sampled_from([1.0, 1e-3, 1e5, 1e-160, 1e150])


def generic_frames(
    max_dimensions: int = 12, max_features: int = 40
) -> st.SearchStrategy[FloatArray]:
    """Gaussian matrices of any shape, also m > n, scaled between 1e-160 and 1e150.

    Parameters
    ----------
    max_dimensions, max_features : int

    Returns
    -------
    SearchStrategy of ndarray, shape (m, n)

    Examples
    --------
    >>> from hypothesis import find
    >>> from superposition_numerics.strategies import generic_frames
    >>> find(generic_frames(), lambda W: True).shape
    (1, 1)
    """

    def build(m: int, n: int, seed: int, scale: float) -> FloatArray:
        return np.asarray(scale * np.random.default_rng(seed).standard_normal((m, n)))

    shapes = (st.integers(1, max_dimensions), st.integers(1, max_features))
    return st.builds(build, *shapes, _SEEDS, _SCALES)


def saturated_frames(max_blocks: int = 3) -> st.SearchStrategy[tuple[FloatArray, int]]:
    """Saturated matrices with their rank; eigenvalues of different blocks are a factor >= 2 apart.

    Parameters
    ----------
    max_blocks : int

    Returns
    -------
    SearchStrategy of (ndarray of shape (m, n), int)

    Examples
    --------
    >>> from hypothesis import find
    >>> from superposition_numerics.strategies import saturated_frames
    >>> W, rank = find(saturated_frames(), lambda sample: True)
    >>> W.shape, rank
    ((1, 1), 1)
    """

    def build(sizes: list[tuple[int, int]], seed: int, scale: float) -> tuple[FloatArray, int]:
        blocks = [(d, d + extra, 2.0**k) for k, (d, extra) in enumerate(sizes)]
        W = saturated_frame(blocks, rng=np.random.default_rng(seed))
        return np.asarray(scale * W), sum(d for d, _ in sizes)

    sizes = st.lists(
        st.tuples(st.integers(1, 4), st.integers(0, 6)), min_size=1, max_size=max_blocks
    )
    return st.builds(build, sizes, _SEEDS, _SCALES)


def ill_conditioned_frames() -> st.SearchStrategy[tuple[FloatArray, FloatArray]]:
    """Matrices with repeated and widely spread singular values, condition up to 1e12, and those.

    Returns
    -------
    SearchStrategy of (ndarray of shape (m, n), ndarray of shape (m,))
        The matrix and its singular values, decreasing.

    Examples
    --------
    >>> from hypothesis import find
    >>> from superposition_numerics.strategies import ill_conditioned_frames
    >>> W, sigma = find(ill_conditioned_frames(), lambda sample: True)
    >>> W.shape, len(sigma)
    ((1, 1), 1)
    """

    def build(
        exponents: list[int], extra: int, seed: int, scale: float
    ) -> tuple[FloatArray, FloatArray]:
        sigma = 10.0 ** -np.sort(np.array(exponents, dtype=np.float64))
        rng = np.random.default_rng(seed)
        W = frame_with_singular_values(list(sigma), len(sigma) + extra, rng=rng)
        return scale * W, scale * sigma

    exponents: st.SearchStrategy[list[Any]] = st.lists(st.integers(0, 12), min_size=1, max_size=8)
    return st.builds(build, exponents, st.integers(0, 20), _SEEDS, _SCALES)


def degenerate_frames() -> st.SearchStrategy[tuple[FloatArray, int]]:
    """Rank-deficient matrices with few distinct singular values, and their rank.

    Returns
    -------
    SearchStrategy of (ndarray of shape (m, n), int)

    Examples
    --------
    >>> from hypothesis import find
    >>> from superposition_numerics.strategies import degenerate_frames
    >>> W, rank = find(degenerate_frames(), lambda sample: True)
    >>> W.shape, rank
    ((1, 1), 0)
    """

    def build(sigma: list[int], extra: int, seed: int, scale: float) -> tuple[FloatArray, int]:
        rng = np.random.default_rng(seed)
        W = frame_with_singular_values([float(s) for s in sigma], len(sigma) + extra, rng=rng)
        return scale * W, sum(s > 0 for s in sigma)

    sigma = st.lists(st.sampled_from([0, 1, 3]), min_size=1, max_size=8)
    return st.builds(build, sigma, st.integers(0, 20), _SEEDS, _SCALES)
