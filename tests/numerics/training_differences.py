"""Central differences of a loss, for the tests of gradients."""

from __future__ import annotations

import numpy as np
from superposition_numerics.matrices import FloatArray
from superposition_numerics.training.models import Array
from superposition_numerics.training.objectives import Objective


def differences(objective: Objective, flat: Array, step: float = 1e-5) -> Array:
    """Return the gradient of every instance by central differences."""
    result, room = np.zeros_like(flat), np.zeros_like(flat)
    for k in range(flat.shape[1]):
        ahead, behind = flat.copy(), flat.copy()
        ahead[:, k] += step
        behind[:, k] -= step
        result[:, k] = (objective(ahead, room) - objective(behind, room)) / (2 * step)
    return result


def evaluate(objective: Objective, flat: Array) -> tuple[FloatArray, Array]:
    """Return losses and gradient."""
    gradient = np.full_like(flat, np.nan)
    return objective(flat, gradient), gradient
