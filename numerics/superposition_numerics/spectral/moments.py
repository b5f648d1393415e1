"""Per-feature moments of the spectral measure, block by block, without the full table p_ik."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..matrices import Columns, FloatArray
from .eigenspaces import Grouping
from .spectrum import Progress, Spectrum, scaled_block

# Entries of smaller columns cannot be squared; such columns get a scale of their own.
_TINY_NORM = 2.0**-400


@dataclass(frozen=True)
class FeatureMoments:
    """One number a feature, in the scaled units of the spectrum; all zero for a zero column.

    Attributes
    ----------
    norms : ndarray, shape (n,)
        |w_i|.
    rayleigh : ndarray, shape (n,)
        kappa_i = w_i^T F w_i / |w_i|^2, from the eigenvalues before merging.
    inverse_mean : ndarray, shape (n,)
        E_{mu_i}[1 / lambda] over the positive eigenspaces.
    variance, deviation : ndarray, shape (n,)
        E_{mu_i}[(lambda - kappa_i)^2] / kappa_i^2 and the same with the integrand over lambda.
    merged_mean : ndarray, shape (n,)
        E_{mu_i}[lambda] from the merged eigenvalues.
    entropy, participation_ratio : ndarray, shape (n,)
        Shannon entropy (nats) of p_i and 1 / sum_k p_ik^2.
    dominant : ndarray of int, shape (n,)
        Eigenspace with the largest p_ik; -1 for a zero column or where nothing is resolved.
    largest_projection, off_projection : ndarray, shape (n,)
        max_k p_ik, and the mass outside that eigenspace summed directly, not as 1 - max.
    above_threshold : ndarray of int, shape (n,)
        The number of eigenspaces with p_ik above the threshold.
    unresolved : ndarray, shape (n,)
        Mass outside the resolved range of F, or missing from the sum: |1 - sum_k p_ik|.
    """

    norms: FloatArray
    rayleigh: FloatArray
    inverse_mean: FloatArray
    variance: FloatArray
    deviation: FloatArray
    merged_mean: FloatArray
    entropy: FloatArray
    participation_ratio: FloatArray
    dominant: np.ndarray
    largest_projection: FloatArray
    off_projection: FloatArray
    above_threshold: np.ndarray
    unresolved: FloatArray


@dataclass(frozen=True)
class ProjectionBlock:
    """Squared projections of one block of features, relative to the squared norm of each.

    Attributes
    ----------
    start : int
        First feature of the block.
    norms : ndarray, shape (b,)
        In scaled units.
    masses : ndarray, shape (K, b)
        p_ik on the resolved eigenspaces; 0 for a zero column.
    rayleigh : ndarray, shape (b,)
        From the eigenvalues before merging.
    """

    start: int
    norms: FloatArray
    masses: FloatArray
    rayleigh: FloatArray


def moment_width(dimensions: int) -> int:
    """Columns per block of the projecting pass: a block of about 4 MiB stays in the cache."""
    return max(64, min(1024, 2**19 // dimensions))


def projection_blocks(
    source: Columns, spectrum: Spectrum, grouping: Grouping
) -> Iterator[ProjectionBlock]:
    """Yield p_ik for one block of features after the other."""
    rank = int(grouping.starts[-1])
    merged = len(grouping.multiplicities) < rank
    transposed = np.ascontiguousarray(spectrum.vectors.T)
    eigenvalues = spectrum.eigenvalues
    for start, block in source.blocks(moment_width(source.dimensions)):
        columns = scaled_block(block, spectrum.exponent)
        norms = np.sqrt(np.einsum("ij,ij->j", columns, columns))
        squares, norms = _unit_scale(columns, norms)
        masses = transposed @ columns
        np.square(masses, out=masses)
        masses *= 1.0 / squares
        rayleigh = eigenvalues @ masses
        resolved = masses[:rank]
        if merged:
            resolved = np.add.reduceat(resolved, grouping.starts[:-1], axis=0)
        yield ProjectionBlock(start, norms, resolved, rayleigh)


def _unit_scale(columns: FloatArray, norms: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Rescale columns too small to be squared, in place; return squared norms, and norms."""
    squares = norms**2
    for j in np.flatnonzero(norms < _TINY_NORM):
        largest = float(np.abs(columns[:, j]).max())
        if largest == 0:
            squares[j] = 1.0
            continue
        columns[:, j] /= largest
        squares[j] = float(columns[:, j] @ columns[:, j])
        norms[j] = largest * np.sqrt(squares[j])
    return squares, norms


def ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Return the quotient, 0 where the denominator is 0."""
    out = np.zeros_like(numerator)
    return np.divide(numerator, denominator, out=out, where=denominator > 0)


def feature_moments(
    source: Columns,
    spectrum: Spectrum,
    grouping: Grouping,
    threshold: float,
    progress: Progress | None = None,
) -> FeatureMoments:
    """Second pass: every per-feature quantity, in blocks of columns."""
    n = source.features
    floats = {
        name: np.zeros(n)
        for name in FeatureMoments.__annotations__
        if name not in {"dominant", "above_threshold"}
    }
    dominant = np.full(n, -1, dtype=np.intp)
    above = np.zeros(n, dtype=np.intp)
    weights = np.vstack([np.ones(len(grouping.eigenvalues)), 1.0 / grouping.eigenvalues])
    for block in projection_blocks(source, spectrum, grouping):
        here = slice(block.start, block.start + len(block.norms))
        floats["norms"][here] = block.norms
        floats["rayleigh"][here] = block.rayleigh
        if len(grouping.eigenvalues):
            above[here] = np.count_nonzero(block.masses > threshold, axis=0)
            dominant[here] = _moments_of_block(block, grouping.eigenvalues, weights, floats, here)
        else:
            floats["unresolved"][here] = (block.norms > 0).astype(float)
        if progress is not None:
            progress(here.stop, n, "projections")
    return FeatureMoments(dominant=dominant, above_threshold=above, **floats)


def _moments_of_block(
    block: ProjectionBlock,
    eigenvalues: FloatArray,
    weights: FloatArray,
    out: dict[str, FloatArray],
    here: slice,
) -> np.ndarray:
    """Fill the moments of one block; return the dominant eigenspace of each feature."""
    masses, rayleigh = block.masses, block.rayleigh
    represented = block.norms > 0
    total, out["inverse_mean"][here] = weights @ masses
    out["merged_mean"][here] = eigenvalues @ masses
    out["unresolved"][here] = np.where(represented, np.abs(1.0 - total), 0.0)
    squares = np.einsum("kb,kb->b", masses, masses)
    out["participation_ratio"][here] = ratio(total**2, squares)
    # p log p -> 0 for p = 0; the shift changes nothing that is representable beside 1.
    logarithms = np.log(masses + 1e-300)
    entropy = -np.einsum("kb,kb->b", masses, logarithms)
    out["entropy"][here] = np.maximum(entropy, 0.0)

    centred = eigenvalues[:, None] - rayleigh[None, :]
    np.square(centred, out=centred)
    centred *= masses
    variance, deviation = weights @ centred
    out["variance"][here] = ratio(ratio(variance, rayleigh), rayleigh)
    out["deviation"][here] = ratio(ratio(deviation, rayleigh), rayleigh)

    dominant = np.argmax(masses, axis=0)
    positions = np.arange(len(rayleigh))
    out["largest_projection"][here] = masses[dominant, positions]
    masses[dominant, positions] = 0.0
    out["off_projection"][here] = masses.sum(axis=0)
    return np.where(represented & (total > 0), dominant, -1)
