"""The Gaussian null of saturation."""

from __future__ import annotations

import json

import numpy as np
import pytest
from superposition_numerics.samples import saturated_frame
from superposition_numerics.spectral import analyse, gaussian_null, gram_dimensionality
from superposition_numerics.spectral.null import _random_block, _random_capacity
from superposition_theory import InputError


def test_random_matrix_is_not_surprising() -> None:
    W = np.random.default_rng(0).standard_normal((30, 400))
    null = gaussian_null(analyse(W), trials=12, seed=1)
    assert null.z is not None
    assert abs(null.z) < 4
    assert null.mean == pytest.approx(0.93, abs=0.02)
    assert null.saturation == pytest.approx(analyse(W).saturation)


def test_saturated_matrix_is_surprising() -> None:
    W = saturated_frame([(15, 30, 1.0), (15, 60, 4.0)], rng=np.random.default_rng(1))
    null = gaussian_null(analyse(W), trials=12, seed=1)
    assert null.z is not None
    assert null.z > 5


def test_trials_have_the_given_norms_and_the_right_capacity() -> None:
    """Two blocks of columns, against the Gram route on the matrix put together."""
    norms = np.linspace(0.5, 2.0, 3000)
    blocks = [_random_block(4, norms, 7, 2, start) for start in (0, 2048)]
    W = np.hstack(blocks)
    np.testing.assert_allclose(np.linalg.norm(W, axis=0), norms, rtol=1e-14)
    expected = gram_dimensionality(W).sum()
    assert _random_capacity(4, norms, 7, 2) == pytest.approx(expected, rel=1e-12)


def test_seed_and_trial_decide_everything() -> None:
    analysis = analyse(np.random.default_rng(2).standard_normal((3, 20)))
    one = gaussian_null(analysis, trials=3, seed=5)
    assert gaussian_null(analysis, trials=3, seed=5) == one
    assert gaussian_null(analysis, trials=3, seed=6).mean != one.mean
    norms = np.ones(5)
    assert not np.array_equal(_random_block(3, norms, 0, 0, 0), _random_block(3, norms, 0, 1, 0))


def test_mean_and_deviation_are_those_of_the_trials() -> None:
    analysis = analyse(np.random.default_rng(3).standard_normal((5, 3)))
    norms = analysis.feature_table.norms_scaled
    values = [_random_capacity(3, norms, 4, t) / 3 for t in range(4)]
    null = gaussian_null(analysis, trials=4, seed=4)
    assert analysis.saturation is not None
    assert null.mean == pytest.approx(np.mean(values))
    assert null.standard_deviation == pytest.approx(np.std(values, ddof=1))
    assert null.z == pytest.approx((analysis.saturation - np.mean(values)) / np.std(values, ddof=1))


def test_null_that_does_not_vary() -> None:
    null = gaussian_null(analyse(np.array([[1.0, -2.0]])), trials=3, seed=0)
    assert null.mean == pytest.approx(1.0)
    assert null.z is None
    json.dumps(null.to_dict(), allow_nan=False)


def test_progress() -> None:
    seen: list[tuple[int, int, str]] = []
    gaussian_null(analyse(np.eye(2)), trials=2, progress=lambda *call: seen.append(call))
    assert seen == [(1, 2, "Gaussian null"), (2, 2, "Gaussian null")]


def test_zero_columns_do_not_count() -> None:
    W = np.random.default_rng(8).standard_normal((4, 3))
    padded = np.hstack([W, np.zeros((4, 2))])
    one, other = (gaussian_null(analyse(X), trials=3) for X in (W, padded))
    assert other.mean == one.mean
    assert other.saturation == pytest.approx(one.saturation, rel=1e-14)


def test_refuses() -> None:
    with pytest.raises(InputError, match="trials is 1; accepted: at least 2"):
        gaussian_null(analyse(np.eye(2)), trials=1)
    with pytest.raises(InputError, match="rank 0"):
        gaussian_null(analyse(np.zeros((2, 2))))


def test_low_rank_alone_is_not_surprising() -> None:
    rng = np.random.default_rng(9)
    basis = np.linalg.qr(rng.standard_normal((40, 8)))[0]
    null = gaussian_null(analyse(basis @ rng.standard_normal((8, 200))), trials=12, seed=2)
    assert null.z is not None
    assert abs(null.z) < 4
    assert null.exceeded == pytest.approx(6, abs=6)


def test_exceeded_counts_the_trials_at_or_above() -> None:
    digons = analyse(np.kron(np.eye(10), [[1.0, -1.0]]))
    assert gaussian_null(digons, trials=5).exceeded == 0
