"""Gradient descent, Adam and schedules: by hand and against plain code."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import cos, pi
from typing import Any

import numpy as np
import pytest
from superposition_numerics.matrices import FloatArray
from superposition_numerics.training import (
    Adam,
    AdamW,
    GradientFlow,
    Instance,
    Lbfgs,
    Plan,
    Population,
    Problem,
    Schedule,
    Sgd,
    train,
)
from superposition_numerics.training import Model as ToyModel
from superposition_numerics.training.models import Array
from superposition_numerics.training.objectives.objective import State
from superposition_theory import InputError


class _Losses:
    """A loss of each instance given by a function of x to (loss, gradient)."""

    deterministic = True

    def __init__(self, function: Callable[[FloatArray], tuple[FloatArray, FloatArray]]) -> None:
        self.function = function

    def __call__(self, flat: Array, gradient: Array) -> FloatArray:
        losses, slopes = self.function(flat.astype(np.float64))
        gradient[...] = slopes
        return losses

    def state(self) -> State:
        return {}

    def restore(self, state: State) -> None:
        pass


def square(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    return (x**2).sum(axis=1) / 2, x


def rugged(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    return (np.sin(3 * x) + x**2).sum(axis=1), 3 * np.cos(3 * x) + 2 * x


def flatland(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    return np.zeros(len(x)), np.zeros_like(x)


def moved(
    method: Any, function: Any, steps: int, start: float | FloatArray = 1.0, of: int = 0
) -> Any:
    """Return where steps lead to, from a run of so many (or of more) steps."""
    flat = np.array(start, dtype=np.float64).reshape(1, -1)
    method.start(flat, of or steps).advance(_Losses(function), 0, steps)
    return flat[0] if flat.size > 1 else flat.item()


@pytest.mark.parametrize(
    ("method", "steps", "end"),
    [
        (Sgd(0.1), 1, 0.9),  # 1 - 0.1
        (Sgd(0.1), 2, 0.81),
        (Sgd(0.1, momentum=0.5), 2, 0.9 - 0.1 * (0.5 + 0.9)),  # v = 1, then 0.5 + 0.9
        (Sgd(0.1, weight_decay=1.0), 1, 0.8),  # v = 1 + 1
        (Sgd(0.1, schedule=Schedule("linear")), 2, 0.9 - 0.05 * 0.9),
        (Adam(0.1, epsilon=0), 1, 0.9),  # the first step has the length of the rate
        (Adam(0.1, epsilon=1.0), 1, 0.95),  # g / (|g| + 1) = 1/2
        (Adam(0.1, (0.0, 0.0), 0), 3, 0.7),  # steps by the sign of the gradient
        (AdamW(0.1, epsilon=0, weight_decay=0.5), 1, 0.95 - 0.1),  # first it shrinks by 1 - 0.05
        (Adam(0.1, epsilon=0, weight_decay=0.5), 1, 0.9),  # g = 1.5, of which the sign is left
    ],
)
def test_steps_by_hand(method: Any, steps: int, end: float) -> None:
    assert moved(method, square, steps) == pytest.approx(end, abs=1e-15)


def test_decay_without_a_gradient() -> None:
    # Decoupled, the weights shrink by rate * decay; in the gradient, Adam makes full steps of it.
    assert moved(AdamW(0.1, weight_decay=0.2), flatland, 3) == pytest.approx(0.98**3)
    assert moved(Adam(0.1, epsilon=0, weight_decay=0.2), flatland, 1) == pytest.approx(0.9)
    assert moved(Sgd(0.1, weight_decay=0.2), flatland, 3) == pytest.approx(0.98**3)


def plain_sgd(method: Sgd, x: Any, steps: int) -> Any:
    v = np.zeros_like(x)
    for t in range(steps):
        v = method.momentum * v + rugged(x)[1] + method.weight_decay * x
        x = x - method.rate * method.schedule.factor(t, steps) * v
    return x[0]


def plain_adam(method: Adam, x: Any, steps: int) -> Any:
    (b1, b2), m, v = method.betas, np.zeros_like(x), np.zeros_like(x)
    for t in range(1, steps + 1):
        rate = method.rate * method.schedule.factor(t - 1, steps)
        g = rugged(x)[1]
        if isinstance(method, AdamW):
            x = x - rate * method.weight_decay * x
        else:
            g = g + method.weight_decay * x
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        x = x - rate * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + method.epsilon)
    return x[0]


@pytest.mark.parametrize(
    ("method", "plain"),
    [
        (Sgd(0.05, 0.9, 0.1, Schedule("cosine", 5)), plain_sgd),
        (Adam(0.05, (0.8, 0.95), 1e-3, 0.1), plain_adam),
        (AdamW(0.05, (0.8, 0.95), 1e-3, 0.1, Schedule("linear", 3)), plain_adam),
        (AdamW(), plain_adam),
    ],
    ids=["sgd", "adam", "adamw", "defaults"],
)
def test_against_plain_code(method: Any, plain: Any) -> None:
    start = np.array([[1.0, -0.3, 0.0, 2.0]])
    end = plain(method, start, 40)
    np.testing.assert_allclose(moved(method, rugged, 40, start), end, rtol=1e-12)
    assert not np.allclose(moved(method, rugged, 39, start, of=40), end, rtol=1e-6)


def test_a_scaled_loss_is_another_epsilon() -> None:
    # A loss that is the mean over n outputs, not their sum, is n times smaller: Adam takes the same
    # steps on it with an epsilon n times smaller, and other steps with the same epsilon.
    n = 5

    def smaller(x: FloatArray) -> tuple[FloatArray, FloatArray]:
        loss, slope = rugged(x)
        return loss / n, slope / n

    of_sum = moved(AdamW(0.05, epsilon=0.5 * n), rugged, 20)
    assert moved(AdamW(0.05, epsilon=0.5), smaller, 20) == pytest.approx(of_sum, rel=1e-12)
    assert moved(AdamW(0.05, epsilon=0.5 * n), smaller, 20) != pytest.approx(of_sum, rel=1e-2)


@pytest.mark.parametrize(
    ("schedule", "factors"),
    [  # at steps 0, 1, 2, 3 of 4
        (Schedule(), [1, 1, 1, 1]),
        (Schedule("linear"), [1, 0.75, 0.5, 0.25]),
        (Schedule("cosine"), [(1 + cos(pi * k / 4)) / 2 for k in range(4)]),
        (Schedule(warmup=3), [0.25, 0.5, 0.75, 1]),
        (Schedule("linear", 1), [0.5, 0.75, 0.5, 0.25]),
    ],
)
def test_schedules(schedule: Schedule, factors: list[float]) -> None:
    assert [schedule.factor(k, 4) for k in range(4)] == pytest.approx(factors, abs=1e-15)


@pytest.mark.parametrize(
    "method", [Sgd(0.05, 0.9), Adam(0.05), AdamW(0.05, schedule=Schedule("cosine"))],
    ids=["sgd", "adam", "adamw"],
)  # fmt: skip
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_cuts_and_states_make_no_difference(method: Any, dtype: str) -> None:
    start = np.array([[1.0, -0.3], [0.5, 2.0]], dtype)
    whole, cut, alone = start.copy(), start.copy(), start[1:].copy()
    losses = method.start(whole, 20).advance(_Losses(rugged), 0, 20)
    first = method.start(cut, 20)
    early = first.advance(_Losses(rugged), 0, 7)
    second = method.start(cut, 20)
    second.restore({name: values.copy() for name, values in first.state().items()})
    late = second.advance(_Losses(rugged), 7, 20)
    method.start(alone, 20).advance(_Losses(rugged), 0, 20)
    np.testing.assert_array_equal(whole, cut)
    np.testing.assert_array_equal(whole[1:], alone)
    np.testing.assert_allclose(losses, (7 * early + 13 * late) / 20, rtol=1e-12)
    assert whole.dtype == dtype


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: Sgd(0), "rate is 0; accepted: a positive number"),
        (lambda: Adam(-1e-3), "rate is -0.001"),
        (lambda: Sgd(0.1, momentum=1.0), r"momentum is 1.0; accepted: a number in \[0, 1\)"),
        (lambda: Sgd(0.1, weight_decay=-1), "weight_decay is -1"),
        (lambda: Adam(betas=(0.9, 1.0)), r"betas is 1.0; accepted: a number in \[0, 1\)"),
        (lambda: Adam(betas=(0.9,)), "betas is .* two numbers"),  # type: ignore[arg-type]
        (lambda: Adam(betas=0.9), r"betas is 0\.9; accepted: two numbers"),  # type: ignore[arg-type]
        (lambda: Adam(betas=None), "betas is None; accepted: two numbers"),  # type: ignore[arg-type]
        (lambda: Adam(betas=np.array(0.9)), "betas is 0.9; accepted: two"),  # type: ignore[arg-type]
        (lambda: AdamW(epsilon=-1e-8), "epsilon is -1e-08"),
        (lambda: AdamW(weight_decay=np.nan), "weight_decay is nan"),
        (lambda: AdamW(schedule="cosine"), "schedule is 'cosine'; accepted: Schedule"),  # type: ignore[arg-type]
        (lambda: Schedule("step"), "schedule is 'step'; accepted: one of constant, linear, cosine"),
        (lambda: Schedule(np.array(["linear", "x"])), "schedule is array"),  # type: ignore[arg-type]
        (lambda: Schedule(warmup=-1), "warmup is -1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refusals(make: Callable[[], Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        make()


@pytest.mark.parametrize(
    "method", [Sgd(0.2, 0.5), Adam(0.2, (0.5, 0.9)), AdamW(schedule=Schedule("linear", 2))]
)
def test_settings_come_back(method: Any) -> None:
    given = Plan(Problem(ToyModel("relu", 2, 1)), Population(), method, steps=3)
    assert Plan.from_dict(given.to_dict()) == given


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Sgd(1), Sgd(1.0)),
        (Sgd(0.5, momentum=0), Sgd(np.float64(0.5), momentum=0.0)),
        (Sgd(0.5, weight_decay=1), Sgd(0.5, weight_decay=1.0)),
        (Adam(1, (0, 0)), Adam(1.0, (0.0, 0.0))),
        (Adam(np.float32(0.5)), Adam(0.5)),  # type: ignore[arg-type]
        (Adam(betas=np.array([0.5, 0.25])), Adam(betas=(0.5, 0.25))),  # type: ignore[arg-type]
        (AdamW(epsilon=1, weight_decay=0), AdamW(epsilon=1.0, weight_decay=0.0)),
        (GradientFlow(1, 1, 1), GradientFlow(1.0, 1.0, 1.0)),
        (Lbfgs(tolerance=1), Lbfgs(tolerance=1.0)),
    ],
    ids=range(9),
)
def test_equal_settings_have_equal_data(one: Any, other: Any) -> None:
    assert json.dumps(one.to_dict()) == json.dumps(other.to_dict())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("epsilon", [0.0, 1e-300])  # in float32 both are 0
def test_a_parameter_without_a_gradient_stays(epsilon: float, dtype: str) -> None:
    # of the second feature, of importance 0, nothing has a gradient
    problem = Problem(ToyModel("relu", 2, 1), [Instance(0.5, (1.0, 0.0))])
    run = train(Plan(problem, method=Adam(0.01, epsilon=epsilon), steps=5, dtype=dtype))
    assert run.endings == ("completed",)
    assert (run.final["b"][0, 1], run.final["b"][0, 0] != 0) == (0.0, True)
