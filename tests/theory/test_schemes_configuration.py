"""Coherent configurations: their numbers, fusions and components."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from superposition_theory import InputError
from superposition_theory.schemes import (
    AssociationScheme,
    CoherentConfiguration,
    canonical,
    coherent_closure,
)
from sympy import Integer
from theory.schemes_samples import (
    CONFIGURATIONS,
    LAW,
    SCHEMES,
    Rows,
    circulant,
    classes,
    colourings,
    hamming,
    is_coherent,
    matrices,
    merged,
    polygon,
    relabelled,
    set_partitions,
)

NAMED = [(name, rows) for name, rows, *_ in SCHEMES] + CONFIGURATIONS
PATH = CoherentConfiguration([[0, 1, 2], [3, 4, 3], [2, 1, 0]])
FIBRES = [[[0, 2], [1]], [[0, 1, 2, 3, 4], [5]], [[0, 1, 2], [3, 4, 5]]]


def test_the_path_by_hand() -> None:
    """Points 0 and 2 are ends, 1 the middle; 0 and 1 are the loops, 2 leads in, 3 across, 4 out."""
    assert PATH.relation == ((0, 2, 3), (4, 1, 4), (3, 2, 0))
    assert (PATH.order, PATH.rank) == (3, 5)
    assert PATH.fibres == ((0, 2), (1,))
    assert PATH.transpose == (0, 1, 4, 3, 2)
    assert PATH.valencies == (1, 1, 1, 1, 2)
    assert PATH.representatives == ((0, 0), (1, 1), (0, 1), (0, 2), (1, 0))
    assert (PATH.is_homogeneous, PATH.is_symmetric, PATH.is_commutative) == (False, False, False)
    assert PATH.intersection_number(4, 2, 1) == 2  # from the middle out and back
    assert PATH.intersection_number(2, 4, 0) == 1  # from an end in and back
    assert PATH.intersection_number(2, 4, 3) == 1  # to the other end
    assert repr(PATH) == "<CoherentConfiguration of rank 5 on fibres of 2, 1 points>"


@pytest.mark.parametrize(("name", "relation"), NAMED)
def test_numbers_are_those_of_the_matrices(name: str, relation: Rows) -> None:
    made = CoherentConfiguration(relation)
    parts = matrices(made.relation)
    assert (made.order, made.rank) == (len(relation), len(parts)), name
    assert made.relation == canonical(relation)
    assert [int(a.sum(axis=1).max()) for a in parts] == list(made.valencies)
    assert all((parts[made.transpose[i]] == a.T).all() for i, a in enumerate(parts))
    firsts = [tuple(map(int, np.argwhere(a)[0])) for a in parts]
    assert firsts == list(made.representatives)
    for i in range(made.rank):
        table = np.array(made.intersection_matrix(i))
        assert table.shape == (made.rank, made.rank)
        for j in range(made.rank):
            expansion = sum(table[j][k] * parts[k] for k in range(made.rank))
            assert (parts[i] @ parts[j] == expansion).all()
            assert [made.intersection_number(i, j, k) for k in range(made.rank)] == list(table[j])


@pytest.mark.parametrize(("name", "relation", "symmetric", "commutative"), SCHEMES)
def test_kinds_of_schemes(name: str, relation: Rows, symmetric: bool, commutative: bool) -> None:
    made = CoherentConfiguration(relation)
    assert made.is_homogeneous, name
    assert made.fibres == (tuple(range(len(relation))),)
    assert (made.is_symmetric, made.is_commutative) == (symmetric, commutative)


@pytest.mark.parametrize(
    ("relation", "fibres"),
    [(rows, fibres) for (name, rows), fibres in zip(
        [row for row in CONFIGURATIONS if row[0] != "two points"], FIBRES, strict=True)],
)  # fmt: skip
def test_fibres_and_components(relation: Rows, fibres: list[list[int]]) -> None:
    made = CoherentConfiguration(relation)
    assert [list(fibre) for fibre in made.fibres] == fibres
    assert not made.is_homogeneous
    assert not made.is_commutative
    for number, fibre in enumerate(fibres):
        component = made.component(number)
        assert type(component) is AssociationScheme
        assert classes(component.relation) == classes(relabelled(relation, fibre))


def test_component_of_the_pentagon_and_its_centre() -> None:
    made = CoherentConfiguration(CONFIGURATIONS[2][1])
    assert made.component(0) == AssociationScheme(polygon(5))
    assert made.component(1) == AssociationScheme([[0]])
    assert made.valencies == (1, 1, 2, 2, 1, 5)


@pytest.mark.parametrize("fibre", [2, -1, 0.0, True, None])
def test_fibres_that_are_none(fibre: Any) -> None:
    with pytest.raises(InputError, match=rf"^fibre = {fibre!r}; accepted: 0 to 1$"):
        PATH.component(fibre)


@pytest.mark.parametrize("bad", [5, -1, 1.0, True, "1"])
def test_colours_that_are_none(bad: Any) -> None:
    for place, name in enumerate("ijk"):
        arguments: list[Any] = [0, 0, 0]
        arguments[place] = bad
        with pytest.raises(InputError, match=f"^{name} = {bad!r}; accepted: 0 to 4$"):
            PATH.intersection_number(*arguments)
    with pytest.raises(InputError, match=f"^i = {bad!r}; accepted: 0 to 4$"):
        PATH.intersection_matrix(bad)
    with pytest.raises(InputError, match=f"^parts = {bad!r}; accepted: 0 to 4$"):
        PATH.fusion([[0, bad]])


@pytest.mark.parametrize("integer", [np.int64, np.int8, Integer])
def test_colours_of_other_integer_types(integer: Any) -> None:
    assert PATH.intersection_number(integer(4), integer(2), integer(1)) == 2
    assert PATH.intersection_matrix(integer(2)) == PATH.intersection_matrix(2)
    assert PATH.component(integer(1)).order == 1


def test_hexagon_fusions_by_hand() -> None:
    hexagon = CoherentConfiguration(polygon(6))
    bipartite = hexagon.fusion([[3, 1]])
    assert type(bipartite) is AssociationScheme
    assert (bipartite.valencies, bipartite.relation[0]) == ((1, 3, 2), (0, 1, 2, 1, 2, 1))
    assert hexagon.fusion([[1, 2], [3]]).valencies == (1, 4, 1)  # {3} alone: as if not named
    assert hexagon.fusion([(1, 2, 3)]).valencies == (1, 5)
    assert hexagon.fusion([]) == hexagon
    with pytest.raises(InputError, match=r"coherent configuration: .* paths of colours"):
        hexagon.fusion([[2, 3]])
    with pytest.raises(InputError, match="colour 0 is on the diagonal"):
        hexagon.fusion([[0, 3]])


def test_fusion_of_fibres() -> None:
    """The prism with two ends, its ends made alike, is the prism: a scheme."""
    ends = CoherentConfiguration(CONFIGURATIONS[3][1])
    names = {ends.relation[x][y]: (x, y) for x in range(6) for y in range(6)}

    def colours(*pairs: tuple[int, int]) -> list[int]:
        return [ends.relation[x][y] for x, y in pairs]

    prism = ends.fusion(
        [
            colours((0, 0), (3, 3)),
            colours((0, 1), (3, 4)),
            colours((0, 3), (3, 0)),
            colours((0, 4), (3, 1)),
        ]
    )
    assert len(names) == 8
    assert type(prism) is AssociationScheme
    assert prism.valencies == (1, 2, 1, 2)
    with pytest.raises(InputError, match="coherent"):
        ends.fusion([colours((0, 0), (3, 3))])
    assert type(ends.fusion([colours((0, 3), (0, 4)), colours((3, 0), (3, 1))])) is (
        CoherentConfiguration
    )


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([[1, 2], [2, 3]], r"^parts holds \[2, 3\]; accepted are disjoint nonempty sets of col"),
        ([[1, 1]], r"^parts holds \[1, 1\]; accepted are disjoint"),  # twice in one
        ([[]], r"^parts holds \[\]; accepted are disjoint"),
        ([[1, 4]], "^parts = 4; accepted: 0 to 3$"),
        ([1, 2], "^a part is 1; accepted: an iterable$"),
        (3, "^parts is 3; accepted: an iterable$"),
    ],
)
def test_parts_that_are_none(parts: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        CoherentConfiguration(polygon(6)).fusion(parts)


@pytest.mark.parametrize(
    "relation", [polygon(6), hamming(2, 3), circulant(range(5)), PATH.relation]
)
def test_every_fusion_is_judged_by_its_matrices(relation: Any) -> None:
    made = CoherentConfiguration(relation)
    verdicts = set()
    for blocks in set_partitions(range(made.rank)):
        expected = merged(made.relation, blocks)
        verdicts.add(is_coherent(expected))
        if is_coherent(expected):
            assert classes(made.fusion(blocks).relation) == classes(expected)
        else:
            with pytest.raises(InputError, match="not a coherent configuration"):
                made.fusion(blocks)
    assert verdicts == {True, False}


def test_equality_and_hash() -> None:
    one, same = CoherentConfiguration(polygon(5)), AssociationScheme(circulant([7, 3, 9, 9, 3]))
    other = CoherentConfiguration(relabelled(polygon(5), [0, 2, 4, 1, 3]))  # pentagram
    assert one == same
    assert hash(one) == hash(same)
    assert other == one  # its colours are numbered as they appear: the same matrix
    assert CoherentConfiguration(polygon(6)) != one
    assert one != one.relation
    assert len({one, same, CoherentConfiguration(polygon(7))}) == 2


@LAW
@given(colourings(largest=5))
def test_laws_of_intersection_numbers(relation: Rows) -> None:
    made = coherent_closure(relation)
    colours = range(made.rank)
    assert sum(map(len, made.fibres)) == made.order
    for i, j, k in product(colours, repeat=3):
        if made.rank > 8:
            break
        p, t = made.intersection_number, made.transpose
        assert p(i, j, k) == p(t[j], t[i], t[k])
        sizes = [sum(row.count(c) for row in made.relation) for c in colours]
        # triangles with sides of colours i, j and k are counted from any side
        assert sizes[k] * p(i, j, k) == sizes[i] * p(k, t[j], i)
    for fibre in range(len(made.fibres)):
        assert made.component(fibre).order == len(made.fibres[fibre])
