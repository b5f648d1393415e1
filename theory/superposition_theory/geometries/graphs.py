"""Two-distance tight frames of strongly regular graphs, apart from those of other families."""

from collections.abc import Callable
from math import factorial
from typing import Any

from sympy import Integer, sqrt

from superposition_theory.errors import InputError
from superposition_theory.reading import read_count
from superposition_theory.schemes.families import (
    hamming_relation,
    johnson_relation,
    translation_relation,
)
from superposition_theory.schemes.parameters import StronglyRegularParameters
from superposition_theory.schemes.relations import Relation

from .distance import demihypercube, hamming_frame
from .geometry import Geometry, Support, tight_support


def petersen() -> Geometry:
    """Return the Petersen graph in R^5, the eigenspace of its eigenvalue 1.

    Its other frame, in R^4, is E_1 of J(5, 2).

    Examples
    --------
    >>> petersen().dimension, petersen().cosines
    (5, (1, -1/3, 1/3))
    """
    return triangular_frame(5)


def triangular_frame(v: int) -> Geometry:
    """Return the second frame of the triangular graph T(v), v >= 5, in v (v - 3)/2 dimensions.

    Colour 1 is "pairs with a common member". For v = 5 it is the Petersen graph.

    Examples
    --------
    >>> triangular_frame(6).name, triangular_frame(6).dimension
    ('Johnson J(6,2), E_2', 9)
    """
    read_count(v, "v", 5)
    johnson = f"Johnson J({v},2), E_2"
    return strongly_regular_frame(
        "Petersen" if v == 5 else johnson,
        StronglyRegularParameters(v * (v - 1) // 2, 2 * (v - 2), v - 2, 4),
        lambda: johnson_relation(v, 2),
        larger=False,
        also_known_as=("Petersen in R^5", johnson) if v == 5 else (f"triangular graph T({v})",),
        symmetries=factorial(v),
    )


def rook_frame(q: int) -> Geometry:
    """Return the second frame of the q x q rook graph, q >= 3, in (q - 1)^2 dimensions.

    For q = 3 it is that of the Paley graph, E_1 of H(2, 3) with the colours exchanged.

    Examples
    --------
    >>> rook_frame(4).dimension, rook_frame(4).cosines
    (9, (1, -1/3, 1/9))
    """
    if read_count(q, "q", 3) == 3:
        return hamming_frame(2, 3)
    return strongly_regular_frame(
        f"Hamming H(2,{q}), E_2",
        StronglyRegularParameters(q * q, 2 * (q - 1), q - 2, 2),
        lambda: hamming_relation(2, q),
        larger=False,
        also_known_as=(f"rook {q}x{q}",),
        symmetries=2 * factorial(q) ** 2,
    )


def shrikhande_frames() -> tuple[Geometry, Geometry]:
    """Return the frames of the Shrikhande graph, in R^6 and R^9.

    They have the parameters and the inner products of the 4 x 4 rook graph, and another scheme.

    Examples
    --------
    >>> [frame.dimension for frame in shrikhande_frames()]
    [6, 9]
    """
    steps = {(0, 1), (0, 3), (1, 0), (3, 0), (1, 1), (3, 3)}
    colours = [0] + [1 if divmod(x, 4) in steps else 2 for x in range(1, 16)]
    return _both(
        "Shrikhande",
        StronglyRegularParameters(16, 6, 2, 2),
        lambda: translation_relation([4, 4], colours),
        192,
    )


def clebsch_frames() -> tuple[Geometry, Geometry]:
    """Return the frames of the Clebsch graph: in R^5, the demihypercube, and in R^10.

    Examples
    --------
    >>> [frame.name for frame in clebsch_frames()]
    ['demihypercube on 16 points', 'Clebsch in R^10']
    """
    hypercube = demihypercube(5)
    return hypercube, strongly_regular_frame(
        "Clebsch in R^10",
        StronglyRegularParameters(16, 10, 6, 6),
        lambda: hypercube.relation,
        larger=False,
        symmetries=1920,
    )


def projective_line_frames() -> tuple[Geometry, Geometry]:
    """Return the frames of the 35 lines of PG(3, 2), adjacent where they meet, in R^14 and R^20.

    Examples
    --------
    >>> [frame.dimension for frame in projective_line_frames()]
    [14, 20]
    """
    return _both(
        "lines of PG(3,2)", StronglyRegularParameters(35, 18, 9, 9), projective_line_relation, 40320
    )


def projective_line_relation() -> Relation:
    """Return the relation on the lines of PG(3, 2): 1 where they meet in a point, 2 where not.

    Examples
    --------
    >>> [projective_line_relation()[0].count(colour) for colour in range(3)]
    [1, 18, 16]
    """
    lines = sorted(
        {frozenset((a, b, a ^ b)) for a in range(1, 16) for b in range(1, a)}, key=sorted
    )
    return tuple(tuple({3: 0, 1: 1, 0: 2}[len(x & y)] for y in lines) for x in lines)


def hoffman_singleton_frames() -> tuple[Geometry, Geometry]:
    """Return the frames of the Hoffman-Singleton graph, in R^28 and R^21.

    Examples
    --------
    >>> [frame.dimension for frame in hoffman_singleton_frames()]
    [28, 21]
    """
    return _both(
        "Hoffman-Singleton",
        StronglyRegularParameters(50, 7, 0, 1),
        hoffman_singleton_relation,
        252000,
    )


def hoffman_singleton_relation() -> Relation:
    """Return the relation of the Hoffman-Singleton graph: five pentagons and five pentagrams.

    Vertex j of pentagon h is adjacent to its vertices j +- 1 and to vertex hi + j of pentagram i,
    vertex j of pentagram i to its vertices j +- 2, for all residues modulo 5.

    References
    ----------
    Robertson 1969, "Graphs minimal under girth, valency and connectivity constraints".

    Examples
    --------
    >>> [hoffman_singleton_relation()[0].count(colour) for colour in range(3)]
    [1, 7, 42]
    """
    points = [(star, h, j) for star in (0, 1) for h in range(5) for j in range(5)]

    def adjacent(x: tuple[int, int, int], y: tuple[int, int, int]) -> bool:
        """Whether two vertices are adjacent, x listed before y."""
        (star, h, j), (other, i, k) = x, y
        if star == other:
            return h == i and (k - j) % 5 in ((2, 3) if star else (1, 4))
        return (h * i + j - k) % 5 == 0

    return tuple(
        tuple(0 if x == y else 1 if adjacent(*sorted((x, y))) else 2 for y in points)
        for x in points
    )


def strongly_regular_frame(
    name: str,
    parameters: StronglyRegularParameters,
    rows: Callable[[], Relation],
    *,
    larger: bool,
    also_known_as: tuple[str, ...] = (),
    symmetries: int | None = None,
) -> Geometry:
    """Return an eigenspace of a strongly regular graph as a tight frame of two inner products.

    With an eigenvalue theta of multiplicity m other than the valency k, adjacent points have the
    inner product theta/k and the others (-1 - theta)/(v - k - 1), in m dimensions.

    Parameters
    ----------
    name : str
    parameters : StronglyRegularParameters
    rows : callable
        Returns the relation: 0 equal, 1 adjacent, 2 not adjacent. The first two points are
        adjacent, so that this numbering is canonical.
    larger : bool
        Whether theta is the larger of the two eigenvalues.
    also_known_as : tuple of str
    symmetries : int or None
        The number of automorphisms of the graph.

    Returns
    -------
    Geometry

    Raises
    ------
    InputError
        For parameters whose multiplicities are not integers.

    Examples
    --------
    >>> square = StronglyRegularParameters(4, 2, 0, 2)
    >>> rows = ((0, 1, 2, 1), (1, 0, 1, 2), (2, 1, 0, 1), (1, 2, 1, 0))
    >>> strongly_regular_frame("square", square, lambda: rows, larger=True).cosines
    (1, 0, -1)
    """
    v, k = parameters.v, parameters.k
    multiplicities = parameters.multiplicities
    if multiplicities is None or any(m.denominator != 1 for m in multiplicities):
        raise InputError(f"{parameters} has no integral multiplicities; accepted: those of a graph")
    root = sqrt(Integer(parameters.discriminant))

    def support() -> Support:
        """Return the eigenspace."""
        theta = (parameters.lam - parameters.mu + (root if larger else -root)) / 2
        cosines: list[Any] = [Integer(1), (theta / k).expand()]
        cosines.append(((-1 - theta) / Integer(v - k - 1)).expand())
        return tight_support(int(multiplicities[0 if larger else 1]), (1, k, v - k - 1), cosines)

    def checked() -> Relation:
        """Return the relation if its colour 1 has the valency of the parameters."""
        relation = rows()
        counts = [relation[0].count(colour) for colour in range(3)]
        if len(relation) != v or counts != [1, k, v - k - 1]:
            raise InputError(
                f"rows gives {len(relation)} points with {counts} of the colours 0, 1, 2; accepted "
                f"for {parameters}: {v} points with {[1, k, v - k - 1]}"
            )
        return relation

    return Geometry(name, v, support, checked, also_known_as=also_known_as, symmetries=symmetries)


def _both(
    name: str,
    parameters: StronglyRegularParameters,
    rows: Callable[[], Relation],
    symmetries: int,
) -> tuple[Geometry, Geometry]:
    """Return the frames of both eigenvalues, named by their dimensions."""
    larger, smaller = (int(m) for m in parameters.multiplicities or ())
    return (
        strongly_regular_frame(
            f"{name} in R^{larger}", parameters, rows, larger=True, symmetries=symmetries
        ),
        strongly_regular_frame(
            f"{name} in R^{smaller}", parameters, rows, larger=False, symmetries=symmetries
        ),
    )
