"""What saturation says about the geometry of features (Ivanov et al. 2026)."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from superposition_numerics.spectral import (
    SpectralAnalysis,
    gram_dimensionality,
    gram_matrix,
    rayleigh_dimensionality,
)
from superposition_numerics.spectral.spectrum import UNIT_ROUNDOFF
from superposition_theory import InputError
from superposition_theory.derivations import (
    projective_linearity,
    range_of_D,
    tight_decomposition,
)
from superposition_theory.frames import Frame
from sympy import Matrix, Rational

from superposition_proofs.ledger import Claim, ClaimKind

from .checks import derived, in_floats, on_exact_family
from .samples import Sample

_IVANOV = "Ivanov et al. 2026, Spectral Superposition, arXiv 2602.02224"
_SATURATED = r"\sum_i D_i = \operatorname{rank} W"
_CLUSTER = (
    r"E_k \text{ the eigenspace of } F \text{ for its eigenvalue } \lambda_k > 0, \ "
    r"C_k = \{i : w_i \in E_k,\ w_i \ne 0\}"
)


# ---------------------------------------------------------------- laws


def _vanishes(matrix: Matrix) -> bool:
    return all(entry.equals(0) for entry in matrix)


def _matrix_or_none(frame: Frame) -> Matrix | None:
    """Return W, or None where only the Gram matrix is known."""
    try:
        return frame.matrix
    except InputError:
        return None


def clusters_are_tight(frame: Frame, *, factor: Any = 1) -> bool | None:
    """State M_k M_k = factor lambda_k M_k, rank M_k = dim E_k, and zero blocks between clusters.

    Where W is known also F_k F_k = factor lambda_k F_k and F F_k = factor lambda_k F_k for
    F_k = sum of w_i w_i^T over the cluster: with the rank, F_k / lambda_k is the projector on E_k.
    """
    if not frame.represented or not frame.is_saturated:
        return None
    gram, W = frame.gram, _matrix_or_none(frame)
    if sorted(i for c in frame.clusters for i in c.features) != list(frame.represented):
        return False
    for k, cluster in enumerate(frame.clusters):
        own = list(cluster.features)
        block = gram.extract(own, own)
        if not _vanishes(block * block - factor * cluster.eigenvalue.value * block):
            return False
        if W is not None:
            part = W[:, own] * W[:, own].T
            value = factor * cluster.eigenvalue.value
            if not _vanishes(part * part - value * part):
                return False
            if not _vanishes(frame.frame_operator * part - value * part):
                return False
        if block.rank(iszerofunc=lambda x: bool(x.equals(0))) != cluster.dimension:
            return False
        for other in frame.clusters[k + 1 :]:
            if not _vanishes(gram.extract(own, list(other.features))):
                return False
    return True


def tightness_defect(
    sample: Sample, analysis: SpectralAnalysis, *, factor: float = 1.0
) -> float | None:
    """Return |M_k M_k / lambda_k - factor M_k| and cross terms, relative to their bound.

    Eigenvalues of one cluster differ from their mean by at most twice the bound b of one; what the
    features have outside their eigenspaces, at most e in Frobenius norm, changes a product of two
    blocks by at most 2 sigma e + e^2 <= 3 sigma e, and the defect holds two such products.
    """
    if not sample.saturated:
        return None
    if analysis.localized.value is not True:
        return np.inf
    gram = gram_matrix(np.ldexp(sample.W, -analysis.exponent))
    table = analysis.feature_table
    outside = np.sqrt((table.off_projection_bound * table.norms_scaled**2).sum())
    top = float(analysis.spectrum.singular_values[0])
    budget = 4 * float(analysis.spectrum.eigenvalue_bounds.max()) + 6 * top * float(outside)
    worst = 0.0
    for k, eigenvalue in enumerate(analysis.grouping.eigenvalues):
        own = np.flatnonzero(table.dominant == k)
        block = gram[np.ix_(own, own)]
        defect = np.linalg.norm(block @ block / eigenvalue - factor * block, 2)
        rest = np.flatnonzero(table.dominant != k)
        across = np.linalg.norm(gram[np.ix_(own, rest)]) if rest.size else 0.0
        worst = max(worst, float(max(defect, across)) / budget)
    return worst


def dimensionality_is_linear(frame: Frame, *, power: int = 1) -> bool | None:
    """State D_i lambda_k^power = |w_i|^2 on each cluster of a saturated frame."""
    if not frame.represented or not frame.is_saturated:
        return None
    return all(
        bool(
            (
                frame.fractional_dimensionalities[i] * cluster.eigenvalue.value**power
                - frame.norms_squared[i]
            ).equals(0)
        )
        for cluster in frame.clusters
        for i in cluster.features
    )


def slope_defect(
    sample: Sample, analysis: SpectralAnalysis, *, factor: float = 1.0
) -> float | None:
    """Return |D_i - factor |w_i|^2 / lambda_k| over features, relative to the error of D.

    D_i comes from the entries of the Gram matrix, the eigenvalues from the analysis: two errors.
    """
    if not sample.saturated:
        return None
    table = analysis.feature_table
    chosen = table.dominant >= 0
    eigenvalues = analysis.grouping.eigenvalues[table.dominant[chosen]]
    line = factor * table.norms_scaled[chosen] ** 2 / eigenvalues
    errors = 2 * table.fractional_dimensionality_error[chosen]
    return float((np.abs(gram_dimensionality(sample.W)[chosen] - line) / errors).max())


def plateau_is_rational(frame: Frame, *, excess: int = 0) -> bool | None:
    """State D_i = dim E_k / (c + excess) in each cluster of c features of equal norm."""
    if not frame.represented or not frame.is_saturated:
        return None
    clusters = [c for c in frame.clusters if len({frame.norms_squared[i] for i in c.features}) == 1]
    if not clusters:
        return None
    return all(
        bool(
            (
                frame.fractional_dimensionalities[i]
                - Rational(c.dimension, len(c.features) + excess)
            ).equals(0)
        )
        for c in clusters
        for i in c.features
    )


def dimensionality_range(frame: Frame, *, strict: bool = False) -> bool | None:
    """State 0 < D_i <= 1, with D_i = 1 iff w_i is orthogonal to all the others."""
    if not frame.represented:
        return None
    for i in frame.represented:
        d = frame.fractional_dimensionalities[i]
        orthogonal = all(frame.gram[i, j] == 0 for j in range(frame.features) if j != i)
        if not d > 0 or not (d < 1 if strict else d <= 1):
            return False
        if (d == 1) is not orthogonal:
            return False
    return True


def range_excess(sample: Sample, analysis: SpectralAnalysis, *, upper: float = 1.0) -> float:
    """Return the largest excess of D over its upper end, relative to its error.

    D comes from the triangular factor of W^T, which nothing clips; its two norms of m terms and
    their square add (4 m + 8) u.
    """
    d = rayleigh_dimensionality(sample.W)
    rounding = (4 * analysis.dimensions + 8) * UNIT_ROUNDOFF
    errors = analysis.feature_table.fractional_dimensionality_error + rounding
    return float(np.maximum((d - upper) / errors, -d / errors).max())


# ---------------------------------------------------------------- claims

TIGHT_DECOMPOSITION = Claim(
    "tight-frame-decomposition",
    "At saturation the features are a sum of tight frames",
    r"\sum_{i \in C_k} w_i w_i^{\mathsf T} = \lambda_k P_k, \quad "
    r"M = \bigoplus_k M_k \oplus 0, \quad M_k^2 = \lambda_k M_k, \quad "
    r"\operatorname{rank} M_k = \dim E_k",
    (_SATURATED, _CLUSTER, r"\text{features ordered by cluster, zero columns last}"),
    f"{_IVANOV}, tight-frame decomposition",
    ClaimKind.theorem,
    (
        derived(
            tight_decomposition(),
            {
                "frame bound off by 1/100": tight_decomposition(frame_bound=Rational(101, 100)),
                "one feature that is not an eigenvector": tight_decomposition().without("F w_j"),
                "a cluster that is not localized": tight_decomposition().without("F W_k"),
            },
            "saturation-iff-localization",
        ),
        on_exact_family(
            clusters_are_tight,
            {"frame bound off by 1/100": partial(clusters_are_tight, factor=Rational(101, 100))},
        ),
        in_floats(
            tightness_defect, {"frame bound off by 1/100": partial(tightness_defect, factor=1.01)}
        ),
    ),
)

PROJECTIVE_LINEARITY = Claim(
    "projective-linearity",
    "At saturation D is linear in the squared norm, with slope 1/eigenvalue",
    r"D_i = \|w_i\|^2 / \lambda_k \quad (i \in C_k)",
    (_SATURATED, _CLUSTER),
    f"{_IVANOV}, projective linearity",
    ClaimKind.theorem,
    (
        derived(
            projective_linearity(),
            {
                "third power": projective_linearity(exponent=3),
                "not an eigenvector": projective_linearity().without("eigenvector"),
            },
            "saturation-iff-localization",
            "tight-frame-decomposition",
        ),
        on_exact_family(
            dimensionality_is_linear,
            {"slope 1/eigenvalue^2": partial(dimensionality_is_linear, power=2)},
        ),
        in_floats(slope_defect, {"slope off by 1/100": partial(slope_defect, factor=1.01)}),
    ),
)

RATIONAL_PLATEAUS = Claim(
    "rational-plateaus",
    "With equal norms in a cluster D is the rational number dimension / features",
    r"D_i = \frac{\dim E_k}{|C_k|} \quad (i \in C_k)",
    (_SATURATED, _CLUSTER, r"\|w_i\| = \|w_j\| \text{ for } i, j \in C_k"),
    f"{_IVANOV}, rational plateaus; observed by Elhage et al. 2022",
    ClaimKind.theorem,
    (
        derived(
            projective_linearity(),
            {
                "one more feature": projective_linearity(extra=1),
                "a cluster of another rank": projective_linearity().without("rank"),
            },
            "saturation-iff-localization",
            "tight-frame-decomposition",
        ),
        on_exact_family(
            plateau_is_rational, {"one more feature": partial(plateau_is_rational, excess=1)}
        ),
    ),
)

RANGE = Claim(
    "dimensionality-range",
    "D lies in [0, 1], and is 1 exactly for features orthogonal to all others",
    r"0 \le D_i \le 1; \qquad D_i = 1 \iff w_i \ne 0 \text{ and } \langle w_i, w_j\rangle = 0 "
    r"\text{ for all } j \ne i",
    (r"W \in \mathbf{R}^{m \times n}",),
    "Elhage et al. 2022, dimensionality of a feature",
    ClaimKind.theorem,
    (
        derived(
            range_of_D(),
            {
                "the other sign": range_of_D(sign=-1),
                "a feature that is not orthogonal": range_of_D().without("R* w = 0"),
            },
        ),
        on_exact_family(
            dimensionality_range, {"strictly below 1": partial(dimensionality_range, strict=True)}
        ),
        in_floats(range_excess, {"upper end 99/100": partial(range_excess, upper=0.99)}),
    ),
)

CLAIMS = (TIGHT_DECOMPOSITION, PROJECTIVE_LINEARITY, RATIONAL_PLATEAUS, RANGE)
