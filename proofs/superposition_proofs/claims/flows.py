"""The flow of the Gram matrix, of its eigenvalues and projectors (Ivanov et al. 2026)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from superposition_theory import derivations
from sympy import Rational

from superposition_proofs.ledger import Claim, ClaimKind, Evidence

from .cases import Family, on_cases
from .checks import derived
from .flow_laws import (
    capacity_stands,
    dimensionality_error,
    dimensionality_moves,
    eigenvalue_error,
    exact_pairs,
    flows_agree,
    gradient_error,
    levels_move,
    power_sums_move,
    projector_error,
    projectors_move,
    projectors_stand,
    saturated_pairs,
    scheme_pairs,
)
from .flow_runs import FULL_TRAINING, REDUCED_RUNS
from .trials import Trials, in_trials

_IVANOV = "Ivanov et al. 2026, Spectral Superposition, arXiv 2602.02224, gradient flow"

_LOSS = r"L(W) = f(W^{\mathsf T} W),\ f \text{ differentiable},\ df = \operatorname{tr}(G\, dM)"
_FLOW = r"W' = -\partial L/\partial W,\ M = W^{\mathsf T} W,\ G = G^{\mathsf T}"
_BIAS = r"\text{also with a trained bias: } G = \partial f/\partial M \text{ at } (M, b)"


def _by_differences(law: Callable[..., float | None]) -> Evidence[Trials]:
    """Return evidence by central differences on random matrices."""
    return in_trials(
        law,
        {"half the rate": partial(law, factor=0.5), "the other sign": partial(law, factor=-1.0)},
        quick=20,
        full=400,
        name="central differences",
        description="Random W and G; relative error 1e-6 at the step 1e-6.",
    )


GRADIENT = Claim(
    "gradient-by-gram",
    "The gradient in W is 2 W G",
    r"\frac{\partial L}{\partial W} = 2\, W G",
    (_LOSS, r"G = G^{\mathsf T}", _BIAS),
    _IVANOV,
    ClaimKind.theorem,
    (
        derived(
            derivations.gradient_by_gram(),
            {
                "factor 1": derivations.gradient_by_gram(factor=1),
                "G is not symmetric": derivations.gradient_by_gram(symmetric=False),
            },
        ),
        in_trials(
            gradient_error,
            {"factor 1": partial(gradient_error, factor=1.0)},
            quick=20,
            full=400,
            name="population loss",
            description="G of the population loss beside central differences of the loss in W.",
        ),
    ),
)

GRAM_FLOW = Claim(
    "gram-and-frame-flow",
    "The Gram matrix and the frame operator have flows of their own",
    r"M' = -2 (G M + M G), \qquad F' = -4\, W G W^{\mathsf T}, \qquad "
    r"\frac{d}{dt} f(M) = -\|2 W G\|_F^2",
    (_LOSS, _FLOW, r"\text{the last for a fixed bias}"),
    _IVANOV,
    ClaimKind.theorem,
    (
        derived(
            derivations.gram_and_frame_flow(),
            {
                "factor 1 for M": derivations.gram_and_frame_flow(gram=1),
                "factor 2 for F": derivations.gram_and_frame_flow(frame=2),
            },
            "gradient-by-gram",
        ),
        on_cases(
            flows_agree,
            {
                "half of M'": partial(flows_agree, gram=Rational(1, 2)),
                "the other sign of F'": partial(flows_agree, frame=-1),
            },
            exact_pairs,
            description="The exact flows of M and F beside the product rule.",
        ),
        FULL_TRAINING,
    ),
)

RANGE = Claim(
    "gradient-flow-conserves-the-range",
    "The span of the features and the rank never change",
    r"S T = I,\quad W(t) = W(0)\, S(t); \qquad "
    r"\operatorname{range} W(t) = \operatorname{range} W(0)",
    (
        _FLOW,
        r"S' = -2 S G,\ T' = 2 G T,\ S(0) = T(0) = I \text{ along the given } G(t)",
        r"\text{such } S, T \text{ exist: } G(t) \text{ continuous, the equations linear}",
    ),
    "ours; the flow is that of Ivanov et al. 2026",
    ClaimKind.theorem,
    (
        derived(
            derivations.range_conserved(),
            {"T' = -2 G T": derivations.range_conserved(sign=-1)},
            "gradient-by-gram",
        ),
    ),
)

EIGENVALUES = Claim(
    "eigenvalue-flow",
    "Eigenvalues move at the rate -4 lambda v'Gv, and where d of them meet by the block of G",
    r"\operatorname{tr} B' = -4 \operatorname{tr}(B E^{\mathsf T} G E); \quad \allowbreak "
    r"B = \lambda I \implies B' = -4 \lambda\, E^{\mathsf T} G E; \quad \allowbreak "
    r"d = 1: \ \lambda' = -4 \lambda\, v^{\mathsf T} G v",
    (
        _FLOW,
        r"M E = E B,\ E^{\mathsf T} E = I_d, \ E \text{ differentiable}",
        r"d = 1: \ v = E, \text{ a unit eigenvector}",
        r"\text{Kato: such } E \text{ exist while the } d \text{ eigenvalues stay apart}",
    ),
    f"{_IVANOV}; Kato 1966: E exists, and eigenvalues that meet leave at those of B'",
    ClaimKind.theorem,
    (
        derived(
            derivations.eigenvalue_flow(),
            {
                "factor 2": derivations.eigenvalue_flow(factor=2),
                "not an invariant subspace": derivations.eigenvalue_flow().without("M E = E B"),
                "eigenvalues apart": derivations.eigenvalue_flow().without("B = lambda I"),
            },
            "gram-and-frame-flow",
        ),
        on_cases(
            power_sums_move,
            {
                "half the rate": partial(power_sums_move, factor=Rational(1, 2)),
                "the other sign": partial(power_sums_move, factor=-1),
            },
            exact_pairs,
            description="All power sums of the spectrum, repeated eigenvalues included.",
        ),
        _by_differences(eigenvalue_error),
    ),
)

PROJECTORS = Claim(
    "projector-flow",
    "Eigenspaces turn into one another through the blocks of G between them",
    r"P_k' = \sum_{l \ne k} \frac{P_k M' P_l + P_l M' P_k}{\lambda_k - \lambda_l} = "
    r"-2 \sum_{l \ne k} \frac{\lambda_k + \lambda_l}{\lambda_k - \lambda_l} "
    r"(P_k G P_l + P_l G P_k)",
    (
        _FLOW,
        r"M = \textstyle\sum_k \lambda_k P_k \text{ over distinct } \lambda_k, \text{ 0 included}",
        r"\text{the multiplicity of } \lambda_k \text{ is constant near this time}",
    ),
    f"{_IVANOV}; first equation: Kato 1966",
    ClaimKind.theorem,
    (
        derived(
            derivations.projector_flow(),
            {
                "the other sign": derivations.projector_flow(sign=-1),
                "a multiplicity that changes": derivations.projector_flow().without(
                    "derivative of M P = lambda P"
                ),
            },
            "gram-and-frame-flow",
        ),
        on_cases(
            projectors_move,
            {
                "half the rate": partial(projectors_move, factor=Rational(1, 2)),
                "the other sign": partial(projectors_move, factor=-1),
            },
            exact_pairs,
            description="P' solves the derivatives of P P = P and M P = lambda P.",
        ),
        _by_differences(projector_error),
    ),
)

FROZEN = Claim(
    "frozen-projectors",
    "Eigenspaces stand still as long as G commutes with M",
    r"G M = M G \implies P_k' = 0 \text{ for every } k",
    (_FLOW, r"\text{multiplicities are constant near this time}"),
    _IVANOV,
    ClaimKind.theorem,
    (
        derived(
            derivations.frozen_projectors(),
            {"G does not commute": derivations.frozen_projectors(commuting=False)},
            "projector-flow",
        ),
        on_cases(
            projectors_stand,
            {"one pair of entries more": partial(projectors_stand, extra=Rational(1, 100))},
            exact_pairs,
            description="G a quadratic polynomial in M; with one pair of entries more they turn.",
        ),
    ),
)

REDUCED = Claim(
    "reduced-flow-on-idempotents",
    "In a Bose-Mesner algebra the flow is one scalar equation for each idempotent",
    r"M = \sum_j \lambda_j E_j,\ G = \sum_j g_j E_j \implies \lambda_j' = -4 \lambda_j g_j",
    (_FLOW, r"E_j \text{ fixed, commuting projectors with } E_i E_j = 0 \text{ for } i \ne j"),
    _IVANOV,
    ClaimKind.theorem,
    (
        derived(
            derivations.reduced_flow(),
            {
                "factor 2": derivations.reduced_flow(factor=2),
                "G outside the algebra": derivations.reduced_flow().without("G E = g E"),
            },
            "gram-and-frame-flow",
        ),
        on_cases(
            levels_move,
            {"half the rate": partial(levels_move, factor=2)},
            scheme_pairs,
            description="The flow by intersection numbers, read off at the idempotents.",
        ),
        REDUCED_RUNS,
    ),
)

DIMENSIONALITY = Claim(
    "dimensionality-flow",
    "The rate of the fractional dimensionality",
    r"D_i' = 4 D_i\, \frac{(M G M)_{ii} + (M^2 G)_{ii}}{(M^2)_{ii}} - "
    r"8 D_i\, \frac{(M G)_{ii}}{M_{ii}}; \qquad \allowbreak "
    r"\textstyle\sum_{i \in c} D_i' = 0",
    (
        _FLOW,
        r"w_i \ne 0",
        r"c: \text{ all localized features of one eigenvalue,}",
        r"\text{orthogonal to the others, as at saturation every such } c \text{ is}",
    ),
    "ours; D by Elhage et al. 2022",
    ClaimKind.theorem,
    (
        derived(
            derivations.dimensionality_flow(),
            {
                "factor 2": derivations.dimensionality_flow(factor=2),
                "not localized": derivations.dimensionality_flow().without("M M e = lambda M e"),
                "not orthogonal": derivations.dimensionality_flow().without("M C = C M"),
            },
            "gram-and-frame-flow",
            "saturation-iff-localization",
        ),
        on_cases(
            dimensionality_moves,
            {"half the rate": partial(dimensionality_moves, factor=Rational(1, 2))},
            exact_pairs,
            description="The derivative of D along M + t M', a rational function of t.",
        ),
        on_cases(
            capacity_stands,
            {"not saturated": Family(capacity_stands, exact_pairs)},
            saturated_pairs,
            "saturation-iff-localization",
            name="saturated cases",
            description="The sum of the rates of D, for W of one eigenvalue and of several.",
        ),
        _by_differences(dimensionality_error),
    ),
)

CLAIMS = (
    GRADIENT,
    GRAM_FLOW,
    RANGE,
    EIGENVALUES,
    PROJECTORS,
    FROZEN,
    REDUCED,
    DIMENSIONALITY,
)
