"""Colourings of pairs of points, and slow answers about them that share nothing with the code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, permutations, product
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import settings
from hypothesis import strategies as st

LAW = settings(max_examples=30)
Rows = list[list[int]]
Numbers = npt.NDArray[np.int64]


def circulant(colours: Sequence[int]) -> Rows:
    """Colour (x, y) by y - x modulo the number of points."""
    n = len(colours)
    return [[colours[(y - x) % n] for y in range(n)] for x in range(n)]


def polygon(n: int) -> Rows:
    """Return the distances of a regular polygon."""
    return circulant([min(k, n - k) for k in range(n)])


def multipartite(parts: int, size: int) -> Rows:
    """Colour by: equal, in one part, in two parts."""
    n = parts * size
    return [[2 if x // size != y // size else int(x != y) for y in range(n)] for x in range(n)]


def hamming(d: int, q: int) -> Rows:
    """Return the distances of words."""
    words = list(product(range(q), repeat=d))
    return [[sum(a != b for a, b in zip(x, y, strict=True)) for y in words] for x in words]


def johnson(v: int, k: int) -> Rows:
    """Return the distances of k-subsets."""
    sets = [set(s) for s in combinations(range(v), k)]
    return [[len(x - y) for y in sets] for x in sets]


def symmetric_group(size: int) -> Rows:
    """Return the thin scheme of all permutations: (x, y) is coloured by x^-1 y."""
    group = list(permutations(range(size)))
    return [[group.index(tuple(x.index(i) for i in y)) for y in group] for x in group]


def relabelled(relation: Sequence[Sequence[int]], order: Sequence[int]) -> Rows:
    """Return the same colouring with the points in another order."""
    return [[relation[x][y] for y in order] for x in order]


def paired(first: Sequence[Sequence[int]], second: Sequence[Sequence[int]]) -> Rows:
    """Colour pairs of points by the pairs of their colours."""
    size = 1 + max(map(max, second))
    return [[size * i + j for i in row for j in other] for row in first for other in second]


def changed(relation: Sequence[Sequence[int]], x: int, y: int, colour: int) -> Rows:
    """Return the colouring with another colour at one pair."""
    rows = [list(row) for row in relation]
    rows[x][y] = colour
    return rows


# name, relation, whether symmetric, whether commutative
SCHEMES: list[tuple[str, Rows, bool, bool]] = [
    ("point", [[0]], True, True),
    ("digon", polygon(2), True, True),
    ("pentagon", polygon(5), True, True),
    ("hexagon", polygon(6), True, True),
    ("octahedron", multipartite(3, 2), True, True),
    ("cube", hamming(3, 2), True, True),
    ("petersen", johnson(5, 2), True, True),
    ("rook", hamming(2, 3), True, True),
    ("cycle of 4", circulant(range(4)), False, True),
    ("cycle of 7", circulant(range(7)), False, True),
    ("tournament", circulant([0, 1, 1, 2, 1, 2, 2]), False, True),
    ("digon x cycle", paired(polygon(2), circulant(range(3))), False, True),
    ("S_3", symmetric_group(3), False, False),
    ("S_3 x digon", paired(symmetric_group(3), polygon(2)), False, False),
]
# configurations with several fibres
CONFIGURATIONS: list[tuple[str, Rows]] = [
    ("path", [[0, 1, 2], [3, 4, 3], [2, 1, 0]]),
    ("two points", [[0, 1], [2, 3]]),
    (
        "pentagon and its centre",
        [[*row, 7] for row in polygon(5)] + [[8, 8, 8, 8, 8, 9]],
    ),
    (  # two triangles joined by 0-3, 1-4 and 2-5, and told apart
        "prism with two ends",
        [[c + 4 * (x < 3) for c in row] for x, row in enumerate(paired(polygon(2), polygon(3)))],
    ),
]


def matrices(relation: Sequence[Sequence[int]]) -> Numbers:
    """Return the 0/1 matrices of the colours, in increasing order of the colours."""
    rows = np.array(relation, dtype=np.int64)
    return np.array([rows == colour for colour in np.unique(rows)], dtype=np.int64)


def is_coherent(relation: Sequence[Sequence[int]]) -> bool:
    """Whether the matrices of the colours satisfy the axioms, by multiplying all of them."""
    parts = matrices(relation)
    identity = np.eye(len(relation), dtype=np.int64)
    if any((a * identity).any() and (a * (1 - identity)).any() for a in parts):
        return False
    if not all(any((b == a.T).all() for b in parts) for a in parts):
        return False
    return all(np.ptp((a @ b)[c == 1]) == 0 for a, b, c in product(parts, repeat=3))


def paths(relation: Sequence[Sequence[int]], x: int, y: int, i: int, j: int) -> int:
    """Count the paths of colours i, then j, from x to y."""
    return sum(relation[x][z] == i and relation[z][y] == j for z in range(len(relation)))


def classes(relation: Sequence[Sequence[Any]]) -> set[frozenset[tuple[int, int]]]:
    """Return the colour classes, whatever their names."""
    found: dict[Any, set[tuple[int, int]]] = {}
    for x, row in enumerate(relation):
        for y, colour in enumerate(row):
            found.setdefault(colour, set()).add((x, y))
    return set(map(frozenset, found.values()))


def refines(fine: Sequence[Sequence[Any]], coarse: Sequence[Sequence[Any]]) -> bool:
    """Whether every class of the first colouring lies in one of the second."""
    return all(len({coarse[x][y] for x, y in part}) == 1 for part in classes(fine))


def set_partitions(items: Sequence[int]) -> Iterator[list[list[int]]]:
    """Yield all partitions of a list into blocks."""
    if not items:
        yield []
        return
    first, *rest = items
    for partition in set_partitions(rest):
        yield [[first], *partition]
        for k, block in enumerate(partition):
            yield [*partition[:k], [first, *block], *partition[k + 1 :]]


def merged(relation: Sequence[Sequence[int]], blocks: Iterable[Iterable[int]]) -> Rows:
    """Return the colouring with the colours of a block made one."""
    name = {colour: k for k, block in enumerate(blocks) for colour in block}
    return [[name[colour] for colour in row] for row in relation]


@st.composite
def colourings(draw: st.DrawFn, largest: int = 6, colours: int = 2) -> Rows:
    """Draw a colouring of all pairs, symmetric or not."""
    n = draw(st.integers(1, largest))
    rows = draw(
        st.lists(st.lists(st.integers(0, colours), min_size=n, max_size=n), min_size=n, max_size=n)
    )
    if draw(st.booleans()):
        return [[rows[min(x, y)][max(x, y)] for y in range(n)] for x in range(n)]
    return rows


@st.composite
def commutative_schemes(draw: st.DrawFn) -> Rows:
    """Draw a translation scheme of a cyclic group, a Hamming scheme or a product, relabelled."""

    def cyclotomic() -> Rows:
        """Colour Z_n by the orbits of multiplication by a subgroup of its units."""
        n = draw(st.integers(2, 9))
        units = [u for u in range(1, n) if np.gcd(u, n) == 1] or [1]
        u = draw(st.sampled_from(units))
        orbit = [min(k * pow(u, e, n) % n for e in range(n)) for k in range(n)]
        return circulant(orbit)

    kind = draw(st.sampled_from(["cyclic", "Hamming", "product"]))
    if kind == "cyclic":
        relation = cyclotomic()
    elif kind == "Hamming":
        relation = hamming(*draw(st.sampled_from([(1, 4), (2, 2), (2, 3), (3, 2), (4, 2)])))
    else:
        relation = paired(polygon(draw(st.integers(2, 4))), polygon(draw(st.integers(2, 5))))
    return relabelled(relation, draw(st.permutations(range(len(relation)))))
