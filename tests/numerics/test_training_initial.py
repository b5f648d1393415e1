"""Initial parameters: their moments, and of what they depend."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from superposition_numerics.training import (
    Instance,
    Model,
    Problem,
    initial_parameters,
    instances_of,
)
from superposition_theory import InputError


def deviation(name: str, count: int, n: int, m: int) -> tuple[float, float]:
    """Return the root mean square of the weights and its relative standard error."""
    problem = Problem(Model("relu", n, m), instances_of(seeds=range(count)))
    weights = problem.model.views(initial_parameters(problem, name))["W"]
    return float(np.sqrt((weights**2).mean())), float((2 * weights.size) ** -0.5)


@pytest.mark.parametrize(
    ("name", "count", "n", "m", "expected"),
    [
        ("xavier", 10, 5, 2, 0.535),  # sqrt(2 / 7)
        ("xavier", 900, 2, 1, 0.816),  # sqrt(2 / 3)
        ("xavier", 20, 200, 20, 0.0953),  # sqrt(2 / 220)
        ("xavier-3d", 10, 5, 2, 0.263),  # one array (10, 5, 2): fan-in 10, fan-out 20
        ("xavier-3d", 900, 2, 1, 0.0471),  # fan-in 2, fan-out 900
        ("xavier-3d", 20, 200, 20, 0.0213),  # fan-in 4000, fan-out 400
        ("unit", 50, 100, 4, 0.5),  # columns of norm 1
    ],
)
def test_weights_have_the_stated_deviation(
    name: str, count: int, n: int, m: int, expected: float
) -> None:
    found, error = deviation(name, count, n, m)
    assert found == pytest.approx(expected, rel=4 * error + 2e-3)


def test_weights_are_normal_and_biases_zero() -> None:
    problem = Problem(Model("absolute", 100, 50, tied=False, hidden_bias=True), [Instance(seed=3)])
    views = problem.model.views(initial_parameters(problem, "unit"))
    assert not views["b"].any()
    assert not views["c"].any()
    for name in ("W1", "W2"):
        z = views[name].ravel() * np.sqrt(50)
        errors = [1, 2**0.5, 15**0.5, 96**0.5]  # of the moments of a standard normal, times 1/sqrt
        for power, (moment, error) in enumerate(zip([0, 1, 0, 3], errors, strict=True), start=1):
            assert abs((z**power).mean() - moment) < 4.5 * error / np.sqrt(z.size)
    assert not np.array_equal(views["W1"].ravel(), views["W2"].ravel())


def test_an_instance_depends_on_its_seed_alone() -> None:
    model = Model("relu", 5, 2)
    among = Problem(model, [Instance(0.1, seed=9), Instance(0.3, (1, 2, 3, 4, 5), seed=4)])
    alone = Problem(model, [Instance(seed=4)])
    for name in ("xavier", "unit"):
        np.testing.assert_array_equal(
            initial_parameters(among, name)[1], initial_parameters(alone, name)[0]
        )
    assert not np.array_equal(initial_parameters(among)[0], initial_parameters(among)[1])


def test_the_trap_shrinks_with_the_instances() -> None:
    model = Model("relu", 5, 2)
    rows = [
        initial_parameters(Problem(model, instances_of(seeds=range(count))), "xavier-3d")[0]
        for count in (1, 10, 100)
    ]
    # the same normal numbers times sqrt(2 / (10 + 2 count))
    np.testing.assert_allclose(rows[1][:10] / rows[0][:10], np.sqrt(12 / 30), rtol=1e-14)
    np.testing.assert_allclose(rows[2][:10] / rows[0][:10], np.sqrt(12 / 210), rtol=1e-14)


@pytest.mark.parametrize("name", ["kaiming", "", None, 3, ["xavier"]])
def test_names_that_are_refused(name: Any) -> None:
    with pytest.raises(
        InputError, match=r"initial is .*; accepted: one of xavier, xavier-3d, unit"
    ):
        initial_parameters(Problem(Model("relu", 2, 1)), name)


def test_parameters_are_of_a_problem() -> None:
    with pytest.raises(InputError, match=r"problem is Model.*; accepted: Problem"):
        initial_parameters(Model("relu", 2, 1))  # type: ignore[arg-type]
