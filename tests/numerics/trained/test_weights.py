"""The stored models are those of the script, have learned, and became what their angles say."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from numerics.trained.reading import TrainedModel, trained_models
from numerics.trained.train import RUNS, Run, describe, geometry, train
from superposition_numerics.landscape import Setting, global_minimum
from superposition_numerics.toy_model import population_loss

MODELS = trained_models()
NAMES = [model.name for model in MODELS]


def importances(model: TrainedModel) -> list[float]:
    """Return the importances of a model."""
    return model.setting["importances"] or [1.0] * model.setting["features"]


def test_weights_are_those_of_the_runs() -> None:
    stored = [(model.setting["seed"], geometry(model.components)) for model in MODELS]
    assert stored == [(seed, sought) for seed, run in enumerate(RUNS) for sought in run.geometries]
    for model in MODELS:
        seed = model.setting["seed"]
        run = json.loads(json.dumps(asdict(RUNS[seed])))
        assert {key: model.setting[key] for key in run} == run


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_geometry_is_what_the_angles_say(model: TrainedModel) -> None:
    n, m = model.setting["features"], model.setting["dimensions"]
    assert model.trained.W.shape == (m, n)
    assert describe(model.trained.W.astype(float)) == model.components
    assert sorted(i for part in model.components for i in part.features) == list(range(n))


# Two vectors on a line are a digon half of the time; "9 in 3" says nothing about the angles.
@pytest.mark.parametrize(
    "model",
    [model for model in MODELS if geometry(model.components) not in ("digon", "9 in 3")],
    ids=lambda model: model.name,
)
def test_untrained_weights_are_something_else(model: TrainedModel) -> None:
    assert geometry(describe(model.initial.W.astype(float))) != geometry(model.components)


@pytest.mark.parametrize(
    "model",
    [model for model in MODELS if model.setting["features"] <= 8],
    ids=lambda model: model.name,
)
def test_the_exact_loss_falls_from_stage_to_stage(model: TrainedModel) -> None:
    initial, half, trained = (
        float(
            population_loss(
                stage.W, stage.b, model.setting["density"], importances=importances(model)
            )
        )
        for stage in (model.initial, model.half, model.trained)
    )
    assert trained < half < initial
    # The checkpoint is chosen on a sample, and is the first one beyond the half.
    assert half < (initial + trained) / 2 + 0.1 * (initial - trained)


@pytest.mark.parametrize("name", ["digon", "2 digon", "triangle", "tetrahedron", "pentagon"])
def test_global_minima_are_reached(name: str) -> None:
    model = next(m for m in MODELS if geometry(m.components) == name)
    n, m, density = (model.setting[key] for key in ("features", "dimensions", "density"))
    minimum = global_minimum(Setting(n, m, density), starts=8, most_structured=16)
    assert geometry(describe(minimum.W)) == name
    least = minimum.loss
    loss = float(population_loss(model.trained.W, model.trained.b, density))
    # Noise of 0.01 in the weights is 1e-4 in the loss, in units of its curvature.
    assert least <= loss <= (1 + 1e-4) * least


def test_square_antiprisms_are_not_tight() -> None:
    heights = []
    for model in MODELS:
        for part in model.components:
            if part.shape == "square antiprism":
                W = model.trained.W[:, part.features].astype(float)
                levels = np.sort(np.linalg.eigvalsh(W @ W.T))[-3:]
                # Eigenvalues 8 h^2 once and 4 (1 - h^2) twice, in units of the squared norm.
                heights.append(levels[0] / levels.sum())
    assert len(heights) == 4
    # Tight ones have 1/3. Noise of 0.02 in single cosines moves this mean by less than 0.01.
    assert max(heights) < 1 / 3 - 0.01


def polygon(*degrees: float) -> np.ndarray:
    """Return unit vectors at the given angles."""
    angles = np.radians(degrees)
    return np.array([np.cos(angles), np.sin(angles)])


@pytest.mark.parametrize(
    ("W", "expected"),
    [
        (polygon(0, 72, 144, 216, 288), "pentagon"),
        (polygon(0, 144, 288, 72, 216), "pentagon"),  # in another order
        (polygon(0, 72, 144, 216, 298), "5 in 2"),  # one vector off by 10 degrees
        (polygon(0, 72, 144), "fan"),
        (polygon(0, 90, 180, 270), "2 digon"),
        (polygon(0, 90), "2 dedicated"),
        (polygon(0, 90) * [1, 0.05], "dedicated + dropped"),
        (polygon(0, 0), "2 in 1"),  # parallel
        (polygon(0, 60, 120, 180, 240, 300), "hexagon"),
        (polygon(0, 60, 120, 180, 240), "5 in 2"),  # a hexagon without a corner
    ],
)
def test_description_by_hand(W: np.ndarray, expected: str) -> None:
    assert geometry(describe(W)) == expected


@pytest.mark.parametrize("height", [0.26, 1 / 3])  # squared: equal edges, tight
def test_description_of_antiprisms(height: float) -> None:
    turns = np.pi / 4 * np.arange(8)
    sides = np.sqrt(1 - height)
    W = np.array(
        [sides * np.cos(turns), sides * np.sin(turns), np.sqrt(height) * (-1.0) ** np.arange(8)]
    )
    assert geometry(describe(W)) == "square antiprism"
    untwisted = np.concatenate((np.repeat(W[:2, ::2], 2, axis=1), W[2:]))  # a square prism
    assert geometry(describe(untwisted)) == "8 in 3"


def test_random_vectors_have_no_shape() -> None:
    rng = np.random.default_rng(0)
    for n in range(4, 13):
        shapes = {part.shape for part in describe(rng.standard_normal((3, n)))}
        assert all(" in " in shape for shape in shapes)


def test_training_repeats_and_learns() -> None:
    run = Run(2, 1, 0.2, (), initialisations=2, steps=200)
    first, second = train(run, 7), train(run, 7)
    for stage, (W, b) in first.items():
        assert np.array_equal(W, second[stage][0])
        assert np.array_equal(b, second[stage][1])
    (initial, before), (W, b) = first["initial"], first["trained"]
    assert np.all(population_loss(W, b, 0.2) < population_loss(initial, before, 0.2))
    other = train(replace(run, importances=(1.0, 0.1)), 7)["trained"][0]
    assert not np.array_equal(W, other)
