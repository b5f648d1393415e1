"""Plans: what they accept, their key, their data."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from superposition_numerics.training import (
    Adam,
    AdamW,
    DataSet,
    Instance,
    Model,
    Plan,
    Problem,
    Samples,
    Schedule,
    Sgd,
    Stopping,
    instances_of,
)
from superposition_theory import InputError

PROBLEM = Problem(Model("relu", 3, 2), instances_of(densities=[0.1, 0.5], seeds=[1]))
PLAN = Plan(PROBLEM, steps=100)
WEIGHTS = {"W": np.arange(12.0).reshape(2, 2, 3), "b": np.zeros((2, 3))}


@pytest.mark.parametrize(
    ("steps", "records", "expected"),
    [
        (10, 2, [0, 5, 10]),
        (10, 3, [0, 3, 6, 10]),  # as equal as integers allow
        (3, 50, [0, 1, 2, 3]),  # more records than steps
        (1, 1, [0, 1]),
        (10, (), [0, 10]),
        (10, [7, 3, 7], [0, 3, 7, 10]),  # any order, one more than once
        (10, np.array([1, 10]), [0, 1, 10]),
        (10, range(0, 10, 4), [0, 4, 8, 10]),
    ],
)
def test_records(steps: int, records: Any, expected: list[int]) -> None:
    plan = Plan(PROBLEM, steps=steps, records=records)
    assert plan.record_steps.tolist() == expected
    # 2 instances of 9 float32 numbers at each
    assert len(expected) * 72 <= plan.record_bytes <= (len(expected) + 2) * 72


def test_more_records_than_steps_are_the_same_plan_as_so_many() -> None:
    assert Plan(PROBLEM, steps=50, records=60).key == Plan(PROBLEM, steps=50, records=50).key
    assert Plan(PROBLEM, steps=50, records=49).key != Plan(PROBLEM, steps=50, records=50).key


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"problem": Model("relu", 3, 2)}, "problem is Model.*; accepted: Problem"),
        ({"source": "samples"}, "source is 'samples'; accepted: an object of Samples, DataSet"),
        ({"source": Samples}, "source is <class.*; accepted: an object of Samples"),
        ({"source": AdamW()}, "source is AdamW"),
        ({"method": "adam"}, "method is 'adam'; accepted: an object of Sgd, Adam"),
        ({"method": Adam}, "method is <class"),
        ({"method": Samples()}, "method is Samples"),
        ({"steps": 0}, "steps is 0; accepted: an integer from 1 to 1000000000"),
        ({"steps": 10**9 + 1}, "steps is 1000000001"),
        ({"steps": 1e3}, "steps is 1000.0"),
        ({"steps": True}, "steps is True"),
        ({"records": 0}, "records is 0; accepted: an integer of at least 1"),
        ({"records": -1}, "records is -1"),
        ({"records": 2.0}, "records is 2.0"),
        ({"records": True}, "records is True"),
        ({"records": None}, "records is None"),
        ({"records": "50"}, "records is '5'"),
        ({"records": [101]}, "records is 101; accepted: an integer from 0 to 100"),
        ({"records": [-1]}, "records is -1"),
        ({"records": [1.5]}, "records is 1.5"),
        ({"records": np.array([[1]])}, r"records is array\(\[\[1\]\]\)"),
        ({"initial": "kaiming"}, "initial is 'kaiming'; accepted: one of xavier"),
        ({"initial": None}, "initial is None; accepted: one of xavier.*or the parameters"),
        ({"initial": WEIGHTS["W"]}, "initial is array"),
        ({"initial": {"W": WEIGHTS["W"]}}, r"parameters has the names \['W'\]"),
        ({"initial": WEIGHTS | {"b": np.zeros((2, 4))}}, r"b has shape \(2, 4\)"),
        ({"initial": WEIGHTS | {"b": np.full((2, 3), np.nan)}}, "b holds entries that are not fin"),
        ({"initial": WEIGHTS | {"b": np.full((2, 3), 1e300)}}, "initial holds numbers beyond flo"),
        (
            {"initial": {"W": np.zeros((3, 2, 3)), "b": np.zeros((3, 3))}},
            r"initial has the leading axes \(3,\); accepted: \(2,\), the instances",
        ),
        ({"dtype": "float16"}, "dtype is 'float16'; accepted: float32 or float64"),
        ({"dtype": np.dtype("float32")}, "dtype is dtype"),
        ({"dtype": None}, "dtype is None"),
        ({"backend": "torch"}, "backend is 'torch'; accepted: numpy or numba"),
        ({"backend": ["numpy"]}, "backend is"),
        ({"stopping": 1e-3}, "stopping is 0.001; accepted: Stopping"),
    ],
)
def test_plans_that_are_refused(settings: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        replace(PLAN, **settings)


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"tolerance": -1e-9}, "tolerance is -1e-09"),
        ({"tolerance": 1.5}, r"tolerance is 1.5; accepted: a number in \[0.*1"),
        ({"tolerance": float("nan")}, "tolerance is nan"),
        ({"tolerance": True}, "tolerance is True"),
        ({"tolerance": 0.1, "patience": 0}, "patience is 0; accepted: an integer of at least 1"),
        ({"tolerance": 0.1, "patience": 1.0}, "patience is 1.0"),
    ],
)
def test_rules_to_stop_that_are_refused(settings: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        Stopping(**settings)


def test_a_rule_to_stop_keeps_plain_numbers() -> None:
    rule = Stopping(np.float64(0.5), np.int64(3))  # type: ignore[arg-type]
    assert (type(rule.tolerance), type(rule.patience)) == (float, int)


def test_records_that_no_memory_holds_are_refused() -> None:
    wide = Problem(Model("relu", 400, 30))  # 12,400 numbers of 4 bytes: 49,600 bytes a record
    most = 8 * 2**30 // 49_600
    assert Plan(wide, steps=10**9, records=most - 1).record_bytes == 49_600 * most
    match = "records would keep 8,589,976,000 bytes of weights; accepted: at most 8,589,934,592"
    with pytest.raises(InputError, match=match):
        Plan(wide, steps=10**9, records=most)
    with pytest.raises(InputError, match="records would keep 49,600,000,049,600 bytes"):
        Plan(wide, steps=10**9, records=10**20)


OTHERS: dict[str, dict[str, Any]] = {
    "problem": {"problem": Problem(Model("relu", 3, 2), PROBLEM.instances[:1])},
    "source": {"source": Samples(8)},
    "data": {"source": DataSet(np.eye(3))},
    "method": {"method": Sgd(0.1)},
    "schedule": {"method": AdamW(schedule=Schedule("cosine"))},
    "steps": {"steps": 101},
    "records": {"records": 2},
    "initial": {"initial": "unit"},
    "weights": {"initial": WEIGHTS},
    "dtype": {"dtype": "float64"},
    "backend": {"backend": "numba"},
    "stopping": {"stopping": Stopping(0.5)},
    "patience": {"stopping": Stopping(0.5, 6)},
}


def test_every_setting_changes_the_key() -> None:
    plans = [PLAN, *(replace(PLAN, **other) for other in OTHERS.values())]
    assert len({plan.key for plan in plans}) == len(plans)
    assert len(set(plans)) == len(plans)
    assert PLAN.key != PLAN


@pytest.mark.parametrize("other", OTHERS)
def test_plans_are_equal_to_their_copies(other: str) -> None:
    plan = replace(PLAN, **OTHERS[other])
    again = pickle.loads(pickle.dumps(plan))
    assert again == plan
    assert hash(again) == hash(plan)
    np.testing.assert_array_equal(again.start(), plan.start())


def test_data_decide_equality_not_their_identity() -> None:
    rows = np.eye(3)
    assert replace(PLAN, source=DataSet(rows)) == replace(PLAN, source=DataSet(rows.tolist()))
    assert replace(PLAN, source=DataSet(rows)) != replace(PLAN, source=DataSet(2 * rows))
    assert replace(PLAN, initial=WEIGHTS) != replace(PLAN, initial=WEIGHTS | {"b": np.ones((2, 3))})


def test_given_parameters_are_safe_from_later_changes() -> None:
    weights = {name: values.copy() for name, values in WEIGHTS.items()}
    plan = replace(PLAN, initial=weights)
    before = plan.start()
    weights["W"][:] = 0
    plan.start()[:] = 7
    np.testing.assert_array_equal(plan.start(), before)
    assert before.dtype == np.float32
    assert isinstance(plan.initial, dict)
    with pytest.raises(ValueError, match="read-only"):
        plan.initial["W"][0, 0, 0] = 1


def test_parts() -> None:
    part = PLAN.part(slice(1, 2))
    assert part == replace(PLAN, problem=PROBLEM.part(slice(1, 2)))  # as if planned alone
    np.testing.assert_array_equal(part.start(), PLAN.start()[1:])
    shared = replace(PLAN, initial="xavier-3d")
    np.testing.assert_array_equal(shared.part(slice(1, 2)).start(), shared.start()[1:])
    assert not np.array_equal(
        replace(shared, problem=PROBLEM.part(slice(1, 2))).start(), shared.start()[1:]
    )
    given_weights = replace(PLAN, initial=WEIGHTS).part(slice(1, 2))
    np.testing.assert_array_equal(given_weights.start()[0, :6], WEIGHTS["W"][1].ravel())


def without(name: str) -> dict[str, Any]:
    data = PLAN.to_dict()
    del data[name]
    return data


@pytest.mark.parametrize("name", sorted(PLAN.to_dict()))
def test_data_without_a_setting_are_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"plan lacks {name}; accepted: schema, version, problem"):
        Plan.from_dict(without(name))


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"schema": "superposition.landscape"}, "plan is of schema 'superposition.landscape'"),
        ({"version": 2}, "version 2; accepted: 'superposition.training', version 1"),
        ({"learning_rate": 1}, "plan has the unknown setting learning_rate; accepted: schema"),
        ({"problem": None}, "problem is None; accepted: settings by name"),
        ({"source": "samples"}, "source is 'samples'; accepted: settings by name"),
        ({"source": {}}, "source is None; accepted: one of samples"),
        ({"source": {"name": ["samples"]}}, "source is .'samples'.; accepted: one of samples"),
        ({"source": {"name": "samples", "size": 3}}, "source 'samples' has the unknown setting si"),
        ({"source": {"name": "samples", "batch": "3"}}, "batch is '3'"),
        ({"source": DataSet(np.eye(3)).to_dict()}, "source is 'data-set'; accepted: .* or the obj"),
        ({"method": {"name": "lion"}}, "method is 'lion'; accepted: one of sgd, adam, adamw"),
        ({"method": {"name": "adam", "lr": 1}}, "method 'adam' has the unknown setting lr; accept"),
        ({"method": {"name": "adam", "rate": -1.0}}, "rate is -1.0"),
        ({"method": {"name": "adam", "betas": 3}}, "betas is 3; accepted: two numbers"),
        ({"method": {"name": "sgd", "schedule": "cosine"}}, "schedule is 'cosine'; accepted: sett"),
        ({"method": {"name": "sgd", "schedule": {"form": 1}}}, "schedule has the unknown setting"),
        ({"stopping": {"patience": 1}}, "stopping lacks tolerance; accepted: tolerance, patience"),
        ({"stopping": 0.5}, "stopping is 0.5; accepted: settings by name"),
        ({"initial": {"sha256": "0"}}, "initial is a hash in the data; accepted: give the param"),
        ({"steps": "100"}, "steps is '100'"),
        ({"records": {"0": 1}}, "records is"),
    ],
)
def test_data_that_are_refused(changes: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        Plan.from_dict(PLAN.to_dict() | changes)


@pytest.mark.parametrize("data", [None, 3, [], "plan"])
def test_data_are_settings_by_name(data: Any) -> None:
    with pytest.raises(InputError, match=r"plan is .*; accepted: settings by name"):
        Plan.from_dict(data)


def test_what_is_given_must_be_what_was_hashed() -> None:
    plan = replace(PLAN, source=DataSet(np.eye(3)), initial=WEIGHTS)
    data = json.loads(json.dumps(plan.to_dict()))
    assert Plan.from_dict(data, source=DataSet(np.eye(3)), initial=WEIGHTS) == plan
    with pytest.raises(InputError, match="source is not what the plan was made with: sha256 is"):
        Plan.from_dict(data, source=DataSet(2 * np.eye(3)), initial=WEIGHTS)
    with pytest.raises(InputError, match="initial is not what the plan was made with"):
        Plan.from_dict(data, source=DataSet(np.eye(3)), initial=WEIGHTS | {"b": np.ones((2, 3))})
    with pytest.raises(InputError, match="given has the unknown setting steps; accepted: source"):
        Plan.from_dict(PLAN.to_dict(), steps=3)


SCHEDULES = st.builds(
    Schedule, st.sampled_from(["constant", "linear", "cosine"]), st.integers(0, 100)
)
METHODS = st.one_of(
    st.builds(Sgd, st.floats(1e-9, 10), st.floats(0, 0.99), st.floats(0, 1), SCHEDULES),
    st.builds(
        AdamW,
        st.floats(1e-9, 10),
        st.tuples(st.floats(0, 0.99), st.floats(0, 0.99)),
        st.floats(0, 1),
        st.floats(0, 1),
        SCHEDULES,
    ),
)


@given(
    st.builds(
        Plan,
        st.builds(
            Problem,
            st.builds(Model, st.sampled_from(["linear", "relu"]), st.just(2), st.integers(1, 3)),
            st.lists(st.builds(Instance, st.floats(0, 1)), min_size=1, max_size=2),
        ),
        source=st.builds(Samples, st.integers(1, 10**6)),
        method=METHODS,
        steps=st.integers(50, 10**6),
        records=st.one_of(st.integers(1, 10**4), st.lists(st.integers(0, 50), max_size=4)),
        initial=st.sampled_from(["xavier", "xavier-3d", "unit"]),
        dtype=st.sampled_from(["float32", "float64"]),
        backend=st.sampled_from(["numpy", "numba"]),
        stopping=st.one_of(
            st.none(), st.builds(Stopping, st.floats(0, 1), st.integers(1, 10))
        ),
    )
)  # fmt: skip
def test_plans_come_back_from_their_data(plan: Plan) -> None:
    again = Plan.from_dict(json.loads(json.dumps(plan.to_dict())))
    assert again == plan
    assert (again.source, again.method, again.stopping) == (
        plan.source,
        plan.method,
        plan.stopping,
    )
    assert (again.records, again.problem) == (plan.records, plan.problem)
