"""Two checkpoints of one model: how eigenspaces turned and how spectral measures moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.linalg
from superposition_theory import InputError

from ..matrices import FloatArray, MatrixLike, columns_of
from .analysis import analyse
from .moments import moment_width, projection_blocks
from .results import SpectralAnalysis, representable


@dataclass(frozen=True, eq=False)
class EigenspaceShift:
    """An eigenspace before, and the eigenspace after that overlaps it most.

    Attributes
    ----------
    before, after : int
        Positions in the two lists of eigenspaces; after is -1 where rank after is 0.
    overlap : float
        tr(P_before P_after) / dim before, in [0, 1].
    angles : ndarray
        Principal angles between the two spaces in radians, decreasing.
    eigenvalue_ratio : float or None
        Eigenvalue after / eigenvalue before; None where there is none after, or where float64
        cannot hold it.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.spectral import compare
    >>> (shift,) = compare(np.eye(2), 3.0 * np.eye(2)).eigenspaces
    >>> shift.overlap, shift.eigenvalue_ratio
    (1.0, 9.0)
    """

    before: int
    after: int
    overlap: float
    angles: FloatArray
    eigenvalue_ratio: float | None


@dataclass(frozen=True, eq=False)
class Comparison:
    """What happened between two checkpoints with the same features and the same basis of R^m.

    Attributes
    ----------
    before, after : SpectralAnalysis
    eigenspaces : tuple of EigenspaceShift
        One for each eigenspace before.
    drift : ndarray, shape (n,)
        1-Wasserstein distance between mu_i before and after on the eigenvalue axis, divided by
        4**exponent; 0 where the feature is represented in neither.
    exponent : int
        The larger of the two exponents.
    appeared, vanished : ndarray of int
        Features represented only after, only before; their drift is set to 0.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.spectral import compare
    >>> W = np.array([[1.0, -1.0, 0.0], [0.0, 0.0, 2.0]])
    >>> compare(W, W).drift
    array([0., 0., 0.])
    """

    before: SpectralAnalysis
    after: SpectralAnalysis
    eigenspaces: tuple[EigenspaceShift, ...]
    drift: FloatArray
    exponent: int
    appeared: npt.NDArray[np.intp]
    vanished: npt.NDArray[np.intp]

    @property
    def mean_drift(self) -> float | None:
        """Mean of the drift in the units of W squared; None where float64 cannot hold it."""
        mean = float(self.drift.mean()) if self.drift.size else 0.0
        return representable(mean, 2 * self.exponent, "the mean drift")[0]

    def to_dict(self) -> dict[str, Any]:
        """Return a summary as JSON values."""
        return {
            "schema": "superposition.comparison",
            "version": 1,
            "rank": [self.before.rank, self.after.rank],
            "capacity": [self.before.capacity, self.after.capacity],
            "mean_drift": self.mean_drift,
            "exponent": self.exponent,
            "appeared": self.appeared.tolist(),
            "vanished": self.vanished.tolist(),
            "eigenspaces": [
                {
                    "before": shift.before,
                    "after": shift.after,
                    "overlap": shift.overlap,
                    "angles": shift.angles.tolist(),
                    "eigenvalue_ratio": shift.eigenvalue_ratio,
                }
                for shift in self.eigenspaces
            ],
        }


def compare(
    before: MatrixLike,
    after: MatrixLike,
    *,
    tolerance: float = 0.0,
    epsilon: float | None = None,
) -> Comparison:
    """Compare two checkpoints: principal angles of eigenspaces, drift of spectral measures.

    Parameters
    ----------
    before, after : array_like, shape (m, n)
        The same features in the same order, the same basis of R^m.
    tolerance, epsilon : float
        As in ``analyse``, for both.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        The shapes differ, or one is not a finite real matrix.

    References
    ----------
    Bjorck and Golub 1973 (principal angles).

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.spectral import compare
    >>> turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    >>> W = np.array([[2.0, -2.0, 0.0], [0.0, 0.0, 1.0]])
    >>> comparison = compare(W, turn @ W)
    >>> [round(float(np.sin(s.angles[0])), 12) for s in comparison.eigenspaces]
    [0.6, 0.6]
    >>> bool(comparison.drift.max() < 1e-12)
    True
    """
    first = columns_of(before, name="before", epsilon=epsilon)
    second = columns_of(after, name="after", epsilon=epsilon)
    shapes = [(s.dimensions, s.features) for s in (first, second)]
    if shapes[0] != shapes[1]:
        raise InputError(
            f"before has shape {shapes[0]} and after {shapes[1]}; accepted: two checkpoints of the "
            "same shape"
        )
    old = analyse(first.values, tolerance=tolerance, epsilon=epsilon)
    new = analyse(second.values, tolerance=tolerance, epsilon=epsilon)
    exponent = max(old.exponent, new.exponent)
    shown_old, shown_new = (a.feature_table.norms_scaled > 0 for a in (old, new))
    drift = np.zeros(old.features)
    axes = [np.ldexp(a.grouping.eigenvalues, 2 * (a.exponent - exponent)) for a in (old, new)]
    start = 0
    for block_old, block_new in zip(
        projection_blocks(first, old.spectrum, old.grouping),
        projection_blocks(second, new.spectrum, new.grouping),
        strict=True,
    ):
        here = slice(start, start + moment_width(first.dimensions))
        drift[here] = wasserstein_distances(axes[0], block_old.masses, axes[1], block_new.masses)
        start = here.stop
    drift[shown_old != shown_new] = 0.0
    return Comparison(
        old,
        new,
        tuple(_shift(old, new, k) for k in range(len(old.eigenspaces))),
        drift,
        exponent,
        np.flatnonzero(shown_new & ~shown_old),
        np.flatnonzero(shown_old & ~shown_new),
    )


def wasserstein_distances(
    positions_p: FloatArray, masses_p: FloatArray, positions_q: FloatArray, masses_q: FloatArray
) -> FloatArray:
    """Return the 1-Wasserstein distance of each pair of columns of two tables of masses.

    The integral of the absolute difference of the distribution functions.

    Parameters
    ----------
    positions_p, positions_q : ndarray, shapes (K,), (L,)
        Where the atoms are.
    masses_p, masses_q : ndarray, shapes (K, b), (L, b)
        Columns are measures of equal total mass.

    Returns
    -------
    ndarray, shape (b,)

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.spectral import wasserstein_distances
    >>> one = np.ones((1, 1))
    >>> wasserstein_distances(np.array([1.0]), one, np.array([4.0]), one)
    array([3.])
    """
    positions = np.concatenate([positions_p, positions_q])
    order = np.argsort(positions, kind="stable")
    signed = np.concatenate([masses_p, -masses_q])[order]
    differences = np.abs(np.cumsum(signed, axis=0))[:-1]
    return np.asarray(np.diff(positions[order]) @ differences)


def _shift(old: SpectralAnalysis, new: SpectralAnalysis, k: int) -> EigenspaceShift:
    basis = old.eigenspace_basis(k)
    if not new.eigenspaces:
        return EigenspaceShift(k, -1, 0.0, np.full(basis.shape[1], np.pi / 2), None)
    squares = (new.spectrum.vectors[:, : new.rank].T @ basis) ** 2
    overlaps = np.add.reduceat(squares.sum(axis=1), new.grouping.starts[:-1])
    after = int(np.argmax(overlaps))
    ratio = new.eigenspaces[after].eigenvalue_scaled / old.eigenspaces[k].eigenvalue_scaled
    return EigenspaceShift(
        k,
        after,
        float(overlaps[after] / basis.shape[1]),
        np.asarray(scipy.linalg.subspace_angles(basis, new.eigenspace_basis(after))),
        representable(ratio, 2 * (new.exponent - old.exponent), "the ratio of eigenvalues")[0],
    )
