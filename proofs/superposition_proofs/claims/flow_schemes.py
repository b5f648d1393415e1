"""Schemes along the flow: when the gradient stays in the adjacency algebra, and when it does not.

A permutation-invariant loss keeps the algebra of an association scheme that belongs to a group. The
population loss keeps that of every scheme, because each output depends on one row of M only.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import networkx as nx
import numpy as np
from superposition_numerics.flows import AdjacencyAlgebra
from superposition_numerics.matrices import FloatArray
from superposition_numerics.toy_model.population import gains_gradient
from superposition_theory.schemes import (
    AssociationScheme,
    CoherentConfiguration,
    complete,
    cyclic,
    distance_scheme,
    hamming,
)
from superposition_theory.toy_model import ReluModel
from sympy import Matrix, Rational

from superposition_proofs.ledger import (
    Claim,
    ClaimKind,
    Context,
    Evidence,
    Outcome,
    Reference,
    Status,
)

from .cases import Family, on_cases
from .flow_runs import BREAKING_RUNS, CONSERVED_RUNS

_ROUNDING = 1e-13  # of the gradient of pairs, relative


# ---------------------------------------------------------------- exact small configurations


@dataclass(frozen=True)
class Symmetric:
    """A model whose W, and so M, lies in the algebra of a coherent configuration.

    Parameters
    ----------
    configuration : CoherentConfiguration
    entries : tuple of Rational
        Of W = W^T, one for each colour; W is invertible, so that 2 W G determines G.
    biases, density : tuple of Rational
        One for each feature.
    """

    configuration: CoherentConfiguration
    entries: tuple[Any, ...]
    biases: tuple[Any, ...]
    density: tuple[Any, ...]

    def gradient(self) -> tuple[Any, tuple[Any, ...]]:
        """Return G and dL/db, exactly."""
        W = Matrix([[self.entries[c] for c in row] for row in self.configuration.relation])
        found = ReluModel(W.tolist(), list(self.biases)).gradient(list(self.density))
        return W.inv() * Matrix(found.weights) / 2, found.biases


def _homogeneous(scheme: AssociationScheme, *entries: Any, bias: Any, density: Any) -> Symmetric:
    """Return a model with one bias and one density."""
    n = scheme.order
    return Symmetric(scheme, tuple(map(Rational, entries)), (Rational(bias),) * n, (density,) * n)


def small_models(context: Context) -> Iterator[tuple[str, Symmetric]]:
    """Yield models with W in the algebra of a small configuration.

    Examples
    --------
    >>> from superposition_proofs.claims.flow_schemes import small_models
    >>> from superposition_proofs.ledger import Context, Level
    >>> len(list(small_models(Context(Level.quick, 0))))
    5
    """
    third, half = Rational(1, 3), Rational(1, 2)
    yield "K_3", _homogeneous(complete(3), "3/4", "-1/4", bias="1/10", density=third)
    yield "4-cycle", _homogeneous(cyclic(4), "3/4", "-1/8", "-1/3", bias="-1/10", density=third)
    yield "K_4", _homogeneous(complete(4), "2/3", "-1/5", bias="1/20", density=half)
    yield "5-cycle", _homogeneous(cyclic(5), "3/4", "1/5", "-1/3", bias="-1/10", density=third)
    yield "two fibres", two_fibres(half)


def two_fibres(last: Any) -> Symmetric:
    """Return two like features and a third: b and p differ between the fibres.

    Parameters
    ----------
    last : Rational
        The density of the third.

    Examples
    --------
    >>> from superposition_proofs.claims.flow_schemes import two_fibres
    >>> from sympy import Rational
    >>> two_fibres(Rational(1, 2)).configuration.rank
    5
    """
    configuration = CoherentConfiguration([[0, 2, 3], [2, 0, 3], [4, 4, 1]])
    entries = tuple(map(Rational, ("3/4", "1/2", "-1/4", "1/5", "1/5")))
    biases = tuple(map(Rational, ("1/10", "1/10", "-1/7")))
    return Symmetric(configuration, entries, biases, (Rational(1, 3), Rational(1, 3), last))


def stays_in_algebra(model: Symmetric) -> bool:
    """State that G is constant on colours, and dL/db on fibres."""
    G, slopes = model.gradient()
    relation = model.configuration.relation
    n = range(len(relation))
    colours: dict[int, set[Any]] = {}
    for x, y in itertools.product(n, n):
        colours.setdefault(relation[x][y], set()).add(G[x, y])
    fibres = ({slopes[x] for x in fibre} for fibre in model.configuration.fibres)
    return all(len(values) == 1 for values in (*colours.values(), *fibres))


def one_denser(context: Context) -> Iterator[tuple[str, Symmetric]]:
    """Yield a model of the triangle with one density that differs.

    Examples
    --------
    >>> from superposition_proofs.claims.flow_schemes import one_denser
    >>> from superposition_proofs.ledger import Context, Level
    >>> [name for name, _ in one_denser(Context(Level.quick, 0))]
    ['K_3 with one density']
    """
    third = Rational(1, 3)
    model = _homogeneous(complete(3), "3/4", "-1/4", bias="1/10", density=third)
    unlike = (third, third, Rational(1, 2))
    yield (
        "K_3 with one density",
        Symmetric(model.configuration, model.entries, model.biases, unlike),
    )


# ---------------------------------------------------------------- a scheme without a group


def shrikhande() -> AssociationScheme:
    """Return the scheme of the Shrikhande graph, strongly regular (16, 6, 2, 2).

    It has the parameters of the 4 x 4 rook's graph, H(2, 4), but no group has its relations as
    orbitals: non-adjacent vertices have two common neighbours, adjacent for some and not for
    others.

    Examples
    --------
    >>> from superposition_proofs.claims.flow_schemes import shrikhande
    >>> shrikhande().valencies
    (1, 6, 9)
    """
    steps = {(1, 0), (3, 0), (0, 1), (0, 3), (1, 1), (3, 3)}
    points = list(itertools.product(range(4), repeat=2))
    edges = [
        (4 * a + b, 4 * c + d)
        for (a, b), (c, d) in itertools.combinations(points, 2)
        if ((a - c) % 4, (b - d) % 4) in steps
    ]
    return distance_scheme(nx.Graph(edges))


def clique_gradient(gram: FloatArray) -> FloatArray:
    """Return the gradient of sum over i, j, k, l of the product of their six entries of M.

    The loss does not change under permutations of the features. Its gradient at (i, j) is 6 times
    the sum over k, l of the other five.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_proofs.claims.flow_schemes import clique_gradient
    >>> clique_gradient(np.ones((2, 2))).tolist()
    [[24.0, 24.0], [24.0, 24.0]]
    """
    both = np.einsum("ik,jk->ijk", gram, gram)
    return np.asarray(6 * np.einsum("ijk,ijl,kl->ij", both, both, gram))


def pair_gradient(gram: FloatArray) -> FloatArray:
    """Return G of T_2, the sum of the population loss over all pairs of active features.

    Each output sees one row of M, so that a pair and an output make a model of three features.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_proofs.claims.flow_schemes import pair_gradient
    >>> pair_gradient(np.eye(3)).shape
    (3, 3)
    """
    n = len(gram)
    slopes = np.zeros_like(gram)
    for j in range(n):
        others = [i for i in range(n) if i != j]
        pairs = np.array(list(itertools.combinations(others, 2)))
        rows = np.column_stack((np.full(len(pairs), gram[j, j]), gram[j, pairs]))
        found = _slopes_of_first_output(rows, active=0b110)
        np.add.at(slopes[j], pairs, found[:, 1:])
        rows = np.column_stack((np.full(n - 1, gram[j, j]), gram[j, others]))
        found = _slopes_of_first_output(rows, active=0b11)
        slopes[j, others] += found[:, 1]
        slopes[j, j] += found[:, 0].sum()
    return (slopes + slopes.T) / 2


def _slopes_of_first_output(rows: FloatArray, *, active: int) -> FloatArray:
    """Return the slopes in the gains of output 0, shape (batch, k), with these features active."""
    count, k = rows.shape
    gains = np.zeros((count, k, k))
    gains[:, 0] = rows
    law = np.zeros((count, 1 << k))
    law[:, active] = 1.0
    importances = np.zeros((count, k))
    importances[:, 0] = 1.0
    biases = np.full((count, k), -0.02)
    return gains_gradient(gains, biases, law, importances)[1][:, 0]


GradientLaw = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class OnShrikhande:
    """A gradient as a function of M, and whether it should lie in the algebra."""

    gradient: GradientLaw
    inside: bool = True


def check_on_shrikhande(subject: OnShrikhande, context: Context) -> Outcome:
    """Check the relative distance of G to the algebra, at M = I - 3/20 A + 1/20 (others).

    Examples
    --------
    >>> from superposition_proofs.claims.flow_schemes import OnShrikhande, check_on_shrikhande
    >>> from superposition_proofs.ledger import Context, Level
    >>> check_on_shrikhande(OnShrikhande(lambda M: M @ M), Context(Level.quick, 0)).holds
    True
    """
    scheme = shrikhande()
    gram = np.array([1.0, -0.15, 0.05])[np.array(scheme.relation)]
    residual = float(AdjacencyAlgebra(scheme).residual(subject.gradient(gram)))
    return Outcome(
        residual <= _ROUNDING, f"relative distance {residual:.2g}", 1 - residual / _ROUNDING
    )


# ---------------------------------------------------------------- losses that see four features


def clique_rates(scheme: AssociationScheme, *, level: int = 3) -> list[set[int]]:
    """Return the values of M' under the clique loss on every relation, at M = level I + A_1.

    Examples
    --------
    >>> from superposition_proofs.claims.flow_schemes import clique_rates, shrikhande
    >>> [sorted(values) for values in clique_rates(shrikhande())]
    [[-42120], [-21912], [-6144, -6096]]
    """
    relation = np.array(scheme.relation)
    gram = level * np.eye(scheme.order, dtype=np.int64) + (relation == 1)
    product = clique_gradient(gram) @ gram
    rates = -2 * (product + product.T)
    return [set(rates[relation == c].tolist()) for c in range(scheme.rank)]


def clique_leaves(case: tuple[AssociationScheme, bool], *, level: int = 3) -> bool:
    """State that level I + A_1 is positive definite, and whether M' leaves the algebra there."""
    scheme, leaves = case
    rates = clique_rates(scheme, level=level)
    relation = Matrix(scheme.relation)
    gram = relation.applyfunc(lambda c: level * (c == 0) + (c == 1))
    return bool(gram.is_positive_definite) and any(len(values) > 1 for values in rates) == leaves


def witnesses(context: Context) -> Iterator[tuple[str, tuple[AssociationScheme, bool]]]:
    """Yield the two schemes with the parameters (16, 6, 2, 2).

    Examples
    --------
    >>> from superposition_proofs.claims.flow_schemes import witnesses
    >>> from superposition_proofs.ledger import Context, Level
    >>> [name for name, _ in witnesses(Context(Level.quick, 0))]
    ['Shrikhande', '4 x 4 rook']
    """
    yield "Shrikhande", (shrikhande(), True)
    yield "4 x 4 rook", (hamming(2, 4), False)


def wrong_witness(context: Context) -> Iterator[tuple[str, tuple[AssociationScheme, bool]]]:
    """Yield the rook's graph as a witness, which it is not.

    Examples
    --------
    >>> from superposition_proofs.claims.flow_schemes import wrong_witness
    >>> from superposition_proofs.ledger import Context, Level
    >>> len(list(wrong_witness(Context(Level.quick, 0))))
    1
    """
    yield "4 x 4 rook", (hamming(2, 4), True)


# ---------------------------------------------------------------- claims

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
