"""Which computed eigenvalues are one eigenvalue: merging with a derived bound, and its record.

Individual eigenvectors of a degenerate eigenvalue are arbitrary; only projections on whole
eigenspaces mean something. Neighbouring eigenvalues are merged where their gap is within the sum of
their own error bounds, or within a relative tolerance that the user sets. The bounds belong to each
eigenvalue, so distinct small eigenvalues of an ill-conditioned W stay distinct.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..matrices import FloatArray
from .spectrum import Spectrum


@dataclass(frozen=True)
class MergeDecision:
    """What was decided about two neighbouring eigenvalues, and on which ground.

    Attributes
    ----------
    upper, lower : int
        Positions in the decreasing order of the singular values.
    gap : float
        Difference of eigenvalues (frame-operator route) or of singular values (QR route).
    bound : float
        Sum of the two error bounds on that scale.
    relative_gap : float
        Difference of the two eigenvalues relative to their mean.
    merged : bool
    reason : str
        "within the error bound", "within the tolerance" or "distinct".
    """

    upper: int
    lower: int
    gap: float
    bound: float
    relative_gap: float
    merged: bool
    reason: str


@dataclass(frozen=True)
class Grouping:
    """Eigenspaces as runs of positions in the decreasing order of the positive singular values.

    Attributes
    ----------
    starts : ndarray of int, shape (K + 1,)
        Eigenspace k holds the positions starts[k] .. starts[k + 1] - 1; starts[K] is the rank.
    eigenvalues : ndarray, shape (K,)
        Mean of the merged eigenvalues of W_s W_s^T.
    chained : ndarray of bool, shape (K,)
        Where neighbours were merged one by one although the two ends differ by more than their
        bounds and the tolerance: the data show an interval there, not one eigenvalue.
    decisions : tuple of MergeDecision
        One for each pair of neighbours.
    """

    starts: np.ndarray
    eigenvalues: FloatArray
    chained: np.ndarray
    decisions: tuple[MergeDecision, ...]

    @property
    def multiplicities(self) -> np.ndarray:
        """The dimension of each eigenspace."""
        return np.diff(self.starts)


def group(spectrum: Spectrum, tolerance: float) -> Grouping:
    """Merge the positive eigenvalues into eigenspaces."""
    rank = spectrum.rank
    sigma = spectrum.singular_values[:rank]
    eigenvalues = spectrum.eigenvalues[:rank]
    if spectrum.route == "qr":
        values, bounds = sigma, spectrum.singular_value_bounds[:rank]
    else:
        values, bounds = eigenvalues, spectrum.eigenvalue_bounds[:rank]
    decisions = []
    starts = [0] if rank else []
    for lower in range(1, rank):
        upper = lower - 1
        gap, bound, relative_gap = _difference(values, bounds, eigenvalues, upper, lower)
        if gap <= bound:
            reason = "within the error bound"
        elif relative_gap <= tolerance:
            reason = "within the tolerance"
        else:
            reason = "distinct"
            starts.append(lower)
        decisions.append(
            MergeDecision(upper, lower, gap, bound, relative_gap, reason != "distinct", reason)
        )
    edges = np.array([*starts, rank], dtype=np.intp)
    sums = np.add.reduceat(eigenvalues, edges[:-1]) if rank else np.zeros(0)
    chained = []
    for first, last in zip(edges[:-1], edges[1:] - 1, strict=True):
        gap, bound, relative_gap = _difference(values, bounds, eigenvalues, int(first), int(last))
        chained.append(gap > bound and relative_gap > tolerance)
    return Grouping(edges, sums / np.diff(edges), np.array(chained, dtype=bool), tuple(decisions))


def _difference(
    values: FloatArray, bounds: FloatArray, eigenvalues: FloatArray, upper: int, lower: int
) -> tuple[float, float, float]:
    """Return gap and sum of the bounds on the scale of the route, and the relative gap."""
    gap = float(values[upper] - values[lower])
    ratio = float(eigenvalues[lower] / eigenvalues[upper])
    return gap, float(bounds[upper] + bounds[lower]), 2 * (1 - ratio) / (1 + ratio)
