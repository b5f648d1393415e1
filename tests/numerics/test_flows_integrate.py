"""Integrated flows: closed solutions, one flow beside the other, the rank, refused input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from superposition_numerics.flows import (
    GramGradient,
    PopulationLoss,
    gram_flow,
    weight_flow,
)
from superposition_numerics.flows.integrate import cut_to_rank, solved
from superposition_numerics.matrices import FloatArray
from superposition_numerics.toy_model import LossGradient
from superposition_theory import InputError

TIMES = np.array([0.0, 0.1, 0.5, 2.0])


def quadratic(M: FloatArray, b: FloatArray) -> GramGradient:
    """Return f = |M - I|^2 / 4: every level solves lambda' = -2 lambda (lambda - 1)."""
    off = M - np.eye(len(M))
    return GramGradient(float((off**2).sum() / 4), off / 2, b)


def logistic(start: float, t: FloatArray) -> FloatArray:
    """Return the solution of that equation."""
    growth = start * np.exp(2 * t)
    return np.asarray(growth / (1 - start + growth))


def test_levels_follow_the_logistic_function_and_biases_decay() -> None:
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))
    start = (turn * [0.2, 1.7, 0.0]) @ turn.T
    flow = gram_flow(quadratic, start, [1.0, -2.0, 0.0], TIMES, rank=2)
    levels = np.einsum("ik,tij,jk->tk", turn, flow.gram, turn)
    expected = np.stack([logistic(0.2, TIMES), logistic(1.7, TIMES), 0 * TIMES], axis=1)
    assert np.abs(levels - expected).max() < 1e-9
    assert np.abs(flow.biases - np.exp(-TIMES)[:, None] * [1.0, -2.0, 0.0]).max() < 1e-9
    assert flow.weights is None
    assert flow.evaluations > 12


def test_the_flow_of_W_solves_the_same_equation() -> None:
    def by_weights(W: FloatArray, b: FloatArray) -> LossGradient:
        found = quadratic(W.T @ W, b)
        return LossGradient(np.array(found.loss), 2 * W @ found.gram, found.biases)

    flow = weight_flow(by_weights, [[0.6, 0.0]], [0.0, 0.0], TIMES)
    assert np.abs(flow.gram[:, 0, 0] - logistic(0.36, TIMES)).max() < 1e-9
    assert flow.weights is not None
    assert flow.weights.shape == (4, 1, 2)


@pytest.mark.parametrize(
    ("n", "m", "density", "train_biases"),
    [(2, 1, 0.3, True), (3, 2, 0.6, False), (4, 2, 0.2, True)],
)
def test_both_flows_of_the_toy_model_agree(
    n: int, m: int, density: float, train_biases: bool
) -> None:
    loss, rng = PopulationLoss(density), np.random.default_rng(n)
    W, b, times = 0.3 * rng.normal(size=(m, n)), np.full(n, 0.1), [0.0, 1.0, 8.0]
    options: dict[str, Any] = {"train_biases": train_biases}
    by_weights = weight_flow(loss.of_weights, W, b, times, **options)
    by_gram = gram_flow(loss, W.T @ W, b, times, rank=m, **options)
    assert np.abs(by_weights.gram - by_gram.gram).max() < 1e-8
    assert np.abs(by_weights.biases - by_gram.biases).max() < 1e-8
    assert (np.ptp(by_gram.biases, axis=0) > 0).any() == train_biases
    assert np.abs(np.linalg.eigvalsh(by_gram.gram)[:, : n - m]).max() < 1e-12  # rank conserved

    def halved(M: FloatArray, b: FloatArray) -> GramGradient:
        found = loss(M, b)
        return GramGradient(found.loss, found.gram / 2, found.biases)

    wrong = gram_flow(halved, W.T @ W, b, times[:2], rank=m, **options)
    assert np.abs(by_weights.gram[:2] - wrong.gram).max() > 1e-3


def test_without_the_cut_the_rank_would_grow_from_rounding() -> None:
    # lambda' = 8 lambda (1 - lambda): a level of 1e-17 in the kernel is of order 1 at t = 6
    def rate(y: FloatArray) -> FloatArray:
        M = y.reshape(2, 2)
        G = 2 * (M - np.eye(2))
        return -2 * (G @ M + M @ G).ravel()

    start = np.diag([1.0, 1e-17])
    y, _, _ = solved(rate, start.ravel(), [0.0, 6.0], 1e-10)
    assert y[-1, 3] > 0.5

    def loss(M: FloatArray, b: FloatArray) -> GramGradient:
        return GramGradient(0.0, 2 * (M - np.eye(2)), b)

    flow = gram_flow(loss, start, [0.0, 0.0], [0.0, 6.0], rank=1)
    assert abs(flow.gram[-1, 1, 1]) < 1e-16


def test_cut_to_rank() -> None:
    M = np.array([[2.0, 1.0], [1.0, 2.0]])  # eigenvalues 3 and 1
    assert np.allclose(cut_to_rank(M, 1), 1.5, atol=1e-15)
    assert np.allclose(cut_to_rank(M, 2), M, atol=1e-15)


LOSS = PopulationLoss(0.5)
# a row: the call, and the message
BAD: list[tuple[Any, str]] = [
    (lambda: weight_flow(LOSS.of_weights, [1.0], [0.0], [0, 1]), r"W has shape \(1,\)"),
    (lambda: weight_flow(LOSS.of_weights, [[1.0]], [0.0, 1.0], [0, 1]), r"biases has shape \(2,\)"),
    (lambda: weight_flow(LOSS.of_weights, [[1.0]], [0.0], [0, 0]), "times has shape .* increasing"),
    (lambda: weight_flow(LOSS.of_weights, [[1.0]], [0.0], [0]), "two or more increasing"),
    (
        lambda: weight_flow(LOSS.of_weights, [[1.0]], [0.0], [0, 1], tolerance=0.0),
        "tolerance is 0.0",
    ),
    (lambda: weight_flow(LOSS.of_weights, [[np.nan]], [0.0], [0, 1]), "W"),
    (lambda: gram_flow(LOSS, [[1.0, 2.0], [0.0, 1.0]], [0, 0], [0, 1], rank=1), "symmetric"),
    (lambda: gram_flow(LOSS, [[1.0]], [0.0], [0, 1], rank=2), "rank is 2"),
    # rank 2, not 1: the cut would integrate from another matrix
    (lambda: gram_flow(LOSS, np.diag([1.0, 1e-3]), [0, 0], [0, 1], rank=1), "1 positive ones"),
    # rank 1, not 2: rounding in the kernel would grow
    (lambda: gram_flow(LOSS, np.ones((2, 2)), [0, 0], [0, 1], rank=2), "2 positive ones"),
    (lambda: gram_flow(LOSS, np.diag([1.0, -1e-3]), [0, 0], [0, 1], rank=1), "M has the eigen"),
    (
        lambda: solved(lambda y: y**2, np.ones(1), [0.0, 2.0], 1e-8),  # infinite at t = 1
        "cannot be followed",
    ),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the last row overflows
@pytest.mark.parametrize(("call", "message"), BAD, ids=[str(i) for i in range(len(BAD))])
def test_bad_input(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
