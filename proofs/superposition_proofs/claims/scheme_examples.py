"""What does not hold: all schemes commute, parameters or cosines tell schemes apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from functools import cache, partial
from typing import Any

from flint import fmpz_poly
from superposition_theory.geometries.heights import antiprism_cosine
from superposition_theory.schemes import AssociationScheme, coherent_closure
from superposition_theory.schemes.families import (
    complete_multipartite,
    cyclic_relation,
    translation_relation,
)
from sympy import Rational, radsimp, sqrt

from superposition_proofs.ledger import Claim, ClaimKind

from .algebra import Decided, Steps, replaced
from .cases import Family, by_steps, on_cases

Point = tuple[fmpz_poly, ...]
_X = fmpz_poly([0, 1])
_ONE = fmpz_poly([1])
_GOLDEN = fmpz_poly([-1, -1, 1])
_TRIBONACCI = fmpz_poly([-1, -1, -1, 1])


# ---------------------------------------------------------------- orbits of points


def _signed(coordinates: Sequence[fmpz_poly], signs: Iterable[int]) -> Point:
    """Return a point with signs."""
    return tuple(x * s for x, s in zip(coordinates, signs, strict=True))


def _is_odd(permutation: tuple[int, ...]) -> bool:
    """Say whether a permutation of three is odd."""
    return permutation not in ((0, 1, 2), (1, 2, 0), (2, 0, 1))


def _permuted(coordinates: Sequence[fmpz_poly], chiral: bool) -> list[Point]:
    """Return the points with permuted coordinates and an even number of minus signs.

    Chiral: an odd number of them for odd permutations.
    """
    points = {}
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1, -1), repeat=3):
            if signs.count(-1) % 2 == (chiral and _is_odd(order)):
                point = _signed([coordinates[i] for i in order], signs)
                points[str(point)] = point
    return list(points.values())


def _cyclic(coordinates: Sequence[fmpz_poly]) -> list[Point]:
    """Return the points with cyclically permuted coordinates and all signs."""
    points = {}
    for shift in range(3):
        rotated = [coordinates[(i + shift) % 3] for i in range(3)]
        for signs in itertools.product((1, -1), repeat=3):
            point = _signed(rotated, signs)
            points[str(point)] = point
    return list(points.values())


@cache
def _solids() -> dict[str, tuple[list[Point], fmpz_poly]]:
    """Return vertices of solids over the integers in x, and the polynomial of x."""
    zero, two = fmpz_poly([0]), fmpz_poly([2])
    return {
        "truncated tetrahedron": (_permuted([_ONE, _ONE, fmpz_poly([3])], False), _X),
        "snub cube": (_permuted([_ONE, _X, _X * _X], True), _TRIBONACCI),
        "icosidodecahedron": (
            _cyclic([zero, zero, two * _X]) + _cyclic([_ONE, _X, _X * _X]),
            _GOLDEN,
        ),
        "icosahedron": (_cyclic([zero, _ONE, _X]), _GOLDEN),
        "tetrahedron": (_permuted([_ONE, _ONE, _ONE], False), _X),
    }


def _inner_products(name: str) -> list[list[tuple[int, ...]]]:
    """Return the Gram matrix of a solid, its entries as coefficients of 1, x, x^2."""
    points, modulus = _solids()[name]
    return [
        [tuple(int(c) for c in (_inner(first, second) % modulus).coeffs()) for second in points]
        for first in points
    ]


def _inner(first: Point, second: Point) -> fmpz_poly:
    """Return an inner product, not reduced."""
    return sum((a * b for a, b in zip(first, second, strict=True)), start=fmpz_poly([0]))


def _coloured(gram: Sequence[Sequence[Any]]) -> list[list[int]]:
    """Return the colours of the entries of a matrix."""
    numbers: dict[Any, int] = {}
    return [[numbers.setdefault(entry, len(numbers)) for entry in row] for row in gram]


def solid_is_as_stated(
    case: tuple[str, int, int, int], *, commutes: bool = False, finer: int = 0
) -> bool:
    """State order, cosines and rank of the closure of a solid, one fibre, no commutativity."""
    name, order, cosines, rank = case
    colours = _coloured(_inner_products(name))
    closure = coherent_closure(colours)
    return (
        (closure.order, 1 + max(map(max, colours)), closure.rank) == (order, cosines, rank + finer)
        and closure.is_homogeneous
        and closure.is_commutative is commutes
    )


_NOT_COMMUTATIVE = (
    ("truncated tetrahedron", 12, 5, 7),
    ("snub cube", 24, 12, 24),
    ("icosidodecahedron", 30, 9, 10),
)


# ---------------------------------------------------------------- one set of parameters


def _on_a_torus(steps: Sequence[tuple[int, int]]) -> AssociationScheme:
    """Return the scheme of the graph on Z_4 x Z_4 with these differences and their negatives."""
    near = {((a * s) % 4, (b * s) % 4) for a, b in steps for s in (1, -1)}
    differences = itertools.product(range(4), repeat=2)
    return AssociationScheme(
        translation_relation([4, 4], [0 if x == (0, 0) else 1 + (x in near) for x in differences])
    )


def _rook() -> AssociationScheme:
    """Return the scheme of the 4 x 4 rook graph."""
    return _on_a_torus([(1, 0), (2, 0), (0, 1), (0, 2)])


def _shrikhande() -> AssociationScheme:
    """Return the scheme of the Shrikhande graph."""
    return _on_a_torus([(1, 0), (0, 1), (1, 1)])


def _cliques(scheme: AssociationScheme) -> int:
    """Return the number of sets of four points that are pairwise adjacent, of valency 6."""
    adjacent = scheme.valencies.index(6)
    return sum(
        all(scheme.relation[x][y] == adjacent for x, y in itertools.combinations(chosen, 2))
        for chosen in itertools.combinations(range(scheme.order), 4)
    )


def _parameters(scheme: AssociationScheme) -> Any:
    """Return valencies, multiplicities, P and strongly regular parameters, by valency."""
    order = sorted(range(3), key=lambda i: scheme.valencies[i])
    rows = {tuple(int(row[i].as_fraction()) for i in order) for row in scheme.eigenmatrices.P}
    return (
        rows,
        sorted(scheme.eigenmatrices.multiplicities),
        sorted(scheme.strongly_regular_parameters),
    )


def _same_parameters(first: AssociationScheme, second: AssociationScheme) -> bool:
    """Say whether two schemes of rank 3 have one set of parameters, thus one set of cosines."""
    return bool(_parameters(first) == _parameters(second))


_PARAMETERS: Steps = (
    Decided("one set of parameters", lambda: _same_parameters(_rook(), _shrikhande())),
    Decided(
        "both are their own closure",
        lambda: all(coherent_closure(s.relation) == s for s in (_rook(), _shrikhande())),
    ),
    Decided("four-cliques", lambda: (_cliques(_rook()), _cliques(_shrikhande())) == (8, 0)),
)


# ---------------------------------------------------------------- one set of cosines


def _antiprism_closure(height_squared: Rational) -> tuple[int, int]:
    """Return the numbers of cosines and of relations of the pentagonal antiprism."""
    cosines = [antiprism_cosine(5, s, height_squared) for s in range(6)]
    colours = _coloured([[cosines[i] for i in row] for row in cyclic_relation(10)])
    return len(set(cosines)), coherent_closure(colours).rank


def _icosahedron() -> tuple[set[Any], int]:
    """Return the cosines of the icosahedron, and the number of its relations."""
    gram = _inner_products("icosahedron")
    golden = (1 + sqrt(5)) / 2
    value = {
        entry: sum((c * golden**i for i, c in enumerate(entry)), start=Rational(0))
        for row in gram
        for entry in row
    }
    norm = value[gram[0][0]]
    return {radsimp(x / norm).expand() for x in value.values()}, coherent_closure(
        _coloured(gram)
    ).rank


def _antiprism_cosines(height_squared: Rational) -> set[Any]:
    """Return the cosines of the pentagonal antiprism."""
    return {antiprism_cosine(5, s, height_squared) for s in range(6)}


_FIFTH = Rational(1, 5)
_COSINES: Steps = (
    Decided("4 cosines, 6 relations", lambda: _antiprism_closure(_FIFTH) == (4, 6)),
    Decided("icosahedron: 4 relations", lambda: _icosahedron()[1] == 4),
    Decided("one set of cosines", lambda: _antiprism_cosines(_FIFTH) == _icosahedron()[0]),
)


# ---------------------------------------------------------------- claims

NOT_COMMUTATIVE = Claim(
    "homogeneous-without-commuting",
    "Vertices of one kind need not give a commutative scheme",
    r"\text{snub cube}: 24 \text{ points, } 12 \text{ cosines, rank } 24; \quad \allowbreak "
    r"\text{truncated tetrahedron}: 12, 5, 7; \quad \allowbreak \text{icosidodecahedron}: "
    r"30, 9, 10; \quad \allowbreak \text{one fibre, and } A_i A_j \ne A_j A_i \text{ for some } "
    r"i, j",
    (r"\text{the closure of the Gram matrix of the vertices}",),
    "ours; classical for groups",
    ClaimKind.theorem,
    (
        on_cases(
            solid_is_as_stated,
            {
                "they commute": partial(solid_is_as_stated, commutes=True),
                "one more relation": partial(solid_is_as_stated, finer=1),
                "the tetrahedron": Family(
                    solid_is_as_stated, lambda _: [("tetrahedron", ("tetrahedron", 4, 2, 2))]
                ),
            },
            lambda _: [(case[0], case) for case in _NOT_COMMUTATIVE],
            description="Integer polynomials in the golden ratio and the tribonacci constant.",
        ),
    ),
)

SAME_PARAMETERS = Claim(
    "parameters-do-not-identify-a-scheme",
    "The rook graph and the Shrikhande graph have one set of parameters and are different",
    r"(v, k, \lambda, \mu) = (16, 6, 2, 2), \text{ one } P, \allowbreak \text{ so one set of "
    r"cosines in every eigenspace}; \quad \allowbreak 8 \text{ and } 0 \text{ four-cliques}",
    (r"\text{the graphs on } \mathbf Z_4 \times \mathbf Z_4",),
    "Shrikhande 1959, The uniqueness of the L2 association scheme",
    ClaimKind.theorem,
    (
        by_steps(
            _PARAMETERS,
            {
                "the rook graph twice": replaced(
                    _PARAMETERS,
                    "four-cliques",
                    question=lambda: (_cliques(_rook()), _cliques(_rook())) == (8, 0),
                ),
                "a graph of other parameters": replaced(
                    _PARAMETERS,
                    "one set of parameters",
                    question=lambda: _same_parameters(_rook(), complete_multipartite(4, 4)),
                ),
            },
            description="Eigenmatrices and four-cliques, exactly.",
        ),
    ),
)

SAME_COSINES = Claim(
    "cosines-do-not-identify-a-scheme",
    "A pentagonal antiprism has the four cosines of the icosahedron and another scheme",
    r"h^2 = \tfrac15: \text{ cosines } \pm 1, \pm \tfrac1{\sqrt5}; \quad "
    r"6 \text{ relations, the icosahedron has } 4",
    (r"\text{the icosahedron without two opposite vertices}",),
    "ours",
    ClaimKind.theorem,
    (
        by_steps(
            _COSINES,
            {
                "at the tight height": replaced(
                    _COSINES,
                    "4 cosines, 6 relations",
                    question=lambda: _antiprism_closure(Rational(1, 3)) == (4, 6),
                ),
                "cosines of the tight antiprism": replaced(
                    _COSINES,
                    "one set of cosines",
                    question=lambda: _antiprism_cosines(Rational(1, 3)) == _icosahedron()[0],
                ),
            },
            description="Cosines in radicals, closures exactly.",
        ),
    ),
)

CLAIMS = (NOT_COMMUTATIVE, SAME_PARAMETERS, SAME_COSINES)
