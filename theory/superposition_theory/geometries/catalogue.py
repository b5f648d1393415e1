"""The catalogue of named geometries, and those on a given number of points."""

from collections.abc import Iterator
from math import comb

from sympy import Rational, factorint, integer_nthroot

from superposition_theory.reading import read_count

from . import graphs, reflections
from .distance import (
    cross_polytope,
    demihypercube,
    hamming_frame,
    johnson_frame,
    paley_frame,
)
from .geometry import Geometry
from .heights import EQUAL_EDGES_UP_TO, TIGHT_HEIGHT_SQUARED, equal_edge_height_squared
from .lines import equiangular_lines
from .polygons import harmonic_frame, polygon
from .rings import antiprism, prism, square_antiprisms
from .simplices import simplex
from .snub import snub_cube
from .sums import bipyramid, copies, tegum_product

_ORBITS = (
    reflections.icosahedron,
    reflections.cuboctahedron,
    reflections.truncated_tetrahedron,
    reflections.dodecahedron,
    reflections.cell_24,
    snub_cube,
    reflections.schlafli,
    reflections.icosidodecahedron,
    reflections.e7_code,
    reflections.e6_roots,
    reflections.cell_600,
    reflections.e7_roots,
    reflections.e8_roots,
)
_PAIRS_OF_FRAMES = (
    graphs.clebsch_frames,
    graphs.shrikhande_frames,
    graphs.projective_line_frames,
    graphs.hoffman_singleton_frames,
)
_SPORADIC_LINES = ((6, 16), (10, 16), (7, 28), (21, 28), (15, 36), (21, 36))


def catalogue() -> tuple[Geometry, ...]:
    """Return the catalogue: every sporadic geometry and the first members of every family.

    Each configuration is listed once, under one name; its other names are in `also_known_as`.
    Nothing is built or verified before it is asked for.

    Returns
    -------
    tuple of Geometry

    Examples
    --------
    >>> len(catalogue()) >= 45, catalogue()[0]
    (True, <Geometry: digon, 2 points>)
    """
    return (
        *(simplex(n) for n in (2, 3, 4, 5, 7)),
        *(polygon(n) for n in (4, 5, 6, 7, 8, 17)),
        *(cross_polytope(m) for m in (3, 4, 5)),
        *(prism(k, TIGHT_HEIGHT_SQUARED) for k in (3, 5, 6)),
        prism(4, Rational(1, 5)),
        *square_antiprisms(),
        *(antiprism(k, TIGHT_HEIGHT_SQUARED) for k in (5, 6)),
        antiprism(5, Rational(1, 5)),
        antiprism(3, Rational(1, 2)),
        antiprism(2, Rational(1, 2)),
        *(hamming_frame(d, q) for d, q in ((3, 2), (4, 2), (2, 3), (3, 3), (2, 4))),
        *(johnson_frame(v, k) for v, k in ((5, 2), (6, 2), (6, 3), (7, 3))),
        *(graphs.triangular_frame(v) for v in (5, 6)),
        graphs.rook_frame(4),
        *(paley_frame(q) for q in (13, 17, 25, 29)),
        demihypercube(6),
        *(frame for pair in _PAIRS_OF_FRAMES for frame in pair()),
        *(orbit() for orbit in _ORBITS),
        *(equiangular_lines(n // 2, n) for n in (14, 18, 26)),
        *(equiangular_lines(d, n) for d, n in _SPORADIC_LINES if d > 7),
        harmonic_frame(7, [1, 2]),
        harmonic_frame(9, [1, 3]),
        harmonic_frame(15, [1, 6]),
        copies(simplex(3), 2),
        copies(polygon(5), 3),
        bipyramid(3),
        bipyramid(5),
        tegum_product(simplex(4), polygon(6)),
    )


def candidates(order: int) -> Iterator[Geometry]:
    """Yield the named geometries on a number of points, each once.

    All members of the infinite families and the sporadic ones are listed, as blocks: orthogonal
    sums and harmonic frames, of which there are too many, are not. Prisms and antiprisms come with
    the heights that have a name, and last with a free height (see `Geometry.is_determined`).
    Nothing is built or verified before it is asked for.

    Parameters
    ----------
    order : int
        The number of points, at least 2.

    Yields
    ------
    Geometry

    Raises
    ------
    InputError
        For another order.

    Examples
    --------
    >>> [geometry.name for geometry in candidates(5)]
    ['simplex on 5 points', 'pentagon']
    >>> [geometry.name for geometry in candidates(6)]
    ['simplex on 6 points', 'octahedron', 'hexagon', 'triangular prism (tight)',
     'triangular antiprism', 'triangular prism']
    """
    read_count(order, "order", 2)
    yielded: set[str] = set()
    for geometry in _members(order):
        if geometry.order == order and geometry.name not in yielded:
            yielded.add(geometry.name)
            yield geometry


def _members(n: int) -> Iterator[Geometry]:
    """Yield members of all families on n points, perhaps repeatedly, and some others."""
    yield simplex(n)
    if n % 2 == 0:
        yield cross_polytope(n // 2)
    for orbit in _ORBITS:
        yield orbit()
    yield from _distance_frames(n)
    for pair in _PAIRS_OF_FRAMES:
        yield from pair()
    yield from _lines(n)
    if n > 2:
        yield polygon(n)
    yield from _two_rings(n)


def _distance_frames(n: int) -> Iterator[Geometry]:
    """Yield the frames of Hamming, Johnson, halved cube and Paley schemes on n points."""
    for d in range(2, n.bit_length()):
        q, exact = integer_nthroot(n, d)
        if exact:
            yield hamming_frame(d, int(q))
            if d == 2 and q > 2:
                yield graphs.rook_frame(int(q))
    k = 2
    while comb(2 * k, k) <= n:
        v = 2 * k
        while comb(v, k) < n:
            v += 1
        if comb(v, k) == n:
            yield johnson_frame(v, k)
            if k == 2 and v > 4:
                yield graphs.triangular_frame(v)
        k += 1
    if n > 15 and n & (n - 1) == 0:
        yield demihypercube(n.bit_length())
    if n % 4 == 1 and len(factorint(n)) == 1:
        yield paley_frame(n)


def _lines(n: int) -> Iterator[Geometry]:
    """Yield the doubles of equiangular tight frames on n points."""
    lines, odd = divmod(n, 2)
    if not odd:
        if lines % 4 == 2 and lines > 2 and len(factorint(lines - 1)) == 1:
            yield equiangular_lines(lines // 2, lines)
        for d, count in _SPORADIC_LINES:
            if count == lines:
                yield equiangular_lines(d, count)


def _two_rings(n: int) -> Iterator[Geometry]:
    """Yield prisms and antiprisms on n points, the free heights last."""
    k, odd = divmod(n, 2)
    if odd or k < 2:
        return
    if k == 4:
        yield from square_antiprisms()
    yield antiprism(k, TIGHT_HEIGHT_SQUARED)
    if 3 < k <= EQUAL_EDGES_UP_TO:
        yield antiprism(k, equal_edge_height_squared(k))
    if k > 2:
        yield prism(k, TIGHT_HEIGHT_SQUARED)
    yield antiprism(k)
    if k > 2:
        yield prism(k)
