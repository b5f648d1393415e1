"""Trained toy models and their optima get the names of what their angles say that they are."""

from __future__ import annotations

import numpy as np
import pytest
from numerics.recognition_samples import only
from numerics.trained.reading import TrainedModel, trained_models
from superposition_numerics.landscape import Setting, global_minimum
from superposition_numerics.recognition import Verdict, recognise
from superposition_numerics.spectral import analyse

from numerics import recognition_samples as samples

MODELS = trained_models()

# Other names of the shapes, and the verdicts of those that have none. The square on a cone is off
# the centre: the sum of its vectors is not zero. The fan has three vectors and two norms; nine
# vectors in space have two kinds of vertices.
NAMES = {
    "Petersen": "Petersen in R^4",
    "demipenteract": "demihypercube on 16 points",
}
VERDICTS = {
    "square on a cone": Verdict.SCHEME,
    "three pairs": Verdict.SCHEME,
    "fan": Verdict.NOT_SCHEME_LIKE,
    "9 in 3": Verdict.CONFIGURATION,
}


@pytest.mark.parametrize("model", MODELS, ids=[model.name for model in MODELS])
def test_trained_weights(model: TrainedModel) -> None:
    result = recognise(model.trained.W)
    dropped = [part.features[0] for part in model.components if part.shape == "dropped"]
    assert list(result.zero_features) == sorted(dropped)
    expected = {part.features: part.shape for part in model.components if part.shape != "dropped"}
    assert {part.features for part in result.components} == set(expected)
    for part in result.components:
        shape = expected[part.features]
        if shape in VERDICTS:
            assert (part.verdict, part.name) == (VERDICTS[shape], None)
        else:
            assert (part.verdict, part.name) == (Verdict.RECOGNISED, NAMES.get(shape, shape))
            assert part.tight.value is (shape != "square antiprism")


def test_all_shapes_are_met() -> None:
    shapes = {part.shape for model in MODELS for part in model.components}
    assert set(VERDICTS) | set(NAMES) <= shapes
    assert {"digon", "triangle", "tetrahedron", "pentagon", "hexagon", "icosahedron"} <= shapes


def test_square_antiprisms_are_neither_tight_nor_named_for_their_height() -> None:
    """h^2 is 0.28 or 0.312: not 1/3, nor 0.3141 of least Coulomb energy, nor 0.261 of equal edges.

    The levels are 8 h^2 on the axis and 4 (1 - h^2) twice.
    """
    heights = []
    for model in MODELS:
        for part in recognise(model.trained.W).components:
            if part.size == 8:
                assert (part.name, part.tight.value) == ("square antiprism", False)
                by_rank = {level.multiplicity: level.value for level in part.levels}
                height = by_rank[1] / 8
                assert by_rank[2] == pytest.approx(4 * (1 - height), abs=part.bound)
                heights.append(height)
    assert len(heights) == 4
    # averages over 8 vectors of coordinates with noise below 0.005
    assert sorted(heights) == pytest.approx([0.2816, 0.312, 0.312, 0.312], abs=2e-3)


def test_square_on_a_cone_has_the_constant_frequency() -> None:
    (model,) = (m for m in MODELS if m.components[0].shape == "square on a cone")
    found = only(recognise(model.trained.W))
    assert "frequencies 0, 1" in found.reason
    units = model.trained.W / np.linalg.norm(model.trained.W, axis=0)
    # the mean m of four vectors at height h on the cone has norm h, and <w, m> = h^2 for each
    mean = units.mean(axis=1)
    assert float(mean @ mean) > 0.25
    assert mean @ units == pytest.approx(float(mean @ mean), abs=0.01)


@pytest.mark.parametrize("stage", ["initial", "half"])
@pytest.mark.parametrize("model", MODELS, ids=[model.name for model in MODELS])
def test_untrained_and_half_trained_weights_get_no_name(model: TrainedModel, stage: str) -> None:
    """Two features in one dimension are excepted: they are parallel or a digon from the start."""
    W = getattr(model, stage).W
    result = recognise(W)
    if len(W) == 1:
        assert only(result).name == "digon"
        assert np.sign(W[0, 0]) == -np.sign(W[0, 1])
    else:
        assert all(part.closure is None and part.name is None for part in result.components)


@pytest.mark.parametrize("model", MODELS, ids=[model.name for model in MODELS])
def test_unequal_norms_keep_the_names(model: TrainedModel) -> None:
    """Norms that differ by 3 %, as unequal importances leave them."""
    before = recognise(model.trained.W)
    n = model.trained.W.shape[1]
    for seed in range(2):
        factors = np.random.default_rng(seed).uniform(0.985, 1.015, n)
        after = recognise(model.trained.W * factors)
        kept = [(part.features, part.name) for part in after.components]
        assert kept == [(part.features, part.name) for part in before.components]


# Optima


@pytest.mark.parametrize(
    ("setting", "names", "dropped"),
    [
        (Setting(2, 1, 0.2), ["digon"], 0),
        (Setting(3, 2, 0.55), ["triangle"], 0),
        (Setting(4, 2, 0.2), ["digon", "digon"], 0),
        (Setting(4, 3, 0.65), ["tetrahedron"], 0),
        (Setting(5, 2, 0.1), ["pentagon"], 0),
        pytest.param(
            Setting(6, 2, 0.1, (1, 1, 1, 1, 1, 0.5)), ["pentagon"], 1, marks=pytest.mark.slow
        ),
        pytest.param(Setting(6, 4, 0.6), ["triangle", "triangle"], 0, marks=pytest.mark.slow),
    ],
)
def test_global_minima(setting: Setting, names: list[str], dropped: int) -> None:
    minimum = global_minimum(setting, starts=8, most_structured=16)
    result = recognise(minimum.W)
    assert [part.name for part in result.components] == names
    assert len(result.zero_features) == dropped
    for part in result.components:
        assert part.tight.value is True
        # a minimum is found to the square root of rounding or better
        assert (part.noise or 0.0) < 1e-6


# Saturated capacity without relations


@pytest.mark.parametrize(("m", "n"), [(2, 7), (3, 7), (4, 9), (5, 12)])
def test_tight_frames_without_relations(m: int, n: int) -> None:
    """Capacity is saturated as by the named ones, D = m / n for every feature; no name is given."""
    for seed in range(5):
        W = samples.random_tight(m, n, np.random.default_rng(seed))
        analysis = analyse(W)
        assert analysis.saturation == pytest.approx(1, abs=1e-9)
        found = only(recognise(W))
        assert (found.verdict, found.name) == (Verdict.NOT_SCHEME_LIKE, None)
        assert found.fractional_dimensionality == pytest.approx(m / n, abs=1e-6)
        assert found.deficit == pytest.approx(0, abs=1e-6)


def test_named_ones_saturate_too() -> None:
    for model in MODELS:
        if [part.shape for part in model.components] == ["pentagon"]:
            assert only(recognise(model.trained.W)).deficit < 1e-3
