"""Geometries of classical distance-regular schemes: cross-polytope, cube, Johnson, Paley."""

from math import comb, factorial
from typing import Any

from sympy import ImmutableMatrix, Integer, Rational, factorint, sqrt

from superposition_theory.errors import InputError
from superposition_theory.reading import read_count
from superposition_theory.schemes.families import (
    complete_multipartite_relation,
    hamming_relation,
    johnson_relation,
    paley_relation,
    translation_relation,
)

from .geometry import Geometry, tight_support
from .polygons import polygon
from .simplices import simplex

_OTHER_DEMIHYPERCUBES = {
    5: ("Clebsch in R^5", "hemicube on 16 points"),
    6: ("equiangular tight frame 6x16, double",),
}


def cross_polytope(m: int) -> Geometry:
    """Return the 2m vectors +-e_i, m >= 1; the digon for m = 1 and the square for m = 2.

    Examples
    --------
    >>> cross_polytope(3).name, cross_polytope(3).cosines
    ('octahedron', (1, -1, 0))
    """
    read_count(m, "m", 1)
    if m == 1:
        return simplex(2)
    if m == 2:
        return polygon(4)
    others = {
        3: ("cross-polytope on 6 points", "triangular antiprism (tight)"),
        4: ("16-cell", "demihypercube on 8 points"),
    }
    return Geometry(
        "octahedron" if m == 3 else f"cross-polytope on {2 * m} points",
        2 * m,
        lambda: tight_support(m, (1, 1, 2 * m - 2), (Integer(1), Integer(-1), Integer(0))),
        lambda: complete_multipartite_relation(m, 2),
        also_known_as=others.get(m, ()),
        symmetries=2**m * factorial(m),
        closed_form=lambda: ImmutableMatrix(m, 2 * m, lambda i, x: (-1) ** x if x // 2 == i else 0),
        blocks=(simplex(2),) * m,
    )


def hypercube(m: int) -> Geometry:
    """Return the 2^m vectors (+-1, ..., +-1)/sqrt(m), m >= 1; the square for m = 2.

    Examples
    --------
    >>> hypercube(3).name, hypercube(3).cosines
    ('cube', (1, 1/3, -1/3, -1))
    """
    if read_count(m, "m", 1) > 2:
        return hamming_frame(m, 2)
    return cross_polytope(m)


def hamming_frame(d: int, q: int) -> Geometry:
    """Return E_1 of H(d, q): the product of d simplices on q points, in d (q - 1) dimensions.

    The inner product at distance i is 1 - q i/(d (q - 1)), from the Krawtchouk polynomial of
    degree 1.

    Examples
    --------
    >>> hamming_frame(2, 3).name, hamming_frame(2, 3).cosines
    ('Paley(9)', (1, 1/4, -1/2))
    """
    read_count(d, "d", 1)
    read_count(q, "q", 2)
    if d == 1:
        return simplex(q)
    if (d, q) == (2, 2):
        return cross_polytope(2)
    names = {(3, 2): "cube", (2, 3): "Paley(9)"}
    hamming = f"Hamming H({d},{q}), E_1"
    others = {(3, 2): ("square prism (tight)",), (2, 3): ("rook 3x3",)}.get((d, q), ())
    if q == 2 and d > 3:
        names[d, q] = f"hypercube on {2**d} points"
    return Geometry(
        names.get((d, q), hamming),
        q**d,
        lambda: tight_support(
            d * (q - 1),
            tuple(comb(d, i) * (q - 1) ** i for i in range(d + 1)),
            [1 - Rational(q * i, d * (q - 1)) for i in range(d + 1)],
        ),
        lambda: hamming_relation(d, q),
        also_known_as=(*others, hamming) if (d, q) in names else (),
        symmetries=factorial(q) ** d * factorial(d),
        closed_form=(lambda: _cube_vertices(d)) if q == 2 else None,
    )


def johnson_frame(v: int, k: int) -> Geometry:
    """Return E_1 of J(v, k), 0 < k < v: the k-subsets of v points as centred 0/1 vectors.

    It has v - 1 dimensions; subsets with i different members have the inner product
    1 - i v/(k (v - k)). J(v, k) and J(v, v - k) are one scheme, called by the smaller of the two.

    Examples
    --------
    >>> johnson_frame(7, 3).name, johnson_frame(7, 3).cosines
    ('Johnson J(7,3), E_1', (1, 5/12, -1/6, -3/4))
    """
    read_count(v, "v", 2)
    if not 0 < read_count(k, "k", 1) < v:
        raise InputError(f"k is {k}; accepted: an integer from 1 to v - 1 = {v - 1}")
    k = min(k, v - k)
    if k == 1:
        return simplex(v)
    if (v, k) == (4, 2):
        return cross_polytope(3)
    johnson = f"Johnson J({v},{k}), E_1"
    names = {(5, 2): "Petersen in R^4"}
    others = {
        (5, 2): (johnson,),
        (6, 3): ("equiangular tight frame 5x10, double",),
    }
    return Geometry(
        names.get((v, k), johnson),
        comb(v, k),
        lambda: tight_support(
            v - 1,
            tuple(comb(k, i) * comb(v - k, i) for i in range(k + 1)),
            [1 - Rational(i * v, k * (v - k)) for i in range(k + 1)],
        ),
        lambda: johnson_relation(v, k),
        also_known_as=others.get((v, k), ()),
        symmetries=factorial(v) * (2 if v == 2 * k else 1),
    )


def demihypercube(m: int) -> Geometry:
    """Return every other vertex of the m-cube, m >= 3: the words of even weight.

    It is the tetrahedron for m = 3 and the cross-polytope for m = 4.

    Examples
    --------
    >>> demihypercube(5).valencies, demihypercube(5).cosines
    ((1, 10, 5), (1, 1/5, -3/5))
    """
    if read_count(m, "m", 3) < 5:
        return simplex(4) if m == 3 else cross_polytope(4)
    halves = [(x.bit_count() + 1) // 2 for x in range(2 ** (m - 1))]
    return Geometry(
        f"demihypercube on {2 ** (m - 1)} points",
        2 ** (m - 1),
        lambda: tight_support(
            m,
            tuple(comb(m, 2 * i) for i in range(m // 2 + 1)),
            [1 - Rational(4 * i, m) for i in range(m // 2 + 1)],
        ),
        lambda: translation_relation([2] * (m - 1), halves),
        also_known_as=_OTHER_DEMIHYPERCUBES.get(m, ()),
        symmetries=2 ** (m - 1) * factorial(m),
    )


def paley_frame(q: int) -> Geometry:
    """Return the two-distance tight frame of the Paley graph, q = 1 modulo 4 a prime power.

    It has (q - 1)/2 dimensions; points with a square difference have the inner product
    (-1 + sqrt(q))/(q - 1), the others (-1 - sqrt(q))/(q - 1). The other eigenspace of the graph
    is the same frame with squares and nonsquares exchanged.

    Examples
    --------
    >>> paley_frame(13).cosines
    (1, -1/12 + sqrt(13)/12, -sqrt(13)/12 - 1/12)
    """
    if len(factorint(read_count(q, "q", 5))) > 1 or q % 4 != 1:
        raise InputError(f"q is {q}; accepted: prime powers that are 1 modulo 4")
    if q == 5:
        return polygon(5)
    if q == 9:
        return hamming_frame(2, 3)
    (e,) = factorint(q).values()
    root = sqrt(Integer(q))
    half = (q - 1) // 2
    return Geometry(
        f"Paley({q})",
        q,
        lambda: tight_support(
            half,
            (1, half, half),
            (Integer(1), ((root - 1) / (q - 1)).expand(), ((-root - 1) / (q - 1)).expand()),
        ),
        lambda: paley_relation(q),
        symmetries=e * q * half,
    )


def _cube_vertices(m: int) -> Any:
    """Return the vertices of the m-cube on the unit sphere, in lexicographic order."""
    return ImmutableMatrix(m, 2**m, lambda i, x: (-1) ** (x >> (m - 1 - i) & 1)) / sqrt(m)
