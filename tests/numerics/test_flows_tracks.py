"""Tracked spectra: crossings, signs, D and capacity."""

from __future__ import annotations

import numpy as np
import pytest
from superposition_numerics.flows import track
from superposition_numerics.spectral import gram_dimensionality
from superposition_theory import InputError


def test_eigenvalues_are_followed_through_a_crossing() -> None:
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))
    times = np.linspace(0, 1, 11)
    levels = np.stack([3 - 2 * times, 1 + 2 * times, 0.5 + 0 * times], axis=1)
    gram = np.einsum("ik,tk,jk->tij", turn, levels, turn)
    found = track(gram, rank=2)
    keep = times != 0.5  # at the crossing itself eigenvectors mean nothing
    assert np.abs(found.eigenvalues - levels[:, :2])[keep].max() < 1e-12
    sorted_ = np.linalg.eigvalsh(gram)[:, :0:-1]
    assert np.abs(sorted_ - levels[:, :2]).max() > 0.1  # sorting does not follow


def test_signs_are_continuous_and_the_overlap_tells_how_dense_the_times_are() -> None:
    angles = np.linspace(0, 1, 21)
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    found = track(2 * vectors[:, :, None] * vectors[:, None, :] + np.eye(2), rank=1)
    inner = (found.vectors[1:, :, 0] * found.vectors[:-1, :, 0]).sum(axis=1)
    assert (inner > 0).all()
    assert abs(found.overlap - np.cos(0.05)) < 1e-12


def test_dimensionality_and_capacity() -> None:
    rng = np.random.default_rng(2)
    W = rng.normal(size=(5, 2, 4))
    W[:, :, 3] = 0.0
    found = track(np.swapaxes(W, 1, 2) @ W, rank=2)
    for t in range(5):
        assert np.allclose(found.dimensionality[t], gram_dimensionality(W[t]), atol=1e-12)
    assert np.allclose(found.capacity, found.dimensionality.sum(axis=1))
    assert (found.dimensionality[:, 3] == 0).all()
    assert (found.capacity < 2).all()


def test_one_time_is_enough() -> None:
    found = track([np.diag([1.0, 2.0])], rank=2)
    assert found.eigenvalues.tolist() == [[2.0, 1.0]]
    assert found.overlap == 1.0


@pytest.mark.parametrize(
    ("gram", "rank", "message"),
    [
        (np.eye(2), 1, r"gram has shape \(2, 2\)"),
        (np.ones((1, 2, 3)), 1, r"gram has shape \(1, 2, 3\)"),
        (np.eye(2)[None], 3, "rank is 3"),
        (np.array([[[1.0, 2.0], [0.0, 1.0]]]), 1, "gram is not symmetric"),
    ],
    ids=["matrix", "not square", "rank", "not symmetric"],
)
def test_bad_input(gram: np.ndarray, rank: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        track(gram, rank=rank)
