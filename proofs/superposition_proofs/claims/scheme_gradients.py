"""Where the gradient of a loss lies: in the adjacency algebra of a scheme, or outside."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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

from superposition_proofs.ledger import Context, Outcome

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
    >>> from superposition_proofs.claims.scheme_gradients import small_models
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
    >>> from superposition_proofs.claims.scheme_gradients import two_fibres
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
    >>> from superposition_proofs.claims.scheme_gradients import one_denser
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
    >>> from superposition_proofs.claims.scheme_gradients import shrikhande
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
    >>> from superposition_proofs.claims.scheme_gradients import clique_gradient
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
    >>> from superposition_proofs.claims.scheme_gradients import pair_gradient
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
    >>> from superposition_proofs.claims.scheme_gradients import OnShrikhande, check_on_shrikhande
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
    >>> from superposition_proofs.claims.scheme_gradients import clique_rates, shrikhande
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
    >>> from superposition_proofs.claims.scheme_gradients import witnesses
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
    >>> from superposition_proofs.claims.scheme_gradients import wrong_witness
    >>> from superposition_proofs.ledger import Context, Level
    >>> len(list(wrong_witness(Context(Level.quick, 0))))
    1
    """
    yield "4 x 4 rook", (hamming(2, 4), True)
