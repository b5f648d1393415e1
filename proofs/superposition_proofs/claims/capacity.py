"""Capacity, its deficit, and localization (Ivanov et al. 2026)."""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
from superposition_numerics.spectral import (
    SpectralAnalysis,
    gram_dimensionality,
    spectral_measures,
)
from superposition_theory.derivations import (
    capacity_bound,
    deficit_identity,
    near_saturation,
    saturation_iff_localization,
)
from superposition_theory.frames import Frame
from sympy import Rational, Symbol

from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Outcome,
    Reference,
    Status,
)

from .checks import (
    check_exact_family,
    derived,
    in_floats,
    on_exact_family,
    relative_to,
    witness_of,
)
from .samples import Sample

_IVANOV = "Ivanov et al. 2026, Spectral Superposition, arXiv 2602.02224"
_LAMBDA = Symbol("lambda", positive=True)


# ---------------------------------------------------------------- laws


def capacity_within(frame: Frame, *, factor: Any = 1) -> bool:
    """State sum D_i <= factor * rank for an exact frame."""
    return bool(frame.capacity <= factor * frame.rank)


def capacity_excess(sample: Sample, analysis: SpectralAnalysis, *, factor: float = 1.0) -> float:
    """Return the excess of the capacity over factor * rank, relative to its error bound."""
    excess = analysis.capacity - factor * analysis.rank
    return relative_to(analysis.capacity_error, excess)


def deficit_is_sum(frame: Frame, *, power: int = 2) -> bool:
    """State the identity with (lambda - kappa)^2 / (lambda kappa^power), feature by feature."""
    total = Rational(0)
    for i in frame.represented:
        measure = frame.spectral_measure(i)
        integrand = (_LAMBDA - measure.mean) ** 2 / (_LAMBDA * measure.mean**power)
        total += frame.norms_squared[i] * measure.expectation(integrand)
    return bool((frame.rank - frame.capacity - total).equals(0))


def deficit_residual(sample: Sample, analysis: SpectralAnalysis, *, power: int = 2) -> float:
    """Return the residual of the identity from the full table p_ik, relative to its error bound."""
    table = analysis.feature_table
    measures = spectral_measures(sample.W, analysis)
    eigenvalues = analysis.grouping.eigenvalues[:, None]
    kappa = np.where(table.rayleigh_scaled > 0, table.rayleigh_scaled, 1.0)
    squares = (eigenvalues - kappa) ** 2 / (eigenvalues * kappa**power)
    right = float((table.norms_scaled**2 * (measures * squares).sum(axis=0)).sum())
    return relative_to(analysis.deficit_identity_bound, abs(analysis.deficit - right))


def saturated_iff_localized(frame: Frame, *, slack: Any = 0) -> bool:
    """State: capacity >= rank - slack iff M^2 e_i is parallel to M e_i for every feature.

    F w_i = kappa_i w_i lies in the range of W, on which W^T is one to one; hence W^T applied to it.
    """
    gram = frame.gram
    square = gram * gram
    localized = all(
        (square[:, i] * gram[i, i] - gram[:, i] * square[i, i])
        .applyfunc(lambda x: x.simplify())
        .is_zero_matrix
        for i in frame.represented
    )
    return bool(frame.capacity >= frame.rank - slack) == localized


def saturation_defect(sample: Sample, analysis: SpectralAnalysis, *, target: float = 1.0) -> float:
    """Return how far saturation and localization are from going together.

    Samples saturated by construction: all features localized, and the distance of the capacity
    from target * rank relative to its error bound. Others: the error bound relative to the deficit,
    where some feature is not localized.
    """
    if sample.saturated:
        if analysis.localized.value is not True:
            return np.inf
        return relative_to(analysis.capacity_error, abs(analysis.capacity - target * analysis.rank))
    if analysis.localized.value is not False:
        return 0.0
    return relative_to(analysis.deficit, analysis.capacity_error)


def deficit_dominates_variance(frame: Frame, *, largest: bool = True) -> bool | None:
    """State h_i - D_i >= |w_i|^2 Var / (lambda_max kappa_i^2); a near miss takes lambda_min."""
    if not frame.represented:
        return None
    extreme = frame.spectrum.largest if largest else frame.spectrum.smallest
    return all(
        bool(
            frame.leverage_scores[i] - frame.fractional_dimensionalities[i]
            >= frame.norms_squared[i] * m.variance / (extreme.value * m.mean**2)
        )
        for i in frame.represented
        for m in (frame.spectral_measure(i),)
    )


def deficit_bounds_delocalization(frame: Frame, *, factor: Any = 2) -> bool | None:
    """State 1 - max_k p_ik <= factor (h_i - D_i) / (rho D_i), given two or more eigenspaces."""
    values = [e.value for e in frame.spectrum]
    if len(values) < 2:
        return None
    rho = min((a - b) ** 2 / (a * b) for a, b in combinations(values, 2))
    for i in frame.represented:
        d = frame.fractional_dimensionalities[i]
        outside = 1 - max(atom.weight for atom in frame.spectral_measure(i).atoms)
        if not outside * rho * d <= factor * (frame.leverage_scores[i] - d):
            return False
    return True


def delocalization_excess(
    sample: Sample, analysis: SpectralAnalysis, *, factor: float = 2.0
) -> float | None:
    """Return the largest violation of the same bound in floats, relative to its error."""
    values = analysis.grouping.eigenvalues
    if len(values) < 2:
        return None
    ratio = values[:-1] / values[1:]
    rho = float(((ratio - 1) ** 2 / ratio).min())
    table = analysis.feature_table
    d = gram_dimensionality(sample.W)
    excess = table.off_projection * rho * d - factor * (table.leverage - d)
    error = analysis.deficit_identity_bound + analysis.capacity_error
    return float(excess.max()) / error


def witness_is_not_saturated(shapes: tuple[tuple[int, int], ...], context: Context) -> Outcome:
    """Decide for each shape (m, n) whether W = [e_1, e_1 + e_2, 0, ...] is not saturated."""
    for m, n in shapes:
        entries = [[0] * n for _ in range(m)]
        entries[0][0] = 1
        if n > 1:
            entries[0][1] = 1
        if n > 1 and m > 1:
            entries[1][1] = 1
        frame = Frame(entries)
        if frame.is_saturated:
            reason = f"the witness of shape {(m, n)} is saturated"
            return Outcome(False, reason, cases=len(shapes), witness=witness_of(str((m, n)), frame))
    return Outcome(True, "not saturated", cases=len(shapes), effective=len(shapes))


def generic_deficit(
    sample: Sample, analysis: SpectralAnalysis, *, least: float = 0.0
) -> float | None:
    """For generic samples: least or the error of the capacity, relative to the deficit."""
    if not sample.name.startswith("generic") or min(sample.W.shape) < 2:
        return None
    deficit = analysis.rank - float(gram_dimensionality(sample.W).sum())
    return relative_to(deficit, max(least, analysis.capacity_error))


# ---------------------------------------------------------------- claims

CAPACITY_BOUND = Claim(
    "capacity-bound",
    "Capacity is at most the rank",
    r"\sum_{i=1}^n D_i \le \operatorname{rank} W \le m, \qquad "
    r"D_i = \frac{\|w_i\|^4}{w_i^{\mathsf T} F w_i}\ (D_i = 0 \text{ if } w_i = 0)",
    (r"W \in \mathbf{R}^{m \times n}",),
    f"{_IVANOV}, capacity bound",
    ClaimKind.theorem,
    (
        derived(
            capacity_bound(),
            {
                "D with the power 3": capacity_bound(exponent=3),
                "no inverse of V V*": capacity_bound().without("B inverts VV*"),
                "a zero column that is not zero": capacity_bound().without("w = 0"),
            },
        ),
        on_exact_family(
            capacity_within,
            {"one per cent less": partial(capacity_within, factor=Rational(99, 100))},
        ),
        in_floats(capacity_excess, {"one per cent less": partial(capacity_excess, factor=0.99)}),
    ),
)

DEFICIT_IDENTITY = Claim(
    "deficit-identity",
    "The deficit of capacity is a sum of squares",
    r"\operatorname{rank} W - \sum_i D_i = \sum_i \|w_i\|^2\, \operatorname{E}_{\mu_i}\!\left["
    r"\frac{(\lambda - \kappa_i)^2}{\lambda \kappa_i^2}\right] \ge 0",
    (r"W \in \mathbf{R}^{m \times n}", r"\text{sums over } w_i \ne 0"),
    "ours; sharpens the capacity bound of Ivanov et al. 2026",
    ClaimKind.theorem,
    (
        derived(
            deficit_identity(),
            {
                "first power of the deviation": deficit_identity(exponent=1),
                "kappa is not the mean": deficit_identity().without("E[lambda] = kappa"),
                "projections that are not orthogonal": deficit_identity().without("P_k P_l"),
            },
            "capacity-bound",
        ),
        on_exact_family(deficit_is_sum, {"first power of kappa": partial(deficit_is_sum, power=1)}),
        in_floats(deficit_residual, {"first power of kappa": partial(deficit_residual, power=1)}),
    ),
)

SATURATION = Claim(
    "saturation-iff-localization",
    "Capacity is saturated iff every feature lies in one eigenspace",
    r"\sum_i D_i = \operatorname{rank} W \iff F w_i = \kappa_i w_i \text{ for every } w_i \ne 0",
    (r"W \in \mathbf{R}^{m \times n}",),
    f"{_IVANOV}, saturation and localization",
    ClaimKind.theorem,
    (
        derived(
            saturation_iff_localization(),
            {
                "twice the eigenvalue": saturation_iff_localization(eigenvalue_factor=2),
                "not an eigenvector": saturation_iff_localization().without("eigenvector"),
                "a gap that is not zero": saturation_iff_localization().without("gap is zero"),
            },
        ),
        on_exact_family(
            saturated_iff_localized,
            {"within half a dimension": partial(saturated_iff_localized, slack=Rational(1, 2))},
        ),
        in_floats(
            saturation_defect, {"one per cent less": partial(saturation_defect, target=0.99)}
        ),
    ),
)

NEAR_SATURATION = Claim(
    "near-saturation-near-localization",
    "Near saturation forces near localization",
    r"h_i - D_i \ge \frac{\|w_i\|^2 \operatorname{Var}_{\mu_i}(\lambda)}"
    r"{\lambda_{\max} \kappa_i^2},"
    r"\qquad 1 - \max_k p_{ik} \le \frac{2 (h_i - D_i)}{\rho\, D_i},\qquad"
    r"\rho = \min_{k \ne l} \frac{(\lambda_k - \lambda_l)^2}{\lambda_k \lambda_l}",
    (
        r"w_i \ne 0; \text{ for the second, } F \text{ has two or more positive eigenvalues}",
        r"h_i = w_i^{\mathsf T} F^{+} w_i, \text{ so } \sum_i (h_i - D_i) \text{ is the deficit}",
    ),
    "ours; a stable form of the saturation theorem of Ivanov et al. 2026",
    ClaimKind.theorem,
    (
        derived(
            near_saturation(),
            {
                "factor 1 in place of 2": near_saturation(factor=1),
                "lambda_min in place of lambda_max": near_saturation(use_smallest=True),
            },
            "capacity-bound",
            "deficit-identity",
        ),
        on_exact_family(
            deficit_dominates_variance,
            {
                "lambda_min in place of lambda_max": partial(
                    deficit_dominates_variance, largest=False
                )
            },
        ),
        Evidence(
            "exact family, second inequality",
            Status.checked,
            check_exact_family,
            deficit_bounds_delocalization,
            {
                "factor 199/100: attained by (1, 0) among (1, 0), (0, 1), (1, 1)": partial(
                    deficit_bounds_delocalization, factor=Rational(199, 100)
                )
            },
        ),
        in_floats(
            delocalization_excess,
            {"factor 1 in place of 2": partial(delocalization_excess, factor=1.0)},
        ),
    ),
)

GENERIC = Claim(
    "generic-frames-do-not-saturate",
    "Almost no matrix saturates its capacity",
    r"\{W \in \mathbf{R}^{m \times n} : \textstyle\sum_i D_i = \operatorname{rank} W\}"
    r"\text{ has Lebesgue measure } 0",
    (r"m \ge 2,\ n \ge 2",),
    "ours",
    ClaimKind.theorem,
    (
        Reference(
            Status.written,
            "By saturation-iff-localization the set lies in the common zeros of the polynomials "
            "w_i^T w_i (F w_i)_a (w_i)_b - w_i^T w_i (F w_i)_b (w_i)_a. They are not all the zero "
            "polynomial, since W = [e_1, e_1 + e_2, 0, ...] is not saturated, and the zero set of "
            "a nonzero polynomial has measure zero.",
            uses=("saturation-iff-localization",),
        ),
        Evidence(
            "witness for each shape",
            Status.supported,
            witness_is_not_saturated,
            tuple((m, n) for m in range(2, 7) for n in range(2, 9)),
            {"one dimension": ((1, 3),), "one feature": ((3, 1),)},
            uses=("saturation-iff-localization",),
            description="Exact; supports the one step of the written proof that is a computation.",
        ),
        in_floats(generic_deficit, {"deficit at least 1": partial(generic_deficit, least=1.0)}),
    ),
)

CLAIMS = (CAPACITY_BOUND, DEFICIT_IDENTITY, SATURATION, NEAR_SATURATION, GENERIC)
