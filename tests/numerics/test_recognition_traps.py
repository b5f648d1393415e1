"""What looks alike and is not: the same cosines, the same parameters, almost the same vectors."""

from __future__ import annotations

from itertools import combinations

import networkx
import numpy as np
import pytest
from numerics.recognition_samples import Float, coordinates, moved, only
from superposition_numerics.recognition import (
    Verdict,
    isomorphism,
    recognise,
    recognise_gram,
)
from superposition_theory.geometries import (
    equiangular_gram,
    rook_frame,
    shrikhande_frames,
)
from superposition_theory.schemes import coherent_closure

from numerics import recognition_samples as samples

# Equal cosines


@pytest.mark.parametrize(
    ("sigma", "height"), [(0.0, " (equal edges)"), (1e-3, " (equal edges)"), (5e-3, "")]
)
def test_accidental_equal_cosines(sigma: float, height: str) -> None:
    """Three distinct cosines, five relations apart from equality: the closure tells them apart.

    Noise of 5e-3 leaves too little of the height to say that it is the one of equal edges.
    """
    W = moved(samples.antiprism(5, 1 / 5), np.random.default_rng(0), sigma)
    found = only(recognise(W))
    assert found.cosines.size == 3
    assert found.closure is not None
    assert found.closure.rank == 6
    assert found.name == f"pentagonal antiprism{height}"


@pytest.mark.parametrize("step", [1, 2, 3])
def test_star_polygons_are_polygons(step: int) -> None:
    """Other frequencies prime to n give the same vectors in another order."""
    W = samples.polygon(7)[:, step * np.arange(7) % 7]
    assert only(recognise(W)).name == "heptagon"


# Strongly regular graphs with one set of parameters


def triangular() -> Float:
    """Return T(8): pairs of eight, adjacent where they share one."""
    pairs = list(combinations(range(8), 2))
    return np.array([[float(len({*a, *b}) == 3) for a in pairs] for b in pairs])


def chang(edges: list[tuple[int, int]]) -> Float:
    """Switch T(8) with respect to the edges of a graph on eight vertices."""
    pairs = list(combinations(range(8), 2))
    signs = np.array([-1.0 if pair in edges else 1.0 for pair in pairs])
    seidel = np.outer(signs, signs) * (1 - np.eye(28) - 2 * triangular())
    return np.asarray((1 - np.eye(28) - seidel) / 2)


CHANG = {
    "four edges": [(0, 1), (2, 3), (4, 5), (6, 7)],
    "an octagon": [(0, 7), *((i, i + 1) for i in range(7))],
    "a triangle and a pentagon": [
        *combinations(range(3), 2),
        *((i, i + 1) for i in range(3, 7)),
        (3, 7),
    ],
}


@pytest.mark.parametrize(("eigenvalue", "frame"), [(4.0, "E_1"), (-2.0, "E_2")])
def test_triangular_graph_is_named(eigenvalue: float, frame: str) -> None:
    found = only(recognise(samples.from_idempotent(triangular(), eigenvalue)))
    assert (found.verdict, found.name) == (Verdict.RECOGNISED, f"Johnson J(8,2), {frame}")


@pytest.mark.parametrize(("eigenvalue", "frame"), [(4.0, "E_1"), (-2.0, "E_2")])
@pytest.mark.parametrize("switched", CHANG)
def test_chang_graphs_are_not_the_triangular_graph(
    switched: str, eigenvalue: float, frame: str
) -> None:
    A, T = chang(CHANG[switched]), triangular()
    # the same parameters (28, 12, 6, 4), so the same cosines
    for graph in (A, T):
        assert np.array_equal(
            graph @ graph, 12 * np.eye(28) + 6 * graph + 4 * (1 - np.eye(28) - graph)
        )
    W, V = (samples.from_idempotent(graph, eigenvalue) for graph in (A, T))
    assert np.sort((W.T @ W).ravel()) == pytest.approx(np.sort((V.T @ V).ravel()))
    found = only(recognise(W))
    assert (found.verdict, found.name) == (Verdict.SCHEME, None)
    assert (
        f"the parameters of the Johnson J(8,2), {frame}, but not isomorphic to it" in found.reason
    )
    # second route
    assert not networkx.is_isomorphic(networkx.from_numpy_array(A), networkx.from_numpy_array(T))


def test_rook_and_shrikhande() -> None:
    """(16, 6, 2, 2) twice, with the same cosines: four in a clique or not."""
    rook, shrikhande = rook_frame(4), shrikhande_frames()[1]
    assert rook.cosines == shrikhande.cosines
    names = [only(recognise(coordinates(frame))).name for frame in (rook, shrikhande)]
    assert names == ["Hamming H(2,4), E_2", "Shrikhande in R^9"]
    relations = [np.array(frame.relation) for frame in (rook, shrikhande)]
    assert isomorphism(*relations) is None
    cliques = [
        max(map(len, networkx.find_cliques(networkx.from_numpy_array(relation == 1))))
        for relation in relations
    ]
    assert cliques == [4, 3]


# The same entries in another arrangement


def graph_gram(edges: list[tuple[int, int]]) -> Float:
    """Return a positive definite matrix with 0.25 for edges and -0.05 for other pairs."""
    n = 1 + max(max(edge) for edge in edges)
    adjacency = networkx.to_numpy_array(networkx.from_edgelist(edges), nodelist=range(n))
    return np.asarray(np.where(adjacency > 0, 0.25, -0.05) + 1.05 * np.eye(n))


OCTAGON = [(i, (i + 1) % 8) for i in range(8)]
CUBE = [(i, i ^ bit) for i in range(8) for bit in (1, 2, 4) if i < i ^ bit]
MOEBIUS = [*OCTAGON, *((i, i + 4) for i in range(4))]
TWO_FIBRES = [*OCTAGON, (0, 2), (1, 3), (4, 6), (5, 7)]


@pytest.mark.parametrize(
    ("edges", "verdict", "valencies"),
    [
        (CUBE, Verdict.SCHEME, [1, 1, 3, 3]),
        (MOEBIUS, Verdict.SCHEME, [1, 1, 2, 2, 2]),  # the scheme of the octagon
        (TWO_FIBRES, Verdict.CONFIGURATION, []),
    ],
)
def test_same_entries_and_another_scheme(
    edges: list[tuple[int, int]], verdict: Verdict, valencies: list[int]
) -> None:
    """Cubic graphs on eight vertices: 12 cosines of one kind and 16 of another, in 8 dimensions."""
    G = graph_gram(edges)
    assert np.array_equal(np.unique(G, return_counts=True)[1], [32, 24, 8])
    found = only(recognise_gram(G))
    assert found.verdict is verdict
    assert sorted(found.algebra.valencies if found.algebra else []) == valencies
    # second route: the exact closure
    exact = coherent_closure(np.unique(G, return_inverse=True)[1].reshape(G.shape).tolist())
    assert found.closure is not None
    assert np.array_equal(found.closure.relation, exact.relation)


@pytest.mark.parametrize(
    ("frame", "names"),
    [
        # by rank. Triples of seven that share none or two are the lines of PG(3, 2) that meet, or
        # that do not: then E_2 or E_3 has equal entries, and the closure is a fusion.
        (
            samples.johnson(7, 3),
            {6: {"Johnson J(7,3), E_1"}, 14: {"lines of PG(3,2) in R^14", None}},
        ),
        (samples.hamming(3, 3), {6: {"Hamming H(3,3), E_1"}, 8: {None}, 12: {None}}),
    ],
)
def test_same_scheme_and_another_idempotent(
    frame: Float, names: dict[int, set[str | None]]
) -> None:
    """J(7, 3) and H(3, 3) are named by E_1; their other idempotents are other frames."""
    known = only(recognise(frame))
    assert known.closure is not None
    assert known.algebra is not None
    assert known.algebra.Q is not None
    found: dict[int, set[str | None]] = {}
    for rank, column in zip(known.algebra.multiplicities, known.algebra.Q.T, strict=True):
        if rank > 1:
            part = only(recognise_gram(column[known.closure.relation]))
            assert part.verdict is (Verdict.RECOGNISED if part.name else Verdict.SCHEME)
            assert part.dimension == rank
            found.setdefault(rank, set()).add(part.name)
    assert found == names


def test_idempotent_where_points_coincide() -> None:
    """The icosahedron's idempotent of rank 5 has the same entry for equal and opposite points."""
    known = only(recognise(samples.icosahedron()))
    assert known.closure is not None
    assert known.algebra is not None
    assert known.algebra.Q is not None
    j = known.algebra.multiplicities.index(5)
    found = only(recognise_gram(known.algebra.Q[:, j][known.closure.relation]))
    assert (found.name, len(found.parallel)) == ("simplex on 6 points", 6)


# Orthogonal blocks


def test_unequal_blocks_of_unequal_norm() -> None:
    blocks = [samples.simplex(4), 2 * samples.polygon(6), 0.5 * samples.polygon(2)[:1]]
    W = moved(samples.orthogonal_sum(*blocks), np.random.default_rng(0), 1e-4)
    names = sorted(part.name or "" for part in recognise(W).components)
    assert names == ["digon", "hexagon", "tetrahedron"]


# Equiangular lines: signs are chosen


def equiangular(d: int, n: int) -> Float:
    """Return vectors with the exact Gram matrix."""
    gram = np.array([[float(entry) for entry in row] for row in equiangular_gram(d, n).tolist()])
    values, vectors = np.linalg.eigh(gram)
    assert values[:-d] == pytest.approx(0, abs=1e-9)
    return np.asarray((vectors[:, -d:] * np.sqrt(values[-d:])).T)


@pytest.mark.parametrize(("d", "n"), [(3, 6), (5, 10), (6, 16), (7, 28)])
def test_signs_of_equiangular_lines(d: int, n: int) -> None:
    frame = equiangular(d, n)
    for seed in range(8):
        rng = np.random.default_rng(seed)
        W = moved(frame * rng.choice([-1.0, 1.0], n), rng, 1e-3)
        found = only(recognise(W, lines=True))
        assert (found.verdict, found.name) == (
            Verdict.RECOGNISED,
            f"equiangular tight frame {d}x{n}",
        )
        assert found.algebra is not None
        assert sorted(found.algebra.valencies) == [1, 1, n - 1, n - 1]
        assert (found.dimension, found.tight.value) == (d, True)
        # As vectors it is another frame; for some signs of 5x10 the Petersen graph's.
        assert only(recognise(W)).name in {None, "Petersen"}


def test_equiangular_lines_without_tightness() -> None:
    """Five of the six diagonals of the icosahedron have one angle, and are no tight frame."""
    found = only(recognise(equiangular(3, 6)[:, :5], lines=True))
    assert "equiangular" not in (found.name or "")
    assert found.tight.value is not True


# Almost


FRAMES = {
    "pentagon": samples.polygon(5),
    "cube": samples.cube(3),
    "icosahedron": samples.icosahedron(),
    "Petersen": samples.petersen(),
    "Schläfli": samples.schlaefli(),
    "E8 roots": samples.e8(),
}


@pytest.mark.parametrize("name", FRAMES)
def test_one_vector_longer(name: str) -> None:
    W = FRAMES[name].copy()
    W[:, 1] *= 1.05
    assert only(recognise(FRAMES[name])).name == name
    assert only(recognise(W)).name is None


@pytest.mark.parametrize("name", FRAMES)
def test_one_vector_missing(name: str) -> None:
    found = only(recognise(FRAMES[name][:, 1:]))
    assert found.name is None
    assert found.verdict in (Verdict.CONFIGURATION, Verdict.NOT_SCHEME_LIKE)


@pytest.mark.parametrize("name", FRAMES)
def test_one_vector_dropped(name: str) -> None:
    """A vector of a twentieth of the others' norm is a dropped feature, whatever its direction."""
    W = FRAMES[name]
    result = recognise(np.hstack([W, 0.05 * W[:, :1]]))
    assert only(result).name == name
    assert result.zero_features == (W.shape[1],)


@pytest.mark.parametrize("name", FRAMES)
def test_one_vector_elsewhere(name: str) -> None:
    """A random unit vector in the place of one."""
    W = FRAMES[name].copy()
    direction = np.random.default_rng(0).standard_normal(len(W))
    W[:, 0] = direction / np.linalg.norm(direction)
    assert all(part.name is None for part in recognise(W).components)


# ---------------------------------------------------------------- high dimensions, low precision


def test_an_angle_is_no_digon_in_many_dimensions() -> None:
    W = np.zeros((512, 2))
    W[:2] = [[1, -0.6], [0, 0.8]]
    (component,) = recognise(W).components
    assert (component.name, component.dimension) == (None, 2)


def test_embeddings_around_a_mean_are_not_one_direction() -> None:
    rng = np.random.default_rng(3)
    W = 1.3 * rng.standard_normal((768, 1)) + rng.standard_normal((768, 200))
    (component,) = recognise(W).components
    assert component.verdict is Verdict.NOT_SCHEME_LIKE
    assert component.dimension == 200


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_random_vectors_in_many_dimensions_are_not_orthogonal(kind: type) -> None:
    W: Float = np.random.default_rng(4).standard_normal((600, 550)).astype(kind)
    recognition = recognise(W)
    assert [c.verdict for c in recognition.components] == [Verdict.NOT_SCHEME_LIKE]
    exact = 1 / (1 + 549 / 600)  # E of the sum of squared cosines with the others
    mean = np.mean([c.fractional_dimensionality for c in recognition.components])
    assert abs(mean - exact) < 0.02


def test_an_icosahedron_in_half_precision() -> None:
    rng = np.random.default_rng(5)
    turn, _ = np.linalg.qr(rng.standard_normal((512, 3)))
    (component,) = recognise((turn @ samples.icosahedron()).astype(np.float16)).components
    assert component.name == "icosahedron"


def test_random_vectors_in_float32_are_not_tight() -> None:
    W = np.random.default_rng(1).standard_normal((128, 1280)).astype(np.float32)
    (component,) = recognise(W).components
    assert (component.dimension, component.tight.value) == (128, False)


def test_a_tolerance_of_zero_admits_rounding() -> None:
    (component,) = recognise(samples.icosahedron(), tolerance=0).components
    assert component.name == "icosahedron"


def test_a_negative_level_is_refused() -> None:
    """A pentagon's Gram matrix with the eigenvalue -0.05 x 5/2 on the plane of frequency 2."""
    angles = 2 * np.pi * np.arange(5) / 5
    G = 0.8 * np.cos(angles[:, None] - angles) - 0.05 * np.cos(2 * (angles[:, None] - angles))
    np.fill_diagonal(G, G[0, 0])
    (component,) = recognise_gram(G, tolerance=0.2).components
    assert component.verdict is Verdict.NOT_SCHEME_LIKE
    assert "has the eigenvalue -0.167" in component.reason  # -0.125 in units of the diagonal, 0.75
