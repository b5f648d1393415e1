"""The spectral analysis against closed forms, against exact arithmetic and against numpy."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import dask.array
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from superposition_numerics.decisions import Decision
from superposition_numerics.matrices import columns_of
from superposition_numerics.samples import frame_with_singular_values, saturated_frame
from superposition_numerics.spectral import (
    SpectralAnalysis,
    analyse,
    frame_operator,
    gram_dimensionality,
    rayleigh_dimensionality,
    representable,
    spectral_measures,
)
from superposition_numerics.spectral.analysis import _localization, _rank_decision
from superposition_numerics.spectral.eigenspaces import group
from superposition_numerics.spectral.moments import moment_width
from superposition_numerics.spectral.spectrum import (
    Spectrum,
    pass_width,
    scaled_frame_operator,
    spectrum_of,
)
from superposition_numerics.strategies import (
    degenerate_frames,
    generic_frames,
    ill_conditioned_frames,
    saturated_frames,
)
from superposition_theory import InputError
from superposition_theory.frames import Frame

U = 2.0**-53


def law(examples: int) -> settings:
    return settings(max_examples=examples)


# ---------------------------------------------------------------- by hand

# w = (2, 0), (2, 0), (0, 1), (1, 1), 0: F = [[9, 1], [1, 2]], computed on paper below.
HAND = np.array([[2.0, 2.0, 0.0, 1.0, 0.0], [0.0, 0.0, 1.0, 1.0, 0.0]])


def test_hand_computed_matrix() -> None:
    analysis = analyse(HAND)
    table = analysis.feature_table
    root = math.sqrt(53.0)  # eigenvalues of [[9, 1], [1, 2]]: (11 +- sqrt 53) / 2
    upper, lower = (11 + root) / 2, (11 - root) / 2
    assert (analysis.features, analysis.dimensions, analysis.represented) == (5, 2, 4)
    assert analysis.rank == 2
    assert analysis.frame_bounds == pytest.approx((lower, upper), rel=1e-14)
    assert analysis.singular_values == pytest.approx([math.sqrt(upper), math.sqrt(lower)])
    # kappa = w^T F w / |w|^2: 36/4, 2/1, (9 + 2 + 2)/2; D = |w|^2 / kappa
    np.testing.assert_allclose(table.rayleigh, [9, 9, 2, 6.5, 0], rtol=1e-14)
    np.testing.assert_allclose(table.norms, [2, 2, 1, math.sqrt(2), 0], rtol=1e-15)
    d = [4 / 9, 4 / 9, 1 / 2, 4 / 13, 0]
    np.testing.assert_allclose(table.fractional_dimensionality, d, rtol=1e-14)
    # h = w^T F^-1 w with F^-1 = [[2, -1], [-1, 9]] / 17
    h = [8 / 17, 8 / 17, 9 / 17, 9 / 17, 0]
    np.testing.assert_allclose(table.leverage, h, rtol=1e-13)
    np.testing.assert_allclose(table.deficit, np.array(h) - np.array(d), rtol=1e-12)
    assert analysis.capacity == pytest.approx(sum(d))
    assert analysis.saturation == pytest.approx(sum(d) / 2)
    assert analysis.deficit == pytest.approx(2 - sum(d))
    # Var = (w^T F^2 w)/|w|^2 - kappa^2, F^2 = [[82, 11], [11, 5]]
    variance = np.array([82 - 81, 82 - 81, 5 - 4, (82 + 5 + 22) / 2 - 6.5**2, 0])
    np.testing.assert_allclose(
        table.relative_variance[:4], (variance / np.array([9, 9, 2, 6.5, 1]) ** 2)[:4], rtol=1e-12
    )
    # p on the upper eigenspace: e.g. (2, 0) has p = (9 - lower) / (upper - lower)
    p = (np.array([9, 9, 2, 6.5]) - lower) / (upper - lower)
    np.testing.assert_allclose(table.largest_projection[:4], np.maximum(p, 1 - p), rtol=1e-13)
    np.testing.assert_allclose(table.off_projection[:4], np.minimum(p, 1 - p), rtol=1e-12)
    assert table.dominant.tolist() == [0, 0, 1, 0, -1]
    assert table.off_projection_bound[4] == 0.0
    assert (table.off_projection_bound[:4] > 0.0).all()
    entropy = -(p * np.log(p) + (1 - p) * np.log(1 - p))
    np.testing.assert_allclose(table.entropy, [*entropy, 0], rtol=1e-12)
    np.testing.assert_allclose(
        table.participation_ratio, [*(1 / (p**2 + (1 - p) ** 2)), 0], rtol=1e-12
    )
    assert analysis.tight.value is False
    assert analysis.localized.value is False
    assert analysis.frame_potential_ratio == pytest.approx(2 * (81 + 4 + 2) / 121)
    assert analysis.dimensions_per_feature == pytest.approx(2 / 11)
    bound = np.array([4, 4, 1, 2]) * variance[:4] / (upper * np.array([9, 9, 2, 6.5]) ** 2)
    assert analysis.deficit_lower_bound == pytest.approx(bound.sum(), rel=1e-12)
    assert [s.features for s in analysis.eigenspaces] == [3, 1]
    assert analysis.eigenspaces[0].capacity == pytest.approx(8 / 9 + 4 / 13)
    assert analysis.eigenspaces[1].capacity == pytest.approx(1 / 2)
    assert analysis.eigenspaces[0].relative_gap == pytest.approx(1 - lower / upper)
    assert analysis.eigenspaces[1].relative_gap == 1.0
    assert analysis.eigenspaces[0].relative_rayleigh_variance == pytest.approx(
        np.var([9, 9, 6.5]) / upper**2
    )
    z = 3.0 + 1.0j  # tr (M - z)^-1: eigenvalues upper, lower, and 0 three times
    expected = (1 / (upper - z) + 1 / (lower - z) - 3 / z) / 5
    assert analysis.stieltjes(z) == pytest.approx(expected)


def test_threshold_counts_eigenspaces() -> None:
    p = 1 - analyse(HAND).feature_table.largest_projection[2]
    just_above, just_below = p * (1 + 1e-9), p * (1 - 1e-9)
    assert analyse(HAND, threshold=just_above).feature_table.above_threshold[2] == 1
    assert analyse(HAND, threshold=just_below).feature_table.above_threshold[2] == 2
    assert analyse(HAND).feature_table.above_threshold.tolist() == [2, 2, 2, 2, 0]


def test_measures_on_request() -> None:
    analysis = analyse(HAND)
    table = spectral_measures(HAND, analysis)
    assert table.shape == (2, 5)
    np.testing.assert_allclose(table.sum(axis=0), [1, 1, 1, 1, 0], rtol=1e-14)
    np.testing.assert_allclose(
        table.max(axis=0), analysis.feature_table.largest_projection, rtol=1e-14
    )
    np.testing.assert_array_equal(spectral_measures(HAND, analysis, slice(2, 4)), table[:, 2:4])
    assert spectral_measures(HAND, analysis, slice(0, 0)).shape == (2, 0)
    with pytest.raises(
        InputError, match=r"W has shape \(2, 4\), the analysis is of shape \(2, 5\)"
    ):
        spectral_measures(HAND[:, :4], analysis)


# ---------------------------------------------------------------- against exact arithmetic


def exact_case(seed: int, m: int, n: int) -> tuple[np.ndarray, Frame]:
    rng = np.random.default_rng(seed)
    entries = rng.integers(-3, 4, size=(m, n))
    entries[:, 1] = 0
    return entries / 4.0, Frame([[Fraction(int(x), 4) for x in row] for row in entries])


@pytest.mark.parametrize(("seed", "m", "n"), [(0, 2, 6), (1, 3, 7), (2, 4, 4), (3, 4, 9)])
def test_agrees_with_exact_arithmetic(seed: int, m: int, n: int) -> None:
    W, exact = exact_case(seed, m, n)
    analysis = analyse(W)
    table = analysis.feature_table
    assert analysis.rank == exact.rank
    as_floats = np.array([float(d) for d in exact.fractional_dimensionalities])
    errors = np.abs(table.fractional_dimensionality - as_floats)
    assert (errors <= table.fractional_dimensionality_error).all()
    assert errors.max() <= 1e-13
    np.testing.assert_allclose(
        table.leverage, [float(h) for h in exact.leverage_scores], rtol=0, atol=1e-12
    )
    assert abs(analysis.capacity - float(exact.capacity)) <= analysis.capacity_error
    identity = exact.deficit_identity
    assert analysis.deficit == pytest.approx(float(identity.deficit), abs=1e-12)
    assert float(table.deficit.sum()) == pytest.approx(float(identity.right_hand_side), abs=1e-12)
    assert analysis.deficit_lower_bound == pytest.approx(float(identity.variance_bound), abs=1e-12)
    for space, eigenvalue in zip(
        analysis.eigenspaces,
        sorted(exact.spectrum.eigenvalues, key=lambda e: -float(e.value)),
        strict=True,
    ):
        assert space.multiplicity == eigenvalue.multiplicity
        assert space.eigenvalue == pytest.approx(float(eigenvalue.value), rel=1e-13)
        assert abs(space.eigenvalue_scaled * 4.0**analysis.exponent - float(eigenvalue.value)) <= (
            space.eigenvalue_bound_scaled * 4.0**analysis.exponent
        )


def test_singular_values_within_bounds_of_high_precision() -> None:
    """Condition 1e12 against sympy's exact characteristic polynomial of rational data."""
    rng = np.random.default_rng(5)
    W = frame_with_singular_values([1.0, 1e-3, 2e-12], 6, rng=rng)
    exact = sympy.Matrix(3, 6, lambda i, j: sympy.Rational(*float(W[i, j]).as_integer_ratio()))
    x = sympy.Symbol("x")
    polynomial = sympy.Poly((exact * exact.T).charpoly(x).as_expr(), x)
    roots = sorted((sympy.sqrt(r.n(60)) for r in polynomial.real_roots()), reverse=True)
    analysis = analyse(W, epsilon=0.0)
    assert analysis.spectrum.route == "qr"
    for computed, root, bound in zip(
        analysis.spectrum.singular_values,
        roots,
        analysis.spectrum.singular_value_bounds,
        strict=True,
    ):
        assert abs(math.ldexp(computed, analysis.exponent) - float(root)) <= math.ldexp(
            bound, analysis.exponent
        )


# ---------------------------------------------------------------- laws


def check_identities(W: np.ndarray, **options: Any) -> SpectralAnalysis:
    """Assert the laws that hold for every W, each to the bound that the analysis states."""
    analysis = analyse(W, **options)
    table = analysis.feature_table
    d, error = table.fractional_dimensionality, table.fractional_dimensionality_error
    assert analysis.capacity <= analysis.rank + analysis.capacity_error
    assert abs(analysis.deficit_identity_residual) <= analysis.deficit_identity_bound
    assert (d >= 0).all()
    assert (d <= 1 + 8 * U).all()
    with np.errstate(under="ignore"):
        for other in (gram_dimensionality(W), rayleigh_dimensionality(W)):
            assert (np.abs(other - d) <= 2 * error + 1e-15).all()
    return analysis


@law(150)
@given(generic_frames(max_dimensions=40, max_features=200))
def test_laws_of_generic_frames(W: np.ndarray) -> None:
    analysis = check_identities(W)
    assert analysis.rank == min(W.shape)
    assert analysis.deficit_identity_bound < 1e-6


@law(150)
@given(ill_conditioned_frames())
def test_laws_of_ill_conditioned_frames(sample: tuple[np.ndarray, np.ndarray]) -> None:
    W, sigma = sample
    analysis = check_identities(W)
    assert analysis.rank == len(sigma)
    values, counts = np.unique(sigma, return_counts=True)
    assert [s.multiplicity for s in analysis.eigenspaces] == counts[::-1].tolist()
    found = [s.singular_value for s in analysis.eigenspaces]
    assert found == pytest.approx(list(values[::-1]), rel=0.02)
    assert analysis.deficit_identity_bound < 0.1


@law(150)
@given(saturated_frames())
def test_laws_of_saturated_frames(sample: tuple[np.ndarray, int]) -> None:
    W, rank = sample
    analysis = check_identities(W)
    assert analysis.rank == rank
    assert abs(analysis.capacity - rank) <= analysis.capacity_error
    assert analysis.capacity_error < 1e-6
    assert analysis.localized.value is True
    assert analysis.tight.value is (len(analysis.eigenspaces) == 1)


@law(150)
@given(degenerate_frames())
def test_laws_of_degenerate_frames(sample: tuple[np.ndarray, int]) -> None:
    W, rank = sample
    analysis = check_identities(W)
    assert analysis.rank == rank
    assert len(analysis.eigenspaces) <= 2
    assert sum(s.multiplicity for s in analysis.eigenspaces) == rank


@pytest.mark.slow
def test_identities_on_a_thousand_matrices() -> None:
    """m <= 40, n <= 200, condition up to 1e12, scales 1e-160 to 1e150."""
    rng = np.random.default_rng(20260101)
    for _ in range(1000):
        m = int(rng.integers(1, 41))
        n = int(rng.integers(m, 201))
        condition = 10.0 ** rng.uniform(0, 12)
        scale = 10.0 ** rng.uniform(-160, 150)
        sigma = np.geomspace(1.0, 1.0 / condition, m)
        W = scale * frame_with_singular_values(list(sigma), n, rng=rng)
        analysis = check_identities(W)
        assert analysis.rank == m
        assert analysis.deficit_identity_bound < 1.0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("seed", range(5))
def test_saturated_matrix_with_two_eigenspaces(seed: int, dtype: Any) -> None:
    rng = np.random.default_rng(seed)
    W: np.ndarray = saturated_frame([(3, 15, 2.0), (5, 25, 7.0)], rng=rng).astype(dtype)
    analysis = analyse(W)
    assert [s.multiplicity for s in analysis.eigenspaces] == [5, 3]
    assert [s.features for s in analysis.eigenspaces] == [25, 15]
    assert abs(analysis.capacity - 8) <= analysis.capacity_error < 1e-4
    assert int(np.count_nonzero(analysis.feature_table.localized)) == 40
    assert analysis.localized.value is True
    assert analysis.tight.value is False


@law(60)
@given(saturated_frames())
def test_perturbation_breaks_saturation_by_the_identity(sample: tuple[np.ndarray, int]) -> None:
    W: np.ndarray = np.array(sample[0])
    scale = float(np.abs(W).max())
    W[0, 0] += 0.3 * scale
    analysis = check_identities(W)
    predicted = float(analysis.feature_table.deficit.sum())
    assert analysis.deficit == pytest.approx(predicted, abs=analysis.deficit_identity_bound)
    assert analysis.deficit >= analysis.deficit_lower_bound - analysis.deficit_identity_bound


def test_random_matrix_does_not_saturate() -> None:
    W = np.random.default_rng(3).standard_normal((10, 30))
    analysis = analyse(W)
    assert analysis.deficit > 0.5
    assert analysis.localized.value is False
    assert not analysis.feature_table.localized.any()


@pytest.mark.parametrize("scale", [2.0**-500, 1e-160, 1e-3, 1e150, 2.0**450])
def test_scale_invariance(scale: float) -> None:
    W = np.random.default_rng(4).standard_normal((4, 11))
    one, other = analyse(W), analyse(scale * W)
    np.testing.assert_allclose(
        other.feature_table.fractional_dimensionality,
        one.feature_table.fractional_dimensionality,
        rtol=1e-13,
    )
    assert other.capacity == pytest.approx(one.capacity, rel=1e-13)
    np.testing.assert_allclose(other.singular_values, scale * one.singular_values, rtol=1e-13)
    np.testing.assert_allclose(other.feature_table.norms, scale * one.feature_table.norms)


def test_rotation_and_permutation_invariance() -> None:
    rng = np.random.default_rng(6)
    W = rng.standard_normal((5, 12))
    Q = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    order = rng.permutation(12)
    one, other = analyse(W), analyse((Q @ W)[:, order])
    for name in ("fractional_dimensionality", "leverage", "entropy", "participation_ratio"):
        np.testing.assert_allclose(
            getattr(other.feature_table, name), getattr(one.feature_table, name)[order], rtol=1e-9
        )


# ---------------------------------------------------------------- degenerate input


def test_no_features() -> None:
    analysis = analyse(np.zeros((3, 0)))
    assert (analysis.features, analysis.rank, analysis.capacity) == (0, 0, 0.0)
    assert analysis.saturation is None
    assert analysis.eigenspaces == ()
    assert analysis.frame_bounds == (0.0, 0.0)
    assert analysis.localized.value is True
    assert analysis.tight.value is True
    assert analysis.dimensions_per_feature is None
    with pytest.raises(InputError, match="needs n >= 1 features"):
        analysis.stieltjes(1.0)


def test_all_columns_zero() -> None:
    analysis = analyse(np.zeros((3, 4)))
    assert (analysis.represented, analysis.rank, analysis.capacity) == (0, 0, 0.0)
    assert analysis.deficit_identity_residual == 0.0
    assert analysis.frame_potential_ratio == 1.0
    assert analysis.feature_table.unresolved.tolist() == [0.0] * 4


@pytest.mark.parametrize(
    ("W", "rank", "d"),
    [
        pytest.param([[1.0], [2.0], [2.0]], 1, [1.0], id="one feature, m > n"),
        pytest.param([[1.0, 1.0], [1.0, 1.0]], 1, [0.5, 0.5], id="duplicates"),
        pytest.param([[1.0, -2.0, 0.0]], 1, [1 / 5, 4 / 5, 0.0], id="antipodal, zero column"),
        pytest.param([[1.0, 0.0], [0.0, 3.0], [0.0, 0.0]], 2, [1.0, 1.0], id="orthogonal, m > n"),
        pytest.param([[3.0, 3.0, 0.0], [4.0, 4.0, 0.0]], 1, [0.5, 0.5, 0.0], id="rank deficient"),
    ],
)
def test_degenerate_shapes(W: list[list[float]], rank: int, d: list[float]) -> None:
    analysis = check_identities(np.array(W))
    assert analysis.rank == rank
    assert analysis.spectrum.route == ("qr" if rank < len(W) else "frame operator")
    np.testing.assert_allclose(analysis.feature_table.fractional_dimensionality, d, atol=1e-14)
    assert analysis.localized.value is True
    assert analysis.rank_decision.value is True
    assert analysis.frame_bounds[0] == (
        0.0 if rank < len(W) else analysis.eigenspaces[-1].eigenvalue
    )


def test_rank_deficient_matrix_is_seen_through_rotation() -> None:
    rng = np.random.default_rng(7)
    W = rng.standard_normal((12, 4)) @ rng.standard_normal((4, 50))
    analysis = check_identities(W)
    assert analysis.rank == 4
    assert analysis.tight.value is False
    assert "lower frame bound is 0" in analysis.tight.reason


# ---------------------------------------------------------------- merging


def test_distinct_small_eigenvalues_stay_distinct() -> None:
    sigma = [1.0, 1e-6, 3e-12, 2e-12]
    W = frame_with_singular_values(sigma, 9, rng=np.random.default_rng(8))
    analysis = analyse(W)
    assert [s.multiplicity for s in analysis.eigenspaces] == [1, 1, 1, 1]
    assert all(not merge.merged for merge in analysis.merges)


def test_equal_small_eigenvalues_merge() -> None:
    sigma = [1.0, 1e-6, 1e-6, 2e-12, 2e-12, 2e-12]
    W = frame_with_singular_values(sigma, 9, rng=np.random.default_rng(9))
    analysis = analyse(W)
    assert [s.multiplicity for s in analysis.eigenspaces] == [1, 2, 3]
    assert [m.merged for m in analysis.merges] == [False, True, False, True, True]
    assert {m.reason for m in analysis.merges} == {"within the error bound", "distinct"}


def test_merge_records_gap_and_bound() -> None:
    W = np.diag([2.0, 1.0])
    (merge,) = analyse(W).merges
    assert (merge.upper, merge.lower) == (0, 1)
    # scaled by 2**2: eigenvalues 1/4 and 1/16; relative gap (4 - 1) / 2.5
    assert merge.gap == pytest.approx(3 / 16)
    assert merge.relative_gap == pytest.approx(1.2)
    assert 0 < merge.bound < 1e-14
    assert merge.reason == "distinct"


@pytest.mark.parametrize(("tolerance", "spaces"), [(0.0, 3), (0.0199, 3), (0.0201, 2), (0.7, 1)])
def test_user_tolerance(tolerance: float, spaces: int) -> None:
    # relative gaps of the eigenvalues: 0.02 and about 0.66
    W = np.diag(np.sqrt([1.01, 0.99, 0.5]))
    analysis = analyse(W, tolerance=tolerance)
    assert len(analysis.eigenspaces) == spaces
    assert analysis.rank == 3
    assert abs(analysis.deficit_identity_residual) <= analysis.deficit_identity_bound
    if spaces == 2:
        assert analysis.eigenspaces[0].eigenvalue == pytest.approx(1.0)
        assert analysis.merges[0].reason == "within the tolerance"
    if spaces == 1:
        assert analysis.tight.value is True
        assert "within the tolerance" in analysis.tight.reason


def test_a_gap_that_equals_the_bound_or_the_tolerance_is_merged() -> None:
    touching = Spectrum("qr", 0, np.array([4.0, 2.0]), np.eye(2), 5.0, 0.75, 0.25)
    grouping = group(touching, 0.0)
    assert [m.reason for m in grouping.decisions] == ["within the error bound"]
    assert (grouping.starts.tolist(), grouping.eigenvalues.tolist()) == ([0, 2], [10.0])
    # eigenvalues 1 and 1/4: 2 (1 - 1/4) / (1 + 1/4)
    tolerated = Spectrum("frame operator", 0, np.array([1.0, 0.5]), np.eye(2), 2.0, 0.0, 0.0)
    assert [m.reason for m in group(tolerated, 1.2).decisions] == ["within the tolerance"]
    assert [m.reason for m in group(tolerated, 1.1999).decisions] == ["distinct"]


def test_input_uncertainty_merges_what_it_hides() -> None:
    W = np.diag([1.0, 1.0 + 1e-9])
    assert len(analyse(W).eigenspaces) == 2
    assert len(analyse(W.astype(np.float32)).eigenspaces) == 1
    assert len(analyse(W, epsilon=1e-8).eigenspaces) == 1
    # |E|_F <= epsilon |W|_F = 1.41 epsilon on each of two singular values
    assert len(analyse(W, epsilon=2e-10).eigenspaces) == 2


def test_close_eigenspaces_are_undecided_rather_than_wrong() -> None:
    rng = np.random.default_rng(10)
    W = saturated_frame([(2, 5, 1.0), (2, 5, 1.0 + 4e-5)], rng=rng)
    analysis = analyse(W, epsilon=3e-6)
    assert len(analysis.eigenspaces) == 2
    assert analysis.localized.value is None
    assert "too close" in analysis.localized.reason


def test_rank_at_the_edge_of_the_uncertainty_is_undecided() -> None:
    W = np.diag([1.0, 1e-3])
    assert analyse(W, epsilon=1e-4).rank_decision.value is True
    edge = analyse(W, epsilon=1.2e-3)
    assert edge.rank == 1
    assert edge.rank_decision.value is None
    assert "of its bound" in edge.rank_decision.reason
    clear = analyse(W, epsilon=0.1)
    assert (clear.rank, clear.rank_decision.value) == (1, True)


def test_feature_below_the_resolution_is_flagged() -> None:
    W = np.array([[1.0, 0.0], [0.0, 1e-30]])
    analysis = analyse(W)
    assert analysis.rank == 1
    assert analysis.feature_table.fractional_dimensionality_error[1] == 1.0
    assert analysis.feature_table.unresolved.tolist() == [0.0, 1.0]
    assert analysis.localized.value is None
    assert analysis.to_dict()["unresolved_features"] == 1
    assert abs(analysis.deficit_identity_residual) <= analysis.deficit_identity_bound


@pytest.mark.parametrize("small", [1e-130, 1e-200, 1e-300])
def test_columns_too_small_to_square(small: float) -> None:
    W = np.array([[1.0, small, 0.0], [1.0, -small, 0.0]])
    analysis = analyse(W)
    table = analysis.feature_table
    np.testing.assert_allclose(table.norms_scaled[1], math.sqrt(2) * small / 2, rtol=1e-13)
    assert np.isfinite(analysis.capacity)
    assert analysis.represented == 2


# ---------------------------------------------------------------- error budgets, term by term


def budget(route: Any, *, rounding: float, uncertainty: float) -> Spectrum:
    return Spectrum(route, 0, np.array([3.0, 1.0]), np.eye(2), 4.0, rounding, uncertainty)


def test_bounds_of_the_qr_route_by_hand() -> None:
    spectrum = budget("qr", rounding=0.25, uncertainty=0.5)
    assert spectrum.singular_value_bounds.tolist() == [0.75, 0.75]
    # (sigma + s)^2 - sigma^2 with s = 3/4
    assert spectrum.eigenvalue_bounds.tolist() == [5.0625, 2.0625]
    # s = 2 * 1/16 * 4 + 1/4 at root 2
    assert spectrum.rayleigh_bounds(np.array([4.0]), 0.0625).tolist() == [0.75 * 4.75]
    assert spectrum.rank == 2
    assert budget("qr", rounding=0.5, uncertainty=0.5).rank == 1


def test_bounds_of_the_frame_operator_route_by_hand() -> None:
    spectrum = budget("frame operator", rounding=0.75, uncertainty=0.5)
    assert spectrum.singular_value_bounds.tolist() == [0.75, 1.25]
    assert spectrum.eigenvalue_bounds.tolist() == [0.75 + 0.5 * 6.5, 0.75 + 0.5 * 2.5]
    # s = 2 * 1/16 * 4
    assert spectrum.rayleigh_bounds(np.array([4.0]), 0.0625).tolist() == [0.75 + 0.5 * 4.5]
    assert spectrum.rank == 1


@pytest.mark.parametrize(
    ("dimensions", "first", "second"),
    [
        (1, 2048, 1024),
        (512, 2048, 1024),
        (1024, 2048, 512),
        (5000, 1677, 104),
        (8192, 1024, 64),
        (2**17, 64, 64),
        (2**18, 64, 64),
    ],
)
def test_block_widths(dimensions: int, first: int, second: int) -> None:
    assert (pass_width(dimensions), moment_width(dimensions)) == (first, second)


@pytest.mark.parametrize(
    ("W", "terms"),
    [
        pytest.param(HAND, 5 + 1, id="one block of 5 columns"),
        pytest.param(np.ones((1, 5000)), 2048 + 3, id="three blocks of 2048"),
    ],
)
def test_summation_bound(W: np.ndarray, terms: int) -> None:
    source = columns_of(W, epsilon=0.0)
    operator = scaled_frame_operator(source)
    trace = float((W**2).sum()) / 4.0**operator.exponent
    assert operator.summation_bound == pytest.approx(terms * U * trace, rel=1e-12, abs=0.0)
    spectrum = spectrum_of(source)
    assert spectrum.route == "frame operator"
    assert spectrum.rounding == pytest.approx((terms + W.shape[0]) * U * trace, rel=1e-12, abs=0.0)
    assert spectrum.frobenius == pytest.approx(math.sqrt(trace), rel=1e-12, abs=0.0)


def test_rounding_of_the_qr_route() -> None:
    spectrum = analyse(np.diag([4.0, 2.0, 0.0])).spectrum
    # scaled by 2**3: sigma_max = 1/2, |W|_F^2 = 20/64
    expected = U * (4 * math.sqrt(3) / 2 + 2 * math.sqrt(20) / 8)
    assert spectrum.rounding == pytest.approx(expected, rel=1e-12, abs=0.0)
    assert analyse(np.diag([4.0, 2.0, 0.0]), epsilon=0.25).spectrum.uncertainty == pytest.approx(
        math.sqrt(20) / 32
    )


@pytest.mark.parametrize(
    ("small", "route"),
    # beta = (2 + 1 + 2) u tr F: the route changes at sigma_min^2 = 5120 u sigma_max^2 (1 + ...)
    [(math.sqrt(5120 * U) * 1.0003, "frame operator"), (math.sqrt(5120 * U) * 0.9997, "qr")],
)
def test_the_route_changes_at_1024_times_the_rounding(small: float, route: str) -> None:
    assert analyse(np.diag([1.0, small])).spectrum.route == route


@pytest.mark.parametrize("epsilon", [0.0, 0.01])
def test_dimensionality_error_by_hand(epsilon: float) -> None:
    analysis = analyse(np.diag([2.0, 1.0]), epsilon=epsilon)
    # scaled by 2**2: kappa = 1/4, 1/16, D = 1
    kappa, shift = np.array([1 / 4, 1 / 16]), 2 * epsilon * math.sqrt(5) / 4
    moved = analysis.spectrum.rounding + shift * (2 * np.sqrt(kappa) + shift)
    expected = moved / (kappa - moved) + 2 * epsilon + 2 * (2 + 2) * U
    error = analysis.feature_table.fractional_dimensionality_error
    np.testing.assert_allclose(error, expected, rtol=1e-12)
    assert analysis.capacity_error == pytest.approx(float(expected.sum()), rel=1e-12, abs=0.0)


def test_dimensionality_error_of_the_undetermined_is_one_and_of_zero_columns_zero() -> None:
    analysis = analyse(np.array([[2.0, 1.0, 0.0]]), epsilon=0.4)
    assert analysis.feature_table.fractional_dimensionality_error.tolist() == [1.0, 1.0, 0.0]
    assert analysis.capacity_error == analysis.capacity  # not 2: it lies between 0 and the rank


def test_residual_bound_by_hand() -> None:
    analysis = analyse(np.diag([2.0, 1.0]), epsilon=0.01)
    beta = analysis.spectrum.rounding  # the uncertainty of the entries does not enter
    kappa = np.array([1 / 4, 1 / 16])
    computed = beta / (kappa - beta) + 8 * U
    expected = float((beta / kappa).sum() + computed.sum()) + 4 * (2 + 2) * 2 * U
    assert analysis.deficit_identity_bound == pytest.approx(expected, rel=1e-12, abs=0.0)


def test_residual_bound_of_the_qr_route_by_hand() -> None:
    analysis = analyse(np.diag([1.0, 1e-14]))
    assert analysis.spectrum.route == "qr"
    delta = analysis.spectrum.rounding
    sigma = np.array([1 / 2, 1e-14 / 2])
    relative = delta / sigma  # 2.4e-2 for the smaller
    shift = delta * (2 * sigma + delta)
    computed = np.minimum(shift / (sigma**2 - shift) + 8 * U, 1.0)
    expected = float((relative * (2 + relative)).sum() + computed.sum())
    assert analysis.deficit_identity_bound == pytest.approx(expected, rel=1e-9, abs=0.0)


def test_residual_bound_counts_merging_and_what_is_unresolved() -> None:
    merged = analyse(np.diag(np.sqrt([1.01, 0.99])), tolerance=0.03)
    assert len(merged.eigenspaces) == 1
    assert merged.deficit_identity_bound == pytest.approx(
        0.01 / 1.01 + 0.01 / 0.99, rel=1e-9, abs=0.0
    )
    # D = 1 twice: 2 q = 2, |kappa - 0|/kappa = 1 and an error of 1 for the second
    lost = analyse(np.array([[1.0, 0.0], [0.0, 1e-30]]))
    assert lost.deficit_identity_bound == pytest.approx(4.0, rel=1e-9, abs=0.0)


@pytest.mark.parametrize(
    ("epsilon", "value", "margin"),
    # |W|_F = 1 to six digits: the bound of each singular value is epsilon
    [
        (1e-4, True, 0.9),  # 1e-4 of 1e-3
        (1.2e-3, None, 1 - 1 / 1.2),
        (1.9e-3, None, 1 - 1 / 1.9),
        (2.1e-3, True, 1 - 1 / 2.1),
        (0.1, True, 0.9),  # 0.1 of 1, against 0.01 for the one that was dropped
    ],
)
def test_margin_of_the_rank(epsilon: float, value: bool | None, margin: float) -> None:
    decision = analyse(np.diag([1.0, 1e-3]), epsilon=epsilon).rank_decision
    assert decision.value is value
    assert decision.margin == pytest.approx(margin, abs=1e-5)


def test_margin_of_the_rank_takes_the_values_at_the_cut() -> None:
    kept = budget("frame operator", rounding=0.25, uncertainty=0.0)  # bounds 1/12 and 1/4
    assert _rank_decision(kept) == Decision(
        True, "all 2 positive singular values exceed their bounds", 0.75
    )
    sigma = np.array([4.0, 1.0, 0.5])
    for rounding, value, margin in ((1.25, None, 0.2), (2.0, True, 0.5)):
        cut = Spectrum("qr", 0, sigma, np.eye(3), 4.0, rounding, 0.0)
        decision = _rank_decision(cut)
        assert decision.value is value
        assert decision.margin == pytest.approx(margin)
        assert decision.reason.startswith("1 singular values exceed their error bounds, 2 do not")


def test_margin_of_tightness() -> None:
    assert analyse(np.diag([1.0, 0.0])).tight.margin == 1.0
    assert analyse(np.eye(300)).tight.value is True
    # scaled by 2: spread 1/4 - 1/16, bounds 2 sigma s + s^2 with s = 0.01 sqrt(5)/4
    decision = analyse(np.diag([1.0, 0.5]), epsilon=0.01).tight
    s = 0.01 * math.sqrt(5) / 4
    allowed = s * (1.0 + s) + s * (0.5 + s)
    assert decision.value is False
    assert decision.margin == pytest.approx(1 - allowed / (3 / 16), rel=1e-9)
    assert analyse(np.diag([1.0, 0.5]), tolerance=0.99).tight.value is False
    within = analyse(np.diag(np.sqrt([1.01, 0.99])), tolerance=0.03).tight
    assert within.reason == "one eigenspace within the tolerance: relative spread 0.02"
    assert within.margin == 0.0


def test_off_projection_bound_by_hand() -> None:
    W = np.diag([4.0, 2.0, 1.0])  # scaled by 2**3: sigma = 1/2, 1/4, 1/8
    uncertain = analyse(W, epsilon=1e-3)
    tilt = 1e-3 * math.sqrt(21) / 8 / np.array([1 / 4, 1 / 8, 1 / 8])
    np.testing.assert_allclose(
        uncertain.feature_table.off_projection_bound, (tilt + 1e-3) ** 2, rtol=1e-9
    )
    certain = analyse(W, epsilon=0.0)
    tilt = certain.spectrum.rounding / np.array([3 / 16, 3 / 64, 3 / 64])
    np.testing.assert_allclose(
        certain.feature_table.off_projection_bound, (tilt + 6 * U) ** 2, rtol=1e-9
    )


def test_off_projection_bound_of_the_qr_route_by_hand() -> None:
    # scaled by 2**3: sigma = 1/2, 1/4, 1/16; the kernel is a neighbour of the last
    analysis = analyse(np.diag([4.0, 2.0, 0.5, 0.0]), epsilon=0.0)
    tilt = analysis.spectrum.rounding / np.array([1 / 4, 3 / 16, 1 / 16])
    expected = [*(tilt + 8 * U) ** 2, 0.0]
    np.testing.assert_allclose(analysis.feature_table.off_projection_bound, expected, rtol=1e-9)


def test_off_projection_bound_is_at_most_one() -> None:
    analysis = analyse(np.array([[4.0, 0.0], [0.0, 3.9]]), epsilon=0.01)
    assert analysis.feature_table.off_projection_bound.max() <= 1.0


def test_nothing_above_the_uncertainty() -> None:
    # |W|_F = sqrt(2) sigma: the bound is 0.9 sqrt(2) = 1.27 of each singular value
    analysis = analyse(np.eye(2), epsilon=0.9)
    table = analysis.feature_table
    assert (analysis.rank, analysis.represented, analysis.eigenspaces) == (0, 2, ())
    assert analysis.rank_decision.value is None
    assert analysis.rank_decision.margin == pytest.approx(1 - 1 / (0.9 * math.sqrt(2)))
    assert table.unresolved.tolist() == [1.0, 1.0]
    assert table.dominant.tolist() == [-1, -1]
    assert table.off_projection_bound.tolist() == [0.0, 0.0]
    assert table.above_threshold.tolist() == [0, 0]
    assert analysis.deficit_identity_residual == pytest.approx(-2.0)
    assert analysis.deficit_identity_bound == pytest.approx(2.0)
    assert analysis.deficit_lower_bound == 0.0
    assert analysis.localized.value is None
    assert analysis.frame_bounds == (0.0, 0.0)


def test_localization_is_decided_by_the_worst_feature() -> None:
    analysis = analyse(np.diag([2.0, 1.0, 1.0])[:, [0, 1, 2, 2]] * [0.0, 1.0, 1.0, 1.0])
    table = analysis.feature_table

    def decide(off: list[float], bound: list[float], **changed: Any) -> Decision:
        arrays = {
            "dominant": np.array([-1, 0, 0, 0]),
            "chained": np.zeros(4, dtype=bool),
            "off_projection": np.array([0.0, *off]),
            "off_projection_bound": np.array([0.0, *bound]),
        }
        return _localization(replace(table, **(arrays | changed)))

    worst = decide([1e-3, 2e-2, 0.0], [5e-4, 1.5e-2, 1e-3])
    assert (worst.value, worst.margin) == (False, 0.5)
    assert worst.reason == "mass of feature 1 outside its eigenspace 0.001 exceeds 0.0005"
    assert decide([1e-4, 0.0, 0.0], [2e-4, 0.01, 1e-3]).value is True  # at most 0.01: not blurred
    assert decide([1e-4, 0.0, 0.0], [2e-4, 0.02, 1e-3]).value is None
    assert decide([2e-4, 0.0, 0.0], [2e-4, 0.02, 1e-3]).value is None  # on the bound
    fine = [1e-3] * 3
    assert decide([0.0] * 3, fine, unresolved=np.array([1.0, 0.5, 0.0, 0.0])).value is True
    assert decide([0.0] * 3, fine, unresolved=np.array([0.0, 0.0, 0.6, 0.0])).value is None
    assert decide([0.0] * 3, fine, dominant=np.array([0, 0, -1, 0])).value is None


def test_eigenvalue_bound_of_an_eigenspace_is_the_largest_of_its_members() -> None:
    W = np.diag(np.sqrt([1.01, 0.99, 0.25]))
    analysis = analyse(W, tolerance=0.03, epsilon=1e-3)
    bounds = analysis.spectrum.eigenvalue_bounds
    found = [s.eigenvalue_bound_scaled for s in analysis.eigenspaces]
    assert found == [bounds[0], bounds[2]]


@pytest.mark.parametrize("exponent", [-2, 0, 2, 3, 7])
def test_units_follow_the_exponent(exponent: int) -> None:
    one, other = analyse(HAND / 4.0), analyse(math.ldexp(0.25, exponent) * HAND)
    squared = 4.0**exponent
    assert (one.exponent, other.exponent) == (0, exponent)
    assert one.dimensions_per_feature is not None
    assert other.dimensions_per_feature == pytest.approx(one.dimensions_per_feature / squared)
    lower, upper = one.frame_bounds_scaled
    assert other.frame_bounds == pytest.approx((squared * lower, squared * upper))
    np.testing.assert_allclose(other.feature_table.rayleigh, squared * one.feature_table.rayleigh)
    for ours, theirs in zip(other.eigenspaces, one.eigenspaces, strict=True):
        assert ours.eigenvalue == pytest.approx(squared * theirs.eigenvalue_scaled)
    assert other.stieltjes(squared * (0.3 + 0.1j)) * squared == pytest.approx(
        one.stieltjes(0.3 + 0.1j)
    )
    np.testing.assert_allclose(
        frame_operator(math.ldexp(1.0, exponent) * HAND), squared * HAND @ HAND.T
    )


def test_negative_entries_set_the_scale() -> None:
    analysis = analyse([[-3.0, -5.0]])
    assert (analysis.exponent, analysis.rank) == (3, 1)
    assert analysis.capacity == pytest.approx(1.0)
    np.testing.assert_allclose(frame_operator([[-3.0, -5.0]]), [[34.0]])


def test_subnormal_entries_keep_the_exponent_in_range() -> None:
    analysis = analyse(np.array([[2.0**-1060, -(2.0**-1061)]]))
    assert (analysis.exponent, analysis.rank) == (-1021, 1)
    np.testing.assert_allclose(analysis.feature_table.fractional_dimensionality, [4 / 5, 1 / 5])


def test_a_zero_column_does_not_end_the_rescaling_of_tiny_ones() -> None:
    table = analyse(np.array([[0.0, 1.0, 1e-200], [0.0, 1.0, -1e-200]])).feature_table
    np.testing.assert_allclose(table.norms_scaled, [0.0, 2**-0.5, 2**-0.5 * 1e-200], rtol=1e-13)


def test_threshold_zero_counts_what_is_positive() -> None:
    analysis = analyse(np.diag([2.0, 1.0]), threshold=0.0)
    assert analysis.feature_table.above_threshold.tolist() == [1, 1]


# ---------------------------------------------------------------- ways in


def test_block_boundaries_do_not_change_the_answer() -> None:
    """Columns in several blocks, one of them larger by far: rescaling on the way is exact."""
    m = 5000  # makes the blocks of the first pass 1677 columns wide
    assert pass_width(m) < 1700
    rng = np.random.default_rng(11)
    W = rng.standard_normal((3, 5000))
    W[:, 4000:] *= 2.0**40
    analysis = analyse(W)
    expected = np.linalg.svd(W, compute_uv=False)
    np.testing.assert_allclose(analysis.singular_values, expected, rtol=1e-12)
    np.testing.assert_allclose(frame_operator(W), W @ W.T, rtol=1e-12)


def test_the_scale_is_that_of_the_largest_entry_whichever_block_holds_it() -> None:
    for large in (slice(0, 1), slice(4999, 5000)):
        W = np.ones((1, 5000))
        W[0, large] = 8.0
        analysis = analyse(W)
        assert analysis.exponent == 4
        assert analysis.singular_values == pytest.approx([math.sqrt(4999 + 64)])


def test_several_blocks_on_the_qr_route() -> None:
    rng = np.random.default_rng(12)
    W = frame_with_singular_values([1.0, 1e-5, 1e-9], 5000, rng=rng)
    analysis = check_identities(W)
    assert analysis.spectrum.route == "qr"
    np.testing.assert_allclose(analysis.singular_values, [1.0, 1e-5, 1e-9], rtol=1e-6)


def test_dask_gives_the_same_answer() -> None:
    W = np.random.default_rng(13).standard_normal((6, 3000)).astype(np.float32)
    lazy = dask.array.from_array(W, chunks=(6, 700))
    one, other = analyse(W), analyse(lazy)
    assert other.to_dict() == one.to_dict()
    np.testing.assert_array_equal(
        other.feature_table.fractional_dimensionality, one.feature_table.fractional_dimensionality
    )


def test_memory_map(tmp_path: Any) -> None:
    W = np.random.default_rng(14).standard_normal((6, 300))
    np.save(tmp_path / "w.npy", W)
    mapped = np.load(tmp_path / "w.npy", mmap_mode="r")
    assert analyse(mapped).to_dict() == analyse(W).to_dict()


def test_progress_reaches_the_end_of_each_pass() -> None:
    seen: list[tuple[int, int, str]] = []
    analyse(np.ones((2, 5000)), progress=lambda *call: seen.append(call))
    for stage in ("frame operator", "triangular factor"):
        assert [done for done, _, name in seen if name == stage] == [2048, 4096, 5000]
    projected = [done for done, _, name in seen if name == "projections"]
    assert projected == [1024, 2048, 3072, 4096, 5000]
    assert {total for _, total, _ in seen} == {5000}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tolerance": -0.1}, r"tolerance is -0.1; accepted"),
        ({"tolerance": 1.0}, r"tolerance is 1.0; accepted"),
        ({"threshold": float("nan")}, r"threshold is nan; accepted"),
        ({"epsilon": 2.0}, r"epsilon is 2.0; accepted"),
        ({"epsilon": "1e-7"}, r"epsilon is '1e-7'; accepted"),
        ({"tolerance": "x"}, r"tolerance is 'x'; accepted"),
    ],
)
def test_refuses_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        analyse(np.eye(2), **options)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_refuses_non_finite_entries(bad: float) -> None:
    W = np.ones((3, 5000))
    W[2, 4001] = bad
    W[1, 4001] = bad
    W[0, 4500] = bad
    with pytest.raises(InputError, match=r"W holds 3 entries.*first in row 1, column 4001"):
        analyse(W)


# ---------------------------------------------------------------- results


@pytest.mark.parametrize(
    ("scaled", "exponent", "value"),
    [
        (0.5, 3, 4.0),
        (-0.75, 1, -1.5),
        (0.0, 5000, 0.0),
        (0.5, 1024, math.ldexp(0.5, 1024)),
        (0.5, 1025, None),
        (2.0, 1023, None),  # the digits of both count: 2**1024
        (0.5, -1021, math.ldexp(0.5, -1021)),
        (0.5, -1022, None),
    ],
)
def test_representable(scaled: float, exponent: int, value: float | None) -> None:
    found, reason = representable(scaled, exponent, "it")
    assert found == value
    assert (reason is None) == (value is not None)
    if exponent > 1024 and reason:
        assert "it is 0.5 * 2**1025, above the largest float64" in reason
    if exponent < -1021 and reason:
        assert "below the smallest normal float64" in reason


def test_eigenvalues_that_float64_cannot_hold() -> None:
    analysis = analyse(1e-160 * HAND)
    space = analysis.eigenspaces[0]
    assert space.eigenvalue is None
    assert "below the smallest normal" in str(space.eigenvalue_reason)
    assert space.singular_value == pytest.approx(1e-160 * math.sqrt((11 + math.sqrt(53)) / 2))
    assert math.log10(space.eigenvalue_scaled) + 2 * analysis.exponent * math.log10(
        2
    ) == pytest.approx(-320 + math.log10((11 + math.sqrt(53)) / 2))
    assert analysis.frame_bounds == (None, None)
    with pytest.raises(InputError, match=r"a Rayleigh quotient is .* use the scaled array"):
        _ = analysis.feature_table.rayleigh
    json.dumps(analysis.to_dict(), allow_nan=False)


@pytest.mark.parametrize("scale", [1e-160, 1e160])
def test_rayleigh_quotients_that_float64_cannot_hold(scale: float) -> None:
    table = analyse(np.diag([scale, 0.5 * scale])).feature_table
    np.testing.assert_allclose(table.norms, [scale, 0.5 * scale])
    with pytest.raises(InputError, match="a Rayleigh quotient is"):
        _ = table.rayleigh


def test_frame_operator_overflow() -> None:
    with pytest.raises(InputError, match="too large for F"):
        frame_operator(1e200 * HAND)
    np.testing.assert_array_equal(frame_operator(HAND), HAND @ HAND.T)


def test_summary_is_json_with_the_promised_fields() -> None:
    summary = json.loads(json.dumps(analyse(HAND).to_dict(), allow_nan=False))
    assert (summary["schema"], summary["version"]) == ("superposition.spectral-analysis", 1)
    assert (summary["features"], summary["dimensions"], summary["represented"]) == (5, 2, 4)
    assert summary["tight"] is False
    assert summary["localized"] is False
    assert summary["localized_features"] == 0
    assert [s["multiplicity"] for s in summary["eigenspaces"]] == [1, 1]
    assert [s["features"] for s in summary["eigenspaces"]] == [3, 1]
    assert summary["merged_pairs"] == 0
    assert len(summary["singular_values"]) == 2
    assert summary["frame_bounds"] == list(analyse(HAND).frame_bounds)


def test_eigenspace_basis() -> None:
    W = np.diag([3.0, 1.0, 1.0])
    analysis = analyse(W)
    np.testing.assert_allclose(np.abs(analysis.eigenspace_basis(0)), [[1.0], [0.0], [0.0]])
    basis = analysis.eigenspace_basis(1)
    np.testing.assert_allclose(basis @ basis.T, np.diag([0.0, 1.0, 1.0]), atol=1e-15)
    for k in (-1, 2):
        with pytest.raises(InputError, match="accepted: 0 <= k < 2"):
            analysis.eigenspace_basis(k)


def test_stieltjes_refuses_poles() -> None:
    analysis = analyse(np.diag([2.0, 1.0]))
    for pole in (0.0, 4.0, 1.0):
        with pytest.raises(InputError, match="a pole"):
            analysis.stieltjes(pole)
    # residue at 4 is -1/2: s(z) ~ (1/2) / (4 - z)
    assert analysis.stieltjes(4 + 1e-7) * 1e-7 == pytest.approx(-0.5, rel=1e-5)


def test_half_precision_does_not_invent_structure() -> None:
    """float16 merges neighbours in a chain over the whole spectrum of a Gaussian matrix."""
    W = np.random.default_rng(5).standard_normal((128, 1024)).astype(np.float16)
    analysis = analyse(W)
    assert any(space.chained for space in analysis.eigenspaces)
    assert analysis.tight.value is False
    assert analysis.localized.value is not True
    assert not analysis.feature_table.localized.any()
    assert analysis.capacity_error <= analysis.rank


def test_tolerance_that_chains_is_not_a_yes() -> None:
    W = np.random.default_rng(6).standard_normal((20, 160))
    analysis = analyse(W, tolerance=0.3)
    (space,) = analysis.eigenspaces
    assert space.chained
    assert analysis.tight.value is False
    assert analysis.localized.value is None
    assert "run together" in analysis.localized.reason


def test_merged_eigenvalues_within_their_bounds_are_not_chained() -> None:
    W = saturated_frame([(3, 15, 2.0), (5, 25, 7.0)], rng=np.random.default_rng(0))
    assert not any(space.chained for space in analyse(W.astype(np.float32)).eigenspaces)
    nearly = np.diag(np.sqrt([1.0, 0.99, 0.98]))
    assert [s.chained for s in analyse(nearly, tolerance=0.03).eigenspaces] == [False]
    assert [s.chained for s in analyse(nearly, tolerance=0.015).eigenspaces] == [True]


def test_spread_of_features_in_a_summary() -> None:
    summary = analyse(np.diag([2.0, 1.0])).eigenspaces_per_feature
    assert summary == pytest.approx({"median": 1.0, "low": 1.0, "high": 1.0})
    assert analyse(np.zeros((2, 2))).eigenspaces_per_feature is None


@pytest.mark.parametrize(
    "W",
    [
        pytest.param([[0, 0], [0, 0]], id="zero"),
        pytest.param([[1, 0], [0, 1]], id="basis"),
        pytest.param([[1, 0], [0, 2]], id="two eigenvalues"),
        pytest.param([[1, 1], [0, 0]], id="tight on its span only"),
        pytest.param([[1, -1]], id="digon"),
    ],
)
def test_both_rooms_mean_the_same_by_tight(W: list[list[int]]) -> None:
    analysis, exact = analyse(W), Frame(W)
    assert analysis.tight.value is exact.is_tight
    assert analysis.frame_bounds == pytest.approx([float(b) for b in exact.frame_bounds])


def test_tightness_below_all_uncertainty_is_undecided() -> None:
    analysis = analyse(np.eye(2), epsilon=0.9)
    assert analysis.rank == 0
    assert analysis.tight.value is None
