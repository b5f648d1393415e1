"""Instances and problems: what they accept, and the law of the supports."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from superposition_numerics.training import Instance, Model, Problem, geometric, instances_of
from superposition_theory import InputError

RELU = Model("relu", 4, 2)


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"density": 1.1}, r"density is 1.1; accepted: numbers in \[0, 1\]"),
        ({"density": -1e-9}, r"density is -1e-09; accepted: numbers in \[0, 1\]"),
        ({"density": (0.5, 2.0)}, r"density is \[0.5, 2.0\]"),  # one of several
        ({"density": float("nan")}, "density holds NaN"),
        ({"density": True}, "density is True; accepted: an array of real numbers"),
        ({"density": "0.5"}, "density is '0.5'; accepted: an array of real numbers"),
        ({"density": None}, "density is None"),
        ({"density": [[0.5]]}, r"density has shape \(1, 1\)"),
        ({"density": [0.5, [0.5]]}, "density is"),  # ragged
        ({"importance": -1}, "importance is -1.0; accepted: numbers of at least 0"),
        ({"importance": (1.0, -0.1)}, "importance is"),
        ({"importance": float("inf")}, "importance holds NaN or infinite entries"),
        ({"correlation": "paired"}, "correlation is 'paired'; accepted: one of independent, corr"),
        ({"correlation": ["correlated"]}, "correlation is .'correlated'.; accepted: str"),
        ({"correlation": "correlated", "sets": 0}, "sets is 0; accepted: an integer of at least 1"),
        ({"correlation": "correlated", "sets": 1.0}, "sets is 1.0"),
        ({"sets": 2}, "sets is 2 for independent features; accepted: 1"),
        ({"seed": -1}, "seed is -1; accepted: an integer of at least 0"),
        ({"seed": 0.0}, "seed is 0.0"),
        ({"seed": True}, "seed is True"),
        ({"seed": None}, "seed is None"),
    ],
)
def test_instances_that_are_refused(settings: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        Instance(**settings)


@pytest.mark.parametrize("density", [0, 1, 0.0, np.float32(0.5), (0, 1, 0.5, 0.5)])
def test_instances_at_the_edge_are_accepted(density: Any) -> None:
    assert Problem(RELU, [Instance(density, importance=0)]).densities.shape == (1, 4)


def test_an_instance_keeps_plain_numbers() -> None:
    instance = Instance(np.array([0.5, 0.25]), np.int64(2), seed=np.int64(3))  # type: ignore[arg-type]
    assert instance == Instance((0.5, 0.25), 2.0, seed=3)
    assert hash(instance) == hash(Instance((0.5, 0.25), 2.0, seed=3))
    assert instance.to_dict()["density"] == [0.5, 0.25]


@pytest.mark.parametrize(
    ("instances", "match"),
    [
        ([], "instances is empty; accepted: at least one"),
        (Instance(), "instances is Instance.*; accepted: several, as a list"),
        (3, "instances is 3; accepted: several"),
        (None, "instances is None; accepted: several"),
        (["relu"], "instances is 'relu'; accepted: Instance"),
        ([Instance((0.5, 0.5))], "density has 2 entries; accepted: a number or 4"),
        ([Instance(()), Instance()], "density has 0 entries; accepted: a number or 4"),
        ([Instance(), Instance(importance=(1,) * 5)], "importance has 5 entries"),
        ([Instance(correlation="correlated", sets=3)], "sets is 3; accepted: a divisor of 4"),
        (
            [Instance((0.1, 0.2, 0.3, 0.3), correlation="correlated", sets=2)],
            "the same within each of the 2 sets of correlated features",
        ),
    ],
)
def test_problems_that_are_refused(instances: Any, match: str) -> None:
    with pytest.raises(InputError, match=match):
        Problem(RELU, instances)


def test_a_problem_is_of_a_model() -> None:
    with pytest.raises(InputError, match="model is 'relu'; accepted: Model"):
        Problem("relu")  # type: ignore[arg-type]


def brute_force(instance: Instance, n: int) -> np.ndarray:
    """Sum over what each set does and which member it picks."""
    law = np.zeros(1 << n)
    density = np.broadcast_to(instance.density, n)
    if instance.correlation == "independent":
        for bits in product((False, True), repeat=n):
            support = sum(1 << i for i in range(n) if bits[i])
            law[support] = np.prod(np.where(bits, density, 1 - density))
        return law
    size = n // instance.sets
    for active in product((False, True), repeat=instance.sets):
        for members in product(range(size), repeat=instance.sets):
            support, weight = 0, 1.0
            for s, (on, member) in enumerate(zip(active, members, strict=True)):
                p = density[s * size]
                weight *= (p if on else 1 - p) / size
                if on and instance.correlation == "anticorrelated":
                    support |= 1 << (s * size + member)
                elif on:
                    support |= sum(1 << (s * size + i) for i in range(size))
            law[support] += weight
    return law


LAWS = [
    Instance((0.1, 0.5, 0.0, 1.0)),
    Instance(0.3, correlation="correlated", sets=1),
    Instance((0.1, 0.1, 0.6, 0.6), correlation="correlated", sets=2),
    Instance((0.1, 0.1, 0.6, 0.6), correlation="anticorrelated", sets=2),
    Instance(0.4, correlation="anticorrelated", sets=1),
    Instance((0.1, 0.2, 0.3, 0.4), correlation="anticorrelated", sets=4),  # sets of one feature
]


def test_the_law_of_the_supports_is_that_of_brute_force() -> None:
    problem = Problem(RELU, LAWS)
    found = problem.activity().probabilities
    np.testing.assert_allclose(found, [brute_force(one, 4) for one in LAWS], atol=1e-15)
    bits = (np.arange(16)[:, None] >> np.arange(4)) & 1
    np.testing.assert_allclose(problem.probabilities, found @ bits, atol=1e-15)
    other = brute_force(Instance(0.3, correlation="anticorrelated", sets=2), 4)
    assert abs(found[1] - other).max() > 0.1  # a near miss: another correlation


def test_the_law_of_one_set_by_hand() -> None:
    # two anticorrelated features, density 0.5: none, the first, the second, both
    pair = Instance(0.5, correlation="anticorrelated")
    law = Problem(Model("relu", 2, 1), [pair]).activity().probabilities
    assert law.tolist() == [[0.5, 0.25, 0.25, 0.0]]


def test_the_law_of_many_features_is_refused_at_once() -> None:
    many = Problem(Model("relu", 300, 2), [Instance(0.5, correlation="correlated", sets=100)])
    with pytest.raises(InputError, match="features is 300; accepted: an integer from 1 to 10"):
        many.activity()


def test_instances_of_lists_the_last_axis_fastest() -> None:
    found = instances_of(
        densities=[0.1, (0.2, 0.2)], correlations=[("independent", 1), ("correlated", 2)], seeds=[7]
    )
    assert [(one.density, one.correlation, one.sets, one.seed) for one in found] == [
        (0.1, "independent", 1, 7),
        (0.1, "correlated", 2, 7),
        ((0.2, 0.2), "independent", 1, 7),
        ((0.2, 0.2), "correlated", 2, 7),
    ]


@pytest.mark.parametrize(
    ("axes", "match"),
    [
        ({"densities": 0.05}, "densities is 0.05; accepted: several, as a list"),
        ({"seeds": 20}, "seeds is 20; accepted: several"),
        ({"importances": "0.9^i"}, "importances is '0.9\\^i'; accepted: several"),
        ({"correlations": ("correlated", 2)}, "accepted: pairs of a correlation and a number of"),
        ({"densities": [2]}, "density is 2.0"),
    ],
)
def test_axes_that_are_refused(axes: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        instances_of(**axes)


@pytest.mark.parametrize(
    ("ratio", "features", "match"),
    [
        (-0.1, 3, "ratio is -0.1; accepted: a number of at least 0"),
        ((0.1, 0.2), 3, "ratio is"),
        (float("nan"), 3, "ratio holds NaN"),
        (0.5, 0, "features is 0"),
    ],
)
def test_geometric_refuses(ratio: Any, features: int, match: str) -> None:
    with pytest.raises(InputError, match=match):
        geometric(ratio, features)


def test_geometric_edges() -> None:
    assert geometric(0, 3) == (1.0, 0.0, 0.0)
    assert geometric(2, 1) == (1.0,)


@pytest.mark.parametrize(
    ("data", "match"),
    [
        ([], "problem is .*; accepted: settings by name"),
        ({"model": {}}, "problem lacks instances; accepted: model, instances"),
        ({"model": {}, "instances": [], "seed": 1}, "problem has the unknown setting seed"),
        ({"model": {"kind": "relu"}, "instances": []}, "model lacks features, dimensions; acc"),
        ({"model": RELU.to_dict() | {"n": 4}, "instances": []}, "model has the unknown setting n"),
        ({"model": RELU.to_dict(), "instances": {}}, "instances is {}; accepted: several"),
        ({"model": RELU.to_dict(), "instances": [3]}, "an instance is 3; accepted: settings by"),
        (
            {"model": RELU.to_dict(), "instances": [{"densities": 1}]},
            "an instance has the unknown setting densities; accepted: density, importance",
        ),
        ({"model": RELU.to_dict(), "instances": [{"density": "x"}]}, "density is 'x'"),
        ({"model": RELU.to_dict() | {"kind": []}, "instances": []}, "kind is .*; accepted: one"),
    ],
)
def test_data_that_are_refused(data: Any, match: str) -> None:
    with pytest.raises(InputError, match=match):
        Problem.from_dict(data)


def test_a_part_has_its_instances() -> None:
    problem = Problem(RELU, instances_of(seeds=range(5)))
    assert [one.seed for one in problem.part(slice(1, 3)).instances] == [1, 2]
    assert [one.seed for one in problem.part([4, 0]).instances] == [4, 0]
    with pytest.raises(InputError, match="instances is empty"):
        problem.part([])
    with pytest.raises(InputError, match=r"which is \[5\]; .* places from 0 to 4"):
        problem.part([5])


@given(
    st.lists(
        st.builds(
            Instance,
            st.one_of(st.floats(0, 1), st.tuples(*[st.floats(0, 1)] * 3)),
            st.one_of(st.floats(0, 1e300), st.tuples(*[st.floats(0, 10)] * 3)),
            seed=st.integers(0, 2**128),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_problems_come_back_from_their_data(instances: list[Instance]) -> None:
    problem = Problem(Model("absolute", 3, 2, tied=False, hidden_bias=True), instances)
    assert Problem.from_dict(problem.to_dict()) == problem
