"""The catalogue of geometries, each number of it by a second exact route."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from math import prod
from typing import Any

from superposition_theory.frames.matrices import field_of
from superposition_theory.geometries import (
    Geometry,
    antiprism,
    bipyramid,
    catalogue,
    cross_polytope,
    hypercube,
    polygon,
    prism,
)
from superposition_theory.schemes import coherent_closure
from sympy import Add, CRootOf, Integer, Rational, expand, factorial2, oo
from sympy.simplify.fu import TR8

from superposition_proofs.ledger import Claim, ClaimKind, Context, Level

from .cases import on_cases
from .scheme_geometries import algebra_product

_MOST_POINTS = 16
_MOST_MOMENTS = 18


def _is_zero(number: Any) -> bool:
    """Decide whether an exact number is zero."""
    simple = expand(TR8(expand(number)))
    return bool(simple == 0 or not (simple.is_Rational or field_of([simple])[1][0]))


def coordinates_have_the_gram_matrix(geometry: Geometry, *, exchanged: bool = False) -> bool | None:
    """State W^T W = G entry by entry, for W in closed form or by elimination.

    Near miss: the first two points exchanged, of a geometry with four cosines or more, G as it was.
    """
    if not _has_a_radical_level(geometry):
        return None
    W, n = geometry.coordinates, geometry.order
    order = list(range(n))
    if exchanged:
        if len(geometry.cosines) < 4:
            return None
        order[0], order[1] = order[1], order[0]
    columns = [tuple(W[:, x]) for x in order]
    known: dict[Any, bool] = {}
    products = cache(lambda a, b: expand(a * b))
    for x in range(n):
        for y in range(x + 1):
            cosine = geometry.cosines[geometry.relation[x][y]]
            value = Add(*(products(a, b) for a, b in zip(columns[x], columns[y], strict=True)))
            difference = value - cosine
            if difference not in known:
                known[difference] = _is_zero(difference)
            if not known[difference]:
                return False
    return bool(W.rows == geometry.dimension)


def levels_are_the_spectrum(geometry: Geometry, *, missing: int = 0) -> bool:
    """State that the eigenspaces are orthogonal projectors of the stated ranks, of sum d.

    Decided in the verified configuration: E_a E_b = delta_ab E_a by its intersection numbers.
    """
    scheme, spaces = geometry.configuration, geometry.eigenspaces
    field, flat = field_of([entry for space in spaces for entry in space.entries])
    rank = scheme.rank
    entries = [flat[i * rank : (i + 1) * rank] for i in range(len(spaces))]
    sizes = [len(fibre) for fibre in scheme.fibres]
    for a, space in enumerate(spaces):
        trace = sum((size * entries[a][i] for i, size in enumerate(sizes)), field.domain.zero)
        if trace - field.domain.from_sympy(Integer(space.multiplicity - missing)):
            return False
        for b in range(a + 1):
            product = algebra_product(scheme, entries[a], entries[b])
            if any(
                value - entry if a == b else value
                for value, entry in zip(product, entries[a], strict=True)
            ):
                return False
    return True


def closure_is_the_configuration(geometry: Geometry, *, refined: int = 0) -> bool:
    """State that the cosines generate the relation of the geometry, of its rank + refined."""
    numbers = {c: i for i, c in enumerate(dict.fromkeys(geometry.cosines))}
    colours = [numbers[c] for c in geometry.cosines]
    closure = coherent_closure([[colours[i] for i in row] for row in geometry.relation])
    return closure == geometry.configuration and closure.rank == len(geometry.valencies) + refined


def _has_a_radical_level(geometry: Geometry) -> bool:
    """Say whether the levels are expressed by radicals: all but those of least energy."""
    return not any(level.has(CRootOf) for level, _ in geometry.levels)


def tightness_and_plateau(geometry: Geometry, *, dimension: int = 0) -> bool | None:
    """State 1/D = sum_y G_xy^2 for a point x of each fibre, and D = (d + dimension)/n iff tight."""
    if not _has_a_radical_level(geometry):
        return None
    counts = [
        [geometry.relation[fibre[0]].count(i) for i in range(len(geometry.valencies))]
        for fibre in geometry.configuration.fibres
    ]
    plateau = Rational(geometry.dimension + dimension, geometry.order)
    squares = [
        Add(*(k * c**2 for k, c in zip(row, geometry.cosines, strict=True))) for row in counts
    ]
    return all(
        _is_zero(square * value - 1)
        for square, value in zip(squares, geometry.fractional_dimensionalities, strict=True)
    ) and geometry.is_tight is all(_is_zero(square * plateau - 1) for square in squares)


def design_strength_by_moments(geometry: Geometry, *, more: int = 0) -> bool | None:
    """State that the power sums of the cosines are the moments of the sphere up to the strength.

    n^-2 sum_xy G_xy^s >= E<u, v>^s for all s, with equality for s = 1, ..., t iff the points are a
    spherical t-design; E<u, v>^s = (s - 1)!!/(d (d + 2) ... (d + s - 2)) for even s, 0 for odd s.
    Powers to 18 are compared.
    """
    if not _has_a_radical_level(geometry):
        return None
    strength, d = geometry.design_strength, geometry.dimension
    field, cosines = field_of(list(geometry.cosines))
    counts = [sum(row.count(i) for row in geometry.relation) for i in range(len(cosines))]
    last = _MOST_MOMENTS if strength == oo else min(strength + more, _MOST_MOMENTS)
    for s in range(1, min(last + 1, _MOST_MOMENTS) + 1):
        moment = factorial2(s - 1) / prod(d + 2 * i for i in range(s // 2)) if s % 2 == 0 else 0
        total = sum((k * c**s for k, c in zip(counts, cosines, strict=True)), field.domain.zero)
        wanted = field.domain.from_sympy(geometry.order**2 * Rational(moment))
        if (total == wanted) is not (s <= last):
            return False
    return True


def _geometries(context: Context) -> Iterator[tuple[str, Geometry]]:
    """Yield the catalogue, at the quick level to 16 points."""
    for geometry in catalogue():
        if context.level is Level.full or geometry.order <= _MOST_POINTS:
            yield geometry.name, geometry


def _with_coordinates(context: Context) -> Iterator[tuple[str, Geometry]]:
    """Yield geometries whose coordinates are a closed form, at the full level the catalogue."""
    if context.level is Level.full:
        yield from _geometries(context)
        return
    for k in (5, 6, 7):
        for geometry in (polygon(k), prism(k, Rational(1, 3)), antiprism(k, Rational(1, 3))):
            yield geometry.name, geometry
    for geometry in (hypercube(3), cross_polytope(4), bipyramid(5)):
        yield geometry.name, geometry


GEOMETRY_TABLE = Claim(
    "geometry-table",
    "The catalogue of geometries: levels, dimension, D, tightness and design strength",
    r"G = W^{\mathsf T} W = \sum_j \lambda_j E_j, \quad d = \sum_j \operatorname{rank} E_j, \quad "
    r"D_i = 1/(G^2)_{ii}, \quad \text{tight} \iff D_i = \tfrac dn \text{ for all } i, \quad "
    r"\allowbreak \text{the cosines generate the configuration,} \allowbreak "
    r"\text{ the points are a } t\text{-design}",
    (
        r"W \text{ in the catalogue: simplices, polygons, prisms, } \ldots,\ E_8",
        r"\text{at the quick level } n \le 16, \text{ and } W \text{ in closed form}",
    ),
    "classical; Cohn and Kumar 2007, Universally optimal distribution, table 1",
    ClaimKind.theorem,
    (
        on_cases(
            levels_are_the_spectrum,
            {"one dimension less": partial(levels_are_the_spectrum, missing=1)},
            _geometries,
            name="levels",
            description="Products of projectors in the configuration; to 16 points at quick level.",
        ),
        on_cases(
            closure_is_the_configuration,
            {"one more relation": partial(closure_is_the_configuration, refined=1)},
            _geometries,
            name="closure",
            description="The exact coherent closure of the cosines.",
        ),
        on_cases(
            tightness_and_plateau,
            {"D = (d + 1)/n": partial(tightness_and_plateau, dimension=1)},
            _geometries,
            "tight-iff-one-level",
            name="plateaus",
            description="The square of the Gram matrix, from its cosines and their numbers.",
        ),
        on_cases(
            design_strength_by_moments,
            {"one more": partial(design_strength_by_moments, more=1)},
            _geometries,
            name="designs",
            description="Power sums of the inner products beside the moments of the sphere.",
        ),
        on_cases(
            coordinates_have_the_gram_matrix,
            {"two points exchanged": partial(coordinates_have_the_gram_matrix, exchanged=True)},
            _with_coordinates,
            name="coordinates",
            description="Exact products of coordinates: closed forms at the quick level.",
        ),
    ),
)

CLAIMS = (GEOMETRY_TABLE,)
