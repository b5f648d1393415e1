"""Sampled losses, against the population loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from superposition_numerics.toy_model import Activity, population_loss, sampled_loss
from superposition_theory import InputError


def test_estimates_scatter_by_their_standard_error() -> None:
    rng = np.random.default_rng(6)
    W, biases = rng.standard_normal((60, 2, 3)), 0.3 * rng.standard_normal((60, 3))
    density, importances = rng.uniform(0.2, 0.8, size=3), [1.0, 0.5, 2.0]
    exact = population_loss(W, biases, density, importances=importances)
    # 20,000 samples are more than one block and not a multiple of it
    estimate = sampled_loss(W, biases, density, importances=importances, samples=20_000, rng=7)
    scores = (estimate.value - exact) / estimate.standard_error
    assert estimate.samples == 20_000
    assert abs(scores).max() < 4
    assert abs(scores.mean()) < 4 / np.sqrt(60)
    assert 0.7 < scores.std() < 1.3  # of 60 scores: 1 to within 0.09


def test_standard_error_by_hand() -> None:
    # nothing represented, always active: losses x^2 have the variance 1/5 - 1/9 = 4/45
    estimate = sampled_loss([[0.0]], [0.0], 1.0, samples=40_000, rng=1)
    assert estimate.standard_error == pytest.approx(np.sqrt(4 / 45 / 40_000), rel=0.02)
    assert estimate.value == pytest.approx(1 / 3, abs=4 * float(estimate.standard_error))


@pytest.mark.parametrize("block", [1, 2, 16_384])  # 1: all of the spread is between blocks
def test_variance_of_few_samples_is_unbiased(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr("superposition_numerics.toy_model.monte_carlo._BLOCK", block)
    estimate = sampled_loss(np.zeros((4000, 1, 1)), [0.0], 1.0, samples=3, rng=5)
    variances = 3 * estimate.standard_error**2
    scatter = variances.std() / np.sqrt(4000)
    assert variances.mean() == pytest.approx(4 / 45, abs=4 * scatter)
    assert scatter < 0.002


def test_patterns_come_from_the_table() -> None:
    pairs = Activity.from_patterns([[1, 0], [0, 1]], [0.5, 0.5])
    never = sampled_loss([[1, -1]], [0, 0], pairs, samples=1000, rng=2)
    assert never.value == 0
    assert never.standard_error == 0
    both = Activity.from_patterns([[0, 0], [1, 1]], [0.75, 0.25])
    estimate = sampled_loss([[1, -1]], [0, 0], both, samples=50_000, rng=2)
    assert estimate.value == pytest.approx(0.25 / 3, abs=4 * float(estimate.standard_error))
    # unequal columns tell the features apart
    second = Activity.from_patterns([[0, 1], [0, 0]], [0.75, 0.25])
    estimate = sampled_loss([[1, 0]], [0, 0], second, samples=50_000, rng=2)
    assert estimate.value == pytest.approx(0.25, abs=4 * float(estimate.standard_error))


def test_same_seed_same_estimate() -> None:
    first = sampled_loss([[1, -1]], [0, 0], 0.5, samples=100, rng=3)
    second = sampled_loss([[1, -1]], [0, 0], 0.5, samples=100, rng=np.random.default_rng(3))
    assert first.value == second.value


@pytest.mark.parametrize(
    ("W", "samples", "match"),
    [
        ([[1.0, -1.0]], 1, "samples is 1; accepted: an integer of at least 2"),
        ([[1.0, -1.0]], 2.5, "samples is 2.5"),
        ([[1.0, -1.0]], np.nan, "samples is nan"),
        ([1.0, -1.0], 10, "W has shape"),
        ([[1e200, -1.0]], 10, "overflows"),
    ],
)
def test_invalid_input(W: Any, samples: Any, match: str) -> None:
    with pytest.raises(InputError, match=match):
        sampled_loss(W, [0.0, 0.0], 0.5, samples=samples, rng=0)


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"samples": "a"}, "samples is 'a'; accepted: an integer of at least 2"),
        ({"samples": None}, "samples is None; accepted"),
        ({"samples": 0}, "samples is 0; accepted"),
        ({"samples": 100.0}, "samples is 100.0; accepted"),
        ({"rng": "a"}, "rng is 'a'; accepted: a numpy.random.Generator or an integer of at"),
        ({"rng": 1.5}, "rng is 1.5; accepted"),
        ({"rng": -1}, "rng is -1; accepted"),
        ({"rng": True}, "rng is True; accepted"),
        ({"rng": None}, "rng is None; accepted"),  # numpy would draw a seed: not repeatable
    ],
)
def test_chance_that_cannot_be_repeated_is_refused(changed: dict[str, Any], match: str) -> None:
    arguments: dict[str, Any] = {"samples": 100, "rng": 0, **changed}
    with pytest.raises(InputError, match=match):
        sampled_loss([[1.0, -1.0]], [0.0, 0.0], 0.5, **arguments)
