"""Orthogonal sums of geometries: equal blocks, tegum products, bipyramids."""

from collections import Counter
from math import factorial, prod
from typing import Any

from sympy import ImmutableMatrix, Integer, diag

from superposition_theory.errors import InputError
from superposition_theory.reading import check_kind, read_count
from superposition_theory.schemes.families import complete_relation
from superposition_theory.schemes.products import wreath_product_relation
from superposition_theory.schemes.relations import Relation

from .distance import cross_polytope
from .geometry import Eigenspace, Geometry, Support
from .polygons import polygon
from .simplices import simplex


def copies(block: Geometry, m: int) -> Geometry:
    """Return m >= 1 orthogonal copies of a geometry.

    The scheme is the wreath product with K_m: the colours within the copies, and one between
    them. Copies of the digon are the cross-polytope; copies of a sum are the sum of the copies.

    Examples
    --------
    >>> copies(simplex(3), 2).name, copies(simplex(3), 2).cosines
    ('2 orthogonal copies of triangle', (1, -1/2, 0))
    """
    check_kind(block, Geometry, "block")
    read_count(m, "m", 1)
    if block.blocks:
        return tegum_product(*block.blocks * m)
    if m == 1:
        return block
    if block.order == 2:
        return cross_polytope(m)
    return Geometry(
        f"{m} orthogonal copies of {block.name}",
        m * block.order,
        lambda: Support(
            (*block.valencies, (m - 1) * block.order),
            tuple(
                Eigenspace(space.level, m * space.multiplicity, (*space.entries, Integer(0)))
                for space in block.eigenspaces
            ),
        ),
        lambda: wreath_product_relation(block.relation, complete_relation(m)),
        symmetries=block.symmetries and block.symmetries**m * factorial(m),
        closed_form=lambda: _stacked([block] * m),
        blocks=(block,) * m,
    )


def tegum_product(*geometries: Geometry) -> Geometry:
    """Return the union of geometries in orthogonal subspaces.

    Equal blocks are joined by `copies` first; blocks of one name are equal. Different blocks are
    the fibres of the configuration, whose colours are those of the blocks and one for each ordered
    pair of blocks. It is tight iff all the blocks are and have the same n/d.

    Examples
    --------
    >>> triangular_bipyramid = tegum_product(simplex(2), simplex(3))
    >>> triangular_bipyramid.fractional_dimensionalities, triangular_bipyramid.is_tight
    ((1/2, 2/3), False)
    """
    if not geometries:
        raise InputError("geometries is empty; accepted: one or more geometries")
    for geometry in geometries:
        check_kind(geometry, Geometry, "geometries")
    blocks = tuple(block for geometry in geometries for block in (geometry.blocks or (geometry,)))
    counts = Counter(block.name for block in blocks)
    named = {block.name: block for block in blocks}
    parts = [copies(named[name], m) for name, m in counts.items()]
    if len(parts) == 1:
        return parts[0]
    numbers = _colours(parts)
    return Geometry(
        " + ".join(part.name for part in parts),
        sum(part.order for part in parts),
        lambda: _support(parts, numbers),
        lambda: _relation(parts, numbers),
        symmetries=prod(part.symmetries or 0 for part in parts) or None,
        closed_form=lambda: _stacked(parts),
        blocks=blocks,
    )


def bipyramid(k: int) -> Geometry:
    """Return the k-gon and the two poles, k >= 3: the octahedron for k = 4.

    Examples
    --------
    >>> bipyramid(5).name, bipyramid(5).order, bipyramid(4).name
    ('digon + pentagon', 7, 'octahedron')
    """
    read_count(k, "k", 3)
    return cross_polytope(3) if k == 4 else tegum_product(simplex(2), polygon(k))


def _colours(parts: list[Geometry]) -> dict[tuple[int, int, int], int]:
    """Return the canonical number of colour i of part b, (b, b, i), and between parts, (b, c, 0).

    Diagonal colours come first; every other colour that starts in a part is in its first row.
    """
    places = range(len(parts))
    order = [(b, b, 0) for b in places]
    for b, part in enumerate(parts):
        for c in places:
            order.extend(
                [(b, b, i) for i in range(1, len(part.valencies))] if b == c else [(b, c, 0)]
            )
    return {colour: number for number, colour in enumerate(order)}


def _support(parts: list[Geometry], numbers: dict[tuple[int, int, int], int]) -> Support:
    """Return the eigenspaces of the parts, extended by zero."""
    valencies = [parts[b].valencies[i] if b == c else parts[c].order for b, c, i in numbers]
    spaces = []
    for b, part in enumerate(parts):
        for space in part.eigenspaces:
            entries: list[Any] = [Integer(0)] * len(numbers)
            for i, entry in enumerate(space.entries):
                entries[numbers[b, b, i]] = entry
            spaces.append(Eigenspace(space.level, space.multiplicity, tuple(entries)))
    return Support(tuple(valencies), tuple(spaces))


def _relation(parts: list[Geometry], numbers: dict[tuple[int, int, int], int]) -> Relation:
    """Return the rows, one part after the other."""
    rows = []
    for b, part in enumerate(parts):
        for row in part.relation:
            line: list[int] = []
            for c, other in enumerate(parts):
                line.extend(
                    (numbers[b, b, i] for i in row) if b == c else [numbers[b, c, 0]] * other.order
                )
            rows.append(tuple(line))
    return tuple(rows)


def _stacked(parts: list[Geometry]) -> ImmutableMatrix:
    """Return the coordinates of the parts in orthogonal subspaces."""
    return ImmutableMatrix(diag(*(part.coordinates for part in parts)))
