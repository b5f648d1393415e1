"""The toy models: what they accept, and how their parameters lie in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from superposition_numerics.training import Model
from superposition_theory import InputError

from .training_batches import models, named

# name, shapes in order, whether: hidden ReLU, output ReLU, absolute
KINDS = [
    ("linear", False, False, False),
    ("relu", False, True, False),
    ("relu-hidden", True, True, False),
    ("absolute", True, True, True),
]


@pytest.mark.parametrize(("kind", "hidden", "output", "absolute"), KINDS)
def test_what_a_kind_is(kind: str, hidden: bool, output: bool, absolute: bool) -> None:
    model = Model(kind, 3, 2)
    assert (model.hidden_relu, model.output_relu, model.absolute) == (hidden, output, absolute)


@pytest.mark.parametrize(
    ("model", "shapes", "size"),
    [
        (Model("relu", 5, 2), {"W": (2, 5), "b": (5,)}, 15),
        (Model("linear", 3, 2, tied=False), {"W1": (2, 3), "W2": (3, 2), "b": (3,)}, 15),
        # the hidden bias comes last
        (Model("absolute", 3, 4, hidden_bias=True), {"W": (4, 3), "b": (3,), "c": (4,)}, 19),
        (Model("relu", 1, 1), {"W": (1, 1), "b": (1,)}, 2),  # the smallest
    ],
    ids=["tied", "untied", "bias", "smallest"],
)
def test_shapes(model: Model, shapes: dict[str, tuple[int, ...]], size: int) -> None:
    assert list(model.shapes.items()) == list(shapes.items())
    assert model.size == size


@pytest.mark.parametrize("model", models(3, 2), ids=named)
def test_views_undo_flatten_and_share_memory(model: Model) -> None:
    flat = np.arange(2.0 * model.size).reshape(2, model.size)
    views = model.views(flat)
    assert (model.flatten(views) == flat).all()
    for name, values in views.items():
        assert values.shape == (2, *model.shapes[name])
        assert np.shares_memory(values, flat)
    assert Model(**model.to_dict()) == model


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        (("relus", 2, 1), "kind is 'relus'; accepted: one of linear, relu, relu-hidden, absolute"),
        (("relu", 0, 1), "features is 0; accepted: an integer of at least 1"),
        (("relu", 2, -1), "dimensions is -1"),
        (("relu", 2.0, 1), "features is 2.0"),
        (("relu", 2, True), "dimensions is True"),
        (("relu", 2, 1, 1), "tied is 1; accepted: bool"),
        # without a hidden ReLU a hidden bias adds nothing to b
        (("relu", 2, 1, True, True), "hidden_bias is True for the model 'relu'; accepted: only"),
        (("linear", 2, 1, False, True), "hidden_bias is True for the model 'linear'"),
    ],
)
def test_models_that_are_refused(settings: tuple[Any, ...], match: str) -> None:
    with pytest.raises(InputError, match=match):
        Model(*settings)


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"W": [[1.0, 2.0]]}, r"names \['W'\]; accepted: \['W', 'b'\]"),
        ({"W": [[1.0, 2.0]], "b": [0.0, 0.0], "c": [0.0]}, "names"),
        ({"W": [[1.0], [2.0]], "b": [0.0, 0.0]}, r"W has shape \(2, 1\); accepted: \(..., 1, 2\)"),
        ({"W": [[1.0, np.nan]], "b": [0.0, 0.0]}, "W holds entries that are not finite"),
        ({"W": [["1", "2"]], "b": [0.0, 0.0]}, "W holds entries that are not finite real"),
        ({"W": [[[1.0, 2.0]]], "b": [0.0, 0.0]}, "b has shape .2,.; accepted: .* same leading"),
    ],
)
def test_parameters_that_are_refused(given: dict[str, Any], match: str) -> None:
    with pytest.raises(InputError, match=match):
        Model("relu", 2, 1).flatten(given)
