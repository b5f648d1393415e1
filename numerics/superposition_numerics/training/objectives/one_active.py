"""The loss when exactly one feature is active, summed over which one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from superposition_theory import InputError

from ...matrices import FloatArray
from ..instances import Problem
from .exact import ExactObjective, Slopes, layers, write_slopes
from .source import numpy_only


@dataclass(frozen=True)
class OneActive:
    """T_1 = sum_j E (sum_i I_i (t_i - y_i)^2 | only feature j is active), in closed form.

    For all models without a hidden bias, of any size, in float64; in a plan of float32 parameters
    and gradient are rounded to that. Densities and correlations play no part: T_1 is one of the
    terms of the population loss sum_k p^k (1 - p)^(n - k) T_k of independent features.

    Examples
    --------
    >>> from superposition_numerics.training import Lbfgs, Model, OneActive, Plan, Problem, train
    >>> plan = Plan(Problem(Model("relu", 4, 2)), OneActive(), Lbfgs(), steps=200)
    >>> bool(train(plan).losses[-1].item() < 1e-9)  # two antipodal pairs
    True
    """

    def objective(self, problem: Problem, *, dtype: str, backend: str) -> ExactObjective:  # noqa: ARG002
        """Return the exact loss and gradient.

        Raises
        ------
        InputError
            A hidden bias, with which a single feature passes several kinks; another backend.
        """
        numpy_only(self, backend)
        if problem.model.hidden_bias:
            raise InputError(
                "hidden_bias is True; accepted by the one-active loss: models without hidden bias"
            )
        return _OneActiveLoss(problem.model, problem.importances)

    def to_dict(self) -> dict[str, Any]:
        """Return the source as JSON data."""
        return {"name": "one-active"}


class _OneActiveLoss(ExactObjective):
    """The only table holds the importances."""

    def evaluate(self, flat: FloatArray, gradient: FloatArray, *tables: FloatArray) -> FloatArray:
        """Return the losses of a part of the instances and write the gradient."""
        (importances,) = tables
        encoder, decoder, biases = layers(self.model, flat)
        signs = (1, -1) if self.model.absolute else (1,)
        total = np.zeros(len(flat))
        for sign in signs:
            hidden = sign * encoder
            on = hidden > 0
            if self.model.hidden_relu:
                hidden = np.maximum(hidden, 0)
            gains = decoder @ hidden
            loss, slope, slope_b = (_rectified if self.model.output_relu else _linear)(
                gains, biases
            )
            share = importances / len(signs)
            total += (loss * share).sum(axis=1)
            slope *= share[..., None]
            to_hidden = np.swapaxes(decoder, -1, -2) @ slope
            if self.model.hidden_relu:
                to_hidden *= sign * on
            write_slopes(
                self.model,
                gradient,
                (to_hidden, slope @ np.swapaxes(hidden, -1, -2), slope_b * share),
            )
        return total


def _linear(gains: FloatArray, biases: FloatArray) -> Slopes:
    """Return, by output, the losses of C x + b and the slopes in C and b.

    The error of an active x is (1 - C) x - b at its own output, -C x - b at the others.
    """
    lacking = np.eye(gains.shape[-1]) - gains
    b = biases[..., None]
    loss = (lacking / 2 - b) ** 2 + lacking**2 / 12
    return loss.sum(axis=2), b - 2 * lacking / 3, (2 * b - lacking).sum(axis=2)


def _rectified(gains: FloatArray, biases: FloatArray) -> Slopes:
    """Return, by output, the losses of ReLU(C x + b) and the slopes in C and b.

    With z = C x + b from z_0 to z_1 over x in [0, 1], positive on [low, high]. At a kink the
    derivative is that of the side where the unit is off.
    """
    n = gains.shape[-1]
    start, end = np.broadcast_to(biases[..., None], gains.shape), gains + biases[..., None]
    z_low, z_high = np.maximum(start, 0), np.maximum(end, 0)
    reach = abs(start)
    reach += abs(end)
    reach[reach == 0] = 1
    active = z_low + z_high
    active /= reach  # the measure of z > 0
    rises = gains > 0
    low, high = np.where(rises, 1 - active, 0), np.where(rises, 1, active)
    own = np.arange(n)
    missed = (1 - high[:, own, own] ** 3 + low[:, own, own] ** 3) / 3  # x^2 where the unit is off
    z_low[:, own, own] -= low[:, own, own]
    z_high[:, own, own] -= high[:, own, own]
    total = z_low + z_high
    loss = (active * (total**2 - z_low * z_high)).sum(axis=2) / 3 + missed
    slope_b = (active * total).sum(axis=2)
    slope = low * (z_low + total) + high * (z_high + total)
    slope *= active / 3
    return loss, slope, slope_b
