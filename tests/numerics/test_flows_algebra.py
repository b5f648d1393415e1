"""Schemes along the flow: projection, reduced flow, growth of what breaks the symmetry."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from superposition_numerics.flows import (
    AdjacencyAlgebra,
    PopulationLoss,
    breaking_rate,
    growth_rate,
    reduced_flow,
    weight_flow,
)
from superposition_numerics.flows.algebra import idempotents_of
from superposition_numerics.landscape import polish
from superposition_numerics.matrices import FloatArray
from superposition_theory import InputError
from superposition_theory.schemes import (
    AssociationScheme,
    CoherentConfiguration,
    complete,
    cyclic,
    hamming,
)


def factor(M: FloatArray) -> FloatArray:
    """Return W with W^T W = M."""
    values, vectors = np.linalg.eigh(M)
    kept = values > 1e-9
    return np.asarray(np.sqrt(values[kept])[:, None] * vectors[:, kept].T)


@pytest.mark.parametrize("scheme", [complete(4), cyclic(5), hamming(3, 2)], ids=["K4", "C5", "H32"])
def test_idempotents(scheme: AssociationScheme) -> None:
    matrices, ranks = idempotents_of(scheme)
    products = np.einsum("aij,bjk->abik", matrices, matrices)
    expected = np.where(np.eye(scheme.rank)[:, :, None, None] > 0, matrices[:, None], 0.0)
    assert np.abs(products - expected).max() < 1e-14
    assert np.allclose(np.einsum("kii->k", matrices), ranks)
    assert AdjacencyAlgebra(scheme).residual(matrices).max() < 1e-14


def test_projection_by_hand() -> None:
    algebra = AdjacencyAlgebra(CoherentConfiguration([[0, 2, 3], [2, 0, 3], [4, 4, 1]]))
    M = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 9.0, 1.0]])
    expected = [[3.0, 3.0, 4.5], [3.0, 3.0, 4.5], [8.0, 8.0, 1.0]]
    assert algebra.project(M).tolist() == expected
    off = np.linalg.norm(M - expected) / np.linalg.norm(M)
    assert abs(float(algebra.residual(M)) - off) < 1e-15
    assert float(algebra.residual(algebra.project(M))) == 0.0
    assert float(algebra.residual(np.zeros((3, 3)))) == 0.0


# a row: scheme, idempotent, density
STARTS = [(complete(3), 1, 0.5), (cyclic(4), 1, 0.3), (cyclic(5), 1, 0.05)]


@pytest.mark.parametrize(("scheme", "j", "density"), STARTS, ids=["triangle", "pairs", "pentagon"])
def test_the_flow_stays_in_the_algebra_and_is_the_reduced_one(
    scheme: AssociationScheme, j: int, density: float
) -> None:
    loss, times = PopulationLoss(density), [0.0, 4.0, 12.0]
    levels = 0.3 * np.eye(scheme.rank)[j]
    reduced = reduced_flow(scheme, loss, levels, 0.0, times)
    W = factor(reduced.gram[0])
    full = weight_flow(loss.of_weights, W, np.zeros(scheme.order), times)
    assert AdjacencyAlgebra(scheme).residual(full.gram).max() < 1e-8
    assert np.abs(full.gram - reduced.gram).max() < 1e-8
    assert np.abs(full.biases - reduced.biases).max() < 1e-8
    assert np.linalg.norm(reduced.gram[-1]) > 2 * np.linalg.norm(reduced.gram[0])  # it has moved


def test_unlike_densities_leave_the_algebra() -> None:
    loss = PopulationLoss([0.5, 0.5, 0.4])
    matrices, _ = idempotents_of(complete(3))
    flow = weight_flow(loss.of_weights, factor(0.3 * matrices[1]), np.zeros(3), [0.0, 10.0])
    assert AdjacencyAlgebra(complete(3)).residual(flow.gram)[-1] > 1e-3


def test_fixed_biases_stay() -> None:
    flow = reduced_flow(
        complete(3), PopulationLoss(0.2), [0.0, 0.3], 0.05, [0.0, 3.0], train_biases=False
    )
    assert (flow.biases == 0.05).all()


@pytest.mark.slow
def test_the_residual_grows_at_the_rate_of_the_curvature() -> None:
    scheme, loss = cyclic(4), PopulationLoss(0.7)
    end = reduced_flow(scheme, loss, [0.0, 0.3, 0.0], 0.0, [0.0, 60.0], tolerance=1e-8)
    critical = polish(factor(end.gram[-1]), end.biases[-1], 0.7)
    W, b = critical.W, critical.biases
    assert critical.converged
    assert AdjacencyAlgebra(scheme).residual(W.T @ W) < 1e-10
    rate, direction = breaking_rate(scheme, loss, W, b)
    assert rate > 0.01
    perturbed = W + 1e-7 * direction[:8].reshape(2, 4)
    flow = weight_flow(
        loss.of_weights,
        perturbed,
        b + 1e-7 * direction[8:],
        np.linspace(0, 120, 13),
        tolerance=1e-10,
    )
    residuals = AdjacencyAlgebra(scheme).residual(flow.gram)
    measured = growth_rate(flow.times, residuals, window=(1e-9, 1e-3))
    assert abs(measured / rate - 1) < 0.01


def test_breaking_rate_of_a_stable_and_of_an_unstable_pair() -> None:
    # the digon at b = 0 is stable; two equal columns (rank 1, M = J) are not
    assert breaking_rate(complete(2), PopulationLoss(0.3), [[1.0, -1.0]], [0.0, 0.0])[0] < 0
    rate, direction = breaking_rate(complete(2), PopulationLoss(0.3), [[0.5, 0.5]], [0.0, 0.0])
    assert rate > 0
    # swapping the features turns a direction that breaks the symmetry into its opposite
    assert np.allclose(direction[[1, 0, 3, 2]], -direction, atol=1e-6)


def test_growth_rate_uses_the_window_alone() -> None:
    t = np.linspace(0, 40, 41)
    residuals = np.minimum(1e-12 + 1e-10 * np.exp(0.7 * t), 1e-2)
    assert abs(growth_rate(t, residuals, window=(1e-8, 1e-3)) - 0.7) < 1e-4
    assert abs(growth_rate(t, residuals, window=(1e-13, 1.0)) - 0.7) > 0.05


SQUARE = cyclic(4)
THIN = AssociationScheme([[0, 1, 2], [2, 0, 1], [1, 2, 0]])
# a row: the call, and the message
BAD: list[tuple[Any, str]] = [
    (lambda: AdjacencyAlgebra(SQUARE).project(np.eye(3)), r"M has shape \(3, 3\)"),
    (lambda: reduced_flow(THIN, PopulationLoss(0.5), [0, 1, 1], 0.0, [0, 1]), "not symmetric"),
    (lambda: reduced_flow(SQUARE, PopulationLoss(0.5), [0, 1], 0.0, [0, 1]), "3 numbers"),
    (lambda: reduced_flow(SQUARE, PopulationLoss(0.5), [0, -1, 0], 0.0, [0, 1]), "at least 0"),
    (lambda: growth_rate([0, 1], [1e-9], window=(1e-10, 1e-3)), r"residuals has shape \(1,\)"),
    (
        lambda: breaking_rate(complete(1), PopulationLoss(0.5), [[1.0]], [0.0]),
        "no direction that leaves",
    ),
    (
        lambda: breaking_rate(complete(3), PopulationLoss(0.5), [[1.0, -1.0]], [0.0, 0.0]),
        r"M has shape \(2, 2\)",
    ),
    (lambda: growth_rate([0, 1, 2], [1e-9, 1e-8, 1.0], window=(1e-10, 1e-3)), "2 entries"),
    (lambda: growth_rate([1, 1, 1], [1, 2, 3], window=(1.0, 3.0)), "times = .* increasing"),
    (lambda: growth_rate([0, 1, 2], [0, 1, 2], window=(0.0, 3.0)), "window = .* two positive"),
    (lambda: growth_rate([0, 1, 2], [1, 2, 3], window=(-1.0, 3.0)), "window = .* two positive"),
    (  # the kernel of W^T: M leaves the algebra at twice the rate of this direction of W
        lambda: breaking_rate(complete(3), PopulationLoss(0.9), [[1.0] * 3, [0.0] * 3], [0.0] * 3),
        "W has rank 1; accepted: rank 2",
    ),
]


@pytest.mark.parametrize(("call", "message"), BAD, ids=[str(i) for i in range(len(BAD))])
def test_bad_input(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()
