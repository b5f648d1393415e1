"""Association schemes: closed sets, subschemes, quotients, distance-regular graphs."""

from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from superposition_theory import InputError
from superposition_theory.schemes import AssociationScheme
from theory.schemes_samples import (
    LAW,
    SCHEMES,
    Rows,
    circulant,
    commutative_schemes,
    hamming,
    johnson,
    multipartite,
    paired,
    polygon,
    symmetric_group,
)

NAMED = [(name, rows) for name, rows, *_ in SCHEMES]
CUBE = AssociationScheme(hamming(3, 2))
S3 = AssociationScheme(symmetric_group(3))
HEAWOOD = [  # points and lines of the Fano plane: {0, 1, 3} + k modulo 7
    [
        0 if x == y
        else (2 if (x < 7) == (y < 7)
              else 1 if (max(x, y) - 7 - min(x, y)) % 7 in {0, 1, 3} else 3)
        for y in range(14)
    ]
    for x in range(14)
]  # fmt: skip


@pytest.mark.parametrize(
    ("relation", "thin", "primitive"),
    [
        ([[0]], True, True),  # no sets but the whole
        (polygon(2), True, True),
        (polygon(5), False, True),
        (polygon(6), False, False),
        (polygon(9), False, False),  # three triangles
        (multipartite(3, 2), False, False),
        (hamming(3, 2), False, False),  # bipartite and antipodal
        (hamming(2, 3), False, True),
        (johnson(5, 2), False, True),
        (circulant(range(4)), True, False),
        (circulant(range(7)), True, True),
        (circulant([0, 1, 1, 2, 1, 2, 2]), False, True),
        (symmetric_group(3), True, False),
    ],
)
def test_thin_and_primitive(relation: Rows, thin: bool, primitive: bool) -> None:
    scheme = AssociationScheme(relation)
    assert (scheme.is_thin, scheme.is_primitive) == (thin, primitive)
    assert scheme.classes == scheme.rank - 1


def test_a_scheme_has_one_fibre() -> None:
    with pytest.raises(
        InputError,
        match=r"^relation has 2 colours on the diagonal; accepted by an association scheme is one$",
    ):
        AssociationScheme([[0, 1], [2, 3]])
    with pytest.raises(InputError, match="not a coherent configuration"):
        AssociationScheme([[0, 1, 2], [1, 0, 1], [2, 1, 0]])


def test_repr() -> None:
    assert repr(CUBE) == "<AssociationScheme on 8 points with valencies (1, 3, 3, 1)>"


def is_closed(relation: Any, subset: set[int]) -> bool:
    """Whether the union of the relations is an equivalence."""
    points = range(len(relation))
    near = [{y for y in points if relation[x][y] in subset} for x in points]
    return all(x in near[x] for x in points) and all(
        near[y] == near[x] for x in points for y in near[x]
    )


@pytest.mark.parametrize(("name", "relation"), NAMED)
def test_closed_sets_are_the_equivalences(name: str, relation: Rows) -> None:
    scheme = AssociationScheme(relation)
    everything = range(scheme.rank)
    expected = [
        set(subset)
        for size in everything
        for subset in combinations(everything, size + 1)
        if is_closed(scheme.relation, set(subset))
    ]
    assert [set(subset) for subset in scheme.closed_subsets] == expected, name
    assert scheme.is_primitive == (len(expected) <= 2)
    for subset in combinations(everything, 2):
        meets = [closed for closed in expected if closed >= set(subset)]
        assert scheme.generated(iter(subset)) == set.intersection(*meets)


def test_generated_by_hand() -> None:
    assert CUBE.generated([]) == {0}
    assert CUBE.generated([2]) == {0, 2}  # a tetrahedron
    assert CUBE.generated([3]) == {0, 3}  # an antipodal pair
    assert CUBE.generated([1]) == {0, 1, 2, 3}
    assert CUBE.closed_subsets == tuple(map(frozenset, [{0}, {0, 2}, {0, 3}, {0, 1, 2, 3}]))
    long = AssociationScheme(circulant(range(12)))  # closing 1 takes several rounds
    assert long.generated([1]) == set(range(12))
    assert long.generated([8, 6]) == {0, 2, 4, 6, 8, 10}


@pytest.mark.parametrize("bad", [4, -1, 2.0, None])
def test_relations_that_are_none(bad: Any) -> None:
    with pytest.raises(InputError, match=f"^relations = {bad!r}; accepted: 0 to 3$"):
        CUBE.generated([bad])
    for method in (CUBE.subscheme, CUBE.quotient):
        with pytest.raises(InputError, match=f"^closed = {bad!r}; accepted: 0 to 3$"):
            method([0, bad])


def test_sets_that_are_not_closed() -> None:
    for method in (CUBE.subscheme, CUBE.quotient):
        for chosen, larger in (([1], "[0, 1, 2, 3]"), ([2], "[0, 2]"), ([], "[0]")):
            with pytest.raises(InputError) as refusal:
                method(chosen)
            assert str(refusal.value) == (
                f"closed = {chosen} generates {larger}; accepted are closed sets of relations, "
                "with 0"
            )


@pytest.mark.parametrize("point", [8, -1, True, 1.0])
def test_points_that_are_none(point: Any) -> None:
    with pytest.raises(InputError, match=f"^point = {point!r}; accepted: 0 to 7$"):
        CUBE.subscheme([0, 2], point)


def test_subschemes_and_quotients_by_hand() -> None:
    assert CUBE.subscheme([0, 2]).valencies == (1, 3)  # the even words: a tetrahedron
    assert CUBE.subscheme([0, 2], 7).valencies == (1, 3)  # and the odd ones
    assert CUBE.subscheme([0, 3], 5).relation == ((0, 1), (1, 0))
    assert CUBE.subscheme([0]).order == 1
    assert CUBE.subscheme(range(4)) == CUBE
    assert CUBE.quotient([0, 3]).valencies == (1, 3)  # the folded cube is complete
    assert CUBE.quotient([0, 2]).valencies == (1, 1)
    assert CUBE.quotient([0]) == CUBE
    assert CUBE.quotient(range(4)).order == 1
    octagon = AssociationScheme(polygon(8))
    assert octagon.quotient([0, 4]) == AssociationScheme(polygon(4))
    assert octagon.subscheme([0, 2, 4]) == AssociationScheme(polygon(4))


def test_subscheme_depends_on_the_point_by_its_block_only() -> None:
    scheme = AssociationScheme(paired(circulant(range(3)), polygon(4)))
    closed = scheme.generated([next(c for c in range(scheme.rank) if scheme.transpose[c] != c)])
    assert len(closed) == 3
    for point in range(12):
        assert scheme.subscheme(closed, point) == AssociationScheme(circulant(range(3)))


def test_quotients_of_the_symmetric_group() -> None:
    """Cosets of a reflection: double cosets of 1 and 2 cosets, although it is not normal."""
    orders = sorted(len(closed) for closed in S3.closed_subsets)
    assert orders == [1, 2, 2, 2, 3, 6]
    for closed in S3.closed_subsets:
        quotient = S3.quotient(closed)
        assert quotient.order == 6 // len(closed)
        assert quotient.valencies == {
            1: (1,) * 6, 2: (1, 2), 3: (1, 1), 6: (1,)
        }[len(closed)]  # fmt: skip


@LAW
@given(commutative_schemes(), st.data())
def test_orders_multiply(relation: Rows, data: st.DataObject) -> None:
    scheme = AssociationScheme(relation)
    closed = data.draw(st.sampled_from(scheme.closed_subsets))
    block = sum(scheme.valencies[i] for i in closed)
    point = data.draw(st.integers(0, scheme.order - 1))
    assert scheme.subscheme(closed, point).order == block
    quotient = scheme.quotient(closed)
    assert quotient.order * block == scheme.order
    # closed sets of the quotient are those above
    above = [other for other in scheme.closed_subsets if other >= closed]
    assert len(quotient.closed_subsets) == len(above)
    assert closed in scheme.closed_subsets


@pytest.mark.parametrize(
    ("relation", "arrays"),
    [
        ([[0]], []),
        (polygon(2), [((1,), (1,))]),
        (circulant([0, 1, 1, 1]), [((3,), (1,))]),  # complete
        (polygon(5), [((2, 1), (1, 1))] * 2),  # pentagon and pentagram
        (polygon(6), [((2, 1, 1), (1, 1, 2))]),
        (polygon(7), [((2, 1, 1), (1, 1, 1))] * 3),
        (polygon(8), [((2, 1, 1, 1), (1, 1, 1, 2))] * 2),
        (hamming(3, 2), [((3, 2, 1), (1, 2, 3))]),
        (johnson(5, 2), [((6, 2), (1, 4)), ((3, 2), (1, 1))]),  # triangular graph, Petersen
        (multipartite(3, 2), [((4, 1), (1, 4))]),  # the other relation is a matching
        (johnson(6, 3), [((9, 4, 1), (1, 4, 9)), ((9, 4, 1), (1, 4, 9))]),  # and its double
        (HEAWOOD, [((3, 2, 2), (1, 1, 3)), ((4, 3, 2), (1, 2, 4))]),  # and its bipartite complement
        (hamming(2, 3), [((4, 2), (1, 2)), ((4, 2), (1, 2))]),
        (circulant(range(3)), []),  # nothing symmetric
        (circulant(range(4)), []),  # the symmetric relation is a matching
        (circulant([0, 1, 1, 2, 1, 2, 2]), []),
        (symmetric_group(3), []),
        (paired(polygon(2), polygon(3)), [((2, 1, 1), (1, 1, 2))]),  # across and aside: a hexagon
    ],
)
def test_intersection_arrays(relation: Rows, arrays: Any) -> None:
    scheme = AssociationScheme(relation)
    found = [scheme.intersection_array(o) for o in scheme.p_polynomial_orderings]
    assert sorted(found) == sorted(arrays)


@pytest.mark.parametrize(("name", "relation"), NAMED)
def test_orderings_are_those_whose_tables_are_tridiagonal(name: str, relation: Rows) -> None:
    """Try all orders: A_i is the graph, A_i A_j has A_{j-1}, A_j, A_{j+1} only, the last one."""
    scheme = AssociationScheme(relation)
    expected = []
    for order in permutations(range(1, scheme.rank)) if scheme.rank < 8 else ():
        full = (0, *order)
        place = {colour: k for k, colour in enumerate(full)}
        graph = full[1] if len(full) > 1 else 0
        if len(full) > 1 and scheme.transpose[graph] == graph and all(
            (scheme.intersection_number(graph, j, k) > 0) if abs(place[j] - place[k]) == 1
            else abs(place[j] - place[k]) == 0 or scheme.intersection_number(graph, j, k) == 0
            for j in full for k in full
        ):  # fmt: skip
            expected.append(full)
    if scheme.rank < 8:
        assert sorted(scheme.p_polynomial_orderings) == sorted(expected), name


def test_orderings_by_hand() -> None:
    assert CUBE.p_polynomial_orderings == ((0, 1, 2, 3),)
    assert AssociationScheme(polygon(7)).p_polynomial_orderings == (
        (0, 1, 2, 3), (0, 2, 3, 1), (0, 3, 1, 2)
    )  # fmt: skip


@pytest.mark.parametrize("ordering", [(0, 2, 1, 3), (0, 1, 2), (), [0, 1, 2, 3], None])
def test_orderings_that_are_none(ordering: Any) -> None:
    with pytest.raises(InputError) as refusal:
        CUBE.intersection_array(ordering)
    assert str(refusal.value) == f"ordering = {ordering!r}; accepted: one of ((0, 1, 2, 3),)"


@pytest.mark.parametrize(
    ("relation", "parameters"),
    [
        (polygon(5), ((5, 2, 0, 1), (5, 2, 0, 1))),
        (johnson(5, 2), ((10, 6, 3, 4), (10, 3, 0, 1))),
        (multipartite(3, 2), ((6, 1, 0, 0), (6, 4, 2, 4))),
        (hamming(2, 4), ((16, 6, 2, 2), (16, 9, 4, 6))),
        (polygon(2), ()),  # rank 2
        (polygon(6), ()),  # rank 4
        (circulant([0, 1, 1, 2, 1, 2, 2]), ()),  # rank 3, not symmetric
    ],
)
def test_strongly_regular_parameters(relation: Rows, parameters: Any) -> None:
    assert AssociationScheme(relation).strongly_regular_parameters == parameters


def test_eigenmatrices_need_commutativity() -> None:
    with pytest.raises(
        InputError,
        match=r"^<AssociationScheme on 6 points with valencies \(1, 1, 1, 1, 1, 1\)> is not "
        "commutative; eigenmatrices need A_i A_j = A_j A_i$",
    ):
        _ = S3.eigenmatrices
    assert CUBE.eigenmatrices.multiplicities == (1, 3, 3, 1)
