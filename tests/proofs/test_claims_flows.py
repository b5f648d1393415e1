"""Claims about gradient flow: statuses, controls, and small versions of the long runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import networkx as nx
import numpy as np
import pytest
from superposition_numerics.flows import AdjacencyAlgebra
from superposition_proofs.claims import capacity, flow_schemes, flows
from superposition_proofs.claims.flow_runs import (
    STABLE,
    UNSTABLE,
    Beside,
    SymmetricStart,
    Training,
    Unstable,
    check_breaking,
    check_conserved,
    check_reduced,
    check_trainings,
    factor,
)
from superposition_proofs.claims.scheme_gradients import (
    clique_gradient,
    clique_leaves,
    clique_rates,
    pair_gradient,
    shrikhande,
    small_models,
    stays_in_algebra,
    two_fibres,
)
from superposition_proofs.ledger import Context, Evidence, Level, Registry, Status, verify
from superposition_theory.schemes import AssociationScheme, cyclic, hamming
from superposition_theory.toy_model import ReluModel
from sympy import Rational

QUICK = Context(Level.quick, 0)
OURS = (*flows.CLAIMS, *flow_schemes.CLAIMS)
EXPECTED = {
    "gradient-by-gram": Status.proved,
    "gram-and-frame-flow": Status.proved,
    "gradient-flow-conserves-the-range": Status.proved,
    "eigenvalue-flow": Status.proved,
    "projector-flow": Status.proved,
    "frozen-projectors": Status.proved,
    "reduced-flow-on-idempotents": Status.proved,
    "dimensionality-flow": Status.proved,
    "population-gradient-in-the-algebra": Status.checked,
    "population-loss-conserves-schemes": Status.written,
    "invariant-losses-may-leave-a-scheme": Status.checked,
    "symmetry-breaks-at-the-rate-of-the-curvature": Status.written,
}
EVIDENCE = [
    pytest.param(item, id=f"{claim.id}: {item.name}")
    for claim in OURS
    for item in claim.executable
    if item.level is Level.quick
]
LONG = {
    (claim.id, item.name) for claim in OURS for item in claim.executable if item.level is Level.full
}


def test_statuses_at_the_quick_level() -> None:
    report = verify(Registry((*OURS, capacity.SATURATION)))
    found = {verdict.id: verdict.status for verdict in report.verdicts}
    assert found == EXPECTED | {"saturation-iff-localization": Status.proved}


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_evidence_holds_and_rejects_its_near_misses(evidence: Evidence[Any]) -> None:
    outcome = evidence.check(evidence.subject, QUICK)
    assert outcome.holds is True
    assert 0 < outcome.effective <= outcome.cases
    for name, miss in evidence.near_misses.items():
        assert evidence.check(miss, QUICK).holds is False, name


def test_the_long_runs_are_these() -> None:
    assert {
        ("gram-and-frame-flow", "full training"),
        ("reduced-flow-on-idempotents", "along trainings"),
        ("population-loss-conserves-schemes", "stable branches"),
        ("symmetry-breaks-at-the-rate-of-the-curvature", "growth of the residual"),
    } == LONG


# ---------------------------------------------------------------- small versions of the long runs


def test_a_short_training_agrees_and_is_not_converged() -> None:
    training = Training(2, 1, 0.5, 2.0)
    difference, gradient = training.difference(np.random.default_rng(0))
    assert difference < 1e-8
    assert gradient > 1e-3
    outcome = check_trainings((training,), QUICK)
    assert (outcome.holds, outcome.cases, outcome.effective) == (True, 1, 0)


def test_a_converged_training_holds() -> None:
    outcome = check_trainings((Training(2, 2, 0.5, 40.0),), QUICK)
    assert (outcome.holds, outcome.cases, outcome.effective) == (True, 1, 1)
    assert 0 < float(outcome.margin or 0) < 1


def test_symmetric_starts_are_what_their_names_say() -> None:
    # a row: idempotents, dimensions, cosine of neighbours in the cycle
    expected = {
        "triangle": (2, -1 / 2),
        "tetrahedron": (3, -1 / 3),
        "antipodal pairs": (2, 0.0),
        "pentagon": (2, np.cos(2 * np.pi / 5)),
        "square antiprism": (3, (2 * np.cos(np.pi / 4) - 1) / 3),
    }
    for start in STABLE:
        W, (m, cosine) = start.weights, expected[start.name]
        gram = W.T @ W
        assert W.shape == (m, start.scheme.order)
        assert np.allclose(W @ W.T, 0.3 * np.eye(m))
        assert (
            abs(gram[0, np.array(start.scheme.relation)[0] == 1][0] / gram[0, 0] - cosine) < 1e-12
        )


def test_short_symmetric_runs() -> None:
    short = tuple(replace(start, end=2.0) for start in STABLE[:3])
    assert check_conserved(short, QUICK).holds is True
    assert check_reduced(Beside(short[:1]), QUICK).holds is True
    assert check_reduced(Beside(short[:1], factor=0.5), QUICK).holds is False
    noisy = (replace(short[0], noise=1e-6),)
    assert check_conserved(noisy, QUICK).holds is False


@pytest.mark.slow
def test_the_square_leaves_at_the_rate_of_the_hessian() -> None:
    outcome = check_breaking(Unstable(UNSTABLE[:1], factor=1.001), QUICK)
    assert outcome.holds is False
    rates: Any = outcome.details[UNSTABLE[0].name]
    assert abs(rates["measured"] / (rates["Hessian"] / 1.001) - 1) < 2e-4


def test_factor_is_a_root_of_full_row_rank() -> None:
    M = np.array([[2.0, -1.0, -1.0], [-1.0, 2.0, -1.0], [-1.0, -1.0, 2.0]])
    W = factor(M)
    assert W.shape == (2, 3)
    assert np.allclose(W.T @ W, M)


# ---------------------------------------------------------------- schemes without a group


def test_the_shrikhande_graph_is_not_the_rook() -> None:
    graphs = [
        nx.Graph([(x, y) for x in range(16) for y in range(x) if scheme.relation[x][y] == 1])
        for scheme in (shrikhande(), hamming(2, 4))
    ]
    for graph in graphs:  # strongly regular (16, 6, 2, 2)
        assert set(dict(graph.degree).values()) == {6}
        common = {
            (graph.has_edge(x, y), len(list(nx.common_neighbors(graph, x, y))))
            for x in range(16)
            for y in range(x)
        }
        assert common == {(True, 2), (False, 2)}
    assert not nx.is_isomorphic(*graphs)


def test_clique_gradient_by_differences() -> None:
    rng = np.random.default_rng(0)
    M, dM = rng.normal(size=(2, 4, 4))
    M, dM = M + M.T, dM + dM.T

    def loss(M: np.ndarray) -> float:
        return float(np.einsum("ij,ik,il,jk,jl,kl->", M, M, M, M, M, M, optimize=True))

    slope = (loss(M + 1e-6 * dM) - loss(M - 1e-6 * dM)) / 2e-6
    assert abs(slope / np.trace(clique_gradient(M) @ dM) - 1) < 1e-8


def test_clique_gradient_counts() -> None:
    # at A_1 of the rook, non-adjacent points have two common neighbours that are not adjacent
    for scheme, values in ((hamming(2, 4), {0}), (shrikhande(), {0, 12})):  # 6 x 2 orders
        relation = np.array(scheme.relation)
        slopes = clique_gradient((relation == 1).astype(np.int64))
        assert set(slopes[relation == 2].tolist()) == values


def test_the_clique_flow_leaves_the_algebra_at_a_positive_definite_matrix() -> None:
    assert clique_rates(shrikhande())[2] == {-2 * 3048, -2 * 3072}
    assert clique_rates(hamming(2, 4))[2] == {-6000}
    assert clique_rates(shrikhande(), level=2)[2] == {-2880}  # though G is not constant there
    relation = np.array(shrikhande().relation)
    slopes = clique_gradient(2 * np.eye(16, dtype=np.int64) + (relation == 1))
    assert len(set(slopes[relation == 2].tolist())) == 2
    assert clique_leaves((shrikhande(), True))
    assert not clique_leaves((hamming(2, 4), False), level=2)  # stays, but is singular


def test_pair_gradient_is_that_of_T_2() -> None:
    # T_2 of three features is the coefficient of p^2 (1 - p) in the loss
    W, b = [[1, Rational(-1, 2), 0], [0, 1, Rational(1, 3)]], [Rational(-1, 50)] * 3

    def part(density: list[int]) -> np.ndarray:
        found = ReluModel(W, b).gradient(density).weights
        return np.array(found.tolist(), dtype=np.float64)

    expected = sum(part(density) for density in ([1, 1, 0], [1, 0, 1], [0, 1, 1]))
    floats = np.array(W, dtype=np.float64)
    assert np.abs(2 * floats @ pair_gradient(floats.T @ floats) - expected).max() < 1e-14


@pytest.mark.parametrize("scheme", [shrikhande(), hamming(2, 4), cyclic(7)], ids=["S", "H", "C7"])
def test_pairs_of_active_features_keep_any_scheme(scheme: AssociationScheme) -> None:
    gram = np.array([1.0, -0.15, 0.05, 0.3])[np.array(scheme.relation)]
    algebra = AdjacencyAlgebra(scheme)
    assert algebra.residual(pair_gradient(gram)) < 1e-14
    gram[0, 1] = gram[1, 0] = 0.5  # no longer in the algebra
    assert algebra.residual(pair_gradient(gram)) > 1e-4


def test_exact_models_are_in_their_algebras() -> None:
    for name, model in small_models(QUICK):
        assert stays_in_algebra(model), name
    model = two_fibres(Rational(1, 3))
    assert stays_in_algebra(model)
    unlike = replace(model, biases=(model.biases[0], Rational(0), model.biases[2]))
    assert not stays_in_algebra(unlike)


def test_a_symmetric_start_has_its_density() -> None:
    assert SymmetricStart("pair", cyclic(4), (2,), 0.5, 1.0).loss.density == 0.5
