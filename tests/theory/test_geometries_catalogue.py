"""The catalogue against classical coordinates, exact closures, frames, designs and symmetries."""

from collections import Counter
from math import prod
from typing import Any

import networkx as nx
import pytest
from superposition_theory.errors import InputError
from superposition_theory.frames import Frame
from superposition_theory.geometries import (
    Geometry,
    candidates,
    catalogue,
    hoffman_singleton_frames,
    rook_frame,
    shrikhande_frames,
)
from superposition_theory.geometries.graphs import hoffman_singleton_relation
from superposition_theory.schemes import AssociationScheme, canonical, coherent_closure
from sympy import Rational, oo
from theory.geometry_points import POINTS, automorphisms, coloured, even, moved, profile, signed

CATALOGUE = {geometry.name: geometry for geometry in catalogue()}
NON_COMMUTATIVE = {"truncated tetrahedron", "icosidodecahedron", "snub cube"}
SUMS = {"digon + triangle", "digon + pentagon", "tetrahedron + hexagon"}
HARMONIC = {g.name for g in catalogue() if "harmonic" in g.name}
SLOW_FIELDS = {"17-gon", "square antiprism (Coulomb)", *HARMONIC}
SLOW_FRAMES = {
    "snub cube",
    "Paley(29)",
    "icosidodecahedron",
    "equiangular tight frame 7x14, double",
}
NOT_BLOCKS = {"2 orthogonal copies of triangle", "3 orthogonal copies of pentagon"}

every_geometry = pytest.mark.parametrize("geometry", CATALOGUE.values(), ids=list(CATALOGUE))


def gram_colours(geometry: Geometry) -> list[list[int]]:
    """Return the colours of the Gram matrix: pairs of equal cosine are alike."""
    numbers: dict[Any, int] = {}
    colours = [numbers.setdefault(cosine, len(numbers)) for cosine in geometry.cosines]
    return [[colours[colour] for colour in row] for row in geometry.relation]


def test_size() -> None:
    assert len(CATALOGUE) == len(catalogue()) >= 45
    others = [name for geometry in CATALOGUE.values() for name in geometry.also_known_as]
    assert len(set(others)) == len(others)
    assert not set(others) & set(CATALOGUE)


@every_geometry
def test_scheme_and_idempotents(geometry: Geometry) -> None:
    configuration = geometry.configuration  # verifies the axioms
    assert geometry.relation == configuration.relation
    assert geometry.valencies == configuration.valencies
    assert len(geometry.relation) == geometry.order
    diagonal = {row[x] for x, row in enumerate(geometry.relation)}
    assert all(geometry.cosines[i] == 1 for i in diagonal)
    for space in geometry.eigenspaces:
        trace = sum(space.entries[row[x]] for x, row in enumerate(geometry.relation))
        assert trace == space.multiplicity
    if geometry.name in NON_COMMUTATIVE | SUMS:
        with pytest.raises(InputError, match="has no eigenmatrices"):
            _ = geometry.idempotents
    else:
        assert isinstance(configuration, AssociationScheme)
        tables = configuration.eigenmatrices
        assert 0 not in geometry.idempotents
        assert len(set(geometry.idempotents)) == len(geometry.eigenspaces)
        for j, space in zip(geometry.idempotents, geometry.eigenspaces, strict=True):
            assert tables.multiplicities[j] == space.multiplicity


@pytest.mark.parametrize("name", [g.name for g in CATALOGUE.values() if g.order <= 60])
def test_the_configuration_is_the_closure_of_the_gram_matrix(name: str) -> None:
    geometry = CATALOGUE[name]
    assert coherent_closure(gram_colours(geometry)).relation == geometry.relation


@pytest.mark.parametrize("order", range(2, 25))
def test_the_relations_of_candidates_are_closures(order: int) -> None:
    for geometry in candidates(order):
        heights = {h: Rational(2, 7) for level, _ in geometry.levels for h in level.free_symbols}
        numbers: dict[Any, int] = {}
        colours = [
            numbers.setdefault(cosine.subs(heights).expand(), len(numbers))
            for cosine in geometry.cosines
        ]
        rows = [[colours[colour] for colour in row] for row in geometry.relation]
        assert coherent_closure(rows).relation == geometry.relation


@pytest.mark.parametrize("name", POINTS)
def test_classical_coordinates(name: str) -> None:
    geometry = CATALOGUE[name]
    rows, cosines = coloured(POINTS[name])
    assert len(rows) == geometry.order
    # beyond 60 points the inner products must be a scheme as they are
    closure = coherent_closure(rows) if len(rows) <= 60 else AssociationScheme(rows)
    found = [cosines[rows[x][y]] for x, y in closure.representatives]
    assert profile(closure.valencies, found) == profile(geometry.valencies, geometry.cosines)
    assert closure.rank == geometry.configuration.rank


def test_catalogue_holds_all_the_classical_points() -> None:
    assert set(POINTS) <= set(CATALOGUE)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(g.name, marks=pytest.mark.slow) if g.name in SLOW_FRAMES else g.name
        for g in CATALOGUE.values()
        if g.order <= 30 and g.name not in SLOW_FIELDS
    ],
)
def test_frame(name: str) -> None:
    geometry = CATALOGUE[name]
    frame = Frame.from_gram(geometry.gram)
    assert frame.rank == geometry.dimension
    assert frame.is_tight_on_span == geometry.is_tight
    levels: Counter[Any] = Counter()
    for level, multiplicity in geometry.levels:
        levels[level] += multiplicity
    assert {e.value: e.multiplicity for e in frame.spectrum} == levels
    fibres = [row[x] for x, row in enumerate(geometry.relation)]
    assert [geometry.fractional_dimensionalities[i] for i in fibres] == list(
        frame.fractional_dimensionalities
    )
    if geometry.is_tight:
        assert set(frame.fractional_dimensionalities) == {
            Rational(geometry.dimension, geometry.order)
        }


@pytest.mark.parametrize(
    "name",
    [
        *(g.name for g in CATALOGUE.values() if g.order <= 16 and g.name not in SLOW_FIELDS),
        "Schläfli",
        "24-cell",
    ],
)
def test_coordinates(name: str) -> None:
    geometry = CATALOGUE[name]
    points = geometry.coordinates
    assert points.shape == (geometry.dimension, geometry.order)
    first = {y: x for x, y in reversed(list(enumerate(geometry.relation[0])))}
    pairs = [(0, y) for y in first.values()]
    pairs += [(geometry.order - 1, y) for y in range(0, geometry.order, 3)]
    for x, y in pairs:
        product = points[:, x].dot(points[:, y]).expand()
        assert (product - geometry.gram[x, y]).equals(0)


def strength_by_moments(geometry: Geometry) -> int:
    """Return the strength from the power sums of the inner products.

    A set is a t-design iff the mean of <x, y>^s over all pairs is the mean over the sphere, that is
    1 3 ... (s - 1)/(d (d + 2) ... (d + s - 2)) for even s and 0 for odd s, for s = 1, ..., t.
    """
    d, strength = geometry.dimension, 0
    while True:
        s = strength + 1
        mean = sum(
            Rational(k, geometry.order) * cosine**s
            for k, cosine in zip(geometry.valencies, geometry.cosines, strict=True)
        )
        sphere = Rational(prod(range(1, s, 2)), prod(range(d, d + s - 1, 2))) if s % 2 == 0 else 0
        if (mean - sphere).expand() != 0:
            return strength
        strength = s


@pytest.mark.parametrize(
    "name",
    [
        g.name
        for g in CATALOGUE.values()
        if g.dimension > 1 and g.name not in SUMS and "gon" not in g.name and "prism" not in g.name
        and "harmonic" not in g.name and "snub" not in g.name
    ],
)  # fmt: skip
def test_design_strength_by_moments(name: str) -> None:
    assert CATALOGUE[name].design_strength == strength_by_moments(CATALOGUE[name])


@pytest.mark.parametrize(
    ("name", "strength"),
    [
        # Delsarte, Goethals and Seidel 1977
        ("digon", oo),
        ("tetrahedron", 2),
        ("pentagon", 4),
        ("heptagon", 6),
        ("octahedron", 3),
        ("cube", 3),
        ("icosahedron", 5),
        ("dodecahedron", 5),
        ("24-cell", 5),
        ("Schläfli", 4),
        ("snub cube", 3),
        ("E7 code of 56 points", 5),
        ("600-cell", 11),
        ("E8 roots", 7),
        ("square antiprism (tight)", 3),
        ("square antiprism (Coulomb)", 1),
        ("digon + triangle", 1),
    ],
)
def test_known_design_strengths(name: str, strength: Any) -> None:
    assert CATALOGUE[name].design_strength == strength


@pytest.mark.parametrize(
    "name", [g.name for g in CATALOGUE.values() if g.order <= 30 and g.symmetries]
)
def test_symmetries(name: str) -> None:
    assert CATALOGUE[name].symmetries == automorphisms(gram_colours(CATALOGUE[name]))


@pytest.mark.parametrize(
    ("name", "levels", "rank"),
    [
        # inner products that coincide by accident: more colours in the closure
        ("pentagonal antiprism (equal edges)", 4, 6),
        ("square antiprism (equal edges)", 4, 5),
        ("hexagonal antiprism (tight)", 6, 7),
        ("hexagonal prism (tight)", 7, 8),
        ("truncated tetrahedron", 5, 7),
        ("icosidodecahedron", 9, 10),
    ],
)
def test_accidental_coincidences(name: str, levels: int, rank: int) -> None:
    assert len(set(CATALOGUE[name].cosines)) == levels
    assert CATALOGUE[name].configuration.rank == rank


def test_non_commutative() -> None:
    for name in NON_COMMUTATIVE:
        assert not CATALOGUE[name].configuration.is_commutative


def test_snub_cube() -> None:
    snub = CATALOGUE["snub cube"]
    # equal edges: every vertex has five nearest neighbours
    cosines = sorted(float(x) for x in snub.cosines)
    assert [abs(x - cosines[-2]) < 1e-12 for x in cosines[-7:]] == [False, *[True] * 5, False]
    assert len(set(snub.cosines[1:])) < 23
    # Robinson 1961: the distance of 24 points on the sphere is 0.744206...
    assert round((2 - 2 * cosines[-2]) ** 0.5, 6) == 0.744206
    # another chiral orbit of the rotations of the cube, by integer coordinates
    chiral = {
        v
        for p in ((1, 2, 5), (2, 1, 5))
        for v in moved(signed(p), even(3))
        if (sum(x < 0 for x, _ in v) % 2 == 0) == (p == (1, 2, 5))
    }
    closure = coherent_closure(coloured(chiral)[0])
    assert (len(chiral), closure.rank) == (24, 24)
    assert closure.is_homogeneous
    assert not closure.is_commutative


def cliques(relation: Any) -> int:
    """Return the number of sets of four points that are pairwise of colour 1."""
    near = [{y for y, colour in enumerate(row) if colour == 1} for row in relation]
    return sum(
        len({w for w in near[x] & near[y] & near[z] if w > z})
        for x in range(len(near))
        for y in near[x]
        for z in near[x] & near[y]
        if x < y < z
    )


def test_same_parameters_different_scheme() -> None:
    rook, shrikhande = rook_frame(4), shrikhande_frames()[1]
    assert (rook.valencies, rook.cosines, rook.levels) == (
        shrikhande.valencies,
        shrikhande.cosines,
        shrikhande.levels,
    )
    tables = [g.configuration.intersection_matrix(1) for g in (rook, shrikhande)]
    assert tables[0] == tables[1]
    assert (cliques(rook.relation), cliques(shrikhande.relation)) == (8, 0)
    assert rook.symmetries != shrikhande.symmetries


def test_hoffman_singleton() -> None:
    graph = nx.hoffman_singleton_graph()
    ours = nx.Graph(
        (x, y)
        for x, row in enumerate(hoffman_singleton_relation())
        for y, colour in enumerate(row)
        if colour == 1
    )
    assert nx.is_isomorphic(graph, ours)
    # eigenvalues 7, 2, -3 of valency 7 on 50 points: 2/7 and (-1 - 2)/42
    first, second = hoffman_singleton_frames()
    assert first.cosines == (1, Rational(2, 7), Rational(-1, 14))
    assert second.cosines == (1, Rational(-3, 7), Rational(1, 21))


@pytest.mark.parametrize(
    "order", [*range(2, 21), 24, 26, 27, 28, 30, 32, 35, 36, 50, 52, 56, 72, 120, 126, 240]
)
def test_candidates(order: int) -> None:
    found = list(candidates(order))
    names = [geometry.name for geometry in found]
    assert len(set(names)) == len(names)
    assert all(geometry.order == order for geometry in found)
    listed = {
        g.name
        for g in CATALOGUE.values()
        if g.order == order and g.name not in SUMS | NOT_BLOCKS | HARMONIC and "(h2 =" not in g.name
    }  # fmt: skip
    assert listed <= set(names)
    seen: dict[Any, str] = {}
    for geometry in found:
        if geometry.order > 40 and "gon" in geometry.name:
            continue  # hundreds of cosines, and nothing that could coincide
        key = frozenset(profile(geometry.valencies, geometry.cosines).items())
        if key in seen:
            assert {seen[key], geometry.name} in (
                {"Hamming H(2,4), E_1", "Shrikhande in R^6"},
                {"Hamming H(2,4), E_2", "Shrikhande in R^9"},
            )
        seen[key] = geometry.name


def test_candidates_are_lazy_and_reach_far() -> None:
    found = list(candidates(1024))
    assert not any(
        "_support" in vars(geometry) or "relation" in vars(geometry) for geometry in found
    )
    (cube,) = (geometry for geometry in found if geometry.name == "hypercube on 1024 points")
    assert cube.relation == canonical(cube.relation)
    assert [cube.relation[0].count(i) for i in range(11)] == list(cube.valencies)


def test_candidates_by_free_height() -> None:
    free = [geometry.name for geometry in candidates(8) if not geometry.is_determined]
    assert free == ["square antiprism", "square prism"]
    with pytest.raises(InputError, match="order is 1; accepted: an integer of at least 2"):
        next(candidates(1))
