"""Schemes along the flow: when the gradient stays in the adjacency algebra, and when it does not.

A permutation-invariant loss keeps the algebra of an association scheme that belongs to a group. The
population loss keeps that of every scheme, because each output depends on one row of M only.
"""

from __future__ import annotations

from functools import partial

from superposition_proofs.ledger import Claim, ClaimKind, Evidence, Reference, Status

from .cases import Family, on_cases
from .flow_runs import BREAKING_RUNS, CONSERVED_RUNS
from .scheme_gradients import (
    OnShrikhande,
    check_on_shrikhande,
    clique_gradient,
    clique_leaves,
    one_denser,
    pair_gradient,
    small_models,
    stays_in_algebra,
    witnesses,
    wrong_witness,
)

SMALL = Claim(
    "population-gradient-in-the-algebra",
    "In five small models the gradient of the population loss is in the algebra of W",
    r"W \in \mathcal A \implies G \in \mathcal A, \quad "
    r"\partial L/\partial b \text{ constant on fibres}",
    (
        r"K_3, K_4, \text{ the 4- and the 5-cycle, 2 + 1 features in two fibres;}",
        r"\text{the rational } W, b, p \text{ of the evidence;}",
        r"W = W^{\mathsf T} \text{ invertible}",
    ),
    "ours",
    ClaimKind.theorem,
    (
        on_cases(
            stays_in_algebra,
            {"one density that differs": Family(stays_in_algebra, one_denser)},
            small_models,
            description="G and dL/db exactly, for models with W in the algebra and invertible.",
        ),
    ),
)

CONSERVED = Claim(
    "population-loss-conserves-schemes",
    "The flow of the toy model stays in the adjacency algebra of any scheme",
    r"M(0) \in \mathcal A \text{ and } b(0) \text{ constant on fibres} \implies "
    r"\text{the same for all } t",
    (
        r"\mathcal A \text{ the adjacency algebra of a coherent configuration,}",
        r"\text{such as the Bose-Mesner algebra of an association scheme}",
        r"\text{densities and importances constant on its fibres}",
        r"\text{features active independently}",
        r"\text{tied ReLU model; } (w_j(t), b_j(t)) \ne (0, 0) \text{ for all } j, t",
    ),
    "ours; Ivanov et al. 2026 for permutation-invariant losses and groups",
    ClaimKind.theorem,
    (
        Reference(
            Status.written,
            "Output j sees M through its own row: L = sum_j Phi(b_j, M_jj; (M_ji)_{i != j}), where "
            "Phi does not change when the others of one fibre are permuted. Let M and b be "
            "constant on colours and fibres. The row of j holds the colour c as often as the "
            "valency says, so dL/dM_ji depends on the fibre of j and on the colour of (j, i) only: "
            "on M_ji itself and on the multiset of the other entries. So G lies in the algebra, "
            "which is closed under products: the right sides -2 (G M + M G) and -dL/db are tangent "
            "to it. They are locally Lipschitz where no (w_j, b_j) vanishes, so that the solution "
            "is unique and stays. No group is needed. For one active feature dL/dM_ji is a "
            "function of M_ji alone.",
            uses=("gram-and-frame-flow",),
        ),
        Evidence(
            "a scheme without a group",
            Status.supported,
            check_on_shrikhande,
            OnShrikhande(pair_gradient),
            {"the clique loss": OnShrikhande(clique_gradient)},
            description="G of all pairs of active features at the scheme of the Shrikhande graph.",
        ),
        CONSERVED_RUNS,
    ),
)

CLIQUES = Claim(
    "invariant-losses-may-leave-a-scheme",
    "A permutation-invariant loss of M need not conserve a scheme without a group",
    r"f(M) = \textstyle\sum_{i,j,k,l} M_{ij} M_{ik} M_{il} M_{jk} M_{jl} M_{kl},\ "
    r"M = 3 I + A_1: \quad \allowbreak M' = -2 (G M + M G) \notin \mathcal A "
    r"\text{ for the Shrikhande graph,} \allowbreak \in \mathcal A \text{ for the rook's graph}",
    (
        r"A_1 \text{ the adjacency matrix, } \mathcal A \text{ the span of } I, A_1, J - I - A_1",
        r"G = \nabla f(M); \quad M \text{ positive definite, so that } M = W^{\mathsf T} W",
        r"\text{both strongly regular with parameters } (16, 6, 2, 2)",
    ),
    "ours; the graphs are Shrikhande 1959",
    ClaimKind.theorem,
    (
        on_cases(
            clique_leaves,
            {
                "the rook's graph as a witness": Family(clique_leaves, wrong_witness),
                "2 I + A_1, singular: M' stays though G leaves": partial(clique_leaves, level=2),
            },
            witnesses,
            "gram-and-frame-flow",
            description="M' in integers on every relation.",
        ),
    ),
)

BREAKING = Claim(
    "symmetry-breaks-at-the-rate-of-the-curvature",
    "Off an unstable symmetric point the distance to the algebra grows like exp(rate t)",
    r"\operatorname{dist}(M(t), \mathcal A) \sim e^{\rho t}, \qquad "
    r"\rho = -\min_{x \perp T}\frac{x^{\mathsf T} H x}{x^{\mathsf T} x} > 0",
    (
        r"(W, b) \text{ critical with } M \in \mathcal A,\ H \text{ the Hessian there}",
        r"\operatorname{rank} W = m \text{, the number of rows of } W",
        r"T: \text{ directions that keep } M \in \mathcal A,\ b \text{ symmetric at first order}",
        r"H \text{ continuous near the point; the flow conserves } \mathcal A",
        r"\text{start: a small step along a minimising } x,",
        r"\text{which moves } M \text{ off } \mathcal A \text{ at first order}",
    ),
    "standard linearisation; rates measured here",
    ClaimKind.theorem,
    (
        Reference(
            Status.written,
            "Where W has rank m, the matrices of rank m in the algebra are a manifold near M, "
            "and W -> W^T W is a submersion onto the matrices of rank m: the (W, b) with M in the "
            "algebra and b constant on fibres are a manifold with the tangent space T. The flow "
            "conserves it, so H maps T to itself and, being symmetric, its orthogonal complement "
            "too. There x' = -H x + o(x): a small x along an eigenvector of H grows like "
            "exp(rho t) as long as it is small, and dist(M, A) with it, being of first order in x. "
            "Where the rank is less, a direction in the kernel of W^T moves M at second order "
            "only: it is in T, and M may leave the algebra along it at another rate.",
            uses=("population-loss-conserves-schemes",),
        ),
        BREAKING_RUNS,
    ),
)

CLAIMS = (SMALL, CONSERVED, CLIQUES, BREAKING)
