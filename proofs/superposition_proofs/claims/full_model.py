"""The pentagon in the full model: every density up to 7/5000, and where it must end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from superposition_numerics.certify import Enclosure
from superposition_numerics.matrices import FloatArray
from superposition_numerics.toy_model.moments import support_losses
from superposition_theory import InputError
from superposition_theory.phases import DENSITY
from sympy import Expr, symbols

from superposition_proofs.certificates.full_model.crossover import pentagon_pairs_crossover
from superposition_proofs.certificates.full_model.losses import FEATURES, SIZES, Weights
from superposition_proofs.certificates.full_model.theorem import (
    ANGLES,
    NORMS,
    THRESHOLDS,
    SeveralActive,
    full_model_theorem,
    several_active,
)
from superposition_proofs.certificates.full_model.theorem import DENSITY as LARGEST
from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Level,
    Outcome,
    Reference,
    Status,
)

from .algebra import Identity, Steps, by_algebra, replaced
from .certified import by_certificate, constant_moved, decided_anew, leaf_dropped, left_out_widened
from .full_model_algebra import REDUCTION
from .trials import in_trials

_SOURCE = "proofs/pentagon/full_model.tex"
_REGISTRY = "ours; Math for AI Safety registry, problems O40 and O47 (part 1)"
_MODEL = (
    r"n = 5,\ m = 2,\ \text{all importances } 1",
    r"\text{each feature active with probability } p, \text{ uniform on } [0, 1]",
)

# ---- the loss by supports ------------------------------------------------------------------------

_T = symbols(f"T0:{FEATURES + 1}")


def _normalised(power: int) -> Expr:
    """Return L/(p (1 - p)^4) for L = sum_k p^k (1 - p)^(5 - k) T_k, less the stated sum."""
    p = DENSITY
    ratio = p / (1 - p)
    loss = sum(p**k * (1 - p) ** (FEATURES - k) * term for k, term in enumerate(_T))
    stated = _T[1] + _T[0] / ratio + sum(ratio ** (k - power) * _T[k] for k in SIZES)
    return loss / (p * (1 - p) ** 4) - stated


_SUPPORTS: Steps = (Identity("L / (p (1 - p)^4)", partial(_normalised, 1), 0),)

SUPPORTS = Claim(
    "full-loss-near-the-sparse-limit",
    "The loss at density p is that of the sparse limit and terms that vanish with p",
    r"\frac{L_p}{p (1 - p)^4} = T_1 + \frac{T_0}\rho + \sum_{k=2}^5 \rho^{k-1} T_k, "
    r"\quad \rho = \frac p{1 - p}, \ T_0 = \sum_j (b_j)_+^2, \ T_1 = 5 L_1",
    (*_MODEL, r"T_k: \text{ the sum of the losses over supports of } k \text{ features}"),
    "ours",
    ClaimKind.theorem,
    (
        by_algebra(
            _SUPPORTS,
            {
                "a power of rho too many": replaced(
                    _SUPPORTS, "L / (p (1 - p)^4)", derived=partial(_normalised, 0)
                )
            },
            "population-loss",
        ),
    ),
)

# ---- curvature -----------------------------------------------------------------------------------

_STEP = 2e-3  # of second differences; the third derivatives are of order 10, beside weights of 40
_COLUMNS = 3 * FEATURES


def _basis() -> FloatArray:
    """Return an orthonormal basis of the directions with sum dtheta = 0, shape (15, 14)."""
    turn = np.r_[np.zeros(2 * FEATURES), np.ones(FEATURES)] / np.sqrt(FEATURES)
    full, _ = np.linalg.qr(np.column_stack([turn, np.eye(_COLUMNS)]))
    return np.asarray(full[:, 1:])


def several_losses(points: FloatArray, ratio: float) -> FloatArray:
    """Return R = sum_{k>=2} rho^(k-1) T_k at points (s, t, theta), shape (points, 15).

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_proofs.claims.full_model import several_losses
    >>> best = np.r_[np.full(5, 0.314793), np.full(5, 0.20606), np.full(5, 2 * np.pi / 5)]
    >>> round(float(several_losses(best[None], 1e-9)[0]) * 1e9, 4)
    2.4512
    """
    s, t, theta = np.split(points, 3, axis=1)
    angles = np.concatenate([np.zeros((len(s), 1)), np.cumsum(theta[:, :-1], axis=1)], axis=1)
    lengths = np.exp(s / 2)
    cosines = np.cos(angles[:, :, None] - angles[:, None, :])
    gram = lengths[:, :, None] * lengths[:, None, :] * cosines
    size = np.array([mask.bit_count() for mask in range(1 << FEATURES)])
    weights = np.where(size >= SIZES[0], ratio ** (size - 1.0), 0.0)
    totals = np.empty(len(s))
    for part, losses in support_losses(gram, -t * np.exp(s)):
        totals[part] = np.einsum("k,kjn->n", weights, losses)
    return totals


def bending(rng: np.random.Generator, *, factor: float = 1.0) -> float:
    """Return how much of the weights the Hessian of R needs, at a point of the box.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_proofs.claims.full_model import bending
    >>> 0 < bending(np.random.default_rng(0)) < 1
    True
    """
    several = several_active()
    sides = ([np.log(float(end)) for end in NORMS], THRESHOLDS, ANGLES)
    point = np.concatenate([rng.choice([float(low), float(high)], FEATURES) for low, high in sides])
    point[-FEATURES:] += (2 * np.pi - point[-FEATURES:].sum()) / FEATURES
    basis = _basis()
    size = basis.shape[1]
    first, second = np.triu_indices(size)
    moves = [
        _STEP * (one * basis[:, first] + two * basis[:, second])
        for one, two in ((1, 1), (-1, -1), (1, -1), (-1, 1))
    ]
    values = several_losses(point + np.concatenate(moves, axis=1).T, float(several.ratio))
    near, opposite, left, right = np.split(values, 4)
    hessian = np.zeros((size, size))
    hessian[first, second] = (near + opposite - left - right) / (4 * _STEP**2)
    hessian += np.triu(hessian, 1).T
    weights = factor * np.repeat([float(w) for w in several.weights], FEATURES)
    metric = np.linalg.cholesky(basis.T @ (weights[:, None] * basis))
    inverse = np.linalg.inv(metric)
    return float(-np.linalg.eigvalsh(inverse @ hessian @ inverse.T)[0])


CURVATURE = Claim(
    "several-active-features-bend-little",
    "The loss of several active features is nearly convex around the pentagon",
    r"\sum_{k=2}^5 \rho^{k-1} T_k + \tfrac12 W_s |s|^2 + \tfrac12 W_t |t|^2 "
    r"+ \tfrac12 W_\theta |\theta|^2 \text{ is convex for } \rho \le \tfrac{7}{4993}",
    (
        r"W: \text{ the rational weights of the source}",
        r"s_j = \ln a_j,\ t_j = -b_j/a_j,\ \theta_j: \text{ angles of neighbours}",
        r"\tfrac{285}{256} \le a_j \le \tfrac{109}{64},\ \tfrac{25}{256} \le t_j \le \tfrac5{16}",
        r"\tfrac{137}{128} \le \theta_j \le \tfrac{93}{64},\ \textstyle\sum_j \theta_j = 2\pi",
    ),
    "ours",
    ClaimKind.theorem,
    (
        Reference(
            Status.written,
            "The second derivative of the loss of an output along a line, in each x, is a square, "
            "a term with the second derivative of its preactivation, and one at its zero.",
            _SOURCE,
            ("full-model-by-quadratics",),
        ),
        in_trials(
            bending,
            {"a thousandth of the weights": partial(bending, factor=0.001)},
            quick=2,
            full=20,
            description="Hessians by second differences of the float loss, at corners of the box.",
        ),
    ),
)

# ---- the certificate -----------------------------------------------------------------------------

Change = Callable[[SeveralActive], SeveralActive]


def unchanged(several: SeveralActive) -> SeveralActive:
    """Return what several active features add, as it is."""
    return several


def scaled(several: SeveralActive, *, factor: int, fields: tuple[str, ...]) -> SeveralActive:
    """Return what several active features add with enclosures in it multiplied."""
    changes: dict[str, Any] = {}
    for name in fields:
        value = getattr(several, name)
        changes[name] = Enclosure(*sorted((factor * value.lower, factor * value.upper)))
    return replace(several, **changes)


def more_curved(several: SeveralActive) -> SeveralActive:
    """Return what several active features add with twice the weights."""
    return replace(several, weights=Weights(*(2 * weight for weight in several.weights)))


@dataclass(frozen=True)
class Anew:
    """The branch and bound for densities up to p0, with what several active features add changed.

    Attributes
    ----------
    density : Fraction
        p0.
    change : callable
        SeveralActive -> SeveralActive.
    """

    density: Fraction = LARGEST
    change: Change = unchanged


def is_decided(anew: Anew, context: Context) -> Outcome:
    """Decide all conditions and questions.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from superposition_proofs.claims.full_model import Anew, is_decided
    >>> from superposition_proofs.ledger import Context, Level
    >>> is_decided(Anew(Fraction(1, 10)), Context(Level.quick, 0)).holds
    False
    """
    theorem = full_model_theorem(anew.density, anew.change(several_active(anew.density)))
    return decided_anew(theorem, most_boxes=20_000)


_REDUCTIONS = ("two-variables-are-enough", "full-model-by-quadratics")

LOCAL = Claim(
    "full-model-near-the-pentagon",
    "At small densities minimisers lie where the loss is convex enough",
    r"\Gamma \le 2E \Rightarrow \theta \in V_\theta, \quad \Gamma \le E \Rightarrow "
    r"(a, t) \in V_a \times V_t, \quad \allowbreak "
    r"\Psi > 9\eta \text{ on } V \setminus N, \quad \allowbreak "
    r"\nabla^2 (D + 2C) > \operatorname{diag}(W_s, W_t, 2 W_\theta) + l \text{ on } N",
    (
        r"\rho \le \tfrac7{4993},\ E = \sum_k \rho^{k-1} T_k \text{ at the best pentagon}",
        r"V: \text{ the box of the weights } W;\ N \subset V \text{ around the pentagon}",
        r"\nabla^2 \text{ in } (\ln a, t, \theta);\ l: \text{ a form in } (\ln a, t)",
        r"\Psi = \Gamma + r d - \tfrac12 W_s d_s^2 - \tfrac12 W_t d_t^2 - W_\theta d_\theta^2",
        r"r: \text{ slopes of } R \text{ at the best pentagon},\ -\eta = \min(\tfrac12 l + r)",
    ),
    "ours",
    ClaimKind.theorem,
    (
        by_certificate(
            "full-model",
            {
                "T_2 off by 1e-9": constant_moved("T_2", Fraction(1, 10**9)),
                "the excess of half the density": constant_moved("E", Fraction(-1, 2)),
                "a leaf dropped": leaf_dropped("angle"),
                "more left out": left_out_widened("angle"),
            },
            *_REDUCTIONS,
        ),
        Evidence(
            "branch and bound",
            Status.certified,
            is_decided,
            Anew(),
            {
                "ten times the density": Anew(10 * LARGEST),
                "three times the excess": Anew(
                    change=partial(scaled, factor=3, fields=("excess",))
                ),
                "four times the slopes": Anew(
                    change=partial(scaled, factor=4, fields=("norm_slope", "threshold_slope"))
                ),
                "twice the curvature": Anew(change=more_curved),
            },
            _REDUCTIONS,
            Level.full,
            description="Outward-rounded floats; with wrong constants it must not succeed.",
        ),
    ),
)

# ---- the theorem ---------------------------------------------------------------------------------

PENTAGON = Claim(
    "full-model-pentagon",
    "At every small density the minimisers of the full model are one orbit of a regular pentagon",
    r"0 < p \le \tfrac{7}{5000} = 0.0014: \quad \operatorname*{arg\,min}_{W, b} L_p "
    r"= \{(W, b): g_{\tau(i)\tau(j)} = a \cos\tfrac{2\pi(i - j)}5, \ b_j = \beta, "
    r"\ \tau \in \Sigma_5\}, \quad \allowbreak a = a(p) > 0,\ \beta = \beta(p) < 0",
    (*_MODEL, r"W \in \mathbf R^{2 \times 5},\ b \in \mathbf R^5,\ g = W^{\mathsf T} W"),
    _REGISTRY,
    ClaimKind.theorem,
    (
        Reference(
            Status.written,
            "A minimiser lies where the localisation says, up to symmetry. There the loss of one "
            "active feature grows faster, away from the average over the symmetries of the "
            "pentagon, than that of several can fall; and the average is a regular pentagon, on "
            "which the loss is strictly convex.",
            _SOURCE,
            (
                "full-loss-near-the-sparse-limit",
                "one-active-loss-by-pairs",
                "parallel-columns-cost-a-sixth",
                "neighbours-symmetrise",
                "two-variable-inequality",
                "several-active-features-bend-little",
                "full-model-near-the-pentagon",
            ),
        ),
    ),
)

# ---- the upper limit -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Stated:
    """Decimals of the density at which the pentagon and pairs have equal loss.

    Attributes
    ----------
    density : str
        Truncated.
    """

    density: str


def is_enclosed(stated: Stated, context: Context) -> Outcome:
    """Decide whether Krawczyk's test encloses the crossover, with these decimals."""
    count = len(stated.density.partition(".")[2])
    try:
        found = pentagon_pairs_crossover(digits=30)
        decimals = found.density.digits(count)
    except InputError as error:
        return Outcome(False, str(error), cases=1, effective=1)
    holds = decimals == stated.density and found.gain.lower > 0
    reason = f"p = {decimals}..., beyond which the loss of the pairs is smaller"
    return Outcome(holds, reason if holds else f"p = {decimals}...", cases=1, effective=1)


_CROSSOVER = "0.22487544936365838780"

CROSSOVER = Claim(
    "pentagon-pairs-crossover",
    "Where two antipodal pairs and a dropped feature overtake the regular pentagon",
    rf"L_p(\text{{pentagon}}) = L_p(\text{{2 pairs}}) \text{{ at }} p = {_CROSSOVER}\ldots, "
    r"\quad \frac{d}{dp} \bigl( L_p(\text{pentagon}) - L_p(\text{2 pairs}) \bigr) > 0",
    (
        *_MODEL,
        r"\text{both stationary; the pairs orthogonal,}",
        r"\text{the fifth feature dropped with the bias } p/2",
    ),
    "ours",
    ClaimKind.theorem,
    (
        Evidence(
            "interval Newton",
            Status.certified,
            is_enclosed,
            Stated(_CROSSOVER),
            {
                "the last decimal": Stated("0.22487544936365838781"),
                "rounded, not truncated": Stated("0.22487544936366"),
            },
            ("population-loss",),
            description="Krawczyk's test in balls for five equations in five unknowns.",
        ),
    ),
)

CLAIMS = (SUPPORTS, REDUCTION, CURVATURE, LOCAL, PENTAGON, CROSSOVER)
