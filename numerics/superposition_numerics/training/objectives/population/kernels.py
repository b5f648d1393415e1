"""The population loss of the ReLU model by compiled code, one instance after the other.

It follows the recursion of `superposition_numerics.toy_model.moments`, and so does its table of
which moments follow from which; rows of a state where z is never positive are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ....matrices import FloatArray
from ....toy_model.plan import Monomial, gradient_plan
from ...models import Model
from ...sampling.compiling import compiled
from ..exact import ExactObjective

IntArray = npt.NDArray[np.intp]
Indices = npt.NDArray[np.uintp]  # unsigned: they cannot count from the end, so no test for it


@dataclass(frozen=True)
class _Recursion:
    """The plan of the recursion as arrays over rows; row 0 is zero.

    Attributes
    ----------
    states, powers, factors : ndarray of int, shape (rows,)
        The factor is that of a row of power 1, or -1.
    averages, degrees : ndarray, shape (rows,)
    first : ndarray of int, shape (rows + 1,)
        Where the terms of each row begin.
    sources, coefficients : ndarray of int, shape (terms,)
    pair_states, pair_positions : ndarray of int, shape (pairs,)
    square, single, own : ndarray of int, shape (2^n, n)
        Rows of z_+^2, z_+ and x_j 1_{z > 0}, by support and output.
    tilted, crossed : ndarray of int, shape (n, 2^n, n)
        Rows of x_i z_+ and x_i x_j 1_{z > 0}, by position of i.
    """

    states: Indices
    powers: IntArray
    factors: IntArray
    averages: FloatArray
    degrees: FloatArray
    first: Indices
    sources: Indices
    coefficients: Indices
    pair_states: Indices
    pair_positions: Indices
    square: Indices
    single: Indices
    own: Indices
    tilted: Indices
    crossed: Indices


@cache
def _recursion(n: int) -> _Recursion:
    """Return the recursion for n features."""
    plan = gradient_plan(n)
    states, counts = np.zeros((2, plan.rows), dtype=np.uintp)
    powers = np.zeros(plan.rows, dtype=np.intp)
    factors = np.full(plan.rows, -1)
    averages, degrees = np.zeros(plan.rows), np.ones(plan.rows)
    for block in plan.blocks:
        monomial = block.monomial
        states[block.rows], powers[block.rows] = block.states, monomial.power
        averages[block.rows] = monomial.average
        if monomial.power == 1 and monomial.factors:
            factors[block.rows] = monomial.factors[0]
    for step in plan.steps:
        counts[step.rows], degrees[step.rows] = step.sources.shape[1], step.degrees
    rows = {monomial: at.astype(np.uintp) for monomial, at in plan.on_supports.items()}
    return _Recursion(
        states=states,
        powers=powers,
        factors=factors,
        averages=averages,
        degrees=degrees,
        first=np.cumsum(np.append(0, counts), dtype=np.uintp),
        sources=np.concatenate([step.sources.ravel() for step in plan.steps]).astype(np.uintp),
        coefficients=np.concatenate([step.coefficients.ravel() for step in plan.steps]).astype(
            np.uintp
        ),
        pair_states=plan.pair_states.astype(np.uintp),
        pair_positions=plan.pair_positions.astype(np.uintp),
        square=rows[Monomial(2, ())],
        single=rows[Monomial(1, ())],
        own=rows[Monomial(0, (0,))],
        tilted=np.stack([rows[Monomial(1, (k,))] for k in range(n)]),
        crossed=np.stack([rows[Monomial(0, (0, k))] for k in range(n)]),
    )


class CompiledPopulation(ExactObjective):
    """The objective; its tables are the probabilities of the supports and the importances."""

    def __init__(self, model: Model, *tables: FloatArray) -> None:
        super().__init__(model, *tables)
        self.recursion = _recursion(model.features)
        self.kernels = _kernels()

    def evaluate(self, flat: FloatArray, gradient: FloatArray, *tables: FloatArray) -> FloatArray:
        """Return the losses of a part of the instances and write the gradient."""
        model, recursion = self.model, self.recursion
        count, n = len(flat), model.features
        gains, slopes = np.empty((count, n, n)), np.zeros((count, n, n))
        losses = np.zeros(count)
        biases = slice(model.size - n, model.size)
        multiply, recur, chain = self.kernels
        multiply(flat, model.dimensions, model.tied, gains)
        recur(
            gains, flat[:, biases], *tables, losses, slopes, gradient[:, biases],
            recursion.states, recursion.powers, recursion.factors, recursion.averages,
            recursion.degrees, recursion.first, recursion.sources, recursion.coefficients,
            recursion.pair_states, recursion.pair_positions,
            recursion.square, recursion.single, recursion.own, recursion.tilted, recursion.crossed,
        )  # fmt: skip
        chain(flat, model.dimensions, model.tied, slopes, gradient)
        return losses


@cache
def _kernels() -> tuple[Callable[..., None], ...]:
    """Return the compiled functions.

    Raises
    ------
    InputError
        numba is not installed.
    """
    return tuple(compiled(function, inline=False) for function in (_multiply, _recur, _chain))


def _multiply(flat: Any, m: int, tied: bool, gains: Any) -> None:
    """Write C = W_2 W_1."""
    count, n, _ = gains.shape
    for k in range(count):
        for j in range(n):
            for i in range(n):
                total = 0.0
                for h in range(m):
                    out = flat[k, h * n + j] if tied else flat[k, m * n + j * m + h]
                    total += out * flat[k, h * n + i]
                gains[k, j, i] = total


def _chain(flat: Any, m: int, tied: bool, slopes: Any, gradient: Any) -> None:
    """Write the slopes in the weights, given those in C."""
    count, n, _ = slopes.shape
    for k in range(count):
        for h in range(m):
            for j in range(n):
                for i in range(n):
                    own = h * n + j if tied else m * n + j * m + h
                    gradient[k, h * n + i] += slopes[k, j, i] * flat[k, own]
                    gradient[k, own] += slopes[k, j, i] * flat[k, h * n + i]


def _recur(
    gains: Any, biases: Any, probabilities: Any, importances: Any,
    losses: Any, slopes: Any, slopes_b: Any,
    states: Any, powers: Any, factors: Any, averages: Any, degrees: Any,
    first: Any, sources: Any, coefficients: Any, pair_states: Any, pair_positions: Any,
    square: Any, single: Any, own: Any, tilted: Any, crossed: Any,
) -> None:  # fmt: skip
    """Write losses and the slopes in C and b."""
    count, n, _ = gains.shape
    low, high, middle, variance = np.zeros((4, 3**n))
    shares = np.zeros(2 * len(pair_states))
    values = np.zeros(len(states))
    for k in range(count):
        for j in range(n):
            low[0] = high[0] = middle[0] = biases[k, j]
            variance[0] = 0.0
            size = 1
            for position in range(n):  # digit 1: x = 1; digit 2: x in [0, 1]
                gain = gains[k, j, (j + position) % n]
                for s in range(size):
                    low[size + s], low[2 * size + s] = low[s] + gain, low[s] + min(gain, 0.0)
                    high[size + s], high[2 * size + s] = high[s] + gain, high[s] + max(gain, 0.0)
                    middle[size + s], middle[2 * size + s] = middle[s] + gain, middle[s] + gain / 2
                    variance[size + s] = variance[s]
                    variance[2 * size + s] = variance[s] + gain * gain / 12
                size *= 3

            for pair in range(len(pair_states)):
                state = pair_states[pair]
                if low[state] < 0 < high[state]:
                    above = high[state] / (high[state] - low[state])
                    below = -low[state] / (high[state] - low[state])
                    rising = gains[k, j, (j + pair_positions[pair]) % n] > 0
                    shares[pair] = above if rising else below
                    shares[len(pair_states) + pair] = below if rising else above

            for row in range(1, len(states)):
                state = states[row]
                value = 0.0
                if low[state] < 0 < high[state]:
                    for term in range(first[row], first[row + 1]):
                        value += shares[coefficients[term]] * values[sources[term]]
                    value /= degrees[row]
                elif high[state] > 0:
                    value = averages[row]
                    if powers[row] == 1:
                        value *= middle[state]
                        if factors[row] >= 0:
                            value += gains[k, j, (j + factors[row]) % n] / 12
                    elif powers[row] == 2:
                        value = middle[state] ** 2 + variance[state]
                values[row] = value

            loss = slope_b = 0.0
            for support in range(len(square)):
                probability = probabilities[k, support]
                if probability == 0.0:
                    continue
                active = (support >> j) & 1
                loss += probability * (
                    active / 3 - 2 * values[tilted[0, support, j]] + values[square[support, j]]
                )
                slope_b += probability * (values[single[support, j]] - values[own[support, j]])
                for position in range(n):
                    slopes[k, j, (j + position) % n] += (
                        2
                        * importances[k, j]
                        * probability
                        * (
                            values[tilted[position, support, j]]
                            - values[crossed[position, support, j]]
                        )
                    )
            losses[k] += importances[k, j] * loss
            slopes_b[k, j] = 2 * importances[k, j] * slope_b
