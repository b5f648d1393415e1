"""Eigenmatrices of named geometries: their number field, known eigenvalues, P Q = n I exactly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from superposition_theory.geometries import cell_600, dodecahedron, icosahedron, polygon
from superposition_theory.schemes import AssociationScheme, Eigenmatrices, paley
from superposition_theory.schemes.configuration import CoherentConfiguration
from superposition_theory.schemes.rendering import from_expression
from sympy import Rational, cos, pi, sqrt

GOLDEN = (1 + sqrt(5)) / 2

CASES = [
    # eigenvalues of one relation on every idempotent, from the literature: 2 cos(2 pi j/60)
    (
        "60-gon",
        lambda: polygon(60).configuration,
        8,
        [2 * cos(2 * pi * Rational(j, 60)) for j in range(31)],
        [1, *[2] * 29, 1],
    ),
    # {5, 2, 1; 1, 2, 5}
    (
        "icosahedron",
        lambda: icosahedron().configuration,
        2,
        [5, sqrt(5), -1, -sqrt(5)],
        [1, 3, 5, 3],
    ),
    # {3, 2, 1, 1, 1; 1, 1, 1, 2, 3}
    (
        "dodecahedron",
        lambda: dodecahedron().configuration,
        2,
        [3, sqrt(5), 1, 0, -2, -sqrt(5)],
        [1, 3, 5, 4, 4, 3],
    ),
    # 12 times ratios of characters of the binary icosahedral group at an element of order 10
    (
        "600-cell",
        lambda: cell_600().configuration,
        2,
        [12, 6 * GOLDEN, 4 * GOLDEN, 3, 0, -2, -3, 4 - 4 * GOLDEN, 6 - 6 * GOLDEN],
        [1, 4, 9, 16, 25, 36, 16, 9, 4],
    ),
    # (-1 +- sqrt 13)/2
    ("Paley(13)", lambda: paley(13), 2, [6, (sqrt(13) - 1) / 2, (-sqrt(13) - 1) / 2], [1, 6, 6]),
]


def tables_of(make: Callable[[], CoherentConfiguration]) -> Eigenmatrices:
    """Return the eigenmatrices of a verified scheme."""
    scheme = make()
    assert isinstance(scheme, AssociationScheme)
    return scheme.eigenmatrices


@pytest.mark.parametrize(("name", "make", "degree", "eigenvalues", "ranks"), CASES)
def test_known_eigenvalues_and_duality(
    name: str,
    make: Callable[[], CoherentConfiguration],
    degree: int,
    eigenvalues: list[Any],
    ranks: list[int],
) -> None:
    tables = tables_of(make)
    assert tables.field.degree == degree, name
    assert tables.duality_holds()
    assert any(
        matches(tables, i, eigenvalues, ranks)
        for i, k in enumerate(tables.valencies)
        if i and k == eigenvalues[0]
    )


def matches(tables: Eigenmatrices, i: int, eigenvalues: list[Any], ranks: list[int]) -> bool:
    """Whether relation i has these eigenvalues with these multiplicities, each decided exactly."""
    left = [(from_expression(value), m) for value, m in zip(eigenvalues, ranks, strict=True)]
    for row, m in zip(tables.P, tables.multiplicities, strict=True):
        found = [pair for pair in left if pair[1] == m and row[i] == pair[0]]
        if not found:
            return False
        left.remove(found[0])
    return not left


def test_a_wrong_eigenvalue_is_refused() -> None:
    tables = tables_of(lambda: icosahedron().configuration)
    right = [5, sqrt(5), -1, -sqrt(5)]
    i = next(i for i in (1, 2) if matches(tables, i, right, [1, 3, 5, 3]))
    assert not matches(tables, i, [5, sqrt(5), -1, -sqrt(6)], [1, 3, 5, 3])
    assert not matches(tables, i, right, [1, 5, 3, 3])
