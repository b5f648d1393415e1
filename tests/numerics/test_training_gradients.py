"""Loss and gradient on a given batch."""

from __future__ import annotations

import numpy as np
import pytest
from superposition_numerics.matrices import FloatArray
from superposition_numerics.training import Model
from superposition_numerics.training.gradients import batch_gradient

from .training_batches import models, named, parameters, plain, sparse_batch


def differences(
    model: Model, flat: FloatArray, x: FloatArray, importances: FloatArray
) -> FloatArray:
    """Return the gradient by central differences of the loss."""
    result, room, step = np.empty_like(flat), np.empty_like(flat), 1e-6
    for k in range(model.size):
        ahead, behind = flat.copy(), flat.copy()
        ahead[:, k] += step
        behind[:, k] -= step
        up = batch_gradient(model, ahead, x, importances, room)
        down = batch_gradient(model, behind, x, importances, room)
        result[:, k] = (up - down) / (2 * step)
    return result


def close(gradient: FloatArray, expected: FloatArray) -> bool:
    """Return whether gradients agree to 1e-6 of the largest entry of an instance."""
    scale = abs(expected).max(axis=1, keepdims=True)
    return bool((abs(gradient - expected) <= 1e-6 * scale).all())


@pytest.mark.parametrize("model", models(4, 3) + models(3, 5), ids=named)
def test_the_gradient_is_that_of_central_differences(model: Model) -> None:
    flat, x = parameters(model, 2), sparse_batch(model, (2, 40))
    importances = np.array([[1.0, 0.3, 2.0, 0.0], [1.0, 1.0, 1.0, 1.0]])[:, : model.features]
    _, gradient = plain(model, flat, x, importances)
    expected = differences(model, flat, x, importances)
    assert close(gradient, expected)
    # near misses: one entry off by a little, importances forgotten
    entry = np.unravel_index(abs(gradient).argmax(), gradient.shape)
    gradient[entry] *= 1 + 1e-5
    assert not close(gradient, expected)
    assert not close(plain(model, flat, x, np.ones_like(importances))[1], expected)


def test_by_hand_with_an_output_that_is_off() -> None:
    # W = (1, -1), b = (0, 1/2), x = (1, 0), I = (1, 2): h = 1, z = (1, -1/2), y = (1, 0), loss 0;
    # x = (1/2, 1): h = -1/2, z = (-1/2, 1), y = (0, 1), loss 1 (1/2)^2 = 1/4, no slope where off
    model = Model("relu", 2, 1)
    flat = np.array([[1.0, -1.0, 0.0, 0.5]])
    x = np.array([[[1.0, 0.0], [0.5, 1.0]]])
    loss, gradient = plain(model, flat, x, np.array([[1.0, 2.0]]))
    assert loss.tolist() == [0.125]
    assert gradient.tolist() == [[0.0, 0.0, 0.0, 0.0]]


def test_by_hand_through_a_hidden_unit() -> None:
    # absolute, untied, n = m = 1: x = -1, W1 = -2, c = 1, h = 3; W2 = 1/2, b = -1, y = 1/2; t = 1;
    # loss 1/4; g = dL/dz = 2 (1/2 - 1) = -1: b -1, W2 -h = -3, behind = -1/2: c -1/2, W1 1/2
    model = Model("absolute", 1, 1, tied=False, hidden_bias=True)
    flat = model.flatten({"W1": [[[-2.0]]], "W2": [[[0.5]]], "b": [[-1.0]], "c": [[1.0]]})
    loss, gradient = plain(model, flat, np.array([[[-1.0]]]), np.ones((1, 1)))
    assert loss.tolist() == [0.25]
    slopes = {name: values.item() for name, values in model.views(gradient).items()}
    assert slopes == {"W1": 0.5, "W2": -3.0, "b": -1.0, "c": -0.5}


@pytest.mark.parametrize("kind", ["relu", "relu-hidden", "absolute"])
def test_at_a_kink_a_unit_counts_as_off(kind: str) -> None:
    model = Model(kind, 2, 2)
    loss, gradient = plain(model, np.zeros((1, 6)), np.ones((1, 3, 2)), np.array([[1.0, 0.5]]))
    assert loss.tolist() == [1.5]
    assert not gradient.any()


@pytest.mark.parametrize("model", models(3, 2), ids=named)
def test_what_is_not_finite_shows_in_the_loss(model: Model) -> None:
    flat = parameters(model)
    flat[0, -1] = np.nan
    loss, _ = plain(model, flat, sparse_batch(model, (1, 50)), np.ones((1, 3)))
    assert np.isnan(loss).all()
