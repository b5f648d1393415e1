"""Jobs: what is run together, that it makes no difference, and what is kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numerics.sweep_samples import Failing
from superposition_numerics.sweeps import Spec, jobs
from superposition_numerics.sweeps.jobs import Job, carry_out, geometry_of, jobs_of, plain
from superposition_numerics.training import Plan, spectral_trace, train

BASE: dict[str, Any] = {
    "model": {"kind": "relu", "features": 4, "dimensions": 2},
    "source": {"batch": 16},
    "steps": 30,
    "records": 3,
}
INSTANCES: list[dict[str, Any]] = [
    {
        "instance.density": [0.1, 1.0, 0.5, 0.2, 0.1, [0.1, 0.2, 0.3, 0.4]],
        "instance.importance": [1.0, {"geometric": 0.7}, 1.0, 1.0, 1e3, 1.0],
        "instance.correlation": [
            *3 * ["independent"],
            "correlated",
            "anticorrelated",
            "independent",
        ],
        "instance.sets": [1, 1, 1, 2, 4, 1],
        "instance.seed": range(6),
    },
]
KEEP = ("losses", "weights")


def plans_of(base: dict[str, Any], axes: list[dict[str, Any]] | None = None) -> dict[str, Plan]:
    return {str(i): plan for i, plan in enumerate(Spec(base, axes or []).plans)}


def bits(kept: dict[str, Any]) -> dict[str, Any]:
    weights = {name: values.tobytes() for name, values in kept.get("weights", {}).items()}
    return {**kept, "weights": weights}


@pytest.mark.parametrize(
    "settings",
    [
        {"method": {"name": "sgd", "rate": 0.5}},
        {"method": {"name": "adam", "rate": 0.1}, "initial": "xavier-3d"},
        {"model": {"kind": "absolute", "features": 4, "dimensions": 3, "tied": False}},
        {"stopping": {"tolerance": 0.05, "patience": 1}, "records": 30},
        {"source": "population", "method": "lbfgs", "dtype": "float64"},
        {
            "source": "population",
            "method": {"name": "flow", "rtol": 1e-3},
            "steps": 2,
            "records": 1,
        },
        {"source": "one-active", "method": {"rate": 0.05}, "dtype": "float64"},
        {"backend": "numba"},
    ],
    ids=["sgd", "adam", "untied", "stopping", "lbfgs", "flow", "one-active", "numba"],
)
def test_company_makes_no_difference(settings: dict[str, Any]) -> None:
    plans = plans_of({**BASE, **settings}, INSTANCES)
    (job,) = jobs_of(plans, KEEP, 64)
    together = carry_out(job)
    assert list(together) == list(plans)
    assert len({str(bits(kept)["weights"]) for kept in together.values()}) == len(plans)
    for key, plan in plans.items():
        (alone,) = carry_out(Job({key: plan}, KEEP)).values()
        assert bits(together[key]) == bits(alone)


def test_runs_that_diverge_or_stop_do_so_among_others() -> None:
    # sgd with the rate 0.5 diverges where importances are 10^3 and nowhere else
    (job,) = jobs_of(
        plans_of({**BASE, "method": {"name": "sgd", "rate": 0.5}}, INSTANCES), KEEP, 64
    )
    endings = [kept["ending"] for kept in carry_out(job).values()]
    assert endings == [*4 * ["completed"], "diverged", "completed"]


def test_plans_together_differ_in_their_instances_and_starts_alone() -> None:
    axes: list[dict[str, Any]] = [
        {"model.features": [4, 5]},
        {"method.rate": [0.01, 0.1]},
        {"source.batch": [8, 16]},
        {"dtype": ["float32", "float64"]},
        {"initial": ["xavier", "unit", "xavier-3d"]},
        {"instance.density": [0.1, 0.2]},
    ]
    plans = plans_of(BASE, axes)
    found = jobs_of(plans, KEEP, 64)
    assert len(found) == 2**4
    assert [len(job.plans) for job in found] == 16 * [6]
    assert {key for job in found for key in job.plans} == set(plans)
    for job in found:
        rest = [
            {**p.to_dict(), "problem": p.problem.model, "initial": 0} for p in job.plans.values()
        ]
        assert all(one == rest[0] for one in rest)


@pytest.mark.parametrize(
    ("features", "dimensions", "most", "sizes"),
    [
        (4, 2, 64, [64, 36]),  # 12 parameters
        (4, 2, 1, 100 * [1]),
        (80, 20, 64, 11 * [9] + [1]),  # 1,680 parameters of 16,384
        (400, 50, 64, 100 * [1]),  # 20,400 parameters
    ],
)
def test_sizes_of_jobs(features: int, dimensions: int, most: int, sizes: list[int]) -> None:
    model = {"kind": "relu", "features": features, "dimensions": dimensions}
    plans = plans_of({**BASE, "model": model}, [{"instance.seed": range(100)}])
    assert [len(job.plans) for job in jobs_of(plans, (), most)] == sizes


@pytest.mark.parametrize("tied", [True, False])
def test_what_is_kept(tied: bool) -> None:
    settings = {**BASE, "model": {**BASE["model"], "tied": tied}}
    plans = plans_of(settings, [{"instance.seed": [3, 4]}])
    kept = carry_out(Job(plans, ("losses", "weights")))["1"]
    run = train(plans["1"])
    trace = spectral_trace(run)
    for name, values in run.final.items():
        np.testing.assert_array_equal(kept["weights"][name], values[0])
        assert kept["weights"][name].dtype == np.float32
    W = run.final["W" if tied else "W2"][0].astype(np.float64)
    W = W if tied else W.T
    np.testing.assert_allclose(kept["dimensionality"], trace.dimensionality[-1, 0], rtol=1e-6)
    np.testing.assert_allclose(kept["squared_norms"], np.linalg.norm(W, axis=0) ** 2, rtol=1e-14)
    assert kept["capacity"] == pytest.approx(trace.capacity[-1, 0], rel=1e-6)
    assert (kept["rank"], kept["saturation"]) == (2, kept["capacity"] / 2)
    assert (kept["ending"], kept["ended"]) == ("completed", 30)
    assert kept["record_steps"] == [0, 10, 20, 30]
    assert kept["losses"] == run.losses[:, 0].tolist()
    assert kept["loss"] == kept["losses"][-1]
    assert "geometry" not in kept


def test_what_is_not_asked_for_is_not_kept() -> None:
    (kept,) = carry_out(Job(plans_of(BASE), ())).values()
    assert not {"losses", "record_steps", "weights", "geometry"} & set(kept)


def test_a_geometry_is_kept() -> None:
    angles = 2 * np.pi * np.arange(5) / 5
    start = {"W": [np.cos(angles).tolist(), np.sin(angles).tolist()], "b": 5 * [-0.1]}
    model = {"kind": "relu", "features": 5, "dimensions": 2}
    settings = {**BASE, "model": model, "initial": start, "steps": 1, "method": {"rate": 1e-6}}
    (kept,) = carry_out(Job(plans_of(settings), ("geometry",))).values()
    assert kept["geometry"] == "pentagon"


@pytest.mark.parametrize(
    ("W", "name"),
    [
        (np.eye(3), "3 x dedicated"),
        ([[1, -1, 0], [0, 0, 0]], "digon + 1 zero"),
        (np.zeros((2, 3)), "3 zero"),
        ([[1, -1, 0, 0.3, 0.5], [0, 0.1, 1, -1, 0]], "5 features in 2 dimensions"),
    ],
    ids=range(4),
)
def test_names_of_geometries(W: Any, name: str) -> None:
    assert geometry_of(np.asarray(W, dtype=np.float64)) == name


def test_one_failure_among_others() -> None:
    settings = {**BASE, "source": Failing(16, seeds=(1,))}
    kept = carry_out(Job(plans_of(settings, [{"instance.seed": range(3)}]), KEEP))
    assert kept["1"] == {"error": "ZeroDivisionError: seed 1"}
    sound = carry_out(Job(plans_of(BASE, [{"instance.seed": range(3)}]), KEEP))
    assert [bits(kept[key]) for key in "02"] == [bits(sound[key]) for key in "02"]


def test_what_is_too_large_together_is_run_alone() -> None:
    settings = {**BASE, "source": Failing(16, most=1)}
    kept = carry_out(Job(plans_of(settings, [{"instance.seed": range(3)}]), ()))
    assert [value["ending"] for value in kept.values()] == 3 * ["completed"]


def test_plain_numbers() -> None:
    assert plain([0.1, np.inf, np.nan]) == [0.1, None, None]
    assert plain(np.float32(0.5)) == 0.5
    assert isinstance(plain(np.float64(1)), float)
    assert plain([]) == []


def test_an_interrupt_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: Plan) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs, "train", interrupt)
    with pytest.raises(KeyboardInterrupt):
        carry_out(Job(plans_of(BASE), ()))
