"""The gradient flow: against its solution, Euler's steps, the other solver; failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from superposition_numerics.matrices import FloatArray
from superposition_numerics.training import (
    DataSet,
    GradientFlow,
    Instance,
    Model,
    OneActive,
    Plan,
    Population,
    Problem,
    Samples,
    Sgd,
    initial_parameters,
    train,
)
from superposition_numerics.training.methods.flow import SOLVERS
from superposition_numerics.training.models import Array
from superposition_numerics.training.objectives.objective import State
from superposition_theory import InputError

RELU = Problem(Model("relu", 2, 1), [Instance(0.3, (1, 0.8), seed=k) for k in range(3)])


def plan(method: Any, problem: Problem = RELU, **settings: Any) -> Plan:
    given: dict[str, Any] = {"dtype": "float64", "records": 5} | settings
    return Plan(problem, Population(), method, **given)


@pytest.mark.parametrize("solver", SOLVERS)
def test_against_the_solution_of_a_linear_model(solver: str) -> None:
    # With W = 0, which stays there, db/dt = -2 (b - p/2) and L = 1/12 + (b - 1/2)^2 for p = 1.
    problem = Problem(Model("linear", 1, 1))
    zero = {"W": [[[0.0]]], "b": [[0.0]]}
    run = train(plan(GradientFlow(0.25, solver=solver), problem, steps=10, initial=zero))
    times = 0.25 * run.steps
    np.testing.assert_allclose(
        run.parameters["b"][:, 0, 0], (1 - np.exp(-2 * times)) / 2, atol=1e-8
    )
    decay = np.exp(-4 * times)
    means = 1 / 12 - np.diff(decay) / (16 * np.diff(times))  # over the time between records
    np.testing.assert_allclose(run.losses[1:, 0], means, atol=1e-8)


def test_steps_of_descent_approach_the_flow() -> None:
    flow = train(plan(GradientFlow(1.0), steps=4)).flat[-1]
    coarse, fine = (
        abs(train(plan(Sgd(1 / k), steps=4 * k)).flat[-1] - flow).max() for k in (50, 100)
    )
    assert coarse < 5e-3
    assert fine / coarse == pytest.approx(0.5, abs=0.05)  # Euler's method is of order 1


def test_both_solvers_agree_and_losses_fall() -> None:
    runs = [train(plan(GradientFlow(4.0, solver=solver), steps=5)) for solver in SOLVERS]
    np.testing.assert_allclose(runs[0].flat, runs[1].flat, atol=1e-6)
    assert (np.diff(runs[0].losses, axis=0) < 0).all()


def test_tolerances_bound_the_error() -> None:
    fine, middle, coarse = (
        train(plan(GradientFlow(4.0, rtol, rtol / 1000), steps=2)).flat[-1]
        for rtol in (1e-11, 1e-8, 1e-4)
    )
    assert abs(middle - fine).max() < 1e-8
    assert abs(coarse - fine).max() > 1e-8


def test_an_instance_does_not_depend_on_the_others() -> None:
    whole = train(plan(GradientFlow(), steps=10))
    for k in range(RELU.count):
        alone = train(plan(GradientFlow(), RELU.part(slice(k, k + 1)), steps=10))
        np.testing.assert_array_equal(alone.flat[:, 0], whole.flat[:, k])
        np.testing.assert_array_equal(alone.losses[:, 0], whole.losses[:, k])


def test_a_motion_goes_on_from_its_state() -> None:
    objective = Population().objective(RELU, dtype="float64", backend="numpy")
    through, broken = (initial_parameters(RELU).astype(np.float32) for _ in range(2))
    motion = GradientFlow().start(through, 10)
    motion.advance(objective, 0, 5)
    first = GradientFlow().start(broken, 10)
    first.advance(objective, 0, 5)
    second = GradientFlow().start(broken, 10)
    second.restore({name: values.copy() for name, values in first.state().items()})
    losses = motion.advance(objective, 5, 10), second.advance(objective, 5, 10)
    np.testing.assert_array_equal(*losses)
    np.testing.assert_array_equal(through, broken)
    np.testing.assert_array_equal(motion.x.astype(np.float32), through)


def test_a_data_set_as_a_whole() -> None:
    # Rows of the exact mean and variance of an active feature: the flow of the linear model above.
    rows = 0.5 + np.array([[-1.0], [1.0]]) / np.sqrt(12)
    problem = Problem(Model("linear", 1, 1), [Instance(seed=k) for k in range(2)])
    settings: dict[str, Any] = {"steps": 8, "dtype": "float64", "records": 2}
    by_rows = train(Plan(problem, DataSet(rows), GradientFlow(), **settings))
    exact = train(Plan(problem, Population(), GradientFlow(), **settings))
    np.testing.assert_allclose(by_rows.flat, exact.flat, atol=1e-7)


@dataclass(frozen=True)
class _Unbounded:
    """L = -x^4, whose flow is at infinity at time 1/(8 x^2), and for the first instance x^2."""

    instances: tuple[int, ...] = (0, 1, 2)

    def objective(self, problem: Problem, *, dtype: str, backend: str) -> _Unbounded:  # noqa: ARG002
        return _Unbounded(tuple(range(problem.count)))

    deterministic = True

    def to_dict(self) -> dict[str, Any]:
        return {"name": "unbounded"}

    def __call__(self, flat: Array, gradient: Array) -> FloatArray:
        first = np.array(self.instances)[:, None] == 0
        gradient[...] = np.where(first, 2.0 * flat, -4.0 * flat**3)
        losses = np.where(first, flat**2, -(flat**4))
        return np.asarray(losses.sum(axis=1), dtype=np.float64)

    def part(self, rows: npt.NDArray[np.intp]) -> _Unbounded:
        return _Unbounded(tuple(self.instances[k] for k in rows))

    def state(self) -> State:
        return {}

    def restore(self, state: State) -> None:
        pass


@pytest.mark.parametrize("solver", SOLVERS)
def test_an_integrator_that_fails(solver: str) -> None:
    flat = np.array([[1.0], [1.0], [0.01]])  # at rest in the end; infinite at 1/8; at 1250
    motion = GradientFlow(0.1, solver=solver).start(flat, 10)
    with np.errstate(over="ignore", invalid="ignore"):
        losses = motion.advance(_Unbounded(), 0, 2)
    assert np.isnan(losses).tolist() == [False, True, False]
    np.testing.assert_allclose(flat[:2, 0], [np.exp(-0.4), 1.0], rtol=1e-7)
    assert np.isnan(motion.advance(_Unbounded(), 2, 3)).tolist() == [False, True, False]
    assert motion.state()["failed"].tolist() == [False, True, False]


@pytest.mark.slow
def test_a_flow_that_slides_along_a_kink_ends() -> None:
    # under a hidden ReLU the gradient jumps; the integrator would take ever smaller steps
    problem = Problem(Model("absolute", 3, 2, tied=True), [Instance()])
    run = train(Plan(problem, OneActive(), GradientFlow(), steps=20, records=2, dtype="float64"))
    assert run.endings == ("diverged",)
    assert np.isfinite(run.flat).all()
    assert np.isfinite(run.losses).all()


def test_a_run_reports_a_failure() -> None:
    problem = Problem(Model("linear", 1, 1), [Instance(seed=0), Instance(seed=1)])
    initial = {"W": np.ones((2, 1, 1)), "b": np.ones((2, 1))}
    method = GradientFlow(0.1)
    run = train(Plan(problem, _Unbounded(), method, steps=4, initial=initial, dtype="float64"))
    assert run.endings == ("completed", "diverged")
    assert np.isfinite(run.flat).all()


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"rate": 0}, "rate is 0; accepted: a positive number"),
        ({"rate": np.nan}, "rate is nan"),
        ({"rtol": 0.0}, r"rtol is 0.0; accepted: a number of at least 1e-13"),
        ({"atol": -1e-9}, "atol is -1e-09; accepted: a number of at least 0"),
        ({"solver": "Euler"}, "solver is 'Euler'; accepted: one of DOP853, LSODA"),
        ({"solver": np.array(["LSODA", "DOP853"])}, "solver is array.*; accepted: one of DOP853"),
    ],
    ids=["rate", "nan", "rtol", "atol", "solver", "array"],
)
def test_refusals(settings: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        GradientFlow(**settings)


def test_samples_are_refused() -> None:
    with pytest.raises(InputError, match="method is 'flow' on samples or batches; accepted"):
        train(Plan(RELU, Samples(), GradientFlow(), steps=2))


def test_settings_come_back() -> None:
    given = plan(GradientFlow(0.5, solver="LSODA"), steps=3)
    assert Plan.from_dict(given.to_dict()) == given
