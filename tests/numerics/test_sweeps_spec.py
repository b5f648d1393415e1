"""Specs: their plans, and files of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from superposition_numerics.sweeps import Spec, read_spec
from superposition_numerics.training import Instance, Model, Plan, Problem, Samples, Sgd
from superposition_theory import InputError

MODEL = {"kind": "relu", "features": 4, "dimensions": 2}
TOML = """
keep = ["geometry"]

[base]
steps = 50
model = {kind = "relu", features = 4, dimensions = 2}

[base.method]
name = "sgd"
rate = 0.5

[[axes]]
"instance.density" = [0.1, 1.0]

[[axes]]
"model.features" = [4, 6]
"model.dimensions" = [2, 3]
"""
DATA: dict[str, Any] = {
    "keep": ["geometry"],
    "base": {"steps": 50, "model": MODEL, "method": {"name": "sgd", "rate": 0.5}},
    "axes": [
        {"instance.density": [0.1, 1.0]},
        {"model.features": [4, 6], "model.dimensions": [2, 3]},
    ],
}


@pytest.mark.parametrize(("suffix", "text"), [("toml", TOML), ("json", json.dumps(DATA))])
def test_a_file(tmp_path: Path, suffix: str, text: str) -> None:
    path = tmp_path / f"sweep.{suffix}"
    path.write_text(text)
    spec = read_spec(path)
    assert spec == Spec.from_dict(DATA)
    assert spec.keep == ("geometry",)
    expected = [
        Plan(Problem(Model("relu", n, m), [Instance(p)]), method=Sgd(0.5), steps=50)
        for p in (0.1, 1.0)
        for n, m in ((4, 2), (6, 3))
    ]
    assert [plan.key for plan in spec.plans] == [plan.key for plan in expected]


def test_every_kind_of_setting_can_vary() -> None:
    axes: list[dict[str, Any]] = [
        {"model.kind": ["linear", "relu"]},
        {"model.tied": [True, False]},
        {"instance.importance": [1.0, [1, 1, 0.5, 0.5], {"geometric": 0.9}]},
        {"instance.correlation": ["independent", "correlated"], "instance.sets": [1, 2]},
        {"source.batch": [8, 16]},
        {"method": ["adam", {"name": "sgd", "rate": 0.1}]},
        {"method.schedule.shape": ["constant", "cosine"]},
        {"steps": [10, 20], "records": [2, [5, 10]]},
        {"initial": ["xavier", "unit"]},
        {"dtype": ["float32", "float64"]},
        {"stopping": [None, {"tolerance": 0.1}]},
    ]
    assert len(Spec({"model": MODEL, "method": {}}, axes).plans) == 2**10 * 3


def test_what_is_kept_has_one_order() -> None:
    base = {"model": MODEL}
    assert Spec(base, keep=["weights", "losses"]) == Spec(base, keep=["losses", "weights"])
    assert Spec(base, keep=[]).keep == ()


def test_a_source_may_be_an_object() -> None:
    plans = Spec({"model": MODEL, "source": Samples(8)}, [{"instance.seed": [0, 1]}]).plans
    assert plans[0].source is plans[1].source


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"base": 3}, "base is 3; accepted: a table"),
        ({"axis": []}, r"the sweep has the unknown entry 'axis' \(did you mean 'axes'\?\)"),
        ({"axes": {"steps": [1]}}, r"axes is {'steps': \[1\]}; accepted: a list"),
        ({"keep": "losses"}, "keep is 'losses'; accepted: a list"),
        ({"keep": ["weight"]}, r"unknown entry 'weight' \(did you mean 'weights'\?\); accepted: l"),
        ({"axes": [{"instance.densty": [1]}]}, r"at instance\.densty = 1: .*mean 'density'\?\)"),
        # the point of the grid is named
        (
            {"axes": [{"steps": [1, 2]}, {"instance.density": [0.5, 1.5]}]},
            r"at steps = 1, instance\.density = 1\.5: density is 1\.5; acc",
        ),
        ({"axes": [{"model.features.x": [1]}]}, r"features\.x is set, but features is 4; accepted"),
        ({"axes": [{"steps": [7, 8, 7]}]}, "same settings twice, at steps = 7; accepted: differ"),
        # 4 and 4.0 make one and the same instance
        ({"axes": [{"instance.importance": [4, 4.0]}]}, "same settings twice"),
        (
            {"axes": [{"model.features": [2, 1]}], "keep": ["geometry"]},
            "keep has 'geometry', features is 1; accepted",
        ),
    ],
    ids=range(11),
)
def test_refusals(change: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        Spec.from_dict({"base": {"model": MODEL}, **change})


@pytest.mark.parametrize(
    ("name", "text", "match"),
    [
        ("a.toml", "[base", r"a\.toml cannot be read as a sweep: "),
        ("a.json", "{", r"a\.json cannot be read as a sweep: "),
        ("a.json", "[" * 100_000, r"a\.json cannot be read as a sweep: "),
        ("a.json", "3", r"a\.json: the sweep is 3; accepted: a table"),
        ("a.toml", "[bas]", r"a\.toml: the sweep has the unknown entry 'bas' .*mean 'base'"),
        ("a.toml", "", r"a\.toml: the sweep lacks the entry 'base'"),
        ("a.yaml", "", r"path is '.*a\.yaml'; accepted: a \.toml or \.json file"),
        ("a.toml", None, r"a\.toml cannot be read as a sweep: .*No such file"),
    ],
    ids=range(8),
)
def test_files_refused(tmp_path: Path, name: str, text: str | None, match: str) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError, match=match):
        read_spec(path)
