"""The snub cube: a regular orbit of the rotations of the cube."""

from itertools import combinations, permutations, product
from typing import Any

from sympy import CRootOf, Poly, Symbol

from superposition_theory.schemes.families import group_scheme_relation
from superposition_theory.schemes.relations import Relation

from .geometry import Geometry, Support, tight_support

Rotation = tuple[tuple[int, int], ...]  # coordinate i of the image: its sign and its source

_X = Symbol("x")


def snub_cube() -> Geometry:
    """Return the snub cube with equal edges: the orbit of (1, 1/t, t) with t^3 = t^2 + t + 1.

    The rotations of the cube act regularly on its 24 vertices, so that the configuration is the
    thin scheme of that group, which is not commutative. Point g is the image of the first under
    the rotation g, and the colour of (g, h) is g^{-1} h.

    References
    ----------
    Robinson 1961, "Arrangement of 24 points on a sphere": the best packing of 24 points.

    Examples
    --------
    >>> snub_cube().dimension, snub_cube().configuration.is_thin
    (3, True)
    """
    return Geometry(
        "snub cube",
        24,
        _support,
        _relation,
        also_known_as=("Tammes packing of 24 points",),
        symmetries=24,
    )


def _rotations() -> list[Rotation]:
    """Return the signed permutations of determinant 1, the identity first."""
    return [
        tuple(zip(signs, order, strict=True))
        for order in permutations(range(3))
        for signs in product((1, -1), repeat=3)
        if (signs.count(-1) + _inversions(order)) % 2 == 0
    ]


def _inversions(order: tuple[int, ...]) -> int:
    """Return the number of pairs that a permutation puts in the wrong order."""
    return sum(a > b for a, b in combinations(order, 2))


def _relation() -> Relation:
    """Return the rows of the thin scheme of the rotations."""
    rotations = _rotations()
    number = {g: i for i, g in enumerate(rotations)}
    return group_scheme_relation(
        [
            [number[tuple((s * h[i][0], h[i][1]) for s, i in g)] for h in rotations]
            for g in rotations
        ]
    )


def _support() -> Support:
    """Return the cosines of the first vertex and its images, as polynomials in t of degree 2."""
    modulus = Poly(_X**3 - _X**2 - _X - 1, _X, domain="QQ")
    one = Poly(1, _X, domain="QQ")
    vertex = [one, Poly(_X**2 - _X - 1, _X, domain="QQ"), Poly(_X, _X, domain="QQ")]
    length = sum((c * c for c in vertex), 0 * one).rem(modulus)
    scale = length.invert(modulus)
    t = CRootOf(modulus.as_expr(), 0)
    cosines: list[Any] = []
    for g in _rotations():
        inner = sum((s * vertex[i] * c for (s, i), c in zip(g, vertex, strict=True)), 0 * one)
        cosines.append((inner * scale).rem(modulus).as_expr().subs(_X, t))
    return tight_support(3, (1,) * 24, cosines)
