"""Claims on training: sampled gradients, capacity, slopes, learned geometry."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from superposition_numerics.landscape import Setting
from superposition_numerics.matrices import FloatArray
from superposition_numerics.spectral import gram_dimensionality
from superposition_numerics.toy_model import loss_and_gradient
from superposition_numerics.training import Instance, Model, Problem
from superposition_numerics.training.sampling.choice import cheapest, numba_costs, numpy_costs
from superposition_numerics.training.sampling.law import laws_of
from superposition_proofs.claims import (
    capacity_runs,
    learned_geometry,
    minima,
    slopes,
    training,
)
from superposition_proofs.claims.capacity_runs import Training
from superposition_proofs.claims.learned_geometry import Pentagons
from superposition_proofs.claims.training import SAMPLED_CASES, SampledCase
from superposition_proofs.ledger import Context, Evidence, Level, Registry, Status, verify

QUICK = Context(Level.quick, 0)
OURS = (
    *training.CLAIMS,
    *capacity_runs.CLAIMS,
    *slopes.CLAIMS,
    *learned_geometry.CLAIMS,
)
EVIDENCE = [
    pytest.param(item, id=f"{claim.id}: {item.name}")
    for claim in OURS
    for item in claim.executable
    if item.level is Level.quick
]


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_evidence_holds_and_rejects_its_near_misses(evidence: Evidence[Any]) -> None:
    outcome = evidence.check(evidence.subject, QUICK)
    assert outcome.holds is True, outcome.reason
    assert 0 < outcome.effective <= outcome.cases
    for name, miss in evidence.near_misses.items():
        rejected = evidence.check(miss, QUICK)
        assert rejected.holds is False, name
        assert rejected.reason


def test_statuses() -> None:
    """At the quick level; that a minimum saturates exactly is refuted, and no error is met."""
    (_, beside_frozen) = minima.GLOBAL_MINIMA.evidence  # the search is not repeated here
    assert isinstance(beside_frozen, Evidence)
    used = replace(minima.GLOBAL_MINIMA, evidence=(replace(beside_frozen, uses=()),))
    report = verify(Registry((used, *capacity_runs.CLAIMS, *slopes.CLAIMS)))
    found = {verdict.id: verdict for verdict in report.verdicts}
    assert not any(verdict.errors for verdict in report.verdicts)
    assert found["capacity-nearly-saturates-in-training"].status is Status.supported
    assert found["capacity-saturates-at-the-optimum"].status is Status.refuted
    assert found["slope-times-rayleigh-quotient"].status is Status.proved
    for name in ("sparse-features-lower-the-slope", "slope-falls-with-sparsity"):
        assert found[name].status is Status.open  # full level only
    assert report.exit_code == 0


# ---------------------------------------------------------------- sampled gradients


def test_the_sampled_cases_take_every_way_and_every_kind() -> None:
    ways = {
        costs: {
            cheapest(costs(case.model, laws_of(case.problem(0))[0], case.batch))
            for case in SAMPLED_CASES
        }
        for costs in (numpy_costs, numba_costs)
    }
    assert ways == {numpy_costs: {"dense", "rows", "sparse"}, numba_costs: {"fused", "sparse"}}
    assert {case.model.kind for case in SAMPLED_CASES} == {
        "linear",
        "relu",
        "relu-hidden",
        "absolute",
    }
    assert len({case.correlation for case in SAMPLED_CASES}) == 3


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in SAMPLED_CASES])
def test_every_case_sees_another_density(case: SampledCase) -> None:
    rng = QUICK.rng("power", case.name)
    assert training.deviation(case, "numpy", rng, lambda p: 1.2 * p) > 10


def test_blocks_are_the_whole_model() -> None:
    """Two blocks of three features in two dimensions each, beside the six features at once."""
    case = SampledCase("two blocks", Model("relu", 6, 4), 0.3, blocks=2)
    problem, flat = case.problem(0), case.parameters(np.random.default_rng(0))
    views = case.model.views(flat)
    assert not views["W"][:2, 3:].any()
    assert views["W"][:2, :3].all()
    whole = loss_and_gradient(views["W"], views["b"], 0.3, importances=problem.importances[0])
    found = case.model.views(training.expected_gradient(problem, flat, 2))
    assert found["W"] == pytest.approx(whole.weights, abs=1e-12)
    assert found["b"] == pytest.approx(whole.biases, abs=1e-12)
    assert np.abs(whole.weights[:2, 3:]).max() > 0.01


@pytest.mark.parametrize("kind", ["relu", "linear"])
def test_midpoints_agree_with_closed_forms(kind: str) -> None:
    case = SampledCase(kind, Model(kind, 2, 2), 0.4)
    problem, flat = case.problem(0), case.parameters(np.random.default_rng(1))
    exact = training.expected_gradient(problem, flat, 1)
    assert training._by_midpoints(problem, flat) == pytest.approx(exact, abs=2e-5)
    assert np.abs(exact).max() > 0.05


def test_an_absolute_value_by_hand() -> None:
    """y = ReLU(ReLU(w x) u) with w = u = 1/2 and target |x|, density p.

    The loss is p (E[(|x| - x_+ / 4)^2]) = p ((9/16 + 1) / 6); d/du = p E[x_+ (x_+ / 4 - x_+) 1] =
    -3/4 p E[x_+^2] = -p/8, and the same for w; d/db = 2 p E[(x/4 - x) 1(x > 0)] = -3/8 p.
    """
    model = Model("absolute", 1, 1, tied=False)
    problem = Problem(model, [Instance(0.4)])
    found = training.expected_gradient(problem, np.array([0.5, 0.5, 0.0]), 1)
    assert found == pytest.approx([-0.05, -0.05, -0.15], abs=1e-5)


def test_a_kink_has_no_gradient_and_is_not_taken_for_one() -> None:
    ((_, kink),) = training._kink(QUICK)
    assert not training.mean_gradient_is_slope(kink)


# ---------------------------------------------------------------- capacity


def test_the_starts_do_not_depend_on_the_sparsity() -> None:
    start, end = capacity_runs.trained_weights(Training(6, 2, (0.0, 0.5, 0.9), 2, 5), QUICK)
    assert start.shape == end.shape == (3, 2, 2, 6)
    assert (start == start[:1]).all()
    assert (start[0, 0] != start[0, 1]).any()
    assert (end[0] != end[1]).any()


def test_deficits_beside_the_definition() -> None:
    runs = Training(12, 3, (0.6,), steps=300)
    outcome = capacity_runs.deficits_fall((runs, runs), QUICK)
    start, end = (W[0, 0] for W in capacity_runs.trained_weights(runs, QUICK))
    rows: Any = outcome.details["rows"]
    assert len(rows) == 1
    assert rows[0]["saturation"] == pytest.approx(gram_dimensionality(end).sum() / 3)
    assert rows[0]["untrained"] == pytest.approx(gram_dimensionality(start).sum() / 3)


def test_a_saturated_minimum_is_no_witness() -> None:
    outcome = capacity_runs.least_is_not_saturated(Setting(2, 1, 0.3), QUICK)
    assert outcome.holds is False
    assert "antipodal pair" in outcome.reason


# ---------------------------------------------------------------- slopes


# W, slope and mean of kappa by hand.
@pytest.mark.parametrize(
    ("W", "slope", "mean"),
    [
        ([[2.0, -2.0]], 1 / 8, 8.0),  # |w|^2 = 4, kappa = 8, D = 1/2
        ([[1.0, 0.0], [0.0, 2.0]], (1 + 16 / 4) / 17, (1 + 16 * 4) / 17),  # D = 1, 1
        ([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]], 1.0, 1.0),  # a zero column plays no part
    ],
)
def test_slopes_by_hand(W: Any, slope: float, mean: float) -> None:
    assert slopes.slope_and_mean(np.array(W)) == pytest.approx((slope, mean))


def test_a_tight_frame_has_the_slope_of_its_bound() -> None:
    angles = 2 * np.pi * np.arange(5) / 5
    pentagon: FloatArray = 1.3 * np.array([np.cos(angles), np.sin(angles)])
    slope, mean = slopes.slope_and_mean(pentagon)
    assert (slope, mean) == pytest.approx((2 / 5 / 1.69, 1.69 * 5 / 2))


def test_slopes_that_fall_and_slopes_that_rise() -> None:
    falling = (Training(16, 4, (0.0, 0.6), steps=400),)
    rising = (Training(16, 4, (0.6, 0.0), steps=400),)
    assert slopes.first_is_steepest(falling, QUICK).holds is True
    assert slopes.first_is_steepest(rising, QUICK).holds is False
    assert slopes.slopes_rise(rising, QUICK).holds is True
    assert slopes.slopes_rise(falling, QUICK).holds is False


@pytest.mark.slow
def test_the_slope_does_not_fall_throughout() -> None:
    (claim,) = (c for c in slopes.CLAIMS if c.id == "slope-falls-with-sparsity")
    (evidence,) = claim.executable
    outcome = evidence.check(evidence.subject, Context(Level.full, 1))
    assert outcome.holds is True, outcome.reason
    assert slopes.first_is_steepest(evidence.subject, Context(Level.full, 1)).holds is False


# ---------------------------------------------------------------- geometry


def test_pentagons_are_counted() -> None:
    outcome = learned_geometry.are_learned(Pentagons(steps=300, least=1), QUICK)
    names = outcome.details["geometries"]
    assert isinstance(names, list)
    assert len(names) == 20
    assert outcome.reason == f"{names.count('pentagon')} of 20 runs end as a pentagon"
    assert outcome.holds is (names.count("pentagon") >= 1)
