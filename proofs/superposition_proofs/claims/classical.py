"""Classical facts of frame theory that the spectral theory stands beside."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from superposition_numerics.spectral import SpectralAnalysis, coherence, gram_matrix
from superposition_numerics.spectral.spectrum import UNIT_ROUNDOFF
from superposition_theory.derivations import (
    frame_potential,
    stieltjes_poles,
    symbol,
    welch_bound,
)
from superposition_theory.frames import Frame
from sympy import Rational, eye
from sympy.polys.matrices import DomainMatrix

from superposition_proofs.ledger import Claim, ClaimKind

from .checks import derived, in_floats, on_exact_family, relative_to
from .samples import Sample

# Points where the Stieltjes transform is compared: rational, and eigenvalues of no sample.
_POINTS = (Rational(-7, 3), Rational(-1, 11))


# ---------------------------------------------------------------- laws


def coherence_respects_welch(frame: Frame, *, factor: Any = 1) -> bool | None:
    """State n unit vectors in m dimensions have coherence^2 >= factor (n - m) / (m (n - 1))."""
    n, m = frame.features, frame.dimensions
    if n < 2 or len(frame.represented) < n:
        return None
    return bool(frame.coherence**2 * m * (n - 1) >= factor * (n - m))


def welch_shortfall(
    sample: Sample, analysis: SpectralAnalysis, *, factor: float = 1.0
) -> float | None:
    """Return how far the coherence falls below factor * Welch, relative to its rounding.

    Two norms and one inner product of m terms each: (2 m + 8) u.
    """
    n, m = analysis.features, analysis.dimensions
    if n <= m or analysis.represented < n:
        return None
    bound = factor * np.sqrt((n - m) / (m * (n - 1)))
    return float(bound - coherence(sample.W)) / ((2 * m + 8) * UNIT_ROUNDOFF)


def potential_respects_bound(frame: Frame, *, on_span: bool = False) -> bool | None:
    """State |M|_F^2 >= (tr M)^2 / m with equality iff W is tight; near miss: on its span."""
    if not frame.represented:
        return None
    gap = frame.frame_potential - frame.frame_potential_bound
    tight = frame.is_tight_on_span if on_span else frame.is_tight
    return bool(gap >= 0) and bool(gap.equals(0)) is tight


def potential_shortfall(
    sample: Sample, analysis: SpectralAnalysis, *, factor: float = 1.0
) -> float | None:
    """Return how far m |M|^2 / (tr M)^2 falls below factor, or is from 1 though F is tight.

    Both norms are those of the Gram matrix: inner products of m terms, then sums of n^2, so a
    relative error of (2 m + n^2 + 8) u. The excess of the ratio over 1 is the relative variance of
    the m eigenvalues: at most the square of their relative bound for a tight frame, and at least
    (1/10)^2 / (2 m) where the least and the largest are a factor 0.9 apart.
    """
    if analysis.rank == 0:
        return None
    gram = gram_matrix(np.ldexp(sample.W, -analysis.exponent))
    ratio = analysis.dimensions * float((gram**2).sum()) / float(np.trace(gram)) ** 2
    m, n = analysis.dimensions, analysis.features
    rounding = (2 * m + n**2 + 8) * UNIT_ROUNDOFF
    shortfall = (factor - ratio) / rounding
    lower, upper = analysis.frame_bounds_scaled
    if analysis.tight.value:
        spread = 2 * float(analysis.spectrum.eigenvalue_bounds.max()) / lower
        return max(shortfall, (ratio - 1) / (rounding + spread**2))
    clear = lower < 0.9 * upper
    return max(shortfall, relative_to(ratio - 1, 0.005 / m)) if clear else shortfall


def transform_is_resolvent_trace(frame: Frame, *, zero_pole: bool = True) -> bool | None:
    """State s(z) = tr (M - z I)^-1 / n at rational points, and residues that add up to -1."""
    n = frame.features
    if n == 0:
        return None
    transform = frame.stieltjes
    kernel = Rational(n - frame.rank, n)
    for z in _POINTS:
        shifted = DomainMatrix.from_Matrix(frame.gram - z * eye(n), extension=True)
        resolvent = shifted.to_field().inv().to_Matrix()
        value = transform.expression(z) + (0 if zero_pole else kernel / z)
        if not (value - resolvent.trace() / n).equals(0):
            return False
    return bool(sum(transform.poles.values()) == -1)


def transform_defect(sample: Sample, analysis: SpectralAnalysis, *, sign: int = 1) -> float | None:
    """Compare s(z) at a point beside the spectrum with a linear solve, relative to the error.

    |M - z| / dist(z, spectrum) is below 3, so the solve and the trace lose about 3 (m + 4 n) u; an
    eigenvalue merged into its mean changes s only to second order in its relative bound.
    """
    n = analysis.features
    if n == 0:
        return None
    # The transform scales: s of 2^-e W at z is 4^e s of W at 4^e z.
    gram = gram_matrix(np.ldexp(sample.W, -analysis.exponent))
    z = complex(-0.3, 0.7) * max(analysis.frame_bounds_scaled[1], 1e-3)
    direct = np.trace(np.linalg.inv(gram - z * np.eye(n))) / n
    values = analysis.grouping.eigenvalues
    poles = (analysis.grouping.multiplicities / (values - z)).sum()
    closed = (poles - sign * (n - analysis.rank) / z) / n
    top = analysis.frame_bounds_scaled[1] or 1.0
    relative = 2 * float(analysis.spectrum.eigenvalue_bounds.max(initial=0.0)) / top
    error = 3 * (analysis.dimensions + 4 * n) * UNIT_ROUNDOFF + 4 * relative**2
    return float(abs(closed - direct) / abs(direct) / error)


# ---------------------------------------------------------------- claims

FRAME_POTENTIAL = Claim(
    "frame-potential-bound",
    "Frame potential is least for tight frames",
    r"\|M\|_F^2 \ge \frac{(\operatorname{tr} M)^2}{m}, \quad "
    r"\text{with equality iff } F = \tfrac{\operatorname{tr} M}{m} I",
    (r"W \in \mathbf{R}^{m \times n},\ m \ge 1",),
    "Benedetto and Fickus 2003, Finite normalized tight frames",
    ClaimKind.theorem,
    (
        derived(
            frame_potential(),
            {
                "m squared in the bound": frame_potential(power=2),
                "not tight": frame_potential().without("F = (t/m) I"),
            },
        ),
        on_exact_family(
            potential_respects_bound,
            {"tight on the span is enough": partial(potential_respects_bound, on_span=True)},
        ),
        in_floats(potential_shortfall, {"1/100 more": partial(potential_shortfall, factor=1.01)}),
    ),
)

WELCH = Claim(
    "welch-bound",
    "The Welch bound on coherence",
    r"\max_{i \ne j} |\langle w_i, w_j \rangle| \ge \sqrt{\frac{n - m}{m (n - 1)}}",
    (r"\|w_i\| = 1", r"n \ge 2,\ n \ge m"),
    "Welch 1974, Lower bounds on the maximum cross correlation of signals",
    ClaimKind.theorem,
    (
        derived(
            welch_bound(),
            {
                "1/1000 more": welch_bound(excess=Rational(1, 1000)),
                "norms that are not 1": welch_bound().without("tr M = n"),
                "n^2 pairs in place of n (n - 1)": welch_bound(pairs=symbol("n") ** 2),
            },
        ),
        on_exact_family(
            coherence_respects_welch,
            {"1/100 more": partial(coherence_respects_welch, factor=Rational(101, 100))},
        ),
        in_floats(welch_shortfall, {"1/100 more": partial(welch_shortfall, factor=1.01)}),
    ),
)

STIELTJES = Claim(
    "stieltjes-poles",
    "Poles and residues of the Stieltjes transform of the Gram matrix",
    r"s(z) = \tfrac1n \operatorname{tr}(M - zI)^{-1} = \sum_k \frac{m_k / n}{\lambda_k - z} "
    r"- \frac{1 - r/n}{z}, \quad \operatorname{Res}_{\lambda_k} s = -\frac{m_k}{n}, "
    r"\quad \operatorname{Res}_0 s = -\frac{n - r}{n}",
    (
        r"n \ge 1",
        r"z \notin \{0, \lambda_1, \lambda_2, \dots\}",
        r"m_k = \dim E_k,\ r = \operatorname{rank} W",
    ),
    "Ivanov et al. 2026; classical",
    ClaimKind.theorem,
    (
        derived(
            stieltjes_poles(),
            {
                "the other sign": stieltjes_poles(sign=-1),
                "an eigenspace that M mixes with the rest": stieltjes_poles().without("N P_k"),
            },
        ),
        on_exact_family(
            transform_is_resolvent_trace,
            {"no pole at zero": partial(transform_is_resolvent_trace, zero_pole=False)},
        ),
        in_floats(
            transform_defect, {"pole at zero of the other sign": partial(transform_defect, sign=-1)}
        ),
    ),
)

CLAIMS = (FRAME_POTENTIAL, WELCH, STIELTJES)
