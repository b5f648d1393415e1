"""Singular values and eigenvectors of the frame operator by two routes, with an error budget.

Scaled units: W = 2**exponent * W_s with max |W_s| in [1/2, 1). Everything here is about W_s.

The frame-operator route accumulates F = W_s W_s^T block by block and diagonalises it. Its absolute
error on an eigenvalue, for any order of summation, is at most

    beta = (b + B + m) u tr F,

with b the width of a block, B the number of blocks, u = 2**-53: (b + B) u |W||W|^T bounds the
accumulated products entry by entry, || |W||W|^T ||_2 <= |W|_F^2 = tr F, and m u tr F is the
backward error allowed to the symmetric eigensolver.

F squares the condition number. Where an eigenvalue is below 1024 beta, the QR route takes over:
W_s^T = Q R, block by block, and the singular value decomposition of R. Its error budget on a
singular value is delta = 4 sqrt(m) u sigma_max + 2 u |W|_F, first order in u.

The input's own uncertainty, |E_ij| <= epsilon |W_ij|, moves a singular value by at most
|E|_2 <= epsilon |W|_F (Weyl).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from superposition_theory import InputError

from ..matrices import Columns, FloatArray, MatrixLike, columns_of

UNIT_ROUNDOFF = 2.0**-53
FLOOR_FACTOR = 1024.0

Progress = Callable[[int, int, str], None]
Route = Literal["frame operator", "qr"]


@dataclass(frozen=True)
class ScaledFrameOperator:
    """F = W_s W_s^T in float64, with the exponent that relates W_s to W and the summation bound."""

    matrix: FloatArray
    exponent: int
    summation_bound: float


@dataclass(frozen=True)
class Spectrum:
    """Singular values of W_s, decreasing, with eigenvectors of F and the error budget.

    Attributes
    ----------
    route : {"frame operator", "qr"}
    exponent : int
        W = 2**exponent W_s.
    singular_values : ndarray, shape (q,)
        Those of W_s, q = min(m, n), decreasing.
    vectors : ndarray, shape (m, q)
        Orthonormal eigenvectors of F, one per singular value.
    frobenius : float
        |W_s|_F.
    rounding : float
        Bound on the computation's error: of an eigenvalue (frame-operator route) or of a singular
        value (QR route).
    uncertainty : float
        Bound on the shift of a singular value by the input's own uncertainty.
    """

    route: Route
    exponent: int
    singular_values: FloatArray
    vectors: FloatArray
    frobenius: float
    rounding: float
    uncertainty: float

    @property
    def eigenvalues(self) -> FloatArray:
        """Squares of the singular values of W_s."""
        return self.singular_values**2

    @property
    def singular_value_bounds(self) -> FloatArray:
        """Bound on the error of each singular value: computation and input together."""
        if self.route == "qr":
            return np.full(self.singular_values.shape, self.rounding + self.uncertainty)
        return self.rounding / self.singular_values + self.uncertainty

    @property
    def eigenvalue_bounds(self) -> FloatArray:
        """Bound on the error of each eigenvalue: computation and input together."""
        sigma = self.singular_values
        if self.route == "qr":
            shift = self.rounding + self.uncertainty
            return shift * (2 * sigma + shift)
        return self.rounding + self.uncertainty * (2 * sigma + self.uncertainty)

    @property
    def rank(self) -> int:
        """The number of singular values above their own error bound."""
        return int(np.count_nonzero(self.singular_values > self.singular_value_bounds))

    def rayleigh_bounds(self, rayleigh: FloatArray, epsilon: float) -> FloatArray:
        """Bound on the error of Rayleigh quotients |W_s^T u|^2 of unit vectors u.

        The uncertainty of the entries enters twice: through W_s and through the feature u itself.
        """
        root = np.sqrt(rayleigh)
        shift = 2 * epsilon * self.frobenius
        if self.route == "qr":
            shift += self.rounding
            return shift * (2 * root + shift)
        return self.rounding + shift * (2 * root + shift)


def frame_operator(W: MatrixLike) -> FloatArray:
    """Return the frame operator F = W W^T, accumulated in float64 over blocks of columns.

    Parameters
    ----------
    W : array_like, shape (m, n)
        Columns are features.

    Returns
    -------
    ndarray, shape (m, m)

    Raises
    ------
    InputError
        W is not a finite real matrix, or F overflows float64.

    Examples
    --------
    >>> from superposition_numerics.spectral import frame_operator
    >>> frame_operator([[1.0, -1.0, 0.0], [0.0, 0.0, 2.0]])
    array([[2., 0.],
           [0., 4.]])
    """
    operator = scaled_frame_operator(columns_of(W))
    with np.errstate(over="ignore"):
        matrix = np.ldexp(operator.matrix, 2 * operator.exponent)
    if not np.isfinite(matrix).all():
        raise InputError(
            f"W is too large for F = W W^T in float64: F is about 4**{operator.exponent}; rescale W"
        )
    return np.asarray(matrix)


def pass_width(dimensions: int) -> int:
    """Columns per block of the accumulating pass: at most 2048 and about 64 MiB of float64."""
    return max(64, min(2048, 2**23 // dimensions))


def scaled_frame_operator(source: Columns, progress: Progress | None = None) -> ScaledFrameOperator:
    """Accumulate F in one pass; the scale follows the largest entry seen so far.

    A larger entry in a later block rescales what is accumulated by a power of two, which is exact
    up to underflow far below the rounding error.
    """
    width = pass_width(source.dimensions)
    matrix = np.zeros((source.dimensions, source.dimensions))
    exponent: int | None = None
    count = 0
    for start, block in source.blocks(width):
        largest = max(float(block.max()), -float(block.min()))
        source.require_finite(block, largest)
        if largest > 0:
            needed = max(math.frexp(largest)[1], -1021)
            if exponent is None:
                exponent = needed
            elif needed > exponent:
                matrix *= math.ldexp(1.0, max(2 * (exponent - needed), -1074))
                exponent = needed
            scaled = scaled_block(block, exponent)
            matrix += scaled @ scaled.T
        count += 1
        if progress is not None:
            progress(start + block.shape[1], source.features, "frame operator")
    terms = min(width, source.features) + count
    bound = terms * UNIT_ROUNDOFF * float(np.trace(matrix))
    return ScaledFrameOperator(matrix, exponent or 0, bound)


def scaled_block(block: np.ndarray, exponent: int) -> FloatArray:
    """Return the block times 2**-exponent in float64."""
    return np.asarray(np.multiply(block, math.ldexp(1.0, -exponent), dtype=np.float64))


def spectrum_of(source: Columns, progress: Progress | None = None) -> Spectrum:
    """Diagonalise the frame operator, by QR where its spectrum reaches below the rounding floor."""
    operator = scaled_frame_operator(source, progress)
    m, n = source.dimensions, source.features
    frobenius = math.sqrt(max(float(np.trace(operator.matrix)), 0.0))
    uncertainty = source.epsilon * frobenius
    if n >= m and frobenius > 0:
        eigenvalues, vectors = np.linalg.eigh(operator.matrix)
        beta = operator.summation_bound + m * UNIT_ROUNDOFF * frobenius**2
        if eigenvalues[0] >= FLOOR_FACTOR * beta:
            return Spectrum(
                "frame operator",
                operator.exponent,
                np.sqrt(eigenvalues[::-1]),
                np.ascontiguousarray(vectors[:, ::-1]),
                frobenius,
                beta,
                uncertainty,
            )
    triangle = _triangular_factor(source, operator.exponent, progress)
    _, sigma, vectors_transposed = np.linalg.svd(triangle, full_matrices=False)
    top = float(sigma[0]) if sigma.size else 0.0
    rounding = UNIT_ROUNDOFF * (4 * math.sqrt(m) * top + 2 * frobenius)
    return Spectrum(
        "qr",
        operator.exponent,
        sigma,
        np.ascontiguousarray(vectors_transposed.T),
        frobenius,
        rounding,
        uncertainty,
    )


def _triangular_factor(source: Columns, exponent: int, progress: Progress | None) -> FloatArray:
    """Return R of W_s^T = Q R, shape (min(n, m), m), by a tall-skinny QR over the blocks."""
    factor = np.zeros((0, source.dimensions))
    for start, block in source.blocks(max(pass_width(source.dimensions), source.dimensions)):
        stacked = np.vstack([factor, scaled_block(block, exponent).T])
        factor = np.asarray(np.linalg.qr(stacked, mode="r"))
        if progress is not None:
            progress(start + block.shape[1], source.features, "triangular factor")
    return factor
