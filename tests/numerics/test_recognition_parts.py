"""The steps before and after the closure: cleaning, components, levels, projection."""

from __future__ import annotations

import networkx
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numerics.recognition_samples import (
    columns,
    disturbed,
    icosahedron,
    orthogonal_sum,
    polygon,
    simplex,
)
from superposition_numerics.recognition import (
    Level,
    adjacency_algebra,
    candidate_levels,
    clean_gram,
    clean_weights,
    coherent_closure,
    matrix_levels,
    orthogonal_components,
    parallel_groups,
    project,
    scheme_levels,
    tightness,
)
from superposition_numerics.recognition.points import Points
from superposition_theory import InputError

ROUNDING = 1e-14


# Cleaning


def test_both_doors_agree() -> None:
    W = np.random.default_rng(0).standard_normal((4, 7)) * np.arange(7)
    by_weights, by_gram = clean_weights(W), clean_gram(W.T @ W)
    assert by_weights.zero == by_gram.zero == (0,)
    assert by_weights.features.tolist() == list(range(1, 7))
    # the norm of a Gram matrix is a square root: errors of 1e-16 in G stay errors of 1e-15
    assert by_weights.cosines == pytest.approx(by_gram.cosines, abs=1e-13)
    assert by_weights.norms == pytest.approx(by_gram.norms, rel=1e-13)
    assert (by_weights.dimensions, by_gram.dimensions) == (4, None)


@pytest.mark.parametrize(
    ("norms", "zero", "dropped"),
    [
        ([1.0, 0.06, 1.0], 0.05, ()),  # above the threshold
        ([1.0, 0.05, 1.0], 0.05, (1,)),  # on it
        ([1.0, 0.0, 1.0], 0.0, (1,)),  # exactly zero is zero at any threshold
        ([1e-300, 1e-302, 2e-300], 0.05, (1,)),  # relative to the largest, without underflow
        ([0.0, 0.0], 0.05, (0, 1)),  # nothing is left
    ],
)
def test_zero_vectors(norms: list[float], zero: float, dropped: tuple[int, ...]) -> None:
    assert clean_weights(np.diag(norms), zero=zero).zero == dropped


def test_rounding_follows_the_stored_type() -> None:
    W = polygon(5)
    summed = 10 * 2.0**-53  # two products and eight more operations in float64
    assert clean_weights(W).rounding == 4 * 2.0**-52 + summed
    assert clean_weights(W.astype(np.float32)).rounding == 4 * 2.0**-23 + summed
    assert clean_weights(W, epsilon=1e-3).rounding == 4e-3 + summed
    exact = clean_weights(W)
    stored = clean_weights(W.astype(np.float32))
    assert np.abs(exact.cosines - stored.cosines).max() <= stored.rounding


def spoiled(entry: float) -> npt.NDArray[np.float64]:
    G = np.eye(3)
    G[0, 1] = entry
    return G


@pytest.mark.parametrize(
    ("W", "match"),
    [
        (np.zeros((2, 2, 2)), "W has 3 dimensions"),
        ([[1.0]], "W has 1 columns; accepted: at least 2"),
        (np.zeros((3, 0)), "W has 0 columns"),
        ([[1.0, np.nan]], "W holds 1 entries that are NaN or infinite"),
        ([[1.0, np.inf]], "W holds 1 entries that are NaN or infinite"),
        ([["a", "b"]], "W has entries of type"),
    ],
)
def test_refused_weights(W: npt.ArrayLike, match: str) -> None:
    with pytest.raises(InputError, match=match):
        clean_weights(W)


@pytest.mark.parametrize(
    ("G", "match"),
    [
        (np.ones((2, 3)), r"G has shape \(2, 3\); accepted: a square Gram matrix"),
        ([[1.0]], "G has 1 rows and columns; accepted: at least 2"),
        (spoiled(np.nan), "G holds 1 entries that are NaN"),
        (spoiled(0.01), "G is not symmetric: G and its transpose differ by 0.01"),
        ([[1.0, 2.0], [2.0, 1.0]], "G has an eigenvalue below"),
        (-np.eye(2), "G has an eigenvalue below"),
    ],
)
def test_refused_gram_matrices(G: npt.ArrayLike, match: str) -> None:
    with pytest.raises(InputError, match=match):
        clean_gram(G)


def test_refused_thresholds() -> None:
    with pytest.raises(InputError, match="zero is 2"):
        clean_weights(np.eye(2), zero=2)
    with pytest.raises(InputError, match="tolerance is -1"):
        clean_gram(np.eye(2), tolerance=-1)


def test_gram_of_low_rank_is_accepted() -> None:
    W = np.random.default_rng(1).standard_normal((2, 40))
    assert clean_gram(W.T @ W, tolerance=0, zero=0).cosines.shape == (40, 40)


# Components


def parts_of(W: npt.NDArray[np.float64]) -> list[list[int]]:
    vectors = clean_weights(W)
    found = orthogonal_components(vectors.cosines, rounding=vectors.rounding)
    return [part.tolist() for part in found.members]


UNEQUAL = orthogonal_sum(polygon(5), simplex(4), polygon(2)[:1], np.eye(1))
UNEQUAL_PARTS = [[0, 1, 2, 3, 4], [5, 6, 7, 8], [9, 10], [11]]


@pytest.mark.parametrize("sigma", [0.0, 1e-6, 1e-3, 1e-2])
def test_orthogonal_blocks(sigma: float) -> None:
    """Blocks of unequal size, with any norms."""
    rng = np.random.default_rng(3)
    W = disturbed(UNEQUAL, sigma, rng) * rng.uniform(0.5, 2.0, UNEQUAL.shape[1])
    assert parts_of(W) == UNEQUAL_PARTS


@pytest.mark.parametrize(
    ("W", "expected"),
    [
        (np.eye(3), [[0], [1], [2]]),  # exact zeros separate
        (simplex(30), [list(range(30))]),  # all cosines are small, and equal
        (polygon(17), [list(range(17))]),
        (np.array([[1.0, 0.0, -1.0], [0.0, 1.0, 0.0]]), [[0, 2], [1]]),  # interleaved
        (columns([[1, 0], [0.15, 1], [0, 1]]), [[0, 1, 2]]),  # 0.15 is interference
        (columns([[1, 0], [0.08, 1], [0, 1]]), [[0, 1, 2]]),  # 0.08 and 0 have mean square 0.06^2
        (columns([[1, 0], [0.04, 1], [0, 1]]), [[0], [1, 2]]),  # 0.04 and 0 are within 0.03
    ],
)
def test_components_by_hand(W: npt.NDArray[np.float64], expected: list[list[int]]) -> None:
    assert parts_of(W) == expected


@settings(max_examples=60)
@given(st.integers(2, 12), st.integers(0, 10**6))
def test_components_are_those_of_the_graph(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cosines = 10.0 ** rng.uniform(-6, 0, (n, n))
    cosines = np.minimum(cosines, cosines.T)
    found = orthogonal_components(cosines, rounding=1e-5, tolerance=1)
    graph = networkx.empty_graph(n)
    graph.add_edges_from(np.argwhere(np.triu(cosines > found.threshold, 1)).tolist())
    expected = sorted(sorted(part) for part in networkx.connected_components(graph))
    assert [part.tolist() for part in found.members] == expected
    assert found.separation >= 1


# Levels


def levels_of(W: npt.NDArray[np.float64]) -> list[list[float]]:
    cosines = clean_weights(W).cosines
    return [x.means.round(6).tolist() for x in candidate_levels(cosines, rounding=ROUNDING)]


def test_levels_of_the_icosahedron() -> None:
    first = next(candidate_levels(clean_weights(icosahedron()).cosines, rounding=ROUNDING))
    assert first.means == pytest.approx([-1, -(5**-0.5), 5**-0.5, 1])
    assert first.margin > 1e10
    assert not first.parallel


def test_margin_by_hand() -> None:
    """Levels 0 and 0.02 against 0.5: means 0.01, 0.5, 1; half of 0.49 over a deviation of 0.01."""
    cosines = np.array([[1, 0, 0.5], [0, 1, 0.02], [0.5, 0.02, 1.0]])
    found = {len(x.means): x for x in candidate_levels(cosines, rounding=ROUNDING)}
    assert found[3].means == pytest.approx([0.01, 0.5, 1.0])
    assert found[3].margin == pytest.approx(0.245 / 0.01)
    # thresholds between the second gap 0.48 and the third 0.02
    assert found[3].persistence == pytest.approx(0.48 / 0.02)
    colours = found[3].colours(cosines)
    assert colours.tolist() == [[0, 2, 1], [2, 0, 2], [1, 2, 0]]


def test_one_level_of_random_vectors_has_no_margin() -> None:
    W = np.random.default_rng(0).standard_normal((10, 300))
    for found in candidate_levels(clean_weights(W).cosines, rounding=ROUNDING):
        assert found.parallel or found.margin < 1


def test_parallel_vectors_share_the_level_of_one() -> None:
    W = np.hstack([polygon(5), polygon(5)[:, :1]])
    first = next(candidate_levels(clean_weights(W).cosines, rounding=ROUNDING))
    assert first.parallel


def test_close_neighbours_are_not_parallel() -> None:
    """Neighbours of the 1000-gon have 1 - cos = 2e-5, well above rounding."""
    first = next(candidate_levels(clean_weights(polygon(1000)).cosines, rounding=ROUNDING))
    assert (first.parallel, first.means.size) == (False, 501)


@pytest.mark.parametrize(
    ("pairs", "allowed", "expected"),
    [
        ([(0, 1)], 0.1, [[0, 1], [2]]),
        ([(0, 1), (1, 2)], 0.1, None),  # 0 ~ 1 ~ 2 but not 0 ~ 2
        ([(0, 1), (1, 2), (0, 2)], 0.1, [[0, 1, 2]]),
        ([(0, 1)], 0.01, None),  # too far apart
    ],
)
def test_parallel_is_an_equivalence(
    pairs: list[tuple[int, int]], allowed: float, expected: list[list[int]] | None
) -> None:
    cosines = np.eye(3)
    for i, j in pairs:
        cosines[i, j] = cosines[j, i] = 0.95
    groups = parallel_groups(cosines, 0.5, allowed)
    assert (None if groups is None else [group.tolist() for group in groups]) == expected


# Projection


def dense_projection(
    G: npt.NDArray[np.float64], relation: npt.NDArray[np.int32]
) -> npt.NDArray[np.float64]:
    """Least squares onto the span of the colours."""
    colours = range(int(relation.max()) + 1)
    basis = np.array([(relation == c).ravel().astype(float) for c in colours]).T
    return np.asarray(basis @ np.linalg.lstsq(basis, G.ravel(), rcond=None)[0]).reshape(G.shape)


@pytest.mark.parametrize("sigma", [1e-6, 1e-2])
def test_projection_is_the_least_squares_fit(sigma: float) -> None:
    clean = clean_weights(icosahedron()).cosines
    closure = coherent_closure(np.unique(clean.round(6), return_inverse=True)[1].reshape(12, 12))
    G = clean_weights(disturbed(icosahedron(), sigma, np.random.default_rng(0))).cosines
    found = project(G, closure)
    expected = dense_projection(G, closure.relation)
    assert found.values[closure.relation] == pytest.approx(expected, abs=1e-12)
    rest = G - expected
    assert found.residual == pytest.approx(np.linalg.norm(rest) / np.linalg.norm(G), rel=1e-6)
    off = rest[~np.eye(12, dtype=bool)]
    assert found.noise == pytest.approx(np.sqrt((off**2).mean()), rel=1e-6)
    norm = np.linalg.norm(rest, 2)
    assert norm <= found.bound <= np.linalg.norm(rest)
    levels = scheme_levels(found, adjacency_algebra(closure), found.bound)
    largest = np.linalg.eigvalsh(expected)[::-1]
    assert [(level.multiplicity, level.idempotent) for level in levels] == [(3, 1)]
    assert [levels[0].value] * 3 == pytest.approx(largest[:3])
    assert largest[3] < found.bound


def test_norm_bound_holds_for_flat_and_for_peaked_remainders() -> None:
    rng = np.random.default_rng(0)
    closure = coherent_closure(np.zeros((80, 80), dtype=int))
    for rank in (1, 5, 80):
        N = rng.standard_normal((rank, 80))
        G = np.eye(80) + 1e-3 * N.T @ N
        found = project(G, closure)
        rest = G - found.values[closure.relation]
        assert np.linalg.norm(rest, 2) <= found.bound <= np.linalg.norm(rest)


@pytest.mark.parametrize(
    ("values", "bound", "answer"),
    [
        ([2.0], 1.0, "yes"),  # one level
        ([2.0, 2.0 + 1e-13], 1e-12, "yes"),
        ([2.0, 2.1], 0.01, "no"),
        ([2.0, 2.1], 0.06, "undecided"),  # 0.12 is more than 5 % of 2.05
        ([2.0, 2.1], 0.0505, "yes"),  # 0.101 is less than 5 % of 2.05, and exceeds the spread
    ],
)
def test_tightness(values: list[float], bound: float, answer: str) -> None:
    levels = tuple(Level(value, 1, None) for value in values)
    assert tightness(levels, bound).answer == answer


def test_matrix_levels_merge_runs() -> None:
    found = matrix_levels(np.diag([3.0, 2.0, 2.05, 1e-3, 0.0]), 0.1)
    assert [level.multiplicity for level in found] == [1, 2]
    assert found[1].value == pytest.approx(2.025)
    assert matrix_levels(np.zeros((2, 2)), 0.1) == ()


# Norms


@pytest.mark.parametrize(
    ("norms", "classes"),
    [
        ([1.0, 1.03, 0.97, 1.0], [0, 0, 0, 0]),  # within 4 % of the median
        ([1.0, 1.05, 1.0, 1.0], [0, 1, 0, 0]),
        ([2.0, 1.0, 2.01, 1.01, 1.0], [1, 0, 1, 0, 0]),  # 1 % is noise
        ([1.0, 2.0, 3.0, 1.0, 2.0, 3.0], [0, 1, 2, 0, 1, 2]),
        ([1.0, 1.2, 1.5], [0, 1, 2]),  # the gaps alike, 0.2 and 0.3: both persist above 1 %
    ],
)
def test_norm_classes(norms: list[float], classes: list[int]) -> None:
    n = len(norms)
    points = Points(np.eye(n), np.array(norms), tuple((k,) for k in range(n)))
    assert points.norm_classes.tolist() == classes
    assert points.equal_norms is (max(classes) == 0)


def test_many_norms_may_deviate_more() -> None:
    """Of 2000 Gaussian norms with 1 % of noise one is 4 % off with probability 12 %."""
    for n, equal in [(100, False), (2000, True)]:
        norms = np.ones(n)
        norms[0] = 1.045
        assert Points(np.eye(n), norms, tuple((k,) for k in range(n))).equal_norms is equal


def test_mean_directions() -> None:
    angles = np.array([0.1, -0.1, np.pi / 2])
    W = np.array([np.cos(angles), np.sin(angles)])
    points = Points(W.T @ W, np.array([1.0, 3.0, 2.0]), ((0,), (1,), (2,)))
    merged = points.merged([np.array([0, 1]), np.array([2])])
    assert merged.members == ((0, 1), (2,))
    assert merged.norms.tolist() == [2.0, 2.0]
    assert merged.cosines == pytest.approx(np.eye(2), abs=1e-15)
    flipped = Points(W.T @ W * np.outer([1, -1, 1], [1, -1, 1]), points.norms, points.members)
    merged = flipped.merged([np.array([0, 1]), np.array([2])])
    assert merged.cosines == pytest.approx(np.eye(2), abs=1e-15)


def test_a_gram_matrix_has_no_cosine_above_one() -> None:
    with pytest.raises(InputError, match=r"G has a cosine of absolute value 1\.03"):
        clean_gram([[1.0, -1.03], [-1.03, 1.0]])
    assert clean_gram([[1.0, -1.0005], [-1.0005, 1.0]]).cosines[0, 1] == -1


def test_a_gram_matrix_of_subnormal_numbers_is_refused() -> None:
    with pytest.raises(InputError, match="accepted: normal numbers"):
        clean_gram(np.eye(2) * 1e-320)


def test_more_features_than_fit_are_refused() -> None:
    with pytest.raises(InputError, match="W has 6001 nonzero features; accepted: at most 6000"):
        clean_weights(np.ones((1, 6001)))


def test_spectral_rounding_bounds_what_storage_does_to_eigenvalues() -> None:
    W = np.random.default_rng(2).standard_normal((40, 90))
    exact, stored = clean_weights(W), clean_weights(W.astype(np.float16))
    before, after = (np.linalg.eigvalsh(vectors.cosines) for vectors in (exact, stored))
    moved = float(np.abs(before - after).max())
    bound = stored.spectral_rounding(90, float(after[-1]))
    assert 0 < moved <= bound <= 90 * stored.rounding / 3  # three times better than entry by entry


def test_one_cosine_of_three_tenths_joins_two_blocks() -> None:
    """The cut would leave few cosines between, but interference of 0.3 is no noise."""
    block = np.full((12, 12), 0.9)
    cosines = np.kron(np.eye(2), block)
    np.fill_diagonal(cosines, 1.0)
    assert len(orthogonal_components(cosines, rounding=1e-15).members) == 2
    cosines[0, 12] = cosines[12, 0] = 0.3
    assert len(orthogonal_components(cosines, rounding=1e-15).members) == 1


def test_threshold_is_the_geometric_mean_of_the_gap() -> None:
    cosines = np.kron(np.eye(2), np.full((3, 3), 0.8))
    np.fill_diagonal(cosines, 1.0)
    cosines[0, 3] = cosines[3, 0] = 0.02
    parts = orthogonal_components(cosines, rounding=1e-15)
    assert parts.threshold == pytest.approx(np.sqrt(0.8 * 0.02))
    assert parts.separation == pytest.approx(40)
