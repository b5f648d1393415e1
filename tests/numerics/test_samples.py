"""Random matrices with a known spectral structure."""

from __future__ import annotations

import numpy as np
import pytest
from superposition_numerics.samples import (
    frame_with_singular_values,
    random_rotation,
    saturated_frame,
)
from superposition_theory import InputError


def test_rotation_is_orthogonal_and_not_biased() -> None:
    rng = np.random.default_rng(0)
    Q = random_rotation(6, rng=rng)
    np.testing.assert_allclose(Q @ Q.T, np.eye(6), atol=1e-14)
    first = np.array([random_rotation(2, rng=rng)[0, 0] for _ in range(400)])
    assert abs(first.mean()) < 0.15  # a QR without the sign fix is biased to one side
    assert (first < 0).any()


def test_saturated_frame_has_the_spectrum_that_was_asked_for() -> None:
    W = saturated_frame([(1, 4, 5.0), (2, 3, 0.5)], rng=np.random.default_rng(1))
    assert W.shape == (3, 7)
    np.testing.assert_allclose(np.linalg.eigvalsh(W @ W.T), [0.5, 0.5, 5.0], rtol=1e-13)
    F = W @ W.T
    for w in W.T:
        kappa = w @ F @ w / (w @ w)
        np.testing.assert_allclose(F @ w, kappa * w, atol=1e-13)


@pytest.mark.parametrize("block", [(0, 2, 1.0), (3, 2, 1.0), (1, 2, 0.0), (1, 2, -1.0)])
def test_saturated_frame_refuses(block: tuple[int, int, float]) -> None:
    with pytest.raises(InputError, match=r"blocks holds .* accepted"):
        saturated_frame([block], rng=np.random.default_rng(0))


def test_singular_values() -> None:
    W = frame_with_singular_values([4.0, 0.0, 1.0], 5, rng=np.random.default_rng(2))
    np.testing.assert_allclose(np.linalg.svd(W)[1], [4.0, 1.0, 0.0], atol=1e-14)
    with pytest.raises(InputError, match="features is 2; accepted: at least the 3"):
        frame_with_singular_values([1.0, 1.0, 1.0], 2, rng=np.random.default_rng(2))
