"""The coherent closure, against refinement by dictionaries and against all coherent fusions."""

from typing import Any

import pytest
from hypothesis import given
from superposition_theory import InputError
from superposition_theory.schemes import (
    AssociationScheme,
    CoherentConfiguration,
    canonical,
    coherent_closure,
)
from theory.schemes_samples import (
    CONFIGURATIONS,
    LAW,
    SCHEMES,
    Rows,
    classes,
    colourings,
    is_coherent,
    merged,
    polygon,
    refines,
    relabelled,
    set_partitions,
)


def refined(relation: Rows) -> list[list[Any]]:
    """Refine until stable, with colours that are nested tuples made small by their order."""
    points = range(len(relation))
    names: list[list[Any]] = [
        [(x == y, relation[x][y], relation[y][x]) for y in points] for x in points
    ]
    while True:
        longer = [
            [(names[x][y], *sorted((names[x][z], names[z][y]) for z in points)) for y in points]
            for x in points
        ]
        places = {name: k for k, name in enumerate(sorted({c for row in longer for c in row}))}
        fresh = [[places[name] for name in row] for row in longer]
        if len(places) == len({name for row in names for name in row}):
            return fresh
        names = fresh


def adjacency(n: int, edges: list[tuple[int, int]]) -> Rows:
    joined = {frozenset(edge) for edge in edges}
    return [
        [0 if x == y else 1 if frozenset((x, y)) in joined else 2 for y in range(n)]
        for x in range(n)
    ]


CUBE = [(x, x ^ bit) for x in range(8) for bit in (1, 2, 4)]


@pytest.mark.parametrize(
    ("relation", "rank", "fibres"),
    [
        ([[0]], 1, ((0,),)),  # one point
        ([[0, 0], [0, 0]], 2, ((0, 1),)),  # the diagonal is split off
        ([[0, 0, 0]] * 3, 2, ((0, 1, 2),)),  # complete
        ([[0, 1], [0, 0]], 4, ((0,), (1,))),  # an arrow: its ends differ
        (adjacency(3, [(0, 1), (1, 2)]), 5, ((0, 2), (1,))),  # path of three points
        (adjacency(4, [(0, 1), (1, 2), (2, 3)]), 8, ((0, 3), (1, 2))),  # path of four
        (adjacency(6, [(k, (k + 1) % 6) for k in range(6)]), 4, (tuple(range(6)),)),  # hexagon
        (adjacency(8, CUBE), 4, (tuple(range(8)),)),  # cube: one round gives the distances
        # a triangle beside a square: 2-regular, not homogeneous, three + three + two colours
        (
            adjacency(7, [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (5, 6), (3, 6)]),
            7,
            ((0, 1, 2), (3, 4, 5, 6)),
        ),
    ],
)
def test_closures_by_hand(relation: Rows, rank: int, fibres: Any) -> None:
    closure = coherent_closure(relation)
    assert (closure.rank, closure.fibres) == (rank, fibres)
    assert type(closure) is (AssociationScheme if len(fibres) == 1 else CoherentConfiguration)
    assert is_coherent(closure.relation)
    assert classes(closure.relation) == classes(refined(relation))


def test_many_rounds() -> None:
    """A path of nine points: every pair is told apart up to reversal."""
    n = 9
    closure = coherent_closure(adjacency(n, [(k, k + 1) for k in range(n - 1)]))
    reversal = {frozenset({(x, y), (n - 1 - x, n - 1 - y)}) for x in range(n) for y in range(n)}
    assert classes(closure.relation) == reversal


@pytest.mark.parametrize(
    ("name", "relation"), [(name, rows) for name, rows, *_ in SCHEMES] + CONFIGURATIONS
)
def test_what_is_coherent_stays(name: str, relation: Rows) -> None:
    assert coherent_closure(relation).relation == canonical(relation), name


@LAW
@given(colourings())
def test_closure_is_what_slow_refinement_gives(relation: Rows) -> None:
    closure = coherent_closure(relation)
    assert classes(closure.relation) == classes(refined(relation))
    assert refines(closure.relation, relation)
    assert coherent_closure(closure.relation) == closure
    order = list(reversed(range(len(relation))))
    assert coherent_closure(relabelled(relation, order)).relation == canonical(
        relabelled(closure.relation, order)
    )


@LAW
@given(colourings(largest=4, colours=1))
def test_no_coarser_coherent_colouring_refines(relation: Rows) -> None:
    """Of all fusions of the closure only itself is coherent and refines the colouring."""
    closure = coherent_closure(relation)
    if closure.rank > 6:
        return
    diagonal = [
        [(x == y, colour) for y, colour in enumerate(row)] for x, row in enumerate(relation)
    ]
    good = [
        blocks
        for blocks in set_partitions(range(closure.rank))
        if refines(fused := merged(closure.relation, blocks), diagonal) and is_coherent(fused)
    ]
    assert [len(blocks) for blocks in good] == [closure.rank]


def test_closure_of_one_vertex_told_apart() -> None:
    """A marked point of the pentagon leaves the reflection that fixes it."""
    relation = polygon(5)
    relation[0][0] = 9
    assert coherent_closure(relation).fibres == ((0,), (1, 4), (2, 3))


def test_refusals() -> None:
    with pytest.raises(InputError, match=r"relation\[0\] has length 2 in a matrix of 1 rows"):
        coherent_closure([[0, 1]])
