"""The name of a geometry, from its closed scheme and its set of idempotents.

A name is given when a permutation of the points is exhibited that turns the recognised relation
into that of the named scheme, entry by entry, and the set J of idempotents into the named one.
Cosines are not looked up: both sides are compared as the tight frames of their sets J, whatever the
levels are. Cyclic schemes are ordered along a cycle; all others are compared with the geometries of
the catalogue by `isomorphism`. One name needs no permutation: lines whose double cover has rank 4
and one idempotent are an equiangular tight frame, which size and dimension do not always determine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations, product
from math import gcd, pi

import numpy as np
import numpy.typing as npt
from superposition_theory.geometries import Geometry, candidates
from superposition_theory.geometries.naming import polygon_name, polygonal

from ..matrices import FloatArray
from .algebra import Algebra
from .closure import Closure
from .isomorphism import SearchLimitError, isomorphism
from .projection import Level, tightness

# Entries of idempotents are computed to about 1e-12. Cosines that are closer than this count as
# equal, and their colours are tried in every order.
_SAME = 1e-7
_MOST_BIJECTIONS = 720
# Heights are a continuum: a name needs levels known to 0.5 % of their mean n / 3. This is 1/600 in
# h^2 either way, so that a random height is within it of one of three names with chance 1 %.
_KNOWN = 0.005
_HEIGHT = re.compile(r"(?<=prism) \(.*\)$")


@dataclass(frozen=True)
class Name:
    """What a scheme with a set of idempotents is called.

    Attributes
    ----------
    name : str or None
        None where no geometry that we know is isomorphic to it.
    remark : str
        What was exhibited, or what the parameters are.

    Examples
    --------
    >>> from superposition_numerics.recognition import recognise
    >>> recognise([[1.0, -0.5, -0.5], [0.0, 0.75**0.5, -(0.75**0.5)]]).components[0].name
    'triangle'
    """

    name: str | None
    remark: str


def name_of(
    closure: Closure,
    algebra: Algebra,
    levels: tuple[Level, ...],
    *,
    bound: float,
    lines: bool = False,
) -> Name:
    """Name a commutative scheme with a set of idempotents.

    Parameters
    ----------
    closure : Closure
        Homogeneous and stable; for lines that of the double cover.
    algebra : Algebra
        Of the closure, commutative.
    levels : tuple of Level
        The set J and the eigenvalues of the Gram matrix of unit vectors on it.
    bound : float
        On the error of a level. It tells heights of prisms and antiprisms apart.
    lines : bool
        Whether the points are vectors up to sign.

    Returns
    -------
    Name

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.recognition import adjacency_algebra, coherent_closure
    >>> from superposition_numerics.recognition import Level, name_of
    >>> closure = coherent_closure(np.eye(4, dtype=int))
    >>> name_of(closure, adjacency_algebra(closure), (Level(4 / 3, 3, 1),), bound=1e-12).name
    'tetrahedron'
    """
    idempotents = sorted(level.idempotent for level in levels if level.idempotent is not None)
    if lines and algebra.rank == 4 and algebra.valencies.count(1) == 2 and len(idempotents) == 1:
        n, d = algebra.order // 2, algebra.multiplicities[idempotents[0]]
        return Name(
            f"equiangular tight frame {d}x{n}", "a double cover of rank 4 with one odd idempotent"
        )
    tight = tightness(levels, bound).value
    order = cyclic_order(closure)
    if order is not None:
        name = _cyclic_name(closure, algebra, idempotents, order, tight)
    else:
        name = _catalogue_name(closure, algebra, idempotents)
    if name.name is None:
        return name
    if lines:
        return Name(f"lines through the {name.name}", name.remark)
    return Name(_with_height(name.name, closure.order, levels, bound, tight), name.remark)


@lru_cache(maxsize=8)
def _candidates(order: int) -> tuple[Geometry, ...]:
    """Return the geometries on a number of points; each keeps what was computed of it."""
    return tuple(candidates(order))


def _with_height(
    name: str, order: int, levels: tuple[Level, ...], bound: float, tight: bool | None
) -> str:
    """Add the height of a prism or an antiprism where it is known, and has a name."""
    if not name.endswith("prism"):
        return name
    mine = sorted((level.multiplicity, level.value) for level in levels)
    for geometry in _candidates(order):
        if not geometry.name.startswith(f"{name} (") or not geometry.is_determined:
            continue
        theirs = sorted((multiplicity, float(level)) for level, multiplicity in geometry.levels)
        known = tight if geometry.is_tight else bound <= _KNOWN * order / 3
        if known and all(abs(a[1] - b[1]) <= bound for a, b in zip(mine, theirs, strict=True)):
            return geometry.name
    return name


def cyclic_order(closure: Closure) -> npt.NDArray[np.intp] | None:
    """Return the points along a cycle if the scheme is that of an n-gon, n >= 3, else None.

    Then the colour of two points depends on their distance along the cycle only, and no two
    distances have one colour.

    Examples
    --------
    >>> from superposition_numerics.recognition import coherent_closure, cyclic_order
    >>> square = coherent_closure([[0, 2, 1, 1], [2, 0, 1, 1], [1, 1, 0, 2], [1, 1, 2, 0]])
    >>> cyclic_order(square).tolist()
    [0, 2, 1, 3]
    """
    n, relation = closure.order, closure.relation
    if n < 3 or closure.rank != n // 2 + 1:
        return None
    steps = np.arange(n)
    distance = np.minimum(steps, n - steps)
    counts = np.bincount(relation[0])
    for colour in np.flatnonzero(counts == 2):
        order = _cycle(relation == colour)
        if order is None:
            continue
        by_distance = relation[order[0], order]
        place = distance[(steps[:, None] - steps) % n]
        if np.array_equal(relation[np.ix_(order, order)], by_distance[place]):
            return order
    return None


def _cycle(adjacency: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp] | None:
    """Return the points along a graph of valency 2, None if it is not one cycle."""
    if (adjacency.sum(axis=1) != 2).any():
        return None
    neighbours = np.nonzero(adjacency)[1].reshape(-1, 2)
    order = [0, int(neighbours[0, 0])]
    while True:
        first, second = neighbours[order[-1]]
        following = int(second if first == order[-2] else first)
        if following == 0:
            break
        order.append(following)
    return np.array(order) if len(order) == len(adjacency) else None


def _cyclic_name(
    closure: Closure,
    algebra: Algebra,
    idempotents: list[int],
    order: npt.NDArray[np.intp],
    tight: bool | None,
) -> Name:
    """Name a set of frequencies of an n-gon, up to the choice of its first neighbours."""
    assert algebra.P is not None
    n = closure.order
    neighbour = closure.relation[order[0], order[1]]
    cosines = np.clip(algebra.P[idempotents, neighbour].real / 2, -1, 1)
    found = {round(n * float(np.arccos(cosine)) / (2 * pi)) for cosine in cosines}
    units = [u for u in range(1, n // 2 + 1) if gcd(u, n) == 1]
    frequencies = min(tuple(sorted(min(u * k % n, -u * k % n) for k in found)) for u in units)
    remark = f"the {n}-gon's scheme with frequencies {', '.join(map(str, frequencies))}"
    half = n // 2
    if frequencies == (1,):
        return Name(polygon_name(n), remark)
    if frequencies == (1, half):  # n is even: an odd n has the smaller pair 1, 2
        return Name("disphenoid" if n == 4 else f"{polygonal(half)} antiprism", remark)
    if frequencies == (2, half):  # half is odd: an even one would repeat the points
        return Name(f"{polygonal(half)} prism", remark)
    if 0 in frequencies or tight is False:
        return Name(None, remark)
    listed = ", ".join(map(str, frequencies))
    return Name(f"harmonic frame of Z_{n} with frequencies {{{listed}}}", remark)


def _catalogue_name(closure: Closure, algebra: Algebra, idempotents: list[int]) -> Name:
    """Compare with the geometries of the catalogue that have as many points."""
    assert algebra.Q is not None
    dimension = sum(algebra.multiplicities[j] for j in idempotents)
    cosines = algebra.Q[:, idempotents].sum(axis=1).real / dimension
    remarks = []
    for geometry in _candidates(closure.order):
        if sorted(geometry.valencies) != sorted(algebra.valencies):
            continue
        name = _HEIGHT.sub("", geometry.name)
        theirs = _tight_cosines(geometry)
        bijections = _bijections(theirs, geometry.valencies, cosines, algebra.valencies)
        relation = ""
        for count, bijection in enumerate(bijections):
            if count == _MOST_BIJECTIONS:
                relation = "perhaps isomorphic to it"
                break
            colours = np.empty(len(bijection), np.int32)
            colours[list(bijection)] = np.arange(len(bijection))
            try:
                found = isomorphism(geometry.relation, colours[closure.relation])
            except SearchLimitError:
                relation = "perhaps isomorphic to it"
                break
            if found is not None:
                return Name(name, f"an isomorphism with {name} is exhibited")
            relation = "but not isomorphic to it"
        if relation:
            remarks.append(f"the parameters of the {name}, {relation}")
    return Name(None, remarks[0] if remarks else _parameters(closure, algebra, idempotents))


def _tight_cosines(geometry: Geometry) -> FloatArray:
    """Return the cosines of the tight frame with a geometry's idempotents, by colour."""
    n, d = geometry.order, geometry.dimension
    totals = np.zeros(len(geometry.valencies))
    for space in geometry.eigenspaces:
        totals += np.array([float(entry) for entry in space.entries])
    return totals * n / d


def _bijections(
    theirs: FloatArray,
    their_valencies: tuple[int, ...],
    mine: FloatArray,
    my_valencies: tuple[int, ...],
) -> Iterator[tuple[int, ...]]:
    """Yield for each of their colours the one of mine, with equal valency and tight cosine."""
    their_order = np.lexsort((np.array(their_valencies), _steps(theirs)))
    my_order = np.lexsort((np.array(my_valencies), _steps(mine)))
    if not np.allclose(theirs[their_order], mine[my_order], rtol=0, atol=_SAME):
        return
    valencies = np.array(my_valencies)[my_order]
    if not np.array_equal(np.array(their_valencies)[their_order], valencies):
        return
    same = (np.abs(np.diff(mine[my_order])) < _SAME) & (np.diff(valencies) == 0)
    ties = np.split(np.arange(len(mine)), np.flatnonzero(~same) + 1)
    choices = product(*(permutations(my_order[tie]) for tie in ties))
    for choice in choices:
        bijection = np.empty(len(mine), np.intp)
        bijection[their_order] = np.concatenate(choice)
        yield tuple(bijection.tolist())


def _steps(cosines: FloatArray) -> npt.NDArray[np.intp]:
    """Return the places of the values in increasing order, the same for values that agree."""
    order = np.argsort(cosines)
    places = np.empty(len(cosines), np.intp)
    places[order] = np.append(0, np.cumsum(np.diff(cosines[order]) > _SAME))
    return places


def _parameters(closure: Closure, algebra: Algebra, idempotents: list[int]) -> str:
    """Return the parameters of a scheme without a name, in words."""
    if algebra.rank == 3 and algebra.symmetric:
        relation = closure.relation
        v, k = algebra.order, algebra.valencies[1]
        adjacent = relation[0] == 1
        lam, mu = (
            int((adjacent & (relation[int(np.argmax(relation[0] == colour))] == 1)).sum())
            for colour in (1, 2)
        )
        return f"parameters of a strongly regular graph ({v}, {k}, {lam}, {mu})"
    valencies = ", ".join(map(str, algebra.valencies))
    ranks = ", ".join(str(algebra.multiplicities[j]) for j in idempotents)
    return f"valencies {valencies}; idempotents of rank {ranks}"
