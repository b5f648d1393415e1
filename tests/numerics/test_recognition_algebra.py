"""Adjacency algebras: eigenmatrices against closed forms, characters against counted triangles."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations, permutations, product

import numpy as np
import numpy.typing as npt
import pytest
from superposition_numerics.recognition import Algebra, adjacency_algebra, coherent_closure
from superposition_theory import InputError

Relation = npt.NDArray[np.int64]


def cyclic_distance(n: int) -> Relation:
    difference = (np.arange(n)[:, None] - np.arange(n)) % n
    return np.asarray(np.minimum(difference, n - difference))


def hamming_distance(d: int, q: int) -> Relation:
    words = np.array(list(product(range(q), repeat=d)))
    return np.asarray((words[:, None] != words).sum(axis=2))


def johnson_distance(v: int, k: int) -> Relation:
    subsets = [set(s) for s in combinations(range(v), k)]
    return np.array([[k - len(a & b) for b in subsets] for a in subsets])


def group(elements: list[tuple[int, ...]]) -> Relation:
    """Return the quotient x^-1 y of permutations as a number: a thin scheme."""
    position = {g: i for i, g in enumerate(elements)}

    def quotient(g: tuple[int, ...], h: tuple[int, ...]) -> int:
        inverse = sorted(range(len(g)), key=lambda i: g[i])
        return position[tuple(inverse[h[i]] for i in range(len(g)))]

    return np.array([[quotient(g, h) for h in elements] for g in elements])


SYMMETRIC_GROUP = list(permutations(range(4)))


def algebra_of(relation: Relation, rng: int = 0) -> tuple[Algebra, Relation]:
    closure = coherent_closure(relation)
    return adjacency_algebra(closure, rng=rng), closure.relation.astype(np.int64)


def rows_by(values: npt.NDArray[np.float64]) -> list[tuple[float, ...]]:
    return sorted(tuple(row) for row in np.round(values, 8) + 0.0)


def krawtchouk(d: int, q: int) -> npt.NDArray[np.float64]:
    def value(j: int, i: int) -> int:
        return sum(
            (-1) ** h * (q - 1) ** (i - h) * math.comb(j, h) * math.comb(d - j, i - h)
            for h in range(i + 1)
        )

    return np.array([[float(value(j, i)) for i in range(d + 1)] for j in range(d + 1)])


def eberlein(v: int, k: int) -> npt.NDArray[np.float64]:
    def value(j: int, i: int) -> int:
        return sum(
            (-1) ** h * math.comb(j, h) * math.comb(k - j, i - h) * math.comb(v - k - j, i - h)
            for h in range(i + 1)
        )

    return np.array([[float(value(j, i)) for i in range(k + 1)] for j in range(k + 1)])


def polygon_matrix(n: int) -> npt.NDArray[np.float64]:
    half = n // 2
    size = np.array([1 if i in (0, n - i) else 2 for i in range(half + 1)])
    return np.array(
        [
            [size[i] * math.cos(2 * math.pi * i * j / n) for i in range(half + 1)]
            for j in range(half + 1)
        ]
    )


def by_distance(algebra: Algebra, relation: Relation, given: Relation) -> list[int]:
    """Return the colour of each distance."""
    return [int(relation[given == distance][0]) for distance in range(algebra.rank)]


@pytest.mark.parametrize(
    ("given", "expected", "multiplicities"),
    [
        (cyclic_distance(5), polygon_matrix(5), [1, 2, 2]),
        (cyclic_distance(12), polygon_matrix(12), [1, 1, 2, 2, 2, 2, 2]),
        (cyclic_distance(301), polygon_matrix(301), [1] + [2] * 150),
        (hamming_distance(3, 3), krawtchouk(3, 3), [1, 6, 8, 12]),
        (hamming_distance(6, 2), krawtchouk(6, 2), [1, 1, 6, 6, 15, 15, 20]),
        (johnson_distance(7, 3), eberlein(7, 3), [1, 6, 14, 14]),
    ],
)
def test_eigenmatrix_against_closed_forms(
    given: Relation, expected: npt.NDArray[np.float64], multiplicities: list[int]
) -> None:
    algebra, relation = algebra_of(given)
    assert algebra.P is not None
    colours = by_distance(algebra, relation, given)
    # Rounding to 8 digits is 1e4 times coarser than the stated error of the eigenmatrices.
    assert algebra.error < 1e-11
    assert rows_by(algebra.P[:, colours]) == rows_by(expected)
    assert sorted(algebra.multiplicities) == multiplicities
    assert algebra.symmetric
    assert algebra.commutative


def test_pentagon_by_hand() -> None:
    """Eigenvalues 2 cos 72 = 0.618, 2 cos 144 = -1.618, in decreasing order of the first."""
    algebra, _ = algebra_of(cyclic_distance(5))
    a = (5**0.5 - 1) / 2
    assert algebra.P is not None
    assert pytest.approx(np.array([[1, 2, 2], [1, a, -1 - a], [1, -1 - a, a]])) == algebra.P
    assert algebra.valencies == (1, 2, 2)


def test_characters_of_a_cyclic_group() -> None:
    n = 7
    algebra, relation = algebra_of((np.arange(n) - np.arange(n)[:, None]) % n)
    assert algebra.P is not None
    assert (algebra.symmetric, algebra.commutative, algebra.thin) == (False, True, True)
    generator = int(relation[0, 1])
    rotations = algebra.P[:, generator]
    assert sorted(np.angle(rotations).round(9)) == sorted(
        np.angle(np.exp(2j * np.pi * np.arange(n) / n)).round(9)
    )
    for k in range(n):
        assert algebra.P[:, relation[0, k]] == pytest.approx(rotations**k, abs=1e-12)


@pytest.mark.parametrize(
    ("given", "irreducibles", "thin"),
    [
        # the group of the tetrahedron: degrees 1, 1, 2, 3, 3, each as often as its degree
        (group(SYMMETRIC_GROUP), ((1, 1), (1, 1), (2, 2), (3, 3), (3, 3)), True),
        # the symmetric group of three letters
        (group(list(permutations(range(3)))), ((1, 1), (1, 1), (2, 2)), True),
    ],
)
def test_irreducible_degrees(
    given: Relation, irreducibles: tuple[tuple[int, int], ...], thin: bool
) -> None:
    algebra, _ = algebra_of(given)
    assert (algebra.P, algebra.Q) == (None, None)
    assert (algebra.commutative, algebra.symmetric, algebra.thin) == (False, False, thin)
    assert algebra.irreducibles == irreducibles
    assert sum(f * f for f, _ in irreducibles) == algebra.rank
    assert sum(f * m for f, m in irreducibles) == algebra.order


def intersection_numbers(relation: Relation) -> npt.NDArray[np.int64]:
    """Count p_ij^k by matrix products."""
    r = int(relation.max()) + 1
    adjacency = [(relation == i).astype(np.int64) for i in range(r)]
    heads = [np.argwhere(relation == k)[0] for k in range(r)]
    return np.array([[[(A @ B)[x, y] for x, y in heads] for B in adjacency] for A in adjacency])


LAW_CASES: list[Callable[[], Relation]] = [
    lambda: cyclic_distance(9),
    lambda: hamming_distance(2, 4),
    lambda: johnson_distance(5, 2),
    lambda: (np.arange(6) - np.arange(6)[:, None]) % 6,  # not symmetric
    lambda: np.kron(np.eye(3, dtype=int), 1 + cyclic_distance(4)),  # three orthogonal squares
]


@pytest.mark.parametrize("make", LAW_CASES)
def test_rows_are_characters(make: Callable[[], Relation]) -> None:
    """P_ji P_jl = sum_k p_il^k P_jk, row by row, with counted p; and the two orthogonalities."""
    algebra, relation = algebra_of(make())
    P, Q = algebra.P, algebra.Q
    assert P is not None
    assert Q is not None
    n = algebra.order
    products = np.einsum("ilk,jk->jil", intersection_numbers(relation), P)
    assert products == pytest.approx(P[:, :, None] * P[:, None, :], abs=1e-9 * n)
    assert pytest.approx(n * np.eye(algebra.rank), abs=1e-9 * n) == P @ Q
    assert P[0] == pytest.approx(np.array(algebra.valencies))
    assert Q[0] == pytest.approx(np.array(algebra.multiplicities))
    idempotents = [Q[relation, j] / n for j in range(algebra.rank)]
    for j, E in enumerate(idempotents):
        assert pytest.approx(E, abs=1e-10) == E @ E
        assert np.trace(E).real == pytest.approx(algebra.multiplicities[j])


def test_transposition_and_valencies() -> None:
    algebra, relation = algebra_of((np.arange(5) - np.arange(5)[:, None]) % 5)
    for colour, other in enumerate(algebra.transpose):
        assert np.array_equal((relation == colour).T, relation == other)
        assert (relation[3] == colour).sum() == algebra.valencies[colour]


def test_order_of_idempotents_does_not_depend_on_chance() -> None:
    first, second = (algebra_of(johnson_distance(7, 3), rng=seed)[0] for seed in (0, 1))
    assert first.P is not None
    assert second.P is not None
    assert pytest.approx(second.P, abs=1e-9) == first.P
    assert first.irreducibles == second.irreducibles
    assert (np.diff(first.P[1:, 1]) < 0).all()  # decreasing in the first colour


def test_one_point() -> None:
    algebra, _ = algebra_of(np.zeros((1, 1), dtype=np.int64))
    assert (algebra.rank, algebra.multiplicities, algebra.thin) == (1, (1,), True)


def test_refuses_several_fibres_and_unfinished_closures() -> None:
    path = coherent_closure([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    with pytest.raises(InputError, match="closure has 2 fibres; accepted: a stable closure"):
        adjacency_algebra(path)
    with pytest.raises(InputError, match="closure has stable False"):
        adjacency_algebra(coherent_closure(cyclic_distance(6), limit=2))
    with pytest.raises(InputError, match="closure is 1; accepted: Closure"):
        adjacency_algebra(1)  # type: ignore[arg-type]
