"""Spectral measures along a run, and jumps between levels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from superposition_numerics.spectral import analyse
from superposition_numerics.training import (
    Instance,
    Model,
    Plan,
    Problem,
    Run,
    Samples,
    Sgd,
    SpectralTrace,
    instances_of,
    spectral_trace,
    train,
)
from superposition_numerics.training.jumps import LevelJump, level_jumps
from superposition_numerics.training.objectives import Population
from superposition_numerics.training.traces import feature_directions
from superposition_theory import InputError

Curve = npt.NDArray[np.float64]


def run_of(W: Any, *, tied: bool = True) -> Run:
    """Return a run whose only instance has given directions at every record."""
    W = np.asarray(W, dtype=np.float64)
    m, n = W.shape[-2:]
    model = Model("linear", n, m, tied=tied)
    rows = W.reshape(-1, 1, m, n)
    values = {"W": rows} if tied else {"W1": 7 - rows, "W2": np.swapaxes(rows, -1, -2)}
    flat = model.flatten({**values, "b": np.zeros((len(rows), 1, n))})
    steps = np.arange(len(rows))
    losses = np.zeros((len(rows), 1))
    return Run(Plan(Problem(model)), steps, losses, flat, ("completed",), np.array([len(rows)]))


# Three antipodal pairs on the axes, the last one longer: D = 1/2, all localized.
OCTAHEDRON = np.kron(np.diag([1.0, 1.0, 2.0]), [[1.0, -1.0]])
# w_1 = (1, 0), w_2 = (1, 1): F = [[2, 1], [1, 1]].
SKEW = np.array([[1.0, 1.0], [0.0, 1.0]])


@pytest.mark.parametrize(
    ("W", "dimensionality", "spread"),
    [
        pytest.param(OCTAHEDRON, [0.5] * 6, [0.0] * 6, id="octahedron"),
        # w_1: F w_1 = (2, 1), mean 2, variance |F w_1|^2 - 4 = 1. w_2: F w_2 = (3, 2), w.Fw = 5,
        # mean 5/2, variance 13/2 - 25/4 = 1/4.
        pytest.param(SKEW, [1 / 2, 4 / 5], [1 / 2, 1 / 5], id="skew"),
        pytest.param(np.array([[3.0, 0.0]]), [1.0, 0.0], [0.0, 0.0], id="an absent feature"),
        pytest.param(np.zeros((2, 3)), [0.0] * 3, [0.0] * 3, id="nothing"),
    ],
)
def test_by_hand(W: Curve, dimensionality: list[float], spread: list[float]) -> None:
    for tied in (True, False):
        run = run_of(W, tied=tied)
        trace = spectral_trace(run)
        np.testing.assert_array_equal(feature_directions(run)[0], W)
        np.testing.assert_allclose(trace.dimensionality[0, 0], dimensionality, atol=1e-14)
        np.testing.assert_allclose(trace.spread[0, 0], spread, atol=1e-7)
        np.testing.assert_allclose(trace.capacity[0], [sum(dimensionality)], atol=1e-13)
        np.testing.assert_allclose(trace.squared_norms[0, 0], (W**2).sum(axis=0), atol=1e-13)
        expected = np.linalg.svd(W, compute_uv=False)[::-1] ** 2
        np.testing.assert_allclose(trace.eigenvalues[0, 0], expected, atol=1e-13)


def test_against_the_analysis_of_weights() -> None:
    problem = Problem(Model("relu", 7, 3), instances_of(densities=[1, 0.1], seeds=range(2)))
    run = train(Plan(problem, Samples(32), steps=30, records=3))
    trace = spectral_trace(run)
    assert trace.steps.tolist() == [0, 10, 20, 30]
    for record, instance in np.ndindex(4, 4):
        analysis = analyse(run.parameters["W"][record, instance], epsilon=0.0)
        table = analysis.feature_table
        found = trace.dimensionality[record, instance]
        np.testing.assert_allclose(found, table.fractional_dimensionality, rtol=1e-10)
        found = trace.participation[record, instance]
        np.testing.assert_allclose(found, table.participation_ratio, rtol=1e-8)
        assert trace.capacity[record, instance] == pytest.approx(analysis.capacity, rel=1e-12)


# ---------------------------------------------------------------- jumps

STEPS = np.arange(0, 10_001, 50)


def trace_of(*curves: Curve, steps: npt.NDArray[np.int64] = STEPS) -> SpectralTrace:
    """Return a trace of one instance with given D_i(t)."""
    values = np.stack(curves, axis=-1)[:, None, :]
    return SpectralTrace(steps, values, values, values, values, values, values.sum(axis=-1))


def ramp(*corners: tuple[float, float]) -> Curve:
    """Return D(t), linear between corners (step, D)."""
    at, values = zip(*corners, strict=True)
    return np.asarray(np.interp(STEPS, at, values))


def settling(start: float, end: float, at: float, scale: float) -> Curve:
    """Return D(t) that leaves one level at a step and falls towards another exponentially."""
    return np.asarray(end + (start - end) * np.exp(-np.maximum(STEPS - at, 0) / scale))


def normal(rng: np.random.Generator) -> Curve:
    """Return noise: beyond 1.5 tolerances of .03 only at 4.5 standard deviations."""
    return 0.01 * rng.standard_normal(len(STEPS))


@pytest.mark.parametrize(
    ("curve", "jumps"),
    [
        # At 1 up to step 6000, halfway at 6050, at 1/2 from 6100.
        pytest.param(
            ramp((6000, 1.0), (6100, 0.5)), [(6000, 6100, 1.0, 0.5)], id="a jump of two records"
        ),
        # Beyond 1.5 tolerances of 1/2 at step 4100 (D = .55), within one tolerance of 1 at 4950.
        pytest.param(
            ramp((4000, 0.5), (5000, 1.0)), [(4050, 4950, 0.5, 1.0)], id="one of 900 steps"
        ),
        # The same, longer than a tenth of the run.
        pytest.param(ramp((4000, 0.5), (5400, 1.0)), [], id="a slow change"),
        # exp(-t/200): within .03 of the end when .5 exp(-t/200) <= .03, at t = 562.7.
        pytest.param(
            settling(1.0, 0.5, 3000, 200), [(3000, 3600, 1.0, 0.5)], id="an exponential approach"
        ),
        # It passes 3/4 and 2/3, within their tolerance for 12 % of the run each.
        pytest.param(ramp((0, 1.0), (10_000, 0.5)), [], id="a drift over the whole run"),
        pytest.param(ramp((1000, 1.0), (9000, 0.5)), [], id="a drift between two plateaus"),
        # A staircase, with a stop at 2/3.
        pytest.param(
            ramp((3000, 1.0), (3100, 2 / 3), (6000, 2 / 3), (6100, 0.5)),
            [(3000, 3100, 1.0, 2 / 3), (6000, 6100, 2 / 3, 0.5)],
            id="two jumps",
        ),
        # A stop at 2/3 for 2 % of the run is no plateau, but the whole is one jump.
        pytest.param(
            ramp((3000, 1.0), (3100, 2 / 3), (3300, 2 / 3), (3400, 0.5)),
            [(3000, 3400, 1.0, 0.5)],
            id="a stop too short to count",
        ),
        pytest.param(
            ramp((3000, 0.5), (3300, 0.8), (3600, 0.5)), [], id="an excursion that comes back"
        ),
        pytest.param(np.full(len(STEPS), 0.9), [], id="between the levels"),
        pytest.param(np.full(len(STEPS), 0.5), [], id="at one level"),
        # From nothing to a digon at the very beginning: no plateau before it.
        pytest.param(ramp((0, 0.0), (200, 0.5)), [], id="the first learning"),
        pytest.param(
            ramp((7000, 0.0), (7200, 0.5)), [(7000, 7200, 0.0, 0.5)], id="a feature that comes late"
        ),
    ],
)
def test_known_jumps(curve: Curve, jumps: list[tuple[int, int, float, float]]) -> None:
    assert level_jumps(trace_of(curve)) == tuple(LevelJump(0, 0, *jump) for jump in jumps)


def test_two_features_swap() -> None:
    # Feature 1 leaves its digon to feature 2; features 0 and 3 stay.
    stays = np.full(len(STEPS), 0.5)
    found = level_jumps(
        trace_of(stays, ramp((5000, 0.5), (5300, 0.0)), ramp((5000, 0.0), (5300, 0.5)), stays)
    )
    assert [(jump.feature, jump.origin, jump.target) for jump in found] == [
        (1, 0.5, 0.0),
        (2, 0.0, 0.5),
    ]
    assert {jump.before for jump in found} == {5000}
    assert {jump.after for jump in found} == {5300}


def test_noise_moves_a_date_and_makes_no_jump() -> None:
    rng = np.random.default_rng(5)
    flat = [level + normal(rng) for level in (0.0, 0.4, 0.5, 2 / 3, 0.75, 1.0) for _ in range(20)]
    assert level_jumps(trace_of(*flat)) == ()
    (jump,) = level_jumps(trace_of(ramp((6000, 1.0), (6400, 0.5)) + normal(rng)))
    assert (jump.origin, jump.target) == (1.0, 0.5)
    assert abs(jump.before - 6000) <= 50
    assert abs(jump.after - 6400) <= 50
    drifts = [ramp((0, 1.0), (10_000, 0.5)) + normal(rng) for _ in range(20)]
    assert level_jumps(trace_of(*drifts)) == ()


def test_hysteresis() -> None:
    # At 1.2 tolerances a feature that came to its level is still there; one that did not is not.
    wobble = np.where(STEPS % 100 == 0, 0.5 + 0.036, 0.5)
    wobble[STEPS >= 6000] = 1.0
    assert [jump.origin for jump in level_jumps(trace_of(wobble))] == [0.5]
    outside = np.where(STEPS < 6000, 0.5 + 0.036, 1.0)
    assert level_jumps(trace_of(outside)) == ()
    beyond = np.where(STEPS % 100 == 0, 0.5 + 0.046, 0.5)  # out at every other record
    beyond[STEPS >= 6000] = 1.0
    assert level_jumps(trace_of(beyond)) == ()


def test_records_at_unequal_distances() -> None:
    # The length of a plateau counts in steps: on a log scale most records lie early.
    steps = np.unique(np.geomspace(1, 10_000, 120).astype(np.int64))
    early = trace_of(np.where(steps < 100, 1.0, 0.5), steps=steps)
    late = trace_of(np.where(steps < 2000, 1.0, 0.5), steps=steps)
    assert level_jumps(early) == ()
    (jump,) = level_jumps(late)
    assert jump.before < 2000 <= jump.after


def test_close_levels_with_a_small_tolerance() -> None:
    curve = np.where(STEPS < 5000, 3 / 8, 2 / 5)  # an antiprism becomes pentagons
    found = level_jumps(trace_of(curve), levels=(3 / 8, 2 / 5), tolerance=0.01)
    assert [(jump.origin, jump.target) for jump in found] == [(0.375, 0.4)]
    assert level_jumps(trace_of(curve), levels=(2 / 5,), tolerance=0.01) == ()


@pytest.mark.parametrize(
    ("density", "importance", "jumps"),
    [
        # From the saddle where feature 1 is dropped: it grows exponentially into an antipodal pair.
        (0.3, 1.0, [(1.0, 0.5), (0.0, 0.5)]),
        # Dropping is stable up to I = .94 at this density: it shrinks back.
        (0.9, 0.5, []),
    ],
)
def test_a_partner_joins_in_training(
    density: float, importance: float, jumps: list[tuple[float, float]]
) -> None:
    plan = Plan(
        Problem(Model("relu", 2, 1), [Instance(density, (1.0, importance))]),
        Population(),
        Sgd(0.1),
        steps=3000,
        records=100,
        initial={"W": [[[1.0, -1e-3]]], "b": [[0.0, density / 2]]},
        dtype="float64",
    )
    found = level_jumps(spectral_trace(train(plan)))
    assert [(jump.origin, jump.target) for jump in found] == jumps
    assert [jump.feature for jump in found] == list(range(len(jumps)))
    assert len({(jump.before, jump.after) for jump in found}) <= 1  # at the same time


def test_instances_are_apart() -> None:
    one, two = trace_of(ramp((6000, 1.0), (6100, 0.5))), trace_of(np.full(len(STEPS), 0.5))
    both = replace(
        one, dimensionality=np.concatenate([two.dimensionality, one.dimensionality], axis=1)
    )
    assert [jump.instance for jump in level_jumps(both)] == [1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"levels": ()}, "levels is .*at least one"),
        ({"levels": (0.5, 1.5)}, r"numbers in \[0, 1\]"),
        ({"levels": (-0.1, 0.5)}, r"numbers in \[0, 1\]"),
        ({"levels": (0.375, 0.4)}, r"levels at least 2.5 tolerances \(0.075\) apart"),
        ({"levels": (0.5, 0.5)}, "apart"),
        ({"levels": (float("nan"),)}, "levels holds NaN"),
        ({"tolerance": 0.0}, "tolerance is 0.0; accepted: a positive number"),
        ({"tolerance": True}, "tolerance is True"),
        ({"plateau": -0.1}, "plateau is -0.1"),
        ({"duration": float("inf")}, "duration is inf"),
    ],
)
def test_bad_input(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        level_jumps(trace_of(np.full(len(STEPS), 0.5)), **options)
