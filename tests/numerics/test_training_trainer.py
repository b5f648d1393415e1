"""The trainer: records, early stopping, divergence, parts, progress."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from superposition_numerics.training import (
    Adam,
    DataSet,
    GradientFlow,
    Instance,
    Lbfgs,
    Model,
    OneActive,
    Plan,
    Population,
    Problem,
    Run,
    Samples,
    Sgd,
    Stopping,
    instances_of,
    train,
)
from superposition_theory import InputError

ONE = Problem(Model("linear", 1, 1))
ZERO: dict[str, Any] = {"W": [[[0.0]]], "b": [[0.0]]}
DATA = DataSet([[1.0]])


def only_the_bias(rate: float, steps: int, **settings: Any) -> Plan:
    """With W = 0 only b moves: e = 1 - b is multiplied by 1 - 2 rate, the loss is e^2."""
    plan = Plan(ONE, DATA, Sgd(rate), steps, records=steps, initial=ZERO, dtype="float64")
    return replace(plan, **settings)


def assert_same(one: Run, other: Run) -> None:
    np.testing.assert_array_equal(one.steps, other.steps)
    np.testing.assert_array_equal(one.losses, other.losses)
    np.testing.assert_array_equal(one.flat, other.flat)
    assert one.flat.dtype == other.flat.dtype
    assert one.endings == other.endings
    np.testing.assert_array_equal(one.ended, other.ended)


def test_records_by_hand() -> None:
    run = train(only_the_bias(0.25, 4, records=2))  # e = 1, 1/2, 1/4, 1/8, 1/16
    assert run.steps.tolist() == [0, 2, 4]
    # the first loss, then the means over the steps between records
    assert run.losses[:, 0].tolist() == [1, (1 + 1 / 4) / 2, (1 / 16 + 1 / 64) / 2]
    assert run.parameters["b"][:, 0, 0].tolist() == [0, 3 / 4, 15 / 16]
    assert run.final["b"].tolist() == [[15 / 16]]
    assert (run.endings, run.ended.tolist()) == (("completed",), [4])


def test_a_run_is_that_of_a_plain_loop() -> None:
    rng = np.random.default_rng(0)
    rows, W, b = rng.random((6, 3)), rng.normal(size=(2, 3)), np.zeros(3)
    given = {"W": W[None].copy(), "b": b[None]}
    plan = Plan(
        Problem(Model("relu", 3, 2)), DataSet(rows), Sgd(0.05), 30, 6, given, dtype="float64"
    )
    run = train(plan)
    losses = []
    for step in range(30):
        z = rows @ W.T @ W + b
        error = np.maximum(z, 0) - rows
        losses.append((error**2).sum() / 6)
        back = 2 * error * (z > 0) / 6
        W, b = W - 0.05 * (W @ (rows.T @ back + back.T @ rows)), b - 0.05 * back.sum(axis=0)
        if (step + 1) % 5 == 0:
            at = (step + 1) // 5
            np.testing.assert_allclose(run.parameters["W"][at, 0], W, rtol=1e-12)
            np.testing.assert_allclose(run.losses[at, 0], np.mean(losses[-5:]), rtol=1e-12)


@pytest.mark.parametrize(
    ("tolerance", "patience", "ended"),
    [
        (0.18, 1, None),  # each record falls by 0.19 of itself
        (0.20, 1, 2),  # not by so much; the first record, of one step, is not compared
        (0.34, 2, None),  # 0.3439 = 1 - 0.81^2 over two records
        (0.35, 2, 3),
        (1.0, 4, 5),
        (1.0, 10, 11),
        (1.0, 11, None),  # first at the last record, when all steps are taken
        (0.0, 1, None),  # any fall will do
        (1.0, 12, None),  # the run is over before
    ],
)
def test_early_stopping_by_hand(tolerance: float, patience: int, ended: int | None) -> None:
    run = train(only_the_bias(0.05, 12, stopping=Stopping(tolerance, patience)))  # 0.9^2 = 0.81
    free = train(only_the_bias(0.05, 12))
    last = 12 if ended is None else ended
    assert (run.endings[0], run.ended[0]) == ("completed" if ended is None else "stopped", last)
    np.testing.assert_array_equal(run.losses[: last + 1], free.losses[: last + 1])
    np.testing.assert_array_equal(run.flat[: last + 1], free.flat[: last + 1])
    assert (run.losses[last:] == run.losses[last]).all()  # it keeps what it had
    assert (run.flat[last:] == run.flat[last]).all()


def test_a_loss_of_zero_stops() -> None:
    perfect: dict[str, Any] = {"W": [[[1.0]]], "b": [[0.0]]}
    plan = replace(only_the_bias(0.1, 9, stopping=Stopping(0.0, 2)), initial=perfect)
    assert train(plan).ended.tolist() == [3]


@pytest.mark.parametrize(
    ("rate", "steps", "ended"),
    [
        (1.5, 30, 11),  # the loss 4^k exceeds 10^6 at k = 10, seen after that step
        (1.5, 10, None),  # the run ends before
        (0.99, 300, None),  # slow, but no divergence
        (1e200, 5, 2),  # the loss overflows
    ],
)
def test_divergence_by_hand(rate: float, steps: int, ended: int | None) -> None:
    run = train(only_the_bias(rate, steps))
    assert np.isfinite(run.losses).all()
    assert np.isfinite(run.flat).all()
    if ended is None:
        assert (run.endings[0], run.ended[0]) == ("completed", steps)
    else:
        assert (run.endings[0], run.ended[0]) == ("diverged", ended)
        assert (run.flat[ended - 1 :] == run.flat[ended - 1]).all()  # as at the record before
        assert (run.losses[ended - 1 :] == run.losses[ended - 1]).all()
        assert (run.flat[ended - 1] != run.flat[ended - 2]).any()


def test_the_scale_of_divergence_is_not_a_lucky_first_batch() -> None:
    rare = Problem(Model("relu", 2, 1), [Instance(1e-3, seed=3)])
    run = train(Plan(rare, Samples(8), Adam(), 400, initial="unit"))
    assert run.losses[0] == 0  # no feature was active
    assert run.losses.max() > 0
    assert run.endings == ("completed",)


@pytest.mark.parametrize("backend", ["numpy", pytest.param("numba", marks=pytest.mark.slow)])
@pytest.mark.parametrize("ending", ["diverged", "stopped"])
@pytest.mark.parametrize("which", [(0,), (1,), (0, 1, 3), (2, 3), (0, 1, 2, 3)])
def test_an_instance_that_ends_leaves_the_others_as_they_are(
    ending: str, which: tuple[int, ...], backend: str
) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    problem = Problem(Model("relu", 4, 2), instances_of(densities=[0.2], seeds=range(4)))
    weights = {"W": np.random.default_rng(0).normal(size=(4, 2, 4)), "b": np.zeros((4, 4))}
    for k in which:
        weights["W"][k] *= 50 if ending == "diverged" else 0  # 0: a saddle
        weights["b"][k] -= 0 if ending == "diverged" else 1  # and nothing is ever active
    rule = Stopping(0.0, 3) if ending == "stopped" else None
    plan = Plan(problem, Samples(1000), Sgd(0.05), 40, 8, weights, stopping=rule, backend=backend)
    run = train(plan)
    for k in range(4):
        alone = train(plan.part(slice(k, k + 1)))
        assert (run.endings[k] == ending) == (k in which) or ending == "stopped"
        np.testing.assert_array_equal(run.flat[:, k], alone.flat[:, 0])
        np.testing.assert_array_equal(run.losses[:, k], alone.losses[:, 0])
        assert (run.endings[k], run.ended[k]) == (alone.endings[0], alone.ended[0])
    assert all(run.endings[k] == ending for k in which)


ROWS = np.random.default_rng(1).random((20, 3))


@pytest.mark.parametrize(
    ("source", "method"),
    [
        (Population(), Lbfgs()),
        (OneActive(), Lbfgs(2)),
        (Population(), Adam(0.01)),
        (DataSet(ROWS[:4]), GradientFlow(0.1, 1e-2, 1e-2)),
        (DataSet(ROWS, 7), Adam(0.01)),
        (Samples(2000), Sgd(0.02)),
    ],
    ids=lambda one: type(one).__name__,
)
def test_every_source_and_method_lets_instances_go(source: Any, method: Any) -> None:
    # without importance there is no loss, and its instance stops at the third record
    instances = [Instance(0.4), Instance(0.4, importance=0), Instance(0.4, seed=1)]
    problem = Problem(Model("relu", 3, 2), instances)
    plan = Plan(problem, source, method, 20, 10, stopping=Stopping(0.0, 2))
    run = train(plan)
    assert (run.endings[1], run.ended[1]) == ("stopped", 6)
    assert run.ended[0] > 6
    for k in range(3):
        alone = train(plan.part(slice(k, k + 1)))
        np.testing.assert_array_equal(run.flat[:, k], alone.flat[:, 0])
        np.testing.assert_array_equal(run.losses[:, k], alone.losses[:, 0])
        assert run.ended[k] == alone.ended[0]


def test_a_start_without_a_finite_loss_is_refused() -> None:
    weights: dict[str, Any] = {"W": [[[1.0]], [[1e160]]], "b": [[0.0], [0.0]]}
    problem = Problem(ONE.model, instances_of(seeds=range(2)))
    plan = Plan(problem, DATA, steps=3, initial=weights, dtype="float64")
    with pytest.raises(InputError, match="initial gives instance 1 a loss that is not finite"):
        train(plan)


def test_progress_tells_steps_and_the_loss() -> None:
    calls: list[tuple[int, int, float]] = []
    train(only_the_bias(0.25, 4), progress=lambda *call: calls.append(call))
    assert calls == [(1, 4, 1.0), (2, 4, 1 / 4), (3, 4, 1 / 16), (4, 4, 1 / 64)]


def test_progress_of_a_long_run_is_called_some_hundred_times() -> None:
    calls: list[int] = []
    train(only_the_bias(0.25, 2001, records=1), progress=lambda done, *_: calls.append(done))
    assert 150 <= len(calls) <= 250
    assert calls[-1] == 2001
    assert calls == sorted(set(calls))


class Serial(Executor):
    """The least that an executor is: it submits, with arguments that travel as bytes."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call a function, at once."""
        fn, args, kwargs = pickle.loads(pickle.dumps((fn, args, kwargs)))
        future: Future[Any] = Future()
        future.set_result(pickle.loads(pickle.dumps(fn(*args, **kwargs))))
        return future


PROBLEM = Problem(
    Model("relu", 5, 2),
    [Instance(0.1, seed=k, importance=1 + k, correlation="independent") for k in range(5)],
)


@pytest.mark.parametrize("initial", ["xavier", "xavier-3d"])
@pytest.mark.parametrize("parts", [1, 2, 5])
def test_parts_are_equal_to_one(parts: int, initial: str) -> None:
    plan = Plan(PROBLEM, Samples(64), steps=60, records=4, initial=initial)
    calls: list[tuple[int, int, float]] = []
    run = train(plan, executor=Serial(), parts=parts, progress=lambda *call: calls.append(call))
    assert_same(run, train(plan))
    assert run.plan == plan
    ((done, steps, loss),) = calls
    assert (done, steps) == (60, 60)
    assert loss == pytest.approx(run.losses[-1].mean())


def test_parts_in_threads(tmp_path: Path) -> None:
    plan = Plan(PROBLEM, Samples(64), steps=600, records=4)
    calls: list[tuple[int, int, float]] = []
    file = tmp_path / "run.npz"
    with ThreadPoolExecutor(2) as executor:
        run = train(
            plan,
            executor=executor,
            parts=3,
            checkpoint=file,
            every=0,
            progress=lambda *call: calls.append(call),
        )
    assert_same(run, train(plan))
    steps = [done for done, _, _ in calls]
    assert steps == sorted(set(steps))
    assert steps[-1] == 600
    assert all(loss > 0 for _, _, loss in calls)
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]  # those of parts are gone


def test_files_of_other_runs_are_left_alone(tmp_path: Path) -> None:
    plan = Plan(PROBLEM, Samples(64), steps=2, records=1)
    other = tmp_path / "run.part-two.npz"
    for checkpoint in (other, tmp_path / "run.npz"):
        train(plan, executor=Serial(), parts=2, checkpoint=checkpoint)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.npz", "run.part-two.npz"]


@pytest.mark.slow
def test_parts_in_processes(tmp_path: Path) -> None:
    plan = Plan(PROBLEM, DataSet(np.random.default_rng(0).random((64, 5)), batch=16), steps=600)
    with ProcessPoolExecutor(2, mp_context=get_context("forkserver")) as executor:
        run = train(plan, executor=executor, parts=2, checkpoint=tmp_path / "run.safetensors")
    assert_same(run, train(plan))


def fail(_: Any, __: Any, **___: Any) -> None:
    raise InputError("no source")


def test_a_part_that_fails_is_the_failure_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Samples, "objective", fail)
    with ThreadPoolExecutor(1) as executor, pytest.raises(InputError, match="no source"):
        train(Plan(PROBLEM, steps=2), executor=executor, parts=3)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"parts": 2}, "parts is 2 without an executor; accepted: 1, or an executor"),
        ({"parts": 6, "executor": Serial()}, "parts is 6; accepted: an integer from 1 to 5"),
        ({"parts": 0}, "parts is 0"),
        ({"parts": 1.0}, "parts is 1.0"),
        ({"executor": "x"}, r"executor is 'x'; accepted: a concurrent\.futures\.Executor"),
        ({"every": -1}, "every is -1; accepted: a number of at least 0"),
        ({"every": float("nan")}, "every is nan"),
        ({"every": None}, "every is None"),
        ({"checkpoint": 3}, "checkpoint is 3; accepted: a path"),
        ({"checkpoint": "run.pt"}, "checkpoint is 'run.pt'; accepted: .npz or .safetensors files"),
        ({"checkpoint": "run"}, "checkpoint is 'run'; accepted: .npz or .safetensors"),
        ({"checkpoint": "/nowhere/run.npz"}, "accepted: a file in a folder that exists"),
    ],
)
def test_options_that_are_refused(options: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        train(Plan(PROBLEM, steps=2), **options)


def test_only_plans_are_trained() -> None:
    with pytest.raises(InputError, match=r"plan is Problem.*; accepted: Plan"):
        train(PROBLEM)  # type: ignore[arg-type]
