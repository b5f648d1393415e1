"""Settings and plans: what is filled in, what is refused and how it is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from superposition_numerics.sweeps.settings import changed, plan_of, settings_of
from superposition_numerics.training import (
    Adam,
    DataSet,
    Instance,
    Model,
    Plan,
    Problem,
    Samples,
    Schedule,
    Sgd,
    Stopping,
)
from superposition_numerics.training.methods import METHODS
from superposition_numerics.training.objectives import SOURCES
from superposition_theory import InputError

MODEL = {"kind": "relu", "features": 3, "dimensions": 2}
PROBLEM = Problem(Model("relu", 3, 2))
START = {"W": [[1, 2, 3], [4, 5, 6]], "b": [0.5, 0, 0]}


def problem(**settings: Any) -> Problem:
    return Problem(Model("relu", 3, 2), [Instance(**settings)])


@pytest.mark.parametrize(
    ("settings", "plan"),
    [
        # what is not said is as in a plan
        ({}, Plan(PROBLEM)),
        ({"model": {**MODEL, "kind": "absolute", "tied": False}}, None),
        (
            {"instance": {"density": 0.1, "importance": [1, 0.5, 0.25], "seed": 7}},
            Plan(problem(density=0.1, importance=(1.0, 0.5, 0.25), seed=7)),
        ),
        (
            {"instance": {"importance": {"geometric": 0.5}}},
            Plan(problem(importance=(1.0, 0.5, 0.25))),
        ),
        (
            {"instance": {"correlation": "anticorrelated", "sets": 3}},
            Plan(problem(correlation="anticorrelated", sets=3)),
        ),
        ({"source": {"batch": 7}}, Plan(PROBLEM, Samples(7))),
        ({"source": "samples"}, Plan(PROBLEM, Samples())),
        ({"source": Samples(8)}, Plan(PROBLEM, Samples(8))),
        ({"method": "sgd"}, Plan(PROBLEM, method=Sgd())),
        ({"method": {"name": "sgd", "momentum": 0.9}}, Plan(PROBLEM, method=Sgd(momentum=0.9))),
        (
            {"method": {"name": "adam", "schedule": {"shape": "cosine", "warmup": 3}}},
            Plan(PROBLEM, method=Adam(schedule=Schedule("cosine", 3))),
        ),
        (
            {"steps": 30, "records": [10, 20], "dtype": "float64", "initial": "unit"},
            Plan(PROBLEM, steps=30, records=[10, 20], dtype="float64", initial="unit"),
        ),
        ({"stopping": {"tolerance": 0.1}}, Plan(PROBLEM, stopping=Stopping(0.1))),
        ({"stopping": None}, Plan(PROBLEM)),
        # parameters of the one instance, without its axis
        (
            {"initial": START},
            Plan(PROBLEM, initial={name: np.array([values]) for name, values in START.items()}),
        ),
    ],
    ids=range(15),
)
def test_plans(settings: dict[str, Any], plan: Plan | None) -> None:
    found = plan_of({"model": MODEL, **settings})
    expected = plan or Plan(Problem(Model("absolute", 3, 2, tied=False)))
    assert found.key == expected.key
    assert (found.start() == expected.start()).all()


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_source_has_a_name(name: str) -> None:
    assert plan_of({"model": MODEL, "source": name}).source.to_dict()["name"] == name


@pytest.mark.parametrize("name", sorted(METHODS))
def test_every_method_has_a_name(name: str) -> None:
    assert plan_of({"model": MODEL, "method": name}).method.to_dict()["name"] == name


def test_a_data_set_is_given_as_an_object() -> None:
    source = DataSet(np.eye(3))
    plan = plan_of({"model": MODEL, "source": source})
    assert plan.source is source
    assert set(settings_of(plan)["source"]) == {"name", "sha256", "shape", "batch"}


def test_settings_of_a_plan_make_it_again() -> None:
    plan = Plan(
        problem(density=0.1, importance=(1.0, 0.5, 0.25), seed=7),
        Samples(9),
        Adam(0.1, schedule=Schedule("linear")),
        steps=11,
        records=[5],
        stopping=Stopping(0.5),
    )
    assert plan_of(settings_of(plan)).key == plan.key


@pytest.mark.parametrize(
    ("settings", "path", "value", "expected"),
    [
        ({}, "steps", 1, {"steps": 1}),
        ({"steps": 1}, "steps", 2, {"steps": 2}),
        ({}, "a.b.c", 1, {"a": {"b": {"c": 1}}}),
        (
            {"a": {"b": {"c": 0, "d": 2}, "e": 3}},
            "a.b.c",
            1,
            {"a": {"b": {"c": 1, "d": 2}, "e": 3}},
        ),
        ({"a": {"b": 1}}, "a", {"c": 2}, {"a": {"c": 2}}),
    ],
    ids=range(5),
)
def test_changes(settings: Any, path: str, value: Any, expected: Any) -> None:
    before = repr(settings)
    assert changed(settings, path, value) == expected
    assert repr(settings) == before


def test_a_path_through_what_is_no_table() -> None:
    with pytest.raises(InputError, match=r"steps\.x is set, but steps is 3; accepted: a table"):
        changed({"steps": 3}, "steps.x", 1)


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        (
            {"stepz": 3},
            r"base has the unknown entry 'stepz' \(did you mean 'steps'\?\); accepted: m",
        ),
        (
            {"instance": {"densty": 1}},
            r"instance has .* 'densty' \(did you mean 'density'\?\); acc",
        ),
        (
            {"method": {"name": "sgd", "betas": []}},
            "method has the unknown entry 'betas'; accepted",
        ),
        (
            {"method": {"schedule": {"shap": 1}}},
            r"method\.schedule has .*mean 'shape'\?\); accepted",
        ),
        ({"source": {"bach": 1}}, r"'bach' \(did you mean 'batch'\?\); accepted: batch"),
        ({"method": "sdg"}, "method is 'sdg'; accepted: one of .*sgd"),
        ({"method": {"name": ["sgd"]}}, r"method is \['sgd'\]; accepted: one of"),
        ({"method": 3}, "method is 3; accepted: a table"),
        ({"source": 3}, "source is 3; accepted: a table"),
        ({"source": {"name": "sample"}}, "source is 'sample'; accepted: one of .*samples"),
        ({"model": {"kind": "relu", "features": 3}}, "model lacks dimensions; accepted: kind"),
        ({"model": 3}, "model is 3; accepted: a table"),
        ({"model": {**MODEL, "features": "3"}}, "features is '3'; accepted: an integer"),
        ({"instance": []}, r"instance is \[\]; accepted: a table"),
        ({"instance": {"density": 1.5}}, r"density is 1\.5; accepted: numbers in \[0, 1\]"),
        ({"instance": {"importance": {}}}, r"instance\.importance lacks geometric"),
        ({"instance": {"importance": {"geometric": -1}}}, "ratio is -1; accepted"),
        ({"instance": {"importance": {"ratio": 1}}}, r"instance\.importance .*accepted: geometric"),
        ({"stopping": {"patience": 3}}, "stopping lacks tolerance"),
        (
            {"initial": {"W": [[1, 2], [3]], "b": [0, 0, 0]}},
            r"initial\.W is .*; accepted: an array",
        ),
        ({"initial": {"W": [[1, 2, 3]], "b": [0, 0, 0]}}, r"W has shape \(1, 1, 3\); accepted"),
        ({"initial": "zero"}, "initial is 'zero'; accepted: one of xavier"),
        ({"method": {"betas": 3}}, "betas is 3; accepted: two numbers"),
        ({"steps": 0}, "steps is 0; accepted"),
        ({"backend": "torch"}, "backend is 'torch'; accepted: numpy or numba"),
    ],
    ids=range(25),
)
def test_refusals(settings: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        plan_of({"model": MODEL, **settings})


def test_a_model_is_needed() -> None:
    with pytest.raises(InputError, match="base lacks the entry 'model'; accepted"):
        plan_of({"steps": 3})
