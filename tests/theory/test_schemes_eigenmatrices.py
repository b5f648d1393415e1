"""Eigenmatrices: by hand, against dense eigenvectors, and their laws."""

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from superposition_theory import InputError
from superposition_theory.schemes import AssociationScheme, Eigenmatrices, StronglyRegularParameters
from superposition_theory.schemes.eigenmatrices import path_from
from sympy import I, Rational, sqrt
from theory.schemes_samples import (
    LAW,
    SCHEMES,
    Rows,
    circulant,
    commutative_schemes,
    hamming,
    johnson,
    matrices,
    multipartite,
    paired,
    polygon,
)

COMMUTATIVE = [(name, rows) for name, rows, _, commutative in SCHEMES if commutative]
TOURNAMENT = circulant([0, 1, 1, 2, 1, 2, 2])
ROOT_5 = sqrt(5)
OMEGA = (-1 + sqrt(3) * I) / 2
SEVEN = (-1 + sqrt(7) * I) / 2


def tables_of(relation: Rows) -> Eigenmatrices:
    return AssociationScheme(relation).eigenmatrices


def floats(matrix: Any) -> Any:
    """Return exact numbers in floats, off by less than 1e-15 of their size."""
    return np.array([[complex(entry.enclosure(100).mid()) for entry in row] for row in matrix])


def expressions(matrix: Any) -> list[list[Any]]:
    return [[sympy.expand(entry.as_expr()) for entry in row] for row in matrix]


# relation, P, Q, multiplicities
BY_HAND: list[tuple[Rows, Any, Any, tuple[int, ...]]] = [
    ([[0]], [[1]], [[1]], (1,)),
    (polygon(2), [[1, 1], [1, -1]], [[1, 1], [1, -1]], (1, 1)),
    (circulant([0, 1, 1, 1]), [[1, 3], [1, -1]], [[1, 3], [1, -1]], (1, 3)),
    (
        polygon(4),
        [[1, 2, 1], [1, 0, -1], [1, -2, 1]],
        [[1, 2, 1], [1, 0, -1], [1, -2, 1]],
        (1, 2, 1),
    ),
    (
        polygon(5),
        [[1, 2, 2]] + [[1, (-1 + s * ROOT_5) / 2, (-1 - s * ROOT_5) / 2] for s in (1, -1)],
        [[1, 2, 2]] + [[1, (-1 + s * ROOT_5) / 2, (-1 - s * ROOT_5) / 2] for s in (1, -1)],
        (1, 2, 2),
    ),
    (  # octahedron: colour 1 is "opposite"
        multipartite(3, 2),
        [[1, 1, 4], [1, 1, -2], [1, -1, 0]],
        [[1, 2, 3], [1, 2, -3], [1, -1, 0]],
        (1, 2, 3),
    ),
    (
        hamming(3, 2),
        [[1, 3, 3, 1], [1, 1, -1, -1], [1, -1, -1, 1], [1, -3, 3, -1]],
        [[1, 3, 3, 1], [1, 1, -1, -1], [1, -1, -1, 1], [1, -3, 3, -1]],
        (1, 3, 3, 1),
    ),
    (  # colour 2 is the Petersen graph
        johnson(5, 2),
        [[1, 6, 3], [1, 1, -2], [1, -2, 1]],
        [[1, 4, 5], [1, Rational(2, 3), Rational(-5, 3)], [1, Rational(-8, 3), Rational(5, 3)]],
        (1, 4, 5),
    ),
    (  # by decreasing real, then imaginary part
        circulant(range(3)),
        [[1, 1, 1], [1, OMEGA, OMEGA.conjugate()], [1, OMEGA.conjugate(), OMEGA]],
        [[1, 1, 1], [1, OMEGA.conjugate(), OMEGA], [1, OMEGA, OMEGA.conjugate()]],
        (1, 1, 1),
    ),
    (
        circulant(range(4)),
        [[1, 1, 1, 1], [1, I, -1, -I], [1, -I, -1, I], [1, -1, 1, -1]],
        [[1, 1, 1, 1], [1, -I, I, -1], [1, -1, -1, 1], [1, I, -I, -1]],
        (1, 1, 1, 1),
    ),
    (
        TOURNAMENT,
        [[1, 3, 3], [1, SEVEN, SEVEN.conjugate()], [1, SEVEN.conjugate(), SEVEN]],
        [[1, 3, 3], [1, SEVEN.conjugate(), SEVEN], [1, SEVEN, SEVEN.conjugate()]],
        (1, 3, 3),
    ),
]


@pytest.mark.parametrize(("relation", "P", "Q", "multiplicities"), BY_HAND)
def test_by_hand(relation: Rows, P: Any, Q: Any, multiplicities: tuple[int, ...]) -> None:
    tables = tables_of(relation)
    assert expressions(tables.P) == [[sympy.expand(p) for p in row] for row in P]
    assert expressions(tables.Q) == [[sympy.expand(q) for q in row] for row in Q]
    assert tables.multiplicities == multiplicities
    assert {type(m) for m in tables.multiplicities} == {int}
    assert (tables.order, tables.rank) == (len(relation), len(P))
    assert tables.valencies == AssociationScheme(relation).valencies
    assert tables.field is tables.P[0][0].field


def check_against_matrices(relation: Rows) -> None:
    """Check by floats: Q makes orthogonal projections E_j, and A_i acts on them by P."""
    scheme = AssociationScheme(relation)
    tables = scheme.eigenmatrices
    parts = matrices(scheme.relation)
    P, Q = floats(tables.P), floats(tables.Q)
    n = scheme.order
    idempotents = np.einsum("ij,ixy->jxy", Q, parts) / n
    tolerance = 1e-13 * n  # sums of at most n terms of size at most n, each off by 1e-15
    assert abs(idempotents[0] - 1 / n).max() < tolerance
    for j, E in enumerate(idempotents):
        assert abs(E - E.conj().T).max() < tolerance
        assert abs(np.trace(E) - tables.multiplicities[j]) < tolerance
        for k, F in enumerate(idempotents):
            assert abs(E @ F - (E if j == k else 0)).max() < tolerance
        for i, A in enumerate(parts):
            assert abs(A @ E - P[j, i] * E).max() < tolerance * n
    for i, j in product(range(scheme.rank), repeat=2):
        krein = floats([tables.krein_parameters(i, j)])[0]
        expansion = np.einsum("k,kxy->xy", krein, idempotents) / n
        assert abs(idempotents[i] * idempotents[j] - expansion).max() < tolerance * n


@pytest.mark.parametrize(
    ("name", "relation"),
    [
        *COMMUTATIVE,
        ("9-gon", polygon(9)),
        ("12-gon", polygon(12)),
        ("H(2, 4)", hamming(2, 4)),
        ("J(6, 3)", johnson(6, 3)),
        ("pentagon x cycle of 3", paired(polygon(5), circulant(range(3)))),
        ("Z_2 x Z_6", paired(circulant(range(2)), circulant(range(6)))),
        ("cubic residues modulo 13", circulant([0, 1, 2, 2, 3, 1, 3, 3, 1, 3, 2, 2, 1])),
    ],
)
def test_idempotents_by_floats(name: str, relation: Rows) -> None:
    assert name
    check_against_matrices(relation)


def test_three_classes_modulo_13() -> None:
    """Gauss periods of the cubes modulo 13: the roots of x^3 + x^2 - 4 x + 1."""
    tables = tables_of(circulant([0, 1, 2, 2, 3, 1, 3, 3, 1, 3, 2, 2, 1]))
    assert tables.field.degree == 3
    assert {str(p.minimal_polynomial()) for row in tables.P[1:] for p in row[1:]} == {
        "x^3 + x^2 + (-4)*x + 1"
    }
    assert tables.multiplicities == (1, 4, 4, 4)


@pytest.mark.parametrize("n", [6, 8, 9, 17])
def test_polygons_are_in_order_of_frequency(n: int) -> None:
    """P[j][1] = 2 cos(2 pi j / n) decreases with j."""
    found = floats(tables_of(polygon(n)).P)
    frequencies = np.arange(n // 2 + 1)
    expected = 2 * np.cos(2 * np.pi * np.outer(frequencies, frequencies) / n)
    expected[:, 0] = 1
    if n % 2 == 0:
        expected[:, -1] = (-1.0) ** frequencies
    assert abs(found - expected).max() < 1e-13


@pytest.mark.parametrize("n", [5, 6, 7, 8])
def test_characters_of_cyclic_groups_are_in_order(n: int) -> None:
    """By the real part of zeta^j, then the imaginary part: j = 0, 1, -1, 2, -2, ..."""
    order = sorted(range(n), key=lambda j: (min(j, n - j), j))
    found = floats(tables_of(circulant(range(n))).P)
    expected = np.exp(2j * np.pi * np.outer(order, np.arange(n)) / n)
    assert abs(found - expected).max() < 1e-13


def test_later_relations_decide_between_equal_values() -> None:
    """In products the first relation has equal eigenvalues: rows still decrease."""
    for relation in (paired(polygon(4), circulant(range(3))), paired(polygon(2), polygon(7))):
        rows = floats(tables_of(relation).P)[1:]
        keys = [
            tuple(part for z in row for part in (round(z.real, 9), round(z.imag, 9)))
            for row in rows
        ]
        assert keys == sorted(keys, reverse=True)
        assert len({key[2:4] for key in keys}) < len(keys)


def test_krein_parameters_by_hand() -> None:
    pentagon = tables_of(polygon(5))
    assert [list(pentagon.krein_parameters(1, j)) for j in range(3)] == [
        [0, 1, 0], [2, 0, 1], [0, 1, 1]
    ]  # fmt: skip
    # E_1 o E_1 for the cube: coordinates times coordinates
    assert list(tables_of(hamming(3, 2)).krein_parameters(1, 1)) == [3, 0, 2, 0]
    # the entries of E_1 for the Petersen graph are 4, 2/3 and -8/3 over 10: q = (1/10) sum Q^2 P
    petersen = tables_of(johnson(5, 2))
    squares = [Fraction(16), Fraction(4, 9), Fraction(64, 9)]
    assert list(petersen.krein_parameters(1, 1)) == [
        Fraction(1, 10) * sum(s * p for s, p in zip(squares, row, strict=True))
        for row in ([1, 6, 3], [1, 1, -2], [1, -2, 1])
    ]
    cycle = tables_of(circulant(range(3)))
    assert list(cycle.krein_parameters(1, 1)) == [0, 0, 1]  # characters multiply
    assert list(cycle.krein_parameters(1, 2)) == [1, 0, 0]


@pytest.mark.parametrize("bad", [3, -1, 1.0, None])
def test_numbers_of_idempotents_that_are_none(bad: Any) -> None:
    pentagon = tables_of(polygon(5))
    with pytest.raises(InputError, match=rf"^i = {bad!r}; accepted: 0 to 2$"):
        pentagon.krein_parameters(bad, 0)
    with pytest.raises(InputError, match=rf"^j = {bad!r}; accepted: 0 to 2$"):
        pentagon.krein_parameters(0, bad)
    with pytest.raises(InputError, match=rf"^a key of eigenvalues = {bad!r}; accepted: 0 to 2$"):
        pentagon.index_of({bad: 1})


def test_index_of() -> None:
    pentagon, octahedron = tables_of(polygon(5)), tables_of(multipartite(3, 2))
    golden = (ROOT_5 - 1) / 2
    assert pentagon.index_of({1: golden}) == 1
    assert pentagon.index_of({2: golden}) == 2
    assert pentagon.index_of({1: 2, 2: 2}) == 0
    assert pentagon.index_of({1: pentagon.P[2][1]}) == 2
    assert octahedron.index_of({1: -1}) == 2
    assert octahedron.index_of({1: Rational(1), 2: Fraction(-2)}) == 1
    for values, count in (({1: 1}, 2), ({}, 3), ({2: 7}, 0), ({1: -1, 2: 4}, 0)):
        with pytest.raises(
            InputError, match=rf"belong to {count} idempotents; accepted are eigenvalues of exact"
        ):
            octahedron.index_of(values)


@pytest.mark.parametrize(
    ("relation", "orderings"),
    [
        ([[0]], ()),
        (polygon(2), ((0, 1),)),
        (polygon(5), ((0, 1, 2), (0, 2, 1))),
        (polygon(6), ((0, 1, 2, 3),)),
        (polygon(7), ((0, 1, 2, 3), (0, 2, 3, 1), (0, 3, 1, 2))),
        (hamming(3, 2), ((0, 1, 2, 3),)),
        (johnson(5, 2), ((0, 1, 2), (0, 2, 1))),
        (multipartite(3, 2), ((0, 2, 1),)),
        (circulant(range(3)), ()),  # E_1 o E_1 = E_2, but E_2 o E_1 = E_0
        (circulant(range(4)), ()),
        (TOURNAMENT, ()),
        (paired(polygon(2), polygon(2)), ()),  # four characters of order 2: no path
    ],
)
def test_q_polynomial_orderings(relation: Rows, orderings: Any) -> None:
    assert tables_of(relation).q_polynomial_orderings == orderings


@pytest.mark.parametrize(
    ("neighbours", "start", "second", "expected"),
    [
        ([{1}, {0}], 0, 1, (0, 1)),
        ([{1}, {0, 2}, {1, 2}], 0, 1, (0, 1, 2)),
        ([{0, 1}, {0, 1, 2}, {1}], 0, 1, (0, 1, 2)),  # loops are no matter
        ([{2}, {2}, {0, 1}], 0, 2, (0, 2, 1)),
        ([{1, 2}, {0}, {0}], 0, 1, None),  # the start is in the middle
        ([{1}, {0, 2, 3}, {1}, {1}], 0, 1, None),  # a branch
        ([{1}, {0, 2}, {1}, set()], 0, 1, None),  # not connected
        ([{1}, {2}, {0}], 0, 1, None),  # a directed triangle
        ([{1}, {2}, {0, 1}], 0, 1, None),  # and one with an edge back
        ([{1, 2}, {0, 2}, {0, 1}], 0, 1, None),  # a triangle
        ([{1}, {0, 2}, {1, 3}, {2, 0}], 0, 1, None),  # a chord back to the start
    ],
)
def test_path_from(neighbours: Any, start: int, second: int, expected: Any) -> None:
    assert path_from(neighbours, start, second) == expected


def test_tables_of_no_scheme() -> None:
    """Tetrahedra do not fill 10 points, and the Moore graph of valency 4 does not exist."""
    with pytest.raises(ArithmeticError, match=r"^a multiplicity is (3|15)/2: the tables are of no"):
        _ = StronglyRegularParameters(10, 3, 2, 0).eigenmatrices
    with pytest.raises(
        ArithmeticError, match=r"^a multiplicity is irrational: the tables are of no"
    ):
        _ = StronglyRegularParameters(17, 4, 0, 1).eigenmatrices


def test_a_generator_that_is_no_single_relation() -> None:
    """In Z_2 x Z_2 every relation has two eigenvalues only: a combination generates."""
    tables = tables_of(paired(circulant(range(2)), circulant(range(2))))
    assert [[int(p.as_fraction()) for p in row] for row in tables.P] == [
        [1, 1, 1, 1], [1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]
    ]  # fmt: skip
    many = tables_of(paired(paired(polygon(2), polygon(2)), paired(polygon(2), polygon(2))))
    assert many.multiplicities == (1,) * 16
    assert many.duality_holds()


def test_duality_can_fail() -> None:
    tables = tables_of(polygon(5))
    assert tables.duality_holds() is True
    tables.P = (tables.P[0], tables.P[2], tables.P[1])
    assert tables.duality_holds() is False


def test_conditions_can_fail() -> None:
    """(28, 9, 0, 4) violates Krein's condition, (50, 21, 4, 12) the absolute bound only."""
    krein = StronglyRegularParameters(28, 9, 0, 4).eigenmatrices
    assert (krein.krein_condition, krein.absolute_bound) == (False, False)
    bound = StronglyRegularParameters(50, 21, 4, 12).eigenmatrices
    assert (bound.krein_condition, bound.absolute_bound) == (True, False)
    for relation in (polygon(5), TOURNAMENT, circulant(range(4)), johnson(5, 2)):
        tables = tables_of(relation)
        assert (tables.krein_condition, tables.absolute_bound) == (True, True)


@LAW
@given(commutative_schemes())
def test_laws(relation: Rows) -> None:
    scheme = AssociationScheme(relation)
    tables = scheme.eigenmatrices
    colours = range(scheme.rank)
    assert tables.duality_holds()
    assert sum(tables.multiplicities) == scheme.order
    assert tuple(q.as_fraction() for q in tables.Q[0]) == tables.multiplicities
    assert tuple(p.as_fraction() for p in tables.P[0]) == scheme.valencies
    assert tables.krein_condition
    assert tables.absolute_bound
    for row in tables.P:
        assert row[0] == 1
        for i in colours:
            assert row[scheme.transpose[i]] == row[i].conjugate()
            for j in colours:
                expansion = sum(scheme.intersection_number(i, j, k) * row[k] for k in colours)
                assert row[i] * row[j] == expansion
    for i in colours:
        assert (
            sum(tables.krein_parameters(i, 0)) == tables.P[0][0] * tables.krein_parameters(i, 0)[i]
        )
        assert list(tables.krein_parameters(0, i)) == [int(i == k) for k in colours]


def test_the_field_is_no_larger_than_needed() -> None:
    """Pentagon x heptagon: fields of degrees 2 and 3."""
    tables = tables_of(paired(polygon(5), polygon(7)))
    assert tables.field.degree == 6
    assert tables.duality_holds()
    assert sorted(tables.multiplicities) == [1, 2, 2, 2, 2, 2] + [4] * 6
