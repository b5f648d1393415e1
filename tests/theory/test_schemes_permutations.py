"""Orbits of permutation groups on pairs, against brute force over the whole group."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from superposition_theory.errors import InputError
from superposition_theory.schemes import AssociationScheme, canonical
from superposition_theory.schemes.families import cyclic, johnson
from superposition_theory.schemes.permutations import orbitals, orbitals_relation
from sympy.combinatorics import Permutation, PermutationGroup


def brute_force(generators: list[list[int]], degree: int) -> Any:
    """Return the orbits on pairs by listing every element of the group."""
    group = {tuple(range(degree))}
    fresh = set(group)
    while fresh:
        fresh = {tuple(g[x] for x in element) for element in fresh for g in generators} - group
        group |= fresh
    relation = [[-1] * degree for _ in range(degree)]
    for x in range(degree):
        for y in range(degree):
            if relation[x][y] == -1:
                number = max(map(max, relation)) + 1
                for g in group:
                    relation[g[x]][g[y]] = number
    return canonical(relation)


@given(st.lists(st.permutations(range(5)), max_size=3))
def test_against_brute_force(generators: list[list[int]]) -> None:
    assert orbitals_relation(generators, 5) == brute_force(generators, 5)


def test_known_groups() -> None:
    dihedral = orbitals([[1, 2, 3, 4, 5, 0], [0, 5, 4, 3, 2, 1]], 6)
    assert dihedral == cyclic(6)
    assert isinstance(dihedral, AssociationScheme)
    # the symmetric group on the 2-subsets of 4 points, given by sympy
    pairs = [(a, b) for a in range(4) for b in range(a + 1, 4)]
    group = PermutationGroup(
        [
            Permutation([pairs.index(tuple(sorted((p[a], p[b])))) for a, b in pairs])  # type: ignore[arg-type]
            for p in ([1, 0, 2, 3], [1, 2, 3, 0])
        ]
    )
    assert orbitals(group.generators, 6) == johnson(4, 2)
    # the trivial group: every pair alone
    assert orbitals([], 3).rank == 9
    # a sympy Permutation of smaller size fixes the other points
    assert orbitals([Permutation([1, 0])], 3).fibres == ((0, 1), (2,))


@pytest.mark.parametrize(
    ("generators", "degree", "message"),
    [
        ([[0, 0]], 2, r"generators\[0\] has the images \[0, 0\]; accepted: each of 0 to 1 once"),
        ([[0, 1], [0, 1, 2]], 2, r"generators\[1\] has the images \[0, 1, 2\]"),
        (["01"], 2, r"generators\[0\] is of type str"),
        ([], 0, r"degree is 0"),
    ],
)
def test_refusals(generators: Any, degree: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        orbitals(generators, degree)
