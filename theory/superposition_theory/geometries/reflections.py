"""Geometries that are orbits of a finite reflection group on a weight.

A Coxeter diagram with bonds 3 and 5 has the matrix C with 2 on the diagonal, -1 for a bond 3 and
-phi for a bond 5, phi the golden ratio. In the basis of fundamental weights, whose Gram matrix is
the inverse of C, reflection i takes w to w - w_i C_i, so that an orbit is found in Z[phi].
"""

from functools import cache
from typing import Any

from sympy import Integer, Matrix, expand, sqrt
from sympy.polys.matrices import DomainMatrix

from superposition_theory.schemes.permutations import orbitals_relation
from superposition_theory.schemes.relations import Relation

from .geometry import Geometry, Support, tight_support

Number = tuple[int, int]  # a + b phi
Weight = tuple[Number, ...]
Bonds = tuple[tuple[int, int, int], ...]

_A3: Bonds = ((0, 1, 3), (1, 2, 3))
_D4: Bonds = ((0, 1, 3), (0, 2, 3), (0, 3, 3))
_E6: Bonds = ((0, 1, 3), (1, 2, 3), (2, 3, 3), (3, 4, 3), (2, 5, 3))
_E7: Bonds = ((0, 1, 3), (1, 2, 3), (2, 3, 3), (3, 4, 3), (4, 5, 3), (2, 6, 3))
_E8: Bonds = ((0, 1, 3), (1, 2, 3), (2, 3, 3), (3, 4, 3), (4, 5, 3), (5, 6, 3), (2, 7, 3))
_H3: Bonds = ((0, 1, 5), (1, 2, 3))
_H4: Bonds = ((0, 1, 5), (1, 2, 3), (2, 3, 3))


def icosahedron() -> Geometry:
    """Return the icosahedron, an orbit of H3; the double of the 3x6 equiangular tight frame.

    Examples
    --------
    >>> sorted(zip(icosahedron().valencies, icosahedron().cosines))[:2]
    [(1, -1), (1, 1)]
    """
    return _orbit(
        "icosahedron", 12, _H3, (0, 0, 1), 120, names=("equiangular tight frame 3x6, double",)
    )


def dodecahedron() -> Geometry:
    """Return the dodecahedron, an orbit of H3.

    Examples
    --------
    >>> sorted(dodecahedron().valencies)
    [1, 1, 3, 3, 6, 6]
    """
    return _orbit("dodecahedron", 20, _H3, (1, 0, 0), 120)


def icosidodecahedron() -> Geometry:
    """Return the icosidodecahedron, the 30 roots of H3.

    Its configuration has one fibre and rank 10 and is not commutative, although the Gram matrix
    has 9 distinct entries only.

    Examples
    --------
    >>> len(set(icosidodecahedron().cosines)), len(icosidodecahedron().valencies)
    (9, 10)
    """
    return _orbit("icosidodecahedron", 30, _H3, (0, 1, 0), 120, names=("H3 roots",))


def cuboctahedron() -> Geometry:
    """Return the cuboctahedron, the 12 roots of A3.

    Examples
    --------
    >>> sorted(zip(cuboctahedron().cosines, cuboctahedron().valencies))
    [(-1, 1), (-1/2, 4), (0, 2), (1/2, 4), (1, 1)]
    """
    return _orbit("cuboctahedron", 12, _A3, (1, 0, 1), 48, flips=((2, 1, 0),), names=("A3 roots",))


def truncated_tetrahedron() -> Geometry:
    """Return the truncated tetrahedron with equal edges, an orbit of A3.

    Its configuration has one fibre and rank 7 and is not commutative, although the Gram matrix
    has 5 distinct entries only.

    Examples
    --------
    >>> len(set(truncated_tetrahedron().cosines)), len(truncated_tetrahedron().valencies)
    (5, 7)
    """
    return _orbit("truncated tetrahedron", 12, _A3, (1, 1, 0), 24)


def cell_24() -> Geometry:
    """Return the 24-cell, the 24 roots of D4.

    Examples
    --------
    >>> sorted(zip(cell_24().cosines, cell_24().valencies))
    [(-1, 1), (-1/2, 8), (0, 6), (1/2, 8), (1, 1)]
    """
    flips = ((0, 2, 1, 3), (0, 1, 3, 2))
    return _orbit("24-cell", 24, _D4, (1, 0, 0, 0), 1152, flips=flips, names=("D4 roots",))


def cell_600() -> Geometry:
    """Return the 600-cell, the 120 roots of H4.

    Examples
    --------
    >>> sorted(cell_600().valencies)
    [1, 1, 12, 12, 12, 12, 20, 20, 30]
    """
    return _orbit("600-cell", 120, _H4, (0, 0, 0, 1), 14400, names=("H4 roots",))


def schlafli() -> Geometry:
    """Return the 27 points of the Schläfli graph in R^6, a minuscule orbit of E6.

    Examples
    --------
    >>> sorted(zip(schlafli().cosines, schlafli().valencies))
    [(-1/2, 10), (1/4, 16), (1, 1)]
    """
    return _orbit(
        "Schläfli", 27, _E6, (1, 0, 0, 0, 0, 0), 51840, names=("27 lines", "2_21 polytope")
    )


def e6_roots() -> Geometry:
    """Return the 72 roots of E6.

    Examples
    --------
    >>> sorted(e6_roots().valencies)
    [1, 1, 20, 20, 30]
    """
    flip = (4, 3, 2, 1, 0, 5)
    return _orbit("E6 roots", 72, _E6, (0, 0, 0, 0, 0, 1), 103680, flips=(flip,))


def e7_roots() -> Geometry:
    """Return the 126 roots of E7.

    Examples
    --------
    >>> sorted(e7_roots().valencies)
    [1, 1, 32, 32, 60]
    """
    return _orbit("E7 roots", 126, _E7, (1, 0, 0, 0, 0, 0, 0), 2903040)


def e7_code() -> Geometry:
    """Return the 56 points of the minuscule orbit of E7; the double of 28 equiangular lines in R^7.

    Examples
    --------
    >>> sorted(zip(e7_code().cosines, e7_code().valencies))
    [(-1, 1), (-1/3, 27), (1/3, 27), (1, 1)]
    """
    others = ("equiangular tight frame 7x28, double", "3_21 polytope")
    return _orbit("E7 code of 56 points", 56, _E7, (0, 0, 0, 0, 0, 1, 0), 2903040, names=others)


def e8_roots() -> Geometry:
    """Return the 240 roots of E8.

    Examples
    --------
    >>> e8_roots().order, e8_roots().dimension
    (240, 8)
    """
    return _orbit(
        "E8 roots", 240, _E8, (0, 0, 0, 0, 0, 0, 1, 0), 696729600, names=("4_21 polytope",)
    )


def _orbit(
    name: str,
    order: int,
    bonds: Bonds,
    weight: tuple[int, ...],
    symmetries: int,
    *,
    flips: tuple[tuple[int, ...], ...] = (),
    names: tuple[str, ...] = (),
) -> Geometry:
    """Return the orbit of a weight; `flips` are the symmetries of the diagram that are added."""
    return Geometry(
        name,
        order,
        lambda: _support(bonds, weight, flips),
        lambda: _points_and_relation(bonds, weight, flips)[1],
        also_known_as=names,
        symmetries=symmetries,
    )


def _support(bonds: Bonds, weight: tuple[int, ...], flips: tuple[tuple[int, ...], ...]) -> Support:
    """Return the cosines of one pair of each colour; the orbit spans an irreducible space."""
    points, relation = _points_and_relation(bonds, weight, flips)
    vectors = {
        colour: Matrix([_sympy(number) for number in points[x]])
        for x, colour in reversed(list(enumerate(relation[0])))
    }
    inverse = _inverse_cartan(bonds, len(weight))
    against = inverse * vectors[0]
    length = expand(vectors[0].dot(against))
    rank = max(relation[0]) + 1
    cosines = [
        expand((expand(vectors[colour].dot(against)) / length).radsimp()) for colour in range(rank)
    ]
    valencies = tuple(relation[0].count(colour) for colour in range(rank))
    return tight_support(len(weight), valencies, cosines)


@cache
def _points_and_relation(
    bonds: Bonds, weight: tuple[int, ...], flips: tuple[tuple[int, ...], ...]
) -> tuple[tuple[Weight, ...], Relation]:
    """Return the orbit in the order in which it is found, and the orbits on pairs of points."""
    cartan = _cartan(bonds, len(weight))
    start: Weight = tuple((w, 0) for w in weight)
    number = {start: 0}
    points = [start]
    images: list[list[int]] = []
    for point in points:
        moved = [_reflected(point, i, row) for i, row in enumerate(cartan)]
        moved.extend(tuple(point[i] for i in flip) for flip in flips)
        for image in moved:
            if image not in number:
                number[image] = len(points)
                points.append(image)
        images.append([number[image] for image in moved])
    generators = [list(generator) for generator in zip(*images, strict=True)]
    return tuple(points), orbitals_relation(generators, len(points))


def _reflected(point: Weight, i: int, row: list[Number]) -> Weight:
    """Return w - w_i C_i, in Z[phi] with phi^2 = phi + 1."""
    a, b = point[i]
    return tuple(
        (p - a * c - b * d, q - a * d - b * c - b * d)
        for (p, q), (c, d) in zip(point, row, strict=True)
    )


def _cartan(bonds: Bonds, size: int) -> list[list[Number]]:
    """Return the matrix C of a diagram."""
    matrix = [[(2, 0) if i == j else (0, 0) for j in range(size)] for i in range(size)]
    for i, j, bond in bonds:
        matrix[i][j] = matrix[j][i] = {3: (-1, 0), 5: (0, -1)}[bond]
    return matrix


def _inverse_cartan(bonds: Bonds, size: int) -> Matrix:
    """Return the Gram matrix of the fundamental weights."""
    matrix = Matrix([[_sympy(number) for number in row] for row in _cartan(bonds, size)])
    return DomainMatrix.from_Matrix(matrix, extension=True).to_field().inv().to_Matrix()


def _sympy(number: Number) -> Any:
    """Return a + b phi as a sympy number."""
    return Integer(number[0]) + number[1] * (1 + sqrt(5)) / 2
