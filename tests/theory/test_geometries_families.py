"""Families of geometries: names that coincide, closed forms by other routes, refusals."""

from math import gcd
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from superposition_theory import geometries as g
from superposition_theory.errors import InputError
from superposition_theory.frames import Frame, welch_bound
from superposition_theory.geometries.heights import (
    HEIGHT_SQUARED,
    antiprism_cosine,
    coulomb_height_squared,
    equal_edge_height_squared,
    two_ring_levels,
)
from superposition_theory.schemes import coherent_closure
from superposition_theory.schemes.parameters import StronglyRegularParameters
from sympy import ImmutableMatrix, Rational, Symbol, cos, diag, eye, pi, sin, solve, sqrt

THIRD = Rational(1, 3)


@pytest.mark.parametrize(
    ("geometry", "name"),
    [
        # one configuration, one name
        (g.cross_polytope(1), "digon"),
        (g.hypercube(1), "digon"),
        (g.johnson_frame(2, 1), "digon"),
        (g.polygon(3), "triangle"),
        (g.hamming_frame(1, 3), "triangle"),
        (g.antiprism(2, THIRD), "tetrahedron"),
        (g.demihypercube(3), "tetrahedron"),
        (g.cross_polytope(2), "square"),
        (g.hypercube(2), "square"),
        (g.hamming_frame(2, 2), "square"),
        (g.copies(g.simplex(2), 2), "square"),
        (g.paley_frame(5), "pentagon"),
        (g.antiprism(3, THIRD), "octahedron"),
        (g.johnson_frame(4, 2), "octahedron"),
        (g.copies(g.simplex(2), 3), "octahedron"),
        (g.bipyramid(4), "octahedron"),
        (g.prism(4, THIRD), "cube"),
        (g.hamming_frame(3, 2), "cube"),
        (g.demihypercube(4), "cross-polytope on 8 points"),
        (g.copies(g.polygon(4), 2), "cross-polytope on 8 points"),
        (g.paley_frame(9), "Paley(9)"),
        (g.rook_frame(3), "Paley(9)"),
        (g.hamming_frame(2, 3), "Paley(9)"),
        (g.johnson_frame(5, 3), "Petersen in R^4"),
        (g.triangular_frame(5), "Petersen"),
        (g.clebsch_frames()[0], "demihypercube on 16 points"),
        (g.equiangular_lines(3, 6), "icosahedron"),
        (g.equiangular_lines(5, 10), "Johnson J(6,3), E_1"),
        (g.equiangular_lines(6, 16), "demihypercube on 32 points"),
        (g.equiangular_lines(7, 28), "E7 code of 56 points"),
        (g.copies(g.polygon(5), 1), "pentagon"),
        (g.tegum_product(g.simplex(3), g.simplex(3)), "2 orthogonal copies of triangle"),
    ],
)
def test_canonical_names(geometry: g.Geometry, name: str) -> None:
    assert geometry.name == name


@pytest.mark.parametrize("m", [3, 4])
def test_copies_of_the_digon(m: int) -> None:
    assert g.cross_polytope(m).gram == ImmutableMatrix(diag(*[g.simplex(2).gram] * m))


def test_relabelled_stars_are_polygons() -> None:
    # the pentagram: the same cosines in another order, the same closure
    star = [[cos(4 * pi * ((x - y) % 5) / 5) for y in range(5)] for x in range(5)]
    values = list(dict.fromkeys(value for row in star for value in row))
    closure = coherent_closure([[values.index(value) for value in row] for row in star])
    assert closure.valencies == g.polygon(5).valencies
    assert set(values) == set(g.polygon(5).cosines)


def test_tight_heights_for_every_k() -> None:
    k = Symbol("k", positive=True)
    across, along = two_ring_levels(k, HEIGHT_SQUARED)
    assert solve(across - along, HEIGHT_SQUARED) == [THIRD]
    assert (2 * across + along - 2 * k).expand() == 0  # the trace: 2k unit vectors


@pytest.mark.parametrize("k", range(3, 9))
def test_equal_edges(k: int) -> None:
    h2 = equal_edge_height_squared(k)
    difference = antiprism_cosine(k, 1, h2) - antiprism_cosine(k, 2, h2)
    assert abs(difference.evalf(40)) < Rational(1, 10**35)
    assert 0 < h2.evalf() <= THIRD
    assert g.antiprism(k, h2).name.endswith("(equal edges)") == (k > 3)


@pytest.mark.parametrize("k", range(2, 7))
def test_antiprism_cosines(k: int) -> None:
    free = g.antiprism(k)
    for steps, cosine in enumerate(free.cosines):
        assert (cosine - antiprism_cosine(k, steps, HEIGHT_SQUARED)).expand() == 0
    assert not free.is_determined
    with pytest.raises(InputError, match=r"is_tight of .* depends on a free height"):
        _ = free.is_tight


def test_many_sides_cost_nothing() -> None:
    # no field of high degree is built for a name
    assert g.antiprism(500).name == "500-gonal antiprism"
    assert g.antiprism(500, Rational(1, 4)).name == "500-gonal antiprism (h2 = 1/4)"


def test_coulomb_height() -> None:
    # the energy of one vertex from its distances to the others, by coordinates
    t = Symbol("t", positive=True)
    points = [
        (sqrt(1 - t) * cos(pi * j / 4), sqrt(1 - t) * sin(pi * j / 4), sqrt(t) * (-1) ** j)
        for j in range(8)
    ]
    distances = [
        sqrt(sum((a - b) ** 2 for a, b in zip(points[0], p, strict=True))) for p in points[1:]
    ]
    energy = sum(1 / distance for distance in distances)
    slope = energy.diff(t)
    root = coulomb_height_squared().eval_rational(n=40)
    # the slope increases by more than 1 a unit there, so that its root is within 1e-30 of this one
    assert energy.diff(t, 2).subs(t, root).evalf(40) > 1
    assert abs(slope.subs(t, root).evalf(40)) < Rational(1, 10**30)
    # controls: a height that differs in the ninth digit, and the tight one, have a slope
    assert slope.subs(t, Rational(314089372, 10**9)).evalf(40) > Rational(1, 10**10)
    assert slope.subs(t, THIRD).evalf(40) > Rational(1, 10**3)
    # the least energy of 8 charges on a sphere (Thomson problem), 4 times that of one vertex
    assert abs(4 * energy.subs(t, root).evalf(40) - Rational(19675287861, 10**9)) < Rational(
        1, 10**9
    )


def test_three_square_antiprisms() -> None:
    tight, coulomb, equal = g.square_antiprisms()
    assert [x.name for x in (tight, coulomb, equal)] == [
        "square antiprism (tight)",
        "square antiprism (Coulomb)",
        "square antiprism (equal edges)",
    ]
    assert [x.is_tight for x in (tight, coulomb, equal)] == [True, False, False]
    ratios = [x.levels[1][0] / x.levels[0][0] for x in (tight, coulomb, equal)]
    assert ratios[0] == 1 > ratios[1].evalf() > ratios[2].evalf()
    assert (equal.cosines[1] - equal.cosines[2]).equals(0)  # by hand: both are h^2
    assert equal.cosines[2] == (2 * sqrt(2) - 1) / 7


EQUIANGULAR = [
    # Paley
    (3, 6), (5, 10), (7, 14), (9, 18), (13, 26), (15, 30),
    # pairs of sporadic graphs
    (6, 16), (10, 16), (7, 28), (21, 28), (15, 36), (21, 36),
]  # fmt: skip


@pytest.mark.parametrize(("d", "n"), EQUIANGULAR)
def test_equiangular_tight_frames(d: int, n: int) -> None:
    gram = g.equiangular_gram(d, n)
    assert gram.shape == (n, n)
    assert {gram[i, i] for i in range(n)} == {1}
    off = {gram[i, j] ** 2 for i in range(n) for j in range(n) if i != j}
    assert off == {welch_bound(n, d) ** 2}
    row = gram[1, :]
    for j in (0, 1, 2, n - 1):
        assert (row * gram[:, j])[0].expand() == (Rational(n, d) * gram[1, j]).expand()


def test_equiangular_lines_do_not_depend_on_signs() -> None:
    # any choice of signs has the same double, up to the order of the points
    gram = g.equiangular_gram(3, 6)
    signs = diag(1, -1, 1, 1, -1, -1)
    flipped = signs * gram * signs
    double = ImmutableMatrix.vstack(
        ImmutableMatrix.hstack(flipped, -flipped), ImmutableMatrix.hstack(-flipped, flipped)
    )
    values = list(dict.fromkeys(double))
    closure = coherent_closure([[values.index(x) for x in double.row(i)] for i in range(12)])
    assert sorted(closure.valencies) == [1, 1, 5, 5]


def test_sums() -> None:
    geometry = g.tegum_product(g.simplex(2), g.polygon(5), g.simplex(2))
    assert geometry.name == "square + pentagon"
    assert geometry.gram == ImmutableMatrix(diag(g.polygon(4).gram, g.polygon(5).gram))
    assert geometry.fractional_dimensionalities == (Rational(1, 2), Rational(2, 5))
    assert not geometry.is_tight
    assert g.tegum_product(g.simplex(3), g.hamming_frame(2, 3)).is_tight is False
    # n/d = 2 for both blocks: tight as a whole, with two fibres; and one block that is not tight
    even = g.tegum_product(g.cross_polytope(3), g.harmonic_frame(8, [1, 2]))
    assert (even.is_tight, len(even.fractional_dimensionalities)) == (True, 2)
    assert not g.tegum_product(g.cross_polytope(2), g.antiprism(2, Rational(1, 2))).is_tight
    # sums of sums are flat
    nested = g.copies(g.copies(g.simplex(3), 2), 2)
    assert nested.name == "4 orthogonal copies of triangle"
    assert g.copies(g.bipyramid(3), 2).name == "square + 2 orthogonal copies of triangle"
    assert g.tegum_product(g.cross_polytope(3), g.simplex(2)).valencies == (1, 1, 6)
    both = g.tegum_product(g.simplex(4), g.johnson_frame(4, 1), g.cross_polytope(2))
    assert both.name == "2 orthogonal copies of tetrahedron + square"


def test_copies_against_the_frame() -> None:
    geometry = g.copies(g.antiprism(3, Rational(1, 2)), 2)
    frame = Frame.from_gram(geometry.gram)
    assert geometry.dimension == frame.rank == 6
    assert {e.value: e.multiplicity for e in frame.spectrum} == dict(geometry.levels)
    assert geometry.configuration.valencies == geometry.valencies


@given(st.integers(3, 10), st.sets(st.integers(1, 9), min_size=1, max_size=3))
def test_harmonic_frames(n: int, frequencies: set[int]) -> None:
    chosen = {s % n or 1 for s in frequencies}
    if gcd(n, *chosen) > 1:  # vectors would repeat
        with pytest.raises(InputError, match="common divisor"):
            g.harmonic_frame(n, chosen)
        return
    geometry = g.harmonic_frame(n, chosen)
    closed = {t * s % n for s in chosen for t in (1, -1)}
    assert geometry.dimension == len(closed)
    for y in range(n):
        mean = sum(cos(2 * pi * Rational(s * y, n)) for s in closed) / len(closed)
        difference = mean - geometry.cosines[geometry.relation[0][y]]
        assert abs(difference.evalf(30)) < Rational(1, 10**25)
    assert sum(geometry.valencies) == n
    assert geometry.configuration.valencies == geometry.valencies


def test_harmonic_frame_of_squares_is_paley() -> None:
    squares, paley = g.harmonic_frame(13, [1, 3, 4]), g.paley_frame(13)
    assert squares.relation == paley.relation
    for x, y in zip(squares.cosines, paley.cosines, strict=True):
        assert abs((x - y).evalf(30)) < Rational(1, 10**25)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: g.simplex(1), r"n is 1; accepted: an integer of at least 2"),
        (lambda: g.polygon(2), r"n is 2; accepted: an integer of at least 3"),
        (lambda: g.prism(2), r"k is 2"),
        (lambda: g.antiprism(1), r"k is 1"),
        (lambda: g.antiprism(4, 1), r"height_squared is 1; accepted: an exact real number in"),
        (lambda: g.antiprism(4, 0.3), r"height_squared = 0.3 is of type float"),
        (lambda: g.prism(4, -THIRD), r"height_squared is -1/3"),
        (lambda: g.cross_polytope(0), r"m is 0"),
        (lambda: g.hypercube(0), r"m is 0"),
        (lambda: g.johnson_frame(4, 4), r"k is 4; accepted: an integer from 1 to v - 1 = 3"),
        (lambda: g.demihypercube(2), r"m is 2"),
        (lambda: g.paley_frame(7), r"q is 7; accepted: prime powers that are 1 modulo 4"),
        (lambda: g.paley_frame(21), r"q is 21"),
        (lambda: g.triangular_frame(4), r"v is 4"),
        (lambda: g.rook_frame(2), r"q is 2"),
        (lambda: g.equiangular_lines(4, 6), r"\(d, n\) = \(4, 6\); accepted with n = 6: d = 3"),
        (lambda: g.equiangular_lines(11, 22), r"n is 22; accepted: 16, 28, 36, and q \+ 1"),
        (lambda: g.harmonic_frame(5, []), r"frequencies = \[\]; accepted: one or more"),
        (lambda: g.harmonic_frame(5, [5]), r"frequencies = \[5\]"),
        (lambda: g.copies(g.simplex(3), 0), r"m is 0"),
        (g.tegum_product, r"geometries is empty"),
        (lambda: g.bipyramid(2), r"k is 2"),
        (
            lambda: g.strongly_regular_frame(
                "none", StronglyRegularParameters(7, 3, 1, 1), tuple, larger=True
            ),
            r"has no integral multiplicities",
        ),
    ],
)
def test_refusals(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


def test_eigenspaces_are_orthogonal_idempotents() -> None:
    for geometry in (g.antiprism(3, Rational(1, 2)), g.prism(3, THIRD), g.bipyramid(5)):
        projectors = [
            ImmutableMatrix([[space.entries[c] for c in row] for row in geometry.relation])
            for space in geometry.eigenspaces
        ]
        n = geometry.order
        for i, first in enumerate(projectors):
            for j, second in enumerate(projectors):
                expected = first if i == j else 0 * eye(n)
                assert (first * second - expected).applyfunc(lambda x: x.expand()) == 0 * eye(n)
