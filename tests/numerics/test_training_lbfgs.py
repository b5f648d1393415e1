"""L-BFGS on batches: its directions, its ends, its evaluations, its states."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from numerics.training_differences import evaluate
from superposition_numerics.landscape import minimise
from superposition_numerics.matrices import FloatArray
from superposition_numerics.training import (
    DataSet,
    Instance,
    Lbfgs,
    Model,
    OneActive,
    Plan,
    Population,
    Problem,
    Samples,
    geometric,
    initial_parameters,
    train,
)
from superposition_numerics.training.methods.lbfgs import _LimitedMemory
from superposition_numerics.training.models import Array
from superposition_numerics.training.objectives.exact import ExactObjective
from superposition_theory import InputError

PAIRS = Problem(
    Model("relu", 2, 1),
    [
        Instance(p, (1, r), seed=k)
        for k, (p, r) in enumerate([(0.1, 0.9), (0.3, 2), (0.8, 0.1)] * 3)
    ],
)


def plan(problem: Problem, steps: int = 100, source: Any = None, **settings: Any) -> Plan:
    """Return a plan whose last record is the loss at the last step."""
    given = {"dtype": "float64", "records": [steps - 1]} | settings
    return Plan(problem, source or Population(), Lbfgs(), steps=steps, **given)


def objective(problem: Problem) -> ExactObjective:
    return Population().objective(problem, dtype="float64", backend="numpy")


class _Counting:
    """An objective that counts its calls."""

    deterministic = True

    def __init__(self, inner: ExactObjective, sizes: list[int] | None = None) -> None:
        self.inner, self.sizes = inner, [] if sizes is None else sizes

    @property
    def calls(self) -> int:
        return len(self.sizes)

    def __call__(self, flat: Array, gradient: Array) -> FloatArray:
        self.sizes.append(len(flat))
        return self.inner(flat, gradient)

    def part(self, rows: npt.NDArray[np.intp]) -> _Counting:
        return type(self)(self.inner.part(rows), self.sizes)

    def state(self) -> dict[str, Any]:
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        pass


def dense_inverse(moves: Any, changes: Any) -> Any:
    """Return the inverse Hessian after BFGS updates, by their definition."""
    size = moves.shape[1]
    inverse = np.eye(size) * (moves[-1] @ changes[-1]) / (changes[-1] @ changes[-1])
    for s, y in zip(moves, changes, strict=True):
        left = np.eye(size) - np.outer(s, y) / (s @ y)
        inverse = left @ inverse @ left.T + np.outer(s, s) / (s @ y)
    return inverse


@pytest.mark.parametrize(("memory", "learned"), [(4, 1), (4, 3), (4, 4), (4, 7), (1, 5)])
def test_directions_against_dense_updates(memory: int, learned: int) -> None:
    rng = np.random.default_rng(learned)
    root = rng.standard_normal((6, 6))
    hessian = root @ root.T + np.eye(6)
    search = _LimitedMemory(
        np.zeros((2, 6)), np.zeros(2), rng.standard_normal((2, 6)), memory=memory
    )
    moves = rng.standard_normal((learned, 6))
    changes = moves @ hessian
    for s, y in zip(moves, changes, strict=True):
        search.learn(np.array([1]), s[None], y[None])
    first, second = search.direction_at(np.array([0, 1]))
    np.testing.assert_array_equal(first, -search.gradient[0])  # nothing is known there
    kept = slice(max(0, learned - memory), None)
    expected = -dense_inverse(moves[kept], changes[kept]) @ search.gradient[1]
    np.testing.assert_allclose(second, expected, rtol=1e-10, atol=1e-12)
    search.forget(np.array([1]))
    np.testing.assert_array_equal(search.direction_at(np.array([1]))[0], -search.gradient[1])


def test_ends_are_stationary_and_as_low_as_those_of_bfgs() -> None:
    run = train(plan(PAIRS))
    _, gradient = evaluate(objective(PAIRS), run.flat[-1])
    silent = (PAIRS.importances * PAIRS.densities).sum(axis=1) / 3
    assert (abs(gradient).max(axis=1) <= 1e-11 * silent).all()
    start = PAIRS.model.views(run.flat[0])
    other = minimise(start["W"], start["b"], PAIRS.densities, importances=PAIRS.importances)
    same = np.isclose(run.losses[-1], other.loss, rtol=1e-9, atol=0)
    assert same.mean() > 0.8  # some descents may fall into another valley
    _, early = evaluate(objective(PAIRS), train(plan(PAIRS, 8)).flat[-1])
    assert not (abs(early).max(axis=1) <= 1e-11 * silent).all()


def test_the_linear_model_keeps_the_most_important_features() -> None:
    importance, p = geometric(0.8, 8), 0.3
    problem = Problem(Model("linear", 8, 3), [Instance(p, importance, seed=k) for k in range(3)])
    run = train(plan(problem, 400))
    dropped = sum(importance[3:]) * (p / 3 - p**2 / 4)  # their variances
    np.testing.assert_allclose(run.losses[-1], dropped, rtol=1e-9)
    W = run.final["W"]
    np.testing.assert_allclose(
        np.swapaxes(W, 1, 2) @ W, [np.diag([1.0] * 3 + [0] * 5)] * 3, atol=1e-4
    )


@pytest.mark.parametrize(
    ("k", "norm", "bias", "loss"),
    [(5, 1.1705, -0.2823, 0.07913), (6, 1.3205, -0.6181, 0.28915), (7, 1.4484, -0.9669, 0.58290)],
)
def test_polygons_of_the_one_active_loss(k: int, norm: float, bias: float, loss: float) -> None:
    angles = 2 * np.pi * np.arange(k) / k
    start = {"W": np.stack((np.cos(angles), np.sin(angles)))[None], "b": np.full((1, k), -0.2)}
    run = train(plan(Problem(Model("relu", k, 2)), 60, OneActive(), initial=start))
    assert run.losses[-1].item() == pytest.approx(loss, abs=5e-6)
    np.testing.assert_allclose(np.linalg.norm(run.final["W"], axis=1), norm, atol=1e-4)
    np.testing.assert_allclose(run.final["b"], bias, atol=1e-4)


def test_an_instance_does_not_depend_on_the_others() -> None:
    whole = train(plan(PAIRS, records=10))
    for which in (slice(0, 1), slice(2, 5), slice(8, 9)):
        some = train(plan(PAIRS.part(which), records=10))
        np.testing.assert_array_equal(some.flat, whole.flat[:, which])
        np.testing.assert_array_equal(some.losses, whole.losses[:, which])


@pytest.mark.parametrize("cut", [0, 1, 2, 7, 30, 80])
def test_a_motion_goes_on_from_its_state(cut: int) -> None:
    through, broken = (initial_parameters(PAIRS).astype(np.float32) for _ in range(2))
    whole = Lbfgs().start(through, 100)
    whole.advance(objective(PAIRS), 0, cut)
    first = Lbfgs().start(broken, 100)
    first.advance(objective(PAIRS), 0, cut)
    second = Lbfgs().start(broken, 100)
    state = first.state()
    assert all(len(values) == PAIRS.count for values in state.values())
    second.restore({name: values.copy() for name, values in state.items()})
    losses = whole.advance(objective(PAIRS), cut, 100)
    np.testing.assert_array_equal(second.advance(objective(PAIRS), cut, 100), losses)
    np.testing.assert_array_equal(through, broken)
    assert (whole.state()["x"] == second.state()["x"]).all()


def test_a_step_is_an_evaluation() -> None:
    source = _Counting(objective(PAIRS))
    motion = Lbfgs().start(initial_parameters(PAIRS), 20)
    motion.advance(source, 0, 1)
    assert source.calls == 2  # the silent model, and the starts
    motion.advance(source, 1, 12)
    assert source.calls == 13


def test_an_instance_that_is_done_stays() -> None:
    flat = PAIRS.model.flatten({"W": [[[1.0, 0.0]], [[0.7, 0.4]]], "b": [[0.0, 0.05], [0.0, 0.0]]})
    problem = Problem(PAIRS.model, [Instance(0.1, (1, 0.01))] * 2)  # the first is a minimum
    flat = flat.astype(np.float64)
    start = flat.copy()
    source = _Counting(objective(problem))
    motion = Lbfgs().start(flat, 200)
    losses = motion.advance(source, 0, 150)
    np.testing.assert_array_equal(flat[0], start[0])
    assert losses[0] == pytest.approx(0.01 * (0.1 / 3 - 0.1**2 / 4), rel=1e-13)
    np.testing.assert_allclose(flat[1], start[0], atol=1e-9)
    calls = source.calls
    motion.advance(source, 150, 200)
    assert source.calls == calls  # all are done


def test_a_line_search_that_fails_ends_the_descent() -> None:
    class _Lying(_Counting):
        def __call__(self, flat: Array, gradient: Array) -> FloatArray:
            losses = super().__call__(flat, gradient)
            gradient *= -1
            return losses

    flat = initial_parameters(PAIRS)
    start = flat.copy()
    source = _Lying(objective(PAIRS))
    Lbfgs().start(flat, 200).advance(source, 0, 200)
    np.testing.assert_allclose(flat, start, atol=1e-6)
    assert source.calls < 100


def test_float32_keeps_the_descent_in_float64() -> None:
    rough = train(
        plan(PAIRS, dtype="float32", initial=PAIRS.model.views(initial_parameters(PAIRS)))
    )
    assert rough.flat.dtype == np.float32
    silent = (PAIRS.importances * PAIRS.densities).sum(axis=1) / 3
    fine = train(plan(PAIRS))
    # the starts differ by a rounding, the minima do not
    assert (abs(rough.losses[-1] - fine.losses[-1]) <= 1e-12 * silent).mean() > 0.8


def test_a_data_set_as_a_whole() -> None:
    rows = np.random.default_rng(0).random((40, 3))
    problem = Problem(Model("linear", 3, 2), [Instance(seed=k) for k in range(3)])
    run = train(plan(problem, 200, DataSet(rows)))
    # principal components of the rows: the smallest eigenvalue of their covariance is lost
    lost = np.linalg.eigvalsh(np.cov(rows.T, bias=True))[0]
    np.testing.assert_allclose(run.losses[-1], lost, rtol=1e-9)


def test_many_parameters_without_a_dense_hessian() -> None:
    problem = Problem(Model("relu", 400, 30), [Instance()])
    run = train(plan(problem, 10, OneActive(), records=2))
    assert run.losses[-1] < run.losses[0]
    motion = Lbfgs(memory=5).start(initial_parameters(problem), 10)
    size = problem.model.size
    assert sum(values.nbytes for values in motion.state().values()) < (2 * 5 + 5) * size * 8


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"memory": 0}, "memory is 0; accepted: an integer of at least 1"),
        ({"memory": 2.5}, "memory is 2.5"),
        ({"tolerance": 0.0}, "tolerance is 0.0; accepted: a positive number"),
        ({"tolerance": np.inf}, "tolerance is inf"),
    ],
    ids=["none", "half", "zero", "infinite"],
)
def test_refusals(settings: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        Lbfgs(**settings)


def test_samples_are_refused() -> None:
    with pytest.raises(InputError, match="method is 'lbfgs' on samples or batches; accepted"):
        train(plan(PAIRS, 2, Samples()))


def test_settings_come_back() -> None:
    given = Plan(PAIRS, Population(), Lbfgs(3, 1e-6), steps=3)
    assert Plan.from_dict(given.to_dict()) == given


def test_nothing_to_learn() -> None:
    # No feature is ever active: only biases cost. No importance: nothing costs.
    problem = Problem(Model("relu", 2, 1), [Instance(0.0), Instance(0.5, 0.0)])
    start = {"W": [[[1.0, 0.5]]] * 2, "b": [[0.3, -0.1]] * 2}
    run = train(plan(problem, 50, initial=start))
    np.testing.assert_allclose(run.losses[0], [0.3**2, 0])
    assert run.losses[-1, 0] < 1e-20
    np.testing.assert_array_equal(run.flat[-1, 1], run.flat[0, 1])
