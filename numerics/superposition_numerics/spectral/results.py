"""What a spectral analysis returns."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from superposition_theory import InputError

from ..decisions import Decision
from ..matrices import FloatArray
from .eigenspaces import Grouping, MergeDecision
from .spectrum import Spectrum


def representable(scaled: float, exponent: int, what: str) -> tuple[float | None, str | None]:
    """Return scaled * 2**exponent, or None with the reason where float64 cannot hold it.

    Parameters
    ----------
    scaled : float
        A finite number.
    exponent : int
        Power of two.
    what : str
        Name of the quantity, for the reason.

    Returns
    -------
    (float or None, str or None)
        The value, or the reason why there is none. Subnormal numbers count as not representable:
        they have lost digits.

    Examples
    --------
    >>> from superposition_numerics.spectral import representable
    >>> representable(0.75, 4, "x")
    (12.0, None)
    >>> representable(0.75, -2000, "x")[0] is None
    True
    """
    if scaled == 0:
        return 0.0, None
    digits = math.frexp(scaled)[1] + exponent
    if digits > 1024:
        return None, f"{what} is {scaled:.6g} * 2**{exponent}, above the largest float64"
    if digits < -1021:
        return None, f"{what} is {scaled:.6g} * 2**{exponent}, below the smallest normal float64"
    return math.ldexp(scaled, exponent), None


@dataclass(frozen=True)
class Eigenspace:
    """One eigenvalue of the frame operator with its whole eigenspace.

    Attributes
    ----------
    eigenvalue : float or None
        In the units of W squared; None where float64 cannot hold it (``eigenvalue_reason``).
    eigenvalue_scaled : float
        The same divided by 4**exponent.
    eigenvalue_bound_scaled : float
        Error bound, computation and input together, in scaled units.
    singular_value : float or None
        Its square root, in the units of W; None where float64 cannot hold it.
    multiplicity : int
        Dimension of the eigenspace.
    chained : bool
        Whether it is a run of eigenvalues that only neighbour by neighbour cannot be told apart.
    relative_gap : float
        1 - (next smaller eigenvalue) / eigenvalue, with 0 for the next of the smallest.
    features : int
        The number of features whose largest projection is on this eigenspace.
    capacity : float
        Sum of D_i over those features.
    relative_rayleigh_variance : float
        Variance of kappa_i / eigenvalue over those features.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.spectral import analyse
    >>> [(s.eigenvalue, s.multiplicity) for s in analyse(np.diag([3.0, 1.0, 1.0])).eigenspaces]
    [(9.0, 1), (1.0, 2)]
    """

    eigenvalue: float | None
    eigenvalue_reason: str | None
    eigenvalue_scaled: float
    eigenvalue_bound_scaled: float
    singular_value: float | None
    multiplicity: int
    chained: bool
    relative_gap: float
    features: int
    capacity: float
    relative_rayleigh_variance: float

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return dict(self.__dict__)


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """Per-feature quantities: arrays of shape (n,), zero columns hold zeros.

    Attributes
    ----------
    exponent : int
        W = 2**exponent W_s; the scaled arrays are those of W_s.
    norms_scaled, rayleigh_scaled : ndarray
        |w_i| and the Rayleigh quotient kappa_i = w_i^T F w_i / |w_i|^2.
    fractional_dimensionality : ndarray
        D_i = |w_i|^2 / kappa_i in [0, 1].
    fractional_dimensionality_error : ndarray
        Bound on its error, computation and input together, at most 1.
    leverage : ndarray
        h_i = w_i^T F^+ w_i.
    relative_variance : ndarray
        Var_{mu_i}(lambda) / kappa_i^2.
    deficit : ndarray
        The feature's term in the deficit identity.
    entropy, participation_ratio : ndarray
        Spread of the spectral measure: Shannon entropy in nats, 1 / sum_k p_ik^2.
    dominant : ndarray of int
        Position in ``SpectralAnalysis.eigenspaces`` of the largest projection, -1 where none.
    chained : ndarray of bool
        Whether that eigenspace is a run that its neighbours chain together (``Eigenspace``).
    largest_projection, off_projection, off_projection_bound : ndarray
        max_k p_ik; the mass outside that eigenspace; what a localized feature may show of it.
    above_threshold : ndarray of int
        The number of eigenspaces with p_ik above the threshold.
    unresolved : ndarray
        |1 - sum_k p_ik| over the resolved eigenspaces.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.spectral import analyse
    >>> analyse(np.array([[1.0, -1.0, 0.0]])).feature_table.fractional_dimensionality.round(12)
    array([0.5, 0.5, 0. ])
    """

    exponent: int
    norms_scaled: FloatArray
    rayleigh_scaled: FloatArray
    fractional_dimensionality: FloatArray
    fractional_dimensionality_error: FloatArray
    leverage: FloatArray
    relative_variance: FloatArray
    deficit: FloatArray
    entropy: FloatArray
    participation_ratio: FloatArray
    dominant: np.ndarray
    chained: np.ndarray
    largest_projection: FloatArray
    off_projection: FloatArray
    off_projection_bound: FloatArray
    above_threshold: np.ndarray
    unresolved: FloatArray

    @property
    def norms(self) -> FloatArray:
        """|w_i| in the units of W; InputError where float64 cannot hold the largest."""
        return _unscaled(self.norms_scaled, self.exponent, "norm")

    @property
    def rayleigh(self) -> FloatArray:
        """kappa_i in the units of W squared; InputError where float64 cannot hold one."""
        return _unscaled(self.rayleigh_scaled, 2 * self.exponent, "Rayleigh quotient")

    @property
    def localized(self) -> np.ndarray:
        """Which represented features lie in one eigenspace, within the bound."""
        resolved = (self.dominant >= 0) & ~self.chained
        return np.asarray(resolved & (self.off_projection <= self.off_projection_bound))


def _unscaled(values: FloatArray, exponent: int, what: str) -> FloatArray:
    positive = values[values > 0]
    for extreme in (positive.min(), positive.max()) if positive.size else ():
        _, reason = representable(float(extreme), exponent, f"a {what}")
        if reason is not None:
            raise InputError(f"{reason}; use the scaled array and the exponent")
    return np.ldexp(values, exponent)


@dataclass(frozen=True, eq=False)
class SpectralAnalysis:
    """The feature geometry of a weight matrix, with error bounds and three-valued answers.

    Attributes
    ----------
    features, dimensions, represented : int
        n, m and the number of nonzero columns.
    stored_dtype : str
    epsilon : float
        Relative uncertainty of an entry that the bounds include.
    rank : int
        The number of singular values above their error bound; see ``rank_decision``.
    capacity, capacity_error : float
        Sum of D_i and a bound on its error.
    deficit_identity_residual, deficit_identity_bound : float
        rank - capacity - sum_i |w_i|^2 E[(lambda - kappa)^2 / (lambda kappa^2)], which is zero for
        every W, and a bound on what the computation may leave of it.
    deficit_lower_bound : float
        sum_i |w_i|^2 Var_{mu_i}(lambda) / (lambda_max kappa_i^2), at most the deficit.
    tight, localized : Decision
        Is F a multiple of the identity; does every represented feature lie in one eigenspace.
    eigenspaces : tuple of Eigenspace
        By decreasing eigenvalue.
    feature_table : FeatureTable

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.spectral import analyse
    >>> analysis = analyse(np.array([[1.0, -1.0, 0.0], [0.0, 0.0, 2.0]]))
    >>> analysis.rank, round(analysis.capacity, 12), analysis.localized.value
    (2, 2.0, True)
    """

    features: int
    dimensions: int
    represented: int
    stored_dtype: str
    epsilon: float
    rank: int
    rank_decision: Decision
    capacity: float
    capacity_error: float
    deficit_identity_residual: float
    deficit_identity_bound: float
    deficit_lower_bound: float
    tight: Decision
    localized: Decision
    eigenspaces: tuple[Eigenspace, ...]
    feature_table: FeatureTable = field(repr=False)
    spectrum: Spectrum = field(repr=False)
    grouping: Grouping = field(repr=False)

    @property
    def saturation(self) -> float | None:
        """Capacity / rank; None for rank 0, where there is nothing to saturate."""
        return self.capacity / self.rank if self.rank else None

    @property
    def deficit(self) -> float:
        """rank - capacity."""
        return self.rank - self.capacity

    @property
    def exponent(self) -> int:
        """W = 2**exponent W_s, with the largest entry of W_s in [1/2, 1)."""
        return self.spectrum.exponent

    @property
    def merges(self) -> tuple[MergeDecision, ...]:
        """What was decided about each pair of neighbouring eigenvalues."""
        return self.grouping.decisions

    @property
    def singular_values(self) -> FloatArray:
        """Positive singular values of W, decreasing; InputError where float64 cannot hold one."""
        kept = self.spectrum.singular_values[: self.rank]
        return _unscaled(kept, self.exponent, "singular value")

    @property
    def frame_bounds_scaled(self) -> tuple[float, float]:
        """Smallest and largest eigenvalue of F on the m dimensions, divided by 4**exponent."""
        eigenvalues = self.spectrum.eigenvalues
        upper = float(eigenvalues[0]) if self.rank else 0.0
        lower = float(eigenvalues[self.rank - 1]) if self.rank == self.dimensions else 0.0
        return lower, upper

    @property
    def frame_bounds(self) -> tuple[float | None, float | None]:
        """The frame bounds (A, B) in the units of W squared; None where float64 cannot hold one."""
        lower, upper = self.frame_bounds_scaled
        power = 2 * self.exponent
        return (
            representable(lower, power, "the lower frame bound")[0],
            representable(upper, power, "the upper frame bound")[0],
        )

    @property
    def frame_potential_ratio(self) -> float:
        """m |M|_F^2 / (tr M)^2: at least 1, and 1 for tight frames (1 for W = 0)."""
        eigenvalues = self.spectrum.eigenvalues
        total = float(eigenvalues.sum())
        return self.dimensions * float((eigenvalues**2).sum()) / total**2 if total > 0 else 1.0

    @property
    def dimensions_per_feature(self) -> float | None:
        """m / |W|_F^2 (Elhage et al. 2022); None for W = 0 or where float64 cannot hold it."""
        squared = self.spectrum.frobenius**2
        if squared == 0:
            return None
        return representable(self.dimensions / squared, -2 * self.exponent, "m / |W|_F^2")[0]

    @property
    def eigenspaces_per_feature(self) -> dict[str, float] | None:
        """Median and 5 %, 95 % quantiles of the participation ratio; None if all is unresolved."""
        ratios = self.feature_table.participation_ratio[self.feature_table.dominant >= 0]
        if not ratios.size:
            return None
        low, median, high = np.quantile(ratios, [0.05, 0.5, 0.95])
        return {"median": float(median), "low": float(low), "high": float(high)}

    def eigenspace_basis(self, k: int) -> FloatArray:
        """Return an orthonormal basis of eigenspace k, shape (m, multiplicity)."""
        starts = self.grouping.starts
        if not 0 <= k < len(starts) - 1:
            raise InputError(f"k is {k}; accepted: 0 <= k < {len(starts) - 1}")
        return self.spectrum.vectors[:, starts[k] : starts[k + 1]]

    def stieltjes(self, z: complex) -> complex:
        """Return s(z) = (1/n) tr (M - z I)^-1 of the Gram matrix at a point off the spectrum."""
        if self.features == 0:
            raise InputError("the Stieltjes transform needs n >= 1 features; W has none")
        scaled = complex(z) * math.ldexp(1.0, -2 * self.exponent)
        poles = [0.0, *self.grouping.eigenvalues]
        if scaled in poles:
            raise InputError(f"z is {z!r}, a pole; accepted: any point off the spectrum")
        total = sum(
            int(d) / (value - scaled)
            for d, value in zip(
                self.grouping.multiplicities, self.grouping.eigenvalues, strict=True
            )
        )
        kernel = (self.features - self.rank) / scaled
        return complex(total - kernel) / self.features * math.ldexp(1.0, -2 * self.exponent)

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON values; the per-feature arrays are left out."""
        table = self.feature_table
        return {
            "schema": "superposition.spectral-analysis",
            "version": 1,
            "features": self.features,
            "dimensions": self.dimensions,
            "represented": self.represented,
            "stored_dtype": self.stored_dtype,
            "epsilon": self.epsilon,
            "route": self.spectrum.route,
            "exponent": self.exponent,
            "rank": self.rank,
            "rank_decided": self.rank_decision.value,
            "rank_reason": self.rank_decision.reason,
            "capacity": self.capacity,
            "capacity_error": self.capacity_error,
            "saturation": self.saturation,
            "deficit": self.deficit,
            "deficit_identity_residual": self.deficit_identity_residual,
            "deficit_identity_bound": self.deficit_identity_bound,
            "deficit_lower_bound": self.deficit_lower_bound,
            "frame_bounds": list(self.frame_bounds),
            "frame_potential_ratio": self.frame_potential_ratio,
            "dimensions_per_feature": self.dimensions_per_feature,
            "tight": self.tight.value,
            "tight_reason": self.tight.reason,
            "tight_margin": self.tight.margin,
            "localized": self.localized.value,
            "localized_reason": self.localized.reason,
            "localized_margin": self.localized.margin,
            "eigenspaces_per_feature": self.eigenspaces_per_feature,
            "localized_features": int(np.count_nonzero(table.localized)),
            "unresolved_features": int(np.count_nonzero(table.unresolved > 0.5)),
            "merged_pairs": sum(decision.merged for decision in self.merges),
            "singular_values": [
                representable(float(s), self.exponent, "a singular value")[0]
                for s in self.spectrum.singular_values[: self.rank]
            ],
            "eigenspaces": [space.to_dict() for space in self.eigenspaces],
        }
