"""Graphs and schemes: distance-regular graphs, strongly regular ones, coherent closures.

A graph is an undirected networkx graph without loops or parallel edges. The points of a scheme are
the nodes in the order in which the graph lists them (``list(G)``); labels play no other role.
"""

from typing import Any

from superposition_theory.errors import InputError

from .closure import coherent_closure
from .configuration import CoherentConfiguration
from .parameters import IntersectionArray, StronglyRegularParameters
from .relations import Relation
from .scheme import AssociationScheme


def distance_relation(G: Any) -> Relation:
    """Return the distances between all pairs of nodes of a connected graph.

    Raises
    ------
    InputError
        For a graph that is directed, has loops, parallel edges or no nodes, or is not connected.

    Examples
    --------
    >>> import networkx as nx
    >>> distance_relation(nx.path_graph(3))
    ((0, 1, 2), (1, 0, 1), (2, 1, 0))
    """
    rows = _distances(_neighbours(G))
    if -1 in rows[0]:
        raise InputError("G is not connected; accepted: connected graphs")
    return rows


def intersection_array(G: Any) -> IntersectionArray | None:
    """Return the intersection array of a graph, or None where it is not distance-regular.

    A graph that is not connected has none, and neither has a single node.

    Raises
    ------
    InputError
        For a graph that is directed, has loops, parallel edges or no nodes.

    References
    ----------
    Brouwer, Cohen and Neumaier 1989, "Distance-Regular Graphs", 4.1.

    Examples
    --------
    >>> import networkx as nx
    >>> intersection_array(nx.petersen_graph())
    IntersectionArray(b=(3, 2), c=(1, 1))
    >>> intersection_array(nx.path_graph(3)) is None
    True
    """
    neighbours = _neighbours(G)
    rows = _distances(neighbours)
    if len(rows) == 1 or -1 in rows[0]:
        return None
    found: dict[int, tuple[int, int]] = {}
    for row in rows:
        for y, distance in enumerate(row):
            near = [row[z] for z in neighbours[y]]
            counts = near.count(distance + 1), near.count(distance - 1)
            if found.setdefault(distance, counts) != counts:
                return None
    diameter = max(found)
    return IntersectionArray(
        tuple(found[i][0] for i in range(diameter)),
        tuple(found[i][1] for i in range(1, diameter + 1)),
    )


def is_distance_regular(G: Any) -> bool:
    """Whether a graph is connected and distance-regular, decided by counting.

    Examples
    --------
    >>> import networkx as nx
    >>> is_distance_regular(nx.icosahedral_graph()), is_distance_regular(nx.path_graph(3))
    (True, False)
    """
    return intersection_array(G) is not None


def distance_scheme(G: Any) -> AssociationScheme:
    """Return the scheme of a distance-regular graph: the colours are the distances.

    As everywhere, they are numbered in the order in which they appear row by row.

    Raises
    ------
    InputError
        For a graph that is not connected and distance-regular.

    Examples
    --------
    >>> import networkx as nx
    >>> distance_scheme(nx.dodecahedral_graph()).valencies
    (1, 3, 6, 6, 3, 1)
    """
    if not is_distance_regular(G):
        raise InputError("G is not distance-regular; accepted: distance-regular graphs (connected)")
    return AssociationScheme(distance_relation(G))


def from_graph(G: Any) -> CoherentConfiguration:
    """Return the coherent closure of a graph: the colours are equal, adjacent and neither.

    It is an `AssociationScheme` where it has one fibre. For a distance-regular graph it is the
    distance scheme, found without refinement.

    Examples
    --------
    >>> import networkx as nx
    >>> from_graph(nx.petersen_graph()).valencies, from_graph(nx.path_graph(3)).rank
    ((1, 3, 6), 5)
    """
    neighbours = _neighbours(G)
    if is_distance_regular(G):
        return AssociationScheme(distance_relation(G))
    points = range(len(neighbours))
    return coherent_closure(
        [[0 if x == y else 1 if y in neighbours[x] else 2 for y in points] for x in points]
    )


def strongly_regular_parameters(G: Any) -> StronglyRegularParameters | None:
    """Return (v, k, lambda, mu), or None where the graph is not strongly regular.

    Complete graphs and graphs without edges are not counted as strongly regular; disjoint unions
    of complete graphs of one size (mu = 0) are.

    Examples
    --------
    >>> import networkx as nx
    >>> strongly_regular_parameters(nx.petersen_graph())
    StronglyRegularParameters(v=10, k=3, lam=0, mu=1)
    >>> strongly_regular_parameters(nx.complete_graph(4)) is None
    True
    """
    neighbours = _neighbours(G)
    v, degrees = len(neighbours), {len(near) for near in neighbours}
    common: dict[bool, set[int]] = {True: set(), False: set()}
    for x in range(v):
        for y in range(x):
            common[y in neighbours[x]].add(len(neighbours[x] & neighbours[y]))
    if len(degrees) > 1 or any(len(numbers) != 1 for numbers in common.values()):
        return None
    (k,), (lam,), (mu,) = degrees, common[True], common[False]
    return StronglyRegularParameters(v, k, lam, mu)


def _distances(neighbours: list[set[int]]) -> Relation:
    """Return the distances between all pairs of nodes, -1 where there is no path."""
    rows = []
    for source in range(len(neighbours)):
        row = [-1] * len(neighbours)
        row[source] = 0
        reached = [source]
        for x in reached:
            for y in neighbours[x]:
                if row[y] == -1:
                    row[y] = row[x] + 1
                    reached.append(y)
        rows.append(tuple(row))
    return tuple(rows)


def _neighbours(G: Any) -> list[set[int]]:
    """Return the neighbours of each node by number, refusing what is not a simple graph."""
    import networkx as nx  # not needed, and not cheap, until a graph is read

    if not isinstance(G, nx.Graph) or G.is_directed() or G.is_multigraph():
        raise InputError(
            f"G is of type {type(G).__name__}; accepted: an undirected networkx Graph, simple"
        )
    if not len(G):
        raise InputError("G has no nodes; accepted: graphs of at least one node")
    if any(G.has_edge(node, node) for node in G):
        raise InputError("G has a loop; accepted: graphs without loops")
    number = {node: i for i, node in enumerate(G)}
    return [{number[neighbour] for neighbour in G[node]} for node in G]
