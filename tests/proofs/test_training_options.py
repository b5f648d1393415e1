"""Plans from the words of a command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from superposition_numerics.training import AdamW, DataSet, Plan, Samples, Schedule, Sgd
from superposition_proofs.training import training_plan
from superposition_theory import InputError


def plan_of(**options: Any) -> Plan:
    return training_plan(**{"features": 4, "dims": 2, **options})


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        ([], [1.0]),  # where nothing is said
        (["0.25"], [0.25]),
        (["1,0.5,.25,0"], [(1.0, 0.5, 0.25, 0.0)]),  # one for each feature
        (["0.5^i"], [(1.0, 0.5, 0.25, 0.125)]),
        (["1..0.01:3"], [1.0, 0.1, 0.01]),  # equal ratios
        (["1", "0.5^i", "0.2..0.1:2"], [1.0, (1.0, 0.5, 0.25, 0.125), 0.2, 0.1]),
        (["1e-3"], [1e-3]),
    ],
)
@pytest.mark.parametrize("name", ["density", "importance"])
def test_densities_and_importances(name: str, texts: list[str], values: list[Any]) -> None:
    instances = plan_of(**{name: texts}).problem.instances
    found = [getattr(instance, name) for instance in instances]
    assert len(found) == len(values)
    for one, expected in zip(found, values, strict=True):
        assert one == pytest.approx(expected, rel=1e-14)


def test_settings_and_seeds_are_combined() -> None:
    options = {"density": ["0.1", "0.2"], "correlation": ["independent", "correlated:2"]}
    found = [
        (i.density, i.correlation, i.sets, i.seed)
        for i in plan_of(**options, instances=2, seed=7).problem.instances
    ]
    assert found == [
        (0.1, "independent", 1, 7),
        (0.1, "independent", 1, 8),
        (0.1, "correlated", 2, 7),
        (0.1, "correlated", 2, 8),
        (0.2, "independent", 1, 7),
        (0.2, "independent", 1, 8),
        (0.2, "correlated", 2, 7),
        (0.2, "correlated", 2, 8),
    ]


def test_source_and_method() -> None:
    assert (plan_of().source, plan_of().method) == (Samples(), AdamW())
    plan = plan_of(method="sgd", rate=0.5, schedule="cosine", batch=7, steps=9, dtype="float64")
    assert plan.method == Sgd(0.5, schedule=Schedule("cosine"))
    assert (plan.source, plan.steps, plan.dtype) == (Samples(7), 9, "float64")
    assert plan_of(warmup=5).method == AdamW(schedule=Schedule("constant", 5))
    assert plan_of(source="population", weight_decay=0.0).method == AdamW(weight_decay=0.0)
    model = plan_of(model="absolute", tied=False, hidden_bias=True).problem.model
    assert (model.kind, model.tied, model.hidden_bias) == ("absolute", False, True)


def test_rows_of_a_file(tmp_path: Path) -> None:
    rows = np.arange(12.0).reshape(3, 4)
    np.savez(tmp_path / "rows.npz", first=rows, second=rows + 1)
    source = plan_of(data=tmp_path / "rows.npz", tensor="second", batch=2).source
    assert isinstance(source, DataSet)
    np.testing.assert_array_equal(np.asarray(source.rows), rows + 1)
    assert source.batch == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"features": 0}, "features is 0"),
        ({"dims": 0}, "dims is 0"),
        ({"model": "tanh"}, "kind is 'tanh'"),
        ({"hidden_bias": True}, "hidden_bias is True"),
        ({"density": ["1.5"]}, "density is 1.5"),
        ({"density": ["-0.1"]}, "density is -0.1"),
        ({"density": ["nan"]}, "density holds NaN"),
        ({"density": ["a"]}, "density is 'a'; accepted: a number, one for each feature"),
        ({"density": ["1,2,"]}, "density is '1,2,'"),
        ({"density": ["0.1,0.2"]}, "density has 2 entries; accepted: a number or 4"),
        ({"density": ["0.1..0.2"]}, r"density is '0.1..0.2'"),
        ({"density": ["0..1:3"]}, r"density is '0..1:3'"),
        ({"density": ["1..0.1:0"]}, r"density is '1..0.1:0'"),
        ({"density": ["1..0.1:-2"]}, r"density is '1..0.1:-2'"),
        ({"density": ["-1..1:4"]}, r"density is '-1..1:4'"),
        ({"density": ["1..inf:4"]}, r"density is '1..inf:4'"),
        ({"density": ["1..0.1:1000000"]}, r"density is '1..0.1:1000000'"),  # too large
        ({"importance": ["-1"]}, "importance is -1.0"),
        ({"importance": ["x^i"]}, "importance is 'x\\^i'"),
        ({"importance": ["-2^i"]}, "importance is '-2\\^i'"),
        ({"correlation": ["correlated:x"]}, "correlation is 'correlated:x'"),
        ({"correlation": ["paired"]}, "correlation is 'paired'; accepted: independent"),
        ({"correlation": ["correlated:3"]}, "sets is 3; accepted: a divisor of 4"),
        ({"instances": 0}, "instances is 0"),
        ({"seed": -1}, "seed is -1"),
        ({"source": "thoughts"}, "source is 'thoughts'; accepted: one of samples"),
        ({"source": "population", "batch": 8}, "batch is given for the source 'population'"),
        ({"source": "one-active", "density": ["0.1"]}, "density is given, but plays no part with"),
        (
            {"source": "one-active", "correlation": ["correlated:2"]},
            "correlation is given, but plays no part with the source 'one-active'",
        ),
        ({"batch": 0}, "batch is 0"),
        ({"tensor": "W"}, "tensor is given without data"),
        ({"method": "magic"}, "method is 'magic'; accepted: one of sgd"),
        ({"rate": -1.0}, "rate is -1.0"),
        ({"rate": float("nan")}, "rate is nan"),
        ({"weight_decay": -1.0}, "weight_decay is -1.0"),
        ({"schedule": "square"}, "schedule is 'square'"),
        ({"warmup": -1}, "warmup is -1"),
        ({"steps": 0}, "steps is 0"),
        ({"records": 0}, "records is 0"),
        ({"initial": "zeros"}, "initial is 'zeros'"),
        ({"dtype": "float16"}, "dtype is 'float16'"),
        ({"backend": "torch"}, "backend is 'torch'"),
    ],
)
def test_bad_input(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        plan_of(**options)


def test_what_data_exclude(tmp_path: Path) -> None:
    np.save(tmp_path / "rows.npy", np.ones((3, 4)))
    with pytest.raises(InputError, match="density is given, but plays no part with data"):
        plan_of(data=tmp_path / "rows.npy", density=["0.5"])
    with pytest.raises(InputError, match="source is 'samples' with data; accepted: one of them"):
        plan_of(data=tmp_path / "rows.npy", source="samples")
