"""Families of schemes against hand cases, definitions point by point, and refusals."""

from itertools import combinations, permutations, product
from math import comb
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from superposition_theory.errors import InputError
from superposition_theory.schemes import AssociationScheme, canonical
from superposition_theory.schemes import families as f

SYMMETRIC = list(permutations(range(3)))
S3 = [[SYMMETRIC.index(tuple(x[i] for i in y)) for y in SYMMETRIC] for x in SYMMETRIC]
QUATERNIONS = [(s, u) for s in (1, -1) for u in "1ijk"]
UNITS = {
    "1i": (1, "i"), "1j": (1, "j"), "1k": (1, "k"), "ij": (1, "k"), "jk": (1, "i"), "ki": (1, "j"),
    "ji": (-1, "k"), "kj": (-1, "i"), "ik": (-1, "j"), "11": (1, "1"), "ii": (-1, "1"),
    "jj": (-1, "1"), "kk": (-1, "1"), "i1": (1, "i"), "j1": (1, "j"), "k1": (1, "k"),
}  # fmt: skip
Q8 = [
    [QUATERNIONS.index((s * t * UNITS[u + v][0], UNITS[u + v][1])) for t, v in QUATERNIONS]
    for s, u in QUATERNIONS
]


@pytest.mark.parametrize(
    ("scheme", "valencies", "symmetric", "commutative"),
    [
        (f.complete(1), (1,), True, True),  # one point
        (f.complete(5), (1, 4), True, True),  # simplex
        (f.cyclic(6), (1, 2, 2, 1), True, True),  # hexagon
        (f.cyclic(7), (1, 2, 2, 2), True, True),  # heptagon
        (f.abelian_group([2, 2]), (1, 1, 1, 1), True, True),  # elementary abelian: symmetric
        (f.abelian_group([4]), (1, 1, 1, 1), False, True),  # cyclic of order 4: not
        (f.group_scheme(S3), (1,) * 6, False, False),  # the smallest non-commutative scheme
        (f.conjugacy_classes(S3), (1, 3, 2), True, True),  # identity, transpositions, 3-cycles
        (f.conjugacy_classes(Q8), (1, 2, 2, 2, 1), True, True),  # 1, +-i, +-j, +-k, -1
        (f.hamming(3, 2), (1, 3, 3, 1), True, True),  # cube
        (f.hamming(2, 3), (1, 4, 4), True, True),  # rook graph 3 x 3
        (f.johnson(5, 2), (1, 6, 3), True, True),  # complement of Petersen
        (f.johnson(5, 3), (1, 6, 3), True, True),  # the same by complements
        (f.johnson(6, 3), (1, 9, 9, 1), True, True),  # antipodal
        (f.complete_multipartite(3, 2), (1, 1, 4), True, True),  # octahedron
        (f.paley(5), (1, 2, 2), True, True),  # pentagon
        (f.paley(9), (1, 4, 4), True, True),  # a field that is not prime
        (f.paley(7), (1, 3, 3), False, True),  # tournament
        (f.paley(27), (1, 13, 13), False, True),  # tournament on 3^3 points
    ],
)
def test_families(
    scheme: AssociationScheme, valencies: tuple[int, ...], symmetric: bool, commutative: bool
) -> None:
    assert sorted(scheme.valencies) == sorted(valencies)
    assert scheme.is_symmetric is symmetric
    assert scheme.is_commutative is commutative
    assert scheme.relation == canonical(scheme.relation)


def partition(relation: Any) -> set[frozenset[tuple[int, int]]]:
    """Return the colour classes of a relation, whatever their numbers."""
    classes: dict[Any, set[tuple[int, int]]] = {}
    for x, row in enumerate(relation):
        for y, colour in enumerate(row):
            classes.setdefault(colour, set()).add((x, y))
    return set(map(frozenset, classes.values()))


@pytest.mark.parametrize(
    ("relation", "points", "colour"),
    [
        # points and colours written down from the definitions
        (f.cyclic_relation(9), range(9), lambda x, y: min((x - y) % 9, (y - x) % 9)),
        (f.abelian_group_relation([2, 3]), list(product(range(2), range(3))),
         lambda x, y: ((y[0] - x[0]) % 2, (y[1] - x[1]) % 3)),
        (f.hamming_relation(3, 3), list(product(range(3), repeat=3)),
         lambda x, y: sum(a != b for a, b in zip(x, y, strict=True))),
        (f.johnson_relation(7, 3), [set(s) for s in combinations(range(7), 3)],
         lambda x, y: len(x - y)),
        (f.complete_multipartite_relation(4, 3), range(12),
         lambda x, y: (x == y, x // 3 == y // 3)),
        (f.paley_relation(13), range(13),
         lambda x, y: (x == y, any((y - x - z * z) % 13 == 0 for z in range(13)))),
        (f.group_scheme_relation(S3), SYMMETRIC,
         lambda x, y: tuple(x.index(y[i]) for i in range(3))),
        (f.conjugacy_classes_relation(S3), SYMMETRIC,
         lambda x, y: sum(x[i] == y[i] for i in range(3))),
    ],
    ids=["cyclic", "abelian", "hamming", "johnson", "multipartite", "paley", "group", "classes"],
)  # fmt: skip
def test_relations_by_definition(relation: Any, points: Any, colour: Any) -> None:
    assert relation == canonical(relation)
    assert partition(relation) == partition([[colour(x, y) for y in points] for x in points])


def test_paley_field_of_nine_by_hand() -> None:
    # GF(9) = F_3(i): the squares of a + bi are +-1, +-i
    squares = {(1, 0), (2, 0), (0, 1), (0, 2)}
    points = [(a, b) for a in range(3) for b in range(3)]
    counts = {
        (x, y): ((y[0] - x[0]) % 3, (y[1] - x[1]) % 3) in squares for x in points for y in points
    }
    assert sum(counts.values()) == 36
    parameters = f.paley(9).intersection_matrix(1)
    assert (parameters[1][1], parameters[1][2]) == (1, 2)  # SRG(9, 4, 1, 2)


def test_eigenvalues_of_the_group_scheme_are_characters() -> None:
    # of S3: chi(1), 3 chi(transposition), 2 chi(3-cycle), each over chi(1)
    scheme = f.conjugacy_classes(S3)
    order = [scheme.valencies.index(k) for k in (1, 3, 2)]
    rows = {
        (tuple(int(row[i].as_fraction()) for i in order), m)
        for row, m in zip(scheme.eigenmatrices.P, scheme.eigenmatrices.multiplicities, strict=True)
    }
    assert rows == {((1, 3, 2), 1), ((1, -3, 2), 1), ((1, 0, -1), 4)}


@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), st.integers(0, 2**32))
def test_translation_relations_are_translation_invariant(orders: list[int], seed: int) -> None:
    points = list(product(*map(range, orders)))
    colours = [0] + [1 + (seed >> i) % 2 for i in range(len(points) - 1)]
    relation = f.translation_relation(orders, colours)
    by_difference: dict[Any, set[int]] = {}
    for x, row in zip(points, relation, strict=True):
        for y, colour in zip(points, row, strict=True):
            difference = tuple((b - a) % n for a, b, n in zip(x, y, orders, strict=True))
            by_difference.setdefault(difference, set()).add(colour)
    assert all(len(found) == 1 for found in by_difference.values())
    assert partition([relation[0]]) == partition([colours])


@pytest.mark.parametrize(
    ("rows", "order", "rank"),
    [
        # bare rows stay cheap where the axioms are not verified
        (f.hamming_relation(10, 2), 1024, 11),
        (f.johnson_relation(13, 4), comb(13, 4), 5),
        (f.cyclic_relation(1001), 1001, 501),
        (f.complete_multipartite_relation(500, 2), 1000, 3),
        (f.paley_relation(729), 729, 3),
    ],
)
def test_large_rows_are_canonical(rows: Any, order: int, rank: int) -> None:
    assert len(rows) == order
    assert max(rows[0]) == rank - 1
    assert rows == canonical(rows)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: f.complete(0), r"n is 0; accepted: an integer of at least 1"),
        (lambda: f.cyclic(True), r"n is True; accepted: an integer"),
        (lambda: f.hamming(0, 2), r"d is 0"),
        (lambda: f.hamming(2, 1), r"q is 1; accepted: an integer of at least 2"),
        (lambda: f.johnson(4, 4), r"k is 4; accepted: an integer from 1 to v - 1 = 3"),
        (lambda: f.complete_multipartite(1, 3), r"parts is 1"),
        (lambda: f.complete_multipartite(3, 1), r"size is 1"),
        (lambda: f.paley(15), r"q is 15; accepted: powers of odd primes"),
        (lambda: f.paley(8), r"q is 8; accepted: powers of odd primes"),
        (lambda: f.abelian_group([2, 0]), r"orders is 0"),
        (lambda: f.translation_relation([3], [0, 1]), r"colours has length 2; accepted: 3"),
        (lambda: f.translation_relation([2], [0, 0]), r"colours gives 0 the colour of another"),
        (lambda: f.group_scheme([]), r"table has no rows"),
        (lambda: f.group_scheme([[0, 1], [0, 1]]), r"table has column 0 = \[0, 0\]"),
        (lambda: f.group_scheme([[1, 0, 2], [0, 2, 1], [2, 1, 0]]), r"no identity element"),
        # a loop of order 5: a Latin square with identity, every element its own inverse
        (lambda: f.group_scheme(
            [[0, 1, 2, 3, 4], [1, 0, 3, 4, 2], [2, 4, 0, 1, 3], [3, 2, 4, 0, 1], [4, 3, 1, 2, 0]]),
         r"table is not associative at \(1, 1, 2\)"),
    ],
)  # fmt: skip
def test_refusals(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
