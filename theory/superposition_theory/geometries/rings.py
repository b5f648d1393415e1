"""Prisms and antiprisms: two parallel regular polygons on a sphere, at any height."""

from typing import Any

from sympy import CRootOf, ImmutableMatrix, Integer, Rational, cos, pi, sin, sqrt

from superposition_theory.reading import read_count
from superposition_theory.schemes.families import complete_relation, cyclic_relation
from superposition_theory.schemes.products import direct_product_relation

from .distance import cross_polytope, hypercube
from .geometry import Eigenspace, Geometry, Support
from .heights import (
    EQUAL_EDGES_UP_TO,
    TIGHT_HEIGHT_SQUARED,
    coulomb_height_squared,
    equal_edge_height_squared,
    read_height_squared,
    two_ring_levels,
)
from .naming import polygonal
from .polygons import ring_cosines, ring_valencies
from .simplices import simplex

_EQUAL_EDGES: dict[int, tuple[str, ...]] = {
    4: ("Tammes packing of 8 points",),
    5: ("icosahedron minus two poles",),
}


def prism(k: int, height_squared: Any = None) -> Geometry:
    """Return the k-prism, k >= 3, with its vertices on the sphere at heights +-h.

    Vertex (j, s) is number 2j + s, at the angle 2 pi j/k and on the upper ring for s = 0.

    Parameters
    ----------
    k : int
        The number of vertices of one ring.
    height_squared : exact real number in (0, 1), or None
        h^2; left free for None. For k = 4 and h^2 = 1/3 the result is the cube.

    Examples
    --------
    >>> prism(3).levels
    ((3 - 3*h2, 2), (6*h2, 1))
    """
    read_count(k, "k", 3)
    h2 = read_height_squared(height_squared)
    if k == 4 and h2 == TIGHT_HEIGHT_SQUARED:
        return hypercube(3)
    n = Integer(2 * k)

    def support() -> Support:
        """Return the two eigenspaces: across the axis and along it."""
        ring, (across, along) = ring_cosines(k), two_ring_levels(k, h2)
        return Support(
            tuple(valency for valency in ring_valencies(k) for _ in range(2)),
            (
                Eigenspace(across, 2, tuple(2 * c / n for c in ring for _ in range(2))),
                Eigenspace(along, 1, tuple(s / n for _ in ring for s in (1, -1))),
            ),
        )

    return Geometry(
        f"{polygonal(k)} prism{_label(k, h2, {TIGHT_HEIGHT_SQUARED: 'tight'})}",
        2 * k,
        support,
        lambda: direct_product_relation(cyclic_relation(k), complete_relation(2)),
        symmetries=4 * k,
        closed_form=lambda: _two_rings([(2 * j, s) for j in range(k) for s in (1, -1)], k, h2),
    )


def antiprism(k: int, height_squared: Any = None) -> Geometry:
    """Return the k-antiprism, k >= 2, with its vertices on the sphere at heights +-h.

    Vertex j is at the angle pi j/k and on the upper ring for even j.

    Parameters
    ----------
    k : int
        The number of vertices of one ring; the 2-antiprism is a disphenoid.
    height_squared : exact real number in (0, 1), or None
        h^2; left free for None. At h^2 = 1/3 the frame is tight for every k; the result is the
        tetrahedron for k = 2 and the octahedron for k = 3.

    Examples
    --------
    >>> antiprism(4, Rational(1, 3)).name, antiprism(4, Rational(1, 3)).is_tight
    ('square antiprism (tight)', True)
    """
    read_count(k, "k", 2)
    h2 = read_height_squared(height_squared)
    if k < 4 and h2 == TIGHT_HEIGHT_SQUARED:
        return simplex(4) if k == 2 else cross_polytope(3)
    n = 2 * k

    def support() -> Support:
        """Return the two eigenspaces: across the axis and along it."""
        across, along = two_ring_levels(k, h2)
        ring = ring_cosines(n)
        return Support(
            ring_valencies(n),
            (
                Eigenspace(across, 2, tuple(Rational(2, n) * c for c in ring)),
                Eigenspace(along, 1, tuple(Rational((-1) ** s, n) for s in range(len(ring)))),
            ),
        )

    named = {TIGHT_HEIGHT_SQUARED: "tight"}
    others: tuple[str, ...] = ()
    if 3 < k <= EQUAL_EDGES_UP_TO and not h2.free_symbols:
        named[read_height_squared(equal_edge_height_squared(k))] = "equal edges"
        others = _EQUAL_EDGES.get(k, ()) if named.get(h2) == "equal edges" else ()
    name = "disphenoid" if k == 2 else f"{polygonal(k)} antiprism"
    return Geometry(
        name + _label(k, h2, named),
        n,
        support,
        lambda: cyclic_relation(n),
        also_known_as=others,
        symmetries=4 * k,
        closed_form=lambda: _two_rings([(j, (-1) ** j) for j in range(n)], k, h2),
    )


def square_antiprisms() -> tuple[Geometry, Geometry, Geometry]:
    """Return the three square antiprisms with a name: tight, Coulomb and of equal edges.

    h^2 = 1/3, the root 0.314089... of least Coulomb energy (Thomson problem, 8 points), and
    (2 sqrt(2) - 1)/7 (Tammes problem, 8 points). Their levels are 4 (1 - h^2), twice, and 8 h^2.

    Examples
    --------
    >>> [geometry.is_tight for geometry in square_antiprisms()]
    [True, False, False]
    """
    return (
        antiprism(4, TIGHT_HEIGHT_SQUARED),
        antiprism(4, coulomb_height_squared()),
        antiprism(4, equal_edge_height_squared(4)),
    )


def _label(k: int, h2: Any, named: dict[Any, str]) -> str:
    """Return what a name adds for its height."""
    if h2.free_symbols:
        return ""
    if k == 4 and isinstance(h2, CRootOf) and h2 == coulomb_height_squared():
        return " (Coulomb)"
    return f" ({named[h2]})" if h2 in named else f" (h2 = {h2})"


def _two_rings(places: list[tuple[int, int]], k: int, h2: Any) -> ImmutableMatrix:
    """Return vertices at the angles pi j/k on the upper (1) or lower (-1) ring."""
    radius, height = sqrt(1 - h2), sqrt(h2)
    angles = [pi * Rational(j, k) for j, _ in places]
    rows = [[radius * f(angle) for angle in angles] for f in (cos, sin)]
    return ImmutableMatrix([*rows, [height * side for _, side in places]])
