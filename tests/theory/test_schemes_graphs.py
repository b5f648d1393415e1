"""Graphs and their schemes, against networkx and hand cases."""

from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from superposition_theory.errors import InputError
from superposition_theory.schemes import AssociationScheme, coherent_closure
from superposition_theory.schemes.graphs import (
    distance_relation,
    distance_scheme,
    from_graph,
    intersection_array,
    is_distance_regular,
    strongly_regular_parameters,
)


@pytest.mark.parametrize(
    ("graph", "b", "c"),
    [
        # Brouwer, Cohen and Neumaier 1989
        (nx.petersen_graph(), (3, 2), (1, 1)),
        (nx.icosahedral_graph(), (5, 2, 1), (1, 2, 5)),
        (nx.dodecahedral_graph(), (3, 2, 1, 1, 1), (1, 1, 1, 2, 3)),
        (nx.heawood_graph(), (3, 2, 2), (1, 1, 3)),
        (nx.hypercube_graph(3), (3, 2, 1), (1, 2, 3)),
        (nx.complete_graph(4), (3,), (1,)),
        (nx.cycle_graph(7), (2, 1, 1), (1, 1, 1)),
    ],
)
def test_distance_regular_graphs(graph: Any, b: tuple[int, ...], c: tuple[int, ...]) -> None:
    array = intersection_array(graph)
    assert array is not None
    assert (array.b, array.c) == (b, c)
    assert (list(b), list(c)) == tuple(nx.intersection_array(graph))
    scheme = distance_scheme(graph)
    assert sorted(scheme.valencies) == sorted(array.valencies)
    assert from_graph(graph) == scheme
    # the second route: refinement of "equal, adjacent, neither"
    nodes = list(graph)
    colours = [[0 if x == y else 1 + graph.has_edge(x, y) for y in nodes] for x in nodes]
    assert coherent_closure(colours).relation == scheme.relation


@given(st.integers(2, 7), st.integers(0, 2**21))
def test_distance_regularity_agrees_with_networkx(order: int, bits: int) -> None:
    graph = nx.Graph()
    graph.add_nodes_from(range(order))
    pairs = [(x, y) for x in range(order) for y in range(x)]
    graph.add_edges_from(pair for i, pair in enumerate(pairs) if bits >> i & 1)
    assert is_distance_regular(graph) == nx.is_distance_regular(graph)
    parameters = strongly_regular_parameters(graph)
    complete_or_empty = graph.number_of_edges() in (0, len(pairs))
    if nx.is_connected(graph) and nx.is_connected(nx.complement(graph)):
        assert (parameters is not None) == nx.is_strongly_regular(graph)
    if parameters is not None:
        assert not complete_or_empty
        assert strongly_regular_parameters(nx.complement(graph)) == parameters.complement
        assert from_graph(graph).rank == 3


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        (nx.petersen_graph(), (10, 3, 0, 1)),
        (nx.cycle_graph(5), (5, 2, 0, 1)),
        (nx.complete_bipartite_graph(3, 3), (6, 3, 0, 3)),
        (nx.disjoint_union(nx.complete_graph(3), nx.complete_graph(3)), (6, 2, 1, 0)),  # mu = 0
        (nx.line_graph(nx.complete_graph(5)), (10, 6, 3, 4)),  # triangular
        (nx.cycle_graph(6), None),
        (nx.complete_graph(4), None),
        (nx.empty_graph(4), None),
        (nx.path_graph(3), None),
    ],
)
def test_strongly_regular_parameters(graph: Any, expected: tuple[int, ...] | None) -> None:
    found = strongly_regular_parameters(graph)
    assert (found and (found.v, found.k, found.lam, found.mu)) == expected


def test_other_graphs() -> None:
    path = from_graph(nx.path_graph(3))
    assert (path.rank, path.fibres) == (5, ((0, 2), (1,)))
    prism = from_graph(nx.circular_ladder_graph(3))
    assert isinstance(prism, AssociationScheme)
    assert sorted(prism.valencies) == [1, 1, 2, 2]  # vertex-transitive, not distance-regular
    assert from_graph(nx.empty_graph(3)).rank == 2
    assert from_graph(nx.empty_graph(1)).rank == 1
    assert not is_distance_regular(nx.empty_graph(2))


def test_points_are_the_nodes_in_the_order_of_the_graph() -> None:
    graph = nx.Graph()
    graph.add_nodes_from(["end", "other end", "middle"])
    graph.add_edges_from([("end", "middle"), ("middle", "other end")])
    assert distance_relation(graph) == ((0, 2, 1), (2, 0, 1), (1, 1, 0))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: distance_scheme(nx.path_graph(3)), r"G is not distance-regular"),
        (lambda: distance_scheme(nx.empty_graph(2)), r"G is not distance-regular"),
        (lambda: distance_relation(nx.empty_graph(2)), r"G is not connected"),
        (lambda: from_graph(nx.DiGraph([(0, 1)])), r"G is of type DiGraph"),
        (lambda: from_graph(nx.MultiGraph([(0, 1)])), r"G is of type MultiGraph"),
        (lambda: from_graph([[0, 1], [1, 0]]), r"G is of type list"),
        (lambda: from_graph(nx.Graph()), r"G has no nodes"),
        (lambda: strongly_regular_parameters(nx.Graph([(0, 0)])), r"G has a loop"),
    ],
)
def test_refusals(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
