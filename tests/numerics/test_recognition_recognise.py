"""Recognition end to end: known geometries, disturbed ones, and what must not be recognised."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numerics.recognition_samples import only
from superposition_numerics.recognition import (
    Recognition,
    Verdict,
    recognise,
    recognise_gram,
)
from superposition_numerics.spectral import analyse, gram_dimensionality
from superposition_theory import InputError

from numerics import recognition_samples as samples

Float = npt.NDArray[np.float64]

# name that is given: weights, sorted valencies, dimension, (level, multiplicity) pairs by hand
GEOMETRIES: dict[str, tuple[Float, list[int], list[tuple[float, int]]]] = {
    "simplex on 5 points": (samples.simplex(5), [1, 4], [(5 / 4, 4)]),
    "digon": (samples.polygon(2)[:1], [1, 1], [(2.0, 1)]),
    "pentagon": (samples.polygon(5), [1, 2, 2], [(5 / 2, 2)]),
    "hexagon": (samples.polygon(6), [1, 1, 2, 2], [(3.0, 2)]),
    "17-gon": (samples.polygon(17), [1] + [2] * 8, [(17 / 2, 2)]),
    "cube": (samples.cube(3), [1, 1, 3, 3], [(8 / 3, 3)]),
    "icosahedron": (samples.icosahedron(), [1, 1, 5, 5], [(4.0, 3)]),
    # levels n rho^2 on the plane and 2 n h^2 on the axis
    "square antiprism (tight)": (
        samples.antiprism(4, 1 / 3),
        [1, 1, 2, 2, 2],
        [(8 / 3, 2), (8 / 3, 1)],
    ),
    "square antiprism (Coulomb)": (
        samples.antiprism(4, samples.COULOMB_HEIGHT_SQUARED),
        [1, 1, 2, 2, 2],
        [(4 * (1 - samples.COULOMB_HEIGHT_SQUARED), 2), (8 * samples.COULOMB_HEIGHT_SQUARED, 1)],
    ),
    # three distinct cosines only: two relations share the cosine 5^-1/2, and two its negative
    "pentagonal antiprism (equal edges)": (
        samples.antiprism(5, 1 / 5),
        [1, 1, 2, 2, 2, 2],
        [(4.0, 2), (2.0, 1)],
    ),
    "Petersen": (samples.petersen(), [1, 3, 6], [(2.0, 5)]),
    "Schläfli": (samples.schlaefli(), [1, 10, 16], [(9 / 2, 6)]),
    "E8 roots": (samples.e8(), [1, 1, 56, 56, 126], [(30.0, 8)]),
    "Johnson J(7,3), E_1": (samples.johnson(7, 3), [1, 4, 12, 18], [(35 / 6, 6)]),
    "Hamming H(3,3), E_1": (samples.hamming(3, 3), [1, 6, 8, 12], [(9 / 2, 6)]),
    "Paley(13)": (samples.paley(13), [1, 6, 6], [(13 / 6, 6)]),
    "Paley(29)": (samples.paley(29), [1, 14, 14], [(29 / 14, 14)]),
}
NON_COMMUTATIVE: dict[str, tuple[Float, list[int], list[tuple[float, int]]]] = {
    "snub cube": (samples.snub_cube(), [1] * 24, [(8.0, 3)]),
    "truncated tetrahedron": (samples.truncated_tetrahedron(), [1, 1, 2, 2, 2, 2, 2], [(4.0, 3)]),
}


@pytest.mark.parametrize("name", [*GEOMETRIES, *NON_COMMUTATIVE])
def test_geometries(name: str) -> None:
    W, valencies, levels = (GEOMETRIES | NON_COMMUTATIVE)[name]
    found = only(recognise(W))
    if name in GEOMETRIES:
        assert (found.verdict, found.name) == (Verdict.RECOGNISED, name)
    else:
        assert (found.verdict, found.name) == (Verdict.NON_COMMUTATIVE, None)
    assert found.algebra is not None
    assert sorted(found.algebra.valencies) == valencies
    # found.bound is the stated error of a level: here rounding
    assert found.bound < 1e-10
    assert sorted((x.multiplicity, round(x.value, 9)) for x in found.levels) == sorted(
        (multiplicity, round(value, 9)) for value, multiplicity in levels
    )
    assert found.dimension == sum(m for _, m in levels) == np.linalg.matrix_rank(W)
    assert found.tight.value is (max(levels)[0] - min(levels)[0] < 1e-9)
    assert found.size == W.shape[1]
    assert found.margin is not None
    assert found.margin > 1e6
    # second route: the spectral analysis, which knows no relations
    span = np.linalg.svd(W)[0][:, : found.dimension]
    assert found.tight.value is analyse(span.T @ W).tight.value
    assert found.fractional_dimensionality == pytest.approx(gram_dimensionality(W).mean())
    assert found.deficit == pytest.approx(analyse(W).deficit, abs=1e-9)


def test_accidental_equal_cosines_are_told_apart() -> None:
    found = only(recognise(samples.antiprism(5, 1 / 5)))
    # 4/5 cos(pi j / 5) + (-1)^j / 5 for j = 5; 3 and 4; 1 and 2
    assert found.cosines == pytest.approx([-1, -(5**-0.5), 5**-0.5])
    assert found.closure is not None
    assert found.closure.rank == 6


def test_levels_are_the_eigenvalues_of_the_idempotents() -> None:
    """G = sum of lambda_j E_j over J, with E_j from Q."""
    W = samples.antiprism(4, samples.COULOMB_HEIGHT_SQUARED)
    found = only(recognise(W))
    assert found.algebra is not None
    assert found.algebra.Q is not None
    assert found.closure is not None
    E = found.algebra.Q[found.closure.relation] / found.size
    rebuilt = sum(level.value * E[:, :, level.idempotent or 0] for level in found.levels)
    assert rebuilt == pytest.approx(W.T @ W, abs=1e-12)
    assert found.idempotents == tuple(sorted(x.idempotent or 0 for x in found.levels))


Signature = Counter[tuple[object, ...]]


def signature(result: Recognition) -> Signature:
    return Counter(
        (
            part.verdict,
            (part.name or "").split(" (")[0],  # noise may hide which height an antiprism has
            part.size,
            part.dimension,
            tuple(sorted(part.algebra.valencies)) if part.algebra else (),
        )
        for part in result.components
    )


SUMS = {
    "bipyramid on 5": samples.orthogonal_sum(samples.polygon(2)[:1], samples.polygon(3)),
    "bipyramid on 7": samples.orthogonal_sum(samples.polygon(2)[:1], samples.polygon(5)),
    "cross-polytope": samples.cross_polytope(4),
    "three pentagons": samples.orthogonal_sum(*[samples.polygon(5)] * 3),
    "orthonormal": np.eye(4),
}
ALL = {name: W for name, (W, _, _) in (GEOMETRIES | NON_COMMUTATIVE).items()} | SUMS


@pytest.mark.parametrize("name", ALL)
def test_float32_rotated_permuted_scaled(name: str) -> None:
    W = samples.moved(ALL[name], np.random.default_rng(1)).astype(np.float32)
    assert signature(recognise(W)) == signature(recognise(ALL[name]))


@pytest.mark.parametrize("name", ALL)
def test_noise_of_a_thousandth(name: str) -> None:
    expected = signature(recognise(ALL[name]))
    for seed in range(5):
        W = samples.moved(ALL[name], np.random.default_rng(seed), 1e-3)
        assert signature(recognise(W)) == expected


# The snub cube is left out: two of its cosines are 0.04 apart, three standard deviations.
@pytest.mark.parametrize("name", [name for name in ALL if name != "snub cube"])
def test_noise_of_a_hundredth(name: str) -> None:
    """At least nine of ten; noise of a cosine is about 0.014, as is the reported estimate."""
    expected = signature(recognise(ALL[name]))
    results = [
        recognise(samples.moved(ALL[name], np.random.default_rng(s), 1e-2)) for s in range(10)
    ]
    assert sum(signature(result) == expected for result in results) >= 9


def test_noise_is_estimated() -> None:
    found = only(recognise(samples.moved(samples.e8(), np.random.default_rng(0), 3e-3)))
    assert found.noise is not None
    # sqrt(2) sigma sin(angle), as the normalisation removes the radial part: below sqrt(2) sigma
    assert 0.8 * 2**0.5 * 3e-3 < found.noise < 2**0.5 * 3e-3
    assert found.tight.value is True


def test_gram_door() -> None:
    W = samples.icosahedron()
    result = recognise_gram(2.5 * W.T @ W)
    assert signature(result) == signature(recognise(W))
    assert (result.dimensions, recognise(W).dimensions) == (None, 3)


# What must not be recognised


def refused(result: Recognition) -> bool:
    return all(part.verdict is Verdict.NOT_SCHEME_LIKE for part in result.components)


def test_300_random_vectors_are_no_simplex() -> None:
    found = only(recognise(np.random.default_rng(0).standard_normal((10, 300))))
    assert found.verdict is Verdict.NOT_SCHEME_LIKE
    assert "overlap" in found.reason
    assert found.dimension == 10


def test_pentagon_with_one_longer_vector() -> None:
    W = samples.polygon(5)
    W[:, 2] *= 1.05
    found = only(recognise(W))
    assert found.verdict is Verdict.NOT_SCHEME_LIKE
    # point, its two neighbours, the two others: (25 + 1) / 2 relations under the reflection
    assert "3 fibres and 13 relations on 5 points" in found.reason
    assert found.norm_spread == pytest.approx(0.05)


def test_pentagon_with_slightly_unequal_norms() -> None:
    W = samples.polygon(5) * [1.0, 1.03, 0.98, 1.01, 0.99]
    found = only(recognise(W))
    assert (found.verdict, found.name) == (Verdict.RECOGNISED, "pentagon")
    assert found.norm_spread == pytest.approx(0.03)


def test_pentagon_with_one_turned_vector() -> None:
    """Negative control: 9 degrees off, 0.1 in a cosine."""
    W = samples.polygon(5)
    angle = 0.157
    W[:, 0] = np.cos(angle), np.sin(angle)
    assert refused(recognise(W))


# Configurations


def test_two_fibres() -> None:
    """A pole that sees all corners of a pentagonal pyramid alike: rank 3 + 1 + 2."""
    pentagon = samples.polygon(5)
    raised = np.vstack([0.8 * pentagon, 0.6 * np.ones(5)])
    W = np.hstack([raised, [[0.0], [0.0], [1.0]]])
    found = only(recognise(W))
    assert found.verdict is Verdict.CONFIGURATION
    assert found.closure is not None
    assert (found.closure.rank, found.closure.fibres.tolist()) == (6, [0, 0, 0, 0, 0, 1])
    assert found.algebra is None
    assert found.dimension == 3
    assert [x.value for x in found.levels] == pytest.approx(
        np.unique(np.linalg.svd(W, compute_uv=False).round(12))[::-1] ** 2
    )


def test_two_norms() -> None:
    """A hexagon of two triangles, one longer: 2 + 2 relations inside, 2 + 2 between."""
    W = samples.polygon(6) * ([1.0, 1.2] * 3)
    found = only(recognise(W))
    assert found.verdict is Verdict.CONFIGURATION
    assert found.closure is not None
    assert (found.closure.rank, found.closure.fibres.tolist()) == (8, [0, 1] * 3)
    assert found.norm_spread == pytest.approx(0.1 / 1.1)  # the median of two norms is 1.1
    assert found.norm == pytest.approx(1.1 / 1.2)
    # two tight triangles: 3/2 (1 + 1.44) in units of the median norm squared
    assert [x.multiplicity for x in found.levels] == [2]
    assert found.levels[0].value == pytest.approx(1.5 * 2.44 / 1.21)


@settings(max_examples=60)
@given(st.data())
def test_real_harmonic_frames(data: st.DataObject) -> None:
    """Rows of the discrete Fourier transform: homogeneous, commutative and tight by blocks."""
    n = data.draw(st.integers(5, 16))
    half = list(range(1, (n + 1) // 2))
    chosen = data.draw(st.lists(st.sampled_from(half), min_size=1, max_size=4, unique=True))
    angles = 2 * np.pi * np.outer(chosen, np.arange(n)) / n
    W = np.vstack([np.cos(angles), np.sin(angles)])
    result = recognise(W)
    assert sum(part.dimension for part in result.components) == np.linalg.matrix_rank(W)
    for part in result.components:
        assert part.verdict in (Verdict.SCHEME, Verdict.RECOGNISED)
        assert part.tight.value is True
        assert part.fractional_dimensionality == pytest.approx(part.dimension / part.size)
    everything = sum(part.size * part.fractional_dimensionality for part in result.components)
    assert everything == pytest.approx(2 * len(chosen))


# Parallel vectors, zero vectors, components


def test_duplicated_columns() -> None:
    pentagon = samples.polygon(5)
    W = np.hstack([pentagon, pentagon[:, [1]], 2 * np.zeros((2, 1)), pentagon[:, [1, 3]]])
    result = recognise(W)
    found = only(result)
    assert result.zero_features == (6,)
    assert found.parallel == ((1, 5, 7), (3, 8))
    assert found.features == (0, 1, 2, 3, 4, 5, 7, 8)
    assert found.algebra is not None
    assert found.algebra.valencies == (1, 2, 2)
    assert found.levels[0].value == pytest.approx(5 / 2)
    assert found.fractional_dimensionality == pytest.approx(
        gram_dimensionality(W)[list(found.features)].mean()
    )


def test_noisy_duplicates() -> None:
    rng = np.random.default_rng(2)
    W = samples.disturbed(np.hstack([samples.polygon(5)] * 2), 3e-3, rng)
    found = only(recognise(W))
    assert found.parallel == tuple((k, k + 5) for k in range(5))
    assert (found.verdict, found.name) == (Verdict.RECOGNISED, "pentagon")


@pytest.mark.parametrize(
    ("W", "name", "dimensionality"),
    [
        ([[1.0, 0.0], [0.0, 1.0]], "dedicated", 1.0),
        ([[1.0, 1.0], [0.0, 0.0]], "collapsed", 0.5),  # one direction for both
    ],
)
def test_single_directions(W: npt.ArrayLike, name: str, dimensionality: float) -> None:
    for part in recognise(W).components:
        assert (part.verdict, part.name, part.dimension) == (Verdict.RECOGNISED, name, 1)
        assert part.fractional_dimensionality == dimensionality


def test_nearly_opposite_pair_is_a_digon() -> None:
    """One cosine has no noise of its own: the tolerance decides, 1 + cos <= (m - 1) 0.03^2."""
    for angle, dimension in [(0.02, 1), (0.1, 2)]:
        W = np.array([[1.0, -np.cos(angle)], [0.0, np.sin(angle)]])
        assert only(recognise(W)).dimension == dimension


@pytest.mark.parametrize(("cosine", "sizes"), [(0.05, [1, 1]), (0.07, [2])])
def test_nearly_orthogonal_pair(cosine: float, sizes: list[int]) -> None:
    """A single cosine counts as zero up to twice the tolerance."""
    result = recognise([[1.0, cosine], [0.0, (1 - cosine**2) ** 0.5]])
    assert [part.size for part in result.components] == sizes


def test_small_cosines_that_are_relations_are_kept() -> None:
    """A simplex on 50 points has cosines of -0.02, within the tolerance of zero but all equal."""
    found = only(recognise_gram((1 + 1 / 49) * np.eye(50) - 1 / 49))
    assert (found.size, found.dimension) == (50, 49)


def test_small_cosines_without_relations_are_orthogonal() -> None:
    W = samples.disturbed(np.eye(50), 3e-3, np.random.default_rng(0))
    result = recognise(W)
    assert [part.name for part in result.components] == ["dedicated"] * 50
    assert all("cosines with all others up to 0.0" in part.reason for part in result.components)


def test_components_keep_their_features() -> None:
    W = samples.orthogonal_sum(samples.polygon(5), np.zeros((1, 1)), 3 * samples.polygon(2)[:1])
    result = recognise(W[:, ::-1], zero=0.01)
    assert [part.features for part in result.components] == [(0, 1), (3, 4, 5, 6, 7)]
    assert result.zero_features == (2,)
    assert [part.norm for part in result.components] == pytest.approx([1, 1 / 3])


def test_blocks_that_only_their_mean_separates() -> None:
    """With an exactly orthogonal vector beside it, noise of the other blocks is not cut first."""
    noisy = samples.disturbed(
        samples.orthogonal_sum(samples.polygon(5), samples.polygon(5)),
        3e-3,
        np.random.default_rng(0),
    )
    result = recognise(samples.orthogonal_sum(noisy, np.eye(1)))
    assert [part.size for part in result.components] == [5, 5, 1]
    assert result.copies == ((0, 1), (2,))


def test_copies() -> None:
    W = samples.orthogonal_sum(
        samples.polygon(5), samples.polygon(2)[:1], 2 * samples.polygon(5), samples.simplex(5)
    )
    assert recognise(W).copies == ((0, 2), (1,), (3,))
    turned = samples.antiprism(4, 1 / 3), samples.antiprism(4, samples.COULOMB_HEIGHT_SQUARED)
    assert recognise(samples.orthogonal_sum(*turned)).copies == ((0,), (1,))


def test_all_zero() -> None:
    result = recognise(np.zeros((2, 3)))
    assert (result.components, result.zero_features) == ((), (0, 1, 2))


# Lines


@pytest.mark.parametrize("seed", range(6))
def test_equiangular_lines_of_the_icosahedron(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vertices = samples.icosahedron()
    diagonals = vertices[:, [k for k in range(12) if tuple(vertices[:, k]) > (0.0, 0.0, 0.0)]]
    W = diagonals * rng.choice([-1.0, 1.0], 6)
    found = only(recognise(samples.moved(W, rng, 1e-3), lines=True))
    assert (found.verdict, found.name) == (Verdict.RECOGNISED, "equiangular tight frame 3x6")
    assert found.algebra is not None
    assert sorted(found.algebra.valencies) == [1, 1, 5, 5]
    assert found.closure is not None
    assert (found.size, found.closure.order, found.dimension) == (6, 12, 3)
    assert found.levels[0].value == pytest.approx(2, abs=found.bound)
    assert found.fractional_dimensionality == pytest.approx(1 / 2, abs=1e-2)
    # antipodes are another relation of the double cover: the idempotents in J are odd
    antipode = found.closure.relation[0, 6]
    assert found.algebra.P is not None
    assert [found.algebra.P[j, antipode] for j in found.idempotents] == pytest.approx([-1])


def test_opposite_vectors_are_one_line() -> None:
    W = samples.polygon(6)
    found = only(recognise(W, lines=True))
    assert found.parallel == ((0, 3), (1, 4), (2, 5))
    assert found.closure is not None
    assert found.closure.order == 6  # three lines, both orientations: again a hexagon


# Results


def test_results_are_reproducible_and_json() -> None:
    for W in ALL.values():
        first, second = recognise(W).to_dict(), recognise(W).to_dict()
        assert first == second
        assert json.loads(json.dumps(first, allow_nan=False)) == first


def test_chance_changes_nothing_but_rounding() -> None:
    for seed in (1, 2):
        assert signature(recognise(samples.e8(), rng=seed)) == signature(recognise(samples.e8()))


def test_names_make_recognised() -> None:
    rng = np.random.default_rng(3)
    frame = np.kron(np.eye(2), samples.polygon(3))
    W = samples.orthogonal_sum(samples.polygon(5), frame * rng.uniform(0.98, 1.02, 6))
    pentagon, *triangles = recognise(W).components
    assert (pentagon.name, pentagon.verdict) == ("pentagon", Verdict.RECOGNISED)
    assert [part.name for part in triangles] == ["triangle", "triangle"]


def test_refuses_options() -> None:
    with pytest.raises(InputError, match="tolerance is 2"):
        recognise(np.eye(2), tolerance=2)
    with pytest.raises(InputError, match="lines is 1; accepted: bool"):
        recognise(np.eye(2), lines=1)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("W", "rank", "dimension"),
    [
        (samples.polygon(2000), 1001, 2),
        (samples.hamming(10, 2), 11, 10),
        (samples.johnson(12, 4), 5, 11),
    ],
)
def test_large(W: Float, rank: int, dimension: int) -> None:
    found = only(recognise(W))
    assert found.closure is not None
    assert (found.closure.rank, found.dimension) == (rank, dimension)
    assert found.tight.value is True
