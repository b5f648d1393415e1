"""The adjacency algebra of a homogeneous coherent configuration, in O(r n + r^3) operations.

The colours A_0 = I, ..., A_{r-1} of an association scheme on n points span an algebra of dimension
r. Left multiplication by A(c) = sum_i c_i A_i has, in the basis A_j / sqrt(n k_j) that is
orthonormal for the trace inner product, the matrix

    T(c)_kj = sqrt(k_k / k_j) S(c)_kj,   S(c)_kj = sum_i c_i p_ij^k,

and S(c) takes one pass over n points for each colour. T(c) is Hermitian where c of the transposed
colour is the conjugate of c. Let c be random.

Commutative: each unit eigenvector u of T(c) is a primitive idempotent E_j / |E_j|, with

    m_j = n |u_0|^2,   Q_ij = m_j u_i / (sqrt(k_i) u_0),   P_ji = conj(Q_ij) k_i / m_j.

In general the algebra is a sum of full matrix algebras of degrees f with sum f^2 = r. Each
eigenvalue of T(c) on the summand of degree f has multiplicity f; n times the sum of |u_0|^2 over
its eigenspace is the multiplicity m of the summand in the n-dimensional space, sum f m = n.

References: Bannai and Ito 1984, chapter II; Higman 1975 for coherent algebras.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from ..toy_model.arguments import check_type, generator
from .closure import Closure, Indices, IntArray, representative_products, residues

Matrix = npt.NDArray[Any]

_ACCURATE = 1e-9
_DRAWS = 4


@dataclass(frozen=True, eq=False)
class Algebra:
    """The adjacency algebra of an association scheme, not necessarily commutative.

    Conventions: A_i = sum_j P[j, i] E_j and E_j = (1/n) sum_i Q[i, j] A_i, so that P Q = n I,
    P[0, i] = k_i and Q[0, j] = m_j. E_0 = J / n; the others are ordered by decreasing
    P[j, 1], then P[j, 2], ...

    Attributes
    ----------
    order, rank : int
        The number n of points and the number r <= n of colours.
    valencies : tuple of int
        k_i.
    transpose : tuple of int
        The colour of (y, x) where i is that of (x, y).
    symmetric, commutative, thin : bool
        Thin: all valencies are 1, so that the scheme is a regular permutation group.
    P, Q : ndarray, shape (r, r), or None
        Eigenmatrices, real where the scheme is symmetric; None where it is not commutative.
    irreducibles : tuple of (int, int)
        Degree and multiplicity of each irreducible representation, in the order of the idempotents
        where the scheme is commutative.
    error : float
        The largest distance of a computed multiplicity from an integer and of P Q / n from I.

    Examples
    --------
    >>> from superposition_numerics.recognition import adjacency_algebra, coherent_closure
    >>> square = coherent_closure([[0, 1, 2, 1], [1, 0, 1, 2], [2, 1, 0, 1], [1, 2, 1, 0]])
    >>> algebra = adjacency_algebra(square)
    >>> algebra.P.round(9) + 0.0
    array([[ 1.,  2.,  1.],
           [ 1.,  0., -1.],
           [ 1., -2.,  1.]])
    >>> algebra.multiplicities
    (1, 2, 1)
    """

    order: int
    rank: int
    valencies: tuple[int, ...]
    transpose: tuple[int, ...]
    symmetric: bool
    commutative: bool
    thin: bool
    P: Matrix | None
    Q: Matrix | None
    irreducibles: tuple[tuple[int, int], ...]
    error: float

    @property
    def multiplicities(self) -> tuple[int, ...]:
        """The multiplicity of each irreducible representation."""
        return tuple(multiplicity for _, multiplicity in self.irreducibles)


def adjacency_algebra(closure: Closure, *, rng: np.random.Generator | int = 0) -> Algebra:
    """Return valencies, eigenmatrices and irreducible degrees of a homogeneous configuration.

    Parameters
    ----------
    closure : Closure
        Stable, with one fibre.
    rng : numpy.random.Generator or int
        Source of the random elements of the algebra.

    Returns
    -------
    Algebra
        Commutativity is decided modulo 2**64 with random weights: an algebra that does not commute
        passes with probability below 2**-90 for n <= 2000; symmetric ones always commute.

    Raises
    ------
    InputError
        Not stable, or more than one fibre.

    Examples
    --------
    The cyclic group of order 3, whose eigenmatrix is its character table.

    >>> from superposition_numerics.recognition import adjacency_algebra, coherent_closure
    >>> algebra = adjacency_algebra(coherent_closure([[0, 1, 2], [2, 0, 1], [1, 2, 0]]))
    >>> algebra.symmetric, algebra.commutative, algebra.thin
    (False, True, True)
    >>> bool(abs(algebra.P[1, 1] ** 3 - 1) < 1e-12)
    True
    """
    check_type("closure", closure, Closure)
    if not closure.stable or not closure.homogeneous:
        found = f"{int(closure.fibres.max()) + 1} fibres" if closure.stable else "stable False"
        raise InputError(f"closure has {found}; accepted: a stable closure with one fibre")
    source = generator(rng)
    relation, n, r = closure.relation, closure.order, closure.rank
    # Every colour of a homogeneous configuration leaves the first point.
    columns = np.empty(r, np.intp)
    columns[relation[0, ::-1]] = np.arange(n)[::-1]
    valencies = np.bincount(relation[0], minlength=r)
    transpose = relation[columns, 0]
    symmetric = bool(np.array_equal(transpose, np.arange(r)))
    commutative = symmetric or _commutes(relation, columns, r, source)
    best: tuple[float, Matrix, tuple[tuple[int, int], ...]] | None = None
    for _ in range(_DRAWS):
        elements = _elements(relation, columns, valencies, transpose, source)
        eigenvalues, vectors = np.linalg.eigh(elements[0])
        if commutative:
            vectors = _polished(vectors, elements)
        attempt = _irreducibles(eigenvalues, vectors, n, commutative)
        if best is None or attempt[0] < best[0]:
            best = (attempt[0], vectors, attempt[1])
        if best[0] <= _ACCURATE:
            break
    assert best is not None
    error, vectors, irreducibles = best
    P = Q = None
    if commutative:
        P, Q, irreducibles = _eigenmatrices(vectors, valencies, irreducibles, symmetric)
        error = max(error, float(np.abs(P @ Q / n - np.eye(r)).max()))
    return Algebra(
        order=n,
        rank=r,
        valencies=tuple(valencies.tolist()),
        transpose=tuple(transpose.tolist()),
        symmetric=symmetric,
        commutative=commutative,
        thin=r == n,
        P=P,
        Q=Q,
        irreducibles=irreducibles,
        error=error,
    )


def _commutes(relation: IntArray, columns: Indices, r: int, source: np.random.Generator) -> bool:
    """Compare A(a) A(b) with A(b) A(a) modulo 2**64, twice.

    With the notation of the closure's test, a difference survives one comparison with probability
    at most 2**-t (t / 2 + 1).
    """
    rows = np.zeros_like(columns)
    for _ in range(2):
        a, b = residues(r, source), residues(r, source)
        left = representative_products(relation, rows, columns, a, b)
        if not np.array_equal(left, representative_products(relation, rows, columns, b, a)):
            return False
    return True


def _elements(
    relation: IntArray,
    columns: Indices,
    valencies: npt.NDArray[np.int64],
    transpose: IntArray,
    source: np.random.Generator,
) -> list[Matrix]:
    """Return T(c) for two random Hermitian elements."""
    r = columns.size
    roots = np.sqrt(valencies)
    bins = (np.arange(r)[:, None] * r + relation[:, columns].T).ravel()

    def summed(values: Matrix) -> Matrix:
        return np.bincount(bins, np.tile(values, r), r * r).reshape(r, r)

    elements = []
    for _ in range(2):
        c: Matrix = source.standard_normal(r) / roots
        if not np.array_equal(transpose, np.arange(r)):
            c = c + 1j * source.standard_normal(r) / roots
        S = summed(c.real[relation[0]])
        if np.iscomplexobj(c):
            S = S + 1j * summed(c.imag[relation[0]])
        T = S * (roots[:, None] / roots)
        elements.append((T + T.conj().T) / 2)
    return elements


def _polished(vectors: Matrix, elements: list[Matrix]) -> Matrix:
    """Improve common eigenvectors U = V (1 + e) of commuting Hermitian matrices to second order.

    U^* T U has the off-diagonal entries (theta_j - theta_k) e_jk. One matrix leaves e_jk uncertain
    where two of its eigenvalues are close; the least squares of two matrices do not.
    """
    numerator = np.zeros_like(vectors)
    denominator = np.eye(len(vectors))
    for T in elements:
        M = vectors.conj().T @ T @ vectors
        theta = M.diagonal().real
        differences = theta[:, None] - theta
        numerator += M * differences
        denominator += differences**2
    polished = vectors - vectors @ (numerator / denominator)
    return np.asarray(polished / np.sqrt((np.abs(polished) ** 2).sum(axis=0)))


def _irreducibles(
    eigenvalues: Matrix, vectors: Matrix, n: int, commutative: bool
) -> tuple[float, tuple[tuple[int, int], ...]]:
    """Return the error of the multiplicities, and (degree, multiplicity) of each irreducible."""
    weights = n * np.abs(vectors[0]) ** 2
    if commutative:
        rounded = np.maximum(np.rint(weights), 1)
        pairs = tuple((1, int(m)) for m in rounded)
        return float(np.abs(weights - rounded).max()), pairs
    scale = float(np.abs(eigenvalues).max())
    starts = np.flatnonzero(np.diff(eigenvalues, prepend=-np.inf) > 1e-8 * scale)
    degrees = np.diff(starts, append=eigenvalues.size)
    sums = np.add.reduceat(weights, starts)
    rounded = np.maximum(np.rint(sums), 1)
    counts = Counter(zip(degrees.tolist(), rounded.astype(int).tolist(), strict=True))
    pairs = tuple(
        pair for pair, count in sorted(counts.items()) for _ in range(math.ceil(count / pair[0]))
    )
    whole = sum(f * f for f, _ in pairs) == eigenvalues.size and sum(f * m for f, m in pairs) == n
    return (float(np.abs(sums - rounded).max()) if whole else math.inf), pairs


def _eigenmatrices(
    vectors: Matrix,
    valencies: npt.NDArray[np.int64],
    irreducibles: tuple[tuple[int, int], ...],
    symmetric: bool,
) -> tuple[Matrix, Matrix, tuple[tuple[int, int], ...]]:
    """Return P, Q and the irreducibles in the order of the idempotents."""
    multiplicities = np.array([m for _, m in irreducibles], dtype=float)
    Q = vectors / np.sqrt(valencies)[:, None] * (multiplicities / vectors[0])
    P = (Q.conj() * valencies[:, None]).T / multiplicities[:, None]
    trivial = int(np.abs(P - valencies).max(axis=1).argmin())
    # Rounding makes equal entries equal; a sort key is made of real and imaginary parts in turn.
    keys = np.round(P, 6) + 0.0
    parts = [keys.real] if symmetric else [keys.real, keys.imag]
    columns = np.stack(parts, axis=2).reshape(len(keys), -1)
    order = np.lexsort(-columns.T[::-1])
    order = np.concatenate([[trivial], order[order != trivial]])
    return P[order], Q[:, order], tuple(irreducibles[j] for j in order)
